"""`lrplot plot`: pictures."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.family import SweepOption, load_runs
from lrplot.cli.options import SetOption, SpecsArgument, Unit, bad_option, format_for, whole_number


class ThemeName(StrEnum):
    """Themes of pictures."""

    light = "light"
    dark = "dark"


@command(Task.LOOK, "lrplot plot cosine -o cosine.png")
def plot(
    specs: SpecsArgument,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A .png, .svg or .pdf file.")],
    settings: SetOption = None,
    sweeps: SweepOption = None,
    x: Annotated[Unit | None, typer.Option("--x", help="The unit of the horizontal axis.")] = None,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic values.")] = False,
    theme: Annotated[ThemeName, typer.Option(help="The colors.")] = ThemeName.light,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Width and height in inches.")] = None,
    dpi: Annotated[int, typer.Option(metavar="N", parser=whole_number(20, 1200), help="Dots per inch, 20–1200.")] = 200,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The title; by default the name of the run, '' for none.")
    ] = None,
) -> None:
    """Draw a picture of one schedule, or of several in one chart."""
    from lrplot.chart.picture import picture_of
    from lrplot.output.files import whole_file
    from lrplot.output.image.figure import Sheet, write_image
    from lrplot.output.text import printable
    from lrplot.output.writers import PICTURES

    format = format_for(PICTURES, output)
    runs = load_runs(specs, settings, sweeps)
    sheet = Sheet(*_inches(size), dpi, theme) if size else Sheet(dpi=dpi, theme=theme)
    picture = picture_of(runs, x, log, sheet.pixels, title and printable(title))
    with whole_file(Path(output)) as file:
        write_image(picture, sheet, format, file)


def _inches(size: str) -> tuple[float, float]:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", size)
    width, height = (float(part) for part in match.groups()) if match else (0.0, 0.0)
    if not (2 <= width <= 50 and 1.5 <= height <= 50):
        raise bad_option("--size", f"`--size` takes a size from 2x1.5 to 50x50 inches, not `{size}`", "write `6.4x3.6`")
    return width, height
