"""Composer's times, and what its Trainer makes of a scheduler."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf, isfinite
from typing import Annotated, Any

import numpy as np

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat, Segment
from lrplot.curves.cycles import MOST_CYCLES
from lrplot.curves.exceptions import DIVISION, ZERO_POWER
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps, within
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, NumberField, TextField
from lrplot.schema.fields import Example, Inline
from lrplot.schema.frame import Frame

UNITS = {
    "iter": "ITERATION",
    "ep": "EPOCH",
    "ba": "BATCH",
    "sp": "SAMPLE",
    "tok": "TOKEN",
    "dur": "DURATION",
    "sec": "SECOND",
}
LENGTHS = {"samples": "sp", "tokens": "tok"}
PATTERN = re.compile(rf"(.+)({'|'.join(UNITS)})", re.IGNORECASE)
MOST_LISTED = 1000
CLOCK = re.compile(r"(\d+h)?(\d+m)?(\d+s)?")
WRITE = "write a time such as `100ba`, `3ep` or `0.1dur`"

Turns = tuple[float, ...] | None
Shape = Callable[[Floats], Floats]  # a factor by the share of the time that has passed


@dataclass(eq=False)
class Time:
    """A whole number of batches, epochs, samples, tokens or iterations; or a share of the run."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value}{self.unit}"

    @property
    def described(self) -> str:
        """The time as Composer's messages write it."""
        return f"{self} with units TimeUnit.{UNITS[self.unit]}"


@dataclass(eq=False)
class Stretch:
    """A stretch of time from `start` on, in the unit of its length `span`; an infinite one never passes."""

    start: float
    span: Time

    @property
    def end(self) -> float:
        """The time at which it ends."""
        return self.start + self.span.value


def read_time(field: str, text: str) -> Time:
    """A time such as `100ba`, or a `Fault`."""
    found = PATTERN.fullmatch(text)
    if CLOCK.fullmatch(text) or (found and found[2].lower() == "sec"):
        raise Fault("ValueError: Wall clock time not an allowed time unit.", field=field, help=WRITE)
    value = _float(found[1]) if found else None
    if found is None or value is None:
        raise Fault(f"ValueError: Invalid time string: {text}", field=field, help=WRITE)
    unit = found[2].lower()
    if unit == "dur":
        return Time(value, unit)
    if not value.is_integer():
        message = f"TypeError: value {value} is not an integer. Units TimeUnit.{UNITS[unit]} require integer values."
        raise Fault(message, field=field, help="write a whole number, or a share of the run as `0.1dur`")
    return Time(int(value), unit)


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


