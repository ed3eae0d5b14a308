"""Stretches of a run in which the values of a curve have a property, such as being 0."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.summary import SUMMED, sample
from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.engine.evaluate import evaluate_at, run_blocks
from lrplot.engine.extremes import STREAMED
from lrplot.lazy import dataclass

ENDS = 1 << 12  # updates at each end of a long run that are tested

Test = Callable[[Floats], NDArray[np.bool_]]


@dataclass(frozen=True)
class Stretch:
    """Updates `start` … `stop` − 1."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """Updates in it."""
        return self.stop - self.start


def stretches(curve: Curve, steps: int, test: Test) -> list[Stretch]:
    """The first, the longest and the last stretch in a run of `steps` updates in which all values pass a test.

    The test compares values with a bound, which a curve crosses at most once between two turning points: if these are
    known, a long run is not evaluated in full. If they are not known, a sample of more than 2^22 updates is tested,
    together with those at both ends. Between two neighbors in the sample that pass, all updates are taken to pass.
    """
    turns = curve.turning_points(0, steps) if steps > STREAMED else None
    if turns is None and steps <= SUMMED:
        passed = np.concatenate([test(values) for _, values in run_blocks(curve, steps)])
        return _chosen(*_runs(passed).T)
    places = _sample(curve, steps) if turns is None else ascending(np.concatenate([[0], turns, [steps - 1]]))
    starts, stops = _runs(test(evaluate_at(curve, places))).T
    first, last = places[starts], places[stops - 1]
    before, after = places[np.maximum(starts - 1, 0)], places[np.minimum(stops, len(places) - 1)]
    if turns is None:  # a single update of the sample may be one of many that are short
        before, after = np.where(first < last, before, first), np.where(first < last, after, last)
    return _chosen(_edges(curve, test, before, first), _edges(curve, test, after, last) + 1)


def _sample(curve: Curve, steps: int) -> Steps:
    ends = np.arange(ENDS, dtype=np.int64)
    return ascending(np.concatenate([sample(curve, steps), ends, steps - 1 - ends]))


def _runs(passed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The index of the first item of each run of items that pass, and that of the first one after it."""
    return np.flatnonzero(np.diff(np.concatenate([[False], passed, [False]]))).reshape(-1, 2)


def _edges(curve: Curve, test: Test, outside: Steps, inside: Steps) -> Steps:
    """The updates nearest to those `outside` that pass, if all between them and those `inside` do and no other one."""
    while (apart := np.abs(inside - outside) > 1).any():
        middle = (outside + inside) // 2
        passed = test(evaluate_at(curve, middle))
        inside, outside = np.where(apart & passed, middle, inside), np.where(apart & ~passed, middle, outside)
    return inside


def _chosen(starts: NDArray[np.intp], stops: NDArray[np.intp]) -> list[Stretch]:
    """The first, the longest and the last of some stretches."""
    chosen = sorted({0, int((stops - starts).argmax()), len(starts) - 1}) if len(starts) else []
    return [Stretch(int(starts[index]), int(stops[index])) for index in chosen]


def is_zero(values: Floats) -> NDArray[np.bool_]:
    """Whether values are exactly 0."""
    return np.asarray(values == 0)
