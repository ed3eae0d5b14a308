"""ESPnet: espnet2.schedulers, for torch's optimizers.

The value at update k is the one after k calls of the scheduler's `step()`; the constructor sets k = 0. Schedulers
that ESPnet steps once per epoch are torch's own.
"""

from __future__ import annotations

from functools import partial
from math import isclose, log
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal, GeometricAnneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DOMAIN, FLOAT_DIVISION, ZERO_POWER
from lrplot.curves.formulas import Formula
from lrplot.curves.laws import Geometric, Noam, PowerLaw
from lrplot.curves.roles import Role
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.wrappers import Bounded, Scaled
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import (
    METRIC,
    FloorField,
    GrowthField,
    HorizonField,
    PeakField,
    ShrinkField,
    WarmupField,
)
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.resuming import Whole
from lrplot.frameworks.shared.stages import Stage, staged
from lrplot.frameworks.shared.warmup_restarts import warmup_restarts
from lrplot.schema.annotations import FlagField, FreshField, NumberField, NumbersField
from lrplot.schema.frame import Frame
from lrplot.schema.types import Count

FRAMEWORK = Framework(
    name="espnet",
    distribution="espnet",
    version="202511",
    aliases=("espnet2",),
    modules=("espnet2.schedulers", "espnet2.schedulers.*"),
    glossary={
        "warmup_steps": "updates of the warmup, whose last one has the peak",
        "last_epoch": "only -1, the start of a run",
    },
    undetermined={"WarmupReduceLROnPlateau": METRIC},
    resuming=Whole(takes_last_epoch=False),  # torch's state dict: every attribute, and `base_lrs`
)
scheduler = FRAMEWORK.scheduler
CyclePeriodField = Annotated[int, Count(at_least=None), Role.PERIOD]


@scheduler()
def WarmupLR(frame: Frame, warmup_steps: WarmupField = 25000, last_epoch: FreshField = -1) -> Curve:
    """A straight rise to the learning rate, then a decay with the root of the update's number.

    Formula: lr·√w·min(n^−½, n·w^−3⁄2) with n = k + 1 and w = warmup_steps
    Source: espnet2/schedulers/warmup_lr.py, WarmupLR
    """
    return _noam(frame, frame.base_value(), warmup_steps, peaked=True)


@scheduler()
def NoamLR(
    frame: Frame, model_size: NumberField = 320, warmup_steps: WarmupField = 25000, last_epoch: FreshField = -1
) -> Curve:
    """A straight rise, then a decay with the root of the update's number; `lr` is a factor of both.

    Formula: lr·model_size^−½·min(n^−½, n·w^−3⁄2) with n = k + 1 and w = warmup_steps
    Source: espnet2/schedulers/noam_lr.py, NoamLR; Vaswani et al. 2017 (arXiv:1706.03762)

    Args:
        model_size: width of the model
    """
    require(model_size > 0, "model_size", FLOAT_DIVISION, "give the width of the model")
    return _noam(frame, frame.base_value() * model_size**-0.5, warmup_steps)


def _noam(frame: Frame, scale: float, warmup: int, peaked: bool = False) -> Curve:
    if not warmup:
        return Bounded(Flat(frame.length, scale), 0, ZERO_POWER)
    return Noam(frame.length, scale, warmup, peaked)


@scheduler()
def WarmupStepLR(
    frame: Frame,
    warmup_steps: WarmupField = 25000,
    steps_per_epoch: Annotated[int, Count(), Role.CURVE] = 10000,
    step_size: Annotated[int, Count(), Role.EVERY] = 1,
    gamma: ShrinkField = 0.1,
    last_epoch: FreshField = -1,
) -> Curve:
    """A straight rise to the learning rate, then a drop every `step_size` epochs.

    Epochs are counted by `steps_per_epoch`, which need not be the run's, from the one in which the warmup ends.

    Formula: lr·n/w for n = k + 1 ≤ w = warmup_steps, then
        lr·gamma^⌊(⌊n/steps_per_epoch⌋ − ⌊w/steps_per_epoch⌋)/step_size⌋
    Source: espnet2/schedulers/warmup_step_lr.py, WarmupStepLR

    Args:
        steps_per_epoch: updates of an epoch, as the scheduler counts them
        step_size: epochs between two drops
        gamma: factor of each drop
    """
    base = frame.base_value()
    if not warmup_steps:
        return Bounded(Flat(frame.length, base), 0, ZERO_POWER)
    before = warmup_steps // steps_per_epoch * steps_per_epoch
    drops = Geometric(1, base, gamma, steps_per_epoch * step_size, staircase=True)
    return staged(
        frame.length,
        Stage("warmup", 0, Anneal(warmup_steps, 0.0, base, LINEAR, lead=1), role=Role.WARMUP),
        Stage("stairs", warmup_steps, drops, warmup_steps + 1 - before),
    )


