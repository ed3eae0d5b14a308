"""Warm restarts: incomplete cycles, and restarts that never happen."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.curve import Cycle, Segment
from lrplot.curves.cycles import MOST_CYCLES
from lrplot.curves.roles import Role
from lrplot.wording import part_of, quantity

WHOLE = 0.95  # of a cycle
MOST = 5  # ends of cycles that are listed


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
            length = min(segment.stop, each.steps) - segment.start
            last = _cycle(each, segment, length - 1) if length > 0 else None
            done = length - last.start if last else 0
            if last and done < WHOLE * last.length:
                part, unit = survey.counted(each, done, Role.PERIOD)
                whole, _ = survey.counted(each, last.length, Role.PERIOD)
                yield Finding(
                    f"the run ends in cycle {last.number + 1:,}, after {part_of(part, whole, unit)}",
                    each.place(Role.PERIOD, Role.CYCLE_COUNT),
                    f"end the run with a cycle: {_ends(survey, each, segment, last)}",
                )
        field = each.origin.field(Role.CYCLE_COUNT)
        if cycling and each.value(Role.CYCLE_COUNT) == 1 and each.place(Role.CYCLE_COUNT) == each.place():
            message = f"`{each.name}` does not restart: `{field}` is 1 by default"
            yield Finding(message, each.place(), f"add `{field}: 4`, or use the cosine without restarts")


def _cycle(each: Scheduler, segment: Segment, t: int) -> Cycle | None:
    """The cycle that a step of a segment is in; by its arguments if its curve does not tell."""
    period, growth = each.whole(Role.PERIOD), each.value(Role.GROWTH)
    if known := segment.curve.cycle(t):
        return known if period or each.native else None
    if period is None:
        return None
    period = -(-period // segment.times) * segment.every
    mult = 1.0 if growth is None else float(growth)
    if mult == 1:
        return Cycle(t // period, t // period * period, period)
    number, start, length = 0, 0.0, float(period)
    while start + length <= t and number < MOST_CYCLES:
        number, start, length = number + 1, start + length, length * mult
    return Cycle(number, round(start), round(length))


def _ends(survey: Survey, each: Scheduler, segment: Segment, last: Cycle) -> str:
    """The times at which cycles end: the first ones, if that leads past the run's end, or else those around it."""
    ends = [last.start, last.start + last.length]
    if last.number < MOST:
        ends = []
        for _ in range(last.number + 1):
            cycle = _cycle(each, segment, ends[-1] if ends else 0) or last
            ends.append(cycle.start + cycle.length)
    counts = [survey.counted(each, segment.start + end, Role.PERIOD) for end in ends if end > 0]
    listed = [quantity(number, unit).partition(" ")[0] for number, unit in counts[:-1]]
    return f"cycles end after {', '.join([*listed, quantity(*counts[-1])])}"
