"""Figures of a run, against sums in plain numpy."""

from math import sqrt

import numpy as np
import pytest
from support import log_of, points

import lrplot
from lrplot.analysis.theory.theory import theory_of
from lrplot.diagnostics import Fault
from lrplot.runs.logged import runs_of

SPEC = {"steps": 70_000, "lr": 2e-3, "schedule": {"kind": "cosine", "warmup": 500, "to": "10%"}}


def test_mass_and_the_update_by_which_half_of_it_is_spent():
    rates = lrplot.load(SPEC).lr
    found = lrplot.theory(SPEC)
    assert found.mass == pytest.approx(rates.mean() / rates.max(), rel=1e-12)
    assert found.half_mass_step == np.searchsorted(np.cumsum(rates), rates.sum() / 2)
    assert found.above_half == np.mean(rates >= rates.max() / 2)
    assert found.noise_floor == rates[-1] / rates.max()


@pytest.mark.parametrize(("steps", "half"), [(1, 0), (2, 0), (3, 1), (100, 49), (65_536, 32_767), (100_001, 50_000)])
def test_half_of_a_constant_is_spent_in_the_middle(steps, half):
    assert lrplot.theory({"steps": steps, "lr": 0.1, "schedule": "constant"}).half_mass_step == half


def test_adamw_keeps_the_product_of_all_updates():
    rates = lrplot.load(SPEC).lr
    found = lrplot.theory({**SPEC, "weight_decay": 0.1})
    assert found.adamw_timescale == pytest.approx(1 / (2e-3 * 0.1), rel=1e-12)
    assert found.adamw_timescale_share == pytest.approx(5_000 / 70_000, rel=1e-12)
    assert found.adamw_mass == pytest.approx(0.1 * rates.sum(), rel=1e-12)
    weight = 1.0
    for rate in rates:  # as torch.optim.AdamW multiplies the weights
        weight *= 1 - rate * 0.1
    assert found.initial_weights_left == pytest.approx(weight, rel=1e-10)


def test_shares_of_the_initial_weights_in_a_common_run():
    spec = {"steps": 100_000, "lr": 3e-4, "weight_decay": 0.1}
    kinds = [
        {"kind": "cosine", "warmup": 2000, "to": "10%"},
        {"kind": "wsd", "warmup": 2000, "cooldown": "20%"},
        {"kind": "constant", "warmup": 2000},
    ]
    # lr·wd times the sums of shares: 1,000 + 0.55 · 98,000, 1,000 + 78,000 + 10,000, and 1,000 + 98,000
    found = [lrplot.theory({**spec, "schedule": kind}) for kind in kinds]
    assert [each.adamw_mass for each in found] == pytest.approx([1.647, 2.67, 2.97], abs=5e-3)
    assert [each.initial_weights_left for each in found] == pytest.approx([0.1926, 0.069, 0.051], abs=6e-4)
    assert found[0].adamw_timescale_share == pytest.approx(1 / 3, rel=1e-12)


def test_weight_decay_may_have_a_schedule():
    moving = {"kind": "linear", "from": 0.2, "to": 0}
    found = lrplot.theory({"steps": 4, "lr": 0.5, "schedule": "constant", "weight_decay": moving})
    assert found.adamw_timescale == pytest.approx(10, rel=1e-12)
    assert found.initial_weights_left == pytest.approx(0.9 * 0.925 * 0.95 * 0.975, rel=1e-12)


def test_long_runs_keep_about_the_same_share():
    spec = {"steps": 10**9, "lr": 1e-7, "weight_decay": 0.1, "schedule": "linear"}
    found = lrplot.theory(spec)
    assert found.sampled
    assert found.initial_weights_left == pytest.approx(np.exp(-0.1 * 1e-7 * 5e8), rel=1e-4)


@pytest.mark.parametrize("decay", [{}, {"weight_decay": 0}])
def test_no_time_scale_without_weight_decay(decay):
    found = lrplot.theory({**SPEC, **decay})
    assert found.adamw_timescale is found.adamw_mass is found.initial_weights_left is None


def sizes(rates, beta1, count=400_000, seed=0):
    """Root mean square of Adam's updates for gradients that are noise, by Adam's own recursion."""
    noise = np.random.default_rng(seed).standard_normal((len(rates), count))
    average, found = np.zeros(count), []
    for t, (rate, gradient) in enumerate(zip(rates, noise, strict=True), start=1):
        average = beta1 * average + (1 - beta1) * gradient
        found.append(rate * sqrt(np.mean((average / (1 - beta1**t)) ** 2)))
    return np.array(found)


@pytest.mark.parametrize("warmup", [0, 5])
def test_first_updates_equal_a_simulation_of_adam(warmup):
    spec = {"steps": 40, "lr": 1.0, "beta1": 0.5, "schedule": {"kind": "constant", "warmup": warmup}}
    updates = sizes(lrplot.load(spec).lr, 0.5, 20_000)
    settled = sqrt(0.5 / 1.5)
    found = lrplot.theory(spec)
    assert found.adam_first_update == pytest.approx(updates[0] / settled, rel=0.03)
    assert found.adam_largest_update == pytest.approx(updates.max() / settled, rel=0.03)


def test_first_update_without_a_warmup_is_four_times_a_settled_one():
    found = lrplot.theory({"steps": 100, "lr": 1.0, "schedule": "constant"})
    assert found.adam_first_update == found.adam_largest_update == pytest.approx(4.3589, rel=1e-4)
    assert found.adam_warmup == 2_000
    assert lrplot.theory({**SPEC, "beta2": 0.95}).adam_warmup == 40
    assert lrplot.theory(SPEC).warmup == 500
    assert lrplot.theory(SPEC).adam_largest_update == 1


def test_a_beta_that_is_no_share_counts_as_the_default():
    assert lrplot.theory({**SPEC, "beta2": 1}).adam_warmup == 2_000


def test_numbers_are_none_for_a_rate_that_is_zero_or_below():
    found = lrplot.theory({"steps": 9, "lr": 0, "schedule": "constant"})
    assert found.mass is found.bound_ratio is found.adam_first_update is None


def test_a_schedule_may_be_given_in_place_of_a_spec():
    assert lrplot.theory(lrplot.load(SPEC)) == lrplot.theory(SPEC)


def test_logs_are_refused():
    (run,) = runs_of(log_of(points([0, 10], [1.0, 0.5])))
    with pytest.raises(Fault, match="some updates only"):
        theory_of(run)
