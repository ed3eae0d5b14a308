"""Searching for a number with which a schedule explains all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import inf

import numpy as np

from lrplot.analysis.agreement.conventions import Values
from lrplot.analysis.agreement.evidence import Evidence, Fit
from lrplot.curves.steps import Steps

Build = Callable[[int], Values | None]

GRID = 24  # numbers that are tried at first, evenly spread by their logarithms
ROWS = 48  # rows on which they are tried
ROUNDS = 6  # times that a row which does not agree is added to the sample
CLOSE = 4  # numbers that are tried one by one on both sides
NEAR = 50  # the share of a number, as one part in so many, in which the largest difference is looked at
DENSE = 1 << 21  # numbers of which each one is tried
FRACTION = 64  # the largest denominator of a factor that is given as a fraction


def search(build: Build, low: int, high: int, evidence: Evidence, hints: Iterable[int] = ()) -> tuple[int, Fit] | None:
    """The roundest whole number from `low` to `high` whose schedule explains all rows, with that schedule beside them.

    The sum of the differences falls on the way to it from a number not too far away: from one of a grid, or from a
    hint. Rows that do not agree in the end are added to the sample, and the search is repeated.
    """
    sample = evidence.sample[np.linspace(0, len(evidence.sample) - 1, min(ROWS, len(evidence.sample))).astype(np.int64)]
    known = {each for each in hints if low <= each <= high} | _grid(low, high)
    for _ in range(ROUNDS):
        tried = _Tried(build, evidence.part(sample))
        best = _descended(tried.distance, sorted(known), low, high)
        near = max(abs(best) // NEAR, CLOSE)
        best = _descended(tried.misfit, [max(best - near, low), best, min(best + near, high)], low, high)
        if tried.misfit(best) > 1:
            return None
        least, most = _range(tried.misfit, best, low, high)
        if most == high > best:  # any larger number would do: the rows do not determine it
            return None
        number = roundest(least, most)
        values = build(number)
        assert values is not None
        if fit := evidence.explained(values):
            return number, fit
        differing = evidence.nearest(values).differences / evidence.allowed
        worst = int(differing.argmax())
        if worst in sample:
            return None
        sample = np.append(sample, worst)
        known.add(number)
    return None


class _Tried:
    """The numbers tried on some rows: how far their schedules are from the rows."""

    def __init__(self, build: Build, part: Evidence) -> None:
        self.build, self.part = build, part
        self.seen: dict[int, tuple[float, float]] = {}

    def distance(self, number: int) -> float:
        """The sum of the differences, by the best convention."""
        return self._both(number)[0]

    def misfit(self, number: int) -> float:
        """The largest difference as a multiple of what is allowed, by the best convention."""
        return self._both(number)[1]

    def _both(self, number: int) -> tuple[float, float]:
        if number not in self.seen:
            values = self.build(number)
            self.seen[number] = (inf, inf) if values is None else self.part.misfit(values)
        return self.seen[number]


def _grid(low: int, high: int) -> set[int]:
    start = max(low, 1)
    return {low, high, *np.geomspace(start, max(high, start), GRID).astype(np.int64).tolist()}


def _descended(misfit: Callable[[int], float], known: list[int], low: int, high: int) -> int:
    """The number with the least misfit between the neighbours of the best of the known ones."""
    place = min((misfit(each), index) for index, each in enumerate(known))[1]
    left, right = known[max(place - 1, 0)], known[min(place + 1, len(known) - 1)]
    best = known[place]
    while right - left > CLOSE:
        third = (right - left) // 3
        a, b = left + third, right - third
        if misfit(a) <= misfit(b):
            right = b
        else:
            left = a
    around: set[int] = {best, *range(max(left - CLOSE, low), min(right + CLOSE, high) + 1)}
    return min((misfit(each), each) for each in around)[1]


def _range(misfit: Callable[[int], float], best: int, low: int, high: int) -> tuple[int, int]:
    """The numbers around one that agrees which agree as well."""
    return _edge(misfit, best, low, -1), _edge(misfit, best, high, 1)


def _edge(misfit: Callable[[int], float], best: int, end: int, way: int) -> int:
    good, step = best, 1
    while abs(end - good) >= step and misfit(good + way * step) <= 1:
        good, step = good + way * step, step * 2
    while step > 1:
        step //= 2
        if abs(end - good) >= step and misfit(good + way * step) <= 1:
            good += way * step
    return good


def roundest(low: int, high: int) -> int:
    """The whole number with the most zeros at its end in a range."""
    size = 1
    while -(-low // (size * 10)) * size * 10 <= high and size * 10 <= high:
        size *= 10
    return -(-low // size) * size


def typical(numbers: Steps) -> int | None:
    """One of some numbers in ascending order: the roundest, or else the middle one; None if there are none."""
    if not len(numbers):
        return None
    number = roundest(int(numbers[0]), int(numbers[-1]))
    return number if number in numbers else int(numbers[len(numbers) // 2])


def simplest(low: float, high: float) -> float:
    """The factor with the smallest denominator in a range, or else that with the fewest digits."""
    middle = (low + high) / 2
    for denominator in range(1, FRACTION + 1):
        near = Fraction(round(middle * denominator), denominator)
        if near and low <= float(near) <= high:
            return float(near)
    for digits in range(1, 17):
        near_decimal = float(f"{middle:.{digits}g}")
        if low <= near_decimal <= high:
            return near_decimal
    return middle
