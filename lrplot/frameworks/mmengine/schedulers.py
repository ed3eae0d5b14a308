"""mmengine: mmengine.optim.scheduler, and the `param_scheduler` list of its configs.

The value at update k is that of the optimizer after the constructors and k updates. Schedulers with
`by_epoch: true`, the default, are stepped at the end of each epoch, others after each update, as by
ParamSchedulerHook. Each one changes the value it finds from its `begin` on, up to its `end`.

A config's `convert_to_iter_based` is an argument of every scheduler: its times, given in epochs, are turned
into updates, and it is stepped after each update.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

import numpy as np

from lrplot.curves.curve import Flat
from lrplot.curves.exceptions import FLOAT_DIVISION, MODULO, ZERO_POWER
from lrplot.curves.roles import Role
from lrplot.curves.steps import FARTHEST
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.mmengine import rules
from lrplot.frameworks.mmengine.optimizer import (
    FOREVER,
    Configured,
    Part,
    Rule,
    Scheduler,
    Window,
    WindowField,
    alone,
    together,
)
from lrplot.frameworks.mmengine.resuming import InWindows
from lrplot.frameworks.shared import one_cycle, updates
from lrplot.frameworks.shared.arguments import (
    METRIC,
    EveryField,
    FloorField,
    MilestonesField,
    OptionalFloorField,
    OptionalHorizonField,
    ShrinkField,
    StartField,
)
from lrplot.frameworks.shared.children import own
from lrplot.frameworks.shared.framework import Adapted, Framework
from lrplot.schema.annotations import (
    FlagField,
    NumberField,
    NumbersField,
    OptionalNumber,
)
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipesField
from lrplot.schema.types import Count, Many, Number

FRAMEWORK = Framework(
    name="mmengine",
    distribution="mmengine",
    version="0.10.7",
    aliases=("openmmlab", "mmcv"),
    naming="type",
    together="param_scheduler",
    modules=("mmengine.optim", "mmengine.optim.scheduler", "mmengine.optim.scheduler.*", "mmdet.engine.schedulers"),
    resuming=InWindows(),
    glossary={
        "gamma": "factor of each drop, or of each step",
        "power": "exponent",
        "eta_min": "the value it falls to",
        "eta_min_ratio": "the same, as a share of the initial value",
    },
    undetermined={"ReduceOnPlateauLR": METRIC, "ReduceOnPlateauMomentum": METRIC},
)

PeriodsField = Annotated[tuple[int, ...], Many(Count(at_least=0)), Role.PERIOD]
NumberOrNumbers = Annotated[tuple[float, ...], Many(Number(), single=True)]

R = TypeVar("R", bound=Callable[..., Rule])


def scheduler(*, accumulates: bool = True) -> Callable[[R], R]:
    """Register `rule(frame, window, **arguments)` under its own name; `MOMENTA` has the twins for momentum.

    The base of the frame is the initial value of the parameter that the scheduler moves.
    """

    def register(rule: R) -> R:
        builder = Adapted(rule, partial(_single, rule.__name__, "lr"))
        FRAMEWORK.add(rule.__name__, builder, accumulates=accumulates)
        return rule

    return register


def _single(
    name: str, parameter: str, rule: Callable[..., Rule], frame: Frame, window: Window, **arguments: Any
) -> Scheduler:
    return alone(frame, Configured(name, parameter, window, partial(rule, **arguments)))


def _check_share(field: str, value: float, word: str) -> None:
    if not 0 <= value <= 1:
        raise Fault(f"ValueError: {word} multiplicative factor should between 0 and 1.", field=field)


@scheduler()
def ConstantLR(frame: Frame, factor: StartField = 1 / 3, *, window: WindowField) -> Rule:
    """A fixed share of the learning rate; all of it again at the window's last step.

    Formula: lr·factor up to step end − begin − 2, then lr
    Source: mmengine/optim/scheduler/param_scheduler.py, ConstantParamScheduler

    Args:
        factor: the share, from 0 to 1
    """
    _check_share("factor", factor, "Constant")
    last = window.duration(frame) - 1
    fails = (last, FLOAT_DIVISION) if factor == 0 and last else None
    return Rule(partial(updates.share, factor, last), partial(rules.share, factor, last), True, fails)


@scheduler()
def CosineAnnealingLR(
    frame: Frame,
    T_max: Annotated[float | None, Number(at_least=0), Role.HORIZON] = None,
    eta_min: OptionalFloorField = None,
    eta_min_ratio: OptionalNumber = None,
    *,
    window: WindowField,
) -> Rule:
    """Half a cosine to `eta_min` in `T_max` steps; past them it climbs back, and so on.

    Formula: eta_min + (lr − eta_min)·(1 + cos(π·s/T_max))/2, s steps from `begin`; it stops at
        end − 1, one step short of eta_min if T_max is end − begin
    Source: mmengine/optim/scheduler/param_scheduler.py, CosineAnnealingParamScheduler;
        Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        T_max: steps from the initial value to eta_min, of which the last one may be a part; end − begin if absent
    """
    if eta_min is not None and eta_min_ratio is not None:
        message = "AssertionError: Either `eta_min` or `eta_min_ratio should be specified"
        raise Fault(message, field="eta_min_ratio", help="keep one of them")
    half = (T_max or 0) * window.unit(frame) or window.duration(frame)
    base, low = frame.base_value(), _floor(frame, eta_min, eta_min_ratio)
    update = updates.after_first(partial(updates.cosine, base, low, half))
    return Rule(update, partial(rules.waves, base, low, half))


def _floor(frame: Frame, low: float | None, ratio: float | None) -> float:
    return low or 0.0 if ratio is None else frame.base_value() * ratio


@scheduler()
def CosineRestartLR(
    frame: Frame,
    periods: PeriodsField,
    restart_weights: NumbersField = (1.0,),
    eta_min: OptionalFloorField = None,
    eta_min_ratio: OptionalNumber = None,
    *,
    window: WindowField,
) -> Rule:
    """Half cosines to `eta_min`, each starting over; after the last it stays one step short of it.

    Formula: eta_min + (w·lr − eta_min)·(1 + cos(π·s/period))/2, s steps into a cosine, w its
        restart weight
    Source: mmengine/optim/scheduler/param_scheduler.py, CosineRestartParamScheduler;
        Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        periods: steps of each cosine
        restart_weights: the start of each cosine, as a multiple of the initial value; as many as periods
    """
    if (eta_min is None) == (eta_min_ratio is None):
        message = "AssertionError: exactly one of `eta_min` and `eta_min_ratio` must be given"
        raise Fault(message, field="eta_min", help="add `eta_min: 0`" if eta_min is None else "keep one of them")
    if len(periods) != len(restart_weights):
        message = "AssertionError: periods and restart_weights should have the same length."
        raise Fault(message, field="restart_weights", help=f"give {len(periods)} weights, one for each period")
    base, low = frame.base_value(), _floor(frame, eta_min, eta_min_ratio)
    # A period of no steps is skipped.
    used = [(period, weight) for period, weight in zip(periods, restart_weights, strict=True) if period]
    lengths = np.array([period * window.unit(frame) for period, _ in used], dtype=np.int64)
    peaks = base * np.array([weight for _, weight in used])
    if not used:
        return Rule(updates.kept, partial(Flat, FARTHEST), True)
    return Rule(partial(rules.restart_step, lengths, peaks, low), partial(rules.restarts, lengths, peaks, low))


@scheduler()
def ExponentialLR(frame: Frame, gamma: ShrinkField, *, window: WindowField) -> Rule:
    """The learning rate shrinks by the same factor at each step.

    Formula: lr·gamma^s, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, ExponentialParamScheduler
    """
    update = updates.after_first(partial(updates.factor, gamma))
    return Rule(update, partial(rules.geometric, gamma), multiplies=gamma >= 0)


@scheduler()
def LinearLR(
    frame: Frame, start_factor: StartField = 1 / 3, end_factor: NumberField = 1.0, *, window: WindowField
) -> Rule:
    """A straight line between two shares of the learning rate, there at the window's last step.

    Formula: lr·(start_factor + (end_factor − start_factor)·s/(end − begin − 1)), s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, LinearParamScheduler

    Args:
        start_factor: the first share, from 0 to 1; with 0 its second step raises
        end_factor: the last share, from 0 to 1
    """
    _check_share("start_factor", start_factor, "Starting")
    _check_share("end_factor", end_factor, "Ending")
    ends = start_factor, end_factor, window.duration(frame) - 1
    fails = (1, FLOAT_DIVISION) if start_factor == 0 else None
    return Rule(partial(updates.line, *ends), partial(rules.straight, *ends), True, fails)


@scheduler()
def MultiStepLR(frame: Frame, milestones: MilestonesField, gamma: ShrinkField = 0.1, *, window: WindowField) -> Rule:
    """A drop by the same factor at each milestone.

    Formula: lr·gamma^(milestones at or before s), s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, MultiStepParamScheduler

    Args:
        milestones: steps at which it drops, counted from `begin`; one named twice counts twice
    """
    unit = window.unit(frame)
    edges = np.array(sorted(each * unit for each in milestones if each >= 0), dtype=np.int64)
    return Rule(partial(updates.milestones, edges, gamma), partial(rules.plateaus, edges, gamma), multiplies=gamma >= 0)


@scheduler(accumulates=False)
def OneCycleLR(
    frame: Frame,
    eta_max: Annotated[NumberOrNumbers, Role.PEAK] = (0.0,),
    total_steps: OptionalHorizonField = None,
    pct_start: NumberField = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    div_factor: NumberField = 25.0,
    final_div_factor: NumberField = 1e4,
    three_phase: FlagField = False,
    *,
    window: WindowField,
) -> Rule:
    """One rise and one fall; stepped past its end, it raises.

    Formula: eta_max/div_factor → eta_max at step pct_start·total − 1, then → eta_max/div_factor/final_div_factor at
        total − 1; with `three_phase` back to eta_max/div_factor at 2·pct_start·total − 2 first
    Source: mmengine/optim/scheduler/param_scheduler.py, OneCycleParamScheduler; Smith & Topin 2018 (arXiv:1708.07120)

    Args:
        eta_max: the peak; the optimizer's own learning rate is not used
        total_steps: steps in the cycle; end − begin if absent
        pct_start: share of the cycle spent rising
        anneal_strategy: shape of the rise and of the falls
        div_factor: the peak is this many times the start
        final_div_factor: the start is this many times the end
        three_phase: fall back to the start, then on to the end
    """
    if len(eta_max) != 1:
        raise Fault(f"ValueError: expected 1 values for max_lr, got {len(eta_max)}", field="eta_max")
    one_cycle.check(1 if total_steps is None else total_steps, pct_start, div_factor, final_div_factor)
    total = window.duration(frame) if total_steps is None else total_steps * window.unit(frame)
    peak, start = eta_max[0], eta_max[0] / div_factor
    return rules.one_cycle(
        total, pct_start, anneal_strategy == "cos", three_phase, (start, peak, start / final_div_factor)
    )


@scheduler()
def PolyLR(frame: Frame, eta_min: FloorField = 0.0, power: NumberField = 1.0, *, window: WindowField) -> Rule:
    """A polynomial decay to `eta_min`, there at the window's last step.

    Formula: eta_min + (lr − eta_min)·(1 − s/(end − begin − 1))^power, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, PolyParamScheduler
    """
    last = window.duration(frame) - 1
    fails = (last, ZERO_POWER) if power < 0 and last else None
    way = eta_min, power, last
    return Rule(partial(rules.power_ratio, *way), partial(rules.decay, *way), eta_min == 0, fails)


@scheduler()
def StepLR(frame: Frame, step_size: EveryField, gamma: ShrinkField = 0.1, *, window: WindowField) -> Rule:
    """A drop by the same factor every `step_size` steps.

    Formula: lr·gamma^⌊s/step_size⌋, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, StepParamScheduler

    Args:
        step_size: steps between two drops
    """
    every = step_size * window.unit(frame)
    if every == 0:
        fails = (1, MODULO)
        return Rule(updates.kept, partial(Flat, FARTHEST), fails=fails)
    return Rule(partial(updates.drops, every, gamma), partial(rules.staircase, every, gamma), multiplies=gamma >= 0)


@scheduler()
def QuadraticWarmupLR(frame: Frame, *, window: WindowField) -> Rule:
    """Mmdetection's and mmyolo's rise along a parabola from almost 0, whatever value it finds, to the initial value.

    Formula: lr·((s + 1)/(end − begin))², s steps from `begin`
    Source: mmdet/engine/schedulers/quadratic_warmup.py (3.3.0), QuadraticWarmupParamScheduler
    """
    if window.end == FOREVER:
        message = "ValueError: ``end`` must be less than infinity,Please set ``end`` parameter of "
        message += "``QuadraticWarmupScheduler`` as the number of warmup end."
        raise Fault(message, field="end", help="add `end: 5`")
    if not float(window.end * window.unit(frame)).is_integer():
        raise Fault("`end` is not a whole number of updates", field="end", code="not-whole")
    base, total = frame.base_value(), window.duration(frame)
    return Rule(partial(rules.parabola_step, base, total), partial(rules.parabola, base, total))


MOMENTA: Mapping[str, Callable[..., Rule]] = {
    "ConstantMomentum": ConstantLR,
    "CosineAnnealingMomentum": CosineAnnealingLR,
    "CosineRestartMomentum": CosineRestartLR,
    "ExponentialMomentum": ExponentialLR,
    "LinearMomentum": LinearLR,
    "MultiStepMomentum": MultiStepLR,
    "PolyMomentum": PolyLR,
    "QuadraticWarmupMomentum": QuadraticWarmupLR,
    "StepMomentum": StepLR,
}
for name, rule in MOMENTA.items():
    FRAMEWORK.add(name, Adapted(rule, partial(_single, name, "momentum"), "momentum"), accumulates=True)


@FRAMEWORK.scheduler(accumulates=True)
def param_scheduler(
    frame: Frame, schedulers: Annotated[RecipesField, Example("[{use: mmengine.LinearLR, end: 5}]")]
) -> Tracks:
    """A config's `param_scheduler` list: all of them on one optimizer, as a Runner builds them.

    An `end` that is not given is the end of the run. If schedulers overlap, each one changes what the one before
    left; at the end of an epoch those that step by update come before those that step by epoch.

    Formula: schedulers[n](… schedulers[1](the value before))
    Source: mmengine/runner/runner.py, Runner.build_param_scheduler; mmengine/hooks/param_scheduler_hook.py

    Args:
        schedulers: mmengine's own, such as `{use: mmengine.LinearLR, end: 5}`
    """
    parts: list[Part] = []
    inner = frame
    for recipe in schedulers:
        configured = own(recipe, inner, "mmengine", "param_scheduler", Scheduler).configured
        window = configured.window.ending(frame)
        parts.append(replace(configured, window=window, origin=recipe.use(inner)).part(inner))
        if levels := parts[-1].rule.levels:
            inner = replace(inner, base=levels[0])  # a 1cycle also changes the initial value
    return together(frame, parts)
