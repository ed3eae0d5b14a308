"""A curve given by an expression of the user's own."""

from __future__ import annotations

import ast
from math import isfinite

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.expression import Program
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Computed(Curve):
    """An expression over t, n, u = t/n, the base value and the epochs passed, of `epoch` updates each.

    `base` and `epoch` are None if the expression does not have these names.
    """

    length: int
    program: Program
    base: float | None
    epoch: int | None

    @property
    def uses_base(self) -> bool:
        """Whether the expression names the base value."""
        return any(isinstance(node, ast.Name) and node.id == "base" for node in ast.walk(self.program.tree))

    def values(self, t: Steps) -> Floats:
        n = max(self.length, 1)
        names: dict[str, Floats | float] = {"t": t.astype(np.float64), "n": float(n), "u": t / n}
        if self.base is not None:
            names["base"] = self.base
        if self.epoch is not None:
            names["epoch"] = (t // self.epoch).astype(np.float64)
        return np.broadcast_to(self.program(names), t.shape).copy()

    def limit(self, t: int) -> float:
        value = super().limit(t)
        return value if isfinite(value) else super().limit(max(t - 1, 0))

    def turning_points(self, start: int, stop: int) -> Steps | None:
        return None

    @property
    def role(self) -> Role:
        return Role.CURVE
