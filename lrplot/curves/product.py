"""The product of several curves."""

from __future__ import annotations

import numpy as np

from lrplot.curves.curve import Curve, Factor
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Product(Curve):
    """scale·Π parts."""

    length: int
    scale: float
    parts: tuple[Factor, ...]

    def values(self, t: Steps) -> Floats:
        product = np.full(t.shape, self.scale)
        for part in self.parts:
            product *= part.curve.values(t)
        return product

    def limit(self, t: int) -> float:
        return float(np.prod([self.scale, *(part.curve.limit(t) for part in self.parts)]))

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return None

    def failure(self, t: int) -> str | None:
        return next((reason for part in self.parts if (reason := part.curve.failure(t))), None)

    @property
    def role(self) -> Role:
        return Role.CURVE

    @property
    def factors(self) -> tuple[Factor, ...]:
        return self.parts
