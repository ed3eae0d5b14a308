"""Curves whose value is computed from the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from weakref import WeakKeyDictionary

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.lazy import dataclass

CHUNK = 1 << 15  # steps between two values that are kept


@dataclass(eq=False)
class Recurrence(Curve):
    """x(t) = gain(t)·x(t − 1) + shift(t), from x(0) = first.

    `update` gives gains and shifts at steps ≥ 1. Schedulers that change the
    optimizer's current value work this way and accumulate rounding.
    """

    length: int
    first: float
    update: Callable[[Steps], tuple[Floats, Floats]] = field(repr=False)

    def values(self, t: Steps) -> Floats:
        values = np.empty(t.shape)
        chunks = t // CHUNK
        for chunk in ascending(chunks).tolist():
            here = chunks == chunk
            found = self._run(chunk, int(t[here].max()) + 1)
            values[here] = found[t[here] - chunk * CHUNK]
        return values

    def _run(self, chunk: int, stop: int) -> Floats:
        """Values at the chunk's steps below `stop`."""
        ends = _ENDS.setdefault(self, {})
        for number in range(len(ends), chunk):
            self._run(number, (number + 1) * CHUNK)
        steps = np.arange(chunk * CHUNK, stop, dtype=np.int64)
        values = self._scan(ends[chunk - 1], steps, []) if chunk else self._scan(self.first, steps[1:], [self.first])
        if len(steps) == CHUNK:
            ends[chunk] = float(values[-1])
        return values

    def _scan(self, value: float, steps: Steps, found: list[float]) -> Floats:
        gains, shifts = self.update(steps)
        if not shifts.any() and len(gains):  # only products: one cumulative product gives the same bits
            return np.concatenate([found, np.multiply.accumulate(np.concatenate([[value], gains]))[1:]])
        for gain, shift in zip(gains.tolist(), shifts.tolist(), strict=True):
            value = gain * value + shift
            found.append(value)
        return np.array(found, dtype=np.float64)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return None

    @property
    def role(self) -> Role:
        return Role.CURVE


# The last value of each chunk computed so far, by recurrence.
_ENDS: WeakKeyDictionary[Recurrence, dict[int, float]] = WeakKeyDictionary()
