"""`lrplot kinds`: the reference."""

from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.console import Console
from lrplot.cli.options import Color, ColorOption, JsonOption

if TYPE_CHECKING:
    from lrplot.frameworks.shared.framework import Framework
    from lrplot.schema.definition import Definition


def kinds(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A kind, a framework, or one of its schedulers.")
    ] = None,
    color: ColorOption = Color.auto,
    as_json: JsonOption = False,
) -> None:
    """List every kind of schedule and every framework's, or one with its fields, formula and source."""
    from lrplot.output.terminal.reference import format_kind, format_kind_list, kind_data

    console = Console(color=color)
    natives, chosen, one = _named(name)
    if as_json:
        kinds = [*natives, *(kind for each in chosen for kind in each.schedulers.values())]
        data = [kind_data(kind) for kind in kinds] if one is None else kind_data(one)
        console.emit_json(data)
    elif one is None:
        console.emit(format_kind_list(natives, chosen, console.width, console.colour))
    else:
        console.emit(format_kind(one, console.width, console.colour))


def _named(name: str | None) -> "tuple[list[Definition], list[Framework], Definition | None]":
    """What a name stands for: native kinds, frameworks, or a single kind."""
    from lrplot.diagnostics import Fault
    from lrplot.frameworks import NAMES, find, framework, frameworks
    from lrplot.kinds import KINDS
    from lrplot.wording import did_you_mean

    if name is None:
        return list(KINDS.values()), list(frameworks()), None
    if name in NAMES:
        return [], [framework(name)], None
    if name in KINDS:
        return [], [], KINDS[name]
    try:
        if "." in name:
            return [], [], find(name)
    except Fault as fault:
        message = f"{fault.message}: {fault.help}" if fault.help else fault.message
        raise typer.BadParameter(message, param_hint="NAME") from None
    raise typer.BadParameter(f"there is no kind `{name}`: {did_you_mean(name, [*KINDS, *NAMES])}", param_hint="NAME")
