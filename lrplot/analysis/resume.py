"""The learning rate of a run that is resumed under another plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lrplot.analysis.summary import summarize
from lrplot.curves.curve import Curve
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.wrappers import Lasting
from lrplot.diagnostics import Fault
from lrplot.engine.evaluate import evaluate
from lrplot.runs.run import Run, Track


@dataclass(frozen=True)
class Resumption:
    """A run that follows one plan up to step `at`, and another one from there on.

    `planned` and `resumed` are the learning rates of update `at` under either plan. `rises` is whether
    the learning rate later exceeds its value there.
    """

    run: Run
    at: int
    planned: float
    resumed: float
    rises: bool


def resume(plan: Run, new: Run, at: int) -> Resumption:
    """Follow `plan` up to step `at` and `new` from there on; `Fault` if either has no such step."""
    for run in (plan, new):
        if not 0 <= at < run.steps:
            raise Fault(f"step {at:,} is not in the run of {run.steps:,} updates")
    tracks = {
        name: replace(track, curve=_joined(_planned(plan, name, track), track.curve, at, new.steps))
        for name, track in new.tracks.items()
    }
    before, after = (float(evaluate(run.lr.curve, at, at + 1)[0]) for run in (plan, new))
    tail = Lasting(new.steps - at, new.lr.curve, at)
    rises = summarize(tail, new.steps - at).peak > after * (1 + 1e-9)
    return Resumption(replace(new, name=f"{plan.name}, resumed at {at:,}", tracks=tracks), at, before, after, rises)


def _planned(plan: Run, name: str, track: Track) -> Curve:
    return plan.tracks[name].curve if name in plan.tracks else track.curve


def _joined(before: Curve, after: Curve, at: int, steps: int) -> Curve:
    phases = (Phase("as planned", Lasting(at, before)), Phase("resumed", Lasting(steps - at, after, at)))
    return Sequence(steps, phases, open=True)
