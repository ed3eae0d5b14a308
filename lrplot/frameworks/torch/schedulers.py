"""PyTorch: torch.optim.lr_scheduler and torch.optim.swa_utils.

The value at update k is what k calls of `step()` leave, the constructor having set k = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from math import floor, inf, nan, pi
from pathlib import Path
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.cycles import Restarts
from lrplot.curves.expression import OneArgument
from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.laws import Geometric
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import COSINE, LINEAR, Floats, power_decay
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST, Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.triangles import Cycle
from lrplot.frameworks.torch.composite import Composite, Tree, composite, following, sharing
from lrplot.frameworks.torch.optimizer import KEEP, Scheduler, Update
from lrplot.schema.annotations import (
    CountField,
    FlagField,
    FreshField,
    FunctionField,
    IntegersField,
    MetricsField,
    NumberField,
    OptionalCount,
    OptionalNumber,
)
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipesField
from lrplot.schema.types import Count
from lrplot.text.columns import read_column

FRAMEWORK = Framework(
    name="torch",
    distribution="torch",
    version="2.13.0",
    modules=("torch.optim.lr_scheduler", "torch.optim.swa_utils"),
    glossary={"last_epoch": "only -1, a run from its beginning"},
)
scheduler = FRAMEWORK.scheduler

PositiveCount = Annotated[int, Count(at_least=1)]
DIVISION = "ZeroDivisionError: float division by zero"


def lasting(length: int, curve: Curve) -> Curve:
    """The curve under the frame's length."""
    return Lasting(length, curve)


@scheduler()
def LambdaLR(frame: Frame, lr_lambda: FunctionField, last_epoch: FreshField = -1) -> Tracks:
    """The initial learning rate times a function of the epoch.

    Formula: lr·lr_lambda(k)
    Source: torch/optim/lr_scheduler.py, LambdaLR

    Args:
        lr_lambda: the function, as an expression such as `0.95 ** epoch`
    """
    base = frame.base_value()
    return Scheduler(curve=Formula(frame.length, partial(_scaled, base, lr_lambda), turns=None), name="LambdaLR")


def _scaled(base: float, function: OneArgument, k: Floats) -> Floats:
    return np.asarray(base * function(k))


@scheduler(accumulates=True)
def MultiplicativeLR(frame: Frame, lr_lambda: FunctionField, last_epoch: FreshField = -1) -> Tracks:
    """At each step the learning rate is multiplied by a function of the epoch, not called for epoch 0.

    Formula: lr·lr_lambda(1)·…·lr_lambda(k)
    Source: torch/optim/lr_scheduler.py, MultiplicativeLR

    Args:
        lr_lambda: the factor, as an expression such as `0.95`
    """
    update = partial(_factors, lr_lambda)
    curve = Recurrence(frame.length, frame.base_value(), update)
    return Scheduler(curve=curve, name="MultiplicativeLR", update=update)


def _factors(function: OneArgument, epochs: Steps) -> tuple[Floats, Floats]:
    return function(epochs.astype(np.float64)), np.zeros(epochs.shape)


def _multiplied(name: str, curve: Curve, gains: Update, first: float = 1.0, restart: float | None = None) -> Scheduler:
    """A scheduler whose steps multiply the value they find, the constructor's by `first`."""
    begins = float(curve.values(np.zeros(1, dtype=np.int64))[0]) if restart is None else restart
    return Scheduler(curve=curve, name=name, update=gains, initial=(first, 0.0), restart=begins)


@scheduler(accumulates=True)
def StepLR(
    frame: Frame, step_size: Annotated[CountField, Role.EVERY], gamma: NumberField = 0.1, last_epoch: FreshField = -1
) -> Tracks:
    """A drop by the same factor every `step_size` epochs.

    Formula: lr·gamma^⌊k/step_size⌋
    Source: torch/optim/lr_scheduler.py, StepLR

    Args:
        step_size: epochs between two drops
        gamma: factor of each drop
    """
    base = frame.base_value()
    if step_size == 0:
        raises = Bounded(Flat(frame.length, base), 1, "ZeroDivisionError: integer modulo by zero")
        return _multiplied("StepLR", raises, _kept)
    curve = Geometric(frame.length, base, gamma, step_size, staircase=True)
    return _multiplied("StepLR", curve, partial(_drops, step_size, gamma))


