"""axolotl: axolotl.utils.schedulers, beside transformers' and torch's schedulers, which it uses too.

The value at update k is the one after k calls of the scheduler's `step()`. All but RexLR,
InterpolatingLogScheduler and JaggedLRRestartScheduler are torch's LambdaLR: the optimizer's learning
rate times a function of k.
"""

from __future__ import annotations

from functools import partial
from math import pi
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DIVISION, FLOAT_DIVISION
from lrplot.curves.formulas import Formula, cosine, until
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import LINEAR, Floats, power_ramp
from lrplot.curves.steps import Steps
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import (
    A_WARMUP,
    FRESH,
    FloorField,
    HorizonField,
    PeakField,
    StartField,
    WarmupField,
)
from lrplot.frameworks.shared.children import foreign
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import StepsField, constant, in_turn, warmed_up, waves
from lrplot.frameworks.shared.resuming import Counted, Whole
from lrplot.lazy import dataclass
from lrplot.schema.annotations import CountField, FreshField, NumberField
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipeField
from lrplot.schema.types import Count, Fresh

FRAMEWORK = Framework(
    name="axolotl",
    distribution="axolotl",
    version="0.19.0",
    modules=("axolotl.utils.schedulers",),
    resuming=Counted(),
    glossary={
        "num_warmup_steps": "steps of the warmup, from 0 to the learning rate",
        "num_training_steps": "step at which the decay ends, counted from the start of the warmup",
        "last_epoch": FRESH,
    },
)
scheduler = FRAMEWORK.scheduler

MOST_TURNS = 1000  # of a cosine that are listed


@scheduler(resuming=Whole(takes_last_epoch=False))
def RexLR(
    frame: Frame,
    max_lr: PeakField,
    min_lr: FloorField,
    total_steps: HorizonField = 0,
    num_warmup_steps: WarmupField = 0,
    last_step: Annotated[int, Fresh("0")] = 0,
) -> Curve:
    """REX: a decay that is slow at first and steep at the end, after a warmup; `min_lr` from `total_steps` − 1 on.

    Its counter starts at 1, so that no update has 0.

    Formula: with n = k + 1 and w = num_warmup_steps: lr·n/w up to n = w, then lr·(m + (1 − m)·z/(0.1 + 0.9z)), where
        z = (total_steps − n)/(total_steps − w) and m = min_lr/max_lr
    Source: axolotl/utils/schedulers.py, RexLR; Chen, Wolfe and Kyrillidis 2021 (arXiv:2107.04197)

    Args:
        max_lr: the peak, as a measure of min_lr; the values are multiples of the optimizer's learning rate
        min_lr: value from total_steps − 1 on
        total_steps: step at which the decay ends
        num_warmup_steps: steps of the warmup; the last of them has the learning rate
        last_step: only 0, the start of a run
    """
    if min_lr > max_lr:
        message = f'ValueError: Value of "min_lr" should be less than value of "max_lr". Got {min_lr=} and {max_lr=}'
        raise Fault(message, field="min_lr", help="give a value of at most `max_lr`")
    if num_warmup_steps > total_steps:
        message = f"ValueError: num_warmup_steps ({num_warmup_steps}) must be less than or equal to total_steps"
        raise Fault(f"{message} ({total_steps}).", field="num_warmup_steps", help="make the warmup shorter")
    base, span = frame.base_value(), total_steps - num_warmup_steps
    ramp = Anneal(num_warmup_steps, 0.0, base, LINEAR, lead=1)
    fall: Curve = Flat(1, min_lr)
    if span > 1:
        function = partial(_rex, base, min_lr / max_lr if max_lr else 0.0, span)
        fall = Formula(
            1, partial(until, span - 1, function, min_lr), (span - 2.0, span - 1.0), over=span - 1, held=True
        )
        if not max_lr:
            fall = Bounded(fall, 0, FLOAT_DIVISION)
    return in_turn(frame, Phase("warmup", ramp, Role.WARMUP), Phase("rex", fall))


def _rex(base: float, least: float, span: int, t: Floats) -> Floats:
    z = np.maximum(span - (t + 1), 0) / span
    return np.asarray(base * (least + (1.0 - least) * (z / (0.1 + 0.9 * z))))


