"""Durations that whole updates cannot give."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.subject import Subject
from lrplot.analysis.checks.wording import updates
from lrplot.schedules.fields import Recipe
from lrplot.schedules.quantities import Span as Duration
from lrplot.schedules.timebase import Timebase
from lrplot.spec.arguments import Argument, durations
from lrplot.spec.call import Call

MOVED = Fraction(5, 100)


@rule
def rounded_away(subject: Subject) -> Iterator[Finding]:
    """Rounding to whole updates changed a duration by more than a twentieth.

    Why: in a short run a warmup of 1% may be half an update, which becomes none or one; frameworks round it each in
        their own way.
    Cure: give the duration in updates.
    Source: unslothai/unsloth#8723, NVIDIA-NeMo/Safe-Synthesizer#704
    """
    recipe, timebase = subject.track.recipe, subject.run.timebase
    for argument in _arguments(recipe) if recipe else ():
        for duration in durations(argument.quantity):
            asked, given = _asked(duration, timebase), timebase.span(duration.amount, duration.unit)
            if asked and abs(given - asked) > MOVED * asked:
                message = f"`{duration}` is {float(asked):.3g} updates, and becomes {given:,}"
                yield Finding(message, argument.span, f"give it in updates: {updates(max(1, given))}")


def _arguments(recipe: Recipe) -> Iterator[Argument]:
    if isinstance(recipe, Call):
        yield from recipe.arguments.given.values()
    for child in recipe.children():
        yield from _arguments(child)


def _asked(duration: Duration, timebase: Timebase) -> Fraction:
    if duration.unit == "%":
        return duration.amount * timebase.steps / 100
    return duration.amount / timebase.rates.per_step(duration.unit)
