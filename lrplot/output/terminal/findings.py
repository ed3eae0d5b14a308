"""Findings for a person, for a program, and for GitHub."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lrplot.analysis.checks.rule import SECTIONS, Rule
from lrplot.diagnostics import Diagnostic
from lrplot.output.terminal.diagnostics import format_diagnostics
from lrplot.output.terminal.style import paint
from lrplot.output.text import printable


@dataclass(frozen=True)
class Checked:
    """A spec as it was named, and what is wrong with it; `bad` if it could not be read at all."""

    spec: str
    found: Sequence[Diagnostic]
    bad: bool = False


def format_findings(checked: Sequence[Checked], colour: bool) -> str:
    """Every finding with its place and its cure, then how many there are."""
    found = [each for spec in checked for each in spec.found]
    return (format_diagnostics(found, colour) + "\n" if found else "") + _count(checked) + "\n"


def _count(checked: Sequence[Checked]) -> str:
    bad = sum(spec.bad for spec in checked)
    faulty = [spec for spec in checked if spec.found and not spec.bad]
    findings = sum(len(spec.found) for spec in faulty)
    specs = f"{len(checked)} spec" + ("" if len(checked) == 1 else "s")
    said = f"{findings} finding{'' if findings == 1 else 's'} in {len(faulty)} of {specs}"
    return (said if findings else f"no findings in {specs}") + (f"; {bad} cannot be read" if bad else "")


def findings_data(checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """One mapping a finding; line and columns count from 1, and `endColumn` is one past the last."""
    return [{**_words(each), "file": spec.spec, **_place(each)} for spec in checked for each in spec.found]


def _words(found: Diagnostic) -> dict[str, Any]:
    return {"severity": found.severity, "code": found.code, "message": found.message, "help": found.help}


def _place(found: Diagnostic) -> dict[str, Any]:
    span = found.span
    if span is None:
        return {"line": None, "column": None, "endColumn": None}
    where = {"file": span.source.name}
    if span.line is None:
        return {**where, "line": None, "column": None, "endColumn": None}
    return {**where, "line": span.line + 1, "column": span.column + 1, "endColumn": span.end_column + 1}


def format_json(checked: Sequence[Checked]) -> str:
    """The same as JSON."""
    return json.dumps(findings_data(checked), indent=2) + "\n"


def format_github(checked: Sequence[Checked]) -> str:
    """Workflow commands, which GitHub shows as annotations of the lines they name."""
    return "".join(_command(each) + "\n" for each in findings_data(checked))


def _command(found: dict[str, Any]) -> str:
    names = {"file": "file", "line": "line", "column": "col", "endColumn": "endColumn", "code": "title"}
    given = [(key, found[name]) for name, key in names.items() if found[name] is not None]
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in given)
    message = found["message"] + (f"\n{found['help']}" if found["help"] else "")
    return f"::{found['severity']} {properties}::{_message(message)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def format_rule(rule: Rule, colour: bool) -> str:
    """What a rule finds, why it matters, what to do, and who ran into it."""
    lines = [f"{paint(rule.code, 'bold', colour)}: {printable(rule.reason)}", ""]
    lines += [f"{title}: {printable(rule.section(title))}" for title in SECTIONS]
    return "\n".join(lines) + "\n"


def format_rules(rules: Sequence[Rule], colour: bool) -> str:
    """Every code with its reason, a line each."""
    width = max(len(rule.code) for rule in rules)
    return "".join(f"{paint(rule.code.ljust(width), 'bold', colour)}  {rule.reason}\n" for rule in rules)
