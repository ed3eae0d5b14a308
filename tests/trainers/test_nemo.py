"""NeMo's YAML: every value by the formulas of nemo/core/optim/lr_scheduler.py, written in their order."""

from math import ceil, cos, pi

import pytest

W, M, LR, LOW = 20, 200, 0.01, 1e-4
CONFIG = """\
model:
  train_ds: {batch_size: 8}
  optim:
    name: adamw
    lr: 0.01
    sched:
      name: CosineAnnealing
      warmup_steps: 20
      min_lr: 1e-4
trainer: {max_steps: 200, max_epochs: -1}
"""


def named(name, more=""):
    return CONFIG.replace("CosineAnnealing", name + more)


def trace(formula, steps=M, hold=0):
    rates = []
    for s in range(steps):
        if s <= W:
            rates.append(LR * (s + 1) / (W + 1))
        elif s < hold:
            rates.append(LR)
        else:
            rates.append(formula(s) if s <= M else LOW)
    return rates


FORMULAS = {
    "CosineAnnealing": lambda s: (LR - LOW) * 0.5 * (1 + cos(pi * (s - W) / (M - W))) + LOW,
    "WarmupAnnealing": lambda s: LOW + (1 - (s - W) / (M - W)) * (LR - LOW),
    "InverseSquareRootAnnealing": lambda s: LR / ((s + 1) / (W + 1)) ** 0.5,
    "SquareAnnealing": lambda s: max(LR * ((M - s) / (M - W)) ** 2, LOW),
    "SquareRootAnnealing": lambda s: max(LR * ((M - s) / M) ** 0.5, LOW),
    "PolynomialDecayAnnealing": lambda s: (LR - LOW) * (1 - min(s - W, M - W) / (M - W)) + LOW,
    "PolynomialHoldDecayAnnealing": lambda s: (LR - LOW) * (1 - min(s, M - W) / (M - W)) + LOW,
    "NoamHoldAnnealing": lambda s: max(LR * W**0.5 / max(1, s**0.5), LOW),
    "WarmupPolicy": lambda s: LR,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_every_value_is_that_of_the_program(config, name):
    schedule = config(named(name))
    assert (schedule.run.reading.format, schedule.steps) == ("nemo", M)
    assert schedule.lr.tolist() == pytest.approx(trace(FORMULAS[name]))
    longer = config(named(name), "steps=260")
    assert longer.lr.tolist() == pytest.approx(trace(FORMULAS[name], 260))


def test_parts_at_the_peak(config):
    top = W + 50
    schedule = config(named("PolynomialHoldDecayAnnealing", "\n      hold_steps: 50\n      power: 2"))
    poly = trace(lambda s: (LR - LOW) * (1 - (s - top) / (M - top)) ** 2 + LOW, hold=top)
    assert schedule.lr.tolist() == pytest.approx(poly)
    schedule = config(named("NoamHoldAnnealing", "\n      hold_ratio: 0.25\n      decay_rate: 1.0"))
    assert schedule.lr.tolist() == pytest.approx(trace(lambda s: max(LR * W / (s - 50), LOW), hold=top))


def test_a_polynomial_that_starts_again(config):
    schedule = config(named("PolynomialDecayAnnealing", "\n      cycle: true"), "trainer.max_steps=80")
    span = 60 * max(1, ceil((50 - W) / 60))
    assert schedule(50) == pytest.approx((LR - LOW) * (1 - (50 - W) / span) + LOW)


def test_a_constant_part_after_the_cosine(config):
    schedule = config(named("CosineAnnealing", "\n      constant_steps: 40"))
    values = [0, LR / 2, LR, LOW + (LR - LOW) / 2, LOW, LOW]
    assert [schedule(s) for s in (0, 10, 20, 90, 160, 199)] == pytest.approx(values)


def test_the_rate_of_noam_is_a_factor(config, refused):
    text = named("NoamAnnealing", "\n      d_model: ${model.width}").replace("model:\n", "model:\n  width: 64\n")
    schedule = config(text)
    expected = []
    for s in range(M):
        n = max(1, s)
        rate = LR * 64**-0.5 * min(n**-0.5, n * W**-1.5)
        expected.append(max(rate, LOW) if n > W else rate)
    assert schedule.lr.tolist() == pytest.approx(expected)
    assert config(text, "steps=15").lr.tolist() == pytest.approx(expected[:15])
    without = text.replace("warmup_steps: 20", "warmup_steps: 0")
    assert config(without)(100) == pytest.approx(max(LR / 8 / 10, LOW))
    (diagnostic,) = refused(named("NoamAnnealing"))
    assert diagnostic.help == "add `d_model: 1000` (the model's width)"


def test_a_share_is_rounded_down(config, refused):
    text = CONFIG.replace("warmup_steps: 20", "warmup_ratio: 0.1025")
    assert config(text).lr.tolist() == config(CONFIG).lr.tolist()
    (diagnostic,) = refused(text.replace("min_lr", "warmup_steps: 3\n      min_lr"))
    assert (diagnostic.help, diagnostic.span.line) == ("remove one of them", 7)


def test_the_trainer_s_end_comes_before_the_schedule_s(config):
    text = CONFIG.replace("min_lr", "max_steps: 100\n      min_lr")
    assert config(text).lr.tolist() == config(CONFIG).lr.tolist()
    text = text.replace("max_steps: 200", "max_steps: -1")
    assert config(text, "steps=120").lr[[100, 119]] == pytest.approx(LOW)


def test_the_length(config, refused):
    text = CONFIG.replace("max_steps: 200, max_epochs: -1", "max_steps: -1, max_epochs: 2, accumulate_grad_batches: 2")
    assert refused(text)[0].code == "missing-fact"
    assert config(text, "dataset_size=1601", "devices=2").steps == 2 * 51  # ceil(ceil(801 / 8) / 2)
    assert config(text, "steps_per_epoch=30").steps == 60
    assert config(text, "steps=70").steps == 70
    assert config(text.replace("min_lr", "max_steps: 150\n      min_lr")).steps == 150
    assert refused(text, "dataset_size=10")[0].help == "add `--set devices=8`"
    (diagnostic,) = refused(CONFIG.replace("lr: 0.01", "lr: ???"))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 4)


