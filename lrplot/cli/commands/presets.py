"""`lrplot presets`: the shipped specs."""

from typing import Annotated

import typer

from lrplot.cli import completion
from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import AsciiOption, Color, ColorOption, JsonOption, NoPagerOption, bad_option


@command(Task.LEARN, "lrplot presets gpt3")
def presets(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="The preset to print; the beginning or a part of a name lists those that have it.",
            autocompletion=completion.presets,
        ),
    ] = None,
    color: ColorOption = Color.auto,
    ascii: AsciiOption = False,
    no_pager: NoPagerOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the shipped specs, or print one: lrplot presets gpt3_13b > my.yaml."""
    from lrplot.api import load
    from lrplot.output.terminal.preset_list import format_presets, preset_data
    from lrplot.spec.source import preset_advice, preset_names, preset_path, preset_text

    console = Console(color=color, ascii=ascii)
    names = [*preset_names()]
    if name in names and not as_json:
        console.emit_data(preset_text(name))
        return
    if name is not None:
        key = name.lower()
        names = [each for each in names if each.startswith(key)] or [each for each in names if key in each]
        if not names:
            raise bad_option(name, f"there is no preset `{name}`", preset_advice(name))
    runs = {preset: load(preset_path(preset)).run for preset in names}
    if as_json:
        console.emit_json("presets", {"presets": preset_data(runs)})
    else:
        console.emit_list(format_presets(runs, console.width, console.color), pager=not no_pager)
