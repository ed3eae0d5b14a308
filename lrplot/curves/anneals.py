"""Curves from one value to another in a given number of updates."""

from __future__ import annotations

from abc import abstractmethod
from math import inf, log

import numpy as np

from lrplot.curves.curve import Curve, direction
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats, Shape, Way
from lrplot.curves.steps import FARTHEST, Steps
from lrplot.lazy import dataclass


class Ramp(Curve):
    """A curve from `first` to `last` in `length` updates, constant before and after: u = t/n.

    If `inclusive`, the last update has `last`: u = t/(n − 1). The ramp starts `lead` updates in.
    `meant` is its role; None means its direction.
    """

    first: float
    last: float
    inclusive: bool
    lead: int
    meant: Role | None

    @abstractmethod
    def along(self, way: Way) -> Floats:
        """Values at each step's progress through the ramp."""

    def values(self, t: Steps) -> Floats:
        span: float = self.length - self.inclusive
        if span <= 0:
            return np.full(t.shape, self.last)
        if span > FARTHEST:  # an int64 cannot hold it
            span = float(span)
        gone = np.minimum(t + self.lead, span)
        return self.along(Way(gone, span - gone, span))

    def limit(self, t: int) -> float:
        return self.last if t >= self.length else super().limit(t)

    @property
    def role(self) -> Role:
        return self.meant or direction(self.first, self.last)

    @property
    def past(self) -> Role | None:
        return Role.HOLD


@dataclass(eq=False)
class Anneal(Ramp):
    """A ramp along `shape`."""

    length: int
    first: float
    last: float
    shape: Shape
    inclusive: bool = False
    lead: int = 0
    meant: Role | None = None

    def along(self, way: Way) -> Floats:
        # Computing from the end nearer to zero keeps all digits of small values.
        near, far, share = (
            (self.first, self.last, self.shape.done(way))
            if abs(self.first) <= abs(self.last)
            else (self.last, self.first, self.shape.remaining(way))
        )
        if near == 0 < far:
            return far * share
        values = near + (far - near) * share
        values[share == 1] = far
        return values


@dataclass(eq=False)
class GeometricAnneal(Ramp):
    """A ramp between values above 0 in equal factors: first·(last/first)^u."""

    length: int
    first: float
    last: float
    inclusive: bool = False
    lead: int = 0
    meant: Role | None = None

    def along(self, way: Way) -> Floats:
        u, ratio = way.u, self.last / self.first
        if 0 < ratio < inf:
            values = self.first * np.power(ratio, u)
        else:  # the ratio of the two ends overflows or underflows
            values = np.exp(log(self.first) + (log(self.last) - log(self.first)) * u)
        values[u == 1] = self.last
        return values
