"""Shapes of an anneal: how much of the way is done, and how much remains, at u = t/n.

Each comes as two functions of u and v = 1 − u, exact at both ends, so that neither a
ramp from zero nor a decay to zero loses digits to cancellation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Share = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Shape:
    """The shares `done(u, v)`, 0 → 1, and `remaining(u, v)`, 1 → 0; they sum to 1."""

    done: Share = field(repr=False)
    remaining: Share = field(repr=False)


def half_cosine(u: Floats, v: Floats) -> Floats:
    """(1 + cos πu)/2, as sin²(πv/2) past the middle, where 1 + cos πu would cancel."""
    late = u > 0.5
    if late.all():
        return np.asarray(np.square(np.sin(v * (np.pi / 2))))
    early = 0.5 * (1 + np.cos(u * np.pi))
    return np.where(late, np.square(np.sin(v * (np.pi / 2))), early) if late.any() else early


def _u(u: Floats, v: Floats) -> Floats:
    return u


def _v(u: Floats, v: Floats) -> Floats:
    return v


def _root(u: Floats, v: Floats) -> Floats:
    return np.asarray(np.sqrt(u))


def _root_left(u: Floats, v: Floats) -> Floats:
    return np.asarray(v / (1 + np.sqrt(u)))


def _rex_done(u: Floats, v: Floats) -> Floats:
    return u / (1 + v)


def _rex_left(u: Floats, v: Floats) -> Floats:
    return 2 * v / (1 + v)


def _swapped(share: Share, u: Floats, v: Floats) -> Floats:
    return share(v, u)


def _power(exponent: float, u: Floats, v: Floats) -> Floats:
    return np.power(u, exponent)


def _one_minus_power(exponent: float, u: Floats, v: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        logarithm = np.where(u > 0.5, np.log1p(-v), np.log(u))
    return np.asarray(-np.expm1(exponent * logarithm))


# Functions and partials, not lambdas: a schedule can be pickled, as a training run's workers need.
LINEAR = Shape(done=_u, remaining=_v)
COSINE = Shape(done=partial(_swapped, half_cosine), remaining=half_cosine)
SQRT = Shape(done=_root, remaining=_root_left)
REX = Shape(done=_rex_done, remaining=_rex_left)


def power_ramp(exponent: float) -> Shape:
    """u^p done: slow at first, as a warmup is."""
    return Shape(done=partial(_power, exponent), remaining=partial(_one_minus_power, exponent))


def power_decay(exponent: float) -> Shape:
    """(1 − u)^p remaining: fast at first, as a decay is."""
    ramp = power_ramp(exponent)
    return Shape(done=partial(_swapped, ramp.remaining), remaining=partial(_swapped, ramp.done))
