"""OpenCLIP's schedulers: values computed by hand, segments, and errors."""

import pytest
from frameworks.outlines import outline

import lrplot


def load(name, **arguments):
    """A run of 10 steps with a warmup of 2."""
    schedule = {"use": f"open_clip.{name}", "base_lr": 0.4, "warmup_length": 2, **arguments}
    return lrplot.load({"steps": 10, "schedule": schedule})


def test_the_last_update_of_the_warmup_has_the_learning_rate():
    assert load("const_lr", steps=10).lr.tolist()[:4] == pytest.approx([0.2, 0.4, 0.4, 0.4])


def test_half_a_cosine_ends_one_update_after_the_run():
    schedule = load("cosine_lr", steps=10)
    assert schedule.lr[[2, 6]] == pytest.approx([0.4, 0.2])
    assert outline(schedule) == [("warmup", 0, 2), ("decay", 2, 10)]


def test_a_cooldown():
    schedule = load("const_lr_cooldown", steps=10, cooldown_steps=4, cooldown_power=2, cooldown_end_lr=0.2)
    assert schedule.lr[[5, 6, 7, 8]] == pytest.approx([0.4, 0.4, 0.2 + 0.2 * 9 / 16, 0.25])
    assert outline(schedule) == [("warmup", 0, 2), ("hold", 2, 6), ("decay", 6, 10)]


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("cosine_lr", {"steps": 2}, "at update 2: ZeroDivisionError"),
        ("const_lr_cooldown", {"steps": 8, "cooldown_steps": 0}, "at update 8: ZeroDivisionError"),
        ("const_lr_cooldown", {"steps": 8, "cooldown_steps": 4, "cooldown_power": 0.5}, "at update 9: TypeError"),
        (
            "const_lr_cooldown",
            {"steps": 8, "cooldown_steps": 4, "cooldown_power": -1},
            "at update 8: ZeroDivisionError",
        ),
    ],
)
def test_what_open_clip_raises(name, arguments, error):
    with pytest.raises(lrplot.SpecError, match=error):
        load(name, **arguments).evaluate()
