"""Logs as runs beside those of specs."""

import numpy as np
import pytest
from support import log_of, points

from lrplot.runs.logged import runs_of


def test_a_value_holds_until_the_next_one():
    (run,) = runs_of(log_of(points([10, 20, 40], [3, 2, 1])))
    curve = run.lr.curve
    assert run.steps == 41
    assert curve.values(np.array([0, 10, 19, 20, 39, 40])).tolist() == [3, 3, 3, 2, 2, 1]
    assert curve.limit(20) == 3
    assert curve.turning_points(0, 41).tolist() == [9, 10, 19, 20, 39, 40]


def test_values_that_were_not_logged_are_left_out():
    (run,) = runs_of(
        log_of(points([0, 1, 2], [3, 2, 1], tracks={"lr/head": [np.nan, 5, np.nan], "beta1": [np.nan] * 3}))
    )
    assert list(run.tracks) == ["lr", "lr/head"]
    assert run.tracks["lr/head"].curve.at.tolist() == [1]


def test_appended_runs_are_told_apart():
    first, second = runs_of(log_of(points([0, 1], [2, 1]), points([0, 5], [4, 3])))
    assert (first.name, second.name) == ("run, run 1 of 2", "run, run 2 of 2")
    assert (first.steps, second.steps) == (2, 6)


def test_the_page_says_what_was_logged():
    (run,) = runs_of(log_of(points(range(0, 90, 10), [1.0] * 9, resumed=(3, 5), repeated=2)))
    assert run.reading.derivation == (
        "9 rows from update 0 to 80",
        "the run went on from a checkpoint at 30, 50",
        "2 rows left out, for which a later or equal one stands",
    )
    (many,) = runs_of(log_of(points(range(9), [1.0] * 9, resumed=tuple(range(1, 9)))))
    assert many.reading.derivation[1] == "the run went on from a checkpoint at 1, 2, 3, 4, 5, 6 … (8 times)"
    assert runs_of(log_of(points([7], [1.0])))[0].reading.derivation == ("1 row at update 7",)


@pytest.mark.parametrize(("unit", "expected"), [("epochs", "epochs"), ("updates", "steps"), ("batches", "steps")])
def test_the_unit_is_that_of_the_log(unit, expected):
    (run,) = runs_of(log_of(points([0, 1], [2, 1]), unit=unit))
    assert run.timebase.unit == expected
    assert run.timebase.rates.has("epochs") == (unit == "epochs")
