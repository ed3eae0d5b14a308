"""detectron2: detectron2.solver, which puts fvcore's schedulers to work on an optimizer.

The value at update k is what k calls of `step()` leave, the constructor having set k = 0. The definitions follow
detectron2's main branch (0.6, June 2026); fvcore's part was checked against fvcore itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Lasting, Scaled
from lrplot.diagnostics import Fault
from lrplot.frameworks.fvcore.where import Clock, Composite, Constant, Linear, ParamScheduler, scheduled, taken_in
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.annotations import CountField, FlagField, FreshField, IntegersField, NumberField
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipeField

FRAMEWORK = Framework(
    name="detectron2",
    distribution="fvcore",
    version="0.1.5.post20221221",
    modules=("detectron2.solver", "detectron2.solver.lr_scheduler"),
    glossary={
        "warmup_factor": "what the warmup starts from, as a share of where the schedule by itself would start",
        "warmup_method": "a straight line, or the first value throughout",
        "warmup_iters": "steps in the warmup",
        "last_iter": "only -1, a run from its beginning",
        "last_epoch": "only -1, a run from its beginning",
    },
)
scheduler = FRAMEWORK.scheduler

Method = Literal["linear", "constant"]
DIVISION = "ZeroDivisionError: division by zero"


@scheduler()
def WarmupParamScheduler(
    frame: Frame,
    scheduler: RecipeField,
    warmup_factor: NumberField,
    warmup_length: NumberField,
    warmup_method: Method = "linear",
    rescale_interval: FlagField = False,
) -> Tracks:
    """One of fvcore's schedulers with a warmup in front, as shares of the run.

    By itself its values are absolute; in a LRMultiplier they are shares of the learning rate.

    Formula: from warmup_factor·scheduler(0) to scheduler(warmup_length) on a straight line in where, then
        scheduler(where); with `rescale_interval` to scheduler(0), then scheduler from its start to its end
    Source: detectron2/solver/lr_scheduler.py, WarmupParamScheduler; Goyal et al. 2017 (arXiv:1706.02677)

    Args:
        scheduler: fvcore's own, such as `{use: fvcore.CosineParamScheduler}`
        warmup_length: its share of the run
        rescale_interval: begin the schedule after the warmup, not under it
    """
    inner = taken_in(frame, scheduler, "WarmupParamScheduler", "scheduler")
    first = warmup_factor * inner.value(0.0)
    top = inner.value(0.0 if rescale_interval else warmup_length)
    warmup: ParamScheduler = Linear(first, top) if warmup_method == "linear" else Constant(first)
    lengths = (warmup_length, 1 - warmup_length)
    name = scheduler.title
    scaling = ("rescaled", "rescaled" if rescale_interval else "fixed")
    return scheduled(frame, Composite((warmup, inner), ("warmup", name), lengths, scaling))


@scheduler()
def LRMultiplier(frame: Frame, multiplier: RecipeField, max_iter: CountField, last_iter: FreshField = -1) -> Curve:
    """The learning rate times one of fvcore's schedulers.

    Formula: lr·multiplier(k / max_iter)
    Source: detectron2/solver/lr_scheduler.py, LRMultiplier

    Args:
        multiplier: fvcore's own, or `{use: detectron2.WarmupParamScheduler}`
        max_iter: steps in the run
    """
    inner = taken_in(frame, multiplier, "LRMultiplier", "multiplier")
    if max_iter == 0:
        raise Fault(DIVISION, field="max_iter", help=f"write `max_iter: {frame.length}`")
    return _times(frame.base_value(), inner.curve(Clock(max_iter), 0, frame.length))


def _times(factor: float, curve: Curve) -> Curve:
    """A curve times a constant, phase by phase."""
    if not isinstance(curve, Sequence):
        return Scaled(curve, factor)
    phases = tuple(replace(phase, curve=_times(factor, phase.curve)) for phase in curve.phases)
    return replace(curve, phases=phases)


@dataclass(frozen=True)
class Warmup:
    """The factor of a warmup at each step, 1 from its end on."""

    factor: float
    length: int
    method: str

    def values(self, k: Floats) -> Floats:
        """The factors at steps `k`."""
        if self.length == 0:
            return np.ones(k.shape)
        done = k / self.length if self.method == "linear" else np.zeros(k.shape)
        return np.where(k >= self.length, 1.0, self.factor * (1 - done) + done)

    def before(self, name: str, curve: Formula) -> Curve:
        """A curve that has the warmup in it, with that part named."""
        if not 0 < self.length < curve.length:
            return curve
        rest = curve.length - self.length
        phases = (
            Phase("warmup", Lasting(self.length, curve), Role.WARMUP),
            Phase(name, Lasting(rest, curve, self.length)),
        )
        return Sequence(curve.length, phases, open=True)


@scheduler()
def WarmupMultiStepLR(
    frame: Frame,
    milestones: Annotated[IntegersField, Role.MILESTONES],
    gamma: NumberField = 0.1,
    warmup_factor: NumberField = 0.001,
    warmup_iters: Annotated[CountField, Role.WARMUP] = 1000,
    warmup_method: Method = "linear",
    last_epoch: FreshField = -1,
) -> Curve:
    """A drop by the same factor at each milestone, times a warmup; deprecated in favour of LRMultiplier.

    Formula: lr·(warmup_factor·(1 − α) + α)·gamma^(milestones at or before k), where α = min(k/warmup_iters, 1)
    Source: detectron2/solver/lr_scheduler.py, WarmupMultiStepLR

    Args:
        milestones: steps at which it drops, ascending
        gamma: factor of each drop
    """
    if list(milestones) != sorted(milestones):
        raise Fault("ValueError: Milestones should be a list of increasing integers.", field="milestones")
    warmup = Warmup(warmup_factor, warmup_iters, warmup_method)
    drops = Drops(frame.base_value(), warmup, gamma, milestones)
    turns = (*map(float, milestones), float(warmup_iters))
    return warmup.before("steps", Formula(frame.length, drops.values, turns if gamma >= 0 else None))


@dataclass(frozen=True)
class Drops:
    """base·warmup·gamma^(milestones so far)."""

    base: float
    warmup: Warmup
    gamma: float
    milestones: tuple[int, ...]

    def values(self, k: Floats) -> Floats:
        """The values at steps `k`."""
        count = np.searchsorted(np.array(self.milestones, dtype=np.float64), k, side="right")
        return np.asarray(self.base * self.warmup.values(k) * np.power(self.gamma, count.astype(np.float64)))


@scheduler()
def WarmupCosineLR(
    frame: Frame,
    max_iters: Annotated[CountField, Role.HORIZON],
    warmup_factor: NumberField = 0.001,
    warmup_iters: Annotated[CountField, Role.WARMUP] = 1000,
    warmup_method: Method = "linear",
    last_epoch: FreshField = -1,
) -> Curve:
    """Half a cosine to 0, times a warmup; deprecated in favour of LRMultiplier.

    The warmup takes its time out of the cosine, and leads to it a little below the learning rate.

    Formula: lr·(warmup_factor·(1 − α) + α)·(1 + cos(π·k/max_iters))/2, where α = min(k/warmup_iters, 1)
    Source: detectron2/solver/lr_scheduler.py, WarmupCosineLR

    Args:
        max_iters: steps in the run; past them it climbs back
    """
    if max_iters == 0:
        raise Fault(DIVISION, field="max_iters", help=f"write `max_iters: {frame.length}`")
    warmup = Warmup(warmup_factor, warmup_iters, warmup_method)
    fall = Fall(frame.base_value(), warmup, max_iters)
    # A rising line times a falling cosine turns where no formula tells.
    turns = (0.0,) if warmup_iters == 0 else None
    return warmup.before("cosine", Formula(frame.length, fall.values, turns, max_iters))


@dataclass(frozen=True)
class Fall:
    """base·warmup·half a cosine."""

    base: float
    warmup: Warmup
    total: int

    def values(self, k: Floats) -> Floats:
        """The values at steps `k`."""
        return np.asarray(self.base * self.warmup.values(k) * 0.5 * (1.0 + np.cos(np.pi * k / self.total)))
