"""Curves made of curves: limits, extremes, companions, and the phases they consist of."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Flat
from lrplot.curves.cycles import Restarts, Triangles
from lrplot.curves.laws import Geometric, NaturalExponential, Noam, PowerLaw
from lrplot.curves.points import Interpolation, Listed
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.repeat import Repeat
from lrplot.curves.sequence import Phase, Sequence, phases_of
from lrplot.curves.shapes import COSINE, LINEAR
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import NO_STEPS
from lrplot.curves.wrappers import Accompanied, Clip, Hold


def line(length, first=1.0, last=0.0):
    return Anneal(length, first, last, LINEAR)


def sequence(length, *curves):
    return Sequence(length, tuple(Phase(f"p{i}", curve) for i, curve in enumerate(curves)))


DROP = Plateaus(4, np.array([2]), np.array([1.0, 0.5]))

LIMITS = [
    (sequence(8, line(4), Flat(4, 3.0)), {0: 1, 2: 0.5, 4: 0, 5: 3, 8: 3}),
    (sequence(8, line(4), line(2, 0.5, 0.1)), {4: 0, 6: 0.1, 7: 0.1, 8: 0.1}),
    (sequence(8, DROP, DROP), {2: 1, 4: 0.5, 6: 1, 8: 0.5}),
    (sequence(8, line(4), line(0, 1.0, 0.7), Flat(4, 2.0)), {4: 0.7, 5: 2}),
    (sequence(4, line(4), line(0, 1.0, 0.7)), {4: 0.7}),
    (sequence(8, line(0, 1.0, 0.7), line(8)), {0: 0.7, 4: 0.5}),
    (sequence(6, line(4), line(4)), {6: 0.5}),
    (Repeat(8, line(4), 2), {0: 1, 3: 0.25, 4: 0, 5: 0.75, 8: 0}),
    (Repeat(12, line(4, 1.0, 0.2), 2), {4: 0.2, 8: 0.2, 9: 0.2, 12: 0.2}),
    (Repeat(6, line(4), 2), {6: 0.5}),
    (Repeat(8, DROP, 2), {2: 1, 4: 0.5, 6: 1, 8: 0.5}),
    (Clip(line(4), 0.4), {0: 1, 2: 0.5, 3: 0.4, 4: 0.4}),
    (Clip(DROP, 0.7), {2: 1, 4: 0.7}),
    (Hold(line(8), 2), {0: 1, 1: 1, 2: 0.75, 3: 0.75, 8: 0}),
    (Hold(line(8), 3), {3: 0.625, 5: 0.625, 8: 0.25}),
    (Hold(line(8), 4, offset=2), {0: 1, 1: 1, 2: 0.75, 5: 0.75, 6: 0.25, 8: 0.25}),
]


@pytest.mark.parametrize(("curve", "limits"), LIMITS, ids=str)
def test_limit(curve, limits):
    assert_allclose([curve.limit(t) for t in limits], list(limits.values()), rtol=1e-12)
    if curve.length in limits:
        assert curve.end == limits[curve.length]


CURVES = [
    sequence(600, line(100, 0.0, 1.0), Noam(300, 1.0, 40), line(200, 0.3, 0.1)),
    sequence(600, line(100), line(100)),
    sequence(600, Flat(0, 9.0), Geometric(200, 1.0, 0.5, 30, True), line(0), NaturalExponential(400, 5.0, -1e-3)),
    sequence(600, sequence(300, Noam(200, 3.0, 150), Flat(500, 7.0)), PowerLaw(500, 2.0, 30.0, 0.5)),
    sequence(600, Restarts(300, 1.0, 0.1, 20, 1.0, 0.9), Triangles(300, 0.0, 1.0, 7, 30, gamma=0.97)),
    sequence(600, Interpolation(600, np.array([5, 99, 100, 470]), np.array([1.0, 0.2, 0.9, 0.1]), COSINE)),
    sequence(600, Listed(600, np.sin(np.arange(500.0) ** 2))),
    sequence(600, Plateaus(600, np.array([0, 50, 50, 90, 599]), np.array([5.0, 1.0, 9.0, 0.0, 4.0, 2.0]))),
    Repeat(600, Noam(37, 1.0, 11), 16),
    Repeat(600, Noam(37, 1.0, 11), 3),
    Repeat(600, sequence(50, line(10, 0.0, 1.0), DROP, line(36, 0.7, 0.2)), 12),
    Repeat(600, Noam(1000, 1.0, 400), 1),
    Repeat(600, Flat(1, 0.3), 600),
    Clip(sequence(600, Noam(600, 1.0, 100)), 0.05),
    Clip(Restarts(600, 1.0, 0.0, 50, 1.0, 0.8), 0.2),
    Hold(sequence(600, line(100, 0.0, 1.0), Noam(300, 1.0, 40), line(200, 0.3, 0.1)), 17),
    Hold(Noam(600, 1.0, 50), 23, offset=11),
    Hold(Restarts(600, 1.0, 0.0, 77, 1.0, 0.8), 10),
    Hold(Triangles(600, 0.0, 1.0, 90, 33), 25, offset=3),
    Hold(Plateaus(600, np.array([5, 130, 131, 480]), np.array([1.0, 3.0, 9.0, 0.0, 2.0])), 20),
    Hold(line(600), 1000),
    Accompanied(sequence(600, Noam(600, 1.0, 100)), {"momentum": Flat(600, 0.9)}),
]  # fmt: skip


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: type(curve).__name__)
def test_turning_points_attain_the_extremes_of_every_window(curve):
    values = curve.values(np.arange(600))
    for start, stop in [(0, 600), (1, 599), (137, 403), (90, 111), (99, 100), (36, 75), (299, 302), (480, 600)]:
        points = curve.turning_points(start, stop)
        assert points.size == 0 or (start <= points[0] and points[-1] < stop)
        found = values[[start, *points, stop - 1]]
        whole = values[start:stop]
        assert (found.min(), found.max()) == (whole.min(), whole.max())


def test_turning_points_of_what_may_turn_anywhere_are_not_known():
    unknown = Recurrence(100, 1.0, lambda t: (np.cos(t), np.sin(t)))
    around = [
        unknown,
        sequence(100, Flat(10, 1.0), unknown),
        Repeat(200, unknown, 2),
        Clip(unknown, 0.1),
    ]
    assert [curve.turning_points(0, 100) for curve in around] == [None] * 4
    assert sequence(110, Flat(10, 1.0), unknown).turning_points(0, 10).tolist() == [0, 9]
    assert Flat(5, 1.0).turning_points(0, 5) is NO_STEPS


def test_a_hold_turns_only_where_it_is_read(monkeypatch):
    held = Hold(line(100), 30, offset=10)
    assert held.turning_points(5, 90).tolist() == [5, 20, 50, 80]
    monkeypatch.setattr("lrplot.curves.wrappers.MOST_READINGS", 2)
    assert held.turning_points(5, 90).tolist() == [5, 20, 50, 80]
    assert held.turning_points(0, 100) is None


def test_a_sequence_takes_steps_in_any_order():
    curve = sequence(12, line(4), Flat(3, 5.0), line(5, 2.0, 1.0))
    steps = np.array([11, 0, 20, 4, 3, 4, 12, 7, 6, 0])
    assert_allclose(curve.values(steps), [1.2, 1, 1, 5, 0.25, 5, 1, 2, 5, 1], rtol=1e-12)
    assert curve.values(np.array([30])).tolist() == [1]


def test_a_sequence_has_a_companion_for_each_that_a_phase_brings():
    with_momentum = Accompanied(line(4), {"momentum": line(4, 0.9, 0.5)})
    curve = sequence(10, Flat(2, 1.0), with_momentum, Flat(2, 1.0))
    (name,) = curve.companions
    assert name == "momentum"
    momentum = curve.companions["momentum"].values(np.arange(10))
    assert_allclose(momentum, [0.9, 0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.5, 0.5], rtol=1e-12)


def test_companions_are_repeated_and_held_alike():
    with_momentum = Accompanied(line(4), {"momentum": line(4, 0.9, 0.5)})
    repeated = Repeat(8, with_momentum, 2).companions["momentum"]
    assert_allclose(repeated.values(np.arange(8)), [0.9, 0.8, 0.7, 0.6] * 2, rtol=1e-12)
    held = Hold(with_momentum, 2).companions["momentum"]
    assert_allclose(held.values(np.arange(4)), [0.9, 0.9, 0.7, 0.7], rtol=1e-12)
    assert dict(Clip(line(4), 0.1).companions) == {}


def spans(curve):
    return [(start, stop, phase.name) for start, stop, phase in phases_of(curve)]


def test_phases_of_a_sequence_lie_flat():
    inner = Sequence(5, (Phase("a", line(2)), Phase("b", line(3))))
    outer = Sequence(9, (Phase("first", Flat(1, 1.0)), Phase("inner", inner), Phase("last", Flat(3, 1.0))))
    expected = [(0, 1, "first"), (1, 3, "a"), (3, 6, "b"), (6, 9, "last")]
    assert spans(outer) == expected
    assert spans(Hold(outer, 2)) == spans(Accompanied(outer, {})) == expected
    assert spans(Sequence(9, (Phase("held", Hold(outer, 2)),))) == expected


def test_phases_of_what_is_no_sequence_are_none():
    assert spans(line(5)) == spans(Repeat(10, sequence(5, line(5)), 2)) == []
    assert spans(Sequence(10, (Phase("repeat", Repeat(10, sequence(5, line(5)), 2)),))) == [(0, 10, "repeat")]


def test_an_inner_phase_ends_where_the_outer_one_cuts_it():
    inner = Sequence(3, (Phase("a", line(2)), Phase("b", line(5))))
    assert spans(Sequence(8, (Phase("inner", inner), Phase("last", Flat(5, 1.0))))) == [
        (0, 2, "a"), (2, 3, "b"), (3, 8, "last"),
    ]  # fmt: skip


def test_the_notes_of_a_phase_go_to_the_inner_ones_they_speak_of():
    inner = Sequence(
        9, (Phase("warmup", line(2), {"for": "own"}), Phase("cosine", line(5)), Phase("cooldown", line(2)))
    )
    outer = Sequence(9, (Phase("cosine", inner, {"warmup": "2", "cosine": "x", "every": "3", "milestones": "4"}),))
    assert [dict(phase.notes) for _, _, phase in phases_of(outer)] == [
        {"for": "2"}, {"for": "x"}, {"every": "3", "milestones": "4"},
    ]  # fmt: skip
