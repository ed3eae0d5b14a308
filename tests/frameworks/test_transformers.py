"""transformers: values worked out by hand, quirks, names and refusals."""

import numpy as np
import pytest

import lrplot


def load(use, steps=16, lr=1.0, **arguments):
    base = {} if lr is None else {"lr": lr}
    return lrplot.load({"steps": steps, **base, "schedule": {"use": f"transformers.{use}", **arguments}})


def values(use, count, **arguments):
    return load(use, **arguments).evaluate(0, count)["lr"]


def test_linear_starts_at_zero_peaks_after_the_warmup_and_stays_at_zero():
    found = values("get_linear_schedule_with_warmup", 11, num_warmup_steps=4, num_training_steps=9)
    assert found == pytest.approx([0, 0.25, 0.5, 0.75, 1, 0.8, 0.6, 0.4, 0.2, 0, 0], abs=1e-15)


def test_cosine_climbs_again_past_its_end():
    schedule = load("get_cosine_schedule_with_warmup", num_warmup_steps=2, num_training_steps=12)
    assert [schedule(step) for step in (1, 2, 7, 12, 17, 22)] == pytest.approx([0.5, 1, 0.5, 0, 0.5, 1], abs=1e-15)


def test_restarts_begin_at_the_top_and_end_for_good():
    name = "get_cosine_with_hard_restarts_schedule_with_warmup"
    found = values(name, 8, num_warmup_steps=0, num_training_steps=6, num_cycles=3)
    assert found == pytest.approx([1, 0.5, 1, 0.5, 1, 0.5, 0, 0], abs=1e-15)


def test_a_restart_that_the_float_remainder_misses_is_missed():
    # 49 * (1 / 49) is 0.9999999999999999 in float64: still the end of the first cycle; so with 2, not with 3.
    name = "get_cosine_with_hard_restarts_schedule_with_warmup"
    found = values(name, 4, num_warmup_steps=0, num_training_steps=49, num_cycles=49)
    assert found == pytest.approx([1, 0, 0, 1], abs=1e-15)


def test_polynomial_ends_at_a_value_not_a_share():
    name = "get_polynomial_decay_schedule_with_warmup"
    schedule = load(name, lr=0.1, num_warmup_steps=2, num_training_steps=10, lr_end=0.01, power=2)
    # Half way: 0.01 + 0.09 / 4.
    assert [schedule(step) for step in (1, 2, 6, 10, 90)] == pytest.approx([0.05, 0.1, 0.0325, 0.01, 0.01])


def test_inverse_sqrt_halves_in_four_timescales():
    assert load("get_inverse_sqrt_schedule", num_warmup_steps=4)(16) == 0.5
    assert load("get_inverse_sqrt_schedule", num_warmup_steps=0)(30_000) == 0.5  # timescale 10,000
    assert load("get_inverse_sqrt_schedule", num_warmup_steps=4, timescale=10)(34) == 0.5


def test_a_least_value_is_reached_at_the_end():
    schedule = load(
        "get_cosine_with_min_lr_schedule_with_warmup", lr=0.1, num_warmup_steps=0, num_training_steps=8, min_lr=0.02
    )
    assert [schedule(step) for step in (0, 4, 8, 16)] == pytest.approx([0.1, 0.06, 0.02, 0.1])


def test_the_other_one_is_a_step_early():
    name = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate"
    found = values(name, 13, num_warmup_steps=4, num_training_steps=12, min_lr_rate=0.1)
    assert found[:4] == pytest.approx([0.25, 0.5, 0.75, 1])
    assert np.argmin(found) == 11
    assert found[11] == pytest.approx(0.1)
    begun = values(name, 4, num_warmup_steps=4, num_training_steps=12, min_lr_rate=0.1, warmup_lr_rate=0.4)
    assert begun == pytest.approx([0.4, 0.6, 0.8, 1])


