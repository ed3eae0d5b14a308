"""Megatron-LM's arguments: values by megatron/core/optimizer_param_scheduler.py, get_lr, computed by hand."""

from math import cos, pi

import pytest

from lrplot import check

SCRIPT = """\
#!/bin/bash
ITERS=1000
ARGS=(
    --num-layers 2
    --hidden-size 64
    --micro-batch-size 4
    --global-batch-size 32
)
torchrun --nproc_per_node 8 pretrain_gpt.py ${ARGS[@]} \\
    --train-iters $ITERS --lr 1e-3 --min-lr 1e-4 \\
    --lr-decay-style cosine --lr-warmup-iters 100 \\
    --lr-decay-iters 900 --weight-decay 0.1
"""


def cosine(share):
    return 1e-4 + 9e-4 * (1 + cos(pi * share)) / 2


def script(config, text, *settings):
    return config(text, *settings, name="pretrain.sh")


def test_cosine(config):
    schedule = script(config, SCRIPT)
    assert (schedule.run.reading.format, schedule.steps) == ("megatron", 1000)
    assert not schedule.run.reading.remarks
    # The warmup's end and the decay's end belong to them.
    values = [0, 5e-4, 1e-3, cosine(1 / 800), cosine(0.5), 1e-4, 1e-4]
    assert [schedule(s) for s in (0, 50, 100, 101, 500, 900, 999)] == pytest.approx(values)


def test_a_share_is_one_of_the_decay(config):
    schedule = script(config, SCRIPT.replace("--lr-warmup-iters 100", "--lr-warmup-fraction .01"))
    assert [schedule(s) for s in (4, 9, 10)] == pytest.approx([1e-3 * 4 / 9, 1e-3, cosine(1 / 891)])


def test_without_a_batch_size_the_iterations_are_enough(config):
    schedule = script(config, SCRIPT.replace("    --global-batch-size 32\n", ""))
    assert schedule(500) == pytest.approx(cosine(0.5))


def test_a_root_is_one_of_the_samples(config):
    schedule = script(config, SCRIPT.replace("cosine", "inverse-square-root").replace("iters 100", "iters 0"))
    assert [schedule(s) for s in (1, 2)] == pytest.approx([1e-3 / 32**0.5, 1e-3 / 64**0.5])


def test_warmup_stable_decay(config):
    flags = "WSD --lr-wsd-decay-style minus_sqrt --lr-wsd-decay-iters 200"
    schedule = script(config, SCRIPT.replace("cosine", flags))
    assert [schedule(s) for s in (700, 750, 900)] == pytest.approx([1e-3, 1e-4 + 9e-4 * 0.5, 1e-4])


def test_constant_has_no_floor(config):
    assert script(config, SCRIPT.replace("cosine", "constant"))(999) == pytest.approx(1e-3)


SAMPLES = SCRIPT.replace("--train-iters $ITERS", "--train-samples 32_100").replace("--lr-warmup-iters 100", "")
SAMPLES = SAMPLES.replace("--lr-decay-iters 900", "--lr-warmup-samples 1_000")


def test_samples(config, refused):
    schedule = script(config, SAMPLES)
    assert schedule.steps == 1003  # 32,100 // 32
    assert [schedule(s) for s in (10, 31, 32)] == pytest.approx([0.32e-3, 0.992e-3, cosine(24 / 31_100)])
    (diagnostic,) = refused(SAMPLES.replace("    --global-batch-size 32\n", ""), name="pretrain.sh")
    assert diagnostic.help == "add `--set batch_size=256`"


