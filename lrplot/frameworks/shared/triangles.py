"""CLR's triangles as torch and paddle compute them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import floor, log
from sys import float_info

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.expression import OneArgument
from lrplot.curves.formulas import Formula
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Bounded

OVERFLOW = "OverflowError: (34, 'Numerical result out of range')"
MOST_HALVINGS = 1024  # 2.0 to this power is too large for a float


@dataclass(frozen=True)
class Cycle:
    """A cycle of `up` + `down` steps, and how later ones shrink; `scale_fn` sees the step where `by_step`."""

    up: float
    down: float
    mode: str
    gamma: float
    scale_fn: OneArgument | None
    by_step: bool

    def curve(self, length: int, foot: float, peak: float) -> Curve:
        """From `foot` to `peak` and back, and so on, until a power in it overflows."""
        values = partial(self._values, foot, peak)
        curve = Formula(length, values, self._turns(), self.up + self.down)
        stop = self._overflows()
        return curve if stop is None else Bounded(curve, stop, OVERFLOW)

    def _values(self, foot: float, peak: float, k: Floats) -> Floats:
        # In the frameworks' order: far into a run, the rounding of k/size is what shows.
        size = float(self.up + self.down)
        cycle = np.floor(1 + k / size)
        x = 1 + k / size - cycle
        rising = self.up / size
        share = np.where(x <= rising, x / rising, (x - 1) / (rising - 1) if rising != 1 else 0.0)
        return np.asarray(foot + (peak - foot) * share * self._scale(cycle, k))

    def _scale(self, cycle: Floats, k: Floats) -> Floats:
        if self.scale_fn is not None:
            return self.scale_fn(k if self.by_step else cycle)
        if self.mode == "exp_range":
            return np.power(self.gamma, k)
        return np.power(2.0, 1 - cycle) if self.mode == "triangular2" else np.ones(k.shape)

    def _turns(self) -> tuple[float, ...] | None:
        """Where a period turns: at its foot and peak, and where gamma^k bends a side of the triangle."""
        if self.scale_fn is not None or self.up < 0 or self.down < 0:
            return None
        bends: list[float] = []
        if self.mode == "exp_range" and self.gamma != 1:
            if self.gamma <= 0:
                return None
            bend = min(1 / abs(log(self.gamma)), self.up + self.down)
            bends = [bend, self.up + self.down - bend]
        return 0.0, float(self.up), *bends

    def _overflows(self) -> int | None:
        """The first step whose scale Python cannot compute."""
        if self.scale_fn is None and self.mode == "triangular2":
            return int(MOST_HALVINGS * (self.up + self.down))
        if self.scale_fn is None and self.mode == "exp_range" and abs(self.gamma) > 1:
            return first_overflow(abs(self.gamma))
        return None


def first_overflow(base: float) -> int:
    """The first whole power of `base`, above 1, that is too large for a float."""
    power = floor(log(float_info.max) / log(base))
    while not _overflows(base, power):
        power += 1
    while _overflows(base, power - 1):
        power -= 1
    return power


def _overflows(base: float, power: int) -> bool:
    try:
        base**power
    except OverflowError:
        return True
    return False
