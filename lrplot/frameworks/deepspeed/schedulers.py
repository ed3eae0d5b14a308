"""DeepSpeed: deepspeed.runtime.lr_schedules.

The value at update k is the one after k calls of `step()`, one call after each update. The constructor sets the first
value without a step, and the first step counts from 0: a warmup is one update late.

OneCycle changes the first of an optimizer's `betas`, shown as its momentum, and sets the second to 0.99. With an
optimizer that has no betas, such as SGD, it does not change the momentum: write `cycle_momentum: false` then.
"""

from __future__ import annotations

from functools import partial
from math import pi
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.deepspeed.parts import Cycle, Warmup
from lrplot.frameworks.shared.arguments import FRESH, IntegerHorizonField
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.resuming import Counted
from lrplot.schema.annotations import FlagField, FreshField, IntegerField, NumberField, OptionalNumber
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame
from lrplot.schema.types import Count, Many, Number

FRAMEWORK = Framework(
    name="deepspeed",
    distribution="deepspeed",
    version="0.19.8",
    naming="type",
    modules=("deepspeed.runtime.lr_schedules",),
    resuming=Counted(saves_base=False, takes_last_epoch=False),
    glossary={
        "last_batch_iteration": FRESH,
        "total_num_steps": "steps to the end of the decay, the warmup included",
        "warmup_min_lr": "value before the warmup, and at the first two updates",
    },
)
scheduler = FRAMEWORK.scheduler

# A list has one value for each of the optimizer's parameter groups; here there is one group.
PerGroup = Annotated[tuple[float, ...] | float, Many(Number(), single=True)]
OptionalPerGroup = Annotated[tuple[float, ...] | float | None, Many(Number(), single=True)]
WarmupField = Annotated[Warmup, Inline(Warmup)]
OptionalInteger = Annotated[int | None, Count(at_least=None)]


def only(values: tuple[float, ...] | float, field: str, message: str) -> float:
    """The value of the one parameter group; `message` begins DeepSpeed's error for another number of values."""
    if isinstance(values, float):
        return values
    if len(values) != 1:
        help = "give one value, and further groups under `groups`"
        raise Fault(f"ValueError: {message}, got {len(values)}", field=field, help=help)
    return values[0]


@scheduler()
def LRRangeTest(
    frame: Frame,
    lr_range_test_min_lr: Annotated[PerGroup, Role.START] = 1e-3,
    lr_range_test_step_size: IntegerField = 2000,
    lr_range_test_step_rate: NumberField = 1.0,
    lr_range_test_staircase: FlagField = False,
    last_batch_iteration: FreshField = -1,
) -> Curve:
    """A straight rise without end, to find the largest learning rate that still trains.

    Formula: lr_range_test_min_lr·(1 + lr_range_test_step_rate·k/lr_range_test_step_size), the quotient rounded down
        with `lr_range_test_staircase`
    Source: deepspeed/runtime/lr_schedules.py, LRRangeTest; Smith 2018 (arXiv:1803.09820)

    Args:
        lr_range_test_min_lr: the first value; the optimizer's own learning rate is not used
        lr_range_test_step_size: steps in which it grows by lr_range_test_step_rate
        lr_range_test_step_rate: growth in lr_range_test_step_size steps, as a share of the first value
        lr_range_test_staircase: grow in jumps, one every lr_range_test_step_size steps
    """
    low = only(lr_range_test_min_lr, "lr_range_test_min_lr", "expected 1 lr_range_test_min_lr")
    size = lr_range_test_step_size
    if size <= 0:
        message = f"ValueError: lr_range_test_step_size must be a positive integer, got {size}"
        raise Fault(message, field="lr_range_test_step_size", help="give at least 1 step")
    growth = partial(_growth, low, lr_range_test_step_rate, size, lr_range_test_staircase)
    return Formula(frame.length, growth, meant=Role.STAIRS if lr_range_test_staircase else None)


def _growth(low: float, rate: float, size: int, staircase: bool, k: Floats) -> Floats:
    interval = np.floor(k / size) if staircase else k / size
    return np.asarray(low * (1 + rate * interval))


