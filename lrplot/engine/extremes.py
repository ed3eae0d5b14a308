"""Extremes of a curve over ranges of steps.

Numpy's warnings are silenced, as `Curve` expects of its callers.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.diagnostics import NotFinite
from lrplot.engine.evaluate import HELD, blocks, evaluate_at, held_values, raw_values, run_blocks
from lrplot.engine.work import is_sequential, work_of
from lrplot.lazy import dataclass

CHECKED = 1 << 24  # steps times work: of a longer run, only a part is checked for finite values when it is loaded
FEWEST = 1 << 12  # steps that are checked, whatever the work
STREAMED = 1 << 17  # runs up to this many steps are simply evaluated
LONGEST = 10**8  # steps that are evaluated one by one if the turning points are not known,
MOST_WORK = 20 * LONGEST  # and steps times work
SAMPLED = 1 << 16  # steps in the sample of a longer run
_GOLDEN = 0.6180339887498949


@dataclass(eq=False)
class Columns:
    """A run cut into columns: column i holds steps edges[i] … edges[i + 1] − 1.

    `lows` and `highs` are the least and greatest value in each column, `firsts` and
    `lasts` the values at its two ends; all are float64 of shape (columns,). If `sampled`, extremes
    are those of evenly spread steps, and others may lie between them.
    """

    edges: Steps
    lows: Floats
    highs: Floats
    firsts: Floats
    lasts: Floats
    sampled: bool = False


@np.errstate(all="ignore")
def columns(curve: Curve, start: int, stop: int, count: int) -> Columns:
    """Cut steps start … stop − 1 into at most `count` columns of equal width, to within one step."""
    count = min(count, stop - start)
    edges = np.array([start + i * (stop - start) // count for i in range(count + 1)], dtype=np.int64)
    turns = curve.turning_points(start, stop) if stop - start > STREAMED else None
    if turns is None and not _is_too_long(curve, stop - start):
        return _streamed(curve, edges)
    inner = spread(start, stop) if turns is None else turns
    points = ascending(np.concatenate([edges[:-1], edges[1:] - 1, inner]))
    values = evaluate_at(curve, points)
    begins = np.searchsorted(points, edges[:-1])
    ends = np.searchsorted(points, edges[1:]) - 1
    return Columns(
        edges,
        np.minimum.reduceat(values, begins),
        np.maximum.reduceat(values, begins),
        values[begins],
        values[ends],
        sampled=turns is None,
    )


def all_values(curve: Curve, steps: int) -> Floats | None:
    """The values of a run, which are held; None if only some are computed, because it is long."""
    if steps > STREAMED and (steps > HELD or _is_too_long(curve, steps) or curve.turning_points(0, steps) is not None):
        return None
    return held_values(curve, steps)


def _is_too_long(curve: Curve, steps: int) -> bool:
    return steps > LONGEST or (steps > STREAMED and steps * work_of(curve) > MOST_WORK)


def spread(start: int, stop: int, count: int = SAMPLED) -> Steps:
    """One step from each of `count` equal parts of a range, at offsets that are not in phase with any period."""
    index = np.arange(count)
    places = start + (index + index * _GOLDEN % 1) * ((stop - start) / count)
    return np.minimum(places.astype(np.int64), stop - 1)


def _streamed(curve: Curve, edges: Steps) -> Columns:
    count = len(edges) - 1
    lows, highs = np.full(count, np.inf), np.full(count, -np.inf)
    for steps, values in blocks(curve, int(edges[0]), int(edges[-1])):
        a = int(np.searchsorted(edges, steps[0], side="right")) - 1
        b = int(np.searchsorted(edges, steps[-1], side="right"))
        begins = np.maximum(edges[a:b] - steps[0], 0)
        lows[a:b] = np.minimum(lows[a:b], np.minimum.reduceat(values, begins))
        highs[a:b] = np.maximum(highs[a:b], np.maximum.reduceat(values, begins))
    return Columns(edges, lows, highs, evaluate_at(curve, edges[:-1]), evaluate_at(curve, edges[1:] - 1))


@dataclass(frozen=True)
class Extremes:
    """The ends and the extremes of a run: the values of its first and last step, its greatest and its least value.

    `peak_step` and `low_step` are the first steps that attain the extremes. If `sampled`, these are those of a sample.
    """

    first: float
    last: float
    peak: float
    peak_step: int
    low: float
    low_step: int
    sampled: bool


@lru_cache(maxsize=8)  # a page and its findings look at the same curves
@np.errstate(all="ignore")
def extremes(curve: Curve, steps: int) -> Extremes:
    """The extremes of a curve over a run of `steps` steps."""
    values = all_values(curve, steps)
    if values is not None:
        top, bottom = int(values.argmax()), int(values.argmin())
        ends = (float(values[0]), float(values[-1]))
        return Extremes(*ends, float(values[top]), top, float(values[bottom]), bottom, sampled=False)
    cut = columns(curve, 0, steps, 64)
    peak, low = float(cut.highs.max()), float(cut.lows.min())
    ends = (float(cut.firsts[0]), float(cut.lasts[-1]))
    return Extremes(*ends, peak, _first_in(curve, cut, peak), low, _first_in(curve, cut, low), cut.sampled)


def _first_in(curve: Curve, cut: Columns, value: float) -> int:
    """The first step of a run cut into columns that attains an extreme of it."""
    if cut.sampled:
        return first_step_at(curve, int(cut.edges[0]), int(cut.edges[-1]), value)
    column = int(((cut.lows <= value) & (cut.highs >= value)).argmax())
    return first_step_at(curve, int(cut.edges[column]), int(cut.edges[column + 1]), value)


@np.errstate(all="ignore")
def first_step_at(curve: Curve, start: int, stop: int, value: float) -> int:
    """The first step in [start, stop) that attains `value`, an extreme of that range."""
    if _is_too_long(curve, stop - start) and curve.turning_points(start, stop) is None:  # `columns` samples it too
        steps = ascending(np.concatenate([[start], spread(start, stop), [stop - 1]]))
        return int(steps[np.abs(evaluate_at(curve, steps) - value).argmin()])
    while stop - start > STREAMED:
        cut = columns(curve, start, stop, 64)
        holds = (cut.lows <= value) & (cut.highs >= value)
        column = int(holds.argmax())
        start, stop = int(cut.edges[column]), int(cut.edges[column + 1])
    for steps, values in blocks(curve, start, stop):
        hits = np.flatnonzero(values == value)
        if len(hits):
            return int(steps[hits[0]])
    raise ValueError(f"{value!r} is not attained")


@np.errstate(all="ignore")
def check_finite(curve: Curve, steps: int, tracks: int = 1) -> None:
    """Raise `NotFinite` with a step whose value is not finite; the first one unless the run is long.

    Of a long run with unknown turning points, only the beginning, the last step and a sample of all
    steps are evaluated; if a value takes those before it, only the beginning. Another bad value is
    reported when it is computed. `tracks` is the number of curves of the run, which share the work.
    """
    most = FEWEST if steps <= FEWEST else max(CHECKED // (work_of(curve) * tracks), FEWEST)
    points = curve.turning_points(0, steps) if steps > min(STREAMED, most) else None
    if points is None:
        start = steps if steps <= most else most // 8
        for _ in run_blocks(curve, start):
            pass
        if start == steps or is_sequential(curve):
            return
        points = spread(start, steps, min(SAMPLED, most // 8))
    sure = ascending(np.concatenate([points, [0, steps - 1]]))
    finite = np.isfinite(raw_values(curve, sure))
    if not finite.all():
        bad = int(finite.argmin())
        raise _first_not_finite(curve, int(sure[bad - 1]) if bad else 0, int(sure[bad]))


def _first_not_finite(curve: Curve, good: int, bad: int) -> NotFinite:
    """A step after a finite value; between turning points a curve is monotone, and there is only one."""
    while bad - good > 1:
        middle = (good + bad) // 2
        if np.isfinite(raw_values(curve, np.array([middle], dtype=np.int64))).all():
            good = middle
        else:
            bad = middle
    return NotFinite(bad, float(raw_values(curve, np.array([bad], dtype=np.int64))[0]))
