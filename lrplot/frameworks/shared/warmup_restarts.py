"""Cycles of a linear warmup and half a cosine, as in pytorch_optimizer and ESPnet."""

from __future__ import annotations

from functools import partial

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.wrappers import Lasting
from lrplot.frameworks.shared.hugging_face import constant, in_turn
from lrplot.frameworks.shared.whole_cycles import Cycles, Cyclic, Sizes, scaled
from lrplot.schema.frame import Frame


def warmup_restarts(
    frame: Frame, first: int, mult: float, peak: float, low: float, warmup: int, gamma: float, least: int
) -> Curve:
    """Cycles, the first of `first` steps with its warmup; each cosine is `mult` times as long, at least `least`.

    The peak shrinks by `gamma` from cycle to cycle. Update 0 has `low`.
    """
    cycles = Cycles((first - warmup, warmup), partial(_longer, mult, least))
    curve = Cyclic(frame.length, cycles, partial(_cycle, peak, low, gamma))
    return in_turn(frame, constant("start", low), Phase("cycles", Lasting(1, curve, 1), Role.CYCLES))


def _longer(mult: float, least: int, size: int, warmup: int) -> Sizes:
    return max(least, scaled(size, mult)), warmup


def _cycle(peak: float, low: float, gamma: float, number: Steps, local: Steps, size: Steps, warmup: Steps) -> Floats:
    high = peak * np.power(gamma, number.astype(np.float64))
    rise = (high - low) * local / np.maximum(warmup, 1) + low
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = low + (high - low) * (1 + np.cos(np.pi * (local - warmup) / size)) / 2
    return np.where(local < warmup, rise, fall)
