"""DINOv2's YAML: values by dinov2/utils/utils.py, CosineScheduler, computed with numpy as there."""

import numpy as np
import pytest

CONFIG = """\
dino: {head_n_prototypes: 1024}
train: {batch_size_per_gpu: 32, OFFICIAL_EPOCH_LENGTH: 10}
optim: {epochs: 10, base_lr: 1e-3, warmup_epochs: 2, min_lr: 1e-5}
"""


def program(rate, warmup, total):
    rising = np.linspace(0, rate, warmup)
    iters = np.arange(total - warmup)
    return np.concatenate([rising, 1e-5 + 0.5 * (rate - 1e-5) * (1 + np.cos(np.pi * iters / len(iters)))])


def test_the_rate_grows_with_the_root_of_the_batch(config):
    schedule = config(CONFIG, "devices=8")
    assert (schedule.run.reading.format, schedule.steps) == ("dinov2", 100)
    assert schedule.lr == pytest.approx(program(5e-4, 20, 100))  # √(256 / 1024) = 0.5
    decay = 0.4 + 0.5 * (0.04 - 0.4) * (1 + np.cos(np.pi * np.arange(100) / 100))
    assert schedule.evaluate()["weight_decay"] == pytest.approx(decay)


def test_the_processes_are_missing_unless_the_program_wrote_the_rate(config, refused):
    assert refused(CONFIG)[0].help == "add `--set devices=8`"
    schedule = config(CONFIG.replace("base_lr", "lr: 2e-3, base_lr"))
    assert schedule.lr == pytest.approx(program(2e-3, 20, 100))
    assert schedule.run.reading.remarks[0].code == "ignored-key"


@pytest.mark.parametrize(("epochs", "updates"), [(0, 10), (1, 1)])
def test_hardly_any_warmup(config, epochs, updates):
    text = CONFIG.replace("warmup_epochs: 2", f"warmup_epochs: {epochs}").replace("LENGTH: 10", f"LENGTH: {updates}")
    schedule = config(text, "devices=8")
    assert schedule.lr == pytest.approx(program(5e-4, epochs * updates, 10 * updates))


def test_what_is_refused(refused):
    assert refused(CONFIG.replace("warmup_epochs: 2", "warmup_epochs: 11"), "devices=8")[0].span.line == 2
    assert refused(CONFIG.replace("epochs: 10", "epochs: 10, scaling_rule: mine"), "devices=8")[0].span.line == 2


def test_a_config_of_little_more_than_a_batch(config):
    text = "train: {dataset_path: 'ImageNet:split=TRAIN', batch_size_per_gpu: 64}\nstudent: {block_chunks: 4}\n"
    schedule = config(text, "devices=16")
    assert (schedule.steps, schedule.lr.max()) == (125_000, pytest.approx(0.004))
