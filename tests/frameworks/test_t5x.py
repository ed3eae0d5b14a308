"""T5X's factors: values computed by hand, segments, and errors."""

import pytest
from frameworks.outlines import outline

import lrplot


def load(steps=10, **arguments):
    """A run of 10 steps by default, with a warmup of 4."""
    schedule = {"use": "t5x.create_learning_rate_scheduler", "warmup_steps": 4, **arguments}
    return lrplot.load({"steps": steps, "schedule": schedule})


def test_a_warmup_and_a_decay_with_the_root():
    schedule = load(base_learning_rate=0.8)
    assert schedule.lr[[0, 2, 4, 9]] == pytest.approx([1e-8, 0.2, 0.4, 0.8 / 3])
    assert outline(schedule) == [("warmup", 0, 4), ("decay", 4, 10)]


def test_the_normalized_root_leads_to_the_base():
    schedule = load(factors="constant * linear_warmup * rsqrt_normalized_decay", base_learning_rate=0.8)
    assert schedule.lr[[4, 9]] == pytest.approx([0.8, 1.6 / 3])


def test_cycles_after_a_warmup():
    schedule = load(factors="constant*linear_warmup*cosine_decay", base_learning_rate=0.8, steps_per_cycle=4)
    assert schedule.lr[[2, 4, 6, 8]] == pytest.approx([0.4, 0.8, 0.4, 0.8])
    assert outline(schedule) == [("warmup", 0, 4), ("cycles", 4, 10)]


def test_drops():
    schedule = load(factors="constant * decay_every", base_learning_rate=0.8, steps_per_decay=3)
    assert schedule.lr.tolist()[:7] == pytest.approx([0.8] * 3 + [0.4] * 3 + [0.2])
    assert outline(schedule) == [("stairs", 0, 10)]


def test_a_line_that_ends_at_the_least_value():
    schedule = load(factors="linear_decay", base_learning_rate=0.8, decay_factor=0.25, min_learning_rate=0.1)
    assert schedule.lr[[1, 4, 6, 9]] == pytest.approx([0.2, 0.8, 0.4, 0.1])


def test_the_schedule_can_start_later_or_earlier():
    schedule = load(base_learning_rate=0.8, step_offset=3)
    assert schedule.lr[[2, 5, 7]] == pytest.approx([1e-8, 0.2, 0.4])
    assert outline(schedule)[:2] == [("delay", 0, 3), ("warmup", 3, 7)]
    assert load(base_learning_rate=0.8, step_offset=-2).lr[[0, 2]] == pytest.approx([0.2, 0.4])
    assert load(base_learning_rate=0.8, step_offset=-16)(0) == pytest.approx(0.2)


def test_an_unknown_factor_is_refused():
    with pytest.raises(lrplot.SpecError, match="Unknown factor linear_warm") as caught:
        load(factors="constant * linear_warm")
    assert caught.value.diagnostics[0].help == "did you mean `linear_warmup`?"
