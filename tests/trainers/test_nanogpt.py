"""nanoGPT's Python configs: values by get_lr of its train.py, computed by hand."""

from math import cos, pi

import pytest

CONFIG = """\
import time
out_dir = 'out'
eval_iters = 200
wandb_run_name = 'gpt' + str(time.time())
n_layer = 6
gradient_accumulation_steps = 5 * 8
learning_rate = 1e-3 # higher than usual
max_iters = 1_000
lr_decay_iters = max_iters
min_lr = learning_rate / 10
warmup_iters = int(0.1 * max_iters)
"""


def load(config, text=CONFIG, *settings, format=""):
    return config(text, *settings, name="train.py", format=format)


def test_warmup_and_cosine(config):
    schedule = load(config)
    assert schedule.steps == 1001
    assert schedule.run.reading.format == "nanogpt"
    shares = [0.1 + 0.9 * (1 + cos(pi * u)) / 2 for u in (0, 1 / 3, 899 / 900, 1)]
    assert [schedule(k) for k in (0, 50, 99)] == pytest.approx([1e-3 / 101, 51e-3 / 101, 100e-3 / 101])
    assert [schedule(k) for k in (100, 400, 999, 1000)] == pytest.approx([1e-3 * each for each in shares])


def test_the_warmup_of_2023_starts_at_zero(config):
    schedule = load(config, format="nanogpt@2023")
    assert [schedule(k) for k in (0, 50, 100)] == pytest.approx([0, 5e-4, 1e-3])


def test_the_defaults_are_those_of_train_py(config):
    schedule = load(config, "max_iters = 5000\nout_dir = 'x'\nn_layer = 6\neval_iters = 2\n")
    assert [schedule(k) for k in (1999, 2000)] == pytest.approx([6e-4 * 2000 / 2001, 6e-4])
    assert (schedule.steps, schedule.at(0)["beta2"]) == (5001, 0.95)


def test_a_constant_learning_rate(config):
    schedule = load(config, CONFIG + "decay_lr = False\n")
    assert [schedule(k) for k in (0, 1000)] == [1e-3, 1e-3]
    assert [each.span.line for each in schedule.run.reading.remarks] == [10, 8, 9]


def test_the_floor_holds_after_the_decay(config):
    schedule = load(config, CONFIG, "lr_decay_iters=500")
    assert [schedule(k) for k in (300, 500, 1000)] == pytest.approx([5.5e-4, 1e-4, 1e-4])


def test_a_decay_that_ends_within_the_warmup(config, refused):
    schedule = load(config, CONFIG, "lr_decay_iters=50")
    assert [schedule(k) for k in (99, 100)] == pytest.approx([100e-3 / 101, 1e-4])
    (diagnostic,) = load(refused, CONFIG, "lr_decay_iters=100")
    assert diagnostic.message.startswith("ZeroDivisionError")
    assert load(config, CONFIG, "lr_decay_iters=100", "max_iters=99").steps == 100


def test_a_value_that_only_the_program_knows_is_refused_at_its_place(refused):
    first, second = load(refused, CONFIG.replace("1e-3 #", "float(os.environ['LR']) #"))
    assert [(each.code, each.span.line) for each in (first, second)] == [("undetermined", 6), ("undetermined", 9)]
    assert "`float(os.environ['LR'])`" in first.message
