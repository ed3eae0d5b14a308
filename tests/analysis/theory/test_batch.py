"""A run with another batch: the linear and the square-root rule, by their formulas."""

import numpy as np
import pytest
from support import OPEN_FACTS, ROOT

import lrplot

ADAM = {
    "samples": "1M",
    "batch_size": 250,
    "lr": 1e-3,
    "beta1": 0.9,
    "beta2": 0.95,
    "weight_decay": 0.1,
    "schedule": {"kind": "cosine", "warmup": 100},
}
SGD = {"epochs": 90, "dataset_size": 1_281_167, "batch_size": 256, "lr": 0.1, "momentum": 0.9, "schedule": "constant"}


def scaled(spec, batch):
    return lrplot.theory(spec, batch=batch).batch


def test_times_in_updates_are_divided():
    found = scaled(ADAM, "x4")
    assert (found.factor, found.size, found.steps, found.warmup) == (4, 1000, 1000, 25)


def test_linear_rule_gives_the_rate_of_resnet_in_an_hour():
    found = scaled(SGD, "8192")  # Goyal et al. 2017: 0.1 for 256 images, 3.2 for 8,192
    assert (found.factor, found.size, found.linear_lr, found.rule) == (32, 8192, 3.2, "linear")


def test_square_root_rule():
    found = scaled(ADAM, "x4")  # Malladi et al. 2022: √k·lr, 1 − k(1 − β), ε/√k
    assert (found.sqrt_lr, found.sqrt_beta1, found.sqrt_beta2, found.sqrt_eps) == (2e-3, 0.6, 0.8, 0.5)
    assert (found.rule, found.sqrt_ends) == ("square root", 10)


def test_averages_span_as_many_samples_as_before():
    found = scaled({**ADAM, "beta1": 0.999, "beta2": 0.9999}, "x4")
    for before, after in ((0.999, found.sqrt_beta1), (0.9999, found.sqrt_beta2)):
        assert 4 / (1 - after) == pytest.approx(1 / (1 - before), rel=1e-9)
        assert 4 * np.log(0.5) / np.log(after) == pytest.approx(np.log(0.5) / np.log(before), rel=2e-3)  # half-life


def test_time_scale_of_adamw_in_samples_is_kept():
    found = scaled(ADAM, "x4")
    before, after = 250 / (1e-3 * 0.1), 1000 / (found.sqrt_lr * found.sqrt_weight_decay)
    assert after == pytest.approx(before, rel=1e-12)
    assert scaled({**ADAM, "weight_decay": 0}, "x4").sqrt_weight_decay is None


def best_rate(batch, noise):
    """The rate with the least expected loss after a step on a quadratic with curvature 1, gradient 1."""
    rates = np.linspace(1e-4, 1, 100_001)
    return rates[np.argmin(-rates + rates**2 / 2 * (1 + noise / batch))]


@pytest.mark.parametrize("factor", [2, 4, 16])
def test_linear_rule_ends_at_the_noise_scale(factor):
    found = scaled(SGD, f"x{factor}")
    far, at = (best_rate(factor * batch, 100) / best_rate(batch, 100) for batch in (0.1, 100))
    assert found.linear_lr / 0.1 == pytest.approx(far, rel=0.02)
    assert found.linear_lr_at_noise_scale / 0.1 == pytest.approx(at, rel=1e-3)


@pytest.mark.parametrize("batch", ["x10", "x40"])
def test_square_root_rule_ends_where_a_beta_reaches_zero(batch):
    found = scaled(ADAM, batch)
    assert found.sqrt_lr is found.sqrt_beta1 is found.sqrt_beta2 is found.sqrt_eps is found.sqrt_weight_decay is None
    assert found.linear_lr is not None


def test_smaller_batches_have_longer_averages():
    found = scaled({**ADAM, "beta1": 0}, "x1/4")
    assert (found.factor, found.steps, found.sqrt_lr, found.sqrt_beta1) == (0.25, 16_000, 5e-4, 0.75)
    assert scaled({**ADAM, "beta1": 0}, "x1").sqrt_beta1 == 0


@pytest.mark.parametrize(
    ("text", "factor"),
    [("x4", 4), ("4x", 4), ("×4", 4), ("4 ×", 4), ("*1.5", 1.5), ("1k", 4), (500, 2), ("125 samples", 0.5)],
)
def test_ways_to_write_a_batch(text, factor):
    assert scaled(ADAM, text).factor == factor


def test_a_batch_in_tokens():
    spec = {"tokens": "1B", "tokens_per_step": "0.5M", "lr": 1, "schedule": "linear"}
    found = scaled(spec, "2M tokens")
    assert (found.factor, found.size, found.steps) == (4, None, 500)


@pytest.mark.parametrize("text", ["huge", "x", "0", "x-2", "x0", "3 epochs", "10%", "4xx"])
def test_what_is_no_batch(text):
    with pytest.raises(lrplot.SpecError, match="is no batch"):
        lrplot.theory(ADAM, batch=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [("0.5", "less than one sample"), ("x0.003", "less than one sample"), ("x1e16", "beyond sense")],
)
def test_a_batch_has_samples_and_the_run_updates(text, message):
    with pytest.raises(lrplot.SpecError, match=message):
        lrplot.theory({**ADAM, "batch_size": 256}, batch=text)


def test_a_factor_for_more_updates_than_can_be_counted_is_refused():
    with pytest.raises(lrplot.SpecError, match="beyond sense"):
        lrplot.theory({"steps": 1000, "lr": 1, "schedule": "linear"}, batch="x1e-300")


@pytest.mark.parametrize(("batch", "cure"), [("512", "batch_size=256"), ("2M tokens", "tokens_per_step=0.5M")])
def test_a_size_needs_the_batch_of_the_spec(batch, cure):
    with pytest.raises(lrplot.SpecError, match="does not say how many") as caught:
        lrplot.theory({"steps": 10, "lr": 1, "schedule": "linear"}, batch=batch)
    assert cure in str(caught.value)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({}, None),
        ({"momentum": 0.9}, "linear"),
        ({"beta2": 0.95}, "square root"),
        ({"momentum": 0.9, "beta1": 0.9}, None),
    ],
)
def test_rule_of_the_optimizer(given, rule):
    assert scaled({"steps": 10, "lr": 1, "schedule": "linear", **given}, "x2").rule == rule


@pytest.mark.parametrize(
    ("config", "rule"),
    [
        ("torchtitan.toml", "square root"),  # name = "AdamW"
        ("paddleocr.yaml", "square root"),  # Adam, beside `regularizer.name: L2`
        ("mmcv.py", "linear"),  # type='SGD'
        ("llm-foundry_inverse.yaml", None),  # Lion
    ],
)
def test_rule_of_the_optimizer_that_a_config_names(config, rule):
    path = ROOT / "tests" / "trainers" / "examples" / config
    overrides = OPEN_FACTS.get(config, ())
    assert lrplot.theory(path, overrides, batch="x2").batch.rule == rule


def test_momentum_of_a_schedule_is_not_taken_for_sgd():
    assert scaled({"steps": 100, "lr": 1, "schedule": "one_cycle"}, "x2").rule is None


def test_no_rate_without_a_peak():
    found = scaled({"steps": 10, "lr": 0, "schedule": "constant"}, "x2")
    assert found.linear_lr is found.linear_lr_at_noise_scale is found.sqrt_lr is None
    assert lrplot.theory(ADAM).batch is None
