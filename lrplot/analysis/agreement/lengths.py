"""Causes in the lengths of a schedule: its horizon, its warmup, and what it does past its end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrplot.analysis.agreement.cause import LEAST, Case, Cause, values_if
from lrplot.analysis.agreement.conventions import Convention, Values
from lrplot.analysis.agreement.evidence import Evidence, Fit
from lrplot.analysis.agreement.plan import GROWING, Growing, Plan
from lrplot.analysis.agreement.search import Build, search
from lrplot.wording import learning_rate, updates

FARTHER = 64  # times the planned length: the longest and shortest that are tried
FACTORS = range(2, 17)  # by which a run is often longer or shorter than its schedule


def horizon(case: Case) -> Iterator[Cause]:
    """The schedule of a run of another length."""
    plan = case.plan
    low, high = max(plan.steps // FARTHER, 1), plan.steps * FARTHER
    near = (plan.steps - 1, plan.steps + 1, case.last, case.last + 1, *case.lengths)
    hints = [*near, *(plan.steps * k for k in FACTORS), *(plan.steps // k for k in FACTORS)]
    for build in _lengthened(case):
        found = search(build, low, high, case.evidence, hints)
        if found and found[0] != plan.steps:
            length, fit = found
            if rise := _rise(case.evidence, fit.convention, length):
                yield _rises(length, rise, fit)
                return
            statement = f"the schedule is that of a run of {updates(length)}; {plan.steps:,} are planned"
            help = "give the scheduler the number of optimizer updates that the run takes"
            yield Cause("log-horizon", float(length), statement, help, fit=fit)
            return


def _lengthened(case: Case) -> Iterator[Build]:
    """The ways in which a schedule can be that of a run of another length."""
    for growing in GROWING:
        yield _with_length(case.plan, growing)
    if (warmup := _warmup_by_values(case)) is not None:
        for kept in (True, False):
            yield _with_both(case.plan, warmup, kept)


def _with_length(plan: Plan, growing: Growing) -> Build:
    return lambda steps: values_if(plan.with_length(steps, growing))


def _with_both(plan: Plan, warmup: int, kept: bool) -> Build:
    return lambda steps: values_if(plan.with_both(warmup, steps, kept))


def _with_warmup(plan: Plan, kept: bool) -> Build:
    return lambda steps: values_if(plan.with_warmup(steps, kept))


def rises(case: Case) -> Iterator[Cause]:
    """A schedule that climbs again past its end, as the formula of a cosine does."""
    plan, last, logged = case.plan, case.last, case.evidence.logged
    after = logged[int(logged.argmax()) :]
    if after[-1] <= after.min() + case.evidence.allowed[-1]:
        return
    ends = [_at(plan)] if last > plan.steps else []
    for build in (*ends, *(_mirrored(_with_length(plan, growing)) for growing in GROWING)):
        low, high = (plan.steps, plan.steps) if build in ends else (max(last // 2, 1), last)
        found = search(build, low, high, case.evidence, (low, plan.steps))
        if found and (rise := _rise(case.evidence, found[1].convention, found[0])):
            yield _rises(found[0], rise, found[1])
            return


def _at(plan: Plan) -> Build:
    """The plan itself, mirrored at its end."""
    return _mirrored(lambda steps: plan.values)


def _mirrored(build: Build) -> Build:
    """Schedules that run backwards past their end."""

    def mirrored(length: int) -> Values | None:
        values = build(length)
        if values is None:
            return None
        return lambda steps: values(np.where(steps > length, np.maximum(2 * length - steps, 0), steps))

    return mirrored


def past_horizon(plan: Plan, evidence: Evidence, fit: Fit) -> Iterator[Cause]:
    """A log that follows its schedule past the schedule's end, where the scheduler's own values rise again."""
    if (over := plan.over) is not None and (rise := _rise(evidence, fit.convention, over)):
        yield _rises(over, rise, fit)


def _rise(evidence: Evidence, convention: Convention, length: int) -> float:
    """The greatest logged value after an update, if the log rises from there on; otherwise 0."""
    after = convention.last(evidence.rows) > length
    if np.count_nonzero(after) < LEAST:
        return 0.0
    logged, allowed = evidence.logged[after], evidence.allowed[after]
    top = int(logged.argmax())
    return float(logged[top]) if logged[top] - logged[0] > allowed[top] + allowed[0] else 0.0


def _rises(length: int, rise: float, fit: Fit) -> Cause:
    return Cause(
        "log-rises",
        float(length),
        f"past its horizon since update {length:,}, the learning rate rises again, to {learning_rate(rise)}",
        "give the scheduler as many steps as the run takes, or end the run there",
        update=length,
        fit=fit,
    )


def warmup(case: Case) -> Iterator[Cause]:
    """A warmup of another length, or none."""
    plan, guess = case.plan, _warmup_by_values(case)
    hints = [0] if guess is None else [0, guess - 1, guess, guess + 1]
    for kept in (True, False):
        found = search(_with_warmup(plan, kept), 0, plan.steps, case.evidence, hints)
        if found and found[0] != plan.warmup:
            yield _warmup(found[0], plan.warmup, found[1])
            return


def _warmup(length: int, planned: int, fit: Fit) -> Cause:
    if not length:
        statement = f"the run has no warmup; {updates(planned)} are planned"
    elif not planned:
        statement = f"the run has a warmup of {updates(length)}; none is planned"
    else:
        statement = f"the warmup takes {updates(length)}; {planned:,} are planned"
    help = "give the scheduler the warmup in its own unit: optimizer updates, or a share of the run"
    return Cause("log-warmup", float(length), statement, help, fit=fit)


def _warmup_by_values(case: Case) -> int | None:
    """The length of a straight warmup from 0 to the planned peak, by the first rows; None if they are no warmup."""
    evidence = case.evidence
    top = int(evidence.logged.argmax())
    places = evidence.likeliest(case.plan.values).last(evidence.rows)
    rising = (evidence.logged[:top] > 0) & (evidence.logged[:top] < evidence.logged[top])
    some = np.flatnonzero(rising & (places[:top] > 0))
    if not len(some):
        return None
    first, last = int(some[0]), int(some[-1])
    if first == last:
        return round(float(places[last]) * case.plan.peak / float(evidence.logged[last]))
    rise = float(evidence.logged[last] - evidence.logged[first]) / float(places[last] - places[first])
    return round(case.plan.peak / rise) if rise > 0 else None
