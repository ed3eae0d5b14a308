"""Composer (MosaicML): composer.optim.scheduler.

The value at update k is what the Trainer sets: the scheduler's factor after max(k − 1, 0) batches, times the
optimizer's learning rate. The Trainer steps its schedulers after each batch, before it counts that batch, so that they
are one batch late and the first value comes twice. `interval: epoch` is its `step_schedulers_every_batch=False`: the
value of epoch e is then the factor after e whole epochs, none late.

Times are texts such as `10ba`, `3ep`, `0.25dur`, `1000sp` or `1e6tok`. The run's length is the Trainer's
`max_duration`: in epochs, samples or tokens where the spec gives it so, else in batches. All batches have the same
number of samples and tokens.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import Floats
from lrplot.curves.staircase import Plateaus
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.composer.trainer import Shape, Trainer, Warmup, cosine, cycles, linear, trained
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.annotations import FlagField, NumberField, TextField
from lrplot.schema.frame import Frame
from lrplot.schema.types import Many, Text

FRAMEWORK = Framework(
    name="composer",
    distribution="mosaicml",
    version="0.32.1",
    modules=("composer.optim", "composer.optim.*", "mosaicml", "mosaicml.*"),
    glossary={
        "alpha_f": "factor at the end, which holds",
        "alpha_i": "factor at the start",
        "gamma": "factor of each drop",
        "milestones": "times of the drops",
        "power": "exponent of the polynomial",
        "scale_schedule_ratio": "the Trainer's: it scales times (not shares, `dur`) and the run's length, which the "
        "spec gives as it is before",
        "scale_warmup": "let the ratio scale the warmup's slope too, though not its end",
        "t_max": "time of the end, such as `1000ba`, `3ep` or `1dur`",
        "t_warmup": "time of the warmup, such as `100ba`, `1ep` or `0.1dur`, in the unit that `t_max` comes to",
    },
)
scheduler = FRAMEWORK.scheduler

TimesField = Annotated[tuple[str, ...], Many(Text())]


@scheduler()
def StepScheduler(
    frame: Frame, step_size: TextField, gamma: NumberField = 0.1, scale_schedule_ratio: NumberField = 1.0
) -> Curve:
    """A drop by the same factor every `step_size`.

    Formula: lr·gamma^⌊t/step_size⌋, where t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, StepScheduler

    Args:
        step_size: time between two drops, such as `100ba` or `30ep`
    """
    return trained(frame, scale_schedule_ratio, partial(_powers, "step", "step_size", step_size, gamma, np.trunc))


@scheduler()
def ExponentialScheduler(
    frame: Frame, gamma: NumberField, decay_period: TextField = "1ep", scale_schedule_ratio: NumberField = 1.0
) -> Curve:
    """The learning rate shrinks by the same factor in each `decay_period`.

    Formula: lr·gamma^(t/decay_period), where t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, ExponentialScheduler

    Args:
        gamma: factor of each period
        decay_period: a time, such as `100ba` or `1ep`
    """
    name = "exponential", "decay_period"
    return trained(frame, scale_schedule_ratio, partial(_powers, *name, decay_period, gamma, np.positive))


def _powers(name: str, field: str, period: str, gamma: float, exponent: Shape, trainer: Trainer) -> list[Phase]:
    curve = trainer.curve(partial(_power, gamma, exponent), trainer.span(field, period), monotone=gamma >= 0)
    return [Phase(name, curve)]


def _power(gamma: float, exponent: Shape, passed: Floats) -> Floats:
    return np.asarray(np.power(gamma, exponent(passed)))


@scheduler()
def MultiStepScheduler(
    frame: Frame, milestones: TimesField, gamma: NumberField = 0.1, scale_schedule_ratio: NumberField = 1.0
) -> Curve:
    """A drop by the same factor at each milestone; one named twice counts twice.

    Formula: lr·gamma^(milestones at or before t), where t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, MultiStepScheduler
    """
    return trained(frame, scale_schedule_ratio, partial(_drops, milestones, gamma, Warmup("0ba", False)))


@scheduler()
def MultiStepWithWarmupScheduler(
    frame: Frame,
    t_warmup: TextField,
    milestones: TimesField,
    gamma: NumberField = 0.1,
    scale_warmup: FlagField = False,
    scale_schedule_ratio: NumberField = 1.0,
) -> Curve:
    """A straight warmup, then a drop by the same factor at each milestone, those in the warmup at its end.

    Formula: lr·t/t_warmup, then lr·gamma^(milestones at or before t), where t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, MultiStepWithWarmupScheduler
    """
    return trained(frame, scale_schedule_ratio, partial(_drops, milestones, gamma, Warmup(t_warmup, scale_warmup)))


def _drops(milestones: tuple[str, ...], gamma: float, warmup: Warmup, trainer: Trainer) -> list[Phase]:
    """The warmup and the drops, which count time from the run's beginning."""
    skip = trainer.batches(warmup.end(trainer))
    edges = [max(trainer.batches(trainer.time("milestones", each)) - skip, 0) for each in milestones]
    levels = trainer.frame.base_value() * np.cumprod([1.0, *[gamma] * len(edges)], dtype=np.float64)
    drops = Plateaus(max(trainer.frame.length - skip, 1), np.array(sorted(edges), dtype=np.int64), levels)
    return [*warmup.phases(trainer), Phase("multistep", drops)]


