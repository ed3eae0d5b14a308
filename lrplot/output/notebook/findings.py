"""The findings in a spec, as a table with their places and cures."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.diagnostics import Diagnostic
from lrplot.output.notebook.shared.view import Table, View, view
from lrplot.wording import several


@view
def findings(found: Sequence[Diagnostic]) -> View:
    """A row for each finding."""
    if not found:
        return View("no findings")
    rows = [["severity", "code", "finding", "place", "help"]]
    rows += [[each.severity, each.code, each.message, str(each.span or ""), each.help or ""] for each in found]
    return View(several(len(found), "finding"), tables=[Table(rows)])
