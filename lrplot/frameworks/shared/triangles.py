"""The triangular cycles of torch, paddle and DeepSpeed."""

from __future__ import annotations

from functools import partial
from math import floor, log
from sys import float_info
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from lrplot.curves.curve import Curve
from lrplot.curves.exceptions import OVERFLOW
from lrplot.curves.formulas import Formula
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Bounded
from lrplot.frameworks.shared.formulas import Calling
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FunctionField
from lrplot.schema.fields import Inline

MOST_HALVINGS = 1024  # 2.0 to this power is too large for a float


@dataclass(eq=False)
class Scaling:
    """How later cycles shrink.

    Args:
        mode: how later cycles shrink
        scale_fn: the scale as an expression over `x`; `mode` is then ignored
        scale_mode: whether `x` is the cycle, counted from 1, or the step
    """

    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular"
    scale_fn: FunctionField | None = None
    scale_mode: Literal["cycle", "iterations"] = "cycle"

    def __post_init__(self) -> None:
        if self.scale_fn is None:  # then the mode decides, which a checkpoint shows beside a function
            self.scale_mode = "iterations" if self.mode == "exp_range" else "cycle"

    def values(self, gamma: float, cycle: Floats, k: Floats) -> Floats:
        """The scale at steps `k`, which are in the cycles `cycle`."""
        if self.scale_fn is not None:
            return self.scale_fn(self.argument(cycle, k))
        if self.mode == "exp_range":
            return np.power(gamma, k)
        return np.power(2.0, 1 - cycle) if self.mode == "triangular2" else np.ones(k.shape)

    def argument(self, cycle: Floats, k: Floats) -> Floats:
        """The argument of `scale_fn` at steps `k`, which are in the cycles `cycle`."""
        return cycle if self.scale_mode == "cycle" else k


ScalingField = Annotated[Scaling, Inline(Scaling)]


@dataclass(eq=False)
class Cycle:
    """A cycle of `up` + `down` steps; `gamma` is the factor per step of the mode exp_range."""

    up: float
    down: float
    scaling: Scaling
    gamma: float

    def curve(self, length: int, foot: float, peak: float) -> Curve:
        """From `foot` to `peak` and back, again and again, until a power overflows."""
        values = partial(self._values, foot, peak)
        period = self.up + self.down
        curve: Curve = Formula(length, values, self._turns(), period)
        if self.scaling.scale_fn is not None:
            curve = Calling(length, values, None, period, called=self.scaling.scale_fn, argument=self._argument)
        stop = self._overflow()
        return curve if stop is None else Bounded(curve, stop, OVERFLOW)

    def _values(self, foot: float, peak: float, k: Floats) -> Floats:
        _, height = triangle(self.up, float(self.up + self.down), k)
        return np.asarray(foot + (peak - foot) * height * self.scaling.values(self.gamma, self._number(k), k))

    def _number(self, k: Floats) -> Floats:
        """The number of the cycle that a step is in, counted from 1."""
        return np.floor(1 + k / float(self.up + self.down))

    def _argument(self, k: int) -> float:
        """The argument of `scale_fn` at one step."""
        steps = np.array([k], dtype=np.float64)
        return float(self.scaling.argument(self._number(steps), steps)[0])

    @property
    def _mode(self) -> str:
        return "" if self.scaling.scale_fn else self.scaling.mode

    def _turns(self) -> tuple[float, ...] | None:
        """Turning points of a period: its foot, its peak, and the bends that gamma^k gives a side of the triangle."""
        if not self._mode or self.up < 0 or self.down < 0:
            return None
        bends: list[float] = []
        if self._mode == "exp_range" and self.gamma != 1:
            if self.gamma <= 0:
                return None
            bend = min(1 / abs(log(self.gamma)), self.up + self.down)
            bends = [bend, self.up + self.down - bend]
        return 0.0, float(self.up), *bends

    def _overflow(self) -> int | None:
        """The first step whose scale Python cannot compute."""
        if self._mode == "triangular2":
            return int(MOST_HALVINGS * (self.up + self.down))
        if self._mode == "exp_range" and abs(self.gamma) > 1:
            return first_overflow(abs(self.gamma))
        return None


def triangle(up: float, size: float, k: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Whether each step is on the way up in its cycle of `size`, and its height there, from 0 to 1.

    In the frameworks' order of operations: far into a run, the rounding of k/size shows.
    """
    x, rising = 1 + k / size - np.floor(1 + k / size), up / size
    rises = x <= rising
    return rises, np.where(rises, x / rising, (x - 1) / (rising - 1) if rising != 1 else 0.0)


def first_overflow(base: float) -> int:
    """The first exponent at which a power of `base`, which is above 1, is too large for a float."""
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
