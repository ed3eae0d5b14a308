"""PaddleOCR's configs: values by ppocr/optimizer/learning_rate.py and paddle's schedulers."""

from math import cos, pi

import pytest

L, E = 10, 12  # batches of an epoch, epochs
FACT = f"steps_per_epoch={L}"


def text(rate, more=""):
    return f"""
Global: {{use_gpu: true, epoch_num: {E}}}
Optimizer:
  name: Adam
  lr: {{{rate}}}
  regularizer: {{name: L2, factor: 3.0e-05}}
Architecture: {{model_type: rec, Transform: null}}
PostProcess: {{name: CTCLabelDecode}}
Train:
  dataset: {{name: SimpleDataSet}}
  loader: {{batch_size_per_card: 5, drop_last: true}}
{more}"""


def values(config, rate, *steps):
    schedule = config(text(rate), FACT)
    assert (schedule.run.reading.format, schedule.steps) == ("paddleocr", E * L)
    return [schedule(s) for s in steps]


def test_a_cosine_is_not_shortened_by_its_warmup(config):
    found = values(config, "name: Cosine, learning_rate: 1e-3, warmup_epoch: 2", 0, 10, 20, 80, 119)
    cosine = [1e-3 * (1 + cos(pi * s / 120)) / 2 for s in (0, 60, 99)]
    assert found == pytest.approx([0, 5e-4, *cosine])


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("learning_rate: 1e-3", [1e-3, 1e-3, 1e-3]),
        ("name: Const, learning_rate: 1e-3", [1e-3, 1e-3, 1e-3]),
        ("name: Linear, learning_rate: 1e-3, end_lr: 1e-4", [1e-3, 5.5e-4, 1e-4 + 9e-4 / 120]),
        ("name: Linear, learning_rate: 1e-3, power: 2", [1e-3, 2.5e-4, 1e-3 / 120**2]),
        ("name: DecayLearningRate, learning_rate: 1e-3", [1e-3, 1e-3 * 0.5**0.9, 1e-3 / 120**0.9]),
        ("name: Step, learning_rate: 1e-3, step_size: 4, gamma: 0.1", [1e-3, 1e-4, 1e-5]),
        ("name: MultiStepDecay, learning_rate: 1e-3, milestones: [6, 9], gamma: 0.1", [1e-3, 1e-4, 1e-5]),
        ("name: Piecewise, decay_epochs: [6, 9], values: [3, 2, 1]", [3, 2, 1]),
        ("name: CyclicalCosine, learning_rate: 1e-3, cycle: 4", [1e-3, 5e-4, 1e-3 * (1 + cos(pi * 39 / 40)) / 2]),
        ("name: TwoStepCosine, learning_rate: 1e-3", [1e-3, 1e-3 * (1 + cos(pi * 0.03)) / 2, None]),
    ],
)
def test_every_schedule(config, rate, expected):
    found = values(config, rate, 0, 60, 119)
    assert [a for a, b in zip(found, expected, strict=True) if b is not None] == pytest.approx(
        [b for b in expected if b is not None]
    )


def test_one_cycle(config):
    found = values(config, "name: OneCycle, max_lr: 1e-3", 0, 35, 119)
    assert found == pytest.approx([1e-3 / 25, 1e-3, 1e-3 / 25e4])


def test_piecewise_rises_to_its_first_value(config):
    rate = "name: Piecewise, decay_epochs: [4], values: [1e-3, 1e-4], warmup_epoch: 2"
    assert values(config, rate, 10, 20, 59, 60) == pytest.approx([5e-4, 1e-3, 1e-3, 1e-4])  # 4 epochs after the warmup


def test_the_second_cosine_only_goes_on_after_a_warmup(config):
    rate = "name: TwoStepCosine, learning_rate: 1e-3"
    long = text(rate).replace(f"epoch_num: {E}", "epoch_num: 400")
    assert config(long, "steps_per_epoch=1")(300) == 0
    warmed = long.replace("1e-3", "1e-3, warmup_epoch: 2")
    schedule = config(warmed, "steps_per_epoch=1")
    assert schedule(202) == pytest.approx(0, abs=1e-18)
    assert schedule(302) == pytest.approx(1e-3 * (1 + cos(pi * 300 / 400)) / 2)


@pytest.mark.parametrize(
    "rate", ["learning_rate: 1, warmup_epoch: 2", "name: DecayLearningRate, learning_rate: 1, warmup_epoch: 2"]
)
def test_a_warmup_can_be_ignored(config, rate):
    schedule = config(text(rate), FACT)
    assert schedule(0) == 1
    assert [each.code for each in schedule.run.reading.remarks] == ["ignored-key"]


def test_an_end_can_be_ignored(config):
    schedule = config(text("name: DecayLearningRate, learning_rate: 1, end_lr: 0.1"), FACT)
    assert [each.message for each in schedule.run.reading.remarks] == [
        "`end_lr` is ignored: `DecayLearningRate` leads to 0"
    ]


def test_batches_of_an_epoch_follow_from_the_data_unless_a_sampler_makes_them(config, refused):
    rate = "name: Cosine, learning_rate: 1e-3"
    assert config(text(rate), "dataset_size=1003", "devices=2").steps == E * 100
    (diagnostic,) = refused(
        text(rate, "  sampler: {name: MultiScaleSampler, first_bs: 128}\n"), "dataset_size=1003", "devices=2"
    )
    assert diagnostic.help == "add `--set steps_per_epoch=500`"


@pytest.mark.parametrize(
    ("rate", "code", "message"),
    [
        ("name: Polynomial, learning_rate: 1", "undetermined", "no schedule `Polynomial`"),
        ("name: Cosine", "missing-fact", "the learning rate"),
        ("name: Step, learning_rate: 1, gamma: 0.1", "missing-field", "`Step` needs `step_size`"),
        ("name: Piecewise, values: [1, 2]", "missing-field", "`Piecewise` needs `decay_epochs`"),
        ("name: Piecewise, decay_epochs: [1, 2], values: [1, 2]", "bad-value", "one more element"),
    ],
)
def test_what_the_program_does_not_take_is_refused(refused, rate, code, message):
    (diagnostic,) = refused(text(rate), FACT)
    assert diagnostic.code == code
    assert message in diagnostic.message


def test_what_is_missing(refused):
    (diagnostic,) = refused(text("name: Cosine, learning_rate: 1e-3"))
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000 --set devices=8`"
    (diagnostic,) = refused(text("name: Cosine, learning_rate: 1e-3").replace(f", epoch_num: {E}", ""), FACT)
    assert diagnostic.help == "add `--set Global.epoch_num=100`"
