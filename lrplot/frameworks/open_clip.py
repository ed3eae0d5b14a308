"""OpenCLIP: open_clip_train.scheduler.

The value at update k is that of `scheduler(k)`, which the training loop calls before it. `base_lr` is the learning
rate; the optimizer's own is not used.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import COMPLEX, DIVISION, ZERO_POWER
from lrplot.curves.formulas import Formula, cosine
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.wrappers import Bounded
from lrplot.frameworks.shared.arguments import FloorField, HorizonField, PeakField, WarmupField
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import constant, in_turn
from lrplot.schema.annotations import CountField, NumberField
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="open_clip",
    distribution="open_clip_torch",
    version="3.3.0",
    modules=("open_clip_train.scheduler", "open_clip_train", "training.scheduler"),
    aliases=("open-clip", "openclip"),
    glossary={
        "base_lr": "the learning rate",
        "warmup_length": "updates of the warmup, the last of which has the learning rate",
    },
)
scheduler = FRAMEWORK.scheduler


def _warmup(peak: float, length: int) -> Phase:
    return Phase("warmup", Anneal(length, 0.0, peak, LINEAR, lead=1), Role.WARMUP)


@scheduler()
def const_lr(frame: Frame, base_lr: PeakField, warmup_length: WarmupField, steps: CountField) -> Curve:
    """The learning rate itself, after a warmup.

    Formula: base_lr·min((k + 1)/warmup_length, 1)
    Source: open_clip_train/scheduler.py, const_lr

    Args:
        steps: not used
    """
    return in_turn(frame, _warmup(base_lr, warmup_length), constant("constant", base_lr))


@scheduler()
def cosine_lr(frame: Frame, base_lr: PeakField, warmup_length: WarmupField, steps: HorizonField) -> Curve:
    """Half a cosine to 0 after a warmup; past `steps` it rises again.

    Formula: base_lr·(k + 1)/w up to w = warmup_length, then base_lr·(1 + cos(π·(k − w)/(steps − w)))/2
    Source: open_clip_train/scheduler.py, cosine_lr

    Args:
        steps: update at which it is 0
    """
    span = abs(steps - warmup_length)  # an even function
    fall: Curve = cosine(1, base_lr, 0.0, span) if span else Bounded(Flat(1, base_lr), 0, DIVISION)
    return in_turn(frame, _warmup(base_lr, warmup_length), Phase("cosine", fall))


@scheduler()
def const_lr_cooldown(
    frame: Frame,
    base_lr: PeakField,
    warmup_length: WarmupField,
    steps: HorizonField,
    cooldown_steps: Annotated[CountField, Role.DECAY],
    cooldown_power: NumberField = 1.0,
    cooldown_end_lr: FloorField = 0.0,
) -> Curve:
    """The learning rate itself after a warmup, then a polynomial decay, which continues past `steps`.

    Formula: base_lr·min((k + 1)/warmup_length, 1), from s = steps − cooldown_steps on
        cooldown_end_lr + (base_lr − cooldown_end_lr)·(1 − (k − s)/cooldown_steps)^cooldown_power
    Source: open_clip_train/scheduler.py, const_lr_cooldown

    Args:
        steps: update at which the decay ends
        cooldown_steps: updates of the decay
        cooldown_power: exponent
        cooldown_end_lr: value at the end of the decay
    """
    start = max(steps - cooldown_steps, warmup_length)
    hold = Phase("constant", Flat(start - warmup_length, base_lr))
    fall = _cooldown(base_lr, cooldown_end_lr, cooldown_power, cooldown_steps, start - steps + cooldown_steps)
    return in_turn(frame, _warmup(base_lr, warmup_length), hold, Phase("cooldown", fall))


def _cooldown(peak: float, low: float, power: float, span: int, lead: int) -> Curve:
    """A decay in `span` steps, without the first `lead`."""
    if not span:
        return Bounded(Flat(1, peak), 0, DIVISION)
    end = span - lead
    function = partial(_power, peak, low, power, span, lead)
    curve: Curve = Formula(1, function, (float(end),), over=max(end, 0))
    if power < 0:
        return Bounded(curve, max(end, 0), ZERO_POWER if end >= 0 else COMPLEX)
    return curve if power == int(power) else Bounded(curve, max(end + 1, 0), COMPLEX)


def _power(peak: float, low: float, power: float, span: int, lead: int, t: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.power(1 - (t + lead) / span, power) * (peak - low) + low)
