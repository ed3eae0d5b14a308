"""points, table and expression: values the user gives."""

from math import cos, pi

import numpy as np
import pytest
from numpy.testing import assert_allclose

import lrplot


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"at": {0: 0, 4: 1, 8: 0.5}}, [0, 0.25, 0.5, 0.75, 1, 0.875, 0.75, 0.625, 0.5, 0.5]),
        ({"at": {8: 0.5, 0: 0, 4: 1}}, [0, 0.25, 0.5, 0.75, 1, 0.875, 0.75, 0.625, 0.5, 0.5]),
        ({"at": {2: 1, 6: 0.2}}, [1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2, 0.2]),
        ({"at": {2: 1, 6: 0.2}, "interpolation": "step"}, [1, 1, 1, 1, 1, 1, 0.2, 0.2, 0.2, 0.2]),
        (
            {"at": {2: 1, 6: 0.2}, "interpolation": "cosine"},
            [1, 1, *(0.2 + 0.8 * (1 + cos(pi * k / 4)) / 2 for k in range(4)), 0.2, 0.2, 0.2, 0.2],
        ),
        (
            {"at": {2: 1, 6: 0.01}, "interpolation": "log"},
            [1, 1, 1, 10**-0.5, 0.1, 10**-1.5, 0.01, 0.01, 0.01, 0.01],
        ),
        ({"at": {0: "10%", "50%": "100%"}}, [0.1, 0.28, 0.46, 0.64, 0.82, 1, 1, 1, 1, 1]),
        ({"at": {"1 epochs": 0, "2 epochs": 1}}, [0, 0, 0, 0.5, 1, 1, 1, 1, 1, 1]),
        ({"at": {0: 1, 20: 0}}, [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55]),
        ({"at": {3: 0, 4: 1}}, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]),
        ({"at": {0: 1, 1: 0}, "interpolation": "step"}, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_points(fields, expected, rates):
    assert_allclose(rates({"kind": "points", **fields}, steps_per_epoch=2), expected, rtol=1e-12)


@pytest.mark.parametrize("interpolation", ["linear", "step", "cosine", "log"])
def test_one_point_is_level(interpolation, load):
    schedule = load({"kind": "points", "at": {3: 0.3}, "interpolation": interpolation}, lr=None)
    assert schedule.lr.tolist() == [0.3] * 10
    assert schedule(10) == 0.3


def test_points_are_hit_exactly(load):
    at = {0: 3e-4, 7: 1e-3, 100: 7e-5, 333: 1e-5}
    for interpolation in ("linear", "step", "cosine", "log"):
        schedule = load({"kind": "points", "at": at, "interpolation": interpolation}, steps=400)
        assert {step: schedule(step) for step in at} == at


def test_points_equal_numpy_interp(rates):
    at = {0: 0.5, 10: 2.0, 11: 0.0, 40: 1.0}
    expected = np.interp(np.arange(50), list(at), list(at.values()))
    assert_allclose(rates({"kind": "points", "at": at}, steps=50), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("interpolation", "expected"),
    [
        ("linear", [0, 0.3, 0.6, 0.7, 0.8, 0.9, 1, 1]),
        ("step", [0, 0.2, 0.4, 0.4, 0.4, 0.4, 1, 1]),
    ],
)
def test_points_beside_a_warmup_count_from_its_start(interpolation, expected, rates):
    points = {"kind": "points", "at": {0: 0.4, 6: 1}, "interpolation": interpolation, "warmup": 2}
    assert_allclose(rates(points, steps=8, lr=None), expected, rtol=1e-12)


def test_points_count_from_their_phase(rates):
    phases = [{"kind": "constant", "for": 3}, {"kind": "points", "at": {0: 0.5, 4: 0.1}}]
    assert_allclose(rates(phases, steps=8), [1, 1, 1, 0.5, 0.4, 0.3, 0.2, 0.1], rtol=1e-12)


@pytest.mark.parametrize(
    ("fields", "code", "match"),
    [
        ({}, "missing-field", "`points` needs `at`"),
        ({"at": {}}, "bad-value", "at least one point"),
        ({"at": {0: 1, "0%": 2}}, "bad-value", "two points are at step 0"),
        ({"at": {0: 1, 5: 0}, "interpolation": "log"}, "bad-value", "needs values above 0"),
        ({"at": {-1: 1}}, "bad-value", "must not be negative"),
        ({"at": {0: -1}}, "bad-value", "must not be negative, it is `-1`"),
        ({"at": [1, 2]}, "bad-type", "`at` must be a mapping"),
        ({"at": {0: 1}, "interpolation": "spline"}, "unknown-choice", "`interpolation` must be one of"),
    ],
)
def test_points_refuse(fields, code, match, refuse):
    refuse({"kind": "points", **fields}, code, match)


def test_table_gives_its_rows_and_holds_the_last(tmp_path, load):
    (tmp_path / "run.csv").write_text("step,lr\n0,0.1\n1,1e-3\n2,0.25\n")
    schedule = load({"kind": "table", "file": str(tmp_path / "run.csv")}, steps=5, lr=None)
    assert schedule.lr.tolist() == [0.1, 1e-3, 0.25, 0.25, 0.25]
    assert schedule(5) == 0.25


def test_table_is_found_beside_its_spec_and_cut_by_the_run(tmp_path):
    (tmp_path / "run.tsv").write_text("step\tlr\theads\n0\t0.1\t3\n1\t0.2\t4\n2\t0.3\t5\n")
    (tmp_path / "spec.yaml").write_text("steps: 2\nschedule: {kind: table, file: run.tsv, column: heads}\n")
    schedule = lrplot.load(tmp_path / "spec.yaml")
    assert schedule.lr.tolist() == [3, 4]
    assert schedule(2) == schedule(3) == 4


def test_table_in_a_sequence_hands_on_its_last_row(tmp_path, rates):
    (tmp_path / "run.csv").write_text("lr\n0.5\n0.25\n")
    phases = [{"kind": "table", "file": str(tmp_path / "run.csv"), "for": 2}, {"kind": "linear", "to": 0}]
    assert_allclose(rates(phases, steps=4), [0.5, 0.25, 0.25, 0.125], rtol=1e-12)


def test_table_refuses(tmp_path, refuse):
    refuse("table", "missing-field", "`table` needs `file`")
    refuse({"kind": "table", "file": str(tmp_path / "none.csv")}, "unreadable", "No such file")
    (tmp_path / "run.csv").write_text("step,lr\n0,x\n")
    refuse({"kind": "table", "file": str(tmp_path / "run.csv")}, "bad-value", "line 2 holds `x`, not a finite number")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("base / 2", [0.15] * 4),
        ("1e-3", [0.001] * 4),
        ("t", [0, 1, 2, 3]),
        ("n", [4] * 4),
        ("u", [0, 0.25, 0.5, 0.75]),
        ("base * (1 - u)", [0.3, 0.225, 0.15, 0.075]),
        ("base if t < 2 else 0.01", [0.3, 0.3, 0.01, 0.01]),
        ("base * 0.5 * (1 + cos(pi * u))", [0.3 * (1 + cos(pi * k / 4)) / 2 for k in range(4)]),
    ],
)
def test_expression(value, expected, rates):
    assert_allclose(rates({"kind": "expression", "value": value}, steps=4, lr=0.3), expected, rtol=1e-12)


