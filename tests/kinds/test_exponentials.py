"""Exponential decay: by a factor, at a rate, to an end."""

from math import exp

import pytest
from numpy.testing import assert_allclose


def test_gamma_to_the_t(rates):
    # torch 2.13.0 ExponentialLR(gamma=0.95), lr = 0.1
    expected = [
        0.1, 0.095, 0.09025, 0.0857375, 0.08145062499999998, 0.07737809374999999,
        0.07350918906249998, 0.06983372960937498, 0.06634204312890622, 0.0630249409724609,
    ]  # fmt: skip
    assert_allclose(rates({"kind": "exponential", "gamma": 0.95}, lr=0.1), expected, rtol=1e-12)


@pytest.mark.parametrize(("staircase", "exponent"), [(False, lambda t: t / 4), (True, lambda t: t // 4)])
def test_gamma_applies_per_every(staircase, exponent, rates):
    # keras ExponentialDecay: initial·rate^(step/decay_steps), floored with staircase
    schedule = {"kind": "exponential", "gamma": 0.5, "every": 4, "staircase": staircase, "from": 0.8}
    assert_allclose(rates(schedule, steps=13), [0.8 * 0.5 ** exponent(t) for t in range(13)], rtol=1e-12)


def test_gamma_in_each_epoch(rates):
    schedule = {"kind": "exponential", "gamma": 0.97, "every": "2.4 epochs", "staircase": True}
    # Tan & Le 2019, EfficientNet: ×0.97 every 2.4 epochs
    found = rates(schedule, None, 0.256, epochs=10, steps_per_epoch=10)
    assert_allclose(found, [0.256 * 0.97 ** (t // 24) for t in range(100)], rtol=1e-12)


def test_staircase_ends_with_the_value_of_its_last_step(load):
    schedule = load({"kind": "exponential", "gamma": 0.5, "every": 5, "staircase": True})
    assert schedule(9) == schedule(10) == schedule(11) == 0.5
    assert load({"kind": "exponential", "gamma": 0.5, "every": 5})(10) == 0.25


@pytest.mark.parametrize("rate", [1e-2, 0.5, -0.1])
def test_e_to_the_minus_rate_t(rate, load):
    schedule = load({"kind": "exponential", "rate": rate, "from": "50%"}, lr=0.2)
    assert_allclose(schedule.lr, [0.1 * exp(-rate * t) for t in range(10)], rtol=1e-12)
    assert_allclose(schedule(10), 0.1 * exp(-rate * 10), rtol=1e-12)


@pytest.mark.parametrize("field", [{"rate": 0}, {"gamma": 1}, {"gamma": 1, "every": 3, "staircase": True}, {"to": 0.3}])
def test_level(field, load):
    schedule = load({"kind": "exponential", **field}, lr=0.3)
    assert schedule.lr.tolist() == [0.3] * 10
    assert schedule(10) == 0.3


def test_to_an_end(load):
    schedule = load({"kind": "exponential", "to": "1%"}, lr=0.1)
    assert_allclose(schedule.lr, [0.1 * 0.01 ** (t / 10) for t in range(10)], rtol=1e-12)
    assert (schedule(0), schedule(10), schedule(11)) == (0.1, 0.001, 0.001)


def test_inclusive_reaches_its_end_at_the_last_update(rates):
    values = rates({"kind": "exponential", "to": 0.001, "inclusive": True})
    assert_allclose(values, [10 ** (-3 * t / 9) for t in range(10)], rtol=1e-12)
    assert values[9] == 0.001
    assert (
        rates({"kind": "exponential", "to": 1e-7, "inclusive": True}, lr=3e-4)[9] == 1e-7
    )  # 3e-4 * (1e-7/3e-4) is not


@pytest.mark.parametrize(("inclusive", "only"), [(False, 1.0), (True, 0.001)])
def test_a_single_update(inclusive, only, load):
    schedule = load({"kind": "exponential", "to": 0.001, "inclusive": inclusive}, steps=1)
    assert (schedule(0), schedule(1)) == (only, 0.001)


def test_learning_rate_range_test(load):
    # Smith 2017, sec. 3.3, in its exponential form: ten to the −7 + 8t/n
    schedule = load({"kind": "exponential", "from": 1e-7, "to": 10}, steps=100, lr=None)
    assert_allclose(schedule.lr, [10 ** (-7 + 8 * t / 100) for t in range(100)], rtol=1e-12)
    assert (schedule(0), schedule(100)) == (1e-7, 10.0)
    inclusive = load({"kind": "exponential", "from": 1e-7, "to": 10, "inclusive": True}, steps=100, lr=None)
    assert_allclose(inclusive.lr, [10 ** (-7 + 8 * t / 99) for t in range(100)], rtol=1e-12)


@pytest.mark.parametrize(
    ("fields", "code", "match"),
    [
        ({}, "missing-field", "takes one of `to`, `gamma` and `rate`"),
        ({"to": 0.1, "gamma": 0.9}, "conflict", "takes one of `to`, `gamma` and `rate`, not 2"),
        ({"to": 0.1, "gamma": 0.9, "rate": 1}, "conflict", "not 3"),
        ({"to": 0}, "bad-value", "never reaches 0: `to` must be above 0"),
        ({"to": 0.1, "from": 0}, "bad-value", "never reaches 0: `from` must be above 0"),
        ({"to": -0.1}, "bad-value", "`to` must not be negative, it is `-0.1`"),
        ({"gamma": 0}, "bad-value", "`gamma` must be"),
        ({"gamma": 0.5, "every": 0}, "bad-value", "is 0 updates; at least 1 is needed"),
    ],
)
def test_refuses(fields, code, match, refuse):
    refuse({"kind": "exponential", **fields}, code, match)


def test_growth_beyond_float64_names_the_first_step(refuse):
    # 2^1023 is finite, 2^1024 is not.
    refuse({"kind": "exponential", "gamma": 2}, "not-finite", "at step 1,024: inf", steps=2000)
    refuse(
        {"kind": "exponential", "rate": -1}, "not-finite", "at step 710: inf", steps=2000
    )  # ln of the largest: 709.78
