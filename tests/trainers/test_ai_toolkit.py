"""ai-toolkit's jobs: values by toolkit/scheduler.py, which hands torch's schedulers the run's length."""

from math import cos, pi

import pytest

CONFIG = """\
job: extension
config:
  process:
  - type: sd_trainer
    train:
      steps: 1000
      lr: 1e-3
      noise_scheduler: flowmatch
      lr_scheduler: cosine
"""


def named(name, params="{}"):
    return CONFIG.replace("cosine", f"{name}\n      lr_scheduler_params: {params}")


def test_the_cosine_takes_the_whole_run(config):
    schedule = config(CONFIG)
    assert (schedule.run.reading.format, schedule.steps) == ("ai-toolkit", 1000)
    expected = [5e-4 * (1 + cos(pi * s / 1000)) for s in range(1000)]
    assert schedule.lr.tolist() == pytest.approx(expected)
    # a length of its own is replaced
    assert config(named("cosine", "{total_iters: 10}")).lr.tolist() == pytest.approx(expected)
    assert config(CONFIG, "steps=500")(250) == pytest.approx(5e-4)


@pytest.mark.parametrize(
    ("name", "params", "values"),
    [
        ("constant", "{}", (1e-3, 1e-3, 1e-3)),
        ("constant", "{factor: 0.5}", (5e-4, 5e-4, 5e-4)),
        ("constant_with_warmup", "{}", (0, 5e-4, 9.99e-4)),
        ("constant_with_warmup", "{num_warmup_steps: 500}", (0, 1e-3, 1e-3)),
        ("linear", "{}", (1e-3 / 3, 1e-3 * 2 / 3, 1e-3 * (1 / 3 + 2 / 3 * 0.999))),
        ("linear", "{start_factor: 1.0, end_factor: 0.1}", (1e-3, 5.5e-4, 1e-3 * (1 - 0.9 * 0.999))),
        ("cosine_with_restarts", "{eta_min: 1e-4}", (1e-3, 5.5e-4, 1e-4 + 4.5e-4 * (1 + cos(pi * 0.999)))),
    ],
)
def test_every_schedule(config, name, params, values):
    schedule = config(named(name, params))
    assert [schedule(s) for s in (0, 500, 999)] == pytest.approx(values)


def test_the_defaults(config):
    schedule = config(
        CONFIG.replace("      steps: 1000\n      lr: 1e-3\n", "").replace("      lr_scheduler: cosine\n", "")
    )
    assert (schedule.steps, set(schedule.lr)) == (1000, {1e-6})


def test_accumulated_batches_and_processes(config):
    accumulated = config(CONFIG + "      gradient_accumulation_steps: 4\n")
    assert accumulated.run.reading.derivation == ("a step is a batch; the optimizer moves every 4",)
    assert config(CONFIG, "devices=2")(250) == pytest.approx(5e-4)


def test_what_is_refused(refused):
    (diagnostic,) = refused(named("polynomial"))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 8)
    assert refused(CONFIG.replace("train:", "sample:") + "meta: {}\n")[0].code == "undetermined"
    two = CONFIG + CONFIG[CONFIG.index("  - type") :]
    assert refused(two)[0].span.line == 11
