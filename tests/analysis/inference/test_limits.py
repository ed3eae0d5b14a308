"""What an inference does not say: too few rows, noise, values that nothing has; and what it leaves open."""

from __future__ import annotations

import numpy as np
import pytest
from analysis.inference.logged import cosine, decay, line, log_of

import lrplot
from lrplot import SpecError
from lrplot.runs.log import Log, Points, Values

STEPS = np.arange(0, 10_000, 50)


def opened(found):
    return {each.name: (each.low, each.high) for each in found.open}


def test_noise_is_no_schedule():
    values = 3e-4 * np.random.default_rng(1).random(len(STEPS))
    found = lrplot.infer(log_of(STEPS, values))
    assert not found.exact
    assert 0.2 < found.largest < 0.6
    assert "nothing found" in found.text
    assert lrplot.load(found.spec)(0) > 0


def test_a_zigzag_without_a_period_is_no_schedule():
    values = np.abs(np.cumsum(np.random.default_rng(0).normal(size=100)))
    found = lrplot.infer(log_of(np.arange(100), values, 6))
    assert not found.exact


def test_triangles_from_the_peak_are_lines():
    steps = np.arange(0, 2000, 50)
    found = lrplot.infer(log_of(steps, 1e-4 + 9e-4 * np.abs(steps / 500 % 2 - 1), 6))
    assert found.exact
    at = {"0": 1e-3, "500": 1e-4, "1000": 1e-3, "1500": 1e-4}
    assert {key: value for key, value in found.spec["schedule"]["at"].items() if int(key) < 1950} == at


def test_a_single_wrong_value_is_not_exact():
    values = decay(STEPS, cosine, 3e-4, 10_000, 500)
    values[100] *= 1.01
    found = lrplot.infer(log_of(STEPS, values, 6))
    assert not found.exact
    assert found.largest < 0.05


def test_one_wrong_value_of_very_many_is_found():
    steps = np.arange(60_000)
    values = decay(steps, cosine, 3e-4, 60_000, 500)
    values[33_333] *= 1.001
    assert not lrplot.infer(log_of(steps, values)).exact


def test_a_few_rows_say_that_other_schedules_fit():
    for rows in (1, 2, 3):
        found = lrplot.infer(log_of(np.arange(rows), 0.1 / np.arange(1, rows + 1)))
        assert found.exact
        assert "many other schedules fit" in next(each.note for each in found.open if each.name == "kind")
    two = lrplot.infer(log_of([0, 1], [0.1, 0.05]))
    assert two.spec == {"steps": 2, "lr": 0.1, "schedule": "linear"}
    assert "cosine" in [tie.name for tie in two.ties]


def test_zero_throughout():
    assert lrplot.infer(log_of([0, 1, 2], [0.0, 0.0, 0.0])).spec == {"steps": 3, "lr": 0, "schedule": "constant"}


def test_negative_values_fit_nothing():
    found = lrplot.infer(log_of([0, 1, 2], [-1.0, -0.5, 0.0]))
    assert (found.exact, found.spec) == (False, {"steps": 3, "lr": 0, "schedule": "constant"})


@pytest.mark.parametrize("scale", [1e-100, 1e100])
def test_huge_and_tiny_values(scale):
    found = lrplot.infer(log_of(STEPS, scale * decay(STEPS, cosine, 3.0, 10_000, 500)))
    assert found.exact
    assert found.spec["schedule"] == {"kind": "cosine", "warmup": 500}
    assert found.spec["lr"] == pytest.approx(3 * scale, rel=1e-12)


def test_rows_without_a_finite_rate_are_left_out():
    values = decay(STEPS, cosine, 3e-4, 10_000)
    values[[3, 50, 199]] = np.nan, np.inf, -np.inf
    found = lrplot.infer(log_of(STEPS, values))
    assert (found.points, found.spec["schedule"]) == (197, "cosine")


def test_no_finite_rate_is_an_error():
    with pytest.raises(SpecError, match="no row has a finite learning rate"):
        lrplot.infer(log_of([0, 1], [np.nan, np.nan]))


def test_the_last_of_several_runs_is_inferred():
    first = log_of(STEPS, 0.1 + 0 * STEPS).points
    last = log_of(STEPS, decay(STEPS, line, 0.2, 10_000)).points
    found = lrplot.infer(Log("log", "log.csv", "csv", "a table", "updates", (first, last)))
    assert found.spec["schedule"] == "linear"
    assert "the last of 2 runs" in found.text