@scheduler()
def PiecewiseLinearWarmupLR(
    frame: Frame,
    warmup_steps_list: Annotated[NumbersField, Role.WARMUP] = (0.0, 25000.0),
    warmup_lr_list: NumbersField = (0.0, 0.001),
    last_epoch: FreshField = -1,
) -> Curve:
    """Straight lines through given points, then a decay with the root of the update's number.

    The decay starts from the learning rate, whatever the last point is.

    Formula: at n = k + 1 the line through the points (warmup_steps_list, warmup_lr_list), and lr·√(w/n) past the
        last one, w
    Source: espnet2/schedulers/piecewise_linear_warmup_lr.py, PiecewiseLinearWarmupLR

    Args:
        warmup_steps_list: updates at which the lines meet, counted from 1, ascending
        warmup_lr_list: values there
    """
    base = frame.base_value()
    steps, values = np.array(warmup_steps_list), np.array(warmup_lr_list)
    if len(steps) != len(values) or not len(steps):
        reason = "fp and xp are not of the same length." if len(steps) else "array of sample points is empty"
        raise Fault(f"ValueError: {reason}", field="warmup_lr_list", help="give one value for each step")
    if steps[0] < 0 or np.any(np.diff(steps) <= 0):
        raise Fault("the steps must ascend from 0 or above", field="warmup_steps_list", help="sort them")
    last = float(steps[-1])
    stop = int(last)  # n = k + 1 is above `last` from here on
    lines = Formula(max(stop, 1), partial(_lines, steps, values), tuple((steps - 1).tolist()))
    decay = PowerLaw(1, base * (last / (stop + 1)) ** 0.5, stop + 1, 0.5)
    return staged(frame.length, Stage("warmup", 0, lines, role=Role.WARMUP), Stage("decay", stop, decay))


def _lines(steps: Floats, values: Floats, t: Floats) -> Floats:
    return np.interp(t + 1, steps, values)


@scheduler()
def TristageLR(
    frame: Frame,
    max_steps: HorizonField = 25000,
    warmup_ratio: NumberField = 0.1,
    hold_ratio: NumberField = 0.4,
    decay_ratio: NumberField = 0.5,
    init_lr_scale: NumberField = 0.01,
    final_lr_scale: NumberField = 0.01,
    last_epoch: FreshField = -1,
) -> Curve:
    """A linear warmup, a hold, and an exponential decay to a share of the learning rate, which it keeps.

    Formula: at n = min(k + 1, max_steps): lr·(i + (1 − i)·n/w) with i = init_lr_scale, then lr, then
        lr·final_lr_scale^((n − w − h)/d), where w, h and d are the shares of max_steps
    Source: espnet2/schedulers/tristage_lr.py, TristageLR; Park et al. 2019 (arXiv:1904.08779)

    Args:
        max_steps: update at which the decay ends
        warmup_ratio: share of the warmup, truncated to whole updates
        hold_ratio: share of the hold, truncated to whole updates
        decay_ratio: share of the decay, which takes what the other two leave; the three must sum to 1
        init_lr_scale: share of the learning rate at the start
        final_lr_scale: share of the learning rate at the end
    """
    base = frame.base_value()
    total = isclose(warmup_ratio + hold_ratio + decay_ratio, 1.0)
    message = "AssertionError: The sum of warmup_ratio, hold_ratio, and decay_ratio must be 1.0."
    require(total, "decay_ratio", message, "make the three sum to 1")
    for name, scale in (("init_lr_scale", init_lr_scale), ("final_lr_scale", final_lr_scale)):
        require(0 < scale <= 1, name, f"AssertionError: {name} must be in (0, 1].")
    require(min(warmup_ratio, hold_ratio) >= 0, "warmup_ratio", "a share below 0", "give shares from 0 to 1")
    warmup, hold = int(max_steps * warmup_ratio), int(max_steps * hold_ratio)
    decay, peak = max_steps - warmup - hold, max(warmup - 1, 0)
    start = max(warmup + hold - 1, 0)
    fall: Curve = Flat(1, base)
    if decay > 0:
        fall = Scaled(GeometricAnneal(decay, 1.0, final_lr_scale), base)
    return staged(
        frame.length,
        Stage("warmup", 0, Anneal(warmup, init_lr_scale * base, base, LINEAR, lead=1), role=Role.WARMUP),
        Stage("hold", peak, Flat(max(hold, 1), base)),
        Stage("decay", start, fall, start + 1 - warmup - hold),
    )


