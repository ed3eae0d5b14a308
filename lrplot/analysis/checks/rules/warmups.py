"""The length of the warmup."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.rules.clock import miscounted
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.roles import Role
from lrplot.wording import learning_rate, share, updates

LONGEST = 0.2  # of the run
LARGE = 2  # times the first value of the warmup


@rule("warning")
def long_warmup(survey: Survey) -> Iterator[Finding]:
    """The warmup takes more than a fifth of the run, or all of it.

    Why: a default warmup of thousands of updates does not fit a short run: the run ends before the learning
        rate reaches its peak, and the decay never happens.
    Cure: give the warmup as a share of the run: `warmup: 5%`.
    Source: PrimeIntellect-ai/prime-rl#968, Morizeyao/GPT2-Chinese#60, Lightning-AI/pytorch-lightning#5631
    """
    length, place = survey.warmup
    if survey.formless and not length:
        length = survey.rise
    if any(miscounted(survey, each) for each in survey.schedulers):
        return
    if survey.rises_to_the_end:
        message = f"the learning rate rises through all of the run's {updates(survey.steps)}: its warmup never ends"
    elif length >= survey.steps:
        message = f"the warmup takes {updates(length)}, and the run has {survey.steps:,}: it never ends"
    elif length > LONGEST * survey.steps:
        taken = share(length, survey.steps)
        message = f"the warmup takes {length:,} of the run's {updates(survey.steps)}, {taken} of them"
    else:
        return
    yield Finding(message, place, f"5% of the run is {updates(max(1, survey.steps // 20))}")


@rule("note")
def short_adam_warmup(survey: Survey) -> Iterator[Finding]:
    """The warmup is shorter than 2/(1 − β₂) updates, which Adam's second moment takes to settle.

    Why: until then Adam's updates are larger than they will be; 2/(1 − β₂) updates of linear warmup are enough
        in practice (2,000 for 0.999, 40 for 0.95).
    Cure: warm up for that long. The rule does not apply if that is more than a fifth of the run.
    Source: Ma & Yarats 2021 (arXiv:1910.04209)
    """
    beta2, track = survey.constant("beta2"), survey.beside("beta2")
    if beta2 is None or not 0 < beta2 < 1:
        return
    wanted, taken = round(2 / (1 - beta2)), survey.extremes.peak_step
    # A warmup may reach its end with its own last update.
    if taken + 1 < wanted <= LONGEST * survey.steps:
        length, place = survey.warmup
        found = f"reaches its peak at update {taken:,}" if taken else "has no warmup"
        yield Finding(
            f"the learning rate {found}; β₂ = {beta2:g} needs {updates(wanted)} of warmup, 2/(1 − β₂)",
            place if length or track is None else track.span,
            f"`warmup: {wanted}`",
        )


@rule("note")
def unwarmed_first_update(survey: Survey) -> Iterator[Finding]:
    """The first update has more than the warmup starts with, which begins after it.

    Why: a scheduler that is called only after each update leaves the first one to the optimizer's own learning rate,
        and Adam's first update is as large as that.
    Cure: give the optimizer the warmup's first value, or 0.
    Source: speechbrain/core.py, Brain.fit_batch; recipes/LibriSpeech/ASR/transformer/train.py, on_fit_batch_end
    """
    first, *others = survey.segments
    if first.stop != 1 or not others or others[0].role is not Role.WARMUP or survey.steps < 2:
        return
    own, start = survey.at(0), survey.at(1)
    if own > LARGE * start:
        message = (
            f"the first update has {learning_rate(own)}, and the warmup starts after it, with {learning_rate(start)}"
        )
        yield Finding(message, survey.place, f"give the optimizer {learning_rate(start)}")
