"""The agreement of a log with its plan: the result in words, and the causes of a difference."""

from __future__ import annotations

from lrplot.analysis.agreement.agree import Agreement
from lrplot.output.notebook.shared.view import Table, View, view


@view
def agreement(found: Agreement) -> View:
    """A sentence, and a row for each cause."""
    causes = [[each.track, cause.code, cause.statement, cause.help] for each in found for cause in each.causes]
    tables = [Table([["parameter", "code", "cause", "help"], *causes])] if causes else []
    return View(found.sentence, tables=tables)
