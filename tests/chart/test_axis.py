"""Axes: ranges, labels, places of values."""

from fractions import Fraction

import numpy as np
import pytest

from lrplot.chart.axis import Scale, time_axis, unit_ticks, value_axis
from lrplot.engine.extremes import Columns
from lrplot.runs.timebase import Rates, Timebase


def track(*values: float) -> Columns:
    array = np.array(values)
    return Columns(np.arange(len(values) + 1), array, array, array, array)


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
    axis = value_axis([track(*values)], False, 5)
    assert (axis.low, axis.high) == (low, high)
    assert (axis.place(low), axis.place(high)) == (0, 1)
    assert all(low <= tick <= high for tick in axis.ticks)


def test_value_axis_holds_every_track():
    axis = value_axis([track(1, 2), track(0.5, 3)], False, 5)
    assert (axis.low, axis.high) == (0, 3)


def test_log_axis_leaves_out_zero_and_the_few_values_five_decades_down():
    axis = value_axis([track(0.0, 1e-12, *[1e-3] * 20, 0.1)], True, 9)
    assert axis.high == 0.1
    assert axis.low == pytest.approx(1e-6)
    assert axis.place(0.0) is None
    assert axis.place(1e-12) is None
    assert axis.place(10**-3.5) == pytest.approx(0.5)
    assert "1e-3" in axis.labels


def test_log_axis_holds_many_values_far_down():
    axis = value_axis([track(1e-7, 1e-5, 1e-3, 0.1, 10.0)], True, 9)
    assert (axis.low, axis.high) == (1e-7, 10.0)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    "ends", [(0.0, 5e-324), (5e-324, 1e-320), (1.0, 1.7e308), (1e300, 1.79e308), (3e-4, 3.0000001e-4)]
)
def test_axes_at_the_edge_of_float64_have_places_and_labels_that_differ(ends, log):
    axis = value_axis([track(*ends)], log, 5)
    assert 0 <= axis.place(ends[1]) <= 1
    assert axis.place(axis.high) == pytest.approx(1)
    assert 1 <= len(set(axis.labels)) == len(axis.ticks)


def test_values_of_both_signs_near_the_largest_float64_have_places():
    scale = Scale(-1.7e308, 1.7e308)
    assert scale.places(np.array([-1.7e308, 0.0, 1.7e308])).tolist() == [0.0, 0.5, 1.0]


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
    one = value_axis([track(0.1, 0.1)], True, 5)
    assert (one.low, one.high) == pytest.approx((0.01, 1.0))
    assert value_axis([track(0.0, 0.0)], True, 5).log is False


def test_time_axis_is_in_the_runs_unit():
    axis = time_axis(Timebase(150_000, "tokens", Fraction(300 * 10**9), Rates()), 3)
    assert axis.labels == ("0", "100B", "200B", "300B tokens")
