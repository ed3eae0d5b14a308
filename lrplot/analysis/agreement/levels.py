"""Causes in the values of a schedule: a factor, or one value."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from lrplot.analysis.agreement.cause import LEAST, Case, Cause, values_of
from lrplot.analysis.agreement.conventions import Convention, Values
from lrplot.analysis.agreement.evidence import Evidence, Fit
from lrplot.analysis.agreement.plan import Plan
from lrplot.analysis.agreement.search import DENSE, simplest, typical
from lrplot.curves.shapes import Floats
from lrplot.wording import learning_rate

ROUNDS = 4  # in which the factor of a peak is corrected


def constant(case: Case) -> Iterator[Cause]:
    """One value from an update on, or throughout, where the schedule moves."""
    evidence, plan = case.evidence, case.plan
    lows = np.maximum.accumulate((evidence.logged - evidence.allowed)[::-1])[::-1]
    highs = np.minimum.accumulate((evidence.logged + evidence.allowed)[::-1])[::-1]
    begin = int((lows <= highs).argmax())  # the first row from which on one value agrees with all
    if len(evidence) - begin < LEAST:
        return
    low, high, value = lows[begin], highs[begin], float(evidence.logged[-1])
    if begin == 0:
        fit = evidence.nearest(lambda steps: np.full(steps.shape, (low + high) / 2))
        yield _constant(f"the learning rate stays at {learning_rate(value)} throughout", 0, fit)
        return
    for convention, head in case.heads():
        if head < begin:
            continue
        places = convention.last(evidence.rows)
        stops = np.arange(places[begin - 1] + 1, min(places[head], places[begin] + DENSE) + 1, dtype=np.int64)
        planned = plan.values(stops)
        start = typical(stops[(planned >= low) & (planned <= high)])
        values = (
            _stopped(plan.values, start) if start is not None else _jump(plan.values, places[begin], (low + high) / 2)
        )
        if found := evidence.with_conventions([convention]).explained(values):
            update = int(places[begin]) if start is None else start
            yield _constant(
                f"the learning rate stays at {learning_rate(value)} from update {update:,} on", update, found
            )
            return


def _stopped(values: Values, start: int) -> Values:
    return lambda steps: values(np.minimum(steps, start))


def _jump(values: Values, start: int, value: float) -> Values:
    return lambda steps: np.where(steps >= start, value, values(steps))


def _constant(statement: str, start: int, fit: Fit) -> Cause:
    help = "look whether the scheduler is stepped, and whether it is the one that was meant"
    return Cause("log-constant", float(start), statement, help, start, fit)


def scaled(case: Case) -> Iterator[Cause]:
    """One factor for all values, or for the peak above a floor that stays."""
    for convention in case.evidence.conventions:
        for way in (_factor_of_all, _factor_of_peak):
            for factor, values in way(case, convention):
                fit = case.evidence.explained(values) or case.evidence.explained_with_skips(values)
                if fit:
                    yield _scaled(case.plan, factor, fit)
                    return


def _factor_of_all(case: Case, convention: Convention) -> Iterator[tuple[float, Values]]:
    part = case.evidence.part(case.evidence.sample)
    factors = _factors(part, convention.values(case.plan.values, part.rows))
    if factors is not None and not factors[0] <= 1 <= factors[1]:
        factor = simplest(*factors)
        yield factor, lambda steps: case.plan.values(steps) * factor


def _factors(evidence: Evidence, planned: Floats) -> tuple[float, float] | None:
    """The range of the factors that turn planned values into logged ones; None if there is none."""
    some = planned != 0
    if not some.any():
        return None
    ends = np.sort([(evidence.logged + way * evidence.allowed)[some] / planned[some] for way in (-1, 1)], axis=0)
    low, high = float(ends[0].max()), float(ends[1].min())
    return (low, high) if low <= high and high > 0 else None


def _factor_of_peak(case: Case, convention: Convention) -> Iterator[tuple[float, Values]]:
    """The factor of the peak with which the schedule has the logged value where it is greatest."""
    part = case.evidence.part(case.evidence.sample)
    planned = convention.values(case.plan.values, part.rows)
    top = int(planned.argmax())
    logged, allowed = float(part.logged[top]), float(part.allowed[top])
    factor = logged / float(planned[top]) if planned[top] > 0 else 0.0
    for _ in range(ROUNDS):
        curve = case.plan.with_peak(factor) if 0 < factor < inf else None
        if curve is None:
            return
        reached = float(convention.values(values_of(curve), part.rows[top : top + 1])[0])
        if abs(reached - logged) <= allowed:
            break
        factor *= logged / reached if reached else inf
    share = allowed / logged
    for each in dict.fromkeys((simplest(factor * (1 - share), factor * (1 + share)), factor)):
        changed = case.plan.with_peak(each) if each != 1 else None
        if changed:
            yield each, values_of(changed)


def _scaled(plan: Plan, factor: float, fit: Fit) -> Cause:
    words = {0.5: "half", 2.0: "twice"}.get(factor, f"{factor:.6g} times")
    peak = f"{learning_rate(plan.peak * factor)} for {learning_rate(plan.peak)}"
    statement = f"the learning rate is {words} the planned one throughout, {peak} at the peak"
    help = "look for a rule that scales it by the batch or the number of devices, or for another base value"
    return Cause("log-scaled", factor, statement, help, fit=fit)
