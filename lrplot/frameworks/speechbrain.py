"""SpeechBrain: speechbrain.nnet.schedulers, as its recipes call them.

The recipes call a scheduler after each update (or after each epoch: `interval: epoch`), so update 0 has the optimizer's
own learning rate, the spec's `lr`, and update k the value of call k. LinearScheduler computes in float32, here in
float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import exp, inf, log
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DIVISION, DOMAIN, FLOAT_DIVISION, INDEX, ZERO_POWER
from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.laws import NaturalExponential, Noam, PowerLaw
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Sequence
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import Steps
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.frameworks.shared import updates
from lrplot.frameworks.shared.arguments import (
    FloorField,
    HorizonField,
    MilestonesField,
    PeakField,
    ShrinkField,
    StartField,
    WarmupField,
)
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.plateaus import series_of
from lrplot.frameworks.shared.resuming import Counted, Whole
from lrplot.frameworks.shared.stages import Stage, staged
from lrplot.frameworks.shared.triangles import Cycle, ScalingField
from lrplot.lazy import dataclass
from lrplot.schema.annotations import (
    CountField,
    MetricsField,
    NumberField,
    NumbersField,
    OptionalNumber,
    PositiveField,
)
from lrplot.schema.frame import Frame
from lrplot.schema.types import Count, Many, Number, Record

FRAMEWORK = Framework(
    name="speechbrain",
    distribution="speechbrain",
    version="1.1.2",
    modules=("speechbrain.nnet.schedulers", "speechbrain.*"),
    glossary={
        "lr": "the peak; `lr` of the spec is the optimizer's, for update 0",
        "lr_initial": "the peak; `lr` of the spec is the optimizer's, for update 0",
        "initial_value": "the value at the start; `lr` of the spec is the optimizer's, for update 0",
        "n_warmup_steps": "calls of the warmup, whose last one has the peak",
        "model_size": "width of the model; without it the peak is lr_initial",
        "metrics": "the metric at each call: a list, or a CSV file",
    },
)
scheduler = FRAMEWORK.scheduler

COUNTED = Counted(saves_base=False, takes_last_epoch=False)  # its Checkpointer saves the number of calls alone,
WHOLE = Whole(takes_last_epoch=False)  # or the arguments too; those of epochs get theirs from the recipe
WarmupStepsField = Annotated[int, Count(), Role.WARMUP]
HoldField = Annotated[CountField, Role.HOLD]
OptionalPositive = Annotated[float | None, Number(above=0)]


def _called(frame: Frame, *stages: Stage) -> Sequence:
    """The optimizer's own learning rate at update 0, then stages, which start at update 1 or later."""
    return staged(frame.length, Stage("start", 0, Flat(1, frame.base_value())), *stages)


@scheduler(resuming=COUNTED)
def NoamScheduler(
    frame: Frame, lr_initial: PeakField, n_warmup_steps: WarmupField, model_size: OptionalNumber = None
) -> Curve:
    """A straight rise, then a decay with the root of the update's number.

    Formula: lr_initial·s·min(k^−½, k·w^−3⁄2) for k > 0, with w = n_warmup_steps and s = model_size^−½, or √w
        without it; lr at k = 0
    Source: speechbrain/nnet/schedulers.py, NoamScheduler; Vaswani et al. 2017 (arXiv:1706.03762)
    """
    return _called(frame, Stage("noam", 1, _noam(frame, lr_initial, n_warmup_steps, model_size)))


def _noam(frame: Frame, peak: float, warmup: int, width: float | None) -> Curve:
    """Noam's curve from the first call on."""
    require(width is None or width > 0, "model_size", ZERO_POWER, "give the width of the model")
    if not warmup:
        return Bounded(Flat(1, peak), 0, ZERO_POWER)
    return Noam(max(frame.length - 1, 1), peak if width is None else peak * width**-0.5, warmup, peaked=width is None)


