"""NVIDIA NeMo: nemo.core.optim.lr_scheduler.

The value at update k is the one after k calls of the scheduler's `step()`. A warmup of w steps lasts w + 1 updates:
update 0 has 1/(w + 1) of the learning rate, update w all of it. The last update before `min_lr` is `max_steps`.
"""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DOMAIN, FLOAT_DIVISION
from lrplot.curves.formulas import Formula
from lrplot.curves.laws import Noam
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.nemo.parts import HeldField, KeptField, Plan, Warmup, WarmupField
from lrplot.frameworks.shared.arguments import FRESH, FloorField, HorizonField, OptionalHorizonField
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import constant, in_turn
from lrplot.frameworks.shared.shares import Share, left, root_left, waves_left
from lrplot.lazy import dataclass
from lrplot.schema.annotations import CountField, FlagField, FreshField, NumberField, OptionalCount, OptionalNumber
from lrplot.schema.frame import Frame
from lrplot.schema.types import Count

FRAMEWORK = Framework(
    name="nemo",
    distribution="nemo_toolkit",
    version="3.0.0",
    aliases=("nemo_toolkit",),
    modules=("nemo.core.optim.lr_scheduler", "nemo.core.optim"),
    naming="name",
    glossary={
        "max_steps": "last update of the schedule, after which it has `min_lr`",
        "min_lr": "value after `max_steps`, and the least one of a decay",
        "last_epoch": FRESH,
        "power": "exponent",
        "cycle": "past its end a decay starts again instead of holding, from a lower value",
        "constant_steps": "updates at `min_lr` at the end",
        "constant_ratio": "the same as a share of `max_steps`, rounded down, instead",
    },
)
scheduler = FRAMEWORK.scheduler

ClipField = Annotated[NumberField, Role.CLIP]

TOO_LOW = "ValueError: received an initial learning rate that was lower than the minimum learning rate."
NO_MOST = "TypeError: '>' not supported between instances of 'int' and 'NoneType'"  # the check of `max_steps`


