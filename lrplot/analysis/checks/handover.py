"""Where one phase hands over to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.subject import Subject
from lrplot.analysis.checks.wording import rate, updates
from lrplot.schedules.combinators import Phase

JUMP = 0.02  # of the peak
Stretch = tuple[int, int, Phase]


@rule
def phase_jump(subject: Subject) -> Iterator[Finding]:
    """A warmup leads to one value, and the next phase starts at another.

    Why: a learning rate that jumps where the warmup ends undoes the warmup, or throws away a part of the peak.
    Cure: leave out `from`, so that the phase starts where the one before ended; in a framework, end the warmup at the
        scheduler's milestone.
    Source: deepseek-ai/DeepSpec#32, PaddlePaddle/PaddleDetection#4611, huggingface/transformers#4940
    """
    running = [each for each in subject.phases if each[0] < min(each[1], subject.steps)]
    for before, after in pairwise(running):
        start, _, phase = after
        leads, starts = subject.curve.limit(start), subject.at(start)
        if (
            before[2].name != "rise"
            and _rises(subject, before)
            and _jumps(subject, start)
            and not (starts < leads and _rises(subject, after))
        ):
            yield Finding(
                f"`{before[2].name}` leads to {rate(leads)}, and `{phase.name}` starts at {rate(starts)}, "
                f"at update {start:,}",
                phase.recipe.place("from") if phase.recipe else subject.place,
                "let the phase start where the one before it ended",
            )


def _rises(subject: Subject, stretch: Stretch) -> bool:
    start, stop, _ = stretch
    return subject.visible(subject.curve.limit(min(stop, subject.steps)) - subject.at(start))


def _jumps(subject: Subject, start: int) -> bool:
    """Whether there is a larger step at an edge than around it; a curve held for an epoch has one at each epoch."""
    least = JUMP * subject.numbers.peak
    # A peak between two updates (1cycle's) is no jump: the rise would have gone on, and only its limit is off.
    if abs(subject.at(start) - subject.curve.limit(start)) <= least:
        return False
    pace = subject.pace
    if start > 1 and subject.at(start - 1) == subject.at(start - 2):  # it rises, and is held
        if not subject.epochs:
            return False
        pace = subject.run.timebase.epoch()
    steps = (start - 1 - pace, start - 1, start, start + pace)
    values = [subject.at(max(0, min(step, subject.steps - 1))) for step in steps]
    usual = max(abs(values[1] - values[0]), abs(values[3] - values[2]))
    return abs(values[2] - values[1]) > max(least, 1.5 * usual)


@rule
def idle_phase(subject: Subject) -> Iterator[Finding]:
    """A phase has no update: its length is 0, or it starts after the run's end.

    Why: what was asked for is not trained with, often a cooldown or a decay; the phases before it take more than the
        run.
    Cure: make the phases before it shorter, the run longer, or leave it out.
    Source: PrimeIntellect-ai/prime-rl#968, pytorch/torchtitan#950
    """
    if subject.warmup[0] >= subject.steps:
        return
    for each in subject.schedulers:
        if each.start >= subject.steps:
            why = f"it starts at update {each.start:,}, and the run has {updates(subject.steps)}"
        elif each.start == each.stop:
            why = "its length is 0"
        else:
            continue
        yield Finding(
            f"`{each.name}` never runs: {why}", each.place("for"), "shorten what comes before, or leave it out"
        )
