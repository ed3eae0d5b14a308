"""litgpt's YAML: values by litgpt/pretrain.py, get_lr, and litgpt/finetune/lora.py, get_lr_scheduler."""

from math import cos, pi

import pytest

PRETRAIN = """\
model_name: pythia-14m
tokenizer_dir: checkpoints/pythia
out_dir: out
train:
  global_batch_size: 64
  micro_batch_size: 4
  lr_warmup_steps: 10
  max_tokens: 13_300_000
  max_seq_length: 512
  min_lr: 1e-5
optimizer:
  class_path: torch.optim.AdamW
  init_args: {lr: 1e-4, weight_decay: 0.1}
devices: auto
"""
FINETUNE = """\
checkpoint_dir: checkpoints/phi
out_dir: out
devices: 1
train: {global_batch_size: 8, micro_batch_size: 2, lr_warmup_steps: 10, epochs: 2, max_steps: null, min_lr: 6e-5}
optimizer: {class_path: torch.optim.AdamW, init_args: {lr: 2e-4}}
"""


@pytest.mark.parametrize("devices", [1, 2, 16])
def test_pretraining_counts_batches(config, devices):
    schedule = config(PRETRAIN, f"devices={devices}")
    batches = 64 // devices // 4
    most, rising = 13_300_000 // devices // (4 * 512), 10 * batches

    def rate(it):
        if it < rising:
            return 1e-4 * it / rising
        return 1e-5 + 9e-5 * (1 + cos(pi * (it - rising) / (most - rising))) / 2

    assert (schedule.run.reading.format, schedule.steps) == ("litgpt", most // batches)
    expected = [rate((s + 1) * batches - 1) for s in range(schedule.steps)]
    assert schedule.lr.tolist() == pytest.approx(expected)


def test_pretraining_needs_its_processes(config, refused):
    assert refused(PRETRAIN)[0].help == "add `--set devices=8`"
    assert config(PRETRAIN.replace("auto", "2") + "num_nodes: 2\n").steps == 13_300_000 // 4 // 2048 // 4
    assert config(PRETRAIN, "devices=1", "steps=100").steps == 100
    (diagnostic,) = refused(PRETRAIN.replace("  max_seq_length: 512\n", ""), "devices=1")
    assert diagnostic.help == "add `--set sequence_length=2048`, or `--set steps=1000`"
    assert "assert" in refused(PRETRAIN, "devices=64")[0].message


def test_a_warmup_that_is_a_share_of_an_epoch_is_refused(refused):
    text = PRETRAIN.replace("lr_warmup_steps: 10", "lr_warmup_fraction: 0.1")
    assert refused(text, "devices=1")[0].span.line == 6


def test_finetuning_counts_updates(config):
    schedule = config(FINETUNE, "steps_per_epoch=55")
    assert schedule.steps == 110
    assert [schedule(s) for s in (0, 5, 10, 60)] == pytest.approx([0, 1e-4, 2e-4, 1e-4])
    (remark,) = schedule.run.reading.remarks
    assert remark.code == "ignored-key"


def test_the_length_of_a_finetuning(config, refused):
    assert refused(FINETUNE)[0].code == "missing-fact"
    assert config(FINETUNE, "dataset_size=1000").steps == 2 * (500 // 4)
    assert config(FINETUNE.replace("null", "70")).steps == 70
    assert config(FINETUNE.replace("null", "70"), "steps_per_epoch=20").steps == 40
    assert config(FINETUNE, "steps=44").steps == 44


def test_the_rate_of_older_configs(config):
    text = FINETUNE.replace("optimizer: {class_path: torch.optim.AdamW, init_args: {lr: 2e-4}}", "")
    text = text.replace("epochs: 2", "epochs: 2, learning_rate: 3e-4")
    assert config(text, "steps=44")(10) == pytest.approx(3e-4)
    assert config(FINETUNE.replace(", init_args: {lr: 2e-4}", ""), "steps=44")(10) == pytest.approx(1e-3)


def test_what_cannot_be_used(config, refused):
    (diagnostic,) = refused(FINETUNE.replace("lr: 2e-4", "lr: high"), "steps=44")
    assert (diagnostic.code, diagnostic.span.line) == ("bad-type", 4)
    assert config(FINETUNE.replace("min_lr: 6e-5", "max_norm: 1"), "steps=44").run.reading.remarks == ()
    text = PRETRAIN.replace("  max_tokens: 13_300_000\n", "")
    assert refused(text, "devices=1")[0].help == "add `--set train.max_tokens=1_000_000_000`, or `--set steps=1000`"
    assert refused(PRETRAIN.replace("13_300_000", "1000"), "devices=1")[0].message == "the run has no update"
    assert refused(FINETUNE, "dataset_size=3")[0].message == "the run has no update"
