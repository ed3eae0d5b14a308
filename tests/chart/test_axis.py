"""Axes: ranges, labels, places of values."""

import numpy as np
import pytest

from lrplot.chart.axis import value_axis
from lrplot.engine.extremes import Columns


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


def test_log_axis_leaves_out_zero_and_what_is_eight_decades_down():
    axis = value_axis([track(0.0, 1e-12, 1e-3, 0.1)], True, 9)
    assert axis.high == 0.1
    assert axis.low == pytest.approx(1e-9)
    assert axis.place(0.0) is None
    assert axis.place(1e-12) is None
    assert axis.place(1e-5) == pytest.approx(0.5)
    assert "1e-3" in axis.labels


def test_log_axis_of_one_value_and_of_none():
    one = value_axis([track(0.1, 0.1)], True, 5)
    assert (one.low, one.high) == pytest.approx((0.01, 1.0))
    assert value_axis([track(0.0, 0.0)], True, 5).log is False
