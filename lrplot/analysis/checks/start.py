"""The first update."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.subject import Subject
from lrplot.analysis.checks.wording import rate


@rule
def zero_first_update(subject: Subject) -> Iterator[Finding]:
    """The learning rate of the first update is 0, so that update changes nothing.

    Why: the first batch is computed for nothing, and the checkpoint after it equals the initial weights.
    Cure: start the warmup above 0 (`from: 1%`), or one update into it (`skip_zero: true`); in a framework, count
        from `step + 1`.
    Source: huggingface/transformers#34754, google-research/bert#1293, karpathy/nanoGPT#578, pytorch/torchtitan#1261
    """
    found = subject.numbers
    if found.first == 0 < found.peak:
        peak = f"{rate(found.peak)} at update {found.peak_step:,}"
        yield Finding(
            f"the learning rate is 0 at the first update; the peak is {peak}",
            subject.warmup[1],
            _cure(subject),
        )


def _cure(subject: Subject) -> str:
    if not subject.warmup[0]:
        return "let the first value be above 0"
    if all(each.native for each in subject.schedulers):
        return "start one update into the warmup (`skip_zero: true`), or above 0 (`from: 1%`)"
    return "start the warmup above 0, or step the scheduler once before the first update"