@scheduler()
def OneCycle(
    frame: Frame,
    cycle_min_lr: Annotated[PerGroup, Role.FLOOR],
    cycle_max_lr: Annotated[PerGroup, Role.PEAK],
    decay_lr_rate: NumberField = 0.0,
    cycle_first_step_size: Annotated[NumberField, Role.RISE] = 2000,
    cycle_second_step_size: Annotated[OptionalNumber, Role.DECAY] = None,
    cycle_first_stair_count: IntegerField = 0,
    cycle_second_stair_count: OptionalInteger = None,
    decay_step_size: NumberField = 0,
    cycle_momentum: FlagField = True,
    cycle_min_mom: PerGroup = 0.8,
    cycle_max_mom: PerGroup = 0.9,
    decay_mom_rate: NumberField = 0.0,
    last_batch_iteration: FreshField = -1,
) -> Tracks:
    """One triangle between two learning rates, then a slow decay; the momentum moves the other way.

    The momentum of the first update is `cycle_min_mom`, that of the second is near `cycle_max_mom`; in the decay it
    grows without bound.

    Formula: cycle_min_lr + (cycle_max_lr − cycle_min_lr)·s, where s climbs 0 → 1 in cycle_first_step_size and falls
        back in cycle_second_step_size; n steps after them cycle_min_lr/(1 + decay_lr_rate·n/decay_step_size)
    Source: deepspeed/runtime/lr_schedules.py, OneCycle; Smith 2018 (arXiv:1803.09820)

    Args:
        cycle_min_lr: value at the minimum; the optimizer's own learning rate is not used
        cycle_max_lr: value at the peak
        decay_lr_rate: how fast the decay is; 0 for none
        cycle_first_step_size: steps from minimum to peak, above 0
        cycle_second_step_size: steps from peak to minimum; cycle_first_step_size if absent
        cycle_first_stair_count: stairs on the way up; 0 for a straight rise
        cycle_second_stair_count: stairs on the way down; cycle_first_stair_count if absent
        decay_step_size: the unit, in steps, of both decay rates; 0 for no decay
        cycle_momentum: change the momentum too
        cycle_min_mom: momentum at the peak, and at the first update
        cycle_max_mom: momentum at the minimum
        decay_mom_rate: how fast the momentum grows in the decay; 0 for no growth
    """
    first = float(cycle_first_step_size)
    second = first if cycle_second_step_size is None else float(cycle_second_step_size)
    if first <= 0:
        message = f"ValueError: cycle_first_step_size must be positive, got {first}"
        raise Fault(message, field="cycle_first_step_size", help="give at least 1 step")
    if second < 0:
        message = f"ValueError: cycle_second_step_size must be non-negative, got {second}"
        raise Fault(message, field="cycle_second_step_size", help="give 0 or more steps")
    stairs = cycle_first_stair_count, cycle_second_stair_count
    cycle = Cycle(first, second, stairs[0], stairs[0] if stairs[1] is None else stairs[1], decay_step_size)
    low = only(cycle_min_lr, "cycle_min_lr", "expected 1 value for cycle_min_lr")
    high = only(cycle_max_lr, "cycle_max_lr", "expected 1 value for cycle_max_lr")
    curve = cycle.learning_rate(frame.length, low, high, decay_lr_rate)
    if not cycle_momentum:
        return Tracks(curve)
    least = only(cycle_min_mom, "cycle_min_mom", "expected 1 value for cycle_min_mom")
    most = only(cycle_max_mom, "cycle_max_mom", "expected 1 value for cycle_max_mom")
    return Tracks(curve, {"momentum": cycle.momentum(frame.length, least, most, decay_mom_rate)})


@scheduler()
def WarmupLR(
    frame: Frame,
    warmup: WarmupField,
    warmup_min_lr: Annotated[PerGroup, Role.START] = 0.0,
    warmup_max_lr: Annotated[OptionalPerGroup, Role.PEAK] = None,
) -> Curve:
    """A warmup, by default along a logarithm, and a constant learning rate after it.

    Formula: warmup_min_lr + (warmup_max_lr − warmup_min_lr)·g, where i = max(k − 1, 0) and g is
        ln(i + 1)/ln(warmup_num_steps) or i/warmup_num_steps, and 1 from i = warmup_num_steps on
    Source: deepspeed/runtime/lr_schedules.py, WarmupLR

    Args:
        warmup_max_lr: value after the warmup; the optimizer's learning rate if absent
    """
    high = frame.base_value() if warmup_max_lr is None else warmup_max_lr
    low, rise = _levels(warmup_min_lr, high)
    phases = *warmup.phases(low, rise), Phase("hold", Flat(1, low + rise * 1.0))
    return Sequence(frame.length, phases, open=True)


