"""Shapes: both shares of the way, exact at the ends and next to them."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lrplot.curves.shapes import COSINE, LINEAR, SQRT, Way, power_decay, power_ramp, rex

SHAPES = {
    "linear": LINEAR,
    "cosine": COSINE,
    "sqrt": SQRT,
    "rex": rex(0.5),
    "rex 0.9": rex(0.9),
    "ramp 2": power_ramp(2),
    "ramp ½": power_ramp(0.5),
    "decay 2": power_decay(2),
    "decay ½": power_decay(0.5),
}
TINY = 1e-9
# done and remaining at u = 1e-9, ¼, ½, ¾, 1 − 1e-9: the formulas in 60 digits (mpmath 1.3.0)
EXACT = {
    "linear": ([TINY, 0.25, 0.5, 0.75, 0.999999999], [0.999999999, 0.75, 0.5, 0.25, TINY]),
    "cosine": (
        [2.4674011002723397e-18, 0.14644660940672624, 0.5, 0.85355339059327376, 1.0],
        [1.0, 0.85355339059327376, 0.5, 0.14644660940672624, 2.4674011002723397e-18],
    ),
    "sqrt": (
        [3.1622776601683793e-5, 0.5, 0.70710678118654752, 0.86602540378443865, 0.9999999995],
        [0.99996837722339832, 0.5, 0.29289321881345248, 0.13397459621556135, 5.00000000125e-10],
    ),
    "rex": (
        [5.0000000025e-10, 0.14285714285714286, 0.33333333333333333, 0.6, 0.999999998],
        [0.9999999995, 0.85714285714285714, 0.66666666666666667, 0.4, 1.999999998e-9],
    ),
    "rex 0.9": (
        [1.00000000090000000081e-10, 0.03225806451612903225, 0.09090909090909091, 0.23076923076923077, 0.99999999],
        [0.9999999999, 0.96774193548387097, 0.90909090909090909, 0.76923076923076923, 9.99999991000000081e-9],
    ),
    "ramp 2": ([1e-18, 0.0625, 0.25, 0.5625, 0.999999998], [1.0, 0.9375, 0.75, 0.4375, 1.999999999e-9]),
    "ramp ½": (
        [3.1622776601683793e-5, 0.5, 0.70710678118654752, 0.86602540378443865, 0.9999999995],
        [0.99996837722339832, 0.5, 0.29289321881345248, 0.13397459621556135, 5.00000000125e-10],
    ),
    "decay 2": ([1.999999999e-9, 0.4375, 0.75, 0.9375, 1.0], [0.999999998, 0.5625, 0.25, 0.0625, 1e-18]),
    "decay ½": (
        [5.00000000125e-10, 0.13397459621556135, 0.29289321881345248, 0.5, 0.99996837722339832],
        [0.9999999995, 0.86602540378443865, 0.70710678118654752, 0.5, 3.1622776601683793e-5],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shares_keep_their_digits(name):
    u = np.array([TINY, 0.25, 0.5, 0.75, 1 - TINY])
    v = np.array([1 - TINY, 0.75, 0.5, 0.25, TINY])
    done, remaining = EXACT[name]
    assert_allclose(SHAPES[name].done(Way(u, v, 1)), done, rtol=1e-12)
    assert_allclose(SHAPES[name].remaining(Way(u, v, 1)), remaining, rtol=1e-12)


@pytest.mark.parametrize("name", SHAPES)
def test_shares_are_exact_at_both_ends_and_sum_to_one(name):
    u = np.arange(1001) / 1000
    v = np.arange(1000, -1, -1) / 1000
    with np.errstate(divide="ignore"):
        done, remaining = SHAPES[name].done(Way(u, v, 1)), SHAPES[name].remaining(Way(u, v, 1))
    assert (done[0], done[-1], remaining[0], remaining[-1]) == (0, 1, 1, 0)
    assert_allclose(done + remaining, np.ones(1001), rtol=1e-12)
    assert (np.diff(done) > 0).all()
    assert (np.diff(remaining) < 0).all()


PI = Decimal("3.14159265358979323846264338327950288419716939937511")


def half_sine_squared(w: float) -> Decimal:
    """sin²(πw/2) = (1 − cos πw)/2, by the power series of the cosine in 50 digits."""
    with localcontext() as context:
        context.prec = 50
        square, term, total = (PI * Decimal(w)) ** 2, Decimal(1), Decimal(0)
        for k in range(1, 30):
            term *= -square / ((2 * k - 1) * (2 * k))
            total -= term
        return total / 2


def test_a_half_cosine_is_as_exact_as_float64_allows():
    w = np.concatenate([np.random.default_rng(3).uniform(0, 0.5, 500), np.geomspace(1e-15, 0.5, 200), [0.5, 1 / 3]])
    expected = [half_sine_squared(each) for each in w.tolist()]
    late = COSINE.remaining(Way(1 - w, w, 1)).tolist()  # the share that is left, small near the end
    early = COSINE.remaining(Way(w, 1 - w, 1)).tolist()
    assert max(abs(Decimal(a) / b - 1) for a, b in zip(late, expected, strict=True)) < Decimal("5e-16")
    assert max(abs(Decimal(a) - (1 - b)) for a, b in zip(early, expected, strict=True)) < Decimal("2.3e-16")


def test_a_half_cosine_never_turns_back():
    n = 2_000_001
    t = np.arange(n)
    assert (np.diff(COSINE.remaining(Way(t, n - t, n))) <= 0).all()
