"""The primitives: their limits and where they end."""

from math import exp, sqrt

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lrplot.curves.anneals import Anneal, GeometricAnneal
from lrplot.curves.curve import Flat
from lrplot.curves.laws import Geometric, NaturalExponential, Noam, PowerLaw
from lrplot.curves.points import Interpolation, Listed
from lrplot.curves.roles import Role
from lrplot.curves.shapes import COSINE, LINEAR
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import ascending, both_sides, each_once, within


def ints(*steps):
    return np.array(steps, dtype=np.int64)


LIMITS = [  # curve, then t and the value it tends to as time goes up to t
    (Flat(4, 0.3), {0: 0.3, 2: 0.3, 4: 0.3}),
    (Anneal(4, 1.0, 0.0, LINEAR), {0: 1, 1: 0.75, 3: 0.25, 4: 0}),
    (Anneal(4, 1.0, 0.0, COSINE), {0: 1, 2: 0.5, 4: 0}),
    (Anneal(5, 1.0, 0.0, LINEAR, inclusive=True), {3: 0.25, 4: 0, 5: 0}),
    (Anneal(4, 0.0, 1.0, LINEAR, lead=1), {0: 0.25, 2: 0.75, 3: 1, 4: 1}),
    (Anneal(0, 1.0, 0.2, LINEAR), {0: 0.2}),
    (GeometricAnneal(4, 1.0, 1e-4), {0: 1, 1: 0.1, 3: 1e-3, 4: 1e-4}),
    (GeometricAnneal(5, 1.0, 1e-4, inclusive=True), {3: 1e-3, 4: 1e-4, 5: 1e-4}),
    (GeometricAnneal(4, 1e-4, 1.0, lead=1), {0: 1e-3, 3: 1, 4: 1}),
    (GeometricAnneal(0, 1.0, 0.2), {0: 0.2}),
    (Geometric(8, 1.0, 0.25, every=4), {0: 1, 2: 0.5, 4: 0.25, 8: 0.0625}),
    (Geometric(8, 1.0, 0.25, every=4, staircase=True), {0: 1, 3: 1, 4: 1, 5: 0.25, 8: 0.25}),
    (NaturalExponential(8, 2.0, 0.5), {0: 2, 4: 2 * exp(-2), 8: 2 * exp(-4)}),
    (PowerLaw(8, 2.0, 4.0, 0.5), {0: 2, 4: sqrt(2), 8: 2 / sqrt(3)}),
    (PowerLaw(8, 2.0, 4.0, 2.0), {0: 2, 4: 0.5, 8: 2 / 9}),
    (Noam(15, 1.0, 4), {0: 1 / 8, 3: 0.5, 15: 0.25}),
    (Plateaus(8, ints(2, 2, 6), np.array([4.0, 3.0, 2.0, 1.0])), {0: 4, 2: 4, 3: 2, 6: 2, 7: 1, 8: 1}),
    (Plateaus(8, ints(8), np.array([4.0, 3.0])), {8: 4}),
    (Interpolation(8, ints(2, 6), np.array([1.0, 0.0]), LINEAR), {0: 1, 2: 1, 3: 0.75, 6: 0, 8: 0}),
    (Interpolation(8, ints(2, 6), np.array([1.0, 1e-4]), None), {0: 1, 3: 0.1, 6: 1e-4, 8: 1e-4}),
    (Listed(4, np.array([5.0, 6.0, 7.0])), {0: 5, 1: 5, 2: 6, 3: 7, 4: 7}),
]


@pytest.mark.parametrize(("curve", "limits"), LIMITS, ids=lambda value: getattr(type(value), "__name__", ""))
def test_limit(curve, limits):
    assert_allclose([curve.limit(t) for t in limits], list(limits.values()), rtol=1e-12)
    if curve.length in limits:
        assert curve.end == curve.limit(curve.length)


@pytest.mark.parametrize("curve", [curve for curve, _ in LIMITS], ids=lambda curve: type(curve).__name__)
def test_values_are_float64_in_any_order(curve):
    steps = ints(*reversed(range(curve.length)))
    backward = curve.values(steps)
    assert backward.dtype == np.float64
    assert backward[::-1].tolist() == curve.values(steps[::-1].copy()).tolist()
    assert curve.values(ints()).shape == (0,)


def test_directions_are_roles():
    assert [Anneal(4, first, 0.5, LINEAR).role for first in (0.0, 0.5, 1.0)] == [Role.RISE, Role.HOLD, Role.DECAY]
    assert Anneal(4, 0.0, 1.0, LINEAR, meant=Role.WARMUP).role is Role.WARMUP
    assert (Noam(15, 1.0, 4).segments()[0].role, Noam(15, 1.0, 4).segments()[1].role) == (Role.WARMUP, Role.DECAY)


def test_a_table_holds_its_last_row():
    (segment,) = Listed(9, np.array([5.0, 6.0])).segments()
    assert (segment.start, segment.stop, segment.past) == (0, 2, Role.HOLD)


def test_within_and_both_sides():
    assert within(ints(9, 3, 5, 3, 2, 7), 3, 7).tolist() == [3, 5]
    assert both_sides(ints(3, 9), 3, 9).tolist() == [3, 8]
    assert both_sides(ints(0), 0, 5).tolist() == [0]


@pytest.mark.parametrize("values", [[], [3.0], [2.0, 1.0, 2.0, -0.0, 5.0, 1.0], [7, 7, 7], list(range(9, 0, -1))])
def test_each_value_once(values):
    given = np.array(values)
    once, where = each_once(given)
    expected, places = np.unique(given, return_inverse=True)
    assert ascending(given).tolist() == once.tolist() == expected.tolist()
    assert where.tolist() == places.tolist()


def test_a_ramp_of_more_steps_than_an_int64_holds():
    endless = int(1e300)
    assert Anneal(endless, 0.5, 1.0, LINEAR).values(ints(0, 7, 1 << 62)).tolist() == [0.5, 0.5, 0.5]
    assert Anneal(endless, 0.0, 1e300, LINEAR).values(ints(0, 7)).tolist() == pytest.approx([0.0, 7.0])
    assert Anneal(endless, 1.0, 0.0, COSINE).values(ints(0, 7)).tolist() == [1.0, 1.0]


def test_nothing_of_a_negative_end_is_no_negative_zero():
    assert str(Anneal(10, -1.0, 0.0, LINEAR, inclusive=True).values(ints(9))[0]) == "0.0"
    assert str(Anneal(10, 0.0, -1.0, COSINE).values(ints(0))[0]) == "0.0"
