"""A text with its cures: the changes as a diff, and what is left."""

from __future__ import annotations

from lrplot.analysis.checks.fixing import Fixed
from lrplot.output.notebook.shared.view import View, finding_lines, view
from lrplot.output.terminal.diff import format_diff
from lrplot.wording import several


@view
def fixed(found: Fixed) -> View:
    """The changes, and a line for each finding that is left or whose cure was refused."""
    refused = [f"not fixed: {each.finding.code}: {each.reason}" for each in found.refused]
    return View(
        f"{found.file}: {several(len(found.cured), 'finding')} cured",
        notices=[*refused, *finding_lines(found.left)],
        code=format_diff(found.file, found.before, found.after, color=False, terminal=False),
    )
