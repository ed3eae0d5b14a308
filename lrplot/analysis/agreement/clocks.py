"""Causes in the clock of a schedule: stepped at another pace, begun again, or late."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrplot.analysis.agreement.cause import LEAST, Case, Cause
from lrplot.analysis.agreement.conventions import Convention, Values
from lrplot.analysis.agreement.evidence import Evidence, Fit
from lrplot.analysis.agreement.plan import Plan
from lrplot.analysis.agreement.search import DENSE, search, typical
from lrplot.analysis.agreement.skips import MOST
from lrplot.curves.steps import FARTHEST, Steps, ascending
from lrplot.wording import updates

PACES = (*range(2, 65), 96, 100, 128, 192, 200, 256, 384, 512, 768, 1000, 1024)  # steps per update, or updates per step
MOST_STARTS = 8  # times that a schedule begins again
FOLLOWING = 64  # rows after a new start that tell where it was
SIFTING = 8  # rows that are used first to sift lags
HINTS = 64  # lags that are tried at first in a range that is too long to try each


def clock(case: Case) -> Iterator[Cause]:
    """The scheduler is stepped k times per update, or once per k updates."""
    for k in dict.fromkeys((*PACES, *case.clocks)):
        ahead = _several_times(case.plan.onward, k)
        for values in (ahead, _several_times(case.plan.onward, k, case.plan.steps)):
            if fit := case.evidence.explained(values):
                statement = (
                    f"the scheduler is stepped {k:,} times per update: after 100 updates it is at step {100 * k:,}"
                )
                help = "step it once per optimizer update, in one process only"
                yield Cause("log-clock", float(k), statement, help, fit=fit)
                return
        if fit := case.evidence.explained(_once_in(case.plan.onward, k)):
            statement = f"the scheduler is stepped once per {k:,} updates"
            yield Cause("log-clock", 1 / k, statement, "step it once per optimizer update", fit=fit)
            return


def _several_times(values: Values, k: int, last: int = FARTHEST - 1) -> Values:
    """A schedule that is stepped k times per update, up to its step `last`."""
    return lambda steps: values(np.minimum(np.minimum(steps, FARTHEST // k) * k, last))


def _once_in(values: Values, k: int) -> Values:
    return lambda steps: values(steps // k)


def restarted(case: Case) -> Iterator[Cause]:
    """The schedule begins again at an update, or several times."""
    for convention, head in sorted(case.heads(), key=lambda each: -each[1]):
        starts: list[int] = []
        evidence = case.evidence.with_conventions([convention])
        while 0 < head <= len(evidence) - LEAST and len(starts) < MOST_STARTS:
            start = _start(case.plan, evidence, head)
            if start is None:
                break
            starts.append(start)
            values = _from_starts(case.plan.values, starts)
            if fit := evidence.explained(values):
                yield _restarted(starts, fit)
                return
            head = evidence.head(values, convention)


def _start(plan: Plan, evidence: Evidence, head: int) -> int | None:
    """The update between row `head` and the one before it at which the schedule begins, by the rows that follow.

    It may begin once more later: rows that agree with no start that the rows before leave are not counted.
    """
    (convention,) = evidence.conventions
    before, after = convention.last(evidence.rows[head - 1 : head + 1]).tolist()
    following = np.arange(head, min(head + FOLLOWING, len(evidence)))
    rows = ascending(np.concatenate([following, evidence.sample[evidence.sample >= head]]))
    if after - before > DENSE:
        return _sought(plan, evidence.part(rows), before + 1, after)
    starts, agreeing = np.arange(before + 1, after + 1, dtype=np.int64), 0
    for row in rows.tolist():
        place = int(convention.last(evidence.rows[row : row + 1])[0])
        planned = plan.values(np.maximum(place - starts, 0))
        near = starts[np.abs(planned - evidence.logged[row]) <= evidence.allowed[row]]
        if not len(near):
            break
        starts, agreeing = near, agreeing + 1
    return typical(starts) if agreeing >= LEAST else None


def _from_starts(values: Values, starts: list[int]) -> Values:
    marks = np.array([0, *starts], dtype=np.int64)
    return lambda steps: values(steps - marks[np.searchsorted(marks, steps, side="right") - 1])


def _restarted(starts: list[int], fit: Fit) -> Cause:
    *most, last = [f"{each:,}" for each in starts]
    times = f"at updates {', '.join(most)} and {last}" if most else f"at update {last}"
    help = "restore the scheduler's state when the run is resumed"
    return Cause("log-restarted", float(starts[0]), f"the schedule began again {times}", help, starts[0], fit)


def late(case: Case) -> Iterator[Cause]:
    """The schedule begins later, or earlier, by more updates than a convention."""
    found = [each for convention in case.evidence.conventions for each in _shifted(case, convention)]
    if found:
        yield max(found, key=lambda each: _zeros(int(each.number or 0)))


def _shifted(case: Case, convention: Convention) -> Iterator[Cause]:
    evidence, plan = case.evidence.with_conventions([convention]), case.plan
    if convention.width > 1:
        return
    first, last = convention.last(evidence.rows[[0, -1]]).tolist()
    # Rows before the start hold the first value; the last of them and the later ones tell how late it is.
    moving = int((np.abs(evidence.logged - evidence.logged[0]) > evidence.allowed).argmax())
    rows = evidence.sample[evidence.sample >= moving - 1]
    for way in (1, -1):
        start = _lag(plan, evidence, rows, last if way > 0 else plan.steps, way)
        if start is None or (way > 0 and evidence.may_skip and start <= MOST):  # which mixed precision may skip
            continue
        if fit := evidence.explained(_behind(plan.values, way * start)):
            yield _late(start, way, first, fit)


def _behind(values: Values, lag: int) -> Values:
    return lambda steps: values(np.maximum(steps - lag, 0))


def _late(start: int, way: int, first: int, fit: Fit) -> Cause:
    if way < 0:
        statement = f"the schedule is {updates(start)} ahead: step 0 of the log is update {start:,} of it"
        return Cause("log-late", float(-start), statement, "count the log's steps on when the run is resumed", fit=fit)
    then = "; until then its first value held" if first < start else f": it is {updates(start)} late throughout"
    statement = f"the schedule began at update {start:,}{then}"
    return Cause("log-late", float(start), statement, "step the scheduler from the first update on", fit=fit)


def _lag(plan: Plan, evidence: Evidence, rows: Steps, high: int, way: int) -> int | None:
    """The lag up to `high` with which some rows agree, the roundest of several; None if there is none."""
    if high > DENSE:
        return _sought(plan, evidence.part(rows), 1, high, way)
    (convention,) = evidence.conventions
    lags = np.arange(1, high + 1, dtype=np.int64)
    first = rows[np.linspace(0, len(rows) - 1, min(len(rows), SIFTING)).astype(np.int64)]
    for row in (*first[::-1].tolist(), *rows.tolist()):
        place = int(convention.last(evidence.rows[row : row + 1])[0])
        planned = plan.looked_up(np.maximum(place - way * lags, 0))
        lags = lags[np.abs(planned - evidence.logged[row]) <= evidence.allowed[row]]
        if not len(lags):
            break
    return typical(lags)


def _sought(plan: Plan, evidence: Evidence, low: int, high: int, way: int = 1) -> int | None:
    """The lag in a range that is too long to try each."""
    hints = np.linspace(low, high, HINTS).astype(np.int64).tolist()
    found = search(lambda lag: _behind(plan.values, way * lag), low, high, evidence, hints)
    return found[0] if found else None


def _zeros(number: int) -> int:
    """The number of zeros at the end of a number."""
    text = str(abs(number))
    return len(text) - len(text.rstrip("0"))
