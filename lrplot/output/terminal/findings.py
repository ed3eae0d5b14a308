"""Findings as text: each at its place with its cure, or counted by rule; explanations of rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lrplot.analysis.checks.rule import SECTIONS, Rule
from lrplot.diagnostics import SEVERITIES, Diagnostic
from lrplot.output.checked import Checked
from lrplot.output.terminal.diagnostics import COLORS, format_diagnostics, format_head
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import linked, paint
from lrplot.output.text import printable
from lrplot.wording import several


def format_findings(checked: Sequence[Checked], color: bool, width: int | None = None, *, links: bool = False) -> str:
    """Every finding with its place and its cure, then how many there are of each severity.

    For a log, a line says how far it agrees; others name the cures that were written, and those that were not.
    """
    findings = [finding for spec in checked for finding in spec.findings]
    agreements = [f"{printable(spec.agreement.sentence)}\n" for spec in checked if spec.agreement]
    plans = [spec for spec in checked if not spec.agreement]
    summary = (_count(plans) + "\n" if plans else "") + "".join(agreements)
    details = format_diagnostics(findings, color, width, links=links) + "\n" if findings else ""
    return details + _format_cured(checked) + format_refused(checked) + summary


def _format_cured(checked: Sequence[Checked]) -> str:
    """A line for each cure that was written: some change values, which is never done in silence."""
    cured = [each for spec in checked if spec.fixed for each in spec.fixed.cured]
    return "".join(f"{printable(f'fixed: {each.code} at {each.span}: {each.message}')}\n" for each in cured)


def format_refused(checked: Sequence[Checked]) -> str:
    """A line for each cure that was not written, with the reason."""
    refused = [each for spec in checked if spec.fixed for each in spec.fixed.refused]
    lines = (f"not fixed: {each.finding.code} at {each.finding.span}: {each.reason}" for each in refused)
    return "".join(f"{printable(line)}\n" for line in lines)


def format_would_fix(checked: Sequence[Checked]) -> str:
    """The number of findings that the changes of a diff would cure, in words."""
    cured = sum(len(spec.fixed.cured) for spec in checked if spec.fixed)
    files = sum(bool(spec.fixed and spec.fixed.cured) for spec in checked)
    specs = several(len(checked), "spec")
    return (
        f"{several(cured, 'finding')} would be fixed in {files:,} of {specs}\n"
        if cured
        else f"nothing to fix in {specs}\n"
    )


def format_advice(checked: Sequence[Checked]) -> str:
    """The number of findings that `--fix` can cure, and the option that shows them; empty if it can cure none."""
    fixable = sum(spec.is_fixable(each) for spec in checked if not spec.fixed for each in spec.findings)
    return f"{fixable:,} can be fixed: --fix writes the cures, --diff prints them\n" if fixable else ""


def format_statistics(checked: Sequence[Checked], color: bool) -> str:
    """The number of findings of each rule, with those that `--fix` can cure; then that of each severity."""
    from lrplot.output.findings.json import statistics  # most checks count nothing

    counts = statistics(checked)
    width = max((len(f"{each.count:,}") for each in counts), default=0)
    longest = max((len(each.code) for each in counts), default=0)
    lines = [
        f"{each.count:>{width},}  {paint(each.severity.ljust(7), COLORS[each.severity], color)}  "
        f"{each.code.ljust(longest)}  {f'{each.fixable:,} can be fixed' if each.fixable else ''}".rstrip()
        for each in counts
    ]
    return "".join(f"{line}\n" for line in [*lines, *([""] if lines else []), _count(checked)])


def format_lines(findings: Sequence[Diagnostic], look: Look, start: str = "") -> list[str]:
    """Each finding without its place and its cure, after some words, on as many lines as it takes."""
    lines: list[str] = []
    for finding in findings:
        words = f"{start}{finding.severity}[{finding.code}]: {printable(finding.message)}".split(" ")
        first, *rest = wrap(words, look.width - 3, " ")
        lines += [first.replace(format_head(finding, False), format_head(finding, look.color, look.links), 1)]
        lines += [f"  {line}" for line in rest]
    return lines


def _count(checked: Sequence[Checked]) -> str:
    bad = sum(spec.bad for spec in checked)
    faulty = [spec for spec in checked if spec.findings and not spec.bad]
    severities = Counter(finding.severity for spec in faulty for finding in spec.findings)
    specs = several(len(checked), "spec")
    counts = ", ".join(several(severities[each], each) for each in SEVERITIES if severities[each])
    text = f"{counts} in {len(faulty):,} of {specs}" if faulty else f"no findings in {specs}"
    fixed = sum(len(spec.fixed.cured) for spec in checked if spec.fixed)
    return text + (f"; {bad} cannot be read" if bad else "") + (f"; {fixed:,} fixed" if fixed else "")


def format_rule(rule: Rule, color: bool, links: bool = False) -> str:
    """The explanation of a rule: its finding, why it matters, the cure, and a source."""
    head = linked(paint(rule.code, "bold", color), rule.url, links)
    lines = [f"{head}: {printable(rule.reason)}", "", f"Severity: {rule.severity}"]
    lines += [f"{title}: {printable(rule.section(title))}" for title in SECTIONS]
    return "\n".join(lines) + "\n"


def format_rules(rules: Sequence[Rule], color: bool) -> str:
    """The codes of rules, each with its usual severity and its reason, one per line."""
    width = max(len(rule.code) for rule in rules)
    return "".join(
        f"{paint(rule.code.ljust(width), 'bold', color)}  {rule.severity:<7}  {rule.reason}\n" for rule in rules
    )
