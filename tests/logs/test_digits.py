"""Printed digits: half a unit of the last, or none, by how the values of a column are written."""

import numpy as np
import pytest

from lrplot.logs.shared.digits import IN_FULL, Printed, printed_way


def slack(*texts, printed=None):
    return printed_way(texts, printed).slack(np.array([float(text) for text in texts])).tolist()


@pytest.mark.parametrize(
    "texts",
    [
        ("5e-05", "0.001", "0.1"),  # round values, as `repr` has them
        ("0.001",),
        ("0.1", "0.01", "0.001", "0.0001"),
        ("0.00029999999999999997", "0.0003", "0.00025"),  # one in full: all are
        ("0.01", "0.009", "0.008", "0.007", "0.006"),
        ("0.0",),
        ("0", "1", "0.5"),
    ],
)
def test_values_in_full_are_exact(texts):
    assert slack(*texts) == [0] * len(texts)


def test_decimals_are_known_by_trailing_zeros():
    assert slack("0.000100", "0.000215") == [5e-7, 5e-7]
    assert slack("0.10", "0.25", "1.00") == [0.005] * 3


def test_digits_are_known_by_trailing_zeros_or_a_needless_exponent():
    assert slack("8.000E-06", "1.600E-05") == pytest.approx([5e-10, 5e-9])
    assert slack("1.132e-04", "7.073e-06") == pytest.approx([5e-8, 5e-10])
    assert slack("1.0e-03", "9.4e-04") == pytest.approx([5e-5, 5e-6])


def test_a_number_of_decimals_is_found_from_the_values():
    assert slack("9.987e-05", "0.00021512", "0.00121512", "0.02121512", "0.10121512") == [5e-9] * 5


def test_a_number_of_digits_is_found_from_the_values():
    texts = ("0.0032727", "0.063445", "0.0098137", "0.53412", "0.0012311")
    assert slack(*texts) == pytest.approx([5e-8, 5e-7, 5e-8, 5e-6, 5e-8])


def test_many_values_of_two_digits_are_rounded():
    assert slack(*(f"{digits / 10}e-05" for digits in range(11, 50, 3))) == [5e-7] * 13


def test_what_a_program_prints_holds_unless_a_text_has_more_digits():
    assert slack("0.01", printed=Printed(significant=6)) == pytest.approx([5e-8])
    assert slack("1e-05", "0.0001", printed=Printed(decimals=8)) == [5e-9] * 2
    assert slack("9.999871385577755e-05", "0.0001", printed=Printed(decimals=8)) == [0, 0]
    assert slack("0.0000001", "0.0000089", printed=Printed(decimals=5)) == [5e-8] * 2
    assert slack("0.0000001", printed=IN_FULL) == [0]


def test_zero_is_exact_with_significant_digits_only():
    assert slack("0", "0.1", printed=Printed(significant=4))[0] == 0
    assert slack("0", "0.1", printed=Printed(decimals=4))[0] == 5e-5


def test_powers_of_ten_have_the_unit_of_their_last_digit():
    values = np.array([10.0**power for power in range(-12, 3)])
    expected = [0.5 * 10.0 ** (power - 3) for power in range(-12, 3)]
    np.testing.assert_allclose(Printed(significant=4).slack(values), expected, rtol=1e-12)


def test_float32_has_half_the_distance_to_the_next():
    values = np.array([0.001, 0.0005, 0.00037], np.float32).astype(float)
    expected = np.spacing(values.astype(np.float32)) / 2
    np.testing.assert_array_equal(printed_way(map(repr, values.tolist())).slack(values), expected)


def test_powers_of_two_are_no_float32():
    assert IN_FULL.slack(np.array([0.5, 0.25, 0.125])).tolist() == [0, 0, 0]
