"""Products: their values, and the extremes of every stretch, against a look at each step."""

import numpy as np
import pytest

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.cycles import Restarts
from lrplot.curves.laws import Geometric
from lrplot.curves.points import Interpolation, Listed
from lrplot.curves.product import Product
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import COSINE, LINEAR, power_ramp
from lrplot.curves.staircase import Plateaus
from lrplot.curves.wrappers import Scaled, Stepped
from lrplot.engine.extremes import columns

N = 300_000


def sequence(*curves: Curve) -> Sequence:
    return Sequence(sum(curve.length for curve in curves), tuple(Phase("part", curve) for curve in curves))


UP, DOWN = Anneal(N, 0.0, 1.0, LINEAR), Anneal(N, 1.0, 0.0, LINEAR)
WARMED = sequence(Anneal(1_000, 0.0, 1.0, LINEAR), Anneal(N - 1_000, 1.0, 0.1, COSINE))
STAIRS = Plateaus(N, np.arange(10_000, N, 10_000), 0.9 ** np.arange(N // 10_000))
PRODUCTS = {
    "once up, once down": Product(N, 2.0, (UP, DOWN)),
    "a late peak": Product(N, 1.0, (Anneal(N, 0.0, 1.0, power_ramp(9.0)), DOWN)),
    "a warmup and a slow fall": Product(N, 0.1, (WARMED, Geometric(N, 1.0, 0.99999))),
    "three": Product(N, 1.0, (UP, Anneal(N, 1.0, 0.2, COSINE), Geometric(N, 3.0, 0.999995))),
    "stairs down a ramp up": Product(N, 1.0, (STAIRS, UP)),
    "a growth against a fall": Product(N, 1.0, (Geometric(N, 1.0, 1.00001), Geometric(N, 1.0, 0.99999))),
    "a few cycles": Product(N, 1.0, (Restarts(N, 1.0, 0.1, 50_000, 1.0, 0.8), UP)),
    "many cycles": Product(N, 1.0, (Restarts(N, 1.0, 0.1, 7, 1.0, 0.8), UP)),
    "nothing moves": Product(N, 3.0, (Flat(N, 0.5), Flat(N, 0.0))),
    "both fall": Product(N, 3.0, (DOWN, Geometric(N, 1.0, 0.99999))),
}


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("count", [1, 7, 160])
def test_extremes_are_those_of_every_step(name, count):
    curve = PRODUCTS[name]
    values = curve.values(np.arange(N))
    found = columns(curve, 0, N, count)
    assert found.lows.tolist() == np.minimum.reduceat(values, found.edges[:-1]).tolist()
    assert found.highs.tolist() == np.maximum.reduceat(values, found.edges[:-1]).tolist()


@pytest.mark.parametrize("name", [name for name in PRODUCTS if name != "many cycles"])
def test_extremes_of_windows(name):
    curve = PRODUCTS[name]
    values = curve.values(np.arange(N))
    for start, stop in [(0, N), (1, N - 1), (999, 1_001), (5_000, 5_001), (140_000, 160_000), (49_999, 250_003)]:
        points = curve.turning_points(start, stop)
        if points is not None:
            found, whole = values[[start, *points, stop - 1]], values[start:stop]
            assert (found.min(), found.max()) == (whole.min(), whole.max())


def test_few_steps_of_a_long_run_are_looked_at():
    length = 10**10
    rise, fall = Anneal(length, 0.0, 1.0, LINEAR), Anneal(length, 1.0, 0.0, LINEAR)
    points = Product(length, 4.0, (rise, fall)).turning_points(0, length)
    # u(1 − u) is greatest in the middle.
    assert length // 2 in points
    assert len(points) < 1_000_000


@pytest.mark.parametrize(
    "curve",
    [
        Product(N, -1.0, (UP, DOWN)),
        Product(N, 1.0, (Anneal(N, -1.0, 1.0, LINEAR), DOWN)),
        Product(N, 1.0, (UP, Geometric(N, 1.0, -0.9))),
        Product(N, 1.0, (Listed(N, np.cos(np.arange(N)) + 2), UP)),
    ],
)
def test_what_is_not_searched(curve):
    assert curve.turning_points(0, N) is None
    values = curve.values(np.arange(N))
    found = columns(curve, 0, N, 100)
    assert found.lows.tolist() == np.minimum.reduceat(values, found.edges[:-1]).tolist()
    assert found.highs.tolist() == np.maximum.reduceat(values, found.edges[:-1]).tolist()


HILL = Product(
    N,
    1.0,
    (
        Interpolation(N, np.array([0, 50_000, 100_000]), np.array([1.0, 3.0, 6.0]), LINEAR),
        Interpolation(N, np.array([0, 50_000, 100_000]), np.array([3.3, 1.1, 0.6]), LINEAR),
    ),
)


@pytest.mark.parametrize(
    "curve",
    [
        Product(N, 1.0, (HILL, Interpolation(N, np.array([0, 50_000, 100_000]), np.array([1.0, 1.5, 1.501]), LINEAR))),
        Stepped(N, HILL, times=7),
        sequence(Scaled(HILL, 0.5), HILL),
    ],
)
@pytest.mark.parametrize("count", [1, 3, 100])
def test_the_extremes_of_a_product_are_not_taken_for_all_of_its_turns(curve, count):
    values = curve.values(np.arange(N))
    found = columns(curve, 0, N, count)
    assert found.lows.tolist() == np.minimum.reduceat(values, found.edges[:-1]).tolist()
    assert found.highs.tolist() == np.maximum.reduceat(values, found.edges[:-1]).tolist()


def test_values_and_limits():
    drop = Plateaus(4, np.array([2]), np.array([1.0, 0.5]))
    product = Product(4, 2.0, (Anneal(4, 1.0, 0.0, LINEAR), drop))
    assert product.values(np.arange(5)).tolist() == [2, 1.5, 0.5, 0.25, 0]
    assert [product.limit(t) for t in (0, 2, 3, 4)] == [2, 1, 0.25, 0]
    assert Product(4, 3.0, ()).limit(4) == 3
    assert Product(4, 3.0, ()).turning_points(2, 2).tolist() == []
