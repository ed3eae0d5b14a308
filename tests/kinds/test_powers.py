"""inverse_sqrt, inverse_time, power_law and noam."""

from math import sqrt

import pytest
from numpy.testing import assert_allclose


@pytest.mark.parametrize(("fields", "scale"), [({}, 10_000), ({"timescale": 100}, 100), ({"timescale": "20%"}, 2)])
def test_inverse_sqrt(fields, scale, load):
    schedule = load({"kind": "inverse_sqrt", **fields}, lr=0.01)
    assert_allclose(schedule.lr, [0.01 * sqrt(scale / (t + scale)) for t in range(10)], rtol=1e-12)
    assert_allclose(schedule(10), 0.01 * sqrt(scale / (10 + scale)), rtol=1e-12)


def test_inverse_sqrt_after_its_own_warmup_takes_that_for_its_timescale(rates):
    # transformers get_inverse_sqrt_schedule: step/w, then 1/sqrt((step + shift)/timescale), timescale = w, shift = 0
    found = rates({"kind": "inverse_sqrt", "warmup": 4}, steps=12, lr=0.1)
    assert_allclose(found, [0.1 * (t / 4 if t < 4 else 1 / sqrt(t / 4)) for t in range(12)], rtol=1e-12)


def test_inverse_sqrt_timescale_beside_a_warmup(rates):
    # The same with timescale = 9, shift = 9 − 4.
    found = rates({"kind": "inverse_sqrt", "warmup": 4, "timescale": 9}, steps=12, lr=0.1)
    assert_allclose(found, [0.1 * (t / 4 if t < 4 else 1 / sqrt((t + 5) / 9)) for t in range(12)], rtol=1e-12)


def test_inverse_sqrt_after_no_warmup(rates):
    found = rates({"kind": "inverse_sqrt", "warmup": 0}, steps=3)
    assert_allclose(found, [sqrt(10_000 / (t + 10_000)) for t in range(3)], rtol=1e-12)


def test_t5(load):
    # Raffel et al. 2020, sec. 3.1.2: 1/√max(n, k), k = 10,000 warm-up steps, so 0.01 for the first 10,000
    phases = [{"kind": "constant", "for": 10_000}, {"kind": "inverse_sqrt", "timescale": 10_000}]
    schedule = load(phases, 2**19, 0.01)
    steps = [0, 9_999, 10_000, 10_001, 40_000, 2**19 - 1]
    assert_allclose([schedule(n) for n in steps], [1 / sqrt(max(n, 10_000)) for n in steps], rtol=1e-12)


@pytest.mark.parametrize(("rate", "every"), [(0.5, 1), (2, 3), (1e-4, 1)])
def test_inverse_time(rate, every, load):
    # keras InverseTimeDecay: initial/(1 + rate·step/decay_steps)
    schedule = load({"kind": "inverse_time", "rate": rate, "every": every, "from": "50%"})
    assert_allclose(schedule.lr, [0.5 / (1 + rate * t / every) for t in range(10)], rtol=1e-12)
    assert_allclose(schedule(10), 0.5 / (1 + rate * 10 / every), rtol=1e-12)


@pytest.mark.parametrize("exponent", [0.5, 0.75, 1, 2, -1, -0.5])
def test_power_law(exponent, rates):
    # Caffe's "inv": base·(1 + gamma·iter)^(−power)
    found = rates({"kind": "power_law", "rate": 0.3, "exponent": exponent}, lr=0.01)
    assert_allclose(found, [0.01 * (1 + 0.3 * t) ** -exponent for t in range(10)], rtol=1e-12)


def test_power_law_every(rates):
    found = rates({"kind": "power_law", "rate": 3, "every": "5 epochs", "exponent": 0.75}, steps_per_epoch=2)
    assert_allclose(found, [(1 + 3 * t / 10) ** -0.75 for t in range(10)], rtol=1e-12)


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "inverse_time", "rate": 0},
        {"kind": "power_law", "rate": 0, "exponent": 2},
        {"kind": "power_law", "rate": 5, "exponent": 0},
    ],
)
def test_without_growth_it_is_level(schedule, load):
    level = load(schedule, lr=0.3)
    assert level.lr.tolist() == [0.3] * 10
    assert level(10) == 0.3


