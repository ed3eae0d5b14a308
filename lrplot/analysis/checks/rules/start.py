"""The first update."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey
from lrplot.wording import learning_rate


@rule
def zero_first_update(survey: Survey) -> Iterator[Finding]:
    """The learning rate of the first update is 0, so that update changes nothing.

    Why: the first batch has no effect, and the checkpoint after it equals the initial weights.
    Cure: start the warmup above 0 (`from: 1%`), or one update into it (`skip_zero: true`); in a framework, count
        from `step + 1`.
    Source: huggingface/transformers#34754, google-research/bert#1293, karpathy/nanoGPT#578, pytorch/torchtitan#1261
    """
    found = survey.summary
    if found.first == 0 < found.peak:
        peak = f"{learning_rate(found.peak)} at update {found.peak_step:,}"
        yield Finding(
            f"the learning rate is 0 at the first update; the peak is {peak}",
            survey.warmup[1],
            _cure(survey),
        )


def _cure(survey: Survey) -> str:
    if not survey.warmup[0]:
        return "let the first value be above 0"
    if all(each.native for each in survey.schedulers):
        return "start one update into the warmup (`skip_zero: true`), or above 0 (`from: 1%`)"
    return "start the warmup above 0, or step the scheduler once before the first update"