def test_schedules_of_torch_and_none(config, refused):
    text = CONFIG.replace("warmup_steps: 20\n      min_lr: 1e-4", "step_size: 50\n      monitor: loss")
    assert config(text.replace("CosineAnnealing", "StepLR"))(50) == pytest.approx(1e-3)
    assert config(text.replace("sched:", "unused:"))(50) == pytest.approx(1e-2)
    assert refused(named("MyAnnealing"))[0].span.line == 6
    assert "raises at update 21: ValueError" in refused(CONFIG.replace("1e-4", "1"))[0].message
    assert refused(named("NoamHoldAnnealing").replace("steps: 20\n", "steps: 0\n"))[0].help == "add `warmup_steps: 100`"


def test_an_exponential_decay_is_stepped_once_an_epoch(config, refused):
    text = CONFIG.replace("warmup_steps: 20\n      min_lr: 1e-4", "gamma: 0.5").replace(
        "CosineAnnealing", "ExponentialLR"
    )
    assert [config(text, "steps_per_epoch=50")(s) for s in (49, 50, 149, 150)] == pytest.approx(
        [0.01, 0.005, 0.0025, 0.00125]
    )
    assert refused(text)[0].help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000 --set devices=8`"


def test_an_argument_that_the_schedule_does_not_have(refused):
    (diagnostic,) = refused(named("CosineAnnealing", "\n      hold_steps: 5"))
    assert (diagnostic.code, diagnostic.span.line) == ("unknown-field", 7)
