"""Ends of a decay to a floor that goes on after the last point: those that make its floor a short number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import length_price
from lrplot.analysis.inference.numbers import shortest_within
from lrplot.analysis.inference.plan import Plan
from lrplot.analysis.inference.settle import best_fit, problem_of
from lrplot.curves.shapes import Floats

FARTHEST_END = 2000  # updates after the last point
MOST_ENDS = 3  # that are kept
ROUGHLY = 3.0  # tolerances that a floor may miss by before other parameters make up for it


def ends_of(plan: Plan, points: Evidence) -> list[int]:
    """The ends at which a plan has the shortest numbers; none if it does not fit, or if the run's length is stated.

    A longer decay to a lower floor begins alike. The run ended before its next row would have been logged.
    """
    if plan.body.stretch is None or points.stated or len(points) < 2:
        return []
    first = points.last + 1
    fixed = replace(plan, end=first)
    fit = best_fit(fixed, points)
    if fit is None or not fit.fits:
        return []
    x, problem = fixed.named(fit.theta), problem_of(fixed, points)
    floor = next(k for k, each in enumerate(fixed.parameters) if each.name == "floor")
    begin, (_, width) = x.get("hold", x.get("warmup", 0.0)), problem.spread(fit.theta, [0, floor])[floor]
    ends: Floats = first + np.arange(min(int(np.diff(points.steps).max()), FARTHEST_END), dtype=np.float64)
    floors = 1 - (1 - x["floor"]) * plan.body.stretch((ends - begin) / (first - begin))
    ends, floors = ends[floors > 2 * width], floors[floors > 2 * width]
    shares, digits = shortest_within(floors, width)
    values, others = shortest_within(floors * x["peak"], width * x["peak"])
    prices = [length_price(end, points) for end in ends.tolist()] + np.minimum(digits, others)
    others_free = [k for k in range(len(fit.theta)) if k != floor]
    found: list[int] = []
    for row in np.argsort(prices, kind="stable")[: int(np.isfinite(prices).sum())]:
        theta = fit.theta.copy()
        theta[floor] = shares[row] if digits[row] <= others[row] else values[row] / x["peak"]
        trial = problem_of(replace(fixed, end=int(ends[row])), points)
        if np.abs(trial.residuals(theta)).max() <= ROUGHLY and trial.fit(theta, others_free).fits:
            found.append(int(ends[row]))
        if len(found) == MOST_ENDS:
            break
    return found
