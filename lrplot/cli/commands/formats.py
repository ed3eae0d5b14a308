"""`lrplot formats`: the configs and logs that are read, and the code that is written."""

from typing import Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import AsciiOption, Color, ColorOption, JsonOption, NoPagerOption, bad_option


@command(Task.LEARN, "lrplot formats transformers")
def formats(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A format: its keys and files.")] = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    no_pager: NoPagerOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the configs and logs that are read and the code that is written, or show what is read of one."""
    from lrplot.emit import EMITTERS
    from lrplot.logs import LOGS
    from lrplot.output.terminal.formats import format_format, format_formats, formats_data
    from lrplot.trainers import TRAINERS
    from lrplot.wording import did_you_mean

    console = Console(color=color, ascii=ascii)
    known = dict.fromkeys([*TRAINERS, *LOGS])
    if name is not None and name not in known:
        raise bad_option(name, f"there is no format `{name}`", did_you_mean(name, known))
    trainers = [each for each in TRAINERS.values() if name in (None, each.name)]
    logs = [each for each in LOGS.values() if name in (None, each.name)]
    if as_json:
        console.emit_json("formats", formats_data(trainers, logs, {} if name else EMITTERS))
    elif name is None:
        console.emit_list(format_formats(trainers, logs, EMITTERS, console.width, console.color), pager=not no_pager)
    else:
        one = next(iter(trainers), None), next(iter(logs), None)
        console.emit_list(format_format(*one, console.width, console.color), pager=not no_pager)
