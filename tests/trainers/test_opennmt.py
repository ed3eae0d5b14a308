"""OpenNMT-py's options: values by onmt/utils/optimizers.py, written in its order; its steps count from 1."""

from math import sqrt

import pytest

OPTIONS = """\
src_vocab: vocab.src
train_steps: 400
accum_count: [2]
gpu_ranks: [0]
hidden_size: 64
optim: adam
adam_beta2: 0.998
learning_rate: 2
decay_method: noam
warmup_steps: 50
"""


def method(name, more=""):
    return OPTIONS.replace("noam\n", f"{name}\n{more}")


def exponential(step, rate, decay_steps, start_step):
    return rate ** (max(step - start_step + decay_steps, 0) // decay_steps)


def noam(step):
    return 64**-0.5 * min(step**-0.5, step * 50**-1.5)


def test_noam(config):
    schedule = config(OPTIONS)
    assert (schedule.run.reading.format, schedule.steps) == ("opennmt", 400)
    assert schedule.lr.tolist() == pytest.approx([2 * noam(step) for step in range(1, 401)])
    assert schedule.at(0)["beta2"] == 0.998
    flags = " ".join(f"-{line.replace(':', '')}" for line in OPTIONS.replace("[", "").replace("]", "").splitlines())
    assert config(f"onmt_train {flags}\n", name="a.sh").lr.tolist() == schedule.lr.tolist()
    assert config(OPTIONS.replace("hidden_size", "rnn_size")).lr.tolist() == schedule.lr.tolist()
    assert config(OPTIONS, "steps=60").steps == 60


def test_noam_with_drops(config):
    text = method("noamwd", "start_decay_steps: 100\ndecay_steps: 30\nlearning_rate_decay: 0.7\n")
    expected = [2 * noam(step) * exponential(step, 0.7, 30, 100) for step in range(1, 401)]
    assert config(text).lr.tolist() == pytest.approx(expected)


@pytest.mark.parametrize("warmup", [0, 1, 50])
def test_the_reciprocal_of_the_root(config, warmup):
    schedule = config(method("rsqrt").replace("warmup_steps: 50", f"warmup_steps: {warmup}"))
    assert schedule.lr.tolist() == pytest.approx([2 / sqrt(max(step, warmup)) for step in range(1, 401)])


@pytest.mark.parametrize("start", [0, 1, 2, 100, 500])
def test_drops_without_a_method(config, start):
    text = method("none", f"start_decay_steps: {start}\ndecay_steps: 30\nlearning_rate_decay: 0.7\n")
    expected = [2 * exponential(step, 0.7, 30, start) for step in range(1, 401)]
    assert config(text).lr.tolist() == pytest.approx(expected)


def test_a_warmup_that_does_nothing(config):
    schedule = config(method("none"))
    (remark,) = schedule.run.reading.remarks
    assert (remark.code, remark.span.line, set(schedule.lr)) == ("ignored-key", 9, {2.0})
    longer = config(method("none"), "steps=60000")
    assert [longer(k) for k in (49_998, 49_999, 59_998, 59_999)] == [2, 1, 1, 0.5]  # defaults: from 50,000 on


def test_what_is_missing_or_fails(refused):
    assert refused(OPTIONS.replace("hidden_size: 64", ""))[0].help == "add `--set hidden_size=512`"
    assert refused(OPTIONS.replace("steps: 50", "steps: 0"))[0].message.startswith("ZeroDivisionError")
    assert refused(method("cosine"))[0].span.line == 8
