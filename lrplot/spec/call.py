"""A schedule that a spec asks for: a kind and its arguments."""

from __future__ import annotations

from math import nan
from typing import Any

from lrplot.diagnostics import Diagnostics, Fault, Span
from lrplot.frozen import frozen, replace
from lrplot.schedules.curve import Curve, Flat
from lrplot.schedules.frame import Frame
from lrplot.schedules.kind import Kind
from lrplot.schedules.modifiers import Cooldown, floored, held, stepped, with_ramps
from lrplot.schedules.quantities import Constant, Quantity
from lrplot.spec.arguments import Argument, Arguments, Items, durations

MOST_NOTED = 4  # durations of one field


@frozen
class Call:
    """A kind with its arguments; building it in a frame gives the curve."""

    kind: Kind
    arguments: Arguments
    report: Diagnostics
    span: Span

    @property
    def name(self) -> str:
        """The kind's name."""
        return self.kind.name

    def notes(self, frame: Frame) -> dict[str, str]:
        """By field, what durations given in other units than steps come to."""
        notes = {}
        for field in self.arguments.fields:
            argument = self.arguments.given.get(field.parameter)
            spans = [span for span in durations(argument.quantity) if span.unit != "steps"] if argument else []
            if spans:
                texts = [f"{span} = {frame.timebase.span(span.amount, span.unit):,}" for span in spans[:MOST_NOTED]]
                more = ", …" if len(spans) > MOST_NOTED else " updates"
                notes[field.name] = ", ".join(texts) + more
        return notes

    def duration(self, frame: Frame) -> int | None:
        """Its length in updates: what `for` says, or the kind itself; None for what is left."""
        if "for_" in self.arguments.given:
            length: int | None = self.arguments.resolve(frame, "for_")["for_"]
            return length
        if self.kind.length is None:
            return None
        return self.kind.length(frame, **self._own(self.arguments.resolve(frame)))

    def build(self, frame: Frame) -> Curve:
        """The curve; where that fails, the fault is reported and a curve of NaN stands in."""
        try:
            return self._build(frame)
        except Fault as fault:
            self.report.fault(fault, self.arguments.place(fault.field) if fault.field else self.span)
        except ArithmeticError as error:  # Python's own, as the framework's is, where a number is too large
            message = f"{type(error).__name__}: {error}"
            self.report.error("bad-value", message, self.span, "one of its numbers is too large or too small")
        return Flat(frame.length, nan)

    def _build(self, frame: Frame) -> Curve:
        if self.kind.dialect:
            return self._dialect(frame)
        values = self.arguments.resolve(frame)
        times = values["scheduler_steps_per_update"]
        curve = stepped(self._with_ramps(frame, values), frame.length, frame, 1, times)
        return held(curve, frame, values["interval"])

    def _dialect(self, frame: Frame) -> Curve:
        """A framework's scheduler, which counts the times it is stepped, be it once an epoch."""
        clock = self.arguments.resolve(frame, "interval", "scheduler_steps_per_update")
        every = frame.timebase.epoch() if clock["interval"] == "epoch" else 1
        inner = replace(frame, length=-(-frame.length // every), start=None, every=every)
        curve = self.kind.builder(inner, **self._own(self.arguments.resolve(inner)))
        return stepped(curve, frame.length, frame, every, clock["scheduler_steps_per_update"])

    def value(self, name: str, frame: Frame) -> Any:
        """A field's value in this frame, its default where it was not given; None if there is no such field."""
        for field in self.arguments.fields:
            if field.name == name:
                return self.arguments.resolve(frame, field.parameter)[field.parameter]
        return None

    def place(self, name: str | None = None) -> Span:
        """Where a field was given, or else where the schedule is named."""
        found = self.arguments.place(name)
        return self.span if found == self.arguments.span else found

    def children(self) -> tuple[Call, ...]:
        """The schedules it is made of."""
        return tuple(call for argument in self.arguments.given.values() for call in _calls(argument.quantity))

    def with_default(self, parameter: str, argument: Argument | None) -> Call:
        """The same call, with an argument for what it leaves open."""
        if argument is None or parameter in self.arguments.given:
            return self
        given = {**self.arguments.given, parameter: argument}
        return replace(self, arguments=replace(self.arguments, given=given))

    def _with_ramps(self, frame: Frame, values: dict[str, Any]) -> Curve:
        own = self._own(values)
        if not self.kind.decaying:
            return self.kind.builder(frame, **own)

        def body(inner: Frame) -> Curve:
            return floored(self.kind.builder(inner, **own), values["min"])

        def cooldown(inner: Frame) -> Cooldown | None:
            asked: Cooldown | None = self.arguments.resolve(inner, "cooldown")["cooldown"]
            return asked

        if values["warmup"] is None and values["cooldown"] is None:
            return body(frame)
        return with_ramps(frame, self.name, _peak(own, frame), values["warmup"], body, cooldown)

    def _own(self, values: dict[str, Any]) -> dict[str, Any]:
        return {field.parameter: values[field.parameter] for field in self.kind.fields}


def _calls(quantity: Quantity) -> list[Call]:
    match quantity:
        case Constant(value=Call() as call):
            return [call]
        case Items(items=items):
            return [call for item in items for call in _calls(item.quantity)]
    return []


def _peak(own: dict[str, Any], frame: Frame) -> float:
    """Where a warmup leads to: the decay's start."""
    start = own.get("from_", own.get("value"))
    if start is not None:
        return float(start)
    levels = own.get("values")
    return float(levels[0]) if levels else frame.start_value()
