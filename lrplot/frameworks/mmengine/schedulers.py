"""mmengine: mmengine.optim.scheduler, and the `param_scheduler` list of its configs.

The value at update k is what the optimizer has then, after the constructors and k updates. Schedulers with
`by_epoch: true`, the default, are stepped at the end of each epoch, others after each update, as
ParamSchedulerHook does. Each changes the value it finds from its `begin` on, up to its `end`.

A config's `convert_to_iter_based` is an argument of every scheduler: its times, given in epochs, are turned
into updates, and it is stepped after each.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from lrplot.curves.roles import Role
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.mmengine import rules
from lrplot.frameworks.mmengine.optimizer import FOREVER, Definition, Part, Scheduler, alone, together
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.annotations import (
    CountField,
    FlagField,
    FreshField,
    IntegersField,
    NumberField,
    NumbersField,
    OptionalCount,
    OptionalNumber,
)
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipesField
from lrplot.schema.types import Count, Many, Number

PLATEAU = "it follows a metric; torch.ReduceLROnPlateau, with `metrics: [2.1, 1.8, 1.8]`, shows what that comes to"

FRAMEWORK = Framework(
    name="mmengine",
    distribution="mmengine",
    version="0.10.7",
    modules=("mmengine.optim", "mmengine.optim.scheduler", "mmengine.optim.scheduler.*"),
    glossary={
        "begin": "the epoch, or the update, at which it begins",
        "end": "the epoch or update at which it stops; in a param_scheduler list the end of the run if absent",
        "last_step": "only -1, a run from its beginning",
        "by_epoch": "step once an epoch, not once an update",
        "verbose": "print each value; changes none",
        "convert_to_iter_based": "turn times given in epochs into updates, and step at each",
        "factor": "the share, from 0 to 1",
        "start_factor": "the first share, from 0 to 1; with 0 its second step raises",
        "end_factor": "the last share, from 0 to 1",
        "gamma": "factor of each drop, or of each step",
        "step_size": "steps between two drops",
        "milestones": "steps at which it drops, counted from `begin`; one named twice counts twice",
        "power": "exponent",
        "eta_min": "the value it falls to",
        "eta_min_ratio": "the same, as a share of the initial value",
        "T_max": "steps from the initial value to eta_min; end − begin if absent",
        "periods": "steps of each cosine",
        "restart_weights": "what each starts from, as a multiple of the initial value; as many as periods",
    },
    undetermined={"ReduceOnPlateauLR": PLATEAU, "ReduceOnPlateauMomentum": PLATEAU},
)
scheduler = FRAMEWORK.scheduler

PeriodsField = Annotated[tuple[int, ...], Many(Count(at_least=0))]
NumberOrNumbers = Annotated[tuple[float, ...], Many(Number(), single=True)]


@scheduler(accumulates=True)
def ConstantLR(
    frame: Frame,
    factor: NumberField = 1 / 3,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A fixed share of the learning rate; all of it again at the window's last step.

    Formula: lr·factor up to step end − begin − 2, then lr
    Source: mmengine/optim/scheduler/param_scheduler.py, ConstantParamScheduler
    """
    rule = partial(rules.constant, factor)
    return alone(frame, Definition("ConstantLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def CosineAnnealingLR(
    frame: Frame,
    T_max: Annotated[OptionalCount, Role.HORIZON] = None,
    eta_min: Annotated[OptionalNumber, Role.FLOOR] = None,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    eta_min_ratio: OptionalNumber = None,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """Half a cosine to `eta_min` in `T_max` steps; past them it climbs back, and so on.

    Formula: eta_min + (lr − eta_min)·(1 + cos(π·s/T_max))/2, s steps from `begin`; it stops at
        end − 1, one step short of eta_min where T_max is end − begin
    Source: mmengine/optim/scheduler/param_scheduler.py, CosineAnnealingParamScheduler;
        Loshchilov & Hutter 2017 (arXiv:1608.03983)
    """
    rule = partial(rules.cosine_annealing, T_max, eta_min, eta_min_ratio)
    return alone(frame, Definition("CosineAnnealingLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def CosineRestartLR(
    frame: Frame,
    periods: PeriodsField,
    restart_weights: NumbersField = (1.0,),
    eta_min: OptionalNumber = None,
    eta_min_ratio: OptionalNumber = None,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """Half cosines to `eta_min`, each starting over; after the last it stays one step short of it.

    Formula: eta_min + (w·lr − eta_min)·(1 + cos(π·s/period))/2, s steps into a cosine, w its
        restart weight
    Source: mmengine/optim/scheduler/param_scheduler.py, CosineRestartParamScheduler;
        Loshchilov & Hutter 2017 (arXiv:1608.03983)
    """
    rule = partial(rules.cosine_restart, periods, restart_weights, eta_min, eta_min_ratio)
    return alone(frame, Definition("CosineRestartLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def ExponentialLR(
    frame: Frame,
    gamma: NumberField,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """The learning rate shrinks by the same factor at each step.

    Formula: lr·gamma^s, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, ExponentialParamScheduler
    """
    rule = partial(rules.exponential, gamma)
    return alone(frame, Definition("ExponentialLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def LinearLR(
    frame: Frame,
    start_factor: NumberField = 1 / 3,
    end_factor: NumberField = 1.0,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A straight line between two shares of the learning rate, there at the window's last step.

    Formula: lr·(start_factor + (end_factor − start_factor)·s/(end − begin − 1)), s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, LinearParamScheduler
    """
    rule = partial(rules.linear, start_factor, end_factor)
    return alone(frame, Definition("LinearLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def MultiStepLR(
    frame: Frame,
    milestones: Annotated[IntegersField, Role.MILESTONES],
    gamma: NumberField = 0.1,
    last_step: FreshField = -1,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A drop by the same factor at each milestone.

    Formula: lr·gamma^(milestones at or before s), s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, MultiStepParamScheduler
    """
    rule = partial(rules.multi_step, milestones, gamma)
    return alone(frame, Definition("MultiStepLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler()
def OneCycleLR(
    frame: Frame,
    eta_max: NumberOrNumbers = (0.0,),
    total_steps: OptionalCount = None,
    pct_start: NumberField = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    div_factor: NumberField = 25.0,
    final_div_factor: NumberField = 1e4,
    three_phase: FlagField = False,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
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
    rule = partial(
        rules.one_cycle,
        eta_max,
        total_steps,
        pct_start,
        anneal_strategy == "cos",
        three_phase,
        (div_factor, final_div_factor),
    )
    return alone(frame, Definition("OneCycleLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def PolyLR(
    frame: Frame,
    eta_min: NumberField = 0.0,
    power: NumberField = 1.0,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A polynomial decay to `eta_min`, there at the window's last step.

    Formula: eta_min + (lr − eta_min)·(1 − s/(end − begin − 1))^power, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, PolyParamScheduler
    """
    rule = partial(rules.poly, eta_min, power)
    return alone(frame, Definition("PolyLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def StepLR(
    frame: Frame,
    step_size: Annotated[CountField, Role.EVERY],
    gamma: NumberField = 0.1,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A drop by the same factor every `step_size` steps.

    Formula: lr·gamma^⌊s/step_size⌋, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, StepParamScheduler
    """
    rule = partial(rules.step, step_size, gamma)
    return alone(frame, Definition("StepLR", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def ConstantMomentum(
    frame: Frame,
    factor: NumberField = 1 / 3,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A fixed share of the momentum; all of it again at the window's last step.

    Formula: momentum·factor up to step end − begin − 2, then momentum
    Source: mmengine/optim/scheduler/param_scheduler.py, ConstantParamScheduler
    """
    rule = partial(rules.constant, factor)
    return alone(frame, Definition("ConstantMomentum", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def CosineAnnealingMomentum(
    frame: Frame,
    T_max: OptionalCount = None,
    eta_min: OptionalNumber = None,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    eta_min_ratio: OptionalNumber = None,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """Half a cosine to `eta_min` in `T_max` steps; past them it climbs back, and so on.

    Formula: eta_min + (momentum − eta_min)·(1 + cos(π·s/T_max))/2, s steps from `begin`; it stops at
        end − 1, one step short of eta_min where T_max is end − begin
    Source: mmengine/optim/scheduler/param_scheduler.py, CosineAnnealingParamScheduler;
        Loshchilov & Hutter 2017 (arXiv:1608.03983)
    """
    rule = partial(rules.cosine_annealing, T_max, eta_min, eta_min_ratio)
    return alone(frame, Definition("CosineAnnealingMomentum", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def CosineRestartMomentum(
    frame: Frame,
    periods: PeriodsField,
    restart_weights: NumbersField = (1.0,),
    eta_min: OptionalNumber = None,
    eta_min_ratio: OptionalNumber = None,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """Half cosines to `eta_min`, each starting over; after the last it stays one step short of it.

    Formula: eta_min + (w·momentum − eta_min)·(1 + cos(π·s/period))/2, s steps into a cosine, w its
        restart weight
    Source: mmengine/optim/scheduler/param_scheduler.py, CosineRestartParamScheduler;
        Loshchilov & Hutter 2017 (arXiv:1608.03983)
    """
    rule = partial(rules.cosine_restart, periods, restart_weights, eta_min, eta_min_ratio)
    return alone(frame, Definition("CosineRestartMomentum", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def ExponentialMomentum(
    frame: Frame,
    gamma: NumberField,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """The momentum shrinks by the same factor at each step.

    Formula: momentum·gamma^s, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, ExponentialParamScheduler
    """
    rule = partial(rules.exponential, gamma)
    return alone(frame, Definition("ExponentialMomentum", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def LinearMomentum(
    frame: Frame,
    start_factor: NumberField = 1 / 3,
    end_factor: NumberField = 1.0,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A straight line between two shares of the momentum, there at the window's last step.

    Formula: momentum·(start_factor + (end_factor − start_factor)·s/(end − begin − 1)), s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, LinearParamScheduler
    """
    rule = partial(rules.linear, start_factor, end_factor)
    return alone(frame, Definition("LinearMomentum", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def MultiStepMomentum(
    frame: Frame,
    milestones: IntegersField,
    gamma: NumberField = 0.1,
    last_step: FreshField = -1,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A drop by the same factor at each milestone.

    Formula: momentum·gamma^(milestones at or before s), s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, MultiStepParamScheduler
    """
    rule = partial(rules.multi_step, milestones, gamma)
    return alone(frame, Definition("MultiStepMomentum", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def PolyMomentum(
    frame: Frame,
    eta_min: NumberField = 0.0,
    power: NumberField = 1.0,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A polynomial decay to `eta_min`, there at the window's last step.

    Formula: eta_min + (momentum − eta_min)·(1 − s/(end − begin − 1))^power, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, PolyParamScheduler
    """
    rule = partial(rules.poly, eta_min, power)
    return alone(frame, Definition("PolyMomentum", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def StepMomentum(
    frame: Frame,
    step_size: CountField,
    gamma: NumberField = 0.1,
    begin: NumberField = 0,
    end: NumberField = FOREVER,
    last_step: FreshField = -1,
    by_epoch: FlagField = True,
    verbose: FlagField = False,
    convert_to_iter_based: FlagField = False,
) -> Tracks:
    """A drop by the same factor every `step_size` steps.

    Formula: momentum·gamma^⌊s/step_size⌋, s steps from `begin`
    Source: mmengine/optim/scheduler/param_scheduler.py, StepParamScheduler
    """
    rule = partial(rules.step, step_size, gamma)
    return alone(frame, Definition("StepMomentum", rule, begin, end, by_epoch, convert_to_iter_based))


@scheduler(accumulates=True)
def param_scheduler(frame: Frame, schedulers: RecipesField) -> Tracks:
    """A config's `param_scheduler` list: all of them at work on one optimizer, as a Runner builds them.

    An `end` that is not given is the end of the run. Where schedulers overlap, each changes what the one before
    left; at the end of an epoch those that step by update come before those that step by epoch.

    Formula: schedulers[n](… schedulers[1](the value before))
    Source: mmengine/runner/runner.py, Runner.build_param_scheduler; mmengine/hooks/param_scheduler_hook.py

    Args:
        schedulers: mmengine's own, such as `{use: mmengine.LinearLR, end: 5}`
    """
    parts: list[Part] = []
    inner = frame
    for recipe in schedulers:
        tracks = recipe.tracks(inner)
        if not isinstance(tracks, Scheduler):
            raise Fault(f"param_scheduler takes mmengine's schedulers, not `{recipe.name}`", field="schedulers")
        parts.append(tracks.definition.ending(frame).part(inner))
        if levels := parts[-1].rule.levels:
            inner = replace(inner, base=levels[0])  # a 1cycle also changes the initial value
    return together(frame, parts)
