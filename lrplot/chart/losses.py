"""Losses that a law predicts for runs, as lines over the updates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrplot.analysis.theory.loss_law import LossLaw
from lrplot.chart.axis import Scale, value_scale
from lrplot.chart.names import distinct
from lrplot.chart.picture import Area, Line, Picture
from lrplot.diagnostics import Fault
from lrplot.runs.run import Run

DRAWN = 1024  # updates of each line


def picture_of_losses(law: LossLaw, runs: Sequence[Run]) -> Picture:
    """The losses of runs from the first update that was fitted on; a `Fault` if the law says nothing about one."""
    lines = []
    for rank, (run, name) in enumerate(zip(runs, distinct([run.name for run in runs]), strict=True)):
        if refusal := law.refusal(run):
            raise Fault(f"{run.name}: no loss is predicted: {refusal}")
        at = np.unique(np.linspace(law.start, run.steps - 1, DRAWN).astype(np.int64))
        losses = law.losses(run, at)
        lines.append(Line(f"{name}: {losses[-1]:.3f}", at.astype(np.float64), losses, rank))
    ends = ", ".join(line.label for line in lines)
    lines.append(Line(f"{law.name}, as logged", law.updates.astype(np.float64), law.logged, len(lines), dotted=True))
    return Picture(
        title="Predicted losses",
        remarks=(f"by the log of {law.name}, whose peak, model, data and batch size are assumed",),
        ranks=len(lines),
        fan=False,
        ordered=False,
        areas=(Area("loss", "loss", tuple(lines), value_scale([line.values for line in lines], False)),),
        x=Scale(float(law.start), max(float(line.x[-1]) for line in lines)),
        x_label="steps",
        other=None,
        other_label="",
        marks=(),
        description=f"Losses that a law predicts from the log of {law.name}; at the end of each run: {ends}.",
    )
