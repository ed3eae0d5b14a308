"""Curves made from one other curve: scaled, clipped, ended, cut off, or with another length."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

import numpy as np

from lrplot.curves.curve import Curve, Cycle, Factor, Segment
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, both_sides, within
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Wrapper(Curve):
    """A curve made from another one; everything that a subclass does not override is delegated to it."""

    curve: Curve

    @property
    def length(self) -> int:  # type: ignore[override]  # a field elsewhere, the inner curve's here
        return self.curve.length

    def values(self, t: Steps) -> Floats:
        return self.curve.values(t)

    def limit(self, t: int) -> float:
        return self.curve.limit(t)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return self.curve.turning_points(start, stop)

    def failure(self, t: int) -> str | None:
        return self.curve.failure(t)

    def cycle(self, t: int) -> Cycle | None:
        return self.curve.cycle(t)

    @property
    def recovers(self) -> bool:
        return self.curve.recovers

    @property
    def role(self) -> Role:
        return self.curve.role

    @property
    def past(self) -> Role | None:
        return self.curve.past

    @abstractmethod
    def part(self, curve: Curve, start: int) -> Curve:
        """The wrapper around a part of its curve that begins at step `start`."""

    def segments(self) -> tuple[Segment, ...]:
        return tuple(replace(each, curve=self.part(each.curve, each.start)) for each in self.curve.segments())

    @property
    def factors(self) -> tuple[Factor, ...]:
        return self.curve.factors


@dataclass(eq=False)
class Scaled(Wrapper):
    """A curve times a constant."""

    factor: float

    def values(self, t: Steps) -> Floats:
        return self.factor * self.curve.values(t)

    def limit(self, t: int) -> float:
        return self.factor * self.curve.limit(t)

    def part(self, curve: Curve, start: int) -> Curve:
        return Scaled(curve, self.factor)


@dataclass(eq=False)
class Clip(Wrapper):
    """A curve that never goes below `low`."""

    low: float

    def values(self, t: Steps) -> Floats:
        return np.maximum(self.curve.values(t), self.low)

    def limit(self, t: int) -> float:
        return max(self.curve.limit(t), self.low)

    def part(self, curve: Curve, start: int) -> Curve:
        return Clip(curve, self.low)


@dataclass(eq=False)
class Cut(Wrapper):
    """A curve that is another one from local step `stop` on, where it may jump."""

    stop: int

    def turning_points(self, start: int, stop: int) -> Steps | None:
        inner = self.curve.turning_points(start, stop)
        edge = both_sides(np.array([self.stop], dtype=np.int64), start, stop)
        return None if inner is None else within(np.concatenate([inner, edge]), start, stop)


@dataclass(eq=False)
class Ended(Cut):
    """A curve that keeps from local step `stop` on the value that it comes near there."""

    def values(self, t: Steps) -> Floats:
        return np.where(t < self.stop, self.curve.values(np.minimum(t, max(self.stop - 1, 0))), self._held)

    def limit(self, t: int) -> float:
        return self.curve.limit(t) if t <= self.stop else self._held

    @property
    def _held(self) -> float:
        return self.curve.limit(self.stop)

    def part(self, curve: Curve, start: int) -> Curve:
        return Ended(curve, max(self.stop - start, 0))

    @property
    def past(self) -> Role | None:
        return Role.HOLD

    def segments(self) -> tuple[Segment, ...]:
        *others, last = super().segments()
        return (*others, replace(last, past=Role.HOLD))


@dataclass(eq=False)
class Bounded(Cut):
    """A curve without values from local step `stop` on, where a framework raises `reason`."""

    reason: str

    def values(self, t: Steps) -> Floats:
        values = self.curve.values(np.minimum(t, max(self.stop - 1, 0)))
        values[t >= self.stop] = np.nan
        return values

    def limit(self, t: int) -> float:
        return self.curve.limit(min(t, max(self.stop - 1, 0)))

    def failure(self, t: int) -> str | None:
        return self.reason if t >= self.stop else self.curve.failure(t)

    def part(self, curve: Curve, start: int) -> Curve:
        return Bounded(curve, self.stop - start, self.reason)


@dataclass(eq=False)
class Lasting(Curve):
    """Another curve from its step `lead` on, with another length; values continue past that length."""

    length: int
    curve: Curve
    lead: int = 0

    def values(self, t: Steps) -> Floats:
        return self.curve.values(t + self.lead)

    def limit(self, t: int) -> float:
        return self.curve.limit(t + self.lead)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        inner = self.curve.turning_points(start + self.lead, stop + self.lead)
        return None if inner is None else inner - self.lead

    def failure(self, t: int) -> str | None:
        return self.curve.failure(t + self.lead)

    def cycle(self, t: int) -> Cycle | None:
        inner = self.curve.cycle(t + self.lead)
        return inner.shifted(self.lead) if inner else None

    def segments(self) -> tuple[Segment, ...]:
        found: list[Segment] = []
        for each in lasting(self.curve.segments(), self.length + self.lead):
            start, stop = max(each.start - self.lead, 0), each.stop - self.lead
            skipped = start + self.lead - each.start
            curve = Lasting(stop - start, each.curve, skipped) if skipped else each.curve
            if stop > start or not skipped:
                found.append(replace(each, start=start, stop=max(stop, start), curve=curve))
        return tuple(found)

    @property
    def factors(self) -> tuple[Factor, ...]:
        return tuple(replace(each, curve=replace(self, curve=each.curve)) for each in self.curve.factors)


def lasting(segments: tuple[Segment, ...], stop: int) -> tuple[Segment, ...]:
    """The segments up to step `stop`, extended by the last one or by what it does past its end."""
    if not segments:
        return segments
    *others, last = segments
    if last.past is None:
        return (*others, replace(last, stop=max(stop, last.start)))
    if last.stop >= stop:
        return segments
    if last.past is Role.AFTER and stop - last.stop == 1:  # the update at the end still has the end value
        return (*others, replace(last, stop=stop))
    rest = Lasting(stop - last.stop, last.curve, last.stop - last.start)
    name = "hold" if last.past is Role.HOLD else last.name
    after = replace(last, role=last.past, start=last.stop, stop=stop, name=name, curve=rest, past=None, notes={})
    return (*segments, after)
