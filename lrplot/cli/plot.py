"""`lrplot plot`: pictures."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lrplot.cli.family import SweepOption, load_runs
from lrplot.cli.options import SetOption, SpecsArgument, Unit


class ThemeName(StrEnum):
    """Colour themes."""

    light = "light"
    dark = "dark"


def plot(
    specs: SpecsArgument,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A .png, .svg or .pdf file.")],
    settings: SetOption = None,
    sweeps: SweepOption = None,
    x: Annotated[Unit | None, typer.Option("--x", help="The horizontal axis; the run's own unit by default.")] = None,
    log: Annotated[bool, typer.Option("--log", help="Logarithmic values.")] = False,
    theme: Annotated[ThemeName, typer.Option(help="Colours.")] = ThemeName.light,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Width and height in inches.")] = None,
    dpi: Annotated[int, typer.Option(min=20, max=1200, help="Dots per inch.")] = 200,
    title: Annotated[str | None, typer.Option(help="The title; the run's name by default, '' for none.")] = None,
) -> None:
    """Draw a picture of one schedule, or of several laid over each other."""
    from lrplot.chart.picture import picture_of
    from lrplot.diagnostics import Fault, SpecError
    from lrplot.output.files import whole_file
    from lrplot.output.image.figure import FORMATS, Sheet, write_image
    from lrplot.output.text import printable

    suffix = Path(output).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        endings = ", ".join(f".{name}" for name in FORMATS)
        raise typer.BadParameter(f"`{output}` does not end in {endings}", param_hint="--output")
    runs = load_runs(specs, settings, sweeps)
    sheet = Sheet(*_inches(size), dpi, theme) if size else Sheet(dpi=dpi, theme=theme)
    try:
        picture = picture_of(runs, x, log, sheet.pixels, title and printable(title))
    except Fault as fault:
        raise SpecError.of(fault) from None
    with whole_file(Path(output)) as file:
        write_image(picture, sheet, suffix, file)


def _inches(size: str) -> tuple[float, float]:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", size)
    width, height = (float(part) for part in found.groups()) if found else (0.0, 0.0)
    if not (2 <= width <= 50 and 1.5 <= height <= 50):
        raise typer.BadParameter(
            f"`{size}` is not a size such as 6.4x3.6, from 2x1.5 to 50x50 inches", param_hint="--size"
        )
    return width, height
