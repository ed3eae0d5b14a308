"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from lrplot.cli import completion

T = TypeVar("T")


class Color(StrEnum):
    """When to use color."""

    auto = "auto"
    always = "always"
    never = "never"


class Unit(StrEnum):
    """Units of the axis of a picture, and of the alignment of a comparison."""

    steps = "steps"
    epochs = "epochs"
    samples = "samples"
    tokens = "tokens"
    fraction = "fraction"


def refuse_beside(option: str, given: bool, others: Mapping[str, bool]) -> None:
    """Refuse options that would have no effect beside another one."""
    for other, present in others.items():
        if given and present:
            raise typer.BadParameter(f"`{other}` has no effect beside `{option}`", param_hint=other)


def whole_number(low: int, high: int | None = None) -> Callable[[str | int], int]:
    """A parser of whole numbers from `low` to `high`."""
    bounds = f"from {low} to {high}" if high is not None else f"not below {low}"

    def parsed(text: str | int) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low or (high is not None and value > high):
            raise typer.BadParameter(f"takes a whole number {bounds}, got `{text}`")
        return value

    return parsed


def number(low: float) -> Callable[[str | float], float]:
    """A parser of numbers not below `low`."""

    def parsed(text: str | float) -> float:
        with suppress(ValueError):
            if (value := float(text)) >= low:
                return value
        raise typer.BadParameter(f"takes a number not below {low:g}, got `{text}`")

    return parsed


SPEC = typer.Argument(
    metavar="SPEC", help="A spec file, - for standard input, or the name of a preset.", autocompletion=completion.specs
)
SPECS = typer.Argument(
    metavar="SPEC...", help="Spec files, - for standard input, or names of presets.", autocompletion=completion.specs
)
SpecArgument = Annotated[str, SPEC]
SpecsArgument = Annotated[list[str], SPECS]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a field, such as schedule.to=10%.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ColorOption = Annotated[Color, typer.Option("--color", help="Use color.")]
AsciiOption = Annotated[bool, typer.Option("--ascii", help="Draw with plain ASCII.")]
WidthOption = Annotated[
    int | None,
    typer.Option("--width", metavar="N", parser=whole_number(40, 1000), help="Columns of text, from 40 to 1000."),
]


def format_for(formats: Mapping[str, T], output: str, name: str | None = None, advice: str = "") -> T:
    """The format that `--format` or the suffix of `--output` stands for; an error of that option if there is none."""
    from lrplot.diagnostics import Fault
    from lrplot.output.writers import find_format

    try:
        return find_format(formats, output, name)
    except Fault as fault:
        message = f"{fault.message}: {fault.help}" if fault.help else fault.message + advice
        raise typer.BadParameter(message, param_hint=f"--{fault.field}") from None
