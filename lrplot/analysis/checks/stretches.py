"""Stretches of a run in which the values of a curve have a property, such as being 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.summary import SUMMED, sample
from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import ascending
from lrplot.engine.evaluate import evaluate_at, run_blocks

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

    Of more than 2^22 updates a sample is tested, together with those at both ends and the turning points. Between
    two neighbors in the sample that pass, all updates are taken to pass.
    """
    if steps <= SUMMED:
        passed = np.concatenate([test(values) for _, values in run_blocks(curve, steps)])
        found = _runs(passed)
        return [Stretch(*found[index].tolist()) for index in _chosen(found[:, 1] - found[:, 0])]
    ends = np.arange(ENDS, dtype=np.int64)
    places = ascending(np.concatenate([sample(curve, steps), ends, steps - 1 - ends]))
    found = _runs(test(evaluate_at(curve, places))) - np.array([0, 1])  # the first and the last one that passes
    known = curve.turning_points(0, steps) is not None
    chosen: list[Stretch] = []
    for index in _chosen(places[found[:, 1]] - places[found[:, 0]]):
        first, last = found[index].tolist()
        start, stop = int(places[first]), int(places[last]) + 1
        if known or first < last:  # else it may be one of many that are short
            start = _edge(curve, test, int(places[first - 1]), start) if first else 0
            stop = _edge(curve, test, int(places[last + 1]), stop - 1) + 1 if last < len(places) - 1 else steps
        chosen.append(Stretch(start, stop))
    return chosen


def _runs(passed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The index of the first item of each run of items that pass, and that of the first one after it."""
    return np.flatnonzero(np.diff(np.concatenate([[False], passed, [False]]))).reshape(-1, 2)


def _chosen(lengths: NDArray[Any]) -> list[int]:
    """The index of the first, the largest and the last of some lengths."""
    return sorted({0, int(lengths.argmax()), len(lengths) - 1}) if len(lengths) else []


def _edge(curve: Curve, test: Test, outside: int, inside: int) -> int:
    """The update nearest to `outside` that passes, if all between it and `inside` do and no other one does."""
    while abs(inside - outside) > 1:
        middle = (outside + inside) // 2
        if test(evaluate_at(curve, np.array([middle], dtype=np.int64)))[0]:
            inside = middle
        else:
            outside = middle
    return inside


def is_zero(values: Floats) -> NDArray[np.bool_]:
    """Whether values are exactly 0."""
    return np.asarray(values == 0)
