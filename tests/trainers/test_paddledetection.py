"""PaddleDetection's configs: values by ppdet/optimizer/optimizer.py, which lists the value of every batch."""

from bisect import bisect_right
from math import cos, pi

import pytest

L = 10  # batches of an epoch
FACT = f"steps_per_epoch={L}"


def text(*schedulers, rate="0.01", epoch=12):
    lines = "\n".join(f"  - {each}" for each in schedulers)
    return f"""
architecture: YOLOv3
snapshot_epoch: 1
epoch: {epoch}
TrainDataset:
  !COCODataSet
    image_dir: train2017
LearningRate:
  base_lr: {rate}
  schedulers:
{lines}
OptimizerBuilder:
  optimizer: {{momentum: 0.9, type: Momentum}}
"""


WARMUP = "!LinearWarmup {start_factor: 0.1, steps: 30}"


def warmup(s, long, first=0.1):
    return 0.01 * (first * (1 - s / long) + s / long)


def looked_up(s, boundaries, values):
    return values[bisect_right(boundaries, s)]


def test_drops_after_a_warmup(config):
    schedule = config(text("!PiecewiseDecay {gamma: 0.1, milestones: [8, 11]}", WARMUP), FACT)
    assert (schedule.run.reading.format, schedule.steps) == ("paddledetection", 120)
    boundaries = [*range(1, 31), 8 * L, 11 * L]
    values = [*(warmup(i, 30) for i in range(31)), 0.01 * 0.1, 0.01 * 0.01]
    assert schedule.lr.tolist() == pytest.approx([looked_up(s, boundaries, values) for s in range(120)])


@pytest.mark.parametrize(
    ("gamma", "last"), [("0.5", 0.05), ("[0.5, 0.25]", 0.25), ("[0.5, 0.25, 0.125]", 0.125)]
)  # a single g stands for g, g/10 …; of too many values only the last counts
def test_factors(config, gamma, last):
    schedule = config(text(f"!PiecewiseDecay {{gamma: {gamma}, milestones: [3, 6]}}", WARMUP), FACT)
    assert [schedule(s) for s in (29, 30, 59)] == pytest.approx([warmup(29, 30), 0.01 * 0.5, 0.01 * 0.5])
    assert schedule(60) == pytest.approx(0.01 * last)


def test_a_cosine_counts_from_the_end_of_the_warmup(config):
    schedule = config(text("name: CosineDecay\n    max_epochs: 15", "name: LinearWarmup\n    epochs: 2"), FACT)
    values = [warmup(s, 20, 1 / 3) for s in range(20)]
    values += [0.01 * 0.5 * (cos((s - 20) * pi / 130) + 1) for s in range(20, 120)]
    assert schedule.lr.tolist() == pytest.approx(values)


def test_a_cosine_shorter_than_the_run_keeps_the_value_of_its_last_batch(config):
    schedule = config(text("!CosineDecay {max_epochs: 10}", WARMUP), FACT)
    assert [schedule(99), schedule(119)] == pytest.approx([0.01 * 0.5 * (cos(69 * pi / 70) + 1)] * 2)


def test_after_a_warmup_longer_than_the_cosine_the_rate_is_constant(config):
    schedule = config(text("!CosineDecay {max_epochs: 2}", WARMUP), FACT)
    assert [schedule(s) for s in (29, 30, 119)] == pytest.approx([warmup(29, 30), 0.01, 0.01])


def test_a_cosine_with_a_plateau_and_a_curved_warmup(config):
    decay = "!CosineDecay {max_epochs: 12, min_lr_ratio: 0.05, last_plateau_epochs: 2}"
    schedule = config(text(decay, "!ExpWarmup {epochs: 1}"), FACT)
    assert [schedule(s) for s in (0, 5, 9)] == pytest.approx([0, 0.01 * 0.25, 0.01 * 0.81])
    assert schedule(55) == pytest.approx(5e-4 + 9.5e-3 * 0.5 * (cos(45 * pi / 90) + 1))
    assert [schedule(s) for s in (100, 119)] == pytest.approx([5e-4, 5e-4])


