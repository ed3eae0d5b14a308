"""A comparison: both curves and their difference, and the numbers of each run."""

from __future__ import annotations

from lrplot.analysis.comparison import Comparison
from lrplot.chart.picture import compared
from lrplot.output.image.shared.sheet import Sheet
from lrplot.output.notebook.shared.view import Table, View, view
from lrplot.output.terminal.comparison import comparison_rows, names_of, remarks


@view
def comparison(found: Comparison) -> View:
    """The runs in one chart, and a table with a column for each."""
    names = names_of(found)
    picture = compared(found.runs, found.align, False, Sheet().pixels)
    return View(picture.title, picture, tables=[Table(comparison_rows(found, names), remarks(found, names))])
