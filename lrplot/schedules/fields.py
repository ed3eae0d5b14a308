"""What a field of a spec may hold: the schema that signatures are annotated with.

Every type prints as what it takes, and has `examples` of how a spec writes it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Protocol, get_args, get_origin, get_type_hints

from lrplot.diagnostics import Span
from lrplot.frozen import frozen
from lrplot.schedules.curve import Curve
from lrplot.schedules.expression import OneArgument
from lrplot.schedules.frame import Frame

REQUIRED: Any = inspect.Parameter.empty


@frozen
class Level:
    """A value of the scheduled parameter: a number, or `N%` of the base."""

    examples: ClassVar[str] = "`1e-4`, or `10%` of the base"

    at_least: float | None = None

    def __str__(self) -> str:
        return "number or N% of the base"


@frozen
class Duration:
    """A length of time, in updates once resolved; `rest` where `open` says so."""

    examples: ClassVar[str] = "`500`, `5 epochs`, `1M samples`, `375M tokens` or `3%`"

    at_least: int = 0
    open: bool = False

    def __str__(self) -> str:
        return "duration" + (" or `rest`" if self.open else "")


@frozen
class Number:
    """A plain number within bounds; `5%` and `1/3` are numbers too."""

    examples: ClassVar[str] = "`0.1`, `1e-4`, `5%` or `1/3`"

    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        return "number" + self.bounds()

    def bounds(self) -> str:
        """The bounds in words, empty without any."""
        parts = [
            f"{sign} {bound:g}"
            for sign, bound in ((">", self.above), ("≥", self.at_least), ("≤", self.at_most))
            if bound is not None
        ]
        return " " + ", ".join(parts) if parts else ""


@frozen
class Count:
    """A whole number."""

    examples: ClassVar[str] = "`1000`, `10_000` or `10k`"

    at_least: int | None = 1

    def __str__(self) -> str:
        return "whole number" + ("" if self.at_least is None else f" ≥ {self.at_least}")


@frozen
class Flag:
    """`true` or `false`."""

    examples: ClassVar[str] = "`true` or `false`"

    def __str__(self) -> str:
        return "true or false"


@frozen
class Choice:
    """One of a few words."""

    names: tuple[str, ...]

    @property
    def examples(self) -> str:
        """Values a spec may give."""
        return " or ".join(f"`{name}`" for name in self.names)

    def __str__(self) -> str:
        return " | ".join(self.names)


@frozen
class Text:
    """Any text."""

    examples: ClassVar[str] = "`text`"

    def __str__(self) -> str:
        return "text"


@frozen
class File:
    """A path, relative to the spec's own folder."""

    examples: ClassVar[str] = "`table.csv`"

    def __str__(self) -> str:
        return "path"


@frozen
class Many:
    """A list, each item of one type; where `single`, one item may stand alone."""

    item: FieldType
    single: bool = False

    @property
    def examples(self) -> str:
        """A list a spec may give."""
        return f"`[{example(self.item)}]`"

    def __str__(self) -> str:
        return (f"{self.item}, or " if self.single else "") + f"list of: {self.item}"


@frozen
class Table:
    """A mapping from times to values: by default durations from the phase's start, to levels."""

    key: FieldType = Duration()
    item: FieldType = Level()

    @property
    def examples(self) -> str:
        """A mapping a spec may give."""
        if isinstance(self.key, Duration):
            return "`{0: 1e-3, 100%: 0}`"
        return f"`{{{example(self.key)}: {example(self.item)}}}`"

    def __str__(self) -> str:
        return f"mapping of {self.key}: {self.item}"


@frozen
class Record:
    """A mapping with fields of its own; a bare value stands for its first field where `short`."""

    examples: ClassVar[str] = "`{…}`"

    type: type
    short: bool = False

    def __str__(self) -> str:
        fields = ", ".join(field.name for field in fields_of(self.type))
        first = f"{fields_of(self.type)[0].type}, or " if self.short else ""
        return f"{first}{{{fields}}}"


@frozen
class Function:
    """A framework's function of one argument, as an expression over it."""

    examples: ClassVar[str] = "`0.95 ** epoch`"

    def __str__(self) -> str:
        return "expression of `epoch`, `step` or `x`"


@frozen
class Fresh:
    """Where a run starts: only `value`, a run from its beginning, is shown."""

    value: str = "-1"

    @property
    def examples(self) -> str:
        """The one value."""
        return f"`{self.value}`"

    def __str__(self) -> str:
        return self.value


@frozen
class Metrics:
    """The values of a metric: a list of numbers, or a CSV file."""

    examples: ClassVar[str] = "`[2.1, 1.8, 1.7]` or `metrics.csv`"

    def __str__(self) -> str:
        return "list of numbers, or path of a CSV file"


@frozen
class Nested:
    """A schedule: a kind's name, a mapping with `kind`, or a list of them."""

    examples: ClassVar[str] = "`cosine` or `{kind: cosine}`"

    def __str__(self) -> str:
        return "schedule"


