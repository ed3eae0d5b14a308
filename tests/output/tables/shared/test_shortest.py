"""The vectorised texts are those of Python's `repr`, byte for byte."""

import builtins
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from lrplot.output.tables.shared import shortest

Generator = np.random.Generator
EXTREMES = [0.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 1.0, -1.0]
EXTREMES += [
    1e16,
    9999999999999998.0,
    1e-4,
    9.999999999999999e-5,
    1e22,
    1e23,
    2.0**53,
    2.0**54 + 4,
    123456789012345680.0,
]


def any_bits(rng: Generator, count: int):
    values = rng.integers(-(2**63), 2**63 - 1, count).view(np.float64)
    return values[np.isfinite(values)]


def log_uniform(rng: Generator, count: int):
    # A window of some decades: of all six hundred at once, most would have too few rows for the scheme.
    return 10.0 ** (rng.integers(-300, 300) + rng.uniform(0, 6, count))


def learning_rates(rng: Generator, count: int):
    return 10.0 ** rng.uniform(-8, 1, count)


def few_digits(rng: Generator, count: int):
    return rng.integers(0, 10 ** int(rng.integers(1, 8)), count) / 10.0 ** int(rng.integers(0, 12))


def many_digits(rng: Generator, count: int):
    """Decimals of 15, 16 and 17 digits, the lengths that are told apart."""
    unit = 10 ** rng.integers(0, 3, count)
    return rng.integers(10**16, 10**17, count) // unit / 10.0 ** int(rng.integers(5, 28))


def linear(rng: Generator, count: int):
    return rng.uniform(1e-5, 1) * (np.arange(count) / count)


def linear_of_a_power_of_two(rng: Generator, count: int):
    return np.arange(count) / 2.0 ** int(rng.integers(10, 24))


def cosine(rng: Generator, count: int):
    return 10.0 ** rng.uniform(-6, 0) * 0.5 * (1 + np.cos(np.linspace(0, np.pi, count)))


def exponential(rng: Generator, count: int):
    return rng.uniform(1e-4, 1) * 10.0 ** -(rng.uniform(1, 9) * np.arange(count) / count)


def cycles(rng: Generator, count: int):
    return 10.0 ** rng.uniform(-6, 0) * (1 + 0.9 * np.sin(np.arange(count) * 0.37))


def both_signs(rng: Generator, count: int):
    return rng.normal(0, 1e-3, count)


def near_powers_of_two(rng: Generator, count: int):
    return (np.ldexp(1.0, rng.integers(-60, 70, count)).view(np.int64) + rng.integers(-3, 4, count)).view(np.float64)


def near_powers_of_ten(rng: Generator, count: int):
    powers = np.array([float(f"1e{exponent}") for exponent in range(-12, 24)])
    return (rng.choice(powers, count).view(np.int64) + rng.integers(-20, 21, count)).view(np.float64)


def beside_halfway_decimals(rng: Generator, count: int):
    """Neighbours of decimals of 14 to 17 digits that lie exactly between two doubles."""
    zeros = rng.integers(0, 4, count)
    fives = 5**zeros
    odd = rng.integers(2**53, 2**54, count) // fives // 2 * 2 * fives + fives
    return np.ldexp((odd + rng.choice([-1, 1], count)).astype(np.float64), zeros)


def halves_and_quarters(rng: Generator, count: int):
    """Dyadic fractions whose 17th digit is followed by exactly a half."""
    return np.ldexp(rng.integers(2**40, 2**53, count).astype(np.float64), -int(rng.integers(30, 60)))


def large_integers(rng: Generator, count: int):
    return rng.integers(2**50, 2**63 - 1, count).astype(np.float64) // 2.0 ** int(rng.integers(0, 12))


def small_integers(rng: Generator, count: int):
    return rng.integers(-100, 10**6, count).astype(np.float64)


def subnormal(rng: Generator, count: int):
    return rng.integers(0, 2**53, count).view(np.float64)


def staircase(rng: Generator, count: int):
    return rng.uniform(0, 1, 40)[np.sort(rng.integers(0, 40, count))]


DISTRIBUTIONS: list[Callable] = [
    *(any_bits, log_uniform, learning_rates, few_digits, many_digits, linear, linear_of_a_power_of_two, cosine),
    *(exponential, cycles, both_signs, near_powers_of_two, near_powers_of_ten, beside_halfway_decimals),
    *(halves_and_quarters, large_integers, small_integers, subnormal, staircase),
]


def differences(values) -> list[tuple[float, bytes]]:
    """Values whose text is not their `repr`, with it."""
    cells = np.full((len(values), shortest.WIDTH), ord("?"), np.uint8)
    lengths = shortest.texts(values, cells)
    cells[np.arange(shortest.WIDTH) >= lengths[:, None]] = 0
    texts = cells.view(f"S{shortest.WIDTH}").ravel().tolist()
    numbers = values.tolist()
    return [(number, text) for number, text in zip(numbers, texts, strict=True) if repr(number).encode() != text]


