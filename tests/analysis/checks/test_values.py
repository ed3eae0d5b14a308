"""Stretches and jumps that are found in the values of a curve, of short runs and of very long ones."""

from __future__ import annotations

import numpy as np
import pytest

from lrplot.analysis.checks import stretches as module
from lrplot.analysis.checks.jumps import Jump, jumps
from lrplot.analysis.checks.stretches import Stretch, is_zero, stretches

LENGTHS = [1000, 10**6, 10**7, 10**9, 10**12]  # a sample is taken beyond 2^22 and 2^17 updates


def curve(load, value, steps):
    """The curve of an expression with a base of 1."""
    return load({"kind": "expression", "value": value}, steps=steps, lr=1.0).run.tracks["lr"].curve


def constant(value, length):
    """A phase with one value."""
    return {"kind": "constant", "value": value, "for": length}


@pytest.mark.parametrize("steps", LENGTHS)
def test_the_first_the_longest_and_the_last_stretch_of_zeros(load, steps):
    value = "0 if t < 0.1 * n or (t >= 0.3 * n and t < 0.7 * n) or t >= 0.9 * n else 1"
    found = stretches(curve(load, value, steps), steps, is_zero)
    parts = [(0, 1), (3, 7), (9, 10)]
    assert found == [Stretch(steps * a // 10, steps * b // 10) for a, b in parts]


@pytest.mark.parametrize("steps", LENGTHS)
def test_zeros_at_single_updates_are_not_taken_for_a_stretch(load, steps):
    found = stretches(curve(load, "t % 7", steps), steps, is_zero)
    assert {each.length for each in found} == {1}
    assert found[0].start == 0


@pytest.mark.parametrize(
    ("schedule", "stretches_of_zeros"),
    [
        ([{"kind": "linear", "for": 150_000}, {"kind": "constant", "value": 0}], [(150_000, 200_000)]),
        ([{"kind": "warmup", "for": 20_000}, {"kind": "cosine"}], [(0, 1)]),
        ([constant(0, 60_000), constant(1, 10_000), constant(0, 130_000)], [(0, 60_000), (70_000, 200_000)]),
        ([constant(1, 199_999), constant(0, 1)], [(199_999, 200_000)]),
    ],
)
def test_zeros_of_a_long_run_are_found_between_its_turning_points(load, schedule, stretches_of_zeros, monkeypatch):
    monkeypatch.setattr(module, "run_blocks", None)  # would fail
    made = load(schedule, steps=200_000, lr=1.0).run.tracks["lr"].curve
    assert stretches(made, 200_000, is_zero) == [Stretch(*each) for each in stretches_of_zeros]


def test_values_below_a_bound_are_found_between_turning_points(load, monkeypatch):
    monkeypatch.setattr(module, "run_blocks", None)  # would fail
    made = load({"kind": "linear", "for": 200_000}, steps=1_000_000, lr=1.0).run.tracks["lr"].curve
    # 1 - t / 200,000 is below 1/4 from the update after 150,000 on
    assert stretches(made, 1_000_000, lambda values: values < 0.25) == [Stretch(150_001, 1_000_000)]


def test_no_zeros(load):
    assert stretches(curve(load, "1 + t", 100), 100, is_zero) == []


@pytest.mark.parametrize("steps", LENGTHS)
def test_a_jump_is_found_at_its_update(load, steps):
    at = steps * 37 // 100
    made = curve(load, f"1 - 0.1 * t / n if t < {at} else 0.5 - 0.1 * t / n", steps)
    (jump,) = jumps(made, 0, steps, 1, 1.0)
    assert jump.step == at
    assert (jump.before, jump.after) == pytest.approx((0.963, 0.463), abs=1e-3)


def test_a_curve_that_is_held_is_read_once_per_reading(load):
    made = curve(load, "1 - floor(t / 10) / 100 if t < 500 else 0.1", 1000)
    assert jumps(made, 0, 1000, 10, 1.0) == [Jump(500, pytest.approx(0.51), 0.1)]


@pytest.mark.parametrize(
    "value",
    [
        "0.1 ** floor(t / 300)",  # a staircase
        "0.5 ** floor(t / 300) * (1 - u / 2)",  # drops by equal factors on a slope
        "1 - t % 100 / 100",  # restarts
        "t % 100 / 100",  # a sawtooth
        "min(1, t)",  # a rise with the first update
        "abs(sin(t))",  # jumps all the time
    ],
)
def test_jumps_that_the_values_explain(load, value):
    assert jumps(curve(load, value, 1000), 0, 1000, 1, 1.0) == []


@pytest.mark.parametrize(
    "values", [[1, 0.3, 0.09, 0.027], [1, 0.5, 0.333, 0.25], [0, 0.5, 1, 1], [1], [1, 0.75, 0.5, 0.25]]
)
def test_a_run_of_a_few_steep_updates_has_no_jump(load, values):
    points = {"kind": "points", "at": dict(enumerate(map(float, values)))}
    made = load(points, steps=len(values)).run.tracks["lr"].curve
    assert np.allclose(made.values(np.arange(len(values))), values)
    assert jumps(made, 0, len(values), 1, 1.0) == []
