"""The findings of all rules: for a run, or for a spec that does not load."""

from __future__ import annotations

import numpy as np

from lrplot.analysis.checks.rule import rules_of
from lrplot.analysis.checks.survey import Survey
from lrplot.diagnostics import Diagnostic, NotFinite, SpecError, position
from lrplot.runs.run import Run


def load_findings(error: SpecError) -> list[Diagnostic]:
    """Findings for a spec that does not load; raise the error unless every diagnostic is such a finding."""
    found = [finding for rule in rules_of("load") for finding in rule.findings(error.diagnostics)]
    if len(found) < len(error.diagnostics):
        raise error
    return found


def findings(run: Run) -> list[Diagnostic]:
    """The findings for a run in the order of its spec, without those that the spec accepts.

    `SpecError` for a run with a value that is not finite, if it was too long to be evaluated in
    full when it was loaded.
    """
    try:
        with np.errstate(all="ignore"):  # a limit that is not finite is no finding
            return _findings(run)
    except NotFinite as error:
        raise SpecError(Diagnostic("not-finite", error.message("`lr`"), run.tracks["lr"].span)) from None


def _findings(run: Run) -> list[Diagnostic]:
    survey = Survey(run)
    found = [finding for rule in rules_of("run") for finding in rule.findings(survey)]
    codes = {finding.code for finding in found}
    about = [finding for rule in rules_of("accept") for finding in rule.findings(survey, codes)]
    return sorted([each for each in (*found, *about) if each.code not in run.accept], key=position)
