"""Handovers from one phase to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.curve import Segment
from lrplot.curves.roles import Role
from lrplot.wording import learning_rate, updates

JUMP = 0.02  # of the peak


@rule("warning")
def phase_jump(survey: Survey) -> Iterator[Finding]:
    """A warmup leads to one value, and the next phase starts at another.

    Why: a learning rate that jumps where the warmup ends undoes the warmup, or throws away a part of the peak.
    Cure: leave out `from`, so that the phase starts where the one before ended; in a framework, end the warmup at the
        scheduler's milestone.
    Source: deepseek-ai/DeepSpec#32, PaddlePaddle/PaddleDetection#4611, huggingface/transformers#4940
    """
    running = [each for each in survey.segments if each.start < min(each.stop, survey.steps)]
    for before, after in pairwise(running):
        # Inside a scheduler a peak may lie between two updates, as 1cycle's does.
        if (before.origin is after.origin and before.role is not Role.WARMUP) or before.role is Role.AFTER:
            continue
        start = after.start
        leads, starts = survey.curve.limit(start), survey.at(start)
        if _rises(survey, before) and _jumps(survey, start) and not (starts < leads and _rises(survey, after)):
            yield Finding(
                f"`{before.name}` leads to {learning_rate(leads)}, and `{after.name}` starts at "
                f"{learning_rate(starts)}, at update {start:,}",
                after.origin.place(Role.START) if after.origin else survey.place,
                "let the phase start where the one before it ended",
            )


def _rises(survey: Survey, segment: Segment) -> bool:
    return survey.visible(survey.curve.limit(min(segment.stop, survey.steps)) - survey.at(segment.start))


def _jumps(survey: Survey, start: int) -> bool:
    """Whether the change at an edge is larger than those around it; a curve held for an epoch changes at each epoch."""
    least = JUMP * survey.summary.peak
    # A peak between two updates is no jump: only the limit of the rise is off.
    if abs(survey.at(start) - survey.curve.limit(start)) <= least:
        return False
    pace = survey.pace
    if start > 1 and survey.at(start - 1) == survey.at(start - 2):  # it rises, and is held
        if not survey.epochs:
            return False
        pace = survey.run.timebase.epoch()
    steps = (start - 1 - pace, start - 1, start, start + pace)
    values = [survey.at(max(0, min(step, survey.steps - 1))) for step in steps]
    usual = max(abs(values[1] - values[0]), abs(values[3] - values[2]))
    return abs(values[2] - values[1]) > max(least, 1.5 * usual)


@rule("warning")
def idle_phase(survey: Survey) -> Iterator[Finding]:
    """A phase has no update: its length is 0, or it starts after the run's end.

    Why: the phase has no effect, often a cooldown or a decay; the phases before it take the whole run.
    Cure: make the phases before it shorter, the run longer, or leave it out.
    Source: PrimeIntellect-ai/prime-rl#968, pytorch/torchtitan#950
    """
    if survey.warmup[0] >= survey.steps:
        return
    for each in survey.schedulers:
        if each.start >= survey.steps:
            why = f"it starts at update {each.start:,}, and the run has {updates(survey.steps)}"
        elif each.start == each.stop:
            why = "its length is 0"
        else:
            continue
        yield Finding(
            f"`{each.name}` never runs: {why}", each.place(Role.HORIZON), "shorten what comes before, or leave it out"
        )
    yield from _empty(survey)


def _empty(survey: Survey) -> Iterator[Finding]:
    """Schedulers of a framework that take over from each other at the same time."""
    origin = survey.track.origin
    times = origin.value(Role.HANDOVERS) if origin else None
    if origin is None or not isinstance(times, tuple):
        return
    for index, (start, stop) in enumerate(pairwise((0, *times))):
        if stop <= start:
            message = f"scheduler {index + 1} of `{origin.name}` never runs: its length is 0"
            yield Finding(message, origin.place(Role.HANDOVERS), "move its end, or leave it out")
