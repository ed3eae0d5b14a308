"""Cycles whose number a rounded formula decides, as in fairseq's and Keras's warm restarts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import field
from math import pow

import numpy as np

from lrplot.curves.curve import Cycle
from lrplot.curves.formulas import Formula
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, MOST_LISTED, Steps, both_sides, each_once
from lrplot.lazy import dataclass


@dataclass(eq=False, kw_only=True)
class Restarting(Formula):
    """A formula that is monotone within each cycle; `number` gives the cycle that a step is in, and never descends.

    Rounding can move the begin of a cycle by some steps, so it is searched for in `number` itself.
    """

    number: Callable[[Floats], Floats] = field(repr=False)

    def cycle(self, t: int) -> Cycle | None:
        with np.errstate(all="ignore"):
            number = float(self.number(np.array([t], dtype=np.float64))[0])
            if not 0 <= number < FARTHEST:
                return None
            start = self._begin(number, 0, t)
            stop = t + 1
            while stop < FARTHEST and not float(self.number(np.array([stop], dtype=np.float64))[0]) > number:
                stop = start + 2 * (stop - start)
            return Cycle(int(number), start, self._begin(number + 1, t, stop) - start)

    def _begin(self, number: float, low: int, high: int) -> int:
        """The first step in [low, high] that is in a cycle or a later one."""
        return bisect_left(
            range(high), number, low, key=lambda step: float(self.number(np.array([step], dtype=np.float64))[0])
        )

    def turning_points(self, start: int, stop: int) -> Steps | None:
        with np.errstate(all="ignore"):
            first, last = self.number(np.array([start, stop], dtype=np.float64)).tolist()
            if not 0 <= last - first <= MOST_LISTED:  # NaN if there are no cycles any more
                return None
            wanted = first + 1 + np.arange(int(last - first))
            low, high = np.full(len(wanted), start, dtype=np.int64), np.full(len(wanted), stop, dtype=np.int64)
            while np.any(low < high):
                middle = low + (high - low) // 2
                reached = self.number(middle.astype(np.float64)) >= wanted
                low, high = np.where(reached, low, middle + 1), np.where(reached, middle, high)
        return both_sides(low, start, stop)


def powers(base: float, exponents: Floats) -> Floats:
    """base^exponents, rounded as Python rounds: numpy's powers may differ in the last bit.

    The exponents take few different values, such as the numbers of cycles.
    """
    distinct, index = each_once(exponents)
    return np.array([_power(base, exponent) for exponent in distinct.tolist()])[index]


def _power(base: float, exponent: float) -> float:
    try:
        return pow(base, exponent)
    except (OverflowError, ValueError):  # infinite, or not a real number
        return float(np.power(base, exponent))
