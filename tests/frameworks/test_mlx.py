"""MLX's schedules: values computed by hand, segments, and errors."""

import pytest
from frameworks.outlines import outline

import lrplot


def load(name, **arguments):
    """One of MLX's schedules, of 10 steps."""
    return lrplot.load({"steps": 10, "schedule": {"use": f"mlx.{name}", **arguments}})


def test_a_factor_at_each_update():
    assert load("exponential_decay", init=0.4, decay_rate=0.5).lr.tolist()[:3] == pytest.approx([0.4, 0.2, 0.1])


def test_a_factor_at_some_updates():
    assert load("step_decay", init=0.4, decay_rate=0.5, step_size=2).lr.tolist()[:5] == pytest.approx(
        [0.4, 0.4, 0.2, 0.2, 0.1]
    )


def test_half_a_cosine_holds_its_end():
    schedule = load("cosine_decay", init=0.4, decay_steps=4, end=0.2)
    middle = 0.1 * 2**-0.5
    assert schedule.lr.tolist()[:6] == pytest.approx([0.4, 0.3 + middle, 0.3, 0.3 - middle, 0.2, 0.2])
    assert outline(schedule) == [("decay", 0, 4), ("hold", 4, 10)]


def test_schedules_count_from_their_boundaries():
    warmup = {"use": "mlx.linear_schedule", "init": 0.0, "end": 0.4, "steps": 4}
    fall = {"use": "mlx.linear_schedule", "init": 0.4, "end": 0.0, "steps": 4}
    schedule = load("join_schedules", schedules=[warmup, fall], boundaries=[4])
    assert schedule.lr.tolist() == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.3, 0.2, 0.1, 0, 0])
    assert outline(schedule) == [("warmup", 0, 4), ("decay", 4, 8), ("hold", 8, 10)]


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("step_decay", {"init": 1, "decay_rate": 1, "step_size": 0}, "step_size must be greater than 0, but got 0"),
        ("cosine_decay", {"init": 1, "decay_steps": 0}, "decay_steps must be greater than 0"),
        ("linear_schedule", {"init": 1, "end": 0, "steps": -1}, "steps must be greater than 0, but got -1"),
        ("join_schedules", {"schedules": [], "boundaries": []}, "at least 1 schedule"),
        (
            "join_schedules",
            {"schedules": [{"use": "mlx.exponential_decay", "init": 1, "decay_rate": 1}], "boundaries": [2]},
            "Received 1 boundaries but expected 0",
        ),
        (
            "join_schedules",
            {"schedules": [{"use": "torch.StepLR", "step_size": 2}], "boundaries": []},
            "own schedulers",
        ),
    ],
)
def test_what_mlx_raises(name, arguments, error):
    with pytest.raises(lrplot.SpecError, match=error):
        load(name, **arguments)
