"""mmengine's schedulers at work on one optimizer: each one changes the value it finds there, in its own window.

A single scheduler has a closed form, and so do several that only multiply. Any others that overlap are
evaluated as a recurrence, which does at each step what mmengine/optim/scheduler/param_scheduler.py does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property, partial, reduce
from itertools import pairwise
from typing import Annotated, Any

import numpy as np

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Factor, Flat, Origin, Segment
from lrplot.curves.product import Product
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Cut, Lasting, Scaled
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.updates import Changes, Update
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, FreshField, NumberField
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame

FOREVER = 10**9  # the default of `end`
FIRST = np.zeros(1, dtype=np.int64)
Levels = tuple[float, float, float]  # start, peak and end of a 1cycle


@dataclass(eq=False)
class Rule:
    """The effect of a scheduler at its steps s ≥ 0, counted from the beginning of its window.

    `update` gives gain and shift of each step: value ↦ gain·value + shift. `curve` gives all values
    in closed form, from the value that the scheduler finds. `multiplies`: all gains are ≥ 0, the
    values monotone, and there is no shift. `fails` is the first step that raises, and what it
    raises. A 1cycle overwrites the optimizer's `levels`; `relevel` makes it again for the levels
    that another one wrote.
    """

    update: Update
    curve: Callable[[float], Curve]
    multiplies: bool = False
    fails: tuple[int, str] | None = None
    levels: Levels | None = None
    relevel: Callable[[Levels], Rule] | None = None


@dataclass(eq=False)
class Window:
    """The window in which a scheduler acts, and the unit of its times.

    Args:
        begin: the epoch, or the update, at which it begins
        end: the epoch or update at which it stops; in a param_scheduler list the end of the run if absent
        last_step: only -1, the start of a run
        by_epoch: step once an epoch, not once an update
        verbose: print each value; has no effect on it
        convert_to_iter_based: turn times given in epochs into updates, and step at each
    """

    begin: Annotated[NumberField, Role.DELAY] = 0
    end: Annotated[NumberField, Role.HORIZON] = FOREVER
    last_step: FreshField = -1
    by_epoch: FlagField = True
    verbose: FlagField = False
    convert_to_iter_based: Annotated[FlagField, Role.IN_EPOCHS] = False

    def times(self, frame: Frame) -> tuple[int, int]:
        """Begin and end in the scheduler's own steps."""
        if self.convert_to_iter_based:
            if not self.by_epoch:
                message = "AssertionError: Only epoch-based parameter scheduler can be converted to iter-based"
                raise Fault(message, field="convert_to_iter_based", help="leave out `by_epoch: false`")
            unit = self.unit(frame)
            begin, end = int(self.begin * unit), FOREVER if self.end == FOREVER else int(self.end * unit)
        else:
            for name, time in (("begin", self.begin), ("end", self.end)):
                if not float(time).is_integer():
                    help = "write a whole number, or add `convert_to_iter_based: true`"
                    raise Fault(f"`{name}` must be a whole number", field=name, help=help)
            begin, end = int(self.begin), int(self.end)
        if end <= begin:
            message = f"ValueError: end should be larger than begin, but got begin={begin}, end={end}"
            raise Fault(message, field="end")
        return begin, end

    def duration(self, frame: Frame) -> int:
        """`end` − `begin` in the scheduler's own steps."""
        begin, end = self.times(frame)
        return end - begin

    def unit(self, frame: Frame) -> int:
        """How many of the scheduler's own steps a unit of its times is."""
        return frame.epoch() if self.convert_to_iter_based else 1

    def ending(self, frame: Frame) -> Window:
        """The window in a Runner's list: an `end` that is not given is the end of the run."""
        if self.end != FOREVER:
            return self
        return replace(self, end=frame.epochs if self.by_epoch else frame.clock_length)


WindowField = Annotated[Window, Inline(Window)]


