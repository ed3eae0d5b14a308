"""icefall: the optim.py of its recipes for the Zipformer, and the Noam optimizer of older ones.

The recipes step the scheduler by the number of the batch, counted from 1, before the optimizer: the value at update k
is the scheduler's at batch k + 1, in an epoch that is counted from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DIVISION, ZERO_POWER
from lrplot.curves.formulas import Formula
from lrplot.curves.laws import Noam as NoamCurve
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import MOST_LISTED
from lrplot.curves.wrappers import Bounded
from lrplot.frameworks.shared.arguments import WarmupField
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.stages import Stage, staged
from lrplot.schema.annotations import FlagField, NumberField
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="icefall",
    distribution="icefall",
    version="2026-06-11",
    modules=("zipformer.optim", "icefall.optim"),
    glossary={
        "lr_batches": "the batch around which the decay begins",
        "warmup_batches": "batches of the warmup",
        "warmup_start": "share of the learning rate at the start of the warmup, from 0 to 1",
        "verbose": "it has no effect on the values",
    },
)
scheduler = FRAMEWORK.scheduler
WarmupBatchesField = Annotated[NumberField, Role.WARMUP]


@scheduler()
def Eden(
    frame: Frame,
    lr_batches: NumberField,
    lr_epochs: NumberField,
    warmup_batches: WarmupBatchesField = 500.0,
    warmup_start: NumberField = 0.5,
    verbose: FlagField = False,
) -> Curve:
    """A decay with the root of the batch's number and with that of the epoch's, after a warmup.

    Formula: lr·((b² + B²)/B²)^−¼·((e² + E²)/E²)^−¼·m at batch b = k + 1 and epoch e, with B = lr_batches,
        E = lr_epochs and m = warmup_start + (1 − warmup_start)·b/warmup_batches, at most 1
    Source: egs/librispeech/ASR/zipformer/optim.py, Eden; Yao et al. 2024 (arXiv:2310.11230)

    Args:
        lr_epochs: the epoch around which the decay by epochs begins
    """
    require(lr_epochs != 0, "lr_epochs", DIVISION, "give a number above 0")
    epochs = partial(_by_epoch, lr_epochs, frame.epoch())
    return _warmed(frame, lr_batches, 0.25, warmup_batches, warmup_start, epochs, frame.epoch())


@scheduler()
def Eden2(
    frame: Frame,
    lr_batches: NumberField,
    warmup_batches: WarmupBatchesField = 500.0,
    warmup_start: NumberField = 0.5,
    verbose: FlagField = False,
) -> Curve:
    """A decay with the batch's number, after a warmup.

    Formula: lr·((b² + B²)/B²)^−½·m at batch b = k + 1, with B = lr_batches and
        m = warmup_start + (1 − warmup_start)·b/warmup_batches, at most 1
    Source: egs/librispeech/ASR/zipformer/optim.py, Eden2
    """
    return _warmed(frame, lr_batches, 0.5, warmup_batches, warmup_start)


def _warmed(
    frame: Frame,
    batches: float,
    exponent: float,
    warmup: float,
    start: float,
    epochs: Callable[[Floats], Floats] | None = None,
    epoch: int = 0,
) -> Curve:
    """A decay by batches, times a factor of its step that changes every `epoch` steps, under a warmup."""
    base = frame.base_value()
    require(0 <= start <= 1, "warmup_start", f"AssertionError: {start}", "give a share from 0 to 1")
    require(batches != 0, "lr_batches", DIVISION, "give a number above 0")
    decay = partial(_decayed, base, batches, exponent, epochs)
    stop = max(ceil(warmup) - 1, 0) if start < 1 else 0
    slope = (1 - start) / warmup if stop else 0.0
    rise = Formula(stop, partial(_risen, decay, start, slope), _turns(start, slope, batches, exponent, epoch, stop))
    return staged(
        frame.length,
        Stage("warmup", 0, rise, role=Role.WARMUP),
        Stage("decay", stop, Formula(1, decay), stop),
    )


def _by_epoch(scale: float, epoch: int, t: Floats) -> Floats:
    """The factor of the epoch that a step is in."""
    return np.asarray(((np.floor(t / epoch) ** 2 + scale**2) / scale**2) ** -0.25)


def _decayed(
    base: float, scale: float, exponent: float, epochs: Callable[[Floats], Floats] | None, t: Floats
) -> Floats:
    values = base * (((t + 1) ** 2 + scale**2) / scale**2) ** -exponent
    return np.asarray(values if epochs is None else values * epochs(t))


def _risen(decay: Callable[[Floats], Floats], start: float, slope: float, t: Floats) -> Floats:
    return np.asarray(decay(t) * (start + slope * (t + 1)))


def _turns(
    start: float, slope: float, scale: float, exponent: float, epoch: int, stop: int
) -> tuple[float, ...] | None:
    """Turning points of a warmup times a decay: zeros of its derivative, and epochs; None if there are many."""
    if epoch and stop // epoch > MOST_LISTED:
        return None
    zeros = np.roots([slope * (1 - 2 * exponent), -2 * exponent * start, slope * scale**2]) - 1
    turns = [float(each.real) for each in zeros if each.imag == 0]
    return (*turns, *map(float, range(epoch, stop, epoch) if epoch else ()))


@scheduler()
def Noam(
    frame: Frame,
    model_size: NumberField = 256,
    factor: NumberField = 10.0,
    warm_step: WarmupField = 25000,
    weight_decay: NumberField = 0,
) -> Curve:
    """A straight rise, then a decay with the root of the update's number; `lr` is not used.

    Formula: factor·model_size^−½·min(n^−½, n·w^−3⁄2) with n = k + 1 and w = warm_step
    Source: egs/librispeech/ASR/pruned_stateless_emformer_rnnt2/noam.py, Noam; Vaswani et al. 2017 (arXiv:1706.03762)

    Args:
        model_size: width of the model
        factor: factor of all values
        warm_step: updates of the warmup
        weight_decay: it has no effect on the values
    """
    require(model_size > 0, "model_size", ZERO_POWER, "give the width of the model")
    scale = factor * model_size**-0.5
    if not warm_step:
        return Bounded(Flat(frame.length, scale), 0, ZERO_POWER)
    return NoamCurve(frame.length, scale, warm_step)
