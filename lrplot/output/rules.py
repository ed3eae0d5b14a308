"""Rules as data: what each finds, why that matters, and the cure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from lrplot.analysis.checks.rule import Rule
from lrplot.diagnostics import Severity
from lrplot.lazy import dataclass
from lrplot.output.objects import json_text


@dataclass(frozen=True)
class RuleData:
    """A rule of `lrplot check`.

    Args:
        code: the code of its findings
        severity: how bad they usually are
        finds: what it finds
        why: why that matters
        cure: what to do
        source: where people ran into it
        url: its explanation in the manual
    """

    code: str
    severity: Severity
    finds: str
    why: str
    cure: str
    source: str
    url: str


@dataclass(frozen=True)
class RulesData:
    """The JSON that `lrplot check --explain CODE` prints.

    Args:
        rules: the rules
    """

    rules: list[RuleData]


def rules_json(rules: Sequence[Rule]) -> str:
    """The rules as JSON."""
    data = [
        RuleData(
            each.code,
            each.severity,
            each.reason,
            each.section("Why"),
            each.section("Cure"),
            each.section("Source"),
            each.url,
        )
        for each in rules
    ]
    return json_text("rules", asdict(RulesData(data)))
