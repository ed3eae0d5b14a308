"""mlx-lm's YAML: values by its own build_schedule over MLX's schedules, computed in float64."""

import pytest

RUN = """\
model: mlx-community/Qwen3-4B-4bit
train: true
fine_tune_type: lora
batch_size: 2
iters: 2400  # batches
learning_rate: 2e-5
grad_accumulation_steps: 4
steps_per_report: 20
"""
COSINE = """\
lr_schedule:
  name: cosine_decay
  warmup: 60
  warmup_init: 1e-7
  arguments: [2e-5, 540, 1e-6]
"""


def schedule(name, arguments, more=""):
    return f"{RUN}lr_schedule: {{name: {name}, arguments: {arguments}{more}}}\n"


def test_a_warmup_before_a_cosine(config):
    loaded = config(RUN + COSINE)
    assert (loaded.run.reading.format, loaded.steps) == ("mlx-lm", 600)
    expected = {
        0: 1e-07,
        1: 4.316666666666667e-07,
        30: 1.0050000000000002e-05,
        59: 1.9668333333333333e-05,
        60: 2e-05,
        61: 2e-05,
        62: 1.9999839230148574e-05,
        331: 1.0500000000000001e-05,
        599: 1.000643073964259e-06,
    }
    assert [loaded(step) for step in expected] == pytest.approx(list(expected.values()), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "arguments", "more", "expected"),
    [
        ("step_decay", "[1e-4, 0.5, 100]", "", {0: 1e-4, 99: 1e-4, 100: 5e-5, 250: 2.5e-5}),
        ("exponential_decay", "[1e-4, 0.99]", "", {0: 1e-4, 1: 9.9e-5, 50: 6.050060671375364e-05}),
        (
            "linear_schedule",
            "[1e-4, 1e-5, 50]",
            ", warmup: 5",
            {0: 0, 4: 8e-5, 5: 1e-4, 6: 1e-4, 7: 9.82e-5, 30: 5.68e-5, 56: 1e-5, 80: 1e-5},
        ),
    ],
)
def test_arguments_are_taken_in_their_order(config, name, arguments, more, expected):
    loaded = config(schedule(name, arguments, more))
    assert [loaded(step) for step in expected] == pytest.approx(list(expected.values()), rel=1e-12)


def test_without_a_schedule_the_rate_is_constant(config):
    loaded = config(RUN + "lr_schedule: null\noptimizer: adamw\noptimizer_config: {adamw: {weight_decay: 0.05}}\n")
    assert set(loaded.lr.tolist()) == {2e-5}
    assert loaded.evaluate()["weight_decay"][0] == 0.05
    assert loaded.run.reading.remarks == ()
    assert config("train: true\nadapter_path: a\nmask_prompt: true\n").steps == 1000


def test_flags_of_the_command(config):
    text = "mlx_lm.lora --model a --train --iters 600 --learning-rate 3e-5 --mask-prompt --steps-per-eval 50\n"
    loaded = config(text, name="train.sh")
    assert (loaded.steps, loaded(599)) == (600, 3e-5)


def test_the_rate_beside_a_schedule_has_no_effect(config):
    (remark,) = config(RUN.replace("2e-5", "1e-3") + COSINE).run.reading.remarks
    assert (remark.severity, remark.code, remark.span.line) == ("note", "ignored-key", 5)
    assert config(RUN.replace("2e-5", "0.00002") + COSINE).run.reading.remarks == ()
    assert config(COSINE + RUN.replace("learning_rate: 2e-5\n", "")).run.reading.remarks == ()


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (schedule("cosin_decay", "[1e-4, 100]"), "undetermined", 8),
        (schedule("join_schedules", "[[], []]"), "undetermined", 8),
        (schedule("cosine_decay", "[1e-4]"), "missing-field", 8),
        (schedule("cosine_decay", "1e-4"), "bad-type", 8),
        (schedule("step_decay", "[1e-4, 0.5, 10, 1e-6]"), "bad-value", 8),
        (schedule("cosine_decay", "[1e-4, 0]"), "bad-value", 8),
        (RUN + COSINE.replace("  arguments: [2e-5, 540, 1e-6]\n", ""), "missing-fact", 9),
        (RUN.replace("2400", "3"), "bad-value", 6),
    ],
)
def test_what_is_refused_at_its_place(refused, text, code, line):
    (diagnostic,) = refused(text)
    assert (diagnostic.code, diagnostic.span.line) == (code, line)


def test_updates_may_be_given(config):
    assert config(RUN + COSINE, "steps=50").steps == 50
    assert config(RUN + COSINE, "lr_schedule.arguments=[1e-3,100]")(61) == 1e-3
