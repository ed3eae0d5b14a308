"""Curves: pure functions from local steps to float64 values, the primitives of every schedule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Protocol

import numpy as np

from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import NO_STEPS, Steps
from lrplot.diagnostics import Span
from lrplot.lazy import dataclass


@dataclass(frozen=True)
class Cycle:
    """A cycle of a curve: its number, counted from 0, its first local step, and its length."""

    number: int
    start: int
    length: int

    def shifted(self, steps: int) -> Cycle:
        """The cycle in the time of a curve that starts `steps` later."""
        return replace(self, start=self.start - steps)


class Curve(ABC):
    """A value for each local step t = 0 … length − 1.

    A curve is data without state: its fields do not change once it is built, and `values` takes any
    int64 array, in any order. Curves are equal only if they are the same object, as arrays among
    their fields have no single truth value. Overflow gives infinity or NaN; the caller silences
    numpy's warnings.
    """

    length: int

    @abstractmethod
    def values(self, t: Steps) -> Floats:
        """float64 values at local steps `t`, of the same shape (one dimension)."""

    def limit(self, t: int) -> float:
        """The value the curve tends to as time goes up to local step `t`.

        For a continuous formula this is its value there; for one that jumps at `t`, the value
        before the jump.
        """
        return float(self.values(np.array([t], dtype=np.int64))[0])

    @property
    def end(self) -> float:
        """The limit one update after the last."""
        return self.limit(self.length)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        """Local steps in [start, stop) between which the curve is monotone; None if they are not known.

        The list is complete and ascending, without the window's two ends: every extreme of the
        window is at one of these steps or at an end.
        """
        return NO_STEPS

    def failure(self, t: int) -> str | None:
        """The exception that a framework raises at local step `t`, where the value is NaN; None if there is none."""
        return None

    def cycle(self, t: int) -> Cycle | None:
        """The cycle that local step `t` is in; None if the curve does not repeat itself, or it is not known where."""
        return None

    @property
    def recovers(self) -> bool:
        """Whether a framework may raise at a step, and have values at later ones."""
        return False

    @property
    def role(self) -> Role:
        """The role of the curve as a segment; by default its direction."""
        return direction(self.limit(0), self.end)

    @property
    def past(self) -> Role | None:
        """The role of the curve past its length: `HOLD`, `AFTER`, or None if it has no end of its own."""
        return None

    def segments(self) -> tuple[Segment, ...]:
        """The segments that make up the curve, in order; by default one."""
        return (Segment(self.role, 0, self.length, self, past=self.past),)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The curves that act at the same time in this one, such as the factors of a product."""
        return ()


class Origin(Protocol):
    """The recipe that a segment came from, with the values of its arguments.

    Arguments are asked for by role. If several have the role, those that are given come first.
    """

    @property
    def name(self) -> str:
        """The definition's name."""

    @property
    def framework(self) -> str:
        """The framework whose scheduler this is; empty for a native kind."""

    @property
    def calls(self) -> bool:
        """Whether it calls a function of the user's, a factor of the base value."""

    @property
    def float32(self) -> str:
        """The difference of values in float32, which training uses, from those in float64; empty if there is none."""

    def field(self, *roles: Role) -> str:
        """The name of the first argument with one of the roles; empty if there is none."""

    def value(self, *roles: Role) -> Any:
        """The value of the first argument with one of the roles; None if there is no such argument."""

    def place(self, *roles: Role) -> Span:
        """The place of the first argument with one of the roles that is given, or else of the recipe's name."""

    def counts_from_start(self, *roles: Role) -> bool:
        """Whether the first argument with one of the roles is a time of the run, not a length."""

    def unit(self, *roles: Role) -> str:
        """The unit that the first argument with one of the roles is given in; `steps` if it has none."""


@dataclass(eq=False)
class Segment:
    """A part of a curve with one role, from step `start` up to the planned `stop`.

    `curve` has the values in local time. `past` is what the curve does after `stop`; None means that it
    has no end of its own. `notes` give, by field, the updates that durations in other units amount
    to. The scheduler's clock is stepped `times` times every `every` steps.
    """

    role: Role
    start: int
    stop: int
    curve: Curve
    name: str = ""
    past: Role | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = field(default=None, compare=False, repr=False)
    every: int = 1
    times: int = 1


@dataclass(eq=False)
class Factor:
    """One of several curves that act at the same time, and the recipe it came from."""

    curve: Curve
    origin: Origin | None = field(default=None, compare=False, repr=False)


def direction(first: float, last: float) -> Role:
    """The role of a curve that leads from one value to another."""
    return Role.RISE if last > first else Role.DECAY if last < first else Role.HOLD


@dataclass(eq=False)
class Flat(Curve):
    """One value."""

    length: int
    value: float

    def values(self, t: Steps) -> Floats:
        return np.full(t.shape, self.value)

    @property
    def role(self) -> Role:
        return Role.HOLD
