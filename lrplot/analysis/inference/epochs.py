"""Epochs whose values are held, if no two rows of an epoch were logged: those with which a near miss fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form
from lrplot.analysis.inference.numbers import cost
from lrplot.analysis.inference.settle import problem_of
from lrplot.analysis.inference.solver import NEARLY
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

EPOCHS = 8  # in the run, at least
LONGEST = 2000  # updates of an epoch
NEAREST = 3  # misses that may be of a schedule by epochs
NEAR = 0.1  # of the peak: what a schedule by epochs misses the same by updates by, at most
BETTER = 0.2  # of the differences of a miss that an epoch leaves, at most
FITTED = 4  # epochs that are fitted for each miss
TRIED = 2  # epochs, at most
POINTS = 3  # of different values for each parameter, at least


@dataclass(frozen=True, eq=False)
class Miss:
    """The best fit of a form that does not explain every point, and its largest difference."""

    largest: float
    form: Form
    theta: Floats


def epochs_of(sample: Evidence, misses: Iterable[Miss], offsets: Sequence[int]) -> list[tuple[int, int, Form]]:
    """Updates in an epoch with which a near miss fits, the offset of the points, and its form: the shortest first."""
    found: dict[tuple[int, int], Form] = {}
    nearest = sorted((each for each in misses if each.largest <= NEAR * sample.peak), key=lambda each: each.largest)
    for miss in nearest[:NEAREST]:
        for offset in offsets:
            points = sample.shifted(offset)
            for size in _likely(points, miss):
                problem = problem_of(miss.form, replace(points, held=size))
                if problem.fit(miss.theta, range(len(miss.theta))).fits:
                    found.setdefault((size, offset), miss.form)
    best = sorted(found, key=lambda each: (cost(each[0]), each[0], offsets.index(each[1])))[:TRIED]
    return [(size, offset, found[size, offset]) for size, offset in best]


def _likely(points: Evidence, miss: Miss) -> list[int]:
    """The epochs that leave the least of the differences, if that is far less, if parameters move a little."""
    problem = problem_of(miss.form, points)
    residuals = problem.residuals(miss.theta)
    if np.abs(residuals).max() <= NEARLY or np.count_nonzero(np.diff(points.values)) < POINTS * len(miss.theta):
        return []
    residuals *= points.tolerance
    columns, _ = np.linalg.qr(problem.jacobian(miss.theta, range(len(miss.theta))) * points.tolerance[:, None])
    sizes = np.arange(2, min(points.last // EPOCHS, LONGEST) + 1)
    begins = points.steps // sizes[:, None] * sizes[:, None]
    differences = miss.form.values(miss.theta, begins.astype(np.float64)) - points.values
    left = differences - differences @ columns @ columns.T
    errors = np.sqrt(np.square(left).sum(axis=1))
    sizes, errors = sizes[np.isfinite(errors)], errors[np.isfinite(errors)]
    best = np.argsort(errors, kind="stable")[:FITTED]
    return list(map(int, sizes[best[errors[best] <= BETTER * np.linalg.norm(residuals)]]))
