"""The number of cycles of points."""

from __future__ import annotations

import numpy as np
import pytest

from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.periods import cycles_of


def wave(x):
    return (1 + np.cos(2 * np.pi * x)) / 2


def points(steps, values):
    return Evidence(steps, values, np.full(len(steps), 1e-9))


@pytest.mark.parametrize("cycles", [0.7, 1, 3.3, 17.5, 47])
@pytest.mark.parametrize("floor", [0.0, 0.4])
def test_the_cycles_of_a_wave(cycles, floor):
    steps = np.arange(100)
    found = cycles_of(wave, points(steps, 0.1 * (floor + (1 - floor) * wave(cycles * steps / 99))), floor > 0)
    assert found[0][0] == pytest.approx(cycles, abs=1 / 24)


def test_irregular_points_show_more_cycles_than_half_their_number():
    steps = np.sort(np.random.default_rng(0).choice(100_000, 60, replace=False))
    found = cycles_of(wave, points(steps, wave(50 * steps / steps[-1])), floor=False)
    assert found[0][0] == pytest.approx(50, abs=1 / 24)


def test_evenly_spaced_points_show_at_most_half_as_many_cycles():
    steps = np.arange(21)
    found = cycles_of(wave, points(steps, wave(3 * steps / 20)), floor=False)
    assert found[0][0] == pytest.approx(3, abs=1 / 24)
    assert all(cycles <= 10 + 1 / 12 for cycles, _ in found)
