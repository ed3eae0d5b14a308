"""Periodic curves: warm restarts and triangular cycles."""

from __future__ import annotations

from functools import cached_property
from math import floor, log

import numpy as np

from lrplot.curves.curve import Curve, Cycle, Segment
from lrplot.curves.roles import Role
from lrplot.curves.shapes import COSINE, Floats, Way
from lrplot.curves.steps import FARTHEST, Steps, both_sides, multiples
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass

MOST_CYCLES = 1_000_000


@dataclass(eq=False)
class Restarts(Curve):
    """Half cosines from first·decay^i to `last`; cycle i lasts period·mult^i updates.

    If `mult` is not 1, `last` holds after the cycle in which the curve ends. If `mult` is below 1, the cycles end
    before the first one that is shorter than one update, and `last` holds.
    """

    length: int
    first: float
    last: float
    period: int
    mult: float
    decay: float

    @cached_property
    def cycles(self) -> tuple[Steps, Floats]:
        """The first step of each cycle in the curve and of the next one, and the lengths of the cycles."""
        starts: list[int] = [0]
        lengths: list[float] = []
        length, position = float(self.period), float(self.period)
        while (starts[-1] < self.length and length >= 1) or not lengths:
            if len(lengths) >= MOST_CYCLES:
                raise Fault(f"more than {MOST_CYCLES:,} cycles of different length", field="mult")
            starts.append(floor(min(position, FARTHEST) + 0.5))
            lengths.append(starts[-1] - starts[-2] if position < FARTHEST else length)
            length = min(length * self.mult, 1e300)
            position += length
        return np.array(starts, dtype=np.int64), np.array(lengths, dtype=np.float64)

    def values(self, t: Steps) -> Floats:
        cycle, begin, length = self._cycle(t)
        local = np.minimum(t - begin, length)
        share = COSINE.remaining(Way(local, length - local, length))
        peak = self.first * np.power(self.decay, cycle.astype(np.float64))
        return np.where(share == 1, peak, self.last + (peak - self.last) * share)

    def _cycle(self, t: Steps) -> tuple[Steps, Steps, Steps | Floats]:
        """Number, first step and length of the cycle that each step is in."""
        if self.mult == 1:
            cycle = t // self.period
            return cycle, cycle * self.period, np.full(t.shape, self.period)
        starts, lengths = self.cycles
        cycle = np.minimum(np.searchsorted(starts, t, side="right") - 1, len(lengths) - 1)
        return cycle, starts[cycle], lengths[cycle]

    def cycle(self, t: int) -> Cycle | None:
        number, start, length = self._cycle(np.array([t], dtype=np.int64))
        return Cycle(int(number[0]), int(start[0]), int(length[0]))

    def limit(self, t: int) -> float:
        restarts = self._restarts(t, t + 1)
        if t > 0 and restarts is not None and len(restarts):
            return self.last
        return super().limit(t)

    def _restarts(self, start: int, stop: int) -> Steps | None:
        if self.mult == 1:
            return multiples(self.period, start, stop)
        starts, _ = self.cycles
        return starts[(starts >= start) & (starts < stop)]

    def turning_points(self, start: int, stop: int) -> Steps | None:
        restarts = self._restarts(start, stop + 1)
        return None if restarts is None else both_sides(restarts, start, stop)

    @property
    def role(self) -> Role:
        return Role.CYCLES

    def segments(self) -> tuple[Segment, ...]:
        if self.mult >= 1:
            return super().segments()
        return (Segment(self.role, 0, min(self.length, int(self.cycles[0][-1])), self, past=Role.HOLD),)


@dataclass(eq=False)
class Triangles(Curve):
    """low + (high − low)·s·scale, where s rises 0 → 1 in `up` updates and falls back in `down`.

    The scale is ½^cycle if `halving`, else gamma^t.
    """

    length: int
    low: float
    high: float
    up: int
    down: int
    halving: bool = False
    gamma: float = 1.0

    def values(self, t: Steps) -> Floats:
        period = self.up + self.down
        local = t % period
        share = np.where(local < self.up, local / max(self.up, 1), (period - local) / max(self.down, 1))
        scale = np.power(0.5, t // period) if self.halving else np.power(self.gamma, t.astype(np.float64))
        return self.low + (self.high - self.low) * share * scale

    def limit(self, t: int) -> float:
        if t == 0 or self.down or t % self.up:
            return super().limit(t)
        scale = 0.5 ** (t // self.up - 1) if self.halving else self.gamma**t  # the peak before the drop
        return self.low + (self.high - self.low) * scale

    @property
    def role(self) -> Role:
        return Role.CYCLES

    def turning_points(self, start: int, stop: int) -> Steps | None:
        period = self.up + self.down
        cycles = multiples(period, start - period, stop + period)
        if cycles is None:
            return None
        # gamma^t moves the extreme of a side to 1/|ln gamma| from the cycle's start or end.
        bend = 0 if self.gamma == 1 else min(floor(1 / abs(log(self.gamma))), period)
        offsets = [0, self.up, bend, bend + 1, period - bend, period - bend - 1]
        edges = np.concatenate([cycles + offset for offset in offsets])
        return both_sides(edges, start, stop)
