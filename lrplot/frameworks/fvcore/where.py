"""fvcore's schedulers as functions of `where`, the share of the run that is done.

They have no state: the value of a scheduler at a step, alone or inside others, depends only on its `where` there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import field
from functools import cached_property
from itertools import accumulate, pairwise
from math import ceil, floor, isfinite, nan
from typing import ClassVar

import numpy as np

from lrplot.curves.curve import Curve, Origin, Segment, direction
from lrplot.curves.exceptions import COMPLEX, FLOAT_DIVISION, INDEX, OVERFLOW, ZERO_POWER
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, MOST_LISTED, NO_STEPS, Steps, ascending, within
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.children import own
from lrplot.lazy import dataclass
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe

EPSILON = 1e-6  # added to `where` before a comparison
NOWHERE: Floats = np.empty(0)


@dataclass(eq=False)
class Clock:
    """`where` at each step: k/total, then (where − start)/length for each composite that rescales it."""

    total: int
    rescaled: tuple[tuple[float, float], ...] = ()

    def where(self, k: Steps) -> Floats:
        """The share of the run that is done at steps `k`; not finite if a composite divides by zero."""
        where: Floats = k / self.total
        with np.errstate(all="ignore"):
            for start, length in self.rescaled:
                where = (where - start) / length
        return where

    def at(self, k: int) -> float:
        """The share of the run that is done at one step."""
        return float(self.where(np.array([k], dtype=np.int64))[0])

    def times(self, where: Floats) -> Floats:
        """The times at which the shares `where` are done, up to rounding."""
        for start, length in reversed(self.rescaled):
            where = where * length + start
        return where * self.total

    @property
    def stop(self) -> int:
        """The first step at which all is done, to within a millionth of the run."""
        return int(min(max(ceil(self.times(np.array([1.0]))[0] - EPSILON * self.total), 0), FARTHEST))

    def inside(self, start: float, length: float) -> Clock:
        """The clock of a scheduler that a composite rescales."""
        return Clock(self.total, (*self.rescaled, (start, length)))

    @property
    def advances(self) -> bool:
        """Whether `where` never falls from step to step."""
        return all(length > 0 for _, length in self.rescaled)


class ParamScheduler(ABC):
    """A value for each `where`, monotone between its turns.

    `role` is what a scheduler is for; None leaves that to its first and last value. One that
    `continues` has values past where = 1 too.
    """

    role: ClassVar[Role | None] = None
    continues: ClassVar[bool] = False

    @abstractmethod
    def values(self, where: Floats) -> Floats:
        """The values; they may be infinite or NaN where the scheduler raises."""

    def failure(self, where: float) -> str | None:
        """The exception that the scheduler raises at `where`; None if it returns a value."""
        return None

    def turns(self, low: float, high: float) -> Floats | None:
        """All places between `low` and `high` at which it turns or jumps; None if they are unknown."""
        return NOWHERE

    def curve(self, clock: Clock, start: int, length: int) -> Curve:
        """The values from step `start` of a clock on."""
        return Reading(length, self, clock, start)

    def value(self, where: float) -> float:
        """The value at one place, or a `Fault` if the scheduler raises there."""
        if reason := self.failure(where):
            raise Fault(reason)
        return float(self.values(np.array([where]))[0])


@dataclass(eq=False)
class Reading(Curve):
    """A scheduler read by a clock, from the clock's step `start` on."""

    length: int
    scheduler: ParamScheduler
    clock: Clock
    start: int = 0

    def values(self, t: Steps) -> Floats:
        where = self.clock.where(t + self.start)
        return np.where(np.isfinite(where), self.scheduler.values(where), nan)

    def limit(self, t: int) -> float:
        here = super().limit(t)
        return super().limit(max(t - 1, 0)) if self.scheduler.role is Role.STAIRS or not isfinite(here) else here

    def failure(self, t: int) -> str | None:
        where = self.clock.at(t + self.start)
        return self.scheduler.failure(where) if isfinite(where) else FLOAT_DIVISION

    def turning_points(self, start: int, stop: int) -> Steps | None:
        low, high = sorted(self.clock.at(each + self.start) for each in (start, stop))
        if not (isfinite(low) and isfinite(high)):
            return None
        turns = self.scheduler.turns(low, high)
        if turns is None or not len(turns):
            return None if turns is None else NO_STEPS
        times = self.clock.times(turns) - self.start
        times = times[(times > start - 3) & (times < stop + 3)]
        # One more step on either side: rounding can move a jump across a step.
        first = np.floor(times).astype(np.int64) - 1
        return within(np.concatenate([first + offset for offset in range(4)]), start, stop)

    @property
    def role(self) -> Role:
        return self.scheduler.role or direction(self.limit(0), self.limit(self._stop))

    @property
    def past(self) -> Role | None:
        return Role.AFTER if self.scheduler.continues and self.clock.advances else None

    @property
    def _stop(self) -> int:
        return max(self.clock.stop - self.start, 0) if self.clock.advances else self.length

    def segments(self) -> tuple[Segment, ...]:
        return (Segment(self.role, 0, self._stop, self, past=self.past),)


