"""Curves made of one other curve: scaled, clipped, held, stepped by another clock, or broken off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lrplot.frozen import frozen
from lrplot.schedules.curve import MOST_TURNS, Curve, Steps, Wrapper, both_sides, within
from lrplot.schedules.shapes import Floats

MOST_READINGS = 1 << 14


@frozen
class Scaled(Wrapper):
    """A curve times a constant."""

    factor: float

    def values(self, t: Steps) -> Floats:
        return self.factor * self.curve.values(t)

    def turning_points_within(self, edges: Steps) -> Steps | None:
        return self.curve.turning_points_within(edges)

    def limit(self, t: int) -> float:
        return self.factor * self.curve.limit(t)


@frozen
class Clip(Wrapper):
    """A curve that never goes below `low`."""

    low: float

    def values(self, t: Steps) -> Floats:
        return np.maximum(self.curve.values(t), self.low)

    def limit(self, t: int) -> float:
        return max(self.curve.limit(t), self.low)


@frozen
class Hold(Wrapper):
    """A curve read only at every `every`-th step of the run, held in between.

    `offset` is the run's step at local time 0: a curve that starts in between holds its
    first value until the next reading.
    """

    every: int
    offset: int = 0

    def _read(self, t: Steps) -> Steps:
        return np.maximum((t + self.offset) // self.every * self.every - self.offset, 0)

    def values(self, t: Steps) -> Floats:
        return self.curve.values(self._read(t))

    def limit(self, t: int) -> float:
        if (t + self.offset) % self.every == 0:
            return self.curve.limit(t)
        return float(self.values(np.array([max(t - 1, 0)], dtype=np.int64))[0])

    def turning_points(self, start: int, stop: int) -> Steps | None:
        # Readings fall anywhere in the curve: its own turning points say nothing of theirs.
        if (stop - start) // self.every > MOST_READINGS:
            return None
        first = (start + self.offset) // self.every * self.every - self.offset
        readings = np.arange(first, stop, self.every, dtype=np.int64)
        return within(np.maximum(readings, start), start, stop)

    def failure(self, t: int) -> str | None:
        return self.curve.failure(int(self._read(np.array([t], dtype=np.int64))[0]))

    @property
    def companions(self) -> Mapping[str, Curve]:
        return {name: Hold(curve, self.every, self.offset) for name, curve in self.curve.companions.items()}


@frozen
class Stepped(Curve):
    """A curve over a scheduler's own clock, which is stepped `times` times every `every` updates.

    The clock reads 0 at local time 0; `offset` is the run's step there, and the clock is
    stepped where the run's steps are multiples of `every`.
    """

    length: int
    curve: Curve
    every: int = 1
    times: int = 1
    offset: int = 0

    def clock(self, t: Steps) -> Steps:
        """What the scheduler has been stepped before each update."""
        return ((t + self.offset) // self.every - self.offset // self.every) * self.times

    def run_step(self, reading: int) -> int:
        """The first local step at which the clock has come to `reading`."""
        return int(max(self._after(-(-reading // self.times)), 0))

    def _after(self, rounds: Any) -> Any:
        """The local step, or steps, after so many rounds of the clock."""
        return (rounds + self.offset // self.every) * self.every - self.offset

    def part(self, start: int, stop: int, curve: Curve) -> Stepped:
        """A part of it, from step `start` on, that has a curve of its own."""
        return Stepped(stop - start, curve, self.every, self.times, self.offset + start)

    def values(self, t: Steps) -> Floats:
        return self.curve.values(self.clock(t))

    def limit(self, t: int) -> float:
        before, now = self.clock(np.array([max(t - 1, 0), t], dtype=np.int64)).tolist()
        if self.every == 1:
            return self.curve.limit(now)
        return float(self.curve.values(np.array([before], dtype=np.int64))[0])

    def turning_points(self, start: int, stop: int) -> Steps | None:
        first, last = self.clock(np.array([start, stop - 1], dtype=np.int64)).tolist()
        inner = self.curve.turning_points(first, last + 1)
        if inner is None:
            return None
        if self.times > 1 and len(inner) > MOST_TURNS:
            # Cycles that are alike are no longer so where only some of their steps are taken.
            return np.arange(start, stop, dtype=np.int64) if stop - start <= MOST_READINGS else None
        edges = self._after(-(-np.append(inner, last) // self.times))
        return both_sides(np.maximum(edges, 0), start, stop)

    def failure(self, t: int) -> str | None:
        return self.curve.failure(int(self.clock(np.array([t], dtype=np.int64))[0]))

    @property
    def companions(self) -> Mapping[str, Curve]:
        return {
            name: Stepped(self.length, curve, self.every, self.times, self.offset)
            for name, curve in self.curve.companions.items()
        }


@frozen
class Bounded(Wrapper):
    """A curve that has no value from local step `stop` on, because a framework raises `reason` there."""

    stop: int
    reason: str

    def values(self, t: Steps) -> Floats:
        values = self.curve.values(np.minimum(t, max(self.stop - 1, 0)))
        values[t >= self.stop] = np.nan
        return values

    def limit(self, t: int) -> float:
        return self.curve.limit(min(t, max(self.stop - 1, 0)))

    def turning_points(self, start: int, stop: int) -> Steps | None:
        inner = self.curve.turning_points(start, stop)
        edge = both_sides(np.array([self.stop], dtype=np.int64), start, stop)
        return None if inner is None else within(np.concatenate([inner, edge]), start, stop)

    def failure(self, t: int) -> str | None:
        return self.reason if t >= self.stop else self.curve.failure(t)

    @property
    def companions(self) -> Mapping[str, Curve]:
        return {name: Bounded(curve, self.stop, self.reason) for name, curve in self.curve.companions.items()}


@frozen
class Lasting(Curve):
    """Another curve from its step `lead` on, as if it were `length` long; its values go on past that."""

    length: int
    curve: Curve
    lead: int = 0

    def values(self, t: Steps) -> Floats:
        return self.curve.values(t + self.lead)

    def limit(self, t: int) -> float:
        return self.curve.limit(t + self.lead)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        inner = self.curve.turning_points(start + self.lead, stop + self.lead)
        return None if inner is None else inner - self.lead

    def failure(self, t: int) -> str | None:
        return self.curve.failure(t + self.lead)

    @property
    def inside(self) -> Curve | None:
        return None if self.lead else self.curve

    @property
    def companions(self) -> Mapping[str, Curve]:
        return {name: Lasting(self.length, curve, self.lead) for name, curve in self.curve.companions.items()}
