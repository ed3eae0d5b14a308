"""Axes: ranges, labels, places of values."""

import numpy as np
import pytest

from lrplot.chart.axis import Scale, unit_ticks, value_scale, value_ticks


def scale(*values: float, log: bool = False) -> Scale:
    return value_scale([np.array(values)], log)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ((1e-5, 1e-4), 0.0, 1e-4),
        ((0.85, 0.95), 0.85, 0.95),
        ((0.3, 0.3), 0.0, 0.3),
        ((0.0, 0.0), 0.0, 1.0),
        ((-1.0, 1.0), -1.0, 1.0),
        ((-2.0, -2.0), -2.0, 0.0),
    ],
)
def test_value_axis_starts_at_zero_unless_all_is_far_above(values, low, high):
    axis = scale(*values)
    assert (axis.low, axis.high) == (low, high)
    assert axis.places(np.array([low, high])).tolist() == [0, 1]
    assert all(low <= tick <= high for tick in value_ticks(axis, 5))


def test_value_axis_holds_every_track():
    axis = value_scale([np.array([1.0, 2.0]), np.array([0.5, 3.0])], False)
    assert (axis.low, axis.high) == (0, 3)


def test_log_axis_leaves_out_zero_and_the_few_values_five_decades_down():
    axis = scale(0.0, 1e-12, *[1e-3] * 20, 0.1, log=True)
    assert axis.high == 0.1
    assert axis.low == pytest.approx(1e-6)
    assert np.isnan(axis.places(np.array([0.0, 1e-12]))).all()
    assert axis.places(np.array([10**-3.5])) == pytest.approx([0.5])
    assert 1e-3 in value_ticks(axis, 9)


def test_log_axis_holds_many_values_far_down():
    axis = scale(1e-7, 1e-5, 1e-3, 0.1, 10.0, log=True)
    assert (axis.low, axis.high) == (1e-7, 10.0)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    "ends", [(0.0, 5e-324), (5e-324, 1e-320), (1.0, 1.7e308), (1e300, 1.79e308), (3e-4, 3.0000001e-4)]
)
def test_axes_at_the_edge_of_float64_have_places_and_ticks_that_differ(ends, log):
    axis = scale(*ends, log=log)
    place, top = axis.places(np.array([ends[1], axis.high]))
    assert 0 <= place <= 1
    assert top == pytest.approx(1)
    ticks = value_ticks(axis, 5)
    assert 1 <= len({*ticks}) == len(ticks)


def test_values_of_both_signs_near_the_largest_float64_have_places():
    assert Scale(-1.7e308, 1.7e308).places(np.array([-1.7e308, 0.0, 1.7e308])).tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 343, 6, [0, 100, 200, 300, 343]),
        (0, 90, 6, [0, 15, 30, 45, 60, 75, 90]),
        (500, 1_000, 5, [500, 600, 800, 1_000]),
    ],
)
def test_time_ticks_end_at_the_end_of_the_run(low, high, most, ticks):
    assert unit_ticks(low, high, most) == ticks


def test_log_axis_of_one_value_and_of_none():
    one = scale(0.1, 0.1, log=True)
    assert (one.low, one.high) == pytest.approx((0.01, 1.0))
    assert scale(0.0, 0.0, log=True).log is False
