"""The path of a curve on paper: stairs only for values that hold, lines for all else."""

from __future__ import annotations

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.logged import Logged
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.engine.evaluate import evaluate_at
from lrplot.engine.extremes import columns
from lrplot.lazy import dataclass

HELD = 8  # columns; the value of an update that is at least this wide is drawn over its whole width
SEEN = 1e-4  # of the range of the values; a smaller jump is not visible
JUMP = 4  # times the changes before and after; a change of more is a jump


@dataclass(frozen=True)
class Path:
    """The corners of a curve in order, at `steps` of the run, between which it is a straight line.

    If `sampled`, it leads through evenly spread steps, and others may lie outside of it.
    """

    steps: Floats
    values: Floats
    sampled: bool = False


def path_of(curve: Curve, start: int, stop: int, count: int) -> Path:
    """The path of a curve over steps start … stop − 1, through the extremes of each of `count` columns.

    An update that is wide enough is drawn with its value all along. Otherwise the path leads from value to value;
    a jump between updates that are not part of a slope is vertical, at the step that has the new value. The path of
    logged values leads from one to the next.
    """
    if isinstance(curve, Logged):
        shown = (curve.at >= start) & (curve.at < stop)
        return Path(curve.at[shown].astype(np.float64), curve.logged[shown])
    cut = columns(curve, start, stop, count)
    if (stop - start) * HELD <= count:
        return Path(np.repeat(cut.edges, 2)[1:-1].astype(np.float64), np.repeat(cut.firsts, 2))
    begins, ends = cut.edges[:-1], cut.edges[1:] - 1
    wide = ends > begins
    steps, values = np.concatenate([begins, ends[wide]]), np.concatenate([cut.firsts, cut.lasts[wide]])
    order = np.argsort(steps)
    with np.errstate(over="ignore"):  # differences between values near the largest float64
        before = _jumps(curve, steps[order], values[order], start, stop)
    jumps = np.stack([evaluate_at(curve, before), evaluate_at(curve, before + 1)])
    low, high = np.minimum(cut.firsts, cut.lasts), np.maximum(cut.firsts, cut.lasts)
    column = np.searchsorted(cut.edges, before, side="right") - 1
    np.minimum.at(low, column, jumps.min(axis=0))
    np.maximum.at(high, column, jumps.max(axis=0))
    dips, spikes = cut.lows < low, cut.highs > high
    middles, rising = (begins + ends) / 2, cut.firsts <= cut.lasts
    parts = [  # steps, values, and the order of corners at the same step
        (before + 1, jumps[0], 0),
        (before + 1, jumps[1], 1),
        (begins, cut.firsts, 2),
        (middles[dips & rising], cut.lows[dips & rising], 3),
        (middles[spikes], cut.highs[spikes], 4),
        (middles[dips & ~rising], cut.lows[dips & ~rising], 5),
        (ends[wide], cut.lasts[wide], 6),
        (np.array([stop]), cut.lasts[-1:], 7),
    ]
    x, y = (np.concatenate([np.asarray(part[i], dtype=np.float64) for part in parts]) for i in (0, 1))
    order = np.lexsort((np.concatenate([np.full(len(part[0]), part[2]) for part in parts]), x))
    return Path(x[order], y[order], cut.sampled)


def _jumps(curve: Curve, steps: Steps, values: Floats, start: int, stop: int) -> Steps:
    """The updates before jumps, whose change is much larger than the changes before and after it.

    `values` are those at some `steps`. Where the slope between two of these is steep, halving finds its largest change.
    """
    slopes = np.abs(np.diff(values)) / np.diff(steps)
    steep = np.flatnonzero(slopes > 2 * np.maximum(np.append(0.0, slopes[:-1]), np.append(slopes[1:], 0.0)))
    low, high = steps[steep], steps[steep + 1]
    low_values, high_values = values[steep], values[steep + 1]
    while (high - low > 1).any():
        middle = (low + high) // 2
        found = evaluate_at(curve, middle)
        later = np.abs(high_values - found) > np.abs(found - low_values)
        low, low_values = np.where(later, middle, low), np.where(later, found, low_values)
        later |= high - low <= 1
        high, high_values = np.where(later, high, middle), np.where(later, high_values, found)
    sides = evaluate_at(curve, np.concatenate([np.maximum(low - 1, start), np.minimum(high + 1, stop - 1)]))
    change = np.abs(high_values - low_values)
    nearby = np.maximum(np.abs(low_values - sides[: len(low)]), np.abs(sides[len(low) :] - high_values))
    seen = change > np.maximum(JUMP * nearby, SEEN * (values.max() - values.min()))
    return np.asarray(low[seen])


def thinned(x: Floats, y: Floats, slack: float) -> tuple[Floats, Floats]:
    """Some corners of a path, such that no corner left out is farther than `slack` above or below the new path."""
    xs, ys = x.tolist(), y.tolist()
    kept = [0]
    least, most = -np.inf, np.inf
    for i in range(1, len(xs)):
        run, rise = xs[i] - xs[kept[-1]], ys[i] - ys[kept[-1]]
        if run > 0 and least * run <= rise <= most * run:
            least, most = max(least, (rise - slack) / run), min(most, (rise + slack) / run)
            continue
        if kept[-1] != i - 1:
            kept.append(i - 1)
            run, rise = xs[i] - xs[i - 1], ys[i] - ys[i - 1]
        if run > 0:
            least, most = (rise - slack) / run, (rise + slack) / run
        else:  # straight up or down
            kept.append(i)
            least, most = -np.inf, np.inf
    if kept[-1] != len(xs) - 1:
        kept.append(len(xs) - 1)
    index = np.array(kept)
    return x[index], y[index]
