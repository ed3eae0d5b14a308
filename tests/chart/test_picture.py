"""Pictures as data."""

import pytest

import lrplot
from lrplot.chart.picture import Mark, picture_of
from lrplot.diagnostics import Fault

GPT = {
    "name": "GPT",
    "tokens": "300B",
    "tokens_per_step": "2M",
    "lr": 1e-4,
    "schedule": [{"kind": "warmup", "for": "50%"}, {"kind": "cosine", "to": "10%"}],
}
EPOCHS = {"name": "E", "epochs": 10, "steps_per_epoch": 100, "lr": 0.1, "schedule": "linear"}


def picture(*specs, unit=None, log=False, pixels=100, title=None):
    return picture_of([lrplot.load(spec).run for spec in specs], unit, log, pixels, title)


def test_one_run_is_in_its_own_unit_with_updates_beside():
    found = picture(GPT)
    assert (found.title, found.x_label, found.other_label) == ("GPT", "tokens", "steps")
    assert (found.x.high, found.other.high) == (300e9, 150_000)
    assert found.x.labels[-1] == "300B"
    assert found.marks == (Mark("warmup", 0.0, 150e9), Mark("cosine", 150e9, 300e9))
    assert found.areas[0].lines[0].scale == 2e6


@pytest.mark.parametrize(
    ("unit", "high", "other"),
    [("steps", 1_000, "epochs"), ("epochs", 10, "steps"), ("fraction", 1, "epochs")],
)
def test_the_axis_can_be_in_any_unit_that_is_known(unit, high, other):
    found = picture(EPOCHS, unit=unit)
    assert (found.x.high, found.other_label) == (pytest.approx(high), other)


def test_an_unknown_unit_is_a_fault():
    with pytest.raises(Fault, match="E: cannot turn tokens into steps: `tokens_per_step` is missing"):
        picture(EPOCHS, unit="tokens")


def test_no_second_axis_if_an_epoch_is_one_step():
    assert picture({"epochs": 90, "lr": 1, "schedule": "linear"}).other is None


def test_fractions_are_ticked():
    assert picture(EPOCHS, unit="fraction").x.labels == ("0", "0.2", "0.4", "0.6", "0.8", "1")


def test_several_runs_share_the_longest_axis_and_have_no_marks():
    short = EPOCHS | {"name": "S", "epochs": 5}
    found = picture(EPOCHS, short)
    assert (found.title, found.x_label, found.x.high, found.marks, found.other) == ("", "epochs", 10, (), None)
    assert [(line.label, line.rank) for line in found.areas[0].lines] == [("E", 0), ("S", 1)]
    assert picture(EPOCHS, GPT).x_label == "steps"


def test_parameters_and_groups_get_areas_and_labels():
    spec = EPOCHS | {"weight_decay": {"kind": "linear", "from": 0.1, "to": 0.2}, "momentum": 0.9}
    found = picture(spec | {"groups": {"head": {"lr": 1}}})
    assert [area.parameter for area in found.areas] == ["lr", "weight_decay"]
    assert [line.label for line in found.areas[0].lines] == ["base", "head"]


def test_log_is_for_the_learning_rate_only():
    found = picture(EPOCHS | {"schedule": {"kind": "one_cycle"}}, log=True)
    assert [area.axis.log for area in found.areas] == [True, False]


def test_curves_are_cut_to_the_resolution_with_their_extremes():
    at = {0: 0, 500_000: 1, 500_001: 0}
    spec = {"steps": "1B", "schedule": {"kind": "points", "at": at, "interpolation": "step"}}
    cut = picture(spec, pixels=300).areas[0].lines[0].columns
    assert len(cut.highs) == 300
    assert cut.highs.max() == 1.0
    assert (cut.highs > 0).sum() == 1


def test_groups_of_several_runs_look_like_their_run():
    grouped = EPOCHS | {"groups": {"head": {"lr": 1}}}
    found = picture(grouped, grouped)
    assert [(line.label, line.rank, line.minor) for line in found.areas[0].lines] == [
        ("E", 0, False), ("E", 0, True), ("E (2)", 1, False), ("E (2)", 1, True),
    ]  # fmt: skip
    assert not found.fan


def test_many_groups_of_one_run_are_a_fan():
    assert picture(EPOCHS | {"layer_decay": {"layers": 12, "decay": 0.75}}).fan
