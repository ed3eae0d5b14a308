"""OLMo-core: olmo_core.optim.scheduler.

The value at update k is the one that the trainer sets before it: its counter reads n = k + 1 then, or the tokens of
n updates. The end T of a schedule is the length of the run, so that the last update has
the end value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import zip_longest
from math import pi
from typing import Annotated, Any, Literal

import numpy as np

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat, direction
from lrplot.curves.exceptions import COMPLEX, DIVISION, FLOAT_DIVISION, ZERO_POWER
from lrplot.curves.formulas import Formula, cosine, line, until
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import FloorField, HandoversField, OptionalHorizonField, StartField
from lrplot.frameworks.shared.children import own
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Adapted, Framework
from lrplot.schema.annotations import CountField, NumberField, OptionalCount, OptionalNumber
from lrplot.schema.fields import Inline
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

Shape = Literal["linear", "cosine"]
Level = Annotated[float | None, Number(at_least=0)]


@dataclass(eq=False)
class Units:
    """The unit of a scheduler's clock.

    Args:
        units: unit of all times
    """

    units: Literal["steps", "tokens"] = "steps"


@dataclass(eq=False)
class Run:
    """The run that a schedule is for: its learning rate, and its length in units of the clock."""

    frame: Frame
    lr: float
    total: int


RunField = Annotated[Run, Inline(Units)]


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


def _length(name: str, count: int | None, share: float | None, total: int) -> int:
    """A length, be it given as a share of `total`."""
    error = f"OLMoConfigurationError: Either '{name}_fraction' or '{name}' must be specified."
    require((count is None) != (share is None), name, error, f"give one of `{name}` and `{name}_fraction`")
    error = f"OLMoConfigurationError: '{name}_fraction' must be between 0 and 1."
    require(share is None or 0 <= share <= 1, f"{name}_fraction", error)
    return round(total * (share or 0)) if count is None else count


@dataclass(eq=False)
class Warmup:
    """A linear warmup.

    Args:
        warmup: length of the warmup
        warmup_steps: the same under its old name
        warmup_fraction: the same as a share of the schedule's length, rounded half to even, instead
        warmup_min_lr: where the warmup starts, at update −1
    """

    warmup: Annotated[OptionalCount, Role.WARMUP] = None
    warmup_steps: Annotated[OptionalCount, Role.WARMUP] = None
    warmup_fraction: Annotated[OptionalNumber, Role.WARMUP] = None
    warmup_min_lr: StartField = 0.0

    def steps(self, total: int) -> int:
        """The length of the warmup of a schedule."""
        count = self.warmup_steps if self.warmup is None else self.warmup
        return _length("warmup", count, self.warmup_fraction, total)


@dataclass(eq=False)
class Decay:
    """A linear decay that ends with the run.

    Args:
        decay: length of the decay, in OLMo-core beside `decay_fraction: null`
        decay_steps: the same under its old name
        decay_fraction: the same as a share of the run, rounded half to even; 0.1 if neither is given
        decay_min_lr: where the decay ends
    """

    decay: Annotated[OptionalCount, Role.DECAY] = None
    decay_steps: Annotated[OptionalCount, Role.DECAY] = None
    decay_fraction: Annotated[OptionalNumber, Role.DECAY] = None
    decay_min_lr: FloorField = 0.0

    def steps(self, total: int) -> int:
        """The length of the decay of a schedule."""
        count = self.decay_steps if self.decay is None else self.decay
        share = 0.1 if count is None and self.decay_fraction is None else self.decay_fraction
        return _length("decay", count, share, total)


@dataclass(eq=False)
class WarmupBelow(Warmup):
    """A warmup that leads to less than the learning rate, by design."""

    warmup: OptionalCount = None
    warmup_steps: OptionalCount = None
    warmup_fraction: OptionalNumber = None


WarmupField = Annotated[Warmup, Inline(Warmup)]
DecayField = Annotated[Decay, Inline(Decay)]


def _in_turn(run: Run, *phases: Phase) -> Sequence:
    """Phases one after the other, without those that have no length."""
    *early, last = phases
    return Sequence(run.total, (*(each for each in early if each.curve.length > 0), last), open=True)


def _ramp(lr: float, low: float, steps: int, length: int) -> Phase:
    """A warmup of `steps` that takes `length`."""
    curve: Curve = Formula(length, partial(_rising, lr, low, steps))
    return Phase("warmup", _asserted(curve, low, lr, "warmup_min_lr"), Role.WARMUP)


def _rising(lr: float, low: float, steps: int, n: Floats) -> Floats:
    return np.asarray(low + (lr - low) * np.minimum(n, steps) / steps)


def _asserted(curve: Curve, low: float, lr: float, name: str) -> Curve:
    """A curve between two values; one without values if OLMo-core refuses them."""
    return curve if 0 <= low < lr else Bounded(curve, 0, f"AssertionError: assert 0 <= {name} < initial_lr")


def _flat(name: str, value: float, length: int = 1) -> Phase:
    return Phase(name, Flat(length, value))


def _tail(lr: float, low: float, steps: int, end: int, begin: int) -> Phase:
    """A decay of `steps` up to time `end`, from time `begin` on."""
    if not steps:
        return Phase("decay", Bounded(Flat(1, lr), 0, FLOAT_DIVISION))
    function = partial(_falling, lr, low, steps, end)
    fall = Formula(1, function, over=end + 1, meant=direction(lr, low), held=True)
    return Phase("decay", _asserted(Lasting(1, fall, begin), low, lr, "decay_min_lr"))


def _falling(lr: float, low: float, steps: int, end: int, n: Floats) -> Floats:
    return np.asarray(low + (lr - low) * np.clip(end - n, 0, steps) / steps)


@scheduler
def ConstantScheduler(run: RunField) -> Sequence:
    """The learning rate itself, unchanged.

    Formula: lr
    Source: olmo_core/optim/scheduler.py, ConstantScheduler
    """
    return _in_turn(run, _flat("constant", run.lr))


@scheduler
def ConstantWithWarmup(run: RunField, warmup: WarmupField) -> Sequence:
    """The learning rate itself, after a warmup.

    Formula: m + (lr − m)·min(n, w)/w with m = warmup_min_lr and w = warmup
    Source: olmo_core/optim/scheduler.py, ConstantWithWarmup
    """
    steps = warmup.steps(run.total)
    return _in_turn(run, _ramp(run.lr, warmup.warmup_min_lr, steps, steps + 1), _flat("constant", run.lr))


@scheduler
def WSD(run: RunField, warmup: WarmupField, decay: DecayField) -> Sequence:
    """Warmup, a constant part and a linear decay that ends with the run.

    Formula: m + (lr − m)·n/w up to w = warmup, with m = warmup_min_lr; then lr; from T − d on
        decay_min_lr + (lr − decay_min_lr)·(T − n)/d with d = decay
    Source: olmo_core/optim/scheduler.py, WSD; Hu et al. 2024 (arXiv:2404.06395)
    """
    steps, fall = warmup.steps(run.total), decay.steps(run.total)
    begin = max(run.total - fall, steps + 1)
    return _in_turn(
        run,
        _ramp(run.lr, warmup.warmup_min_lr, steps, steps + 1),
        _flat("stable", run.lr, begin - steps - 1),
        _tail(run.lr, decay.decay_min_lr, fall, run.total, begin),
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
    ramp = _ramp(run.lr, warmup.warmup_min_lr, steps, steps + 1)
    error = DIVISION if not steps else ZERO_POWER if not edge else COMPLEX
    if not steps or edge <= 0:
        return _in_turn(run, ramp, Phase("decay", Bounded(Flat(1, run.lr), 0, error)))
    power = Formula(begin - steps - 1, partial(_power, run.lr, steps, b, steps + 1))
    first = run.lr * (edge / steps) ** b
    tail = _tail(first, decay.decay_min_lr, fall, run.total, begin)
    return _in_turn(run, ramp, Phase("power", power), tail)


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
    ramp = _ramp(run.lr, warmup.warmup_min_lr, steps, steps)
    return _in_turn(run, ramp, Phase("inverse_sqrt", Lasting(1, fall, steps)))


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
    rest = _flat("end", low)
    if span > 0:
        function = partial(until, span, partial(shape, run.lr, low, span), low)
        rest = Phase(name, Formula(1, function, over=span + 1, meant=direction(peak, low), held=True))
    return _in_turn(run, _ramp(peak, warmup.warmup_min_lr, steps, steps), rest)


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
    first = _at(whole if edge >= 0 else early.curve, edge)
    begin = max(edge, 0)
    tail = _tail(first, decay.decay_min_lr, fall, run.total, begin)
    return _in_turn(run, Phase("", Lasting(begin, whole)), tail)


def _at(curve: Curve, n: int) -> float:
    """The value of a curve at a time; a `Fault` if OLMo-core raises there."""
    (value,) = curve.values(np.array([n], dtype=np.int64)).tolist()
    if reason := curve.failure(n) if np.isnan(value) else None:
        raise Fault(reason)
    return float(value)


@dataclass(eq=False)
class Stage:
    """A stage of a composed schedule.

    Args:
        duration: length of the stage
        shape: shape of the way
        start_lr: first value; that at which the stage before ends if absent
        start_lr_fraction: the same as a share of the learning rate, instead
        end_lr: last value
        end_lr_fraction: the same as a share of the learning rate, instead
    """

    duration: Annotated[int, Count()]
    shape: Shape = "linear"
    start_lr: Level = None
    start_lr_fraction: Level = None
    end_lr: Level = None
    end_lr_fraction: Level = None

    def ends(self, lr: float, before: float) -> tuple[float, float]:
        """The first and the last value, after a stage that ends at `before`."""
        if self.start_lr is not None and self.start_lr_fraction is not None:
            message = "OLMoConfigurationError: Specify at most one of 'start_lr' or 'start_lr_fraction' for a stage."
            raise Fault(message, field="stages", help="remove one of them")
        first = self.start_lr if self.start_lr_fraction is None else lr * self.start_lr_fraction
        return before if first is None else first, _end(lr, self.end_lr, self.end_lr_fraction, "stages")


@dataclass(eq=False)
class Override:
    """A decay that replaces a schedule from a time on.

    Args:
        start: when the decay starts, at the schedule's value there
        duration: length of the decay
        shape: shape of the decay
        end_lr: last value
        end_lr_fraction: the same as a share of the learning rate, instead
    """

    start: CountField
    duration: Annotated[int, Count()]
    shape: Shape = "linear"
    end_lr: Level = None
    end_lr_fraction: Level = None

    def curve(self, run: Run, inner: Sequence) -> Sequence:
        """The schedule with the decay."""
        last = _end(run.lr, self.end_lr, self.end_lr_fraction, "override_decay")
        ramp = _way(self.shape, _at(inner, self.start), last, self.duration)
        return _in_turn(run, Phase("", Lasting(self.start, inner)), ramp, _flat("end", last))


OverrideField = Annotated[Override | None, Record(Override)]


def _end(lr: float, value: float | None, share: float | None, field: str) -> float:
    """The last value of a stage."""
    error = "OLMoConfigurationError: Specify exactly one of 'end_lr' or 'end_lr_fraction' for each stage."
    require((value is None) != (share is None), field, error, "give one of them")
    return lr * (share or 0.0) if value is None else value


def _way(shape: Shape, first: float, last: float, steps: int) -> Phase:
    ramp = line if shape == "linear" else cosine
    return Phase(shape, ramp(steps, first, last, steps))


@scheduler
def ComposableScheduler(
    run: RunField, stages: Annotated[tuple[Stage, ...], Many(Record(Stage))], override_decay: OverrideField = None
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
        phases.append(_way(stage.shape, first, last, stage.duration))
    curve = _in_turn(run, *phases, _flat("end", last))
    return curve if override_decay is None else override_decay.curve(run, curve)


@scheduler
def SequentialScheduler(
    run: RunField,
    schedulers: RecipesField,
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
    require(spans is not None, name, "OLMoConfigurationError: 'schedulers_max' must be specified")
    spans = (spans or ())[: len(schedulers) - 1] if len(spans or ()) == len(schedulers) else spans or ()
    error = "OLMoConfigurationError: Max steps must be set for all schedulers except the last"
    require(len(spans) + 1 == len(schedulers), name, error, f"give {len(schedulers) - 1}")
    inner = _in_turn(run, *_handed_over(run, schedulers, spans))
    curve = inner if override_decay is None else override_decay.curve(run, inner)
    ended = Bounded(curve, run.total + 1, "AssertionError: assert 0 <= current <= t_max")
    return Sequence(run.total, (Phase("", ended),), open=True)


def _handed_over(run: Run, schedulers: tuple[Recipe, ...], spans: tuple[int, ...]) -> Iterator[Phase]:
    """The phases of schedulers that take over one time after the length of the one before."""
    lr, left_over = run.lr, run.total
    for i, (recipe, span) in enumerate(zip_longest(schedulers, spans)):
        last = i == len(spans)
        total = left_over if last else min(left_over, span)
        if left_over <= 0:
            return
        frame = replace(run.frame, base=lr, default=None, length=total)
        build = own(recipe, frame, "OLMo-core", "SequentialScheduler", Clocked).build
        lead = 1 if i else 0
        length = 1 if last else span + 1 - lead
        yield Phase(recipe.title, Lasting(length, build(lr, total), lead), origin=recipe.use(run.frame))
        if not last:
            lr, left_over = _at(build(lr, span), span), left_over - span


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
    steps = _length("warmup", warmup, warmup_fraction, period_lengths[0])
    phases, begin = [_ramp(run.lr * factors[0], warmup_min_lr, steps, steps)], steps
    end = 0
    for i, (period, factor) in enumerate(zip(period_lengths, factors, strict=True)):
        lr, end, fall = run.lr * factor, end + period, _length("decay", decay, decay_fraction, period)
        error = f"OLMoConfigurationError: Period {i}: decay ({fall}) exceeds period length ({period})."
        if i == 0:
            error = f"OLMoConfigurationError: First period: warmup ({steps}) + decay ({fall}) exceeds {period}."
        require(begin + fall <= end + (i > 0), "period_lengths", error, "make the decay or the warmup shorter")
        phases.append(_flat("stable", lr, end - fall - begin))
        start = max(begin, end - fall)
        length = end + 1 - start if fall or i < len(period_lengths) - 1 else 0
        phases.append(Phase("decay", Lasting(length, _tail(lr, decay_min_lr, fall, end, start).curve)))
        begin = end + 1
    return _in_turn(run, *phases, _flat("end", decay_min_lr))


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
    return _in_turn(run, Phase("exponential", rise))


def _geometric(first: float, ratio: float, steps: int, n: Floats) -> Floats:
    return np.asarray(first * np.power(ratio, n / steps))
