"""ESPnet's schedulers: values computed by hand, outlines, and errors."""

from math import sqrt

import pytest
from frameworks.outlines import outline

import lrplot


@pytest.fixture
def load(use):
    """Load one of ESPnet's schedulers, of 10 steps and a base of 1 by default."""
    return lambda name, steps=10, **arguments: use(f"espnet.{name}", steps=steps, **arguments)


def test_the_last_update_of_the_warmup_has_the_learning_rate(values):
    lr = values("WarmupLR", 16, warmup_steps=4)
    assert lr[:4] == pytest.approx([0.25, 0.5, 0.75, 1])
    assert lr[15] == pytest.approx(0.5)  # √(4/16)


def test_noam_scales_with_the_width_of_the_model(values):
    lr = values("NoamLR", 16, warmup_steps=4, model_size=100)
    assert lr[3] == pytest.approx(0.1 / sqrt(4))
    assert lr[15] == pytest.approx(0.1 / sqrt(16))


def test_epochs_of_the_drops_count_from_the_one_in_which_the_warmup_ends(values):
    lr = values("WarmupStepLR", 10, warmup_steps=5, steps_per_epoch=3, gamma=0.5)
    assert lr == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 0.5, 0.5, 0.5, 0.25, 0.25])  # epochs end at 3, 6 and 9


def test_the_decay_after_the_lines_starts_from_the_learning_rate(values):
    lr = values("PiecewiseLinearWarmupLR", 10, warmup_steps_list=[0, 2, 4], warmup_lr_list=[0.1, 0.3, 0.2])
    assert lr[:4] == pytest.approx([0.2, 0.3, 0.25, 0.2])
    assert lr[8] == pytest.approx(sqrt(4 / 9))


@pytest.mark.parametrize(
    ("steps", "rates", "message"), [([0, 4], [0.1], "not of the same length"), ([4, 0], [0, 1], "must ascend")]
)
def test_points_must_ascend_and_have_one_value_each(load, steps, rates, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load("PiecewiseLinearWarmupLR", warmup_steps_list=steps, warmup_lr_list=rates)


def test_three_stages_and_the_value_that_holds(values, load):
    lr = values("TristageLR", 14, max_steps=10, warmup_ratio=0.3, hold_ratio=0.3, decay_ratio=0.4, init_lr_scale=0.1)
    assert lr[:3] == pytest.approx([0.4, 0.7, 1])  # 0.1 + 0.3·n
    assert lr[3:6] == pytest.approx([1, 1, 1])
    assert lr[7] == pytest.approx(0.1)  # half of the way to 0.01
    assert lr[9:] == pytest.approx([0.01] * 5)


def test_shares_must_sum_to_one(load):
    with pytest.raises(lrplot.SpecError, match=r"must be 1\.0"):
        load("TristageLR", warmup_ratio=0.3, hold_ratio=0.3, decay_ratio=0.3)


def test_the_constant_part_has_the_optimizers_learning_rate(values):
    lr = values("ExponentialDecayWarmup", 8, max_lr=0.5, min_lr=0.005, total_steps=7, warmup_steps=3)
    assert lr[:4] == pytest.approx([0.5, 1, 1, 0.5])
    assert lr[5] == pytest.approx(0.05)
    assert lr[7] == pytest.approx(0.005)


def test_the_first_update_of_a_rise_from_zero_is_zero(values):
    arguments = {"max_lr": 0.5, "min_lr": 0.005, "total_steps": 8, "warmup_steps": 4, "warm_from_zero": True}
    assert values("ExponentialDecayWarmup", 5, **arguments) == pytest.approx([0, 0.25, 0.375, 0.5, 0.5])


def test_cycles_begin_at_the_least_value(values):
    lr = values("CosineAnnealingWarmupRestarts", 9, first_cycle_steps=6, warmup_steps=2, max_lr=1, min_lr=0, gamma=0.5)
    assert lr == pytest.approx([0, 0.5, 1, lr[3], 0.5, lr[5], 0, 0.25, 0.5])


def test_outline_of_the_tri_stage(load):
    schedule = load("TristageLR", 100, max_steps=100, warmup_ratio=0.1, hold_ratio=0.4, decay_ratio=0.5)
    assert outline(schedule)[:3] == [("warmup", 0, 9), ("hold", 9, 49), ("decay", 49, 99)]


def test_a_metric_is_refused(load):
    with pytest.raises(lrplot.SpecError, match="cannot be shown ahead of the run"):
        load("WarmupReduceLROnPlateau")


@pytest.mark.parametrize("module", ["espnet2.schedulers.warmup_lr", "espnet2.schedulers"])
def test_import_paths(values, module):
    schedule = {"_target_": f"{module}.WarmupLR", "warmup_steps": 4}
    schedule = lrplot.load({"steps": 10, "lr": 1.0, "schedule": schedule})
    assert schedule.lr.tolist() == values("WarmupLR", warmup_steps=4)
