"""Levels with drops in between: what their values and their times may be."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.inference.bodies import FIELD
from lrplot.analysis.inference.evidence import FLOAT32, Evidence
from lrplot.analysis.inference.forms import Spec
from lrplot.analysis.inference.numbers import cost, plain, simplest
from lrplot.analysis.inference.parameters import Updates
from lrplot.analysis.inference.result import Open
from lrplot.analysis.summary import ROUNDING
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

MOST_VALUES = 20  # levels without a common ratio that are listed
ROWS = 2.0  # points that a level has on average, at least
CLEAR = 4.0  # points that a level has on average, if some may have been logged once
LONGEST_EPOCH = 1_000_000  # updates
TOGETHER = 2  # drops from one level to the next on average, at most
PEAKS = 4  # first levels that are tried
BEFORE = 5  # drops before the first point, less than


@dataclass(frozen=True, eq=False)
class Levels:
    """Points in levels, each of which has one value.

    `first` and `last` are the updates of the first and last of each level's `rows` points; its value lies between `low`
    and `high`.
    """

    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.first)

    def until(self, stop: int) -> Levels:
        """The first levels."""
        return Levels(self.rows[:stop], self.first[:stop], self.last[:stop], self.low[:stop], self.high[:stop])

    @cached_property
    def middle(self) -> Floats:
        """The value of each level as it was logged."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, eq=False)
class Staircase:
    """A schedule of levels without its length: its price in digits, and what of it is open."""

    name: str
    peak: float
    fields: Spec
    price: float
    open: tuple[Open, ...]


def levels_of(evidence: Evidence) -> Levels:
    """The levels of the points: those in a row with the same value."""
    same = (FLOAT32 if evidence.float32 else 2 * ROUNDING) * evidence.peak
    edges = np.flatnonzero(np.abs(np.diff(evidence.values)) > same) + 1
    starts = np.concatenate([[0], edges])
    low = np.maximum.reduceat(evidence.values - evidence.tolerance, starts)
    high = np.minimum.reduceat(evidence.values + evidence.tolerance, starts)
    rows = np.diff(np.append(starts, len(evidence)))
    return Levels(rows, evidence.steps[starts], evidence.steps[np.append(edges, len(evidence)) - 1], low, high)


def are_repeated(levels: Levels) -> bool:
    """Whether there are more points than levels, so that they can hardly be those of a smooth curve."""
    return bool(levels.rows.sum() >= ROWS * len(levels))


def staircases(levels: Levels) -> list[Staircase]:
    """The staircases that levels may be, the shortest first."""
    if len(levels) < 2 or levels.middle.min() < 0:
        return []
    found: list[Staircase] = []
    positive = levels.until(int(np.argmin(np.append(levels.low > 0, False))))
    for first in simplest(float(levels.low[0]), float(levels.high[0]), float(levels.middle[0]))[:PEAKS]:
        found = _with_ratio(positive, first) if len(positive) > 1 else []
        if found:
            break
    if len(levels) <= MOST_VALUES and _is_clear(levels):
        found += _with_values(levels)
    return sorted(found, key=lambda each: each.price)


def _with_ratio(levels: Levels, first: float) -> list[Staircase]:
    """Staircases whose drops all have the same factor, by the value of the first level."""
    drops = np.diff(np.log(levels.middle / first))
    if drops.min() * drops.max() <= 0:
        return []
    counts = np.append(0, np.cumsum(np.rint(drops / drops[np.argmin(np.abs(drops))]))).astype(np.int64)
    if counts[-1] > TOGETHER * len(levels):
        return []
    powers = 1 / counts[1:]
    with np.errstate(all="ignore"):
        low = float(((levels.low[1:] / first) ** powers).max())
        high = float(((levels.high[1:] / first) ** powers).min())
    gammas = simplest(low, high, (low + high) / 2) if low <= high else []
    if not gammas or gammas[0] <= 0:
        return []
    gamma = gammas[0]
    price = (cost(gamma) + FIELD) * (gamma != 0.1)
    fields = {} if gamma == 0.1 else {"gamma": plain(gamma)}
    clear = _is_clear(levels) or levels.rows.sum() >= CLEAR * len(levels)
    found = [_irregular(levels, counts, first, fields, cost(first) + price)] if clear else []
    for before in range(BEFORE if levels.first[0] else 1):
        low, high = float(levels.low[0]) / gamma**before, float(levels.high[0]) / gamma**before
        peaks = simplest(low, high, first / gamma**before)
        regular = _regular(levels, counts + before, peaks[0], fields, cost(peaks[0]) + price) if peaks else []
        if regular:
            return [*regular, *found]
    return found