@scheduler(resuming=COUNTED)
def NoamIntervalScheduler(
    frame: Frame,
    lr_initial: PeakField,
    n_warmup_steps: WarmupStepsField,
    anneal_steps: MilestonesField,
    anneal_rates: NumbersField,
    model_size: OptionalNumber = None,
) -> Curve:
    """A straight rise, then a decay with the root of the update's number, which drops after some updates.

    Formula: lr_initial·s·min(k^−½, k·w^−3⁄2)·Π anneal_rates[i] of all anneal_steps[i] < k, with w = n_warmup_steps and
        s = model_size^−½, or √w without it; lr at k = 0
    Source: speechbrain/nnet/schedulers.py, NoamIntervalScheduler

    Args:
        anneal_steps: updates after which it drops
        anneal_rates: factor of each drop
    """
    require(len(anneal_rates) >= len(anneal_steps), "anneal_rates", INDEX, "give one for each of `anneal_steps`")
    noam = _noam(frame, lr_initial, n_warmup_steps, model_size)
    steps, rates = np.array(anneal_steps, dtype=np.int64), np.array(anneal_rates[: len(anneal_steps)])
    drops = partial(_dropping, noam, steps, rates)
    turns = (n_warmup_steps - 1.0, *map(float, anneal_steps))
    return _called(
        frame,
        Stage("warmup", 1, Formula(1, drops, turns), role=Role.WARMUP),
        Stage("decay", n_warmup_steps, Formula(1, drops, turns), n_warmup_steps - 1, role=Role.DECAY),
    )


def _dropping(noam: Curve, steps: Steps, rates: Floats, t: Floats) -> Floats:
    values = noam.values(t.astype(np.int64))
    for step, rate in zip(steps, rates, strict=True):
        values = np.where(t + 1 > step, values * rate, values)
    return values


@scheduler(resuming=COUNTED)
def LinearNoamScheduler(
    frame: Frame, lr_initial: PeakField, n_warmup_steps: WarmupStepsField, n_keep_steps: HoldField
) -> Curve:
    """A straight rise, a constant part, then a decay with the update's number.

    Formula: lr_initial·k/w for 0 < k < w = n_warmup_steps, then lr_initial, then lr_initial·w/(k − n_keep_steps) from
        k = w + n_keep_steps on; lr at k = 0
    Source: speechbrain/nnet/schedulers.py, LinearNoamScheduler; Kim et al. 2022 (arXiv:2206.00888)

    Args:
        n_keep_steps: updates of the constant part
    """
    return _called(
        frame,
        _rise(n_warmup_steps, 0.0, lr_initial),
        Stage("hold", n_warmup_steps, Flat(1, lr_initial)),
        Stage("decay", n_warmup_steps + n_keep_steps, PowerLaw(1, lr_initial, n_warmup_steps, 1)),
    )


def _rise(steps: int, first: float, peak: float) -> Stage:
    """A straight rise from `first` at step 0, without that step."""
    return Stage("warmup", 1, Anneal(steps, first, peak, LINEAR), 1, Role.WARMUP)


@scheduler(accumulates=True)
def CyclicCosineScheduler(
    frame: Frame,
    n_warmup_steps: WarmupField,
    lr_initial: Annotated[OptionalNumber, Role.PEAK] = None,
    total_steps: Annotated[int, Count(), Role.DECAY] = 100_000,
) -> Curve:
    """Half a cosine down and up again, whose first top is at `n_warmup_steps`: there is hardly a warmup.

    Without `lr_initial` each value is the one before times the cosine's.

    Formula: lr_initial·(1 + cos(π·(k − n_warmup_steps)/total_steps))/2 for k > 0; lr at k = 0
    Source: speechbrain/nnet/schedulers.py, CyclicCosineScheduler

    Args:
        n_warmup_steps: updates before the top
        total_steps: updates from the top to 0
    """
    if not n_warmup_steps:
        return Bounded(Flat(frame.length, frame.base_value()), 0, ZERO_POWER)
    if lr_initial is None:
        return Recurrence(frame.length, frame.base_value(), partial(_compounded, n_warmup_steps, total_steps))
    return _called(
        frame,
        Stage("warmup", 1, cosine(1, lr_initial, 0.0, total_steps, -n_warmup_steps), 1, Role.WARMUP),
        Stage("cosine", n_warmup_steps, cosine(1, lr_initial, 0.0, total_steps)),
    )


def _compounded(top: int, half: int, steps: Steps) -> updates.Changes:
    return updates.multiplied(0.5 * (np.cos(np.pi * (steps - top) / half) + 1))


@scheduler(resuming=WHOLE)
def WarmAndExpDecayLRSchedule(
    frame: Frame,
    lr: PeakField,
    n_warmup_steps: WarmupField,
    total_steps: HorizonField,
    decay_factor: Annotated[NumberField, Role.SHRINK] = 0.1,
) -> Curve:
    """A straight rise, then an exponential decay by `decay_factor` up to `total_steps`, and so on past them.

    Update 1 has 0, if there is a warmup: the scheduler's own counter is one behind.

    Formula: lr·(k − 1)/w for 0 < k ≤ w = n_warmup_steps, then lr·decay_factor^((k − 1 − w)/(total_steps − w))
    Source: speechbrain/nnet/schedulers.py, WarmAndExpDecayLRSchedule

    Args:
        lr: the peak
        total_steps: update at which the decay has reached its factor
        decay_factor: share of the peak at `total_steps`
    """
    require(decay_factor >= 0, "decay_factor", "TypeError: the power of a negative number is complex")
    span = total_steps - n_warmup_steps
    decay: Curve = Bounded(Flat(1, lr), 0, DIVISION)
    if span:
        function = partial(_shrunk, lr, decay_factor, span)
        decay = Formula(1, function, over=max(span, 0))
        if not decay_factor and span < 0:
            decay = Bounded(decay, 1, ZERO_POWER)
    rise = Stage("warmup", 1, Anneal(n_warmup_steps, 0.0, lr, LINEAR), role=Role.WARMUP)
    return _called(frame, rise, Stage("decay", n_warmup_steps + 1, decay))


