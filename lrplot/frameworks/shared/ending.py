"""Formulas that come to an end and keep a value there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats


class Ending(Formula):
    """A formula that is constant from `over` on."""

    @property
    def past(self) -> Role | None:
        return None if self.over is None else Role.HOLD


def until(stop: float, function: Callable[[Floats], Floats], after: float, t: Floats) -> Floats:
    """The values of `function` before time `stop`, then `after`."""
    return np.where(t < stop, function(t), after)
