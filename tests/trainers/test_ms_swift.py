"""ms-swift's arguments: transformers' rules with its own defaults."""

from math import cos, log, pi

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
    (diagnostic,) = refused(SCRIPT.replace("zero3", "my.json"), "steps=10", name="train.sh")
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


BEFORE = (
    "swift sft --model_type qwen-7b-chat --sft_type lora --batch_size 2 --gradient_accumulation_steps 8 "
    "--num_train_epochs 1 --learning_rate 1e-4"
)


def before(config, version, *more, size=1600):
    flags = " ".join((BEFORE, *more))
    return config(flags, f"dataset_size={size}", "devices=1", name="sft.sh", format=f"ms-swift@{version}")


def test_before_3_there_was_a_warmup_by_default_and_a_shorter_name_of_the_batch_size(config):
    schedule = config(BEFORE, "dataset_size=1600", "devices=1", name="sft.sh")
    assert (schedule.steps, schedule.run.reading.remarks, schedule.run.reading.version) == (100, (), "2")
    # W = 5: up to the peak in five updates, then a cosine to 0 in 95, half of which is its middle.
    assert [schedule(k) for k in (1, 5, 100)] == pytest.approx([2e-5, 1e-4, 0])
    assert schedule(52) == pytest.approx(1e-4 * (1 + cos(pi * 47 / 95)) / 2)


@pytest.mark.parametrize(
    ("version", "shape", "decay", "beta"),
    [
        ("1.3", "cosine", 0.01, 0.999),
        ("1.5.0", "cosine", 0.01, 0.999),
        ("1.5.1", "linear", 0.01, 0.999),
        ("1", "linear", 0.01, 0.999),
        ("2.0", "linear", 0.1, 0.999),
        ("2.1.1", "linear", 0.1, 0.999),
        ("2.2.0", "cosine", 0.1, 0.999),
        ("2.2", "cosine", 0.1, 0.95),
        ("2", "cosine", 0.1, 0.95),
    ],
)
def test_defaults_changed_between_versions(config, version, shape, decay, beta):
    schedule = before(config, version)
    done = 47 / 95
    left = (1 + cos(pi * done)) / 2 if shape == "cosine" else 1 - done
    assert schedule(52) == pytest.approx(1e-4 * left)
    values = schedule.evaluate()
    assert (values["weight_decay"][0], values["beta2"][0]) == (decay, beta)


def test_the_rate_of_full_training_and_the_accumulated_batches_changed(config):
    text = "swift sft --sft_type full --model_type a --torch_dtype bf16"
    loads = {
        version: config(text, "dataset_size=1600", "devices=1", name="sft.sh", format=f"ms-swift@{version}")
        for version in ("1.3", "1.5.2", "1.5.3", "2")
    }
    assert [each.lr.max() for each in loads.values()] == pytest.approx([2e-5, 2e-5, 1e-5, 1e-5])
    assert {each.steps for each in loads.values()} == {100}  # one epoch of batches of 16
    more = config(text, "dataset_size=1600", "devices=4", name="sft.sh", format="ms-swift@1.3")
    assert more.steps == 25  # 16 batches of each process, whatever their number
    # Since 3.0 transformers' three epochs, and no warmup.
    later = config(text.replace("sft_type", "train_type"), "dataset_size=1600", "devices=1", name="sft.sh")
    assert (later.steps, later(0), later.run.reading.version) == (300, 1e-5, "4.5")


def test_its_own_files_of_deepspeed_had_a_scheduler_before_3(config):
    """Until then DeepSpeed's scheduler was used: its warmup by the logarithm, and the ends of ms-swift's files."""
    for name in ("default-zero2", "default-zero3", "zero2-offload"):
        schedule = before(config, "2.6", "--deepspeed", name)
        assert [(each.severity, each.code) for each in schedule.run.reading.remarks] == [
            ("warning", "overridden-scheduler")
        ]
    # WarmupCosineLR: W = 5, b = s − 1; ln(b + 1)/ln(W) on the way up, from 0 to the peak.
    assert [schedule(k) for k in (0, 2, 3)] == pytest.approx([0, 1e-4 * log(2) / log(5), 1e-4 * log(3) / log(5)])
    linear = before(config, "1.7", "--deepspeed", "default-zero2")
    assert linear(51) == pytest.approx(1e-4 * 50 / 95)
    constant = before(config, "1.6", "--deepspeed_config_path", "default-zero3")
    assert constant(99) == 1e-4
    assert before(config, "1.5.3", "--deepspeed", "default-zero2").run.reading.remarks == ()


@pytest.mark.parametrize("name", ["zero2", "zero3", "default-zero2", "default-zero3", "zero3_offload", "zero0"])
def test_its_own_files_of_deepspeed_have_none_since(config, name):
    schedule = config(SCRIPT.replace("zero3", name), "steps=10", name="train.sh")
    assert schedule.run.reading.remarks == ()
    assert schedule(1) == pytest.approx(1e-5)


def test_a_file_tells_its_version(config):
    text = '{"train_type": "lora", "swift_version": "3.0.0", "deepspeed": "zero2", "max_steps": 100}'
    reading = config(text, name="args.json").run.reading
    assert (reading.version, [each.code for each in reading.remarks]) == ("3.0.0", ["overridden-scheduler"])


def test_both_warmups_are_refused_since_4_5(config, refused):
    text = SCRIPT.replace("--warmup_ratio 0.05", "--warmup_ratio 0.05 --warmup_steps 2")
    (diagnostic,) = refused(text, "steps=10", name="train.sh")
    assert (diagnostic.span.line, "cannot be set at the same time" in diagnostic.message) == (12, True)
    assert config(text, "steps=10", name="train.sh", format="ms-swift@4.4")(2) == pytest.approx(1e-5)


def test_the_version_of_transformers_may_be_given(config):
    text = SCRIPT.replace("--num_train_epochs 2", "--num_train_epochs 1")
    facts = ("dataset_size=1000", "transformers_version=4.46")
    # floor(250 / 8) updates before 4.52, ceil since.
    assert config(text, *facts, name="train.sh").steps == 31
    assert config(text, *facts[:1], name="train.sh").steps == 32
