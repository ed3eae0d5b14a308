"""Schedules that end before the run does, or after it."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.rules.clock import THROUGH, miscounted
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.roles import Role
from lrplot.diagnostics import Span
from lrplot.wording import learning_rate, share, updates

CUT = 0.05  # of a schedule: a smaller part left out leaves the end nearly where it was planned


@rule
def ends_early(survey: Survey) -> Iterator[Finding]:
    """The schedule is over long before the run, which holds its last value for more than a tenth of it.

    Why: updates at the floor are nearly lost; usually the horizon was copied from a shorter run, or counts the
        warmup twice.
    Cure: give the schedule the run's length, or say that the level stretch is meant: end with `constant`.
    Source: NVIDIA/Megatron-LM#2258, wandb/senpai#1526, huggingface/diffusers#3954
    """
    found = _over_early(survey)
    if found is None:
        return
    over, place = found
    held = survey.at(survey.steps - 1)
    if survey.visible(survey.summary.peak - held):
        yield Finding(
            f"the schedule is over after {over:,} of {updates(survey.steps)}; "
            f"the last {share(survey.steps - over, survey.steps)} of the run stay at {learning_rate(held)}",
            place,
            "give the schedule the run's length; if the level stretch is meant, end with `constant`",
        )


def _over_early(survey: Survey) -> tuple[int, Span] | None:
    """When a schedule ends that leaves more than a tenth of the run to its last value, and where it says so."""
    if any(miscounted(survey, each) for each in survey.schedulers):
        return None
    for each in survey.schedulers:
        if each.over is None or each.over >= THROUGH * survey.steps:
            continue
        if each.last and not each.native and survey.steady(each.over + each.every):
            return each.over, each.horizon_place
    return _native_over(survey)


def _native_over(survey: Survey) -> tuple[int, Span] | None:
    """The same for native kinds, the last of which holds its end value."""
    own = [each for each in survey.schedulers if not each.together]
    if not own or not own[-1].native:
        return None
    segments = [each for each in own[-1].segments if each.role is not Role.AFTER]
    stop = segments[-1].stop
    if segments[-1].role is Role.HOLD and len(segments) > 1 and segments[-2].past is not None:
        stop = segments[-2].stop  # the value after its last row
    return (stop, own[-1].horizon_place) if stop < THROUGH * survey.steps else None


@rule
def cut_short(survey: Survey) -> Iterator[Finding]:
    """The run ends before the schedule does, so the learning rate never comes down to its end.

    Why: a decay that is cut gives up most of what decaying gains; the horizon was copied from a longer run, or
        includes what is not trained.
    Cure: give the schedule the run's length, warmup included or not as the framework counts.
    Source: wandb/senpai#1065, Hoffmann et al. 2022 (arXiv:2203.15556) app. B; Lightning-AI/pytorch-lightning#5631
    """
    for each in cut(survey):
        over = each.over or 0
        last, planned = survey.curve.limit(survey.steps), each.planned
        yield Finding(
            f"`{each.name}` is cut by the run's end after {survey.steps - each.start:,} of {over - each.start:,} "
            f"updates: the learning rate ends at {learning_rate(last)}, not at {learning_rate(planned)}",
            each.horizon_place,
            f"give it the {updates(survey.steps - each.start)} that are left",
        )


def cut(survey: Survey) -> list[Scheduler]:
    """Schedulers whose decay the run's end cuts visibly."""
    found = [each for each in survey.schedulers if each.last and each.over and not each.together]
    found = [each for each in found if not miscounted(survey, each)]
    return [each for each in found if _is_cut(survey, each)]


def _is_cut(survey: Survey, each: Scheduler) -> bool:
    over = each.over or 0
    if over - survey.steps <= CUT * (over - each.start):
        return False
    return survey.visible(survey.curve.limit(survey.steps) - each.planned)


@rule
def rises_again(survey: Survey) -> Iterator[Finding]:
    """The learning rate climbs again after its minimum, because a periodic formula is past its horizon.

    Why: torch's CosineAnnealingLR and the cosine lambdas of transformers go on along the wave; the run ends on a
        rising rate, up to the peak itself.
    Cure: give the horizon the run's length; warm restarts have schedulers of their own.
    Source: pwhofman/probly#557, ScrollPrize/villa#1495, huggingface/diffusers#3954
    """
    for each in survey.schedulers:
        over = each.over
        if each.native or over is None or over >= survey.steps or not each.last:
            continue
        if miscounted(survey, each):
            continue
        lowest, (_, after) = survey.at(over), survey.between(over, survey.steps)
        low, high = survey.between(each.start, over + 1)
        fell = survey.visible(high - lowest) and not survey.visible(lowest - min(low, survey.at(over)))
        if fell and survey.visible(after - lowest):
            yield Finding(
                f"{each.titled} is over after {over:,} of {updates(survey.steps)}, at {learning_rate(lowest)}; "
                f"then the learning rate rises again, to {learning_rate(after)}",
                each.horizon_place,
                f"it makes {each.readings:,} steps in this run; for warm restarts take a scheduler that has them",
            )
