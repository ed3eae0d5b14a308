"""mmengine's schedulers at work on one optimizer: each changes the value it finds there, in its own window.

A scheduler by itself has a closed form, and those that only multiply have one together. Any others that
overlap are left to a recurrence, which does at each step what mmengine/optim/scheduler/param_scheduler.py does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise

import numpy as np

from lrplot.curves.curve import Curve, Factor, Flat
from lrplot.curves.product import Product
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting, Scaled, Stepped
from lrplot.diagnostics import Fault
from lrplot.schema.frame import Frame

FOREVER = 10**9  # an `end` that was not given
FIRST = np.zeros(1, dtype=np.int64)
Levels = tuple[float, float, float]  # start, peak and end of a 1cycle


@dataclass(frozen=True)
class Rule:
    """What a scheduler does at its steps s ≥ 0, counted from the beginning of its window.

    `update` gives gain and shift of each step, `curve` all values in closed form from the one it
    finds. `multiplies`: all gains are ≥ 0 and the values monotone, with no shift. `fails` is the
    step at which it raises, and what. A 1cycle overwrites the optimizer's `levels`, and is made
    anew where another one has done so.
    """

    update: Callable[[Steps], tuple[Floats, Floats]]
    curve: Callable[[float], Curve]
    multiplies: bool = False
    fails: tuple[int, str] | None = None
    levels: Levels | None = None
    relevel: Callable[[Levels], Rule] | None = None


@dataclass(frozen=True)
class Window:
    """What a rule may know: the frame, the parameter it moves, `end` − `begin`, and updates in its unit of time."""

    frame: Frame
    parameter: str
    span: int
    unit: int

    @property
    def base(self) -> float:
        """The optimizer's initial value."""
        return self.frame.base_value() if self.parameter == "lr" else self.frame.beside_value(self.parameter)