@pytest.mark.parametrize("schedule", ["inverse_sqrt", {"kind": "inverse_time", "rate": 1}])
def test_a_single_update_is_the_start(schedule, rates):
    assert rates(schedule, steps=1, lr=0.3).tolist() == [0.3]


@pytest.mark.parametrize(
    ("schedule", "code", "match"),
    [
        ({"kind": "inverse_sqrt", "timescale": 0}, "bad-value", "at least 1 is needed"),
        ("inverse_time", "missing-field", "`inverse_time` needs `rate`"),
        ({"kind": "inverse_time", "rate": -1}, "bad-value", "`rate` must be"),
        ({"kind": "inverse_time", "rate": 1, "every": 0}, "bad-value", "at least 1 is needed"),
        ({"kind": "power_law", "rate": 1}, "missing-field", "`power_law` needs `exponent`"),
        ({"kind": "noam", "warmup": 4, "factor": 2}, "conflict", "`factor` needs `d_model`"),
        ({"kind": "noam", "d_model": 4}, "missing-field", "`noam` needs `warmup`"),
        ({"kind": "noam", "d_model": 0, "warmup": 4}, "bad-value", "`d_model` must be at least 1"),
        ({"kind": "noam", "d_model": 4, "warmup": 4, "factor": 0}, "bad-value", "`factor` must be"),
        ({"kind": "noam", "d_model": 4, "warmup": 4, "factor": -1}, "bad-value", "`factor` must be"),
    ],
)
def test_refuses(schedule, code, match, refuse):
    refuse(schedule, code, match)


@pytest.mark.parametrize(("d_model", "warmup", "factor"), [(512, 4000, 1), (64, 5, 2), (1, 1, 0.1), (100, 9000, 1)])
def test_noam(d_model, warmup, factor, load):
    # Vaswani et al. 2017, eq. 3, steps counted from 1
    schedule = load({"kind": "noam", "d_model": d_model, "warmup": warmup, "factor": factor}, 9000, None)
    expected = [factor * d_model**-0.5 * min(k**-0.5, k * warmup**-1.5) for k in range(1, 9001)]
    assert_allclose(schedule.lr, expected, rtol=1e-12)
    assert schedule.lr.argmax() == warmup - 1


def test_noam_with_lr_as_its_peak(load):
    # espnet's WarmupLR: lr·√W·min(k^−½, k·W^−3⁄2), k = s + 1
    schedule = load({"kind": "noam", "warmup": 40_000}, None, 0.0025, epochs=50, steps_per_epoch=1000)
    assert schedule(39_999) == 0.0025
    expected = [0.0025 * sqrt(40_000) * min(k**-0.5, k * 40_000**-1.5) for k in (1, 2, 40_001, 40_002, 50_000)]
    assert_allclose([schedule(step) for step in (0, 1, 40_000, 40_001, 49_999)], expected, rtol=1e-12)
    assert_allclose([schedule(40_000), schedule(40_001)], [0.00249996875, 0.0024999375], rtol=1e-8)
    assert_allclose(schedule(49_999), 0.00223606798, rtol=1e-8)


@pytest.mark.parametrize("warmup", [1, 3, 7, 4000])
def test_noam_attains_its_peak_exactly(warmup, load):
    assert load({"kind": "noam", "warmup": warmup}, 9000, 0.3)(warmup - 1) == 0.3


def test_noam_with_lr_as_its_peak_and_no_warmup(rates, refuse):
    assert_allclose(rates({"kind": "noam", "warmup": 0}, 3, 0.4), [0.4, 0.4 / sqrt(2), 0.4 / sqrt(3)], rtol=1e-12)
    refuse({"kind": "noam", "warmup": 4}, "missing-field", "`noam` needs `d_model`, or `lr` as its peak", lr=None)


def test_noam_without_a_warmup_only_falls(rates):
    found = rates({"kind": "noam", "d_model": 4, "warmup": 0}, lr=None)
    assert_allclose(found, [0.5 / sqrt(k) for k in range(1, 11)], rtol=1e-12)


def test_noam_holds_the_value_after_its_last(load):
    schedule = load({"kind": "noam", "d_model": 4, "warmup": 4}, steps=15, lr=None)
    assert schedule(15) == schedule(99) == 0.125  # k = 16: ½·¼
