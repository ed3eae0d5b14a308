"""torchtune's YAML: values by the formula of torchtune/training/lr_schedulers.py, computed by hand."""

from math import cos, pi

import pytest

CONFIG = """\
model: {_component_: torchtune.models.llama3.llama3_8b}
checkpointer: {_component_: torchtune.training.FullModelMetaCheckpointer}
optimizer:
  _component_: torch.optim.AdamW
  lr: 2e-5
lr_scheduler:
  _component_: torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup
  num_warmup_steps: 10
epochs: 2
max_steps_per_epoch: null
gradient_accumulation_steps: 1
"""


def test_cosine_over_all_epochs(config):
    schedule = config(CONFIG, "steps_per_epoch=55")
    assert (schedule.run.reading.format, schedule.steps) == ("torchtune", 110)
    assert [schedule(s) for s in (0, 5, 10, 60)] == pytest.approx([0, 1e-5, 2e-5, 1e-5])
    assert schedule(35) == pytest.approx(2e-5 * (1 + cos(pi / 4)) / 2)


def test_an_epoch_can_be_cut(config):
    text = CONFIG.replace("epoch: null", "epoch: 50")
    assert config(text, "steps_per_epoch=500").steps == 100
    schedule = config(text)
    assert schedule.steps == 100
    assert "at least the 50 updates" in schedule.run.reading.derivation[0]


def test_the_length_can_be_missing(config, refused):
    (diagnostic,) = refused(CONFIG)
    assert (diagnostic.code, diagnostic.help) == (
        "missing-fact",
        "add `--set steps=1000`, or `--set steps_per_epoch=500`",
    )
    assert config(CONFIG, "steps=110")(60) == pytest.approx(1e-5)


def test_without_a_scheduler_it_is_constant(config):
    text = CONFIG.replace("lr_scheduler:", "unused:")
    assert config(text, "steps=20").lr.tolist() == [2e-5] * 20


def test_a_component_of_torch(config):
    text = CONFIG.replace(
        "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup", "torch.optim.lr_scheduler.StepLR"
    )
    schedule = config(text.replace("num_warmup_steps: 10", "step_size: 10"), "steps=20")
    assert [schedule(s) for s in (9, 10)] == pytest.approx([2e-5, 2e-6])


def test_a_component_of_somebody_s_is_refused(refused):
    text = CONFIG.replace("torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup", "mine.schedule")
    (diagnostic,) = refused(text, "steps=20")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 6)
