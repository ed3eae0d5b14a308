"""Ultralytics' schedule: values computed by hand, also of older versions, segments."""

import pytest

import lrplot
from lrplot.curves.roles import Role


def load(**arguments):
    """A run of 10 epochs of 50 batches and a learning rate of 0.01, with a decay to 0."""
    schedule = {"use": "ultralytics.BaseTrainer", "lrf": 0.0, **arguments}
    return lrplot.load({"steps": 500, "steps_per_epoch": 50, "lr": 0.01, "schedule": schedule})


def test_the_warmup_leads_to_the_value_of_each_epoch():
    schedule = load()
    assert [schedule(k) for k in (0, 75, 149)] == pytest.approx([0, 0.009 * 0.5, 0.008 * 149 / 150])
    assert [schedule(k) for k in (150, 199, 200, 499)] == pytest.approx([0.007, 0.007, 0.006, 0.001])
    assert [(each.role, each.start) for each in schedule.run.tracks["lr"].curve.segments()] == [
        (Role.WARMUP, 0),
        (Role.DECAY, 150),
    ]


def test_biases_come_from_above():
    schedule = load(param_group="bias")
    assert [schedule(k) for k in (0, 75, 150)] == pytest.approx([0.1, 0.1 - 0.091 / 2, 0.007])


def test_the_warmup_leaves_an_epoch():
    assert load(warmup_epochs=20)(450) == pytest.approx(0.001)
    assert load(warmup_epochs=0)(0) == pytest.approx(0.01)


def test_a_warmup_of_at_least_100_batches():
    schedule = load(warmup_epochs=1, rules="8.2")
    assert [schedule(k) for k in (50, 100, 150)] == pytest.approx([0.0045, 0.008, 0.007])
    assert load(warmup_epochs=0, rules="8.2")(0) == pytest.approx(0.01)


def test_a_lag_of_an_epoch():
    # The warmup ends with update 150, in epoch 3: that epoch keeps its value, and the next has it too.
    schedule = load(rules="8.0")
    assert [schedule(k) for k in (150, 199, 200, 250)] == pytest.approx([0.007, 0.007, 0.007, 0.006])
    without = load(rules="8.0", warmup_epochs=0)
    assert [without(k) for k in (0, 50, 100)] == pytest.approx([0.01, 0.01, 0.009])


def test_the_warmup_of_yolov5():
    schedule = load(warmup_epochs=0, rules="yolov5")
    assert [schedule(k) for k in (50, 100, 150)] == pytest.approx([0.0045, 0.008, 0.008])
    assert load(rules="yolov5-2021")(499) == pytest.approx(0.001 * 499 / 1000)
