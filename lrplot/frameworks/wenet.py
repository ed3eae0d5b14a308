"""WeNet: wenet.utils.scheduler, as its trainer steps them.

The trainer sets the scheduler's step to −1 before the first update, so the first two updates have the same value: the
value at update k is the scheduler's at step max(k − 1, 0).
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.laws import Noam
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.wrappers import Bounded
from lrplot.frameworks.shared.arguments import FloorField, HorizonField, WarmupField
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.stages import Settled, Stage, staged
from lrplot.schema.annotations import FreshField, NumberField, OptionalCount, OptionalNumber
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="wenet",
    distribution="wenet",
    version="2025-12-19",
    modules=("wenet.utils.scheduler", "wenet.*"),
    glossary={"last_epoch": "only -1, the start of a run"},
)
scheduler = FRAMEWORK.scheduler


@scheduler()
def WarmupLR(frame: Frame, warmup_steps: WarmupField = 25000, last_epoch: FreshField = -1) -> Curve:
    """A straight rise to the learning rate, then a decay with the root of the update's number.

    Formula: lr·√w·min(n^−½, n·w^−3⁄2) with n = max(k, 1) and w = warmup_steps; lr·n^−½ if w = 0
    Source: wenet/utils/scheduler.py, WarmupLR; wenet/utils/train_utils.py, init_optimizer_and_scheduler

    Args:
        warmup_steps: updates of the warmup
    """
    base = frame.base_value()
    noam = Noam(max(frame.length - 1, 1), base, warmup_steps, peaked=True)
    return _late(frame, base / max(warmup_steps, 1), Phase("noam", noam))


@scheduler()
def NoamHoldAnnealing(
    frame: Frame,
    max_steps: HorizonField,
    decay_rate: NumberField = 0.5,
    min_lr: FloorField = 0.0,
    warmup_steps: Annotated[OptionalCount, Role.WARMUP] = None,
    warmup_ratio: Annotated[OptionalNumber, Role.WARMUP] = None,
    hold_steps: Annotated[OptionalCount, Role.HOLD] = None,
    hold_ratio: Annotated[OptionalNumber, Role.HOLD] = None,
    last_epoch: FreshField = -1,
) -> Curve:
    """A straight rise, a hold, and a decay with a power of the update's number, not below `min_lr`.

    Formula: with n = max(k − 1, 0): lr·(n + 1)/(w + 1) for n ≤ w, then lr, then max(lr·(w/(n − h))^decay_rate, min_lr)
        from n = w + h on, and min_lr for n > max_steps
    Source: wenet/utils/scheduler.py, NoamHoldAnnealing; Kim et al. 2022 (arXiv:2206.00888)

    Args:
        max_steps: last step of the decay
        decay_rate: exponent of the decay
        min_lr: the least value of the decay, and the value after it
        warmup_steps: steps of the warmup, w
        warmup_ratio: instead, the same as a share of max_steps
        hold_steps: steps of the hold, h
        hold_ratio: instead, the same as a share of max_steps
    """
    base = frame.base_value()
    warmup = _length("warmup", warmup_steps, warmup_ratio, max_steps) or 0
    hold = _length("hold", hold_steps, hold_ratio, max_steps)
    start = max(warmup + 1 if warmup else 0, 0 if hold is None else warmup + hold)
    stop = max(max_steps + 1, start)
    decay: Curve = Bounded(Flat(1, base), 0, "ValueError: Noam scheduler cannot be used without warmup steps")
    if warmup:
        top = base * max(1, warmup**decay_rate)
        decay = Settled(Formula(stop - start, partial(_decayed, top, decay_rate, start - (hold or 0), min_lr)))
    steps = staged(
        max(frame.length - 1, 1),
        Stage("warmup", 0, Anneal(warmup + 1, 0.0, base, LINEAR, lead=1), role=Role.WARMUP),
        Stage("hold", warmup + 1 if warmup else 0, Flat(1, base)),
        Stage("decay", start, decay),
        Stage("end", stop, Flat(1, min_lr)),
    )
    return _late(frame, float(steps.values(np.zeros(1, dtype=np.int64))[0]), *steps.phases)


def _length(name: str, steps: int | None, ratio: float | None, total: int) -> int | None:
    """The length of a stage in steps, given as such or as a share; None if it is not given."""
    message = "AssertionError: Either use particular number of step or ratio"
    require(steps is None or ratio is None, f"{name}_ratio", message, "remove one of them")
    return steps if ratio is None else int(ratio * total)


def _decayed(top: float, rate: float, since: int, least: float, t: Floats) -> Floats:
    return np.maximum(top / np.maximum(1.0, (t + since) ** rate), least)


def _late(frame: Frame, first: float, *phases: Phase) -> Sequence:
    """Phases of the scheduler's own steps, whose first value two updates have."""
    return Sequence(frame.length, (Phase("start", Flat(1, first)), *phases), open=True)
