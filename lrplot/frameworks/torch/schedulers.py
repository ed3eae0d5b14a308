"""PyTorch: torch.optim.lr_scheduler and torch.optim.swa_utils.

The value at update k is what k calls of `step()` leave, the constructor having set k = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from math import inf, nan, pi
from typing import Annotated, Any

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.cycles import Restarts
from lrplot.curves.exceptions import DIVISION, FLOAT_DIVISION, MODULO, ZERO_POWER
from lrplot.curves.formulas import cosine
from lrplot.curves.laws import Geometric
from lrplot.curves.roles import Role
from lrplot.curves.shapes import COSINE, LINEAR, power_decay
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST, Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared import one_cycle, updates
from lrplot.frameworks.shared.arguments import (
    FRESH,
    EveryField,
    FloorField,
    HandoversField,
    HorizonField,
    MilestonesField,
    OptionalHorizonField,
    PeakField,
    ShrinkField,
)
from lrplot.frameworks.shared.children import foreign
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.formulas import multiplied, scaled
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.one_cycle import AnnealStrategy, OneCycle
from lrplot.frameworks.shared.plateaus import Counts, Following, Plateau, PlateauField
from lrplot.frameworks.shared.resuming import FUNCTIONS, number_at, own_base
from lrplot.frameworks.shared.triangles import Cycle, Scaling, ScalingField
from lrplot.frameworks.torch.composite import Composite, Tree, composite, following, sharing
from lrplot.frameworks.torch.optimizer import CALLS, FIRST, KEEP, Affine, Scheduler
from lrplot.frameworks.torch.resuming import on_optimizer
from lrplot.schema.annotations import (
    CountField,
    FlagField,
    FreshField,
    FunctionField,
    NumberField,
    OptionalCount,
    OptionalNumber,
)
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe, RecipesField
from lrplot.schema.types import Count

FRAMEWORK = Framework(
    name="torch",
    distribution="torch",
    version="2.13.0",
    aliases=("pytorch",),
    left_out=("optimizer", "verbose"),
    modules=("torch.optim.lr_scheduler", "torch.optim.swa_utils"),
    glossary={
        "last_epoch": FRESH,
        "gamma": "factor of each drop",
        "schedulers": "torch's own, such as `{use: torch.LinearLR}`",
    },
)
PositiveCount = Annotated[int, Count(at_least=1)]
scheduler = partial(on_optimizer, FRAMEWORK)


@scheduler(needs=FUNCTIONS)
def LambdaLR(frame: Frame, lr_lambda: FunctionField, last_epoch: FreshField = -1) -> Tracks:
    """The initial learning rate times a function of the epoch.

    Formula: lr·lr_lambda(k)
    Source: torch/optim/lr_scheduler.py, LambdaLR

    Args:
        lr_lambda: the function, as an expression such as `0.95 ** epoch`
    """
    return Scheduler(curve=scaled(frame.length, frame.base_value(), lr_lambda))


@scheduler(accumulates=True, needs=FUNCTIONS)
def MultiplicativeLR(frame: Frame, lr_lambda: FunctionField, last_epoch: FreshField = -1) -> Tracks:
    """At each step the learning rate is multiplied by a function of the epoch, which is not called for epoch 0.

    Formula: lr·lr_lambda(1)·…·lr_lambda(k)
    Source: torch/optim/lr_scheduler.py, MultiplicativeLR

    Args:
        lr_lambda: the factor, as an expression such as `0.95`
    """
    curve = multiplied(frame.length, frame.base_value(), lr_lambda)
    return Scheduler(curve=curve, update=curve.update)


def _multiplying(
    curve: Curve,
    update: updates.Update,
    first: float = 1.0,
    restart: float | None = None,
    later: Affine | None = KEEP,
) -> Scheduler:
    """A scheduler whose steps multiply the value they find; the constructor multiplies it by `first`.

    If `restart` is None, a SequentialLR restarts it at the curve's first value.
    """
    begins = float(curve.values(FIRST)[0]) if restart is None else restart
    return Scheduler(curve=curve, update=update, initial=(first, 0.0), restart=begins, later=later)


@scheduler(accumulates=True)
def StepLR(frame: Frame, step_size: EveryField, gamma: ShrinkField = 0.1, last_epoch: FreshField = -1) -> Tracks:
    """A drop by the same factor every `step_size` epochs.

    Formula: lr·gamma^⌊k/step_size⌋
    Source: torch/optim/lr_scheduler.py, StepLR

    Args:
        step_size: epochs between two drops
    """
    base = frame.base_value()
    if step_size == 0:
        return _multiplying(Bounded(Flat(frame.length, base), 1, MODULO), updates.kept)
    curve = Geometric(frame.length, base, gamma, step_size, staircase=True)
    return _multiplying(curve, partial(updates.drops, step_size, gamma), later=None)


def _milestones(state: Mapping[str, Any], index: int) -> dict[str, Any]:
    """A state has the milestones as a Counter."""
    counts = state.get("milestones")
    if not isinstance(counts, dict):
        return {}
    return {"milestones": tuple(int(each) for each, count in counts.items() for _ in range(int(count)))}


@scheduler(accumulates=True, reads=_milestones)
def MultiStepLR(
    frame: Frame, milestones: MilestonesField, gamma: ShrinkField = 0.1, last_epoch: FreshField = -1
) -> Tracks:
    """A drop by the same factor at each milestone; a repeated milestone counts as often.

    Formula: lr·gamma^(milestones at or before k)
    Source: torch/optim/lr_scheduler.py, MultiStepLR

    Args:
        milestones: epochs at which it drops; a drop at 0 applies from the first update on
    """
    edges = np.array(sorted(each for each in milestones if each >= 0), dtype=np.int64)
    base = frame.base_value()
    levels = base * np.power(gamma, np.arange(len(edges) + 1.0))
    count = int(np.searchsorted(edges, 0, side="right"))
    restart = base * gamma ** sum(each <= 0 for each in milestones)
    curve = Plateaus(frame.length, edges, levels)
    return _multiplying(curve, partial(updates.milestones, edges, gamma), gamma**count, restart, None)


@scheduler(accumulates=True)
def ConstantLR(
    frame: Frame, factor: NumberField = 1 / 3, total_iters: HorizonField = 5, last_epoch: FreshField = -1
) -> Tracks:
    """A fixed share of the learning rate, and all of it from epoch `total_iters` on.

    Formula: lr·factor, then lr; with `total_iters: 0` it is never restored
    Source: torch/optim/lr_scheduler.py, ConstantLR

    Args:
        factor: the share, from 0 to 1
        total_iters: epochs with this share
    """
    error = "ValueError: Constant multiplicative factor expected to be between 0 and 1."
    require(0 <= factor <= 1, "factor", error)
    base = frame.base_value()
    edges = np.array([total_iters] if total_iters else [], dtype=np.int64)
    restored = base * factor * (1 / factor) if factor else base
    curve: Curve = Plateaus(frame.length, edges, np.array([base * factor, restored])[: len(edges) + 1])
    if factor == 0 and total_iters:
        curve = Bounded(curve, total_iters, FLOAT_DIVISION)
    restart = base * (factor + (total_iters <= 0) * (1 - factor))
    return _multiplying(curve, partial(updates.share, factor, total_iters), factor, restart, None)


@scheduler(accumulates=True)
def LinearLR(
    frame: Frame,
    start_factor: NumberField = 1 / 3,
    end_factor: NumberField = 1.0,
    total_iters: HorizonField = 5,
    last_epoch: FreshField = -1,
) -> Tracks:
    """A straight line between two shares of the learning rate; the second one is kept.

    Formula: lr·(start_factor + (end_factor − start_factor)·min(k, total_iters)/total_iters); with `total_iters: 0`
        it stays at lr·start_factor
    Source: torch/optim/lr_scheduler.py, LinearLR

    Args:
        start_factor: the first share, above 0 and at most 1
        end_factor: the second share, from 0 to 1
        total_iters: epochs from the first to the second
    """
    error = "ValueError: Starting multiplicative factor expected to be greater than 0 and less or equal to 1."
    require(0 < start_factor <= 1, "start_factor", error)
    error = "ValueError: Ending multiplicative factor expected to be between 0 and 1."
    require(0 <= end_factor <= 1, "end_factor", error)
    base = frame.base_value()
    update = partial(updates.line, start_factor, end_factor, total_iters)
    if total_iters == 0:
        made = _multiplying(Flat(frame.length, base * start_factor), update, start_factor)
        return replace(made, no_restart=FLOAT_DIVISION)
    meant = Role.WARMUP if end_factor > start_factor else None
    ramp = Anneal(total_iters, base * start_factor, base * end_factor, LINEAR, meant=meant)
    return _multiplying(Lasting(frame.length, ramp), update, start_factor)


@scheduler(accumulates=True)
def ExponentialLR(frame: Frame, gamma: ShrinkField, last_epoch: FreshField = -1) -> Tracks:
    """The learning rate shrinks by the same factor at each epoch.

    Formula: lr·gamma^k
    Source: torch/optim/lr_scheduler.py, ExponentialLR

    Args:
        gamma: factor of each epoch
    """
    return _multiplying(Geometric(frame.length, frame.base_value(), gamma), partial(updates.factor, gamma))


@scheduler(accumulates=True)
def PolynomialLR(
    frame: Frame, total_iters: HorizonField = 5, power: NumberField = 1.0, last_epoch: FreshField = -1
) -> Tracks:
    """A polynomial decay to 0, which it keeps.

    Formula: lr·(1 − min(k, total_iters)/total_iters)^power; with `total_iters: 0` it stays at lr
    Source: torch/optim/lr_scheduler.py, PolynomialLR

    Args:
        total_iters: epochs to 0
        power: exponent
    """
    base = frame.base_value()
    if total_iters == 0:
        flat = _multiplying(Flat(frame.length, base), updates.kept)
        return replace(flat, no_restart=FLOAT_DIVISION, no_read=DIVISION)
    curve: Curve = Lasting(frame.length, Anneal(total_iters, base, 0.0, power_decay(power)))
    if power < 0:
        curve = Bounded(curve, total_iters, ZERO_POWER)
    return _multiplying(curve, partial(_power_ratio, total_iters, power))


def _power_ratio(total: int, power: float, epochs: Steps) -> updates.Changes:
    here = np.minimum(epochs, total)
    gains = np.power((1 - here / total) / (1 - (here - 1) / total), power)
    return updates.multiplied(np.where(epochs > total, 1.0, gains))


@scheduler(accumulates=True)
def CosineAnnealingLR(
    frame: Frame, T_max: HorizonField, eta_min: FloorField = 0.0, last_epoch: FreshField = -1
) -> Tracks:
    """Half a cosine to `eta_min` in `T_max` epochs; after them it rises again, and so on.

    Formula: eta_min + (lr − eta_min)·(1 + cos(π·k/T_max))/2
    Source: torch/optim/lr_scheduler.py, CosineAnnealingLR; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        T_max: epochs from the learning rate to `eta_min`
        eta_min: the least value
    """
    base = frame.base_value()
    if T_max == 0:
        raises = _multiplying(Bounded(Flat(frame.length, base), 1, MODULO), updates.kept)
        return replace(raises, reads_closed=True, no_restart=FLOAT_DIVISION, no_read=MODULO)
    update = partial(updates.cosine, base, eta_min, T_max)
    curve = cosine(frame.length, base, eta_min, T_max)
    return Scheduler(curve=curve, update=update, restart=base, reads_closed=True)


def _current_cosine(state: Mapping[str, Any], index: int) -> dict[str, Any]:
    """The current cosine is taken for the first one."""
    return {"T_0": int(state["T_i"]), "T_cur": state["T_cur"]} if "T_i" in state else {}


@scheduler(reads=_current_cosine)
def CosineAnnealingWarmRestarts(
    frame: Frame,
    T_0: Annotated[PositiveCount, Role.PERIOD],
    T_mult: Annotated[PositiveCount, Role.GROWTH] = 1,
    eta_min: FloorField = 0.0,
    last_epoch: FreshField = -1,
) -> Tracks:
    """Half cosines from the learning rate to `eta_min`, one after the other.

    Formula: eta_min + (lr − eta_min)·(1 + cos(π·T_cur/T_i))/2, where T_i = T_0·T_mult^i
    Source: torch/optim/lr_scheduler.py, CosineAnnealingWarmRestarts; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        T_0: epochs of the first cosine
        T_mult: each is this many times as long as the one before
        eta_min: value at the end of each
    """
    return _restarting(frame.length, frame.base_value(), eta_min, T_mult, T_0)


def _restarting(length: int, base: float, low: float, mult: int, period: int) -> Scheduler:
    """CosineAnnealingWarmRestarts whose first cosine has `period` epochs."""
    curve = Restarts(FARTHEST, base, low, period, float(mult), 1.0)
    placed = partial(_placed, length, base, low, mult, period)
    return Scheduler(curve=Lasting(length, curve), counts_reads=True, placed=placed, clock="T_cur")


def _placed(length: int, base: float, low: float, mult: int, period: int, epoch: int) -> tuple[Scheduler, int]:
    """The scheduler if it is built at a later epoch, which it takes for one of its first two cosines."""
    if epoch < period:
        return _restarting(length, base, low, mult, period), epoch
    return _restarting(length, base, low, mult, period * mult), epoch % period


def _triangles(state: Mapping[str, Any], index: int) -> dict[str, Any]:
    """A state has lists for the groups, and the length of a cycle with the share of its rise."""
    size, ratio = state.get("total_size"), state.get("step_ratio")
    lists = {
        "base_lr": "base_lrs",
        "max_lr": "max_lrs",
        "base_momentum": "base_momentums",
        "max_momentum": "max_momentums",
    }
    found: dict[str, Any] = {name: number_at(state.get(key), index) for name, key in lists.items()}
    found = {name: value for name, value in found.items() if value is not None}
    if isinstance(size, float) and isinstance(ratio, float):
        found |= {"step_size_up": size * ratio, "step_size_down": size - size * ratio}
    if "mode" in state:
        found["scaling"] = Scaling(state["mode"], None, state.get("scale_mode", "cycle"))
    return found


@scheduler(needs="_scale_fn_custom", reads=_triangles)
def CyclicLR(
    frame: Frame,
    scaling: ScalingField,
    base_lr: FloorField,
    max_lr: PeakField,
    step_size_up: Annotated[NumberField, Role.RISE] = 2000,
    step_size_down: Annotated[OptionalNumber, Role.DECAY] = None,
    gamma: ShrinkField = 1.0,
    cycle_momentum: FlagField = True,
    base_momentum: NumberField = 0.8,
    max_momentum: NumberField = 0.9,
    last_epoch: FreshField = -1,
) -> Tracks:
    """Triangles between two learning rates, with the momentum moving the other way.

    Formula: base_lr + (max_lr − base_lr)·s·c, where s climbs 0 → 1 in step_size_up and falls back in
        step_size_down; c is 1 (triangular), ½^(cycle − 1) (triangular2), gamma^k (exp_range) or scale_fn
    Source: torch/optim/lr_scheduler.py, CyclicLR; Smith 2017 (arXiv:1506.01186)

    Args:
        base_lr: value at the minimum; the optimizer's own learning rate is not used
        max_lr: value at the peak
        step_size_up: steps from minimum to peak
        step_size_down: steps from peak to minimum; as many as up if absent
        gamma: factor per step of the mode exp_range
        cycle_momentum: move the momentum too
        base_momentum: momentum at the peak
        max_momentum: momentum at the minimum
    """
    up, down = step_size_up, step_size_up if step_size_down is None else step_size_down
    require(up + down != 0, "step_size_up", FLOAT_DIVISION, "give a number of steps above 0")
    cycle = Cycle(up, down, scaling, gamma)
    curve = cycle.curve(frame.length, base_lr, max_lr)
    if up == 0:
        curve = Bounded(curve, 0, FLOAT_DIVISION)
    beside: dict[str, Curve] = {}
    writes: dict[str, float] = {}
    if cycle_momentum:
        beside["momentum"] = cycle.curve(frame.length, max_momentum, base_momentum)
        writes = {"max_momentum": max_momentum, "base_momentum": base_momentum}
    from_initial = partial(cycle.curve, frame.length, peak=max_lr) if up else None
    return Scheduler(curve=curve, beside=beside, initial_lr=base_lr, writes=writes, from_initial=from_initial)


def _phases(state: Mapping[str, Any], index: int) -> dict[str, Any]:
    """A state has the ends of the phases."""
    phases, total = state.get("_schedule_phases"), state.get("total_steps")
    if not (isinstance(phases, list) and phases and isinstance(total, int)):
        return {}
    first = phases[0].get("end_step", 0.0) + 1
    lengths = {"total_steps": total, "epochs": None, "steps_per_epoch": None}
    strategy = state.get("_anneal_func_type", "cos")
    return {**lengths, "pct_start": first / total, "three_phase": len(phases) == 3, "anneal_strategy": strategy}


@scheduler(in_groups=("max_lr", "div_factor", "final_div_factor", "base_momentum", "max_momentum"), reads=_phases)
def OneCycleLR(
    frame: Frame,
    max_lr: PeakField,
    total_steps: OptionalHorizonField = None,
    epochs: OptionalCount = None,
    steps_per_epoch: OptionalCount = None,
    pct_start: NumberField = 0.3,
    anneal_strategy: AnnealStrategy = "cos",
    cycle_momentum: FlagField = True,
    base_momentum: NumberField = 0.85,
    max_momentum: NumberField = 0.95,
    div_factor: NumberField = 25.0,
    final_div_factor: NumberField = 1e4,
    three_phase: FlagField = False,
    last_epoch: FreshField = -1,
) -> Tracks:
    """One rise and one fall, with the momentum moving the other way; after its end it raises an error.

    Formula: max_lr/div_factor → max_lr at pct_start·total − 1, then → max_lr/div_factor/final_div_factor at
        total − 1; with `three_phase` back to max_lr/div_factor at 2·pct_start·total − 2 first
    Source: torch/optim/lr_scheduler.py, OneCycleLR; Smith & Topin 2018 (arXiv:1708.07120)

    Args:
        max_lr: the peak; the optimizer's own learning rate is not used
        total_steps: steps in the cycle; epochs · steps_per_epoch if absent
        epochs: epochs in the cycle
        steps_per_epoch: steps in an epoch
        pct_start: share of the cycle spent rising
        anneal_strategy: shape of the rise and of the falls
        cycle_momentum: move the momentum too
        base_momentum: momentum at the peak
        max_momentum: momentum at both ends
        div_factor: the peak is this many times the start
        final_div_factor: the start is this many times the end
        three_phase: fall back to the start first, then to the end
    """
    if total_steps is None and None in (epochs, steps_per_epoch):
        message = "ValueError: You must define either total_steps OR (epochs AND steps_per_epoch)"
        raise Fault(message, help=f"add `total_steps: {frame.length}`", code="missing-field")
    total = (epochs or 0) * (steps_per_epoch or 0) if total_steps is None else total_steps
    one_cycle.check(total, pct_start, div_factor, final_div_factor)
    low = max_lr / div_factor
    group = {"initial_lr": low, "max_lr": max_lr, "min_lr": low / final_div_factor}
    if cycle_momentum:
        group |= {"max_momentum": max_momentum, "base_momentum": base_momentum}
    cycle = OneCycle(total, pct_start, anneal_strategy, three_phase)
    return _one_cycle(frame.length, cycle, cycle_momentum, group)


def _one_cycle(length: int, cycle: OneCycle, cycle_momentum: bool, group: Mapping[str, float]) -> Scheduler:
    """OneCycleLR with the values in the optimizer's group."""
    curve = cycle.curve(length, group["initial_lr"], group["max_lr"], group["min_lr"])
    beside: dict[str, Curve] = {}
    if cycle_momentum:
        high, low = group["max_momentum"], group["base_momentum"]
        beside["momentum"] = cycle.curve(length, high, low, high)
    end = cycle.total + 1
    reason = f"ValueError: Tried to step {end} times. The specified number of total steps is {cycle.total}"
    levels = ("initial_lr", "max_lr", "min_lr", *(("max_momentum", "base_momentum") if cycle_momentum else ()))
    return Scheduler(
        curve=Bounded(curve, end, reason),
        beside=beside,
        total_steps=cycle.total,
        initial_lr=group["initial_lr"],
        overrides=True,
        writes={name: group[name] for name in levels},
        reading=partial(_one_cycle, length, cycle, cycle_momentum),
    )


