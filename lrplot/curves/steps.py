"""Sets of steps: ascending int64 arrays, and the places of cycles and jumps in a window."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)

NO_STEPS: Steps = np.empty(0, dtype=np.int64)
FARTHEST = 1 << 62  # beyond any run, and still an int64
MOST_LISTED = 1 << 15  # cycles of a window whose turning points are listed


def ascending(values: NDArray[Number]) -> NDArray[Number]:
    """The distinct values in ascending order; `np.unique` would take longer, to import numpy.ma."""
    ordered = np.sort(values, kind="stable")  # timsort takes little time for parts that are in order
    first = np.append(True, ordered[1:] != ordered[:-1])
    return np.asarray(ordered[first[: len(ordered)]])


def each_once(values: NDArray[Number]) -> tuple[NDArray[Number], NDArray[np.intp]]:
    """The distinct values in ascending order, and for each value its index among them."""
    once = ascending(values)
    return once, np.searchsorted(once, values)


def within(points: Steps, start: int, stop: int) -> Steps:
    """The distinct `points` in [start, stop), ascending."""
    return ascending(points[(points >= start) & (points < stop)])


def both_sides(edges: Steps, start: int, stop: int) -> Steps:
    """The last step before each edge and the first after it, between which a curve may jump."""
    return within(np.concatenate([edges - 1, edges]), start, stop)


def multiples(period: int, start: int, stop: int) -> Steps | None:
    """The multiples of `period` in [start, stop); None if there are more than `MOST_LISTED`."""
    first, last = -(-start // period), -(-stop // period)
    return None if last - first > MOST_LISTED else np.arange(first, last, dtype=np.int64) * period