def _shrunk(peak: float, factor: float, span: int, t: Floats) -> Floats:
    return np.minimum(peak, peak * np.power(factor, t / span))


@scheduler()
def WarmCoolDecayLRSchedule(
    frame: Frame,
    lr: PeakField,
    warmup: WarmupField,
    cooldown: Annotated[CountField, Role.DECAY],
    total_steps: HorizonField,
    decay_factor: Annotated[PositiveField, Role.SHRINK] = 0.75,
    decay_every: Annotated[int, Count()] = 100_000,
) -> Curve:
    """A straight rise, a slow exponential decay, and a straight line to 0, past which it goes below 0.

    The line starts from a value below the one before it, whose decay counts the warmup too.

    Formula: with r = ln(decay_factor)/decay_every: lr·k/w for 0 < k < w = warmup, then lr·e^(r·(k − w)), then
        lr·e^(r·(total_steps − c))·(1 − (k − total_steps + c)/c) from k > total_steps − c on, with c = cooldown
    Source: speechbrain/nnet/schedulers.py, WarmCoolDecayLRSchedule

    Args:
        lr: the peak
        warmup: updates of the rise
        cooldown: updates of the line at the end
        total_steps: update at which the line reaches 0
        decay_factor: factor of the slow decay in `decay_every` updates
        decay_every: updates in which the slow decay has its factor
    """
    rate, edge = log(decay_factor) / decay_every, total_steps - cooldown
    top, start = max(warmup, 1), max(edge + 1, warmup, 1)
    last = lr * exp(rate * edge)
    line_: Curve = line(1, last, 0.0, cooldown) if cooldown else Bounded(Flat(1, last), 0, FLOAT_DIVISION)
    return _called(
        frame,
        _rise(warmup, 0.0, lr),
        Stage("decay", top, NaturalExponential(1, lr, -rate), top - warmup),
        Stage("cooldown", start, line_, start - edge),
    )


@scheduler()
def TriStageLRSchedule(
    frame: Frame,
    lr: PeakField,
    warmup_steps: WarmupStepsField,
    hold_steps: HoldField,
    decay_steps: Annotated[int, Count(), Role.DECAY],
    total_steps: CountField,
    init_lr_scale: NumberField = 0.01,
    final_lr_scale: NumberField = 0.05,
) -> Curve:
    """A linear warmup, a hold, and an exponential decay, which continues past its end.

    Formula: lr·(i + (1 − i)·k/w) with i = init_lr_scale for 0 < k < w = warmup_steps, then lr, then
        lr·final_lr_scale^((k − w − hold_steps)/decay_steps)
    Source: speechbrain/nnet/schedulers.py, TriStageLRSchedule; Park et al. 2019 (arXiv:1904.08779)

    Args:
        lr: the peak
        warmup_steps: updates of the warmup
        hold_steps: updates of the hold
        decay_steps: updates in which the decay reaches its share
        total_steps: it has no effect
        init_lr_scale: share of the peak at the start
        final_lr_scale: share of the peak after the decay
    """
    require(final_lr_scale > 0, "final_lr_scale", DOMAIN, "give a number above 0")
    fall = Formula(1, partial(_exponential, lr, log(final_lr_scale) / decay_steps), over=decay_steps)
    return _called(
        frame,
        _rise(warmup_steps, init_lr_scale * lr, lr),
        Stage("hold", warmup_steps, Flat(1, lr)),
        Stage("decay", warmup_steps + hold_steps, fall),
    )


def _exponential(first: float, rate: float, t: Floats) -> Floats:
    return np.asarray(first * np.exp(rate * t))


