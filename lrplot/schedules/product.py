"""The product of several curves, and where it turns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lrplot.frozen import frozen
from lrplot.schedules.curve import MOST_TURNS, NO_STEPS, Curve, Steps, ascending
from lrplot.schedules.shapes import Floats

PARTS = 32  # that a stretch is searched by
MOST_TRIED = 1 << 24  # values; more are needed where factors cancel over some 10^11 steps


@frozen
class Product(Curve):
    """scale·Π factors."""

    length: int
    scale: float
    factors: tuple[Curve, ...]

    def values(self, t: Steps) -> Floats:
        return self._product([factor.values(t) for factor in self.factors], t.shape)

    def limit(self, t: int) -> float:
        return float(np.prod([self.scale, *(factor.limit(t) for factor in self.factors)]))

    def _product(self, values: list[Floats], shape: tuple[int, ...]) -> Floats:
        product = np.full(shape, self.scale)
        for each in values:
            product *= each
        return product

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return self.turning_points_within(np.array([start, stop], dtype=np.int64)) if start < stop else NO_STEPS

    def turning_points_within(self, edges: Steps) -> Steps | None:
        """Between their turning points the factors rise or fall; where they do not agree, the extremes are searched."""
        own = [factor.turning_points_within(edges) for factor in self.factors]
        known = [each for each in own if each is not None]
        if len(known) < len(own) or self.scale < 0 or any(_many(each, edges) for each in known):
            return None
        cuts = ascending(np.concatenate([edges[:-1], edges[1:] - 1, *known]))
        values = [factor.values(cuts) for factor in self.factors]
        if not all((np.isfinite(each) & (each >= 0)).all() for each in values):
            return None
        home = np.searchsorted(edges, cuts, side="right") - 1
        inside = (home[1:] == home[:-1]) & (np.diff(cuts) > 1)
        rises = np.any([each[1:] > each[:-1] for each in values], axis=0)
        falls = np.any([each[1:] < each[:-1] for each in values], axis=0)
        pieces = np.flatnonzero(inside & rises & falls)
        if not len(pieces):
            return cuts
        product = self._product(values, cuts.shape)
        # Some steps of each piece with them, so that nobody takes the extremes for all of its turns.
        low, gap = cuts[pieces, None], np.diff(cuts)[pieces, None]
        found = [cuts, (low + gap * np.arange(1, MOST_TURNS + 2) // (MOST_TURNS + 2)).ravel()]
        for extreme in (np.maximum, np.minimum):
            best = extreme.reduceat(product, np.searchsorted(cuts, edges[:-1]))
            steps = self._search(cuts[pieces], cuts[pieces + 1], home[pieces], best, extreme)
            if steps is None:
                return None
            found.append(steps)
        return ascending(np.concatenate(found))

    def _search(self, low: Steps, high: Steps, home: NDArray[np.intp], best: Floats, extreme: np.ufunc) -> Steps | None:
        """Steps with the extremes of stretches `home`, of which `best` are known, in pieces low … high.

        Branch and bound: in a piece, the product of the factors' own extremes, which are at its
        ends, is beyond any value. Rounding, too, keeps products in order, so the bound is exact.
        """
        found, tried = [NO_STEPS], 0
        while len(low):
            tried += len(low) * PARTS
            if tried > MOST_TRIED:
                return None
            gap = (high - low)[:, None]
            share = np.arange(PARTS + 1)
            steps = low[:, None] + gap // PARTS * share + gap % PARTS * share // PARTS
            values = [factor.values(steps.ravel()).reshape(steps.shape) for factor in self.factors]
            product = self._product(values, steps.shape)
            extreme.at(best, home, extreme.reduce(product, axis=1))
            found.append(steps[product == best[home][:, None]])
            bound = self._product([extreme(each[:, :-1], each[:, 1:]) for each in values], product[:, 1:].shape)
            beyond = extreme(bound, best[home][:, None]) != best[home][:, None]
            row, part = np.nonzero(beyond & (np.diff(steps) > 1))
            low, high, home = steps[row, part], steps[row, part + 1], home[row]
        return np.concatenate(found)

    def failure(self, t: int) -> str | None:
        return next((found for factor in self.factors if (found := factor.failure(t))), None)

    @property
    def companions(self) -> Mapping[str, Curve]:
        return {name: curve for factor in self.factors for name, curve in factor.companions.items()}


def _many(turns: Steps, edges: Steps) -> bool:
    return bool((np.diff(np.searchsorted(turns, edges)) > MOST_TURNS).any())
