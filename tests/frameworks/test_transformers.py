"""transformers: values computed by hand, quirks, names, outlines and errors."""

import numpy as np
import pytest
from frameworks.outlines import outline

import lrplot
from lrplot.curves.roles import Role

RESTARTS = "get_cosine_with_hard_restarts_schedule_with_warmup"
POLYNOMIAL = "get_polynomial_decay_schedule_with_warmup"
MIN_LR = "get_cosine_with_min_lr_schedule_with_warmup"


@pytest.fixture
def load(load):
    """Load a scheduler of transformers in a run of 16 steps."""

    def call(name, /, steps=16, lr=1.0, **arguments):
        return load({"use": f"transformers.{name}", **arguments}, steps, lr)

    return call


def test_linear_starts_at_zero_and_ends_at_zero(first_values):
    lr = first_values("get_linear_schedule_with_warmup", 11, num_warmup_steps=4, num_training_steps=9)
    assert lr == pytest.approx([0, 0.25, 0.5, 0.75, 1, 0.8, 0.6, 0.4, 0.2, 0, 0], abs=1e-15)


def test_cosine_rises_again_past_its_end(load):
    schedule = load("get_cosine_schedule_with_warmup", num_warmup_steps=2, num_training_steps=12)
    assert [schedule(step) for step in (1, 2, 7, 12, 17, 22)] == pytest.approx([0.5, 1, 0.5, 0, 0.5, 1], abs=1e-15)


def test_hard_restarts_start_from_the_top_and_end_at_zero(first_values):
    lr = first_values(RESTARTS, 8, num_warmup_steps=0, num_training_steps=6, num_cycles=3)
    assert lr == pytest.approx([1, 0.5, 1, 0.5, 1, 0.5, 0, 0], abs=1e-15)


def test_rounding_of_the_remainder_moves_a_restart(first_values):
    # 49 * (1 / 49) is 0.9999999999999999 in float64: still the end of the first cycle. The same at 2, but not at 3.
    lr = first_values(RESTARTS, 4, num_warmup_steps=0, num_training_steps=49, num_cycles=49)
    assert lr == pytest.approx([1, 0, 0, 1], abs=1e-15)


def test_polynomial_ends_at_a_value_not_at_a_share(load):
    schedule = load(POLYNOMIAL, lr=0.1, num_warmup_steps=2, num_training_steps=10, lr_end=0.01, power=2)
    # In the middle of the decay: 0.01 + 0.09 / 4.
    assert [schedule(step) for step in (1, 2, 6, 10, 90)] == pytest.approx([0.05, 0.1, 0.0325, 0.01, 0.01])


def test_polynomial_of_power_zero_drops_after_its_last_step(first_values):
    lr = first_values(POLYNOMIAL, 5, num_warmup_steps=0, num_training_steps=2, lr_end=0.1, power=0)
    assert lr.tolist() == [1, 1, 1, 0.1, 0.1]


def test_inverse_sqrt_halves_in_four_timescales(load):
    assert load("get_inverse_sqrt_schedule", num_warmup_steps=4)(16) == 0.5
    assert load("get_inverse_sqrt_schedule", num_warmup_steps=0)(30_000) == 0.5  # timescale 10,000
    assert load("get_inverse_sqrt_schedule", num_warmup_steps=4, timescale=10)(34) == 0.5


def test_cosine_with_min_lr_reaches_it_at_the_end(load):
    schedule = load(MIN_LR, lr=0.1, num_warmup_steps=0, num_training_steps=8, min_lr=0.02)
    assert [schedule(step) for step in (0, 4, 8, 16)] == pytest.approx([0.1, 0.06, 0.02, 0.1])


def test_cosine_with_warmup_lr_rate_is_one_step_early(first_values):
    name = f"{MIN_LR}_lr_rate"
    lr = first_values(name, 13, num_warmup_steps=4, num_training_steps=12, min_lr_rate=0.1)
    assert lr[:4] == pytest.approx([0.25, 0.5, 0.75, 1])
    assert np.argmin(lr) == 11
    assert lr[11] == pytest.approx(0.1)
    started = first_values(name, 4, num_warmup_steps=4, num_training_steps=12, min_lr_rate=0.1, warmup_lr_rate=0.4)
    assert started == pytest.approx([0.4, 0.6, 0.8, 1])


def test_wsd_starts_and_ends_at_its_share(first_values):
    steps = {"num_warmup_steps": 4, "num_stable_steps": 3, "num_decay_steps": 4}
    lr = first_values("get_wsd_schedule", 13, **steps, decay_type="linear", min_lr_ratio=0.2)
    assert lr == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2])


def test_wsd_that_is_too_short_skips_the_start_of_its_decay(first_values):
    # 4 + 6 of 8 steps: the decay loses its first two.
    steps = {"num_warmup_steps": 4, "num_training_steps": 8, "num_decay_steps": 6}
    lr = first_values("get_wsd_schedule", 10, **steps, decay_type="linear")
    assert lr[4:] == pytest.approx([4 / 6, 3 / 6, 2 / 6, 1 / 6, 0, 0])


