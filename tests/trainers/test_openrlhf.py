"""OpenRLHF's flags: transformers' schedules with the defaults of openrlhf/utils/deepspeed/deepspeed.py."""

from math import cos, pi
from pathlib import Path

import pytest

SCRIPT = (Path(__file__).parent / "examples" / "openrlhf.sh").read_text(encoding="utf-8")
OLD = """\
deepspeed --module openrlhf.cli.train_dpo --train_batch_size 256 --micro_train_batch_size 1 \\
   --pretrain OpenRLHF/Llama-3-8b-sft-mixture --zero_stage 3 --max_epochs 2 \\
   --learning_rate 5e-7 --lr_scheduler cosine --max_samples 10000
"""
PPO = """\
python3 -m openrlhf.cli.train_ppo_ray --actor.adam.lr 5e-7 --critic.adam.lr 9e-6 --ds.zero_stage 3 \\
   --train.batch_size 128 --rollout.n_samples_per_prompt 8 --train.max_epochs 1 --train.num_episodes 2
"""


def test_the_flags_of_2026(config):
    schedule = config(SCRIPT, "dataset_size=100000", name="train.sh")
    assert (schedule.run.reading.format, schedule.steps) == ("openrlhf", 390)  # 100000 // 256
    assert schedule.run.reading.remarks == ()
    assert [schedule(k) for k in (6, 12, 201)] == pytest.approx([2.5e-6, 5e-6, 5e-6 * 0.55])  # W = ceil(11.7)


def test_the_flags_of_before(config):
    schedule = config(OLD, "dataset_size=10000", name="train.sh")
    assert schedule.steps == 78  # 2 · (10000 // 256)
    assert schedule(40) == pytest.approx(5e-7 * (1 + cos(pi * 37 / 75)) / 2)


def test_a_policy_s_rate_and_its_completions(config):
    schedule = config(PPO, "dataset_size=1600", name="train.sh")
    assert schedule.steps == 200  # 2 · (1600 · 8 // 128)
    assert schedule.lr.max() == pytest.approx(5e-7)


@pytest.mark.parametrize(
    ("text", "settings", "help"),
    [
        (SCRIPT, (), "add `--set steps=1000`, or `--set steps_per_epoch=500`, or `--set dataset_size=50000`"),
        (SCRIPT.replace("--adam.lr 5e-6", ""), ("steps=10",), "add `--set adam.lr=1e-4`"),
        (SCRIPT.replace("--train.max_epochs 1", ""), ("dataset_size=1000",), "add `--set train.max_epochs=3`"),
    ],
)
def test_what_is_missing_is_named(refused, text, settings, help):
    assert refused(text, *settings, name="train.sh")[0].help == help


def test_settings_reach_nested_flags(config):
    assert config(SCRIPT, "adam.lr=1e-5", "steps=100", name="train.sh").lr.max() == pytest.approx(1e-5)
