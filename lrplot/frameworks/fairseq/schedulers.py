"""fairseq: fairseq.optim.lr_scheduler.

The value at update k is the one after the trainer's calls: `step_update(0)` when the scheduler is built;
`step_begin_epoch(e)` and `step_update(k)` before an epoch's first update, with epochs counted from 1;
`step_update(k)` after each update. Arguments are those of each scheduler's configuration. Each scheduler has a
second name, the one that `--lr-scheduler` takes: `fairseq.cosine` is `fairseq.CosineLRSchedule`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import ceil, log
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DOMAIN, FLOAT_DIVISION, INDEX
from lrplot.curves.formulas import Formula, line
from lrplot.curves.laws import Geometric, NaturalExponential
from lrplot.curves.roles import Role
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST
from lrplot.curves.wrappers import Clip
from lrplot.diagnostics import Fault
from lrplot.frameworks.fairseq.parts import (
    Towards,
    cosine_cycles,
    gain_and_shift,
    levels_by_epoch,
    peaks_by_epoch,
    read_table,
    remaining,
)
from lrplot.frameworks.shared.arguments import (
    METRIC,
    FloorField,
    GrowthField,
    PeakField,
    ShrinkField,
    StartField,
    WarmupField,
)
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.stages import Settled, Stage, staged
from lrplot.lazy import dataclass
from lrplot.schema.annotations import (
    CountField,
    FlagField,
    IntegerField,
    NumberField,
    NumbersField,
    OptionalNumber,
    TextField,
)
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame
from lrplot.schema.types import Count, Many, Number
from lrplot.wording import learning_rate

DELEGATED = "it leaves the schedule to the optimizer: write the optimizer's own schedule"

FRAMEWORK = Framework(
    name="fairseq",
    distribution="fairseq",
    version="0.12.2",
    naming="_name",
    modules=("fairseq.optim.lr_scheduler", "fairseq.optim.lr_scheduler.*"),
    glossary={
        "lr": "the learning rate, `optimization.lr`; that of the run if absent",
        "max_update": "`optimization.max_update`; the run's length if absent",
        "warmup_updates": "updates in the linear warmup",
        "lr_shrink": "factor of each further cycle or epoch",
    },
    undetermined={
        "ReduceLROnPlateauLRSchedule": METRIC,
        "reduce_lr_on_plateau": METRIC,
        "PassThroughScheduleSchedule": DELEGATED,
        "pass_through": DELEGATED,
    },
)
scheduler = FRAMEWORK.scheduler

RatesField = Annotated[tuple[float, ...] | None, Many(Number(), single=True)]
PeaksField = Annotated[RatesField, Role.PEAK]
OptionalInteger = Annotated[int | None, Count(at_least=None)]


def rates(frame: Frame, lr: RatesField) -> tuple[float, ...]:
    """The learning rates of a configuration; that of the run if it has none."""
    if lr is None:
        return (frame.base_value(),)
    if not lr:
        raise Fault(INDEX, field="lr", help="give at least one")
    return lr


def single_rate(frame: Frame, lr: RatesField, name: str) -> float:
    """The learning rate of a schedule that takes only one."""
    first, *others = rates(frame, lr)
    if others:
        message = f"ValueError: Cannot use a fixed learning rate schedule with {name}."
        help = f"write `lr: {learning_rate(first)}`"
        raise Fault(f"{message} Consider --lr-scheduler=fixed instead.", field="lr", help=help)
    return first


def require(holds: bool, condition: str, field: str) -> None:
    """Raise the framework's AssertionError unless `holds`."""
    if not holds:
        raise Fault(f"AssertionError: {condition}", field=field)


def ramp(updates: int, first: float, peak: float) -> Stage:
    """The linear warmup."""
    return Stage("warmup", 0, line(updates, first, peak, updates), role=Role.WARMUP)