def _drops(step_size: int, gamma: float, epochs: Steps) -> tuple[Floats, Floats]:
    falls = (epochs != 0) & (epochs % step_size == 0)
    return np.where(falls, gamma, 1.0), np.zeros(epochs.shape)


@scheduler(accumulates=True)
def MultiStepLR(
    frame: Frame,
    milestones: Annotated[IntegersField, Role.MILESTONES],
    gamma: NumberField = 0.1,
    last_epoch: FreshField = -1,
) -> Tracks:
    """A drop by the same factor at each milestone; one named twice counts twice.

    Formula: lr·gamma^(milestones at or before k)
    Source: torch/optim/lr_scheduler.py, MultiStepLR

    Args:
        milestones: epochs at which it drops; 0 is already in force for the first update
        gamma: factor of each drop
    """
    edges = np.array(sorted(each for each in milestones if each >= 0), dtype=np.int64)
    levels = frame.base_value() * np.power(gamma, np.arange(len(edges) + 1.0))
    count = int(np.searchsorted(edges, 0, side="right"))
    curve = Plateaus(frame.length, edges, levels)
    restart = frame.base_value() * gamma ** sum(each <= 0 for each in milestones)
    return _multiplied("MultiStepLR", curve, partial(_falls, edges, gamma), gamma**count, restart)


def _falls(edges: Steps, gamma: float, epochs: Steps) -> tuple[Floats, Floats]:
    count = np.searchsorted(edges, epochs, side="right") - np.searchsorted(edges, epochs, side="left")
    return np.power(gamma, count.astype(np.float64)), np.zeros(epochs.shape)


@scheduler(accumulates=True)
def ConstantLR(
    frame: Frame, factor: NumberField = 1 / 3, total_iters: CountField = 5, last_epoch: FreshField = -1
) -> Tracks:
    """A fixed share of the learning rate at first, all of it from `total_iters` on.

    Formula: lr·factor, then lr; with `total_iters: 0` it is never restored
    Source: torch/optim/lr_scheduler.py, ConstantLR

    Args:
        factor: the share, from 0 to 1
        total_iters: epochs it lasts
    """
    if not 0 <= factor <= 1:
        raise Fault("ValueError: Constant multiplicative factor expected to be between 0 and 1.", field="factor")
    base = frame.base_value()
    edges = np.array([total_iters] if total_iters else [], dtype=np.int64)
    restored = base * factor * (1 / factor) if factor else base
    curve: Curve = Plateaus(frame.length, edges, np.array([base * factor, restored])[: len(edges) + 1])
    if factor == 0 and total_iters:
        curve = Bounded(curve, total_iters, DIVISION)
    restart = base * (factor + (total_iters <= 0) * (1 - factor))
    return _multiplied("ConstantLR", curve, partial(_restored, factor, total_iters), factor, restart)


def _restored(factor: float, total: int, epochs: Steps) -> tuple[Floats, Floats]:
    gains = np.where(epochs == total, 1 / factor if factor else inf, 1.0)
    return np.where(epochs == 0, factor, gains), np.zeros(epochs.shape)


