"""A log: its learning rates as points, and the rows of each run in it."""

from __future__ import annotations

from lrplot.analysis.summary import summarize
from lrplot.chart.picture import picture_of
from lrplot.output.image.shared.sheet import Sheet
from lrplot.output.notebook.shared.view import Table, View, view
from lrplot.runs.log import Log
from lrplot.runs.logged import runs_of
from lrplot.wording import learning_rate


@view
def log(log: Log) -> View:
    """The logged points of all runs, and a row for each run."""
    runs = runs_of(log)
    rows = [["run", "rows", "first", "peak", "last"]]
    for points, run in zip(log.runs, runs, strict=True):
        summary = summarize(run.lr.curve, run.steps)
        numbers = map(learning_rate, (summary.first, summary.peak, summary.last))
        rows.append([run.name, f"{len(points):,}", *numbers])
    facts = [f"{run.name}: {fact}" for run in runs if run.reading for fact in run.reading.derivation]
    picture = picture_of(runs, None, False, Sheet().pixels)
    return View(log.name, picture, tables=[Table(rows)], lines=[f"read as {log.title}", *facts])
