"""Curves given by a formula or a recurrence: values, limits, turning points."""

from functools import partial

import numpy as np
import pytest
from support import check_turning_points

from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.recurrence import CHUNK, Recurrence


def stairs(height, t):
    return height * np.floor(t / 2.5)


def sawtooth(period, t):
    return (t % period) / period


def root_left(total, t):
    return np.sqrt(total - t)


def test_a_formula_is_its_function():
    curve = Formula(10, partial(stairs, 3.0), (2.5, 5.0, 7.5))
    assert curve.values(np.array([9, 0, 2, 3, 5])).tolist() == [9, 0, 0, 3, 6]


def test_a_constant_function_fills_the_shape():
    assert Formula(4, partial(np.full_like, fill_value=2.0)).values(np.arange(3)).tolist() == [2, 2, 2]


def test_the_limit_of_a_jump_is_from_before_it():
    curve = Formula(10, partial(stairs, 3.0), (2.5, 5.0, 7.5))
    assert (curve.limit(5), curve.limit(6)) == (3, 6)
    assert Formula(10, partial(sawtooth, 4), (0.0,), 4).limit(4) == pytest.approx(1, rel=1e-12)


def test_the_limit_of_a_smooth_formula_is_its_value():
    assert cosine(10, 1.0, 0.0, 10).limit(5) == 0.5
    assert line(10, 1.0, 0.0, 10).limit(0) == 1
    assert line(40, 1.0, 0.0, 20).limit(20) == 0
    assert Formula(10, partial(root_left, 1e6)).limit(10**6) == 0


@pytest.mark.parametrize(
    "curve",
    [
        cosine(300, 1.0, 0.1, 37),
        cosine(300, 1.0, 0.1, 37.3, 11.6),
        cosine(300, 1.0, 0.1, 3),
        line(300, 1.0, -2.0, 50),
        Formula(300, partial(stairs, -1.0), (2.5, 5.0), 2.5),
        Formula(300, partial(sawtooth, 23.4), (0.0,), 23.4),
        Formula(300, partial(sawtooth, 2), (0.0,), 2),
    ],
    ids=lambda curve: repr(curve)[:60],
)
@pytest.mark.parametrize(("start", "stop"), [(0, 300), (7, 40), (36, 38), (5, 6)])
def test_a_formula_is_monotone_between_its_turning_points(curve, start, stop):
    check_turning_points(curve, start, stop, rounding=1e-15)


def test_a_limit_where_there_is_no_value_is_from_before_without_a_word():
    assert Formula(4, np.sqrt).limit(4) == 2
    falling = Formula(4, partial(root_left, 4.0))
    assert falling.limit(5) == 0  # there is no value before 5 but that of step 4
    assert falling.limit(4) == pytest.approx(0, abs=1e-7)


def test_unknown_turns_are_told():
    assert Formula(10, np.cos, turns=None).turning_points(0, 10) is None


def test_cosine_and_line_go_on_past_their_span():
    t = np.array([0, 5, 10, 15, 20])
    np.testing.assert_allclose(cosine(10, 1.0, 0.0, 10).values(t), [1, 0.5, 0, 0.5, 1], atol=1e-15)
    np.testing.assert_allclose(cosine(10, 1.0, 0.0, 10, lead=5).values(t), [0.5, 0, 0.5, 1, 0.5], atol=1e-15)
    assert line(10, 1.0, 0.0, 10, lead=2.5).values(t).tolist() == [0.75, 0.25, -0.25, -0.75, -1.25]


def growing(steps):
    return np.full(steps.shape, 2.0), np.where(steps % 2 == 0, 1.0, 0.0)


def drifting(steps):
    return np.ones(steps.shape), steps.astype(np.float64)


def test_a_recurrence_runs_from_step_to_step():
    curve = Recurrence(5, 1.0, growing)
    assert curve.values(np.arange(5)).tolist() == [1, 2, 5, 10, 21]  # by hand: ·2, ·2 + 1, …
    assert curve.turning_points(0, 5) is None


def test_a_recurrence_can_be_asked_anywhere_in_any_order():
    curve = Recurrence(10, 0.0, drifting)  # the sum of 1 … t
    steps = np.array([3 * CHUNK + 5, 2, CHUNK, CHUNK - 1, 2 * CHUNK])
    assert curve.values(steps).tolist() == [t * (t + 1) / 2 for t in steps.tolist()]
    assert Recurrence(10, 0.0, drifting).values(np.array([CHUNK + 1])).tolist() == [(CHUNK + 1) * (CHUNK + 2) / 2]