@dataclass(eq=False)
class Warmup:
    """The linear warmup of `cosine` and `step`.

    Args:
        warmup_updates: updates in the linear warmup
        warmup_init_lr: where the warmup starts; min_lr if below 0
    """

    warmup_updates: WarmupField = 0
    warmup_init_lr: StartField = -1

    def before(self, name: str, curve: Curve, low: float, peak: float) -> Curve:
        """The warmup to `peak`, then a phase of its own; it starts from `low` if it names no other value."""
        first = self.warmup_init_lr if self.warmup_init_lr >= 0 else low
        return staged(curve.length, ramp(self.warmup_updates, first, peak), Stage(name, self.warmup_updates, curve))


@scheduler()
def CosineLRSchedule(
    frame: Frame,
    warmup: Annotated[Warmup, Inline(Warmup)],
    lr: PeaksField = None,
    min_lr: FloorField = 0.0,
    t_mult: GrowthField = 1.0,
    lr_period_updates: Annotated[NumberField, Role.PERIOD] = -1,
    lr_shrink: ShrinkField = 0.1,
    max_update: Annotated[OptionalNumber, Role.HORIZON] = None,
) -> Curve:
    """Warmup, then half cosines, each starting over from `lr_shrink` times both ends of the one before.

    Formula: warmup_init_lr → lr, then (min_lr + (lr − min_lr)·(1 + cos(π·t/T_i))/2)·lr_shrink^i, T_i = T_0·t_mult^i
    Source: fairseq/optim/lr_scheduler/cosine_lr_scheduler.py, CosineLRSchedule; Loshchilov & Hutter 2017
        (arXiv:1608.03983)

    Args:
        min_lr: the value each cosine falls to
        t_mult: each cosine is this many times as long as the one before
        lr_period_updates: updates of the first cosine; max_update − warmup_updates if not above 0
    """
    peak = single_rate(frame, lr, "cosine")
    require(peak > min_lr, f"max_lr (=[{peak}]) must be more than min_lr (={min_lr})", "min_lr")
    last = frame.length if max_update is None else max_update
    period, single = lr_period_updates, lr_period_updates <= 0
    if single:
        require(last > 0, "Either --max_update or --lr-period-updates must be set", "lr_period_updates")
        period = last - warmup.warmup_updates
    cycles = cosine_cycles(frame.length, peak, min_lr, period, t_mult, lr_shrink, single)
    return warmup.before("cosine", cycles, min_lr, peak)


@scheduler()
def FixedLRSchedule(
    frame: Frame,
    force_anneal: OptionalInteger = None,
    lr_shrink: ShrinkField = 0.1,
    warmup_updates: WarmupField = 0,
    lr: PeaksField = None,
) -> Curve:
    """A learning rate for each epoch, times a linear warmup; the last one holds, or shrinks with each epoch.

    Formula: lr[e − 1], from epoch force_anneal on lr[last]·lr_shrink^(e + 1 − force_anneal); times
        min(1, (k + 1)/warmup_updates)
    Source: fairseq/optim/lr_scheduler/fixed_schedule.py, FixedLRSchedule

    Args:
        force_anneal: the epoch, counted from 1, that is the first to shrink
        lr: the learning rate, or one for each epoch; that of the run if absent
    """
    levels = rates(frame, lr)
    peak = levels_by_epoch(frame, levels, force_anneal, lr_shrink)
    warmup = Towards(warmup_updates, peak, Anneal(warmup_updates, 0.0, 1.0, LINEAR, lead=1))
    return staged(
        frame.length,
        Stage("warmup", 0, warmup, role=Role.WARMUP),
        Stage("fixed", warmup_updates, peak, warmup_updates),
    )


@scheduler()
def InverseSquareRootSchedule(
    frame: Frame, warmup_updates: WarmupField = 4000, warmup_init_lr: StartField = -1, lr: PeaksField = None
) -> Curve:
    """Warmup, then a decay with the inverse square root of the update's number; there must be a warmup.

    Formula: warmup_init_lr → lr, then lr·√warmup_updates/√k
    Source: fairseq/optim/lr_scheduler/inverse_square_root_schedule.py, InverseSquareRootSchedule; Vaswani et al.
        2017 (arXiv:1706.03762)

    Args:
        warmup_init_lr: where the warmup starts; 0 if below 0
    """
    peak = single_rate(frame, lr, "inverse_sqrt")
    if warmup_updates == 0:
        raise Fault(FLOAT_DIVISION, field="warmup_updates", help="give at least 1 update of warmup")
    fall = Formula(frame.length, partial(_inverse_root, peak * warmup_updates**0.5))
    decay = Stage("inverse square root", warmup_updates, fall, warmup_updates)
    return staged(frame.length, ramp(warmup_updates, max(warmup_init_lr, 0.0), peak), decay)


