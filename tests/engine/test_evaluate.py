"""Evaluation in blocks: windows deep in a run, any order of steps, values that are not finite."""

from fractions import Fraction
from math import cos, pi

import numpy as np
import pytest
from numpy.testing import assert_allclose

import lrplot
from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.cycles import Restarts, Triangles
from lrplot.curves.laws import Geometric
from lrplot.curves.points import Listed
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import COSINE, LINEAR, SQRT
from lrplot.diagnostics import NotFinite
from lrplot.engine import evaluate as engine
from lrplot.engine.evaluate import BLOCK, blocks, evaluate, evaluate_at

N = 10**12


def ratio(step, first=0, last=N):
    """How far `step` is from `first` to `last`, exactly."""
    return Fraction(step - first, last - first)


def triangle(step):
    local = step % 17
    return Fraction(local, 10) if local < 10 else Fraction(17 - local, 7)


DEEP = [  # a schedule and its value at a step, in exact arithmetic
    ("linear", lambda s: 1 - ratio(s)),
    ({"kind": "linear", "to": "25%"}, lambda s: Fraction(1, 4) + Fraction(3, 4) * (1 - ratio(s))),
    ({"kind": "linear", "inclusive": True}, lambda s: 1 - ratio(s, 0, N - 1)),
    ({"kind": "warmup", "skip_zero": True}, lambda s: ratio(s + 1)),
    ({"kind": "polynomial", "power": 3}, lambda s: (1 - ratio(s)) ** 3),
    ("rex", lambda s: (1 - ratio(s)) / (1 - ratio(s) / 2)),
    ({"kind": "linear", "warmup": 10**9, "to": 0}, lambda s: 1 - ratio(s, 10**9)),
    ({"kind": "step", "every": 3 * 10**11, "gamma": 0.5}, lambda s: Fraction(1, 2 ** (s // (3 * 10**11)))),
    ({"kind": "multistep", "milestones": [7, "60%"], "gamma": 0.5}, lambda s: Fraction(1, 4 if s >= 6 * 10**11 else 2)),
    ({"kind": "inverse_time", "rate": 1, "every": 10**9}, lambda s: 1 / (1 + Fraction(s, 10**9))),
    ({"kind": "power_law", "rate": 1, "every": 10**9, "exponent": 2}, lambda s: 1 / (1 + Fraction(s, 10**9)) ** 2),
    ({"kind": "cyclic", "up": 10, "down": 7, "min": 0, "max": 1}, triangle),
    ({"kind": "points", "at": {5: 1, "40%": 0, N: 2}}, lambda s: 2 * ratio(s, 4 * 10**11)),
    ({"kind": "repeat", "of": {"kind": "linear", "for": 999_983}}, lambda s: 1 - Fraction(s % 999_983, 999_983)),
    ({"kind": "expression", "value": "t / n + t % 7"}, lambda s: ratio(s) + s % 7),
    ([{"kind": "warmup", "for": "50%"}, "linear"], lambda s: 2 * min(ratio(s), 1 - ratio(s))),
    ([{"kind": "linear", "for": 10, "to": 0.5}, {"kind": "step", "every": 10**11}, {"kind": "linear", "for": "20%"}],
     lambda s: Fraction(1, 2 * 10 ** (min(s - 10, 8 * 10**11 - 11) // 10**11)) * min(1, (N - s) / Fraction(N, 5))),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "value"), DEEP, ids=lambda value: "" if callable(value) else str(value)[:40])
@pytest.mark.parametrize("start", [500_000_000_000 - 50, 600_000_000_000 - 3, 899_999_999_977, N - 20])
def test_a_window_deep_in_a_long_run_is_exact(schedule, value, start):
    found = lrplot.load({"steps": N, "lr": 1, "schedule": schedule}).evaluate(start, start + 20)["lr"]
    assert_allclose(found, [float(value(step)) for step in range(start, start + 20)], rtol=1e-12)


def test_a_cosine_deep_in_a_long_run():
    found = lrplot.load({"steps": N, "lr": 1, "schedule": "cosine"}).evaluate(N // 2 - 5, N // 2 + 5)["lr"]
    expected = [(1 + cos(pi * float(ratio(step)))) / 2 for step in range(N // 2 - 5, N // 2 + 5)]
    assert_allclose(found, expected, rtol=1e-12)


def test_the_last_steps_of_a_long_cosine():
    schedule = lrplot.load({"steps": N, "lr": 1, "schedule": "cosine"})
    # (1 + cos πu)/2 = sin²(πv/2), which is (πv/2)² for a v this small
    expected = [(pi / 2 * k / N) ** 2 for k in (3, 2, 1)]
    assert_allclose(schedule.evaluate(N - 3)["lr"], expected, rtol=1e-12)


def test_restarts_deep_in_a_long_run():
    schedule = lrplot.load({"steps": N, "lr": 1, "schedule": {"kind": "cosine_restarts", "period": 12}})
    start = 12 * (10**10) - 12
    expected = [(1 + cos(pi * k / 12)) / 2 for k in range(12)] * 2
    assert_allclose(schedule.evaluate(start, start + 24)["lr"], expected, rtol=1e-12)


CURVES = [
    Anneal(100, 1.0, 0.0, COSINE),
    Anneal(100, 0.1, 0.7, SQRT),
    Geometric(100, 1.0, 0.97, 3),
    Restarts(100, 1.0, 0.1, 7, 1.0, 0.9),
    Restarts(100, 1.0, 0.0, 7, 1.5, 1.0),
    Triangles(100, 0.0, 1.0, 9, 4, gamma=0.98),
    Listed(100, np.sin(np.arange(90.0))),
    Sequence(100, (Phase("a", Anneal(33, 0.0, 1.0, LINEAR)), Phase("b", Anneal(51, 1.0, 0.0, COSINE)))),
]


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: type(curve).__name__)
@pytest.mark.parametrize("size", [1, 7, 33, 100])
def test_blocks_agree_bit_for_bit_with_the_whole(curve, size, monkeypatch):
    whole = curve.values(np.arange(100))
    monkeypatch.setattr(engine, "BLOCK", size)
    assert evaluate(curve, 0, 100).tobytes() == whole.tobytes()
    assert evaluate(curve, 31, 77).tobytes() == whole[31:77].tobytes()
    assert evaluate_at(curve, np.arange(100)).tobytes() == whole.tobytes()
    found = list(blocks(curve, 5, 98, 3))
    assert [len(steps) for steps, _ in found[:-1]] == [size] * (len(found) - 1)
    assert np.concatenate([steps for steps, _ in found]).tolist() == list(range(5, 98, 3))
    assert np.concatenate([values for _, values in found]).tobytes() == whole[5:98:3].tobytes()


def test_runs_longer_than_a_block_are_whole():
    n = 2 * BLOCK + 5
    schedule = lrplot.load({"steps": n, "lr": 1, "schedule": [{"kind": "warmup", "for": BLOCK + 1}, "linear"]})
    expected = [t / (BLOCK + 1) if t <= BLOCK else (n - t) / (BLOCK + 4) for t in range(n)]
    assert_allclose(schedule.lr, expected, rtol=1e-12)
    parts = [schedule.evaluate(a, min(a + 1000, n))["lr"] for a in range(0, n, 1000)]
    assert np.concatenate(parts).tobytes() == schedule.lr.tobytes()


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: type(curve).__name__)
def test_steps_come_in_any_order_and_more_than_once(curve, monkeypatch):
    monkeypatch.setattr(engine, "BLOCK", 11)
    steps = np.random.default_rng(7).integers(0, 100, 300)
    whole = curve.values(np.arange(100))
    assert evaluate_at(curve, steps).tobytes() == whole[steps].tobytes()


def test_a_schedule_takes_an_array_of_any_shape_and_order():
    schedule = lrplot.load({"steps": 10, "lr": 1, "schedule": [{"kind": "warmup", "for": 5}, "linear"]})
    steps = np.array([[9, 0, 5], [25, 4, 9]], dtype=np.uint8)
    assert_allclose(schedule(steps), [[0.2, 0, 1], [0, 0.8, 0.2]], rtol=1e-12)


def test_nothing_asked_is_nothing_told():
    assert evaluate(Flat(10, 1.0), 4, 4).shape == (0,)
    assert evaluate_at(Flat(10, 1.0), np.empty(0, dtype=np.int64)).dtype == np.float64
    assert list(blocks(Flat(10, 1.0), 4, 4)) == []


class Broken(Curve):
    """Not a number at 40, infinite at 70."""

    length = 100

    def values(self, t):
        return np.where(t == 40, np.nan, np.where(t == 70, -np.inf, 1.0))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_first_value_that_is_not_finite_is_named(size, monkeypatch):
    monkeypatch.setattr(engine, "BLOCK", size)
    with pytest.raises(NotFinite, match=r"^nan at step 40$") as caught:
        evaluate(Broken(), 0, 100)
    assert caught.value.step == 40
    with pytest.raises(NotFinite, match=r"^-inf at step 70$") as caught:
        evaluate(Broken(), 41, 100)
    assert caught.value.value == -np.inf
    with pytest.raises(NotFinite, match="at step 70"):
        evaluate_at(Broken(), np.array([3, 70, 40]))
    assert evaluate(Broken(), 41, 70).tolist() == [1.0] * 29


@pytest.mark.parametrize(
    ("schedule", "step"),
    [
        ({"kind": "exponential", "gamma": 2}, "1,024"),
        ({"kind": "step", "every": 1, "gamma": 10}, "309"),
        ({"kind": "power_law", "rate": 9, "exponent": -309}, "1"),
        ({"kind": "cosine_restarts", "period": 1, "decay": 2}, "1,024"),
        ({"kind": "product", "of": [{"kind": "exponential", "gamma": 2}, {"kind": "exponential", "gamma": 2}]}, "512"),
        ([{"kind": "exponential", "gamma": 2, "for": 2000}, "constant"], "1,024"),
        ({"kind": "expression", "value": "10 ** t"}, "309"),
    ],
)
def test_growth_beyond_float64_is_refused_without_a_warning(schedule, step):
    with pytest.raises(lrplot.SpecError, match=f"(?m)^error.not-finite.: `lr` is not finite at step {step}: inf$"):
        lrplot.load({"steps": 2000, "lr": 1, "schedule": schedule})


@pytest.mark.parametrize(
    ("start", "stop"), [(2**63 - 2, 2**63 + 2), (0, 2**63), (2**62, 2**62 + 1), (-1, 3), (5, 4), (10**30, 10**30 + 1)]
)
def test_a_range_past_an_int64_is_refused(start, stop):
    schedule = lrplot.load({"steps": 10, "lr": 1, "schedule": "linear"})
    with pytest.raises(ValueError, match=f"^steps {start} … {stop} are not a range from 0 to 2\\^62$"):
        schedule.evaluate(start, stop)


def test_the_last_steps_of_an_int64_are_evaluated():
    schedule = lrplot.load({"steps": 10, "lr": 1, "schedule": "linear"})
    assert schedule.evaluate(2**62 - 2, 2**62)["lr"].tolist() == [0.0, 0.0]
    assert schedule(10**40) == 0.0


def test_a_value_that_is_not_finite_deep_in_a_run_is_found_when_it_is_asked_for():
    value = "1 / (t - 700000000000)"
    schedule = lrplot.load({"steps": N, "lr": 1, "schedule": {"kind": "expression", "value": value}})
    assert schedule(0) == -1 / 700_000_000_000
    with pytest.raises(lrplot.SpecError, match="not finite at step 700,000,000,000: inf") as caught:
        schedule.evaluate(699_999_999_990, 700_000_000_010)
    assert caught.value.diagnostics[0].code == "not-finite"
    with pytest.raises(lrplot.SpecError, match="not finite at step 700,000,000,000"):
        schedule(700_000_000_000)
