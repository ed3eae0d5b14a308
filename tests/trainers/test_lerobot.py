"""LeRobot's train_config.json: values by lerobot/optim/schedulers.py, in its own order."""

import json
from math import cos, pi

import pytest

COSINE = {
    "type": "cosine_decay_with_warmup",
    "num_warmup_steps": 10,
    "num_decay_steps": 100,
    "peak_lr": 1e-4,
    "decay_lr": 1e-5,
}


def text(scheduler, steps=150, **more):
    base = {"policy": {"type": "pi0"}, "dataset": {"repo_id": "a/b"}, "batch_size": 8, "steps": steps}
    return json.dumps({**base, "optimizer": {"type": "adamw", "lr": 2e-4}, "scheduler": scheduler, **more}, indent=1)


def rate(s, warmup, decay):
    if s < warmup:
        return 2e-4 * ((1 / (warmup + 1) - 1) * (1 - s / warmup) + 1)
    return 2e-4 * (0.9 * 0.5 * (1 + cos(pi * min(s, decay) / decay)) + 0.1)


def load(config, *arguments, format="", **keywords):
    return config(text(*arguments, **keywords), "devices=2", name="train_config.json", format=format)


def test_the_cosine_counts_from_0(config):
    schedule = load(config, COSINE)
    assert (schedule.run.reading.format, schedule.steps) == ("lerobot", 150)
    assert schedule.lr.tolist() == pytest.approx([rate(s, 10, 100) for s in range(150)])


def test_a_decay_longer_than_the_run_is_shortened(config):
    schedule = load(config, COSINE, steps=50)
    assert schedule.lr.tolist() == pytest.approx([rate(s, 5, 50) for s in range(50)])
    before = load(config, COSINE, steps=50, format="lerobot@0.3")
    assert before.lr.tolist() == pytest.approx([rate(s, 10, 100) for s in range(50)])


def test_the_other_schedulers(config):
    schedule = load(config, {"type": "diffuser", "name": "cosine", "num_warmup_steps": 50})
    assert [schedule(s) for s in (25, 50, 100)] == pytest.approx([1e-4, 2e-4, 1e-4])
    schedule = load(config, {"type": "vqbet", "num_warmup_steps": 10, "num_vqvae_training_steps": 40})
    assert [schedule(s) for s in (0, 39, 40, 45, 50)] == pytest.approx([2e-4, 2e-4, 0, 1e-4, 2e-4])
    assert schedule(120) == pytest.approx(2e-4 * (1 + cos(pi * 70 / 140)) / 2)
    assert load(config, None)(149) == pytest.approx(2e-4)


def test_a_backbone_has_a_rate_of_its_own(config):
    schedule = load(config, None, policy={"type": "act", "optimizer_lr": 2e-4, "optimizer_lr_backbone": 1e-5})
    assert schedule.evaluate()["lr/backbone"][0] == 1e-5


def test_what_is_missing(refused):
    (diagnostic,) = refused(text(COSINE, optimizer=None), name="a.json")
    assert diagnostic.help == "add `--set optimizer.lr=1e-4`"
    (diagnostic,) = refused(text({"type": "cosine_decay_with_warmup"}), name="a.json")
    assert diagnostic.code == "missing-field"
