"""`lrplot plot`: pictures."""

import re
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.family import SweepOption, load_runs
from lrplot.cli.options import (
    AsOption,
    ColumnsOption,
    SetOption,
    SpecsArgument,
    Unit,
    bad_option,
    format_for,
    whole_number,
)
from lrplot.registry import module_names

if TYPE_CHECKING:
    from lrplot.runs.run import Run

# The names of the files, because importing them would import numpy.
FORMATS = [name for name in module_names("lrplot.output.image") if name != "figure"]


class ThemeName(StrEnum):
    """Themes of pictures."""

    light = "light"
    dark = "dark"
    auto = "auto"


@command(Task.LOOK, "lrplot plot cosine -o cosine.png")
def plot(
    specs: SpecsArgument,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="A .png, .svg or .pdf file; - for standard output, with --format."
        ),
    ],
    format: Annotated[
        str | None,
        typer.Option(
            metavar=f"<{'|'.join(FORMATS)}>",
            help="The format; by default that of the file's name.",
            autocompletion=lambda: FORMATS,
        ),
    ] = None,
    settings: SetOption = None,
    sweeps: SweepOption = None,
    program: AsOption = "",
    columns: ColumnsOption = None,
    x: Annotated[Unit | None, typer.Option("--x", help="The unit of the horizontal axis.")] = None,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic values.")] = False,
    normalize: Annotated[
        bool, typer.Option("--normalize", help="Draw learning rates as shares of each schedule's peak.")
    ] = False,
    start: Annotated[str | None, typer.Option(metavar="WHEN", help="Draw from here on: 2k, 50%, '3 epochs'.")] = None,
    stop: Annotated[str | None, typer.Option(metavar="WHEN", help="Draw up to here.")] = None,
    theme: Annotated[ThemeName, typer.Option(help="The colors; with auto, an .svg file has both.")] = ThemeName.light,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Width and height in inches.")] = None,
    dpi: Annotated[
        int,
        typer.Option(metavar="N", parser=whole_number(20, 1200), help="Dots per inch of a .png file, 20–1200."),
    ] = 200,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The title; by default the name of the run, '' for none.")
    ] = None,
) -> None:
    """Draw a picture of one schedule, or of several in one chart."""
    from lrplot.chart.picture import picture_of
    from lrplot.cli.pictures import write_picture
    from lrplot.output.image.figure import write_image
    from lrplot.output.image.shared.sheet import Sheet
    from lrplot.output.writers import PICTURES
    from lrplot.spec.sweep import numbers_of, swept_fields

    advice = "write `--format png` for standard output" if output == "-" else None
    writer = format_for(PICTURES, output, format, advice)
    runs = load_runs(specs, settings, sweeps, program, nominal=True, columns=columns)
    sheet = Sheet(*_inches(size), dpi, theme) if size else Sheet(dpi=dpi, theme=theme)
    order = None
    if sweeps and len(specs) == 1:
        order = numbers_of(sweeps)
        name = runs[0].settings.get("name")
        varied = f"{', '.join(swept_fields(sweeps))} varied"
        title = title if title is not None else f"{name.value}, {varied}" if name else varied.capitalize()
    spans = [_span(run, start, stop) for run in runs]
    picture = picture_of(runs, x, log, sheet.pixels, title, normalize=normalize, spans=spans, order=order)
    write_picture(partial(write_image, picture, sheet, writer), output)


def _span(run: "Run", start: str | None, stop: str | None) -> tuple[int, int]:
    """The steps of a run that are drawn: the first, and the one after the last."""
    from lrplot.spec.moments import read_step

    first = 0 if start is None else read_step(start, run)
    return first, run.steps if stop is None else min(read_step(stop, run), run.steps)


def _inches(size: str) -> tuple[float, float]:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", size)
    width, height = (float(part) for part in match.groups()) if match else (0.0, 0.0)
    if not (1 <= width <= 50 and 1 <= height <= 50):
        raise bad_option("--size", f"`--size` takes a size from 1x1 to 50x50 inches, not `{size}`", "write `6.4x3.6`")
    return width, height
