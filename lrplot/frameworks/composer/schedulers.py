"""Composer (MosaicML): composer.optim.scheduler.

The value at update k is that set by the Trainer: the scheduler's factor after max(k − 1, 0) batches, times the
optimizer's learning rate. The Trainer steps its schedulers after each batch, before it counts that batch, so they
are one batch late and the first value is used twice. `interval: epoch` is its `step_schedulers_every_batch=False`:
the value of epoch e is then the factor after e whole epochs, without delay.

Times are texts such as `10ba`, `3ep`, `0.25dur`, `1000sp` or `1e6tok`. The length of the run is the Trainer's
`max_duration`: in epochs, samples or tokens if the spec gives it so, else in batches. All batches have the same
number of samples and tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, TypeVar

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.staircase import Plateaus
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.composer.trainer import (
    TrainerArguments,
    TrainerField,
    Warmup,
    WarmupField,
    cosine,
    cycles,
    linear,
    powered,
    trained,
)
from lrplot.frameworks.shared.arguments import FloorField, GrowthField, ShrinkField, StartField
from lrplot.frameworks.shared.framework import Adapted, Framework
from lrplot.frameworks.shared.resuming import Counted
from lrplot.schema.annotations import NumberField, TextField
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.types import Many, Text

FRAMEWORK = Framework(
    name="composer",
    distribution="mosaicml",
    version="0.32.1",
    aliases=("llm-foundry", "llmfoundry"),
    naming="name",
    modules=("composer.optim", "composer.optim.*", "mosaicml", "mosaicml.*"),
    resuming=Counted(by_trainer=True, takes_last_epoch=False),
    glossary={
        "alpha_f": "factor at the end, which holds",
        "alpha_i": "factor at the start",
        "gamma": "factor of each drop",
        "milestones": "times of the drops",
        "power": "exponent of the polynomial",
        "t_max": "time of the end, such as `1000ba`, `3ep` or `1dur`",
    },
)

TimesField = Annotated[tuple[str, ...], Many(Text()), Role.MILESTONES, Example("[30ep, 60ep]")]
EndField = Annotated[TextField, Role.HORIZON]
PeakShareField = Annotated[NumberField, Role.PEAK_SHARE]

Phases = TypeVar("Phases", bound=Callable[..., list[Phase]])


def scheduler(phases: Phases) -> Phases:
    """Register `phases(trainer, **arguments)` under its own name."""
    FRAMEWORK.add(phases.__name__, Adapted(phases, _scheduled))
    return phases


def _scheduled(phases: Callable[..., list[Phase]], frame: Frame, trainer: TrainerArguments, **arguments: Any) -> Curve:
    return trained(frame, trainer.scale_schedule_ratio, partial(phases, **arguments))


@scheduler
def StepScheduler(
    trainer: TrainerField, step_size: Annotated[TextField, Role.EVERY, Example("30ep")], gamma: ShrinkField = 0.1
) -> list[Phase]:
    """A drop by the same factor every `step_size`.

    Formula: lr·gamma^⌊t/step_size⌋, t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, StepScheduler

    Args:
        step_size: time between two drops, such as `100ba` or `30ep`
    """
    drops = partial(powered, gamma, np.trunc)
    curve = trainer.curve(drops, trainer.stretch("step_size", step_size), monotone=gamma >= 0, meant=Role.STAIRS)
    return [Phase("step", curve)]


@scheduler
def ExponentialScheduler(trainer: TrainerField, gamma: ShrinkField, decay_period: TextField = "1ep") -> list[Phase]:
    """The learning rate shrinks by the same factor in each `decay_period`.

    Formula: lr·gamma^(t/decay_period), t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, ExponentialScheduler

    Args:
        gamma: factor of each period
        decay_period: a time, such as `100ba` or `1ep`
    """
    over = trainer.stretch("decay_period", decay_period)
    return [Phase("exponential", trainer.curve(partial(powered, gamma, np.positive), over, monotone=gamma >= 0))]


@scheduler
def MultiStepScheduler(trainer: TrainerField, milestones: TimesField, gamma: ShrinkField = 0.1) -> list[Phase]:
    """A drop by the same factor at each milestone; one named twice counts twice.

    Formula: lr·gamma^(milestones at or before t), t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, MultiStepScheduler
    """
    return MultiStepWithWarmupScheduler(trainer, Warmup("0ba"), milestones, gamma)


@scheduler
def MultiStepWithWarmupScheduler(
    trainer: TrainerField, warmup: WarmupField, milestones: TimesField, gamma: ShrinkField = 0.1
) -> list[Phase]:
    """A straight warmup, then a drop by the same factor at each milestone, those in the warmup at its end.

    Formula: lr·t/t_warmup, then lr·gamma^(milestones at or before t), t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, MultiStepWithWarmupScheduler
    """
    skip = trainer.batches(warmup.end(trainer))  # milestones count from the beginning of the run
    edges = [max(trainer.batches(trainer.time("milestones", each)) - skip, 0) for each in milestones]
    levels = trainer.frame.base_value() * np.cumprod([1.0, *[gamma] * len(edges)], dtype=np.float64)
    drops = Plateaus(max(trainer.frame.length - skip, 1), np.array(sorted(edges), dtype=np.int64), levels)
    return [*warmup.phases(trainer), Phase("multistep", drops)]


@scheduler
def ConstantScheduler(trainer: TrainerField, alpha: NumberField = 1.0, t_max: EndField = "1dur") -> list[Phase]:
    """A share of the learning rate until `t_max`, and all of it from then on.

    Formula: lr·alpha, then lr
    Source: composer/optim/scheduler.py, ConstantScheduler

    Args:
        alpha: the share
    """
    base, length = trainer.frame.base_value(), trainer.batches(trainer.time("t_max", t_max))
    rest = Phase("hold", Flat(max(trainer.frame.length - length, 1), base))
    return [Phase("constant", Flat(length, base * alpha)), rest] if length else [rest]


@scheduler
def LinearScheduler(
    trainer: TrainerField, alpha_i: StartField = 1.0, alpha_f: FloorField = 0.0, t_max: EndField = "1dur"
) -> list[Phase]:
    """A straight line between two shares of the learning rate, and the second one from then on.

    Formula: lr·(alpha_i + (alpha_f − alpha_i)·min(1, t/t_max)), t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, LinearScheduler
    """
    return [Phase("linear", trainer.anneal(partial(linear, alpha_i, alpha_f), trainer.stretch("t_max", t_max)))]


@scheduler
def CosineAnnealingScheduler(trainer: TrainerField, t_max: EndField = "1dur", alpha_f: FloorField = 0.0) -> list[Phase]:
    """Half a cosine to a share of the learning rate, which holds.

    Formula: lr·(alpha_f + (1 − alpha_f)·(1 + cos(π·min(1, t/t_max)))/2), t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, CosineAnnealingScheduler
    """
    return [Phase("cosine", trainer.anneal(partial(cosine, alpha_f), trainer.stretch("t_max", t_max)))]


@scheduler
def PolynomialScheduler(
    trainer: TrainerField, power: NumberField, t_max: EndField = "1dur", alpha_f: FloorField = 0.0
) -> list[Phase]:
    """A polynomial decay to a share of the learning rate, which holds.

    Formula: lr·(alpha_f + (1 − alpha_f)·(1 − min(1, t/t_max))^power), t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, PolynomialScheduler
    """
    return [Phase("polynomial", trainer.polynomial(power, alpha_f, trainer.stretch("t_max", t_max)))]


VANISHED = "ValueError: Interval between restarts for cosine annealing/warm restarts scheduler has decayed to 0."


@scheduler
def CosineAnnealingWarmRestartsScheduler(
    trainer: TrainerField,
    t_0: Annotated[TextField, Role.PERIOD, Example("10ep")],
    t_mult: GrowthField = 1.0,
    alpha_f: FloorField = 0.0,
) -> list[Phase]:
    """Half cosines to a share of the learning rate, each starting over from all of it.

    The length of each is rounded down. With `t_mult` below 1 they shrink to nothing, which raises.

    Formula: lr·(alpha_f + (1 − alpha_f)·(1 + cos(π·t_i/T_i))/2), T_0 = t_0, T_(i+1) = ⌊t_mult·T_i⌋, and t_i is
        the time in cycle i
    Source: composer/optim/scheduler.py, CosineAnnealingWarmRestartsScheduler; Loshchilov & Hutter 2017
        (arXiv:1608.03983)

    Args:
        t_0: time of the first cosine, such as `100ba` or `5ep`
        t_mult: each is this many times as long as the one before
        alpha_f: factor at the end of each cosine
    """
    if t_mult < 0:
        raise Fault("cycles of a negative length never end", field="t_mult", help="give 1 or more")
    first = trainer.time("t_0", t_0)
    if first.value <= 0:
        raise Fault(VANISHED, field="t_0", help=f"`{t_0}` is {first}")
    starts, lengths, following = cycles(int(first.value), t_mult)
    curve = trainer.cycling(partial(cosine, alpha_f), first.unit, starts, lengths, endless=following == lengths[-1])
    if following == 0:
        curve = Bounded(curve, trainer.batches(replace(first, value=starts[-1] + lengths[-1])), VANISHED)
    return [Phase("cosine", curve)]


@scheduler
def ConstantWithWarmupScheduler(
    trainer: TrainerField, warmup: WarmupField, alpha: PeakShareField = 1.0, t_max: EndField = "1dur"
) -> list[Phase]:
    """A straight warmup to a share of the learning rate, which holds, past `t_max` too.

    Formula: lr·alpha·t/t_warmup, then lr·alpha, t = max(k − 1, 0)
    Source: composer/optim/scheduler.py, ConstantWithWarmupScheduler
    Also: constant_with_warmup

    Args:
        alpha: the share
        t_max: a time not before the end of the run
    """
    rest = trainer.curve(partial(linear, alpha, alpha), warmup.left(t_max, trainer))
    return [*warmup.phases(trainer, alpha), Phase("constant", rest)]


@scheduler
def LinearWithWarmupScheduler(
    trainer: TrainerField,
    warmup: WarmupField,
    alpha_i: PeakShareField = 1.0,
    alpha_f: FloorField = 0.0,
    t_max: EndField = "1dur",
) -> list[Phase]:
    """A straight warmup, then a straight line to a share of the learning rate, which holds.

    Formula: lr·alpha_i·t/t_warmup, then lr·(alpha_i + (alpha_f − alpha_i)·u), t = max(k − 1, 0) and
        u = min(1, (t − t_warmup)/(t_max − t_warmup)), or 0 if t_max is not after t_warmup
    Source: composer/optim/scheduler.py, LinearWithWarmupScheduler
    Also: linear_decay_with_warmup

    Args:
        alpha_i: factor that the warmup leads to
        t_max: time of the end, not before that of the run, such as `1000ba`, `3ep` or `1dur`
    """
    rest = trainer.anneal(partial(linear, alpha_i, alpha_f), warmup.left(t_max, trainer))
    return [*warmup.phases(trainer, alpha_i), Phase("linear", rest)]


@scheduler
def CosineAnnealingWithWarmupScheduler(
    trainer: TrainerField, warmup: WarmupField, t_max: EndField = "1dur", alpha_f: FloorField = 0.0
) -> list[Phase]:
    """A straight warmup, then half a cosine to a share of the learning rate, which holds.

    Formula: lr·t/t_warmup, then lr·(alpha_f + (1 − alpha_f)·(1 + cos πu)/2), t = max(k − 1, 0) and
        u = min(1, (t − t_warmup)/(t_max − t_warmup)), or 0 if t_max is not after t_warmup
    Source: composer/optim/scheduler.py, CosineAnnealingWithWarmupScheduler
    Also: cosine_with_warmup

    Args:
        t_max: time of the end, not before that of the run, such as `1000ba`, `3ep` or `1dur`
    """
    rest = trainer.anneal(partial(cosine, alpha_f), warmup.left(t_max, trainer))
    return [*warmup.phases(trainer), Phase("cosine", rest)]


@scheduler
def PolynomialWithWarmupScheduler(
    trainer: TrainerField,
    warmup: WarmupField,
    power: NumberField = 2.0,
    t_max: EndField = "1dur",
    alpha_f: FloorField = 0.0,
) -> list[Phase]:
    """A straight warmup, then a polynomial decay to a share of the learning rate, which holds.

    Formula: lr·t/t_warmup, then lr·(alpha_f + (1 − alpha_f)·(1 − u)^power), t = max(k − 1, 0) and
        u = min(1, (t − t_warmup)/(t_max − t_warmup)), or 0 if t_max is not after t_warmup
    Source: composer/optim/scheduler.py, PolynomialWithWarmupScheduler

    Args:
        t_max: time of the end, not before that of the run, such as `1000ba`, `3ep` or `1dur`
    """
    rest = trainer.polynomial(power, alpha_f, warmup.left(t_max, trainer))
    return [*warmup.phases(trainer), Phase("polynomial", rest)]
