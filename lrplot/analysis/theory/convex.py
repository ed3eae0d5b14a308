"""The convex last-iterate bound of a schedule, in relation to that of linear decay."""

from __future__ import annotations

from math import sqrt

from lrplot.analysis.summary import summarize
from lrplot.analysis.theory.topic import Row, Topic
from lrplot.analysis.theory.totals import harmonic, totals
from lrplot.runs.run import Run

CONVEX = Topic(
    "Convex bound",
    (
        Row("bound_ratio", "bound / linear decay's", "ratio"),
        Row("peak_ratio", "tuned peak / linear decay's", "ratio"),
    ),
    assumes="SGD on a convex loss, gradients of bounded size, each schedule at its own best peak; a worst case. "
    "It orders schedules, differences below 0.01 mean nothing, and it knows no instability: it says nothing about "
    "warmup, restarts, the largest stable rate, or the loss itself",
    source="Defazio et al. 2023 (arXiv:2310.07831), Thm 10; Schaipp et al. 2025 (arXiv:2501.18965), Thm 1",
)


def bound_ratio(run: Run) -> float | None:
    """The bound of a run as a multiple of that of a linear decay; None for a log, and for a value below 0."""
    summary = summarize(run.lr.curve, run.steps)
    if run.points or summary.peak <= 0 or summary.low < 0:
        return None
    sums = totals(run.lr.curve, run.steps, summary.peak)
    return relative(sums.mass, sums.noise, run.steps)[0]


def best(mass: float, noise: float) -> tuple[float, float]:
    """The peak with the least bound, and that bound, for a distance and a gradient norm of 1.

    The bound with peak γ is ½·(1/(γ·mass) + γ·noise): the two terms of the theorem, whose double sum telescopes.
    With another distance D and norm G the peak is D/G times as high, the bound D·G times.
    """
    return 1 / sqrt(mass * noise), sqrt(noise / mass)


def relative(mass: float, noise: float, steps: int) -> tuple[float, float]:
    """The bound and its peak as multiples of those of a linear decay over the same updates."""
    peak, bound = best(mass, noise)
    linear_peak, linear_bound = best(*linear(steps))
    return bound / linear_bound, peak / linear_peak


def linear(steps: int) -> tuple[float, float]:
    """The mass and noise of the linear decay 1 − t/n: (n + 1)/2 and 1/n + 2/n·(n − 1 + 1 + 1/2 + … + 1/(n − 1))."""
    return (steps + 1) / 2, (1 + 2 * (steps - 1 + harmonic(steps - 1))) / steps
