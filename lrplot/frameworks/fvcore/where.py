"""fvcore's schedulers as functions of `where`, the share of the run that is done.

They have no state: what a scheduler gives at a step, alone or inside others, depends on its `where` there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import ceil, floor, isfinite, nan

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps, ascending, within
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe

EPSILON = 1e-6  # what is added to `where` before it is compared
DIVISION = "ZeroDivisionError: float division by zero"
INDEX = "IndexError: list index out of range"
MOST_LISTED = 1 << 12


@dataclass(frozen=True)
class Clock:
    """`where` at each step: k/total, and on the way into composites (where − start)/length of each."""

    total: int
    rescaled: tuple[tuple[float, float], ...] = ()

    def where(self, k: Steps) -> Floats:
        """The share that is done at steps `k`; not finite where a composite divides by zero."""
        where: Floats = k / self.total
        with np.errstate(all="ignore"):
            for start, length in self.rescaled:
                where = (where - start) / length
        return where

    def at(self, k: int) -> float:
        """The share that is done at one step."""
        return float(self.where(np.array([k], dtype=np.int64))[0])

    def step(self, where: float) -> float:
        """When the share is done, to within rounding."""
        for start, length in reversed(self.rescaled):
            where = where * length + start
        return where * self.total

    def inside(self, start: float, length: float) -> Clock:
        """The clock of what a composite rescales."""
        return Clock(self.total, (*self.rescaled, (start, length)))

    @property
    def advances(self) -> bool:
        """Whether it only goes forward."""
        return all(length > 0 for _, length in self.rescaled)


class ParamScheduler(ABC):
    """A value for each `where`, monotone between its turns."""

    stepwise = False

    @abstractmethod
    def values(self, where: Floats) -> Floats:
        """The values; what is not finite may be where it raises."""

    def failure(self, where: float) -> str | None:
        """What it raises at `where`."""
        return None

    def turns(self, low: float, high: float) -> tuple[float, ...] | None:
        """Where it turns or jumps between `low` and `high`; None if that is not known."""
        return ()

    def curve(self, clock: Clock, start: int, length: int) -> Curve:
        """Its values from step `start` of a clock on."""
        return Reading(length, self, clock, start)

    def value(self, where: float) -> float:
        """Its value at one place; a `Fault` where it raises."""
        if reason := self.failure(where):
            raise Fault(reason)
        return float(self.values(np.array([where]))[0])


@dataclass(frozen=True)
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
        return super().limit(max(t - 1, 0)) if self.scheduler.stepwise or not isfinite(here) else here

    def failure(self, t: int) -> str | None:
        where = self.clock.at(t + self.start)
        return self.scheduler.failure(where) if isfinite(where) else DIVISION

    def turning_points(self, start: int, stop: int) -> Steps | None:
        low, high = sorted(self.clock.at(each + self.start) for each in (start, stop))
        if not (isfinite(low) and isfinite(high)):
            return None
        turns = self.scheduler.turns(low, high)
        if turns is None:
            return None
        times = [self.clock.step(turn) - self.start for turn in turns]
        # One more on either side, in case rounding has moved a jump across a step.
        near = [step for time in times for step in range(floor(time) - 1, ceil(time) + 2)]
        return within(np.array(near, dtype=np.int64), start, stop)


@dataclass(frozen=True, kw_only=True)
class Scheduled(Tracks):
    """The curve of a scheduler over a run, with the scheduler, for those that take it in."""

    scheduler: ParamScheduler


def scheduled(frame: Frame, scheduler: ParamScheduler) -> Tracks:
    """A scheduler over the whole frame, where = k / frame.length."""
    return Scheduled(curve=scheduler.curve(Clock(frame.length), 0, frame.length), scheduler=scheduler)


def taken_in(frame: Frame, recipe: Recipe, owner: str, field: str) -> ParamScheduler:
    """The scheduler that a recipe asks for, for one that takes it in."""
    tracks = recipe.tracks(frame)
    if not isinstance(tracks, Scheduled):
        raise Fault(f"{owner} takes fvcore's schedulers, not `{recipe.name}`", field=field)
    return tracks.scheduler


@dataclass(frozen=True)
class Constant(ParamScheduler):
    """One value, up to the end of the run."""

    level: float

    def values(self, where: Floats) -> Floats:
        return np.where(where >= 1, nan, self.level)

    def failure(self, where: float) -> str | None:
        return outside(where) if where >= 1 else None


def outside(where: float) -> str:
    """What is raised past the run's end."""
    return f"RuntimeError: where in ParamScheduler must be in [0, 1]: got {where}"


@dataclass(frozen=True)
class Cosine(ParamScheduler):
    """Half a cosine, and on past the end of the run."""

    first: float
    last: float

    def values(self, where: Floats) -> Floats:
        return np.asarray(self.last + 0.5 * (self.first - self.last) * (1 + np.cos(np.pi * where)))

    def turns(self, low: float, high: float) -> tuple[float, ...] | None:
        if high - low > MOST_LISTED:
            return None
        return tuple(float(each) for each in range(ceil(low), floor(high) + 1))


@dataclass(frozen=True)
class Linear(ParamScheduler):
    """A straight line, and on past the end of the run."""

    first: float
    last: float

    def values(self, where: Floats) -> Floats:
        return self.last * where + self.first * (1 - where)


@dataclass(frozen=True)
class Exponential(ParamScheduler):
    """first·decay^where."""

    first: float
    decay: float

    def values(self, where: Floats) -> Floats:
        return np.asarray(self.first * np.power(self.decay, where))

    def failure(self, where: float) -> str | None:
        return not_real(self.decay, where)


