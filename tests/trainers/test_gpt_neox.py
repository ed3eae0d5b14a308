"""GPT-NeoX's YAML: values by the formula of megatron/learning_rates.py, get_lr, in its own order."""

from math import cos, exp, pi

import pytest

CONFIG = """\
{ # small
  "train-iters": 1000, "lr-decay-iters": 800, "lr_decay_style": "cosine", "warmup": 0.0123,
  "optimizer": {"type": "Adam", "params": {"lr": 1e-3, "betas": [0.9, 0.95],}},
  "min_lr": 1e-4, "train_micro_batch_size_per_gpu": 4, "num-layers": 2,
}
"""


def rate(n, style, warmup, end, low):
    if warmup > 0 and n <= warmup:
        return 1e-3 * max(1, n) / warmup
    n, end = n - warmup, end - warmup
    value = {
        "linear": lambda: 1e-3 * (end - n) / end,
        "cosine": lambda: low + (1e-3 - low) / 2 * (cos(pi * n / end) + 1),
        "exponential": lambda: 1e-3 * exp(-0.693 * n / end),
        "constant": lambda: 1e-3,
    }[style]()
    return max(value, low)


@pytest.mark.parametrize("style", ["linear", "cosine", "exponential", "constant"])
@pytest.mark.parametrize(("share", "low"), [(0.0123, 1e-4), (0.01, 1e-4), (0.0, 0.0), (0.0005, 7e-4)])
def test_every_value_is_that_of_the_program(config, style, share, low):
    schedule = config(CONFIG, f"lr_decay_style={style}", f"warmup={share}", f"min_lr={low}")
    assert schedule.run.reading.format == "gpt-neox"
    expected = [rate(n, style, share * 800, 800, low) for n in range(1000)]
    assert schedule.lr.tolist() == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_share_of_the_run_rounds_down(config):
    text = CONFIG.replace('"lr-decay-iters": 800,', '"lr_decay_fraction": 0.5005,')
    assert config(text, "lr_decay_style=linear", "min_lr=0")(499) == pytest.approx(rate(499, "linear", 6.15, 500, 0))


def test_a_style_of_a_fork_is_refused(refused):
    (diagnostic,) = refused(CONFIG.replace("cosine", "infinite"))
    assert diagnostic.span.line == 1


def test_what_is_missing(refused):
    assert refused(CONFIG.replace('"lr": 1e-3,', ""))[0].code == "missing-fact"
    (diagnostic,) = refused(CONFIG.replace('"train-iters": 1000,', ""))
    assert diagnostic.help == "add `--set steps=1000`"


def test_a_warmup_as_long_as_the_decay_is_refused(refused):
    assert refused(CONFIG.replace("0.0123", "1.0"))[0].message == "ZeroDivisionError: float division by zero"
