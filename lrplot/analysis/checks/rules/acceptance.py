"""Findings that a spec accepts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lrplot.analysis.checks.rule import RULES, Finding, accept_rule
from lrplot.analysis.checks.survey import Survey
from lrplot.wording import did_you_mean

LISTED = "`lrplot check --explain all` lists the codes"


@accept_rule("warning")
def unknown_code(survey: Survey, found: Collection[str]) -> Iterator[Finding]:
    """`accept` names a code that does not exist.

    Why: a misspelt code accepts nothing.
    Cure: `lrplot check --explain all` lists the codes.
    Source: lrplot's own convention
    """
    for code, setting in survey.run.accept.items():
        if code not in RULES:
            yield Finding(f"there is no finding `{code}` to accept", setting.span, did_you_mean(code, RULES, LISTED))


@accept_rule("note")
def accepted_for_nothing(survey: Survey, found: Collection[str]) -> Iterator[Finding]:
    """`accept` names a finding that this spec does not have.

    Why: the spec has changed, and a reason that no longer holds would hide a later finding.
    Cure: take it out.
    Source: lrplot's own convention, as of unused suppressions in linters
    """
    for code, setting in survey.run.accept.items():
        if code in RULES and RULES[code].stage != "log" and code not in found:
            yield Finding(f"`accept` lists `{code}`, which is not found", setting.span, "take it out of `accept`")
