"""oumi's training configs: transformers' rules, or those of oumi/builders/lr_schedules.py."""

import pytest

CONFIG = """\
model:
  model_name: "meta-llama/Llama-3.1-8B-Instruct"
data:
  train:
    datasets:
      - dataset_name: "yahma/alpaca-cleaned" # 51,760 examples
training:
  trainer_type: "TRL_SFT"
  num_train_epochs: 1
  per_device_train_batch_size: 2
  gradient_accumulation_steps: 32
  learning_rate: 3.0e-04
  lr_scheduler_type: "cosine"
  warmup_ratio: 0.05
"""


def test_the_arguments_stand_under_training(config):
    schedule = config(CONFIG, "dataset_size=51760", "devices=1")
    assert (schedule.run.reading.format, schedule.steps) == ("oumi", 809)
    assert schedule(41) == pytest.approx(3e-4)  # ceil(40.45)


def test_settings_reach_the_arguments(config):
    assert config(CONFIG, "max_steps=100").steps == 100


def test_oumi_s_own_trainer_rounds_the_warmup_down(config):
    schedule = config(CONFIG.replace("TRL_SFT", "OUMI"), "max_steps=809")
    assert [schedule(k) for k in (39, 40)] == pytest.approx([3e-4 * 39 / 40, 3e-4])


def test_oumi_s_own_constant_has_a_warmup(config):
    text = CONFIG.replace("TRL_SFT", "OUMI").replace('"cosine"', '"constant"')
    assert [config(text, "max_steps=100")(k) for k in (0, 5, 99)] == pytest.approx([0, 3e-4, 3e-4])


def test_oumi_s_own_trainer_has_few_schedules(refused):
    text = CONFIG.replace("TRL_SFT", "OUMI").replace('"cosine"', '"polynomial"')
    (diagnostic,) = refused(text, "max_steps=100")
    assert diagnostic.span.line == 12


def test_a_config_of_defaults_is_recognised_by_the_trainer_and_by_peft(config):
    schedule = config(
        "model:\n  model_name: a\ntraining:\n  use_peft: true\n  trainer_type: TRL_SFT\n", "max_steps=100"
    )
    assert schedule.run.reading.format == "oumi"
    assert [schedule(k) for k in (0, 50)] == pytest.approx([5e-5, 2.5e-5])  # transformers' line from 5e-5