@dataclass(eq=False)
class Trainer:
    """The run as a scheduler sees it: its `max_duration`, and how its units of time relate to batches."""

    frame: Frame
    ratio: float
    max_duration: Time

    @classmethod
    def of(cls, frame: Frame, ratio: float) -> Trainer:
        """The Trainer of a run whose length is its `max_duration`."""
        base = frame.timebase
        whole = frame.length == base.steps and base.amount.denominator == 1
        if whole and base.unit == "epochs" and base.amount * base.epoch() == base.steps:
            return cls(frame, ratio, Time(int(base.amount), "ep"))
        if whole and base.unit in LENGTHS:
            return cls(frame, ratio, Time(int(base.amount), LENGTHS[base.unit]))
        return cls(frame, ratio, Time(frame.length, "ba"))

    def scaled(self) -> Trainer:
        """The Trainer with its `max_duration` times the ratio."""
        value = int(self.max_duration.value * self.ratio)
        if value > 0:
            return Trainer(self.frame, self.ratio, Time(value, self.max_duration.unit))
        message = "ValueError: Scale schedule has reduced the max_duration to 0. Set a higher ratio or use more epochs."
        if value < 0:
            message = (
                f"ValueError: The max_duration ({value}{self.max_duration.unit}) is less than or equal to the elapsed "
                f"training duration (0{self.max_duration.unit}). No training would occur."
            )
        raise Fault(message, field="scale_schedule_ratio", help="give a ratio near 1")

    def time(self, field: str, text: str, scales: bool = True) -> Time:
        """A time in whole batches, samples, tokens or iterations; the ratio scales it unless it is a share."""
        time, total = read_time(field, text), self.max_duration
        ratio = self.ratio if scales else 1.0
        if time.unit == "dur" and total.unit == "ep":
            return Time(int(time.value * self.epoch * total.value), "ba")
        if time.unit == "dur":
            return Time(int(time.value * total.value), total.unit)
        if time.unit == "ep":
            time = Time(time.value * self.epoch, "ba")
        return Time(int(time.value * ratio), time.unit)

    @property
    def epoch(self) -> int:
        """Batches in an epoch."""
        return self.frame.timebase.epoch()

    def rate(self, unit: str) -> int:
        """Units per batch; 0 for iterations, which only count if they were given a length."""
        words = {"ba": "steps", "sp": "samples", "tok": "tokens"}
        return int(self.frame.timebase.rates.per_step(words[unit])) if unit in words else 0

    def batches(self, time: Time) -> int:
        """The number of batches after which a time is reached."""
        if time.value <= 0:
            return 0
        rate = self.rate(time.unit)
        return min(-(-int(time.value) // rate), FARTHEST) if rate else FARTHEST

    def stretch(self, field: str, text: str, scales: bool = True) -> Stretch:
        """A time from the beginning of the run on, by which time is divided."""
        time = self.time(field, text, scales)
        if time.value == 0:
            raise Fault(DIVISION, field=field, help=f"`{text}` is {time}")
        return Stretch(0, time)

    def curve(self, factor: Shape, over: Stretch, monotone: bool = True, meant: Role | None = None) -> Formula:
        """The learning rate by a factor of the share of a stretch that has passed, from its first batch on."""
        skip = self.batches(replace(over.span, value=over.start))
        passed = partial(_passed, self.rate(over.span.unit), over.start, over.span.value, skip)
        return self._formula(factor, passed, skip, () if monotone else None, meant=meant)

    def _formula(self, factor: Shape, passed: Shape, skip: int, turns: Turns, **more: Any) -> Formula:
        function = partial(_factored, self.frame.base_value(), factor, passed)
        return Formula(max(self.frame.length - skip, 1), function, turns, **more)

    def anneal(self, factor: Shape, over: Stretch) -> Curve:
        """The same for a factor that is constant once the stretch is over."""
        curve = self.curve(factor, over)
        return curve if over.span.value == inf else replace(curve, over=self._length(over), held=True)

    def _length(self, over: Stretch) -> int:
        """The length of a stretch in batches."""
        first, end = (self.batches(replace(over.span, value=each)) for each in (over.start, over.end))
        return max(end - first, 0)

    def polynomial(self, power: float, last: float, over: Stretch) -> Curve:
        """The learning rate by a polynomial; a negative power raises when nothing is left."""
        curve = self.anneal(partial(polynomial, power, last), over)
        if power >= 0 or not 0 < over.span.value < inf:
            return curve
        return Bounded(curve, self._length(over), ZERO_POWER)

    def cycling(self, factor: Shape, unit: str, starts: list[int], lengths: list[int], endless: bool) -> Curve:
        """The learning rate by a factor of the share of a cycle; if `endless`, there is one, and it repeats."""
        rate = self.rate(unit)
        passed = partial(_passed_in_cycle, rate, np.array(starts, dtype=float), np.array(lengths, dtype=float), endless)
        turns, period = None, None
        if rate and len(starts) <= MOST_LISTED:
            turns, period = tuple(start / rate for start in starts), lengths[0] / rate if endless else None
        return self._formula(factor, passed, 0, turns, period=period, meant=Role.CYCLES)


def _passed(rate: int, start: float, span: float, skip: int, t: Floats) -> Floats:
    return np.asarray((rate * (t + skip) - start) / span)


def _passed_in_cycle(rate: int, starts: Floats, lengths: Floats, endless: bool, t: Floats) -> Floats:
    now = rate * t
    if endless:
        return np.asarray(now % lengths[0] / lengths[0])
    cycle = np.searchsorted(starts, now, side="right") - 1
    return np.asarray((now - starts[cycle]) / lengths[cycle])


def _factored(base: float, factor: Shape, passed: Shape, t: Floats) -> Floats:
    return base * factor(passed(t))


def trained(frame: Frame, ratio: float, phases: Callable[[Trainer], list[Phase]]) -> Curve:
    """The learning rates that the Trainer sets from a scheduler whose `phases` count batches from 0.

    It reads the first one when it is made, and only then scales `max_duration`. After each batch it reads the
    next one, before it counts that batch; if it reads them once an epoch, all batches are counted by then.
    """
    trainer = Trainer.of(_by_batches(frame), ratio)
    found = phases(trainer)
    first = float(found[0].curve.values(np.zeros(1, dtype=np.int64))[0])
    if ratio != 1:
        trainer = trainer.scaled()
        try:
            found = phases(trainer)
        except Fault as fault:
            return Bounded(Flat(frame.length, first), 1, fault.message)
    begun = Begun(found[0].curve, first, late=int(frame.every == 1))
    curve = Sequence(trainer.frame.length, (replace(found[0], curve=begun), *found[1:]), open=True)
    return curve if frame.every == 1 else AfterEpochs(frame.length, curve, 1, frame.every)


def _by_batches(frame: Frame) -> Frame:
    """The frame in batches if it is in epochs; the last epoch of the run may be shorter."""
    length = frame.length * frame.every
    return replace(frame, length=min(length, frame.timebase.steps), every=1)


class AfterEpochs(Stepped):
    """A curve in batches that is read once an epoch; its clock is not stepped several times."""

    def segments(self) -> tuple[Segment, ...]:
        return tuple(replace(each, every=1, times=1) for each in super().segments())


@dataclass(eq=False)
class Begun(Curve):
    """Another curve, `late` batches later, except for its first value."""

    curve: Curve
    first: float
    late: int

    @property
    def length(self) -> int:  # type: ignore[override]  # a field elsewhere
        return self.curve.length + self.late

    def values(self, t: Steps) -> Floats:
        return np.where(t == 0, self.first, self.curve.values(np.maximum(t - self.late, 0)))

    def limit(self, t: int) -> float:
        return self.first if t <= self.late else self.curve.limit(t - self.late)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        inner = self.curve.turning_points(max(start - self.late, 0), max(stop - self.late, 0))
        return None if inner is None else within(np.append(inner + self.late, [0, 1]), start, stop)

    def failure(self, t: int) -> str | None:
        return None if t == 0 else self.curve.failure(t - self.late)

    @property
    def role(self) -> Role:
        return self.curve.role

    def segments(self) -> tuple[Segment, ...]:
        first, *others = self.curve.segments()
        later = [replace(each, start=each.start + self.late, stop=each.stop + self.late) for each in others]
        return (replace(first, curve=replace(self, curve=first.curve), stop=first.stop + self.late), *later)


def linear(first: float, last: float, passed: Floats) -> Floats:
    """A straight line between two factors, the last of which holds."""
    return np.asarray(first + np.minimum(1.0, passed) * (last - first))


def cosine(last: float, passed: Floats) -> Floats:
    """Half a cosine from 1 to a factor that holds."""
    return np.asarray(last + (1.0 - last) * (1 + np.cos(np.clip(passed, 0.0, 1.0) * np.pi)) / 2)


def polynomial(power: float, last: float, passed: Floats) -> Floats:
    """From 1 to a factor that holds, by a power of the share that is left."""
    return np.asarray(last + np.power(1 - np.minimum(1.0, passed), power) * (1.0 - last))


def powered(gamma: float, exponent: Shape, passed: Floats) -> Floats:
    """A power of `gamma`."""
    return np.asarray(np.power(gamma, exponent(passed)))


@dataclass(eq=False)
class TrainerArguments:
    """The arguments of the Trainer itself.

    Args:
        scale_schedule_ratio: the Trainer's: it scales times (not shares, `dur`) and the run's length, which the
            spec gives unscaled
    """

    scale_schedule_ratio: NumberField = 1.0


@dataclass(eq=False)
class Warmup:
    """A straight rise from 0 in `t_warmup`, a time that the ratio scales only if `scale_warmup`.

    Args:
        t_warmup: time of the warmup, such as `100ba`, `1ep` or `0.1dur`, in the same unit as `t_max`
        scale_warmup: let the ratio scale the warmup's slope too, though not its end
    """

    t_warmup: Annotated[TextField, Role.WARMUP, Example("100ba")]
    scale_warmup: FlagField = False

    def end(self, trainer: Trainer) -> Time:
        """The time at which it ends; no ratio changes that."""
        return trainer.time("t_warmup", self.t_warmup, scales=False)

    def phases(self, trainer: Trainer, peak: float = 1.0) -> list[Phase]:
        """The rise to `peak`, or nothing."""
        length = trainer.batches(self.end(trainer))
        if length == 0:
            return []
        rise = trainer.curve(partial(linear, 0.0, peak), trainer.stretch("t_warmup", self.t_warmup, self.scale_warmup))
        return [Phase("warmup", Lasting(length, rise), Role.WARMUP)]

    def left(self, t_max: str, trainer: Trainer) -> Stretch:
        """The rest of `t_max` after it; infinite if nothing is left."""
        start, end, total = self.end(trainer), trainer.time("t_max", t_max), trainer.max_duration
        if start.unit != end.unit:
            message = (
                f"ValueError: Cannot use warmup scheduler with t_max {end.described} and t_warmup {start.described}. "
            )
            help = "give both in one unit; `dur` is in that of the run's length, and `ep` in batches"
            raise Fault(message + "t_warmup and t_max must use the same units.", field="t_warmup", help=help)
        needed = Time(total.value * trainer.epoch, "ba") if total.unit == "ep" else total
        if end.unit == needed.unit and end.value < needed.value:
            message = f"ValueError: t_max {end} must be greater than or equal to max_duration {total}. Otherwise, the "
            message += "LR schedule will not be defined for the entire training duration."
            raise Fault(message, field="t_max", help="write `t_max: 1dur`, the length of the run")
        left = end.value - start.value
        return Stretch(start.value, Time(left if left > 0 else inf, end.unit))


TrainerField = Annotated[Trainer, Inline(TrainerArguments)]
WarmupField = Annotated[Warmup, Inline(Warmup)]


def cycles(first: int, mult: float) -> tuple[list[int], list[int], int]:
    """Starts and lengths of cycles, each `mult` times the one before, rounded down; and the length that would follow.

    The list ends if all further cycles have the same length, or length 0, or are beyond any run.
    """
    starts, lengths, following = [0], [first], int(mult * first)
    while following not in (0, lengths[-1]) and starts[-1] < FARTHEST and len(starts) < MOST_CYCLES:
        starts.append(starts[-1] + lengths[-1])
        lengths.append(following)
        following = int(mult * following)
    return starts, lengths, following
