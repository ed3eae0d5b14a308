"""What paddle's schedulers are built of, where that is not shared with others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.expression import OneArgument
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps, within
from lrplot.curves.wrappers import Wrapper
from lrplot.diagnostics import Fault
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe


def scaled(base: float, function: OneArgument, k: Floats) -> Floats:
    """base·function(k)."""
    return np.asarray(base * function(k))


def multiplied(function: OneArgument, steps: Steps) -> tuple[Floats, Floats]:
    """What each step multiplies by, and that it adds nothing."""
    return function(steps.astype(np.float64)), np.zeros(steps.shape)


def inverse_time(base: float, gamma: float, k: Floats) -> Floats:
    """base/(1 + gamma·k)."""
    return np.asarray(base / (1 + gamma * k))


def polynomial(first: float, last: float, steps: int, power: float, cycle: bool, k: Floats) -> Floats:
    """From `first` to `last` in `steps`, or in their next multiple where it may `cycle`."""
    share = k / (steps * np.maximum(np.ceil(k / steps), 1.0)) if cycle else np.minimum(k, steps) / steps
    # 1 − share, not (steps − k)/steps: a power below 1 makes much of the last bit.
    return np.asarray((first - last) * np.power(1 - share, power) + last)


def following(recipe: Recipe, frame: Frame) -> Phase:
    """What comes after a LinearWarmup: a number, or one of paddle's schedulers, told its steps."""
    if recipe.title == "ReduceOnPlateau":
        message = "LinearWarmup hands ReduceOnPlateau the number of its step in place of a metric"
        raise Fault(message, field="learning_rate", help="give another scheduler, or a number")
    if recipe.framework not in ("paddle", ""):
        message = f"TypeError: the type of learning_rate should be [int, float or LRScheduler], not `{recipe.name}`"
        raise Fault(message, field="learning_rate", help="a number, or a scheduler such as `{use: paddle.StepDecay}`")
    curve = recipe.build(frame)
    return Phase(recipe.title, curve.told() if isinstance(curve, WarmRestarts) else curve)


@dataclass(frozen=True)
class WarmRestarts(Wrapper):
    """Warm restarts that fall to `low`, cycle i lasting period·mult^i steps."""

    period: int
    mult: int
    low: float

    def part(self, curve: Curve, start: int) -> Curve:
        return curve

    def told(self) -> Curve:
        """The curve where the scheduler is told the step, and not just stepped."""
        late = self._late()
        return Late(self, late, self.low) if len(late) else self

    def _late(self) -> Steps:
        """The first steps of cycles that a logarithm, rounded down, still puts into the cycle before."""
        starts: list[int] = []
        start, cycle = self.period, 1
        while self.mult > 1 and start < FARTHEST:
            if int(log(start / self.period * (self.mult - 1) + 1, self.mult)) < cycle:
                starts.append(start)
            cycle += 1
            start = start * self.mult + self.period
        return np.array(starts, dtype=np.int64)


@dataclass(frozen=True)
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


def drops(
    metrics: list[float], sign: int, patience: int, cooldown: int, threshold: float, threshold_mode: str
) -> Iterator[int]:
    """The steps at which ReduceOnPlateau lowers the value; with `sign` 1, more is better."""
    best: float | None = None
    bad = cooling = 0
    for step, metric in enumerate(metrics, 1):
        if cooling > 0:
            cooling -= 1
            continue
        if best is None or _is_better(metric, best, sign, best * threshold if threshold_mode == "rel" else threshold):
            best, bad = metric, 0
        else:
            bad += 1
        if bad > patience:
            yield step
            cooling, bad = cooldown, 0


def _is_better(metric: float, best: float, sign: int, margin: float) -> bool:
    return metric > best + margin if sign > 0 else metric < best - margin
