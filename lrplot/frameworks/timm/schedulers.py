"""PyTorch Image Models: timm.scheduler.

The value at update k is that of timm's train.py after k updates: first the constructor's value, then that of
`step_update(k)` (with `t_in_epochs: false`), or of `step(e)` after the e-th epoch.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import partial
from math import floor, inf
from typing import Annotated, Any, Literal

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.staircase import Plateaus
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import (
    METRIC,
    FloorField,
    GrowthField,
    IntegerHorizonField,
    IntegerWarmupField,
    MilestonesField,
    ShrinkField,
    StartField,
)
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.resuming import State, group_of, own_base
from lrplot.frameworks.timm.parts import (
    DECAYS,
    Common,
    CommonField,
    Cycling,
    CyclingField,
    NoiseField,
    Stage,
    assured,
    cosine_share,
    decay_remaining,
    poly_share,
    power_failure,
    require,
    stable_decay,
    stable_level,
    step_drops,
    tanh_share,
)
from lrplot.runs.timebase import MOST_STEPS
from lrplot.schema.annotations import FlagField, IntegerField, NumberField, OptionalNumber, TextField
from lrplot.schema.frame import Frame
from lrplot.schema.resuming import Call, Checkpoint, Restored, Resuming, value_at


class Told(Resuming):
    """The trainer gives the time. Its train.py loads the optimizer's state, then builds the scheduler on it.

    The old base values are in the group, as `initial_lr`. The scheduler's state, every attribute, is never saved there;
    a loop of one's own that loads it gets the whole old plan. At update 0 nothing is told.
    Source: timm/train.py; timm/scheduler/scheduler.py, Scheduler
    """

    takes_last_epoch = False

    def saves(self, call: Call) -> Mapping[str, Any]:
        return {"lr": own_base(call), **call.arguments}

    def saved(self, call: Call, done: int) -> Checkpoint:
        base = own_base(call)
        return Checkpoint(done, group_of(call, done, base), State({}, done, base, call=call))

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        done, state = checkpoint.done, checkpoint.state
        new = call.tracks(checkpoint.group.get("initial_lr") if restored.optimizer else None).curve
        loads = restored.scheduler and isinstance(state, State) and state.call is not None
        if not loads:
            return Tracks(Lasting(length, new, done))
        old = Lasting(length, state.call.tracks().curve, done)
        if done:
            return Tracks(old)
        arguments = state.call.arguments  # told after an epoch, or after an update
        by_epochs = getattr(arguments.get("common"), "t_in_epochs", arguments.get("step_on_epochs", False))
        wait = state.call.frame.epoch() if by_epochs else 1
        first = Phase("start", Flat(wait, value_at(new, 0)))
        rest = Phase("resumed", Lasting(max(length - wait, 1), old, wait))
        return Tracks(Sequence(length, (first, rest), open=True))


PLATEAU = f"{METRIC}, and `interval: epoch`"

FRAMEWORK = Framework(
    name="timm",
    distribution="timm",
    version="1.0.31",
    modules=("timm.scheduler", "timm.scheduler.*"),
    resuming=Told(),
    glossary={
        "t_initial": "length of the (first) cycle",
        "lr_min": "the least value",
        "cycle_mul": "each cycle is this many times as long as the one before",
        "cycle_decay": "factor of the peak from cycle to cycle",
        "cycle_limit": "number of cycles",
        "k_decay": "exponent of the time in a cycle; above 1 it falls later",
        "decay_rate": "factor of each drop",
        "warmup_t": "length of the linear warmup",
        "warmup_lr_init": "value the warmup starts from",
        "warmup_prefix": "the warmup delays the rest; otherwise the rest runs on under it",
        "warmup_epochs": "epochs of linear warmup",
        "warmup_lr": "value the warmup starts from",
        "t_in_epochs": "times are epochs, and the value changes between epochs only; otherwise they are updates",
        "noise": "only null: noise is random",
        "noise_range_t": "only null: noise is random",
        "noise_pct": "without effect, as there is no noise",
        "noise_std": "without effect, as there is no noise",
        "noise_seed": "without effect, as there is no noise",
        "initialize": "only true: the optimizer is a new one",
    },
    undetermined={"PlateauLRScheduler": PLATEAU},
)
scheduler = FRAMEWORK.scheduler


@scheduler()
def CosineLRScheduler(frame: Frame, cycling: CyclingField, k_decay: NumberField = 1.0, *, common: CommonField) -> Curve:
    """Half cosines to `lr_min`, which holds after the last of them.

    If `cycle_mul` is not 1, the number of the cycle is computed by a logarithm; at a restart it may be one too low.

    Formula: lr_min + (lr·cycle_decay^i − lr_min)·(1 + cos(π·t^k/T^k))/2, t into a cycle of T = t_initial·cycle_mul^i
    Source: timm/scheduler/cosine_lr.py, CosineLRScheduler; Loshchilov & Hutter 2017 (arXiv:1608.03983);
        Zhang & Li 2020 (arXiv:2004.05909) for `k_decay`
    """
    cycles = cycling.cycles(frame, partial(cosine_share, k_decay), steady=k_decay >= 0)
    return cycling.curve(frame, common, "cosine", cycles)


@scheduler()
def TanhLRScheduler(
    frame: Frame, cycling: CyclingField, lb: NumberField = -7.0, ub: NumberField = 3.0, *, common: CommonField
) -> Curve:
    """Falls along a hyperbolic tangent, in one cycle or several; then `lr_min` holds.

    The first value is the learning rate itself, not that of the formula at 0. A warmup that is no prefix leads
    to the value of the formula at its end.

    Formula: lr_min + (lr·cycle_decay^i − lr_min)·(1 − tanh(lb·(1 − u) + ub·u))/2, u = t/T
    Source: timm/scheduler/tanh_lr.py, TanhLRScheduler; Hsueh et al. 2019 (arXiv:1806.01593)

    Args:
        lb: the tangent's argument at the start of a cycle
        ub: its argument at the end of a cycle
    """
    cycles = cycling.cycles(frame, partial(tanh_share, lb, ub), eager=False)
    assured(lb < ub, "lb < ub")
    assured(cycling.cycle_limit >= 0, "cycle_limit >= 0")
    assured(common.warmup_t >= 0, "warmup_t >= 0")
    assured(common.warmup_lr_init >= 0, "warmup_lr_init >= 0")
    if not common.warmup_t or cycling.warmup_prefix:
        return cycling.curve(frame, common, "tanh", cycles)
    if reason := cycles.failure(common.warmup_t):
        raise Fault(reason, field="warmup_t", help="let the warmup end before the cycles do")
    return cycling.curve(frame, common, "tanh", cycles, aim=cycles.exactly(common.warmup_t))


@scheduler()
def PolyLRScheduler(
    frame: Frame, cycling: CyclingField, power: NumberField = 0.5, k_decay: NumberField = 1.0, *, common: CommonField
) -> Curve:
    """Polynomial decays to `lr_min`, which holds after the last of them.

    If `cycle_mul` is not 1, the number of the cycle is computed by a logarithm. If it is one too low at a restart,
    the value may become complex, which stops a run.

    Formula: lr_min + (lr·cycle_decay^i − lr_min)·(1 − t^k/T^k)^power, t into a cycle of T = t_initial·cycle_mul^i
    Source: timm/scheduler/poly_lr.py, PolyLRScheduler; Zhang & Li 2020 (arXiv:2004.05909) for `k_decay`

    Args:
        power: exponent of what is left
    """
    cycles = cycling.cycles(frame, partial(poly_share, k_decay, power), steady=k_decay >= 0)
    return cycling.curve(frame, common, "poly", cycles)


@scheduler()
def StepLRScheduler(
    frame: Frame,
    decay_t: Annotated[NumberField, Role.EVERY],
    decay_rate: ShrinkField = 1.0,
    warmup_prefix: FlagField = True,
    *,
    common: CommonField,
) -> Curve:
    """A drop by the same factor every `decay_t`; without a `decay_rate` there is none.

    Formula: lr·decay_rate^⌊t/decay_t⌋
    Source: timm/scheduler/step_lr.py, StepLRScheduler

    Args:
        decay_t: time between two drops; it need not be whole
    """
    drops = partial(step_drops, frame.base_value(), decay_rate, decay_t)
    role = Role.HOLD if decay_rate == 1 else Role.STAIRS
    curve: Curve = Formula(frame.length, drops, turns=() if decay_rate >= 0 else None, meant=role)
    stop = bisect_left(range(MOST_STEPS), True, key=lambda t: power_failure(decay_rate, decay_t, t) is not None)
    if reason := power_failure(decay_rate, decay_t, stop):
        curve = Bounded(curve, stop, reason)
    return common.curve(frame, warmup_prefix, curve, Stage("steps", 0))


@scheduler()
def MultiStepLRScheduler(
    frame: Frame,
    decay_t: MilestonesField,
    decay_rate: ShrinkField = 1.0,
    warmup_prefix: FlagField = True,
    *,
    common: CommonField,
) -> Curve:
    """A drop by the same factor one step before each milestone; without a `decay_rate` there is none.

    The milestones are searched as if they ascended: if they do not, some may be missed.

    Formula: lr·decay_rate^(milestones at or before t + 1)
    Source: timm/scheduler/multistep_lr.py, MultiStepLRScheduler

    Args:
        decay_t: milestones, ascending
    """
    edges = sorted(set(decay_t))
    counts = [0, *(bisect_right(decay_t, edge) for edge in edges)]
    levels = frame.base_value() * np.power(decay_rate, np.array(counts, dtype=np.float64))
    drops = Plateaus(frame.length, np.array(edges, dtype=np.int64) - 1, levels)
    return common.curve(frame, warmup_prefix, drops, Stage("steps", 0))


@scheduler()
def WSDLRScheduler(
    frame: Frame,
    t_initial: IntegerHorizonField,
    decay_t: Annotated[IntegerField, Role.DECAY],
    lr_min: FloorField = 0.0,
    stable_fn: Literal["constant", "rsqrt", "power"] = "constant",
    stable_timescale: OptionalNumber = None,
    stable_power: NumberField = 0.5,
    decay_fn: TextField = "1-sqrt",
    decay_power: NumberField = 0.5,
    decay_ratio: NumberField = 0.1,
    *,
    common: CommonField,
) -> Curve:
    """Warmup, a stable phase, and a decay to `lr_min`, which is reached one step after the last of `t_initial`.

    Formula: lr_min + (max(lr·s(t), lr_min) − lr_min)·d(u), u = (t − t_initial + decay_t)/decay_t from 0 to 1;
        s is 1 (constant) or (1 + t/stable_timescale)^−p, p = ½ (rsqrt) or stable_power; d is 1 − u (linear),
        1 − √u, (1 + cos πu)/2 (cosine), 1 − u^decay_power (power) or (r^u − r)/(1 − r), r = decay_ratio (exp)
    Source: timm/scheduler/wsd_lr.py, WSDLRScheduler; Hu et al. 2024 (arXiv:2404.06395);
        Hägele et al. 2024 (arXiv:2405.18392)

    Args:
        t_initial: length of the stable phase and the decay together, after the warmup
        decay_t: length of the decay
        stable_fn: shape of the stable phase, which continues under the decay
        stable_timescale: time scale of rsqrt and power; `warmup_t` if absent
        stable_power: exponent of the stable phase `power`
        decay_fn: linear, 1-sqrt, cosine, power, exp, or a function of its own such as `lambda u: 1 - u**2`
        decay_power: exponent of the decay `power`
        decay_ratio: where the decay `exp` would end if it were not stretched to 0
    """
    require(t_initial > 0, "t_initial", t_initial, "must be > 0")
    require(0 < decay_t <= t_initial, "decay_t", decay_t, f"must be in (0, t_initial] w/ t_initial={t_initial}")
    require(lr_min >= 0, "lr_min", lr_min, "must be >= 0")
    require(0 < decay_ratio < 1, "decay_ratio", decay_ratio, "must be in (0, 1)")
    require(decay_power > 0, "decay_power", decay_power, "must be > 0")
    require(stable_power > 0, "stable_power", stable_power, "must be > 0")
    remaining = decay_remaining(decay_fn, decay_power, decay_ratio)
    scale = inf if stable_fn == "constant" else _timescale(stable_fn, stable_timescale, common.warmup_t)
    stable = partial(stable_level, frame.base_value(), lr_min, scale, 0.5 if stable_fn == "rsqrt" else stable_power)
    values = partial(stable_decay, stable, lr_min, remaining, t_initial, decay_t)
    named = decay_fn in DECAYS
    turns = () if named else None
    curve = Formula(frame.length, values, turns, over=t_initial, meant=Role.DECAY, held=True)
    stages = [
        Stage("stable", 0, Role.HOLD if stable_fn == "constant" else Role.DECAY),
        Stage("decay", t_initial - decay_t),
        *([Stage("hold", t_initial)] if named else []),
    ]
    return common.curve(frame, True, curve, *stages)


def _timescale(stable_fn: str, given: float | None, warmup: int) -> float:
    scale = warmup if given is None else given
    if scale <= 0:
        message = f"ValueError: stable_fn={stable_fn} requires a positive stable_timescale, it defaults to warmup_t"
        raise Fault(f"{message} ({warmup})", field="stable_timescale", help="add `stable_timescale`")
    return scale


@scheduler()
def create_scheduler_v2(
    frame: Frame,
    sched: Literal[
        "cosine", "tanh", "step", "multistep", "poly", "wsd", "rsqrt", "constant", "plateau", "none"
    ] = "cosine",
    num_epochs: IntegerHorizonField = 300,
    decay_epochs: Annotated[OptionalNumber, Role.EVERY] = None,
    decay_milestones: MilestonesField = (90, 180, 270),
    cooldown_epochs: IntegerField = 0,
    patience_epochs: IntegerField = 10,
    decay_rate: ShrinkField = 0.1,
    min_lr: FloorField = 0.0,
    warmup_lr: StartField = 1e-5,
    warmup_epochs: IntegerWarmupField = 0,
    warmup_prefix: FlagField = False,
    noise: NoiseField = None,
    noise_pct: NumberField = 0.67,
    noise_std: NumberField = 1.0,
    noise_seed: IntegerField = 42,
    cycle_mul: GrowthField = 1.0,
    cycle_decay: ShrinkField = 0.1,
    cycle_limit: Annotated[IntegerField, Role.CYCLE_COUNT] = 1,
    k_decay: NumberField = 1.0,
    decay_fn: TextField | None = None,
    stable_timescale: OptionalNumber = None,
    plateau_mode: Literal["max", "min"] = "max",
    step_on_epochs: FlagField = True,
    updates_per_epoch: IntegerField = 0,
) -> Curve:
    """A scheduler by name, with times in epochs, as in timm's train.py.

    Its defaults are not the classes': `cycle_decay` is 0.1, `decay_rate` 0.1, `warmup_lr` 1e-5. poly takes
    `decay_rate` as its power. wsd and rsqrt fit into `num_epochs` with their warmup, unless `warmup_prefix`.

    Formula: the scheduler's own; with `step_on_epochs: false` all times are multiplied by updates_per_epoch
    Source: timm/scheduler/scheduler_factory.py, create_scheduler_v2

    Args:
        sched: the scheduler; `constant` has a warmup only, `none` does not change the learning rate
        num_epochs: epochs of the (first) cycle, or in all
        decay_epochs: epochs between two drops (step: 90 if absent); of the decay, or below 1 its share
            (wsd, rsqrt: 0.2 if absent)
        decay_milestones: epochs of the drops of multistep
        cooldown_epochs: epochs that train.py adds to the run; without effect on the value
        patience_epochs: of plateau only
        decay_rate: factor of each drop, or the power of poly
        min_lr: the least value
        decay_fn: decay of wsd (1-sqrt if absent) and rsqrt (linear if absent)
        stable_timescale: time scale of rsqrt in epochs; the warmup's length if absent
        plateau_mode: of plateau only
        step_on_epochs: the value changes between epochs only
        updates_per_epoch: updates in an epoch, which `step_on_epochs: false` needs
    """
    if sched == "plateau":
        raise Fault("the plateaus cannot be shown ahead of the run", field="sched", help=PLATEAU, code="undetermined")
    if noise is not None:
        raise Fault("noise is random", field="noise", help="leave it out", code="undetermined")
    scale = 1 if step_on_epochs else updates_per_epoch
    if scale <= 0:
        message = "AssertionError: updates_per_epoch must be set to number of dataloader batches"
        raise Fault(message, field="updates_per_epoch", help="add `updates_per_epoch`")
    total, warmup_t = num_epochs * scale, warmup_epochs * scale
    common = Common(warmup_t, warmup_lr, step_on_epochs)
    cycling = Cycling(total, min_lr, cycle_mul, cycle_decay, cycle_limit, warmup_prefix)
    if sched in ("cosine", "tanh", "poly"):
        _check_cycles(total, cycle_mul, cycle_limit)
    match sched:
        case "none":
            return Flat(frame.length, frame.base_value())
        case "constant":
            return StepLRScheduler(frame, 1, 1.0, warmup_prefix, common=common)
        case "step":
            every = (90 if decay_epochs is None else decay_epochs) * scale
            return StepLRScheduler(frame, every, decay_rate, warmup_prefix, common=common)
        case "multistep":
            milestones = tuple(each * scale for each in decay_milestones)
            return MultiStepLRScheduler(frame, milestones, decay_rate, warmup_prefix, common=common)
        case "cosine":
            return CosineLRScheduler(frame, cycling, k_decay, common=common)
        case "tanh":
            return TanhLRScheduler(frame, cycling, common=common)
        case "poly":
            return PolyLRScheduler(frame, cycling, decay_rate, k_decay, common=common)
    span = total if warmup_prefix else total - warmup_t
    decay_t = _decay_length(sched, 0.2 if decay_epochs is None else decay_epochs, scale, span)
    if sched == "wsd":
        return WSDLRScheduler(frame, span, decay_t, min_lr, decay_fn=decay_fn or "1-sqrt", common=common)
    scale_t = None if stable_timescale is None else stable_timescale * scale
    return WSDLRScheduler(frame, span, decay_t, min_lr, "rsqrt", scale_t, decay_fn=decay_fn or "linear", common=common)


def _check_cycles(period: int, mul: float, most: int) -> None:
    """The factory computes the length of all cycles together, even if the run ends earlier."""
    try:
        if mul != 1:
            floor(-period * (mul ** max(1, most) - 1) / (1 - mul))
    except OverflowError as error:
        raise Fault(f"OverflowError: {error}", field="cycle_limit", help="reduce the number of cycles") from None


def _decay_length(sched: str, epochs: float, scale: int, span: int) -> int:
    """The length of the decay of wsd and rsqrt; a number below 1 is a share of `span`."""
    length = round(epochs * span if 0 < epochs < 1 else epochs * scale)
    if not 0 < length <= span:
        message = f"ValueError: {sched} schedule requires 0 < decay_epochs <= epochs, less a warmup that is no prefix"
        raise Fault(f"{message}, got decay {length} and stable + decay length {span}", field="decay_epochs")
    return length