@scheduler(resuming=WHOLE)
def LinearWarmupScheduler(
    frame: Frame, initial_value: PeakField, num_warmup_steps: WarmupField, num_training_steps: HorizonField
) -> Curve:
    """A straight rise, then a straight line to 0, which it keeps.

    Formula: initial_value·k/w for 0 < k < w = num_warmup_steps, then
        initial_value·max(0, (num_training_steps − k)/(num_training_steps − w)); lr at k = 0
    Source: speechbrain/nnet/schedulers.py, LinearWarmupScheduler

    Args:
        initial_value: the peak
        num_warmup_steps: updates of the warmup
        num_training_steps: update at which it reaches 0
    """
    span, top = num_training_steps - num_warmup_steps, max(num_warmup_steps, 1)
    fall: Curve = Flat(1, 0.0)
    if span > 0:
        fall = Anneal(span, initial_value, 0.0, LINEAR)
    decay = Stage("decay", top, fall, top - num_warmup_steps)
    return _called(frame, _rise(num_warmup_steps, 0.0, initial_value), decay)


@scheduler()
def InverseSquareRootScheduler(frame: Frame, warmup_steps: WarmupField) -> Curve:
    """A constant part, then a decay with the root of the update's number; the learning rate is not used.

    Formula: 1/√max(warmup_steps, k) for k > 0; lr at k = 0
    Source: speechbrain/nnet/schedulers.py, InverseSquareRootScheduler

    Args:
        warmup_steps: updates of the constant part
    """
    top = max(warmup_steps, 1)
    first = top**-0.5
    return _called(frame, Stage("hold", 1, Flat(1, first)), Stage("decay", top, PowerLaw(1, first, top, 0.5)))


@scheduler()
def LinearScheduler(
    frame: Frame, initial_value: StartField, final_value: FloorField, epoch_count: Annotated[int, Count(), Role.HORIZON]
) -> Curve:
    """A straight line, whose end is reached one call before the last; a further call raises.

    SpeechBrain rounds its values to float32.

    Formula: initial_value + (final_value − initial_value)·min(k/(epoch_count − 1), 1) for k > 0; lr at k = 0
    Source: speechbrain/nnet/schedulers.py, LinearScheduler

    Args:
        initial_value: the value that call 0 would have
        final_value: the value of the calls epoch_count − 1 and epoch_count
        epoch_count: calls
    """
    ramp = Anneal(epoch_count, initial_value, final_value, LINEAR, inclusive=True, lead=1)
    rest = Flat(1, final_value if epoch_count > 1 else initial_value)
    curve = _called(frame, Stage("linear", 1, ramp), Stage("end", max(epoch_count - 1, 1), rest))
    return Bounded(curve, epoch_count + 1, INDEX)


@scheduler()
def StepScheduler(
    frame: Frame,
    initial_value: PeakField,
    decay_factor: Annotated[OptionalNumber, Role.SHRINK] = None,
    decay_drop: Annotated[OptionalPositive, Role.EVERY] = None,
    half_life: OptionalPositive = None,
) -> Curve:
    """A drop at every `decay_drop`-th call.

    Formula: initial_value·decay_factor^⌊(k + 1)/decay_drop⌋ for k > 0; lr at k = 0
    Source: speechbrain/nnet/schedulers.py, StepScheduler

    Args:
        decay_factor: factor of each drop; 0.5 if absent
        decay_drop: calls between two drops; 2 if absent
        half_life: calls in which the value halves, by a drop at each of them; instead of the other two
    """
    message = "ValueError: half_life cannot be used together with decay_factor and decay_drop"
    require(not half_life or not (decay_factor or decay_drop), "half_life", message, "remove it")
    factor, every = decay_factor or 0.5, decay_drop or 2.0
    if half_life:
        factor, every = exp(-log(2) / half_life), 1.0
    drops = Formula(1, partial(_dropped, initial_value, factor, every), (-1.0 % every,), every, meant=Role.STAIRS)
    return _called(frame, Stage("stairs", 1, drops, 1))


def _dropped(first: float, factor: float, every: float, t: Floats) -> Floats:
    return np.asarray(first * np.power(factor, np.floor((1 + t) / every)))


@scheduler(resuming=COUNTED)
def CyclicLRScheduler(
    frame: Frame,
    scaling: ScalingField,
    base_lr: FloorField = 0.001,
    max_lr: PeakField = 0.006,
    step_size: Annotated[PositiveField, Role.RISE] = 2000.0,
    gamma: ShrinkField = 1.0,
) -> Curve:
    """Triangles from `base_lr` to `max_lr` and back, again and again.

    Formula: base_lr + (max_lr − base_lr)·max(0, 1 − |k/step_size − 2c + 1|)·s with c = ⌊1 + k/(2·step_size)⌋ and s = 1,
        2^(1 − c) or gamma^k by mode, for k > 0; lr at k = 0
    Source: speechbrain/nnet/schedulers.py, CyclicLRScheduler; Smith 2017 (arXiv:1506.01186)

    Args:
        base_lr: the least value
        max_lr: the peak
        step_size: calls of half a cycle
        gamma: factor per call of the mode exp_range
    """
    cycle = Cycle(step_size, step_size, scaling, gamma)
    return _called(frame, Stage("cycles", 1, Lasting(1, cycle.curve(1, base_lr, max_lr), 1)))


