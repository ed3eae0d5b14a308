"""T5X: t5x.utils, whose schedule is a product of named factors.

The value at update k is learning_rate_fn(k). T5X computes in float32; these are the values of float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Lasting
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import in_turn
from lrplot.lazy import dataclass
from lrplot.schema.annotations import CountField, IntegerField, NumberField, TextField
from lrplot.schema.frame import Frame
from lrplot.schema.types import Count
from lrplot.wording import did_you_mean

FRAMEWORK = Framework(name="t5x", distribution="t5x", version="0.0.0", modules=("t5x.utils",))
scheduler = FRAMEWORK.scheduler

RISING = ("linear_warmup", "linear_decay")  # up to `warmup_steps`
FALLING = ("rsqrt_decay", "rsqrt_normalized_decay", "cosine_decay", "linear_decay")  # after it
NAMES = ("constant", "decay_every", "linear_warmup", *FALLING)

EveryField = Annotated[int, Count()]


@dataclass(eq=False)
class Factors:
    """The factors, and their settings."""

    names: tuple[str, ...]
    base: float
    warmup: int
    decay: float
    per_decay: int
    per_cycle: int
    least: float

    @np.errstate(divide="ignore", invalid="ignore")
    def product(self, n: Floats) -> Floats:
        """The learning rate at each step of the schedule, in T5X's order of operations."""
        values = np.ones(n.shape)
        for name in self.names:
            values = self._times(name, values, n)
        return np.maximum(values, self.least)

    def _times(self, name: str, values: Floats, n: Floats) -> Floats:
        warmup = self.warmup
        match name:
            case "constant":
                return values * self.base
            case "linear_warmup":
                return values * np.minimum(1.0, n / warmup)
            case "linear_decay":
                return values * (self.base * np.minimum(n / warmup, 1.0 + self.decay * (warmup - n)))
            case "rsqrt_decay":
                return np.asarray(values / np.sqrt(np.maximum(n, warmup)))
            case "rsqrt_normalized_decay":
                return np.asarray(values * np.sqrt(warmup) / np.sqrt(np.maximum(n, warmup)))
            case "decay_every":
                return values * np.power(self.decay, n // self.per_decay)
        progress = np.maximum(0.0, (n - warmup) / float(self.per_cycle))
        return np.asarray(values * np.maximum(0.0, 0.5 * (1.0 + np.cos(np.pi * (progress % 1.0)))))

    def phases(self) -> Iterator[Phase]:
        """The warmup, if there is one, and what comes after it."""
        rises, falls = self._has(*RISING), self._has(*FALLING)
        start = self.warmup if rises or falls else 0
        early = Formula(start, self.product, None if rises and self._has("decay_every") else ())
        yield Phase("warmup", early, Role.WARMUP) if rises else Phase("constant", early)
        turns, period = self._turns(start, falls)
        role = Role.STAIRS if self._has("decay_every") and not falls else None
        late = Formula(1, partial(self._after, start), turns, period, meant=role)
        yield Phase("decay" if falls or role else "constant", late)

    def _after(self, start: int, t: Floats) -> Floats:
        return self.product(t + start)

    def _turns(self, start: int, falls: bool) -> tuple[tuple[float, ...] | None, float | None]:
        """The turns after the warmup and their period; None if factors go different ways."""
        drops, line = self._has("decay_every"), self.names.count("linear_decay")
        grows = (drops and not 0 <= self.decay <= 1) or (line and self.decay < 0)
        if falls and (grows or line > 1 or self.least < 0):
            return None, None
        if self._has("cosine_decay"):
            return (0.0,), self.per_cycle
        if drops:
            return (None, None) if self.decay < 0 else ((float(-start % self.per_decay),), self.per_decay)
        return (), None

    def _has(self, *names: str) -> bool:
        return any(name in self.names for name in names)


@scheduler()
def create_learning_rate_scheduler(
    frame: Frame,
    factors: TextField = "constant * linear_warmup * rsqrt_decay",
    base_learning_rate: NumberField = 0.5,
    warmup_steps: CountField = 1000,
    decay_factor: NumberField = 0.5,
    steps_per_decay: EveryField = 20000,
    steps_per_cycle: EveryField = 100000,
    step_offset: IntegerField = 0,
    min_learning_rate: Annotated[NumberField, Role.CLIP] = 1e-8,
) -> Curve:
    """A product of factors; the optimizer's own learning rate is not used.

    Formula: the product of, with n = max(k − step_offset, 0) and w = warmup_steps: constant: base_learning_rate;
        linear_warmup: min(1, n/w); linear_decay: base_learning_rate·min(n/w, 1 + decay_factor·(w − n)); rsqrt_decay:
        1/√max(n, w); rsqrt_normalized_decay: √(w/max(n, w)); decay_every: decay_factor^⌊n/steps_per_decay⌋;
        cosine_decay: (1 + cos(π·(max(n − w, 0)/steps_per_cycle mod 1)))/2
    Source: t5x/utils.py, create_learning_rate_scheduler

    Args:
        factors: names of the factors, with `*` between them
        base_learning_rate: the factor `constant`
        warmup_steps: steps of the warmup, and of the constant part of the decays with the root
        decay_factor: factor of each drop of `decay_every`, slope of `linear_decay`
        steps_per_decay: steps between the drops of `decay_every`
        steps_per_cycle: steps of a half cosine
        step_offset: update at which the schedule starts
        min_learning_rate: least value
    """
    names = tuple(name.strip() for name in factors.split("*"))
    for name in names:
        require(name in NAMES, "factors", f"ValueError: Unknown factor {name}.", did_you_mean(name, NAMES))
    product = Factors(
        names,
        base_learning_rate,
        warmup_steps,
        decay_factor,
        steps_per_decay,
        steps_per_cycle,
        min_learning_rate,
    )
    delay = max(step_offset, 0)
    (first,) = product.product(np.zeros(1)).tolist()
    early, late = product.phases()
    if lead := max(-step_offset, 0):
        skipped = min(lead, early.curve.length)
        early = Phase(early.name, Lasting(early.curve.length - skipped, early.curve, skipped), early.role)
        late = Phase(late.name, Lasting(1, late.curve, lead - skipped), late.role)
    return in_turn(frame, Phase("delay", Flat(delay, first), Role.DELAY), early, late)
