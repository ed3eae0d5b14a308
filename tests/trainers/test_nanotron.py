"""nanotron's YAML: values by the formula of nanotron/helpers.py, lr_scheduler_builder, computed by hand."""

from math import cos, pi

import pytest

CONFIG = """\
optimizer:
  weight_decay: 0.01
  learning_rate_scheduler:
    learning_rate: 3e-4
    lr_warmup_steps: 10
    lr_decay_style: cosine
    min_decay_lr: 3e-5
parallelism: {dp: 2}
tokens: {train_steps: 110, micro_batch_size: 4, sequence_length: 256}
"""


def test_warmup_and_cosine(config):
    schedule = config(CONFIG)
    assert (schedule.run.reading.format, schedule.steps) == ("nanotron", 110)
    assert [schedule(s) for s in (0, 5, 10, 60)] == pytest.approx([0, 1.5e-4, 3e-4, 1.65e-4])
    assert schedule(109) == pytest.approx(3e-5 + 2.7e-4 * (1 + cos(pi * 99 / 100)) / 2)


def test_a_constant_part_and_a_root(config):
    keys = ("lr_decay_starting_step=60", "lr_decay_steps=40", "lr_decay_style=1-sqrt")
    at = "optimizer.learning_rate_scheduler."
    schedule = config(CONFIG, *(at + key for key in keys))
    assert [schedule(s) for s in (59, 70, 100, 109)] == pytest.approx([3e-4, 3e-5 + 2.7e-4 / 2, 3e-5, 3e-5])


def test_a_decay_that_begins_within_the_warmup(config):
    schedule = config(CONFIG.replace("cosine", "linear"), "optimizer.learning_rate_scheduler.lr_decay_starting_step=0")
    assert [schedule(s) for s in (10, 11, 55)] == pytest.approx([3e-4, 3e-4 - 2.7e-6 * 11, 3e-4 - 2.7e-6 * 55])


def test_without_a_warmup_the_first_update_has_0(config):
    schedule = config(CONFIG, "optimizer.learning_rate_scheduler.lr_warmup_steps=0", "tokens.train_steps=100")
    expected = [0, 3e-5 + 2.7e-4 * (1 + cos(pi * 1 / 100)) / 2]
    assert [schedule(s) for s in (0, 1)] == pytest.approx(expected)
    assert config(CONFIG.replace("lr_warmup_steps: 10", "lr_warmup_style: constant"))(0) == pytest.approx(3e-4)


def test_without_a_floor_there_is_no_decay(config):
    schedule = config(CONFIG.replace("    min_decay_lr: 3e-5\n", ""))
    assert schedule(109) == pytest.approx(3e-4)
    (remark,) = schedule.run.reading.remarks
    assert (remark.code, remark.severity, remark.span.line) == ("ignored-key", "warning", 3)


def test_nothing_but_a_rate_is_refused(refused):
    text = CONFIG.replace("lr_warmup_steps: 10", "lr_decay_steps: 0")
    assert refused(text)[0].message == "without warmup and decay, nanotron multiplies the learning rate by itself"
