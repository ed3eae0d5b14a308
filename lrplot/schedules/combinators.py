"""Curves made of curves in turn: sequence and repeat, and a sequence laid flat."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from lrplot.frozen import field, frozen, replace
from lrplot.schedules.curve import FARTHEST, Curve, Flat, Steps, ascending, both_sides, within
from lrplot.schedules.fields import Recipe
from lrplot.schedules.shapes import Floats
from lrplot.schedules.wrappers import Stepped


@frozen
class Phase:
    """A curve in a sequence, with the kind it came from.

    `notes` tell, by field, what durations given in other units than steps came to.
    `recipe` is what asked for it.
    """

    name: str
    curve: Curve
    notes: Mapping[str, str] = field(default_factory=dict)
    recipe: Recipe | None = field(default=None, compare=False, repr=False)


@frozen
class Sequence(Curve):
    """Phases one after the other, each in its own time; the last one's end value holds.

    The last phase of an `open` sequence goes on for ever instead, as frameworks' do.
    """

    length: int
    phases: tuple[Phase, ...]
    open: bool = False

    @cached_property
    def starts(self) -> list[int]:
        """The step at which each phase starts, and after them where the last one ends."""
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
            phase, start, _, _ = parts[0]  # as of nearly every block: nothing to put together
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
        return self.turning_points_within(np.array([start, stop], dtype=np.int64))

    def turning_points_within(self, edges: Steps) -> Steps | None:
        start, stop = int(edges[0]), int(edges[-1])
        found = [both_sides(np.array([*self.starts, self.length], dtype=np.int64), start, stop)]
        for phase, begin, end in zip(self.phases, self.starts, self._ends, strict=False):
            a, b = max(start, begin), min(stop, end)
            if a < b:
                inner = phase.curve.turning_points_within(ascending(np.clip(edges, a, b)) - begin)
                if inner is None:
                    return None
                found.append(inner + begin)
        return within(np.concatenate(found), start, stop)

    @property
    def companions(self) -> Mapping[str, Curve]:
        names = dict.fromkeys(name for phase in self.phases for name in phase.curve.companions)
        return {name: self._companion(name) for name in names}

    def _companion(self, name: str) -> Curve:
        """The parameter's own sequence: it holds its value in phases that do not speak of it."""
        first = next(p.curve.companions[name] for p in self.phases if name in p.curve.companions)
        value = float(first.values(np.zeros(1, dtype=np.int64))[0])
        phases = []
        for phase in self.phases:
            curve = phase.curve.companions.get(name) or Flat(phase.curve.length, value)
            phases.append(replace(phase, curve=curve))
            value = curve.end
        return Sequence(self.length, tuple(phases), self.open)


@frozen
class Repeat(Curve):
    """A curve over and over, `times` times; then its end value holds."""

    length: int
    curve: Curve
    times: int

    @property
    def period(self) -> int:
        """Updates in one repetition."""
        return self.curve.length

    @property
    def total(self) -> int:
        """Updates in all of them."""
        return min(self.period * self.times, FARTHEST)

    def values(self, t: Steps) -> Floats:
        values = self.curve.values(t % self.period)
        over = t >= self.total
        return np.where(over, self.curve.end, values) if over.any() else values

    def limit(self, t: int) -> float:
        t = min(t, self.total)
        return self.curve.limit(t - (max(-(-t // self.period), 1) - 1) * self.period)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        period, total = self.period, self.total
        first, last = start // period, min(-(-stop // period), self.times)
        found = [np.array([total - 1, total], dtype=np.int64)]
        # Whole repetitions are alike: two at either end of the window show all there is to see.
        for cycle in sorted({cycle for cycle in (first, first + 1, last - 2, last - 1) if first <= cycle < last}):
            begin = cycle * period
            a, b = max(start - begin, 0), min(stop - begin, period)
            inner = self.curve.turning_points(a, b)
            if inner is None:
                return None
            found.append(np.append(inner, [a, b - 1]) + begin)
        return within(np.concatenate(found), start, stop)

    def failure(self, t: int) -> str | None:
        return self.curve.failure(t % self.period if t < self.total else self.period - 1)

    @property
    def companions(self) -> Mapping[str, Curve]:
        return {name: Repeat(self.length, curve, self.times) for name, curve in self.curve.companions.items()}


def phases_of(curve: Curve) -> list[tuple[int, int, Phase]]:
    """The phases of a curve with their start and stop, nested sequences laid flat."""
    if isinstance(curve, Stepped):
        return _stepped_phases(curve)
    curve = _innermost(curve)
    if not isinstance(curve, Sequence):
        return []
    flat: list[tuple[int, int, Phase]] = []
    for phase, start in zip(curve.phases, curve.starts, strict=False):
        inner = phases_of(phase.curve)
        stop = start + phase.curve.length
        if curve.open and phase is curve.phases[-1]:
            stop = max(stop, curve.length)
        flat += [(start + a, min(start + b, stop), each) for a, b, each in _noted(phase, inner) if start + a <= stop]
        if not inner:
            flat.append((start, stop, phase))
    return flat


def _innermost(curve: Curve) -> Curve:
    while (inner := curve.inside) is not None:
        curve = inner
    return curve


def _stepped_phases(curve: Stepped) -> list[tuple[int, int, Phase]]:
    """The phases of what is stepped, in updates; the last of an open sequence goes on to the end."""
    found = [(curve.run_step(a), curve.run_step(b), phase) for a, b, phase in phases_of(curve.curve)]
    inner = _innermost(curve.curve)
    if found and isinstance(inner, Sequence) and inner.open:
        a, b, phase = found[-1]
        found[-1] = (a, max(b, curve.length), phase)
    return [(a, b, replace(phase, curve=curve.part(a, b, phase.curve))) for a, b, phase in found]


def _noted(outer: Phase, inner: list[tuple[int, int, Phase]]) -> list[tuple[int, int, Phase]]:
    """Inner phases with the outer one's notes: each by its name, the rest with the first not so named."""
    notes = dict(outer.notes)
    named = [{"for": notes.pop(phase.name)} if phase.name in notes else {} for _, _, phase in inner]
    if notes and not all(named):
        named[named.index({})] = notes
    return [
        (a, b, replace(phase, notes={**phase.notes, **more}, recipe=phase.recipe or outer.recipe))
        for (a, b, phase), more in zip(inner, named, strict=True)
    ]