def _strategy(state: Mapping[str, Any], index: int) -> dict[str, Any]:
    return {"anneal_strategy": state["_anneal_strategy"]} if "_anneal_strategy" in state else {}


@scheduler(accumulates=True, in_groups=("swa_lr",), reads=_strategy)
def SWALR(
    frame: Frame,
    swa_lr: FloorField,
    anneal_epochs: CountField = 10,
    anneal_strategy: AnnealStrategy = "cos",
    last_epoch: FreshField = -1,
) -> Tracks:
    """An anneal to the learning rate of stochastic weight averaging, which is kept.

    Formula: swa_lr·α + lr·(1 − α), where α climbs 0 → 1 in anneal_epochs: (1 − cos πu)/2 or u
    Source: torch/optim/swa_utils.py, SWALR; Izmailov et al. 2018 (arXiv:1803.05407)

    Args:
        swa_lr: the learning rate that it leads to
        anneal_epochs: epochs of the anneal; with 0 it starts at `swa_lr`
        anneal_strategy: shape of the anneal
    """
    return _swa(frame.length, frame.base_value(), anneal_epochs, anneal_strategy == "cos", {"swa_lr": swa_lr})


def _swa(length: int, base: float, total: int, cosine_shaped: bool, group: Mapping[str, float]) -> Scheduler:
    """SWALR with the values in the optimizer's group."""
    goal = group["swa_lr"]
    return Scheduler(
        curve=Lasting(length, Anneal(total, base, goal, COSINE if cosine_shaped else LINEAR)),
        update=partial(_towards, goal, total, cosine_shaped),
        initial=KEEP if total else (0.0, goal),
        counts_calls=True,
        clock=CALLS,
        writes={"swa_lr": goal},
        writes_later=True,
        reading=partial(_swa, length, base, total, cosine_shaped),
    )