@pytest.mark.parametrize(("given", "warmup"), [(0, 0), (0.11, 3), (0.999, 19), (1, 1), (2.9, 2), (5, 5)])
def test_trainer_reads_warmup_steps_below_one_as_a_share(load, given, warmup):
    # 0.11 of 19 is 2.09: rounded up.
    schedule = load("Trainer", steps=19, warmup_steps=given, lr_scheduler_type="constant_with_warmup")
    assert np.flatnonzero(schedule.evaluate(0, 25)["lr"] == 1)[0] == warmup


def test_trainer_takes_its_length_from_max_steps_or_the_run(first_values):
    assert first_values("Trainer", 16)[8] == 0.5
    assert first_values("Trainer", 16, max_steps=-1)[8] == 0.5
    assert first_values("Trainer", 16, max_steps=32)[8] == 0.75


def test_trainer_takes_learning_rate_then_lr_then_its_default(first_values):
    assert first_values("Trainer", 1, lr=0.3, learning_rate=0.2)[0] == 0.2
    assert first_values("Trainer", 1, lr=0.3)[0] == 0.3
    assert first_values("Trainer", 1, lr=None)[0] == 5e-5


def test_get_scheduler_and_trainer_pass_further_arguments(first_values):
    further = {"num_decay_steps": 5, "decay_type": "1-sqrt", "min_lr_ratio": 0.1}
    steps = {"num_warmup_steps": 4, "num_training_steps": 16}
    direct = first_values("get_wsd_schedule", 20, **steps, **further)
    named = first_values("get_scheduler", 20, name="warmup_stable_decay", **steps, scheduler_specific_kwargs=further)
    trainer = {"lr_scheduler_type": "warmup_stable_decay", "lr_scheduler_kwargs": further, "warmup_steps": 0.25}
    assert np.array_equal(named, direct)
    assert np.array_equal(first_values("Trainer", 20, **trainer), direct)
    assert np.array_equal(first_values("TrainingArguments", 20, **trainer), direct)


def test_constant_schedules_ignore_further_arguments(first_values):
    further = {"scheduler_specific_kwargs": {"power": 2}}
    assert first_values("get_scheduler", 3, name="constant", **further).tolist() == [1, 1, 1]
    lr = first_values("get_scheduler", 3, name="constant_with_warmup", num_warmup_steps=2, **further)
    assert lr.tolist() == [0, 0.5, 1]


WARMUP = ("warmup", 0, 100)
ENDS = [
    ("linear", {}, [("decay", 100, 600), ("hold", 600, 1000)]),
    ("polynomial", {}, [("decay", 100, 600), ("hold", 600, 1000)]),
    ("cosine", {}, [("decay", 100, 600), ("after", 600, 1000)]),
    ("cosine", {"num_cycles": 1}, [("cycles", 100, 600), ("after", 600, 1000)]),
    ("cosine_with_min_lr", {"min_lr": 0.1}, [("decay", 100, 600), ("after", 600, 1000)]),
    ("cosine_warmup_with_min_lr", {"min_lr": 0.1}, [("decay", 100, 599), ("after", 599, 1000)]),
    ("cosine_with_restarts", {"num_cycles": 3}, [("cycles", 100, 600), ("hold", 600, 1000)]),
    (
        "warmup_stable_decay",
        {"num_decay_steps": 200},
        [("hold", 100, 400), ("decay", 400, 600), ("hold", 600, 1000)],
    ),
    ("constant_with_warmup", {}, [("hold", 100, 1000)]),
    ("inverse_sqrt", {}, [("decay", 100, 1000)]),
]


@pytest.mark.parametrize(("name", "further", "segments"), ENDS)
def test_outline_of_a_schedule_that_ends_before_the_run(load, name, further, segments):
    steps = {"num_warmup_steps": 100, "num_training_steps": 600}
    schedule = load("get_scheduler", steps=1000, name=name, **steps, scheduler_specific_kwargs=further)
    assert outline(schedule) == [WARMUP, *segments]


@pytest.mark.parametrize(("name", "further", "segments"), ENDS)
def test_trainer_has_the_outline_of_its_schedule(load, name, further, segments):
    arguments = {"lr_scheduler_type": name, "lr_scheduler_kwargs": further, "warmup_steps": 100, "max_steps": 600}
    for alias in ("Trainer", "TrainingArguments"):
        assert outline(load(alias, steps=1000, **arguments)) == [WARMUP, *segments]