@dataclass(eq=False, kw_only=True)
class Scheduled(Tracks):
    """The curve of a scheduler over a run, and the scheduler itself, which others can contain."""

    scheduler: ParamScheduler


def scheduled(frame: Frame, scheduler: ParamScheduler) -> Tracks:
    """A scheduler over the whole frame: where = k / frame.length."""
    return Scheduled(curve=scheduler.curve(Clock(frame.length), 0, frame.length), scheduler=scheduler)


def contained(frame: Frame, recipe: Recipe, owner: str) -> ParamScheduler:
    """The scheduler of a recipe in the arguments of `owner`."""
    return own(recipe, frame, "fvcore", owner, Scheduled).scheduler


@dataclass(eq=False)
class Constant(ParamScheduler):
    """One value, up to the end of the run."""

    level: float
    role = Role.HOLD

    def values(self, where: Floats) -> Floats:
        return np.where(where >= 1, nan, self.level)

    def failure(self, where: float) -> str | None:
        return outside(where) if where >= 1 else None


def outside(where: float) -> str:
    """The exception raised past the run's end."""
    return f"RuntimeError: where in ParamScheduler must be in [0, 1]: got {where}"


@dataclass(eq=False)
class Cosine(ParamScheduler):
    """Half a cosine, and on past the end of the run."""

    first: float
    last: float
    continues = True

    def values(self, where: Floats) -> Floats:
        return np.asarray(self.last + 0.5 * (self.first - self.last) * (1 + np.cos(np.pi * where)))

    def turns(self, low: float, high: float) -> Floats | None:
        return None if high - low > MOST_LISTED else np.arange(ceil(low), floor(high) + 1.0)


@dataclass(eq=False)
class Linear(ParamScheduler):
    """A straight line, and on past the end of the run."""

    first: float
    last: float
    continues = True

    def values(self, where: Floats) -> Floats:
        return self.last * where + self.first * (1 - where)


@dataclass(eq=False)
class Exponential(ParamScheduler):
    """first·decay^where."""

    first: float
    decay: float
    continues = True

    def values(self, where: Floats) -> Floats:
        return np.asarray(self.first * np.power(self.decay, where))

    def failure(self, where: float) -> str | None:
        return not_real(self.decay, where)


@dataclass(eq=False)
class Polynomial(ParamScheduler):
    """first·(1 − where)^power."""

    first: float
    power: float
    continues = True

    def values(self, where: Floats) -> Floats:
        return np.asarray(self.first * np.power(1 - where, self.power))

    def failure(self, where: float) -> str | None:
        return not_real(1 - where, self.power)

    def turns(self, low: float, high: float) -> Floats:
        return np.ones(1)


def not_real(base: float, exponent: float) -> str | None:
    """The reason why Python has no real number for a power; None if it has one."""
    with np.errstate(all="ignore"):
        if isfinite(np.power(base, exponent)):
            return None
    if base < 0 and not exponent.is_integer():
        return COMPLEX
    if base == 0:
        return ZERO_POWER
    return OVERFLOW


@dataclass(eq=False)
class MultiStep(ParamScheduler):
    """Values in order, the next one from each milestone on; milestones are shares of `updates`."""

    levels: tuple[float, ...]
    updates: int
    milestones: tuple[int, ...]
    role = Role.STAIRS

    def values(self, where: Floats) -> Floats:
        update = np.trunc((where + EPSILON) * self.updates)
        index = np.searchsorted(np.array(self.milestones, dtype=np.float64), update, side="right")
        return np.where(where > 1, nan, np.array(self.levels)[index])

    def failure(self, where: float) -> str | None:
        return outside(where) if where > 1 else None

    def turns(self, low: float, high: float) -> Floats:
        return np.array(self.milestones, dtype=np.float64) / self.updates - EPSILON


