"""Forms: their texts and values, shifted, scaled and clipped."""

import numpy as np
import pytest

from lrplot.emit.shared.forms import (
    Exponential,
    Law,
    Level,
    Ramp,
    Stairs,
    Text,
    Triangle,
    Waves,
    joined,
    over,
)

T = np.arange(40)
FORMS = [
    Text("1 / (t + 1)"),
    Level(0.5),
    Ramp(1.0, 0.25, 50),
    Ramp(0.0, 0.25, 50, "cosine"),
    Ramp(1.0, 0.5, 50, "fall", 2.0, 3),
    Exponential(1.0, 0.9),
    Exponential(1.0, 0.5, 7, staircase=True),
    Law(1.0, 9.0, 0.75),
    Waves(1.0, 0.25, 9, 0.5),
    Triangle(0.25, 1.0, 3, 5),
    Stairs((3, 9), (1.0, 0.5, 0.25)),
]


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (Ramp(1.0, 0.0, 4), [1, 0.75, 0.5, 0.25]),
        (Ramp(0.0, 1.0, 4, lead=1), [0.25, 0.5, 0.75, 1]),
        (Ramp(3.0, 1.0, 4, "cosine"), [3, 2 + np.cos(np.pi / 4), 2, 2 - np.cos(np.pi / 4)]),
        (Ramp(1.0, 0.0, 4, "sqrt"), [1, 0.5, 1 - np.sqrt(0.5), 1 - np.sqrt(0.75)]),
        (Ramp(0.0, 1.0, 4, "rise", 2.0), [0, 1 / 16, 1 / 4, 9 / 16]),
        (Ramp(1.0, 0.0, 4, "fall", 2.0), [1, 9 / 16, 1 / 4, 1 / 16]),
        (Ramp(1.0, 0.0, 4, "rex", 0.5), [1, 0.75 / 0.875, 0.5 / 0.75, 0.25 / 0.625]),
        (Ramp(0.0, 1.0, 4, "rex", 0.5), [0, 0.125 / 0.875, 0.25 / 0.75, 0.375 / 0.625]),
        (Ramp(1.0, 1 / 16, 4, "geometric"), [1, 0.5, 0.25, 0.125]),
        (Ramp(0.0, 1.0, 4, "log"), [0, 0.5, np.log(3) / np.log(4), 1]),
        (Exponential(8.0, 0.5, 2), [8, 8 / np.sqrt(2), 4, 4 / np.sqrt(2)]),
        (Exponential(8.0, 0.5, 2, staircase=True), [8, 8, 4, 4]),
        (Law(2.0, 1.0, 1.0), [2, 1, 2 / 3, 0.5]),
        (Law(2.0, 1.0, 0.5), [2, 2 / np.sqrt(2), 2 / np.sqrt(3), 1]),
        (Law(1.0, 1.0, 2.0), [1, 1 / 4, 1 / 9, 1 / 16]),
        (Waves(4.0, 0.0, 2, 0.5), [4, 2, 2, 1]),
        (Waves(4.0, 2.0, 2), [4, 3, 4, 3]),
        (Triangle(0.0, 1.0, 2, 2), [0, 0.5, 1, 0.5]),
        (Triangle(1.0, 3.0, 1, 0), [1, 1, 1, 1]),
        (Triangle(0.0, 1.0, 0, 2), [1, 0.5, 1, 0.5]),
        (Triangle(0.0, 4.0, 1, 1, halving=True), [0, 4, 0, 2]),
        (Triangle(0.0, 1.0, 1, 1, gamma=0.5), [0, 0.5, 0, 0.125]),
        (Stairs((1, 3), (5.0, 4.0, 3.0)), [5, 4, 4, 3]),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_the_values_are_those_of_the_formula(form, values):
    assert form.values(np.arange(4)) == pytest.approx(values, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_a_form_can_be_shifted_scaled_and_clipped(form):
    values = form.values(T)
    assert form.shifted(4).values(T[:-4]) == pytest.approx(values[4:], rel=1e-13)
    assert form.scaled(0.3).values(T) == pytest.approx(0.3 * values, rel=1e-14)
    assert form.clipped(0.4).values(T) == pytest.approx(np.maximum(values, 0.4), rel=1e-14)


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_the_text_has_the_values(form):
    assert Text(form.text).values(T) == pytest.approx(form.values(T), rel=1e-15)


def test_a_value_that_python_raises_for_is_none():
    assert np.isnan(Text("1 / t").values(np.array([0]))).all()


def test_an_expression_that_lrplot_does_not_read_is_not_readable():
    assert not Text(" + ".join(["t"] * 2_000)).readable
    assert Stairs(tuple(range(1, 3_000)), tuple(map(float, range(3_000)))).readable


def test_times_are_put_into_an_expression_as_one_sum():
    assert over("cos(t + 20)", "(t - 500)") == "cos(t - 480)"
    assert over("t + 5", "(t - 5)") == "t"
    assert over("2 * t", "(t - 1)") == "2 * (t - 1)"


def test_expressions_are_joined_in_order():
    assert joined([(3, "1"), (5, "2"), (9, "t")]) == "(1 if t < 3 else (2 if t < 5 else t))"