@scheduler()
def ConstantScheduler(
    frame: Frame, alpha: NumberField = 1.0, t_max: TextField = "1dur", scale_schedule_ratio: NumberField = 1.0
) -> Curve:
    """A share of the learning rate until `t_max`, and all of it from then on.

    Formula: lr·alpha, then lr
    Source: composer/optim/scheduler.py, ConstantScheduler

    Args:
        alpha: the share
    """
    return trained(frame, scale_schedule_ratio, partial(_constant, alpha, t_max))


def _constant(alpha: float, t_max: str, trainer: Trainer) -> list[Phase]:
    base, length = trainer.frame.base_value(), trainer.batches(trainer.time("t_max", t_max))
    rest = Phase("hold", Flat(max(trainer.frame.length - length, 1), base))
    return [Phase("constant", Flat(length, base * alpha)), rest] if length else [rest]


@scheduler()
def LinearScheduler(
    frame: Frame,
    alpha_i: NumberField = 1.0,
    alpha_f: NumberField = 0.0,
    t_max: TextField = "1dur",
    scale_schedule_ratio: NumberField = 1.0,
) -> Curve:
    """A straight line between two shares of the learning rate, and the second one from then on.

    Formula: lr·(alpha_i + (alpha_f − alpha_i)·min(1, t/t_max)), where t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, LinearScheduler
    """
    return trained(frame, scale_schedule_ratio, partial(_annealed, "linear", t_max, partial(linear, alpha_i, alpha_f)))


@scheduler()
def CosineAnnealingScheduler(
    frame: Frame, t_max: TextField = "1dur", alpha_f: NumberField = 0.0, scale_schedule_ratio: NumberField = 1.0
) -> Curve:
    """Half a cosine to a share of the learning rate, which it keeps.

    Formula: lr·(alpha_f + (1 − alpha_f)·(1 + cos(π·min(1, t/t_max)))/2), where t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, CosineAnnealingScheduler
    """
    return trained(frame, scale_schedule_ratio, partial(_annealed, "cosine", t_max, partial(cosine, alpha_f)))


def _annealed(name: str, t_max: str, factor: Shape, trainer: Trainer) -> list[Phase]:
    return [Phase(name, trainer.curve(factor, trainer.span("t_max", t_max)))]


@scheduler()
def PolynomialScheduler(
    frame: Frame,
    power: NumberField,
    t_max: TextField = "1dur",
    alpha_f: NumberField = 0.0,
    scale_schedule_ratio: NumberField = 1.0,
) -> Curve:
    """A polynomial decay to a share of the learning rate, which it keeps.

    Formula: lr·(alpha_f + (1 − alpha_f)·(1 − min(1, t/t_max))^power), where t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, PolynomialScheduler
    """
    return trained(frame, scale_schedule_ratio, partial(_polynomial, t_max, power, alpha_f))


def _polynomial(t_max: str, power: float, alpha_f: float, trainer: Trainer) -> list[Phase]:
    return [Phase("polynomial", trainer.polynomial(power, alpha_f, trainer.span("t_max", t_max)))]


@scheduler()
def CosineAnnealingWarmRestartsScheduler(
    frame: Frame,
    t_0: TextField,
    t_mult: NumberField = 1.0,
    alpha_f: NumberField = 0.0,
    scale_schedule_ratio: NumberField = 1.0,
) -> Curve:
    """Half cosines to a share of the learning rate, each starting over from all of it.

    The length of each is rounded down. With `t_mult` below 1 they shrink to nothing, which raises.

    Formula: lr·(alpha_f + (1 − alpha_f)·(1 + cos(π·t_i/T_i))/2), where T_0 = t_0, T_(i+1) = ⌊t_mult·T_i⌋ and t_i is
        the time in cycle i
    Source: composer/optim/scheduler.py, CosineAnnealingWarmRestartsScheduler; Loshchilov & Hutter 2017
        (arXiv:1608.03983)

    Args:
        t_0: time of the first cosine, such as `100ba` or `5ep`
        t_mult: each is this many times as long as the one before
        alpha_f: factor that each falls to
    """
    if t_mult < 0:
        raise Fault("cycles of a negative length never end", field="t_mult", help="1 or more")
    return trained(frame, scale_schedule_ratio, partial(_restarts, t_0, t_mult, alpha_f))


VANISHED = "ValueError: Interval between restarts for cosine annealing/warm restarts scheduler has decayed to 0."


