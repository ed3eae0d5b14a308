"""Curves given by a formula, in closed form or from one step to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from math import ceil, isfinite, nextafter

import numpy as np

from lrplot.frozen import field, frozen
from lrplot.schedules.curve import NO_STEPS, Curve, Steps, ascending, within
from lrplot.schedules.shapes import Floats

MOST_PERIODS = 64
CHUNK = 1 << 15  # steps between two states of a recurrence that are kept


@frozen
class Formula(Curve):
    """function(t), monotone between the times in `turns`, where it turns or jumps.

    Times need not be whole; None says that they are not known. With a `period`, they come
    again in every period, each like the one before but for a size that only grows or only
    shrinks.
    """

    length: int
    function: Callable[[Floats], Floats] = field(repr=False)
    turns: tuple[float, ...] | None = ()
    period: float | None = None

    def values(self, t: Steps) -> Floats:
        values = np.asarray(self.function(t.astype(np.float64)), dtype=np.float64)
        return np.broadcast_to(values, t.shape).copy()

    def limit(self, t: int) -> float:
        times = np.array([t, nextafter(t, 0), max(t - 1, 0)], dtype=np.float64)
        with np.errstate(all="ignore"):
            at, before, last = (float(value) for value in np.broadcast_to(self.function(times), (3,)))
        if not isfinite(before):  # a formula may end at the step before
            return at if isfinite(at) else last
        return at if abs(at - before) <= 1e-9 * max(abs(at), abs(before)) else before

    def turning_points(self, start: int, stop: int) -> Steps | None:
        found = self._times(start, stop)
        if not found:
            return None if found is None else NO_STEPS
        times = np.array(found, dtype=np.float64)
        times = times[(times > start - 2) & (times < stop + 2)]
        up = np.ceil(times).astype(np.int64)
        return within(np.concatenate([up - 1, up, np.floor(times).astype(np.int64)]), start, stop)

    def _times(self, start: int, stop: int) -> list[float] | None:
        if self.turns is None:
            return None
        if self.period is None:
            return list(self.turns)
        first, last = int(start // self.period) - 1, ceil(stop / self.period) + 1
        rounds: Sequence[int] = range(max(first, 0), last)
        if len(rounds) > MOST_PERIODS:
            if not float(self.period).is_integer():
                return None  # its turns fall between steps, each time elsewhere
            rounds = [*rounds[:4], *rounds[-4:]]
        return [number * self.period + turn for number in rounds for turn in self.turns]


def cosine(length: int, first: float, last: float, span: float, lead: float = 0.0) -> Formula:
    """Half a cosine from `first` to `last` in `span` steps, and on past them: back to `first`, for ever.

    It starts `lead` steps into the way.
    """
    return Formula(length, partial(_cosine, first, last, span, lead), (-lead % span,), span)


def _cosine(first: float, last: float, span: float, lead: float, t: Floats) -> Floats:
    return np.asarray(last + (first - last) / 2 * (1 + np.cos(np.pi * ((t + lead) / span))))


def line(length: int, first: float, last: float, span: float, lead: float = 0.0) -> Formula:
    """A straight line from `first` to `last` in `span` steps, and on past them; it starts `lead` steps in."""
    return Formula(length, partial(_line, first, last, span, lead))


def _line(first: float, last: float, span: float, lead: float, t: Floats) -> Floats:
    return np.asarray(first + (last - first) * ((t + lead) / span))


@frozen
class Recurrence(Curve):
    """x(t) = gain(t)·x(t − 1) + shift(t), from x(0) = first.

    `update` gives gains and shifts at steps ≥ 1. This is how schedulers that change the
    optimizer's current value go about it, accumulating rounding as they do.
    """

    length: int
    first: float
    update: Callable[[Steps], tuple[Floats, Floats]] = field(repr=False)

    @cached_property
    def _states(self) -> dict[int, float]:
        """The last values of the chunks that have been walked through, from the first on."""
        return {}

    def values(self, t: Steps) -> Floats:
        values = np.empty(t.shape)
        chunks = t // CHUNK
        for chunk in ascending(chunks).tolist():
            here = chunks == chunk
            found = self._run(chunk, int(t[here].max()) + 1)
            values[here] = found[t[here] - chunk * CHUNK]
        return values

    def _run(self, chunk: int, stop: int) -> Floats:
        """Values at the chunk's steps below `stop`."""
        for number in range(len(self._states), chunk):
            self._run(number, (number + 1) * CHUNK)
        steps = np.arange(chunk * CHUNK, stop, dtype=np.int64)
        if chunk:
            values = self._scan(self._states[chunk - 1], steps, [])
        else:
            values = self._scan(self.first, steps[1:], [self.first])
        if len(steps) == CHUNK:
            self._states[chunk] = float(values[-1])
        return values

    def _scan(self, value: float, steps: Steps, found: list[float]) -> Floats:
        gains, shifts = self.update(steps)
        if not shifts.any() and len(gains):  # only products: the same, in one go
            return np.concatenate([found, np.multiply.accumulate(np.concatenate([[value], gains]))[1:]])
        for gain, shift in zip(gains.tolist(), shifts.tolist(), strict=True):
            value = gain * value + shift
            found.append(value)
        return np.array(found, dtype=np.float64)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return None
