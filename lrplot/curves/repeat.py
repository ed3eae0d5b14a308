"""A curve repeated."""

from __future__ import annotations

import numpy as np

from lrplot.curves.curve import Curve, Cycle, Segment
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, MOST_LISTED, Steps, within
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Repeat(Curve):
    """A curve repeated `times` times; then its end value holds."""

    length: int
    curve: Curve
    times: int

    @property
    def period(self) -> int:
        """Updates in one repetition."""
        return self.curve.length

    @property
    def total(self) -> int:
        """Updates in all repetitions."""
        return min(self.period * self.times, FARTHEST)

    def values(self, t: Steps) -> Floats:
        values = self.curve.values(t % self.period)
        over = t >= self.total
        return np.where(over, self.curve.end, values) if over.any() else values

    def limit(self, t: int) -> float:
        t = min(t, self.total)
        return self.curve.limit(t - (max(-(-t // self.period), 1) - 1) * self.period)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        period = self.period
        inner = self.curve.turning_points(0, period)
        first, last = start // period, min(-(-stop // period), self.times)
        if inner is None or (len(inner) + 2) * (last - first) > MOST_LISTED:
            return None
        once = np.append(inner, [0, period - 1])
        found = (np.arange(first, last)[:, None] * period + once).ravel()
        return within(np.append(found, [self.total - 1, self.total]), start, stop)

    def cycle(self, t: int) -> Cycle | None:
        number = t // self.period
        return Cycle(number, number * self.period, self.period) if t < self.total else None

    def failure(self, t: int) -> str | None:
        return self.curve.failure(t % self.period if t < self.total else self.period - 1)

    @property
    def role(self) -> Role:
        return Role.CYCLES

    def segments(self) -> tuple[Segment, ...]:
        return (Segment(self.role, 0, min(self.length, self.total), self, past=Role.HOLD),)
