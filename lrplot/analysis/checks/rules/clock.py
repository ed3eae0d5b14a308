"""Schedulers whose steps are not what their horizon counts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.roles import Role
from lrplot.wording import several, share, updates

NEAR = 0.98  # an incomplete last batch of each epoch makes counts differ by a little
EARLY = 0.1  # of the run: milestones that all lie before it, and would fit the run's epochs, count epochs
NEARLY_ALL = 0.9  # of the run; a schedule that ends later counts as ending with it


@rule("warning")
def interval_mismatch(survey: Survey) -> Iterator[Finding]:
    """A horizon or milestones in epochs are stepped at each update, or a horizon in updates once per epoch.

    Why: the schedule ends in the first few updates and stays at its floor, or rises again; or the run ends before the
        schedule has begun.
    Cure: say when the scheduler is stepped (`interval: epoch`), or give its times in the unit it is stepped in.
    Source: Lightning-AI/pytorch-lightning#5631, galilai-group/stable-worldmodel#280, ScrollPrize/villa#1495
    """
    for each in survey.schedulers:
        if epochs_as_steps(survey, each):
            over = each.over or 0
            message = f"{each.titled} is the run's number of epochs, but it is stepped at each update:"
            message += f" it ends after {over:,} of {updates(survey.steps)}"
            fix = each.refit(each.horizon or 0, " epochs") if each.native else None
            yield Finding(message, each.horizon_place, _unit_cure(each, survey), fix=fix)
        elif steps_as_epochs(survey, each):
            message = f"{each.titled} is the run's number of updates, but it is stepped once per epoch:"
            message += f" the run ends after {several(each.readings, 'epoch')}"
            cure = f"step it at each update, or give it {each.readings:,}"
            yield Finding(message, each.horizon_place, cure)
        elif milestones_as_steps(survey, each):
            last = max(each.milestones)
            field = f"`{each.origin.field(Role.MILESTONES)}`"
            message = (
                f"{field} would fit the run's {several(round(survey.epochs or 0), 'epoch')}, but they count updates:"
            )
            message += f" the last drop is at update {each.start + last:,} of {survey.steps:,}"
            updates_of = round(last * survey.steps / (survey.epochs or 1))
            other = (
                f"write `{last} epochs`" if each.native else f"let them count epochs, or give {updates_of:,} for {last}"
            )
            yield Finding(message, each.place(Role.MILESTONES), other)


def _unit_cure(each: Scheduler, survey: Survey) -> str:
    if each.native:
        return f"write `{each.horizon} epochs`"
    return f"step it once per epoch (`interval: epoch`), or give it {survey.steps - each.start:,}"


@rule("warning")
def stepped_per_process(survey: Survey) -> Iterator[Finding]:
    """The scheduler is stepped several times at each update, so it ends long before the run does.

    Why: a scheduler prepared by accelerate is stepped once per process; on 4 GPUs a cosine ends after a quarter of the
        run, and the rest trains at the floor or at a rising learning rate.
    Cure: do not prepare the scheduler, or give it the run's updates × processes.
    Source: huggingface/accelerate#2926, huggingface/diffusers#3954, Lightricks/LTX-Video-Trainer#67
    """
    for each in survey.schedulers:
        if too_fast(survey, each):
            setting = survey.run.settings.get("scheduler_steps_per_update")
            times, end = stepped(survey, each), each.end or 0
            yield Finding(
                f"the scheduler is stepped {times} times at each update: it ends after {end:,} of "
                f"{updates(survey.steps)} ({share(end, survey.steps)})",
                setting.span if setting else each.place(Role.TIMES),
                f"step it once at each update, or give it {times} times as many steps",
            )


@rule("warning")
def micro_batches(survey: Survey) -> Iterator[Finding]:
    """The horizon counts batches, but with accumulation an update takes several.

    Why: the run ends during the decay; a warmup takes several times as long.
    Cure: divide the scheduler's steps by the number of accumulated batches.
    Source: huggingface/accelerate#963, huggingface/diffusers#4387, Lightning-AI/pytorch-lightning#1476
    """
    for each in survey.schedulers:
        if counts_batches(survey, each):
            k = survey.setting("accumulate")
            yield Finding(
                f"{each.titled} counts batches: the run has {updates(survey.steps)}, of {k} accumulated batches each; "
                f"the run ends at {share(1, k)} of the schedule",
                each.horizon_place,
                f"give it {survey.steps:,}",
                fix=each.refit(survey.steps),
            )


@lru_cache(maxsize=8)  # seven rules ask about the same scheduler
def miscounted(survey: Survey, each: Scheduler) -> bool:
    """Whether a rule of this file reports why a scheduler does not end with the run."""
    tests = (epochs_as_steps, steps_as_epochs, milestones_as_steps, too_fast, counts_batches)
    return any(test(survey, each) for test in tests)


def epochs_as_steps(survey: Survey, each: Scheduler) -> bool:
    """Whether a horizon is the run's number of epochs, but is counted in updates."""
    if each.every > 1 or each.times > 1 or not survey.epochs or each.horizon is None or each.horizon < 2:
        return False
    if each.native and (any("for" in segment.notes for segment in each.segments) or each is not survey.schedulers[-1]):
        return False
    return round(survey.epochs) == each.given and each.horizon < NEARLY_ALL * (survey.steps - each.start)


def steps_as_epochs(survey: Survey, each: Scheduler) -> bool:
    """Whether a horizon is the run's number of updates, but is counted in epochs."""
    if each.every == 1 or each.horizon is None or each.horizon <= each.readings:
        return False
    return abs(each.horizon - survey.steps) <= (1 - NEAR) * survey.steps


def milestones_as_steps(survey: Survey, each: Scheduler) -> bool:
    """Whether the milestones of a decay would fit the run's epochs, but are counted in updates."""
    if each.every > 1 or each.times > 1 or not survey.epochs or not each.drops or each.value(Role.IN_EPOCHS):
        return False
    times = each.milestones
    if not times or each.origin.unit(Role.MILESTONES) != "steps" or max(times) > survey.epochs:
        return False
    first, last = each.start + min(times), each.start + max(times)
    return last <= EARLY * survey.steps and survey.at(last) < survey.at(first - 1)


def too_fast(survey: Survey, each: Scheduler) -> bool:
    """Whether a scheduler that is stepped several times at each update ends before the run does."""
    end = each.end
    if stepped(survey, each) == 1 or end is None or each is not survey.schedulers[-1]:
        return False
    return end < NEARLY_ALL * survey.steps and survey.visible(survey.extremes.peak - survey.extremes.low)


def stepped(survey: Survey, each: Scheduler) -> int:
    """How many times a scheduler is stepped at each update, by the spec: an increment of its own does not count."""
    return max(each.whole(Role.TIMES) or 1, survey.setting("scheduler_steps_per_update"))


def counts_batches(survey: Survey, each: Scheduler) -> bool:
    """Whether a horizon is the run's number of batches, not of updates."""
    k = survey.setting("accumulate")
    if k == 1 or each.every > 1 or each.times > 1 or each.horizon is None:
        return False
    return NEAR * k * survey.steps <= each.horizon <= k * survey.steps
