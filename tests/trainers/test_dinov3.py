"""DINOv3's YAML: values by dinov3/train/cosine_lr_scheduler.py, computed with numpy as there."""

import numpy as np
import pytest

SECTIONS = """\
train: {batch_size_per_gpu: 32, OFFICIAL_EPOCH_LENGTH: 10}
student: {n_storage_tokens: 4}
optim: {epochs: 10, lr: null, scaling_rule: sqrt_wrt_1024}
schedules:
  lr: {start: 1e-4, peak: 1e-3, end: 1e-5, warmup_epochs: 2}
  weight_decay: {start: 0.1, peak: 0.2, end: 0.4, warmup_epochs: 1, cosine_epochs: 3}
"""
OPTIM = """\
train: {batch_size_per_gpu: 32, OFFICIAL_EPOCH_LENGTH: 10}
student: {n_storage_tokens: 4}
optim: {epochs: 10, lr: 1e-3, warmup_epochs: 2, min_lr: 1e-5, schedule_trunc_extra: 0.0}
"""


def linear_warmup_cosine_decay(start, peak, end, warmup, total, cosine=None):
    cosine = total - warmup if cosine is None else cosine
    falling = (peak - end) * (np.cos(np.linspace(0, np.pi, cosine)) + 1) / 2 + end
    rising = np.linspace(start, peak, warmup, endpoint=False)
    return np.concatenate([rising, falling, np.full(total - cosine - warmup, end)])


def cosine_scheduler(base, final, total, warmup=0, extra=0.0):
    rising, count = np.linspace(0, base, warmup), total - warmup
    if not extra:
        falling = final + 0.5 * (base - final) * (1 + np.cos(np.pi * np.arange(count) / count))
        return np.concatenate([rising, falling])
    shape = (np.cos(np.linspace(0, np.pi, int((1 + extra) * count))[:count]) + 1) / 2
    shape = (shape - shape[-1]) / (1 - shape[-1])
    return np.concatenate([rising, shape * (base - final) + final])


def test_schedules_of_their_own_sections(config):
    schedule = config(SECTIONS, "devices=8")
    assert (schedule.run.reading.format, schedule.steps) == ("dinov3", 100)
    # 4 · √(32 · 8 / 1024) = 2, which leaves the start as it is
    assert schedule.lr == pytest.approx(linear_warmup_cosine_decay(1e-4, 2e-3, 2e-5, 20, 100))
    decay = linear_warmup_cosine_decay(0.1, 0.2, 0.4, 10, 100, 30)
    assert schedule.evaluate()["weight_decay"] == pytest.approx(decay)


def test_a_cosine_that_climbs_and_none_at_all(config):
    text = SECTIONS.replace(
        "peak: 1e-3, end: 1e-5, warmup_epochs: 2", "peak: 0, end: 1e-3, warmup_epochs: 0, cosine_epochs: 4"
    )
    assert config(text, "devices=8").lr == pytest.approx(linear_warmup_cosine_decay(0, 0, 2e-3, 0, 100, 40))
    text = SECTIONS.replace(
        "peak: 1e-3, end: 1e-5, warmup_epochs: 2", "peak: 1e-3, end: 1e-5, warmup_epochs: 2, cosine_epochs: 0"
    )
    assert config(text, "devices=8").lr == pytest.approx(linear_warmup_cosine_decay(1e-4, 2e-3, 2e-5, 20, 100, 0))
    text = text.replace("LENGTH: 10", "LENGTH: 1").replace("cosine_epochs: 0", "cosine_epochs: 1")
    assert config(text, "devices=8").lr == pytest.approx(linear_warmup_cosine_decay(1e-4, 2e-3, 2e-5, 2, 10, 1))


@pytest.mark.parametrize("extra", [0.0, 0.25])
def test_the_schedule_of_dinov2_with_a_rate_that_is_always_scaled(config, extra):
    schedule = config(OPTIM.replace("extra: 0.0", f"extra: {extra}"), "devices=8")
    assert schedule.lr == pytest.approx(cosine_scheduler(2e-3, 1e-5, 100, 20, extra))
    assert schedule.evaluate()["weight_decay"] == pytest.approx(cosine_scheduler(0.04, 0.4, 100, 0, extra))


def test_other_rules_of_scaling(config, refused):
    assert (
        config(OPTIM.replace("epochs: 10,", "epochs: 10, scaling_rule: linear_wrt_256,"), "devices=16").lr.max() == 2e-3
    )
    assert config(OPTIM.replace("epochs: 10,", "epochs: 10, scaling_rule: none,")).lr.max() == 1e-3
    assert refused(OPTIM)[0].help == "add `--set devices=8`"


def test_parts_that_are_longer_than_the_run(refused):
    (diagnostic,) = refused(
        SECTIONS.replace("end: 1e-5, warmup_epochs: 2", "end: 1e-5, warmup_epochs: 11"), "devices=8"
    )
    assert (diagnostic.message[:14], diagnostic.span.line) == ("AssertionError", 4)
    assert refused(OPTIM.replace("warmup_epochs: 2", "warmup_epochs: 11"), "devices=8")[0].span.line == 2
