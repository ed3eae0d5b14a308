"""`lrplot range-test`: what an LR range test shows."""

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import (
    AsciiOption,
    Color,
    ColorOption,
    ColumnsOption,
    JsonOption,
    WidthOption,
    format_for,
    refuse_beside,
)


class Smooth(StrEnum):
    """Ways to smooth the losses before the rules judge them."""

    none = "none"
    fastai = "fastai"
    lr_finder = "lr-finder"


@command(Task.LOOK, "lrplot range-test lr_find.csv")
def range_test(
    log: Annotated[
        str,
        typer.Argument(
            metavar="LOG", help="A training log, or a table of learning rates and losses; - for standard input."
        ),
    ],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Draw a .png, .svg or .pdf file.")
    ] = None,
    smooth: Annotated[
        Smooth, typer.Option(help="Smooth the losses first, as the program would; none if they already are.")
    ] = Smooth.none,
    columns: ColumnsOption = None,
    program: Annotated[str, typer.Option("--as", metavar="FORMAT", help="The format of the log.")] = "",
    width: WidthOption = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read an LR range test: where the loss diverges, and the rates that the usual rules choose."""
    from lrplot.api import range_test as read
    from lrplot.output.terminal.look import Look
    from lrplot.output.terminal.range_test import format_range_test, range_test_data

    refuse_beside("--json", as_json, {"--output": output is not None})
    console = Console(color=color, ascii=ascii, width=width)
    if output is not None:
        from lrplot.chart.sweep import picture_of_sweep
        from lrplot.cli.pictures import write_picture
        from lrplot.output.image.figure import write_image
        from lrplot.output.image.shared.sheet import Sheet
        from lrplot.output.writers import PICTURES

        writer = format_for(PICTURES, output)
        picture = picture_of_sweep(read(log, smooth, columns, program))
        write_picture(partial(write_image, picture, Sheet(), writer), output)
        return
    test = read(log, smooth, columns, program)
    if as_json:
        console.emit_json("range-test", range_test_data(test))
    else:
        console.emit_page(format_range_test(test, Look(console.width, console.glyphs, console.color)))
