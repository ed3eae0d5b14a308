"""Findings for schedulers of frameworks: those that their arguments and their curve call for, and no others."""

from __future__ import annotations

import pytest

from lrplot.api import check

MEGATRON = {
    "init_lr": 0, "max_lr": 0.1, "min_lr": 0.01, "lr_warmup_steps": 512, "lr_decay_steps": 30720,
    "lr_decay_style": "cosine", "start_wd": 0.1, "end_wd": 0.1, "wd_incr_steps": 1, "wd_incr_style": "constant",
}  # fmt: skip
COSINE = {"use": "torch.CosineAnnealingLR", "T_max": 9, "eta_min": 0.01}
RISE = {"use": "torch.LinearLR", "start_factor": 0.1, "total_iters": 5}

# Steps, schedule, further keys; codes without those on the warmup's first update and length.
CASES = {
    "a rise that is extrapolated reaches its peak": (
        100, {"use": "bolts.LinearWarmupCosineAnnealingLR", "warmup_epochs": 10, "max_epochs": 100}, {}, [],
    ),
    "a logarithmic rise reaches its peak": (
        100, {"use": "deepspeed.WarmupCosineLR", "total_num_steps": 100, "warmup_num_steps": 10}, {}, [],
    ),
    "a warmup to a share of the learning rate": (
        100, {"use": "composer.ConstantWithWarmupScheduler", "t_warmup": "10ba", "alpha": 0.5}, {}, [],
    ),
    "a warmup over a cosine": (
        100, {"use": "detectron2.WarmupCosineLR", "max_iters": 100, "warmup_iters": 40}, {}, ["peak-never-reached"],
    ),
    "0 throughout": (
        9,
        {"use": "transformers.get_linear_schedule_with_warmup", "num_warmup_steps": 0, "num_training_steps": 0},
        {}, ["zero-throughout"],
    ),
    "steps by the batch size, as Megatron counts": (
        100, {"use": "megatron.OptimizerParamScheduler", **MEGATRON, "increment": 512}, {"lr": None}, ["ends-early"],
    ),
    "a warmup that takes all of the horizon": (
        75, {"use": "deepspeed.WarmupDecayLR", "total_num_steps": 25, "warmup_num_steps": 25, "warmup_max_lr": 0.1},
        {}, ["phase-jump", "zero-updates"],
    ),
    "a rise that ends before the run, at the peak": (
        75, {"use": "torch.LinearLR", "total_iters": 25}, {}, [],
    ),
    "a rise that is stepped twice": (
        30, {"use": "torch.LinearLR", "total_iters": 30, "scheduler_steps_per_update": 2}, {}, ["stepped-per-process"],
    ),
    "an end with a constant phase": (
        1000, [{"kind": "cosine", "for": 800, "to": "10%"}, {"kind": "constant", "warmup": 3}], {}, [],
    ),
    "a scheduler that is over before it begins": (
        9, {"use": "torch.SequentialLR", "schedulers": [RISE, COSINE], "milestones": [0]}, {}, ["idle-phase"],
    ),
    "a decay that is cut beside a rise": (
        40, {"use": "torch.ChainedScheduler", "schedulers": [RISE, COSINE | {"T_max": 100}]}, {}, ["cut-short"],
    ),
    "milestones that only another form uses": (
        300, {"use": "timm.create_scheduler_v2", "sched": "step", "num_epochs": 30, "decay_epochs": 10},
        {"steps_per_epoch": 10}, [],
    ),
    "a horizon with a unit of its own": (
        20, {"use": "composer.CosineAnnealingScheduler", "t_max": "1ba"}, {"steps_per_epoch": 8}, ["ends-early"],
    ),
    "epochs that the scheduler turns into updates": (
        48, {"use": "mmengine.CosineAnnealingLR", "T_max": 3, "convert_to_iter_based": True},
        {"steps_per_epoch": 4}, ["rises-again"],
    ),
    "one cosine after another, past its end": (
        30, {"use": "torch.SequentialLR", "schedulers": [COSINE, COSINE], "milestones": [12]}, {}, ["rises-again"],
    ),
    "a run shorter than timm's horizon": (
        1000, {"use": "timm.CosineLRScheduler", "t_initial": 3000, "t_in_epochs": False}, {}, ["cut-short"],
    ),
    "a run shorter than timm's factory's horizon": (
        1000, {"use": "timm.create_scheduler_v2", "num_epochs": 300}, {"steps_per_epoch": 10}, ["cut-short"],
    ),
    "a run shorter than fairseq's horizon": (
        1000, {"use": "fairseq.cosine", "max_update": 3000, "warmup_updates": 0}, {}, ["cut-short"],
    ),
    "a run shorter than composer's horizon": (
        1000, {"use": "composer.CosineAnnealingScheduler", "t_max": "3000ba"}, {}, ["cut-short"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_findings(case):
    steps, schedule, more, codes = CASES[case]
    spec = {"steps": steps, "lr": 0.1, "schedule": schedule, **more}
    found = [each.code for each in check({key: value for key, value in spec.items() if value is not None})]
    assert [code for code in found if code not in ("zero-first-update", "long-warmup")] == codes


def test_a_number_that_overflows_is_no_fault():
    spec = {"epochs": 2, "steps_per_epoch": 50, "lr": 1e-320, "weight_decay": 0.1, "schedule": "cosine"}
    assert not list(check(spec))
