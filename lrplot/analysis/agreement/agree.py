"""Whether a run followed its schedule, to the printed digits of its log, and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.agreement.cause import Case, Cause
from lrplot.analysis.agreement.causes import causes_of
from lrplot.analysis.agreement.conventions import WINDOW, Convention, of_epochs, of_updates, of_windows
from lrplot.analysis.agreement.evidence import Evidence, Fit
from lrplot.analysis.agreement.lengths import past_horizon
from lrplot.analysis.agreement.numbering import with_steps
from lrplot.analysis.agreement.plan import Plan
from lrplot.analysis.agreement.skips import Skip
from lrplot.curves.steps import Steps
from lrplot.diagnostics import Fault, Source, Span
from lrplot.display import Shown
from lrplot.lazy import dataclass
from lrplot.runs.log import Log, Points
from lrplot.runs.run import Run, group_of, parameter_of
from lrplot.wording import learning_rate, several, share, updates

Infer = Callable[[Log], str | None]  # the spec that a log follows, in words; None if there is none
FEW, MANY = 3, 6  # groups of skipped updates whose number the printed digits leave open
FULL = 5  # windows that a log has, one after the other, if its values are taken for summaries of windows
RARE = 0.1  # of all updates: if more are skipped, other causes are looked for first
FAR = 1e3  # times the peak: a larger difference is not given in percent
GAPS = 2  # usual distances of two rows: a longer part of the run without rows is mentioned


@dataclass(frozen=True)
class Agreement(Shown):
    """A track of a run beside its log.

    `largest` is the largest difference between a logged value and the planned one, `share` that as a share of the
    plan's greatest value, at step `step` of the log on line `line` (0 if the log has no lines). `convention` says which
    update's value a row holds. `skipped` are the updates that mixed precision skipped. If the log does not follow the
    schedule, `causes` says why, the simplest first; of several, each explains all points. `unjudged` says what the
    log cannot show. `groups` are the other tracks that both have.
    """

    run: str
    log: str
    track: str
    points: int
    largest: float
    share: float
    step: int
    line: int
    convention: str
    skipped: tuple[Skip, ...]
    causes: tuple[Cause, ...]
    unjudged: tuple[str, ...]
    groups: tuple[Agreement, ...] = ()
    source: str = field(default="", repr=False)

    @property
    def agrees(self) -> bool:
        """Whether all points of all tracks are those of the schedule."""
        return all(not each.causes for each in self)

    def __iter__(self) -> Iterator[Agreement]:
        """The tracks, the learning rate first."""
        yield self
        yield from self.groups

    def span(self, line: int) -> Span:
        """A line of the log, counted from 1."""
        return Span(Source(self.source), line=line - 1 if line > 0 else None)

    @property
    def sentence(self) -> str:
        """The result in words: one sentence if nothing was skipped and everything was judged."""
        worst = max(self, key=lambda each: each.share)
        points = several(sum(each.points for each in self), "point")
        verb = "follows" if self.agrees else "does not follow"
        far = f"{_of_peak(worst.share)} at step {worst.step:,}" if worst.largest else "0"
        sentences = [f"{self.log} {verb} {self.run}: {points}, largest difference {far}; {self.convention}"]
        if self.skipped:
            sentences.append(f"mixed precision skipped {_skips(self.skipped)}")
        if self.unjudged:
            sentences.append(f"not judged: {'; '.join(self.unjudged)}")
        return ". ".join(each[0].upper() + each[1:] if i else each for i, each in enumerate(sentences)) + "."


def _of_peak(part: float) -> str:
    return f"{share(part, 1)} of the peak" if part < FAR else f"{float(f'{part:.2g}'):,.0f} times the peak"


def _skips(skips: tuple[Skip, ...]) -> str:
    parts = [f"{updates(each.updates)} by step {each.update:,}" for each in skips[:3]]
    return ", ".join(parts) + (f" … ({updates(sum(each.updates for each in skips))} in all)" if skips[3:] else "")


def agree(run: Run, log: Log, infer: Infer | None = None) -> Agreement:
    """Compare the last run in a log with its plan; `Fault` if they cannot be compared.

    `infer` gives the schedule that the log follows, in words, if no simpler cause explains it.
    """
    log = with_steps(run, log)
    points = log.points
    shared = [name for name in run.tracks if name in points.tracks and parameter_of(name) == "lr"]
    if "lr" not in shared:
        raise Fault("the log has no learning rate", code="no-learning-rate")
    first, *others = [_judged(run, log, name, infer if name == "lr" else None) for name in shared]
    return replace(first, groups=tuple(others), unjudged=(*first.unjudged, *_left_out(run, log, shared)))


def _judged(run: Run, log: Log, track: str, infer: Infer | None) -> Agreement:
    points, plan = log.points, Plan(run, track)
    kept = np.flatnonzero(np.isfinite(points.tracks[track].values))
    if not len(kept):
        raise Fault(f"the log has no value of `{track}`", code="no-learning-rate")
    rows, conventions, windows = _conventions(run, log, kept)
    finite = np.logical_and.reduce([_is_finite(plan, each.last(rows)) for each in conventions])
    if not finite.any():
        raise Fault(f"the schedule has no value of `{track}` at the steps of the log", code="no-learning-rate")
    raising = int(np.count_nonzero(~finite))
    kept, rows = kept[finite], rows[finite]
    logged, slack = points.tracks[track].values[kept], points.tracks[track].slack[kept]
    evidence = Evidence(rows, logged, slack, plan.peak, conventions, may_skip=run.may_skip)
    fit = _fitted(plan, evidence, windows)
    causes = list(past_horizon(plan, evidence, fit)) if fit else []
    if fit is None:
        case = Case(plan, evidence, evidence.nearest(plan.values), _clocks(run), _lengths(log))
        causes, fit = _caused(case, windows, log, infer)
    worst = int(fit.differences.argmax())
    return Agreement(
        run=run.name,
        log=log.name,
        track=track,
        points=len(kept),
        largest=float(fit.differences[worst]),
        share=float(fit.differences[worst]) / plan.peak,
        step=int(points.steps[kept[worst]]),
        line=int(points.lines[kept[worst]]),
        convention=_settled(evidence, plan, fit),
        skipped=fit.skips,
        causes=tuple(_placed(causes, fit, evidence, points.lines[kept])),
        unjudged=tuple(_not_covered(plan, fit.convention.last(rows), raising)),
        source=log.source,
    )


def _is_finite(plan: Plan, places: Steps) -> NDArray[np.bool_]:
    """Whether the schedule has a value at some updates; past its end, a scheduler may raise."""
    finite = np.ones(len(places), dtype=np.bool_)
    past = places >= plan.steps
    finite[past] = np.isfinite(plan.values(places[past]))
    return finite


def _fitted(plan: Plan, evidence: Evidence, windows: Sequence[Convention]) -> Fit | None:
    """The convention by which the log follows the plan; None if it does not.

    Skipped updates count only if they are few: in a short log, much can be explained by many.
    """
    if fit := evidence.explained(plan.values):
        return fit
    few = evidence.explained_with_skips(plan.values)
    if few and sum(each.updates for each in few.skips) <= RARE * int(evidence.rows[-1]):
        return few
    if fit := evidence.with_conventions(windows).explained(plan.values):
        return fit
    unsure = evidence.explained_with_skips(plan.values, unsure=FEW)
    return unsure if unsure and sum(each.updates for each in unsure.skips) <= RARE * int(evidence.rows[-1]) else None


def _caused(case: Case, windows: Sequence[Convention], log: Log, infer: Infer | None) -> tuple[list[Cause], Fit]:
    """The causes for which a log does not follow its plan, and the plan beside the log."""
    plan, evidence = case.plan, case.evidence
    causes = causes_of(case)
    smoothed = [each for each in windows if each.width == WINDOW and each.summary != "mean"]
    if not causes and smoothed and _gap(evidence.rows) <= WINDOW and not case.single:
        causes = causes_of(replace(case, evidence=evidence.with_conventions(smoothed)))
    # Several numbers that the rows leave open, if no single number explains them.
    if not causes and (fit := evidence.explained_with_skips(plan.values, unsure=MANY)):
        return [], fit
    causes = causes or [_other(log, infer) or _differs(case)]
    known = next((each.fit for each in causes if each.fit), case.nearest)
    return causes, replace(evidence.compared(plan.values, known.convention), skips=known.skips)


def _placed(causes: Sequence[Cause], fit: Fit, evidence: Evidence, lines: Steps) -> Iterator[Cause]:
    """The causes with the line of the first row that shows them."""
    places = fit.convention.last(evidence.rows)
    apart = int((fit.differences > evidence.allowed).argmax())
    for cause in causes:
        begin = int((places >= cause.update).argmax())
        yield replace(cause, fit=None, line=int(lines[max(apart, begin)]))


def _settled(evidence: Evidence, plan: Plan, fit: Fit) -> str:
    """The convention in words, and whether the log also agrees with the updates beside."""
    words, places = fit.convention.words, fit.convention.last(evidence.rows)
    if not fit.agrees or fit.skips:
        return words
    for each in evidence.conventions:
        beside = each.width == fit.convention.width == 1 and not np.array_equal(each.last(evidence.rows), places)
        if beside and evidence.with_conventions([each]).explained(plan.values):
            return f"{words} (the values beside it fit as well)"
    return words


def _conventions(run: Run, log: Log, kept: Steps) -> tuple[Steps, tuple[Convention, ...], tuple[Convention, ...]]:
    """The rows in the plan's own steps, and the conventions that the log may follow: of one update, and of windows."""
    points = log.points
    rows = points.steps[kept]
    by_epochs = run.timebase.unit == "epochs" and run.timebase.rates.steps_per_epoch == 1
    match log.unit:
        case "epochs":
            length = _epoch(run, log, rows)
            return rows, tuple(of_epochs(length, bool(rows[0] > 0))), ()
        case _ if by_epochs:
            rows = _epochs_of(log, points, kept)
            return rows, tuple(of_epochs(1, bool(rows[0] > 0))), ()
        case "updates":
            pass
        case "batches":
            setting = run.settings.get("accumulate")
            if setting and isinstance(setting.value, int) and setting.value > 1:
                return rows // setting.value, of_updates("batches"), ()
        case unit:
            per = run.per_step(unit)
            return (rows * per.denominator) // per.numerator, of_updates(unit), ()
    gap = _gap(rows)
    widths = [each for each in (WINDOW, gap, 2 * gap) if each * FULL <= rows[-1]]
    return rows, of_updates(), tuple(of_windows(*widths))


