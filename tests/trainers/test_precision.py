"""Whether a config says that the loss is scaled, as fp16 needs."""

import pytest

from lrplot.api import load
from lrplot.text.objects import read_mapping
from lrplot.trainers import TRAINERS
from lrplot.trainers.shared.precision import Precision

SAMPLE = Precision(("fp16", "common.fp16"), ("bf16.enabled",), ("precision",))


@pytest.mark.parametrize(
    ("config", "scaled"),
    [
        ({}, None),
        ({"fp16": True}, True),
        ({"fp16": False}, False),
        ({"fp16": "auto"}, None),
        ({"fp16": "O1"}, None),
        ({"fp16": {"enabled": True}}, None),
        ({"common": {"fp16": True}}, True),
        ({"bf16": {"enabled": True}}, False),
        ({"bf16": {"enabled": False}}, None),
        ({"fp16": False, "bf16": {"enabled": True}}, False),
        ({"precision": "16-mixed"}, True),
        ({"precision": 16}, True),
        ({"precision": "bf16-true"}, False),
        ({"precision": 32}, False),
        ({"precision": "int8"}, None),
        ({"precision": None}, None),
    ],
)
def test_the_loss_is_scaled_for_fp16_only(config, scaled):
    assert SAMPLE.scales_loss(read_mapping(config, "config")) is scaled


def test_a_launcher_may_choose_fp16():
    precision = Precision(("fp16",), ("bf16",), launched=True)
    found = [
        precision.scales_loss(read_mapping(each, "")) for each in ({"fp16": False}, {"fp16": True}, {"bf16": True})
    ]
    assert found == [None, True, False]


CONFIGS = {
    "transformers": {"learning_rate": 1e-3, "max_steps": 10, "lr_scheduler_type": "cosine", "fp16": True},
    "deepspeed": {
        "train_batch_size": 8,
        "optimizer": {"type": "Adam", "params": {"lr": 1e-3}},
        "scheduler": {"type": "WarmupDecayLR", "params": {"total_num_steps": 10, "warmup_num_steps": 2}},
        "fp16": {"enabled": True},
    },
    "megatron": {"lr": 1e-3, "train_iters": 10, "lr_decay_style": "cosine", "global_batch_size": 8, "fp16": True},
    "fairseq": {
        "common": {"fp16": True},
        "task": "translation",
        "optimization": {"max_update": 10, "lr": [1e-3]},
        "lr_scheduler": {"_name": "polynomial_decay", "total_num_update": 10},
    },
    "nanogpt": {
        "learning_rate": 1e-3,
        "max_iters": 10,
        "lr_decay_iters": 10,
        "warmup_iters": 2,
        "min_lr": 1e-4,
        "dtype": "float16",
    },
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_run_knows_whether_updates_may_be_skipped(name):
    run = load(CONFIGS[name], ["steps=10"] if name == "deepspeed" else [], name).run
    assert run.reading.scales_loss is True
    assert run.may_skip
    assert TRAINERS[name].precision is not None


def test_other_runs_may_skip_updates_unless_their_config_excludes_it():
    assert load({"steps": 2, "lr": 1, "schedule": "linear"}).run.may_skip
    assert not load({**CONFIGS["nanogpt"], "dtype": "bfloat16"}, format="nanogpt").run.may_skip
    assert load(CONFIGS["transformers"], ["fp16=false", "bf16=true"]).run.reading.scales_loss is False