@scheduler(accumulates=True)
def LinearLR(
    frame: Frame,
    start_factor: NumberField = 1 / 3,
    end_factor: NumberField = 1.0,
    total_iters: Annotated[CountField, Role.HORIZON] = 5,
    last_epoch: FreshField = -1,
) -> Tracks:
    """A straight line between two shares of the learning rate, and the second one from then on.

    Formula: lr·(start_factor + (end_factor − start_factor)·min(k, total_iters)/total_iters); with `total_iters: 0`
        it stays at lr·start_factor
    Source: torch/optim/lr_scheduler.py, LinearLR

    Args:
        start_factor: the first share, above 0 and at most 1
        end_factor: the second share, from 0 to 1
        total_iters: epochs from one to the other
    """
    if not 0 < start_factor <= 1:
        message = "ValueError: Starting multiplicative factor expected to be greater than 0 and less or equal to 1."
        raise Fault(message, field="start_factor")
    if not 0 <= end_factor <= 1:
        message = "ValueError: Ending multiplicative factor expected to be between 0 and 1."
        raise Fault(message, field="end_factor")
    base = frame.base_value()
    ramp: Curve = Flat(frame.length, base * start_factor)
    if total_iters:
        meant = Role.WARMUP if end_factor > start_factor else None
        ramp = Anneal(total_iters, base * start_factor, base * end_factor, LINEAR, meant=meant)
    gains = partial(_line_ratio, start_factor, end_factor, total_iters)
    made = _multiplied("LinearLR", lasting(frame.length, ramp), gains, start_factor)
    return made if total_iters else replace(made, no_restart=DIVISION)


def _line_ratio(start: float, end: float, total: int, epochs: Steps) -> tuple[Floats, Floats]:
    rise = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = 1 + rise / (total * start + (epochs - 1) * rise)
    gains = np.where(epochs > total, 1.0, gains)
    return np.where(epochs == 0, start, gains), np.zeros(epochs.shape)


@scheduler(accumulates=True)
def ExponentialLR(frame: Frame, gamma: NumberField, last_epoch: FreshField = -1) -> Tracks:
    """The learning rate shrinks by the same factor at each epoch.

    Formula: lr·gamma^k
    Source: torch/optim/lr_scheduler.py, ExponentialLR

    Args:
        gamma: factor of each epoch
    """
    curve = Geometric(frame.length, frame.base_value(), gamma)
    return _multiplied("ExponentialLR", curve, partial(_constant_factor, gamma))


def _constant_factor(gamma: float, epochs: Steps) -> tuple[Floats, Floats]:
    return np.full(epochs.shape, gamma), np.zeros(epochs.shape)