@dataclass(eq=False)
class Configured:
    """A scheduler as a config has it: `make` gives its rule in a frame whose base is the initial value."""

    name: str
    parameter: str
    window: Window
    make: Callable[..., Rule]
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Its arguments besides the window."""
        return self.make.keywords if isinstance(self.make, partial) else {}

    def loaded(self, old: Configured) -> Configured:
        """The scheduler after the state of another one was loaded: its window and the arguments that both have."""
        shared = {name: value for name, value in old.arguments.items() if name in self.arguments}
        return replace(self, window=old.window, make=partial(self.make, **shared))

    def part(self, frame: Frame) -> Part:
        """The scheduler, built for a run."""
        begin, end = self.window.times(frame)
        if self.parameter != "lr":
            frame = replace(frame, base=frame.beside_value(self.parameter), parameter=self.parameter)
        rule = self.make(frame, window=self.window)
        by_epoch = self.window.by_epoch and not self.window.convert_to_iter_based
        every = frame.epoch() if by_epoch else 1
        lag = frame.clock_offset("write `by_epoch: false`", "by_epoch") % every if by_epoch else 0
        window = max(begin, 0), max(end, 0)
        return Part(self.name, self.parameter, rule, *window, by_epoch, every, lag, self.origin, self, frame)


@dataclass(eq=False)
class Part:
    """A scheduler that acts from reading `begin` of its clock up to `end`.

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
    origin: Origin | None = field(default=None, compare=False, repr=False)
    configured: Configured | None = field(default=None, compare=False, repr=False)
    frame: Frame | None = field(default=None, compare=False, repr=False)

    @cached_property
    def start(self) -> int:
        """The first update at which it acts."""
        return min(max(self.begin * self.every - self.lag, 0), FARTHEST)

    @cached_property
    def stop(self) -> int:
        """The first update at which it no longer acts."""
        return min(max(self.end * self.every - self.lag, self.start), FARTHEST)

    def affine(self, t: Steps) -> Changes:
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
        """Its values over some updates of its window, if it found `value` at the beginning of the window."""
        length, offset = max(stop - start, 1), (start + self.lag) % self.every
        done = (start + self.lag) // self.every - self.begin
        inner = Lasting(-(-(length + offset) // self.every), self.rule.curve(value), done)
        return inner if self.every == 1 else Stepped(length, inner, self.every, 1, offset)

    @property
    def failure(self) -> tuple[int, str] | None:
        """The update before which it raises, and what it raises."""
        if self.rule.fails is None or self.rule.fails[0] >= self.end - self.begin:
            return None
        step, reason = self.rule.fails
        return max((self.begin + step) * self.every - self.lag, 0), reason


@dataclass(eq=False)
class Held(Cut):
    """A curve whose value at local step `stop` − 1 holds from then on; `planned` says that this is meant as its end."""

    planned: bool = True

    def values(self, t: Steps) -> Floats:
        return self.curve.values(np.minimum(t, self.stop - 1))

    def limit(self, t: int) -> float:
        return self.curve.limit(t) if t <= self.stop else float(self.values(np.array([t], dtype=np.int64))[0])

    def part(self, curve: Curve, start: int) -> Curve:
        return Held(curve, max(self.stop - start, 1), self.planned)

    def segments(self) -> tuple[Segment, ...]:
        """The segments of the curve: a planned end may be after `stop`; a segment without one ends there."""
        past = Role.HOLD if self.planned else None
        return tuple(
            replace(each, past=Role.HOLD) if each.past else replace(each, stop=min(each.stop, self.stop), past=past)
            for each in super().segments()
        )


@dataclass(eq=False, kw_only=True)
class Scheduled(Tracks):
    """The curves of schedulers on one optimizer."""

    parts: tuple[Part, ...]


@dataclass(eq=False, kw_only=True)
class Scheduler(Scheduled):
    """The curves of a scheduler by itself, and how it was configured."""

    configured: Configured


def alone(frame: Frame, configured: Configured) -> Scheduler:
    """A scheduler by itself on the optimizer."""
    made = together(frame, [configured.part(frame)])
    return Scheduler(curve=made.curve, beside=made.beside, parts=made.parts, configured=configured)


def together(frame: Frame, parts: list[Part]) -> Scheduled:
    """Schedulers on one optimizer, in the order in which they are built."""
    sets_lr = any(part.rule.levels and part.start == 0 for part in parts)
    lr = np.nan if frame.base is None and sets_lr else frame.base_value()
    moving: dict[str, list[Part]] = {"lr": []}
    for part in parts:
        moving.setdefault(part.parameter, []).append(part)
    curves = {
        name: timeline(frame.clock_length, lr if name == "lr" else frame.beside_value(name), mine)
        for name, mine in moving.items()
    }
    failures = [part.failure for part in parts if part.failure]
    tracks = Tracks(curves.pop("lr"), curves)
    tracks = tracks.each(lambda each: Bounded(each, *min(failures))) if failures else tracks
    return Scheduled(curve=tracks.curve, beside=tracks.beside, parts=tuple(parts))


def timeline(length: int, value: float, parts: list[Part]) -> Curve:
    """One parameter under its schedulers, from its initial value on."""
    cycles = [part.rule for part in parts if part.rule.levels]
    phases = list(_phases(length, value, parts)) if len(cycles) < 2 else [None]
    if None not in phases:
        return Sequence(length, tuple(phase for phase in phases if phase), open=True)
    first = reduce(lambda built, part: part.built(built), parts, value)
    last = cycles[-1].levels if cycles else None
    parts = [replace(part, rule=part.rule.relevel(last)) if last and part.rule.relevel else part for part in parts]
    # Whatever their order, at the end of an epoch those that step by update come first.
    return Recurrence(length, first, Updates(tuple(sorted(parts, key=lambda part: part.by_epoch))))


@dataclass(eq=False)
class Updates:
    """All schedulers of a parameter, one after the other."""

    parts: tuple[Part, ...]

    def __call__(self, t: Steps) -> Changes:
        """Gain and shift before each of the updates `t`."""
        gains, shifts = np.ones(t.shape), np.zeros(t.shape)
        for part in self.parts:
            gain, shift = part.affine(t)
            gains, shifts = gain * gains, gain * shifts + shift
        return gains, shifts


def _phases(length: int, value: float, parts: list[Part]) -> Iterator[Phase | None]:
    """Phases in each of which the same schedulers act, in closed form; None if there is no closed form.

    Phases belong together while a scheduler continues from one into the next: `found` is the value
    that the first schedulers found, `group` all that have acted since.
    """
    cuts = sorted({0, *(edge for part in parts if part.start < part.stop for edge in (part.start, part.stop))})
    group: list[Part] = []
    found, origin = value, None
    for start, stop in pairwise([*cuts, max(length, cuts[-1] + 1)]):
        active = [part for part in parts if part.start <= start < part.stop]
        if all(part.start == start for part in active):
            group, found = [], value
        group += [part for part in active if part.start == start]
        if len(group) > 1 and not all(part.rule.multiplies for part in group):
            yield None
            return
        phase = _phase(start, stop, active, group, found)
        origin = phase.origin if active else origin  # what holds belongs to what came before
        yield replace(phase, origin=origin)
        if isinstance(phase.curve, Held) and length <= stop == cuts[-1]:
            return  # it keeps its planned end
        value = float(phase.curve.values(np.array([stop - start - 1], dtype=np.int64))[0])


def _phase(start: int, stop: int, active: list[Part], group: list[Part], found: float) -> Phase:
    """One phase."""
    if not active:
        return Phase("hold", Flat(stop - start, found))
    if len(group) == 1:
        (part,) = active
        held = Held(part.during(start, stop, found), stop - start, planned=part.end < FOREVER)
        return Phase(part.name, held, origin=part.origin)
    scale, moving = found, []
    for part in group:
        until = min(stop, part.stop)
        curve = part.during(min(start, until - 1), until, 1.0)
        ends = curve.values(np.array([0, curve.length - 1], dtype=np.int64))
        if ends[0] == ends[1]:
            scale *= float(ends[0])
        else:
            moving.append((part, curve))
    named = [part for part, _ in moving] or active
    # The times of a scheduler count from its own beginning.
    origins = [part.origin if part.start == start else None for part in named]
    factors = [Factor(curve, origin) for (_, curve), origin in zip(moving, origins, strict=False)]
    name = " × ".join(part.name for part in named)
    return Phase(name, _product(stop - start, scale, factors), origin=origins[0] if len(named) == 1 else None)


def _product(length: int, scale: float, factors: Iterable[Factor]) -> Curve:
    match list(factors):
        case []:
            return Flat(length, scale)
        case [factor]:
            return Scaled(factor.curve, scale)
        case several:
            return Product(length, scale, tuple(several))
