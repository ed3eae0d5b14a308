"""Findings for a resumed run: how it differs from its plans, and the cure.

Findings come from the values: those that the run really gets, those of the old plan and those of the changed one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrplot.analysis.resume import BroughtBack, Restore, Resumption, advice, brought_back, resume
from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.diagnostics import Diagnostic, Fault, Severity
from lrplot.engine.evaluate import raw_values
from lrplot.engine.extremes import spread
from lrplot.lazy import dataclass
from lrplot.runs.run import group_of, parameter_of
from lrplot.wording import learning_rate, updates

VISIBLE = 0.1  # of the peak: a smaller jump or climb is not worth a word
SAME = 1e-9  # of the peak
EXAMINED = 1 << 18  # further updates that are examined one by one; of more, this many evenly spread
COMPARED = 1 << 12  # those of other ways to restore
FEWEST = 3  # updates of a stretch that is worth a word
MOST_NAMED = 4  # arguments that come back


Statement = tuple[str, Severity, str]  # code, severity and message


@dataclass(eq=False)
class View:
    """Values of one group at the examined updates `t`, counted from the one at which the run is resumed.

    `real` are those that the run gets, and `old` and `new` those of the plans at the same updates. `peak` is the
    greatest value of either plan.
    """

    at: int
    t: Steps
    real: Floats
    old: Floats
    new: Floats
    peak: float

    def update(self, index: int) -> str:
        """The update of the run at an index."""
        return f"{self.at + int(self.t[index]):,}"

    def follows(self, plan: Floats, first: int) -> bool:
        """Whether the real values are a plan's from an index on."""
        gap = np.abs(self.real[first:] - plan[first:])
        return bool((gap <= SAME * self.peak).all())


def findings(resumption: Resumption) -> list[Diagnostic]:
    """The findings in a resumed run, those of the run's own learning rate first."""
    if resumption.new.steps <= resumption.at:
        message = f"the run has {updates(resumption.new.steps)}, and {resumption.at:,} are done: no update is left"
        return [Diagnostic("resume-ended", message, help="give a longer run: `--set steps=…`", severity="note")]
    found = [*_raises(resumption), *_missing(resumption)]
    seen: set[str] = set()
    for name in resumption.curves:
        if parameter_of(name) != "lr" or (view := view_of(resumption, name)) is None:
            continue
        where = f"group `{group_of(name)}`: " if group_of(name) else ""
        for code, severity, message in _statements(view):
            if code not in seen:
                found.append(Diagnostic(code, where + message, severity=severity))
        seen |= {finding.code for finding in found}
    return [*found, *_course(resumption)]


def view_of(resumption: Resumption, track: str, most: int | None = None) -> View | None:
    """The values of a track, at `EXAMINED` updates unless at most N; None if no update follows."""
    most = EXAMINED if most is None else most
    count = resumption.stop - resumption.at
    if count <= 0:
        return None
    if count <= most:
        t = np.arange(count, dtype=np.int64)
    else:
        t = ascending(np.concatenate([spread(0, count, most), [0, 1, 2, count - 1]]))
    new = resumption.new.tracks[track].curve
    old = resumption.plan.tracks[track].curve if track in resumption.plan.tracks else new
    peaks = [_peak(curve, run.steps) for curve, run in ((old, resumption.plan), (new, resumption.new))]
    return View(
        resumption.at,
        t,
        raw_values(resumption.curves[track], t),
        raw_values(old, t + resumption.at),
        raw_values(new, t + resumption.at),
        max(peaks) or 1.0,
    )


def _peak(curve: Curve, steps: int) -> float:
    """The greatest magnitude of a plan, up to where it raises."""
    t = np.arange(steps) if steps <= COMPARED else spread(0, steps, COMPARED)
    values = raw_values(curve, t)
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def _raises(resumption: Resumption) -> Iterator[Diagnostic]:
    if raised := resumption.raises:
        left = resumption.new.steps - raised.update
        reason = f"{raised.type}: {raised.message}" if raised.type else raised.message
        message = f"the run raises at update {raised.update:,}, {updates(left)} before its end: {reason}"
        helps = resumption.at == raised.update and advice(resumption)
        yield Diagnostic("resume-raises", message, help=helps or None)


