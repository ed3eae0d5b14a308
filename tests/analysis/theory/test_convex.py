"""The convex last-iterate bound, against the double sum of the theorem and published numbers."""

import csv
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

import lrplot
from lrplot.analysis.summary import AVERAGED, SUMMED
from lrplot.analysis.theory.convex import best, bound_ratio, linear, relative
from lrplot.analysis.theory.totals import totals
from lrplot.curves.curve import Flat
from lrplot.curves.points import Listed


def double_sum(rates, distance=1.0, norm=1.0):
    """The bound after the last update as Defazio et al. 2023, Theorem 10, has it."""
    steps = len(rates)
    whole, squares = rates.sum(), norm**2 * (rates**2).sum()
    bound = distance**2 / (2 * whole) + squares / (2 * whole)
    for k in range(steps - 1):
        after, with_it = rates[k + 1 :].sum(), rates[k:].sum()
        bound += rates[k] / after * norm**2 * (rates[k:] ** 2).sum() / with_it / 2
    return bound


def sums_of(rates):
    found = totals(Listed(len(rates), rates), len(rates), rates.max())
    return found.mass, found.noise


@pytest.mark.parametrize("seed", range(5))
def test_bound_equals_the_double_sum(seed):
    rates = np.random.default_rng(seed).uniform(0.1, 2, 60)
    mass, noise = sums_of(rates)
    peak = rates.max()
    assert (1 / (peak * mass) + peak * noise) / 2 == pytest.approx(double_sum(rates), rel=1e-12)


def test_best_peak_minimizes_the_double_sum():
    rates = np.random.default_rng(7).uniform(0.1, 1, 40)
    shares = rates / rates.max()
    peak, bound = best(*sums_of(rates))
    assert double_sum(peak * shares) == pytest.approx(bound, rel=1e-12)
    assert min(double_sum(factor * peak * shares) for factor in (0.99, 1.01)) > bound


def test_distance_and_norm_scale_the_bound():
    peak, bound = best(3.0, 2.0)
    rates = np.array([1.0, 1.0, 1.0])
    assert double_sum(rates * 5, distance=10.0, norm=2.0) == pytest.approx(20 * double_sum(rates), rel=1e-12)
    assert (peak, bound) == pytest.approx((1 / sqrt(6), sqrt(2 / 3)))


def published(name, steps=400):
    """The values of schedules in lr-scheduling (fabian-sp, 8ace3a3), whose bounds are recorded below."""
    t = np.arange(steps, dtype=float)
    u = t / steps
    return {
        "linear": 1 - u,
        "wsd": np.minimum(1, (steps - t) / (0.2 * steps)),
        "cosine": (1 + np.cos(np.pi * u)) / 2,
        "inverse sqrt": 1 / np.sqrt(t + 1),
        "constant": np.ones(steps),
        "1-sqrt": 1 - np.sqrt(u),
    }[name]


@pytest.mark.parametrize(
    ("name", "peak", "bound"),
    [
        ("wsd", 0.025374, 0.109323),
        ("linear", 0.049563, 0.100630),
        ("inverse sqrt", 0.212086, 0.122264),
        ("constant", 0.018176, 0.137545),
        ("cosine", 0.048242, 0.103386),
        ("1-sqrt", 0.073797, 0.101243),
    ],
)
def test_best_peaks_and_bounds_equal_the_published_code(name, peak, bound):
    found = best(*sums_of(published(name)))
    assert found == pytest.approx((peak, bound), abs=6e-7)


# Values of another implementation of the theorem, for 10,000 updates without a warmup.
@pytest.mark.parametrize(
    ("schedule", "bound", "peak"),
    [
        ("linear", 1.000, 1.000),
        ({"kind": "wsd", "cooldown": "40%"}, 1.029, 0.607),
        ("cosine", 1.030, 0.971),
        ({"kind": "polynomial", "power": 2}, 1.060, 1.415),
        ({"kind": "wsd", "cooldown": "20%", "shape": "sqrt"}, 1.063, 0.543),
        ({"kind": "wsd", "cooldown": "20%"}, 1.080, 0.514),
        ("one_cycle", 1.090, 0.907),
        ({"kind": "cosine", "to": "10%"}, 1.107, 0.822),
        ({"kind": "wsd", "cooldown": "10%"}, 1.142, 0.461),
        ({"kind": "exponential", "to": "1%"}, 1.145, 2.03),
        ({"kind": "cosine_restarts", "period": 2500}, 1.247, 0.802),
        ({"kind": "inverse_sqrt", "timescale": 500}, 1.396, 1.000),
        ({"kind": "inverse_time", "rate": 0.01, "every": 1}, 1.476, 7.33),
        ("constant", 1.642, 0.305),
    ],
)
def test_ratios_to_linear_decay(load, schedule, bound, peak):
    run = load(schedule, steps=10_000, lr=3e-4).run
    found = totals(run.lr.curve, run.steps, 3e-4)
    assert relative(found.mass, found.noise, run.steps) == pytest.approx((bound, peak), rel=3e-3)
    assert bound_ratio(run) == pytest.approx(bound, abs=6e-4)


