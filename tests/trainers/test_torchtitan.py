"""torchtitan's TOML: values by the formula of torchtitan/components/lr_scheduler.py, computed by hand."""

import pytest

CONFIG = """\
[model]
flavor = "8B"

[optimizer]
name = "AdamW"
lr = 3e-4

[lr_scheduler]
warmup_steps = 200
decay_ratio = 0.2
decay_type = "linear"
min_lr_factor = 0.1

[training]
steps = 1000
seq_len = 8192
"""


def test_warmup_stable_decay(config):
    schedule = config(CONFIG, name="llama.toml")
    # W = 200, D = 200, stable = 601: the decay's progress at update s is (s − 800)/200.
    assert schedule.steps == 1000
    assert [schedule(s) for s in (0, 199, 800, 900)] == pytest.approx([1.5e-6, 3e-4, 3e-4, 3e-4 * 0.55])


def test_the_layout_of_2024(config):
    text = "[optimizer]\nlr = 1e-3\n[training]\nsteps = 100\nwarmup_steps = 10\n"
    assert config(text, name="debug.toml")(4) == pytest.approx(5e-4)


def test_the_least_share_under_its_name_of_early_2025(config):
    schedule = config(CONFIG.replace("min_lr_factor", "lr_min"), name="llama.toml")
    assert [schedule(s) for s in (800, 900)] == pytest.approx([3e-4, 3e-4 * 0.55])


def test_only_one_of_the_names_of_the_least_share_is_known_at_a_time(refused):
    (diagnostic,) = refused(CONFIG.replace("min_lr_factor", "lr_min = 0.1\nmin_lr_factor"), name="llama.toml")
    assert (diagnostic.code, diagnostic.span.line) == ("unknown-field", 11)


def test_settings_reach_nested_keys(config):
    assert config(CONFIG, "optimizer.lr=1e-3", "training.steps=500", name="llama.toml").steps == 500


def test_a_misspelt_key_of_the_scheduler_is_refused_at_its_line(refused):
    (diagnostic,) = refused(CONFIG.replace("decay_ratio", "decay_ratios"), name="llama.toml")
    assert (diagnostic.code, diagnostic.span.line) == ("unknown-field", 9)
