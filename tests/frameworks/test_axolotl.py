"""axolotl's schedulers: values computed by hand, segments, and errors."""

import pytest

import lrplot
from lrplot.curves.roles import Role

CONSTANT = "get_cosine_schedule_with_warmup_decay_constant"


@pytest.fixture
def load(use):
    """Load one of axolotl's schedulers, of 10 steps and a learning rate of 0.4 by default."""
    return lambda name, steps=10, **arguments: use(f"axolotl.{name}", steps=steps, lr=0.4, **arguments)


def roles(schedule):
    return [(each.role, each.start, each.stop) for each in schedule.run.tracks["lr"].curve.segments()]


def test_rex_counts_from_one(values):
    lr = values("RexLR", max_lr=0.4, min_lr=0.0, total_steps=10, num_warmup_steps=2)
    assert lr[:2] == pytest.approx([0.2, 0.4])
    assert lr[5] == pytest.approx(0.4 * 0.5 / 0.55)  # half of eight steps are left
    assert lr[8:] == pytest.approx([0.4 * 0.125 / 0.2125, 0])


def test_rex_with_an_end_before_the_run_s_stays_at_its_floor(values):
    assert values("RexLR", max_lr=0.4, min_lr=0.1, total_steps=5)[4:] == pytest.approx([0.1] * 6)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"max_lr": 0.1, "min_lr": 0.2, "total_steps": 5}, "should be less than"),
        ({"max_lr": 0.2, "min_lr": 0.1, "total_steps": 5, "num_warmup_steps": 6}, "must be less than or equal"),
    ],
)
def test_rex_refuses_what_axolotl_refuses(load, arguments, error):
    with pytest.raises(lrplot.SpecError, match=error):
        load("RexLR", **arguments)


def test_a_quadratic_warmup(values):
    lr = values("get_cosine_schedule_with_quadratic_warmup", num_warmup_steps=4, num_training_steps=10)
    assert lr[:5] == pytest.approx([0, 0.025, 0.1, 0.225, 0.4])
    assert lr[7] == pytest.approx(0.2)


def test_a_floor(values):
    arguments = {"num_warmup_steps": 0, "num_training_steps": 8, "min_lr_ratio": 0.5}
    assert values("get_cosine_schedule_with_min_lr", **arguments)[4] == pytest.approx(0.3)


def test_a_constant_end(load):
    arguments = {"num_warmup_steps": 2, "num_training_steps": 10, "constant_lr_ratio": 0.6, "min_lr_ratio": 0.5}
    schedule = load(CONSTANT, **arguments)
    assert schedule.lr[[2, 4, 6, 9]] == pytest.approx([0.4, 0.3, 0.2, 0.2])
    assert roles(schedule)[0] == (Role.WARMUP, 0, 2)


def test_a_decay_that_ends_in_the_warmup_is_constant(values):
    arguments = {"num_warmup_steps": 4, "num_training_steps": 10, "constant_lr_ratio": 0.2, "min_lr_ratio": 0.5}
    assert values(CONSTANT, **arguments)[4:] == pytest.approx([0.4] * 6)  # cos(−2π) = 1


def test_restarts_read_the_inner_schedule_one_step_ahead(values):
    inner = {"use": "transformers.get_constant_schedule_with_warmup", "num_warmup_steps": 4}
    restarts = {"jagged_restart_steps": 5, "jagged_restart_warmup_steps": 2, "min_lr_scale": 0.5}
    lr = values("JaggedLRRestartScheduler", inner_schedule=inner, **restarts)
    # Before the first restart, at update 4, the inner schedule alone; then 0.5, 0.75 and 1 of it.
    assert lr[:7] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.2, 0.3, 0.4])


def test_restarts_of_another_framework_s_schedule_are_refused(load):
    arguments = {"jagged_restart_steps": 5, "jagged_restart_warmup_steps": 2}
    with pytest.raises(lrplot.SpecError, match="own schedulers"):
        load("JaggedLRRestartScheduler", inner_schedule={"use": "torch.StepLR", "step_size": 2}, **arguments)


def test_the_logarithmic_rise_has_its_start_twice(values):
    lr = values("InterpolatingLogScheduler", num_steps=5, min_lr=1e-4, max_lr=1.0)
    assert lr[:6] == pytest.approx([1e-4, 1e-4, 1e-3, 1e-2, 0.1, 1.0])


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"num_steps": 1, "min_lr": 0.1, "max_lr": 1.0}, "ZeroDivisionError"),
        ({"num_steps": 5, "min_lr": 0.0, "max_lr": 1.0}, "ZeroDivisionError"),
        ({"num_steps": 5, "min_lr": -0.1, "max_lr": 1.0}, "TypeError"),
    ],
)
def test_the_logarithmic_rise_refuses_what_python_refuses(load, arguments, field):
    with pytest.raises(lrplot.SpecError, match=field):
        load("InterpolatingLogScheduler", **arguments)


def test_rex_of_a_peak_of_zero_raises_after_the_warmup(load):
    with pytest.raises(lrplot.SpecError, match="at update 2"):
        load("RexLR", max_lr=0.0, min_lr=0.0, total_steps=10, num_warmup_steps=2)
