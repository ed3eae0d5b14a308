"""`lrplot plot`: pictures."""

import re
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.family import SweepOption, load_runs
from lrplot.cli.options import SetOption, SpecsArgument, Unit, format_for, whole_number
from lrplot.registry import module_names

# The names of the files, because importing them would import numpy.
FORMATS = [name for name in module_names("lrplot.output.image") if name != "figure"]


class ThemeName(StrEnum):
    """Themes of pictures."""

    light = "light"
    dark = "dark"


@command(Task.LOOK)
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
    x: Annotated[Unit | None, typer.Option("--x", help="The unit of the horizontal axis.")] = None,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic values.")] = False,
    normalize: Annotated[
        bool, typer.Option("--normalize", help="Draw learning rates as shares of each schedule's peak.")
    ] = False,
    start: Annotated[
        int, typer.Option(metavar="STEP", parser=whole_number(0), help="The first step that is drawn.")
    ] = 0,
    stop: Annotated[
        int | None,
        typer.Option(metavar="STEP", parser=whole_number(1), help="The step after the last; else the run's end."),
    ] = None,
    theme: Annotated[ThemeName, typer.Option(help="The colors.")] = ThemeName.light,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Width and height in inches.")] = None,
    dpi: Annotated[
        int,
        typer.Option(metavar="N", parser=whole_number(20, 1200), help="Dots per inch of a .png file, from 20 to 1200."),
    ] = 200,
    title: Annotated[str | None, typer.Option(help="The title; by default the name of the run, '' for none.")] = None,
) -> None:
    """Draw a picture of one schedule, or of several in one chart."""
    from lrplot.chart.picture import picture_of
    from lrplot.cli.pictures import write_picture
    from lrplot.output.image.figure import write_image
    from lrplot.output.image.shared.sheet import Sheet
    from lrplot.output.writers import PICTURES
    from lrplot.spec.sweep import numbers_of, swept_fields

    writer = format_for(PICTURES, output, format, "; name one with --format")
    if stop is not None and stop <= start:
        raise typer.BadParameter(f"there are no steps from {start} to {stop}", param_hint="--start/--stop")
    runs = load_runs(specs, settings, sweeps)
    sheet = Sheet(*_inches(size), dpi, theme) if size else Sheet(dpi=dpi, theme=theme)
    order = None
    if sweeps and len(specs) == 1:
        order = numbers_of(sweeps)
        name = runs[0].settings.get("name")
        varied = f"{', '.join(swept_fields(sweeps))} varied"
        title = title if title is not None else f"{name.value}, {varied}" if name else varied.capitalize()
    picture = picture_of(runs, x, log, sheet.pixels, title, normalize=normalize, start=start, stop=stop, order=order)
    write_picture(partial(write_image, picture, sheet, writer), output)


def _inches(size: str) -> tuple[float, float]:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", size)
    width, height = (float(part) for part in match.groups()) if match else (0.0, 0.0)
    if not (1 <= width <= 50 and 1 <= height <= 50):
        raise typer.BadParameter(
            f"`{size}` is not a size such as 6.4x3.6, from 1x1 to 50x50 inches", param_hint="--size"
        )
    return width, height