def _towards(goal: float, total: int, cosine_shaped: bool, epochs: Steps) -> updates.Changes:
    steps = np.maximum(epochs, 1) if total == 0 else epochs
    before, here = (np.clip((steps - back) / max(1, total), 0, 1) for back in (1, 0))
    if cosine_shaped:
        before, here = ((1 - np.cos(pi * u)) / 2 for u in (before, here))
    done = before == 1
    return updates.towards(goal, np.where(done, 0.0, (1 - here) / np.where(done, 1.0, 1 - before)))


SchedulersField = Annotated[
    RecipesField, Example("[{use: torch.LinearLR, total_iters: 100}, {use: torch.ExponentialLR, gamma: 0.99}]")
]


@scheduler()
def SequentialLR(
    frame: Frame, schedulers: SchedulersField, milestones: HandoversField, last_epoch: FreshField = -1
) -> Tracks:
    """Schedulers one after the other, each from its milestone on.

    At a milestone the next one starts at its epoch 0: from the initial learning rate if it has a closed form, from
    the current one if it has none. A ChainedScheduler or SequentialLR can only come first.

    Formula: schedulers[i](k − milestones[i − 1])
    Source: torch/optim/lr_scheduler.py, SequentialLR

    Args:
        milestones: steps at which the next one begins, one fewer than schedulers
    """
    error = (
        "ValueError: Sequential Schedulers expects number of schedulers provided to be one more than the number "
        f"of milestone points, but got {len(schedulers)} and {len(milestones)}"
    )
    require(len(milestones) == len(schedulers) - 1, "milestones", error, "give one milestone fewer than schedulers")
    return _together(frame, "SequentialLR", schedulers, milestones)


