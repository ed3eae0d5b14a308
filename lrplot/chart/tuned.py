"""Schedules at the peaks that the convex bound gives them, beside a linear decay whose peak is 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from lrplot.analysis.summary import summarize
from lrplot.analysis.theory.theory import Theory
from lrplot.chart.picture import Picture, picture_of
from lrplot.curves.anneals import Anneal
from lrplot.curves.shapes import LINEAR
from lrplot.curves.wrappers import Scaled
from lrplot.diagnostics import Fault
from lrplot.runs.run import Run, Track
from lrplot.runs.timebase import Rates, Timebase

LABEL = "rate / peak of the linear decay"


def tuned_picture(runs: Sequence[Run], theories: Sequence[Theory], pixels: int) -> Picture:
    """The learning rates of runs over the fraction of the run, each at its tuned peak; a `Fault` if one has none."""
    shown = []
    for run, theory in zip(runs, theories, strict=True):
        if theory.peak_ratio is None:
            raise Fault(f"{run.name}: a learning rate that is 0 throughout or below 0 has no tuned peak")
        scale = theory.peak_ratio / summarize(run.lr.curve, run.steps).peak
        track = replace(run.lr, curve=Scaled(run.lr.curve, scale))
        shown.append(replace(run, tracks={"lr": track}, name=f"{run.name}: {theory.bound_ratio:.3f}"))
    steps = max(run.steps for run in runs)
    linear = Track(Anneal(steps, 1.0, 0.0, LINEAR), 1.0, runs[0].lr.span)
    shown.append(Run("linear decay: 1", None, Timebase(steps, "steps", Fraction(steps), Rates()), {"lr": linear}))
    picture = picture_of(shown, "fraction", False, pixels, "Peaks tuned by the convex bound, and the bounds")
    (area,) = picture.areas
    description = f"Learning rates at their tuned peaks: {', '.join(run.name for run in shown)}."
    return replace(picture, areas=(replace(area, label=LABEL),), description=description)
