"""linear, cosine, polynomial, sqrt and rex, by their formulas and by torch."""

from math import cos, pi, sin, sqrt

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lrplot.curves.anneals import Anneal
from lrplot.curves.shapes import LINEAR

REMAINING = {
    "linear": lambda u: 1 - u,
    "cosine": lambda u: (1 + cos(pi * u)) / 2,
    "polynomial": lambda u: 1 - u,
    "sqrt": lambda u: 1 - sqrt(u),
    "rex": lambda u: (1 - u) / (1 - u / 2),
}

TORCH = [  # torch 2.13.0, lr = 0.1
    (  # CosineAnnealingLR(T_max=10)
        {"kind": "cosine"},
        [0.1, 0.09755282581475769, 0.09045084971874738, 0.07938926261462367, 0.06545084971874739,
         0.05000000000000001, 0.03454915028125264, 0.020610737385376353, 0.009549150281252635, 0.002447174185242324],
    ),
    (  # CosineAnnealingLR(T_max=8, eta_min=0.01)
        {"kind": "cosine", "to": 0.01},
        [0.1, 0.0965745789630079, 0.08681980515339463, 0.07222075445642905,
         0.055, 0.03777924554357096, 0.023180194846605363, 0.013425421036992097],
    ),
    (  # LinearLR(start_factor=1.0, end_factor=0.25, total_iters=8)
        {"kind": "linear", "to": "25%"},
        [0.1, 0.09062500000000001, 0.08125000000000002, 0.07187500000000001,
         0.0625, 0.053125, 0.04375, 0.034374999999999996],
    ),
    (  # PolynomialLR(total_iters=10, power=0.9)
        {"kind": "polynomial", "power": 0.9},
        [0.1, 0.09095325760829623, 0.08180521460508584, 0.072541784693722, 0.06314458674893553,
         0.05358867312681466, 0.043838329055408694, 0.033838346190164986, 0.023492378861760376, 0.01258925411794167],
    ),
    (  # PolynomialLR(total_iters=8, power=2.0)
        {"kind": "polynomial", "power": 2},
        [0.1, 0.0765625, 0.05625, 0.03906250000000001, 0.02500000000000001,
         0.014062500000000006, 0.006250000000000002, 0.0015625000000000005],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "expected"), TORCH, ids=str)
def test_equals_torch(schedule, expected, rates):
    assert_allclose(rates(schedule, steps=len(expected), lr=0.1), expected, rtol=1e-12)


@pytest.mark.parametrize("kind", REMAINING)
def test_falls_from_the_base_to_zero_one_update_after_the_last(kind, load):
    schedule = load(kind, lr=0.1)
    assert_allclose(schedule.lr, [0.1 * REMAINING[kind](t / 10) for t in range(10)], rtol=1e-12)
    assert schedule(0) == 0.1
    assert schedule(10) == schedule(11) == 0


@pytest.mark.parametrize("kind", REMAINING)
@pytest.mark.parametrize(("first", "last"), [(0.4, "25%"), ("10%", 0.7)])
def test_goes_from_one_value_to_another(kind, first, last, load):
    values = {"25%": 0.2, "10%": 0.08}  # of a base of 0.8
    a, b = values.get(first, first), values.get(last, last)
    schedule = load({"kind": kind, "from": first, "to": last}, lr=0.8)
    expected = [b + (a - b) * REMAINING[kind](t / 10) for t in range(10)]
    assert_allclose(schedule.lr, expected, rtol=1e-12)
    assert (schedule(0), schedule(10)) == (a, b)


@pytest.mark.parametrize("kind", REMAINING)
def test_inclusive_reaches_the_end_at_the_last_update(kind, load):
    schedule = load({"kind": kind, "to": 0.01, "inclusive": True}, lr=0.1)
    assert_allclose(schedule.lr, [0.01 + 0.09 * REMAINING[kind](t / 9) for t in range(10)], rtol=1e-12)
    assert schedule(9) == schedule(10) == 0.01


@pytest.mark.parametrize("kind", REMAINING)
def test_a_single_update_is_the_start_and_inclusive_the_end(kind, load):
    once = load({"kind": kind, "to": 0.25}, steps=1)
    assert (once(0), once(1)) == (1.0, 0.25)
    inclusive = load({"kind": kind, "to": 0.25, "inclusive": True}, steps=1)
    assert (inclusive(0), inclusive(1)) == (0.25, 0.25)


@pytest.mark.parametrize("kind", REMAINING)
def test_two_updates_inclusive_are_the_two_ends(kind, rates):
    assert rates({"kind": kind, "to": 0.25, "inclusive": True}, steps=2).tolist() == [1.0, 0.25]


