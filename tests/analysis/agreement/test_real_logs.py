"""Logs that real programs wrote, beside the schedules that they were started with: see tests/logs/record.py."""

from __future__ import annotations

import pytest
from support import ROOT

import lrplot

EXAMPLES = ROOT / "tests" / "logs" / "examples"
TRAINER = {"max_steps": 24, "learning_rate": 3e-4, "warmup_steps": 5, "lr_scheduler_type": "linear"}
LINEAR = {"use": "torch.LinearLR", "start_factor": 1.0, "end_factor": 0.0, "total_iters": 24}
LIGHTNING = {"steps": 24, "lr": 0.1, "schedule": LINEAR, "groups": {"pg2": {"lr": 0.2}}}
KERAS = {"epochs": 6, "lr": 0.005, "schedule": {"kind": "exponential", "gamma": 0.9, "every": 1}}
COSINE = {
    "use": "timm.CosineLRScheduler",
    "t_initial": 10,
    "warmup_t": 3,
    "warmup_lr_init": 1e-5,
    "lr_min": 1e-6,
}
TIMM = {"epochs": 10, "lr": 0.05, "schedule": COSINE}
DOUBLED = {**COSINE, "lr_min": 2e-6, "warmup_lr_init": 2e-5}
STEPS = {"steps": 12, "lr": 0.1, "schedule": {"use": "torch.StepLR", "step_size": 4, "gamma": 0.5}}
MMENGINE = {"steps": 24, "lr": 0.01, "schedule": {"kind": "multistep", "milestones": [6, 18], "gamma": 0.1}}

SOUND = {
    "transformers.json": (TRAINER, "step N has the value of update N − 1, the one just made"),
    "lightning.csv": (LIGHTNING, "step N has the value of update N, counted from 0"),
    "keras.csv": (KERAS, "a row has the value of the epoch, counted from 0"),
    "timm.csv": (TIMM, "a row has the value of the epoch, counted from 0"),
    "tensorboard.tfevents": (STEPS, "step N has the value of update N, counted from 0"),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_run_that_followed_its_schedule(name):
    spec, convention = SOUND[name]
    found = lrplot.agree(spec, EXAMPLES / name)
    assert [each.statement for track in found for each in track.causes] == []
    assert found.convention == convention


@pytest.mark.parametrize(
    ("name", "spec", "code", "number"),
    [
        ("transformers.json", {**TRAINER, "max_steps": 48}, "log-horizon", 24),
        ("transformers.json", {**TRAINER, "warmup_steps": 10}, "log-warmup", 5),
        ("transformers.json", {**TRAINER, "learning_rate": 6e-4}, "log-scaled", 0.5),
        ("lightning.csv", {**LIGHTNING, "lr": 0.2}, "log-scaled", 0.5),
        ("lightning.csv", {**LIGHTNING, "steps": 48, "schedule": {**LINEAR, "total_iters": 48}}, "log-horizon", 24),
        ("keras.csv", {**KERAS, "lr": 0.01}, "log-scaled", 0.5),
        ("timm.csv", {**TIMM, "lr": 0.1, "schedule": DOUBLED}, "log-scaled", 0.5),
        ("tensorboard.tfevents", {**STEPS, "schedule": {**STEPS["schedule"], "step_size": 2}}, "log-clock", 0.5),
    ],
)  # fmt: skip
def test_a_run_beside_another_plan(name, spec, code, number):
    found = lrplot.agree(spec, EXAMPLES / name)
    assert (code, number) in [(each.code, each.number) for each in found.causes]


def test_the_runs_before_the_last_are_left_out():
    found = lrplot.agree(KERAS, EXAMPLES / "keras.csv")
    assert found.unjudged == ("1 run before the last one in the log",)
