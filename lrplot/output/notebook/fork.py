"""Cooldown branches: a column for each, and what it takes to train them."""

from __future__ import annotations

from lrplot.analysis.fork import Fork
from lrplot.output.notebook.shared.view import Table, View, view
from lrplot.output.terminal.fork import branch_rows, cost


@view
def fork(found: Fork) -> View:
    """The updates of each branch, those that it shares with the trunk, and all of them together."""
    return View(found.name, tables=[Table(branch_rows(found), [cost(found)])])
