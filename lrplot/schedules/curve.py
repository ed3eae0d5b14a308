"""Curves: pure functions from local steps to float64 values, the primitives of every schedule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lrplot.schedules.shapes import Floats, Shape

Steps = NDArray[np.int64]
NO_STEPS: Steps = np.empty(0, dtype=np.int64)


class Curve(ABC):
    """A value for each local step t = 0 … length − 1.

    Curves have no state: `values` takes any int64 array, in any order. What overflows
    becomes infinite or NaN; whoever evaluates a curve silences numpy's warnings of it.
    """

    length: int

    @abstractmethod
    def values(self, t: Steps) -> Floats:
        """float64 values at local steps `t`, of the same shape (one dimension)."""

    def limit(self, t: int) -> float:
        """The value the curve tends to as time goes up to local step `t`.

        A continuous formula is simply evaluated there; one that jumps at `t` answers
        with the value before the jump.
        """
        return float(self.values(np.array([t], dtype=np.int64))[0])

    @property
    def end(self) -> float:
        """Where the curve ends: its limit one update after its last."""
        return self.limit(self.length)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        """Local steps in [start, stop) that, with the window's first and last, attain its extremes.

        None where they are not known, and only evaluating every step would tell.
        """
        return NO_STEPS

    @property
    def companions(self) -> Mapping[str, Curve]:
        """Curves of other parameters that this one brings along (1cycle's momentum)."""
        return MappingProxyType({})


def within(points: Steps, start: int, stop: int) -> Steps:
    """Those of `points` that lie in [start, stop), sorted, each once."""
    return np.unique(points[(points >= start) & (points < stop)])


def both_sides(edges: Steps, start: int, stop: int) -> Steps:
    """The last step before each edge and the first after, where a jump shows."""
    return within(np.concatenate([edges - 1, edges]), start, stop)


@dataclass(frozen=True)
class Flat(Curve):
    """One value."""

    length: int
    value: float

    def values(self, t: Steps) -> Floats:
        return np.full(t.shape, self.value)


@dataclass(frozen=True)
class Anneal(Curve):
    """From `first` to `last` along `shape`, u = t/n.

    `inclusive` reaches `last` at the last update, u = t/(n − 1). `lead` starts that
    many updates into the ramp.
    """

    length: int
    first: float
    last: float
    shape: Shape
    inclusive: bool = False
    lead: int = 0

    def values(self, t: Steps) -> Floats:
        span = self.length - self.inclusive
        if span <= 0:
            return np.full(t.shape, self.last)
        u = np.minimum((t + self.lead) / span, 1.0)
        v = np.maximum((span - self.lead - t) / span, 0.0)
        # Measured from the end nearer to zero, a small value keeps all its digits.
        near, far, share = (
            (self.first, self.last, self.shape.done(u, v))
            if abs(self.first) <= abs(self.last)
            else (self.last, self.first, self.shape.remaining(u, v))
        )
        values = near + (far - near) * share
        values[share == 1] = far
        return values

    def limit(self, t: int) -> float:
        return self.last if t >= self.length else super().limit(t)


@dataclass(frozen=True)
class GeometricAnneal(Curve):
    """From `first` to `last`, both above zero, by equal factors: first·(last/first)^u."""

    length: int
    first: float
    last: float
    inclusive: bool = False
    lead: int = 0

    def values(self, t: Steps) -> Floats:
        span = self.length - self.inclusive
        if span <= 0:
            return np.full(t.shape, self.last)
        u = np.minimum((t + self.lead) / span, 1.0)
        values = self.first * np.power(self.last / self.first, u)
        values[u == 1] = self.last
        return values

    def limit(self, t: int) -> float:
        return self.last if t >= self.length else super().limit(t)


@dataclass(frozen=True)
class Geometric(Curve):
    """first·γ^(t/every); with `staircase`, first·γ^⌊t/every⌋."""

    length: int
    first: float
    gamma: float
    every: int = 1
    staircase: bool = False

    def values(self, t: Steps) -> Floats:
        exponent = t // self.every if self.staircase else t / self.every
        return np.asarray(self.first * np.power(self.gamma, exponent.astype(np.float64)))

    def limit(self, t: int) -> float:
        return super().limit(max(t - 1, 0) if self.staircase else t)


@dataclass(frozen=True)
class NaturalExponential(Curve):
    """first·e^(−rate·t)."""

    length: int
    first: float
    rate: float

    def values(self, t: Steps) -> Floats:
        return np.asarray(self.first * np.exp(-self.rate * t))


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Plateaus(Curve):
    """`levels[i]` from `edges[i − 1]` on: one level more than edges, which never descend."""

    length: int
    edges: Steps = field(repr=False)
    levels: Floats = field(repr=False)

    def values(self, t: Steps) -> Floats:
        return self.levels[np.searchsorted(self.edges, t, side="right")]

    def limit(self, t: int) -> float:
        return super().limit(max(t - 1, 0))

    def turning_points(self, start: int, stop: int) -> Steps:
        return both_sides(self.edges, start, stop)


@dataclass(frozen=True)
class Interpolation(Curve):
    """Through `knots` at steps `at`, level before the first and after the last.

    `shape` draws each stretch; without one, values are interpolated in the logarithm.
    """

    length: int
    at: Steps = field(repr=False)
    knots: Floats = field(repr=False)
    shape: Shape | None

    def values(self, t: Steps) -> Floats:
        if len(self.at) == 1:
            return np.full(t.shape, self.knots[0])
        t = np.clip(t, self.at[0], self.at[-1])
        left = np.clip(np.searchsorted(self.at, t, side="right") - 1, 0, len(self.at) - 2)
        gap = self.at[left + 1] - self.at[left]
        u, v = (t - self.at[left]) / gap, (self.at[left + 1] - t) / gap
        low, high = self.knots[left], self.knots[left + 1]
        if self.shape is None:
            return np.asarray(np.where(v == 0, high, low * np.power(high / low, u)))
        return low * self.shape.remaining(u, v) + high * self.shape.done(u, v)

    def turning_points(self, start: int, stop: int) -> Steps:
        return within(self.at, start, stop)


@dataclass(frozen=True)
class Listed(Curve):
    """The rows of a table, one a step; the last one holds."""

    length: int
    rows: Floats = field(repr=False)

    def values(self, t: Steps) -> Floats:
        return self.rows[np.minimum(t, len(self.rows) - 1)]

    def limit(self, t: int) -> float:
        return super().limit(max(t - 1, 0))

    def turning_points(self, start: int, stop: int) -> Steps:
        window = self.rows[start:stop]
        if not len(window):
            return NO_STEPS
        return start + within(np.array([window.argmin(), window.argmax()]), 0, stop - start)


@dataclass(frozen=True)
class Accompanied(Curve):
    """A curve with curves of other parameters beside it."""

    curve: Curve
    beside: Mapping[str, Curve]

    @cached_property
    def length(self) -> int:  # type: ignore[override]  # a field elsewhere, the main curve's here
        return self.curve.length

    def values(self, t: Steps) -> Floats:
        return self.curve.values(t)

    def limit(self, t: int) -> float:
        return self.curve.limit(t)

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return self.curve.turning_points(start, stop)

    @property
    def companions(self) -> Mapping[str, Curve]:
        return self.beside
