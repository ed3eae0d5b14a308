"""Ultralytics: ultralytics.engine.trainer, whose trainer sets the learning rate itself.

A step is a batch: the schedule counts batches, and the optimizer moves at every round(nbs/batch)-th of them.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat, direction
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Lasting
from lrplot.frameworks.shared.arguments import FloorField
from lrplot.frameworks.shared.framework import Framework
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, NumberField, OptionalCount, OptionalNumber
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="ultralytics",
    distribution="ultralytics",
    version="8.4.190",
    modules=("ultralytics.engine.trainer",),
)
scheduler = FRAMEWORK.scheduler


@dataclass(frozen=True)
class Rules:
    """The rules of a version: batches of the shortest warmup; whether one of 0 epochs has that length too; the lag.

    If `late`, an epoch after the warmup has the value of the one before. If `capped`, the warmup leaves an epoch.
    """

    least: int = 0
    always: bool = False
    late: bool = False
    capped: bool = False

    def warmup(self, epochs: int, batches: int, warmup_epochs: float) -> int:
        """Batches of the warmup."""
        if self.capped:
            warmup_epochs = min(warmup_epochs, max(epochs - 1, 0))
        if warmup_epochs <= 0 and not self.always:
            return 0
        return max(round(warmup_epochs * batches), self.least)


RULES = {
    "8.4.190": Rules(capped=True),
    "8.2": Rules(100),
    "8.0": Rules(100, late=True),
    "yolov5": Rules(100, always=True, late=True),
    "yolov5-2021": Rules(1000, always=True, late=True),
}


@scheduler()
def BaseTrainer(
    frame: Frame,
    epochs: OptionalCount = None,
    lrf: FloorField = 0.01,
    cos_lr: FlagField = False,
    warmup_epochs: NumberField = 3.0,
    warmup_bias_lr: NumberField = 0.1,
    warmup_momentum: OptionalNumber = None,
    param_group: Literal["weight", "bn", "bias", "muon"] = "weight",
    rules: Literal["8.4.190", "8.2", "8.0", "yolov5", "yolov5-2021"] = "8.4.190",
) -> Tracks:
    """A decay by epochs, under a warmup by batches that leads to the value of each epoch.

    Formula: with c = max(1 − e/epochs, 0)·(1 − lrf) + lrf, or 1 + (lrf − 1)·(1 − cos(π·e/epochs))/2, at epoch e, and
        w batches of warmup: s + (lr·c − s)·k/w up to k = w, then lr·c; s is 0, or warmup_bias_lr for biases
    Source: ultralytics/engine/trainer.py, BaseTrainer._setup_scheduler, _get_warmup_iterations and _do_train;
        yolov5/train.py

    Args:
        epochs: epochs of the decay; those of the run if absent
        lrf: the end of the decay as a share
        cos_lr: half a cosine, not a line
        warmup_epochs: epochs of the warmup, at most one less than those of the run
        warmup_bias_lr: the first value for biases
        warmup_momentum: the momentum's first value, from which it climbs to its own; it does not move if absent
        param_group: the parameters, of which `bias` has a warmup of its own
        rules: the version whose rules hold: before 8.4.190 the warmup has at least 100 batches (YOLOv5 of 2021: 1000),
            and up to 8.1 each epoch after it has the value of the one before
    """
    batches = frame.epoch()
    total = frame.epochs if epochs is None else epochs
    rule, base = RULES[rules], frame.base_value()
    warmup = rule.warmup(total, batches, warmup_epochs)
    level = partial(_cosine if cos_lr else _line, base, lrf, max(total, 1))
    start = warmup_bias_lr if param_group == "bias" else 0.0
    kept = warmup // batches if rule.late and warmup else -1  # the epoch whose value the next one still has
    values = partial(_after, level, rule.late, kept)
    if cos_lr:  # which climbs back after its end
        inner = Formula(max(total, 1), values, (0.0,), total, over=total)
    else:
        inner = Formula(max(total, 1), values, over=total, held=True)
    rest = Stepped(frame.length, inner, batches)
    phases = [Phase("cosine" if cos_lr else "linear", Lasting(max(frame.length - warmup, 1), rest, warmup))]
    if warmup:
        turns = (0.0,) if batches > 1 else None
        climb = partial(_climb, level, batches, warmup, start)
        ramp = Formula(warmup, climb, turns, batches, meant=_role(start, base))
        phases.insert(0, Phase("warmup", ramp))
    beside: dict[str, Curve] = {}
    if warmup_momentum is not None:
        beside["momentum"] = _momentum(frame, warmup, warmup_momentum)
    return Tracks(Sequence(frame.length, tuple(phases), open=True), beside)


def _role(start: float, base: float) -> Role:
    return Role.WARMUP if start <= base else direction(start, base)


def _line(base: float, last: float, total: int, epoch: Floats) -> Floats:
    return np.asarray(base * (np.maximum(1 - epoch / total, 0) * (1.0 - last) + last))


def _cosine(base: float, last: float, total: int, epoch: Floats) -> Floats:
    return np.asarray(base * (np.maximum((1 - np.cos(epoch * np.pi / total)) / 2, 0) * (last - 1) + 1))


def _after(level: partial[Floats], late: bool, kept: int, epoch: Floats) -> Floats:
    """The value of an epoch after the warmup."""
    return level(np.maximum(epoch - 1, max(kept, 0))) if late else level(epoch)


def _climb(level: partial[Floats], batches: int, warmup: int, start: float, t: Floats) -> Floats:
    """The value of a batch in the warmup."""
    return np.asarray(start + (level(np.floor(t / batches)) - start) / warmup * t)


def _momentum(frame: Frame, warmup: int, start: float) -> Curve:
    """The momentum, which climbs to its own value in the warmup."""
    target = frame.beside_value("momentum")
    if not warmup:
        return Flat(frame.length, target)
    ramp = Formula(warmup, partial(_ramp, start, target, warmup), meant=direction(start, target))
    rest = Flat(max(frame.length - warmup, 1), target)
    return Sequence(frame.length, (Phase("warmup", ramp), Phase("constant", rest)), open=True)


def _ramp(start: float, target: float, warmup: int, t: Floats) -> Floats:
    return np.asarray(start + (target - start) / warmup * t)
