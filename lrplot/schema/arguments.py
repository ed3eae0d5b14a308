"""Arguments: fields that were read, waiting for the frame that turns them into values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from lrplot.diagnostics import Fault, Faults, Span
from lrplot.lazy import dataclass
from lrplot.schema.fields import REQUIRED, Field
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import Before, Duration, Percent, Quantity, Start

NO_FRAME: Any = None  # for top-level values, which depend on no base and no run


@dataclass(eq=False)
class Argument:
    """A value that a spec gives, and its place."""

    quantity: Quantity
    span: Span

    def resolve(self, frame: Frame) -> Any:
        """The value; a `Fault` has its place."""
        try:
            return self.quantity.resolve(frame)
        except Fault as fault:
            fault.at(self.span)
            raise


@dataclass(eq=False)
class Arguments:
    """The arguments of one mapping, by parameter; fields that it leaves out have their defaults.

    `span` is the place of the mapping's owner.
    """

    fields: tuple[Field, ...]
    given: Mapping[str, Argument]
    span: Span

    def resolve(self, frame: Frame, *parameters: str) -> dict[str, Any]:
        """Values by parameter, of all fields or of those named; `Faults` with everything that is wrong."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        fixed = _fixed_defaults(self.fields)
        for field in self.fields:
            name = field.parameter
            if parameters and name not in parameters:
                continue
            if name in fixed and name not in self.given:
                values[name] = fixed[name]
                continue
            try:
                values[name] = self._value(field, frame)
            except Fault as fault:
                faults.append(fault.at(self.span))
        if faults:
            raise Faults(faults)
        return values

    def known(self, frame: Frame) -> dict[str, Any]:
        """Values by parameter, without those of faulty arguments."""
        values: dict[str, Any] = {}
        fixed = _fixed_defaults(self.fields)
        for field in self.fields:
            name = field.parameter
            if name in fixed and name not in self.given:
                values[name] = fixed[name]
                continue
            with suppress(Fault):
                values[name] = self._value(field, frame)
        return values

    def place(self, *names: str) -> Span:
        """The place of the first of some fields that is given, or else of what the arguments belong to."""
        parameters = {field.name: field.parameter for field in self.fields}
        given = (self.given.get(parameters.get(name, name)) for name in names)
        return next((argument.span for argument in given if argument), self.span)

    def _value(self, field: Field, frame: Frame) -> Any:
        if argument := self.given.get(field.parameter):
            return argument.resolve(frame)
        assert field.default is not REQUIRED, field.name
        return field.default.resolve(frame)


@cache
def _fixed_defaults(fields: tuple[Field, ...]) -> dict[str, Any]:
    """By parameter, the defaults that are the same in every frame: nearly all, of which a spec gives a few."""
    return {
        each.parameter: each.default
        for each in fields
        if each.default is not REQUIRED and not isinstance(each.default, Percent | Start | Before | Duration)
    }


@dataclass(eq=False)
class Items:
    """A list of values."""

    items: tuple[Argument, ...]

    def resolve(self, frame: Frame) -> tuple[Any, ...]:
        """Their values."""
        return tuple(item.resolve(frame) for item in self.items)


@dataclass(eq=False)
class Pairs:
    """A mapping of values."""

    pairs: tuple[tuple[Argument, Argument], ...]

    def resolve(self, frame: Frame) -> dict[Any, Any]:
        """Their values; a `Fault` if two keys have the same one."""
        values: dict[Any, Any] = {}
        for key, value in self.pairs:
            resolved = key.resolve(frame)
            if resolved in values:
                raise Fault(f"two points are at step {resolved:,}", help="leave one of them out").at(key.span)
            values[resolved] = value.resolve(frame)
        return values


@dataclass(eq=False)
class RecordOf:
    """A mapping that becomes an instance of a type."""

    type: Callable[..., Any]
    arguments: Arguments

    def resolve(self, frame: Frame) -> Any:
        """The instance."""
        return self.type(**self.arguments.resolve(frame))


def leaves(quantity: Quantity) -> Iterator[Quantity]:
    """The single quantities that a quantity consists of, in the order of the spec."""
    match quantity:
        case Items(items=items):
            inner = [*items]
        case Pairs(pairs=pairs):
            inner = [argument for pair in pairs for argument in pair]
        case RecordOf(arguments=arguments):
            inner = [*arguments.given.values()]
        case _:
            yield quantity
            return
    for argument in inner:
        yield from leaves(argument.quantity)


def durations(quantity: Quantity) -> list[Duration]:
    """The durations that a quantity consists of, in the order of the spec."""
    return [leaf for leaf in leaves(quantity) if isinstance(leaf, Duration)]
