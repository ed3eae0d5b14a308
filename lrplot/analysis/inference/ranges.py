"""Open parameters: the range of each in which the others can make up for it."""

from __future__ import annotations

import numpy as np

from lrplot.analysis.inference.climb import Climb
from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form
from lrplot.analysis.inference.plan import Plan
from lrplot.analysis.inference.result import Open
from lrplot.analysis.inference.settle import problem_of
from lrplot.analysis.inference.solver import Problem
from lrplot.curves.shapes import Floats

DOUBLED = 10  # times that a distance is doubled in search of one that does not fit
HALVED = 7  # times that the distance between one that fits and one that does not is halved
NOTABLE = 1e-6  # of a value: a smaller range is the digits of a number
FEW = 3  # points: so many of a part do not show its shape


def ranges(form: Form, theta: Floats, evidence: Evidence) -> list[Open]:
    """The parameters that may have other values, each with the least and the largest."""
    problem = problem_of(form, evidence)
    count = range(len(theta))
    spread = problem.spread(theta, count)
    found = []
    for k in count:
        parameter = form.parameters[k]
        whole = parameter.kind == "updates"
        width = spread[k][1]
        if width < (0.4 if whole else NOTABLE * abs(theta[k])):
            continue
        width = min(max(width, 1.0 if whole else 0.0), abs(float(theta[k])) + 1.0)
        low, high = (_bound(problem, theta, k, side * width, whole) for side in (-1, 1))
        if low == high == theta[k]:
            continue
        scale = float(theta[0]) if parameter.kind == "share" else 1.0
        name = parameter.name
        found.append(Open(name, None if low is None else low * scale, None if high is None else high * scale))
    return found


def _bound(problem: Problem, theta: Floats, k: int, distance: float, whole: bool) -> float | None:
    """The farthest value of a parameter in one direction at which the others can be chosen so that all points fit."""
    others = [each for each in range(len(theta)) if each != k]
    start, fits, fails = theta, 0.0, 0.0
    distance = np.copysign(max(round(abs(distance) / 4), 1), distance) if whole else distance / 4
    for _ in range(DOUBLED):
        trial = start.copy()
        trial[k] = theta[k] + distance
        if not problem.low[k] <= trial[k] <= problem.high[k]:
            fails = distance
            break
        refit = problem.fit(trial, others)
        if refit.worst > 1:
            fails = distance
            break
        start, fits = refit.theta, distance
        distance *= 2
    else:
        return None
    for _ in range(HALVED):
        middle = (fits + fails) / 2
        if whole:
            middle = float(np.trunc(middle)) if abs(fails - fits) > 1 else fits
        if middle in (fits, fails):
            break
        trial = start.copy()
        trial[k] = theta[k] + middle
        refit = problem.fit(trial, others)
        if refit.worst <= 1:
            start, fits = refit.theta, middle
        else:
            fails = middle
    return float(round(theta[k] + fits)) if whole else float(theta[k] + fits)


def unseen(form: Form | None, theta: Floats | None, evidence: Evidence, length: str) -> list[Open]:
    """Open parts outside the points: the run's length, and stretches with too few points to show a shape.

    `length` is the key that gives the run's length.
    """
    found = []
    last = evidence.last
    if isinstance(form, Climb) and theta is not None:
        note = f"the rise had not ended: only its slope is known, {form.slope(theta):.4g} an update"
        found.append(Open("warmup", last + 1, None, note))
    if not evidence.stated:
        unit = "epoch" if length == "epochs" else "update"
        note = f"the last row is {unit} {last:,}, and the log does not state the run's length"
        found.append(Open(length, last + 1, None, note))
    if isinstance(form, Plan) and form.end > last + 1:
        found.append(Open("horizon", last + 1, None, "the decay had not ended, and a longer one to a lower end fits"))
    if isinstance(form, Plan) and form.hidden:
        found.append(Open("shape of the warmup", None, None, f"no row before update {int(evidence.steps[0]):,}"))
    elif isinstance(form, Plan) and form.rise:
        rising = int(np.argmax(evidence.values >= evidence.peak - evidence.tolerance))
        if rising < FEW:
            note = f"only {rising} row{'s' if rising != 1 else ''} before the peak"
            found.append(Open("shape of the warmup", None, None, note))
    parameters = 1 if form is None else len(form.parameters)
    if len(evidence) <= parameters + 1:
        note = f"{len(evidence)} row{'s' if len(evidence) != 1 else ''}: many other schedules fit"
        found.append(Open("kind", None, None, note))
    return found
