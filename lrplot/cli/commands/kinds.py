"""`lrplot kinds`: the reference of kinds and schedulers."""

from typing import TYPE_CHECKING, Annotated

import typer

from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import AsciiOption, Color, ColorOption, JsonOption

if TYPE_CHECKING:
    from lrplot.frameworks.shared.framework import Framework
    from lrplot.schema.definition import Definition


@command(Task.LEARN)
def kinds(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A kind, a framework, or a scheduler such as torch.StepLR.")
    ] = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the kinds of schedules and the frameworks' schedulers, or show the details of one."""
    from lrplot.output.terminal.reference import definition_data, format_definition, format_definitions

    console = Console(color=color, ascii=ascii)
    natives, families, one = _named(name)
    if as_json:
        definitions = [*natives, *(scheduler for family in families for scheduler in family.schedulers.values())]
        data = [definition_data(definition) for definition in definitions] if one is None else definition_data(one)
        console.emit_json(data)
    elif one is None:
        console.emit_page(format_definitions(natives, families, console.width, console.color))
    else:
        console.emit_page(format_definition(one, console.width, console.color))


def _named(name: str | None) -> "tuple[list[Definition], list[Framework], Definition | None]":
    """The native kinds and frameworks that a name stands for, or a single definition."""
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
