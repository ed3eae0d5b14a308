"""constant and warmup."""

from math import cos, pi, sqrt

import pytest
from numpy.testing import assert_allclose

DONE = {
    "linear": lambda u: u,
    "cosine": lambda u: (1 - cos(pi * u)) / 2,
    "polynomial": lambda u: u**2,
    "sqrt": sqrt,
}


@pytest.mark.parametrize(
    ("schedule", "value"),
    [
        ("constant", 0.3),
        ({"kind": "constant", "value": 0.02}, 0.02),
        ({"kind": "constant", "value": "10%"}, 0.03),
        ({"kind": "constant", "value": 0}, 0.0),
    ],
)
def test_constant(schedule, value, load):
    constant = load(schedule, steps=4, lr=0.3)
    assert constant.lr.tolist() == [value] * 4
    assert constant(4) == constant(10**9) == value


def test_constant_without_a_base_needs_its_value(rates, refuse):
    assert rates({"kind": "constant", "value": 0.5}, steps=1, lr=None).tolist() == [0.5]
    refuse("constant", "missing-field", "base learning rate, is missing", lr=None)


@pytest.mark.parametrize("shape", DONE)
def test_warmup_climbs_from_zero_to_the_base(shape, load):
    schedule = load({"kind": "warmup", "shape": shape}, lr=0.4)
    assert_allclose(schedule.lr, [0.4 * DONE[shape](t / 10) for t in range(10)], rtol=1e-12)
    assert (schedule(0), schedule(10), schedule(99)) == (0.0, 0.4, 0.4)


@pytest.mark.parametrize("shape", DONE)
def test_warmup_from_and_to(shape, load):
    schedule = load({"kind": "warmup", "shape": shape, "from": "10%", "to": 0.9})
    assert_allclose(schedule.lr, [0.1 + 0.8 * DONE[shape](t / 10) for t in range(10)], rtol=1e-12)
    assert schedule(10) == 0.9


@pytest.mark.parametrize("shape", DONE)
def test_skip_zero_starts_one_update_in_and_ends_at_the_last(shape, load):
    schedule = load({"kind": "warmup", "shape": shape, "skip_zero": True}, lr=0.4)
    assert_allclose(schedule.lr, [0.4 * DONE[shape]((t + 1) / 10) for t in range(10)], rtol=1e-12)
    assert schedule(9) == schedule(10) == 0.4


def test_exponential_warmup(rates):
    exponential = {"kind": "warmup", "shape": "exponential", "from": 1e-4}
    assert_allclose(rates(exponential), [1e-4 ** (1 - t / 10) for t in range(10)], rtol=1e-12)
    skipping = rates(exponential | {"skip_zero": True})
    assert_allclose(skipping, [1e-4 ** (1 - (t + 1) / 10) for t in range(10)], rtol=1e-12)
    assert skipping[9] == 1.0


def test_exponential_warmup_cannot_start_at_zero(refuse):
    refuse({"kind": "warmup", "shape": "exponential"}, "bad-value", "never reaches 0: `from` must be above 0")


@pytest.mark.parametrize(("power", "expected"), [(1, [0, 0.25, 0.5, 0.75]), (3, [0, 1 / 64, 1 / 8, 27 / 64])])
def test_polynomial_warmup_has_a_power(power, expected, rates):
    schedule = {"kind": "warmup", "shape": "polynomial", "power": power}
    assert_allclose(rates(schedule, steps=4), expected, rtol=1e-12)


@pytest.mark.parametrize(("skip_zero", "only"), [(False, 0.25), (True, 1.0)])
def test_warmup_of_one_update(skip_zero, only, load):
    schedule = load({"kind": "warmup", "from": 0.25, "skip_zero": skip_zero}, steps=1)
    assert (schedule(0), schedule(1)) == (only, 1.0)


@pytest.mark.parametrize("skip_zero", [False, True])
def test_warmup_of_no_update_is_passed_over(skip_zero, rates):
    phases = [{"kind": "warmup", "for": 0, "skip_zero": skip_zero}, "linear"]
    assert_allclose(rates(phases, steps=4), [1, 0.75, 0.5, 0.25], rtol=1e-12)


def test_gradual_warmup_of_goyal_et_al(load):
    # Accurate, Large Minibatch SGD, sec. 2.2 and 5.1: from 0.1 to 3.2 in 5 epochs, then a tenth at 30, 60 and 80.
    phases = [
        {"kind": "warmup", "from": 0.1, "for": "5 epochs"},
        {"kind": "multistep", "milestones": ["25 epochs", "55 epochs", "75 epochs"]},
    ]
    schedule = load(phases, None, 3.2, epochs=90, steps_per_epoch=157)
    ramp = [0.1 + 3.1 * t / 785 for t in range(785)]
    assert_allclose(schedule.lr[:785], ramp, rtol=1e-12)
    at = [5 * 157, 30 * 157 - 1, 30 * 157, 60 * 157, 80 * 157 - 1, 80 * 157, 90 * 157 - 1]
    assert_allclose([schedule(step) for step in at], [3.2, 3.2, 0.32, 0.032, 0.032, 0.0032, 0.0032], rtol=1e-12)
