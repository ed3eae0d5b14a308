"""Shares of a ramp at its progress u, 0 to 1, computed in the frameworks' order of operations."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np

from lrplot.curves.shapes import Floats

Share = Callable[[Floats], Floats]


def done(u: Floats) -> Floats:
    """The progress itself."""
    return u


def left(u: Floats) -> Floats:
    """1 − u."""
    return 1.0 - u


def cosine_done(u: Floats) -> Floats:
    """(1 − cos πu)/2."""
    return np.asarray(0.5 * (1.0 - np.cos(pi * u)))


def waves_left(cycles: float, u: Floats) -> Floats:
    """(1 + cos(2π·cycles·u))/2: from 1 down to 0 and back, `cycles` times."""
    return np.asarray(0.5 * (1.0 + np.cos(pi * cycles * 2.0 * u)))


def root_done(u: Floats) -> Floats:
    """1 − √(1 − u)."""
    return np.asarray(1.0 - np.sqrt(1.0 - u))


def root_left(u: Floats) -> Floats:
    """1 − √u."""
    return np.asarray(1.0 - np.sqrt(u))
