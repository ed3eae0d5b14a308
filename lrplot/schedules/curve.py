"""Curves: pure functions from local steps to float64 values, the primitives of every schedule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lrplot.frozen import frozen
from lrplot.schedules.shapes import Floats

Steps = NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)
NO_STEPS: Steps = np.empty(0, dtype=np.int64)
PARTS = 16  # of a run whose turning points are asked for
MOST_TURNS = 5
FARTHEST = 1 << 62  # beyond any run, and still an int64


class Curve(ABC):
    """A value for each local step t = 0 … length − 1.

    Curves have no state: `values` takes any int64 array, in any order. What overflows
    becomes infinite or NaN; whoever evaluates a curve silences numpy's warnings of it.
    """

    length: int

    @abstractmethod
    def values(self, t: Steps) -> Floats:
        """float64 values at local steps `t`, of the same shape (one dimension)."""

    def limit(self, t: int) -> float:
        """The value the curve tends to as time goes up to local step `t`.

        A continuous formula is simply evaluated there; one that jumps at `t` answers
        with the value before the jump.
        """
        return float(self.values(np.array([t], dtype=np.int64))[0])

    @property
    def end(self) -> float:
        """Where the curve ends: its limit one update after its last."""
        return self.limit(self.length)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        """Local steps in [start, stop) that, with the window's first and last, attain its extremes.

        Up to `MOST_TURNS` of them are all that there are: between them the curve only rises or
        only falls. Of more, which are alike from cycle to cycle, some may stand for all.
        None where they are not known, and only evaluating every step would tell.
        """
        return NO_STEPS

    def turning_points_within(self, edges: Steps) -> Steps | None:
        """Steps that, with each stretch's first and last, attain its extremes.

        Stretch i is edges[i] … edges[i + 1] − 1. None where they are not known.
        """
        points = self.turning_points(int(edges[0]), int(edges[-1]))
        count = len(edges) - 1
        if count == 1 or (points is not None and not len(points)):
            return points
        # Asked for by parts: where a part has none, its stretches have none.
        found = [NO_STEPS]
        width = -(-count // PARTS)
        for first in range(0, count, width):
            part = self.turning_points_within(edges[first : first + width + 1])
            if part is None:
                return None
            found.append(part)
        return np.concatenate(found)

    def failure(self, t: int) -> str | None:
        """Why there is no value (NaN) at local step `t`: what a framework raises there."""
        return None

    @property
    def companions(self) -> Mapping[str, Curve]:
        """Curves of other parameters that this one brings along (1cycle's momentum)."""
        return MappingProxyType({})

    @property
    def inside(self) -> Curve | None:
        """A curve whose phases are this one's, if it is made of one, step for step."""
        return None


def ascending(values: NDArray[Number]) -> NDArray[Number]:
    """The values in order, each once; `np.unique` would take longer, to import numpy.ma."""
    ordered = np.sort(values)
    first = np.append(True, ordered[1:] != ordered[:-1])
    return np.asarray(ordered[first[: len(ordered)]])


def each_once(values: NDArray[Number]) -> tuple[NDArray[Number], NDArray[np.intp]]:
    """The values in order, each once, and for each value its place among them."""
    once = ascending(values)
    return once, np.searchsorted(once, values)


def within(points: Steps, start: int, stop: int) -> Steps:
    """Those of `points` that lie in [start, stop), sorted, each once."""
    return ascending(points[(points >= start) & (points < stop)])


def both_sides(edges: Steps, start: int, stop: int) -> Steps:
    """The last step before each edge and the first after, where a jump shows."""
    return within(np.concatenate([edges - 1, edges]), start, stop)


def some_multiples(period: int, start: int, stop: int) -> Steps:
    """Multiples of `period` in [start, stop): all, or of very many the first and last few.

    Peaks that only grow or only shrink from cycle to cycle have their extremes there.
    """
    first, last = -(-start // period), -(-stop // period)
    if last - first > 64:
        chosen = [*range(first, first + 4), *range(last - 4, last)]
        return np.array(chosen, dtype=np.int64) * period
    return np.arange(first, last, dtype=np.int64) * period


@frozen
class Flat(Curve):
    """One value."""

    length: int
    value: float

    def values(self, t: Steps) -> Floats:
        return np.full(t.shape, self.value)


@frozen
class Wrapper(Curve):
    """A curve made of another one; what a subclass does not change is the other's."""

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

    @property
    def companions(self) -> Mapping[str, Curve]:
        return self.curve.companions

    @property
    def inside(self) -> Curve | None:
        return self.curve


@frozen
class Accompanied(Wrapper):
    """A curve with curves of other parameters beside it."""

    beside: Mapping[str, Curve]

    @property
    def companions(self) -> Mapping[str, Curve]:
        return self.beside
