"""torchtitan: torchtitan.components.optimizer.lr_scheduler.

The value at update k is the one after k calls of the container's `step()`: the optimizer's learning rate
times a function of k.
"""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import Literal

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DOMAIN
from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import OptionalHorizonField, WarmupField
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.resuming import Counted
from lrplot.schema.annotations import NumberField, OptionalNumber
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="torchtitan",
    distribution="torchtitan",
    version="0.3.0",
    modules=("torchtitan.components.optimizer.lr_scheduler", "torchtitan.components.*"),
    resuming=Counted(saves_base=False, takes_last_epoch=False),
)
scheduler = FRAMEWORK.scheduler


@scheduler()
def LRSchedulersContainer(
    frame: Frame,
    warmup_steps: WarmupField = 200,
    total_steps: OptionalHorizonField = None,
    decay_ratio: OptionalNumber = None,
    decay_type: Literal["linear", "sqrt", "cosine"] = "linear",
    min_lr_factor: NumberField = 0.0,
) -> Curve:
    """Warmup, a constant phase and a decay, whose end value comes one update after the last.

    The first update has 1/warmup_steps of the learning rate. Past the end the decay continues: linear and sqrt
    to below zero, cosine up again.

    Formula: lr·(k + 1)/warmup_steps, then lr, then lr·(m + (1 − m)·c(p)) with m = min_lr_factor, p the share of the
        decay that is done and c(p) = 1 − p, 1 − √p or (1 + cos πp)/2
    Source: torchtitan/components/optimizer/lr_scheduler.py, LRSchedulersContainer.Config; Hu et al. 2024
        (arXiv:2404.06395)

    Args:
        warmup_steps: updates to the full learning rate, at most total_steps
        total_steps: length of the schedule; that of the run if absent
        decay_ratio: share of total_steps for the decay, rounded half to even; all after the warmup if absent
        decay_type: shape of the decay
        min_lr_factor: share of the learning rate at the end of the decay
    """
    base = frame.base_value()
    total = frame.length if total_steps is None else total_steps
    warmup = min(warmup_steps, total)
    decay = total - warmup
    if decay_ratio is not None:
        if not isfinite(total * decay_ratio):
            message = "OverflowError: cannot convert float infinity to integer"
            raise Fault(message, field="decay_ratio", help="give a share of the run, from 0 to 1")
        decay = min(round(total * decay_ratio), decay)
    stable = total + 1 - warmup - decay
    phases = [
        Phase("stable", Flat(stable, base)),
        Phase("decay", _decay(decay, decay_type, base, min_lr_factor)),
    ]
    if warmup:
        phases.insert(0, Phase("warmup", Anneal(warmup, 0.0, base, LINEAR, lead=1), Role.WARMUP))
    return Sequence(frame.length, tuple(phases), open=True)


def _decay(span: int, shape: str, first: float, share: float) -> Curve:
    """A decay from `first` to a share of it in `span` steps, without the first step."""
    if span == 0:
        reason = "AssertionError: decay_steps must not be zero to reach this branch"
        return Bounded(Flat(1, first), 0, reason)
    if shape == "linear":
        return line(1, first, first * share, span, lead=1)
    if shape == "cosine":  # an even function: a span below zero, from a ratio below zero, gives the same values
        return cosine(1, first, first * share, abs(span), lead=1)
    if span < 0:
        return Bounded(Flat(1, first), 0, DOMAIN)
    return Formula(1, partial(_sqrt, first, share, span), over=span - 1)


def _sqrt(first: float, share: float, span: int, t: Floats) -> Floats:
    return np.asarray(first * (share + (1 - share) * (1 - np.sqrt((t + 1) / span))))
