"""Formulas that come to an end and keep a value there."""

from __future__ import annotations

from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role


class Ending(Formula):
    """A formula that is constant from `over` on."""

    @property
    def past(self) -> Role | None:
        return None if self.over is None else Role.HOLD