def test_wsd_starts_and_ends_at_its_share():
    steps = {"num_warmup_steps": 4, "num_stable_steps": 3, "num_decay_steps": 4}
    found = values("get_wsd_schedule", 13, **steps, decay_type="linear", min_lr_ratio=0.2)
    assert found == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2])


def test_wsd_without_room_begins_its_decay_late():
    # 4 + 6 of 8 steps: the decay has lost its first two.
    steps = {"num_warmup_steps": 4, "num_training_steps": 8, "num_decay_steps": 6}
    found = values("get_wsd_schedule", 10, **steps, decay_type="linear")
    assert found[4:] == pytest.approx([4 / 6, 3 / 6, 2 / 6, 1 / 6, 0, 0])


@pytest.mark.parametrize(("asked", "warmup"), [(0, 0), (0.11, 3), (0.999, 19), (1, 1), (2.9, 2), (5, 5)])
def test_warmup_steps_of_the_trainer_are_a_ratio_below_one(asked, warmup):
    # 0.11 of 19 is 2.09: rounded up.
    found = load("Trainer", steps=19, warmup_steps=asked, lr_scheduler_type="constant_with_warmup")
    assert np.flatnonzero(found.evaluate(0, 25)["lr"] == 1)[0] == warmup


def test_the_trainer_takes_its_length_from_max_steps_or_the_run():
    assert values("Trainer", 16)[8] == 0.5
    assert values("Trainer", 16, max_steps=-1)[8] == 0.5
    assert values("Trainer", 16, max_steps=32)[8] == 0.75


def test_the_trainers_rate_is_learning_rate_then_lr_then_its_default():
    assert values("Trainer", 1, lr=0.3, learning_rate=0.2)[0] == 0.2
    assert values("Trainer", 1, lr=0.3)[0] == 0.3
    assert values("Trainer", 1, lr=None)[0] == 5e-5


def test_further_arguments_reach_the_schedule_by_either_way():
    further = {"num_decay_steps": 5, "decay_type": "1-sqrt", "min_lr_ratio": 0.1}
    direct = values("get_wsd_schedule", 20, num_warmup_steps=4, num_training_steps=16, **further)
    steps = {"num_warmup_steps": 4, "num_training_steps": 16}
    named = values("get_scheduler", 20, name="warmup_stable_decay", **steps, scheduler_specific_kwargs=further)
    trainer = {"lr_scheduler_type": "warmup_stable_decay", "lr_scheduler_kwargs": further, "warmup_steps": 0.25}
    assert np.array_equal(named, direct)
    assert np.array_equal(values("Trainer", 20, **trainer), direct)
    assert np.array_equal(values("TrainingArguments", 20, **trainer), direct)


def test_the_constant_ones_ignore_further_arguments():
    further = {"scheduler_specific_kwargs": {"power": 2}}
    assert values("get_scheduler", 3, name="constant", **further).tolist() == [1, 1, 1]
    found = values("get_scheduler", 3, name="constant_with_warmup", num_warmup_steps=2, **further)
    assert found.tolist() == [0, 0.5, 1]


@pytest.mark.parametrize(
    "path",
    ["transformers.optimization.get_constant_schedule_with_warmup", "transformers.get_constant_schedule_with_warmup"],
)
def test_import_paths_of_the_functions(path):
    schedule = lrplot.load({"steps": 4, "lr": 1, "schedule": {"_target_": path, "num_warmup_steps": 2}})
    assert schedule.lr.tolist() == [0, 0.5, 1, 1]


@pytest.mark.parametrize(
    "path", ["trainer.Trainer", "TrainingArguments", "training_args.TrainingArguments", "optimization.Trainer"]
)
def test_import_paths_of_the_trainer(path):
    assert values(path, 4, steps=4).tolist() == [1, 0.75, 0.5, 0.25]