def _gap(rows: Steps) -> int:
    """The usual distance of two rows."""
    return int(np.median(np.diff(rows))) if len(rows) > 1 else 1


def _epoch(run: Run, log: Log, rows: Steps) -> int:
    """The updates of an epoch: known, or those that divide the run into the epochs that the log states or has."""
    if run.timebase.rates.has("epochs"):
        return run.timebase.epoch()
    ends = (log.stated.get("epochs", 0), int(rows[-1]) + 1, int(rows[-1]))
    for epochs in ends:
        if epochs > 0 and run.steps % epochs == 0:
            return run.steps // epochs
    help = "add `--set steps_per_epoch=…`"
    raise Fault(
        "the log counts epochs, and the plan does not say how long one is", help=help, code="missing-conversion"
    )


def _epochs_of(log: Log, points: Points, kept: Steps) -> Steps:
    """The epoch of each row of a log that counts updates, for a plan that moves once an epoch."""
    if points.epochs is not None and np.isfinite(points.epochs[kept]).all():
        return np.floor(points.epochs[kept]).astype(np.int64)
    steps, epochs = log.stated.get("steps", 0), log.stated.get("epochs", 0)
    if epochs and steps and steps % epochs == 0:
        return points.steps[kept] // (steps // epochs)
    help = "add `--set steps_per_epoch=…`"
    raise Fault("the log counts updates, and the plan only epochs", help=help, code="missing-conversion")


