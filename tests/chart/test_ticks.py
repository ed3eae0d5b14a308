"""Ticks at round numbers, and their labels."""

import pytest

from lrplot.chart.ticks import even_ticks, factored_labels, log_labels, log_ticks, nice_ticks, power_of_ten, tick_labels


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 1e-4, 5, [0, 2.5e-5, 5e-5, 7.5e-5, 1e-4]),
        (0, 3e-4, 4, [0, 1e-4, 2e-4, 3e-4]),
        (0.85, 0.95, 3, [0.85, 0.9, 0.95]),
        (0, 0.37, 5, [0, 0.1, 0.2, 0.3]),
        (1.0, 1.0, 5, [1.0]),
        (0, 1, 1, [0]),
        (0, 1e-305, 3, [0, 5e-306, 1e-305]),
        (0, 4e-323, 2, [0, 4e-323]),
        (-1.7e308, 1.7e308, 3, [-1e308, 0, 1e308]),
        (1, 1 + 2e-10, 3, [1, 1 + 1e-10, 1 + 2e-10]),
    ],
)
def test_nice_ticks(low, high, most, ticks):
    assert nice_ticks(low, high, most) == pytest.approx(ticks, rel=1e-12)


@pytest.mark.parametrize("most", range(1, 12))
@pytest.mark.parametrize("high", [1e-300, 3.3e-7, 0.1, 7, 123456, 1e300])
def test_nice_ticks_are_few_and_inside(high, most):
    ticks = nice_ticks(0.0, high, most)
    assert 1 <= len(ticks) <= most
    assert ticks == sorted(ticks)
    assert 0 <= ticks[0] <= ticks[-1] <= high * (1 + 1e-9)


@pytest.mark.parametrize(
    ("total", "most", "ticks"),
    [
        (300, 3, [0, 100, 200, 300]),
        (300, 5, [0, 100, 200, 300]),
        (300, 6, [0, 50, 100, 150, 200, 250, 300]),
        (90, 4, [0, 30, 60, 90]),
        (24, 5, [0, 6, 12, 18, 24]),
        (20_000, 4, [0, 5_000, 10_000, 15_000, 20_000]),
        (97, 4, [0, 25, 50, 75, 97]),
        (1, 2, [0, 1]),
        (10, 4, [0, 5, 10]),
        (0.5, 2, [0, 0.25, 0.5]),
    ],
)
def test_even_ticks_end_at_the_end(total, most, ticks):
    assert even_ticks(total, most) == ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (1e-7, 10, 9, [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10]),
        (1e-7, 10, 5, [1e-7, 1e-5, 1e-3, 1e-1, 10]),
        (0.02, 0.5, 6, [0.02, 0.05, 0.1, 0.2, 0.5]),
        (0.03, 0.04, 6, [0.03, 0.04]),
    ],
)
def test_log_ticks(low, high, most, ticks):
    assert log_ticks(low, high, most) == ticks


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0, 5e-5, 1e-4], ["0", "5.0e-5", "1.0e-4"]),
        ([0.0, 2.5e-5], ["0", "2.5e-5"]),
        ([0.0, 0.05, 0.1], ["0", "0.05", "0.10"]),
        ([0.0, 1.0, 2.0], ["0", "1", "2"]),
        ([0.85, 0.9, 0.95], ["0.85", "0.90", "0.95"]),
        ([0.0], ["0"]),
        ([0.1, 0.1 + 2e-10], ["0.1000000000", "0.1000000002"]),
        ([5e-324, 1e-323], ["4.9e-324", "9.9e-324"]),
    ],
)
def test_tick_labels_share_a_style(values, labels):
    assert tick_labels(values) == labels


@pytest.mark.parametrize(
    ("values", "labels", "exponent"),
    [
        ([0.0, 2e-4, 1e-3], ["0", "0.2", "1.0"], -3),
        ([0.0, 5e-5], ["0", "5"], -5),
        ([0.0, 0.05, 0.1], ["0", "0.05", "0.10"], 0),
        ([-2e6, 0.0, 2e6], ["−2", "0", "2"], 6),
        ([1e308, 1.5e308], ["1.0", "1.5"], 308),
        ([3e-4, 3.000001e-4], ["3.000000", "3.000001"], -4),
    ],
)
def test_labels_with_a_common_factor(values, labels, exponent):
    assert factored_labels(values) == (labels, exponent)


@pytest.mark.parametrize(
    ("values", "labels"),
    [([1e-4, 2e-4, 1e-3], ["10⁻⁴", "2·10⁻⁴", "10⁻³"]), ([0.02, 0.1, 1], ["0.02", "0.1", "1"]), ([1e308], ["10³⁰⁸"])],
)
def test_labels_of_logarithmic_ticks(values, labels):
    assert log_labels(values) == labels


def test_powers_of_ten_are_written_with_superscripts():
    assert [power_of_ten(exponent) for exponent in (-12, 0, 3)] == ["10⁻¹²", "10⁰", "10³"]