@pytest.mark.parametrize("kind", REMAINING)
def test_to_where_it_starts_is_level(kind, rates):
    assert rates({"kind": kind, "to": "100%"}, lr=0.3).tolist() == [0.3] * 10


@pytest.mark.parametrize("kind", REMAINING)
def test_of_no_length_is_its_end_at_once(kind, rates):
    assert rates([{"kind": kind, "to": 0.25, "for": 0}, "constant"], steps=3).tolist() == [0.25] * 3


@pytest.mark.parametrize("kind", REMAINING)
def test_needs_a_base_or_from_and_to(kind, rates, refuse):
    refuse(kind, "missing-field", "`lr`, the base learning rate, is missing", lr=None)
    assert rates({"kind": kind, "from": 0.5, "to": 0.5}, lr=None).tolist() == [0.5] * 10


def test_power_one_is_a_straight_line(rates):
    powered = rates({"kind": "polynomial", "power": 1, "from": 0.7, "to": 0.1}, steps=7)
    assert_allclose(powered, [0.7 - 0.6 * t / 7 for t in range(7)], rtol=1e-12)


@pytest.mark.parametrize("power", [0.5, 2, 3, 10])
def test_power_of_what_is_left(power, rates):
    expected = [0.1 + 0.9 * (1 - t / 10) ** power for t in range(10)]
    assert_allclose(rates({"kind": "polynomial", "power": power, "to": 0.1}), expected, rtol=1e-12)


@pytest.mark.parametrize("power", [0, -1])
def test_power_must_be_above_zero(power, refuse):
    refuse({"kind": "polynomial", "power": power}, "bad-value", "`power` must be")


def test_the_end_of_a_long_decay_keeps_its_digits(load):
    n = 10**9
    assert_allclose(load("cosine", n)(n - 1), sin(pi / 2 / n) ** 2, rtol=1e-12)
    assert_allclose(load("sqrt", n)(n - 1), (1 / n) / (1 + sqrt((n - 1) / n)), rtol=1e-12)
    assert_allclose(load("rex", n)(n - 1), (1 / n) / (1 - (n - 1) / n / 2), rtol=1e-12)
    assert_allclose(load({"kind": "polynomial", "power": 2}, n)(n - 1), 1e-18, rtol=1e-12)


def test_a_negative_start_costs_no_digits():
    n = 10**9
    assert_allclose(Anneal(n, -1.0, 0.0, LINEAR).values(np.array([n - 1])), [-1e-9], rtol=1e-12)


def test_rex_of_trainers_of_diffusion_models(load):
    # kohya-ss/musubi-tuner#513: 0.1 + 0.9·(1 − u) below the fraction, a warmup of 10 from 1%, down to 1%
    schedule = load({"kind": "rex", "d": 0.9, "warmup": {"for": 10, "from": "1%"}, "to": "1%"}, 100, 1e-4)
    assert_allclose([schedule(step) for step in (50, 75, 99)], [9.266667e-5, 7.957143e-5, 1.1e-5], rtol=1e-6)
    paper = load({"kind": "rex", "warmup": {"for": 10, "from": "1%"}, "to": "1%"}, 100, 1e-4)
    assert_allclose([paper(step) for step in (50, 75, 99)], [7.171e-5, 4.404e-5, 3.176e-6], rtol=1e-3)


def test_rex_without_d_is_that_of_one_half_bit_for_bit(rates):
    u = np.arange(1000) / 1000
    v = np.arange(1000, 0, -1) / 1000
    assert rates("rex", steps=1000).tolist() == (2 * v / (1 + v)).tolist()
    up = rates({"kind": "rex", "from": 0, "to": 1}, steps=1000)
    assert up.tolist() == (u / (1 + v)).tolist()


def test_rex_of_zero_is_a_straight_line(rates):
    assert_allclose(rates({"kind": "rex", "d": 0}, steps=7), [1 - t / 7 for t in range(7)], rtol=1e-12)


@pytest.mark.parametrize("d", [-0.1, 1, 2])
def test_d_of_rex_is_at_least_zero_and_below_one(d, refuse):
    refuse({"kind": "rex", "d": d}, "bad-value", "`d` must be")


def test_the_start_of_a_long_rise_keeps_its_digits(load):
    n = 10**9
    up = {"from": 0, "to": 1}
    assert_allclose(load({"kind": "cosine", **up}, n)(1), sin(pi / 2 / n) ** 2, rtol=1e-12)
    assert_allclose(load({"kind": "rex", **up}, n)(1), (1 / n) / (2 - 1 / n), rtol=1e-12)
    assert_allclose(load({"kind": "polynomial", "power": 2, **up}, n)(1), 2 / n - 1 / n**2, rtol=1e-12)