@dataclass(eq=False)
class EqualSteps(ParamScheduler):
    """Values in order, each for an equal share of the run."""

    levels: tuple[float, ...]
    role = Role.STAIRS

    @cached_property
    def _levels(self) -> Floats:
        return np.array(self.levels)

    def values(self, where: Floats) -> Floats:
        count = len(self.levels)
        index = np.trunc((where + EPSILON) * count)
        there = (index >= -count) & (index < count)  # Python counts negative indices from the list's end
        return np.where(there, self._levels[np.where(there, index, 0).astype(np.int64)], nan)

    def failure(self, where: float) -> str | None:
        return None if isfinite(self.values(np.array([where]))[0]) else INDEX

    def turns(self, low: float, high: float) -> Floats:
        count = len(self.levels)
        first, last = max(floor(low * count), -count), min(ceil((high + EPSILON) * count), count)
        return np.arange(first, last + 1) / count - EPSILON


@dataclass(eq=False)
class Part:
    """A scheduler in a composite, for the share `length` of the run.

    If it is `rescaled`, its own `where` goes from 0 to 1 in that time, otherwise it is the
    composite's. None means that the scaling is missing, so that the composite raises. `role` and
    `origin` are those of its phase.
    """

    name: str
    scheduler: ParamScheduler
    length: float
    rescaled: bool | None
    role: Role | None = None
    origin: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(eq=False)
class Composite(ParamScheduler):
    """Schedulers one after the other, each for its share of the run."""

    parts: tuple[Part, ...]
    role = Role.CURVE

    @cached_property
    def totals(self) -> list[float]:
        """The sum of the lengths up to each part, rounded at each addition."""
        return list(accumulate(part.length for part in self.parts))

    def index(self, where: Floats) -> Steps:
        """The index of the part that is in force."""
        ends = np.maximum.accumulate(self.totals)
        return np.minimum(np.searchsorted(ends, where + EPSILON, side="left"), len(ends) - 1)

    def values(self, where: Floats) -> Floats:
        index, values = self.index(where), np.full(where.shape, nan)
        for each in ascending(index).tolist():
            if self.parts[each].rescaled is not None:
                here = index == each
                local = self._local(each, where[here])
                values[here] = np.where(np.isfinite(local), self.parts[each].scheduler.values(local), nan)
        return values

    def _local(self, index: int, where: Floats) -> Floats:
        """The `where` of a part."""
        if not self.parts[index].rescaled:
            return where
        start, length = self._place(index)
        with np.errstate(all="ignore"):
            return np.asarray((where - start) / np.float64(length))

    def _place(self, index: int) -> tuple[float, float]:
        length = self.parts[index].length
        return self.totals[index] - length, length

    def failure(self, where: float) -> str | None:
        index = int(self.index(np.array([where]))[0])
        if self.parts[index].rescaled is None:
            return INDEX
        local = float(self._local(index, np.array([where]))[0])
        return self.parts[index].scheduler.failure(local) if isfinite(local) else FLOAT_DIVISION

    def turns(self, low: float, high: float) -> None:
        return None

    def curve(self, clock: Clock, start: int, length: int) -> Curve:
        if not clock.advances:
            return super().curve(clock, start, length)
        edges = [start, *(self._reached(clock, start, each) for each in range(1, len(self.parts)))]
        edges.append(max(start + length, edges[-1] + 1))
        phases = [
            Phase(part.name, self._curve(index, clock, begin, end - begin), part.role, origin=part.origin)
            for index, (part, (begin, end)) in enumerate(zip(self.parts, pairwise(edges), strict=True))
            if begin < end
        ]
        return Sequence(length, tuple(phases), open=True)

    def _curve(self, index: int, clock: Clock, start: int, length: int) -> Curve:
        part = self.parts[index]
        if part.rescaled is None:
            return super().curve(clock, start, length)
        inner = clock.inside(*self._place(index)) if part.rescaled else clock
        return part.scheduler.curve(inner, start, length)

    def _reached(self, clock: Clock, start: int, index: int) -> int:
        """The first step at which part `index` is in force, or one after it."""
        low, high = start, FARTHEST
        while low < high:
            middle = (low + high) // 2
            if self.index(np.array([clock.at(middle)]))[0] >= index:
                high = middle
            else:
                low = middle + 1
        return low
