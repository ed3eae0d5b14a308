"""The peak and the floor a schedule was given."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.clock import miscounted
from lrplot.analysis.checks.ends import cut
from lrplot.analysis.checks.plans import TOGETHER
from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.subject import VISIBLE, Subject
from lrplot.analysis.checks.wording import rate, share, updates
from lrplot.engine.extremes import first_step_at
from lrplot.schedules.decays import Anneal, GeometricAnneal
from lrplot.schedules.wrappers import Clip, Hold

OFF = 0.05  # of the way from peak to floor
LONG = 0.1  # of the run


@rule
def peak_never_reached(subject: Subject) -> Iterator[Finding]:
    """No update has the peak learning rate that was asked for.

    Why: what was tuned is not what is trained with: the decay runs on under the warmup, or the rise is longer than
        the run.
    Cure: let the decay start where the warmup ends (timm: `warmup_prefix: true`), or shorten the rise.
    Source: huggingface/pytorch-image-models#1242; Smith 2017 (arXiv:1506.01186), sec. 3.2
    """
    if subject.warmup[0] >= subject.steps:
        return
    for each in subject.schedulers:
        target = _peak(subject, each)
        highest = subject.numbers.peak
        # Triangles that shrink from the first update on are under their maximum by design.
        if each.value("mode") == "exp_range":
            continue
        if target and highest < (1 - VISIBLE) * target and not miscounted(subject, each):
            yield Finding(
                f"the learning rate never reaches {rate(target)}: it is {rate(highest)} at most, "
                f"at update {subject.numbers.peak_step:,}",
                each.place(each.plan.peak, each.plan.warmup),
                "let the decay begin where the warmup ends, and the rise end within the run",
            )


def _peak(subject: Subject, each: Scheduler) -> float | None:
    if not each.plan.peak and (each.native or not each.plan.warmup):
        return None
    given = each.value(each.plan.peak)
    return float(given) if isinstance(given, int | float) else subject.track.base


@rule
def floor_never_reached(subject: Subject) -> Iterator[Finding]:
    """The learning rate never comes near the minimum it was given.

    Why: the end of the decay is where most of its gain is; a run that stops above its floor was planned otherwise.
    Cure: check what else shapes the curve: the number of cycles, the power, the horizon.
    Source: wandb/senpai#1526; huggingface/pytorch-image-models#2312
    """
    if cut(subject) or any(each.recipe.name in TOGETHER for each in subject.schedulers):
        return
    for each in subject.schedulers:
        floor, found = each.value(each.plan.floor), subject.numbers
        if not isinstance(floor, int | float) or not _aims_at_floor(subject, each):
            continue
        low, _ = subject.between(found.peak_step, subject.steps)
        # What is stepped once an epoch comes down with the reading after the last.
        lowest = min(low, found.end, subject.beyond(subject.steps))
        if lowest - floor > OFF * (found.peak - floor):
            yield Finding(
                f"the learning rate never comes down to {rate(floor)}: after its peak it is {rate(lowest)} at least",
                each.place(each.plan.floor),
                "check the number of cycles and the horizon against the run's length",
            )


def _aims_at_floor(subject: Subject, each: Scheduler) -> bool:
    if each.native or not each.last or each.over is None or miscounted(subject, each):
        return False
    if each.over > subject.steps or subject.warmup[0] >= subject.steps:
        return False  # told by other rules, or hardly cut
    return str(each.value("lr_decay_style")) != "constant"  # Megatron's, which wants a floor all the same


@rule
def floor_early(subject: Subject) -> Iterator[Finding]:
    """A decay is clipped by `min` so early that it is flat for more than a tenth of the run.

    Why: clipping bends the curve where it meets the floor; the decay below it was planned and never happens.
    Cure: `to` rescales the decay so that it reaches the floor at its end.
    Source: EleutherAI/gpt-neox#1008
    """
    for start, planned, phase in subject.phases:
        curve, stop = phase.curve, min(planned, subject.steps)
        while isinstance(curve, Hold):
            curve = curve.curve
        if not isinstance(curve, Clip) or not isinstance(curve.curve, Anneal | GeometricAnneal) or start >= stop:
            continue
        if subject.at(stop - 1) != curve.low or subject.at(start) <= curve.low:
            continue
        first = first_step_at(subject.curve, start, stop, curve.low)
        if stop - first > LONG * subject.steps and phase.recipe:
            yield Finding(
                f"`min` {rate(curve.low)} is reached at update {first:,} of {updates(subject.steps)}: "
                f"the learning rate is flat for {share(stop - first, subject.steps)} of the run",
                phase.recipe.place("min"),
                "`to` in place of `min` spreads the decay over its whole length",
            )