def _inverse_root(factor: float, k: Floats) -> Floats:
    return np.asarray(factor * np.power(k, -0.5))


@scheduler()
def ManualSchedule(
    frame: Frame, epoch2lr: TextField = "{}", update2lr: TextField = "{}", lr: RatesField = None
) -> Curve:
    """Learning rates by epoch, and by update from the first update named on; each holds until the next one.

    Before the first of them it is the one for epoch 1, else the one for update 1, else lr.

    Formula: update2lr[largest number ≤ k], else epoch2lr[largest number ≤ epoch], epochs counted from 1
    Source: fairseq/optim/lr_scheduler/manual_lr_scheduler.py, ManualSchedule

    Args:
        epoch2lr: a dictionary as text, such as `"{'1': 0.1, '2-5': 0.05, '6,8': 0.01}"`
        update2lr: a dictionary as text, such as `"{'0-99': 0.01, '100': 0.1}"`
    """
    epochs, updates = read_table(epoch2lr, "epoch2lr"), read_table(update2lr, "update2lr")
    initial = updates.first if epochs.first is None else epochs.first
    if initial is None:
        initial = rates(frame, lr)[0]
    early: Curve = Flat(frame.length, initial)
    if len(epochs.edges):
        by_epoch = Plateaus(frame.epochs, *epochs.shifted(1, initial))
        early = Stepped(frame.clock_length, by_epoch, every=frame.epoch())
    first = Stage("by epoch" if len(epochs.edges) else "initial", 0, early)
    if not len(updates.edges):
        return staged(frame.length, first)
    begin = max(int(updates.edges[0]), 0)
    late = Plateaus(frame.length, *updates.shifted(begin, None))
    return staged(frame.length, first, Stage("by update", begin, late))


@scheduler()
def PolynomialDecayLRSchedule(
    frame: Frame,
    warmup_updates: WarmupField = 0,
    force_anneal: OptionalInteger = None,
    end_learning_rate: FloorField = 0.0,
    power: NumberField = 1.0,
    total_num_update: Annotated[OptionalNumber, Role.HORIZON] = None,
    lr: PeaksField = None,
) -> Curve:
    """Warmup from 0, then a polynomial decay to `end_learning_rate`.

    If there are several learning rates, epoch e takes lr[e]: e is counted from 1, the list from 0, so the first is
    left out. From epoch force_anneal on, each epoch decays from the value at which it begins, so the decays
    multiply. This holds in a warmup too: epoch 1 begins at 0.

    Formula: lr·k/warmup_updates, then end + (lr − end)·(1 − (k − warmup_updates)/(total − warmup_updates))^power,
        and end from total_num_update on
    Source: fairseq/optim/lr_scheduler/polynomial_decay_schedule.py, PolynomialDecayLRSchedule

    Args:
        force_anneal: the first epoch, counted from 1, whose decay starts from the value at which it begins
        end_learning_rate: where the decay ends
        power: exponent
        total_num_update: where the decay ends, counted from the run's start; the run's length if absent
        lr: the learning rate, or several, by epoch; that of the run if absent
    """
    total = float(frame.length) if total_num_update is None else total_num_update
    require(total > 0, "assert cfg.total_num_update > 0", "total_num_update")
    share = partial(remaining, warmup_updates, total, power)
    peak = peaks_by_epoch(
        frame, rates(frame, lr), force_anneal, partial(gain_and_shift, warmup_updates, total, share, end_learning_rate)
    )
    # The update after the warmup's last still has the peak itself, even if the decay is over.
    over = max(ceil(min(total, FARTHEST)), warmup_updates + 1 if warmup_updates else 0)
    top = warmup_updates or -1
    warmup = Towards(warmup_updates, peak, Anneal(warmup_updates, 0.0, 1.0, LINEAR))
    decay = Towards(over, peak, Formula(over, share), end_learning_rate, top)
    return staged(
        frame.length,
        Stage("warmup", 0, warmup, role=Role.WARMUP),
        Stage("polynomial", warmup_updates, Settled(decay), warmup_updates),
        Stage("end", over, Flat(frame.length, end_learning_rate)),
    )


