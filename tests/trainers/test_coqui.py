"""Coqui's config.json: values by torch's formulas and the trainer's NoamLR, by hand."""

import json

import pytest

PAIR = {
    "run_name": "vits",
    "epochs": 100,
    "print_step": 25,
    "scheduler_after_epoch": True,
    "lr": 0.001,
    "lr_gen": 2e-4,
    "lr_disc": 1e-4,
    "optimizer_params": {"weight_decay": 0.01},
    "lr_scheduler_gen": "ExponentialLR",
    "lr_scheduler_gen_params": {"gamma": 0.99, "last_epoch": -1},
    "lr_scheduler_disc": "StepLR",
    "lr_scheduler_disc_params": {"gamma": 0.5, "step_size": 10},
}
SINGLE = {
    "run_name": "tacotron",
    "epochs": 100,
    "print_step": 25,
    "grad_clip": 1.0,
    "scheduler_after_epoch": False,
    "lr": 1e-3,
    "lr_scheduler": "NoamLR",
    "lr_scheduler_params": {"warmup_steps": 50},
}


def load(config, content, *settings, **changes):
    return config(json.dumps(content | changes, indent=1), *settings, name="config.json")


def test_a_generator_and_its_discriminator(config):
    schedule = load(config, PAIR)
    assert (schedule.run.reading.format, schedule.steps) == ("coqui", 100)
    at = schedule.at(20)
    assert [at[name] for name in ("lr", "lr/discriminator")] == pytest.approx([2e-4 * 0.99**20, 2.5e-5])
    assert at["weight_decay"] == 0.01
    assert schedule.run.reading.remarks[0].code == "ignored-key"
    assert load(config, PAIR, "steps_per_epoch=7")(20) == pytest.approx(2e-4 * 0.99**2)


def test_each_update_is_a_step(config, refused):
    assert load(refused, SINGLE)[0].help == "add `--set steps_per_epoch=500`, or `--set steps=1000`"
    schedule = load(config, SINGLE, "steps_per_epoch=2")
    noam = [1e-3 * 50**0.5 * min(max(s, 1) * 50**-1.5, max(s, 1) ** -0.5) for s in range(200)]
    assert schedule.lr.tolist() == pytest.approx(noam)
    assert load(config, SINGLE, "steps=60").lr.tolist() == pytest.approx(noam[:60])
    by_epoch = load(config, SINGLE, "steps_per_epoch=2", scheduler_after_epoch=True)
    assert by_epoch.lr[::2].tolist() == pytest.approx(noam[:100])
    assert load(config, SINGLE, scheduler_after_epoch=True).lr.tolist() == pytest.approx(noam[:100])


def test_a_constant_learning_rate(config):
    schedule = load(config, SINGLE, lr_scheduler=None)
    assert (schedule.steps, set(schedule.lr)) == (100, {1e-3})
    assert load(config, SINGLE, "steps=7", lr_scheduler=None).steps == 7


def test_what_is_missing(refused):
    without = {key: value for key, value in SINGLE.items() if key != "lr_scheduler"}
    (diagnostic,) = load(refused, without)
    assert (diagnostic.code, diagnostic.help[:27]) == ("missing-fact", "add `--set lr_scheduler=Exp")
    assert load(refused, SINGLE, lr=None)[0].help == "add `--set lr=1e-4`, or `--set lr_gen=1e-4`"
    assert load(refused, PAIR, epochs=None)[0].help == "add `--set epochs=3`"
    assert load(refused, PAIR, "steps=100")[0].help == "add `--set steps_per_epoch=500`"
    assert load(refused, PAIR, lr_scheduler_gen="MyLR")[0].code == "unknown-scheduler"
