"""Weight decay beside the learning rate."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.steps import FARTHEST
from lrplot.wording import updates

BEYOND = 1.05  # times the run: a scale equal to it is no fault


@rule("note")
def weight_decay_timescale(survey: Survey) -> Iterator[Finding]:
    """AdamW's memory of 1/(lr·wd) updates is longer than the run, or shorter than an epoch.

    Why: AdamW's weights are a moving average of its updates over 1/(lr·wd) of them. If that is longer than the
        run, weight decay has almost no effect; if it is shorter than an epoch, the weights no longer depend on the
        start of the epoch.
    Cure: choose a weight decay with 1/(lr·wd) between one epoch and the run. The rule does not apply if `momentum`
        is set, which means SGD.
    Source: Wang & Aitchison 2024 (arXiv:2405.13698)
    """
    decay, peak = survey.constant("weight_decay"), survey.summary.peak
    pull = peak * (decay or 0)  # on the weights, at each update
    if pull <= 0 or "momentum" in survey.run.tracks:
        return
    scale = min(1 / pull, FARTHEST)
    epoch = float(survey.run.timebase.rates.steps_per_epoch or 1)
    if scale > BEYOND * survey.steps:
        beside = f"more than the run's {updates(survey.steps)}: it has almost no effect"
    elif survey.epochs and survey.epochs > 1 and scale < epoch:
        beside = f"less than the {epoch:,.0f} updates per epoch"
    else:
        return
    low, high = 1 / (peak * survey.steps), 1 / (peak * epoch)
    between = f"between {low:.2g} and {high:.2g}" if survey.epochs and survey.epochs > 1 else f"of {low:.2g} or more"
    yield Finding(
        f"weight decay acts over 1/(lr·wd) = {updates(round(scale))}, {beside}",
        survey.run.tracks["weight_decay"].span,
        f"a `weight_decay` {between} acts within the run",
    )
