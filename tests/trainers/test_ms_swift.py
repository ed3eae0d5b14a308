"""ms-swift's arguments: transformers' rules with its own defaults."""

from math import cos, pi

import pytest

SCRIPT = """\
# 22GB
nproc_per_node=4

NPROC_PER_NODE=$nproc_per_node \\
CUDA_VISIBLE_DEVICES=0,1,2,3 \\
swift sft \\
    --model Qwen/Qwen2.5-7B-Instruct \\
    --train_type full \\
    --dataset 'swift/self-cognition#1000' \\
    --torch_dtype bfloat16 \\
    --num_train_epochs 2 \\
    --gradient_accumulation_steps $(expr 32 / $nproc_per_node) \\
    --warmup_ratio 0.05 \\
    --deepspeed zero3 \\
    --system 'You are a helpful assistant.' \\
"""


def test_a_script_with_the_launcher_s_processes(config):
    schedule = config(SCRIPT, "dataset_size=1000", name="train.sh")
    assert (schedule.run.reading.format, schedule.steps) == ("ms-swift", 64)  # 2 · ceil(250 / 8)
    # All weights are trained: 1e-5 by default, along a cosine; W = ceil(3.2).
    assert [schedule(k) for k in (4, 34)] == pytest.approx([1e-5, 1e-5 * (1 + cos(pi * 30 / 60)) / 2])


def test_sixteen_examples_per_update_by_default(config):
    text = """{"train_type": "lora", "swift_version": "3.2.0", "global_world_size": 8, "num_train_epochs": 1,
     "learning_rate": null, "lr_scheduler_type": "cosine", "lr_scheduler_kwargs": null, "warmup_ratio": 0.05}"""
    schedule = config(text, "dataset_size=1000", name="args.json")
    assert schedule.steps == 63  # ceil(125 / ceil(16 / 8))
    assert schedule.lr.max() == pytest.approx(1e-4)


def test_another_file_of_deepspeed_is_read(refused):
    (diagnostic,) = refused(SCRIPT.replace("zero3", "my.json"), "max_steps=10", name="train.sh")
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 13)
    assert "--set deepspeed=" in diagnostic.help


def test_accumulated_batches_need_the_number_of_processes(refused):
    text = '{"train_type": "lora", "torch_dtype": "bfloat16", "num_train_epochs": 1}'
    (diagnostic,) = refused(text, "dataset_size=1000", name="args.json")
    assert diagnostic.help == "add `--set devices=8`"


def test_what_is_trained_tells_ms_swift_from_transformers(config):
    text = SCRIPT.replace("    --torch_dtype bfloat16 \\\n", "").replace("train_type", "tuner_type")
    assert config(text, "dataset_size=1000", name="train.sh").run.reading.format == "ms-swift"
    plain = "torch_dtype: bfloat16\nlearning_rate: 1e-4\nnum_train_epochs: 1\noutput_dir: a\n"
    assert config(plain, "max_steps=100").run.reading.format == "transformers"


def test_before_3_there_was_a_warmup_by_default_and_a_shorter_name_of_the_batch_size(config):
    text = (
        "swift sft --model_type qwen-7b-chat --sft_type lora --batch_size 2 --gradient_accumulation_steps 8 "
        "--num_train_epochs 1 --learning_rate 1e-4 --lr_scheduler_type linear"
    )
    schedule = config(text, "dataset_size=1600", "devices=1", name="sft.sh")
    assert (schedule.steps, schedule.run.reading.remarks) == (100, ())
    # W = 5: up to the peak in five updates, then down to 0 in 95.
    assert [schedule(k) for k in (1, 5, 24)] == pytest.approx([2e-5, 1e-4, 1e-4 * 76 / 95])
