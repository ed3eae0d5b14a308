"""Jumps of a curve that nothing in its values explains."""

from __future__ import annotations

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.engine.evaluate import evaluate_at
from lrplot.engine.extremes import spread
from lrplot.lazy import dataclass

LISTED = 1 << 17  # readings that are compared one by one; of more, a sample
LARGEST = 64  # pairs of that sample between which a jump is looked for
LEAST = 0.1  # of the peak
STEEP = 4  # times the change before or after it: a smaller change is part of a steep curve
SIMILAR = 2  # the same for changes as factors, by their logarithms
OFTEN, FEW = 0.05, 4  # of the readings, and at least: a curve that jumps more often than that is made of jumps
SAME = 0.05  # of their size: repeated falls that differ by less are equal


@dataclass(frozen=True)
class Jump:
    """A jump: the first update after it, and the values before and after it."""

    step: int
    before: float
    after: float


def jumps(curve: Curve, start: int, stop: int, pace: int, peak: float) -> list[Jump]:
    """Changes of more than a tenth of the peak in one reading that nothing in the values explains, in order.

    The curve is read at updates `start`, `start + pace` … below `stop`. Explained are steps of a staircase (constant
    before and after, or drops by equal factors), restarts (up, between two falls), repeated drops of a sawtooth, a rise
    with the first update, and the changes of a curve that is steep for longer or changes as much all the time.
    """
    count = -(-(stop - start) // pace)
    if count < 2:
        return []
    least = LEAST * abs(peak)
    places = _candidates(curve, start, count, pace, least)
    before, first, second, after = (_read(curve, start, count, pace, places + offset) for offset in (-1, 0, 1, 2))
    change, lead, trail = second - first, first - before, after - second
    if len(places) > max(OFTEN * min(count, LISTED), FEW):
        return []
    with np.errstate(all="ignore"):
        flat = (np.nan_to_num(lead) == 0) & (np.nan_to_num(trail) == 0)
        begins = (places == 0) & (change > 0)
        restart = (change > 0) & (lead <= 0) & ~(trail > 0)
        sign = np.sign(change)
        steep = STEEP * np.fmax(lead * sign, trail * sign) >= np.abs(change)
        factor, before_it, after_it = (np.log(b / a) for a, b in ((first, second), (before, first), (second, after)))
        steep |= SIMILAR * np.fmax(before_it * sign, after_it * sign) >= np.abs(factor)
    found = ~flat & ~begins & ~restart & ~steep
    sawtooth = found & (change < 0) & (lead > 0) & (trail > 0)
    stairs = found & (change < 0) & ~sawtooth
    for repeated, size in ((sawtooth, change / least), (stairs, factor)):
        if np.count_nonzero(repeated) > 1:
            usual = np.median(size[repeated])
            found &= ~(repeated & (np.abs(size - usual) <= SAME * np.abs(usual)))
    updates = (start + (places + 1) * pace)[found].tolist()
    return [Jump(*each) for each in zip(updates, first[found].tolist(), second[found].tolist(), strict=True)]


def _read(curve: Curve, start: int, count: int, pace: int, readings: Steps) -> Floats:
    """The values of readings; NaN before the first and after the last one."""
    inside = (readings >= 0) & (readings < count)
    values = np.full(readings.shape, np.nan)
    values[inside] = evaluate_at(curve, start + readings[inside] * pace)
    return values


def _candidates(curve: Curve, start: int, count: int, pace: int, least: float) -> Steps:
    """The readings after which the curve changes by more than `least`; in a long run those found by a sample."""
    if count <= LISTED:
        values = evaluate_at(curve, start + np.arange(count, dtype=np.int64) * pace)
        return np.flatnonzero(np.abs(np.diff(values)) > least).astype(np.int64)
    places = ascending(np.concatenate([spread(0, count), [0, count - 1]]))
    changes = np.abs(np.diff(evaluate_at(curve, start + places * pace)))
    largest = np.sort(np.argpartition(changes, -LARGEST)[-LARGEST:])
    low, high = places[largest], places[largest + 1]
    while (apart := high - low > 1).any():  # keep the half with the larger change
        middle = (low + high) // 2
        at_low, at_middle, at_high = (evaluate_at(curve, start + each * pace) for each in (low, middle, high))
        left = np.abs(at_middle - at_low) >= np.abs(at_high - at_middle)
        low, high = np.where(apart & ~left, middle, low), np.where(apart & left, middle, high)
    change = evaluate_at(curve, start + high * pace) - evaluate_at(curve, start + low * pace)
    return ascending(low[np.abs(change) > least])