def _levels(low: tuple[float, ...] | float, high: tuple[float, ...] | float) -> tuple[float, float]:
    """The value before a warmup, and the height of the warmup."""
    least = only(low, "warmup_min_lr", "expected 1 value for min_lr")
    return least, only(high, "warmup_max_lr", "expected 1 value for max_lr") - least


@scheduler()
def WarmupDecayLR(
    frame: Frame,
    total_num_steps: IntegerHorizonField,
    warmup: WarmupField,
    warmup_min_lr: Annotated[PerGroup, Role.FLOOR] = 0.0,
    warmup_max_lr: Annotated[PerGroup, Role.PEAK] = 0.001,
) -> Curve:
    """A warmup, by default along a logarithm, and a straight line back to where it began.

    Formula: warmup_min_lr + (warmup_max_lr − warmup_min_lr)·g, where i = max(k − 1, 0), g is WarmupLR's in the
        warmup and max(0, (total_num_steps − i)/max(1, total_num_steps − warmup_num_steps)) after it
    Source: deepspeed/runtime/lr_schedules.py, WarmupDecayLR

    Args:
        warmup_max_lr: value at the peak, whatever the optimizer's learning rate
    """
    low, rise = _levels(warmup_min_lr, warmup_max_lr)
    over = max(total_num_steps - warmup.steps, 0)
    fall = Formula(1, partial(_linear_fall, low, rise, total_num_steps, warmup.steps), over=over, held=True)
    return Sequence(frame.length, (*warmup.phases(low, rise), Phase("linear", fall)), open=True)


def _linear_fall(low: float, height: float, total: int, warmup: int, t: Floats) -> Floats:
    left = (total - (t + warmup)) / max(1.0, total - warmup)
    return np.asarray(low + height * np.maximum(0.0, left))


@scheduler()
def WarmupCosineLR(
    frame: Frame,
    total_num_steps: IntegerHorizonField,
    warmup: WarmupField,
    warmup_min_ratio: NumberField = 0.0,
    cos_min_ratio: NumberField = 0.0001,
) -> Curve:
    """A warmup, by default along a logarithm, and half a cosine to a share of the learning rate.

    The first update's learning rate is 0, whatever `warmup_min_ratio`.

    Formula: lr·r, where i = k − 1; in the warmup r = warmup_min_ratio + (1 − warmup_min_ratio)·g with WarmupLR's g;
        after it r = cos_min_ratio + (1 − cos_min_ratio)·(1 + cos πu)/2 with u =
        min(1, (i − warmup_num_steps + 1)/max(1, total_num_steps − warmup_num_steps))
    Source: deepspeed/runtime/lr_schedules.py, WarmupCosineLR

    Args:
        warmup_min_ratio: share of the learning rate at the second update, where the warmup starts
        cos_min_ratio: share of the learning rate at the end of the cosine
    """
    base, span = frame.base_value(), max(1, total_num_steps - warmup.steps)
    rise = Formula(warmup.steps, partial(_ratios, base, warmup, warmup_min_ratio))
    fall = Formula(1, partial(_cosine_fall, base, cos_min_ratio, span), over=span - 1, held=True)
    return Sequence(frame.length, (*warmup.after(Flat(1, 0.0), rise), Phase("cosine", fall)), open=True)


def _ratios(base: float, warmup: Warmup, least: float, t: Floats) -> Floats:
    return np.asarray(base * warmup.values(least, 1.0 - least, t))


def _cosine_fall(base: float, least: float, span: int, t: Floats) -> Floats:
    share = (1 + np.cos(pi * np.minimum(1.0, (t + 1) / span))) / 2
    return np.asarray(base * np.maximum(0.0, least + (1.0 - least) * share))
