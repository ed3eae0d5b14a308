"""Vertical scales: even ticks, labels beside their values, the edges of float64."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrplot.output.terminal.scale import DECADES, scale_of

TINY, HUGE = 5e-324, 1.7e308
VALUES = st.floats(allow_nan=False, allow_infinity=False)
RANGES = [
    (0, 3e-4),
    (3.7e-5, 3.7e-5),
    (0, 0),
    (0, 8e-4),
    (0.85, 0.95),
    (0.8512, 0.95),
    (-1, 1),
    (-1e-5, 1e-3),
    (-2, -2),
    (-2, -1.9),
    (1, 1 + 1e-9),
    (0, TINY),
    (TINY, HUGE),
    (TINY, TINY),
    (-HUGE, HUGE),
    (-TINY, 1e-320),
    (0, 1.7976931348623157e308),
    (1e-7, 10),
    (6e-7, 3e-4),
]


def place(scale, value):
    return float(scale.places(np.array([value]))[0])


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(("rows", "dots"), [(5, 4), (8, 3), (13, 4), (18, 4)])
@pytest.mark.parametrize(("low", "high"), RANGES)
def test_ticks_are_evenly_spaced_rows_with_labels_that_differ(low, high, rows, dots, log):
    scale = scale_of(low, high, log, rows, dots)
    assert scale.above + scale.below + bool(scale.below) <= rows
    lines = [scale.row(tick) for tick in scale.ticks]
    assert {a - b for a, b in pairwise(lines)} <= {scale.spacing}
    labels = scale.labels([high])
    assert len(set(labels.values())) == len(labels)


@pytest.mark.parametrize("log", [False, True])
@given(low=VALUES, high=VALUES)
def test_every_value_of_a_range_lies_within_the_chart(low, high, log):
    low, high = sorted((low, high))
    scale = scale_of(low, high, log, 13, 4)
    rows = scale.above + scale.below
    for value in (low, high, 0.0):
        dot = place(scale, value)
        if low <= value <= high and not (math.isnan(dot) and log):
            assert -scale.below * 4 <= min(dot, max(scale.above * 4 - 1, 0)) <= rows * 4
    assert all(0 <= row <= rows for row in scale.labels([high]))


@pytest.mark.parametrize("dots", [3, 4])
@given(low=st.floats(-10, 0), high=st.floats(0.01, 10), share=st.floats(0, 1))
def test_negative_values_lie_below_the_line_and_others_above(dots, low, high, share):
    value = low + share * (high - low)
    scale = scale_of(low, high, False, 13, dots)
    assert scale.line == 0
    assert (place(scale, value) < 0) == (value < 0)
    assert scale.row(0.0) == scale.above


def test_an_extreme_takes_the_label_of_its_row():
    scale = scale_of(0, 7.8e-4, False, 8, 4)
    labels = scale.labels([7.8e-4])
    assert labels[scale.row(7.8e-4)] == "7.8e-4"
    assert labels[scale.above] == "0"


def test_a_constant_is_labelled_with_its_value():
    assert "3.7e-5" in scale_of(3.7e-5, 3.7e-5, False, 13, 4).labels([3.7e-5]).values()


def test_an_extreme_that_rounds_to_its_tick_has_its_text():
    scale = scale_of(0.0, 0.39999999999, False, 5, 4)
    assert scale.labels([0.39999999999])[0] == "0.4"


def test_ticks_of_nearly_level_values_are_written_in_full():
    labels = scale_of(1, 1 + 1e-10, False, 13, 4).labels([1 + 1e-10])
    assert list(labels.values()) == ["1", "1.000000000025", "1.00000000005", "1.000000000075", "1.0000000001"]


def test_values_that_differ_by_rounding_are_drawn_as_one():
    assert scale_of(1, 1 + 1e-15, False, 13, 4).line == 0


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1e-7, 10, (1e-7, 1e-5, 1e-3, 0.1, 10)),
        (6e-7, 3e-4, (1e-7, 1e-6, 1e-5, 1e-4)),
        (0.02, 0.5, (0.01, 0.03, 0.1, 0.3)),
    ],
)
def test_logarithmic_ticks(low, high, ticks):
    scale = scale_of(low, high, True, 13, 4)
    assert scale.ticks == ticks
    assert scale.line == ticks[0]


def test_a_logarithmic_scale_leaves_out_zero_and_what_is_far_below_the_peak():
    scale = scale_of(1e-12, 0.1, True, 13, 4)
    assert scale.line == pytest.approx(0.1 / 10**DECADES)
    assert math.isnan(place(scale, 0.0))
    assert math.isnan(place(scale, 1e-12))
    assert math.isnan(place(scale, -1.0))


def test_a_narrow_logarithmic_range_has_linear_ticks():
    assert not scale_of(0.85, 0.95, True, 13, 4).log
    assert not scale_of(-1, 0, True, 13, 4).log
