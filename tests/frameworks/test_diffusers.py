"""diffusers: values computed by hand, quirks, names, outlines and errors."""

import numpy as np
import pytest
from frameworks.outlines import outline

import lrplot

STEPS = {"num_warmup_steps": 2, "num_training_steps": 6}


@pytest.fixture
def load(load):
    """Load a scheduler of diffusers in a run of 12 steps."""

    def call(name, /, steps=12, lr=1.0, **arguments):
        return load({"use": f"diffusers.{name}", **arguments}, steps, lr)

    return call


def test_linear_runs_between_shares(first_values):
    found = first_values("get_linear_schedule_with_warmup", 8, **STEPS, f_min=0.2, f_max=0.8)
    assert found == pytest.approx([0, 0.4, 0.8, 0.65, 0.5, 0.35, 0.2, 0.2])


def test_linear_without_a_decay_ends_at_f_min(first_values):
    found = first_values("get_linear_schedule_with_warmup", 4, num_warmup_steps=2, num_training_steps=2, f_min=0.3)
    assert found == pytest.approx([0, 0.5, 0.3, 0.3])


def test_piecewise_constant_matches_the_example_of_its_documentation(load):
    # 1 up to step 10, 0.1 up to step 20, 0.01 up to step 30, then 0.005.
    schedule = load("get_piecewise_constant_schedule", lr=2, step_rules="1:10,0.1:20,0.01:30,0.005")
    found = [schedule(step) for step in (0, 9, 10, 19, 20, 29, 30, 10**9)]
    assert found == pytest.approx([2, 2, 0.2, 0.2, 0.02, 0.02, 0.01, 0.01])


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("0.5", [0.5] * 5),
        ("0.1:4,1:2,0.3", [1, 1, 0.1, 0.1, 0.3]),  # sorted by step
        ("1:2,0.1:2,0.3", [0.1, 0.1, 0.3, 0.3, 0.3]),  # the later one of two at a step
        ("7:0,8:-1,1:2,0.3", [1, 1, 0.3, 0.3, 0.3]),  # never in force
    ],
)
def test_step_rules(first_values, rules, expected):
    assert first_values("get_piecewise_constant_schedule", 5, step_rules=rules).tolist() == expected


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("1:2,0.1:4", "could not convert string to float: '0.1:4'"),
        ("1,0.5", "not enough values to unpack"),
        ("1:2:3,0.5", "too many values to unpack"),
        ("1:2.5,0.5", "invalid literal for int"),
    ],
)
def test_invalid_step_rules(load, rules, message):
    with pytest.raises(lrplot.SpecError, match=f"ValueError: {message}"):
        load("get_piecewise_constant_schedule", step_rules=rules)


def test_get_scheduler_passes_num_cycles_only_to_the_restarts(first_values):
    further = {**STEPS, "num_cycles": 2}
    restarts = first_values("get_cosine_with_hard_restarts_schedule_with_warmup", 8, **further)
    assert np.array_equal(first_values("get_scheduler", 8, name="cosine_with_restarts", **further), restarts)
    assert restarts[4] == 1
    cosine = first_values("get_cosine_schedule_with_warmup", 8, **STEPS)
    assert np.array_equal(first_values("get_scheduler", 8, name="cosine", **further), cosine)
    assert cosine[4] == pytest.approx(0.5)


def test_get_scheduler_passes_power_to_polynomial(first_values):
    found = first_values("get_scheduler", 7, name="polynomial", **STEPS, power=2)
    assert found[[2, 4, 6]] == pytest.approx([1, 0.25, 1e-7], rel=1e-6)


def test_get_scheduler_passes_step_rules(first_values):
    assert first_values("get_scheduler", 3, name="piecewise_constant", step_rules="1:2,0.5").tolist() == [1, 1, 0.5]


@pytest.mark.parametrize(
    "name",
    ["cosine_schedule_with_warmup", "cosine_with_hard_restarts_schedule_with_warmup", "constant_schedule_with_warmup"],
)
def test_schedules_equal_those_of_transformers(first_values, name):
    steps = {"num_warmup_steps": 2} if "constant" in name else STEPS
    spec = {"steps": 9, "lr": 0.3, "schedule": {"use": f"transformers.get_{name}", **steps}}
    assert np.array_equal(first_values(f"get_{name}", 9, lr=0.3, **steps), lrplot.load(spec).lr)


@pytest.mark.parametrize(
    ("name", "segments"),
    [
        ("linear", [("warmup", 0, 100), ("decay", 100, 600), ("hold", 600, 1000)]),
        ("polynomial", [("warmup", 0, 100), ("decay", 100, 600), ("hold", 600, 1000)]),
        ("cosine", [("warmup", 0, 100), ("decay", 100, 600), ("after", 600, 1000)]),
        ("cosine_with_restarts", [("warmup", 0, 100), ("cycles", 100, 600), ("hold", 600, 1000)]),
        ("constant_with_warmup", [("warmup", 0, 100), ("hold", 100, 1000)]),
        ("piecewise_constant", [("stairs", 0, 1000)]),
    ],
)
def test_outline(load, name, segments):
    steps = {"num_warmup_steps": 100, "num_training_steps": 600}
    assert outline(load("get_scheduler", 1000, name=name, step_rules="1:100,0.5", **steps)) == segments


def test_import_path(first_values):
    assert first_values("optimization.get_constant_schedule", 2).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("get_scheduler", {"name": "linear"}, "SchedulerType.LINEAR requires `num_warmup_steps`"),
        ("get_scheduler", {"name": "cosine", "num_warmup_steps": 1}, "SchedulerType.COSINE requires `num_training_"),
        ("get_scheduler", {"name": "piecewise_constant"}, "'NoneType' object has no attribute 'split'"),
        ("get_scheduler", {"name": "inverse_sqrt"}, "`name` must be one of `linear`"),
        ("get_scheduler", {"name": "linear", **STEPS, "f_min": 0.1}, "has no field `f_min`"),
        ("get_inverse_sqrt_schedule", {}, "diffusers has no scheduler `get_inverse_sqrt_schedule`"),
        ("get_polynomial_decay_schedule_with_warmup", {**STEPS, "lr_end": 2}, r"ValueError: lr_end \(2.0\) must be sm"),
    ],
)
def test_errors(load, name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, **arguments)
