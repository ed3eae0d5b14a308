"""Weight decay beside the learning rate."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey
from lrplot.wording import updates


@rule("note")
def weight_decay_timescale(survey: Survey) -> Iterator[Finding]:
    """AdamW's memory of 1/(lr·wd) updates is shorter than an epoch.

    Why: AdamW's weights are a moving average of its updates over 1/(lr·wd) of them. If that is shorter than an epoch,
        the weights no longer depend on the start of the epoch. If it is longer than the run, the initial weights
        survive, which is what fine-tuning wants, and no finding.
    Cure: choose a smaller weight decay, with 1/(lr·wd) of an epoch or more. The rule does not apply if `momentum` is
        set, which means SGD.
    Source: Wang & Aitchison 2024 (arXiv:2405.13698)
    """
    decay, peak, track = survey.constant("weight_decay"), survey.extremes.peak, survey.beside("weight_decay")
    pull = peak * (decay or 0)  # on the weights, at each update
    if track is None or pull <= 0 or survey.beside("momentum") or not survey.epochs or survey.epochs <= 1:
        return
    epoch = float(survey.run.timebase.rates.steps_per_epoch or 1)
    if pull * epoch > 1:
        scale = f"1/(lr·wd) = {updates(round(1 / pull))}"
        yield Finding(
            f"weight decay acts over {scale}, less than the {epoch:,.0f} updates per epoch",
            track.span,
            f"a `weight_decay` of {1 / (peak * epoch):.2g} or less acts for an epoch or more",
        )
