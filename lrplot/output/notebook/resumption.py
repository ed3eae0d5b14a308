"""A resumed run: the plans and the real values in one chart, and a table of some updates."""

from __future__ import annotations

from lrplot.analysis.aftermath import findings
from lrplot.analysis.resume import Resumption
from lrplot.chart.resumed import picture_of_resumption
from lrplot.output.image.shared.sheet import Sheet
from lrplot.output.notebook.shared.view import Table, View, finding_lines, view
from lrplot.output.terminal.resumption import value_rows, what_follows


@view
def resumption(found: Resumption) -> View:
    """The states that the run goes on with, and the value of each further update."""
    picture = picture_of_resumption(found, False, Sheet().pixels)
    rows = value_rows(found)
    tables = [Table(rows)] if rows else []
    return View(picture.title, picture, finding_lines(findings(found)), tables, [what_follows(found)])
