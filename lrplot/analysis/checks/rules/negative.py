"""Values below 0."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.stretches import stretches
from lrplot.analysis.checks.survey import Survey
from lrplot.engine.extremes import first_step_at
from lrplot.runs.run import parameter_of
from lrplot.wording import learning_rate

ROUNDING = 1e-9  # of the peak: a value nearer to 0 is rounding


@rule("error")
def negative_value(survey: Survey) -> Iterator[Finding]:
    """The learning rate, or another parameter, is below 0.

    Why: with a negative learning rate the optimizer climbs, and the loss explodes; usually a straight line in a
        function of the user's own continues past its end.
    Cure: end the decay at 0 (`max(0, …)` in a function), and check what its horizon counts.
    Source: ziqi-jin/finetune-anything#57, DLR-RM/rl-baselines3-zoo (hyperparams/ppo.yml)
    """
    found = survey.extremes
    bound = -ROUNDING * abs(found.peak)
    if found.low < bound:
        below = stretches(survey.curve, survey.steps, lambda values: values < bound)
        first = below[0].start if below else found.low_step  # a sample may miss it
        yield Finding(
            f"the learning rate is below 0, first at update {first:,}; "
            f"the lowest value is {learning_rate(found.low)}, at update {found.low_step:,}",
            survey.place,
            "end the decay at 0, and check what its horizon counts",
        )
    for name, track in () if survey.group else survey.run.tracks.items():
        low, high = (0.0, 0.0) if parameter_of(name) == "lr" else survey.between(0, survey.steps, track.curve)
        if low < -ROUNDING * abs(high):
            step = first_step_at(track.curve, 0, survey.steps, low)
            message = f"`{name}` is below 0: its lowest value is {learning_rate(low)}, at update {step:,}"
            yield Finding(message, track.span, "keep it at 0 or above")
