"""Schedules that end before the run does, or after it."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.clock import THROUGH, miscounted
from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.subject import Subject
from lrplot.analysis.checks.wording import rate, share, updates
from lrplot.diagnostics import Span
from lrplot.schedules.stored import Listed

CUT = 0.05  # of a schedule: a smaller part left out leaves the end nearly where it was planned


@rule
def ends_early(subject: Subject) -> Iterator[Finding]:
    """The schedule is over long before the run, which holds its last value for more than a tenth of it.

    Why: updates at the floor are nearly lost; usually the horizon was copied from a shorter run, or counts the
        warmup twice.
    Cure: give the schedule the run's length, or say that the level stretch is meant: end with `constant`.
    Source: NVIDIA/Megatron-LM#2258, wandb/senpai#1526, huggingface/diffusers#3954
    """
    found = _over_early(subject)
    if found is None:
        return
    over, place = found
    held = subject.at(subject.steps - 1)
    if subject.visible(subject.numbers.peak - held):
        yield Finding(
            f"the schedule is over after {over:,} of {updates(subject.steps)}; "
            f"the last {share(subject.steps - over, subject.steps)} of the run stay at {rate(held)}",
            place,
            "give the schedule the run's length; if the level stretch is meant, end with `constant`",
        )


def _over_early(subject: Subject) -> tuple[int, Span] | None:
    """Where a schedule ends that leaves more than a tenth of the run to its last value."""
    if not subject.schedulers or any(miscounted(subject, each) for each in subject.schedulers):
        return None
    for each in subject.schedulers:
        early = each.over is not None and each.over < THROUGH * subject.steps
        if early and each.last and not each.native and subject.steady((each.over or 0) + each.every):
            return each.over or 0, each.place(*each.plan.horizon)
    return _native_over(subject)


def _native_over(subject: Subject) -> tuple[int, Span] | None:
    last = subject.schedulers[-1]
    start, stop, phase = subject.phases[-1]
    if isinstance(phase.curve, Listed):
        stop = min(stop, start + len(phase.curve.rows))
    early = last.native and stop < THROUGH * subject.steps
    return (stop, last.place("for", "file")) if early else None


@rule
def cut_short(subject: Subject) -> Iterator[Finding]:
    """The run ends before the schedule does, so the learning rate never comes down to its end.

    Why: a decay that is cut gives up most of what decaying gains; the horizon was copied from a longer run, or
        includes what is not trained.
    Cure: give the schedule the run's length, warmup included or not as the framework counts.
    Source: wandb/senpai#1065, Hoffmann et al. 2022 (arXiv:2203.15556) app. B; Lightning-AI/pytorch-lightning#5631
    """
    for each in cut(subject):
        over = each.over or 0
        last, planned = subject.curve.limit(subject.steps), _planned(subject, each)
        yield Finding(
            f"`{each.name}` is cut by the run's end after {subject.steps - each.start:,} of {over - each.start:,} "
            f"updates: the learning rate ends at {rate(last)}, not at {rate(planned)}",
            each.place(*each.plan.horizon),
            f"give it the {updates(subject.steps - each.start)} that are left",
        )


def cut(subject: Subject) -> list[Scheduler]:
    """Schedulers whose decay the run's end cuts visibly."""
    found = [each for each in subject.schedulers if each.last and each.over and not miscounted(subject, each)]
    return [each for each in found if _is_cut(subject, each)]


def _is_cut(subject: Subject, each: Scheduler) -> bool:
    over = each.over or 0
    if over - subject.steps <= CUT * (over - each.start):
        return False
    return subject.visible(subject.curve.limit(subject.steps) - _planned(subject, each))


def _planned(subject: Subject, each: Scheduler) -> float:
    """Where a schedule would lead if the run did not end."""
    if each.native:
        own = [phase for _, _, phase in subject.phases if phase.recipe is each.recipe]
        return own[-1].curve.end
    return subject.beyond(each.over or 0)


@rule
def rises_again(subject: Subject) -> Iterator[Finding]:
    """The learning rate climbs again after its minimum, because a periodic formula is past its horizon.

    Why: torch's CosineAnnealingLR and the cosine lambdas of transformers go on along the wave; the run ends on a
        rising rate, up to the peak itself.
    Cure: give the horizon the run's length; warm restarts have schedulers of their own.
    Source: pwhofman/probly#557, ScrollPrize/villa#1495, huggingface/diffusers#3954
    """
    for each in subject.schedulers:
        over = each.over
        if each.native or over is None or over >= subject.steps or not each.last:
            continue
        if each.value(each.plan.periodic) is True or miscounted(subject, each):
            continue
        lowest, (_, after) = subject.at(over), subject.between(over, subject.steps)
        low, high = subject.between(each.start, over + 1)
        fell = subject.visible(high - lowest) and not subject.visible(lowest - min(low, subject.at(over)))
        if fell and subject.visible(after - lowest):
            yield Finding(
                f"{each.titled} is over after {over:,} of {updates(subject.steps)}, at {rate(lowest)}; "
                f"then the learning rate rises again, to {rate(after)}",
                each.place(*each.plan.horizon),
                f"it makes {each.readings:,} steps in this run; for warm restarts take a scheduler that has them",
            )