@frozen
class Parameter:
    """A number, or a schedule of its own."""

    examples: ClassVar[str] = "`0.9` or `{kind: linear, from: 0.9, to: 0.99}`"

    def __str__(self) -> str:
        return "number or schedule"


@frozen
class Groups:
    """A mapping from a parameter group's name to a record of what it overrides."""

    examples: ClassVar[str] = "`{head: {lr: 10%}}`"

    type: type

    def __str__(self) -> str:
        return f"mapping of name: {Record(self.type)}"


FieldType = (
    Level
    | Duration
    | Number
    | Count
    | Flag
    | Choice
    | Text
    | File
    | Many
    | Table
    | Record
    | Function
    | Fresh
    | Metrics
    | Nested
    | Parameter
    | Groups
)


def example(type_: FieldType) -> str:
    """The first of a type's examples, as a spec writes it."""
    return type_.examples.split("`")[1]


class Recipe(Protocol):
    """A schedule that was asked for and awaits its frame."""

    @property
    def name(self) -> str:
        """The kind's name."""

    def notes(self, frame: Frame) -> Mapping[str, str]:
        """By field, what durations given in other units than steps come to."""

    def duration(self, frame: Frame) -> int | None:
        """Its length in updates; None for what is left."""

    def build(self, frame: Frame) -> Curve:
        """The curve in this frame."""

    def value(self, name: str, frame: Frame) -> Any:
        """A field's value in this frame, its default where it was not given; None if there is no such field."""

    def place(self, name: str | None = None) -> Span:
        """Where a field was given, or else where the recipe is named."""

    def children(self) -> tuple[Recipe, ...]:
        """The schedules it is made of."""


# The annotations that kinds use: a Python type for the type checker, a field type for specs.
LevelField = Annotated[float, Level()]
PeriodField = Annotated[int, Duration(at_least=1)]
FlagField = Annotated[bool, Flag()]
TextField = Annotated[str, Text()]
FileField = Annotated[Path, File()]
PositiveField = Annotated[float, Number(above=0)]
NonNegativeField = Annotated[float, Number(at_least=0)]
NumberField = Annotated[float, Number()]
ShareField = Annotated[float, Number(at_least=0, at_most=1)]
StepsListField = Annotated[tuple[int, ...], Many(Duration())]
TableField = Annotated[Mapping[int, float], Table()]
RecipeField = Annotated[Recipe, Nested()]
RecipesField = Annotated[tuple[Recipe, ...], Many(Nested())]

# Those of frameworks, whose times are plain numbers in the scheduler's own steps.
CountField = Annotated[int, Count(at_least=0)]
IntegerField = Annotated[int, Count(at_least=None)]
NumbersField = Annotated[tuple[float, ...], Many(Number())]
IntegersField = Annotated[tuple[int, ...], Many(Count(at_least=None))]
FunctionField = Annotated[OneArgument, Function()]
MetricsField = Annotated[tuple[float, ...] | Path, Metrics()]
FreshField = Annotated[int, Fresh()]
OptionalCount = Annotated[int | None, Count(at_least=0)]
OptionalNumber = Annotated[float | None, Number()]


@frozen
class Field:
    """One field: its name in a spec, its parameter in the signature, type, default and help."""

    name: str
    parameter: str
    type: FieldType
    default: Any
    help: str

    @property
    def required(self) -> bool:
        """Whether a spec must give it."""
        return self.default is REQUIRED


@cache
def fields_of(definition: Callable[..., Any]) -> tuple[Field, ...]:
    """The fields a signature declares: every parameter annotated with a field type."""
    hints = get_type_hints(definition, include_extras=True)
    helps = argument_help(inspect.getdoc(definition) or "")
    return tuple(
        Field(name.rstrip("_"), name, field_type, parameter.default, helps.get(name.rstrip("_"), ""))
        for name, parameter in inspect.signature(definition).parameters.items()
        if (field_type := _field_type(hints[name])) is not None
    )


def _field_type(hint: Any) -> FieldType | None:
    if get_origin(hint) is Annotated:
        found = get_args(hint)[1]
        return found if isinstance(found, FieldType) else None
    if get_origin(hint) is Literal:
        return Choice(get_args(hint))
    inner = [each for each in map(_field_type, get_args(hint)) if each is not None]
    return inner[0] if inner else None  # `T | None`


def argument_help(doc: str) -> dict[str, str]:
    """What the `Args:` section of a docstring says of each argument."""
    section = re.search(r"^Args:\n((?:[ ]+.*\n?|\n)+)", doc, re.MULTILINE)
    if not section:
        return {}
    entries = re.findall(r"^ {4}(\w+):((?:.*\n?)(?: {5,}.*\n?)*)", section[1], re.MULTILINE)
    return {name.rstrip("_"): " ".join(text.split()) for name, text in entries}