@scheduler(resuming=Whole(takes_last_epoch=False))
def InterpolatingLogScheduler(
    frame: Frame, num_steps: HorizonField, min_lr: StartField, max_lr: PeakField, last_epoch: FreshField = -1
) -> Curve:
    """A geometric rise from `min_lr`, which the first two updates have; `max_lr` from `num_steps` on.

    Formula: min_lr·(max_lr/min_lr)^(max(k − 1, 0)/(num_steps − 1)) for k < num_steps, then max_lr
    Source: axolotl/utils/schedulers.py, InterpolatingLogScheduler

    Args:
        num_steps: step from which it has max_lr
        min_lr: first value; the optimizer's own learning rate is not used
        max_lr: last value
    """
    if num_steps == 1 or not min_lr:
        raise Fault(FLOAT_DIVISION if not min_lr else DIVISION, field="num_steps" if min_lr else "min_lr")
    ratio = max_lr / min_lr
    if ratio < 0:
        raise Fault(
            "TypeError: unsupported operand: the ratio of max_lr and min_lr is negative",
            field="max_lr",
            help="give both the same sign",
        )
    base = ratio ** (1 / (num_steps - 1))
    function = partial(until, num_steps, partial(_geometric, min_lr, base), max_lr)
    return Formula(1, function, (1.0, num_steps - 1.0, float(num_steps)), over=num_steps, held=True)


def _geometric(first: float, base: float, t: Floats) -> Floats:
    return np.asarray(first * base ** np.maximum(t - 1, 0))


@scheduler()
def get_cosine_schedule_with_quadratic_warmup(
    frame: Frame, steps: StepsField, num_cycles: Annotated[NumberField, Role.CYCLE_COUNT] = 0.5
) -> Curve:
    """Half a cosine to 0 after a warmup that starts flat; past `num_training_steps` it rises again.

    Formula: lr·(k/w)² up to w = num_warmup_steps, then lr·(1 + cos(2π·num_cycles·(k − w)/(T − w)))/2, T being
        num_training_steps
    Source: axolotl/utils/schedulers.py, get_cosine_schedule_with_quadratic_warmup

    Args:
        num_cycles: waves of the cosine; with 0.5 it falls once, with 1 it is back at the top at the end
    """
    base = frame.base_value()
    ramp = Anneal(steps.num_warmup_steps, 0.0, base, power_ramp(2.0))
    fall = waves(base, 0.0, num_cycles, steps.span)
    return in_turn(frame, Phase("warmup", ramp, Role.WARMUP), Phase("cosine", fall))


@scheduler()
def get_cosine_schedule_with_min_lr(
    frame: Frame,
    num_warmup_steps: WarmupField,
    num_training_steps: HorizonField,
    min_lr_ratio: NumberField = 0.0,
) -> Curve:
    """Half a cosine to a share of the learning rate after a warmup; past `num_training_steps` it rises again.

    Formula: lr·k/w up to w = num_warmup_steps, then lr·(r + (1 − r)·(1 + cos(π·(k − w)/(T − w)))/2), where
        r = min_lr_ratio, T being num_training_steps
    Source: axolotl/utils/schedulers.py, get_cosine_schedule_with_min_lr

    Args:
        min_lr_ratio: share of the learning rate at the end
    """
    base = frame.base_value()
    fall = cosine(1, base, base * min_lr_ratio, max(1, num_training_steps - num_warmup_steps))
    return warmed_up(frame, num_warmup_steps, Phase("cosine", fall))


