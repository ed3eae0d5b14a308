"""A schedule in a few numbers: first, peak, last, mean."""

from __future__ import annotations

import numpy as np

from lrplot.engine.evaluate import blocks, evaluate_at
from lrplot.engine.extremes import columns, first_step_at
from lrplot.frozen import frozen
from lrplot.schedules.curve import Curve

SUMMED = 1 << 22  # steps that are summed one by one; of more, a sample
_GOLDEN = 0.6180339887498949


@frozen
class Summary:
    """The values of one track at the first and last update, its extremes and where they are first met.

    `mean` is over all updates; of more than 2^22, over 2^18 of them spread evenly
    (`mean_sampled`). `end` is where the schedule leads: its value one update after the
    last.
    """

    first: float
    last: float
    end: float
    peak: float
    peak_step: int
    low: float
    low_step: int
    mean: float
    mean_sampled: bool


def summarize(curve: Curve, steps: int) -> Summary:
    """The summary of a curve over a run of `steps` updates."""
    cut = columns(curve, 0, steps, 64)
    peak, low = float(cut.highs.max()), float(cut.lows.min())
    return Summary(
        first=float(cut.firsts[0]),
        last=float(cut.lasts[-1]),
        end=curve.limit(steps),
        peak=peak,
        peak_step=first_step_at(curve, 0, steps, peak),
        low=low,
        low_step=first_step_at(curve, 0, steps, low),
        mean=_mean(curve, steps),
        mean_sampled=steps > SUMMED,
    )


def _mean(curve: Curve, steps: int) -> float:
    if steps <= SUMMED:
        return float(sum((values / steps).sum() for _, values in blocks(curve, 0, steps)))
    # One step from each of 2^18 equal stretches, at places that no period can be in step with.
    index = np.arange(1 << 18)
    places = (index + index * _GOLDEN % 1) * (steps / len(index))
    return float(evaluate_at(curve, np.minimum(places.astype(np.int64), steps - 1)).mean())
