"""A curve computed by its user's own arithmetic."""

from __future__ import annotations

from math import isfinite

import numpy as np

from lrplot.frozen import frozen
from lrplot.schedules.curve import Curve, Steps
from lrplot.schedules.expression import Program
from lrplot.schedules.shapes import Floats


@frozen
class Computed(Curve):
    """An expression over t, n, u = t/n and the base value."""

    length: int
    program: Program
    base: float | None

    def values(self, t: Steps) -> Floats:
        n = max(self.length, 1)
        names: dict[str, Floats | float] = {"t": t.astype(np.float64), "n": float(n), "u": t / n}
        if self.base is not None:
            names["base"] = self.base
        return np.broadcast_to(self.program(names), t.shape).copy()

    def limit(self, t: int) -> float:
        value = super().limit(t)
        return value if isfinite(value) else super().limit(max(t - 1, 0))

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return None