@pytest.mark.parametrize(
    ("use", "cure"),
    [
        ("get_reduce_on_plateau_schedule", "torch.ReduceLROnPlateau"),
        ("optimization.GreedyLR", "follows a metric"),
        ("get_greedy_schedule", "follows a metric"),
        ("get_adafactor_schedule", "relative_step=False"),
    ],
)
def test_those_that_no_spec_determines(use, cure):
    with pytest.raises(lrplot.SpecError, match=r"error\[undetermined\]") as caught:
        load(use)
    assert cure in caught.value.diagnostics[0].help


@pytest.mark.parametrize("kind", ["greedy", "reduce_lr_on_plateau"])
def test_their_short_names(kind):
    for use, argument in (("get_scheduler", "name"), ("Trainer", "lr_scheduler_type")):
        with pytest.raises(lrplot.SpecError, match=rf"error\[undetermined\]: `{kind}` cannot be shown"):
            load(use, **{argument: kind})


@pytest.mark.parametrize(
    ("use", "arguments", "message"),
    [
        ("get_linear_schedule_with_warmup", {"num_warmup_steps": 4}, "needs `num_training_steps`"),
        ("get_constant_schedule_with_warmup", {"num_warmup_steps": 0.1}, "must be a whole number"),
        ("get_constant_schedule_with_warmup", {"num_warmup_steps": -1}, "must be at least 0"),
        ("get_constant_schedule", {"last_epoch": 5}, "can only be -1"),
        (
            "get_polynomial_decay_schedule_with_warmup",
            {"num_warmup_steps": 0, "num_training_steps": 9, "lr_end": 1},
            r"ValueError: lr_end \(1.0\) must be smaller than initial lr \(1.0\)",
        ),
        (
            "get_cosine_with_min_lr_schedule_with_warmup",
            {"num_warmup_steps": 0, "num_training_steps": 9, "min_lr": 0.1, "min_lr_rate": 0.1},
            "ValueError: Only one of min_lr or min_lr_rate should be set",
        ),
        (
            "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
            {"num_warmup_steps": 0, "num_training_steps": 9},
            "ValueError: One of min_lr or min_lr_rate should be set",
        ),
        (
            "get_wsd_schedule",
            {"num_warmup_steps": 4, "num_decay_steps": 4},
            "ValueError: Either num_training_steps or num_stable_steps must be specified",
        ),
        ("get_scheduler", {"name": "linear"}, "SchedulerType.LINEAR requires `num_warmup_steps`"),
        ("get_scheduler", {"name": "cosine", "num_warmup_steps": 1}, "SchedulerType.COSINE requires `num_training_st"),
        ("get_scheduler", {"name": "lineal"}, "`name` must be one of `linear`"),
        (
            "Trainer",
            {"lr_scheduler_kwargs": {"num_cycles": 2}},
            r"TypeError: get_linear_schedule_with_warmup\(\) got an unexpected keyword argument 'num_cycles'",
        ),
        (
            "Trainer",
            {"lr_scheduler_type": "warmup_stable_decay"},
            r"TypeError: get_wsd_schedule\(\) missing 1 required positional argument: 'num_decay_steps'",
        ),
        ("Trainer", {"warmup_steps": -1}, "ValueError: Got warmup_steps = -1, Expected value warmup_steps >= 0"),
        ("Trainer", {"warmup_ratio": 0.1}, "has no field `warmup_ratio`"),
        (
            "get_inverse_sqrt_schedule",
            {"num_warmup_steps": 4, "timescale": 0},
            "raises at update 4: ZeroDivisionError: division by zero",
        ),
        (
            "get_polynomial_decay_schedule_with_warmup",
            {"num_warmup_steps": 4, "num_training_steps": 9, "power": -1},
            "raises at update 9: ZeroDivisionError: 0.0 cannot be raised to a negative power",
        ),
    ],
)
def test_refusals(use, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(use, **arguments)


def test_a_scheduler_without_a_learning_rate_asks_for_it():
    with pytest.raises(lrplot.SpecError, match="`lr`, the base learning rate, is missing"):
        load("get_constant_schedule", lr=None)
