"""`lrplot kinds`: the reference of kinds and schedulers."""

from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import AsciiOption, Color, ColorOption, JsonOption, NoPagerOption

if TYPE_CHECKING:
    from lrplot.spec.search import Entries


@command(Task.LEARN, "lrplot kinds OneCycleLR")
def kinds(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A kind, a framework, a scheduler such as torch.StepLR, a key of a spec such as groups, `spec`, "
            "or a part of a name or description.",
        ),
    ] = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    no_pager: NoPagerOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the kinds of schedules and the frameworks' schedulers, or show the details of one."""
    from lrplot.output.terminal.reference import entries_data, format_entries

    console = Console(color=color, ascii=ascii)
    entries = _entries(name)
    if as_json:
        console.emit_json("kinds", entries_data(entries))
    else:
        console.emit_list(format_entries(entries, console.width, console.color), pager=not no_pager)


def _entries(name: str | None) -> "Entries":
    """The entries of a name, or a fault of the word."""
    from lrplot.diagnostics import Fault
    from lrplot.spec.search import look_up

    try:
        return look_up(name)
    except Fault as fault:
        fault.field = name
        raise
