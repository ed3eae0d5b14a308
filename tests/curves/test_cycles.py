"""Curves that come round: where cycles start, their limits, and where their extremes lie."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from support import check_turning_points

from lrplot.curves.cycles import Restarts, Triangles


@pytest.mark.parametrize(
    ("period", "mult", "starts"),
    [
        (10, 2.0, [0, 10, 30, 70, 150]),
        (4, 1.5, [0, 4, 10, 19, 33, 53, 83, 129]),  # 4, 10, 19, 32.5, 52.75, 83.125, 128.6875
        (1, 3.0, [0, 1, 4, 13, 40, 121]),
        (200, 2.0, [0, 200]),
    ],
)
def test_cycles_of_growing_length_start_at_whole_steps(period, mult, starts):
    assert Restarts(100, 1.0, 0.0, period, mult, 1.0).cycles[0].tolist() == starts


@pytest.mark.parametrize("mult", [1.0, 2.0])
def test_restarts_tend_to_the_minimum_before_they_jump(mult):
    curve = Restarts(30, 1.0, 0.25, 10, mult, 1.0)
    assert curve.limit(0) == 1
    assert curve.limit(10) == curve.limit(30) == 0.25
    assert_allclose(curve.limit(5), 0.625, rtol=1e-12)
    assert curve.values(np.array([10]))[0] == 1


def test_restarts_end_where_the_run_cuts_the_last_cycle():
    assert_allclose(Restarts(15, 1.0, 0.0, 10, 1.0, 1.0).end, 0.5, rtol=1e-12)
    assert_allclose(Restarts(20, 1.0, 0.0, 10, 2.0, 0.5).end, 0.25, rtol=1e-12)
    assert Restarts(0, 1.0, 0.0, 10, 1.0, 1.0).end == 1


def test_triangles_are_continuous():
    curve = Triangles(8, 0.0, 1.0, 2, 2)
    assert [curve.limit(t) for t in range(9)] == [0, 0.5, 1, 0.5, 0, 0.5, 1, 0.5, 0]


CURVES = [
    *(
        Restarts(3000, 1.0, last, period, mult, decay)
        for last in (0.0, 0.3)
        for period, mult in ((1, 1.0), (2, 1.0), (7, 1.0), (500, 1.0), (5000, 1.0), (1, 1.1), (10, 2.0))
        for decay in (1.0, 0.9, 1.1)
    ),
    *(
        Triangles(3000, low, high, up, down, halving, gamma)
        for low, high in ((0.1, 1.0), (1.0, 0.1))
        for up, down in ((1, 1), (5, 0), (4, 7), (400, 300), (5000, 1))
        for halving, gamma in ((False, 1.0), (True, 1.0), (False, 0.5), (False, 0.99), (False, 0.9999), (False, 1.01))
    ),
]


@pytest.mark.parametrize("curve", CURVES, ids=str)
def test_cycles_are_monotone_between_their_turning_points(curve):
    windows = [(0, 3000), (1, 2999), (137, 1903), (700, 710), (2000, 2001), (300, 1000), (410, 690), (1499, 3000)]
    for start, stop in windows:
        check_turning_points(curve, start, stop, rounding=1e-15)


def test_turning_points_of_too_many_cycles_are_not_known():
    for curve in (Restarts(10**12, 1.0, 0.0, 10, 1.0, 1.0), Triangles(10**12, 0.0, 1.0, 10, 10)):
        assert curve.turning_points(0, 10**12) is None
        assert curve.turning_points(5, 10**5) is not None


def test_growing_restarts_stay_at_their_low_past_the_cycle_that_ends_them():
    curve = Restarts(5, 1.0, 0.25, 1, 2.0, 1.0)  # cycles of 1, 2 and 4 steps
    assert curve.values(np.array([3, 5, 7, 8, 10**6])).tolist() == [1.0, 0.625, 0.25, 0.25, 0.25]
