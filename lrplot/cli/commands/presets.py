"""`lrplot presets`: the shipped specs."""

from typing import Annotated

import typer

from lrplot.cli import completion
from lrplot.cli.commands import Task, command
from lrplot.cli.console import Console
from lrplot.cli.options import Color, ColorOption, JsonOption


@command(Task.LEARN)
def presets(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The preset to print.", autocompletion=completion.presets),
    ] = None,
    color: ColorOption = Color.auto,
    as_json: JsonOption = False,
) -> None:
    """List the shipped specs, or print one: lrplot presets gpt3_13b > my.yaml."""
    from lrplot.api import load
    from lrplot.output.terminal.preset_list import format_presets, preset_data
    from lrplot.spec.source import preset_names, preset_path, preset_text
    from lrplot.wording import did_you_mean

    console = Console(color=color)
    names = preset_names()
    if name is not None:
        if name not in names:
            raise typer.BadParameter(f"there is no preset `{name}`: {did_you_mean(name, names)}", param_hint="NAME")
        console.emit(preset_text(name))
        return
    runs = {preset: load(preset_path(preset)).run for preset in names}
    if as_json:
        console.emit_json(preset_data(runs))
    else:
        console.emit(format_presets(runs, console.width, console.color))
