"""llm-foundry's YAML: values by the formulas of composer/optim/scheduler.py, computed by hand.

Composer steps its scheduler before its clock: update s has the value after max(s − 1, 0) batches.
"""

from math import cos, pi

import pytest

CONFIG = """\
variables: {seq: 2048, lr: 6e-4}
max_seq_len: ${variables.seq}
train_loader: {name: text}
scheduler:
  name: cosine_with_warmup
  t_warmup: 100ba
  alpha_f: 0.1
optimizer:
  name: decoupled_adamw
  lr: ${variables.lr}
max_duration: 1000ba
global_train_batch_size: 256
"""


def cosine(share):
    return 6e-4 * (0.1 + 0.9 * (1 + cos(pi * share)) / 2)


def test_cosine_with_warmup(config):
    schedule = config(CONFIG)
    assert (schedule.run.reading.format, schedule.steps) == ("llm-foundry", 1000)
    assert [schedule(k) for k in (0, 1, 51, 101, 551)] == pytest.approx([0, 0, 3e-4, 6e-4, cosine(0.5)])
    assert schedule(999) == pytest.approx(cosine(898 / 900))


def test_settings_reach_what_a_reference_stands_for(config):
    assert config(CONFIG, "variables.lr=1e-3")(101) == pytest.approx(1e-3)


def test_tokens_are_those_of_the_batches(config):
    text = CONFIG.replace("1000ba", "2e9tok").replace("t_warmup: 100ba", "t_warmup: 0.1dur")
    schedule = config(text)
    assert schedule.steps == 3815  # ceil(2e9 / (256 · 2048))
    assert schedule(101) == pytest.approx(6e-4 * 100 * 256 * 2048 / 2e8)


def test_epochs_need_their_batches(config, refused):
    text = CONFIG.replace("1000ba", "2ep").replace("100ba", "0.1dur")
    (diagnostic,) = refused(text)
    assert diagnostic.code == "missing-fact"
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000`"
    assert config(text, "dataset_size=50000").steps == 392  # 2 · ceil(50000 / 256)


def test_a_linear_decay_in_a_submitted_run(config):
    text = CONFIG.replace("cosine_with_warmup", "linear_decay_with_warmup").replace("variables", "v")
    lines = "".join(f"  {line}\n" for line in text.splitlines())
    schedule = config(f"name: mpt\ncompute: {{gpus: 8}}\nparameters:\n{lines}")
    assert [schedule(k) for k in (101, 551)] == pytest.approx([6e-4, 6e-4 * 0.55])


@pytest.mark.parametrize("value", ["${variables.other}", "${oc.env:LR}", "???"])
def test_a_reference_to_nothing_is_refused_at_its_place(refused, value):
    (diagnostic,) = refused(CONFIG.replace("${variables.lr}", f'"{value}"'))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 9)
    (diagnostic,) = refused(CONFIG.replace("100ba", f'"{value}"'))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 5)


@pytest.mark.parametrize("duration", ["", "1.5ba", "10h", "e", "..ba", "1.2.3ba", "1e400ba"])
def test_a_duration_that_is_none(refused, duration):
    assert refused(CONFIG.replace("1000ba", f"'{duration}'"))[0].code in ("bad-value", "missing-field")


def test_what_else_is_missing_or_given(config, refused):
    assert (
        refused(CONFIG.replace("  name: cosine_with_warmup\n", ""))[0].help
        == "add `--set scheduler.name=cosine_with_warmup`"
    )
    assert refused(CONFIG.replace("cosine_with_warmup", "inverse_sqrt"))[0].span.line == 4
    text = CONFIG.replace("1000ba", "256000sp").replace("100ba", "0.1dur")
    assert config(text)(101) == pytest.approx(6e-4)
    (diagnostic,) = refused(text.replace("global_train_batch_size: 256\n", ""))
    assert diagnostic.help == "add `--set global_train_batch_size=256`, or `--set steps=1000`"
    assert config(CONFIG, "steps=500").steps == 500


INVERSE = CONFIG.replace("cosine_with_warmup", "inv_sqrt_with_warmup").replace(
    "  alpha_f: 0.1\n", "  t_scale: 50ba\n  t_cooldown: 200ba\n"
)


def inverse_root(t, warm, scale, cool, most, low=0.0, last=0.0):
    """InverseSquareRootWithWarmupScheduler at a time, in the unit of all of them."""
    if t < warm:
        return t / warm
    turn = max(most - cool, warm)
    root = low + (1 - low) / ((min(t, turn) - warm + scale) / scale) ** 0.5
    return root if t < turn or not cool else root + min(1, (t - turn) / cool) * (last - root)


def updates_of(schedule, per_batch=1, **times):
    return pytest.approx([6e-4 * inverse_root(max(s - 1, 0) * per_batch, **times) for s in range(schedule.steps)])


def test_an_inverse_root_with_a_cooldown(config):
    schedule = config(INVERSE)
    assert schedule.lr.tolist() == updates_of(schedule, warm=100, scale=50, cool=200, most=1000)
    text = INVERSE.replace("t_scale", "alpha_f_decay: 0.2\n  alpha_f_cooldown: 0.1\n  t_scale")
    schedule = config(text)
    assert schedule.lr.tolist() == updates_of(schedule, warm=100, scale=50, cool=200, most=1000, low=0.2, last=0.1)
    schedule = config(INVERSE.replace("200ba", "0ba"), "steps=1200")
    assert schedule.lr.tolist() == updates_of(schedule, warm=100, scale=50, cool=0, most=1000)
    schedule = config(INVERSE.replace("200ba", "950ba"))
    assert schedule.lr.tolist() == updates_of(schedule, warm=100, scale=50, cool=950, most=1000)


def test_an_inverse_root_that_counts_samples(config):
    text = INVERSE.replace("100ba", "25700sp").replace("50ba", "12900sp").replace("200ba", "51300sp")
    schedule = config(text.replace("1000ba", "256000sp") + "")
    times = {"warm": 25700, "scale": 12900, "cool": 51300, "most": 256000}
    assert schedule.lr.tolist() == updates_of(schedule, 256, **times)
    schedule = config(text.replace("1000ba", "256000sp").replace("t_scale", "t_max: 0.5dur\n  t_scale"))
    assert schedule.lr.tolist() == updates_of(schedule, 256, **{**times, "most": 128000})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("50ba", "50sp", "ValueError: t_scale (unit sp) must match max_duration unit (ba)."),
        ("50ba", "0.1dur", "is no time"),
        ("50ba", "5e30800ba", "is no time"),
        ("50ba", "0ba", "division by zero"),
        ("  t_scale: 50ba\n", "", "missing a required argument: 't_scale'"),
        ("t_scale", "alpha_f_cooldown: 0.1\n  t_scale", "alpha_f_decay >= alpha_f_cooldown"),
        ("t_scale", "alpha_f_decay: x\n  t_scale", "must be a number"),
        ("max_duration", "scale_schedule_ratio: 0.5\nmax_duration", "a scaled schedule"),
        ("1000ba", "1ep", "is no length in batches"),
    ],
)
def test_an_inverse_root_that_is_refused(refused, old, new, message):
    assert message in refused(INVERSE.replace(old, new), "steps_per_epoch=1000")[0].message
