"""torch's schedulers, also for Lightning, accelerate and transformers."""

import numpy as np
import pytest

import lrplot

LINEAR_COSINE = {
    "name": "Small",
    "steps": 100,
    "lr": 0.5,
    "schedule": [{"kind": "warmup", "for": 10, "from": "1%"}, {"kind": "cosine", "to": 0.1}],
}
FROM_ZERO = {"steps": 100, "lr": 0.5, "schedule": {"kind": "cosine", "warmup": 10}}


def near(got, schedule):
    assert np.max(np.abs(np.asarray(got) - schedule.lr)) <= 1e-12 * np.max(schedule.lr)


def test_the_text_of_schedulers_one_after_the_other():
    assert lrplot.convert(LINEAR_COSINE, to="torch") == (
        "# equal at all 100 updates (largest difference 3e-14 of the peak)\n"
        "# by torch.optim.lr_scheduler's own CosineAnnealingLR, LinearLR, SequentialLR\n"
        '"""Schedule of \'Small\', by lrplot."""\n'
        "\n"
        "from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR\n"
        "\n"
        "\n"
        "def make_scheduler(optimizer):\n"
        '    """The scheduler of `optimizer`, whose `step()` is called after each update."""\n'
        "    for group in optimizer.param_groups:\n"
        '        group["lr"] = 0.5\n'
        "    return SequentialLR(\n"
        "        optimizer,\n"
        "        schedulers=[\n"
        "            LinearLR(optimizer, start_factor=0.01, end_factor=1.0, total_iters=10),\n"
        "            CosineAnnealingLR(optimizer, T_max=90, eta_min=0.1),\n"
        "        ],\n"
        "        milestones=[10],\n"
        "    )\n"
    )


@pytest.mark.parametrize(
    ("schedule", "scheduler"),
    [
        ({"kind": "step", "every": 30}, {"use": "torch.StepLR", "step_size": 30, "gamma": 0.1}),
        (
            {"kind": "multistep", "milestones": [20, 90], "gamma": 0.5},
            {"use": "torch.MultiStepLR", "milestones": [20, 90], "gamma": 0.5},
        ),
        ({"kind": "exponential", "gamma": 0.9}, {"use": "torch.ExponentialLR", "gamma": 0.9}),
        ({"kind": "cosine", "to": 0.1}, {"use": "torch.CosineAnnealingLR", "T_max": 100, "eta_min": 0.1}),
        ({"kind": "polynomial", "power": 2}, {"use": "torch.PolynomialLR", "total_iters": 100, "power": 2.0}),
        (
            {"kind": "cosine_restarts", "period": 30},
            {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 30, "eta_min": 0.0},
        ),
        (
            {"kind": "cyclic", "up": 5, "down": 7, "min": 0.1, "mode": "triangular2"},
            {
                "use": "torch.CyclicLR",
                "base_lr": 0.1,
                "max_lr": 0.5,
                "step_size_up": 5,
                "step_size_down": 7,
                "mode": "triangular2",
                "cycle_momentum": False,
            },
        ),
    ],
    ids=lambda value: value.get("kind") or value["use"],
)
def test_a_shape_that_torch_has_is_its_own_scheduler(written, schedule, scheduler):
    made, optimizer = written({"steps": 100, "lr": 0.5, "schedule": schedule}, "torch").scheduler()
    assert made == scheduler
    assert optimizer.param_groups == [{"lr": 0.5}]


@pytest.mark.parametrize(
    "schedule",
    [
        {"use": "torch.StepLR", "step_size": 7, "gamma": 0.3},
        {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 5, "T_mult": 2},
        {
            "use": "torch.SequentialLR",
            "schedulers": [
                {"use": "torch.ChainedScheduler", "schedulers": [{"use": "torch.ExponentialLR", "gamma": 0.5}]},
                {"use": "torch.ConstantLR", "factor": 0.25, "total_iters": 4},
            ],
            "milestones": [4],
        },
        {"use": "torch.OneCycleLR", "max_lr": 0.3, "total_steps": 50, "three_phase": True, "pct_start": 0.4},
    ],
    ids=lambda schedule: schedule["use"],
)
def test_torch_s_own_scheduler_is_written_as_it_was(written, schedule):
    assert written({"steps": 50, "lr": 0.5, "schedule": schedule}, "torch").scheduler()[0] == schedule


def test_a_function_of_torch_s_lambda_is_python_s_own(written):
    spec = {"steps": 20, "lr": 0.5, "schedule": {"use": "torch.LambdaLR", "lr_lambda": "np.cos(x / 50) * min(1, step)"}}
    text = written(spec, "torch")
    assert "lr_lambda=lambda epoch: cos(epoch / 50) * min(1, epoch)" in text.text
    near(text.rates(20)[:, 0], lrplot.load(spec))


def test_what_torch_cannot_say_is_a_function(written):
    text = written(FROM_ZERO, "torch")
    assert "# by torch.optim.lr_scheduler.LambdaLR with a function" in text.text
    near(text.rates(100)[:, 0], lrplot.load(FROM_ZERO))


def test_groups_have_a_function_each(written):
    spec = {**FROM_ZERO, "groups": {"head": {"lr": 1.0}, "body": {"schedule": {"kind": "linear", "warmup": 3}}}}
    rates = written(spec, "torch").rates(100, {"lr": 7.0}, {"lr": 8.0})
    values = lrplot.load(spec).evaluate()
    assert rates[:, 0] == pytest.approx(values["lr/head"], rel=1e-14)
    assert rates[:, 1] == pytest.approx(values["lr/body"], rel=1e-14)


