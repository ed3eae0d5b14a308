"""detectron2: detectron2.solver, which applies fvcore's schedulers to an optimizer.

The value at update k is the one after k calls of `step()`; the constructor sets the one at k = 0. The definitions
follow detectron2's main branch (0.6, June 2026); fvcore's part was checked against fvcore itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.exceptions import DIVISION
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Scaled
from lrplot.diagnostics import Fault
from lrplot.frameworks.fvcore.where import (
    Clock,
    Composite,
    Constant,
    Linear,
    ParamScheduler,
    Part,
    contained,
    scheduled,
)
from lrplot.frameworks.shared.arguments import FRESH, HorizonField, MilestonesField, WarmupField
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.resuming import Counted, Whole
from lrplot.frameworks.shared.stages import Stage, staged
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, FreshField, NumberField
from lrplot.schema.fields import Example, Inline
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipeField

FRAMEWORK = Framework(
    name="detectron2",
    distribution="fvcore",
    version="0.1.5.post20221221",
    modules=("detectron2.solver", "detectron2.solver.lr_scheduler"),
    glossary={
        "warmup_factor": "the warmup's first value, as a share of the schedule's own first value",
        "warmup_method": "`linear`, or `constant` for the first value throughout",
        "warmup_iters": "steps in the warmup",
        "last_iter": FRESH,
        "last_epoch": FRESH,
    },
)
scheduler = FRAMEWORK.scheduler

Method = Literal["linear", "constant"]


@scheduler()
def WarmupParamScheduler(
    frame: Frame,
    scheduler: Annotated[RecipeField, Example("{use: fvcore.CosineParamScheduler, start_value: 1, end_value: 0}")],
    warmup_factor: NumberField,
    warmup_length: Annotated[NumberField, Role.WARMUP],
    warmup_method: Method = "linear",
    rescale_interval: FlagField = False,
) -> Tracks:
    """One of fvcore's schedulers after a warmup; lengths are shares of the run.

    The values are absolute by themselves, and shares of the learning rate in a LRMultiplier.

    Formula: from warmup_factor·scheduler(0) to scheduler(warmup_length) on a straight line in where, then
        scheduler(where); with `rescale_interval` to scheduler(0), then scheduler from its start to its end
    Source: detectron2/solver/lr_scheduler.py, WarmupParamScheduler; Goyal et al. 2017 (arXiv:1706.02677)

    Args:
        scheduler: fvcore's own, such as `{use: fvcore.CosineParamScheduler}`
        warmup_length: the warmup's share of the run
        rescale_interval: start the schedule after the warmup, not at the start of the run
    """
    inner = contained(frame, scheduler, "WarmupParamScheduler")
    first = warmup_factor * inner.value(0.0)
    top = inner.value(0.0 if rescale_interval else warmup_length)
    warmup: ParamScheduler = Linear(first, top) if warmup_method == "linear" else Constant(first)
    before = Part("warmup", warmup, warmup_length, rescaled=True, role=Role.WARMUP)
    after = Part(scheduler.title, inner, 1 - warmup_length, rescale_interval, origin=scheduler.use(frame))
    return scheduled(frame, Composite((before, after)))


@scheduler(resuming=Counted(takes_last_epoch=False))
def LRMultiplier(
    frame: Frame,
    multiplier: Annotated[RecipeField, Example("{use: fvcore.CosineParamScheduler, start_value: 1, end_value: 0}")],
    max_iter: HorizonField,
    last_iter: FreshField = -1,
) -> Curve:
    """The learning rate times one of fvcore's schedulers.

    Formula: lr·multiplier(k / max_iter)
    Source: detectron2/solver/lr_scheduler.py, LRMultiplier

    Args:
        multiplier: fvcore's own, or `{use: detectron2.WarmupParamScheduler}`
        max_iter: steps in the run
    """
    inner = contained(frame, multiplier, "LRMultiplier")
    if max_iter == 0:
        raise Fault(DIVISION, field="max_iter", help=f"write `max_iter: {frame.length}`")
    return _times(frame.base_value(), inner.curve(Clock(max_iter), 0, frame.length))


def _times(factor: float, curve: Curve) -> Curve:
    """A curve times a constant, phase by phase.

    Phases lose their own origins: their values count only together with the multiplier, whose horizon they follow.
    """
    if not isinstance(curve, Sequence):
        return Scaled(curve, factor)
    phases = tuple(replace(phase, curve=_times(factor, phase.curve), origin=None) for phase in curve.phases)
    return replace(curve, phases=phases)


@dataclass(eq=False)
class Warmup:
    """The warmup of the schedulers that do without fvcore: a factor at each step, 1 from its end on."""

    warmup_factor: NumberField = 0.001
    warmup_iters: WarmupField = 1000
    warmup_method: Method = "linear"
    last_epoch: FreshField = -1

    def times(self, base: float, share: Callable[[Floats], Floats], k: Floats) -> Floats:
        """base·warmup·share at steps `k`."""
        done = k / max(self.warmup_iters, 1) if self.warmup_method == "linear" else np.zeros(k.shape)
        warmup = np.where(k >= self.warmup_iters, 1.0, self.warmup_factor * (1 - done) + done)
        return np.asarray(base * warmup * share(k))

    def within(self, name: str, curve: Formula) -> Curve:
        """A curve that includes the warmup, with that part as a phase of its own, unless the curve ends before it."""
        if curve.over is not None and curve.over <= self.warmup_iters:
            return Sequence(curve.length, (Phase(name, curve),), open=True)
        first = Stage("warmup", 0, curve, role=Role.WARMUP)
        return staged(curve.length, first, Stage(name, self.warmup_iters, curve, self.warmup_iters))


SlowStart = Annotated[Warmup, Inline(Warmup)]


@scheduler(resuming=Whole(takes_last_epoch=False))
def WarmupMultiStepLR(
    frame: Frame, milestones: MilestonesField, gamma: NumberField = 0.1, *, warmup: SlowStart
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
    values = partial(warmup.times, frame.base_value(), partial(_drops, gamma, milestones))
    turns = (*map(float, milestones), float(warmup.warmup_iters)) if gamma >= 0 else None
    return warmup.within("steps", Formula(frame.length, values, turns, meant=Role.STAIRS))


def _drops(gamma: float, milestones: tuple[int, ...], k: Floats) -> Floats:
    count = np.searchsorted(np.array(milestones, dtype=np.float64), k, side="right")
    return np.asarray(np.power(gamma, count.astype(np.float64)))


@scheduler(resuming=Whole(takes_last_epoch=False))
def WarmupCosineLR(frame: Frame, max_iters: HorizonField, *, warmup: SlowStart) -> Curve:
    """Half a cosine to 0, times a warmup; deprecated in favour of LRMultiplier.

    The cosine starts at the start of the run, so the warmup ends a little below the learning rate.

    Formula: lr·(warmup_factor·(1 − α) + α)·(1 + cos(π·k/max_iters))/2, where α = min(k/warmup_iters, 1)
    Source: detectron2/solver/lr_scheduler.py, WarmupCosineLR

    Args:
        max_iters: steps in the run; past them the learning rate rises again
    """
    if max_iters == 0:
        raise Fault(DIVISION, field="max_iters", help=f"write `max_iters: {frame.length}`")
    # A rising line times a falling cosine has no turning point in closed form.
    turns = (0.0,) if warmup.warmup_iters == 0 else None
    values = partial(warmup.times, 0.5 * frame.base_value(), partial(_fall, max_iters))
    curve = Formula(frame.length, values, turns, max_iters, over=max_iters, meant=Role.DECAY)
    return warmup.within("cosine", curve)


def _fall(total: int, k: Floats) -> Floats:
    return np.asarray(1.0 + np.cos(np.pi * k / total))
