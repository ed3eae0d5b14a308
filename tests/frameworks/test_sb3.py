"""Stable-Baselines3's schedules: values computed by hand, segments."""

import pytest
from frameworks.outlines import outline

import lrplot


def load(name, steps=10, **spec):
    """One of the schedules, of 10 steps by default."""
    return lrplot.load({"steps": steps, **spec.pop("spec", {}), "schedule": {"use": f"sb3.{name}", **spec}})


def test_the_last_rollout_has_the_end_value():
    schedule = load("LinearSchedule", start=0.4, end=0.0, end_fraction=1.0)
    assert schedule.lr[[0, 4, 9]] == pytest.approx([0.36, 0.2, 0])
    assert outline(schedule) == [("decay", 0, 10)]


def test_the_end_can_come_earlier():
    schedule = load("LinearSchedule", start=0.4, end=0.2, end_fraction=0.5)
    assert schedule.lr[[0, 4, 5, 9]] == pytest.approx([0.36, 0.2, 0.2, 0.2])
    assert outline(schedule) == [("decay", 0, 5), ("hold", 5, 10)]


def test_the_progress_counts_timesteps():
    arguments = {"start": 0.4, "end": 0.0, "end_fraction": 1.0, "total_timesteps": 300, "rollout_timesteps": 100}
    assert load("LinearSchedule", 4, **arguments).lr.tolist() == pytest.approx([0.8 / 3, 0.4 / 3, 0, 0])


def test_all_updates_after_a_rollout_have_one_value():
    arguments = {"start": 0.4, "end": 0.0, "end_fraction": 1.0, "interval": "epoch"}
    schedule = load("LinearSchedule", 8, spec={"steps_per_epoch": 4}, **arguments)
    assert schedule.lr.tolist() == pytest.approx([0.2] * 4 + [0] * 4)


def test_one_value():
    assert load("ConstantSchedule", val=0.3)(9) == 0.3