def test_milestones_between_two_rows_are_open():
    found = lrplot.infer(log_of(STEPS, np.where(STEPS < 3000, 0.1, np.where(STEPS < 8000, 0.01, 0.001))))
    assert found.spec["schedule"] == {"kind": "multistep", "milestones": [3000, 8000]}
    assert opened(found)["milestone 1"] == (2951, 3000)
    assert opened(found)["milestone 2"] == (7951, 8000)


def test_one_drop_may_be_the_first_of_many():
    found = lrplot.infer(log_of(STEPS, np.where(STEPS < 6000, 0.1, 0.01)))
    assert found.spec["schedule"] == {"kind": "multistep", "milestones": [6000]}
    assert [tie.spec["schedule"] for tie in found.ties] == [{"kind": "step", "every": 6000}]


def test_the_length_of_the_run_is_open_unless_stated():
    values = decay(STEPS, cosine, 3e-4, 10_000)
    assert opened(lrplot.infer(log_of(STEPS, values)))["steps"] == (9951, None)
    assert "steps" not in opened(lrplot.infer(log_of(STEPS, values, stated={"steps": 10_000})))


def test_the_length_of_a_log_by_epochs_is_in_epochs():
    found = lrplot.infer(log_of(np.arange(90), 0.1 * line(np.arange(90) / 90), unit="epochs"))
    assert opened(found)["epochs"] == (90, None)
    assert "the last row is epoch 89" in found.text


def test_a_rise_alone_leaves_its_peak_open():
    found = lrplot.infer(log_of(STEPS, 3e-4 * STEPS / 20_000))
    assert found.exact
    assert found.spec["schedule"] == "warmup"
    assert opened(found)["warmup"] == (9951, None)
    assert "1.5e-08 an update" in found.text


def test_a_decay_that_had_not_ended_leaves_its_end_open():
    found = lrplot.infer(log_of(STEPS, decay(STEPS, line, 3e-4, 30_000, 0, 0.1)))
    assert found.exact
    low, high = opened(found)["horizon"]
    assert low < 11_000
    assert high is None or high > 30_000


def test_a_warmup_before_the_first_row_is_open():
    found = lrplot.infer(log_of(STEPS[20:], decay(STEPS, cosine, 3e-4, 10_000, 500, 0.1)[20:]))
    assert found.spec["schedule"] == {"kind": "cosine", "warmup": 500, "to": "10%"}
    assert "no row before update 1,000" in found.text


def test_rounding_leaves_a_range():
    values = decay(STEPS, cosine, 3e-4, 10_000, 500)
    low, high = opened(lrplot.infer(log_of(STEPS, values, 3)))["peak"]
    assert 2.99e-4 < low < 3e-4 < high < 3.01e-4
    assert "peak" not in opened(lrplot.infer(log_of(STEPS, values)))


def test_a_range_of_times_holds_the_true_one():
    steps = np.arange(0, 3000, 50)
    found = lrplot.infer(log_of(steps, decay(steps, cosine, 3e-4, 12_345, 500), 4))
    low, high = opened(found)["horizon"]
    assert low < 12_345 < high
    assert low <= found.spec["steps"] <= high


def test_a_constant_leaves_the_convention_open():
    assert "or that of update N − 1" in lrplot.infer(log_of(STEPS + 1, 3e-4 + 0 * STEPS)).convention


def test_negative_steps_are_left_out():
    points = Points(np.array([-1, 0, 1, 2]), np.arange(4), {"lr": Values(np.array([9.0, 1.0, 1.0, 1.0]), np.zeros(4))})
    found = lrplot.infer(Log("log", "log.csv", "csv", "a table", "updates", (points,)))
    assert (found.points, found.spec) == (3, {"steps": 3, "lr": 1, "schedule": "constant"})


def test_the_nearest_spec_is_no_tie_and_leaves_nothing_open_but_tracks():
    values = 3e-4 * np.random.default_rng(1).random(len(STEPS))
    found = lrplot.infer(log_of(STEPS, values, others={"momentum": 0.9 + 0 * values}))
    assert (found.ties, [each.name for each in found.open]) == ((), ["momentum"])