@scheduler()
def ExponentialDecayWarmup(
    frame: Frame,
    max_lr: PeakField,
    min_lr: FloorField,
    total_steps: HorizonField,
    warmup_steps: WarmupField = 0,
    warm_from_zero: FlagField = False,
    last_epoch: FreshField = -1,
) -> Curve:
    """An exponential decay from `max_lr` to `min_lr`, after a straight rise or a constant part.

    The first update has 0 with `warm_from_zero`, or else `max_lr`; after it the constant part has the optimizer's
    learning rate. Past `total_steps` the decay continues.

    Formula: max_lr·(k + 1)/w or lr for 0 < k < w = warmup_steps, then
        max_lr·(min_lr/max_lr)^((k − w)/(total_steps − w))
    Source: espnet2/schedulers/exponential_decay_warmup.py, ExponentialDecayWarmup

    Args:
        max_lr: value from which the decay starts
        min_lr: value at `total_steps`
        total_steps: update at which the decay reaches `min_lr`
        warmup_steps: updates before the decay
        warm_from_zero: rise to `max_lr` in the warmup
    """
    require(warmup_steps < total_steps, "warmup_steps", "AssertionError: assert warmup_steps < total_steps")
    require(max_lr != 0, "max_lr", FLOAT_DIVISION, "give a number above 0")
    require(min_lr / max_lr > 0, "min_lr", DOMAIN, "give a number above 0")
    span, start = total_steps - warmup_steps, max(warmup_steps, 1)
    fall = Formula(span, partial(_decayed, max_lr, log(min_lr / max_lr), span), over=span)
    decay = Stage("decay", start, fall, start - warmup_steps)
    if warm_from_zero:
        rise = Formula(start, partial(_risen, max_lr, warmup_steps), meant=Role.WARMUP)
        return staged(frame.length, Stage("warmup", 0, rise), decay)
    base = frame.base_value() if warmup_steps > 1 else max_lr
    return staged(
        frame.length, Stage("start", 0, Flat(1, max_lr)), Stage("constant", 1, Flat(max(start - 1, 1), base)), decay
    )


def _decayed(first: float, rate: float, span: int, t: Floats) -> Floats:
    return np.asarray(first * np.exp(rate * t / span))


def _risen(peak: float, warmup: int, t: Floats) -> Floats:
    return np.where(t == 0, 0.0, peak * ((t + 1) / max(warmup, 1)))


@scheduler()
def CosineAnnealingWarmupRestarts(
    frame: Frame,
    first_cycle_steps: CyclePeriodField,
    cycle_mult: GrowthField = 1.0,
    max_lr: PeakField = 0.1,
    min_lr: FloorField = 0.001,
    warmup_steps: WarmupField = 0,
    gamma: ShrinkField = 1.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """Cycles of a linear warmup and half a cosine back to `min_lr`, each with a lower peak, without end.

    Formula: min_lr + (m − min_lr)·(1 + cos(π·(s − w)/(n − w)))/2 at step s ≥ w of a cycle of n, after the warmup
        of w; m = max_lr·gamma^cycle; min_lr at update 0
    Source: espnet2/schedulers/cosine_anneal_warmup_restart.py, CosineAnnealingWarmupRestarts; Loshchilov & Hutter
        2017 (arXiv:1608.03983)

    Args:
        first_cycle_steps: steps of the first cycle, its warmup included
        cycle_mult: each cosine is this many times as long as the one before, rounded down to whole steps
        max_lr: peak of the first cycle
        min_lr: value between two cycles
        warmup_steps: steps of the warmup, the same in each cycle
        gamma: factor of the peak from cycle to cycle
    """
    message = "AssertionError: assert warmup_steps < first_cycle_steps"
    require(warmup_steps < first_cycle_steps, "warmup_steps", message)
    return warmup_restarts(frame, first_cycle_steps, cycle_mult, max_lr, min_lr, warmup_steps, gamma, least=0)