def _restarts(t_0: str, t_mult: float, alpha_f: float, trainer: Trainer) -> list[Phase]:
    first = trainer.time("t_0", t_0)
    if first.value <= 0:
        raise Fault(VANISHED, field="t_0", help=f"`{t_0}` comes to {first}")
    starts, lengths, following = cycles(int(first.value), t_mult)
    curve = trainer.cycling(partial(cosine, alpha_f), first.unit, starts, lengths, endless=following == lengths[-1])
    if following == 0:
        curve = Bounded(curve, trainer.batches(replace(first, value=starts[-1] + lengths[-1])), VANISHED)
    return [Phase("cosine", curve)]


@scheduler()
def ConstantWithWarmupScheduler(
    frame: Frame,
    t_warmup: TextField,
    alpha: NumberField = 1.0,
    t_max: TextField = "1dur",
    scale_warmup: FlagField = False,
    scale_schedule_ratio: NumberField = 1.0,
) -> Curve:
    """A straight warmup to a share of the learning rate, which it keeps, past `t_max` too.

    Formula: lr·alpha·t/t_warmup, then lr·alpha, where t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, ConstantWithWarmupScheduler

    Args:
        alpha: the share
        t_max: a time not before the end of the run
    """
    warmup = Warmup(t_warmup, scale_warmup, alpha)
    return trained(
        frame, scale_schedule_ratio, partial(_after, warmup, "constant", t_max, partial(linear, alpha, alpha))
    )


@scheduler()
def LinearWithWarmupScheduler(
    frame: Frame,
    t_warmup: TextField,
    alpha_i: NumberField = 1.0,
    alpha_f: NumberField = 0.0,
    t_max: TextField = "1dur",
    scale_warmup: FlagField = False,
    scale_schedule_ratio: NumberField = 1.0,
) -> Curve:
    """A straight warmup, then a straight line to a share of the learning rate, which it keeps.

    Formula: lr·alpha_i·t/t_warmup, then lr·(alpha_i + (alpha_f − alpha_i)·u), where t = max(k − 1, 0) and
        u = min(1, (t − t_warmup)/(t_max − t_warmup)), or 0 if t_max is not after t_warmup
    Source: composer/optim/scheduler.py, LinearWithWarmupScheduler

    Args:
        alpha_i: factor that the warmup leads to
        t_max: time of the end, not before that of the run, such as `1000ba`, `3ep` or `1dur`
    """
    warmup = Warmup(t_warmup, scale_warmup, alpha_i)
    return trained(
        frame, scale_schedule_ratio, partial(_after, warmup, "linear", t_max, partial(linear, alpha_i, alpha_f))
    )


@scheduler()
def CosineAnnealingWithWarmupScheduler(
    frame: Frame,
    t_warmup: TextField,
    t_max: TextField = "1dur",
    alpha_f: NumberField = 0.0,
    scale_warmup: FlagField = False,
    scale_schedule_ratio: NumberField = 1.0,
) -> Curve:
    """A straight warmup, then half a cosine to a share of the learning rate, which it keeps.

    Formula: lr·t/t_warmup, then lr·(alpha_f + (1 − alpha_f)·(1 + cos πu)/2), where t = max(k − 1, 0) and
        u = min(1, (t − t_warmup)/(t_max − t_warmup)), or 0 if t_max is not after t_warmup
    Source: composer/optim/scheduler.py, CosineAnnealingWithWarmupScheduler

    Args:
        t_max: time of the end, not before that of the run, such as `1000ba`, `3ep` or `1dur`
    """
    warmup = Warmup(t_warmup, scale_warmup)
    return trained(frame, scale_schedule_ratio, partial(_after, warmup, "cosine", t_max, partial(cosine, alpha_f)))


def _after(warmup: Warmup, name: str, t_max: str, factor: Shape, trainer: Trainer) -> list[Phase]:
    rest = trainer.curve(factor, *warmup.left(t_max, trainer))
    return [*warmup.phases(trainer), Phase(name, rest)]


@scheduler()
def PolynomialWithWarmupScheduler(
    frame: Frame,
    t_warmup: TextField,
    power: NumberField = 2.0,
    t_max: TextField = "1dur",
    alpha_f: NumberField = 0.0,
    scale_warmup: FlagField = False,
    scale_schedule_ratio: NumberField = 1.0,
) -> Curve:
    """A straight warmup, then a polynomial decay to a share of the learning rate, which it keeps.

    Formula: lr·t/t_warmup, then lr·(alpha_f + (1 − alpha_f)·(1 − u)^power), where t = max(k − 1, 0) and
        u = min(1, (t − t_warmup)/(t_max − t_warmup)), or 0 if t_max is not after t_warmup
    Source: composer/optim/scheduler.py, PolynomialWithWarmupScheduler

    Args:
        t_max: time of the end, not before that of the run, such as `1000ba`, `3ep` or `1dur`
    """
    warmup = Warmup(t_warmup, scale_warmup)
    return trained(frame, scale_schedule_ratio, partial(_warm_polynomial, warmup, t_max, power, alpha_f))


def _warm_polynomial(warmup: Warmup, t_max: str, power: float, alpha_f: float, trainer: Trainer) -> list[Phase]:
    rest = trainer.polynomial(power, alpha_f, *warmup.left(t_max, trainer))
    return [*warmup.phases(trainer), Phase("polynomial", rest)]
