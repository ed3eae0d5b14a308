"""Changed specs as Markdown for a review on GitHub: a table with a row for each, and what else there is to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lrplot.analysis.change import Change, Changes
from lrplot.diagnostics import Diagnostic
from lrplot.output.markdown import code, row
from lrplot.output.terminal.changes import (
    count,
    errors,
    figures,
    happened,
    movements,
    named,
    others,
    single,
    together,
)

HEAD = ("spec", "change", "what moves", "figures")


def format_changes_markdown(changes: Changes) -> str:
    """A sentence, a table of the changed specs, and a list of errors and of findings that come or go.

    Specs of which there is the same to say share a row.
    """
    groups = together(changes)
    lines = [f"**{count(changes)}** ({code(changes.before)} → {code(changes.after)})"]
    if groups:
        lines += ["", row(HEAD), row([":--"] * len(HEAD)), *(row(_cells(group)) for group in groups)]
    remarks = [f"- {', '.join(_names(group))}: {text}" for group in groups for text in _remarks(group[0])]
    lines += ["", *remarks] if remarks else []
    return "\n".join(lines) + "\n"


def _names(group: Sequence[Change]) -> list[str]:
    return [*map(code, named(group)), *filter(None, [others(group)])]


def _cells(group: Sequence[Change]) -> Iterator[str]:
    change = group[0]
    yield "<br>".join(_names(group))
    yield happened(change, code)
    yield "<br>".join(movements(change, code) or [single(change) or "cannot be used"])
    yield "<br>".join(figures(change)) if change.moves else ""


def _remarks(change: Change) -> Iterator[str]:
    yield from (f"{start}{_finding(error)}" for start, error in errors(change))
    yield from (f"new {_finding(finding)}" for finding in change.new)
    yield from (f"gone: {_finding(finding)}" for finding in change.gone)


def _finding(finding: Diagnostic) -> str:
    return f"{finding.severity} {code(finding.code)}: {code(finding.message)}"
