"""Specs for which a framework raises at some step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lrplot.analysis.checks.rule import Finding, load_rule
from lrplot.diagnostics import Diagnostic


@load_rule("error")
def would_raise(diagnostics: Sequence[Diagnostic]) -> Iterator[Finding]:
    """The framework raises before the run ends.

    Why: the run stops with an error at that update, possibly after hours; OneCycleLR raises if stepped past
        `total_steps`.
    Cure: give the scheduler as many steps as the run takes.
    Source: pytorch/pytorch#38170, vLAR-group/GrowSP#11, A4Bio/PiFold#6
    """
    for each in diagnostics:
        if each.code == "would-raise" and each.span:
            yield Finding(each.message, each.span, each.help or "", fix=each.fix)
