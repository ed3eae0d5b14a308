"""Causes of a log that does not follow its schedule, each fitted by a closed step of its own.

A cause changes the planned schedule by one number. It is named only if the changed schedule explains all rows to their
printed digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from lrplot.analysis.agreement.conventions import Convention, Values
from lrplot.analysis.agreement.evidence import Evidence, Fit
from lrplot.analysis.agreement.plan import Growing, Plan
from lrplot.analysis.agreement.search import roundest, search, simplest
from lrplot.analysis.agreement.skips import MOST
from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps, ascending
from lrplot.engine.evaluate import raw_values
from lrplot.wording import learning_rate, updates

MOST_NAMED = 3
LEAST = 3  # rows that show a cause
CLOCKS = (*range(2, 65), 96, 100, 128, 192, 200, 256, 384, 512, 768, 1000, 1024)  # steps of a scheduler per update
DENSE = 1 << 21  # updates among which a value of the log is looked for
FARTHER = 64  # times the planned length: the longest and shortest that are tried
MOST_STARTS = 8  # times that a schedule begins again
FOLLOWING = 64  # rows after a new start that tell where it was
HINTS = 64  # lags that are tried at first in a longer range
SIFTING = 8  # rows that are used first to sift lags


@dataclass(frozen=True)
class Cause:
    """What would explain a log: the code of its finding, its number, the statement, and the update where it begins."""

    code: str
    number: float | None
    statement: str
    help: str
    update: int = 0
    fit: Fit | None = field(default=None, repr=False, compare=False)
    line: int = 0


@dataclass(frozen=True)
class Case:
    """A plan and the log that does not follow it; `first` is the first row that differs, by the nearest convention.

    `clocks` are further numbers of steps per update that are likely: updates in an epoch, batches in an update, devices.
    `lengths` are lengths of the run that the log states.
    """

    plan: Plan
    evidence: Evidence
    nearest: Fit
    clocks: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """The first row that differs."""
        return int((self.nearest.differences > self.evidence.allowed).argmax())

    def heads(self) -> Iterator[tuple[Convention, int]]:
        """The conventions of one update, each with the number of rows that agree before the first that does not."""
        for convention in self.evidence.conventions:
            if convention.width == 1:
                yield convention, self.evidence.head(self.plan.values, convention)


Finder = Callable[[Case], Iterator[Cause]]


def causes_of(case: Case) -> list[Cause]:
    """The causes that explain all rows, the simplest first, three at most; none if too few rows differ to tell."""
    found: list[Cause] = []
    if np.count_nonzero(case.nearest.differences > case.evidence.allowed) < LEAST:
        return found
    for finder in FINDERS:
        known = {each.code for each in found}
        for cause in finder(case):
            if cause.code not in known and len(found) < MOST_NAMED:
                found.append(cause)
                break
    codes = {each.code for each in found}
    return [each for each in found if not (each.code == "log-horizon" and "log-rises" in codes)]


def clock(case: Case) -> Iterator[Cause]:
    """The scheduler is stepped k times per update, or once per k updates."""
    plan, last = case.plan.onward, case.plan.steps
    for k in dict.fromkeys((*CLOCKS, *case.clocks)):
        several_times: list[Values] = [
            lambda steps, k=k: plan(np.minimum(steps, FARTHEST // k) * k),
            lambda steps, k=k: plan(np.minimum(np.minimum(steps, FARTHEST // k) * k, last)),
        ]
        for values in several_times:
            if fit := case.evidence.explained(values):
                yield Cause(
                    "log-clock",
                    float(k),
                    f"the scheduler is stepped {k:,} times per update: after 100 updates it is at step {100 * k:,}",
                    "step it once per optimizer update, in one process only",
                    fit=fit,
                )
                return
        if fit := case.evidence.explained(lambda steps, k=k: plan(steps // k)):
            yield Cause(
                "log-clock",
                1 / k,
                f"the scheduler is stepped once per {k:,} updates",
                "step it once per optimizer update",
                fit=fit,
            )
            return


def scaled(case: Case) -> Iterator[Cause]:
    """One factor for all values, or for the peak."""
    evidence = case.evidence.part(case.evidence.sample)
    for convention in evidence.conventions:
        planned = convention.values(case.plan.values, evidence.rows)
        factors = _factors(evidence, planned)
        if factors is not None and not factors[0] <= 1 <= factors[1]:
            factor = simplest(*factors)
            values: Values = lambda steps, factor=factor: case.plan.values(steps) * factor  # noqa: E731
            if (fit := case.evidence.explained(values)) or (fit := case.evidence.explained_with_skips(values)):
                yield _scaled(factor, fit, case)
                return
    for convention in evidence.conventions:
        planned = convention.values(case.plan.values, evidence.rows)
        top = int(np.nan_to_num(planned, nan=-np.inf).argmax())
        if not planned[top] > 0:
            continue
        factor = float(evidence.logged[top] / planned[top])
        for _ in range(4):
            curve = case.plan.with_peak(factor) if 0 < factor < np.inf else None
            if curve is None:
                break
            reached = float(convention.values(_of(curve), evidence.rows[top : top + 1])[0])
            if abs(reached - evidence.logged[top]) <= evidence.allowed[top]:
                break
            factor *= float(evidence.logged[top]) / reached if reached else np.inf
        else:
            continue
        if curve is None:
            continue
        share = float(evidence.allowed[top] / evidence.logged[top])
        for each in (simplest(factor * (1 - share), factor * (1 + share)), factor):
            other = case.plan.with_peak(each)
            if each != 1 and other and (fit := case.evidence.explained(_of(other))):
                yield _scaled(each, fit, case)
                return


def _factors(evidence: Evidence, planned: Floats) -> tuple[float, float] | None:
    """The range of the factors that turn planned values into logged ones; None if there is none."""
    some = np.isfinite(planned) & (planned != 0)
    if not some.any():
        return None
    ends = np.sort([(evidence.logged + way * evidence.allowed)[some] / planned[some] for way in (-1, 1)], axis=0)
    low, high = float(ends[0].max()), float(ends[1].min())
    return (low, high) if low <= high and high > 0 else None


def _scaled(factor: float, fit: Fit, case: Case) -> Cause:
    words = {0.5: "half", 2.0: "twice"}.get(factor, f"{factor:.6g} times")
    peak = f"{learning_rate(case.plan.peak * factor)} for {learning_rate(case.plan.peak)}"
    return Cause(
        "log-scaled",
        factor,
        f"the learning rate is {words} the planned one throughout, {peak} at the peak",
        "look for a rule that scales it by the batch or the number of devices, or for another base value",
        fit=fit,
    )


def horizon(case: Case) -> Iterator[Cause]:
    """The schedule of a run of another length."""
    plan, last = case.plan, int(case.evidence.rows.max(initial=1))
    low, high = max(plan.steps // FARTHER, 1), plan.steps * FARTHER
    near = (plan.steps - 1, plan.steps + 1, last, last + 1, *case.lengths)
    hints = [*near, *(plan.steps * k for k in range(2, 17)), *(max(plan.steps // k, 1) for k in range(2, 17))]
    ways: list[Callable[[int], Curve | None]] = [
        lambda steps, growing=growing: plan.with_length(steps, growing) for growing in _growing()
    ]
    warmup = _warmup_by_values(case)
    if warmup is not None:
        ways += [lambda steps, kept=kept: plan.with_both(warmup, steps, kept) for kept in (True, False)]
    for way in ways:
        if found := search(lambda steps, way=way: _maybe(way(steps)), low, high, case.evidence, hints):
            length, values, fit = found
            if length == plan.steps:
                continue
            if rise := _rise(case.evidence, fit.convention, length):
                yield _rises(length, rise, fit)
                return
            yield Cause(
                "log-horizon",
                float(length),
                f"the schedule is that of a run of {updates(length)}; {plan.steps:,} are planned",
                "give the scheduler the number of optimizer updates that the run takes",
                fit=fit,
            )
            return


def _growing() -> tuple[Growing, ...]:
    return "none", "end", "all"


def rises(case: Case) -> Iterator[Cause]:
    """A schedule that climbs again past its end, as the formula of a cosine does."""
    plan = case.plan
    last, logged = int(case.evidence.rows.max(initial=1)), case.evidence.logged
    after = logged[int(logged.argmax()) :]
    if not (after[-1] > after.min() + case.evidence.allowed[-1]):
        return

    def mirrored(curve: Curve | None, length: int) -> Values | None:
        values = _maybe(curve)
        return values and (lambda steps: values(np.where(steps > length, np.maximum(2 * length - steps, 0), steps)))

    if last > plan.steps and (values := mirrored(plan.curve, plan.steps)):
        fit = case.evidence.explained(values)
        if fit and (rise := _rise(case.evidence, fit.convention, plan.steps)):
            yield _rises(plan.steps, rise, fit)
            return
    for growing in _growing():
        way: Callable[[int], Values | None] = lambda steps, growing=growing: mirrored(  # noqa: E731
            plan.with_length(steps, growing), steps
        )
        if found := search(way, max(last // 2, 1), last, case.evidence, (last // 2, plan.steps)):
            length, _, fit = found
            if rise := _rise(case.evidence, fit.convention, length):
                yield _rises(length, rise, fit)
                return


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
    plan = case.plan
    guess = _warmup_by_values(case)
    hints = [0, *((guess - 1, guess, guess + 1) if guess is not None else ())]
    for kept in (True, False):
        build: Callable[[int], Values | None] = lambda steps, kept=kept: _maybe(  # noqa: E731
            plan.with_warmup(steps, kept)
        )
        if found := search(build, 0, plan.steps, case.evidence, hints):
            length, _, fit = found
            if length != plan.warmup:
                yield _warmup(length, plan.warmup, fit)
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
    row = int(some[-1])
    by_two = None
    if len(some) > 1:
        first = int(some[0])
        rise = (evidence.logged[row] - evidence.logged[first]) / float(places[row] - places[first])
        by_two = round(case.plan.peak / rise) if rise > 0 else None
    return by_two if by_two is not None else round(float(places[row]) * case.plan.peak / float(evidence.logged[row]))


def restarted(case: Case) -> Iterator[Cause]:
    """The schedule begins again at an update, or several times."""
    for convention, head in sorted(case.heads(), key=lambda each: -each[1]):
        if head == 0:
            continue
        starts: list[int] = []
        evidence = case.evidence.with_conventions([convention])
        while len(starts) < MOST_STARTS and len(evidence) - head >= LEAST:
            start = _start(case.plan, evidence, convention, head)
            if start is None:
                break
            starts.append(start)
            values = _from_starts(case.plan.values, starts)
            if fit := evidence.explained(values):
                yield _restarted(starts, fit)
                return
            head = evidence.head(values, convention)


def _start(plan: Plan, evidence: Evidence, convention: Convention, head: int) -> int | None:
    """The update between row `head` and the one before it at which the schedule begins, by the rows that follow.

    It may begin once more later: rows that agree with no start that the rows before leave are not counted.
    """
    before, after = convention.last(evidence.rows[head - 1 : head + 1]).tolist()
    following = np.arange(head, min(head + FOLLOWING, len(evidence)))
    rows = ascending(np.concatenate([following, evidence.sample[evidence.sample >= head]]))
    if after - before > DENSE:
        return _sought(plan, evidence.part(rows), convention, before + 1, after)
    starts, agreeing = np.arange(before + 1, after + 1, dtype=np.int64), 0
    for row in rows.tolist():
        place = int(convention.last(evidence.rows[row : row + 1])[0])
        near = starts[
            np.abs(plan.values(np.maximum(place - starts, 0)) - evidence.logged[row]) <= evidence.allowed[row]
        ]
        if not len(near):
            break
        starts, agreeing = near, agreeing + 1
    return _middle(starts) if agreeing >= LEAST else None


def _from_starts(values: Values, starts: list[int]) -> Values:
    marks = np.array([0, *starts], dtype=np.int64)
    return lambda steps: values(steps - marks[np.searchsorted(marks, steps, side="right") - 1])


def _restarted(starts: list[int], fit: Fit) -> Cause:
    *most, last = [f"{each:,}" for each in starts]
    times = f"at updates {', '.join(most)} and {last}" if most else f"at update {last}"
    return Cause(
        "log-restarted",
        float(starts[0]),
        f"the schedule began again {times}",
        "restore the scheduler's state when the run is resumed",
        update=starts[0],
        fit=fit,
    )


def late(case: Case) -> Iterator[Cause]:
    """The schedule begins later, or earlier, by more updates than a convention."""
    found = [each for convention in case.evidence.conventions for each in _shifted(case, convention)]
    if found:
        yield max(found, key=lambda each: _zeros(int(each.number or 0)))


def _shifted(case: Case, convention: Convention) -> Iterator[Cause]:
    evidence, plan = case.evidence.with_conventions([convention]), case.plan
    if convention.width > 1:
        return
    ends = convention.last(evidence.rows[[0, -1]])
    # Rows before the start hold the first value; the last of them and the later ones tell how late it is.
    first = int((np.abs(evidence.logged - evidence.logged[0]) > evidence.allowed).argmax())
    rows = evidence.sample[evidence.sample >= first - 1]
    for way in (1, -1):
        start = _lag(plan, evidence, convention, rows, int(ends[1]) if way > 0 else plan.steps, way)
        if start is None or (way > 0 and start <= MOST):  # mixed precision skips so many updates at the start
            continue
        values: Values = lambda steps, lag=way * start: plan.values(np.maximum(steps - lag, 0))  # noqa: E731
        if (fit := evidence.explained(values)) is None:
            continue
        if way > 0:
            statement = f"the schedule began at update {start:,}; until then its first value held"
            if ends[0] >= start:
                statement = f"the schedule began at update {start:,}: it is {updates(start)} late throughout"
            help = "step the scheduler from the first update on"
        else:
            statement = f"the schedule is {updates(start)} ahead: step 0 of the log is update {start:,} of it"
            help = "count the log's steps on when the run is resumed"
        yield Cause("log-late", float(way * start), statement, help, fit=fit)


def _zeros(number: int) -> int:
    """The number of zeros at the end of a number."""
    text = str(abs(number))
    return len(text) - len(text.rstrip("0"))


def _lag(plan: Plan, evidence: Evidence, convention: Convention, rows: Steps, high: int, way: int) -> int | None:
    """The lag up to `high` with which some rows agree, the roundest of several; None if there is none."""
    if high > DENSE:
        return _sought(plan, evidence.part(rows), convention, 1, high, way)
    lags = np.arange(1, high + 1, dtype=np.int64)
    first = rows[np.linspace(0, len(rows) - 1, min(len(rows), SIFTING)).astype(np.int64)]
    for row in (*first[::-1].tolist(), *rows.tolist()):
        place = int(convention.last(evidence.rows[row : row + 1])[0])
        found = np.abs(plan.values(np.maximum(place - way * lags, 0)) - evidence.logged[row])
        lags = lags[found <= evidence.allowed[row]]
        if not len(lags):
            break
    return _middle(lags)


def _sought(plan: Plan, evidence: Evidence, convention: Convention, low: int, high: int, way: int = 1) -> int | None:
    """The lag in a range that is too long to try each."""
    hints = np.linspace(low, high, HINTS).astype(np.int64).tolist()
    build: Callable[[int], Values] = lambda lag: lambda steps: plan.values(np.maximum(steps - way * lag, 0))  # noqa: E731
    found = search(build, low, high, evidence.with_conventions([convention]), hints)
    return found[0] if found else None


def _middle(lags: Steps) -> int | None:
    """One of the lags that agree: the roundest of a few, None if there is none."""
    if not len(lags):
        return None
    number = roundest(int(lags[0]), int(lags[-1]))
    return number if number in lags else int(lags[len(lags) // 2])


def constant(case: Case) -> Iterator[Cause]:
    """One value from an update on, or throughout, where the schedule moves."""
    evidence, plan = case.evidence, case.plan
    lows = np.maximum.accumulate((evidence.logged - evidence.allowed)[::-1])[::-1]
    highs = np.minimum.accumulate((evidence.logged + evidence.allowed)[::-1])[::-1]
    begin = int((lows <= highs).argmax())  # the first row from which on one value agrees with all
    if len(evidence) - begin < LEAST:
        return
    low, high = lows[begin], highs[begin]
    value = float(evidence.logged[-1])
    if begin == 0:
        fit = evidence.nearest(lambda steps: np.full(steps.shape, (low + high) / 2))
        statement = f"the learning rate stays at {learning_rate(value)} throughout"
        yield Cause("log-constant", 0.0, statement, _DECAY, fit=fit)
        return
    for convention, head in case.heads():
        if head < begin:
            continue
        places = convention.last(evidence.rows)
        stops = np.arange(places[begin - 1] + 1, min(places[head], places[begin] + DENSE) + 1, dtype=np.int64)
        planned = plan.values(stops)
        near = stops[(planned >= low) & (planned <= high)]
        start = _middle(near)
        values = _stopped(plan.values, int(places[begin]) if start is None else start, (low + high) / 2, start is None)
        if fit := evidence.with_conventions([convention]).explained(values):
            start = int(places[begin]) if start is None else start
            statement = f"the learning rate stays at {learning_rate(value)} from update {start:,} on"
            yield Cause("log-constant", float(start), statement, _DECAY, update=start, fit=fit)
            return


def _stopped(values: Values, start: int, value: float, jumps: bool) -> Values:
    """A schedule that holds its value from an update on, or another value if it `jumps` there."""
    if jumps:
        return lambda steps: np.where(steps >= start, value, values(steps))
    return lambda steps: values(np.minimum(steps, start))


_DECAY = "look whether the scheduler is stepped, and whether it is the one that was meant"


def _of(curve: Curve) -> Values:
    return lambda steps: raw_values(curve, np.minimum(steps, FARTHEST - 1))


def _maybe(curve: Curve | None) -> Values | None:
    return None if curve is None else _of(curve)


FINDERS: Sequence[Finder] = (constant, clock, scaled, horizon, warmup, restarted, late, rises)