@dataclass(frozen=True)
class Definition:
    """A scheduler as a config has it."""

    name: str
    make: Callable[[Window], Rule]
    begin: float
    end: float
    by_epoch: bool
    convert: bool

    @property
    def parameter(self) -> str:
        """The parameter that it moves."""
        return "momentum" if self.name.endswith("Momentum") else "lr"

    def part(self, frame: Frame) -> Part:
        """The scheduler, built for a run."""
        begin, end, unit = self._times(frame)
        if end <= begin:
            message = f"ValueError: end should be larger than begin, but got begin={begin}, end={end}"
            raise Fault(message, field="end")
        rule = self.make(Window(frame, self.parameter, end - begin, unit))
        by_epoch = self.by_epoch and not self.convert
        every = frame.epoch() if by_epoch else 1
        lag = _offset(frame) % every if by_epoch else 0
        return Part(self.name, self.parameter, rule, max(begin, 0), max(end, 0), by_epoch, every, lag)

    def _times(self, frame: Frame) -> tuple[int, int, int]:
        """Begin and end in the scheduler's own steps, and updates in the unit of its arguments."""
        if not self.convert:
            if not (float(self.begin).is_integer() and float(self.end).is_integer()):
                field = "end" if float(self.begin).is_integer() else "begin"
                raise Fault(
                    f"`{field}` must be a whole number", field=field, help="or add `convert_to_iter_based: true`"
                )
            return int(self.begin), int(self.end), 1
        if not self.by_epoch:
            message = "AssertionError: Only epoch-based parameter scheduler can be converted to iter-based"
            raise Fault(message, field="convert_to_iter_based", help="leave out `by_epoch: false`")
        unit = frame.epoch()
        end = FOREVER if self.end == FOREVER else int(self.end * unit)
        return int(self.begin * unit), end, unit

    def ending(self, frame: Frame) -> Definition:
        """The scheduler as a Runner builds it: where no `end` is given, it is the run's."""
        if self.end != FOREVER:
            return self
        every = frame.epoch() if self.by_epoch else 1
        return replace(self, end=-(-frame.length // every))


def _offset(frame: Frame) -> int:
    if frame.offset is None:
        raise Fault("repetitions do not start with an epoch: write `by_epoch: false`", field="by_epoch")
    return frame.offset


@dataclass(frozen=True)
class Part:
    """A scheduler at work from reading `begin` of its clock up to `end`.

    The clock is stepped every `every` updates, for the first time `lag` updates early.
    """

    name: str
    parameter: str
    rule: Rule
    begin: int
    end: int
    by_epoch: bool
    every: int
    lag: int

    @property
    def start(self) -> int:
        """The first update at which it is at work."""
        return min(max(self.begin * self.every - self.lag, 0), FARTHEST)

    @property
    def stop(self) -> int:
        """The first update at which it is no longer."""
        return min(max(self.end * self.every - self.lag, self.start), FARTHEST)

    def affine(self, t: Steps) -> tuple[Floats, Floats]:
        """Gain and shift of what it does before each of the updates `t`."""
        reading = (t + self.lag) // self.every
        acts = ((t + self.lag) % self.every == 0) & (reading >= self.begin) & (reading < self.end)
        gains, shifts = self.rule.update(np.maximum(reading - self.begin, 0))
        return np.where(acts, gains, 1.0), np.where(acts, shifts, 0.0)

    def built(self, value: float) -> float:
        """The value that its constructor leaves."""
        if self.start > 0 or self.stop == 0:
            return value
        gains, shifts = self.rule.update(FIRST)
        return float(shifts[0]) if gains[0] == 0 else float(gains[0]) * value + float(shifts[0])

    def during(self, start: int, stop: int, value: float) -> Curve:
        """Its values over some updates of its window, where it found `value` at the window's start."""
        done = (start + self.lag) // self.every - self.begin
        inner = Lasting(max(stop - start, 1), self.rule.curve(value), done)
        return (
            inner if self.every == 1 else Stepped(inner.length, inner, self.every, 1, (start + self.lag) % self.every)
        )

    @property
    def failure(self) -> tuple[int, str] | None:
        """The update before which it raises, and what."""
        if self.rule.fails is None or self.rule.fails[0] >= self.end - self.begin:
            return None
        step, reason = self.rule.fails
        return max((self.begin + step) * self.every - self.lag, 0), reason


@dataclass(frozen=True, kw_only=True)
class Scheduler(Tracks):
    """The curve of a scheduler by itself, with what a list of them needs to know of it."""

    definition: Definition


def alone(frame: Frame, definition: Definition) -> Scheduler:
    """A scheduler by itself on the optimizer."""
    tracks = together(frame, [definition.part(frame)])
    return Scheduler(curve=tracks.curve, beside=tracks.beside, definition=definition)


def together(frame: Frame, parts: list[Part]) -> Tracks:
    """Schedulers on one optimizer, in the order they are built."""
    sets_lr = any(part.rule.levels and part.start == 0 for part in parts)
    lr = np.nan if frame.base is None and sets_lr else frame.base_value()
    curve = timeline(frame.length, lr, [part for part in parts if part.parameter == "lr"])
    momenta = [part for part in parts if part.parameter == "momentum"]
    beside = {"momentum": timeline(frame.length, frame.beside_value("momentum"), momenta)} if momenta else {}
    failures = [part.failure for part in parts if part.failure]
    tracks = Tracks(curve, beside)
    return tracks.each(lambda each: Bounded(each, *min(failures))) if failures else tracks


def timeline(length: int, value: float, parts: list[Part]) -> Curve:
    """One parameter under its schedulers, from its initial value on."""
    cycles = [part.rule for part in parts if part.rule.levels]
    phases = list(_phases(length, value, parts)) if len(cycles) < 2 else [None]
    if None not in phases:
        return Sequence(length, tuple(phase for phase in phases if phase), open=True)
    first = reduce(lambda found, part: part.built(found), parts, value)
    last = cycles[-1].levels if cycles else None
    parts = [replace(part, rule=part.rule.relevel(last)) if last and part.rule.relevel else part for part in parts]
    # Whatever order they are in, at the end of an epoch those that step by update come first.
    return Recurrence(length, first, Updates(tuple(sorted(parts, key=lambda part: part.by_epoch))))


@dataclass(frozen=True)
class Updates:
    """All schedulers of a parameter, one after the other."""

    parts: tuple[Part, ...]

    def __call__(self, t: Steps) -> tuple[Floats, Floats]:
        """Gain and shift before each of the updates `t`."""
        gains, shifts = np.ones(t.shape), np.zeros(t.shape)
        for part in self.parts:
            gain, shift = part.affine(t)
            gains, shifts = gain * gains, gain * shifts + shift
        return gains, shifts


def _phases(length: int, value: float, parts: list[Part]) -> Iterator[Phase | None]:
    """Stretches in which the same schedulers are at work, in closed form; None where that fails.

    Stretches hang together while a scheduler goes on from one into the next: `found` is the value
    that the first ones found, `group` all that have been at work since.
    """
    cuts = sorted({0, *(edge for part in parts if part.start < part.stop for edge in (part.start, part.stop))})
    group: list[Part] = []
    found = value
    for start, stop in pairwise([*cuts, max(length, cuts[-1] + 1)]):
        active = [part for part in parts if part.start <= start < part.stop]
        if all(part.start == start for part in active):
            group, found = [], value
        group += [part for part in active if part.start == start]
        if len(group) > 1 and not all(part.rule.multiplies for part in group):
            yield None
            return
        phase = _phase(start, stop, active, group, found)
        yield phase
        value = float(phase.curve.values(np.array([stop - start - 1], dtype=np.int64))[0])


def _phase(start: int, stop: int, active: list[Part], group: list[Part], found: float) -> Phase:
    """One stretch."""
    if not active:
        return Phase("hold", Flat(stop - start, found))
    if len(group) == 1:
        return Phase(active[0].name, active[0].during(start, stop, found))
    scale, moving = found, []
    for part in group:
        until = min(stop, part.stop)
        curve = part.during(min(start, until - 1), until, 1.0)
        ends = curve.values(np.array([0, curve.length - 1], dtype=np.int64))
        if ends[0] == ends[1]:
            scale *= float(ends[0])
        else:
            moving.append((part.name, curve))
    names = [name for name, _ in moving] or [part.name for part in active]
    return Phase(" × ".join(names), _product(stop - start, scale, [curve for _, curve in moving]))


def _product(length: int, scale: float, curves: Iterable[Curve]) -> Curve:
    match list(curves):
        case []:
            return Flat(length, scale)
        case [curve]:
            return Scaled(curve, scale)
        case several:
            return Product(length, scale, tuple(map(Factor, several)))
