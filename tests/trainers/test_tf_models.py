"""TensorFlow's model garden: values by official/modeling/optimization/lr_schedule.py, computed by hand in float64."""

from math import ceil, cos, floor, pi

import pytest

CONFIG = """\
task: {train_data: {global_batch_size: 8}}
trainer:
  train_steps: 1000
  optimizer_config:
    learning_rate:
      type: TYPE
      TYPE: {ARGUMENTS}
    warmup:
      type: linear
      linear: {warmup_steps: 100, warmup_learning_rate: 0.01}
"""


def text(type, arguments):
    return CONFIG.replace("TYPE", type).replace("ARGUMENTS", arguments)


CASES = {
    "constant": ("learning_rate: 0.5", lambda s: 0.5),
    "stepwise": (
        "boundaries: [50, 300, 600], values: [1.0, 0.5, 0.25, 0.1]",
        lambda s: (1, 0.5, 0.25, 0.1)[(s > 50) + (s > 300) + (s > 600)],
    ),
    "polynomial": (
        "initial_learning_rate: 0.5, decay_steps: 800",
        lambda s: 1e-4 + (0.5 - 1e-4) * (1 - min(s, 800) / 800),
    ),
    "cosine": (
        "initial_learning_rate: 0.5, decay_steps: 800, alpha: 0.1",
        lambda s: 0.5 * (0.9 * (1 + cos(pi * min(s, 800) / 800)) / 2 + 0.1),
    ),
    "exponential": (
        "initial_learning_rate: 0.5, decay_steps: 80, decay_rate: 0.9, staircase: true",
        lambda s: 0.5 * 0.9 ** floor(s / 80),
    ),
    # The third decay, for example, is over 750 updates.
    "polynomial:cycle": (
        "initial_learning_rate: 0.5, decay_steps: 250, power: 2.0, cycle: true",
        lambda s: 1e-4 + (0.5 - 1e-4) * (1 - s / (250 * max(ceil(s / 250), 1))) ** 2,
    ),
    "step_cosine_with_offset": (
        "boundaries: [0, 400, 1000], values: [0.5, 0.3, 0.0]",
        lambda s: (0.2 * (cos(pi * s / 400) + 1) / 2 + 0.3) if s < 400 else 0.3 * (cos(pi * (s - 400) / 600) + 1) / 2,
    ),
    # The first half cosine counts from the offset, and goes on up to the next boundary.
    "step_cosine_with_offset:offset": (
        "boundaries: [100, 400, 990], values: [0.5, 0.3, 0.1], offset: 50",
        lambda s: (
            (0.2 * (cos(pi * (s - 50) / 300) + 1) / 2 + 0.3)
            if s < 450
            else 0.2 * (cos(pi * (s - 450) / 590) + 1) / 2 + 0.1
        ),
    ),
    "power": ("initial_learning_rate: 0.5", lambda s: 0.5 * max(s, 1) ** -0.5),
    "power_linear": (
        "initial_learning_rate: 0.5, total_decay_steps: 900, linear_decay_fraction: 0.2",
        lambda s: 0.5 * max(s, 1) ** -0.5 * max(min(1, (900 - s) / 180), 0),
    ),
    "power_with_offset": (
        "initial_learning_rate: 0.5, offset: 200, pre_offset_learning_rate: 0.1",
        lambda s: min(0.5 * max(s - 200, 1) ** -0.5 if s > 200 else 0.1, 0.1),
    ),
}


@pytest.mark.parametrize("type", CASES)
def test_the_decay_counts_from_0_and_the_warmup_leads_to_it(config, type):
    arguments, value = CASES[type]
    schedule = config(text(type.partition(":")[0], arguments))
    assert (schedule.run.reading.format, schedule.steps) == ("tf-models", 1000)
    top = value(100)
    expected = [0.01 + s / 100 * (top - 0.01) if s < 100 else value(s) for s in range(1000)]
    assert schedule.lr.tolist() == pytest.approx(expected, abs=1e-15)


def test_powers_and_offsets(config):
    arguments = "initial_learning_rate: 0.5, decay_steps: 800, power: 2, end_learning_rate: 0, offset: 50"
    schedule = config(text("polynomial", arguments))
    assert schedule(450) == pytest.approx(0.5 * 0.5**2)
    schedule = config(text("cosine", "initial_learning_rate: 0.5, decay_steps: 800, offset: 150"))
    assert schedule(550) == pytest.approx(0.25)
    arguments = "initial_learning_rate: 0.5, decay_steps: 80, decay_rate: 0.5, offset: 20"
    assert config(text("exponential", arguments))(140) == pytest.approx(0.5 * 0.5**1.5)


def test_a_polynomial_warmup_has_no_0(config):
    changed = text("constant", "learning_rate: 0.5").replace(
        "linear: {warmup_steps: 100, warmup_learning_rate: 0.01}", "polynomial: {warmup_steps: 100, power: 2}"
    )
    schedule = config(changed.replace("type: linear", "type: polynomial"))
    assert [schedule(s) for s in (0, 1, 50, 100)] == pytest.approx([5e-5, 5e-5, 0.125, 0.5])


def test_types_can_be_omitted(config, refused):
    short = (
        text("constant", "learning_rate: 0.5").replace("      type: constant\n", "").replace("      type: linear\n", "")
    )
    assert config(short)(50) == pytest.approx(0.255)
    assert config(short.split("    warmup:")[0])(0) == 0.5
    (diagnostic,) = refused(short.replace("constant: {learning_rate: 0.5}", "name: x"))
    assert diagnostic.code == "missing-fact"


def test_what_is_left_to_the_code_is_missing(config, refused):
    (diagnostic,) = refused(text("cosine", "initial_learning_rate: 0.5"))
    assert diagnostic.help.endswith("learning_rate.cosine.decay_steps=1000`")
    (diagnostic,) = refused(text("constant", "").replace("  train_steps: 1000\n", ""))
    assert diagnostic.help == "add `--set steps=1000`"
    assert config(text("constant", ""), "steps=300").steps == 300
    cycle = "initial_learning_rate: 1, decay_steps: 5, cycle: true, offset: 3"
    assert refused(text("polynomial", cycle))[0].code == "undetermined"
    assert refused(text("stepwise", "boundaries: [5], values: [1.0]"))[0].help == "give 2 values"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("boundaries: [0, 400], values: [0.5, 0.3]", "at update 400, the value is not a number"),
        ("boundaries: [0], values: [0.5]", "at update 0, the value is not a number"),
        ("boundaries: [0, 400], values: [0.5]", "length2 != 1"),
        ("boundaries: [0, 400, 400, 1000], values: [0.5, 0.4, 0.3, 0.2]", "must ascend"),
    ],
)
def test_half_cosines_that_are_not_defined(refused, arguments, message):
    assert message in refused(text("step_cosine_with_offset", arguments))[0].message
