"""Formulas of the step that several frameworks have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import partial

import numpy as np

from lrplot.curves.expression import OneArgument
from lrplot.curves.formulas import Formula
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.shapes import Floats
from lrplot.frameworks.shared import updates
from lrplot.lazy import dataclass


@dataclass(eq=False, kw_only=True)
class Calling(Formula):
    """A formula that calls a function of the user's own, whose argument at step k is `argument(k)`."""

    called: OneArgument
    argument: Callable[[int], float] = field(default=float, repr=False)

    def failure(self, t: int) -> str | None:
        return self.called.failure(self.argument(t))

    @property
    def recovers(self) -> bool:
        return True


def scaled(length: int, base: float, function: OneArgument) -> Calling:
    """base·function(k)."""
    return Calling(length, partial(_scaled, base, function), turns=None, called=function)


def _scaled(base: float, function: OneArgument, k: Floats) -> Floats:
    return np.asarray(base * function(k))


@dataclass(eq=False)
class Multiplied(Recurrence):
    """base·function(1)·…·function(k)."""

    called: OneArgument

    def failure(self, t: int) -> str | None:
        return self.called.failure(t)


def multiplied(length: int, base: float, function: OneArgument) -> Multiplied:
    """base·function(1)·…·function(k)."""
    return Multiplied(length, base, partial(updates.function, function), function)


def inverse_time(base: float, gamma: float, k: Floats) -> Floats:
    """base/(1 + gamma·k)."""
    return np.asarray(base / (1 + gamma * k))
