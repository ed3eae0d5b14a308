"""Composer's times, and how its Trainer puts a scheduler to use."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import inf, isfinite

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.cycles import MOST_CYCLES
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps, within
from lrplot.curves.wrappers import Bounded, Lasting, Stepped
from lrplot.diagnostics import Fault
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

Shape = Callable[[Floats], Floats]  # a factor by the share of the way that is done


@dataclass(frozen=True)
class Time:
    """A whole number of batches, epochs, samples, tokens or iterations; or a share of the run."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value}{self.unit}"

    @property
    def told(self) -> str:
        """As Composer's messages tell it."""
        return f"{self} with units TimeUnit.{UNITS[self.unit]}"


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


@dataclass(frozen=True)
class Trainer:
    """What a scheduler sees of the run: its `max_duration`, and how time goes by."""

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
        raise Fault(message, field="scale_schedule_ratio", help="a ratio near 1")

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

    def span(self, field: str, text: str, scales: bool = True) -> Time:
        """A time to divide by."""
        time = self.time(field, text, scales)
        if time.value == 0:
            raise Fault("ZeroDivisionError: division by zero", field=field, help=f"`{text}` comes to {time}")
        return time

    @property
    def epoch(self) -> int:
        """Batches in an epoch."""
        return self.frame.timebase.epoch()

    def rate(self, unit: str) -> int:
        """How far a batch goes in that unit; iterations only count where they were given a length."""
        words = {"ba": "steps", "sp": "samples", "tok": "tokens"}
        return int(self.frame.timebase.rates.per_step(words[unit])) if unit in words else 0

    def batches(self, time: Time) -> int:
        """The number of batches after which a time has come."""
        if time.value <= 0:
            return 0
        rate = self.rate(time.unit)
        return min(-(-int(time.value) // rate), FARTHEST) if rate else FARTHEST

    def curve(self, factor: Shape, span: Time, start: float = 0, skip: int = 0, monotone: bool = True) -> Curve:
        """The learning rate by a factor of the time past `start` in units of `span`, from batch `skip` on."""
        passed = partial(_passed, self.rate(span.unit), start, span.value, skip)
        return self._formula(factor, passed, skip, () if monotone else None)

    def _formula(
        self, factor: Shape, passed: Shape, skip: int, turns: tuple[float, ...] | None, period: float | None = None
    ) -> Curve:
        function = partial(_factored, self.frame.base_value(), factor, passed)
        return Formula(max(self.frame.length - skip, 1), function, turns, period)

    def polynomial(self, power: float, last: float, span: Time, start: float = 0, skip: int = 0) -> Curve:
        """The learning rate by a polynomial; a negative power fails when nothing is left."""
        curve = self.curve(partial(polynomial, power, last), span, start, skip)
        if power >= 0 or not 0 < span.value < inf:
            return curve
        end = self.batches(Time(start + span.value, span.unit))
        return Bounded(curve, end - skip, "ZeroDivisionError: 0.0 cannot be raised to a negative power")

    def cycling(self, factor: Shape, unit: str, starts: list[int], lengths: list[int], endless: bool) -> Curve:
        """The learning rate by a factor of the share of a cycle; if `endless`, the one there is comes again."""
        rate = self.rate(unit)
        passed = partial(_passed_in_cycle, rate, np.array(starts, dtype=float), np.array(lengths, dtype=float), endless)
        if rate == 0 or len(starts) > MOST_LISTED:
            return self._formula(factor, passed, 0, None)
        turns = tuple(start / rate for start in starts)
        return self._formula(factor, passed, 0, turns, lengths[0] / rate if endless else None)


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
    """The learning rates that the Trainer sets by a scheduler whose `phases` count batches from 0.

    It asks for the first when it is made, and only then scales `max_duration`. After each batch it asks for the
    next, before it counts that batch; at the end of an epoch, if it is to ask only then, all batches are counted.
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
    return curve if frame.every == 1 else Stepped(frame.length, curve, 1, frame.every)


def _by_batches(frame: Frame) -> Frame:
    """The frame in batches, where it is in epochs; the run's last one may be shorter."""
    length = frame.length * frame.every
    return replace(frame, length=min(length, frame.timebase.steps), every=1)


@dataclass(frozen=True)
class Begun(Curve):
    """Another curve, `late` by so many batches, but for the value that it begins with."""

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


def linear(first: float, last: float, passed: Floats) -> Floats:
    """A straight line between two factors, the last of which holds."""
    return np.asarray(first + np.minimum(1.0, passed) * (last - first))


def cosine(last: float, passed: Floats) -> Floats:
    """Half a cosine from 1 to a factor that holds."""
    return np.asarray(last + (1.0 - last) * (1 + np.cos(np.clip(passed, 0.0, 1.0) * np.pi)) / 2)


def polynomial(power: float, last: float, passed: Floats) -> Floats:
    """From 1 to a factor that holds, by a power of what is left."""
    return np.asarray(last + np.power(1 - np.minimum(1.0, passed), power) * (1.0 - last))


@dataclass(frozen=True)
class Warmup:
    """A straight rise from 0 to `peak` in `t_warmup`, a time that the ratio scales only if `scale_warmup`."""

    t_warmup: str
    scale_warmup: bool
    peak: float = 1.0

    def end(self, trainer: Trainer) -> Time:
        """When it is over, which no ratio changes."""
        return trainer.time("t_warmup", self.t_warmup, scales=False)

    def phases(self, trainer: Trainer) -> list[Phase]:
        """The rise, or nothing."""
        length = trainer.batches(self.end(trainer))
        if length == 0:
            return []
        span = trainer.span("t_warmup", self.t_warmup, scales=self.scale_warmup)
        return [Phase("warmup", Lasting(length, trainer.curve(partial(linear, 0.0, self.peak), span)), Role.WARMUP)]

    def left(self, t_max: str, trainer: Trainer) -> tuple[Time, float, int]:
        """What is left of `t_max` after it, when that begins, and at which batch; nothing left takes for ever."""
        start, end = self.end(trainer), trainer.time("t_max", t_max)
        if start.unit != end.unit:
            message = f"ValueError: Cannot use warmup scheduler with t_max {end.told} and t_warmup {start.told}. "
            help = "give both in one unit; `dur` comes to that of the run's length, and `ep` to batches"
            raise Fault(message + "t_warmup and t_max must use the same units.", field="t_warmup", help=help)
        _reaches_the_end(end, trainer)
        left = end.value - start.value
        return Time(left if left > 0 else inf, end.unit), start.value, trainer.batches(start)


def _reaches_the_end(end: Time, trainer: Trainer) -> None:
    total = trainer.max_duration
    needed = Time(total.value * trainer.epoch, "ba") if total.unit == "ep" else total
    if end.unit == needed.unit and end.value < needed.value:
        message = f"ValueError: t_max {end} must be greater than or equal to max_duration {total}. Otherwise, the LR "
        help = "write `t_max: 1dur`, the length of the run"
        raise Fault(
            message + "schedule will not be defined for the entire training duration.", field="t_max", help=help
        )


def cycles(first: int, mult: float) -> tuple[list[int], list[int], int]:
    """Starts and lengths of cycles, each `mult` times the one before, rounded down; and the one that would follow.

    They stop where they would all be of one length, or of none, or are beyond any run.
    """
    starts, lengths, following = [0], [first], int(mult * first)
    while following not in (0, lengths[-1]) and starts[-1] < FARTHEST and len(starts) < MOST_CYCLES:
        starts.append(starts[-1] + lengths[-1])
        lengths.append(following)
        following = int(mult * following)
    return starts, lengths, following
