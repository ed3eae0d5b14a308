"""The shortest numbers in an interval."""

from __future__ import annotations

import numpy as np
import pytest

from lrplot.analysis.inference.numbers import cost, plain, share, shortest, shortest_within, simplest


@pytest.mark.parametrize(
    ("number", "digits"),
    [(0, 0), (3e-4, 1), (0.1, 1), (10_000, 1), (2500, 1.5), (0.95, 1.5), (391, 3), (1024, 2), (1 / 3, 16)],
)
def test_digits_that_a_number_is_written_with(number, digits):
    assert cost(number) == digits


@pytest.mark.parametrize(
    ("low", "high", "whole", "first"),
    [
        (2.995e-4, 3.005e-4, False, 3e-4),
        (2951, 3000, True, 3000),
        (1990, 2010, True, 2000),
        (0.949, 0.951, False, 0.95),
        (-1e-9, 1e-9, False, 0.0),
        (390.4, 391.2, True, 391),
        (0.12345678, 0.12345679, False, 0.12345678),
        (1.5e-310, 2.5e-310, False, 2e-310),
    ],
)
def test_the_shortest_number_of_an_interval_comes_first(low, high, whole, first):
    found = simplest(low, high, (low + high) / 2, whole=whole)
    assert found[0] == first
    assert all(low <= each <= high for each in found)


@pytest.mark.parametrize("number", [5e-324, np.float64(1.2345e-310)])
def test_an_interval_near_the_smallest_float64_may_hold_no_short_number(number):
    assert simplest(number, number, number) == []


def test_an_interval_may_hold_no_whole_number():
    assert simplest(390.2, 390.8, 390.5, whole=True) == []


def test_the_shortest_numbers_within_a_width():
    numbers, digits = shortest_within(np.array([0.0999, 0.12345, 0.0123456, 2.04]), 2e-4)
    assert numbers.tolist() == pytest.approx([0.1, 0.12345, 0.0123, 2.04])
    assert digits.tolist() == [1, np.inf, 3, 3]


def test_a_number_but_for_rounding():
    assert shortest(0.1 + 0.2) == 0.3
    assert shortest(1 / 3) == pytest.approx(1 / 3, rel=1e-13)


def test_a_number_is_an_integer_if_it_is_one():
    assert [repr(plain(each)) for each in (0.0, 3.0, 0.5)] == ["0", "3", "0.5"]


def test_a_share_is_written_as_is_shorter():
    assert share(0.1, 3e-4) == "10%"
    assert share(1 / 3, 3e-4) == 1e-4
    assert share(1 / 3, 3e-4, relative=True).startswith("33.33")
