"""LLaMA-Factory's YAML: transformers' rules, and its own defaults of a constant phase."""

import pytest

CONFIG = """\
### model
model_name_or_path: Qwen/Qwen3-4B-Instruct-2507

### method
stage: sft
finetuning_type: lora
lora_target: all

### dataset
template: qwen3_nothink
cutoff_len: 2048
max_samples: 1000
output_dir: saves/qwen3-4b/lora/sft

### train
per_device_train_batch_size: 1
gradient_accumulation_steps: 8
learning_rate: 1.0e-4
num_train_epochs: 3.0
lr_scheduler_type: cosine
warmup_ratio: 0.1
bf16: true
resume_from_checkpoint: null
"""


def test_a_config_is_recognised(config):
    schedule = config(CONFIG, "dataset_size=1000", "devices=1")
    assert (schedule.run.reading.format, schedule.steps) == ("llama-factory", 375)
    assert schedule(38) == pytest.approx(1e-4)


def test_a_third_of_what_the_warmup_leaves_is_constant(config):
    text = CONFIG.replace("cosine", "warmup_stable_decay")
    schedule = config(text, "max_steps=110")
    # W = 11, 99 // 3 = 33 constant, 66 of a cosine.
    assert [schedule(k) for k in (11, 43, 44, 77)] == pytest.approx([1e-4, 1e-4, 1e-4, 5e-5])


def test_given_arguments_of_the_schedule_win(config):
    text = CONFIG.replace("cosine", "warmup_stable_decay") + "lr_scheduler_kwargs: {num_stable_steps: 79}\n"
    schedule = config(text, "max_steps=110")
    assert [schedule(k) for k in (89, 90)] == pytest.approx([1e-4, 1e-4])
    assert schedule(91) < 1e-4


def test_packed_examples_do_not_give_the_length(refused):
    (diagnostic,) = refused(CONFIG + "packing: true\n", "dataset_size=1000", "devices=1")
    assert diagnostic.help == "add `--set steps=1000`, or `--set steps_per_epoch=500`"


def test_a_file_that_is_named_from_the_folder_above_is_found(config, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "ds.json").write_text('{"zero_optimization": {"stage": 3}}')
    (tmp_path / "examples").mkdir()
    schedule = config(CONFIG + "deepspeed: deep/ds.json\n", "max_steps=110", name="examples/sft.yaml")
    assert schedule(11) == pytest.approx(1e-4)


def test_the_second_matrices_of_lora_plus_are_a_group(config):
    text = CONFIG + "max_steps: 110\nloraplus_lr_ratio: 16.0\nloraplus_lr_embedding: 1.0e-6\n"
    schedule = config(text)
    assert schedule.tracks == ("lr", "lr/lora_B", "lr/embedding")
    assert schedule.at(11) == pytest.approx({"lr": 1e-4, "lr/lora_B": 1.6e-3, "lr/embedding": 1e-6})


def test_the_lengths_of_its_own_hold_for_older_versions_too(config):
    text = CONFIG.replace("cosine", "warmup_stable_decay") + "lr_scheduler_kwargs: {min_lr_ratio: 0.1}\n"
    schedule = config(text, "max_steps=110", format="llama-factory@4.46")
    assert [schedule(k) for k in (0, 43, 77)] == pytest.approx([0, 1e-4, 5.5e-5])
    assert config(text, "max_steps=110")(0) == pytest.approx(1e-5)
