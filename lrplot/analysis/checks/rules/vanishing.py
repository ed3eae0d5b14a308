"""Decays to next to nothing long before the run ends."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.rules.clock import miscounted
from lrplot.analysis.checks.rules.ends import over_early
from lrplot.analysis.checks.stretches import stretches
from lrplot.analysis.checks.survey import Survey
from lrplot.wording import learning_rate, share, updates

NOTHING = 1e-6  # of the peak: updates that are smaller hardly change a weight in float32
MOST = 0.5  # of the run


@rule("warning")
def vanishing(survey: Survey) -> Iterator[Finding]:
    """The learning rate is below a millionth of its peak for more than half of the run, up to its end.

    Why: such updates are lost in the rounding of the weights. Usually a factor that was meant for each epoch is applied
        at each update, as with a scheduler that is stepped in the wrong loop.
    Cure: say when the scheduler is stepped (`interval: epoch`), or choose a factor nearer to 1 or longer steps.
    Source: lrplot's own convention; Lightning-AI/pytorch-lightning#5631 on schedulers stepped in the wrong unit
    """
    bound = NOTHING * survey.extremes.peak
    if not 0 <= survey.extremes.last < bound or over_early(survey) or _is_zero_at_the_end(survey):
        return
    if any(miscounted(survey, each) for each in survey.schedulers):
        return
    last = stretches(survey.curve, survey.steps, lambda values: values < bound)[-1]
    if last.stop == survey.steps and last.length > MOST * survey.steps:
        yield Finding(
            f"the learning rate is below {learning_rate(bound)}, a millionth of its peak, for the last "
            f"{updates(last.length)}, {share(last.length, survey.steps)} of the run",
            survey.place,
            "choose a factor nearer to 1 or longer steps, or step the scheduler once per epoch",
        )


def _is_zero_at_the_end(survey: Survey) -> bool:
    """Whether zeros end the run, which other rules report."""
    return bool(survey.zeros) and survey.zeros[-1].stop == survey.steps and survey.zeros[-1].length > 1
