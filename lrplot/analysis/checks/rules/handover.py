"""Jumps: at a handover from one phase to the next, or where nothing in the curve explains them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from lrplot.analysis.checks.jumps import LEAST, Jump, jumps
from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler
from lrplot.analysis.checks.survey import Survey, is_computed, pace_of
from lrplot.curves.curve import Segment
from lrplot.curves.roles import Role
from lrplot.engine.evaluate import raw_values
from lrplot.wording import learning_rate, updates

JUMP = 0.02  # of the peak, after a warmup
BEGINNING = 0.2  # of the run: a constant part before that may be a warmup


@rule("warning")
def phase_jump(survey: Survey) -> Iterator[Finding]:
    """The learning rate jumps: a phase leads to one value and the next one starts at another, or nothing explains it.

    Why: a learning rate that jumps where the warmup ends undoes the warmup, or throws away a part of the peak; one that
        jumps up later undoes the decay.
    Cure: leave out `from`, so that the phase starts where the one before ended; in a framework, end the warmup at the
        scheduler's milestone, and give ConstantLR the rest of the run. In a function, let the parts meet.
    Source: deepseek-ai/DeepSpec#32, PaddlePaddle/PaddleDetection#4611, huggingface/transformers#4940,
        facebookresearch/fairchem#1967
    """
    running = [each for each in survey.segments if each.start < min(each.stop, survey.steps)]
    for before, after in pairwise(running):
        if _is_rough(survey, before, after):
            yield Finding(
                f"`{before.name}` leads to {learning_rate(survey.curve.limit(after.start))}, and `{after.name}` "
                f"starts at {learning_rate(survey.at(after.start))}, at update {after.start:,}",
                after.origin.place(Role.START) if after.origin else survey.place,
                "let one phase end where the next one starts",
            )
    for each in survey.schedulers:
        if not each.together and (step := _jumps_back(survey, each)):
            yield Finding(
                f"`{each.name}` jumps back from {learning_rate(survey.at(step - 1))} to "
                f"{learning_rate(survey.at(step))} at update {step:,}, where its `{each.horizon_field}` ends",
                each.horizon_place,
                f"if it is meant to stay, give `{each.horizon_field}: {each.readings:_}`",
            )
    for segment in running:
        if segment.role is Role.CURVE and is_computed(segment):
            yield from _unexplained(survey, segment)


def _unexplained(survey: Survey, segment: Segment) -> Iterator[Finding]:
    """Jumps inside a curve without an outline, such as a function of the user's."""
    stop = min(segment.stop, survey.steps)
    found = jumps(survey.curve, segment.start, stop, pace_of(segment), survey.extremes.peak)
    found = [each for each in found if not _by_factor(segment, each)]
    if found:
        first = found[0]
        way = "rises" if first.after > first.before else "falls"
        values = f"from {learning_rate(first.before)} to {learning_rate(first.after)}"
        more = f", and jumps {len(found) - 1:,} times more" if len(found) > 1 else ""
        yield Finding(
            f"the learning rate {way} {values} in one update, at update {first.step:,}{more}",
            segment.origin.place() if segment.origin else survey.place,
            "let the parts of the schedule meet there",
        )


def _by_factor(segment: Segment, jump: Jump) -> bool:
    """Whether one of several schedulers that act together is a staircase or a cycle, and jumps there."""
    local = np.array([jump.step - 1, jump.step], dtype=np.int64) - segment.start
    for factor in segment.curve.factors:
        parts = [each for each in factor.curve.segments() if each.start <= local[1] <= each.stop]
        if any(each.role in (Role.STAIRS, Role.CYCLES) for each in parts):
            values = raw_values(factor.curve, local)
            if abs(values[1] - values[0]) > LEAST * abs(values).max():
                return True
    return False


def _is_rough(survey: Survey, before: Segment, after: Segment) -> bool:
    """Whether the handover from one segment to the next is a jump that is not meant."""
    if before.role is Role.AFTER:
        return False
    start = after.start
    leads, starts = survey.curve.limit(start), survey.at(start)
    if before.origin is after.origin and before.role is not Role.WARMUP:
        # Inside a scheduler a peak may lie between two updates, as 1cycle's does; a constant part ends in a decay.
        return before.role is after.role is Role.HOLD and leads - starts > LEAST * survey.extremes.peak
    if _rises(survey, before):
        return _jumps(survey, start, JUMP) and not (starts < leads and _rises(survey, after))
    return _is_stray(survey, before, after, starts > leads) and _jumps(survey, start, LEAST)


def _is_stray(survey: Survey, before: Segment, after: Segment, up: bool) -> bool:
    """Whether a phase that starts elsewhere is no staircase, cycle or warmup, and does not state its start."""
    origin = after.origin
    if before.origin is origin or origin is None or origin.place(Role.START, Role.PEAK) != origin.place():
        return False
    if after.role in (Role.STAIRS, Role.CYCLES, Role.WARMUP):
        return False
    if up and before.origin and before.origin.name == origin.name:  # one after another of its kind: a restart
        return False
    low, high = survey.between(before.start, min(before.stop, survey.steps))
    return not (up and before.start == 0 and low == high)  # a constant warmup


def _jumps_back(survey: Survey, each: Scheduler) -> int | None:
    """The update at which a constant share of the learning rate ends; None if there is none, or if it is a warmup."""
    horizon = each.whole(Role.HORIZON)
    staircase = each.origin.field(Role.MILESTONES, Role.EVERY)
    if horizon is None or staircase or {part.role for part in each.segments} != {Role.STAIRS}:
        return None
    step = each.start + -(-horizon // each.times) * each.every
    if not 0 < step < min(each.stop, survey.steps) or (each.start == 0 and step <= BEGINNING * survey.steps):
        return None
    return step if survey.visible(survey.at(step) - survey.at(step - 1)) else None


def _rises(survey: Survey, segment: Segment) -> bool:
    return survey.visible(survey.curve.limit(min(segment.stop, survey.steps)) - survey.at(segment.start))


def _jumps(survey: Survey, start: int, share: float) -> bool:
    """Whether the change at an edge is larger than those around it; a curve held for an epoch changes at each epoch."""
    least = share * survey.extremes.peak
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
