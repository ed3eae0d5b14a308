"""diffusers: values worked out by hand, quirks, names and refusals."""

import numpy as np
import pytest

import lrplot

STEPS = {"num_warmup_steps": 2, "num_training_steps": 6}


def load(use, lr=1.0, **arguments):
    return lrplot.load({"steps": 12, "lr": lr, "schedule": {"use": f"diffusers.{use}", **arguments}})


def values(use, count, **arguments):
    return load(use, **arguments).evaluate(0, count)["lr"]


def test_linear_runs_between_shares():
    found = values("get_linear_schedule_with_warmup", 8, **STEPS, f_min=0.2, f_max=0.8)
    assert found == pytest.approx([0, 0.4, 0.8, 0.65, 0.5, 0.35, 0.2, 0.2])


def test_linear_without_time_to_fall_is_at_its_least():
    found = values("get_linear_schedule_with_warmup", 4, num_warmup_steps=2, num_training_steps=2, f_min=0.3)
    assert found == pytest.approx([0, 0.5, 0.3, 0.3])


def test_piecewise_constant_is_the_example_of_its_documentation():
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
def test_rules(rules, expected):
    assert values("get_piecewise_constant_schedule", 5, step_rules=rules).tolist() == expected


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("1:2,0.1:4", "could not convert string to float: '0.1:4'"),
        ("1,0.5", "not enough values to unpack"),
        ("1:2:3,0.5", "too many values to unpack"),
        ("1:2.5,0.5", "invalid literal for int"),
    ],
)
def test_rules_that_it_cannot_read(rules, message):
    with pytest.raises(lrplot.SpecError, match=f"ValueError: {message}"):
        load("get_piecewise_constant_schedule", step_rules=rules)


def test_get_scheduler_gives_num_cycles_to_the_restarts_only():
    further = {**STEPS, "num_cycles": 2}
    restarts = values("get_cosine_with_hard_restarts_schedule_with_warmup", 8, **further)
    assert np.array_equal(values("get_scheduler", 8, name="cosine_with_restarts", **further), restarts)
    assert restarts[4] == 1
    cosine = values("get_cosine_schedule_with_warmup", 8, **STEPS)
    assert np.array_equal(values("get_scheduler", 8, name="cosine", **further), cosine)
    assert cosine[4] == pytest.approx(0.5)


def test_get_scheduler_gives_power_to_polynomial():
    found = values("get_scheduler", 7, name="polynomial", **STEPS, power=2)
    assert found[[2, 4, 6]] == pytest.approx([1, 0.25, 1e-7], rel=1e-6)


def test_get_scheduler_of_rules():
    assert values("get_scheduler", 3, name="piecewise_constant", step_rules="1:2,0.5").tolist() == [1, 1, 0.5]


@pytest.mark.parametrize(
    "name",
    ["cosine_schedule_with_warmup", "cosine_with_hard_restarts_schedule_with_warmup", "constant_schedule_with_warmup"],
)
def test_those_of_transformers(name):
    steps = {"num_warmup_steps": 2} if "constant" in name else STEPS
    spec = {"steps": 9, "lr": 0.3, "schedule": {"use": f"transformers.get_{name}", **steps}}
    assert np.array_equal(values(f"get_{name}", 9, lr=0.3, **steps), lrplot.load(spec).lr)


def test_import_path():
    assert values("optimization.get_constant_schedule", 2).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("use", "arguments", "message"),
    [
        ("get_scheduler", {"name": "linear"}, "SchedulerType.LINEAR requires `num_warmup_steps`"),
        ("get_scheduler", {"name": "cosine", "num_warmup_steps": 1}, "SchedulerType.COSINE requires `num_training_st"),
        ("get_scheduler", {"name": "piecewise_constant"}, "'NoneType' object has no attribute 'split'"),
        ("get_scheduler", {"name": "inverse_sqrt"}, "`name` must be one of `linear`"),
        ("get_scheduler", {"name": "linear", **STEPS, "f_min": 0.1}, "has no field `f_min`"),
        ("get_inverse_sqrt_schedule", {}, "diffusers has no scheduler `get_inverse_sqrt_schedule`"),
        ("get_polynomial_decay_schedule_with_warmup", {**STEPS, "lr_end": 2}, r"ValueError: lr_end \(2.0\) must be sm"),
    ],
)
def test_refusals(use, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(use, **arguments)