@scheduler()
def StepLRSchedule(
    frame: Frame,
    warmup: Annotated[Warmup, Inline(Warmup)],
    lr: PeaksField = None,
    min_lr: Annotated[NumberField, Role.CLIP] = 0.0,
    lr_deacy_period: Annotated[IntegerField, Role.EVERY] = 25000,
    lr_decay: NumberField = 0.5,
) -> Curve:
    """Warmup, then a drop by the same factor every `lr_deacy_period` updates (fairseq's spelling).

    Formula: warmup_init_lr → lr, then max(min_lr, lr·lr_decay^⌊(k − warmup_updates)/lr_deacy_period⌋)
    Source: fairseq/optim/lr_scheduler/step_lr_scheduler.py, StepLRSchedule

    Args:
        lr: the learning rate, `optimization.lr`, the first if there are several; that of the run if absent
        min_lr: the least value
        lr_deacy_period: updates between two drops
        lr_decay: factor of each drop, at most 1
    """
    peak = rates(frame, lr)[0]
    require(lr_deacy_period > 0, "assert self.lr_deacy_period > 0", "lr_deacy_period")
    require(lr_decay <= 1, "assert self.lr_decay <= 1", "lr_decay")
    require(min_lr >= 0, "assert self.min_lr >= 0", "min_lr")
    require(peak > min_lr, "assert self.max_lr > self.min_lr", "min_lr")
    drops = Clip(Geometric(frame.length, peak, lr_decay, lr_deacy_period, staircase=True), min_lr)
    return warmup.before("step", drops, min_lr, peak)


@scheduler()
def TriStageLRSchedule(
    frame: Frame,
    warmup_steps: WarmupField = 0,
    hold_steps: Annotated[CountField, Role.HOLD] = 0,
    decay_steps: Annotated[CountField, Role.DECAY] = 0,
    phase_ratio: NumbersField | None = None,
    init_lr_scale: NumberField = 0.01,
    final_lr_scale: NumberField = 0.01,
    max_update: Annotated[OptionalNumber, Role.HORIZON] = None,
    lr: PeaksField = None,
) -> Curve:
    """A linear warmup, a hold, and an exponential decay to a share of the learning rate, which it keeps.

    Formula: lr·init_lr_scale → lr, then lr, then lr·final_lr_scale^(t/decay_steps)
    Source: fairseq/optim/lr_scheduler/tri_stage_lr_scheduler.py, TriStageLRSchedule; Park et al. 2019
        (arXiv:1904.08779)

    Args:
        warmup_steps: updates in the warmup
        hold_steps: updates in the hold
        decay_steps: updates in the decay
        phase_ratio: instead of the three, their shares of max_update, which must sum to exactly 1
        init_lr_scale: the share of the learning rate at the start
        final_lr_scale: the share of the learning rate at the end
    """
    peak = single_rate(frame, lr, "tri-stage lr")
    last = frame.length if max_update is None else max_update
    lengths = _stages(last, phase_ratio) if phase_ratio is not None else (warmup_steps, hold_steps, decay_steps)
    if sum(lengths) <= 0:
        message = "AssertionError: please specify steps or phase_ratio"
        raise Fault(
            message, help="add `phase_ratio: [0.1, 0.4, 0.5]`, or the steps of its stages", code="missing-field"
        )
    warmup, hold, decay = lengths
    if final_lr_scale <= 0:
        raise Fault(DOMAIN, field="final_lr_scale", help="give a number above 0")
    if decay == 0:
        raise Fault(FLOAT_DIVISION, field="decay_steps", help="give at least 1 update")
    fall = NaturalExponential(decay, peak, -log(final_lr_scale) / decay)
    return staged(
        frame.length,
        ramp(warmup, init_lr_scale * peak, peak),
        Stage("hold", warmup, Flat(hold, peak)),
        Stage("decay", warmup + hold, Settled(fall)),
        Stage("final", warmup + hold + decay, Flat(frame.length, final_lr_scale * peak)),
    )


