"""Schedulers of timm, MMEngine, optax and Keras: their arguments, and what lrplot reads in them."""

import numpy as np
import pytest

import lrplot


def run_of(schedule, **more):
    return {"steps": 100, "lr": 0.5, "schedule": schedule, **more}


def same(values, schedule):
    assert np.max(np.abs(np.asarray(values) - schedule.lr)) <= 1e-12 * np.max(schedule.lr)


@pytest.mark.parametrize(
    ("schedule", "scheduler"),
    [
        (
            {"kind": "cosine", "warmup": 10, "to": 0.1},
            {
                "use": "timm.CosineLRScheduler",
                "t_initial": 90,
                "lr_min": 0.1,
                "warmup_t": 10,
                "warmup_lr_init": 0.0,
                "warmup_prefix": True,
                "t_in_epochs": False,
            },
        ),
        ("linear", {"use": "timm.PolyLRScheduler", "t_initial": 100, "power": 1.0, "t_in_epochs": False}),
        (
            {"kind": "polynomial", "power": 2},
            {"use": "timm.PolyLRScheduler", "t_initial": 100, "power": 2.0, "t_in_epochs": False},
        ),
        # one step before each milestone, as timm counts them
        (
            {"kind": "multistep", "milestones": [20, 50], "gamma": 0.5},
            {"use": "timm.MultiStepLRScheduler", "decay_t": [21, 51], "decay_rate": 0.5, "t_in_epochs": False},
        ),
        (
            {"kind": "exponential", "gamma": 0.9},
            {"use": "timm.StepLRScheduler", "decay_t": 1, "decay_rate": 0.9, "t_in_epochs": False},
        ),
        (
            {"kind": "cosine_restarts", "period": 25, "decay": 0.5},
            {
                "use": "timm.CosineLRScheduler",
                "t_initial": 25,
                "cycle_limit": 4,
                "cycle_decay": 0.5,
                "t_in_epochs": False,
            },
        ),
        (
            {"kind": "wsd", "cooldown": 20, "shape": "sqrt"},
            {
                "use": "timm.WSDLRScheduler",
                "t_initial": 100,
                "decay_t": 20,
                "decay_fn": "1-sqrt",
                "t_in_epochs": False,
            },
        ),
        (
            {"use": "timm.TanhLRScheduler", "t_initial": 80, "t_in_epochs": False},
            {"use": "timm.TanhLRScheduler", "t_initial": 80, "t_in_epochs": False},
        ),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_shape_of_timm(written, schedule, scheduler):
    text = written(run_of(schedule), "timm")
    assert text.scheduler()[0] == scheduler
    assert "# after update k, counted from 0: scheduler.step_update(num_updates=k + 1)" in text.text
    same(text.schedule(100).lr, lrplot.load(run_of(schedule)))


def test_a_scheduler_of_timm_that_counts_epochs_is_stepped_by_epochs(written):
    spec = run_of({"use": "timm.CosineLRScheduler", "t_initial": 10}, steps_per_epoch=10)
    text = written(spec, "timm")
    assert "# after epoch k, counted from 0: scheduler.step(k + 1)" in text.text
    same(text.schedule(100, steps_per_epoch=10).lr, lrplot.load(spec))


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "cosine", "to": 0.1},
        [{"kind": "warmup", "for": 10, "from": "1%"}, {"kind": "cosine", "to": 0.1}],
        {"kind": "polynomial", "power": 2, "to": 0.1},
        {"kind": "step", "every": 30, "warmup": {"for": 5, "from": 0.1}},
        {"kind": "multistep", "milestones": [*range(3, 90, 3)], "gamma": 0.9},
        {"kind": "multistep", "milestones": [20, 50], "values": [0.5, 0.1, 0.05]},
        {"kind": "exponential", "gamma": 0.9},
        "constant",
        {
            "use": "mmengine.param_scheduler",
            "schedulers": [
                {"use": "mmengine.LinearLR", "start_factor": 0.001, "end": 50, "by_epoch": False},
                {"use": "mmengine.MultiStepLR", "milestones": [60, 80], "by_epoch": False},
            ],
        },
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_shape_of_mmengine(written, schedule):
    text = written(run_of(schedule), "mmengine")
    made = text.scheduler()[0]
    assert all(each["by_epoch"] is False for each in made)
    read = text.schedule(100) if made else lrplot.load(run_of("constant"))
    same(read.lr, lrplot.load(run_of(schedule)))


def test_a_warmup_from_zero_has_a_near_one_in_mmengine(written):
    spec = run_of({"kind": "cosine", "warmup": 10})
    with pytest.raises(
        lrplot.SpecError, match=r"CosineAnnealingLR and LinearLR, differs by up to 0\.0001% of the peak"
    ):
        lrplot.convert(spec, to="mmengine")
    read = written(spec, "mmengine", nearest=True).schedule(100)
    assert np.max(np.abs(read.lr - lrplot.load(spec).lr)) == pytest.approx(0.5e-6, rel=1e-3)


@pytest.mark.parametrize(
    ("schedule", "arguments"),
    [
        (
            {"kind": "cosine", "warmup": 10, "to": 0.1},
            {
                "use": "optax.warmup_cosine_decay_schedule",
                "init_value": 0.0,
                "peak_value": 0.5,
                "warmup_steps": 10,
                "decay_steps": 100,
                "end_value": 0.1,
            },
        ),
        (
            {"kind": "linear", "to": 0.1, "for": 50},
            {"use": "optax.linear_schedule", "init_value": 0.5, "end_value": 0.1, "transition_steps": 50},
        ),
        (
            {"kind": "multistep", "milestones": [20, 50], "values": [0.5, 0.25, 0.125]},
            {
                "use": "optax.piecewise_constant_schedule",
                "init_value": 0.5,
                "boundaries_and_scales": {20: 0.5, 50: 0.5},
            },
        ),
        (
            [{"kind": "warmup", "for": 10, "skip_zero": True}, {"kind": "exponential", "gamma": 0.9}],
            {
                "use": "optax.join_schedules",
                "schedules": [
                    {"use": "optax.linear_schedule", "init_value": 0.05, "end_value": 0.5, "transition_steps": 9},
                    {
                        "use": "optax.exponential_decay",
                        "init_value": 0.5,
                        "transition_steps": 1,
                        "decay_rate": 0.9,
                    },
                ],
                "boundaries": [10],
            },
        ),
        ({"use": "optax.sgdr_schedule", "cosine_kwargs": [{"init_value": 0, "peak_value": 1, "warmup_steps": 2,
          "decay_steps": 9}]}, None),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_a_shape_of_optax(written, schedule, arguments):
    text = written(run_of(schedule), "optax")
    if arguments is not None:
        assert text.names["schedule"] == arguments
        same(lrplot.load({"steps": 100, "schedule": text.names["schedule"]}).lr, lrplot.load(run_of(schedule)))
    assert "# in float32, JAX's default, within 5e-06 of the peak" in text.text


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "sqrt", "warmup": 5},
        {"kind": "inverse_sqrt", "timescale": 9},
        {"kind": "exponential", "gamma": 0.5, "every": 9, "staircase": True},
        {"kind": "cosine_restarts", "period": 9},
        {"kind": "cyclic", "up": 9, "min": 0.1, "mode": "exp_range", "gamma": 0.99},
        {"kind": "multistep", "milestones": [*range(1, 99)], "gamma": 0.9},
        {"kind": "expression", "value": "base * (1 - u) ** 1.5 if t > 3 else base * max(t, 1, 2) / 5"},
    ],
    ids=str,
)
@pytest.mark.parametrize("target", ["optax", "keras"])
def test_what_a_framework_of_arrays_cannot_say_is_a_function(written, target, schedule):
    spec = run_of(schedule)
    text = written(spec, target)
    schedule = text.names["schedule"]
    if isinstance(schedule, dict):
        same(lrplot.load({"steps": 100, "schedule": schedule}).lr, lrplot.load(spec))
    else:
        with np.errstate(all="ignore"):  # of the parts that do not hold
            same([float(schedule(step)) for step in range(100)], lrplot.load(spec))


