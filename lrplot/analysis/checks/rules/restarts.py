"""Warm restarts: incomplete cycles, and restarts that never happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.survey import Survey
from lrplot.analysis.outline import unheld
from lrplot.curves.curve import Segment
from lrplot.curves.cycles import MOST_CYCLES
from lrplot.curves.repeat import Repeat
from lrplot.curves.roles import Role

WHOLE = 0.95  # of a cycle


@dataclass(frozen=True)
class Cycles:
    """The number of complete cycles, and the steps `done` of the `last` one's length, in the scheduler's steps."""

    complete: int
    done: float
    last: float

    @property
    def cut(self) -> bool:
        """Whether the last cycle is cut off."""
        return 0 < self.done < WHOLE * self.last


def cycles_in(length: int, period: float, mult: float) -> Cycles:
    """The cycles in a length; each is `mult` times as long as the one before."""
    if mult == 1:
        complete, done = divmod(length, period)
        return Cycles(int(complete), done, period)
    complete, left = 0, float(length)
    while left >= period and complete < MOST_CYCLES:
        complete, left, period = complete + 1, left - period, period * mult
    return Cycles(complete, left, period)


@rule("warning")
def incomplete_restart(survey: Survey) -> Iterator[Finding]:
    """The run ends in the middle of a cycle, or restarts are asked for and there are none.

    Why: warm restarts are evaluated at the end of a cycle; a run that ends within a cycle ends at a high learning rate.
    Cure: end the run where a cycle ends, or choose cycles that fill it.
    Source: Loshchilov & Hutter 2017 (arXiv:1608.03983), sec. 4.1; bghira/SimpleTuner#96; huggingface/transformers#29852
    """
    for each in survey.schedulers:
        cycling = [segment for segment in each.segments if segment.role is Role.CYCLES]
        for segment in cycling:
            if (found := _cycles(each, segment)) and found.cut:
                done = f"after {found.done:,.10g} of its {found.last:,.10g} steps"
                message = f"the run ends in cycle {found.complete + 1:,}, {done}"
                cure = "end the run where a cycle ends, or choose cycles that fill it"
                yield Finding(message, each.place(Role.PERIOD, Role.CYCLE_COUNT), cure)
        field = each.origin.field(Role.CYCLE_COUNT)
        if cycling and each.value(Role.CYCLE_COUNT) == 1 and each.place(Role.CYCLE_COUNT) == each.place():
            message = f"`{each.name}` does not restart: `{field}` is 1 by default"
            yield Finding(message, each.place(), f"add `{field}: 4`, or use the cosine without restarts")


def _cycles(each: Scheduler, segment: Segment) -> Cycles | None:
    """The cycles in a segment of the run; None if their length is not known."""
    length = min(segment.stop, each.steps) - segment.start
    if length <= 0:
        return None
    curve = unheld(segment.curve)
    if isinstance(curve, Repeat):
        return cycles_in(min(length, curve.total), curve.period, 1)
    period, growth = each.whole(Role.PERIOD), each.value(Role.GROWTH)
    if period is None:
        return None
    readings = -(-length // segment.every) * segment.times
    return cycles_in(readings, period, 1.0 if growth is None else float(growth))
