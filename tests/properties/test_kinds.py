"""Every native kind with random arguments."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.laws import check, loaded
from properties.strategies import numbers, schedule, specs

import lrplot
from lrplot.kinds import KINDS


@pytest.fixture(scope="module", autouse=True)
def _here(tmp_path_factory):
    """A folder with the table that specs name."""
    folder, before = tmp_path_factory.mktemp("tables"), os.getcwd()
    (folder / "table.csv").write_text("step,lr\n" + "".join(f"{i},{(i * 7 % 11) / 8}\n" for i in range(40)))
    os.chdir(folder)
    yield
    os.chdir(before)


@pytest.mark.parametrize("name", KINDS)
def test_every_law_holds(name):
    @given(specs(schedule(KINDS[name])), st.data())
    def holds(spec, data):
        found = loaded(spec)
        if found is not None:
            start = data.draw(st.integers(0, found.steps - 1))
            check(found, start, data.draw(st.integers(start, found.steps)))

    holds()


@pytest.mark.parametrize("name", KINDS)
def test_most_arguments_are_accepted_somewhere(name):
    """The strategies are of use only if they give schedules, not refusals alone."""
    accepted = []

    @settings(max_examples=50)
    @given(specs(schedule(KINDS[name], shared=False)))
    def look(spec):
        accepted.append(loaded(spec) is not None)

    look()
    assert any(accepted)


ANNEALS = ("linear", "cosine", "polynomial", "sqrt", "rex", "warmup", "exponential")
LEVELS = numbers(1e-9, 2.0)


@pytest.mark.parametrize("name", ANNEALS)
@given(LEVELS, LEVELS, st.integers(1, 500), st.integers(0, 700))
def test_an_anneal_stays_between_its_ends(name, first, last, length, step):
    spec = {"steps": length, "schedule": {"kind": name, "from": first, "to": last, "for": length}, "lr": 1.0}
    values = np.append(lrplot.load(spec).lr, lrplot.load(spec)(step))
    assert min(first, last) <= values.min() <= values.max() <= max(first, last)
    assert values[0] == first
    differences = np.diff(lrplot.load(spec).lr)
    assert (differences <= 0).all() if first >= last else (differences >= 0).all()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "step", "every": 7, "gamma": 0.3},
        {"kind": "multistep", "milestones": [2, 9, 9, 30], "gamma": 0.5},
        {"kind": "inverse_sqrt", "timescale": 5},
        {"kind": "inverse_time", "rate": 0.3},
        {"kind": "power_law", "rate": 0.1, "exponent": 2.5},
        {"kind": "exponential", "gamma": 0.97},
        {"kind": "exponential", "rate": 0.01},
        {"kind": "cosine_restarts", "period": 9, "decay": 0.8},
    ],
    ids=lambda fields: fields["kind"],
)
@given(LEVELS, st.integers(1, 500))
def test_a_decay_never_rises_above_its_start(fields, first, steps):
    values = lrplot.load({"steps": steps, "lr": first, "schedule": fields}).lr
    assert values[0] == first
    assert values.max() == first
    assert values.min() >= 0


@given(LEVELS, LEVELS, st.integers(1, 60), st.integers(0, 60), st.integers(1, 500))
def test_triangles_stay_between_min_and_max(low, high, up, down, steps):
    fields = {"kind": "cyclic", "min": low, "max": high, "up": up, "down": down}
    values = lrplot.load({"steps": steps, "lr": 1.0, "schedule": fields}).lr
    last_bit = np.spacing(max(low, high))  # low + (high − low) need not be high
    assert min(low, high) - last_bit <= values.min() <= values.max() <= max(low, high) + last_bit


@given(
    st.dictionaries(st.integers(0, 300), LEVELS, min_size=1, max_size=6), st.sampled_from(("linear", "step", "cosine"))
)
def test_points_are_met_and_never_overshot(at, way):
    values = lrplot.load({"steps": 301, "schedule": {"kind": "points", "at": at, "interpolation": way}}).lr
    assert {step: values[step] for step in at} == at
    assert min(at.values()) <= values.min() <= values.max() <= max(at.values())
