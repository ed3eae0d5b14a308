"""Extremes over ranges of steps: those found without evaluating every step equal those of every step."""

import numpy as np
import pytest
from kinds.examples import EXAMPLES
from numpy.testing import assert_allclose, assert_array_equal

import lrplot
from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Flat
from lrplot.curves.laws import NaturalExponential
from lrplot.curves.shapes import LINEAR
from lrplot.diagnostics import NotFinite
from lrplot.engine import evaluate as engine
from lrplot.engine import extremes
from lrplot.engine.evaluate import evaluate
from lrplot.engine.extremes import check_finite, columns, first_step_at
from lrplot.kinds import KINDS

STEPS = 1000


@pytest.fixture
def track(tmp_path, monkeypatch):
    """A function from a kind and its fields to the curve of its learning rate."""
    rows = np.random.default_rng(3).normal(size=(900, 2)).round(6)
    rows[:, 1] = rows[:, 1].cumsum().round(6)
    lines = [f"{step},{lr},{walk}\n" for step, (lr, walk) in enumerate(rows.tolist())]
    (tmp_path / "table.csv").write_text("step,lr,walk\n" + "".join(lines))
    monkeypatch.chdir(tmp_path)

    def curve(kind, fields):
        spec = {"steps": STEPS, "lr": 1, "steps_per_epoch": 45, "schedule": {"kind": kind, **fields}}
        return lrplot.load(spec).run.tracks["lr"].curve

    return curve


@pytest.mark.parametrize("streamed", [100, STEPS], ids=["turning points", "every step"])
@pytest.mark.parametrize("kind", KINDS)
def test_columns_equal_every_step(kind, streamed, track, monkeypatch):
    monkeypatch.setattr(extremes, "STREAMED", streamed)
    monkeypatch.setattr(engine, "BLOCK", 317)
    for fields in EXAMPLES[kind]:
        curve = track(kind, fields)
        whole = evaluate(curve, 0, STEPS)
        for start, stop, counts in ((0, STEPS, (1, 2, 7, 64, 249)), (137, 901, (1, 3, 10, 99))):
            for count in counts:
                cut = columns(curve, start, stop, count)
                ranges = [whole[a:b] for a, b in zip(cut.edges, cut.edges[1:], strict=False)]
                assert_allclose(cut.lows, [each.min() for each in ranges], rtol=1e-12, err_msg=str(fields))
                assert_allclose(cut.highs, [each.max() for each in ranges], rtol=1e-12, err_msg=str(fields))
                assert_array_equal(cut.firsts, [each[0] for each in ranges])
                assert_array_equal(cut.lasts, [each[-1] for each in ranges])


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_step_at_an_extreme_is_the_first_of_all_steps(kind, track, monkeypatch):
    monkeypatch.setattr(extremes, "STREAMED", 100)
    for fields in EXAMPLES[kind]:
        curve = track(kind, fields)
        whole = evaluate(curve, 0, STEPS)
        for start, stop in ((0, STEPS), (137, 901)):
            for value in (whole[start:stop].min(), whole[start:stop].max()):
                expected = start + int(np.flatnonzero(whole[start:stop] == value)[0])
                assert first_step_at(curve, start, stop, float(value)) == expected, fields


@pytest.mark.parametrize(("start", "stop", "count"), [(0, 10, 3), (5, 1000, 7), (0, 3, 100), (7, 8, 1), (0, 100, 100)])
def test_columns_are_of_equal_width_to_within_a_step(start, stop, count):
    edges = columns(Flat(1000, 0.5), start, stop, count).edges
    assert (edges[0], edges[-1]) == (start, stop)
    assert len(edges) == min(count, stop - start) + 1
    widths = np.diff(edges)
    assert widths.min() >= 1
    assert widths.max() - widths.min() <= 1


def test_a_long_run_whose_turning_points_are_known_is_not_evaluated_in_full(monkeypatch):
    phases = [
        {"kind": "warmup", "for": 10**9},
        {"kind": "cosine_restarts", "period": 10**8, "to": 0.2, "for": 5 * 10**11},
        {"kind": "cyclic", "up": 3 * 10**7, "min": 0.1, "max": 2, "for": 4 * 10**11},
        {"kind": "noam", "d_model": 4, "warmup": 10**10},
    ]
    curve = lrplot.load({"steps": 10**12, "lr": 1, "schedule": phases}).run.tracks["lr"].curve
    monkeypatch.setattr(extremes, "_streamed", None)  # would fail
    cut = columns(curve, 0, 10**12, 200)
    assert not cut.sampled
    assert_allclose(cut.lows[[1, 50, 99, 101, 150, 179]], [*[0.2] * 3, *[0.1] * 3], rtol=1e-12)
    assert_allclose(cut.highs[[0, 1, 50, 99, 101, 150, 179, 180]], [*[1] * 4, *[2] * 4], rtol=1e-12)
    assert_allclose(cut.highs[181:].max(), 0.5 * 10**-5, rtol=1e-12)
    assert first_step_at(curve, 0, 10**12, 1.0) == 10**9
    assert first_step_at(curve, 0, 10**12, 2.0) == 501 * 10**9 + 3 * 10**7
    assert first_step_at(curve, 0, 10**12, 0.0) == 0


