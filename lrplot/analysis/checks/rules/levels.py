"""The peak and the floor that a schedule was given."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.rules.clock import miscounted
from lrplot.analysis.checks.rules.ends import cut
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.survey import VISIBLE, Survey
from lrplot.analysis.outline import unheld
from lrplot.curves.anneals import Ramp
from lrplot.curves.roles import Role
from lrplot.curves.wrappers import Clip
from lrplot.engine.extremes import first_step_at
from lrplot.wording import learning_rate, share, updates

FAR = 0.15  # of the base: a peak that is lower by more is well below it
OFF = 0.05  # of the way from peak to floor
LONG = 0.1  # of the run


@rule("warning")
def peak_never_reached(survey: Survey) -> Iterator[Finding]:
    """No update has the peak learning rate that was asked for.

    Why: what was tuned is not what is trained with: the decay starts during the warmup, or the rise is longer than
        the run.
    Cure: let the decay start where the warmup ends (timm: `warmup_prefix: true`), or shorten the rise.
    Source: huggingface/pytorch-image-models#1242; Smith 2017 (arXiv:1506.01186), sec. 3.2
    """
    if survey.warmup[0] >= survey.steps or survey.extremes.peak <= 0:
        return
    highest = survey.extremes.peak
    if base := _far_below(survey):
        yield Finding(
            f"the learning rate never reaches {learning_rate(base)}, its `lr`: it is {learning_rate(highest)} at most, "
            f"{share(highest, base)} of it, at update {survey.extremes.peak_step:,}",
            survey.place,
            "let the decay begin where the warmup ends, and the rise end within the run",
        )
    for each in survey.schedulers:
        target = None if each.together else _peak(survey, each)
        # Cycles that shrink from the first update on are below their maximum by design.
        if each.value(Role.SHRINK) not in (None, 1) and any(part.role is Role.CYCLES for part in each.segments):
            continue
        if target and highest < (1 - VISIBLE) * target and not miscounted(survey, each):
            yield Finding(
                f"the learning rate never reaches {learning_rate(target)}: it is {learning_rate(highest)} at most, "
                f"at update {survey.extremes.peak_step:,}",
                each.place(Role.PEAK, Role.RISE, Role.WARMUP),
                "let the decay begin where the warmup ends, and the rise end within the run",
            )


def _far_below(survey: Survey) -> float | None:
    """The base, if a curve that is computed as a multiple of it stays well below; otherwise None."""
    base, found = survey.track.base, survey.extremes
    # A base of 1 is that of an optimizer whose function gives the learning rate itself.
    if base is None or base == 1 or not survey.relative or survey.rises_to_the_end:
        return None
    # A group's may be a share of the base from the first update on: that is how groups get rates of their own.
    if found.peak >= (1 - FAR) * base or (survey.group and found.peak_step == 0):
        return None
    return base


def _peak(survey: Survey, each: Scheduler) -> float | None:
    """The peak that a scheduler was given, or that a framework's warmup leads to; None if neither is known."""
    if each.native and all(part.role is Role.WARMUP for part in each.segments):
        return None  # if the phase after it begins elsewhere, that is a phase-jump
    given = each.value(Role.PEAK)
    if isinstance(given, tuple):  # one for each parameter group
        given = max(given, default=None)
    if isinstance(given, int | float):
        return float(given)
    if each.native or each.origin.field(Role.PEAK) or not each.origin.field(Role.WARMUP):
        return None
    share = each.value(Role.PEAK_SHARE)
    return None if survey.track.base is None else survey.track.base * (1 if share is None else float(share))


@rule("warning")
def floor_never_reached(survey: Survey) -> Iterator[Finding]:
    """The learning rate stays above the given minimum.

    Why: most of the benefit comes at the end of the decay; a run that stops above its floor does not follow its plan.
    Cure: check what else shapes the curve: the number of cycles, the power, the horizon.
    Source: wandb/senpai#1526; huggingface/pytorch-image-models#2312
    """
    if cut(survey) or any(each.together for each in survey.schedulers):
        return
    for each in survey.schedulers:
        floor, found = each.value(Role.FLOOR), survey.extremes
        if not isinstance(floor, int | float) or not _aims_at_floor(survey, each):
            continue
        low, _ = survey.between(found.peak_step, survey.steps)
        # A scheduler stepped once per epoch reaches its floor with the reading after the last.
        lowest = min(low, survey.curve.limit(survey.steps), survey.beyond(survey.steps))
        if lowest - floor > OFF * (found.peak - floor):
            yield Finding(
                f"the learning rate does not fall to {learning_rate(floor)}: "
                f"its lowest value after the peak is {learning_rate(lowest)}",
                each.place(Role.FLOOR),
                "check the number of cycles and the horizon against the run's length",
            )


def _aims_at_floor(survey: Survey, each: Scheduler) -> bool:
    if each.native or not each.last or each.over is None or miscounted(survey, each):
        return False
    return (
        each.over <= survey.steps and survey.warmup[0] < survey.steps
    )  # else other rules report it, or it is hardly cut


@rule("warning")
def floor_early(survey: Survey) -> Iterator[Finding]:
    """A decay is clipped by `min` so early that it is constant for more than a tenth of the run.

    Why: clipping cuts the curve off at the floor; the decay below it was planned and never happens.
    Cure: `to` rescales the decay so that it reaches the floor at its end.
    Source: EleutherAI/gpt-neox#1008
    """
    for segment in survey.segments:
        curve, start, stop = unheld(segment.curve), segment.start, min(segment.stop, survey.steps)
        if not isinstance(curve, Clip) or not isinstance(curve.curve, Ramp) or start >= stop or not segment.origin:
            continue
        if survey.at(stop - 1) != curve.low or survey.at(start) <= curve.low:
            continue
        first = first_step_at(survey.curve, start, stop, curve.low)
        if stop - first > LONG * survey.steps:
            yield Finding(
                f"`min` {learning_rate(curve.low)} is reached at update {first:,} of {updates(survey.steps)}: "
                f"the learning rate is constant for {share(stop - first, survey.steps)} of the run",
                segment.origin.place(Role.CLIP),
                "`to` in place of `min` spreads the decay over its whole length",
            )
