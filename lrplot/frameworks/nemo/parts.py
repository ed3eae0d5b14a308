"""The parts of NeMo's schedules: a warmup, a constant part, and what comes after them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat, direction
from lrplot.curves.exceptions import DIVISION
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.hugging_face import constant, in_turn
from lrplot.frameworks.shared.shares import Share
from lrplot.lazy import dataclass
from lrplot.schema.annotations import OptionalCount, OptionalNumber
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame


@dataclass(eq=False)
class Warmup:
    """The length of a warmup.

    Args:
        warmup_steps: update at which the warmup reaches the learning rate; no warmup if 0 or absent
        warmup_ratio: the same as a share of `max_steps`, rounded down, instead
    """

    warmup_steps: Annotated[OptionalCount, Role.WARMUP] = None
    warmup_ratio: Annotated[OptionalNumber, Role.WARMUP] = None

    def steps(self, total: int | None) -> int:
        """The last update of the warmup in a schedule of `total` steps; 0 if there is none."""
        return part_of("warmup", self.warmup_steps, self.warmup_ratio, total) or 0


@dataclass(eq=False)
class Held(Warmup):
    """The lengths of a warmup and of a constant part after it.

    Args:
        hold_steps: updates from `warmup_steps` on that have the learning rate
        hold_ratio: the same as a share of `max_steps`, rounded down, instead
    """

    hold_steps: Annotated[OptionalCount, Role.HOLD] = None
    hold_ratio: Annotated[OptionalNumber, Role.HOLD] = None

    def ends(self, total: int | None) -> tuple[int, int]:
        """The last update of the warmup and the first one after the constant part; 0 if there is none."""
        warmup = self.steps(total)
        hold = part_of("hold", self.hold_steps, self.hold_ratio, total)
        return warmup, 0 if hold is None else warmup + hold


@dataclass(eq=False)
class Kept(Warmup):
    """The lengths of a warmup and of a constant part at the end."""

    constant_steps: Annotated[OptionalCount, Role.HOLD] = None
    constant_ratio: Annotated[OptionalNumber, Role.HOLD] = None

    def ends(self, total: int) -> tuple[int, int]:
        """The last update of the warmup, and that of the decay."""
        kept = part_of("constant", self.constant_steps, self.constant_ratio, total) or 0
        return self.steps(total), total - kept


WarmupField = Annotated[Warmup, Inline(Warmup)]
HeldField = Annotated[Held, Inline(Held)]
KeptField = Annotated[Kept, Inline(Kept)]


def part_of(name: str, steps: int | None, ratio: float | None, total: int | None) -> int | None:
    """A length in steps, be it given as a share of `total`; None if it is not given."""
    error = "AssertionError: Either use particular number of step or ratio"
    require(steps is None or ratio is None, f"{name}_ratio", error, "remove one of them")
    if ratio is None:
        return steps
    error = "AssertionError: If there is a ratio, there should be a total steps"
    require(total is not None, f"{name}_ratio", error, "add `max_steps`")
    return int(ratio * (total or 0))


@dataclass(eq=False)
class Plan:
    """A warmup to update `warmup`, along `ramp`; the learning rate before update `hold`; and other phases after it."""

    frame: Frame
    warmup: int
    total: int
    low: float
    hold: int = 0
    ramp: Curve | None = None  # by default a line that reaches the learning rate at `warmup`

    @property
    def _start(self) -> int:
        return self.warmup + 1 if self.warmup else 0

    @property
    def begin(self) -> int:
        """The first update after the warmup and the constant part."""
        return max(self._start, self.hold)

    def curve(self, *rest: Phase) -> Curve:
        """The schedule with the phases after the constant part, the last one without end."""
        base, start = self.frame.base_value(), self._start
        ramp = self.ramp or Anneal(start, 0.0, base, LINEAR, lead=1)
        hold = Phase("hold", Flat(self.begin - start, base))
        return in_turn(self.frame, Phase("warmup", ramp, Role.WARMUP), hold, *rest)

    def level(self) -> Curve:
        """The schedule that has the learning rate up to the end."""
        flat = Flat(max(self.total + 1 - self.begin, 0), self.frame.base_value())
        return self.curve(Phase("constant", flat), constant("min", self.low))

    def fall(self, name: str, function: Share, *turns: int) -> Curve:
        """The schedule with a function of the update up to the end; it turns at `turns`."""
        return self.curve(Phase(name, self.falling(function, *turns)))

    def falling(self, function: Share, *turns: int) -> Curve:
        """A function of the update from the constant part up to the end, and `low` after it."""
        if self.begin > self.total:
            return Flat(1, self.low)
        with np.errstate(all="ignore"):
            first, last = function(np.array([self.begin, self.total], dtype=np.float64)).tolist()
        inner = Formula(
            1,
            partial(_until, self.total, function, self.low),
            (*map(float, turns), self.total + 1.0),
            over=self.total,
            meant=direction(first, last),
            held=last == self.low,
        )
        return Lasting(1, inner, self.begin)

    def divided(self, name: str, function: Share, error: str = DIVISION) -> Curve:
        """The same as `fall` for a function that divides by the updates from the constant part to the end."""
        if self.begin == self.total == self.hold:
            return self.curve(Phase(name, Bounded(Flat(1, self.frame.base_value()), 0, error)))
        return self.fall(name, function)


def _until(last: int, function: Share, after: float, k: Floats) -> Floats:
    """A function up to update `last`, then `after`."""
    return np.where(k <= last, function(np.minimum(k, last)), after)
