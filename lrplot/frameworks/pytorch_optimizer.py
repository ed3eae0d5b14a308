"""pytorch_optimizer (kozistr's): its own learning rate schedulers, beside torch's that it exports too.

The value at update k is what k calls of `step()` leave. The constructors of its classes set
`min_lr`, which is the value at update 0 whatever comes after; the optimizer's own is not used.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR, REX, SQRT, Floats, power_ramp
from lrplot.curves.steps import Steps
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.whole_cycles import Cycles, Cyclic, Sizes, scaled
from lrplot.schema.annotations import CountField, FlagField, FreshField, IntegerField, NumberField
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="pytorch_optimizer",
    distribution="pytorch-optimizer",
    version="4.1.0",
    modules=("pytorch_optimizer.*",),
    glossary={
        "t_max": "steps in all, the warmup's included; it does not stop there",
        "max_lr": "the peak",
        "min_lr": "the value at the first update, and where it goes",
        "init_lr": "where the warmup starts",
        "warmup_steps": "steps of the linear warmup",
        "last_epoch": "only -1, a run from its beginning",
    },
)
scheduler = FRAMEWORK.scheduler


def in_order(length: int, *phases: tuple[str, Curve]) -> Sequence:
    """Phases one after the other, without the empty ones; the last one goes on for ever."""
    return Sequence(length, tuple(Phase(name, curve) for name, curve in phases if curve.length), open=True)


def rest(length: int, taken: int) -> int:
    """What the phases before leave, at least one step."""
    return max(length - taken, 1)


@scheduler()
def CosineAnnealingWarmupRestarts(
    frame: Frame,
    first_cycle_steps: IntegerField,
    cycle_mult: NumberField = 1.0,
    max_lr: NumberField = 1e-4,
    min_lr: NumberField = 1e-6,
    warmup_steps: CountField = 0,
    gamma: NumberField = 0.9,
    last_epoch: FreshField = -1,
) -> Curve:
    """Cycles of a linear warmup and half a cosine back to `min_lr`, each with a lower peak, without end.

    Formula: min_lr + (m − min_lr)·(1 + cos(π·(s − w)/(n − w)))/2 at step s ≥ w of a cycle of n, after the warmup
        of w; m = max_lr·gamma^cycle; min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/cosine_anealing.py, CosineAnnealingWarmupRestarts; Loshchilov & Hutter
        2017 (arXiv:1608.03983)

    Args:
        first_cycle_steps: steps of the first cycle, its warmup included
        cycle_mult: each cosine is this many times as long as the one before, cut to whole steps
        max_lr: the first cycle's peak
        warmup_steps: steps of the warmup, the same in each cycle
        gamma: factor of the peak from cycle to cycle
    """
    if warmup_steps >= first_cycle_steps:
        message = (
            f"ValueError: warmup_steps must be smaller than first_cycle_steps. {warmup_steps} < {first_cycle_steps}"
        )
        raise Fault(message, field="warmup_steps")
    cycles = Cycles((first_cycle_steps - warmup_steps, warmup_steps), partial(_longer, cycle_mult))
    curve = Cyclic(frame.length, cycles, partial(_cycle, max_lr, min_lr, gamma))
    start = Flat(1, min_lr)
    return in_order(frame.length, ("start", start), ("cycles", Lasting(rest(frame.length, 1), curve, 1)))


def _longer(mult: float, size: int, warmup: int) -> Sizes:
    return max(1, scaled(size, mult)), warmup


def _cycle(peak: float, low: float, gamma: float, number: Steps, local: Steps, size: Steps, warmup: Steps) -> Floats:
    high = peak * np.power(gamma, number.astype(np.float64))
    rise = (high - low) * local / np.maximum(warmup, 1) + low
    fall = low + (high - low) * (1 + np.cos(np.pi * (local - warmup) / size)) / 2
    return np.where(local < warmup, rise, fall)


@scheduler()
def LinearScheduler(
    frame: Frame,
    t_max: Annotated[IntegerField, Role.HORIZON],
    max_lr: Annotated[NumberField, Role.PEAK],
    min_lr: NumberField = 0.0,
    init_lr: NumberField = 0.0,
    warmup_steps: Annotated[IntegerField, Role.WARMUP] = 0,
) -> Curve:
    """A linear warmup and a straight line to `min_lr`, which it crosses: past `t_max` it goes on down, below 0.

    Formula: max_lr + (min_lr − max_lr)·(s − w)/(t_max − w) after the warmup of w, where s = k − 1; min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/linear_warmup.py, LinearScheduler
    """
    span = t_max - warmup_steps
    curve = _dividing(
        line(rest(frame.length, 1 + warmup_steps), max_lr, min_lr, span or 1), max_lr, span, "float division"
    )
    return _warmed_up(frame, t_max, max_lr, min_lr, init_lr, warmup_steps, ("linear", curve))


@scheduler()
def CosineScheduler(
    frame: Frame,
    t_max: Annotated[IntegerField, Role.HORIZON],
    max_lr: Annotated[NumberField, Role.PEAK],
    min_lr: NumberField = 0.0,
    init_lr: NumberField = 0.0,
    warmup_steps: Annotated[IntegerField, Role.WARMUP] = 0,
) -> Curve:
    """A linear warmup and half a cosine to `min_lr`; past `t_max` it climbs back, and so on for ever.

    Formula: min_lr + (max_lr − min_lr)·(1 + cos(π·(s − w)/(t_max − w)))/2 after the warmup of w, where s = k − 1;
        min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/linear_warmup.py, CosineScheduler
    """
    span = t_max - warmup_steps
    curve = _dividing(cosine(rest(frame.length, 1 + warmup_steps), max_lr, min_lr, abs(span) or 1), max_lr, span)
    return _warmed_up(frame, t_max, max_lr, min_lr, init_lr, warmup_steps, ("cosine", curve))


@scheduler()
def PolyScheduler(
    frame: Frame,
    poly_order: NumberField = 0.5,
    *,
    t_max: Annotated[IntegerField, Role.HORIZON],
    max_lr: Annotated[NumberField, Role.PEAK],
    min_lr: NumberField = 0.0,
    init_lr: NumberField = 0.0,
    warmup_steps: Annotated[IntegerField, Role.WARMUP] = 0,
) -> Curve:
    """A linear warmup and a power of the steps since, which grows without end: it is no decay.

    Formula: min_lr + (max_lr − min_lr)·(s − w)^poly_order after the warmup of w, where s = k − 1; min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/linear_warmup.py, PolyScheduler

    Args:
        poly_order: exponent, above 0
        t_max: not used
        max_lr: the warmup's end, and the value one and two steps after it begins to grow
        min_lr: the value at the first update, and what the power is added to
    """
    if poly_order <= 0:
        raise Fault(f"ValueError: poly_order must be positive. {poly_order:g}", field="poly_order")
    growth = partial(_power, min_lr, max_lr - min_lr, poly_order)
    curve = Formula(rest(frame.length, 2 + warmup_steps), growth)
    phases = ("peak", Flat(1, max_lr)), ("polynomial", curve)
    return _warmed_up(frame, t_max, max_lr, min_lr, init_lr, warmup_steps, *phases)


def _power(low: float, height: float, order: float, t: Floats) -> Floats:
    return np.asarray(low + height * np.power(t + 1, order))


def _dividing(curve: Curve, first: float, span: int, division: str = "division") -> Curve:
    """A curve that divides by `span`, though not at its first step."""
    return curve if span else Bounded(Flat(curve.length, first), 1, f"ZeroDivisionError: {division} by zero")


def _warmed_up(
    frame: Frame, t_max: int, high: float, low: float, first: float, warmup: int, *phases: tuple[str, Curve]
) -> Curve:
    """`min_lr` once, the warmup, then the phases."""
    for name, value in (("min_lr", low), ("max_lr", high), ("init_lr", first)):
        if value < 0:
            raise Fault(f"NegativeLRError: {name} must be positive. ({value:g} > 0)", field=name, help="0 is allowed")
    for name, value in (("t_max", t_max), ("warmup_steps", warmup)):
        if value < 0:
            raise Fault(f"NegativeStepError: {name} must be positive. ({value} > 0)", field=name, help="0 is allowed")
    ramp = Anneal(warmup, first, high, LINEAR)
    return in_order(frame.length, ("start", Flat(1, low)), ("warmup", ramp), *phases)


@scheduler()
def REXScheduler(
    frame: Frame,
    total_steps: Annotated[IntegerField, Role.HORIZON],
    max_lr: Annotated[NumberField, Role.PEAK] = 1.0,
    min_lr: Annotated[NumberField, Role.FLOOR] = 0.0,
) -> Curve:
    """A decay that holds the peak long and falls ever faster to `min_lr`, which it keeps.

    Formula: min_lr + (max_lr − min_lr)·(1 − p)/(1 − p/2), where p = k/total_steps; min_lr at update 0
    Source: pytorch_optimizer/lr_scheduler/rex.py, REXScheduler; Chen et al. 2021 (arXiv:2107.04197)

    Args:
        total_steps: steps to `min_lr`
        max_lr: the peak, which update 1 is just below
    """
    decay = Lasting(rest(frame.length, 1), Anneal(max(total_steps, 0), max_lr, min_lr, REX), 1)
    return in_order(frame.length, ("start", Flat(1, min_lr)), ("rex", decay))


@scheduler()
def get_chebyshev_schedule(
    frame: Frame, num_epochs: IntegerField, is_warmup: FlagField = False, last_epoch: FreshField = -1
) -> Curve:
    """Chebyshev steps in a fractal order: up to 20 times the learning rate, next to short ones that make up for it.

    Formula: lr/(0.525 − 0.475·cos(π·(i + ½)/n)), where n is the power of two above num_epochs − 1 and i is where the
        order has max(0, k − 2); the last one is kept
    Source: pytorch_optimizer/lr_scheduler/chebyshev.py, get_chebyshev_schedule; Agarwal et al. 2021
        (arXiv:2103.01338)

    Args:
        num_epochs: steps of the order, rounded up to a power of two
        is_warmup: stay at lr instead
    """
    base = frame.base_value()
    if is_warmup:
        return Flat(frame.length, base)
    bits = int(np.log2(num_epochs - 1)) + 1 if num_epochs > 1 else 0
    # Built for two steps less, an order of 2 or 4 is a half.
    return Formula(frame.length, partial(_chebyshev, base, bits, max(bits - 1, 0) if bits <= 2 else bits), turns=None)


def _chebyshev(base: float, bits: int, ordered: int, t: Floats) -> Floats:
    place = np.clip(t.astype(np.int64) - 2, 0, 2**ordered - 1)
    index = np.zeros_like(place)
    for bit in range(ordered):  # each doubling puts a mirror image behind every step
        size = 2 << bit
        mirrored = (place >> (ordered - 1 - bit)) & 1
        index = np.where(mirrored, size - 1 - index, index)
    angle = (index + 0.5) * np.pi / 2**bits
    return np.asarray(base * (1 / ((1.0 + 0.05) / 2 - (1.0 - 0.05) / 2 * np.cos(angle))))


@scheduler()
def get_wsd_schedule(
    frame: Frame,
    num_warmup_steps: CountField,
    num_stable_steps: CountField,
    num_decay_steps: CountField,
    min_lr_ratio: NumberField = 0.0,
    num_cycles: NumberField = 0.5,
    cooldown_type: Literal["1-sqrt", "cosine", "linear", "1-square"] = "1-sqrt",
    last_epoch: FreshField = -1,
) -> Curve:
    """A linear warmup, a stretch at the learning rate, a cooldown, and a share of it from then on.

    All cooldowns but the cosine go to 0, whatever `min_lr_ratio` is, and jump to that share at the end.

    Formula: lr·k/num_warmup_steps, lr, lr·c, then lr·r, where r = min_lr_ratio and c is 1 − √p, 1 − p, 1 − p² or
        r + (1 − r)·max(0, (1 + cos(2π·num_cycles·p))/2)
    Source: pytorch_optimizer/lr_scheduler/wsd.py, get_wsd_schedule; Hu et al. 2024 (arXiv:2404.06395)

    Args:
        num_warmup_steps: steps of the warmup, from 0
        num_stable_steps: steps at the learning rate
        num_decay_steps: steps of the cooldown
        min_lr_ratio: the share that is kept afterwards
        num_cycles: waves of the cosine cooldown, a half to fall
        cooldown_type: shape of the cooldown
    """
    base, steps = frame.base_value(), num_decay_steps
    shapes = {"1-sqrt": SQRT, "linear": LINEAR, "1-square": power_ramp(2.0)}
    if cooldown_type == "cosine":
        function = partial(_waves, base, min_lr_ratio, num_cycles, max(1, steps))
        period = steps / (2 * abs(num_cycles)) if num_cycles and steps else None
        cooldown: Curve = Formula(steps, function, (0.0,) if period else (), period)
    else:
        cooldown = Anneal(steps, base, 0.0, shapes[cooldown_type])
    taken = num_warmup_steps + num_stable_steps + steps
    return in_order(
        frame.length,
        ("warmup", Anneal(num_warmup_steps, 0.0, base, LINEAR)),
        ("stable", Flat(num_stable_steps, base)),
        (cooldown_type, cooldown),
        ("end", Flat(rest(frame.length, taken), base * min_lr_ratio)),
    )


def _waves(base: float, low: float, cycles: float, steps: int, t: Floats) -> Floats:
    wave = np.maximum(0.0, 0.5 * (1 + np.cos(np.pi * cycles * 2 * (t / steps))))
    return np.asarray(base * ((1 - low) * wave + low))
