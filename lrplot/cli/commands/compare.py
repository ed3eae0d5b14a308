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
    AsOption,
    Color,
    ColorOption,
    ColumnsOption,
    JsonOption,
    SetOption,
    SpecsArgument,
    Unit,
    WidthOption,
    bad_option,
    format_for,
    number,
    refuse_beside,
)

if TYPE_CHECKING:
    from lrplot.analysis.comparison import Comparison


class Layout(StrEnum):
    """The arrangement of several runs in a picture."""

    overlay = "overlay"
    grid = "grid"


@command(Task.LOOK, "lrplot compare cosine wsd --align fraction")
def compare(
    specs: SpecsArgument,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    program: AsOption = "",
    columns: ColumnsOption = None,
    align: Annotated[Unit, typer.Option(help="Compare values at the same step, epoch …")] = Unit.steps,
    tolerance: Annotated[
        float | None,
        typer.Option(metavar="SHARE", parser=number(0), help="Exit 1 if a difference exceeds this share of the peak."),
    ] = None,
    resume_at: Annotated[str | None, typer.Option(hidden=True)] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="A picture (.png …), a table (.csv …) or Markdown (.md)."),
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
    from lrplot.output.terminal.comparison import comparison_data, format_comparison, format_excess
    from lrplot.output.terminal.look import Look, wrap

    refuse_beside("--json", as_json and output is None, {"--log": log})
    console = Console(color=color, ascii=ascii, width=width)
    look = Look(console.width, console.glyphs, console.color, log)
    if resume_at is not None:
        words = f"lrplot resume {specs[0]} --at {resume_at}" + "".join(f" --set {each}" for each in settings or ())
        raise bad_option("--resume-at", "`--resume-at` is a command of its own", f"write `{words}`")
    runs = load_runs(specs, settings, sweeps, program, columns=columns)
    if len(runs) < 2:
        raise bad_option(
            "compare", "`lrplot compare` needs two specs, or `--sweep`", "for example `lrplot compare cosine wsd`"
        )
    comparison = compare_runs(runs, align)
    if output is not None:
        _write(comparison, output, layout, log)
    excess = "" if tolerance is None else format_excess(comparison, tolerance)
    if as_json:
        verdict = {"tolerance": tolerance, "excess": excess.strip() or None}
        console.emit_json("compare", {**comparison_data(comparison), **verdict})
    elif output is None:
        console.emit_page(format_comparison(comparison, look))
    if excess:
        if not as_json:
            console.emit_page("\n".join(["", *wrap(excess.split(), look.width - 1, " ")][output is not None :]) + "\n")
        raise typer.Exit(1)


def _write(comparison: "Comparison", output: str, layout: str, log: bool) -> None:
    from lrplot.chart.picture import compared, grid_of
    from lrplot.cli.pictures import write_picture
    from lrplot.output.files import whole_file
    from lrplot.output.image.figure import write_grid, write_image
    from lrplot.output.image.shared.sheet import Sheet
    from lrplot.output.tables.shared.rows import joined
    from lrplot.output.writers import PICTURES, REPORTS, TABLES

    runs, align = comparison.runs, comparison.align
    formats: dict[str, object] = {**PICTURES, **TABLES, **REPORTS}
    format_for(formats, output)
    suffix = Path(output).suffix.lower().removeprefix(".")
    if suffix in PICTURES:
        sheet = Sheet(width=9.6 if layout == Layout.grid else 6.4)
        if layout == Layout.grid:
            draw = partial(write_grid, grid_of(runs, align, log, sheet.pixels), sheet, PICTURES[suffix])
        else:
            draw = partial(write_image, compared(runs, align, log, sheet.pixels), sheet, PICTURES[suffix])
        write_picture(draw, output)
        return
    refuse_beside(f"--output {output}", True, {"--log": log, "--layout": layout != Layout.overlay})
    with whole_file(Path(output)) as file:
        if suffix in REPORTS:
            REPORTS[suffix](comparison, file)
        else:
            TABLES[suffix](joined(runs), file)
