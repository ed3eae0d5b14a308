"""Curves that are read by another clock: held for several steps, or stepped several times at each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lrplot.curves.curve import Curve, Cycle, Factor, Segment
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, both_sides
from lrplot.curves.wrappers import Lasting, Wrapper
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Hold(Wrapper):
    """A curve read at every `every`-th step of the run and held in between.

    `offset` is the run's step at local time 0. A curve that starts between two readings holds its
    first value until the next one.
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
        inner = self.curve.turning_points(max(start - self.every, 0), stop)
        if inner is None:
            return None
        # The held values turn at the readings around a turn of the curve.
        before = self._read(inner)
        after = (inner + self.offset + self.every - 1) // self.every * self.every - self.offset
        return both_sides(np.concatenate([before, after]), start, stop)

    def failure(self, t: int) -> str | None:
        return self.curve.failure(int(self._read(np.array([t], dtype=np.int64))[0]))

    def part(self, curve: Curve, start: int) -> Curve:
        return Hold(curve, self.every, self.offset + start)


@dataclass(eq=False)
class Stepped(Curve):
    """A curve over a scheduler's clock, which is stepped `times` times every `every` updates.

    The clock reads 0 at local time 0; `offset` is the run's step there, and the clock is
    stepped where the run's steps are multiples of `every`. If it is a segment of another curve, that
    segment ends at reading `over`, which may lie between two updates.
    """

    length: int
    curve: Curve
    every: int = 1
    times: int = 1
    offset: int = 0
    over: int | None = None

    def clock(self, t: Steps) -> Steps:
        """The number of times that the scheduler has been stepped before each update."""
        return ((t + self.offset) // self.every - self.offset // self.every) * self.times

    def run_step(self, reading: int) -> int:
        """The first local step at which the clock reads `reading` or more."""
        return int(max(self._after(-(-reading // self.times)), 0))

    def _after(self, rounds: Any) -> Any:
        """The first local step after a number of rounds of the clock; for an array of numbers, one for each."""
        return (rounds + self.offset // self.every) * self.every - self.offset

    def values(self, t: Steps) -> Floats:
        clock = self.clock(t)
        values = self.curve.values(clock)
        for back in range(1, self.times if self.curve.recovers else 1):  # it raises between two updates, too
            values[np.isnan(self.curve.values(np.maximum(clock - back, 0)))] = np.nan
        return values

    def limit(self, t: int) -> float:
        before, now = self.clock(np.array([max(t - 1, 0), t], dtype=np.int64)).tolist()
        if self.every == 1:
            return self.curve.limit(now if self.over is None or before >= self.over else min(now, self.over))
        return float(self.curve.values(np.array([before], dtype=np.int64))[0])

    def turning_points(self, start: int, stop: int) -> Steps | None:
        first, last = self.clock(np.array([start, max(stop - 1, start)], dtype=np.int64)).tolist()
        inner = self.curve.turning_points(first, last + 1)
        if inner is None:
            return None
        rounds = np.concatenate([inner // self.times, -(-np.append(inner, last) // self.times)])
        return both_sides(np.maximum(self._after(rounds), 0), start, stop)

    def cycle(self, t: int) -> Cycle | None:
        inner = self.curve.cycle(int(self.clock(np.array([t], dtype=np.int64))[0]))
        if inner is None:
            return None
        start = self._after(-(-inner.start // self.times))
        return Cycle(inner.number, start, self._after(-(-(inner.start + inner.length) // self.times)) - start)

    def failure(self, t: int) -> str | None:
        clock = int(self.clock(np.array([t], dtype=np.int64))[0])
        first = max(clock - self.times + 1, 0) if self.curve.recovers else clock
        return next(filter(None, map(self.curve.failure, range(first, clock + 1))), None)

    @property
    def recovers(self) -> bool:
        return self.curve.recovers

    @property
    def role(self) -> Role:
        return self.curve.role

    @property
    def past(self) -> Role | None:
        return self.curve.past

    def segments(self) -> tuple[Segment, ...]:
        found = [self._segment(each) for each in self.curve.segments()]
        # The last round of the clock may be cut by the run's end.
        if found and found[-1].past is None:
            found[-1] = replace(found[-1], stop=max(found[-1].stop, self.length))
        return tuple(found)

    def _segment(self, inner: Segment) -> Segment:
        start, stop = self.run_step(inner.start), self.run_step(inner.stop)
        # A clock stepped several times at once may pass the segment's first steps.
        lead = int(self.clock(np.array([start], dtype=np.int64))[0]) - inner.start
        local = Lasting(inner.stop - inner.start, inner.curve, lead) if lead > 0 else inner.curve
        over = inner.stop - inner.start - max(lead, 0)
        curve = Stepped(stop - start, local, self.every, self.times, self.offset + start, over)
        every, times = inner.every * self.every, inner.times * self.times
        return replace(inner, start=start, stop=stop, curve=curve, every=every, times=times)

    @property
    def factors(self) -> tuple[Factor, ...]:
        return tuple(replace(each, curve=replace(self, curve=each.curve)) for each in self.curve.factors)
