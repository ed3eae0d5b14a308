"""Stretches of a run in which the values of a curve have a property, such as being 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.summary import SUMMED, sample
from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.engine.evaluate import blocks, evaluate_at

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

    Of more than 2^22 updates a sample is tested, together with the turning points. Between two neighbors
    in the sample that pass, all updates are taken to pass.
    """
    if steps <= SUMMED:
        places = np.arange(0)
        passed = np.concatenate([test(values) for _, values in blocks(curve, 0, steps)])
    else:
        places = sample(curve, steps)
        passed = test(evaluate_at(curve, places))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], passed, [False]]))).reshape(-1, 2)
    if not len(edges):
        return []
    ends = edges - np.array([0, 1])  # the first and the last one that passes
    lengths = np.diff(edges if steps <= SUMMED else places[ends], axis=1)
    chosen = sorted({0, int(lengths.argmax()), len(edges) - 1})
    if steps <= SUMMED:
        return [Stretch(*edges[index].tolist()) for index in chosen]
    last = len(places) - 1
    found = []
    for first, final in ends[chosen].tolist():
        start = _edge(curve, test, int(places[first - 1]), int(places[first])) if first else 0
        stop = _edge(curve, test, int(places[final + 1]), int(places[final])) + 1 if final < last else steps
        found.append(Stretch(start, stop))
    return found


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