def _clocks(run: Run) -> tuple[int, ...]:
    """Numbers of steps per update that follow from the run: updates in an epoch, batches in an update, devices."""
    found = [run.timebase.epoch()] if run.timebase.rates.has("epochs") else []
    for name in ("accumulate", "devices"):
        setting = run.settings.get(name)
        found += [setting.value] if setting and isinstance(setting.value, int) else []
    return tuple(each for each in found if each > 1)


def _lengths(log: Log) -> tuple[int, ...]:
    """The length of the run that the log states."""
    return (log.stated["steps"],) if log.stated.get("steps") else ()


def _other(log: Log, infer: Infer | None) -> Cause | None:
    words = infer(log) if infer else None
    if words is None:
        return None
    statement = f"the log follows another schedule: {words}"
    help = "look for the config that the run was started with; `lrplot infer LOG` writes the schedule as a spec"
    return Cause("log-other", None, statement, help)


def _differs(case: Case) -> Cause:
    fit, row = case.nearest, case.first
    update = int(fit.convention.last(case.evidence.rows[row : row + 1])[0])
    planned = float(fit.convention.values(case.plan.values, case.evidence.rows[row : row + 1])[0])
    where = f"from update {update:,} on" if row else "from the first point on"
    values = f"{learning_rate(float(case.evidence.logged[row]))} for {learning_rate(planned)}"
    statement = f"the log differs from the schedule {where}, {values} there, and no cause was found"
    return Cause("log-differs", float(update), statement, "look for what changed the learning rate there", update)


def _not_covered(plan: Plan, places: Steps, raising: int) -> Iterator[str]:
    """The parts of the run that the log does not show, and the points that the plan does not have."""
    first, last = int(places[0]), int(places[-1])
    gap = GAPS * _gap(places)
    if plan.warmup and last < plan.warmup:
        yield f"everything after the warmup: the log ends at update {last:,} of {plan.steps:,}"
    elif last + gap < plan.steps - 1:
        yield f"updates after {last:,} of {plan.steps:,}"
    if len(places) > 1 and first > gap:
        yield f"updates before {first:,}"
    if count := int(np.count_nonzero(places > plan.steps)):
        yield f"the length of the run: {several(count, 'point')} lie past its {updates(plan.steps)}"
    if raising:
        yield f"{several(raising, 'point')} where the scheduler raises"


def _left_out(run: Run, log: Log, shared: list[str]) -> Iterator[str]:
    """The groups and runs that are not compared."""
    planned = [group_of(each) for each in run.tracks if parameter_of(each) == "lr" and each not in shared]
    logged = [group_of(each) for each in log.points.tracks if parameter_of(each) == "lr" and each not in shared]
    for groups, words in ((planned, "which the log does not have"), (logged, "which the plan does not have")):
        if groups:
            names = ", ".join(f"`{each}`" for each in groups[:3]) + (" …" if groups[3:] else "")
            yield f"{several(len(groups), 'group')}, {words}: {names}"
    if before := len(log.runs) - 1:
        yield f"{several(before, 'run')} before the last one in the log"
