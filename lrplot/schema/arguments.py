"""Fields that were read, waiting for the frame that turns them into values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lrplot.diagnostics import Fault, Faults, Span
from lrplot.schema.fields import REQUIRED, Field
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import Percent, Quantity, Start
from lrplot.schema.quantities import Span as Duration

NO_FRAME: Any = None  # for top-level values, which know no base and no run yet


@dataclass(frozen=True)
class Argument:
    """A value that was given, and where."""

    quantity: Quantity
    span: Span

    def resolve(self, frame: Frame) -> Any:
        """The value; a `Fault` knows its place."""
        try:
            return self.quantity.resolve(frame)
        except Fault as fault:
            fault.span = fault.span or self.span
            raise


@dataclass(frozen=True)
class Arguments:
    """What a mapping gave for a schema; defaults stand in for the rest."""

    fields: tuple[Field, ...]
    given: Mapping[str, Argument]
    span: Span

    def resolve(self, frame: Frame, *parameters: str) -> dict[str, Any]:
        """Values by parameter, all of them or those named; `Faults` with what is wrong with any."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        chosen = [field for field in self.fields if not parameters or field.parameter in parameters]
        for field in chosen:
            argument = self.given.get(field.parameter)
            try:
                values[field.parameter] = argument.resolve(frame) if argument else _default(field, frame)
            except Fault as fault:
                fault.span = fault.span or self.span
                faults.append(fault)
        if faults:
            raise Faults(faults)
        return values

    def place(self, field: str | None) -> Span:
        """Where a field was given, or else the whole mapping."""
        for each in self.fields:
            if each.name == field and each.parameter in self.given:
                return self.given[each.parameter].span
        return self.span


def _default(field: Field, frame: Frame) -> Any:
    assert field.default is not REQUIRED, field.name
    if isinstance(field.default, Percent | Start | Duration):
        return field.default.resolve(frame)
    return field.default


@dataclass(frozen=True)
class Items:
    """A list of values."""

    items: tuple[Argument, ...]

    def resolve(self, frame: Frame) -> tuple[Any, ...]:
        """Their values."""
        return tuple(item.resolve(frame) for item in self.items)


@dataclass(frozen=True)
class Pairs:
    """A mapping of values."""

    pairs: tuple[tuple[Argument, Argument], ...]

    def resolve(self, frame: Frame) -> dict[Any, Any]:
        """Their values; two keys that come to the same one are a `Fault`."""
        values: dict[Any, Any] = {}
        for key, value in self.pairs:
            resolved = key.resolve(frame)
            if resolved in values:
                fault = Fault(f"two points come to step {resolved:,}", help="leave one of them out")
                fault.span = key.span
                raise fault
            values[resolved] = value.resolve(frame)
        return values


@dataclass(frozen=True)
class RecordOf:
    """A mapping with a type of its own."""

    type: Callable[..., Any]
    arguments: Arguments

    def resolve(self, frame: Frame) -> Any:
        """An instance of the type."""
        return self.type(**self.arguments.resolve(frame))


def durations(quantity: Quantity) -> list[Duration]:
    """The durations a quantity holds, in the order of the spec."""
    match quantity:
        case Duration():
            return [quantity]
        case Items(items=items):
            return [span for item in items for span in durations(item.quantity)]
        case Pairs(pairs=pairs):
            return [span for key, _ in pairs for span in durations(key.quantity)]
        case RecordOf(arguments=arguments):
            return [span for argument in arguments.given.values() for span in durations(argument.quantity)]
    return []
