"""A run: its picture, and its phases, numbers and findings."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.analysis.checks.findings import findings
from lrplot.analysis.outline import OutlineRow, outline
from lrplot.analysis.summary import summarize
from lrplot.chart.picture import picture_of
from lrplot.output.data import derivation
from lrplot.output.image.shared.sheet import Sheet
from lrplot.output.notebook.shared.view import Table, View, finding_lines, view
from lrplot.output.terminal.page import summary_texts
from lrplot.output.terminal.phase_table import LEARNING_RATE, phase_rows
from lrplot.runs.run import Run


@view
def run(run: Run) -> View:
    """The learning rates of a run with its groups; the phases are those of the run's own learning rate."""
    phases = outline(run.lr.curve, run.steps)
    numbers, remarks, held = summary_texts(run, phases, summarize(run.lr.curve, run.steps))
    return View(
        run.name,
        picture_of([run], None, False, Sheet().pixels),
        finding_lines(findings(run)),
        [] if run.points else [_phases(run, phases)],
        [" · ".join([*numbers, *held]), *remarks, *derivation(run)],
    )


def _phases(run: Run, phases: Sequence[OutlineRow]) -> Table:
    """The phases of the learning rate, with their notes in a last column if there are any."""
    (head, *body), notes = phase_rows(phases, run.timebase, LEARNING_RATE)
    if any(notes):
        head, body = (*head, ""), [(*row, note) for row, note in zip(body, notes, strict=True)]
    return Table([head, *body])