def test_groups_share_a_scheduler_with_their_own_learning_rates(written):
    spec = {"steps": 20, "lr": 0.5, "schedule": {"kind": "step", "every": 9}, "groups": {"head": {"lr": 1.0}}}
    made, optimizer = written(spec, "torch").scheduler({"lr": 3.0})
    assert made == {"use": "torch.StepLR", "step_size": 9, "gamma": 0.1}
    assert optimizer.param_groups == [{"lr": 1.0}]


def test_momentum_and_weight_decay_move_with_it(written):
    spec = {**FROM_ZERO, "schedule": "one_cycle", "weight_decay": {"kind": "linear", "from": 0.1, "to": 0.2}}
    values = lrplot.load(spec).evaluate()
    scheduler, optimizer = written(spec, "torch").scheduler({"lr": 1.0, "betas": (0.9, 0.99)})
    (group,) = optimizer.param_groups
    for step in range(5):
        assert group["betas"] == (pytest.approx(values["momentum"][step]), 0.99)
        assert group["weight_decay"] == pytest.approx(values["weight_decay"][step])
        scheduler.step()


def test_a_group_s_own_weight_decay_moves_in_it_alone(written):
    moving = {"kind": "linear", "from": 0.1, "to": 0.2}
    spec = {**FROM_ZERO, "weight_decay": 0.3, "groups": {"a": {"weight_decay": moving}, "b": {"lr": 1}}}
    scheduler, optimizer = written(spec, "torch").scheduler({"lr": 1.0}, {"lr": 1.0, "weight_decay": 0.3})
    scheduler.step()
    assert [group["weight_decay"] for group in optimizer.param_groups] == [pytest.approx(0.101), 0.3]


def test_what_does_not_change_is_named(written):
    text = written({**FROM_ZERO, "momentum": 0.9, "weight_decay": 0.1}, "torch").text
    assert "# these do not change, the optimizer has them: momentum 0.9, weight_decay 0.1\n" in text


def test_lightning_steps_it_at_each_update(written):
    text = written(FROM_ZERO, "lightning")
    optimizer = text.scheduler()[1]
    config = text.names["lr_scheduler_config"](optimizer)
    assert (config["interval"], config["frequency"], type(config["scheduler"]).__name__) == ("step", 1, "LambdaLR")
    near(text.rates(100)[:, 0], lrplot.load(FROM_ZERO))


def test_accelerate_does_not_prepare_it(written):
    text = written(FROM_ZERO, "accelerate")
    assert "# do not give it to `accelerator.prepare`" in text.text
    near(text.rates(100)[:, 0], lrplot.load(FROM_ZERO))


@pytest.mark.parametrize(
    ("schedule", "arguments"),
    [
        ("constant", {"lr_scheduler_type": "constant", "warmup_steps": 0}),
        ({"kind": "constant", "warmup": 9}, {"lr_scheduler_type": "constant_with_warmup", "warmup_steps": 9}),
        ({"kind": "linear", "warmup": 9}, {"lr_scheduler_type": "linear", "warmup_steps": 9}),
        ({"kind": "cosine", "warmup": 9}, {"lr_scheduler_type": "cosine", "warmup_steps": 9}),
        (
            {"kind": "cosine", "to": 0.1},
            {"lr_scheduler_type": "cosine_with_min_lr", "lr_scheduler_kwargs": {"min_lr": 0.1}, "warmup_steps": 0},
        ),
        (
            {"kind": "polynomial", "power": 2, "to": 0.1, "warmup": 5},
            {
                "lr_scheduler_type": "polynomial",
                "lr_scheduler_kwargs": {"power": 2.0, "lr_end": 0.1},
                "warmup_steps": 5,
            },
        ),
        (
            {"kind": "inverse_sqrt", "warmup": 16},
            {"lr_scheduler_type": "inverse_sqrt", "lr_scheduler_kwargs": {"timescale": 16}, "warmup_steps": 16},
        ),
        (
            {"kind": "wsd", "warmup": 10, "cooldown": 20, "shape": "sqrt"},
            {
                "lr_scheduler_type": "warmup_stable_decay",
                "lr_scheduler_kwargs": {"num_decay_steps": 20, "min_lr_ratio": 0.0, "decay_type": "1-sqrt"},
                "warmup_steps": 10,
            },
        ),
        (
            {"kind": "cosine_restarts", "period": 25},
            {
                "lr_scheduler_type": "cosine_with_restarts",
                "lr_scheduler_kwargs": {"num_cycles": 4},
                "warmup_steps": 0,
            },
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_type_of_transformers_is_training_arguments(written, schedule, arguments):
    found = written({"steps": 100, "lr": 0.5, "schedule": schedule}, "transformers").names["training_arguments"]
    assert found == {"learning_rate": 0.5, "max_steps": 100, **arguments}


def test_training_arguments_have_the_weight_decay(written):
    found = written({**FROM_ZERO, "weight_decay": 0.1, "beta2": 0.95}, "transformers").names["training_arguments"]
    assert (found["weight_decay"], found["adam_beta2"]) == (0.1, 0.95)


def test_what_no_type_of_transformers_says_is_a_scheduler(written):
    spec = {"steps": 100, "lr": 0.5, "schedule": {"kind": "rex", "warmup": 10}}
    text = written(spec, "transformers")
    assert "training_arguments" not in text.names
    assert "with max_steps=100" in text.text
    near(text.rates(100)[:, 0], lrplot.load(spec))