@dataclass(eq=False)
class Interval:
    """A learning rate from a call on.

    Args:
        steps: the call
        lr: the learning rate from it on
    """

    steps: Annotated[int, Count(at_least=None)]
    lr: NumberField


@scheduler()
def IntervalScheduler(frame: Frame, intervals: Annotated[tuple[Interval, ...], Many(Record(Interval))]) -> Curve:
    """Given learning rates from given calls on.

    Intervals apply in the order of the list, one a call: one that is not above the one before it is late.

    Formula: lr of the last interval whose steps ≤ k; lr of the optimizer before the first
    Source: speechbrain/nnet/schedulers.py, IntervalScheduler

    Args:
        intervals: calls and learning rates, such as [{steps: 400, lr: 1e-4}]
    """
    edges: list[int] = []
    levels = [frame.base_value()]
    for each in intervals:
        if each.steps > 0:
            edges.append(max(each.steps, edges[-1] + 1 if edges else 1))
            levels.append(each.lr)
    return Plateaus(frame.length, np.array(edges, dtype=np.int64), np.array(levels))


@scheduler()
def NewBobScheduler(
    frame: Frame,
    initial_value: PeakField,
    metrics: MetricsField,
    annealing_factor: ShrinkField = 0.5,
    improvement_threshold: NumberField = 0.0025,
    patient: CountField = 0,
) -> Curve:
    """A drop whenever a metric improves too little from one call to the next.

    Formula: v·annealing_factor if (m − m′)/m < improvement_threshold for the metrics m and m′ of the call before and
        this one, and `patient` such calls came before; lr at k = 0, from initial_value on
    Source: speechbrain/nnet/schedulers.py, NewBobScheduler

    Args:
        initial_value: the value of the first call
        annealing_factor: factor of each drop
        improvement_threshold: least improvement, as a share of the metric before
        patient: calls with too little improvement that are tolerated before each drop
    """
    values = _new_bob(series_of(metrics), initial_value, annealing_factor, improvement_threshold, patient)
    return _following(frame, values)


def _new_bob(series: list[float], value: float, factor: float, threshold: float, patience: int) -> Iterator[float]:
    """The value at each call."""
    left, before = patience, None
    for metric in series:
        if before is not None and ((before - metric) / before if before else 0.0) < threshold:
            value, left = (value * factor, patience) if not left else (value, left - 1)
        before = metric
        yield value


@scheduler()
def ReduceLROnPlateau(
    frame: Frame,
    metrics: MetricsField,
    lr_min: Annotated[NumberField, Role.CLIP] = 1e-8,
    factor: ShrinkField = 0.5,
    patience: CountField = 2,
    dont_halve_until_epoch: CountField = 65,
) -> Curve:
    """A drop when a loss has stopped falling, not before a given epoch.

    Formula: lr·factor, at least lr_min, at a call whose loss is above the least one since `dont_halve_until_epoch`,
        after `patience` others like it
    Source: speechbrain/nnet/schedulers.py, ReduceLROnPlateau

    Args:
        lr_min: the least value
        factor: factor of each drop
        patience: calls without improvement that are tolerated
        dont_halve_until_epoch: the last call, counted from 1, that never drops
    """
    values = _plateau(series_of(metrics), frame.base_value(), lr_min, factor, patience, dont_halve_until_epoch)
    return _following(frame, values)


def _plateau(
    series: list[float], value: float, least: float, factor: float, patience: int, until: int
) -> Iterator[float]:
    """The value at each call."""
    bad, anchor = 0, inf
    for epoch, loss in enumerate(series, 1):
        if epoch <= until:
            anchor = loss
        elif loss <= anchor:
            bad, anchor = 0, loss
        elif bad < patience:
            bad += 1
        else:
            bad, value = 0, value * factor
        value = max(value, least)
        yield value


def _following(frame: Frame, values: Iterator[float]) -> Curve:
    """The optimizer's learning rate, then one value for each call."""
    levels = np.array([frame.base_value(), *values])
    curve = Plateaus(frame.length, np.arange(1, len(levels), dtype=np.int64), levels)
    return Bounded(curve, len(levels), f"`metrics` ends after {len(levels) - 1:,} values")
