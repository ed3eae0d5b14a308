"""Lightning Bolts: pl_bolts.optimizers.lr_scheduler, for torch's optimizers.

The value at update k is the one after k calls of the scheduler's `step()`; the constructor sets k = 0.
`linear_warmup_decay` returns a factor of the learning rate, for torch's LambdaLR.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import MODULO
from lrplot.curves.formulas import cosine as half_cosine
from lrplot.curves.formulas import line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import FloorField, HorizonField, StartField, WarmupField
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.resuming import Counted
from lrplot.frameworks.shared.updates import Changes, cosine
from lrplot.frameworks.torch.optimizer import Scheduler
from lrplot.frameworks.torch.resuming import on_optimizer
from lrplot.schema.annotations import FlagField, FreshField
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="bolts",
    distribution="lightning-bolts",
    version="0.7.0",
    aliases=("lightning-bolts",),
    modules=("pl_bolts.optimizers", "pl_bolts.optimizers.lr_scheduler", "pl_bolts.*"),
)
scheduler = FRAMEWORK.scheduler


@on_optimizer(FRAMEWORK, accumulates=True)
def LinearWarmupCosineAnnealingLR(
    frame: Frame,
    warmup_epochs: WarmupField,
    max_epochs: HorizonField,
    warmup_start_lr: StartField = 0.0,
    eta_min: FloorField = 0.0,
    last_epoch: FreshField = -1,
) -> Tracks:
    """A straight rise to the learning rate, then half a cosine to `eta_min`; after it, it rises again, and so on.

    Two updates have the peak, warmup_epochs − 1 and warmup_epochs. With `warmup_epochs: 0` the first half-cosine
    starts from `warmup_start_lr`, so by default all of it is 0.

    Formula: warmup_start_lr + (lr − warmup_start_lr)·k/(w − 1) for k < w = warmup_epochs, then
        eta_min + (lr − eta_min)·(1 + cos(π·(k − w)/(max_epochs − w)))/2
    Source: pl_bolts/optimizers/lr_scheduler.py, LinearWarmupCosineAnnealingLR

    Args:
        warmup_epochs: epochs of the rise
        max_epochs: epoch at which it reaches `eta_min`
        warmup_start_lr: first value
        eta_min: the least value
        last_epoch: only -1, the start of a run
    """
    base = frame.base_value()
    half = abs(max_epochs - warmup_epochs)  # an end before the warmup's is mirrored at the warmup's end
    phases: list[Phase] = []
    if warmup_epochs:
        rise = line(warmup_epochs, warmup_start_lr, base, warmup_epochs - 1) if warmup_epochs > 1 else None
        phases.append(Phase("warmup", rise or Flat(1, warmup_start_lr), Role.WARMUP))
    if half == 0:
        level = base if warmup_epochs else warmup_start_lr
        phases.append(Phase("end", Bounded(Flat(frame.length, level), 1, MODULO)))
    elif warmup_epochs:
        phases.append(Phase("cosine", half_cosine(max(frame.length - warmup_epochs, 1), base, eta_min, half)))
    else:  # the first half-cosine starts from `warmup_start_lr`, the next one rises to `lr`
        phases.append(Phase("cosine", half_cosine(half, warmup_start_lr, eta_min, half)))
        phases.append(Phase("cosine", half_cosine(max(frame.length - half, 1), base, eta_min, half, lead=half)))
    curve = Sequence(frame.length, tuple(phases), open=True)
    update = partial(_update, warmup_start_lr, base, eta_min, warmup_epochs, max(half, 1))
    return Scheduler(curve=curve, update=update, initial=(0.0, warmup_start_lr), restart=warmup_start_lr, later=None)


def _update(start: float, base: float, low: float, warmup: int, half: int, epochs: Steps) -> Changes:
    """Each step of `get_lr`, which makes its value from the last one; the peak is set outright."""
    gains, shifts = cosine(base, low, half, epochs - warmup)
    rises = (epochs > 0) & (epochs < warmup)
    slope = (base - start) / max(warmup - 1, 1)
    gains, shifts = np.where(rises, 1.0, gains), np.where(rises, slope, shifts)
    set_to = np.select([epochs == 0, epochs == warmup], [start, base], np.nan)
    overwrites = ~np.isnan(set_to)
    return np.where(overwrites, 0.0, gains), np.where(overwrites, set_to, shifts)


@scheduler(resuming=Counted())
def linear_warmup_decay(
    frame: Frame,
    warmup_steps: WarmupField,
    total_steps: HorizonField,
    cosine: FlagField = True,
    linear: FlagField = False,
) -> Curve:
    """A straight rise from 0, then half a cosine or a straight line to 0, or a constant.

    After `total_steps` the cosine rises again and the line goes below 0.

    Formula: lr·k/warmup_steps, then lr·(1 + cos πu)/2 or lr·(1 − u),
        where u = (k − warmup_steps)/(total_steps − warmup_steps)
    Source: pl_bolts/optimizers/lr_scheduler.py, linear_warmup_decay

    Args:
        warmup_steps: steps of the rise
        total_steps: step at which it reaches 0
        cosine: decay by half a cosine
        linear: decay along a line; needs `cosine: false`
    """
    if linear and cosine:
        message = "AssertionError: `linear` and `cosine` exclude each other, and `cosine` is true by default"
        raise Fault(message, field="linear", help="add `cosine: false`")
    base = frame.base_value()
    length, span = max(frame.length - warmup_steps, 1), max(1, total_steps - warmup_steps)
    warmup = (Phase("warmup", line(warmup_steps, 0.0, base, warmup_steps), Role.WARMUP),) if warmup_steps else ()
    decay = Phase("constant", Flat(length, base))
    if cosine:
        decay = Phase("cosine", half_cosine(length, base, 0.0, span))
    elif linear:
        decay = Phase("linear", line(length, base, 0.0, span))
    return Sequence(frame.length, (*warmup, decay), open=True)
