"""Findings as workflow commands of GitHub, which shows them beside the lines that they name."""

from __future__ import annotations

from lrplot.output.checked import Report
from lrplot.output.objects import DiagnosticData, findings_data
from lrplot.output.text import printable
from lrplot.output.writers import findings_format

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}  # GitHub's names of the severities
PROPERTIES = {"file": "file", "line": "line", "column": "col", "endColumn": "endColumn", "code": "title"}


@findings_format("github")
def write_github(report: Report) -> str:
    """A command for each finding."""
    return "".join(f"{_command(finding)}\n" for finding in findings_data(report.specs))


def _command(finding: DiagnosticData) -> str:
    pairs = [(key, value) for name, key in PROPERTIES.items() if (value := getattr(finding, name)) is not None]
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in pairs)
    message = finding.message + (f"\n{finding.help}" if finding.help else "")
    return f"::{COMMANDS[finding.severity]} {properties}::{_message(message)}"


def _message(text: str) -> str:
    return "%0A".join(printable(line) for line in text.replace("%", "%25").split("\n"))


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
