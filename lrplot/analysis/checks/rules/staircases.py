"""Drops after the end of the run."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.roles import Role
from lrplot.wording import several

MOST = 4  # milestones that are listed


@rule("warning")
def milestone_past_end(survey: Survey) -> Iterator[Finding]:
    """A milestone is after the run's end, so its drop never happens.

    Why: milestones were written for a longer run, or count epochs where updates are counted.
    Cure: move the milestones into the run, or give them in the unit the scheduler is stepped in.
    Source: galilai-group/stable-worldmodel#280, on horizons in the wrong unit
    """
    for each in survey.schedulers:
        if not each.drops:
            continue
        unit, length = _clock(survey, each)
        if late := [time for time in each.milestones if time > length]:
            listed = _listed(late, each.origin.field(Role.MILESTONES))
            end = "the run's end" if each.stop >= each.steps else "the end of its phase"
            message = f"{listed} after {end}: `{each.name}` has {several(length, unit)}"
            yield Finding(message, each.place(Role.MILESTONES), "move them into the run, or leave them out")
        every = each.whole(Role.EVERY)
        if every is not None and every >= length > 0:
            first = f"its first drop is after {several(every, 'step')}, and it has {several(length, unit)}"
            message = f"`{each.name}` never drops: {first}"
            yield Finding(message, each.place(Role.EVERY), "make the steps shorter, or check what they count")


def _clock(survey: Survey, each: Scheduler) -> tuple[str, float]:
    """The unit that the times of a staircase count, and the number of them until the run or its phase ends."""
    epoch = survey.run.timebase.rates.steps_per_epoch
    if each.value(Role.IN_EPOCHS) and epoch and each.every == 1:
        return "epoch", float(each.readings / epoch)
    return "epoch" if each.every > 1 else "update" if each.times == 1 else "step", each.readings


def _listed(late: list[int], field: str) -> str:
    listed = ", ".join(f"{time:,}" for time in late[:MOST])
    return f"milestone {listed} is" if len(late) == 1 else f"`{field}` {listed} are"
