"""OLMo-core: olmo_core.optim.scheduler.

The value at update k is the one that the trainer sets before it: its counter reads n = k + 1 then, or the tokens of
n updates. The end T of a schedule is the length of the run, so that the last update has the end value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from functools import partial
from itertools import zip_longest
from math import pi
from typing import Annotated, Any

import numpy as np

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Flat, direction
from lrplot.curves.exceptions import COMPLEX, DIVISION, FLOAT_DIVISION, ZERO_POWER
from lrplot.curves.formulas import Formula, until
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.frameworks.olmo_core.parts import (
    DecayField,
    OverrideField,
    Run,
    RunField,
    Stage,
    Units,
    Warmup,
    WarmupBelow,
    WarmupField,
    decay_phase,
    flat,
    in_turn,
    length_of,
    stage_phase,
    value_at,
    warmup_phase,
)
from lrplot.frameworks.shared.arguments import FloorField, HandoversField, OptionalHorizonField, StartField
from lrplot.frameworks.shared.children import own
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Adapted, Framework
from lrplot.lazy import dataclass
from lrplot.schema.annotations import NumberField, OptionalCount, OptionalNumber
from lrplot.schema.fields import Example, Inline
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe, RecipesField
from lrplot.schema.types import Count, Many, Number, Record

FRAMEWORK = Framework(
    name="olmo_core",
    distribution="ai2-olmo-core",
    version="3.0.0",
    aliases=("olmo-core", "olmo"),
    modules=("olmo_core.optim.scheduler", "olmo_core.optim"),
    left_out=("optimizer", "lr_field", "initial_lr_field"),
    glossary={
        "alpha_f": "share of the learning rate at the end",
        "t_max": "end of the schedule; that of the run if absent",
        "override_decay": "a decay that replaces everything from its `start` on",
    },
)


@dataclass(eq=False)
class Clocked(Tracks):
    """A schedule; `build` gives its curve over the clock, for a learning rate and a length."""

    build: Callable[[float, int], Sequence] = field(kw_only=True)


def scheduler(function: Callable[..., Sequence]) -> Callable[..., Sequence]:
    """Register `function(run, **arguments)`, which gives a curve over the clock."""
    FRAMEWORK.add(function.__name__, Adapted(function, _clocked))
    return function


def _clocked(function: Callable[..., Sequence], frame: Frame, run: Units, **arguments: Any) -> Tracks:
    per, total = 1, frame.length
    if run.units == "tokens":
        per, total = _tokens(frame)

    def build(lr: float, total: int) -> Sequence:
        return function(Run(frame, lr, total), **arguments)

    curve = Lasting(frame.length * per, build(frame.base_value(), total), per)
    return Clocked(Stepped(frame.length, curve, times=per), build=build)


def _tokens(frame: Frame) -> tuple[int, int]:
    """The tokens of an update, and those of the run."""
    base = frame.timebase
    per = int(base.rates.per_step("tokens"))
    given = base.unit == "tokens" and frame.length == base.steps and base.amount.denominator == 1
    return per, int(base.amount) if given else frame.length * per


@scheduler
def ConstantScheduler(run: RunField) -> Sequence:
    """The learning rate itself, unchanged.

    Formula: lr
    Source: olmo_core/optim/scheduler.py, ConstantScheduler
    """
    return in_turn(run, flat("constant", run.lr))


@scheduler
def ConstantWithWarmup(run: RunField, warmup: WarmupField) -> Sequence:
    """The learning rate itself, after a warmup.

    Formula: m + (lr − m)·min(n, w)/w with m = warmup_min_lr and w = warmup
    Source: olmo_core/optim/scheduler.py, ConstantWithWarmup
    """
    steps = warmup.steps(run.total)
    return in_turn(run, warmup_phase(run.lr, warmup.warmup_min_lr, steps, steps + 1), flat("constant", run.lr))


@scheduler
def WSD(run: RunField, warmup: WarmupField, decay: DecayField) -> Sequence:
    """Warmup, a constant part and a linear decay that ends with the run.

    Formula: m + (lr − m)·n/w up to w = warmup, with m = warmup_min_lr; then lr; from T − d on
        decay_min_lr + (lr − decay_min_lr)·(T − n)/d with d = decay
    Source: olmo_core/optim/scheduler.py, WSD; Hu et al. 2024 (arXiv:2404.06395)
    """
    steps, fall = warmup.steps(run.total), decay.steps(run.total)
    begin = max(run.total - fall, steps + 1)
    return in_turn(
        run,
        warmup_phase(run.lr, warmup.warmup_min_lr, steps, steps + 1),
        flat("stable", run.lr, begin - steps - 1),
        decay_phase(run.lr, decay.decay_min_lr, fall, run.total, begin),
    )


@scheduler
def PowerLR(run: RunField, warmup: WarmupField, decay: DecayField, b: NumberField = -0.51) -> Sequence:
    """Warmup, a decay with a power of the time, and a linear decay that ends with the run.

    Formula: m + (lr − m)·n/w up to w = warmup, with m = warmup_min_lr; then lr·(n/w)^b; from T − d on
        decay_min_lr + (lr·((T − d)/w)^b − decay_min_lr)·(T − n)/d with d = decay
    Source: olmo_core/optim/scheduler.py, PowerLR; Shen et al. 2024 (arXiv:2408.13359)

    Args:
        b: exponent, below 0
    """
    require(b < 0, "b", "OLMoConfigurationError: 'b' must be negative for a decaying power-law.")
    steps, fall = warmup.steps(run.total), decay.steps(run.total)
    begin, edge = max(run.total - fall, steps + 1), run.total - fall
    ramp = warmup_phase(run.lr, warmup.warmup_min_lr, steps, steps + 1)
    error = DIVISION if not steps else ZERO_POWER if not edge else COMPLEX
    if not steps or edge <= 0:
        return in_turn(run, ramp, Phase("decay", Bounded(Flat(1, run.lr), 0, error)))
    power = Formula(begin - steps - 1, partial(_power, run.lr, steps, b, steps + 1))
    first = run.lr * (edge / steps) ** b
    tail = decay_phase(first, decay.decay_min_lr, fall, run.total, begin)
    return in_turn(run, ramp, Phase("power", power), tail)


def _power(lr: float, steps: int, b: float, lead: int, t: Floats) -> Floats:
    return np.asarray(lr * np.power((t + lead) / steps, b))


@scheduler
def LinearWithWarmup(
    run: RunField, warmup: WarmupField, alpha_f: NumberField = 0.1, t_max: OptionalHorizonField = None
) -> Sequence:
    """Warmup and a straight line to a share of the learning rate, which holds.

    Formula: m + (lr − m)·n/w up to w = warmup, with m = warmup_min_lr; then lr − lr·(1 − alpha_f)·(n − w)/(t_max − w)
    Source: olmo_core/optim/scheduler.py, LinearWithWarmup
    """
    return _annealed(run, warmup, "linear", run.lr, alpha_f, t_max, _linear)


@scheduler
def InvSqrtWithWarmup(run: RunField, warmup: WarmupField, alpha_f: NumberField = 0.1) -> Sequence:
    """Warmup and a decay with the root of the time, which comes ever nearer to a share of the learning rate.

    Formula: m + (lr − m)·n/w up to w = warmup, with m = warmup_min_lr; then lr·(alpha_f + (1 − alpha_f)·√(w/n))
    Source: olmo_core/optim/scheduler.py, InvSqrtWithWarmup
    """
    steps = warmup.steps(run.total)
    low = run.lr * alpha_f
    fall = Formula(1, partial(_inverse_root, run.lr, low, steps), meant=direction(run.lr, low))
    ramp = warmup_phase(run.lr, warmup.warmup_min_lr, steps, steps)
    return in_turn(run, ramp, Phase("inverse_sqrt", Lasting(1, fall, steps)))


def _inverse_root(lr: float, low: float, steps: int, n: Floats) -> Floats:
    return np.asarray(low + (lr - low) * np.sqrt(steps / np.maximum(n, 1)))


@scheduler
def CosWithWarmup(
    run: RunField, warmup: WarmupField, alpha_f: NumberField = 0.1, t_max: OptionalHorizonField = None
) -> Sequence:
    """Warmup and half a cosine to a share of the learning rate, which holds.

    Formula: m + (lr − m)·n/w up to w = warmup, with m = warmup_min_lr; then
        lr·(alpha_f + (1 − alpha_f)·(1 + cos(π·(n − w)/(t_max − w)))/2)
    Source: olmo_core/optim/scheduler.py, CosWithWarmup
    """
    return _annealed(run, warmup, "cosine", run.lr, alpha_f, t_max, _cosine)


@scheduler
def HalfCosWithWarmup(
    run: RunField,
    warmup: Annotated[WarmupBelow, Inline(WarmupBelow)],
    alpha_f: NumberField = 0.1,
    t_max: OptionalHorizonField = None,
) -> Sequence:
    """Warmup to the middle of a cosine and its second half, to a share of the learning rate, which holds.

    Formula: m + (p − m)·n/w up to w = warmup, with m = warmup_min_lr and p = lr·(1 + alpha_f)/2; then
        lr·(alpha_f + (1 − alpha_f)·(1 + cos(π·(1 + (n − w)/(t_max − w))/2))/2)
    Source: olmo_core/optim/scheduler.py, HalfCosWithWarmup
    """
    low = run.lr * alpha_f
    return _annealed(run, warmup, "cosine", low + (run.lr - low) / 2, alpha_f, t_max, _half_cosine)


def _annealed(
    run: Run,
    warmup: Warmup,
    name: str,
    peak: float,
    alpha_f: float,
    t_max: int | None,
    shape: Callable[[float, float, int, Floats], Floats],
) -> Sequence:
    """A warmup to `peak` and a shape from there to a share of the learning rate, which holds."""
    total, low = run.total if t_max is None else t_max, run.lr * alpha_f
    steps = warmup.steps(total)
    span = total - steps
    rest = flat("end", low)
    if span > 0:
        function = partial(until, span, partial(shape, run.lr, low, span), low)
        rest = Phase(name, Formula(1, function, over=span + 1, meant=direction(peak, low), held=True))
    return in_turn(run, warmup_phase(peak, warmup.warmup_min_lr, steps, steps), rest)


def _linear(lr: float, low: float, span: int, t: Floats) -> Floats:
    return np.asarray(lr - (lr - low) * (t / span))


def _cosine(lr: float, low: float, span: int, t: Floats) -> Floats:
    return np.asarray(low + (lr - low) * (1 + np.cos(pi * t / span)) / 2)


def _half_cosine(lr: float, low: float, span: int, t: Floats) -> Floats:
    return _cosine(lr, low, 2 * span, t + span)


@scheduler
def CosWithWarmupAndLinearDecay(
    run: RunField,
    warmup: WarmupField,
    decay: DecayField,
    alpha_f: NumberField = 0.1,
    t_max: OptionalCount = None,
) -> Sequence:
    """Warmup and half a cosine, which a linear decay that ends with the run cuts short.

    Formula: that of CosWithWarmup up to T − d with d = decay; then decay_min_lr + (c − decay_min_lr)·(T − n)/d, c being
        its value at T − d
    Source: olmo_core/optim/scheduler.py, CosWithWarmupAndLinearDecay

    Args:
        t_max: end of the whole cosine; that of the run if absent
    """
    whole = CosWithWarmup(run, warmup, alpha_f, t_max)
    fall = decay.steps(run.total)
    edge = run.total - fall
    early = whole.phases[0]  # which OLMo-core continues below 0, unless it has no length
    require(edge >= 0 or early.role is Role.WARMUP, "decay", FLOAT_DIVISION, "make the decay shorter")
    first = value_at(whole if edge >= 0 else early.curve, edge)
    begin = max(edge, 0)
    tail = decay_phase(first, decay.decay_min_lr, fall, run.total, begin)
    return in_turn(run, Phase("", Lasting(begin, whole)), tail)


@scheduler
def ComposableScheduler(
    run: RunField,
    stages: Annotated[tuple[Stage, ...], Many(Record(Stage)), Example("[{duration: 500, end_lr: 0}]")],
    override_decay: OverrideField = None,
) -> Sequence:
    """Stages one after the other, each a line or half a cosine; the last value holds.

    Formula: a + (b − a)·t/duration or b + (a − b)·(1 + cos(π·t/duration))/2 in each stage from a to b
    Source: olmo_core/optim/scheduler.py, ComposableScheduler

    Args:
        stages: duration, shape and ends of each
    """
    require(len(stages) > 0, "stages", "OLMoConfigurationError: 'stages' must be specified and non-empty.")
    phases, last = [], run.lr
    for stage in stages:
        first, last = stage.ends(run.lr, last)
        phases.append(stage_phase(stage.shape, first, last, stage.duration))
    curve = in_turn(run, *phases, flat("end", last))
    return curve if override_decay is None else override_decay.curve(run, curve)


@scheduler
def SequentialScheduler(
    run: RunField,
    schedulers: Annotated[RecipesField, Example("[{use: olmo_core.ConstantScheduler}]")],
    schedulers_max: HandoversField | None = None,
    schedulers_max_steps: HandoversField | None = None,
    override_decay: OverrideField = None,
) -> Sequence:
    """Schedulers one after the other, each with the last value of the one before as its learning rate.

    Formula: schedulers[i](n − begin) with the length schedulers_max[i], begin being the sum of those before
    Source: olmo_core/optim/scheduler.py, SequentialScheduler

    Args:
        schedulers: OLMo-core's own, such as `{use: olmo_core.WSD, warmup: 100}`
        schedulers_max: length of each scheduler; the last one runs to the end
        schedulers_max_steps: the same under its old name
    """
    name = "schedulers_max" if schedulers_max is not None or schedulers_max_steps is None else "schedulers_max_steps"
    spans = schedulers_max_steps if schedulers_max is None else schedulers_max
    require(
        spans is not None,
        name,
        "OLMoConfigurationError: 'schedulers_max' must be specified",
        "add `schedulers_max: []`, the lengths of all but the last",
    )
    spans = (spans or ())[: len(schedulers) - 1] if len(spans or ()) == len(schedulers) else spans or ()
    error = "OLMoConfigurationError: Max steps must be set for all schedulers except the last"
    require(len(spans) + 1 == len(schedulers), name, error, f"give {len(schedulers) - 1}")
    inner = in_turn(run, *_handed_over(run, schedulers, spans))
    curve = inner if override_decay is None else override_decay.curve(run, inner)
    ended = Bounded(curve, run.total + 1, "AssertionError: assert 0 <= current <= t_max")
    return Sequence(run.total, (Phase("", ended),), open=True)


def _handed_over(run: Run, schedulers: tuple[Recipe, ...], spans: tuple[int, ...]) -> Iterator[Phase]:
    """The phases of schedulers that take over one time after the length of the one before."""
    lr, left_over = run.lr, run.total
    for i, (recipe, span) in enumerate(zip_longest(schedulers, spans)):
        last = i == len(spans)
        total = left_over if last else min(left_over, span)
        if i and left_over <= 0:
            return
        frame = replace(run.frame, base=lr, default=None, length=total)
        build = own(recipe, frame, "OLMo-core", "SequentialScheduler", Clocked).build
        lead = 1 if i else 0
        length = 1 if last else span + 1 - lead
        yield Phase(recipe.title, Lasting(length, build(lr, total), lead), origin=recipe.use(run.frame))
        if not last:
            lr, left_over = value_at(build(lr, span), span), left_over - span


@scheduler
def WSDS(
    run: RunField,
    period_lengths: Annotated[tuple[int, ...], Many(Count())],
    period_lr_multipliers: Annotated[tuple[float, ...], Many(Number(above=0))] | None = None,
    warmup: Annotated[OptionalCount, Role.WARMUP] = None,
    warmup_fraction: Annotated[OptionalNumber, Role.WARMUP] = None,
    decay: Annotated[OptionalCount, Role.DECAY] = None,
    decay_fraction: Annotated[OptionalNumber, Role.DECAY] = None,
    warmup_min_lr: StartField = 0.0,
    decay_min_lr: FloorField = 0.0,
) -> Sequence:
    """A warmup, then periods of a constant part and a linear decay, the first one with the warmup.

    Formula: m + (lr − m)·n/w up to w = warmup, with m = warmup_min_lr; then lr in each period, and in its last
        d = decay decay_min_lr + (lr − decay_min_lr)·(end − n)/d
    Source: olmo_core/optim/scheduler.py, WSDS; Wen et al. 2024 (arXiv:2410.05192)

    Args:
        period_lengths: lengths of the periods
        period_lr_multipliers: factors of the learning rate in the periods
        warmup: length of the warmup
        warmup_fraction: the same as a share of the first period, rounded half to even, instead
        decay: length of the decay in each period
        decay_fraction: the same as a share of each period, rounded half to even, instead
        warmup_min_lr: where the warmup starts, at update −1
        decay_min_lr: where the decays end
    """
    error = "OLMoConfigurationError: 'period_lengths' must be provided and non-empty."
    require(len(period_lengths) > 0, "period_lengths", error)
    factors = period_lr_multipliers or (1.0,) * len(period_lengths)
    error = "OLMoConfigurationError: 'period_lr_multipliers' length must match 'period_lengths' length."
    require(len(factors) == len(period_lengths), "period_lr_multipliers", error)
    require(decay_min_lr >= 0, "decay_min_lr", "OLMoConfigurationError: 'decay_min_lr' must be >= 0.")
    steps = length_of("warmup", warmup, warmup_fraction, period_lengths[0])
    phases, begin = [warmup_phase(run.lr * factors[0], warmup_min_lr, steps, steps)], steps
    end = 0
    for i, (period, factor) in enumerate(zip(period_lengths, factors, strict=True)):
        lr, end, fall = run.lr * factor, end + period, length_of("decay", decay, decay_fraction, period)
        error = f"OLMoConfigurationError: Period {i}: decay ({fall}) exceeds period length ({period})."
        if i == 0:
            error = f"OLMoConfigurationError: First period: warmup ({steps}) + decay ({fall}) exceeds {period}."
        require(begin + fall <= end + (i > 0), "period_lengths", error, "make the decay or the warmup shorter")
        phases.append(flat("stable", lr, end - fall - begin))
        start = max(begin, end - fall)
        length = end + 1 - start if fall or i < len(period_lengths) - 1 else 0
        phases.append(Phase("decay", Lasting(length, decay_phase(lr, decay_min_lr, fall, end, start).curve)))
        begin = end + 1
    return in_turn(run, *phases, flat("end", decay_min_lr))


@scheduler
def ExponentialScheduler(run: RunField, lr_min: Annotated[NumberField, Role.START] = 1e-9) -> Sequence:
    """A geometric rise from `lr_min` to the learning rate at the end of the run, as for a search of the learning rate.

    Formula: lr_min·(lr/lr_min)^(n/T), then lr
    Source: olmo_core/optim/scheduler.py, ExponentialScheduler

    Args:
        lr_min: where it starts, at update −1
    """
    require(lr_min > 0, "lr_min", "OLMoConfigurationError: 'lr_min' must be positive.", "give a value above 0")
    function = partial(until, run.total, partial(_geometric, lr_min, run.lr / lr_min, run.total), run.lr)
    rise = Formula(1, function, over=run.total + 1, meant=direction(lr_min, run.lr), held=True)
    return in_turn(run, Phase("exponential", rise))


def _geometric(first: float, ratio: float, steps: int, n: Floats) -> Floats:
    return np.asarray(first * np.power(ratio, n / steps))
