"""A resumed run as lines: the plan, the changed plan, and the values that it really gets."""

from __future__ import annotations

from dataclasses import replace

from lrplot.analysis.aftermath import is_changed
from lrplot.analysis.resume import Resumption
from lrplot.chart.picture import Picture, picture_of
from lrplot.runs.run import Run

PLAN, CHANGED, REAL = "plan", "changed plan", "resumed run"


def lines_of(resumption: Resumption) -> list[tuple[str, Run, int]]:
    """The lines of the chart: names, runs and the update at which each line begins."""
    drawn = [(PLAN, resumption.plan, 0)]
    if resumption.stop <= resumption.at or is_changed(resumption):
        drawn.append((CHANGED, resumption.replanned, 0))
    if (run := resumption.run) and resumption.stop > resumption.at:
        drawn.append((REAL, run, resumption.at))
    return drawn


def picture_of_resumption(resumption: Resumption, log: bool, pixels: int) -> Picture:
    """The lines in one chart."""
    drawn = lines_of(resumption)
    runs = [replace(run, name=name) for name, run, _ in drawn]
    title = f"{resumption.plan.name}, resumed at update {resumption.at:,}"
    return picture_of(runs, None, log, pixels, title, spans=[(start, run.steps) for _, run, start in drawn])
