"""Curves without an end of their own: exponentials and power laws."""

from __future__ import annotations

import numpy as np

from lrplot.curves.curve import Curve, Segment
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import NO_STEPS, Steps, both_sides, multiples
from lrplot.curves.wrappers import Lasting
from lrplot.lazy import dataclass


def _scaled(first: float, growth: Floats) -> Floats:
    """first·growth; 0 if `first` is 0, even if the growth overflows."""
    return np.zeros_like(growth) if first == 0 else np.asarray(first * growth)


@dataclass(eq=False)
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

    def turning_points(self, start: int, stop: int) -> Steps | None:
        if self.gamma >= 0 and not self.staircase:
            return NO_STEPS
        drops = multiples(self.every, start, stop + 1)
        if drops is None:  # frameworks allow negative factors, which change the sign with every drop
            return NO_STEPS if self.gamma >= 0 else None
        return both_sides(drops, start, stop)

    @property
    def role(self) -> Role:
        return Role.STAIRS if self.staircase else super().role


@dataclass(eq=False)
class NaturalExponential(Curve):
    """first·e^(−rate·t)."""

    length: int
    first: float
    rate: float

    def values(self, t: Steps) -> Floats:
        return _scaled(self.first, np.exp(-self.rate * t))


@dataclass(eq=False)
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


@dataclass(eq=False)
class Noam(Curve):
    """scale·min(k^−½, k·w^−3⁄2) with k = t + 1; if `peaked`, scale·min(√(w/k), k/w), whose peak is the scale.

    Without a warmup both are scale·k^−½.
    """

    length: int
    scale: float
    warmup: int
    peaked: bool = False

    def values(self, t: Steps) -> Floats:
        k = (t + 1).astype(np.float64)
        if self.peaked and self.warmup:
            return np.asarray(self.scale * np.minimum(np.sqrt(self.warmup / k), k / self.warmup))
        fall = 1 / np.sqrt(k)
        if not self.warmup:
            return np.asarray(self.scale * fall)
        return np.asarray(self.scale * np.minimum(fall, k / (self.warmup * np.sqrt(self.warmup))))

    def turning_points(self, start: int, stop: int) -> Steps:
        return both_sides(np.array([self.warmup], dtype=np.int64), start, stop)

    def segments(self) -> tuple[Segment, ...]:
        top = self.warmup
        rise = (Segment(Role.WARMUP, 0, top, self, "warmup"),) if top else ()
        if top >= self.length:
            return rise
        return (*rise, Segment(Role.DECAY, top, self.length, Lasting(self.length - top, self, top)))
