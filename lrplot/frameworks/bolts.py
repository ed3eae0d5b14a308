"""Lightning Bolts: pl_bolts.optimizers.lr_scheduler, for torch's optimizers.

The value at update k is what k calls of the scheduler's `step()` leave, the constructor having set
k = 0. `linear_warmup_decay` gives a factor of the learning rate, as torch's LambdaLR takes it.
"""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import cosine, line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.annotations import CountField, FlagField, FreshField, NumberField
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="bolts",
    distribution="lightning-bolts",
    version="0.7.0",
    modules=("pl_bolts.optimizers", "pl_bolts.optimizers.lr_scheduler", "pl_bolts.*"),
)
scheduler = FRAMEWORK.scheduler


@scheduler(accumulates=True)
def LinearWarmupCosineAnnealingLR(
    frame: Frame,
    warmup_epochs: Annotated[CountField, Role.WARMUP],
    max_epochs: Annotated[CountField, Role.HORIZON],
    warmup_start_lr: NumberField = 0.0,
    eta_min: Annotated[NumberField, Role.FLOOR] = 0.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """A straight rise to the learning rate, then half a cosine to `eta_min`; past it, it climbs back, for ever.

    The peak is there twice, at warmup_epochs − 1 and at warmup_epochs. With `warmup_epochs: 0` the first
    half-cosine starts from `warmup_start_lr`, so that by default all of it is 0.

    Formula: warmup_start_lr + (lr − warmup_start_lr)·k/(w − 1) for k < w = warmup_epochs, then
        eta_min + (lr − eta_min)·(1 + cos(π·(k − w)/(max_epochs − w)))/2
    Source: pl_bolts/optimizers/lr_scheduler.py, LinearWarmupCosineAnnealingLR

    Args:
        warmup_epochs: epochs of the rise
        max_epochs: epoch at which it comes to `eta_min`
        warmup_start_lr: first value
        eta_min: the least value
        last_epoch: only -1, a run from its beginning
    """
    base = frame.base_value()
    half = abs(max_epochs - warmup_epochs)  # an end before the warmup's is mirrored there
    if half == 0:
        level = base if warmup_epochs else warmup_start_lr
        raises = Bounded(Flat(frame.length, level), 1, "ZeroDivisionError: integer modulo by zero")
        return Sequence(frame.length, (*_rise(warmup_epochs, warmup_start_lr, base), Phase("end", raises)), open=True)
    if warmup_epochs == 0:  # the first half-cosine goes down from where it is, the next goes up to `lr`
        first = Phase("cosine", cosine(half, warmup_start_lr, eta_min, half))
        last = cosine(max(frame.length - half, 1), base, eta_min, half, lead=half)
        return Sequence(frame.length, (first, Phase("cosine", last)), open=True)
    last = cosine(max(frame.length - warmup_epochs, 1), base, eta_min, half)
    return Sequence(frame.length, (*_rise(warmup_epochs, warmup_start_lr, base), Phase("cosine", last)), open=True)


def _rise(epochs: int, first: float, last: float) -> tuple[Phase, ...]:
    """A warmup that is there at its last epoch, not after it."""
    if epochs == 0:
        return ()
    return (Phase("warmup", line(epochs, first, last, epochs - 1) if epochs > 1 else Flat(1, first), Role.WARMUP),)


@scheduler()
def linear_warmup_decay(
    frame: Frame,
    warmup_steps: Annotated[CountField, Role.WARMUP],
    total_steps: Annotated[CountField, Role.HORIZON],
    cosine: FlagField = True,
    linear: FlagField = False,
) -> Curve:
    """A straight rise from 0, then half a cosine or a straight line to 0, or neither.

    Past `total_steps` the cosine climbs back and the line goes below 0.

    Formula: lr·k/warmup_steps, then lr·(1 + cos πu)/2 or lr·(1 − u),
        where u = (k − warmup_steps)/(total_steps − warmup_steps)
    Source: pl_bolts/optimizers/lr_scheduler.py, linear_warmup_decay

    Args:
        warmup_steps: steps of the rise
        total_steps: step at which it comes to 0
        cosine: decay by half a cosine
        linear: decay along a line; needs `cosine: false`
    """
    if linear and cosine:
        message = "AssertionError: `linear` and `cosine` exclude each other, and `cosine` is true by default"
        raise Fault(message, field="linear", help="add `cosine: false`")
    base = frame.base_value()
    decay = _decay(cosine, linear, max(frame.length - warmup_steps, 1), base, max(1, total_steps - warmup_steps))
    warmup = (Phase("warmup", line(warmup_steps, 0.0, base, warmup_steps), Role.WARMUP),) if warmup_steps else ()
    return Sequence(frame.length, (*warmup, decay), open=True)


def _decay(cosine_shaped: bool, linear: bool, length: int, base: float, span: int) -> Phase:
    """What follows the warmup."""
    if cosine_shaped:
        return Phase("cosine", cosine(length, base, 0.0, span))
    return Phase("linear", line(length, base, 0.0, span)) if linear else Phase("constant", Flat(length, base))