@pytest.fixture
def asked(monkeypatch):
    """The values given to `repr`."""
    values: list[float] = []
    monkeypatch.setattr(shortest, "repr", lambda value: [values.append(value), builtins.repr(value)][1], raising=False)
    return values


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda function: function.__name__)
def test_texts_are_reprs(distribution):
    rng = np.random.default_rng(6)
    for _ in range(4):
        assert differences(distribution(rng, 10_000)) == []


@pytest.mark.parametrize("sign", [1, -1])
def test_every_decade(sign):
    rng = np.random.default_rng(7)
    for decade in range(-307, 308):
        values = sign * rng.uniform(1, 10, 500 if sign > 0 else 20) * float(f"1e{decade}")
        assert differences(values) == []


@pytest.mark.parametrize("copies", [1, 100])
def test_extremes_among_others(copies):
    assert differences(np.array(EXTREMES)) == []
    assert differences(np.concatenate([np.array(EXTREMES * copies), np.linspace(0, 1, 500)])) == []
    for value in EXTREMES:
        assert differences(np.full(100, value)) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0.1 + 0.2, "0.30000000000000004"), (3e-4, "0.0003"), (1e-5, "1e-05"), (1.5e-7, "1.5e-07"), (1e-4, "0.0001")),
        *((100.0, "100.0"), (1234.5, "1234.5"), (1e16, "1e+16"), (1.25e100, "1.25e+100"), (5e-324, "5e-324")),
        (2.0**-44, "5.684341886080802e-14"),  # a power of two: 5.684341886080801e-14 is nearer, but reads as another
        (2.0**53 + 1, "9007199254740992.0"),
    ],
)
def test_known_texts(value, text):
    # Many of each, and others: neither the single value nor the constant array is what is tested.
    values = np.array([value, np.nextafter(value, 1)] * 100)
    cells = np.zeros((200, shortest.WIDTH), np.uint8)
    lengths = shortest.texts(values, cells)
    assert {cells[row, : lengths[row]].tobytes().decode() for row in range(0, 200, 2)} == {text}


def test_nan_is_the_text_of_nothing():
    cells = np.zeros((200, shortest.WIDTH), np.uint8)
    values = np.where(np.arange(200) < 150, 0.3, np.nan)
    lengths = shortest.texts(values, cells, b"null")
    texts = [cell[:length].tobytes() for cell, length in zip(cells, lengths, strict=True)]
    assert texts == [b"0.3"] * 150 + [b"null"] * 50
    assert shortest.texts(np.full(5, np.nan), cells[:5], b"").tolist() == [0] * 5


@pytest.mark.parametrize("distribution", [linear, cosine, exponential, cycles])
def test_schedules_hardly_need_repr(distribution, asked):
    shortest.texts(distribution(np.random.default_rng(8), 16_384), np.zeros((16_384, shortest.WIDTH), np.uint8))
    assert len(asked) < 300


def test_a_value_is_given_to_repr_once(asked):
    values = np.repeat([0.5, 0.0, 0.25], 1000)
    shortest.texts(values, np.zeros((3000, shortest.WIDTH), np.uint8))
    assert sorted(asked) == [0.0, 0.25, 0.5]


def test_the_scaled_value_is_wrong_by_one_rounding():
    rng = np.random.default_rng(9)
    for decade in range(shortest.FIRST, shortest.LAST, 19):
        values = rng.uniform(1, 9.99, 50) * float(f"1e{decade}")
        high, rest = shortest._scaled(values, shortest._scale(16 - decade))
        for value, first, last in zip(values.tolist(), high.tolist(), rest.tolist(), strict=True):
            exact = Fraction(value) * Fraction(10) ** (16 - decade)
            assert abs(exact - int(first) * 10**8 - Fraction(last)) <= Fraction(1, 2**28) + Fraction(1, 2**40)


@pytest.mark.parametrize("digits", range(1, 20))
def test_integers_of_each_length(digits):
    first, last = 10 ** (digits - 1), min(10**digits, 2**63) - 1
    numbers = np.random.default_rng(10).integers(first, last, 300, endpoint=True)
    numbers[[0, -1]] = first, last
    cells = np.zeros((300, 20), np.uint8)
    shortest.write_whole(numbers, digits, cells[:, 1:])
    assert [bytes(cell[1 : 1 + digits]).decode() for cell in cells] == list(map(str, numbers.tolist()))
    assert not cells[:, 0].any()
    assert not cells[:, 1 + digits :].any()
