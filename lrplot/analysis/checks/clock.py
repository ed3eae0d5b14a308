"""Schedulers that count something else than what their horizon counts."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.subject import Subject
from lrplot.analysis.checks.wording import share, updates

NEAR = 0.98  # an incomplete last batch of each epoch makes counts differ by a little
THROUGH = 0.9  # of the run; what ends later than that ends with it


@rule
def interval_mismatch(subject: Subject) -> Iterator[Finding]:
    """A horizon in epochs is stepped at each update, or one in updates once an epoch.

    Why: the schedule is over in the first moments of the run and stays at its floor, or climbs again; or the run
        ends before the schedule has begun.
    Cure: say when the scheduler is stepped (`interval: epoch`), or give the horizon in the unit it is stepped in.
    Source: Lightning-AI/pytorch-lightning#5631, galilai-group/stable-worldmodel#280, ScrollPrize/villa#1495
    """
    for each in subject.schedulers:
        if epochs_as_steps(subject, each):
            over = each.over or 0
            message = f"{each.titled} is the run's number of epochs, but it is stepped at each update:"
            message += f" over after {over:,} of {updates(subject.steps)}"
            yield Finding(message, each.place(*each.plan.horizon), _unit_cure(each, subject))
        elif steps_as_epochs(subject, each):
            message = f"{each.titled} is the run's number of updates, but it is stepped once an epoch:"
            message += f" the run ends after {each.readings:,} of them"
            cure = f"step it at each update, or give it {each.readings:,}"
            yield Finding(message, each.place(*each.plan.horizon), cure)


def _unit_cure(each: Scheduler, subject: Subject) -> str:
    if each.native:
        return f"write `{each.horizon} epochs`"
    return f"step it once an epoch (`interval: epoch`), or give it {subject.steps - each.start:,}"


@rule
def stepped_per_process(subject: Subject) -> Iterator[Finding]:
    """The scheduler is stepped several times at each update, so it is through long before the run.

    Why: a scheduler prepared by accelerate is stepped once per process; on 4 GPUs a cosine is over after a quarter of
        the run, and the rest trains at the floor or on a rising rate.
    Cure: do not prepare the scheduler, or give it the run's updates × processes.
    Source: huggingface/accelerate#2926, huggingface/diffusers#3954, Lightricks/LTX-Video-Trainer#67
    """
    for each in subject.schedulers:
        if too_fast(subject, each):
            setting = subject.run.settings.get("scheduler_steps_per_update")
            yield Finding(
                f"the scheduler is stepped {each.times} times at each update: it is over after {each.over or 0:,} of "
                f"{updates(subject.steps)} ({share(each.over or 0, subject.steps)})",
                setting.span if setting else each.place("scheduler_steps_per_update"),
                f"step it once at each update, or give it {each.times} times as many steps",
            )


@rule
def micro_batches(subject: Subject) -> Iterator[Finding]:
    """The horizon counts batches, but with accumulation an update takes several.

    Why: the schedule is only a part of the way down when the run ends; a warmup takes several times as long.
    Cure: divide the scheduler's steps by the number of accumulated batches.
    Source: huggingface/accelerate#963, huggingface/diffusers#4387, Lightning-AI/pytorch-lightning#1476
    """
    for each in subject.schedulers:
        if counts_batches(subject, each):
            k = subject.setting("accumulate")
            yield Finding(
                f"{each.titled} counts batches: the run has {updates(subject.steps)}, of {k} accumulated batches each; "
                f"it ends {share(1, k)} of the way",
                each.place(*each.plan.horizon),
                f"give it {subject.steps:,}",
            )


def miscounted(subject: Subject, each: Scheduler) -> bool:
    """Whether a rule of this file tells why a scheduler does not end with the run."""
    tests = (epochs_as_steps, steps_as_epochs, too_fast, counts_batches)
    return any(test(subject, each) for test in tests)


def epochs_as_steps(subject: Subject, each: Scheduler) -> bool:
    """Whether a horizon is the run's epochs, and counts updates."""
    if each.every > 1 or each.times > 1 or not subject.epochs or each.horizon is None or each.horizon < 2:
        return False
    if each.native and ("for" in each.recipe.notes(each.frame) or each is not subject.schedulers[-1]):
        return False
    return each.horizon == round(subject.epochs) and each.horizon < THROUGH * (subject.steps - each.start)


def steps_as_epochs(subject: Subject, each: Scheduler) -> bool:
    """Whether a horizon is the run's updates, and counts epochs."""
    if each.every == 1 or each.horizon is None or each.horizon <= each.readings:
        return False
    return abs(each.horizon - subject.steps) <= (1 - NEAR) * subject.steps


def too_fast(subject: Subject, each: Scheduler) -> bool:
    """Whether a scheduler that is stepped several times at each update is through before the run ends."""
    if each.times == 1 or each.over is None or each is not subject.schedulers[-1]:
        return False
    return each.over < THROUGH * subject.steps


def counts_batches(subject: Subject, each: Scheduler) -> bool:
    """Whether a horizon is the run's batches, not its updates."""
    k = subject.setting("accumulate")
    if k == 1 or each.every > 1 or each.times > 1 or each.horizon is None:
        return False
    return NEAR * k * subject.steps <= each.horizon <= k * subject.steps
