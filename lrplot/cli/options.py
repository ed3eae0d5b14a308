"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from lrplot.cli import completion


class Color(StrEnum):
    """When to use colour."""

    auto = "auto"
    always = "always"
    never = "never"


class Unit(StrEnum):
    """What runs are laid along: the axis of a picture, the places of a comparison."""

    steps = "steps"
    epochs = "epochs"
    samples = "samples"
    tokens = "tokens"
    fraction = "fraction"


SPEC = typer.Argument(
    metavar="SPEC", help="A spec file, - for standard input, or a preset's name.", autocompletion=completion.specs
)
SPECS = typer.Argument(
    metavar="SPEC...", help="Spec files, - for standard input, or presets' names.", autocompletion=completion.specs
)
SpecArgument = Annotated[str, SPEC]
SpecsArgument = Annotated[list[str], SPECS]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a field, such as schedule.to=10%.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ColorOption = Annotated[Color, typer.Option("--color", help="Use colour.")]
AsciiOption = Annotated[bool, typer.Option("--ascii", help="Draw with plain ASCII.")]
WidthOption = Annotated[int | None, typer.Option("--width", min=40, max=1000, help="Columns of text.")]
