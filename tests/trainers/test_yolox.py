"""YOLOX's experiments: values by yolox/utils/lr_scheduler.py, written in its order."""

from math import cos, pi

import pytest

EXP = """\
import os
from yolox.exp import Exp as MyExp
PEAK = 0.01

class Exp(MyExp):
    def __init__(self):
        super(Exp, self).__init__()
        self.depth = 0.33
        self.width = 0.50
        self.exp_name = os.path.split(os.path.realpath(__file__))[1].split(".")[0]
        self.warmup_epochs = 2
        self.max_epoch = 10
        self.no_aug_epochs = self.warmup_epochs + 1
        self.basic_lr_per_img = PEAK / 64.0
"""
FACTS = ("batch_size=128", "steps_per_epoch=5")  # a rate of 0.02


def load(config, text=EXP, *settings):
    return config(text, *(settings or FACTS), name="exp.py")


def yoloxwarmcos(i, lr=0.02, total=50, warmup=10, start=0.0, flat=15, ratio=0.05):
    low = lr * ratio
    if i <= warmup:
        return (lr - start) * (i / warmup) ** 2 + start if warmup else lr
    if i >= total - flat:
        return low
    return low + 0.5 * (lr - low) * (1 + cos(pi * (i - warmup) / (total - warmup - flat)))


def with_line(line):
    return f"{EXP}        self.{line}\n"


def test_a_quadratic_warmup_a_cosine_and_the_floor(config):
    schedule = load(config)
    assert (schedule.run.reading.format, schedule.steps) == ("yolox", 50)
    assert schedule.lr.tolist() == pytest.approx([yoloxwarmcos(i) for i in range(50)])
    assert schedule.at(0)["momentum"] == 0.9


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("warmup_lr = 1e-3", {"start": 1e-3}),
        ("min_lr_ratio = 0.2", {"ratio": 0.2}),
        ("warmup_epochs = 0", {"warmup": 0}),
        ("no_aug_epochs = 8", {"flat": 40}),
        ("no_aug_epochs = 9", {"flat": 45}),
    ],
)
def test_other_lengths(config, line, changes):
    expected = [yoloxwarmcos(i, **changes) for i in range(50)]
    assert load(config, with_line(line)).lr.tolist() == pytest.approx(expected)


def test_other_schedules(config, refused):
    falling = [0.02 * 0.5 * (1 + cos(pi * i / 50)) for i in range(50)]
    assert load(config, with_line("scheduler = 'cos'")).lr.tolist() == pytest.approx([0, *falling[1:]])
    linear = [0.02 * i / 10 for i in range(10)] + [0.02 * 0.5 * (1 + cos(pi * i / 40)) for i in range(40)]
    assert load(config, with_line("scheduler = 'warmcos'")).lr.tolist() == pytest.approx(linear)
    assert load(refused, with_line("scheduler = 'multistep'"))[0].span.line == 14


def test_the_facts(config, refused):
    assert load(refused, EXP, "steps_per_epoch=5")[0].help == "add `--set batch_size=256`"
    assert (
        load(refused, EXP, "batch_size=64")[0].help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000`"
    )
    assert load(config, EXP, "batch_size=64", "dataset_size=300").steps == 50
    assert load(config, EXP, "batch_size=64", "dataset_size=300", "devices=8").steps == 50  # ceil(37 / 8)
    assert load(config, EXP, *FACTS, "max_epoch=20").steps == 100
    assert load(config, EXP, *FACTS, "steps=20").lr.tolist() == pytest.approx([yoloxwarmcos(i) for i in range(20)])


def test_an_experiment_with_a_schedule_of_its_own(refused):
    text = EXP + "\n    def get_lr_scheduler(self, lr, iters_per_epoch):\n        return MyScheduler(lr)\n"
    (diagnostic,) = load(refused, text)
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 15)
    (diagnostic,) = load(refused, with_line("max_epoch = int(os.environ['EPOCHS'])"))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 14)