@pytest.mark.parametrize(("steps", "scaled"), [(100, 2.0361), (1_000, 2.0060), (10_000, 2.0008)])
def test_bound_of_linear_decay_tends_to_two_over_the_root_of_its_length(steps, scaled):
    assert best(*linear(steps))[1] * sqrt(steps) == pytest.approx(scaled, abs=6e-5)


@pytest.mark.parametrize("steps", [1, 2, 3, 65, 400])
def test_sums_of_linear_decay_have_a_closed_form(steps):
    assert linear(steps) == pytest.approx(sums_of(published("linear", steps)), rel=1e-12)


def test_sums_of_a_constant_have_a_closed_form():
    harmonic = sum(1 / each for each in range(1, 1_000))
    assert sums_of(np.full(1_000, 0.3)) == pytest.approx((1_000, 1 + harmonic), rel=1e-12)


@pytest.mark.parametrize("steps", [2**16 + 3, SUMMED + 2, 10**12])
def test_long_runs_have_the_sums_of_the_closed_form(load, steps):
    constant, line = (load(kind, steps=steps).run.lr.curve for kind in ("constant", "linear"))
    found = totals(constant, steps, 1.0)
    harmonic = np.log(steps - 1) + np.euler_gamma + 1 / (2 * (steps - 1))
    assert (found.mass, found.noise) == pytest.approx((steps, 1 + harmonic), rel=1e-9 if steps <= SUMMED else 1e-5)
    assert found.half == pytest.approx(steps / 2, abs=1 + (steps / AVERAGED if steps > SUMMED else 0))
    found = totals(line, steps, 1.0)
    assert (found.mass, found.noise) == pytest.approx(linear(steps), rel=1e-9 if steps <= SUMMED else 1e-4)


def test_zeros_change_the_length_and_nothing_else():
    rates = np.random.default_rng(3).uniform(0.1, 1, 30)
    zeros = np.zeros(5)
    around = np.concatenate([zeros, rates[:10], zeros, rates[10:], zeros])
    assert sums_of(around) == pytest.approx(sums_of(rates), rel=1e-12)


def test_bound_does_not_depend_on_the_peak(load):
    values = {bound_ratio(load("cosine", lr=lr).run) for lr in (1e-300, 1.0, 1e300)}
    assert max(values) == pytest.approx(min(values), rel=1e-12)


@pytest.mark.parametrize("schedule", [{"kind": "constant", "value": 0}, {"kind": "expression", "value": "cos(9 * u)"}])
def test_no_bound_for_values_that_are_all_zero_or_negative(load, schedule):
    assert bound_ratio(load(schedule).run) is None


def test_one_value_stands_for_itself():
    assert totals(Flat(1, 2.0), 1, 2.0).noise == 1


@pytest.mark.parametrize(("steps", "correlation"), [(25_000, 0.867), (50_000, 0.917)])
def test_the_bound_orders_real_runs_of_nine_schedules(steps, correlation):
    with (Path(__file__).parent / "final_losses" / "losses.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    bounds = []
    for row in rows:
        schedule = {"kind": row["kind"], "warmup": 300, row["option"]: row["value"]}
        if row["shape"]:
            schedule["shape"] = row["shape"]
        bounds.append(lrplot.theory({"steps": steps, "lr": 1e-3, "schedule": schedule}).bound_ratio)
    ranks = [np.argsort(np.argsort(each)) for each in (bounds, [float(row[f"loss_{steps}"]) for row in rows])]
    assert round(1 - 6 * int(np.square(ranks[0] - ranks[1]).sum()) / (9 * 80), 3) == correlation
