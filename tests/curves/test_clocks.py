"""Curves read by another clock."""

import numpy as np
import pytest
from support import check_turning_points, values

from lrplot.curves.anneals import Anneal
from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Flat
from lrplot.curves.cycles import Restarts, Triangles
from lrplot.curves.formulas import cosine
from lrplot.curves.laws import Geometric
from lrplot.curves.points import Listed
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR
from lrplot.engine.extremes import columns

HALVING = Geometric(8, 1.0, 0.5)


def test_a_scheduler_stepped_once_an_epoch():
    assert values(Stepped(8, HALVING, every=3), 8) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_a_scheduler_stepped_by_several_processes():
    assert values(Stepped(4, HALVING, times=2), 4) == [1, 0.25, 1 / 16, 1 / 64]


def test_the_clock_starts_at_zero_in_the_middle_of_an_epoch():
    assert values(Stepped(6, HALVING, every=4, offset=6), 6) == [1, 1, 0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize("curve", [cosine(90, 1.0, 0.0, 7), Anneal(20, 0.0, 1.0, LINEAR), HALVING])
@pytest.mark.parametrize("clock", [(1, 1, 0), (5, 1, 0), (5, 1, 13), (1, 3, 0), (4, 3, 2)])
@pytest.mark.parametrize(("start", "stop"), [(0, 90), (17, 60), (30, 31)])
def test_a_stepped_curve_is_monotone_between_its_turning_points(curve, clock, start, stop):
    check_turning_points(Stepped(90, curve, *clock), start, stop, rounding=1e-15)


@pytest.mark.parametrize(
    "curve",
    [
        Triangles(21, 0.0, 1.0, up=1, down=4, halving=False, gamma=1.0),
        Restarts(21, 1.0, 0.0, 3, 1.0, 1.0),
        Listed(9, np.array([0.0, 0.25, 0.375, 0.5, 0.75, 1.0, 1.125, 0.25, 0.125, 0.5])),
    ],
)
@pytest.mark.parametrize("times", [2, 17, 34])
def test_a_clock_that_skips_the_peaks_of_cycles_has_its_own_extremes(curve, times):
    stepped = Stepped(100_000, curve, times=times)
    check_turning_points(stepped, 0, 21)
    found, every = columns(stepped, 0, 100_000, 7), stepped.values(np.arange(100_000))
    assert found.highs.tolist() == np.maximum.reduceat(every, found.edges[:-1]).tolist()


def test_limits_of_a_stepped_curve():
    assert Stepped(8, HALVING, every=3).limit(3) == 1  # held until the epoch ends
    assert Stepped(8, HALVING, every=3).limit(4) == 0.5
    assert Stepped(8, HALVING, times=2).limit(2) == 1 / 16


def test_segments_of_a_stepped_sequence_are_in_updates():
    phases = Sequence(30, (Phase("up", Anneal(2, 0.0, 1.0, LINEAR)), Phase("down", Anneal(4, 1.0, 0.0, LINEAR))))
    up, down = Stepped(30, phases, every=5).segments()
    assert (up.start, up.stop, up.name, up.every) == (0, 10, "up", 5)
    assert (down.start, down.stop, down.name) == (10, 30, "down")
    assert values(up.curve, 10) == [0] * 5 + [0.5] * 5


def test_a_segment_that_begins_between_two_steps_of_the_clock_has_its_own_values():
    stepped = Stepped(
        30, Sequence(60, (Phase("flat", Flat(5, 1.0)), Phase("fall", Anneal(55, 1.0, 0.0, LINEAR)))), times=2
    )
    second = stepped.segments()[1]
    assert (second.start, second.curve.values(np.arange(3)).tolist()) == (3, stepped.values(np.arange(3, 6)).tolist())


def test_the_last_segment_of_an_open_sequence_goes_on_however_it_is_stepped():
    phases = (Phase("up", Anneal(4, 0.0, 1.0, LINEAR)), Phase("fall", Geometric(4, 1.0, 0.5)))
    for opened, stop in ((True, 30), (False, 4)):
        found = Stepped(30, Sequence(8, phases, open=opened), times=2).segments()
        assert [(each.start, each.stop, each.times) for each in found] == [(0, 2, 2), (2, stop, 2)]
