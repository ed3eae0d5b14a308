"""Findings as SARIF 2.1.0, which GitHub's code scanning and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lrplot.analysis.checks.rule import RULES, Rule
from lrplot.diagnostics import Diagnostic
from lrplot.output.objects import diagnostics_data
from lrplot.output.terminal.findings import Checked

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def format_sarif(checked: Sequence[Checked], version: str) -> str:
    """One run of lrplot with its rules, and a result for each finding; a severity is SARIF's level."""
    rules = [RULES[code] for code in sorted(RULES)]
    index = {rule.code: number for number, rule in enumerate(rules)}
    driver = {"name": "lrplot", "version": version, "rules": [_rule(rule) for rule in rules]}
    results = [_result(finding, spec.spec, index) for spec in checked for finding in spec.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.reason},
        "fullDescription": {"text": rule.section("Why")},
        "help": {"text": rule.section("Cure")},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Diagnostic, spec: str, index: dict[str, int]) -> dict[str, Any]:
    """A finding, or a fault of a spec that cannot be read, which has no rule."""
    (data,) = diagnostics_data([finding], spec)
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(data["file"])}}
    if data["line"] is not None:
        place["region"] = {"startLine": data["line"], "startColumn": data["column"], "endColumn": data["endColumn"]}
    text = finding.message + (f"\n{finding.help}" if finding.help else "")
    known = {"ruleIndex": index[finding.code]} if finding.code in index else {}
    return {
        "ruleId": finding.code,
        **known,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }


def _uri(name: str) -> str:
    """A relative reference for a relative path, a `file:` URI for an absolute one."""
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")
