"""An LR range test: the loss over the learning rate, and the rate that each rule chooses."""

from __future__ import annotations

from lrplot.analysis.range_test import RangeTest
from lrplot.chart.sweep import picture_of_sweep
from lrplot.output.notebook.shared.view import Table, View, view
from lrplot.output.terminal.range_test import remarks, rule_rows


@view
def range_test(found: RangeTest) -> View:
    """The curve with a mark for each rule, and a table of them."""
    return View(found.name, picture_of_sweep(found), tables=[Table(rule_rows(found), remarks(found))])
