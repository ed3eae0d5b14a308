"""Exact arithmetic on decimal numbers."""

from fractions import Fraction

import pytest

from lrplot.runs.numbers import exact, nearest, plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.1, Fraction(1, 10)), (6e-4, Fraction(3, 5000)), (1e-300, Fraction(1, 10**300)), (3, Fraction(3)), (-0.0, 0)],
)
def test_exact_is_the_written_decimal(value, expected):
    assert exact(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2.4", 2), ("2.5", 3), ("3.5", 4), ("2.6", 3), ("0.5", 1), ("-0.5", 0), ("-2.5", -2), ("-2.6", -3), ("7", 7)],
)
def test_nearest_rounds_a_half_up(value, expected):
    assert nearest(Fraction(value)) == expected


def test_nearest_is_exact_beyond_float_precision():
    assert nearest(Fraction(2 * 10**20 + 1, 2)) == 10**20 + 1
    assert nearest(Fraction(1, 2) - Fraction(1, 10**30)) == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3 * 10**11, "300,000,000,000"),
        (Fraction(5, 2), "2.5"),
        (1e-7, "1e-07"),
        (0.0, "0"),
        (2.0, "2"),
        (-1500, "-1,500"),
    ],
)
def test_plain_formats_a_number(value, expected):
    assert plain(value) == expected


def test_percentages_are_rounded_once(load):
    assert load({"kind": "constant", "value": "10%"}, 1, 6e-4)(0) == 6e-5  # 6e-4 * 0.1 is 5.9999999999999995e-05
    assert load({"kind": "constant", "value": "70%"}, 1, 0.1)(0) == 0.07  # 0.1 * 0.7 is 0.06999999999999999
    assert load({"kind": "constant", "value": "0.1%"}, 1, 3e-3)(0) == 3e-6
