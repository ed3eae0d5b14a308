"""Fields that definitions share: a length, an interval, ramps, a floor; and what they do to a curve."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.clocks import Hold, Stepped
from lrplot.curves.curve import Curve
from lrplot.curves.ramps import ShapeName, fall, rise
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.wrappers import Lasting
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.schema.annotations import PowerField, SkipField, ValueField
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import BEFORE, START
from lrplot.schema.types import Count, Duration, Moment, Record, Value
from lrplot.wording import updates

LengthField = Annotated[int | None, Duration(open=True), Role.HORIZON]
UntilField = Annotated[int | None, Moment(), Role.HORIZON]


@dataclass(eq=False)
class Placed:
    """The fields of every kind.

    Args:
        for_: how long it lasts; what is left of the run if absent or `rest`
        until: when it ends, as a time of the run, in place of `for`
        interval: `epoch` evaluates it at the start of each epoch and holds the value in between; a framework's
            scheduler is then stepped once per epoch, and counts epochs
        scheduler_steps_per_update: how many times the scheduler is stepped per optimizer update, for example
            once per process
    """

    for_: LengthField = None
    until: UntilField = None
    interval: Literal["step", "epoch"] = "step"
    scheduler_steps_per_update: Annotated[int, Count(), Role.TIMES] = 1


@dataclass(eq=False)
class Warmup:
    """A ramp up to the value at which the decay starts.

    Args:
        for_: how long it lasts
        from_: where it starts; if absent, where the phase before ended, or 0 without one
        shape: how it climbs
        power: exponent of the polynomial shape, u^power; 2 if absent
        skip_zero: start one update into the ramp and reach its end at its last update
    """

    for_: Annotated[int, Duration()]
    from_: ValueField = BEFORE
    shape: ShapeName = "linear"
    power: PowerField = None
    skip_zero: SkipField = False


@dataclass(eq=False)
class Cooldown:
    """A ramp down from the value at which the decay ended.

    Args:
        for_: how long it lasts
        from_: where it starts
        to: where it ends
        shape: how it falls; sqrt is 1 − √u
        power: exponent of the polynomial shape, (1 − u)^power; 2 if absent
    """

    for_: Annotated[int, Duration()]
    from_: ValueField = START
    to: ValueField = 0.0
    shape: ShapeName = "linear"
    power: PowerField = None


WarmupField = Annotated[Warmup | None, Record(Warmup, short=True)]
CooldownField = Annotated[Cooldown | None, Record(Cooldown, short=True)]


@dataclass(eq=False)
class Decaying:
    """The further fields of every decaying kind.

    Args:
        warmup: a ramp before the decay, out of the same length, up to the decay's first value, which is then the base
            unless given; milestones are counted from the start of the warmup
        cooldown: a ramp after the decay, out of the same length
        min: the decay never goes below this
    """

    warmup: Annotated[WarmupField, Role.WARMUP] = None
    cooldown: CooldownField = None
    min: Annotated[float | None, Value(), Role.CLIP] = None


def held(curve: Curve, frame: Frame, interval: str) -> Curve:
    """The curve, evaluated at the start of each epoch only if `interval` is `epoch`."""
    if interval == "step":
        return curve
    offset = _epoch_offset(frame)
    return Hold(curve, frame.timebase.epoch(), offset)


def stepped(curve: Curve, length: int, frame: Frame, every: int, times: int) -> Curve:
    """The curve by a scheduler's own clock, which is stepped `times` times every `every` updates."""
    if every == times == 1:
        return curve
    return Stepped(length, curve, every, times, _epoch_offset(frame) if every > 1 else 0)


def _epoch_offset(frame: Frame) -> int:
    if frame.offset is None:
        raise Fault("a repetition may start within an epoch: put `interval` on `repeat` itself", field="interval")
    return frame.offset


def since_start(frame: Frame, curve: Curve) -> Curve:
    """A curve in the time of its whole schedule, from where the schedule's own warmup ends."""
    return Lasting(frame.length, curve, frame.lead) if frame.lead else curve


def with_ramps(
    frame: Frame,
    name: str,
    peak: float | None,
    warmup: Warmup | None,
    body: Callable[[Frame], Curve],
    cooldown: Callable[[Frame], Cooldown | None],
) -> Curve:
    """Warmup, a body that takes what is left of the frame, and cooldown, as a sequence.

    The warmup leads to `peak`; None means the body's first value. `cooldown(frame)` gives the cooldown for
    a frame whose start is the value where the body ended.
    """
    before = warmup.for_ if warmup else 0
    planned = cooldown(replace(frame, start=0.0))  # its length does not depend on the start
    left = room(frame.length, before + (planned.for_ if planned else 0), name)
    middle = body(replace(frame.part(before, left, frame.start), warmup=before or frame.warmup, lead=before))
    after = cooldown(replace(frame, start=middle.end))
    phases = []
    if warmup:
        peak = middle.values(np.zeros(1, dtype=np.int64)).item() if peak is None else peak
        curve = rise(before, warmup.from_, peak, warmup.shape, warmup.power, warmup.skip_zero)
        phases.append(Phase("warmup", curve, Role.WARMUP))
    phases.append(Phase(name, middle))
    if after:
        phases.append(Phase("cooldown", fall(after.for_, after.from_, after.to, after.shape, after.power)))
    return phases[0].curve if len(phases) == 1 else Sequence(frame.length, tuple(phases))


def room(length: int, taken: int, name: str) -> int:
    """Updates of `length` that are left, or a `Fault` if more are taken than there are."""
    if taken > length:
        raise Fault(
            f"nothing is left for `{name}`: the phases around it take {updates(taken)}, and there are {length:,}",
            help="make the other phases shorter or the run longer",
            code="no-room",
        )
    return length - taken
