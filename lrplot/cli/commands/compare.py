"""`lrplot compare`: schedules side by side."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.family import SweepOption, load_runs
from lrplot.cli.options import (
    AsciiOption,
    Color,
    ColorOption,
    JsonOption,
    SetOption,
    SpecsArgument,
    Unit,
    WidthOption,
    format_for,
    number,
    whole_number,
)

if TYPE_CHECKING:
    from lrplot.analysis.resume import Resumption
    from lrplot.runs.run import Run


class Layout(StrEnum):
    """How several runs share a picture."""

    overlay = "overlay"
    grid = "grid"


@command(Task.LOOK)
def compare(
    specs: SpecsArgument,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    align: Annotated[Unit, typer.Option(help="Compare values at the same step, epoch …")] = Unit.steps,
    tolerance: Annotated[
        float | None,
        typer.Option(metavar="SHARE", parser=number(0), help="Exit 1 if a difference exceeds this share of the peak."),
    ] = None,
    resume_at: Annotated[
        int | None,
        typer.Option(metavar="STEP", parser=whole_number(0), help="Resume one spec at this step, with --set."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="A picture (.png, .svg …) or a table (.csv …)."),
    ] = None,
    layout: Annotated[Layout, typer.Option(help="All runs in one chart, or one small chart per run.")] = Layout.overlay,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic values.")] = False,
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare schedules side by side: charts, numbers, and differences from the first."""
    from lrplot.analysis.comparison import compare as compare_runs
    from lrplot.output.terminal.comparison import comparison_data, format_comparison, format_resumption
    from lrplot.output.terminal.look import Look

    console = Console(color=color, ascii=ascii)
    look = Look(width or console.width, console.glyphs, console.color, log)
    runs, resumption = _runs(specs, settings, sweeps, resume_at)
    if len(runs) < 2:
        raise typer.BadParameter("`compare` needs two specs, or --sweep, or --resume-at", param_hint="SPEC...")
    comparison = compare_runs(runs, align)
    if output is not None:
        _write(runs, output, align, layout, log)
    if as_json:
        console.emit_json(comparison_data(comparison))
    elif output is None:
        console.emit(format_comparison(comparison, look))
        if resumption:
            console.emit("\n" + format_resumption(resumption, look))
    if tolerance is not None and not comparison.within(tolerance):
        raise typer.Exit(1)


def _runs(
    specs: list[str], settings: list[str] | None, sweeps: list[str] | None, resume_at: int | None
) -> "tuple[list[Run], Resumption | None]":
    """The runs to compare; with `--resume-at`, the plan and the run that is resumed with the settings."""
    from lrplot.analysis.resume import resume

    if resume_at is None:
        return load_runs(specs, settings, sweeps), None
    if len(specs) != 1 or sweeps or not settings:
        raise typer.BadParameter(
            "needs one spec, no --sweep, and a change, such as --set steps=20k", param_hint="--resume-at"
        )
    (plan,), (new,) = load_runs(specs, None, None), load_runs(specs, settings, None)
    resumption = resume(plan, new, resume_at)
    return [plan, resumption.run], resumption


def _write(runs: "list[Run]", output: str, align: str, layout: str, log: bool) -> None:
    from lrplot.chart.picture import compared, grid_of
    from lrplot.cli.pictures import write_picture
    from lrplot.output.files import whole_file
    from lrplot.output.image.figure import write_grid, write_image
    from lrplot.output.image.shared.sheet import Sheet
    from lrplot.output.tables.shared.rows import joined
    from lrplot.output.writers import PICTURES, TABLES, PictureFormat, TableWriter

    formats: dict[str, PictureFormat | TableWriter] = {**PICTURES, **TABLES}
    format = format_for(formats, output)
    if not isinstance(format, PictureFormat):
        with whole_file(Path(output)) as file:
            format(joined(runs), file)
        return
    sheet = Sheet(width=9.6 if layout == Layout.grid else 6.4)
    if layout == Layout.grid:
        write_picture(partial(write_grid, grid_of(runs, align, log, sheet.pixels), sheet, format), output)
    else:
        write_picture(partial(write_image, compared(runs, align, log, sheet.pixels), sheet, format), output)
