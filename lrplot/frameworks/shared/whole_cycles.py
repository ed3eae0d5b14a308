"""Cycles whose lengths are rounded down to whole steps, as in ignite and pytorch_optimizer."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lrplot.curves.curve import Curve
from lrplot.curves.curve import Cycle as Span
from lrplot.curves.exceptions import DIVISION
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, MOST_LISTED, NO_STEPS, Steps, both_sides
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass

LONGEST = 1 << 60  # steps of a cycle; the sum of two still fits an int64
MOST_CYCLES = 1_000_000

Sizes = tuple[int, int]  # a cycle's own steps, and those of its warmup
Cycle = tuple[Steps, Steps, Steps, Steps]  # number, step in it, and its two sizes


def scaled(steps: int, mult: float) -> int:
    """`mult` times as many steps, rounded towards 0."""
    return int(min(max(steps * mult, -LONGEST), LONGEST))


@dataclass(eq=False)
class Cycles:
    """Cycles one after the other; `grow` computes the sizes of each from those of the one before."""

    sizes: Sizes
    grow: Callable[[int, int], Sizes]

    def _table(self, t: int) -> tuple[Steps, Steps, Steps]:
        return _table(self, min(1 << max(t.bit_length(), 16), FARTHEST))

    def find(self, t: Steps) -> Cycle:
        """The cycle that each step is in."""
        begins, sizes, warmups = self._table(int(t.max(initial=0)))
        row = np.searchsorted(begins, t, side="right") - 1
        total, local = (sizes + warmups)[row], t - begins[row]
        times = np.where(total > 0, local // np.maximum(total, 1), 0)  # the last row is repeated
        return row + times, local - times * total, sizes[row], warmups[row]

    def begins(self, start: int, stop: int) -> tuple[Steps, Steps, Steps] | None:
        """First steps and sizes of the cycles in a window; None if there are more than `MOST_LISTED`."""
        first, last = self.find(np.array([start, stop - 1], dtype=np.int64))[0].tolist()
        if last - first > MOST_LISTED:
            return None
        begins, every, rests = self._table(stop)
        numbers = np.arange(first, last + 1, dtype=np.int64)
        row = np.minimum(numbers, len(every) - 1)
        return begins[row] + (numbers - row) * (every + rests)[row], every[row], rests[row]


@lru_cache(maxsize=64)
def _table(cycles: Cycles, horizon: int) -> tuple[Steps, Steps, Steps]:
    """First step and sizes of each cycle up to `horizon`, or up to one that all later ones equal."""
    rows: list[tuple[int, int, int]] = []
    begin, sizes = 0, cycles.sizes
    while begin <= horizon:
        if len(rows) >= MOST_CYCLES:
            raise Fault(f"more than {MOST_CYCLES:,} cycles of different length", field="cycle_mult")
        rows.append((begin, *sizes))
        before, sizes = sizes, cycles.grow(*sizes)
        if sum(before) <= 0 or sizes == before:
            break
        begin += sum(before)
    begins, own, warmups = np.array(rows, dtype=np.int64).T
    return begins, own, warmups


@dataclass(eq=False)
class Cyclic(Curve):
    """A shape over the steps of each cycle; it turns only in the middle and at the ends of its two parts."""

    length: int
    cycles: Cycles
    shape: Callable[[Steps, Steps, Steps, Steps], Floats]

    def values(self, t: Steps) -> Floats:
        return self.shape(*self.cycles.find(t))

    def limit(self, t: int) -> float:
        number, local, size, warmup = self.cycles.find(np.array([max(t - 1, 0)], dtype=np.int64))
        return float(self.shape(number, local + (t > 0), size, warmup)[0])

    def turning_points(self, start: int, stop: int) -> Steps | None:
        if stop <= start:
            return NO_STEPS
        found = self.cycles.begins(start, stop)
        if found is None:
            return None
        begins, size, warmup = found
        offsets = (0 * size, size // 2, size // 2 + 1, size, warmup, size + warmup)
        return both_sides(np.concatenate([begins + offset for offset in offsets]), start, stop)

    def cycle(self, t: int) -> Span | None:
        number, local, size, warmup = self.cycles.find(np.array([t], dtype=np.int64))
        return Span(int(number[0]), t - int(local[0]), int(size[0] + warmup[0]))

    def failure(self, t: int) -> str | None:
        _, _, size, warmup = self.cycles.find(np.array([t], dtype=np.int64))
        return DIVISION if empty(size, warmup)[0] else None

    @property
    def role(self) -> Role:
        return Role.CYCLES


def empty(size: Steps, warmup: Steps) -> NDArray[np.bool_]:
    """Whether a cycle has no steps; ignite then divides by zero."""
    return np.asarray((size == 0) | ((size < 0) & (warmup == 0)))
