"""detectron2's YAML: values by its build.py and fvcore's schedulers, computed by hand."""

from math import cos, pi

import pytest

CONFIG = """\
MODEL:
  META_ARCHITECTURE: GeneralizedRCNN
SOLVER:
  BASE_LR: 0.02
  STEPS: (6000, 8000)
  MAX_ITER: 9000
"""


def test_warmup_and_drops(config):
    schedule = config(CONFIG)
    assert (schedule.steps, schedule.at(0)["momentum"]) == (9000, 0.9)
    assert [schedule(k) for k in (0, 500, 1000)] == pytest.approx([2e-5, 0.02 * (0.001 + 0.999 / 2), 0.02])
    assert [schedule(k) for k in (5999, 6000, 8000)] == pytest.approx([0.02, 0.002, 0.0002])


def test_a_first_drop_within_the_warmup_lowers_its_peak(config):
    schedule = config(CONFIG.replace("(6000, 8000)", "[500]"))
    assert [schedule(k) for k in (0, 1000)] == pytest.approx([2e-5, 0.002])
    before = config(CONFIG.replace("(6000, 8000)", "[500]"), format="detectron2@0.3")
    assert [before(k) for k in (499, 500)] == pytest.approx([0.02 * 0.499501, 0.002 * 0.5005])


def test_a_run_shorter_than_its_warmup_is_one_ramp(config):
    schedule = config(CONFIG.replace("(6000, 8000)", "[]").replace("9000", "500"))
    assert schedule(250) == pytest.approx(0.02 * 0.5005)


def test_a_cosine(config):
    text = CONFIG + "  LR_SCHEDULER_NAME: WarmupCosineLR\n  BASE_LR_END: 2e-3\n"
    assert config(text)(4500) == pytest.approx(0.011)
    assert config(text, format="detectron2@0.2")(6000) == pytest.approx(0.02 * (1 + cos(pi * 2 / 3)) / 2)


def test_equal_drops(config):
    schedule = config(CONFIG + "  LR_SCHEDULER_NAME: WarmupStepWithFixedGammaLR\n  NUM_DECAYS: 2\n")
    assert [schedule(k) for k in (2999, 3000, 6000)] == pytest.approx([0.02, 0.002, 0.0002])


def test_deeplab_s_polynomial(config):
    text = CONFIG + "  LR_SCHEDULER_NAME: WarmupPolyLR\n  POLY_LR_CONSTANT_ENDING: 0.1\n"
    schedule = config(text)
    assert schedule.run.reading.derivation == ("the exponent of `WarmupPolyLR` is 0.9, DeepLab's default",)
    assert config(text + "  POLY_LR_POWER: 2\n")(4500) == pytest.approx(0.02 * 0.25)
    shares = [0.001, (0.001 + 0.999 / 2) * (1 - 500 / 9000) ** 0.9, 0.5**0.9, 0.1]
    assert [schedule(k) for k in (0, 500, 4500, 8990)] == pytest.approx([0.02 * each for each in shares])
    constant = config(text + "  WARMUP_METHOD: constant\n")
    assert [constant(k) for k in (0, 4500)] == pytest.approx([2e-5, 0.02 * 0.5**0.9])
    assert config(text + "  WARMUP_ITERS: 0\n")(0) == pytest.approx(0.02)


def test_deeplab_s_polynomial_takes_every_group_s_own_learning_rate(config):
    schedule = config(CONFIG + "  LR_SCHEDULER_NAME: WarmupPolyLR\n  WARMUP_ITERS: 0\n  BACKBONE_MULTIPLIER: 0.1\n")
    values = schedule.at(4500)
    assert (values["lr"], values["lr/backbone"]) == pytest.approx((0.02 * 0.5**0.9, 0.002 * 0.5**0.9))


def test_the_defaults_hold_for_what_is_not_there(config):
    schedule = config("MODEL:\n  META_ARCHITECTURE: RetinaNet\n  WEIGHTS: ''\nDATASETS:\n  TRAIN: ('a',)\n")
    assert (schedule.steps, schedule(1000), schedule(30_000)) == (40_000, pytest.approx(1e-3), pytest.approx(1e-4))


def test_biases_have_a_group_of_their_own_if_they_have_a_factor(config):
    values = config(CONFIG + "  BIAS_LR_FACTOR: 2.0\n").at(6000)
    assert (values["lr"], values["lr/bias"]) == (pytest.approx(0.002), pytest.approx(0.004))


def test_steps_after_the_end_are_ignored(config, refused):
    schedule = config(CONFIG.replace("(6000, 8000)", "(6000, 9500)"))
    assert schedule(8999) == pytest.approx(0.002)
    (remark,) = schedule.run.reading.remarks
    assert (remark.code, remark.span.line) == ("ignored-key", 4)
    (diagnostic,) = refused(CONFIG.replace("(6000, 8000)", "(6000, 9000)"))
    assert diagnostic.span.line == 4


