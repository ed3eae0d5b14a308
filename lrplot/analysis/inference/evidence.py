"""The points that a log gives for one parameter: updates, values, and how far each may be from the value used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.summary import ROUNDING
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.lazy import dataclass
from lrplot.runs.log import Points, Values

SAMPLE = 192  # points that forms are fitted to; specs are verified at all of them
FLOAT32 = 2.0**-23  # of the peak: what a formula that is computed in float32 may be off


@dataclass(frozen=True, eq=False)
class Evidence:
    """Points in ascending order, at updates counted from 0, and the facts that the log states.

    Args:
        steps: the update of each point
        values: its value
        tolerance: how far the value that was used may be from it
        stated: the run's length in steps; 0 if the log does not state it
        float32: whether the values were computed in float32
        offset: the update of a row minus the step that it was logged at
        relative: whether values of a spec must be shares of its peak, because groups have peaks of their own
        held: updates in an epoch, for which the value of its first update is held; 1 if each update has a value
    """

    steps: Steps
    values: Floats
    tolerance: Floats
    stated: int = 0
    float32: bool = False
    offset: int = 0
    relative: bool = False
    held: int = 1

    @property
    def begins(self) -> Floats:
        """The update whose value each point has."""
        return (self.steps // self.held * self.held).astype(np.float64)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def last(self) -> int:
        """The last update."""
        return int(self.steps[-1])

    @property
    def length(self) -> int:
        """The run's length: as the log states, or as its last point shows."""
        return self.stated or self.last + 1

    @property
    def peak(self) -> float:
        """The largest value."""
        return float(self.values.max())

    @property
    def tail(self) -> int:
        """The number of the first of the last points that all have the last value."""
        others = np.flatnonzero(np.abs(self.values - self.values[-1]) > self.tolerance + self.tolerance[-1])
        return int(others[-1]) + 1 if len(others) else 0

    def at(self, rows: NDArray[Any]) -> Evidence:
        """Some of the points, by their numbers or by a mask."""
        return replace(self, steps=self.steps[rows], values=self.values[rows], tolerance=self.tolerance[rows])

    def shifted(self, offset: int) -> Evidence:
        """The same points if each was logged `offset` updates after the one that its value belongs to."""
        return replace(self, steps=self.steps + (offset - self.offset), offset=offset)

    def sampled(self, more: NDArray[Any] | None = None) -> Evidence:
        """At most `SAMPLE` points, the turns of the curve among them, and those with the numbers `more`."""
        count = len(self)
        if count <= SAMPLE:
            return self
        rows = [np.linspace(0, count - 1, SAMPLE // 2), np.geomspace(1, count, SAMPLE // 8) - 1]
        turns = self.turns()
        if len(turns) > SAMPLE // 8:
            turns = turns[np.linspace(0, len(turns) - 1, SAMPLE // 8).astype(int)]
        rows += [np.clip(turns + shift, 0, count - 1) for shift in (-1, 0, 1)]
        return self.at(np.unique(np.concatenate([*rows, [] if more is None else more]).astype(np.int64)))

    def turns(self) -> NDArray[np.int64]:
        """The points at which the values begin to rise, to fall, or to stay."""
        return np.flatnonzero(np.diff(self._directions())) + 1

    @property
    def rises_again(self) -> bool:
        """Whether the values rise after a fall."""
        directions = self._directions()
        falls = np.flatnonzero(directions < 0)
        return bool(len(falls) and (directions[falls[0] :] > 0).any())

    def _directions(self) -> Floats:
        """1 where the values rise to the next point, −1 where they fall, and 0 where they stay."""
        change = np.diff(self.values)
        return np.asarray(np.sign(change) * (np.abs(change) > self.tolerance[1:] + self.tolerance[:-1]))


def gathered(points: Points, track: Values, stated: int) -> Evidence:
    """The rows of a track that have a finite value, at a step that is not negative."""
    rows = np.isfinite(track.values) & (points.steps >= 0)
    values, slack = track.values[rows], track.slack[rows]
    peak = float(np.abs(values).max(initial=0.0))
    single = _float32(values, slack)
    rounding = FLOAT32 * peak if single else ROUNDING * peak
    tolerance = np.maximum(slack * (1 + 1e-9), 0) + rounding
    return Evidence(points.steps[rows].astype(np.int64), values, tolerance, stated, single)


def _float32(values: Floats, slack: Floats) -> bool:
    """Whether values that were printed in full, or so that they are known to be float32, are those of float32."""
    full = values[slack <= FLOAT32 * np.abs(values)]
    with np.errstate(over="ignore"):
        single = full.astype(np.float32).astype(np.float64)
    return bool(
        2 * len(full) > len(values)
        and (single == full).all()
        and any(len(repr(each)) > 12 for each in full[:1000].tolist())
    )