@scheduler(accumulates=True)
def PolynomialLR(
    frame: Frame,
    total_iters: Annotated[CountField, Role.HORIZON] = 5,
    power: NumberField = 1.0,
    last_epoch: FreshField = -1,
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
        return replace(_multiplied("PolynomialLR", Flat(frame.length, base), _kept), no_restart=DIVISION)
    curve: Curve = lasting(frame.length, Anneal(total_iters, base, 0.0, power_decay(power)))
    if power < 0:
        curve = Bounded(curve, total_iters, "ZeroDivisionError: 0.0 cannot be raised to a negative power")
    return _multiplied("PolynomialLR", curve, partial(_power_ratio, total_iters, power))


def _kept(epochs: Steps) -> tuple[Floats, Floats]:
    return np.ones(epochs.shape), np.zeros(epochs.shape)


def _power_ratio(total: int, power: float, epochs: Steps) -> tuple[Floats, Floats]:
    here = np.minimum(epochs, total)
    gains = np.power((1 - here / total) / (1 - (here - 1) / total), power)
    return np.where(epochs > total, 1.0, gains), np.zeros(epochs.shape)


@scheduler(accumulates=True)
def CosineAnnealingLR(
    frame: Frame,
    T_max: Annotated[CountField, Role.HORIZON],
    eta_min: Annotated[NumberField, Role.FLOOR] = 0.0,
    last_epoch: FreshField = -1,
) -> Tracks:
    """Half a cosine to `eta_min` in `T_max` epochs; past them it climbs back, and so on for ever.

    Formula: eta_min + (lr − eta_min)·(1 + cos(π·k/T_max))/2
    Source: torch/optim/lr_scheduler.py, CosineAnnealingLR; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        T_max: epochs from the learning rate to `eta_min`
        eta_min: the least value
    """
    base = frame.base_value()
    if T_max == 0:
        raises = Bounded(Flat(frame.length, base), 1, "ZeroDivisionError: integer modulo by zero")
        return _multiplied("CosineAnnealingLR", raises, _kept)
    update = partial(_cosine_step, base, eta_min, T_max)
    curve = cosine(frame.length, base, eta_min, T_max)
    return Scheduler(curve=curve, name="CosineAnnealingLR", update=update, restart=base)


def _cosine_step(base: float, low: float, half: int, epochs: Steps) -> tuple[Floats, Floats]:
    leaving = (epochs - 1 - half) % (2 * half) == 0
    before = np.where(leaving, 1.0, 1 + np.cos(pi * (epochs - 1) / half))
    gains = (1 + np.cos(pi * epochs / half)) / before
    rise = (base - low) * (1 - np.cos(pi / half)) / 2
    return np.where(leaving, 1.0, gains), np.where(leaving, rise, low * (1 - gains))


@scheduler()
def CosineAnnealingWarmRestarts(
    frame: Frame,
    T_0: Annotated[PositiveCount, Role.PERIOD],
    T_mult: Annotated[PositiveCount, Role.GROWTH] = 1,
    eta_min: NumberField = 0.0,
    last_epoch: FreshField = -1,
) -> Tracks:
    """Half cosines to `eta_min`, each starting over from the learning rate, without end.

    Formula: eta_min + (lr − eta_min)·(1 + cos(π·T_cur/T_i))/2, where T_i = T_0·T_mult^i
    Source: torch/optim/lr_scheduler.py, CosineAnnealingWarmRestarts; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        T_0: epochs of the first cosine
        T_mult: each is this many times as long as the one before
        eta_min: the value each falls to
    """
    curve = Restarts(FARTHEST, frame.base_value(), eta_min, T_0, float(T_mult), 1.0)
    return Scheduler(curve=lasting(frame.length, curve), name="CosineAnnealingWarmRestarts")


@scheduler()
def CyclicLR(
    frame: Frame,
    base_lr: NumberField,
    max_lr: Annotated[NumberField, Role.PEAK],
    step_size_up: NumberField = 2000,
    step_size_down: OptionalNumber = None,
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
    gamma: Annotated[NumberField, Role.SHRINK] = 1.0,
    scale_fn: FunctionField | None = None,
    scale_mode: Literal["cycle", "iterations"] = "cycle",
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
        base_lr: value at the foot; the optimizer's own learning rate is not used
        max_lr: value at the peak
        step_size_up: steps from foot to peak
        step_size_down: steps back; as many if absent
        mode: how later cycles shrink
        gamma: factor per step of exp_range
        scale_fn: a scale of the user's own, as an expression over `x`; then `mode` is ignored
        scale_mode: whether `x` is the cycle, counted from 1, or the step
        cycle_momentum: move the momentum too
        base_momentum: momentum at the peak
        max_momentum: momentum at the foot
    """
    up, down = step_size_up, step_size_up if step_size_down is None else step_size_down
    if up + down == 0:
        raise Fault(DIVISION, field="step_size_up", help="give a number of steps above 0")
    cycle = Cycle(up, down, mode, gamma, scale_fn, scale_mode == "iterations")
    curve = cycle.curve(frame.length, base_lr, max_lr)
    beside = {"momentum": cycle.curve(frame.length, max_momentum, base_momentum)} if cycle_momentum else {}
    if up == 0:
        curve = Bounded(curve, 0, DIVISION)
    writes = {"max_momentum": max_momentum, "base_momentum": base_momentum} if cycle_momentum else {}
    return Scheduler(curve=curve, beside=beside, name="CyclicLR", initial_lr=base_lr, writes=writes)


@scheduler()
def OneCycleLR(
    frame: Frame,
    max_lr: Annotated[NumberField, Role.PEAK],
    total_steps: Annotated[OptionalCount, Role.HORIZON] = None,
    epochs: OptionalCount = None,
    steps_per_epoch: OptionalCount = None,
    pct_start: NumberField = 0.3,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    cycle_momentum: FlagField = True,
    base_momentum: NumberField = 0.85,
    max_momentum: NumberField = 0.95,
    div_factor: NumberField = 25.0,
    final_div_factor: NumberField = 1e4,
    three_phase: FlagField = False,
    last_epoch: FreshField = -1,
) -> Tracks:
    """One rise and one fall, with the momentum moving the other way; it raises past its end.

    Formula: max_lr/div_factor → max_lr at pct_start·total − 1, then → max_lr/div_factor/final_div_factor at
        total − 1; with `three_phase` back to max_lr/div_factor at 2·pct_start·total − 2 first
    Source: torch/optim/lr_scheduler.py, OneCycleLR; Smith & Topin 2018 (arXiv:1708.07120)

    Args:
        max_lr: the peak; the optimizer's own learning rate is not used
        total_steps: steps in the cycle, or else epochs · steps_per_epoch
        epochs: epochs in the cycle
        steps_per_epoch: steps in an epoch
        pct_start: share of the cycle spent rising
        anneal_strategy: shape of the rise and of the falls
        cycle_momentum: move the momentum too
        base_momentum: momentum at the peak
        max_momentum: momentum at both ends
        div_factor: the peak is this many times the start
        final_div_factor: the start is this many times the end
        three_phase: fall back to the start, then on to the end
    """
    if total_steps is None and None in (epochs, steps_per_epoch):
        message = "ValueError: You must define either total_steps OR (epochs AND steps_per_epoch)"
        raise Fault(message, help=f"add `total_steps: {frame.length}`", code="missing-field")
    total = (epochs or 0) * (steps_per_epoch or 0) if total_steps is None else total_steps
    if total <= 0:
        raise Fault(f"ValueError: Expected positive integer total_steps, but got {total}", field="total_steps")
    if not 0 <= pct_start <= 1:
        message = f"ValueError: Expected float between 0 and 1 pct_start, but got {pct_start:g}"
        raise Fault(message, field="pct_start")
    for name, value in (("div_factor", div_factor), ("final_div_factor", final_div_factor)):
        if value == 0:
            raise Fault(DIVISION, field=name, help="give a factor above 0")
    low = max_lr / div_factor
    ends = [pct_start * total - 1, 2 * pct_start * total - 2, float(total - 1)]
    if not three_phase:
        del ends[1]
    ramp = cosine if anneal_strategy == "cos" else line
    group = {"initial_lr": low, "max_lr": max_lr, "min_lr": low / final_div_factor}
    if cycle_momentum:
        group |= {"max_momentum": max_momentum, "base_momentum": base_momentum}
    return _one_cycle(frame.length, total, ends, ramp, cycle_momentum, group)


def _one_cycle(
    length: int,
    total: int,
    ends: list[float],
    ramp: Callable[..., Curve],
    cycle_momentum: bool,
    group: Mapping[str, float],
) -> Scheduler:
    """OneCycleLR by what the optimizer's group says."""
    three = len(ends) == 3
    lows = ["initial_lr", "max_lr", *(["initial_lr"] if three else []), "min_lr"]
    curve = one_cycle(length, ends, [group[name] for name in lows], ramp)
    beside: dict[str, Curve] = {}
    if cycle_momentum:
        moments = ["max_momentum", "base_momentum", "max_momentum", "max_momentum"][: len(lows)]
        beside["momentum"] = one_cycle(length, ends, [group[name] for name in moments], ramp)
    reason = f"ValueError: Tried to step {total + 1} times. The specified number of total steps is {total}"
    return Scheduler(
        curve=Bounded(curve, total + 1, reason),
        beside=beside,
        name="OneCycleLR",
        initial_lr=group["initial_lr"],
        overrides=True,
        writes=group,
        reading=partial(_one_cycle, length, total, ends, ramp, cycle_momentum),
    )


def one_cycle(length: int, ends: list[float], levels: list[float], ramp: Callable[..., Curve]) -> Curve:
    """Ramps from level to level, each up to its end, a time that need not be whole.

    Past the last end its ramp goes on. Source: torch/optim/lr_scheduler.py, OneCycleLR.get_lr
    """
    phases: list[Phase] = []
    start, begin = 0, 0.0  # the first step of a phase, and where its ramp begins
    for i, (end, first, last) in enumerate(zip(ends, levels, levels[1:], strict=False)):
        stop = max(floor(end) + 1, start)
        final = i == len(ends) - 1
        if final or stop > start:
            steps = max(length - start, stop - start, 1) if final else stop - start
            curve: Curve = Bounded(Flat(steps, first), 0, DIVISION)
            if end != begin:
                curve = ramp(steps, first, last, end - begin, start - begin)
            phases.append(Phase(("rise", "fall", "end")[i], curve))
        start, begin = stop, end
    return Sequence(length, tuple(phases), open=True)


@scheduler(accumulates=True)
def SWALR(
    frame: Frame,
    swa_lr: NumberField,
    anneal_epochs: CountField = 10,
    anneal_strategy: Literal["cos", "linear"] = "cos",
    last_epoch: FreshField = -1,
) -> Tracks:
    """Anneals to the learning rate of stochastic weight averaging, and stays there.

    Formula: swa_lr·α + lr·(1 − α), where α climbs 0 → 1 in anneal_epochs: (1 − cos πu)/2 or u
    Source: torch/optim/swa_utils.py, SWALR; Izmailov et al. 2018 (arXiv:1803.05407)

    Args:
        swa_lr: where it goes
        anneal_epochs: epochs on the way; with 0 it is there from the first update on
        anneal_strategy: shape of the way
    """
    return _swa(frame.length, frame.base_value(), anneal_epochs, anneal_strategy == "cos", {"swa_lr": swa_lr})


def _swa(length: int, base: float, total: int, cosine_shaped: bool, group: Mapping[str, float]) -> Scheduler:
    """SWALR by what the optimizer's group says."""
    goal = group["swa_lr"]
    return Scheduler(
        curve=lasting(length, Anneal(total, base, goal, COSINE if cosine_shaped else LINEAR)),
        name="SWALR",
        update=partial(_towards, goal, total, cosine_shaped),
        initial=KEEP if total else (0.0, goal),
        counts_calls=True,
        writes=group,
        reading=partial(_swa, length, base, total, cosine_shaped),
    )


def _towards(goal: float, total: int, cosine_shaped: bool, epochs: Steps) -> tuple[Floats, Floats]:
    steps = np.maximum(epochs, 1) if total == 0 else epochs
    before, here = (np.clip((steps - back) / max(1, total), 0, 1) for back in (1, 0))
    if cosine_shaped:
        before, here = ((1 - np.cos(pi * u)) / 2 for u in (before, here))
    done = before == 1
    left = np.where(done, 0.0, (1 - here) / np.where(done, 1.0, 1 - before))
    return left, goal * (1 - left)


@scheduler()
def SequentialLR(
    frame: Frame,
    schedulers: RecipesField,
    milestones: Annotated[IntegersField, Role.HANDOVERS],
    last_epoch: FreshField = -1,
) -> Tracks:
    """Schedulers one after the other, each from its milestone on.

    At a milestone the next one starts at its epoch 0: from the initial learning rate where it has a closed form,
    from the current one where it has none. A ChainedScheduler or SequentialLR can only come first.

    Formula: schedulers[i](k − milestones[i − 1])
    Source: torch/optim/lr_scheduler.py, SequentialLR

    Args:
        schedulers: torch's own, such as `{use: torch.LinearLR}`
        milestones: steps at which the next one begins, one less than schedulers
    """
    if len(milestones) != len(schedulers) - 1:
        message = (
            "ValueError: Sequential Schedulers expects number of schedulers provided to be one more than the number "
            f"of milestone points, but got {len(schedulers)} and {len(milestones)}"
        )
        raise Fault(message, field="milestones", help="one milestone less than schedulers")
    return _together(frame, "SequentialLR", schedulers, milestones)


@scheduler()
def ChainedScheduler(frame: Frame, schedulers: RecipesField) -> Tracks:
    """Schedulers that all act at every step, one after the other, on the same learning rate.

    Formula: schedulers[n](… schedulers[1](the learning rate before))
    Source: torch/optim/lr_scheduler.py, ChainedScheduler

    Args:
        schedulers: torch's own, such as `{use: torch.LinearLR}`
    """
    return _together(frame, "ChainedScheduler", schedulers, None)


def _together(frame: Frame, name: str, recipes: RecipesField, milestones: tuple[int, ...] | None) -> Composite:
    """Schedulers built in order on one optimizer, each finding the initial value those before left."""
    if not recipes:
        raise Fault(f"ValueError: {name} expects at least one scheduler, but got no scheduler.", field="schedulers")
    children: list[Scheduler | Composite] = []
    lr = frame.base
    initial = frame.beside.get("initial_lr")  # of a composite around this one
    for recipe in recipes:
        if initial is not None:
            frame = replace(frame, base=initial, beside={**frame.beside, "initial_lr": initial})
        child = recipe.tracks(frame)
        if not isinstance(child, Scheduler | Composite):
            raise Fault(f"{name} takes torch's own schedulers, not `{recipe.name}`", field="schedulers")
        if isinstance(child, Scheduler):
            child = replace(child, origin=recipe.use(frame))
        children.append(child)
        for leaf in child.leaves() if isinstance(child, Composite) else (child,):
            initial = following(leaf, initial, nan if lr is None else lr)
    return composite(frame.length, Tree(sharing(children), milestones, lr))


@scheduler()
def ReduceLROnPlateau(
    frame: Frame,
    metrics: MetricsField,
    mode: Literal["min", "max"] = "min",
    factor: NumberField = 0.1,
    patience: CountField = 10,
    threshold: NumberField = 1e-4,
    threshold_mode: Literal["rel", "abs"] = "rel",
    cooldown: CountField = 0,
    min_lr: NumberField = 0.0,
    eps: NumberField = 1e-8,
) -> Curve:
    """A drop whenever a metric has not improved for longer than `patience`.

    Formula: max(lr·factor, min_lr) at each drop, where that is more than eps less
    Source: torch/optim/lr_scheduler.py, ReduceLROnPlateau

    Args:
        metrics: the metric after each update (with `interval: epoch`, after each epoch): a list, or a CSV file
        mode: whether less (min) or more (max) is better
        factor: factor of each drop, below 1
        patience: bad epochs that are put up with
        threshold: how much better counts as better
        threshold_mode: whether that is a share of the best (rel) or an amount (abs)
        cooldown: epochs after a drop in which bad ones do not count
        min_lr: the least value
        eps: smaller drops than this are not made
    """
    if factor >= 1:
        raise Fault("ValueError: Factor should be < 1.0.", field="factor")
    sign = 1.0 if mode == "min" else -1.0
    best, bad, cooling = inf, 0, 0
    edges: list[int] = []
    levels = [frame.base_value()]
    series = metric_values(metrics)
    for step, metric in enumerate((sign * np.asarray(series)).tolist(), 1):
        if metric < (best - threshold if threshold_mode == "abs" else best * (1 - sign * threshold)):
            best, bad = metric, 0
        else:
            bad += 1
        if cooling > 0:
            cooling, bad = cooling - 1, 0
        if bad > patience:
            lowered = max(levels[-1] * factor, min_lr)
            if levels[-1] - lowered > eps:
                edges.append(step)
                levels.append(lowered)
            cooling, bad = cooldown, 0
    curve = Plateaus(frame.length, np.array(edges, dtype=np.int64), np.array(levels))
    return Bounded(curve, len(series) + 1, f"`metrics` ends after {len(series):,} values")


def metric_values(metrics: tuple[float, ...] | Path) -> Floats:
    """The values of a metric, from a list or a file's column."""
    return read_column(metrics, None) if isinstance(metrics, Path) else np.array(metrics)