@scheduler()
def WarmupPolicy(
    frame: Frame,
    warmup: WarmupField,
    max_steps: OptionalHorizonField = None,
    min_lr: FloorField = 0.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """The learning rate itself after a warmup, up to `max_steps`.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, then lr; min_lr after max_steps
    Source: nemo/core/optim/lr_scheduler.py, WarmupPolicy

    Args:
        max_steps: last update of the schedule, which has no end if absent
        min_lr: value after max_steps
    """
    plan = Plan(frame, warmup.steps(max_steps), max_steps or 0, min_lr)
    return plan.curve(constant("constant", frame.base_value())) if max_steps is None else plan.level()


@scheduler()
def WarmupHoldPolicy(
    frame: Frame,
    held: HeldField,
    max_steps: OptionalHorizonField = None,
    min_lr: FloorField = 0.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """The learning rate itself after a warmup, up to `max_steps`, which it needs after the constant part.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, then lr; min_lr after max_steps
    Source: nemo/core/optim/lr_scheduler.py, WarmupHoldPolicy

    Args:
        max_steps: last update of the schedule
        min_lr: value after max_steps
    """
    warmup, hold = held.ends(max_steps)
    plan = Plan(frame, warmup, max_steps or 0, min_lr, hold)
    if max_steps is None:
        return plan.curve(Phase("constant", Bounded(Flat(1, frame.base_value()), 0, NO_MOST)))
    return plan.level()


@scheduler()
def WarmupHoldAnnealOneMinusSquareRoot(
    frame: Frame, held: HeldField, max_steps: HorizonField, min_lr: FloorField = 0.0, last_epoch: FreshField = -1
) -> Curve:
    """Warmup, a constant part, and a decay that is steep at first.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, lr up to h = w + hold_steps (h = 0 without hold_steps), then
        max(lr·(1 − √((k − h)/(T − h))), min_lr) up to T = max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, WarmupHoldAnnealOneMinusSquareRoot; Hägele et al. 2024 (arXiv:2405.18392)
    """
    warmup, hold = held.ends(max_steps)
    plan = Plan(frame, warmup, max_steps, min_lr, hold)
    function = partial(_clipped, frame.base_value(), min_lr, root_left, hold, max_steps - hold)
    return plan.divided("sqrt", function)


@scheduler()
def WarmupHoldAnnealLinear(
    frame: Frame, held: HeldField, max_steps: HorizonField, min_lr: FloorField = 0.0, last_epoch: FreshField = -1
) -> Curve:
    """Warmup, a constant part, and a straight line down.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, lr up to h = w + hold_steps (h = 0 without hold_steps), then
        lr − (lr − min_lr)·(k − h)/(T − h) up to T = max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, WarmupHoldAnnealLinear; Hu et al. 2024 (arXiv:2404.06395)
    """
    warmup, hold = held.ends(max_steps)
    plan = Plan(frame, warmup, max_steps, min_lr, hold)
    return plan.divided("linear", partial(_line, frame.base_value(), min_lr, hold, max_steps - hold))


@scheduler()
def WarmupAnnealHoldPolicy(
    frame: Frame, kept: KeptField, max_steps: HorizonField, min_lr: FloorField = 0.0, last_epoch: FreshField = -1
) -> Curve:
    """The learning rate itself after a warmup, and `min_lr` at the end.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, lr up to max_steps − constant_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, WarmupAnnealHoldPolicy

    Args:
        max_steps: last update of the schedule
        min_lr: value of the last updates
    """
    warmup, end = kept.ends(max_steps)
    return Plan(frame, warmup, end, min_lr).level()


@scheduler()
def CosineAnnealing(
    frame: Frame, kept: KeptField, max_steps: HorizonField, min_lr: FloorField = 0.0, last_epoch: FreshField = -1
) -> Curve:
    """A warmup and half a cosine; with a constant part at the end it is Megatron's, whose warmup starts at 0.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, then min_lr + (lr − min_lr)·(1 + cos(π·(k − w)/(T − w)))/2 up to
        T = max_steps, then min_lr. With c = constant_steps above 0: lr·k/w, and T = max_steps − c; all parameter groups
        have the values of the first one
    Source: nemo/core/optim/lr_scheduler.py, CosineAnnealing
    """
    warmup, end = kept.ends(max_steps)
    base, span = frame.base_value(), end - warmup
    if end == max_steps:
        plan = Plan(frame, warmup, max_steps, min_lr)
        if base < min_lr and plan.begin <= max_steps:
            return plan.curve(Phase("cosine", Bounded(Flat(1, base), 0, TOO_LOW)))
        return plan.divided("cosine", partial(_between, base, min_lr, warmup, span), FLOAT_DIVISION)
    peak = frame.default_value()
    if peak <= min_lr:
        error = TOO_LOW if peak < min_lr and not warmup else "AssertionError: assert max_lr > min_lr"
        raise Fault(error, field="min_lr", help="give less than `lr`")
    ramp = Formula(warmup + 1, partial(_proportional, peak, warmup)) if warmup else None
    plan = Plan(frame, warmup, end, min_lr, ramp=ramp)
    return plan.divided("cosine", partial(_between, peak, min_lr, warmup, span), FLOAT_DIVISION)


def _proportional(peak: float, warmup: int, k: Floats) -> Floats:
    return np.asarray(peak * np.minimum(k, warmup) / warmup)


@scheduler()
def NoamAnnealing(
    frame: Frame,
    d_model: Annotated[int, Count()],
    warmup_steps: OptionalCount = None,
    warmup_ratio: OptionalNumber = None,
    max_steps: OptionalCount = None,
    min_lr: ClipField = 0.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """A rise to the peak at `warmup_steps`, then a decay with the root of the update; the learning rate is a factor.

    Formula: lr·d_model^−½·min(n^−½, n·w^−3/2) with n = max(k, 1) and w = warmup_steps; at least min_lr after the warmup
    Source: nemo/core/optim/lr_scheduler.py, NoamAnnealing; Vaswani et al. 2017 (arXiv:1706.03762)

    Args:
        d_model: the model's width
        warmup_steps: update that has the peak; without a warmup that is update 0
        warmup_ratio: the same as a share of `max_steps`, rounded down, instead
        max_steps: only `warmup_ratio` is a share of it
        min_lr: least value after the warmup
    """
    base, steps = frame.base_value(), Warmup(warmup_steps, warmup_ratio).steps(max_steps)
    require(base >= min_lr, "min_lr", TOO_LOW, "give less than `lr`")
    function = partial(_noam, Noam(frame.length, base * d_model**-0.5, steps), min_lr)
    rise = Formula(steps, function, (1.0,))
    fall = Formula(1, function, (1.0, float(steps), steps + 1.0), meant=Role.DECAY)
    return in_turn(frame, Phase("warmup", rise, Role.WARMUP), Phase("inverse_sqrt", Lasting(1, fall, steps)))


def _noam(law: Noam, low: float, k: Floats) -> Floats:
    n = np.maximum(k, 1)
    values = law.values((n - 1).astype(np.int64))
    return np.where(n > law.warmup, np.maximum(values, low), values)


@scheduler()
def NoamHoldAnnealing(
    frame: Frame,
    held: HeldField,
    max_steps: HorizonField,
    decay_rate: NumberField = 0.5,
    min_lr: ClipField = 0.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """Warmup, a constant part, and a decay with a power of the update.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, lr up to w + hold_steps, then
        max(lr·max(1, w^decay_rate)/max(1, (k − hold_steps)^decay_rate), min_lr) up to max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, NoamHoldAnnealing; Kim et al. 2022, Squeezeformer (arXiv:2206.00888)

    Args:
        decay_rate: exponent of the decay; 0.5 is Noam's
    """
    warmup, hold = held.ends(max_steps)
    plan = Plan(frame, warmup, max_steps, min_lr, hold)
    if not warmup and plan.begin <= max_steps:
        error = "ValueError: Noam scheduler cannot be used without warmup steps"
        require(plan.begin > 0, "warmup_steps", error, "add `warmup_steps: 100`")
        return plan.curve(Phase("noam", Bounded(Flat(1, frame.base_value()), 0, error)))
    top = frame.base_value() * max(1, max(warmup, 1) ** decay_rate)
    return plan.fall("noam", partial(_power, top, decay_rate, max(hold - warmup, 0), min_lr))


def _power(top: float, rate: float, hold: int, low: float, k: Floats) -> Floats:
    return np.maximum(top / np.maximum(1, np.power(k - hold, rate)), low)


@scheduler()
def SquareAnnealing(
    frame: Frame, warmup: WarmupField, max_steps: HorizonField, min_lr: FloorField = 1e-5, last_epoch: FreshField = -1
) -> Curve:
    """A warmup and a square decay, cut off at `min_lr`.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, then max(lr·((T − k)/(T − w))², min_lr) up to T = max_steps,
        then min_lr
    Source: nemo/core/optim/lr_scheduler.py, SquareAnnealing
    """
    plan = Plan(frame, warmup.steps(max_steps), max_steps, min_lr)
    span = max_steps - plan.warmup
    return plan.divided("square", partial(_left, frame.base_value(), min_lr, 2, max_steps, span))


@scheduler()
def SquareRootAnnealing(
    frame: Frame, warmup: WarmupField, max_steps: HorizonField, min_lr: FloorField = 0.0, last_epoch: FreshField = -1
) -> Curve:
    """A warmup and a decay with the root of what is left of all steps, cut off at `min_lr`; it starts with a jump.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, then max(lr·√((T − k)/T), min_lr) up to T = max_steps, then
        min_lr
    Source: nemo/core/optim/lr_scheduler.py, SquareRootAnnealing
    """
    plan = Plan(frame, warmup.steps(max_steps), max_steps, min_lr)
    return plan.divided("sqrt", partial(_left, frame.base_value(), min_lr, 0.5, max_steps, max_steps))


def _left(base: float, low: float, power: float, total: int, span: int, k: Floats) -> Floats:
    return np.maximum(base * np.power((total - k) / span, power), low)


@scheduler()
def WarmupAnnealing(
    frame: Frame, warmup: WarmupField, max_steps: HorizonField, min_lr: FloorField = 0.0, last_epoch: FreshField = -1
) -> Curve:
    """A warmup and a straight line to `min_lr`, on which all parameter groups have the values of the first one.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, then min_lr + (1 − (k − w)/(T − w))·(lr − min_lr) up to
        T = max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, WarmupAnnealing
    """
    plan = Plan(frame, warmup.steps(max_steps), max_steps, min_lr)
    function = partial(_shared, frame.default_value(), min_lr, left, plan.warmup, max_steps - plan.warmup)
    return plan.divided("linear", function)


@scheduler()
def InverseSquareRootAnnealing(
    frame: Frame, warmup: WarmupField, max_steps: HorizonField, min_lr: ClipField = 0.0, last_epoch: FreshField = -1
) -> Curve:
    """A warmup and a decay with the root of the update's number; then it drops to `min_lr`.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, then lr/√((k + 1)/(w + 1)) up to max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, InverseSquareRootAnnealing

    Args:
        min_lr: value after `max_steps`, not of the decay
    """
    plan = Plan(frame, warmup.steps(max_steps), max_steps, min_lr)
    return plan.fall("inverse_sqrt", partial(_inverse_root, frame.base_value(), plan.warmup))


def _inverse_root(base: float, warmup: int, k: Floats) -> Floats:
    return np.asarray(base / np.sqrt((k + 1) / (warmup + 1)))


@scheduler()
def SquareRootConstantPolicy(
    frame: Frame,
    constant_steps: Annotated[CountField, Role.HOLD],
    constant_ratio: OptionalNumber = None,
    max_steps: OptionalHorizonField = None,
    min_lr: FloorField = 0.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """One value that does not depend on the learning rate, then the learning rate up to `max_steps`.

    Formula: 1/√constant_steps up to constant_steps, then lr up to max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, SquareRootConstantPolicy

    Args:
        constant_steps: last update of the constant part
        constant_ratio: NeMo raises if it is given
        min_lr: value after max_steps
    """
    first = _constant(constant_steps, constant_ratio)
    flat = Phase("constant", Flat(constant_steps + 1, frame.base_value()))
    if max_steps is None:
        return in_turn(frame, first, Phase("level", Bounded(flat.curve, 0, NO_MOST)))
    level = Phase("level", Flat(max(max_steps - constant_steps, 0), frame.base_value()))
    return in_turn(frame, first, level, constant("min", min_lr))


@scheduler()
def T5InverseSquareRootAnnealing(
    frame: Frame,
    constant_steps: Annotated[CountField, Role.HOLD],
    max_steps: HorizonField,
    constant_ratio: OptionalNumber = None,
    min_lr: ClipField = 0.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """A constant part and a decay with the root of the update; the optimizer's own learning rate is not used.

    Formula: 1/√max(k, constant_steps) up to max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, T5InverseSquareRootAnnealing; Raffel et al. 2020 (arXiv:1910.10683)

    Args:
        constant_steps: last update of the constant part
        constant_ratio: NeMo raises if it is given
        min_lr: value after `max_steps`, not of the decay
    """
    first = _constant(constant_steps, constant_ratio)
    plan = Plan(frame, 0, max_steps, min_lr, constant_steps + 1)
    return in_turn(frame, first, Phase("inverse_sqrt", plan.falling(_root)))


def _constant(steps: int, ratio: float | None) -> Phase:
    """The value of the first `steps` + 1 updates."""
    help = "remove it"
    error = "AssertionError: Either use particular number of step or ratio"
    require(ratio is None, "constant_ratio", error, help)
    require(steps > 0, "constant_steps", FLOAT_DIVISION, "give at least 1")
    return Phase("constant", Flat(steps + 1, 1 / steps**0.5))


def _root(k: Floats) -> Floats:
    return np.asarray(1 / np.sqrt(k))


@scheduler()
def PolynomialDecayAnnealing(
    frame: Frame,
    warmup: WarmupField,
    max_steps: HorizonField,
    min_lr: FloorField = 0.0,
    power: NumberField = 1.0,
    cycle: FlagField = False,
    last_epoch: FreshField = -1,
) -> Curve:
    """A warmup and a polynomial decay.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, then min_lr + (lr − min_lr)·(1 − (k − w)/(T − w))^power up to
        T = max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, PolynomialDecayAnnealing

    Args:
        cycle: has no effect: the decay ends where it would start again
    """
    steps = warmup.steps(max_steps)
    decay = Polynomial(frame.base_value(), min_lr, power, steps, max_steps - steps, cycle)
    return decay.curve(Plan(frame, steps, max_steps, min_lr))


@scheduler()
def PolynomialHoldDecayAnnealing(
    frame: Frame,
    held: HeldField,
    max_steps: HorizonField,
    min_lr: FloorField = 0.0,
    power: NumberField = 1.0,
    cycle: FlagField = False,
    last_epoch: FreshField = -1,
) -> Curve:
    """Warmup, a constant part, and a polynomial decay; without `hold_steps` it starts with a jump.

    Formula: lr·(k + 1)/(w + 1) up to w = warmup_steps, lr up to h = w + hold_steps (h = 0 without hold_steps), then
        min_lr + (lr − min_lr)·(1 − min((k − h)/n, 1))^power with n = max_steps − max(w, h) up to max_steps, then min_lr
    Source: nemo/core/optim/lr_scheduler.py, PolynomialHoldDecayAnnealing
    """
    warmup, hold = held.ends(max_steps)
    decay = Polynomial(frame.base_value(), min_lr, power, hold, max_steps - max(warmup, hold), cycle)
    return decay.curve(Plan(frame, warmup, max_steps, min_lr, hold))


@dataclass(eq=False)
class Polynomial:
    """A polynomial decay in `span` steps from update `start` on; with `cycle` it starts again and lasts longer."""

    base: float
    low: float
    power: float
    start: int
    span: int
    cycle: bool

    def curve(self, plan: Plan) -> Curve:
        """The plan with this decay."""
        if plan.begin > plan.total or self.span == 0:
            return plan.divided("polynomial", self._values)
        # The first update after the constant part at which nothing is left, and a negative power has no value.
        end = max(plan.begin, self.start + self.span)
        if self.cycle:
            end = self.start + self.span * max(ceil((plan.begin - self.start) / self.span), 1)
        fall = plan.falling(self._values, end, end + 1)
        if self.power < 0:
            fall = Bounded(fall, end - plan.begin, DOMAIN)
        return plan.curve(Phase("polynomial", fall))

    def _values(self, k: Floats) -> Floats:
        step, span = k - self.start, self.span * np.ones(k.shape)
        if self.cycle:
            span = span * np.maximum(np.ceil(step / span), 1)
        share = 1 - np.minimum(step, span) / span
        return np.asarray((self.base - self.low) * np.power(share, self.power) + self.low)


def _clipped(base: float, low: float, share: Share, begin: int, span: int, k: Floats) -> Floats:
    return np.maximum(base * share((k - begin) / span), low)


def _shared(base: float, low: float, share: Share, begin: int, span: int, k: Floats) -> Floats:
    return np.asarray(low + share((k - begin) / span) * (base - low))


def _line(base: float, low: float, begin: int, span: int, k: Floats) -> Floats:
    return np.asarray(base - (base - low) * ((k - begin) / span))


def _between(base: float, low: float, begin: int, span: int, k: Floats) -> Floats:
    return np.asarray((base - low) * waves_left(0.5, (k - begin) / span) + low)