@scheduler()
def get_cosine_schedule_with_warmup_decay_constant(
    frame: Frame,
    steps: StepsField,
    constant_lr_ratio: NumberField,
    min_lr_ratio: NumberField,
    num_cycles: Annotated[NumberField, Role.CYCLE_COUNT] = 0.5,
) -> Curve:
    """Half a cosine to a share of the learning rate after a warmup, which ends before the run; then constant.

    Formula: lr·k/w up to w = num_warmup_steps, then lr·(r + (1 − r)·(1 + cos(2π·num_cycles·(j − w)/(n − w)))/2), where
        n = ⌊num_training_steps·constant_lr_ratio⌋, j = min(k, n) and r = min_lr_ratio
    Source: axolotl/utils/schedulers.py, get_cosine_schedule_with_warmup_decay_constant; Gupta et al. 2023
        (arXiv:2308.04014)

    Args:
        constant_lr_ratio: share of num_training_steps at which the decay ends, the warmup included
        min_lr_ratio: share of the learning rate at the end of the decay
        num_cycles: waves of the cosine; with 0.5 it falls once
    """
    base, warmup = frame.base_value(), steps.num_warmup_steps
    span = int(steps.num_training_steps * constant_lr_ratio) - warmup
    function = partial(_ending, base, min_lr_ratio, num_cycles, span)
    if span <= 0:
        return warmed_up(frame, warmup, constant("constant", float(function(np.array([0.0]))[0])))
    turns = tuple(i * span / (2 * abs(num_cycles)) for i in range(int(2 * abs(num_cycles)) + 1)) if num_cycles else ()
    fall = Formula(span, function, turns if len(turns) < MOST_TURNS else None, over=span, held=True)
    return warmed_up(frame, warmup, Phase("cosine", fall))


def _ending(base: float, least: float, cycles: float, span: int, t: Floats) -> Floats:
    progress = np.minimum(t, span) / max(1, span)
    share = (1 - least) * 0.5 * (1.0 + np.cos(pi * cycles * 2.0 * progress))
    return np.asarray(base * (np.maximum(0, share) + least))


@dataclass(eq=False)
class Jagged(Curve):
    """A curve read one step ahead, times a ramp around each restart; its counter reads t + `lead`."""

    length: int
    curve: Curve
    every: int
    rise: int
    fall: int
    least: float
    lead: int

    def values(self, t: Steps) -> Floats:
        return self.curve.values(t + 1) * self._scale(t + self.lead)

    def _scale(self, n: Steps) -> Floats:
        since = n % self.every
        share = np.where(since < self.rise, np.minimum(1.0, since / max(self.rise, 1)), 1.0)
        if self.fall:
            late = (since >= self.rise) & (since > self.every - self.fall)
            share = np.where(late, np.minimum(1.0, (self.every - since) / self.fall), share)
        scale = share * (1 - self.least) + self.least
        return np.where(n < self.every - self.fall, 1.0, scale)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return None

    def failure(self, t: int) -> str | None:
        return self.curve.failure(t + 1)

    @property
    def role(self) -> Role:
        return Role.CYCLES


@scheduler(resuming=Whole(takes_last_epoch=False))
def JaggedLRRestartScheduler(
    frame: Frame,
    inner_schedule: Annotated[
        RecipeField,
        Example("{use: transformers.get_scheduler, name: cosine, num_warmup_steps: 100, num_training_steps: 1000}"),
    ],
    jagged_restart_steps: Annotated[int, Count(), Role.PERIOD],
    jagged_restart_warmup_steps: Annotated[CountField, Role.RISE, A_WARMUP],
    jagged_restart_anneal_steps: Annotated[CountField, Role.DECAY] = 1,
    min_lr_scale: NumberField = 0.001,
) -> Curve:
    """Another schedule that goes down and up again at each restart of the optimizer; it is one update ahead.

    Formula: inner(k + 1)·(m + (1 − m)·c) with m = min_lr_scale and, p updates after a restart, c = p/warmup_steps up to
        1, then 1, and (restart_steps − p)/anneal_steps before the next restart; inner(k + 1) before the first one
    Source: axolotl/utils/schedulers.py, JaggedLRRestartScheduler; Lialin et al. 2023, ReLoRA (arXiv:2307.05695)

    Args:
        inner_schedule: one of transformers' or axolotl's own schedulers
        jagged_restart_steps: updates between restarts
        jagged_restart_warmup_steps: updates of the way up after a restart
        jagged_restart_anneal_steps: updates of the way down before a restart
        min_lr_scale: share of the inner schedule at a restart
    """
    if inner_schedule.framework not in ("axolotl", "transformers"):
        raise foreign(inner_schedule, "axolotl", "JaggedLRRestartScheduler")
    curve = inner_schedule.tracks(frame).curve
    lead = 2 if inner_schedule.definition.builder is RexLR else 1  # RexLR's own counter is one ahead already
    return Jagged(
        frame.length,
        curve,
        jagged_restart_steps,
        jagged_restart_warmup_steps,
        jagged_restart_anneal_steps,
        min_lr_scale,
        lead,
    )
