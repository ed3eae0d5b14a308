"""Warm restarts that are asked for, and what the run makes of them."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.subject import Subject
from lrplot.diagnostics import Span
from lrplot.frozen import frozen
from lrplot.schedules.combinators import Repeat
from lrplot.schedules.curve import Curve
from lrplot.schedules.cycles import MOST_CYCLES, Restarts

WHOLE = 0.95  # of a cycle


@frozen
class Cycles:
    """Whole cycles that fit, and how far the one after them comes: `done` of `last`, in the scheduler's steps."""

    complete: int
    done: float
    last: float

    @property
    def cut(self) -> bool:
        """Whether the last one breaks off."""
        return 0 < self.done < WHOLE * self.last


def cycles_in(length: int, period: float, mult: float) -> Cycles:
    """The cycles of a length, each `mult` times as long as the one before."""
    if mult == 1:
        complete, done = divmod(length, period)
        return Cycles(int(complete), done, period)
    complete, left = 0, float(length)
    while left >= period and complete < MOST_CYCLES:
        complete, left, period = complete + 1, left - period, period * mult
    return Cycles(complete, left, period)


@rule
def incomplete_restart(subject: Subject) -> Iterator[Finding]:
    """The run ends in the middle of a cycle, or restarts are asked for and there are none.

    Why: warm restarts are judged at the end of a cycle; a run that breaks off ends at a high learning rate.
    Cure: end the run where a cycle ends, or choose cycles that fill it.
    Source: Loshchilov & Hutter 2017 (arXiv:1608.03983), sec. 4.1; bghira/SimpleTuner#96; huggingface/transformers#29852
    """
    for found, place in [*_native(subject), *_of_frameworks(subject)]:
        if found.cut:
            done = f"after {found.done:,.10g} of its {found.last:,.10g} steps"
            message = f"the run ends in cycle {found.complete + 1:,}, {done}"
            yield Finding(message, place, "end the run where a cycle ends, or choose cycles that fill it")
    for each in subject.schedulers:
        if "hard_restarts" in each.recipe.name and each.value("num_cycles") == 1 and _unsaid(each, "num_cycles"):
            message = f"`{each.name}` does not restart: `num_cycles` is 1 by default"
            yield Finding(message, each.place(), "add `num_cycles: 4`, or take the cosine without restarts")


def _native(subject: Subject) -> Iterator[tuple[Cycles, Span]]:
    for start, stop, phase in subject.phases:
        length = min(stop, subject.steps) - start
        curve: Curve | None = phase.curve
        while curve is not None and not isinstance(curve, Restarts | Repeat):
            curve = curve.inside
        if phase.recipe is None or "." in phase.recipe.name or length <= 0:
            continue
        if isinstance(curve, Restarts):
            yield cycles_in(length, curve.period, curve.mult), phase.recipe.place("period")
        elif isinstance(curve, Repeat):
            length = min(length, curve.period * curve.times)
            yield cycles_in(length, curve.period, 1), phase.recipe.place("times")


def _of_frameworks(subject: Subject) -> Iterator[tuple[Cycles, Span]]:
    for each in subject.schedulers:
        period = each.whole(each.plan.period)
        if not each.native and period:
            mult = each.value(each.plan.mult) if each.plan.mult else 1
            yield cycles_in(each.readings, period, float(mult)), each.place(each.plan.period)


def _unsaid(each: Scheduler, field: str) -> bool:
    return each.place(field) == each.place()
