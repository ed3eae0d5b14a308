"""Findings as JUnit XML, which CI systems show as tests: a suite for each spec, a case for each finding."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from lrplot.diagnostics import Diagnostic
from lrplot.output.checked import Checked, Report
from lrplot.output.text import printable
from lrplot.output.writers import findings_format


@findings_format("junit")
def write_junit(report: Report) -> str:
    """A finding fails its case, an error in reading the spec is one of the case; a note passes, unless it fails too."""
    suites = "".join(_suite(each, report) for each in report.specs)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="lrplot">\n{suites}</testsuites>\n'


def _suite(spec: Checked, report: Report) -> str:
    failing = sum(report.fails(each) for each in spec.findings)
    counts = f'tests="{len(spec.findings) or 1}" failures="{0 if spec.bad else failing}"'
    counts += f' errors="{failing if spec.bad else 0}"'
    cases = "".join(_case(each, spec, report) for each in spec.findings) or f"    <testcase {_named('check', spec)}/>\n"
    return f"  <testsuite name={_quoted(spec.spec)} {counts}>\n{cases}  </testsuite>\n"


def _case(finding: Diagnostic, spec: Checked, report: Report) -> str:
    place = f"{finding.span}: " if finding.span else ""
    text = escape(_lines(f"{place}{finding.message}" + (f"\n{finding.help}" if finding.help else "")))
    if not report.fails(finding):
        inner = f"<system-out>{text}</system-out>"
    else:
        name = "error" if spec.bad else "failure"
        inner = f"<{name} type={_quoted(finding.severity)} message={_quoted(finding.message)}>{text}</{name}>"
    line = f' line="{finding.span.line + 1}"' if finding.span and finding.span.line is not None else ""
    return f"    <testcase {_named(finding.code, spec)}{line}>\n      {inner}\n    </testcase>\n"


def _named(name: str, spec: Checked) -> str:
    return f"name={_quoted(name)} classname={_quoted(spec.spec)} file={_quoted(spec.spec)}"


def _quoted(text: str) -> str:
    return quoteattr(_lines(text))


def _lines(text: str) -> str:
    """The text without characters that XML lacks."""
    return "\n".join(printable(line) for line in text.split("\n"))