@pytest.mark.parametrize("steps", [1_000, 200_000, 1_000_000])
def test_extremes_of_a_run(steps):
    phases = [{"kind": "warmup", "for": "10%"}, {"kind": "linear", "for": "80%", "to": 0.25}, {"kind": "constant"}]
    curve = lrplot.load({"steps": steps, "lr": 1, "schedule": phases}).run.tracks["lr"].curve
    found = extremes.extremes(curve, steps)
    assert (found.first, found.last, found.sampled) == (0.0, 0.25, False)
    assert (found.peak, found.peak_step, found.low, found.low_step) == (1.0, steps // 10, 0.0, 0)


@pytest.mark.parametrize(
    ("steps", "schedule", "held"),
    [
        (100_000, "cosine", True),
        (200_000, "cosine", False),  # its turning points are enough
        (200_000, {"kind": "expression", "value": "1 - u"}, True),
        (1_000_000, {"kind": "expression", "value": "1 - u"}, False),  # it is too long to be held
    ],
)
def test_the_values_of_a_run_are_held_if_all_are_computed(steps, schedule, held):
    curve = lrplot.load({"steps": steps, "lr": 1, "schedule": schedule}).run.tracks["lr"].curve
    values = extremes.all_values(curve, steps)
    if not held:
        assert values is None
        return
    assert values is extremes.all_values(curve, steps)
    assert_array_equal(values, evaluate(curve, 0, steps))
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 2


def test_a_value_that_is_not_attained_has_no_first_step():
    with pytest.raises(ValueError, match=r"^0\.123 is not attained$"):
        first_step_at(Anneal(10, 1.0, 0.0, LINEAR), 0, 10, 0.123)


@pytest.mark.parametrize("steps", [2000, 10**12])
def test_check_finite_names_the_first_step(steps):
    for rate, first in ((-1.0, 710), (-0.5, 1420)):  # ln of the largest float64 is 709.78
        with pytest.raises(NotFinite, match=f"^inf at step {first}$") as caught:
            check_finite(NaturalExponential(steps, 1.0, rate), steps)
        assert (caught.value.step, caught.value.value) == (first, np.inf)
    check_finite(NaturalExponential(steps, 1.0, 1.0), steps)


@pytest.mark.parametrize(
    ("phases", "step"),
    [
        ([{"kind": "exponential", "gamma": 2}], "1,024"),
        ([{"kind": "constant", "for": 10**11}, {"kind": "exponential", "gamma": 2}], "100,000,001,024"),
        ([{"kind": "exponential", "gamma": 2, "for": 10**11}, "constant"], "1,024"),
        ([{"kind": "step", "every": 10**6, "gamma": 2}], "1,024,000,000"),
    ],
)
def test_a_long_run_that_leaves_the_finite_is_refused_at_once(phases, step):
    with pytest.raises(lrplot.SpecError, match=f"`lr` is not finite at step {step}: inf") as caught:
        lrplot.load({"steps": 10**12, "lr": 1, "schedule": phases})
    assert caught.value.diagnostics[0].code == "not-finite"


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "cosine_restarts", "period": 1_000, "interval": "epoch"},
        {"kind": "cyclic", "up": 333, "interval": "epoch"},
        {"kind": "repeat", "of": {"kind": "sqrt", "for": 1_900}, "interval": "epoch"},
        {"kind": "repeat", "of": {"kind": "cyclic", "up": 100, "for": 50_000}},
        {"kind": "repeat", "of": {"kind": "repeat", "times": 50, "of": {"kind": "linear", "for": 1_000}}},
    ],
)
@pytest.mark.parametrize("count", [7, 160])
def test_extremes_of_readings_and_repetitions_of_cycles(schedule, count):
    run = lrplot.load({"steps": 200_000, "lr": 1.0, "steps_per_epoch": 70, "schedule": schedule}).run
    curve = run.tracks["lr"].curve
    values = evaluate(curve, 0, 200_000)
    cut = columns(curve, 0, 200_000, count)
    np.testing.assert_array_equal(cut.lows, np.minimum.reduceat(values, cut.edges[:-1]))
    np.testing.assert_array_equal(cut.highs, np.maximum.reduceat(values, cut.edges[:-1]))


def test_a_long_run_of_unknown_turning_points_is_sampled(monkeypatch):
    monkeypatch.setattr(extremes, "_streamed", None)  # would fail
    schedule = {"kind": "repeat", "of": {"kind": "linear", "for": 13}}
    curve = lrplot.load({"steps": 10**12, "lr": 1.0, "schedule": schedule}).run.tracks["lr"].curve
    cut = columns(curve, 0, 10**12, 100)
    assert cut.sampled
    np.testing.assert_array_equal(cut.highs, np.ones(100))
    np.testing.assert_allclose(cut.lows, np.full(100, 1 / 13), rtol=1e-12)
    assert curve.values(np.array([first_step_at(curve, 0, 10**12, 1.0)])).tolist() == [1.0]
