"""thinc, spaCy's library: thinc.schedules, `@schedules` in spaCy's configs, without `.v1`.

The value at update k is the one after k calls of the optimizer's `step_schedules()`. The schedules give the learning
rate itself. In thinc 9, which no spaCy 3 uses, `compounding` starts at step `t`, and the schedule in `constant_then`
counts from the start of the run.
"""

from __future__ import annotations

from functools import partial
from math import ceil, log
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve, Flat, direction
from lrplot.curves.exceptions import DIVISION, FLOAT_DIVISION
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.frameworks.shared.arguments import (
    METRIC,
    FloorField,
    IntegerHorizonField,
    IntegerWarmupField,
    PeakField,
    ShrinkField,
    StartField,
)
from lrplot.frameworks.shared.children import foreign
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import in_turn
from lrplot.frameworks.shared.triangles import Cycle, Scaling
from lrplot.schema.annotations import IntegerField, NumberField
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipeField

FRAMEWORK = Framework(
    name="thinc",
    distribution="thinc",
    version="8.3.14",
    modules=("thinc.schedules", "thinc.api", "spacy"),
    aliases=("spacy",),
    undetermined={"plateau": METRIC},
)
scheduler = FRAMEWORK.scheduler


@scheduler()
def constant(frame: Frame, rate: NumberField) -> Curve:
    """One value.

    Formula: rate
    Source: thinc/schedules.py, constant

    Args:
        rate: the value
    """
    return Flat(frame.length, rate)


@scheduler()
def constant_then(
    frame: Frame,
    rate: NumberField,
    steps: Annotated[IntegerField, Role.HOLD],
    schedule: Annotated[RecipeField, Example("{use: thinc.constant, rate: 0.1}")],
) -> Curve:
    """One value, then another schedule, which starts from its beginning.

    Formula: rate for k < steps, then schedule(k − steps)
    Source: thinc/schedules.py, constant_then

    Args:
        rate: the first value
        steps: number of updates that have it
        schedule: one of thinc's own, such as `{use: thinc.decaying, base_rate: 1e-3, decay: 1e-4}`
    """
    if schedule.framework != FRAMEWORK.name:
        raise foreign(schedule, FRAMEWORK.name, "constant_then")
    inner = schedule.build(frame.part(steps, max(frame.length - steps, 1), None))
    hold = Phase("constant", Flat(max(steps, 0), rate))
    return in_turn(frame, hold, Phase(schedule.title, inner, origin=schedule.use(frame)))


@scheduler()
def decaying(frame: Frame, base_rate: StartField, decay: NumberField, t: IntegerField = 0) -> Curve:
    """A decay with the number of the update, without end.

    Formula: base_rate/(1 + decay·(k + t))
    Source: thinc/schedules.py, decaying

    Args:
        base_rate: value of step 0
        decay: growth of the divisor at each update
        t: step of update 0
    """
    pole = -1 / decay - t if decay else -1.0  # where the divisor is 0
    curve: Curve = Formula(frame.length, partial(_decaying, base_rate, decay, t), (pole,))
    if pole >= 0 and 1.0 + decay * (t + round(pole)) == 0:
        curve = Bounded(curve, round(pole), FLOAT_DIVISION)
    return curve


def _decaying(base: float, decay: float, t: int, k: Floats) -> Floats:
    return np.asarray(base * (1.0 / (1.0 + decay * (k + t))))


@scheduler(accumulates=True)
def compounding(
    frame: Frame, start: StartField, stop: FloorField, compound: ShrinkField, t: NumberField = 0.0
) -> Curve:
    """The same factor at each update, up or down to `stop`.

    Formula: start·compound^k, at most stop, or at least stop if start is above it
    Source: thinc/schedules.py, compounding

    Args:
        start: first value
        stop: last value, which holds
        compound: factor of each update
        t: not used
    """
    function = partial(_compounding, start, stop, compound)
    share = stop / start if start else 0.0
    if compound <= 0 or compound == 1 or share <= 0 or (share - 1) * (compound - 1) <= 0:  # it never gets there
        return Formula(frame.length, function, (0.0, 1.0) if compound >= 0 else None)
    over = ceil(log(share) / log(compound))
    return Formula(frame.length, function, over=over, meant=direction(start, stop), held=True)


def _compounding(start: float, stop: float, compound: float, k: Floats) -> Floats:
    values = start * np.power(compound, k)
    return np.maximum(values, stop) if start > stop else np.minimum(values, stop)


