"""Findings as SARIF 2.1.0, which GitHub's code scanning and editors read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lrplot.analysis.checks.rule import RULES, Rule
from lrplot.output.checked import Report
from lrplot.output.objects import DiagnosticData, EditData, findings_data
from lrplot.output.writers import findings_format
from lrplot.wording import MANUAL

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@findings_format("sarif")
def write_sarif(report: Report) -> str:
    """One run of lrplot with its rules, and a result for each finding; a severity is SARIF's level."""
    rules = [RULES[code] for code in sorted(RULES)]
    index = {rule.code: number for number, rule in enumerate(rules)}
    driver = {
        "name": "lrplot",
        "version": report.version,
        "informationUri": MANUAL,
        "rules": [_rule(rule) for rule in rules],
    }
    results = [_result(finding, index) for finding in findings_data(report.specs)]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.reason},
        "fullDescription": {"text": rule.section("Why")},
        "help": {"text": rule.section("Cure")},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: DiagnosticData, index: dict[str, int]) -> dict[str, Any]:
    """A finding, or a fault of a spec that cannot be read, which has no rule."""
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file or "")}}
    if finding.line is not None:
        place["region"] = {"startLine": finding.line, "startColumn": finding.column, "endColumn": finding.endColumn}
    text = finding.message + (f"\n{finding.help}" if finding.help else "")
    known = {"ruleIndex": index[finding.code]} if finding.code in index else {}
    result = {
        "ruleId": finding.code,
        **known,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
    return {**result, "fixes": [_fix(finding.fix, finding.help or text)]} if finding.fix else result


def _fix(fix: EditData, help: str) -> dict[str, Any]:
    places = {"startLine": fix.line, "startColumn": fix.column, "endLine": fix.endLine, "endColumn": fix.endColumn}
    change = {
        "artifactLocation": {"uri": _uri(fix.file)},
        "replacements": [{"deletedRegion": places, "insertedContent": {"text": fix.text}}],
    }
    return {"description": {"text": help}, "artifactChanges": [change]}


def _uri(name: str) -> str:
    """A relative reference for a relative path, a `file:` URI for an absolute one."""
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")
