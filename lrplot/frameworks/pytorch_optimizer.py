"""pytorch_optimizer (kozistr's): its own learning rate schedulers, without those of torch that it exports too.

The value at update k is the one after k calls of `step()`. The constructors of its classes set
`min_lr`, the value at update 0 whatever comes after; the optimizer's own learning rate is not used.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import LINEAR, SQRT, Floats, power_ramp, rex
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import (
    FRESH,
    CyclesField,
    FloorField,
    GrowthField,
    IntegerHorizonField,
    IntegerWarmupField,
    PeakField,
    ShrinkField,
    StartField,
    WarmupField,
)
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import constant, cycling, in_turn, turning, warmed_up
from lrplot.frameworks.shared.resuming import Counted, Whole
from lrplot.frameworks.shared.shares import waves_left
from lrplot.frameworks.shared.warmup_restarts import warmup_restarts
from lrplot.lazy import dataclass
from lrplot.schema.annotations import CountField, FlagField, FreshField, IntegerField, NumberField
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="pytorch_optimizer",
    distribution="pytorch-optimizer",
    version="4.1.0",
    modules=("pytorch_optimizer.*",),
    glossary={
        "min_lr": "the value at the first update, and at the end",
        "num_warmup_steps": "steps of the warmup, from 0",
        "last_epoch": FRESH,
    },
)
scheduler = FRAMEWORK.scheduler

UNSAVED = Counted(saves_base=False, saves_count=False, takes_last_epoch=False)  # they have no `state_dict`


@scheduler(resuming=Whole(takes_last_epoch=False))
def CosineAnnealingWarmupRestarts(
    frame: Frame,
    first_cycle_steps: Annotated[IntegerField, Role.PERIOD],
    cycle_mult: GrowthField = 1.0,
    max_lr: PeakField = 1e-4,
    min_lr: FloorField = 1e-6,
    warmup_steps: WarmupField = 0,
    gamma: ShrinkField = 0.9,
    last_epoch: FreshField = -1,
) -> Curve:
    """Cycles of a linear warmup and half a cosine back to `min_lr`, each with a lower peak, without end.

    Formula: min_lr + (m − min_lr)·(1 + cos(π·(s − w)/(n − w)))/2 at step s ≥ w of a cycle of n, after the warmup
        of w; m = max_lr·gamma^cycle; min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/cosine_anealing.py, CosineAnnealingWarmupRestarts; Loshchilov & Hutter
        2017 (arXiv:1608.03983)

    Args:
        first_cycle_steps: steps of the first cycle, its warmup included
        cycle_mult: each cosine is this many times as long as the one before, rounded down to whole steps
        max_lr: peak of the first cycle
        warmup_steps: steps of the warmup, the same in each cycle
        gamma: factor of the peak from cycle to cycle
    """
    if warmup_steps >= first_cycle_steps:
        message = (
            f"ValueError: warmup_steps must be smaller than first_cycle_steps. {warmup_steps} < {first_cycle_steps}"
        )
        raise Fault(message, field="warmup_steps")
    return warmup_restarts(frame, first_cycle_steps, cycle_mult, max_lr, min_lr, warmup_steps, gamma, least=1)


@dataclass(eq=False)
class Warmed:
    """The arguments of schedules with a warmup.

    Args:
        t_max: steps in all, the warmup included; it does not stop there
        max_lr: the peak
        init_lr: where the warmup starts
        warmup_steps: steps of the linear warmup
    """

    t_max: IntegerHorizonField
    max_lr: PeakField
    min_lr: FloorField = 0.0
    init_lr: StartField = 0.0
    warmup_steps: IntegerWarmupField = 0

    @property
    def span(self) -> int:
        """Steps from the end of the warmup to t_max."""
        return self.t_max - self.warmup_steps

    def curve(self, frame: Frame, *phases: Phase) -> Curve:
        """One update of `min_lr`, the warmup, then the phases."""
        for name, value in (("min_lr", self.min_lr), ("max_lr", self.max_lr), ("init_lr", self.init_lr)):
            if value < 0:
                message = f"NegativeLRError: {name} must be positive. ({value:g} > 0)"
                raise Fault(message, field=name, help="give 0 or more")
        for name, steps in (("t_max", self.t_max), ("warmup_steps", self.warmup_steps)):
            if steps < 0:
                message = f"NegativeStepError: {name} must be positive. ({steps} > 0)"
                raise Fault(message, field=name, help="give 0 or more")
        ramp = Phase("warmup", Anneal(self.warmup_steps, self.init_lr, self.max_lr, LINEAR), Role.WARMUP)
        return in_turn(frame, constant("start", self.min_lr), ramp, *phases)

    def dividing(self, curve: Curve, division: str = "division") -> Curve:
        """A curve whose formula divides by the span, except at its first step."""
        if self.span:
            return curve
        return Bounded(Flat(1, self.max_lr), 1, f"ZeroDivisionError: {division} by zero")


WarmedField = Annotated[Warmed, Inline(Warmed)]


@scheduler(resuming=UNSAVED)
def LinearScheduler(frame: Frame, settings: WarmedField) -> Curve:
    """A linear warmup and a straight line to `min_lr`; past `t_max` it continues down, below 0.

    Formula: max_lr + (min_lr − max_lr)·(s − w)/(t_max − w) after the warmup of w, where s = k − 1; min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/linear_warmup.py, LinearScheduler
    """
    curve = settings.dividing(line(1, settings.max_lr, settings.min_lr, settings.span or 1), "float division")
    return settings.curve(frame, Phase("linear", curve))


@scheduler(resuming=UNSAVED)
def CosineScheduler(frame: Frame, settings: WarmedField) -> Curve:
    """A linear warmup and half a cosine to `min_lr`; past `t_max` it rises again, and so on without end.

    Formula: min_lr + (max_lr − min_lr)·(1 + cos(π·(s − w)/(t_max − w)))/2 after the warmup of w, where s = k − 1;
        min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/linear_warmup.py, CosineScheduler
    """
    curve = settings.dividing(cosine(1, settings.max_lr, settings.min_lr, abs(settings.span) or 1))
    return settings.curve(frame, Phase("cosine", curve))


@scheduler(resuming=UNSAVED)
def PolyScheduler(frame: Frame, settings: WarmedField, poly_order: NumberField = 0.5) -> Curve:
    """A linear warmup and a power of the steps after it, which grows without end: it is no decay.

    Formula: min_lr + (max_lr − min_lr)·(s − w)^poly_order after the warmup of w, where s = k − 1; min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/linear_warmup.py, PolyScheduler

    Args:
        poly_order: exponent, above 0
        t_max: not used
        max_lr: value at the end of the warmup, and one and two steps after it
        min_lr: value at the first update, to which the power is added
    """
    if poly_order <= 0:
        raise Fault(f"ValueError: poly_order must be positive. {poly_order:g}", field="poly_order")
    growth = partial(_power, settings.min_lr, settings.max_lr - settings.min_lr, poly_order)
    return settings.curve(frame, constant("peak", settings.max_lr), Phase("polynomial", Formula(1, growth)))


def _power(low: float, height: float, order: float, t: Floats) -> Floats:
    return np.asarray(low + height * np.power(t + 1, order))


@scheduler(resuming=UNSAVED)
def REXScheduler(
    frame: Frame, total_steps: IntegerHorizonField, max_lr: PeakField = 1.0, min_lr: FloorField = 0.0
) -> Curve:
    """A decay that is slow at the peak and falls ever faster to `min_lr`, which it keeps.

    Formula: min_lr + (max_lr − min_lr)·(1 − p)/(1 − p/2), where p = k/total_steps; min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/rex.py, REXScheduler; Chen et al. 2021 (arXiv:2107.04197)

    Args:
        total_steps: steps to `min_lr`
        max_lr: the peak; update 1 is just below it
    """
    decay = Lasting(1, Anneal(max(total_steps, 0), max_lr, min_lr, rex(0.5)), 1)
    return in_turn(frame, constant("start", min_lr), Phase("rex", decay))


@scheduler(resuming=Counted())
def get_chebyshev_schedule(
    frame: Frame, num_epochs: IntegerHorizonField, is_warmup: FlagField = False, last_epoch: FreshField = -1
) -> Curve:
    """Chebyshev steps in a fractal order: up to 20 times the learning rate, next to short ones that balance them.

    Formula: lr/(0.525 − 0.475·cos(π·(i + ½)/n)), where n is the power of two above num_epochs − 1 and i is element
        max(0, k − 2) of the order, the last element from its end on
    Source: pytorch_optimizer/lr_scheduler/chebyshev.py, get_chebyshev_schedule; Agarwal et al. 2021
        (arXiv:2103.01338)

    Args:
        num_epochs: steps of the order, rounded up to a power of two
        is_warmup: keep the learning rate instead
    """
    base = frame.base_value()
    if is_warmup:
        return Flat(frame.length, base)
    bits = int(np.log2(num_epochs - 1)) + 1 if num_epochs > 1 else 0
    # It is built for two steps less: only half of an order of 2 or 4 is left.
    ordered = max(bits - 1, 0) if bits <= 2 else bits
    return Formula(frame.length, partial(_chebyshev, base, bits, ordered), turns=None, over=2**ordered + 1, held=True)


def _chebyshev(base: float, bits: int, ordered: int, t: Floats) -> Floats:
    place = np.clip(t.astype(np.int64) - 2, 0, 2**ordered - 1)
    index = np.zeros_like(place)
    for bit in range(ordered):  # each doubling inserts a mirror image after every step
        size = 2 << bit
        mirrored = (place >> (ordered - 1 - bit)) & 1
        index = np.where(mirrored, size - 1 - index, index)
    angle = (index + 0.5) * np.pi / 2**bits
    return np.asarray(base * (1 / ((1.0 + 0.05) / 2 - (1.0 - 0.05) / 2 * np.cos(angle))))


@scheduler(resuming=Counted())
def get_wsd_schedule(
    frame: Frame,
    num_warmup_steps: WarmupField,
    num_stable_steps: Annotated[CountField, Role.HOLD],
    num_decay_steps: Annotated[CountField, Role.DECAY],
    min_lr_ratio: NumberField = 0.0,
    num_cycles: CyclesField = 0.5,
    cooldown_type: Literal["1-sqrt", "cosine", "linear", "1-square"] = "1-sqrt",
    last_epoch: FreshField = -1,
) -> Curve:
    """A linear warmup, the learning rate itself, a cooldown, and a share of the learning rate from then on.

    All cooldowns but the cosine go to 0, whatever `min_lr_ratio` is, and jump to that share at the end.

    Formula: lr·k/num_warmup_steps, lr, lr·c, then lr·r, where r = min_lr_ratio and c is 1 − √p, 1 − p, 1 − p² or
        r + (1 − r)·max(0, (1 + cos(2π·num_cycles·p))/2)
    Source: pytorch_optimizer/lr_scheduler/wsd.py, get_wsd_schedule; Hu et al. 2024 (arXiv:2404.06395)

    Args:
        num_stable_steps: steps at the learning rate
        num_decay_steps: steps of the cooldown
        min_lr_ratio: share of the learning rate after the cooldown
        num_cycles: waves of the cosine cooldown; with 0.5 it falls once
        cooldown_type: shape of the cooldown
    """
    base, steps = frame.base_value(), num_decay_steps
    if cooldown_type == "cosine":
        function = partial(_waves, base, min_lr_ratio, num_cycles, max(1, steps))
        times = 2 * num_cycles
        turns, period = turning(steps, times)
        cooldown: Curve = Formula(steps, function, turns, period, steps, cycling(times), held=True)
    else:
        cooldown = Anneal(steps, base, 0.0, SHAPES[cooldown_type])
    stable, end = Phase("stable", Flat(num_stable_steps, base)), constant("end", base * min_lr_ratio)
    return warmed_up(frame, num_warmup_steps, stable, Phase(cooldown_type, cooldown), end)


SHAPES = {"1-sqrt": SQRT, "linear": LINEAR, "1-square": power_ramp(2.0)}


def _waves(base: float, low: float, cycles: float, steps: int, t: Floats) -> Floats:
    return np.asarray(base * ((1 - low) * waves_left(cycles, t / steps) + low))