@dataclass(frozen=True)
class Polynomial(ParamScheduler):
    """first·(1 − where)^power."""

    first: float
    power: float

    def values(self, where: Floats) -> Floats:
        return np.asarray(self.first * np.power(1 - where, self.power))

    def failure(self, where: float) -> str | None:
        return not_real(1 - where, self.power)

    def turns(self, low: float, high: float) -> tuple[float, ...]:
        return (1.0,)


def not_real(base: float, exponent: float) -> str | None:
    """Why Python has no real number for a power."""
    with np.errstate(all="ignore"):
        if isfinite(np.power(base, exponent)):
            return None
    if base < 0 and not exponent.is_integer():
        return "TypeError: the value is a complex number, a negative one to a fractional power"
    if base == 0:
        return "ZeroDivisionError: 0.0 cannot be raised to a negative power"
    return "OverflowError: (34, 'Numerical result out of range')"


@dataclass(frozen=True)
class MultiStep(ParamScheduler):
    """Values in turn, the next one from each milestone out of `updates` on."""

    levels: tuple[float, ...]
    updates: int
    milestones: tuple[int, ...]
    stepwise = True

    def values(self, where: Floats) -> Floats:
        update = np.trunc((where + EPSILON) * self.updates)
        index = np.searchsorted(np.array(self.milestones, dtype=np.float64), update, side="right")
        return np.where(where > 1, nan, np.array(self.levels)[index])

    def failure(self, where: float) -> str | None:
        return outside(where) if where > 1 else None

    def turns(self, low: float, high: float) -> tuple[float, ...]:
        return tuple(each / self.updates - EPSILON for each in self.milestones)


@dataclass(frozen=True)
class EqualSteps(ParamScheduler):
    """Values in turn, each for an equal share of the run."""

    levels: tuple[float, ...]
    stepwise = True

    def values(self, where: Floats) -> Floats:
        count = len(self.levels)
        index = np.trunc((where + EPSILON) * count)
        there = (index >= -count) & (index < count)  # from the list's end, as Python counts below 0
        return np.where(there, np.array(self.levels)[np.where(there, index, 0).astype(np.int64)], nan)

    def failure(self, where: float) -> str | None:
        return None if isfinite(self.values(np.array([where]))[0]) else INDEX

    def turns(self, low: float, high: float) -> tuple[float, ...]:
        count = len(self.levels)
        first, last = max(floor(low * count), -count), min(ceil((high + EPSILON) * count), count)
        return tuple(each / count - EPSILON for each in range(first, last + 1))


@dataclass(frozen=True)
class Composite(ParamScheduler):
    """Schedulers in turn, each for its share of the run; `scaling` says by which clock each is read."""

    schedulers: tuple[ParamScheduler, ...]
    names: tuple[str, ...]
    lengths: tuple[float, ...]
    scaling: tuple[str, ...]

    @cached_property
    def totals(self) -> list[float]:
        """The sum of the lengths so far, rounded at each addition."""
        return list(accumulate(self.lengths))

    def index(self, where: Floats) -> Steps:
        """Which scheduler is in force."""
        ends = np.maximum.accumulate(self.totals)
        return np.minimum(np.searchsorted(ends, where + EPSILON, side="left"), len(ends) - 1)

    def values(self, where: Floats) -> Floats:
        index, values = self.index(where), np.full(where.shape, nan)
        for each in ascending(index).tolist():
            here = index == each
            if each < len(self.scaling):
                values[here] = self._child_values(each, where[here])
        return values

    def _child_values(self, index: int, where: Floats) -> Floats:
        local = self._local(index, where)
        return np.where(np.isfinite(local), self.schedulers[index].values(local), nan)

    def _local(self, index: int, where: Floats) -> Floats:
        if self.scaling[index] == "fixed":
            return where
        start, length = self._place(index)
        with np.errstate(all="ignore"):
            return np.asarray((where - start) / np.float64(length))

    def _place(self, index: int) -> tuple[float, float]:
        return self.totals[index] - self.lengths[index], self.lengths[index]

    def failure(self, where: float) -> str | None:
        index = int(self.index(np.array([where]))[0])
        if index >= len(self.scaling):
            return INDEX
        local = float(self._local(index, np.array([where]))[0])
        return self.schedulers[index].failure(local) if isfinite(local) else DIVISION

    def turns(self, low: float, high: float) -> None:
        return None

    def curve(self, clock: Clock, start: int, length: int) -> Curve:
        if not clock.advances:
            return super().curve(clock, start, length)
        edges = [start, *(self._reached(clock, start, each) for each in range(1, len(self.schedulers)))]
        edges.append(max(start + length, edges[-1] + 1))
        phases = [
            Phase(self.names[index], self._child(index, clock, begin, end - begin))
            for index, (begin, end) in enumerate(pairwise(edges))
            if begin < end
        ]
        return Sequence(length, tuple(phases), open=True)

    def _child(self, index: int, clock: Clock, start: int, length: int) -> Curve:
        if index >= len(self.scaling):
            return super().curve(clock, start, length)
        inner = clock.inside(*self._place(index)) if self.scaling[index] == "rescaled" else clock
        return self.schedulers[index].curve(inner, start, length)

    def _reached(self, clock: Clock, start: int, index: int) -> int:
        """The first step at which scheduler `index` is in force, or one after it."""
        low, high = start, FARTHEST
        while low < high:
            middle = (low + high) // 2
            if self.index(np.array([clock.at(middle)]))[0] >= index:
                high = middle
            else:
                low = middle + 1
        return low
