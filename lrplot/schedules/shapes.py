"""Shapes of an anneal: how much of the way is done, and how much remains, at u = t/n.

Each comes as two functions of u and v = 1 − u, exact at both ends, so that neither a
ramp from zero nor a decay to zero loses digits to cancellation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import factorial

import numpy as np
from numpy.typing import NDArray

from lrplot.frozen import field, frozen

Floats = NDArray[np.float64]
Share = Callable[[Floats, Floats], Floats]


@frozen
class Shape:
    """The shares `done(u, v)`, 0 → 1, and `remaining(u, v)`, 1 → 0; they sum to 1."""

    done: Share = field(repr=False)
    remaining: Share = field(repr=False)


def half_cosine(u: Floats, v: Floats) -> Floats:
    """(1 + cos πu)/2 = 1 − sin²(πu/2), as sin²(πv/2) past the middle, where 1 − sin² would cancel."""
    late = u > 0.5
    if late.all():
        return _sine_squared(v)
    if not late.any():
        return 1 - _sine_squared(u)
    rest = _sine_squared(np.where(late, v, u))
    return np.where(late, rest, 1 - rest)


def _sine_squared(w: Floats) -> Floats:
    """sin²(πw/2) for w in [0, ½], to 3e-16 of itself.

    A series takes half the time of `np.sin`, and sums and products give the same bits on every machine.
    """
    square: Floats = np.square(w)
    total: Floats = np.multiply(square, _SERIES[0])
    for coefficient in _SERIES[1:]:
        np.add(total, coefficient, out=total)
        np.multiply(total, square, out=total)
    return total


# (1 − cos πw)/2 by powers of w², the highest first; at w = ½ the next term is 2e-17 of the sum.
_SERIES = [(-1) ** (k + 1) * np.pi ** (2 * k) / (2 * factorial(2 * k)) for k in range(10, 0, -1)]


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
