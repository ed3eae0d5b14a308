"""The difference between what is written and a run."""

import numpy as np
import pytest

import lrplot
from lrplot.emit.shared.equality import Comparison, rounded_up

RUN = lrplot.load({"steps": 1000, "lr": 2.0, "schedule": "linear"}).run


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.1e-16, "3e-16"), (2e-16, "2e-16"), (9.5e-16, "1e-15"), (1e-9, "1e-09"), (1e-15, "1e-15"), (0.03, "3e-02")],
)
def test_a_figure_is_rounded_up(value, text):
    assert rounded_up(value) == text


def line(steps):
    return 2.0 * (1000 - steps) / 1000


def test_an_equal_schedule_says_at_how_many_updates():
    equality = Comparison(RUN).whole({"lr": line})
    assert equality.holds
    assert equality.sentence(1e-15).startswith("equal at all 1,000 updates (largest difference ")


def test_a_difference_has_its_update_and_the_first_one():
    def other(steps):
        return line(steps) + np.where(steps == 700, 0.5, np.where(steps > 300, 0.25, 0.0))

    equality = Comparison(RUN).whole({"lr": other})
    assert (equality.largest, equality.at, equality.first) == (pytest.approx(0.25), 700, 301)
    assert equality.sentence(0.0) == "not equal: differs by up to 25% of the peak, at update 700; first at update 301"


def test_a_value_that_is_none_differs_without_bound():
    equality = Comparison(RUN).whole({"lr": lambda steps: np.where(steps == 5, np.nan, line(steps))})
    assert (equality.largest, equality.first) == (np.inf, 5)


def test_a_difference_at_one_update_between_two_of_a_quick_look_is_found_in_whole():
    odd = next(step for step in range(1000) if step not in Comparison(RUN).sample)
    values = {"lr": lambda steps: line(steps) + (steps == odd)}
    assert Comparison(RUN).quick(values).holds
    assert Comparison(RUN).whole(values).first == odd


def test_the_peak_of_a_group_is_that_of_all_groups():
    spec = {"steps": 10, "lr": 2.0, "schedule": "constant", "groups": {"a": {"lr": 0.5}}}
    assert Comparison(lrplot.load(spec).run).peaks == {"lr": 2.0, "lr/a": 2.0}