@pytest.mark.parametrize(
    ("decay", "values"),
    [
        ("!PiecewiseDecay {use_warmup: false, milestones: [6], gamma: [0.5]}", [0.01, 0.01, 0.005]),
        ("!PiecewiseDecay {use_warmup: false, milestones: [6], values: [0.02, 0.03]}", [0.02, 0.02, 0.03]),
        ("!CosineDecay {use_warmup: false, max_epochs: 12}", [0.01, 0.01 * (1 + cos(59 * pi / 120)) / 2, 0.005]),
        (
            "!CosineDecay {use_warmup: false, max_epochs: 12, last_plateau_epochs: 2}",
            [0.01, 0.01 * (1 + cos(59 * pi / 100)) / 2, 0.01 * (1 + cos(0.6 * pi)) / 2],
        ),
    ],
)
def test_without_a_warmup(config, decay, values):
    schedule = config(text(decay), FACT)
    assert [schedule(s) for s in (0, 59, 60)] == pytest.approx(values)


def test_without_schedulers_there_are_two_drops_after_500_updates(config):
    whole = text("!CosineDecay {}")
    schedule = config(whole.replace("  schedulers:\n  - !CosineDecay {}\n", ""), "steps_per_epoch=100")
    assert [schedule(s) for s in (0, 500, 800, 1100)] == pytest.approx([0.01 / 3, 0.01, 1e-3, 1e-4])


def test_epochs_win_over_steps(config):
    schedule = config(text("!CosineDecay {}", "!LinearWarmup {steps: 50, epochs: 2, start_factor: 0}"), FACT)
    assert schedule(20) == pytest.approx(0.01)
    assert [each.code for each in schedule.run.reading.remarks] == ["ignored-key"]
    late = "!LinearWarmup {steps: 50, epochs: 2, epochs_first: false, start_factor: 0}"
    assert config(text("!CosineDecay {}", late), FACT)(25) == pytest.approx(0.005)


def test_a_base_file_and_a_repeated_key(config):
    base = text("!PiecewiseDecay {gamma: 0.1, milestones: [8, 11]}", WARMUP)
    own = "_BASE_: ['base.yml']\nTrainDataset:\n  !COCODataSet\n    image_dir: x\nepoch: 3\nepoch: 6\n"
    schedule = config(f"{own}LearningRate:\n  base_lr: 0.02\n", FACT, name="own.yml", files={"base.yml": base})
    assert (schedule.steps, schedule(30)) == (60, 0.02)


def test_a_file_that_holds_little_more_than_its_base_is_recognised(config):
    base = text("!PiecewiseDecay {gamma: 0.1, milestones: [8, 11]}", WARMUP)
    own = "_BASE_: ['base.yml']\nTestDataset:\n  !ImageFolder\n    anno_path: x\n"
    assert config(own, FACT, name="own.yml", files={"base.yml": base}).steps == 120


def test_batches_of_an_epoch_follow_from_the_data(config):
    whole = text("!CosineDecay {max_epochs: 12}", WARMUP)
    facts = ("dataset_size=1003", "devices=2")
    assert config(f"{whole}TrainReader: {{batch_size: 5, drop_last: true}}\n", *facts).steps == 12 * 100
    assert config(f"{whole}TrainReader: {{batch_size: 5}}\n", *facts).steps == 12 * 101


def test_what_is_missing(refused):
    (diagnostic,) = refused(text("!CosineDecay {max_epochs: 12}", WARMUP))
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000 --set devices=8`"
    (diagnostic,) = refused(text("!CosineDecay {}", WARMUP).replace("epoch: 12\n", ""), FACT)
    assert diagnostic.help == "add `--set epoch=100`, or `--set steps=1000`"


@pytest.mark.parametrize(
    ("schedulers", "code", "message"),
    [
        (["!PolyDecay {}", WARMUP], "undetermined", "the decay `PolyDecay` is not one"),
        (["!CosineDecay {}", "!SlowWarmup {}"], "undetermined", "the warmup `SlowWarmup` is not one"),
        ([WARMUP, "!CosineDecay {}"], "undetermined", "the decay `LinearWarmup` is not one"),
        (["!CosineDecay {}"], "bad-value", "there is no warmup"),
        (["!PiecewiseDecay {milestones: [8], values: [1, 2]}", WARMUP], "bad-value", "too few"),
        (
            ["!PiecewiseDecay {use_warmup: false, milestones: [8], values: [1]}"],
            "bad-value",
            "1 milestones need 2 values",
        ),
        (["!PiecewiseDecay {milestones: [8, 11], gamma: [0.1]}", WARMUP], "bad-value", "one more element"),
    ],
)
def test_what_the_program_does_not_take_is_refused(refused, schedulers, code, message):
    (diagnostic,) = refused(text(*schedulers), FACT)
    assert diagnostic.code == code
    assert message in diagnostic.message
    assert diagnostic.span.line >= 9
