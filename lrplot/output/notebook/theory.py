"""The theory of a schedule: a table for each topic, with its assumption and source."""

from __future__ import annotations

from lrplot.analysis.theory.batch import TOPICS as BATCH_TOPICS
from lrplot.analysis.theory.theory import TOPICS, Theory
from lrplot.output.notebook.shared.view import Table, View, view
from lrplot.output.terminal.theory import topic_rows


@view
def theory(found: Theory) -> View:
    """The figures that are known of the run."""
    told = [(topic, topic_rows(topic, [found.batch])) for topic in BATCH_TOPICS if found.batch]
    told += [(topic, topic_rows(topic, [found])) for topic in TOPICS]
    tables = [
        Table([[topic.title, ""], *rows], [f"assumes: {topic.assumes}", f"source: {topic.source}"])
        for topic, rows in told
        if rows
    ]
    return View(found.name, tables=tables)
