"""WeNet's configs: values by wenet/utils/scheduler.py, whose first value two updates have."""

import pytest

BASE = """
encoder: conformer
encoder_conf: {output_size: 256}
tokenizer: char
dataset_conf:
    batch_conf: {batch_type: static, batch_size: 16}
accum_grad: 4
max_epoch: 10
optim: adam
"""
WARMUP = "optim_conf: {lr: 0.002}\nscheduler: warmuplr\nscheduler_conf: {warmup_steps: 100}\n"


def test_the_first_two_updates_are_alike(config):
    schedule = config(BASE + WARMUP, "steps_per_epoch=50")
    assert (schedule.run.reading.format, schedule.steps) == ("wenet", 500)
    assert [schedule(s) for s in (0, 1, 2, 100)] == pytest.approx([2e-5, 2e-5, 4e-5, 2e-3])
    assert schedule(400) == pytest.approx(1e-3)


def test_noam_with_a_hold(config):
    conf = "{max_steps: 200, warmup_steps: 10, hold_steps: 20, min_lr: 1e-5, decay_rate: 1.0}"
    text = f"{BASE}optim_conf: {{lr: 1e-3}}\nscheduler: NoamHoldAnnealing\nscheduler_conf: {conf}\n"
    schedule = config(text, "steps=250")
    assert [schedule(s) for s in (0, 5, 11, 30)] == pytest.approx([1e-3 / 11, 1e-3 * 5 / 11, 1e-3, 1e-3])
    assert schedule(101) == pytest.approx(1e-3 * 10 / 80)  # step 100, less the hold
    assert schedule(249) == 1e-5


def test_modules_have_learning_rates_of_their_own(config, refused):
    text = f"{BASE}optim_conf: {{lr: [1e-4, 1e-3], modules: [encoder.layers]}}\nscheduler: warmuplr\n"
    schedule = config(f"{text}scheduler_conf: {{warmup_steps: [10, 20]}}\n", "steps=100")
    values = schedule.evaluate()
    assert [values["lr"][20], values["lr/encoder_layers"][10]] == pytest.approx([1e-3, 1e-4])
    (diagnostic,) = refused(f"{text}scheduler_conf: {{warmup_steps: [10]}}\n", "steps=100")
    assert "2 learning rates need as many `warmup_steps`, got 1" in diagnostic.message
    (diagnostic,) = refused(text.replace("[encoder.layers]", "[]"), "steps=100")
    assert "need 1 `modules`, got 0" in diagnostic.message


def test_what_is_missing(refused):
    (diagnostic,) = refused(BASE + WARMUP)
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set steps=1000`"
    (diagnostic,) = refused(BASE + "scheduler: warmuplr\nscheduler_conf: {}\noptim_conf: {eps: 1e-8}\n", "steps=9")
    assert diagnostic.help == "add `--set optim_conf.lr=1e-4`"


def test_with_a_save_interval_the_data_is_gone_through_once(config):
    schedule = config(f"{BASE}{WARMUP}save_interval: 20\n", "steps_per_epoch=50")
    assert schedule.steps == 50
    assert [each.message for each in schedule.run.reading.remarks] == [
        "`max_epoch` is ignored: with `save_interval` the data is gone through once"
    ]


def test_another_scheduler_is_refused(refused):
    (diagnostic,) = refused(BASE + WARMUP.replace("warmuplr", "steplr"), "steps=10")
    assert diagnostic.code == "undetermined"