@scheduler()
def slanted_triangular(
    frame: Frame,
    max_rate: PeakField,
    num_steps: IntegerHorizonField,
    cut_frac: Annotated[NumberField, Role.WARMUP] = 0.1,
    ratio: NumberField = 32,
    decay: NumberField = 1.0,
    t: NumberField = 0.0,
) -> Curve:
    """A line up to `max_rate` and one down to a share of it, which it continues past its end.

    Formula: max_rate·(1 + p·(ratio − 1))/ratio with n = k + 1 + t and c = ⌊num_steps·cut_frac⌋: p = n/c below c, then
        p = 1 − (n − c)/(c·(1/cut_frac − 1))
    Source: thinc/schedules.py, slanted_triangular; Howard and Ruder 2018 (arXiv:1801.06146)

    Args:
        max_rate: the peak
        num_steps: steps of both lines
        cut_frac: share of them that go up
        ratio: the peak is this many times the last value
        decay: not used
        t: steps left out at the start
    """
    cut = int(num_steps * cut_frac)
    require(ratio != 0, "ratio", DIVISION, "give a number above 0")
    require(cut_frac != 0, "cut_frac", DIVISION, "give a share above 0")
    span = cut * (1 / cut_frac - 1)
    steps = max(ceil(cut - 1 - t), 0)
    slope = partial(_slanted, max_rate, ratio)
    rise = Formula(steps, partial(slope, partial(_risen, cut, 1.0 + t)))
    fall: Curve = Bounded(Flat(1, max_rate), 0, FLOAT_DIVISION)
    if span:
        fall = Formula(1, partial(slope, partial(_fallen, cut, span, steps + 1.0 + t)), over=cut + span - 1 - t - steps)
    return in_turn(frame, Phase("warmup", rise, Role.WARMUP), Phase("linear", fall))


def _slanted(peak: float, ratio: float, share: partial[Floats], k: Floats) -> Floats:
    return np.asarray(peak * (1 + share(k) * (ratio - 1)) * (1 / ratio))


def _risen(cut: int, lead: float, k: Floats) -> Floats:
    return np.asarray((k + lead) / cut)


def _fallen(cut: int, span: float, lead: float, k: Floats) -> Floats:
    return np.asarray(1 - (k + lead - cut) / span)


@scheduler()
def warmup_linear(
    frame: Frame, initial_rate: PeakField, warmup_steps: IntegerWarmupField, total_steps: IntegerHorizonField
) -> Curve:
    """A line from 0 to `initial_rate` and one back to 0, which holds.

    Formula: initial_rate·k/w up to w = warmup_steps, then initial_rate·max(0, (T − k)/max(1, T − w)) with
        T = total_steps
    Source: thinc/schedules.py, warmup_linear

    Args:
        initial_rate: the peak
        warmup_steps: steps of the way up
        total_steps: step at which it is 0 again
    """
    warmup = max(warmup_steps, 0)
    span = max(1.0, total_steps - warmup_steps)
    rise = Formula(warmup, partial(_risen_linear, initial_rate, warmup))
    fall = Formula(
        1, partial(_fallen_linear, initial_rate, total_steps, span), over=max(total_steps, warmup), held=True
    )
    return in_turn(frame, Phase("warmup", rise, Role.WARMUP), Phase("linear", Lasting(1, fall, warmup)))


def _risen_linear(peak: float, warmup: int, k: Floats) -> Floats:
    return np.asarray(k / max(1, warmup) * peak)


def _fallen_linear(peak: float, total: int, span: float, k: Floats) -> Floats:
    return np.asarray(np.maximum(0.0, (total - k) / span) * peak)


@scheduler()
def cyclic_triangular(frame: Frame, min_lr: FloorField, max_lr: PeakField, period: IntegerField) -> Curve:
    """Lines up and down between two values, one step in.

    Formula: min_lr + (max_lr − min_lr)·max(0, 1 − |n/period − 2·⌊1 + n/(2·period)⌋ + 1|) with n = k + 1
    Source: thinc/schedules.py, cyclic_triangular; Smith 2017 (arXiv:1506.01186)

    Args:
        min_lr: value at the start of a cycle, at update −1
        max_lr: value in its middle
        period: updates of half a cycle
    """
    require(period != 0, "period", DIVISION, "give at least 1")
    cycles = Cycle(abs(period), abs(period), Scaling(), 1.0).curve(frame.length + 1, min_lr, max_lr)
    return Lasting(frame.length, cycles, 1)
