"""`lrplot kinds`: the reference."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from lrplot.cli.console import Console
from lrplot.cli.options import Color, ColorOption, JsonOption


def kinds(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The kind to tell all about.")] = None,
    color: ColorOption = Color.auto,
    as_json: JsonOption = False,
) -> None:
    """List every kind of schedule, or one with its fields, formula and source."""
    from lrplot.output.reference import format_kind, format_kind_list, kind_data
    from lrplot.registry import did_you_mean
    from lrplot.schedules.kinds import KINDS

    console = Console(color=color)
    if name is not None and name not in KINDS:
        raise typer.BadParameter(f"there is no kind `{name}`: {did_you_mean(name, KINDS)}", param_hint="NAME")
    if as_json:
        data = [kind_data(kind) for kind in KINDS.values()] if name is None else kind_data(KINDS[name])
        console.emit(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    elif name is None:
        console.emit(format_kind_list(KINDS.values(), console.width, console.colour))
    else:
        console.emit(format_kind(KINDS[name], console.width, console.colour))
