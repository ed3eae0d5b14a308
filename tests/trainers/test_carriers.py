"""Files of Weights & Biases: the arguments of a run, and nothing of who ran it and where."""

import pytest

CONFIG = """\
wandb_version: 1

_wandb:
  desc: null
  value:
    cli_version: 0.16.1
    e: {host: secret-host, email: alice@example.org}
learning_rate:
  desc: null
  value: 2e-5
lr_scheduler_type:
  desc: null
  value: linear
max_steps:
  desc: null
  value: 100
warmup_ratio:
  value: 0.1
transformers_version:
  desc: null
  value: 4.36.2
"""
METADATA = """{"os": "Linux", "args": ["--learning_rate", "RATE", "--max_steps=100", "--lr_scheduler_type", "linear"],
"program": "/home/alice/train.py", "host": "secret-host", "username": "alice", "email": "alice@example.org"}"""


def test_the_values_of_a_config_are_read(config):
    schedule = config(CONFIG)
    assert schedule.run.reading.version == "4.36.2"
    assert [schedule(k) for k in (5, 10, 55)] == pytest.approx([1e-5, 2e-5, 1e-5])


def test_the_command_line_of_a_run_is_read(config):
    schedule = config(METADATA.replace("RATE", "2e-5"), name="wandb-metadata.json")
    assert schedule(50) == pytest.approx(1e-5)


def test_a_message_names_nobody(refused):
    (diagnostic,) = refused(METADATA.replace("RATE", "high"), name="wandb-metadata.json")
    assert (diagnostic.span.path, diagnostic.span.line, diagnostic.span.source.text) == ("args[1]", None, "")


def test_a_key_with_dashes_among_other_keys_is_no_flag(refused):
    text = """{"run_name": "a", "epochs": 9, "print_step": 5, "lr": 0.001, "lr_scheduler": "ExponentialLR",
"lr_scheduler_params": {"gamma": 0.9, "--gammas": 1}, "scheduler_after_epoch": true, "optimizer_params": {}}"""
    (diagnostic,) = refused(text, name="config.json")
    assert (diagnostic.code, "`--gammas`" in diagnostic.message, diagnostic.span.column) == ("unknown-field", True, 38)
