"""`lrplot formats`: the configs of training programs that are read, and the code that is written."""

from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import AsciiOption, Color, ColorOption, JsonOption, bad_option


@command(Task.LEARN, "lrplot formats transformers")
def formats(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A format: its keys and versions.")] = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the training configs that every command reads and the code that `convert` writes, or show one config."""
    from lrplot.emit import EMITTERS
    from lrplot.output.terminal.formats import format_format, format_formats, formats_data
    from lrplot.trainers import TRAINERS
    from lrplot.wording import did_you_mean

    console = Console(color=color, ascii=ascii)
    if name is not None and name not in TRAINERS:
        raise bad_option(name, f"there is no format `{name}`", did_you_mean(name, TRAINERS))
    chosen = [*TRAINERS.values()] if name is None else [TRAINERS[name]]
    if as_json:
        console.emit_json("formats", formats_data(chosen, {} if name else EMITTERS))
    elif name is None:
        console.emit_page(format_formats(chosen, EMITTERS, console.width, console.color))
    else:
        console.emit_page(format_format(chosen[0], console.width, console.color))
