"""Curves through given values."""

from __future__ import annotations

from dataclasses import field

import numpy as np

from lrplot.curves.curve import Curve, Segment
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats, Shape, Way
from lrplot.curves.steps import Steps, within
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Interpolation(Curve):
    """A curve through `knots` at steps `at`, constant before the first and after the last.

    `shape` is used between two knots; None means interpolation of the logarithm.
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
        way = Way(t - self.at[left], self.at[left + 1] - t, gap)
        low, high = self.knots[left], self.knots[left + 1]
        if self.shape is None:
            return np.asarray(np.where(way.left == 0, high, low * np.power(high / low, way.u)))
        values = low * self.shape.remaining(way) + high * self.shape.done(way)
        return np.where(low == high, low, values)

    def turning_points(self, start: int, stop: int) -> Steps:
        return within(self.at, start, stop)

    @property
    def role(self) -> Role:
        return Role.CURVE


@dataclass(eq=False)
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
        rises, falls = window[1:] > window[:-1], window[1:] < window[:-1]
        straight = (rises[1:] & rises[:-1]) | (falls[1:] & falls[:-1])
        return start + 1 + np.flatnonzero(~straight)

    @property
    def role(self) -> Role:
        return Role.CURVE

    def segments(self) -> tuple[Segment, ...]:
        return (Segment(self.role, 0, min(self.length, len(self.rows)), self, past=Role.HOLD),)
