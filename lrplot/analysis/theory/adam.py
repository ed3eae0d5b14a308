"""Adam's first updates, which are larger than later ones, and what a warmup does to them."""

from __future__ import annotations

from math import ceil

import numpy as np

from lrplot.analysis.theory.topic import Row, Topic
from lrplot.curves.curve import Curve
from lrplot.engine.evaluate import BLOCK, evaluate
from lrplot.runs.run import Run

BETA1, BETA2 = 0.9, 0.999  # Adam's defaults
SETTLED = 40  # times 1/(1 − β₁) updates

ADAM = Topic(
    "Adam's first updates",
    (
        Row("adam_first_update", "first / settled at the peak", "multiple"),
        Row("adam_largest_update", "largest / settled at the peak", "multiple"),
        Row("warmup", "peak reached at", "update"),
        Row("adam_warmup", "2/(1 − β₂)", "updates"),
    ),
    assumes="gradients that are mostly noise: update t is then lr·√((1 + β₁ᵗ)/(1 − β₁ᵗ)) times as large as settled "
    "ones, 4.4 times for the first with β₁ = 0.9. A linear warmup over 2/(1 − β₂) updates is a sensible default, not a "
    "minimum. `beta1` and `beta2` are 0.9 and 0.999 unless the spec gives them",
    source="Ma & Yarats 2021 (arXiv:1910.04209); the size is the variance of Adam's bias-corrected average",
    adam=True,
)


def beta(run: Run, name: str, default: float) -> float:
    """The first value of one of Adam's betas; the default if the run has none, or one that is no share."""
    track = run.tracks.get(name)
    value = track.curve.limit(0) if track else default
    return value if 0 <= value < 1 else default


def first_updates(curve: Curve, steps: int, peak: float, beta1: float) -> tuple[float, float]:
    """The size of the first update and of the largest, as multiples of a settled update at the peak."""
    count = min(steps, BLOCK, ceil(SETTLED / (1 - beta1)))
    powers = np.power(beta1, np.arange(1, count + 1))
    sizes = evaluate(curve, 0, count) / peak * np.sqrt((1 + powers) / (1 - powers))
    settled = 1.0 if count < steps else 0.0  # a settled update has the peak later on, or in these
    return float(sizes[0]), max(float(sizes.max()), settled)