def trace(first, more, samples, full, total, warmup, style, steps):
    """The program's own loop: the batch by the samples that are consumed, the rate by the same."""
    consumed, rates = 0, []
    for _ in range(steps):
        batch = full if consumed > samples else first + int(consumed / (samples / ((full - first) // more))) * more
        if consumed <= warmup:
            rates.append(1e-3 * consumed / warmup)
        else:
            share = (consumed - warmup) / (total - warmup)
            left = (1 + cos(pi * share)) / 2 if style == "cosine" else 1 - share
            rates.append(1e-4 + 9e-4 * left if consumed <= total else 1e-4)
        consumed += batch
    return rates


@pytest.mark.parametrize("style", ["cosine", "linear"])
@pytest.mark.parametrize("growth", [(8, 8, 5_000), (16, 4, 777)])
def test_a_batch_that_grows(config, style, growth):
    flags = " --rampup-batch-size {} {} {}\n".format(*growth)
    schedule = script(config, SAMPLES.replace("cosine", style).rstrip() + flags)
    expected = trace(*growth, 32, 32_100, 1_000, style, schedule.steps)
    assert schedule.lr.tolist() == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_sizes_whose_shares_are_rounded(config):
    text = SAMPLES.replace("--global-batch-size 32", "--global-batch-size 60").replace("32_100", "90000")
    schedule = script(config, text.rstrip() + " --rampup-batch-size 16 2 63036\n")
    expected = trace(16, 2, 63_036, 60, 90_000, 1_000, "cosine", schedule.steps)
    assert schedule.lr.tolist() == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_batch_that_grows_in_updates(config, refused):
    flags = " --rampup-batch-size 8 8 5000\n"
    constant = script(config, SCRIPT.replace("cosine", "constant").rstrip() + flags)
    assert [constant(s) for s in (0, 1, 999)] == pytest.approx([0, 8 / 3200 * 1e-3, 1e-3])
    growing = " --weight-decay-incr-style linear --start-weight-decay 0 --end-weight-decay 1" + flags
    assert refused(SCRIPT.rstrip() + growing, name="a.sh")[0].code == "undetermined"
    assert "wsd_decay_steps" in refused(SCRIPT.replace("cosine", "WSD").rstrip() + flags, name="a.sh")[0].message
    without = SCRIPT.replace("    --global-batch-size 32\n", "").rstrip()
    assert refused(without + flags, name="a.sh")[0].help == "add `--set batch_size=256`"
    many = SCRIPT.replace("--global-batch-size 32", "--global-batch-size 900").rstrip()
    assert refused(many + " --rampup-batch-size 1 1 5000\n", name="a.sh")[0].code == "too-large"


def test_a_weight_decay_that_grows(config):
    growing = " --weight-decay-incr-style linear --start-weight-decay 0 --end-weight-decay 1\n"
    assert script(config, SCRIPT.rstrip() + growing).evaluate()["weight_decay"][500] == pytest.approx(0.5)


@pytest.mark.parametrize("growth", ["8 8", "8 9 100", "32 8 100", "0 8 100"])
def test_a_growth_that_is_none(refused, growth):
    (diagnostic,) = refused(SAMPLES.rstrip() + f" --rampup-batch-size {growth}\n", name="pretrain.sh")
    assert "Error" in diagnostic.message


def test_a_positional_argument_is_refused(refused):
    (diagnostic,) = refused(SCRIPT.replace("--lr 1e-3", "--lr $3"), name="pretrain.sh")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 9)


def ramped(s, growth=(8, 8, 5000), full=32):
    """Samples that are consumed before update s, in the program's own loop."""
    first, more, samples = growth
    consumed = 0
    for _ in range(s):
        consumed += full if consumed > samples else first + int(consumed / (samples / ((full - first) // more))) * more
    return consumed


SHAPES = {
    "linear": lambda r: 1 - r,
    "cosine": lambda r: (cos(pi * r) + 1) / 2,
    "exponential": lambda r: 2 * 0.5**r - 1,
    "minus_sqrt": lambda r: 1 - r**0.5,
}


@pytest.mark.parametrize("style", SHAPES)
def test_warmup_stable_decay_while_the_batch_grows(config, style):
    flags = f"WSD --lr-wsd-decay-style {style} --lr-wsd-decay-samples 28000 --rampup-batch-size 8 8 5000"
    schedule = script(config, SAMPLES.replace("cosine", flags))
    for s in (*range(0, 400, 7), *range(1000, schedule.steps, 13)):
        n = ramped(s)  # the decay begins at 32,100 − 28,000 samples, while the batch still grows
        if n <= 1000:
            expected = n / 1000 * 1e-3
        elif n <= 4100:
            expected = 1e-3
        else:
            expected = 1e-4 + 9e-4 * SHAPES[style]((n - 4100) / 28_000) if n <= 32_100 else 1e-4
        assert schedule(s) == pytest.approx(expected, rel=1e-9), s


def test_a_root_while_the_batch_grows(config):
    text = SAMPLES.replace("cosine", "inverse-square-root --rampup-batch-size 8 8 5000").replace("1e-4", "2e-4")
    schedule = script(config, text)
    expected = [n / 1000 * 1e-3 if n <= 1000 else max(1e-3 * (1000 / n) ** 0.5, 2e-4) for n in map(ramped, range(1200))]
    assert [schedule(s) for s in range(0, 1200, 11)] == pytest.approx(expected[::11])


TOKENS = SCRIPT.replace("--lr-decay-iters 900", "--lr-decay-tokens 1_600_000 --seq-length 64")


def test_times_in_tokens(config, refused):
    # 1,600,000 tokens are 25,000 samples; without an update that ends with the warmup, the decay counts from 0.
    schedule = script(config, TOKENS)
    assert [schedule(s) for s in (50, 100)] == pytest.approx([5e-4, 1e-3])
    assert schedule(500) == pytest.approx(cosine((500 * 32 - 3200) / (25_000 - 3200)))
    assert schedule(782) == pytest.approx(1e-4)
    schedule = script(config, TOKENS.replace("--lr-warmup-iters 100", "--lr-warmup-tokens 206_400"))
    assert schedule(500) == pytest.approx(cosine((500 * 32 - 3225) / (25_000 - 3225)))
    samples = TOKENS.replace("--lr-warmup-iters 100", "--lr-warmup-samples 3225")
    schedule = script(config, samples.replace("--train-iters $ITERS", "--train-samples 32000"))
    assert [schedule(s) for s in (100, 101)] == pytest.approx([3200 / 3225 * 1e-3, cosine(101 * 32 / 25_000)])
    (diagnostic,) = refused(TOKENS.replace("--seq-length 64", ""), name="a.sh")
    assert diagnostic.help == "add `--set sequence_length=2048`"
    assert schedule.run.reading.derivation[0] == "a sample has 64 tokens throughout"
    for flag in ("--data-efficiency-curriculum-learning", "--random-ltd"):
        (diagnostic,) = refused(TOKENS.replace("--seq-length", f"{flag} --seq-length"), name="a.sh")
        assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 11)
    (diagnostic,) = refused(TOKENS.replace("    --global-batch-size 32\n", ""), name="a.sh")
    assert diagnostic.help == "add `--set batch_size=256`"


def test_a_run_ends_after_its_tokens(config):
    text = SCRIPT.replace("--lr 1e-3", "--lr 1e-3 --train-tokens 1_000_000 --seq-length 64")
    schedule = script(config, text)
    assert schedule.steps == 489  # ceil(1,000,000 / (32 · 64))
    assert schedule(400) == pytest.approx(cosine((400 - 100) / 800))


def test_two_warmups_are_refused(refused):
    (diagnostic,) = refused(SCRIPT.replace("--lr-decay-iters", "--lr-warmup-fraction .1 --lr-decay-iters"), name="a.sh")
    assert diagnostic.help == "remove one of them"


def test_a_model_config_has_flags_as_keys(config):
    text = "TEST_TYPE: regular\nMODEL_ARGS:\n  --train-iters: 100\n  --lr: 0.001\n  --lr-decay-style: linear\n"
    schedule = config(text + "  --global-batch-size: 8\n", "lr=2e-3")
    assert [schedule(s) for s in (0, 50)] == pytest.approx([2e-3, 1e-3])


def test_the_length_can_be_missing(config, refused):
    text = SCRIPT.replace("--train-iters $ITERS", "").replace("--lr-decay-iters 900", "")
    (diagnostic,) = refused(text, name="pretrain.sh")
    assert diagnostic.help == "add `--set steps=1000`"
    assert script(config, text, "steps=900")(500) == pytest.approx(cosine(0.5))


def test_a_horizon_in_samples_is_cured_at_its_own_key(tmp_path):
    path = tmp_path / "pretrain.sh"
    text = SAMPLES.replace("--lr-warmup-samples", "--lr-decay-samples 16_000 --lr-warmup-samples")
    path.write_text(text)
    (finding,) = [each for each in check(path) if each.code == "ends-early"]
    assert "after 16,000 of 32,096 scheduler steps" in finding.message
    assert finding.help.startswith("give `lr_decay_samples: 32_096`")
