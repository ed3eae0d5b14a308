"""Sums over all updates of a run, taken in one pass from its end to its start."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrplot.analysis.summary import AVERAGED, SUMMED
from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.engine.evaluate import BLOCK, evaluate, evaluate_at
from lrplot.engine.extremes import spread
from lrplot.lazy import dataclass

ROUNDING = 1e-12  # of a sum
EXACT = 64  # terms of a harmonic number that are added one by one
_EULER = 0.5772156649015329


@dataclass(frozen=True)
class Totals:
    """Sums over the updates 0 … steps − 1 of a schedule as shares u of its peak, and of the weight decay beside it.

    `mass` is Σ u. `noise` is the factor of the gradient noise in the convex bound: u of the last update that is not 0,
    plus Σ u²/(mass after the update) over those before it. `half` is the update by which half of the mass is spent.
    `decay` is Σ lr·wd, `fastest` the largest lr·wd, and `kept` is Π |1 − lr·wd|. For more than 2^22 updates all of
    them are taken from a sample of 2^18 evenly spread ones.
    """

    mass: float
    noise: float
    half: int
    decay: float
    fastest: float
    kept: float


@np.errstate(all="ignore")
def totals(curve: Curve, steps: int, peak: float, weight_decay: Curve | None = None) -> Totals:
    """The sums of a curve without values below 0, whose greatest value, above 0, is `peak`."""
    weight = steps / AVERAGED if steps > SUMMED else 1.0
    mass = noise = decay = fastest = 0.0
    kept = 1.0
    sums: list[tuple[int, float]] = []
    for start, values, decays in _parts(curve, weight_decay, steps):
        shares = values[::-1] / peak
        left = np.empty(len(shares) + 1)  # the mass after each update, and before the first
        left[0] = mass
        np.cumsum(shares, out=left[1:])
        left[1:] *= weight
        left[1:] += mass
        noise += _noise(shares, left[:-1], weight)
        sums.append((start, float(left[-1]) - mass))
        mass = float(left[-1])
        if decays is not None:
            shrink = values * decays
            decay += float(shrink.sum()) * weight
            fastest = max(fastest, float(shrink.max()))
            kept *= float(np.power(np.abs(1 - shrink), weight).prod() if weight > 1 else np.subtract(1, shrink).prod())
    half = _half(curve, steps, sums[::-1], peak, weight)
    return Totals(mass, noise, half, decay, fastest, abs(kept))


def _parts(curve: Curve, beside: Curve | None, steps: int) -> Iterator[tuple[int, Floats, Floats | None]]:
    """Values of two curves by blocks, the last block first, with the index of the first value of each."""
    if steps <= SUMMED:
        for start in reversed(range(0, steps, BLOCK)):
            stop = min(start + BLOCK, steps)
            yield start, evaluate(curve, start, stop), None if beside is None else evaluate(beside, start, stop)
        return
    places = spread(0, steps, AVERAGED)
    for start in reversed(range(0, AVERAGED, BLOCK)):
        block = places[start : start + BLOCK]
        yield start, evaluate_at(curve, block), None if beside is None else evaluate_at(beside, block)


def _noise(shares: Floats, after: Floats, weight: float) -> float:
    """The sum of the terms of the noise factor: u²/after, or u if no mass follows.

    A value that stands for `weight` updates gives the sum of u/(x + i) over i below the weight, with x = after/u: its
    first term, and an integral for the others. If no mass follows, it is u·(1 + 1 + 1/2 + … + 1/(weight − 1)).
    """
    last = int(np.searchsorted(after, 0.0, side="right"))  # values without any mass after them: one, after zeros
    alone = float(shares[:last].sum()) * (1 + harmonic(weight - 1))
    shares, after = shares[last:], after[last:]
    if weight == 1:
        return alone + float((shares * shares / after).sum())  # not by BLAS, whose threads wait for each other
    x = after / shares
    terms = shares * (1 / x + np.log((x + weight - 0.5) / (x + 0.5)))
    return alone + float(terms[shares > 0].sum())


def _half(curve: Curve, steps: int, sums: list[tuple[int, float]], peak: float, weight: float) -> int:
    """The first update by which half of the mass is spent, from the masses of the blocks in order."""
    ends = np.cumsum([mass for _, mass in sums])
    half = ends[-1] / 2 * (1 - ROUNDING)
    block = int(np.searchsorted(ends, half))
    start = sums[block][0]
    missing = half - (ends[block - 1] if block else 0.0)
    if weight == 1:
        spent = np.cumsum(evaluate(curve, start, min(start + BLOCK, steps)) / peak)
        return start + min(int(np.searchsorted(spent, missing)), len(spent) - 1)
    places = spread(0, steps, AVERAGED)[start : start + BLOCK]
    spent = np.cumsum(evaluate_at(curve, places) / peak) * weight
    return int(places[min(int(np.searchsorted(spent, missing)), len(spent) - 1)])


def harmonic(count: float) -> float:
    """The harmonic number 1 + 1/2 + … + 1/count."""
    if count <= EXACT:
        return sum(1 / each for each in range(1, round(count) + 1))
    return float(np.log(count)) + _EULER + 1 / (2 * count) - 1 / (12 * count**2) + 1 / (120 * count**4)
