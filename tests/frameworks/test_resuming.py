"""Resumed runs of single frameworks: small examples worked out by hand."""

import numpy as np
import pytest

import lrplot


@pytest.fixture
def further():
    """The learning rates of the further updates of a scheduler under changes, in a way of restoring."""

    def call(schedule, at, *overrides, steps=10, restore="both", last_epoch=False, **spec):
        plan = {"steps": steps, "lr": 1.0, **spec, "schedule": schedule}
        return lrplot.resume(plan, at=at, overrides=overrides, restore=restore, last_epoch=last_epoch).resumed["lr"]

    return call


LINEAR = {"use": "transformers.get_linear_schedule_with_warmup", "num_warmup_steps": 2, "num_training_steps": 10}
LONGER = ("steps=20", "schedule.num_training_steps=20", "lr=0.5")


@pytest.mark.parametrize(
    ("restore", "values"),
    [
        ("both", [0.5, 0.722, 0.667]),
        ("optimizer", [0.5, 0.25, 0.5, 0.472]),
        ("scheduler", [0, 0.722, 0.667]),
        ("none", [0, 0.25, 0.5, 0.472]),
    ],
)
def test_a_function_follows_the_new_plan_after_a_stale_value(further, restore, values):
    found = further(LINEAR, 6, *LONGER, restore=restore)
    assert found[: len(values)] == pytest.approx(values, abs=5e-4)


def test_a_trainer_loads_both_states_or_none(further):
    trainer = {"use": "transformers.Trainer", "warmup_steps": 2}
    assert further(trainer, 6, "steps=20")[:3] == pytest.approx([0.5, 0.722, 0.667], abs=5e-4)
    for restore in ("optimizer", "scheduler", "none"):
        assert further(trainer, 6, "steps=20", restore=restore)[:4] == pytest.approx([0, 0.5, 1, 0.944], abs=5e-4)


def test_a_trainer_s_new_rate_is_ignored(further):
    trainer = {"use": "transformers.Trainer", "learning_rate": 1.0, "warmup_steps": 0}
    assert further(trainer, 5, "schedule.learning_rate=0.1").tolist() == further(trainer, 5).tolist()


@pytest.mark.parametrize(
    ("restore", "values"),
    [
        ("both", [0.854, 0.691, 0.5, 0.309, 0.146, 0.038, 0.038, 0.038]),
        ("optimizer", [0.854, 3.41, 5.97, 8.54, 8.54, 8.39]),
        ("scheduler", [0.1, 0.081, 0.059]),
        ("none", [0.1, 0.4, 0.7, 1]),
    ],
)
def test_mmengine_s_windows_come_back(further, restore, values):
    warmup = {"use": "mmengine.LinearLR", "start_factor": 0.1, "end": 4, "by_epoch": False}
    fall = {"use": "mmengine.CosineAnnealingLR", "begin": 4, "end": 12, "by_epoch": False}
    schedule = {"use": "mmengine.param_scheduler", "schedulers": [warmup, fall]}
    found = further(schedule, 6, "steps=16", "schedule.schedulers.1.end=16", steps=12, restore=restore)
    assert found[: len(values)] == pytest.approx(values, abs=5e-3)


COMPOSER = {"use": "composer.LinearScheduler", "t_max": "10ba"}


@pytest.mark.parametrize("restore", ["both", "scheduler"])
def test_composer_s_timestamp_goes_on_with_the_old_base(further, restore):
    found = further(COMPOSER, 4, "lr=0.5", restore=restore)
    plan = lrplot.load({"steps": 10, "lr": 1.0, "schedule": COMPOSER}).lr
    np.testing.assert_allclose(found[1:], plan[5:])
    assert found[0] == pytest.approx(plan[4] if restore == "both" else 0.5)


def test_detectron2_s_multiplier_is_the_new_plan_s(further):
    line = {"use": "fvcore.LinearParamScheduler", "start_value": 1.0, "end_value": 0.0}
    schedule = {"use": "detectron2.LRMultiplier", "multiplier": line, "max_iter": 10}
    found = further(schedule, 5, "schedule.max_iter=20", "steps=20", "lr=0.1")
    np.testing.assert_allclose(found, [0.5, *(1 - np.arange(6, 20) / 20)])


def test_detectron2_s_old_schedulers_come_back_whole(further):
    schedule = {"use": "detectron2.WarmupCosineLR", "max_iters": 10, "warmup_iters": 0}
    found = further(schedule, 5, "schedule.max_iters=20", "steps=20")
    np.testing.assert_allclose(found, 0.5 * (1 + np.cos(np.pi * np.arange(5, 20) / 10)), atol=1e-12)


def test_axolotl_s_rex_comes_back_whole(further):
    rex = {"use": "axolotl.RexLR", "max_lr": 1.0, "min_lr": 0.0, "total_steps": 10}
    plan = lrplot.load({"steps": 10, "lr": 1.0, "schedule": rex}).lr
    assert further(rex, 4, "schedule.total_steps=20", "steps=20")[:6] == pytest.approx(plan[4:])


def test_espnet_s_schedulers_come_back_whole(further):
    warmup = {"use": "espnet.WarmupLR", "warmup_steps": 4}
    plan = lrplot.load({"steps": 10, "lr": 1.0, "schedule": warmup}).lr
    assert further(warmup, 2, "schedule.warmup_steps=8", "lr=0.1").tolist() == plan[2:].tolist()


STATELESS = [
    {"use": "fvcore.CosineParamScheduler", "start_value": 1.0, "end_value": 0.0},
    {"use": "fairseq.InverseSquareRootSchedule", "warmup_updates": 3},
]


@pytest.mark.parametrize("schedule", STATELESS)
@pytest.mark.parametrize("restore", ["both", "optimizer", "scheduler", "none"])
def test_a_trainer_that_gives_the_time_goes_on_at_the_step_of_the_new_plan(further, schedule, restore):
    new = lrplot.load({"steps": 20, "lr": 1.0, "schedule": schedule}).lr
    assert further(schedule, 4, "steps=20", restore=restore).tolist() == new[4:].tolist()


@pytest.mark.parametrize("use", ["timm.CosineLRScheduler", "mmengine.CosineAnnealingLR", "keras.CosineDecay"])
def test_last_epoch_is_torch_s(further, use):
    arguments = {
        "timm.CosineLRScheduler": {"t_initial": 10, "t_in_epochs": False},
        "mmengine.CosineAnnealingLR": {"by_epoch": False, "T_max": 10},
        "keras.CosineDecay": {"initial_learning_rate": 1.0, "decay_steps": 10},
    }[use]
    with pytest.raises(lrplot.SpecError, match="last_epoch"):
        further({"use": use, **arguments}, 4, last_epoch=True)


def test_a_scheduler_stepped_by_epochs_goes_on_at_the_next_epoch(further):
    schedule = {"use": "torch.ExponentialLR", "gamma": 0.5, "interval": "epoch"}
    found = further(schedule, 6, steps=16, steps_per_epoch=4, restore="scheduler")
    assert found.tolist() == [1, 1, *[0.5] * 4, *[0.25] * 4]


def test_accelerate_stops_stepping_at_the_old_end(further):
    schedule = {"use": "torch.OneCycleLR", "max_lr": 1.0, "total_steps": 8, "scheduler_steps_per_update": 2}
    found = further(schedule, 2, "steps=8", steps=4)
    assert found[-1] == found[-2]
