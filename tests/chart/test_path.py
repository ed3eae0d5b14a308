"""Paths: stairs only where values hold."""

import numpy as np
import pytest

import lrplot
from lrplot.chart.path import path_of, thinned


def path(schedule, steps, count=1_000, start=0, stop=None, **more):
    curve = lrplot.load({"steps": steps, "lr": 1, "schedule": schedule, **more}).run.tracks["lr"].curve
    return path_of(curve, start, steps if stop is None else stop, count)


def upright(found):
    """The steps at which a path goes straight up or down, and the values there."""
    x, y = found.steps, found.values
    places = np.flatnonzero((np.diff(x) == 0) & (np.diff(y) != 0))
    return [(float(x[i]), float(y[i]), float(y[i + 1])) for i in places]


@pytest.mark.parametrize("steps", [400, 1_000, 5_000, 10**6, 10**9, 2**53])
def test_smooth_curves_have_no_stairs_at_any_length(steps):
    assert upright(path({"kind": "cosine", "warmup": "3%"}, steps)) == []
    assert upright(path([{"kind": "warmup", "for": "2%"}, "constant"], steps)) == []


@pytest.mark.parametrize("steps", [400, 5_000, 10**6, 10**12])
def test_drops_are_upright_at_their_step_at_any_length(steps):
    spec = {"kind": "multistep", "milestones": ["25%", "50%"], "gamma": 0.5}
    assert upright(path(spec, steps)) == [(steps / 4, 1, 0.5), (steps / 2, 0.5, 0.25)]


def test_restarts_are_upright():
    found = upright(path({"kind": "cosine_restarts", "period": 250_000}, 10**6))
    assert [(step, high) for step, _, high in found] == [(250_000, 1), (500_000, 1), (750_000, 1)]


def test_an_update_that_is_wide_on_paper_is_held():
    found = path("linear", 4)
    assert found.steps.tolist() == [0, 1, 1, 2, 2, 3, 3, 4]
    assert found.values.tolist() == [1, 1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25]


def test_stairs_of_epochs_are_kept():
    found = path({"kind": "linear", "interval": "epoch"}, 10_000, steps_per_epoch=2_000)
    assert [step for step, _, _ in upright(found)] == [2_000, 4_000, 6_000, 8_000]
    assert [low for _, _, low in upright(found)] == pytest.approx([0.8, 0.6, 0.4, 0.2])


def test_a_path_reaches_the_extremes_between_its_columns():
    at = {0: 0, 500_000: 1, 500_001: 0}
    found = path({"kind": "points", "at": at, "interpolation": "step"}, 10**6, 300)
    assert found.values.max() == 1
    assert 499_999 < found.steps[found.values.argmax()] < 503_334


def test_a_kink_between_columns_is_no_stair():
    found = path({"kind": "cosine", "warmup": 188}, 150_000)
    assert upright(found) == []
    assert found.values.max() == 1


def test_a_path_holds_its_window_alone():
    found = path("linear", 10_000, start=2_000, stop=3_000)
    assert (found.steps[0], found.steps[-1]) == (2_000, 3_000)
    assert (found.values[0], found.values[-1]) == (pytest.approx(0.8), pytest.approx(0.7001))


def test_thinned_paths_stay_near_the_curve():
    x = np.linspace(0, 400, 5_000)
    y = 100 * np.cos(x / 100)
    few = thinned(x, y, 0.02)
    assert len(few[0]) < 200
    assert np.abs(np.interp(x, *few) - y).max() <= 0.02
    assert (few[0][0], few[0][-1]) == (0, 400)


def test_thinned_paths_keep_upright_parts():
    x, y = np.array([0.0, 1, 1, 2, 2, 3]), np.array([0.0, 0, 5, 5, 1, 1])
    assert [part.tolist() for part in thinned(x, y, 0.1)] == [x.tolist(), y.tolist()]
