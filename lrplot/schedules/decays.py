"""Curves that lead from one value to another, or fall without end."""

from __future__ import annotations

from abc import abstractmethod
from math import inf, log

import numpy as np

from lrplot.frozen import frozen
from lrplot.schedules.curve import FARTHEST, NO_STEPS, Curve, Steps, both_sides, some_multiples
from lrplot.schedules.shapes import Floats, Shape, Way


class Ramp(Curve):
    """From `first` to `last` in `length` updates, u = t/n, and no further at either end.

    `inclusive` reaches `last` at the last update, u = t/(n − 1). `lead` starts that many
    updates into the ramp.
    """

    first: float
    last: float
    inclusive: bool
    lead: int

    @abstractmethod
    def along(self, way: Way) -> Floats:
        """Values so far along the ramp."""

    def values(self, t: Steps) -> Floats:
        span: float = self.length - self.inclusive
        if span <= 0:
            return np.full(t.shape, self.last)
        if span > FARTHEST:  # more than an int64 holds
            span = float(span)
        gone = np.minimum(t + self.lead, span)
        return self.along(Way(gone, span - gone, span))

    def limit(self, t: int) -> float:
        return self.last if t >= self.length else super().limit(t)


@frozen
class Anneal(Ramp):
    """A ramp along `shape`."""

    length: int
    first: float
    last: float
    shape: Shape
    inclusive: bool = False
    lead: int = 0

    def along(self, way: Way) -> Floats:
        # Measured from the end nearer to zero, a small value keeps all its digits.
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


@frozen
class GeometricAnneal(Ramp):
    """A ramp between values above zero, by equal factors: first·(last/first)^u."""

    length: int
    first: float
    last: float
    inclusive: bool = False
    lead: int = 0

    def along(self, way: Way) -> Floats:
        u, ratio = way.u, self.last / self.first
        if 0 < ratio < inf:
            values = self.first * np.power(ratio, u)
        else:  # too far apart for one float64 to hold the ratio
            values = np.exp(log(self.first) + (log(self.last) - log(self.first)) * u)
        values[u == 1] = self.last
        return values


def _scaled(first: float, growth: Floats) -> Floats:
    """first·growth, where nothing stays nothing however much it grows."""
    return np.zeros_like(growth) if first == 0 else np.asarray(first * growth)


@frozen
class Geometric(Curve):
    """first·γ^(t/every); with `staircase`, first·γ^⌊t/every⌋."""

    length: int
    first: float
    gamma: float
    every: int = 1
    staircase: bool = False

    def values(self, t: Steps) -> Floats:
        exponent = t // self.every if self.staircase else t / self.every
        return _scaled(self.first, np.power(self.gamma, exponent.astype(np.float64)))

    def limit(self, t: int) -> float:
        return super().limit(max(t - 1, 0) if self.staircase else t)

    def turning_points(self, start: int, stop: int) -> Steps:
        if self.gamma >= 0:
            return NO_STEPS
        # A negative factor, as frameworks allow, changes the sign with every drop.
        return both_sides(some_multiples(self.every, start, stop), start, stop)


@frozen
class NaturalExponential(Curve):
    """first·e^(−rate·t)."""

    length: int
    first: float
    rate: float

    def values(self, t: Steps) -> Floats:
        return _scaled(self.first, np.exp(-self.rate * t))


@frozen
class PowerLaw(Curve):
    """first·(1 + t/scale)^−exponent."""

    length: int
    first: float
    scale: float
    exponent: float

    def values(self, t: Steps) -> Floats:
        growth = 1 + t / self.scale
        if self.exponent == 0.5:
            return np.asarray(self.first / np.sqrt(growth))
        if self.exponent == 1:
            return np.asarray(self.first / growth)
        return np.asarray(self.first * np.power(growth, -self.exponent))


@frozen
class Noam(Curve):
    """scale·min(k^−½, k·w^−3⁄2) with k = t + 1."""

    length: int
    scale: float
    warmup: int

    def values(self, t: Steps) -> Floats:
        k = (t + 1).astype(np.float64)
        fall = 1 / np.sqrt(k)
        if not self.warmup:
            return np.asarray(self.scale * fall)
        return np.asarray(self.scale * np.minimum(fall, k / (self.warmup * np.sqrt(self.warmup))))

    def turning_points(self, start: int, stop: int) -> Steps:
        return both_sides(np.array([self.warmup], dtype=np.int64), start, stop)