def test_a_schedule_of_optax_that_rounds_otherwise_in_float32_is_another_one(written):
    schedule = {"use": "optax.exponential_decay", "init_value": 0.5, "transition_steps": 40, "decay_rate": 0.5}
    spec = run_of({**schedule, "staircase": True})
    made = written(spec, "optax").names["schedule"]
    assert made["use"] == "optax.piecewise_constant_schedule"
    same(lrplot.load({"steps": 100, "schedule": made}).lr, lrplot.load(spec))


def test_a_schedule_of_optax_that_is_stepped_once_per_epoch_is_another_one(written):
    cosine = {"use": "optax.cosine_decay_schedule", "init_value": 0.5, "decay_steps": 9, "interval": "epoch"}
    spec = run_of(cosine, steps_per_epoch=10)
    made = written(spec, "optax").names["schedule"]
    same(lrplot.load({"steps": 100, "schedule": made}).lr, lrplot.load(spec))


@pytest.mark.parametrize("target", ["optax", "keras", "torch"])
def test_values_without_a_formula_are_listed(written, target, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("lr\n" + "".join(f"{float(value)!r}\n" for value in np.random.default_rng(0).random(100)))
    spec = {"steps": 100, "schedule": {"kind": "table", "file": str(path)}}
    text = written(spec, target)
    if target == "torch":
        same(text.rates(100)[:, 0], lrplot.load(spec))
    else:
        same([float(text.names["schedule"](step)) for step in range(100)], lrplot.load(spec))


def test_an_expression_that_is_not_one_of_arrays_is_refused():
    spec = run_of({"kind": "expression", "value": "base * (1 + sin(t)) if 3 < t < 9 or t > 50 else 0.1"})
    with pytest.raises(lrplot.SpecError, match="is not one of arrays"):
        lrplot.convert(spec, to="optax")


def test_optax_has_a_schedule_for_each_group_and_parameter(written):
    spec = run_of("cosine", weight_decay={"kind": "linear", "from": 0.1, "to": 0.2}, groups={"head": {"lr": 1.0}})
    names = written(spec, "optax").names
    assert names["schedules"] == {"head": names["schedule_head"]}
    assert names["schedule_head"]["init_value"] == 1.0
    assert names["weight_decay_schedule"]["end_value"] == 0.2


@pytest.mark.parametrize(
    ("schedule", "arguments"),
    [
        (
            {"kind": "cosine", "warmup": 10, "to": 0.05},
            {
                "use": "keras.CosineDecay",
                "initial_learning_rate": 0.0,
                "decay_steps": 90,
                "alpha": 0.1,
                "warmup_target": 0.5,
                "warmup_steps": 10,
            },
        ),
        ({"kind": "cosine"}, {"use": "keras.CosineDecay", "initial_learning_rate": 0.5, "decay_steps": 100}),
        (
            {"kind": "polynomial", "power": 2, "to": 0.1},
            {
                "use": "keras.PolynomialDecay",
                "initial_learning_rate": 0.5,
                "decay_steps": 100,
                "end_learning_rate": 0.1,
                "power": 2.0,
            },
        ),
        (
            {"kind": "exponential", "gamma": 0.5, "every": 9},
            {"use": "keras.ExponentialDecay", "initial_learning_rate": 0.5, "decay_steps": 9, "decay_rate": 0.5},
        ),
        (
            {"kind": "inverse_time", "rate": 0.25},
            {"use": "keras.InverseTimeDecay", "initial_learning_rate": 0.5, "decay_steps": 4.0, "decay_rate": 1.0},
        ),
        # a step at a boundary still has the value before it
        (
            {"kind": "multistep", "milestones": [20, 50], "values": [0.5, 0.1, 0.2]},
            {"use": "keras.PiecewiseConstantDecay", "boundaries": [19, 49], "values": [0.5, 0.1, 0.2]},
        ),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_shape_of_keras(written, schedule, arguments):
    made = written(run_of(schedule), "keras").names["schedule"]
    assert made == arguments
    same(lrplot.load({"steps": 100, "schedule": made}).lr, lrplot.load(run_of(schedule)))


def test_keras_has_the_learning_rate_alone():
    text = lrplot.convert(run_of("cosine", weight_decay=0.1), to="keras")
    assert "# only the learning rate: a Keras optimizer takes no schedule for weight_decay" in text
