"""Field types: the values that an argument of a spec may have."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from lrplot.lazy import dataclass


class Value:
    """A value of the scheduled parameter: a number, or `N%` of the base; never below 0."""

    examples: ClassVar[str] = "`1e-4`, or `10%` of the base"

    def __str__(self) -> str:
        return "number ≥ 0, or N% of the base"


@dataclass(eq=False)
class Duration:
    """A length of time, in updates once it is resolved; if `open`, it may be `rest`."""

    examples: ClassVar[str] = "`500`, `5 epochs`, `1M samples`, `375M tokens` or `3%`"

    at_least: int = 0
    open: bool = False

    def __str__(self) -> str:
        return "duration" + (" or `rest`" if self.open else "")


class Moment:
    """A time of the run; it resolves to the updates from the schedule's start to it."""

    examples: ClassVar[str] = "`80%`, `5 epochs`, `8000`, `1M samples` or `375M tokens`"

    def __str__(self) -> str:
        return "time of the run"


@dataclass(eq=False)
class Number:
    """A plain number within bounds; `1/3` is a number too, and `5%` if it may be a `percent`age."""

    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    percent: bool = True

    @property
    def examples(self) -> str:
        """Numbers a spec may give."""
        return "`0.1`, `1e-4`, `5%` or `1/3`" if self.percent else "`0.1`, `1e-4` or `1/3`"

    def __str__(self) -> str:
        return " ".join(["number", ", ".join(self._bounds(">", "≥", "≤", "<"))]).rstrip()

    def bounds(self) -> str:
        """The bounds in words; empty if there are none."""
        return " and ".join(self._bounds("above", "at least", "at most", "below"))

    def _bounds(self, *words: str) -> list[str]:
        bounds = zip(words, (self.above, self.at_least, self.at_most, self.below), strict=True)
        return [f"{each} {bound:g}" for each, bound in bounds if bound is not None]


@dataclass(eq=False)
class Count:
    """A whole number."""

    examples: ClassVar[str] = "`1000`, `10_000` or `10k`"

    at_least: int | None = 1

    def __str__(self) -> str:
        return "whole number" + ("" if self.at_least is None else f" ≥ {self.at_least}")


class Flag:
    """`true` or `false`."""

    examples: ClassVar[str] = "`true` or `false`"

    def __str__(self) -> str:
        return "true or false"


@dataclass(eq=False)
class Choice:
    """One of a few words."""

    names: tuple[str, ...]

    @property
    def examples(self) -> str:
        """Values a spec may give."""
        return " or ".join(f"`{name}`" for name in self.names)

    def __str__(self) -> str:
        return " | ".join(self.names)


class Text:
    """Any text."""

    examples: ClassVar[str] = "`text`"

    def __str__(self) -> str:
        return "text"


class File:
    """A path, relative to the spec's own folder."""

    examples: ClassVar[str] = "`table.csv`"

    def __str__(self) -> str:
        return "path"


@dataclass(eq=False)
class Many:
    """A list, each item of one type; if `single`, one item may be written without a list."""

    item: FieldType
    single: bool = False

    @property
    def examples(self) -> str:
        """A list a spec may give."""
        return f"`[{example(self.item)}]`"

    def __str__(self) -> str:
        return (f"{self.item}, or " if self.single else "") + f"list of: {self.item}"


@dataclass(eq=False)
class Table:
    """A mapping from times to values; by default from durations since the phase's start to values."""

    key: FieldType = field(default_factory=Duration)
    item: FieldType = field(default_factory=Value)

    @property
    def examples(self) -> str:
        """A mapping a spec may give."""
        if isinstance(self.key, Duration):
            return "`{0: 1e-3, 100%: 0}`"
        return f"`{{{example(self.key)}: {example(self.item)}}}`"

    def __str__(self) -> str:
        return f"mapping of {self.key}: {self.item}"


@dataclass(eq=False)
class Record:
    """A mapping with fields of its own; if `short`, a bare value is the value of its first field."""

    type: type
    short: bool = False

    @property
    def examples(self) -> str:
        """A mapping a spec may give: its required fields, or else its first one."""
        from lrplot.schema.fields import fields_of  # which reads signatures into these types

        fields = fields_of(self.type)
        shown = [field for field in fields if field.required] or fields[:1]
        return f"`{{{', '.join(f'{field.name}: {field.example}' for field in shown)}}}`"

    def __str__(self) -> str:
        from lrplot.schema.fields import fields_of  # which reads signatures into these types

        fields = fields_of(self.type)
        first = f"{fields[0].type}, or " if self.short else ""
        return f"{first}{{{', '.join(field.name for field in fields)}}}"


class Function:
    """A framework's function of one argument, as an expression of it."""

    examples: ClassVar[str] = "`0.95 ** epoch`"

    def __str__(self) -> str:
        return "expression of `epoch`, `step` or `x`"


@dataclass(eq=False)
class Fresh:
    """A framework's argument for resuming: only `value`, a run from its beginning, is accepted."""

    value: str = "-1"

    @property
    def examples(self) -> str:
        """The one value."""
        return f"`{self.value}`"

    def __str__(self) -> str:
        return self.value


class Metrics:
    """The values of a metric: a list of numbers, or a CSV file."""

    examples: ClassVar[str] = "`[2.1, 1.8, 1.7]` or `metrics.csv`"

    def __str__(self) -> str:
        return "list of numbers, or path of a CSV file"


class Nested:
    """A schedule: a kind's name, a mapping with `kind`, or a list of them."""

    examples: ClassVar[str] = "`cosine` or `{kind: cosine}`"

    def __str__(self) -> str:
        return "schedule"


class Parameter:
    """A number, or a schedule of its own."""

    examples: ClassVar[str] = "`0.9` or `{kind: linear, from: 0.9, to: 0.99}`"

    def __str__(self) -> str:
        return "number or schedule"


@dataclass(eq=False)
class Groups:
    """A mapping from a parameter group's name to a record of what it overrides."""

    examples: ClassVar[str] = "`{head: {lr: 10%}}`"

    type: type

    def __str__(self) -> str:
        return f"mapping of name: {Record(self.type)}"


FieldType = (
    Value
    | Duration
    | Moment
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
    """The first of a type's examples."""
    return type_.examples.split("`")[1]