def test_another_number_of_processes(config, refused):
    text = CONFIG + "  REFERENCE_WORLD_SIZE: 8\n"
    schedule = config(text, "devices=2")
    assert (schedule.steps, schedule(4000), schedule(24_000)) == (
        36_000,
        pytest.approx(0.005),
        pytest.approx(0.0005),
    )
    (diagnostic,) = refused(text)
    assert diagnostic.help == "add `--set devices=8`"


def test_the_file_below(config, refused):
    text = "_BASE_: Base.yaml\nSOLVER:\n  MAX_ITER: 270000\n"
    (diagnostic,) = refused(text)
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 0)
    assert config(text, files={"Base.yaml": CONFIG}).steps == 270_000
    assert refused(text, files={"Base.yaml": "- 1\n"})[0].code == "bad-type"


@pytest.mark.parametrize("version", ["", "detectron2@0.3"])
def test_a_project_s_own_schedule_is_refused(refused, version):
    (diagnostic,) = refused(CONFIG + "  LR_SCHEDULER_NAME: WarmupTwoStageLR\n", format=version)
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 6)


def test_steps_that_are_no_numbers(refused):
    assert refused(CONFIG.replace("(6000, 8000)", "(a, 8000)"))[0].code == "bad-type"
    assert refused(CONFIG.replace("(6000, 8000)", "{a: 1}"))[0].code == "bad-type"


def test_tags_that_do_not_matter_are_passed_over(config, refused):
    tag = '!!python/object/apply:eval ["[32 * x for x in range(3)]"]'
    text = f"{CONFIG}INPUT:\n  MIN_SIZE_TRAIN: {tag}\n"
    assert config(text)(1000) == pytest.approx(0.02)
    assert (
        config("_BASE_: Base.yaml\nSOLVER:\n  BASE_LR: 0.1\n  MAX_ITER: 8500\n", files={"Base.yaml": text}).steps
        == 8500
    )
    (diagnostic,) = refused(CONFIG.replace("0.02", tag))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 3)
    assert refused("a: !foo 1\nb: 2\n")[0].code == "tag"


def test_groups_with_their_own_learning_rate_or_weight_decay(config):
    text = CONFIG + "  WEIGHT_DECAY: 1e-4\n  BIAS_LR_FACTOR: 2.0\n  WEIGHT_DECAY_BIAS: 0\n  WEIGHT_DECAY_NORM: 0.0\n"
    values = config(text + "  BACKBONE_MULTIPLIER: 0.1\n").at(6000)
    assert values == pytest.approx(
        {
            "lr": 0.002,
            "momentum": 0.9,
            "weight_decay": 1e-4,
            "lr/bias": 0.004,
            "weight_decay/bias": 0,
            "lr/norm": 0.002,
            "weight_decay/norm": 0,
            "lr/backbone": 0.0002,
        }
    )
    assert not any("/" in name for name in config(CONFIG + "  BIAS_LR_FACTOR: 1.0\n  WEIGHT_DECAY_BIAS: 1e-4\n").tracks)


LAZY = """\
dataloader: {train: {total_batch_size: 16}}
lr_multiplier:
  _target_: detectron2.solver.WarmupParamScheduler
  scheduler:
    _target_: fvcore.common.param_scheduler.MultiStepParamScheduler
    milestones: [75000, 100000]
    values: [1.0, 0.1]
  warmup_factor: 0.001
  warmup_length: 0.1
  warmup_method: linear
model: {_target_: detrex.DINO}
optimizer:
  _target_: torch.optim.AdamW
  lr: 0.0001
  params: {_target_: detectron2.solver.get_default_optimizer_params, weight_decay_norm: 0.0}
  weight_decay: 0.0001
train: {max_iter: 10000}
"""


def test_the_file_that_a_lazy_config_s_run_writes(config, refused):
    schedule = config(LAZY)
    assert (schedule.run.reading.format, schedule.steps) == ("detectron2", 10_000)
    # fvcore's milestones are shares of their own last one unless `num_updates` is given.
    assert [schedule(k) for k in (0, 500, 1000)] == pytest.approx([1e-7, 1e-4 * 0.5005, 1e-4])
    assert [schedule(k) for k in (7499, 7500, 9999)] == pytest.approx([1e-4, 1e-5, 1e-5])
    assert refused(LAZY.replace("max_iter", "iterations"))[0].help == "add `--set steps=1000`"
    assert refused(LAZY.replace("  lr:", "  rate:"))[0].help == "add `--set optimizer.lr=1e-4`"


def test_a_lazy_config_is_refused_by_name(refused):
    text = """\
from ..common.coco_schedule import lr_multiplier_1x as lr_multiplier
from ..common.optim import AdamW as optimizer
from ..common.train import train
train.max_iter = 90000
optimizer.lr = 1e-4
"""
    for place in (text, text.replace("1_1x as", "").replace("..common.coco_schedule", ".schedule")):
        (diagnostic,) = refused(place, name="mask_rcnn.py")
        assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 0)
        assert "LazyConfig" in diagnostic.message
