"""Parameter groups whose settings are ignored."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey
from lrplot.runs.run import group_of
from lrplot.wording import learning_rate


@rule("warning")
def group_lr_ignored(survey: Survey) -> Iterator[Finding]:
    """The scheduler overwrites the learning rate that a parameter group has in the optimizer.

    Why: OneCycleLR and CyclicLR take their values from their own arguments, so that every group trains with the same.
    Cure: give the group a `schedule` of its own; in code, a list with one value for each group.
    Source: Lightning-AI/pytorch-lightning#4983, pytorch/pytorch#73305
    """
    for name, track in () if survey.group else survey.run.tracks.items():
        if track.unused and track.base is not None:
            group = group_of(name)
            yield Finding(
                f"the `lr` {learning_rate(track.base)} of group `{group}` changes nothing: "
                "the scheduler's own arguments set the learning rate of every group",
                track.unused,
                "give the group a `schedule` of its own",
            )
