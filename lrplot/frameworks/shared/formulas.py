"""Formulas of the step that several frameworks have."""

from __future__ import annotations

import numpy as np

from lrplot.curves.expression import OneArgument
from lrplot.curves.shapes import Floats


def scaled(base: float, function: OneArgument, k: Floats) -> Floats:
    """base·function(k)."""
    return np.asarray(base * function(k))


def inverse_time(base: float, gamma: float, k: Floats) -> Floats:
    """base/(1 + gamma·k)."""
    return np.asarray(base / (1 + gamma * k))