def _missing(resumption: Resumption) -> Iterator[Diagnostic]:
    """The states that a checkpoint's files lack, though they are to be loaded."""
    if resumption.saved is None or not resumption.stateful:
        return
    wanted = resumption.restore.parts(resumption.restored.last_epoch)
    lacks = ["optimizer"] if wanted.optimizer and resumption.saved.groups is None else []
    lacks += ["scheduler"] if wanted.scheduler and resumption.saved.states is None else []
    if lacks:
        message = f"the checkpoint has no state of the {' and the '.join(lacks)}"
        nothing = not (resumption.restored.optimizer or resumption.restored.scheduler)
        message += ": nothing is loaded, and the schedule starts anew" if nothing else ""
        yield Diagnostic("resume-missing", message, severity="warning")


def _statements(view: View) -> Iterator[Statement]:
    """Code, severity and message of each finding in a group's values."""
    yield from _jumps(view)
    yield from _extremes(view)
    yield from _climb(view)
    yield from _stretches(view)


def _jumps(view: View) -> Iterator[Statement]:
    real, least = view.real, VISIBLE * view.peak
    if abs(real[0] - view.old[0]) > least:
        times = f", {real[0] / view.old[0]:.3g} times as high" if view.old[0] and real[0] else ""
        message = f"update {view.update(0)} gets {learning_rate(real[0])}, where the plan has "
        yield "resume-jump", "warning", f"{message}{learning_rate(view.old[0])}{times}"
    elif len(real) > 1 and abs(real[1] - real[0]) > max(least, 2 * abs(view.new[1] - view.new[0])):
        message = (
            f"update {view.update(0)} still gets {learning_rate(real[0])}, "
            f"then update {view.update(1)} jumps to {learning_rate(real[1])}"
        )
        yield "resume-jump", "warning", message


def _finite(values: Floats) -> Floats:
    """The values of a plan before it raises."""
    return values[np.isfinite(values)]


def _extremes(view: View) -> Iterator[Statement]:
    highest, lowest = int(view.real.argmax()), int(view.real.argmin())
    if view.real[highest] > view.peak * (1 + VISIBLE):
        times = f"{view.real[highest] / view.peak:.3g} times the highest rate of either plan"
        message = f"it reaches {learning_rate(view.real[highest])} at update {view.update(highest)}, {times}"
        yield "resume-exceeds", "warning", message
    if view.real[lowest] < 0 <= _finite(view.new).min(initial=0):
        message = f"it falls below 0, to {learning_rate(view.real[lowest])} at update {view.update(lowest)}"
        yield "resume-negative", "error", message


def _climb(view: View) -> Iterator[Statement]:
    """A climb after the lowest value that the changed plan does not have."""
    lowest = int(view.real.argmin())
    after, planned = view.real[lowest:], _finite(view.new[lowest:])
    highest = int(after.argmax())
    rise, wanted = after[highest] - after[0], planned.max() - planned[0] if len(planned) else 0.0
    if rise > VISIBLE * view.peak and rise > 2 * wanted:
        message = (
            f"from update {view.update(lowest)} on it climbs, from {learning_rate(after[0])} to "
            f"{learning_rate(after[highest])} at update {view.update(lowest + highest)}"
        )
        yield "resume-climbs", "warning", message


def _stretches(view: View) -> Iterator[Statement]:
    """A last stretch of one value, and one of 0 before it, that the changed plan does not have."""
    changes = np.flatnonzero(np.diff(view.real) != 0) + 1
    starts = np.concatenate([[0], changes])
    stops = np.append(changes, len(view.real))
    last = int(starts[-1])
    planned = _finite(view.new[last:])
    moves = len(planned) == 0 or np.ptp(planned) > SAME * view.peak
    if len(view.real) - last >= FEWEST and moves:
        value = view.real[last]
        size = updates(int(view.t[-1] - view.t[last]) + 1)
        message = f"it stays at {learning_rate(value)} from update {view.update(last)} to the end, {size}"
        if value == 0:
            yield "resume-zero", "error", message
        else:
            yield "resume-holds", "warning", message
        return
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        if stop - start >= FEWEST and view.real[start] == 0 and np.any(view.new[start:stop] != 0):
            size = updates(int(view.t[stop - 1] - view.t[start]) + 1)
            yield "resume-zero", "warning", f"it is 0 from update {view.update(start)} on, for {size}"
            return


