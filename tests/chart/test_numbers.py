"""Numbers as people write them."""

import pytest

from lrplot.chart.numbers import amount, rate, rates


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (3e-4, "3e-4"),
        (1.25e-5, "1.25e-5"),
        (0.001, "1e-3"),
        (0.01, "0.01"),
        (0.05, "0.05"),
        (0.1 * 3, "0.3"),
        (1.0, "1"),
        (10.0, "10"),
        (99999.6, "1e5"),
        (12345.6, "12,346"),
        (1e300, "1e300"),
        (-2e-3, "-2e-3"),
        (2.4674011002723395e-09, "2.467e-9"),
        (0.0099999, "0.01"),
    ],
)
def test_rate(value, text):
    assert rate(value) == text


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0, 5e-5, 1e-4], ["0", "5.0e-5", "1.0e-4"]),
        ([0.0, 2.5e-5], ["0", "2.5e-5"]),
        ([0.0, 0.05, 0.1], ["0", "0.05", "0.10"]),
        ([0.0, 1.0, 2.0], ["0", "1", "2"]),
        ([0.85, 0.9, 0.95], ["0.85", "0.90", "0.95"]),
        ([0.0], ["0"]),
    ],
)
def test_rates_share_a_style(values, labels):
    assert rates(values) == labels


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (90, "90"),
        (2.5, "2.5"),
        (1000, "1k"),
        (10_000, "10k"),
        (450_450, "450.45k"),
        (1_281_167, "1.281M"),
        (375e6, "375M"),
        (300e9, "300B"),
        (1e12, "1T"),
        (5_005, "5,005"),
        (1 / 3, "0.3333"),
    ],
)
def test_amount(value, text):
    assert amount(value) == text
