"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from lrplot.cli import completion
from lrplot.diagnostics import Fault

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


def bad_option(name: str, message: str, help: str | None = None) -> Fault:
    """A fault of an option (`--width`, `--output/-o`), or in a word of the command line."""
    return Fault(message, field=name, help=help, code="bad-option")


def refuse_beside(option: str, given: bool, others: Mapping[str, bool]) -> None:
    """Refuse options that would have no effect beside another one."""
    for other, present in others.items():
        if given and present:
            raise bad_option(other, f"`{other}` has no effect beside `{option}`", f"leave out `{other}` or `{option}`")


def whole_number(low: int, high: int | None = None) -> Callable[[str | int], int]:
    """A parser of whole numbers from `low` to `high`; to 2^53, the longest run, by default."""
    bounds = f"from {low} to {'2^53' if high is None else high}"

    def parsed(text: str | int) -> int:
        with suppress(ValueError):
            if low <= (value := int(text)) <= (2**53 if high is None else high):
                return value
        raise typer.BadParameter(f"takes a whole number {bounds}, not `{text}`")

    return parsed


def number(low: float) -> Callable[[str | float], float]:
    """A parser of finite numbers not below `low`."""

    def parsed(text: str | float) -> float:
        with suppress(ValueError):
            if low <= (value := float(text)) < inf:
                return value
        raise typer.BadParameter(f"takes a number ≥ {low:g}, not `{text}`")

    return parsed


SPEC = typer.Argument(
    metavar="SPEC",
    help="A spec or a training config, - for standard input, or the name of a preset.",
    autocompletion=completion.specs,
)
SPECS = typer.Argument(
    metavar="SPEC...",
    help="Specs or training configs, - for standard input, or names of presets.",
    autocompletion=completion.specs,
)
SpecArgument = Annotated[str, SPEC]
SpecsArgument = Annotated[list[str], SPECS]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a field, such as schedule.to=10%.")
]
AsOption = Annotated[
    str, typer.Option("--as", metavar="FORMAT[@VERSION]", help="The program that a training config is for.")
]
ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", metavar="NAME=COLUMN,...", help="Columns of a log, such as step=iteration,lr=rate."),
]
NoPagerOption = Annotated[
    bool, typer.Option("--no-pager", help="Print a list that is longer than the terminal without a pager.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ColorOption = Annotated[Color, typer.Option("--color", help="Use color.")]
AsciiOption = Annotated[bool, typer.Option("--ascii", help="Draw with plain ASCII.")]
WidthOption = Annotated[
    int | None,
    typer.Option("--width", metavar="N", parser=whole_number(40, 1000), help="Columns of text, 40–1000."),
]


def format_for(formats: Mapping[str, T], output: str, name: str | None = None, advice: str | None = None) -> T:
    """The format that `--format` or the suffix of `--output` names; a fault of that option if there is none.

    If both name one, they must agree. `advice` is the cure for a suffix that is not known.
    """
    from lrplot.output.writers import find_format

    try:
        found = find_format(formats, output, name)
    except Fault as fault:
        option = "--output/-o" if fault.field == "output" else "--format"
        raise bad_option(option, fault.message, fault.help or advice) from None
    suffix = Path(output).suffix.lower().removeprefix(".")
    if name and suffix in formats and suffix != name:
        help = f"leave `--format` out, or write `-o {Path(output).stem}.{name}`"
        raise bad_option("--format", f"`--format {name}` contradicts the name `{output}`", help)
    return found
