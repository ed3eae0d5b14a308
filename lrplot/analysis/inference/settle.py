"""Parameters of a form as the shortest numbers that still explain every point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import numpy as np

from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form
from lrplot.analysis.inference.solver import NEARLY, Fit, Problem
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

BEAM = 3  # partly settled parameters that are kept
TRIED = 8  # numbers of each parameter that are tried from each range
NEXT = (0, 1, -1, 2)  # updates from the nearest whole time of a jump
STRICTLY = 1 + 1e-9  # tolerances
JUMPY = 1.5  # tolerances: where values jump, the parameters that are left are hard to improve
UNEVEN = 100.0  # times the least tolerance
FAR = 1e6  # tolerances: a fit that misses by more misses more than points of high weight
NEAR = 1e-8  # of the peak: a fit that misses by no more may only have to be rounded
DECIMALS = 2  # of a factor of times
UNKNOWN = 0.3  # of a parameter that only others determine: how far it is moved
ROUNDING = 1e-15
KEPT = 2  # numbers of each parameter that are kept of those that fit
UNDETERMINED = 0.75  # of a parameter: a form with one that may be this far off says more than the points do


@dataclass(frozen=True, eq=False)
class Settled:
    """A form with the numbers of its spec, and the digits that it is written with."""

    form: Form
    theta: Floats
    price: float


def problem_of(form: Form, evidence: Evidence) -> Problem:
    """The points as the form must meet them."""
    steps = evidence.begins
    low, high = form.low(evidence), form.high(evidence)
    usual = {"value": evidence.peak, "number": 1e-3}
    scale = np.array([usual.get(each.kind, 1.0) for each in form.parameters])
    return Problem(
        lambda theta: form.values(theta, steps), evidence.values, evidence.tolerance, low, high, scale, form.rough
    )


def best_fit(form: Form, evidence: Evidence) -> Fit | None:
    """The best of the fits from all starting points; None if there is none."""
    problem = problem_of(form, evidence)
    best: Fit | None = None
    uneven = is_uneven(evidence)
    widest = float(evidence.tolerance.max())
    rough = replace(problem, tolerance=np.full(len(evidence), widest))
    free = range(len(form.parameters))
    for number, start in enumerate(form.starts(evidence)):
        fit = problem.fit(rough.fit(start, free).theta if uneven and number == 0 else start, free)
        if best is None or fit.worst < best.worst:
            best = fit
        if best.fits:
            break
    if best is None or best.fits:
        return best
    near = best.worst * widest < NEAR * evidence.peak
    return _snapped(form, problem, best, free) if form.rough or uneven or near else best


def is_uneven(evidence: Evidence) -> bool:
    """Whether some points have such a high weight that they lead a fit astray from afar."""
    return float(evidence.tolerance.max()) > UNEVEN * float(evidence.tolerance.min())


def _snapped(form: Form, problem: Problem, fit: Fit, free: Sequence[int]) -> Fit:
    """The fit with whole times, if that is better: the best one may be at a jump, or at the minimum of a curve."""
    times = [k for k in free if form.parameters[k].kind == "updates"]
    factors = [k for k in free if k not in times and form.parameters[k].name in form.timing]
    others = [k for k in free if k not in (*times, *factors)]
    best = fit
    for moved in NEXT if times else (0,) * bool(factors):
        theta = fit.theta.copy()
        theta[times] = np.rint(theta[times])
        theta[factors] = np.round(theta[factors], DECIMALS)
        theta[times[:1]] += moved
        found = problem.fit(theta, others)
        best = min(best, found, key=lambda each: each.worst)
        if best.fits:
            break
    return best


def is_determined(form: Form, theta: Floats, evidence: Evidence) -> bool:
    """Whether the points determine every parameter of a form, at least roughly.

    A parameter that the form leaves `free` need not be: the points bound it.
    """
    known = [k for k, each in enumerate(form.parameters) if each.name not in form.free]
    spread = problem_of(form, evidence).spread(theta, known)
    least = {"share": 1.0, "updates": 1.0}
    return all(
        width <= UNDETERMINED * abs(theta[k]) + least.get(form.parameters[k].kind, 1e-3)
        for k, (width, _) in spread.items()
    )


def settle(form: Form, fit: Fit, evidence: Evidence, most: float = inf, wide: int = 1) -> list[Settled]:
    """The form with short numbers, the shortest first; empty if no numbers that can be written explain every point.

    Numbers of more than `most` digits are not tried. A search that is `wide` keeps that many times as many of them.
    """
    problem = problem_of(form, evidence)
    states = [(form.price, fit.theta)]
    count = len(form.parameters)
    loosely = JUMPY if form.rough else NEARLY
    near = NEAR * evidence.peak / float(evidence.tolerance.max())
    farthest = inf if form.timing else FAR if is_uneven(evidence) else near
    for k in range(count):
        free = list(range(k + 1, count))
        reached: list[tuple[float, Floats]] = []
        for price, theta in states:
            found = 0
            for value, digits in _tried(form, k, problem, theta, evidence):
                if price + digits > most:
                    break
                start = theta.copy()
                start[k] = value
                refit = problem.fit(start, free)
                if loosely < refit.worst < farthest:
                    fit = replace(refit, theta=start) if form.timing else refit  # a fit may lead away over jumps
                    refit = _snapped(form, problem, fit, free)
                if refit.worst <= (loosely if free else STRICTLY):
                    if value == form.parameters[k].neutral:
                        if wide == 1:  # a shorter form has no such parameter
                            return []
                        continue  # and no short numbers
                    reached.append((price + form.number_price(k, refit.theta, evidence), refit.theta))
                    found += 1
                    if found == KEPT * wide:
                        break
        if not reached:
            return []
        states = _distinct(sorted(reached, key=lambda each: each[0]), k)[: BEAM * wide]
    return [Settled(form, theta, price) for price, theta in states]


def _tried(form: Form, k: int, problem: Problem, theta: Floats, evidence: Evidence) -> list[tuple[float, float]]:
    """Numbers to try for a parameter and their prices in digits, the shortest first.

    They are those that it can be if the parameters after it stay, is likely to be, and may be if they move. The nearest
    whole time is always one: near the minimum of a curve, distances are larger than they seem to be.
    """
    center, found = float(theta[k]), dict[float, float]()
    likely, possible = problem.spread(theta, range(k, len(theta)))[k]
    ranges = [problem.alone(theta, k), (-likely, likely), (-possible, possible)]
    if np.isfinite(possible) and problem.is_loose(theta, range(k, len(theta))):
        ranges.append((-UNKNOWN * abs(center), UNKNOWN * abs(center)))
    most = abs(center) + 1.0 if np.isfinite(possible) else UNKNOWN * abs(center)
    trial = theta.copy()
    whole = [float(np.rint(center)) - center] if form.parameters[k].kind == "updates" else []
    for low, high in [(each, each) for each in whole] + ranges:
        reach = ROUNDING * abs(center)
        bounds = center + max(low, -most) - reach, center + min(high, most) + reach
        for value in form.candidates(k, *bounds, theta, evidence)[:TRIED]:
            trial[k] = value
            found[value] = form.number_price(k, trial, evidence)
    return sorted(found.items(), key=lambda each: each[1])


def _distinct(states: list[tuple[float, Floats]], k: int) -> list[tuple[float, Floats]]:
    """States with the same settled numbers only once."""
    found = {tuple(theta[: k + 1].tolist()): (price, theta) for price, theta in reversed(states)}
    return sorted(found.values(), key=lambda each: each[0])
