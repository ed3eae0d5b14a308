"""The arguments that paddle's schedulers share, and the curves that only they have."""

from __future__ import annotations

from math import log
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Ramp
from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats, Way
from lrplot.curves.steps import FARTHEST, Steps, within
from lrplot.curves.wrappers import Wrapper
from lrplot.frameworks.shared.arguments import PeakField
from lrplot.frameworks.shared.errors import require
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, FreshField
from lrplot.schema.fields import Inline


@dataclass(eq=False, kw_only=True)
class Ignored:
    """Arguments that change no value."""

    last_epoch: FreshField = -1
    verbose: FlagField = False


@dataclass(eq=False, kw_only=True)
class LearningRate(Ignored):
    """The initial learning rate, if it is the peak, with the arguments that change no value."""

    learning_rate: PeakField

    def __post_init__(self) -> None:
        initial(self.learning_rate)


IgnoredField = Annotated[Ignored, Inline(Ignored)]
LearningRateField = Annotated[LearningRate, Inline(LearningRate)]


def initial(learning_rate: float, field: str = "learning_rate") -> float:
    """A learning rate that the constructor accepts."""
    require(learning_rate >= 0, field, f"ValueError: Invalid learning rate: {learning_rate:g}", "give 0 or more")
    return learning_rate


@dataclass(eq=False)
class Polynomial(Ramp):
    """last + (first − last)·(1 − u)^power."""

    length: int
    first: float
    last: float
    power: float
    inclusive: bool = False
    lead: int = 0
    meant: Role | None = None

    def along(self, way: Way) -> Floats:
        return _polynomial(self.first, self.last, self.power, way.u)


def repeated_polynomial(first: float, last: float, steps: int, power: float, k: Floats) -> Floats:
    """A polynomial from `first` to `last` in the next multiple of `steps`."""
    return _polynomial(first, last, power, k / (steps * np.maximum(np.ceil(k / steps), 1.0)))


def _polynomial(first: float, last: float, power: float, u: Floats) -> Floats:
    # 1 − u, not the remaining steps by all steps: with a power below 1 the last bit shows.
    return np.asarray((first - last) * np.power(1 - u, power) + last)


@dataclass(eq=False)
class WarmRestarts(Wrapper):
    """Warm restarts that fall to `low`, cycle i lasting period·mult^i steps."""

    period: int
    mult: int
    low: float

    def part(self, curve: Curve, start: int) -> Curve:
        return curve

    @property
    def set_to_step(self) -> Curve:
        """The curve if the scheduler is set to each step instead of stepped."""
        late = self._late()
        return Late(self, late, self.low) if len(late) else self

    def _late(self) -> Steps:
        """The first steps of cycles for which a logarithm, rounded down, gives the cycle before."""
        starts: list[int] = []
        start, cycle = self.period, 1
        while self.mult > 1 and start < FARTHEST:
            if int(log(start / self.period * (self.mult - 1) + 1, self.mult)) < cycle:
                starts.append(start)
            cycle += 1
            start = start * self.mult + self.period
        return np.array(starts, dtype=np.int64)


@dataclass(eq=False)
class Late(Wrapper):
    """A curve that is at `low` at the steps `late`."""

    late: Steps
    low: float

    def values(self, t: Steps) -> Floats:
        return np.where(np.isin(t, self.late), self.low, self.curve.values(t))

    def part(self, curve: Curve, start: int) -> Curve:
        return Late(curve, self.late - start, self.low)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        inner = self.curve.turning_points(start, stop)
        around = np.concatenate([self.late + shift for shift in (-1, 0, 1)])
        return None if inner is None else within(np.concatenate([inner, around]), start, stop)
