"""Pictures in Python: on matplotlib's axes, and in a notebook."""

import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure

import lrplot

SPEC = {"name": "Run", "epochs": 10, "steps_per_epoch": 100, "lr": 0.1, "schedule": {"kind": "cosine", "warmup": 100}}


@pytest.fixture
def axes():
    return Figure().subplots()


def test_a_schedule_is_drawn_on_axes_which_are_returned(axes):
    assert lrplot.load(SPEC).plot(axes) is axes
    (line,) = axes.lines
    x, y = line.get_data()
    assert (x[0], x[-1], y.max(), line.get_label()) == (0, 1_000, 0.1, "Run")
    assert np.interp(550, x, y) == pytest.approx(0.05)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("steps", "learning rate")


@pytest.mark.parametrize(("x", "end", "label"), [("epochs", 10, "epochs"), ("fraction", 1, "fraction of the run")])
def test_the_horizontal_axis_is_in_any_known_unit(axes, x, end, label):
    lrplot.load(SPEC).plot(ax=axes, x=x)
    assert axes.lines[0].get_xdata()[-1] == pytest.approx(end)
    assert axes.get_xlabel() == label


def test_an_unknown_unit_is_an_error_and_one_that_cannot_be_converted(axes):
    with pytest.raises(ValueError, match="x is one of steps, epochs, samples, tokens or fraction, not 'time'"):
        lrplot.load(SPEC).plot(axes, x="time")
    with pytest.raises(lrplot.SpecError, match="cannot turn tokens into steps"):
        lrplot.load(SPEC).plot(axes, x="tokens")


def test_groups_are_lines_with_their_names_and_labels_of_the_user_stay(axes):
    axes.set_xlabel("mine")
    axes.set_ylabel("also mine")
    lrplot.load(SPEC | {"groups": {"head": {"lr": 1}}}).plot(axes)
    assert [line.get_label() for line in axes.lines] == ["Run", "Run, head"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("mine", "also mine")


def test_without_axes_those_of_pyplot_are_used():
    from matplotlib import pyplot

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a backend without windows
        assert lrplot.load(SPEC).plot() is pyplot.gca()
    pyplot.close("all")


def test_a_notebook_shows_a_schedule_as_a_picture_with_title_and_description():
    root = ET.fromstring(lrplot.load(SPEC)._repr_svg_())
    names = {"title": "Run", "desc": "The learning rate of Run over 1,000 steps: warmup from 0 to 0.1 up to step 100; "}
    for tag, text in names.items():
        assert root.findtext(f"{{http://www.w3.org/2000/svg}}{tag}").startswith(text)
