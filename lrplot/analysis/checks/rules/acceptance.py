"""Findings that a spec accepts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lrplot.analysis.checks.rule import RULES, Finding, accept_rule
from lrplot.analysis.checks.survey import Survey
from lrplot.diagnostics import Fix
from lrplot.text.edits import without
from lrplot.text.tree import Mapping
from lrplot.wording import did_you_mean, swap_of

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
            message, swap = f"there is no finding `{code}` to accept", swap_of(code, RULES)
            fix = Fix.of(setting.span, *swap) if swap else None
            yield Finding(message, setting.span, did_you_mean(code, RULES, LISTED), fix=fix)


@accept_rule("note")
def accepted_for_nothing(survey: Survey, found: Collection[str]) -> Iterator[Finding]:
    """`accept` names a finding that this spec does not have.

    Why: the spec has changed, and a reason that no longer holds would hide a later finding.
    Cure: take it out.
    Source: lrplot's own convention, as of unused suppressions in linters
    """
    for code, setting in survey.run.accept.items():
        if code in RULES and RULES[code].stage != "log" and code not in found:
            message, tree = f"`accept` lists `{code}`, which is not found", survey.run.tree
            fix = without(tree, "accept", code) if isinstance(tree, Mapping) else None
            yield Finding(message, setting.span, "take it out of `accept`", fix=fix)
