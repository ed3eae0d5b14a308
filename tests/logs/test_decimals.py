"""Cells as numbers, a column at once: what `float` gives, or left to it."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrplot.logs.shared.decimals import Grid, floats

ODD = [
    *("0", "-0.0", "1.", "e-05", "1e-05", "1e+05", ".5", "-", "--1", "1-e05", "12345678", "123456789", "1.2.3", "nan"),
    *("inf", "0.1e-99", "9007199254740993", "9007199254740993.0", "0.000000000000000000000001", "1e22", "1e23", "x"),
    *("8.5e-23", "123456789012345678", "1 ", " 1", "1_0", "0x1", "1e5", "1E-05", "+1", "1e-5", "00.5", "5e-324", "e"),
]


def check(cells):
    grid = Grid.of("".join(f"7;{cell}\n" for cell in cells), ";", 2)
    values, left = grid.numbers(1)
    assert grid.numbers(0)[0].tolist() == [7] * len(cells)
    left = set(left.tolist())
    for row, cell in enumerate(cells):
        assert grid.cell(row, 1) == cell
        if row in left:
            continue
        expected = float(cell) if cell else math.nan
        assert values[row] == expected or (math.isnan(expected) and math.isnan(values[row])), cell
    return left


def test_other_forms_are_left_out_and_no_number_is_wrong():
    check(ODD)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_in_full_are_those_of_float(numbers):
    check([repr(number) for number in numbers])


@given(st.lists(st.text("0123456789.e-+ ", max_size=30), min_size=1))
def test_texts_like_numbers_are_those_of_float(cells):
    check(cells)


@pytest.mark.parametrize("form", ["{!r}", "{:.6f}", "{:.4e}", "{:.6g}", "{:.17g}", "{:.16e}", "{:.20f}"])
def test_common_forms_are_read_here(form):
    rng = random.Random(form)
    cells = [form.format(rng.random() * 10.0 ** rng.randint(-9, 2)) for _ in range(5000)]
    assert len(check(cells)) < 0.5 * len(cells)


def test_rows_of_other_lengths_are_left_to_others():
    assert Grid.of("1,2\n3\n4,5,6\n", ",", 2) is None
    assert Grid.of("1,2\n3,4,5\n", ",", 2) is None
    assert Grid.of("1,é\n", ",", 2) is None
    assert Grid.of("", ",", 2) is None


def test_texts_are_the_numbers_of_float():
    texts = ["0.1", "1e-05", "8.000E-06", "nan", " 7 ", "12345678901"]
    np.testing.assert_array_equal(floats(texts), list(map(float, texts)))
    assert floats(["1\n2", "3"][1:]).tolist() == [3]
    for bad in (["1", ""], ["1", "x"], ["1\n2"]):
        with pytest.raises(ValueError, match="could not convert"):
            floats(bad)
    with pytest.raises(TypeError):
        floats(["1", None])


def test_empty_cells_are_missing():
    values, left = Grid.of("1,\n,\n", ",", 2).numbers(1)
    assert np.isnan(values).all()
    assert len(left) == 0