def _is_clear(levels: Levels) -> bool:
    """Whether all levels but the first and the last were logged more than once."""
    return bool((levels.rows[1:-1] > 1).all())


def every_of(levels: Levels, counts: NDArray[np.int64]) -> tuple[int, int] | None:
    """The least and largest interval between drops that gives each level its number of drops; None if there is none."""
    low = int((levels.last // (counts + 1)).max()) + 1
    passed = counts > 0
    high = int((levels.first[passed] // counts[passed]).min())
    return (low, high) if low <= high else None


def epoch_of(levels: Levels, spacing: int) -> tuple[int, int] | None:
    """The least and largest interval at whose multiples alone the level changes; None if there is none.

    It is the longest such interval; `spacing` is the largest number of updates between two points.
    """
    before, after = levels.last[:-1], levels.first[1:]
    most = int((after[1:] - before[:-1]).min(initial=int(levels.last[-1])))
    sizes = np.arange(max(spacing, 1) + 1, min(most, LONGEST_EPOCH) + 1)
    for first, last in zip(before.tolist(), after.tolist(), strict=True):
        sizes = sizes[last // sizes > first // sizes]
        if not len(sizes):
            return None
    start = np.flatnonzero(np.append(True, np.diff(sizes) > 1))[-1]
    return int(sizes[start]), int(sizes[-1])


def _regular(levels: Levels, counts: NDArray[np.int64], peak: float, fields: Spec, price: float) -> list[Staircase]:
    """A drop at equal intervals."""
    bounds = every_of(levels, counts)
    if bounds is None:
        return []
    every = int(simplest(*bounds, sum(bounds) / 2, whole=True)[0])
    left = (Open("every", *bounds, "updates between two drops"),) if bounds[0] < bounds[1] else ()
    once = FIELD / 2 if counts[-1] == 1 else 0.0  # one drop is hardly a rule
    total = price + cost(every) + 2 * FIELD + once
    return [Staircase("step", peak, {"kind": "step", "every": Updates(every), **fields}, total, left)]


def _irregular(levels: Levels, counts: NDArray[np.int64], peak: float, fields: Spec, price: float) -> Staircase:
    """A drop at each milestone, or several at one of which only the sum was logged."""
    milestones, left = _milestones(levels)
    many = [each for each, times in zip(milestones, np.diff(counts).tolist(), strict=True) for _ in range(times)]
    total = price + sum(map(cost, many)) + 2 * FIELD
    return Staircase("multistep", peak, {"kind": "multistep", "milestones": many, **fields}, total, left)


def _with_values(levels: Levels) -> list[Staircase]:
    """A new value at each milestone."""
    milestones, left = _milestones(levels)
    values = []
    for low, high in zip(levels.low.tolist(), levels.high.tolist(), strict=True):
        if not (numbers := simplest(max(low, 0.0), high, (low + high) / 2)):
            return []
        values.append(plain(numbers[0]))
    fields: dict[str, Any] = {"kind": "multistep", "milestones": milestones, "values": values}
    total = sum(map(cost, milestones)) + sum(map(cost, values)) + (1 + len(values)) * FIELD
    return [Staircase("multistep", float(max(values)), fields, total, left)]


def _milestones(levels: Levels) -> tuple[list[Updates], tuple[Open, ...]]:
    """The simplest update of each change, and those that it may also be."""
    found, left = [], []
    for number, (before, after) in enumerate(zip(levels.last[:-1].tolist(), levels.first[1:].tolist(), strict=True)):
        middle = (before + 1 + after) / 2
        found.append(Updates(simplest(before + 1, after, middle, whole=True)[0]))
        if before + 1 < after:
            left.append(Open(f"milestone {number + 1}", before + 1, after, "updates at which the value may change"))
    return found, tuple(left)
