"""Curves given by a formula in closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import partial
from math import ceil, isfinite, nextafter

import numpy as np

from lrplot.curves.curve import Curve, Segment, direction
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import MOST_LISTED, NO_STEPS, Steps, within
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Formula(Curve):
    """function(t), monotone between the times in `turns`, where it turns or jumps.

    Times need not be whole; None means that they are not known. With a `period`, they repeat in
    every period. `over` is the end of the schedule that the formula describes, past which the
    formula still holds; None means that there is no end. `held` says that the formula is constant
    from then on. `meant` is the role; None means the direction from the first value to the last.
    """

    length: int
    function: Callable[[Floats], Floats] = field(repr=False)
    turns: tuple[float, ...] | None = ()
    period: float | None = None
    over: float | None = None
    meant: Role | None = None
    held: bool = False

    def values(self, t: Steps) -> Floats:
        values = np.asarray(self.function(t.astype(np.float64)), dtype=np.float64)
        return values if values.shape == t.shape else np.full(t.shape, values)

    def limit(self, t: int) -> float:
        times = np.array([t, nextafter(t, 0), max(t - 1, 0)], dtype=np.float64)
        with np.errstate(all="ignore"):
            at, before, last = np.full(3, self.function(times), dtype=np.float64).tolist()
        if not isfinite(before):  # the formula may have no value between this step and the one before
            return at if isfinite(at) else last
        step = abs(at - last) if isfinite(last) else 0.0
        # What changes in no time is rounding, or a small part of what changes in a step; or else a jump.
        return at if abs(at - before) <= max(1e-9 * max(abs(at), abs(before)), 1e-3 * step) else before

    def turning_points(self, start: int, stop: int) -> Steps | None:
        found = self._times(start, stop)
        if found is None or not len(found):
            return None if found is None else NO_STEPS
        times = found[(found > start - 2) & (found < stop + 2)]
        up = np.ceil(times).astype(np.int64)
        return within(np.concatenate([up - 1, up, np.floor(times).astype(np.int64)]), start, stop)

    def _times(self, start: int, stop: int) -> Floats | None:
        if self.turns is None:
            return None
        turns = np.array(self.turns, dtype=np.float64)
        if self.period is None:
            return turns
        first, last = max(int(start // self.period) - 1, 0), ceil(stop / self.period) + 1
        if (last - first) * len(turns) > MOST_LISTED:
            return None
        return np.asarray((np.arange(first, last)[:, None] * self.period + turns).ravel())

    @property
    def role(self) -> Role:
        if self.meant is not None:
            return self.meant
        if self.turns is None:
            return Role.CURVE
        if self.over is None and self.period is not None:
            return Role.CYCLES
        with np.errstate(all="ignore"):
            return direction(self.limit(0), self.limit(self._stop))

    @property
    def past(self) -> Role | None:
        if self.over is None:
            return None
        return Role.HOLD if self.held else Role.AFTER

    @property
    def _stop(self) -> int:
        return self.length if self.over is None else ceil(self.over)

    def segments(self) -> tuple[Segment, ...]:
        return (Segment(self.role, 0, self._stop, self, past=self.past),)


def until(stop: float, function: Callable[[Floats], Floats], after: float, t: Floats) -> Floats:
    """The values of `function` before time `stop`, then `after`."""
    return np.where(t < stop, function(t), after)


def cosine(length: int, first: float, last: float, span: float, lead: float = 0.0) -> Formula:
    """Half a cosine from `first` to `last` in `span` steps, which continues past them: back to `first`, without end.

    It starts `lead` steps in.
    """
    function = partial(_cosine, first, last, span, lead)
    return Formula(length, function, (-lead % span,), span, max(span - lead, 0), direction(first, last))


def _cosine(first: float, last: float, span: float, lead: float, t: Floats) -> Floats:
    return np.asarray(last + (first - last) / 2 * (1 + np.cos(np.pi * ((t + lead) / span))))


def line(length: int, first: float, last: float, span: float, lead: float = 0.0) -> Formula:
    """A straight line from `first` to `last` in `span` steps, which continues past them; it starts `lead` steps in."""
    over = max(span - lead, 0)
    return Formula(length, partial(_line, first, last, span, lead), over=over, meant=direction(first, last))


def _line(first: float, last: float, span: float, lead: float, t: Floats) -> Floats:
    return np.asarray(first + (last - first) * ((t + lead) / span))


def ramp_of(formula: Formula) -> tuple[str, float, float, float, float] | None:
    """The shape of a formula that `cosine` or `line` made, its first and last value, span and lead; None for others."""
    function = formula.function
    if not isinstance(function, partial) or function.func not in (_cosine, _line):
        return None
    return ("cosine" if function.func is _cosine else "linear", *function.args)