@pytest.mark.parametrize(
    ("name", "further", "segment"),
    [
        ("linear", {}, ("decay", 100, 3000)),
        ("polynomial", {}, ("decay", 100, 3000)),
        ("cosine", {}, ("decay", 100, 3000)),
        ("cosine_with_min_lr", {"min_lr": 0.1}, ("decay", 100, 3000)),
        ("cosine_with_restarts", {"num_cycles": 3}, ("cycles", 100, 3000)),
        ("warmup_stable_decay", {"num_decay_steps": 200}, ("hold", 100, 2800)),
    ],
)
def test_outline_of_a_schedule_that_ends_after_the_run(load, name, further, segment):
    steps = {"num_warmup_steps": 100, "num_training_steps": 3000}
    schedule = load("get_scheduler", steps=1000, name=name, **steps, scheduler_specific_kwargs=further)
    assert outline(schedule) == [WARMUP, segment]


@pytest.mark.parametrize(
    ("name", "further", "end"),
    [("linear", {}, 0), ("polynomial", {"lr_end": 0.1}, 0.1), ("cosine_with_restarts", {"num_cycles": 2}, 0)],
)
def test_the_last_segment_has_the_end_value_at_its_planned_stop(load, name, further, end):
    steps = {"num_warmup_steps": 100, "num_training_steps": 600}
    schedule = load("get_scheduler", steps=300, name=name, **steps, scheduler_specific_kwargs=further)
    last = schedule.run.tracks["lr"].curve.segments()[1]
    assert last.past is Role.HOLD
    assert last.curve.values(np.array([last.stop - last.start])).tolist() == [end]


@pytest.mark.parametrize(
    "path",
    ["transformers.optimization.get_constant_schedule_with_warmup", "transformers.get_constant_schedule_with_warmup"],
)
def test_import_paths_of_functions(path):
    schedule = lrplot.load({"steps": 4, "lr": 1, "schedule": {"_target_": path, "num_warmup_steps": 2}})
    assert schedule.lr.tolist() == [0, 0.5, 1, 1]


@pytest.mark.parametrize(
    "path", ["trainer.Trainer", "TrainingArguments", "training_args.TrainingArguments", "optimization.Trainer"]
)
def test_import_paths_of_trainer(first_values, path):
    assert first_values(path, 4, steps=4).tolist() == [1, 0.75, 0.5, 0.25]


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("get_reduce_on_plateau_schedule", "torch.ReduceLROnPlateau"),
        ("optimization.GreedyLR", "follows a metric"),
        ("get_greedy_schedule", "follows a metric"),
        ("get_adafactor_schedule", "relative_step=False"),
    ],
)
def test_schedules_that_depend_on_the_run_are_refused(load, name, cure):
    with pytest.raises(lrplot.SpecError, match=r"error\[undetermined\]") as caught:
        load(name)
    assert cure in caught.value.diagnostics[0].help


@pytest.mark.parametrize("kind", ["greedy", "reduce_lr_on_plateau"])
def test_short_names_of_schedules_that_depend_on_the_run_are_refused(load, kind):
    for name, argument in (("get_scheduler", "name"), ("Trainer", "lr_scheduler_type")):
        with pytest.raises(lrplot.SpecError, match=rf"error\[undetermined\]: `{kind}` cannot be shown"):
            load(name, **{argument: kind})


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("get_linear_schedule_with_warmup", {"num_warmup_steps": 4}, "needs `num_training_steps`"),
        ("get_constant_schedule_with_warmup", {"num_warmup_steps": 0.1}, "must be a whole number"),
        ("get_constant_schedule_with_warmup", {"num_warmup_steps": -1}, "must be at least 0"),
        ("get_constant_schedule", {"last_epoch": 5}, "can only be -1"),
        (
            POLYNOMIAL,
            {"num_warmup_steps": 0, "num_training_steps": 9, "lr_end": 1},
            r"ValueError: lr_end \(1.0\) must be smaller than initial lr \(1.0\)",
        ),
        (
            MIN_LR,
            {"num_warmup_steps": 0, "num_training_steps": 9, "min_lr": 0.1, "min_lr_rate": 0.1},
            "ValueError: Only one of min_lr or min_lr_rate should be set",
        ),
        (
            f"{MIN_LR}_lr_rate",
            {"num_warmup_steps": 0, "num_training_steps": 9},
            "ValueError: One of min_lr or min_lr_rate should be set",
        ),
        (
            "get_wsd_schedule",
            {"num_warmup_steps": 4, "num_decay_steps": 4},
            "ValueError: Either num_training_steps or num_stable_steps must be specified",
        ),
        ("get_scheduler", {"name": "linear"}, "SchedulerType.LINEAR requires `num_warmup_steps`"),
        (
            "get_scheduler",
            {"name": "cosine", "num_warmup_steps": 1},
            "SchedulerType.COSINE requires `num_training_steps`",
        ),
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
            POLYNOMIAL,
            {"num_warmup_steps": 4, "num_training_steps": 9, "power": -1},
            "raises at update 9: ZeroDivisionError: 0.0 cannot be raised to a negative power",
        ),
    ],
)
def test_errors(load, name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, **arguments)


def test_a_scheduler_needs_a_learning_rate(load):
    with pytest.raises(lrplot.SpecError, match="`lr`, the base learning rate, is missing"):
        load("get_constant_schedule", lr=None)