def test_expression_sees_its_phase_only(rates):
    phases = [{"kind": "constant", "for": 2}, {"kind": "expression", "value": "t + 10 * n + 100 * u", "for": 4}]
    assert_allclose(rates(phases, steps=7), [1, 1, 40, 66, 92, 118, 144], rtol=1e-12)


def test_expression_needs_a_base_if_it_names_it(rates, refuse):
    assert rates({"kind": "expression", "value": "t"}, 2, None).tolist() == [0, 1]
    refuse({"kind": "expression", "value": "base"}, "missing-field", "`lr`, the base learning rate", lr=None)


@pytest.mark.parametrize("value", ["epoch", "floor(t / 3)", "max(epoch, 0)"])
def test_epoch_in_an_expression_is_the_whole_epochs_passed(value, rates):
    found = rates({"kind": "expression", "value": value}, 8, dataset_size=11, batch_size=4)
    assert found.tolist() == [0, 0, 0, 1, 1, 1, 2, 2]


def test_epoch_in_a_phase_counts_from_the_phase(rates):
    phases = [{"kind": "constant", "for": 2}, {"kind": "expression", "value": "epoch"}]
    assert rates(phases, 8, steps_per_epoch=3).tolist() == [1, 1, 0, 0, 0, 1, 1, 1]


def test_epoch_without_the_length_of_one(rates, refuse):
    assert rates({"kind": "expression", "value": "epoch"}, None, epochs=3).tolist() == [0, 1, 2]
    refuse({"kind": "expression", "value": "epoch"}, "missing-conversion", "`steps_per_epoch` is missing")


@pytest.mark.parametrize("value", ["-1e-3", "2 - 3", "-pi"])
def test_an_expression_that_is_a_negative_number_is_refused(value, refuse):
    refuse({"kind": "expression", "value": value}, "bad-value", f"`value` must not be negative, it is `{value}`")


def test_an_expression_may_become_negative(rates):
    assert rates({"kind": "expression", "value": "1 - t"}, 3).tolist() == [1, 0, -1]


@pytest.mark.parametrize(
    ("value", "step"), [("1 / t", 0), ("1 / (3 - t)", 3), ("log(2 - t)", 2), ("0 / (t - 9)", 9), ("9**9**9**9", 0)]
)
def test_expression_that_is_not_finite_names_its_first_step(value, step, refuse):
    refuse({"kind": "expression", "value": value}, "not-finite", f"not finite at step {step}: ")


def test_expression_needs_its_value_as_text(refuse):
    refuse("expression", "missing-field", "`expression` needs `value`")
    refuse({"kind": "expression", "value": [1]}, "bad-type", "`value` must be text")