def _course(resumption: Resumption) -> Iterator[Diagnostic]:
    """The plan that the run follows, the arguments that came back, and the nearest way of restoring."""
    view = view_of(resumption, "lr")
    if view is None:
        return
    changed = is_changed(resumption)
    if resumption.raises is None and (first := _first_followed(view)) is not None:
        plan = "changed plan" if changed else "plan"
        text = f"the run goes on exactly as the {plan}" if not first else ""
        text = text or f"update {view.update(0)} is stale; from update {view.update(1)} on, the run follows the {plan}"
        yield Diagnostic("resume-follows", text, severity="note")
        return
    old = view.follows(view.old, 1) and changed
    if old:
        text = f"the change has no effect from update {view.update(min(1, len(view.t) - 1))} on: the old plan goes on"
    else:
        gap = np.abs(view.real - view.new)
        worst = int(np.nanargmax(gap)) if np.isfinite(gap).any() else 0
        plan = "changed plan" if changed else "plan"
        text = (
            f"the run does not follow the {plan}: at update {view.update(worst)} it gets "
            f"{learning_rate(view.real[worst])}, not {learning_rate(view.new[worst])}"
        )
    back = brought_back(resumption)
    named = ", ".join(f"`{each.name}` {_shown(each.saved)} (not {_shown(each.wanted)})" for each in back[:MOST_NAMED])
    more = f" and {len(back) - MOST_NAMED} more" if len(back) > MOST_NAMED else ""
    if back:
        text += f"; the checkpoint brings back {named}{more}"
    yield Diagnostic(
        "resume-differs", text, help=_cure(resumption, back, "changed plan" if changed else "plan"), severity="warning"
    )


def _first_followed(view: View) -> int | None:
    """The index from which on the run follows the changed plan, 0 or 1; None if it does not."""
    return next((first for first in (0, 1) if first < len(view.t) and view.follows(view.new, first)), None)


def is_changed(resumption: Resumption) -> bool:
    """Whether the changed plan differs from the old one at any further update."""
    view = view_of(resumption, "lr")
    return view is not None and not np.allclose(view.old, view.new, rtol=1e-12, atol=0.0, equal_nan=True)


def _cure(resumption: Resumption, back: list[BroughtBack], plan: str) -> str:
    """The way of restoring that follows the changed plan; without one, what to do by hand."""
    ways = [(each, False) for each in Restore] + [(Restore.optimizer, True)]
    for first in (0, 1):
        for restore, last_epoch in ways:
            try:
                other = resume(resumption.plan, resumption.new, resumption.at, restore, last_epoch, resumption.saved)
            except Fault:
                continue
            view = view_of(other, "lr", COMPARED)
            if other.raises is None and view and _first_followed(view) == first:
                option = f"--restore {restore}" + (" --last-epoch" if last_epoch else "")
                when = f"from update {view.update(first)} on"
                return f"restore differently: `{option}` follows the {plan} {when} ({_meaning(restore, last_epoch)})"
    parts = []
    if back:
        settings = ", ".join(
            "the groups' `lr` and `scheduler.base_lrs`"
            if each.name == "lr"
            else f"`{each.place} = {_shown(each.wanted)}`"
            for each in back[:MOST_NAMED]
        )
        parts.append(f"set what comes back after loading ({settings})")
    if words := advice(resumption):
        parts.append(words)
    return f"no way of restoring follows the {plan} exactly" + (f": {', or '.join(parts)}" if parts else "")


def _shown(value: object) -> str:
    """An argument as it is written; a whole number without its decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _meaning(restore: Restore, last_epoch: bool) -> str:
    """A way of restoring in words."""
    if last_epoch:
        return "load the optimizer's state, then build the scheduler with `last_epoch`"
    words = {
        Restore.both: "load both states",
        Restore.optimizer: "load the optimizer's state only",
        Restore.scheduler: "load the scheduler's state only",
        Restore.none: "load neither state",
    }
    return words[restore]
