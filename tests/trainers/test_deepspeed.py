"""DeepSpeed configs: values by the formulas of deepspeed/runtime/lr_schedules.py, computed by hand."""

import pytest

CONFIG = """{"train_batch_size": 64, "fp16": {"enabled": true},
 "optimizer": {"type": "AdamW", "params": {"lr": "3e-4", "weight_decay": 0.1}},
 "scheduler": {"type": "WarmupDecayLR", "params": {"warmup_max_lr": 3e-4, "warmup_num_steps": 10,
   "warmup_type": "linear", "total_num_steps": 110}}}"""


def test_the_scheduler_and_the_optimizer_are_read(config):
    schedule = config(CONFIG, name="ds_config.json")
    assert schedule.steps == 110
    assert [schedule(k) for k in (0, 1, 6, 11, 61)] == pytest.approx([0, 0, 1.5e-4, 3e-4, 1.5e-4])
    assert schedule.run.reading.format == "deepspeed"


def test_the_facts_win_over_the_scheduler_s_length(config):
    assert config(CONFIG, "steps=200").steps == 200


def test_a_scheduler_without_a_length_needs_one(refused):
    text = CONFIG.replace("WarmupDecayLR", "WarmupLR").replace(', "total_num_steps": 110', "")
    (diagnostic,) = refused(text.replace('"total_num_steps": 110', '"warmup_min_lr": 0'))
    assert (diagnostic.code, diagnostic.help) == ("missing-fact", "add `--set steps=1000`")


def test_an_argument_that_is_auto_is_refused_unless_it_is_set(config, refused):
    text = CONFIG.replace('"warmup_num_steps": 10', '"warmup_num_steps": "auto"')
    (diagnostic,) = refused(text)
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 2)
    assert config(text, "scheduler.params.warmup_num_steps=10")(6) == pytest.approx(1.5e-4)


def test_torch_s_schedulers_are_named_as_they_are(config):
    text = '{"optimizer": {"params": {"lr": 0.1}}, "scheduler": {"type": "StepLR", "params": {"step_size": 30}}}'
    assert config(text, "steps=90")(45) == pytest.approx(0.01)


def test_a_config_without_a_scheduler_asks_for_the_arguments(refused):
    (diagnostic,) = refused('{"zero_optimization": {"stage": 3}, "train_batch_size": 8}')
    assert diagnostic.code == "missing-fact"


def test_all_that_is_missing_is_named_at_once(refused):
    text = CONFIG.replace('"total_num_steps": 110', '"total_num_steps": "auto"')
    assert [each.help for each in refused(text.replace('"warmup_num_steps": 10', '"warmup_num_steps": "auto"'))] == [
        "add `--set steps=1000`",
        "give the training arguments that name this file, or `--set scheduler.params.warmup_num_steps=…`",
    ]
    (diagnostic,) = refused(text)
    assert diagnostic.help == "add `--set steps=1000`"


def test_the_length_and_the_least_value_need_no_argument_where_they_are_auto(config):
    text = CONFIG.replace('"total_num_steps": 110', '"total_num_steps": "auto", "warmup_min_lr": "auto"')
    schedule = config(text, "steps=110")
    # Update k runs at the value of step k − 1: 5/10, then (110 − 60)/100 of 3e-4.
    assert (schedule.steps, schedule(6), schedule(61)) == (110, pytest.approx(1.5e-4), pytest.approx(1.5e-4))


def test_every_argument_that_is_auto_is_named(refused):
    text = CONFIG.replace('3e-4, "warmup_num_steps": 10', '"auto", "warmup_num_steps": "auto"')
    assert [each.code for each in refused(text)] == ["missing-fact"] * 2


def test_before_0_17_2_warmup_lr_leads_to_a_thousandth(config):
    text = """{"optimizer": {"params": {"lr": 3e-4}}, "scheduler": {"type": "WarmupLR",
      "params": {"warmup_num_steps": 10}}}"""
    assert config(text, "steps=100")(50) == pytest.approx(3e-4)
    assert config(text, "steps=100", format="deepspeed@0.16")(50) == pytest.approx(1e-3)


def test_before_0_19_a_cosine_is_not_drawn_past_its_end(config, refused):
    text = """{"optimizer": {"params": {"lr": 3e-4}}, "scheduler": {"type": "WarmupCosineLR",
      "params": {"warmup_num_steps": 10, "total_num_steps": 100}}}"""
    assert config(text, "steps=150")(149) == pytest.approx(3e-8)
    assert config(text, "steps=100", format="deepspeed@0.18").steps == 100
    (diagnostic,) = refused(text, "steps=150", format="deepspeed@0.18")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 0)
