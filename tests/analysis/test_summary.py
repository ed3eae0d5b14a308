"""Summaries: first, peak, last, mean, checked by hand."""

import pytest

import lrplot
from lrplot.analysis import summary as module
from lrplot.analysis.summary import summarize


def of(schedule, steps=10, lr=1.0, **more):
    run = lrplot.load({"steps": steps, "lr": lr, "schedule": schedule, **more}).run
    return summarize(run.tracks["lr"].curve, run.steps)


TRAPEZE = [{"kind": "warmup", "for": 4}, {"kind": "constant", "for": 2}, "linear"]  # 0 ¼ ½ ¾ 1 1 1 ¾ ½ ¼


def test_warmup_then_linear():
    found = of(steps=10, lr=1.0, schedule={"kind": "linear", "warmup": 5, "to": 0.5})
    assert (found.first, found.peak, found.peak_step) == (0.0, 1.0, 5)
    assert found.last == pytest.approx(0.6, rel=1e-12)
    assert found.end == 0.5
    assert (found.low, found.low_step) == (0.0, 0)
    # 0 + .2 + .4 + .6 + .8 and 1 + .9 + .8 + .7 + .6
    assert found.mean == pytest.approx(0.6, rel=1e-12)
    assert not found.mean_sampled


def test_first_of_equal_peaks():
    found = of(steps=9, lr=1.0, schedule={"kind": "points", "at": {0: 0, 3: 1, 6: 1}})
    assert found.peak_step == 3


def test_mean_of_a_long_run_is_sampled():
    found = of(steps=10**12, lr=1.0, schedule={"kind": "cosine", "warmup": "50%"})
    assert found.mean_sampled
    assert found.mean == pytest.approx(0.5, rel=1e-5)
    assert found.peak_step == 5 * 10**11


def test_sampling_is_not_in_step_with_a_period(monkeypatch):
    monkeypatch.setattr(module, "SUMMED", 1000)
    # Half of each 64-step cycle at 1, half at 0.
    inner = [{"kind": "constant", "value": 1, "for": 32}, {"kind": "constant", "value": 0, "for": 32}]
    found = of(steps=2**26, lr=1.0, schedule={"kind": "repeat", "of": inner})
    assert found.mean == pytest.approx(0.5, abs=2e-3)


def test_the_summary_of_a_trapeze():
    found = of(schedule=TRAPEZE)
    assert (found.steps, found.first, found.peak, found.peak_step, found.last) == (10, 0, 1, 4, 0.25)
    assert (found.above_half, found.cooldown) == (0.7, 6)
    assert found.mass == pytest.approx(0.6, rel=1e-12)
    assert (found.jump, found.jump_step) == (0.25, 1)


def test_a_constant_run_neither_falls_nor_jumps():
    found = of(schedule="constant")
    assert (found.cooldown, found.jump, found.mass, found.above_half) == (None, 0, 1, 1)


def test_a_rising_run_never_falls():
    assert of(schedule={"kind": "linear", "from": 0, "to": 1}).cooldown is None


def test_the_last_fall_counts_after_restarts():
    found = of(schedule={"kind": "cosine_restarts", "period": 5})
    assert (found.cooldown, found.jump_step, found.peak_step) == (5, 5, 0)


def test_a_staircase_jumps_where_it_drops():
    found = of(schedule={"kind": "step", "every": 4})
    assert (found.cooldown, found.jump_step) == (3, 4)
    assert found.jump == pytest.approx(0.9, rel=1e-12)


@pytest.mark.parametrize("schedule", [TRAPEZE, {"kind": "step", "every": 700}, {"kind": "cosine", "warmup": 100}])
def test_the_summary_of_a_long_run_is_that_of_all_steps(schedule, monkeypatch):
    whole = of(schedule=schedule, steps=2_000)
    monkeypatch.setattr(module, "SUMMED", 1_000)
    long = of(schedule=schedule, steps=2_000)
    assert (long.jump, long.jump_step, long.cooldown) == (whole.jump, whole.jump_step, whole.cooldown)
    assert long.above_half == pytest.approx(whole.above_half, abs=2e-3)