@scheduler()
def ChainedScheduler(frame: Frame, schedulers: SchedulersField) -> Tracks:
    """Schedulers that all act at every step, in order, on the same learning rate.

    Formula: schedulers[n](… schedulers[1](the learning rate before))
    Source: torch/optim/lr_scheduler.py, ChainedScheduler
    """
    return _together(frame, "ChainedScheduler", schedulers, None)


def _together(frame: Frame, name: str, recipes: RecipesField, milestones: tuple[int, ...] | None) -> Composite:
    """Schedulers built in order on one optimizer; each finds the initial value that those before it left."""
    error = f"ValueError: {name} expects at least one scheduler, but got no scheduler."
    require(len(recipes) > 0, "schedulers", error)
    children: list[Scheduler | Composite] = []
    lr = frame.base
    initial = frame.beside.get("initial_lr")  # of a composite around this one
    for index, recipe in enumerate(recipes):
        if initial is not None:
            frame = replace(frame, base=initial, beside={**frame.beside, "initial_lr": initial})
        child = recipe.tracks(frame)
        if not isinstance(child, Scheduler | Composite):
            raise _refused(recipe, name, index)
        if isinstance(child, Scheduler):
            child = replace(child, origin=recipe.use(frame))
        children.append(child)
        for leaf in child.leaves() if isinstance(child, Composite) else (child,):
            initial = following(leaf, initial, nan if lr is None else lr)
    return composite(frame.length, Tree(sharing(children), milestones, lr))


