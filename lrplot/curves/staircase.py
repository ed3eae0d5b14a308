"""Constant parts with jumps between them."""

from __future__ import annotations

from dataclasses import field

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, both_sides
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Plateaus(Curve):
    """The value `levels[i]` from step `edges[i − 1]` on; there is one value more than edges, which ascend."""

    length: int
    edges: Steps = field(repr=False)
    levels: Floats = field(repr=False)

    def values(self, t: Steps) -> Floats:
        return self.levels[np.searchsorted(self.edges, t, side="right")]

    def limit(self, t: int) -> float:
        return super().limit(max(t - 1, 0))

    def turning_points(self, start: int, stop: int) -> Steps:
        return both_sides(self.edges, start, stop)

    @property
    def role(self) -> Role:
        return Role.STAIRS
