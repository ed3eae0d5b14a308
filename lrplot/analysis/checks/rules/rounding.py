"""Durations that rounding to whole updates changes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey
from lrplot.runs.timebase import Timebase
from lrplot.schema.arguments import Argument, durations
from lrplot.schema.quantities import Duration
from lrplot.schema.recipe import Recipe, Use
from lrplot.wording import updates

MOVED = Fraction(5, 100)


@rule("note")
def rounded_away(survey: Survey) -> Iterator[Finding]:
    """Rounding to whole updates changed a duration by more than a twentieth.

    Why: in a short run a warmup of 1% may be half an update, which becomes none or one; frameworks round it each in
        their own way.
    Cure: give the duration in updates.
    Source: unslothai/unsloth#8723, NVIDIA-NeMo/Safe-Synthesizer#704
    """
    origin, timebase = survey.track.origin, survey.run.timebase
    for argument in _arguments(origin.recipe) if isinstance(origin, Use) else ():
        for duration in durations(argument.quantity):
            asked, given = _asked(duration, timebase), timebase.to_steps(duration.amount, duration.unit)
            if asked and abs(given - asked) > MOVED * asked:
                message = f"`{duration}` is {float(asked):.3g} updates, and becomes {given:,}"
                yield Finding(message, argument.span, f"give it in updates: {updates(max(1, given))}")


def _arguments(recipe: Recipe) -> Iterator[Argument]:
    yield from recipe.arguments.given.values()
    for child in recipe.children():
        yield from _arguments(child)


def _asked(duration: Duration, timebase: Timebase) -> Fraction:
    if duration.unit == "%":
        return duration.amount * timebase.steps / 100
    return duration.amount / timebase.rates.per_step(duration.unit)
