"""Curves made of one other: another length, an end."""

import numpy as np
from support import check_turning_points, values

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Flat
from lrplot.curves.formulas import cosine
from lrplot.curves.laws import Geometric
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.wrappers import Bounded, Ended, Lasting, Scaled

HALVING = Geometric(8, 1.0, 0.5)


def test_a_lasting_curve_goes_on_past_its_length():
    curve = Lasting(3, HALVING, lead=2)
    assert curve.length == 3
    assert values(curve, 5) == [0.25, 0.125, 1 / 16, 1 / 32, 1 / 64]
    assert curve.end == 1 / 32
    ramp = Lasting(30, cosine(90, 1.0, 0.0, 7), lead=3)
    points = ramp.turning_points(0, 30)
    found = ramp.values(points)
    assert (found.min(), found.max()) == (min(values(ramp, 30)), max(values(ramp, 30)))


def test_an_ended_curve_holds_the_limit_at_its_end():
    curve = Ended(Geometric(8, 1.0, 0.5, 2, staircase=True), 4)  # which jumps there
    assert (values(curve, 7), curve.limit(6)) == ([1, 1, 0.5, 0.5, 0.5, 0.5, 0.5], 0.5)
    check_turning_points(Ended(cosine(90, 1.0, 0.0, 7), 20), 0, 40)


def test_a_bounded_curve_has_no_value_where_the_framework_raises():
    curve = Bounded(HALVING, 3, "ValueError: too far")
    assert values(curve, 3) == [1, 0.5, 0.25]
    assert np.isnan(curve.values(np.array([3, 4]))).all()
    assert (curve.failure(2), curve.failure(3)) == (None, "ValueError: too far")
    assert curve.turning_points(0, 8).tolist() == [2, 3]
    assert curve.limit(9) == 0.25


def test_reasons_come_through_what_is_around_a_curve():
    bounded = Bounded(HALVING, 3, "stop")
    assert Scaled(bounded, 2.0).failure(3) == "stop"
    assert Lasting(9, bounded, lead=1).failure(2) == "stop"
    assert (Stepped(9, bounded, every=2).failure(5), Stepped(9, bounded, every=2).failure(6)) == (None, "stop")
    later = Sequence(20, (Phase("first", Flat(10, 1.0)), Phase("then", bounded)), open=True)
    assert (later.failure(12), later.failure(13)) == (None, "stop")


def test_an_open_sequence_goes_on_with_its_last_phase():
    phases = (Phase("flat", Flat(2, 1.0)), Phase("halving", Geometric(2, 1.0, 0.5)))
    assert values(Sequence(4, phases), 6) == [1, 1, 1, 0.5, 0.25, 0.25]
    opened = Sequence(4, phases, open=True)
    assert values(opened, 6) == [1, 1, 1, 0.5, 0.25, 0.125]
    assert (opened.limit(6), opened.end) == (1 / 16, 0.25)
    assert opened.values(np.array([5, 0, 3])).tolist() == [0.125, 1, 0.5]
    assert [(each.start, each.stop) for each in Sequence(9, phases, open=True).segments()] == [(0, 2), (2, 9)]
