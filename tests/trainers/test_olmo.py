"""OLMo's YAML: values by the formulas of olmo/optim.py, computed by hand; update s has the counter s + 1."""

from math import cos, pi, sqrt

import pytest

CONFIG = """\
run_name: small
model: {d_model: 64, max_sequence_length: 1024}
optimizer: {name: adamw, learning_rate: 4e-4}
scheduler:
  name: cosine_with_warmup
  t_warmup: 100
  alpha_f: 0.1
max_duration: 1_000
global_train_batch_size: 8
"""


def test_the_counter_is_one_ahead_of_the_update(config):
    schedule = config(CONFIG)
    assert (schedule.run.reading.format, schedule.steps) == ("olmo", 1000)
    assert "10 updates more" in schedule.run.reading.derivation[-1]
    # From a tenth of the rate at n = 0; n = s + 1.
    assert [schedule(s) for s in (0, 49, 99)] == pytest.approx([0.436e-5 * 10, 4e-4 * 0.55, 4e-4])
    assert [schedule(s) for s in (549, 999)] == pytest.approx([4e-4 * 0.55, 4e-5])
    assert schedule(200) == pytest.approx(4e-5 + 3.6e-4 * (1 + cos(pi * 101 / 900)) / 2)


def test_a_decay_that_ends_before_the_run(config):
    schedule = config(CONFIG + "stop_at: 700\n", "scheduler.t_max=600", "scheduler.name=linear_with_warmup")
    assert schedule.steps == 700
    assert [schedule(s) for s in (349, 598, 599, 699)] == pytest.approx(
        [4e-4 * 0.55, 4e-4 - 3.6e-4 * 499 / 500, 4e-5, 4e-5]
    )


def test_times_in_tokens_need_not_be_whole_updates(config):
    text = CONFIG.replace("1_000", "1e6T").replace("  t_warmup: 100\n", "  units: tokens\n  t_warmup: 100_000\n")
    schedule = config(text + "stop_at: 130\n")
    # 8,192 tokens per update: the warmup ends at n = 12.2, the decay at 122.07.
    assert schedule.steps == 123
    peak, low = 4e-4, 4e-5
    assert schedule(11) == pytest.approx(low + (peak - low) * 12 * 8192 / 1e5)
    assert schedule(12) == pytest.approx(low + (peak - low) * (1 + cos(pi * (13 * 8192 - 1e5) / 9e5)) / 2)
    assert schedule(121) == pytest.approx(low + (peak - low) * (1 + cos(pi * (122 * 8192 - 1e5) / 9e5)) / 2)
    assert schedule(122) == pytest.approx(low)


def wave(n):
    return (1 + cos(pi * (n - 100) / 900)) / 2


@pytest.mark.parametrize(
    ("name", "n", "value"),
    [
        ("constant", 1, 4e-4),
        ("constant_with_warmup", 900, 4e-4),
        ("inverse_sqrt_with_warmup", 400, 4e-4 * sqrt(100 / 400)),
        ("max_scheduler", 200, 4e-5 + 3.6e-4 * wave(200)),
        ("max_scheduler", 950, 4e-4 * sqrt(100 / 950)),
        ("cosine_linear_envelope", 400, 4e-5 + 3.6e-4 * wave(400) * (1 - 300 / 900)),
        ("cosine_linear_envelope", 1000, 4e-5),
    ],
)
def test_the_other_schedulers(config, name, n, value):
    assert config(CONFIG, f"scheduler.name={name}")(n - 1) == pytest.approx(value)


def test_epochs_need_their_updates(config, refused):
    (diagnostic,) = refused(CONFIG.replace("1_000", "1ep"))
    assert diagnostic.help == "add `--set steps=1000`, or `--set steps_per_epoch=500`"
    assert config(CONFIG.replace("1_000", "2ep"), "steps_per_epoch=300").steps == 600
    assert config(CONFIG.replace("1_000", "1ep"), "steps=300").steps == 300


def test_a_duration_that_is_none(refused):
    assert refused(CONFIG.replace("1_000", "soon"))[0].span.line == 7


def test_a_warmup_from_the_peak_is_refused(refused):
    (diagnostic,) = refused(CONFIG.replace("alpha_f: 0.1", "warmup_min_lr: 5e-4"))
    assert diagnostic.span.line == 6


def test_tokens_need_the_length_of_an_example(config, refused):
    text = CONFIG.replace(", max_sequence_length: 1024", "")
    (diagnostic,) = refused(text.replace("1_000", "1e6T"))
    assert diagnostic.help == "add `--set sequence_length=2048`, or `--set steps=1000`"
    (diagnostic,) = refused(text.replace("t_warmup", "units: tokens\n  t_warmup"))
    assert diagnostic.help == "add `--set sequence_length=2048`"
    assert config(text.replace("1_000", "1e6T"), "sequence_length=1024").steps == 123
