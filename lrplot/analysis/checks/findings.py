"""The findings of all rules: for a run, or for a spec that does not load."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from lrplot.analysis.checks.rule import RULES, rules_of
from lrplot.analysis.checks.survey import Survey, surveys
from lrplot.diagnostics import Diagnostic, NotFinite, Span, SpecError, position
from lrplot.runs.run import Run

if TYPE_CHECKING:
    from lrplot.analysis.agreement.agree import Agreement


def load_findings(error: SpecError) -> list[Diagnostic]:
    """Findings for a spec that does not load; raise the error unless every diagnostic is such a finding."""
    found = [finding for rule in rules_of("load") for finding in rule.findings(error.diagnostics)]
    if len(found) < len(error.diagnostics):
        raise error
    return found


def findings(run: Run) -> list[Diagnostic]:
    """The findings for a run in the order of its spec, without those that the spec accepts.

    `SpecError` for a run with a value that is not finite, if it was too long to be evaluated in
    full when it was loaded. A log has none: it plans nothing.
    """
    if run.points:
        return []
    try:
        with np.errstate(all="ignore"):  # a limit that is not finite is no finding
            return _lasting(run) if run.nominal else _findings(run)
    except NotFinite as error:
        raise SpecError(Diagnostic("not-finite", error.message("`lr`"), run.lr.span)) from None


def _lasting(run: Run) -> list[Diagnostic]:
    """The findings for a run of nominal length that hold for a longer run too; without clauses whose numbers change."""
    assert run.nominal is not None
    found = _findings(run)
    codes = {each.code for each in found} | {*run.accept}  # no other rule can say the same of the longer run
    twins = {(each.code, each.span): each for each in _findings(run.nominal.double, codes)}
    return [
        each if each == twin else replace(each, message=_shared(each, twin), fix=None)
        for each in found
        if (twin := twins.get((each.code, each.span)))
    ]


def _shared(finding: Diagnostic, twin: Diagnostic) -> str:
    """The clauses that the messages of two findings begin with alike; what their rule finds if there is none."""
    clauses = zip(finding.message.split("; "), twin.message.split("; "), strict=False)
    alike = [clause for clause, _ in takewhile(lambda pair: pair[0] == pair[1], clauses)]
    reason = RULES[finding.code].reason
    return "; ".join(alike) or reason[:1].lower() + reason[1:].rstrip(".")


def log_findings(agreement: Agreement, run: Run) -> list[Diagnostic]:
    """The findings for a log of a run, without those that the run's spec accepts."""
    found = [finding for rule in rules_of("log") for finding in rule.findings(agreement)]
    return [finding for finding in found if finding.code not in run.accept]


def _findings(run: Run, codes: Collection[str] | None = None) -> list[Diagnostic]:
    """The findings with some codes, by default all."""
    rules = [each for each in rules_of("run") if codes is None or each.code in codes]
    found: list[Diagnostic] = []
    known: set[tuple[str, Span | None]] = set()
    for survey in surveys(run):
        own = [finding for rule in rules for finding in rule.findings(survey)]
        if survey.repeats:  # of its learning rate all is said already
            known |= {(each.code, survey.place) for each in found}
        found += [_in_group(survey.group, each) for each in own if (each.code, each.span) not in known]
        known |= {(each.code, each.span) for each in own}  # groups that share a schedule share its faults
    present = {finding.code for finding in found}
    about = [finding for rule in rules_of("accept") for finding in rule.findings(Survey(run), present)]
    return sorted([each for each in (*found, *about) if each.code not in run.accept], key=position)


def _in_group(group: str, finding: Diagnostic) -> Diagnostic:
    return replace(finding, message=f"group `{group}`: {finding.message}") if group else finding
