"""Values that a run logged."""

from __future__ import annotations

from dataclasses import field

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, within
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Logged(Curve):
    """Values that were logged at steps `at`, in ascending order; each holds until the next, the first also before it.

    Only those at `at` are known; the others are there so that a log can stand beside a schedule.
    """

    length: int
    at: Steps = field(repr=False)
    logged: Floats = field(repr=False)

    def values(self, t: Steps) -> Floats:
        return self.logged[np.maximum(np.searchsorted(self.at, t, side="right") - 1, 0)]

    def limit(self, t: int) -> float:
        return super().limit(max(t - 1, 0))

    def turning_points(self, start: int, stop: int) -> Steps:
        return within(np.concatenate([self.at - 1, self.at]), start, stop)

    @property
    def role(self) -> Role:
        return Role.CURVE
