"""Curves made of curves: limits, turning points, tracks, and the segments they consist of."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from support import check_turning_points

from lrplot.curves.anneals import Anneal
from lrplot.curves.clocks import Hold
from lrplot.curves.curve import Flat
from lrplot.curves.cycles import Restarts, Triangles
from lrplot.curves.formulas import cosine
from lrplot.curves.laws import Geometric, NaturalExponential, Noam, PowerLaw
from lrplot.curves.points import Interpolation, Listed
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.repeat import Repeat
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import COSINE, LINEAR
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import NO_STEPS
from lrplot.curves.tracks import Tracks, in_sequence
from lrplot.curves.wrappers import Clip


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
]  # fmt: skip


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: type(curve).__name__)
def test_a_curve_is_monotone_between_its_turning_points(curve):
    for start, stop in [(0, 600), (1, 599), (137, 403), (90, 111), (99, 100), (36, 75), (299, 302), (480, 600)]:
        check_turning_points(curve, start, stop, rounding=1e-15)


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


def test_a_held_curve_turns_at_the_readings_around_a_turn():
    assert Hold(line(100), 30, offset=10).turning_points(5, 90).tolist() == []
    peak = sequence(100, line(30, 0.0, 1.0), line(70))  # turns at 30, between the readings 20 and 50
    assert Hold(peak, 30, offset=10).turning_points(5, 90).tolist() == [19, 20, 49, 50]


def test_a_sequence_takes_steps_in_any_order():
    curve = sequence(12, line(4), Flat(3, 5.0), line(5, 2.0, 1.0))
    steps = np.array([11, 0, 20, 4, 3, 4, 12, 7, 6, 0])
    assert_allclose(curve.values(steps), [1.2, 1, 1, 5, 0.25, 5, 1, 2, 5, 1], rtol=1e-12)
    assert curve.values(np.array([30])).tolist() == [1]


def test_a_parameter_that_a_phase_does_not_move_is_held():
    moved = Tracks(line(4), {"momentum": line(4, 0.9, 0.5)})
    parts = [Tracks(Flat(2, 1.0)), moved, Tracks(Flat(2, 1.0))]
    found = in_sequence(10, [(Phase("part", tracks.curve), tracks) for tracks in parts])
    assert found.beside.keys() == {"momentum"}
    momentum = found.beside["momentum"].values(np.arange(10))
    assert_allclose(momentum, [0.9, 0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.5, 0.5], rtol=1e-12)
    held = moved.each(lambda curve: Hold(curve, 2)).beside["momentum"]
    assert_allclose(held.values(np.arange(4)), [0.9, 0.9, 0.7, 0.7], rtol=1e-12)


def spans(curve):
    return [(each.start, each.stop, each.name) for each in curve.segments()]


def test_the_segments_of_nested_sequences_are_flat():
    inner = Sequence(5, (Phase("a", line(2)), Phase("b", line(3))))
    outer = Sequence(9, (Phase("first", Flat(1, 1.0)), Phase("inner", inner), Phase("last", Flat(3, 1.0))))
    expected = [(0, 1, "first"), (1, 3, "a"), (3, 6, "b"), (6, 9, "last")]
    assert spans(outer) == expected
    assert spans(Hold(outer, 2)) == expected
    assert spans(Sequence(9, (Phase("held", Hold(outer, 2)),))) == expected


def test_a_repetition_is_one_segment():
    repeated = Repeat(10, sequence(5, line(5)), 2)
    (segment,) = Sequence(10, (Phase("repeat", repeated),)).segments()
    assert (segment.start, segment.stop, segment.name, segment.role) == (0, 10, "repeat", Role.CYCLES)


def test_a_segment_keeps_its_planned_stop():
    (segment,) = Sequence(10, (Phase("linear", line(25)),)).segments()
    assert (segment.start, segment.stop, segment.past) == (0, 25, Role.HOLD)


def test_an_open_sequence_goes_on_past_its_last_end():
    found = Sequence(10, (Phase("linear", line(4)),), open=True).segments()
    assert [(each.start, each.stop, each.role) for each in found] == [(0, 4, Role.DECAY), (4, 10, Role.HOLD)]
    found = Sequence(10, (Phase("cosine", cosine(10, 1.0, 0.0, 4)),), open=True).segments()
    assert [(each.start, each.stop, each.role) for each in found] == [(0, 4, Role.DECAY), (4, 10, Role.AFTER)]
    assert found[1].curve.values(np.array([0, 4])).tolist() == [0, 1]


def test_an_inner_phase_ends_where_the_outer_one_cuts_it():
    inner = Sequence(3, (Phase("a", line(2)), Phase("b", line(5))))
    assert spans(Sequence(8, (Phase("inner", inner), Phase("last", Flat(5, 1.0))))) == [
        (0, 2, "a"), (2, 3, "b"), (3, 8, "last"),
    ]  # fmt: skip


def test_the_notes_of_a_phase_go_to_the_inner_ones_they_speak_of():
    inner = Sequence(
        9, (Phase("warmup", line(2), notes={"for": "own"}), Phase("cosine", line(5)), Phase("cooldown", line(2)))
    )
    outer = Sequence(
        9, (Phase("cosine", inner, notes={"warmup": "2", "cosine": "x", "every": "3", "milestones": "4"}),)
    )
    assert [dict(each.notes) for each in outer.segments()] == [
        {"for": "2"}, {"for": "x"}, {"every": "3", "milestones": "4"},
    ]  # fmt: skip
