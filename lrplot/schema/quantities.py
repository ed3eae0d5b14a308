"""Amounts as a spec writes them, which become plain numbers once the run is known."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.runs.numbers import exact, plain
from lrplot.schema.frame import Frame


class Quantity(Protocol):
    """A value that depends on its frame; `str()` gives it as a spec writes it."""

    def resolve(self, frame: Frame) -> Any:
        """The value in this frame."""


@dataclass(eq=False)
class Constant:
    """A value that is the same in every frame."""

    value: Any

    def resolve(self, frame: Frame) -> Any:
        """The value itself."""
        return self.value

    def __str__(self) -> str:
        return str(self.value)


@dataclass(eq=False)
class Percent:
    """A share of the base value, in percent."""

    amount: Fraction

    def resolve(self, frame: Frame) -> float:
        """The share of the frame's base value, rounded once."""
        try:
            return float(self.amount * exact(frame.base_value()) / 100)
        except OverflowError:
            raise Fault(f"`{self}` of the base is too large for float64", code="not-finite") from None

    def __str__(self) -> str:
        return f"{plain(self.amount)}%"


@dataclass(eq=False)
class Start:
    """The value at which the phase before ended."""

    def resolve(self, frame: Frame) -> float:
        """The frame's start value."""
        return frame.start_value()

    def __str__(self) -> str:
        return "where the phase before ended"


@dataclass(eq=False)
class Before:
    """The value from which a warmup climbs: where the phase before ended, or 0."""

    def resolve(self, frame: Frame) -> float:
        """The frame's value before the warmup."""
        return frame.before or 0.0

    def __str__(self) -> str:
        return "where the phase before ended, 0 at the start"


@dataclass(eq=False)
class Duration:
    """A duration: an amount of steps, epochs, samples or tokens, or `%` of the run."""

    amount: Fraction
    unit: str
    at_least: int = 0

    def resolve(self, frame: Frame) -> int:
        """Whole updates."""
        steps = frame.timebase.to_steps(self.amount, self.unit)
        if steps < self.at_least:
            raise Fault(f"`{self}` is {steps} updates; at least {self.at_least} is needed")
        return steps

    def __str__(self) -> str:
        if self.unit == "%":
            return f"{plain(self.amount)}%"
        unit = self.unit.removesuffix("s") if self.amount == 1 else self.unit
        return f"{compact(self.amount)} {unit}"


@dataclass(eq=False)
class Moment(Duration):
    """A time of the run."""

    def resolve(self, frame: Frame) -> int:
        """Whole updates from the frame's start to it."""
        if frame.offset is None:
            raise Fault(
                f"`{self}` is a time of the run, but this schedule does not start at one known update",
                help="give the phases before it `for`; within `repeat`, give `for` instead of `until`",
            )
        step = frame.timebase.to_steps(self.amount, self.unit)
        if step < frame.offset:
            raise Fault(
                f"`{self}` is update {step:,}, before the phase starts at {frame.offset:,}",
                help="give a later time, or the phase's own length with `for`",
            )
        return step - frame.offset


def compact(amount: Fraction) -> str:
    """An amount, a large one with a suffix: `375M`, `1.5B`."""
    for suffix, size in (("T", 10**12), ("B", 10**9), ("M", 10**6)):
        if amount >= size and (amount * 1000 / size).denominator == 1:
            return f"{float(amount / size):g}{suffix}"
    return plain(amount)


def percent(amount: int) -> Any:
    """A default in percent of the base value; `Any`, so that a number may have it."""
    return Percent(Fraction(amount))


def run_percent(amount: int) -> Any:
    """A default in percent of the run's length; `Any`, so that a number of steps may have it."""
    return Duration(Fraction(amount), "%")


START: Any = Start()
BEFORE: Any = Before()