def _refused(recipe: Recipe, owner: str, index: int) -> Fault:
    """The fault that a composite does not take a scheduler: another framework's, or one that follows a metric."""
    if recipe.framework != FRAMEWORK.name:
        return foreign(recipe, FRAMEWORK.name, owner)
    message = (
        f"ValueError: {owner} does not support `{recipe.title}` scheduler as it requires additional kwargs to be "
        f"specified when calling `step`, but got one at index {index} in the given schedulers sequence."
    )
    help = "write a list of phases: the one before with `for`, then this one"
    return Fault(message, help=help).at(recipe.span)


def _judge(plateau: Plateau, counts: Counts, metric: float) -> tuple[Counts, bool]:
    """Torch's `step`."""
    sign = 1.0 if plateau.mode == "min" else -1.0
    best = inf if counts.best is None else sign * counts.best
    margin = best * (1 - sign * plateau.threshold) if plateau.threshold_mode == "rel" else best - plateau.threshold
    better = sign * metric < margin
    bad, cooling = 0 if better else counts.bad + 1, counts.cooling
    if cooling > 0:
        cooling, bad = cooling - 1, 0
    drops = bad > plateau.patience
    if drops:
        cooling, bad = plateau.cooldown, 0
    return Counts(metric if better else counts.best, bad, cooling), drops


@FRAMEWORK.scheduler(resuming=Following(_judge, "eps", own_base, saves_arguments=True))
def ReduceLROnPlateau(frame: Frame, plateau: PlateauField, eps: NumberField = 1e-8) -> Curve:
    """A drop whenever a metric has not improved for longer than `patience`.

    Formula: max(lr·factor, min_lr) at each drop, if that is more than eps lower
    Source: torch/optim/lr_scheduler.py, ReduceLROnPlateau

    Args:
        cooldown: steps after a drop that are not counted as steps without improvement
        eps: drops by this much or less are skipped
    """
    require(plateau.factor < 1, "factor", "ValueError: Factor should be < 1.0.")
    return plateau.curve(frame.length, frame.base_value(), eps, _judge)