def _stages(last: float, ratios: tuple[float, ...]) -> tuple[int, int, int]:
    """The lengths of the three stages, truncated to whole updates."""
    require(last > 0, "assert cfg.max_update > 0", "max_update")
    if len(ratios) != 3 or min(ratios) < 0:
        raise Fault("`phase_ratio` takes three shares, none below 0", field="phase_ratio", help="write [0.1, 0.4, 0.5]")
    first, second, third = ratios
    total = first + second + third  # not `sum`, which rounds otherwise from Python 3.12 on
    require(total == 1, "phase ratios must add up to 1", "phase_ratio")
    warmup, hold, decay = (int(last * ratio) for ratio in ratios)
    return warmup, hold, decay


@scheduler()
def TriangularLRSchedule(
    frame: Frame,
    max_lr: PeakField,
    lr_period_updates: Annotated[NumberField, Role.PERIOD] = 5000,
    lr_shrink: ShrinkField = 0.1,
    shrink_min: FlagField = False,
    lr: Annotated[RatesField, Role.START] = None,
) -> Curve:
    """Triangles from `lr` to a peak that shrinks with each triangle, and back.

    Once the peak has shrunk below lr, the triangles are upside down.

    Formula: low + (max_lr·lr_shrink^i − low)·s with s = 0 → 1 → 0 in 2·⌊lr_period_updates/2⌋ updates; low is lr, with
        `shrink_min` lr·lr_shrink^i
    Source: fairseq/optim/lr_scheduler/triangular_lr_scheduler.py, TriangularLRSchedule; Smith 2017 (arXiv:1506.01186)

    Args:
        max_lr: the first peak
        lr_period_updates: updates in a triangle
        lr_shrink: factor of each further peak
        shrink_min: shrink the minimum as well
        lr: the minimum, `optimization.lr`; that of the run if absent
    """
    low = single_rate(frame, lr, "triangular")
    require(max_lr > low, "max_lr must be more than lr", "max_lr")
    half = lr_period_updates // 2
    if half == 0:
        raise Fault(FLOAT_DIVISION, field="lr_period_updates", help="give at least 2 updates")
    function = partial(_triangle, low, max_lr, half, lr_shrink, shrink_min)
    turns = (0.0, half) if lr_shrink >= 0 and half > 0 else None
    curve = Formula(frame.length, function, turns, 2 * half, meant=Role.CYCLES)
    return staged(frame.length, Stage("triangular", 0, curve))


def _triangle(low: float, high: float, half: float, shrink: float, shrink_min: bool, k: Floats) -> Floats:
    cycle = np.floor(k / (2 * half))
    size = np.power(shrink, cycle)
    foot = low * size if shrink_min else np.full(k.shape, low)
    share = np.maximum(0, 1 - np.abs(k / half - 2 * (cycle + 1) + 1))
    return np.asarray(foot + (high * size - foot) * share)


# The names that `--lr-scheduler` takes.
for name, own in {
    "cosine": "CosineLRSchedule",
    "fixed": "FixedLRSchedule",
    "inverse_sqrt": "InverseSquareRootSchedule",
    "manual": "ManualSchedule",
    "polynomial_decay": "PolynomialDecayLRSchedule",
    "step": "StepLRSchedule",
    "tri_stage": "TriStageLRSchedule",
    "triangular": "TriangularLRSchedule",
}.items():
    FRAMEWORK.schedulers.add(name, replace(FRAMEWORK.schedulers[own], name=f"{FRAMEWORK.name}.{name}"))
