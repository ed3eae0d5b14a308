"""Changed specs: a table with a row for each, and the findings and errors that come or go."""

from __future__ import annotations

from lrplot.analysis.change import Changes
from lrplot.output.notebook.shared.view import Table, View, finding_lines, view
from lrplot.output.terminal.changes import count, figures, happened, movements, single


@view
def changes(found: Changes) -> View:
    """A row for each spec, with the updates that move in it."""
    rows = [["spec", "change", "what moves", "figures"]]
    notices = []
    for each in found.changes:
        moves = movements(each) or [single(each) or "cannot be used"]
        rows.append([each.path, happened(each), "; ".join(moves), "; ".join(figures(each)) if each.moves else ""])
        states = [state.error for state in (each.before, each.after) if state and state.error]
        for word, findings in (("", states), ("new ", each.new), ("gone: ", each.gone)):
            notices += [f"{each.path}: {word}{line}" for line in finding_lines(findings)]
    title = f"{found.before} → {found.after}: {count(found)}"
    return View(title, notices=notices, tables=[Table(rows)] if found.changes else [])
