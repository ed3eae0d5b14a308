"""Findings as text, as JSON, and as annotations of GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lrplot.analysis.checks.rule import SECTIONS, Rule
from lrplot.diagnostics import SEVERITIES, Diagnostic
from lrplot.lazy import dataclass
from lrplot.output.objects import diagnostics_data, json_text
from lrplot.output.terminal.diagnostics import format_diagnostics, format_head
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint
from lrplot.output.text import printable
from lrplot.wording import several

if TYPE_CHECKING:
    from lrplot.analysis.agreement.agree import Agreement

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}  # GitHub's names of the severities


@dataclass(eq=False)
class Checked:
    """A spec as named by the user, and its findings; `bad` if it cannot be read.

    If it was compared with a log, `agreement` is the result, and the findings are those for the log.
    """

    spec: str
    findings: Sequence[Diagnostic]
    bad: bool = False
    agreement: Agreement | None = None


def format_findings(checked: Sequence[Checked], color: bool, width: int | None = None) -> str:
    """Every finding with its place and its cure, then how many there are of each severity.

    For a log, a line says how far it agrees.
    """
    findings = [finding for spec in checked for finding in spec.findings]
    agreements = [f"{printable(spec.agreement.sentence)}\n" for spec in checked if spec.agreement]
    plans = [spec for spec in checked if not spec.agreement]
    summary = (_count(plans) + "\n" if plans else "") + "".join(agreements)
    return (format_diagnostics(findings, color, width) + "\n" if findings else "") + summary


def format_lines(findings: Sequence[Diagnostic], look: Look, start: str = "") -> list[str]:
    """Each finding without its place and its cure, after some words, on as many lines as it takes."""
    lines: list[str] = []
    for finding in findings:
        words = f"{start}{finding.severity}[{finding.code}]: {printable(finding.message)}".split(" ")
        first, *rest = wrap(words, look.width - 3, " ")
        lines += [first.replace(format_head(finding, False), format_head(finding, look.color), 1)]
        lines += [f"  {line}" for line in rest]
    return lines


def _count(checked: Sequence[Checked]) -> str:
    bad = sum(spec.bad for spec in checked)
    faulty = [spec for spec in checked if spec.findings and not spec.bad]
    severities = Counter(finding.severity for spec in faulty for finding in spec.findings)
    specs = several(len(checked), "spec")
    counts = ", ".join(several(severities[each], each) for each in SEVERITIES if severities[each])
    text = f"{counts} in {len(faulty):,} of {specs}" if faulty else f"no findings in {specs}"
    return text + (f"; {bad} cannot be read" if bad else "")


def findings_data(checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """A mapping for each finding."""
    return [data for spec in checked for data in diagnostics_data(spec.findings, spec.spec)]


def format_json(checked: Sequence[Checked]) -> str:
    """The findings as JSON."""
    from lrplot.output.agreement import agreement_data  # which most checks do not need

    agreements = {
        key: value for spec in checked if spec.agreement for key, value in agreement_data(spec.agreement).items()
    }
    return json_text("check", {"specs": len(checked), "findings": findings_data(checked), **agreements})


def format_github(checked: Sequence[Checked]) -> str:
    """The findings as workflow commands, which GitHub shows beside the lines that they name."""
    return "".join(_command(finding) + "\n" for finding in findings_data(checked))


def _command(finding: dict[str, Any]) -> str:
    names = {"file": "file", "line": "line", "column": "col", "endColumn": "endColumn", "code": "title"}
    pairs = [(key, finding[name]) for name, key in names.items() if finding[name] is not None]
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in pairs)
    message = finding["message"] + (f"\n{finding['help']}" if finding["help"] else "")
    return f"::{COMMANDS[finding['severity']]} {properties}::{_message(message)}"


def _message(text: str) -> str:
    return "%0A".join(printable(line) for line in text.replace("%", "%25").split("\n"))


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def format_rule(rule: Rule, color: bool) -> str:
    """The explanation of a rule: its finding, why it matters, the cure, and a source."""
    lines = [f"{paint(rule.code, 'bold', color)}: {printable(rule.reason)}", "", f"Severity: {rule.severity}"]
    lines += [f"{title}: {printable(rule.section(title))}" for title in SECTIONS]
    return "\n".join(lines) + "\n"


def format_rules(rules: Sequence[Rule], color: bool) -> str:
    """The codes of rules, each with its usual severity and its reason, one per line."""
    width = max(len(rule.code) for rule in rules)
    return "".join(
        f"{paint(rule.code.ljust(width), 'bold', color)}  {rule.severity:<7}  {rule.reason}\n" for rule in rules
    )
