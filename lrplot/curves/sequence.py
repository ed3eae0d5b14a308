"""Phases one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property

import numpy as np

from lrplot.curves.curve import Curve, Origin, Segment
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps, both_sides, within
from lrplot.curves.wrappers import Ended, lasting
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Phase:
    """A curve in a sequence, with the name of the kind that it came from.

    `role` None means the curve's own role. `notes` give, by field, the updates that durations in
    other units amount to. `origin` is the recipe that the curve came from.
    """

    name: str
    curve: Curve
    role: Role | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def segments(self) -> tuple[Segment, ...]:
        """The curve's segments with the phase's name, role, notes and origin."""
        named = [
            replace(each, name=each.name or self.name, role=self.role or each.role, origin=each.origin or self.origin)
            for each in self.curve.segments()
        ]
        return tuple(_noted(named, dict(self.notes)))


def _noted(segments: list[Segment], notes: dict[str, str]) -> Iterator[Segment]:
    """Segments with the notes of their phase: each gets the note of its name, the first one without gets the rest."""
    own = [{"for": notes.pop(each.name)} if each.name in notes else {} for each in segments]
    if notes and not all(own):
        own[own.index({})] = notes
    for each, more in zip(segments, own, strict=True):
        yield replace(each, notes={**each.notes, **more}) if more else each


@dataclass(eq=False)
class Sequence(Curve):
    """Phases one after the other, each in local time; the end value of the last one holds.

    If `open`, the last phase continues without end instead, as in frameworks.
    """

    length: int
    phases: tuple[Phase, ...]
    open: bool = False

    @cached_property
    def starts(self) -> list[int]:
        """The step at which each phase starts, followed by the step at which the last one ends."""
        edges = [0]
        for phase in self.phases:
            edges.append(min(edges[-1] + phase.curve.length, FARTHEST))
        return edges

    @property
    def _ends(self) -> list[int]:
        return [*self.starts[1:-1], FARTHEST] if self.open else self.starts[1:]

    def values(self, t: Steps) -> Floats:
        if len(t) > 1 and np.any(t[1:] < t[:-1]):
            order = np.argsort(t, kind="stable")
            values = np.empty(t.shape)
            values[order] = self._in_order(t[order])
            return values
        return self._in_order(t)

    def _in_order(self, t: Steps) -> Floats:
        over = min(self.length, self.starts[-1])
        edges = [*self.starts[:-1], FARTHEST] if self.open else np.minimum(self.starts, over)
        cuts = np.searchsorted(t, edges).tolist()
        parts = [each for each in zip(self.phases, self.starts, cuts, cuts[1:], strict=False) if each[2] < each[3]]
        if len(parts) == 1 and parts[0][3] - parts[0][2] == len(t):
            phase, start, _, _ = parts[0]  # nearly every block lies in one phase
            return phase.curve.values(t - start if start else t)
        values = np.empty(t.shape)
        for phase, start, a, b in parts:
            values[a:b] = phase.curve.values(t[a:b] - start)
        if cuts[-1] < len(t):
            values[cuts[-1] :] = self.end
        return values

    def limit(self, t: int) -> float:
        current, local = self.phases[0].curve, t
        for phase, start in zip(self.phases, self.starts, strict=False):
            if start < t or (start == t and phase.curve.length == 0):
                current, local = phase.curve, t - start
        return current.limit(local if self.open else min(local, current.length))

    def failure(self, t: int) -> str | None:
        inside = [each for each in zip(self.phases, self.starts, strict=False) if each[1] <= t]
        phase, start = inside[-1]
        return phase.curve.failure(t - start if self.open else min(t - start, phase.curve.length))

    def turning_points(self, start: int, stop: int) -> Steps | None:
        found = [both_sides(np.array([*self.starts, self.length], dtype=np.int64), start, stop)]
        for phase, begin, end in zip(self.phases, self.starts, self._ends, strict=False):
            a, b = max(start, begin), min(stop, end)
            if a < b:
                inner = phase.curve.turning_points(a - begin, b - begin)
                if inner is None:
                    return None
                found.append(inner + begin)
        return within(np.concatenate(found), start, stop)

    @property
    def role(self) -> Role:
        return self.phases[0].curve.role if len(self.phases) == 1 else Role.CURVE

    def segments(self) -> tuple[Segment, ...]:
        return self._segments

    @cached_property
    def _segments(self) -> tuple[Segment, ...]:
        """The segments, which the outline, the checks and the picture of a run ask for many times."""
        found: list[Segment] = []
        for phase, start in zip(self.phases, self.starts, strict=False):
            final = phase is self.phases[-1]
            parts = phase.segments()
            length = phase.curve.length
            if not (final and self.open):  # the next phase takes over, or the end value holds
                parts = tuple(_until(length, each) for each in parts if each.start < max(length, 1))
            parts = lasting(parts, max(self.length - start, length) if final and self.open else length)
            if final and not self.open:
                *others, last = parts
                parts = (*others, replace(last, curve=Ended(last.curve, last.stop - last.start), past=Role.HOLD))
            found += (
                replace(each, start=start + each.start, stop=start + each.stop) if start else each for each in parts
            )
        return tuple(found)


def _until(stop: int, segment: Segment) -> Segment:
    """A segment cut at the start of the next phase; a formula continues up to there."""
    if segment.stop <= stop and segment.past is not Role.AFTER:
        return segment
    past = None if segment.past is Role.AFTER else segment.past
    return replace(segment, stop=min(segment.stop, stop), past=past)
