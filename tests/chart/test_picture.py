"""Pictures as data."""

import pytest
from support import log_of, points

import lrplot
from lrplot.chart.axis import Scale
from lrplot.chart.picture import Mark, compared, grid_of, picture_of
from lrplot.diagnostics import Fault
from lrplot.runs.logged import runs_of

GPT = {
    "name": "GPT",
    "tokens": "300B",
    "tokens_per_step": "2M",
    "lr": 1e-4,
    "schedule": [{"kind": "warmup", "for": "50%"}, {"kind": "cosine", "to": "10%"}],
}
EPOCHS = {"name": "E", "epochs": 10, "steps_per_epoch": 100, "lr": 0.1, "schedule": "linear"}


def picture(*specs, unit=None, log=False, pixels=100, title=None, **more):
    return picture_of([lrplot.load(spec).run for spec in specs], unit, log, pixels, title, **more)


def test_one_run_is_in_its_own_unit_with_updates_beside():
    found = picture(GPT)
    assert (found.title, found.x_label, found.other_label) == ("GPT", "tokens", "steps")
    assert (found.x.high, found.other.high) == (300e9, 150_000)
    assert found.marks == (Mark("warmup", 0.0, 150e9), Mark("cosine", 150e9, 300e9))
    assert (found.areas[0].lines[0].x[0], found.areas[0].lines[0].x[-1]) == (0, 300e9)
    assert [mark.length for mark in found.marks] == ["150B tokens", "150B tokens"]


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


def test_several_runs_share_the_longest_axis_and_have_no_marks():
    short = EPOCHS | {"name": "S", "epochs": 5}
    found = picture(EPOCHS, short)
    assert (found.title, found.x_label, found.x.high, found.marks, found.other) == ("E and S", "epochs", 10, (), None)
    assert [(line.label, line.rank) for line in found.areas[0].lines] == [("E", 0), ("S", 1)]
    assert picture(EPOCHS, GPT).x_label == "steps"


def test_parameters_and_groups_get_areas_and_labels():
    spec = EPOCHS | {"weight_decay": {"kind": "linear", "from": 0.1, "to": 0.2}, "momentum": 0.9}
    found = picture(spec | {"groups": {"head": {"lr": 1}}})
    assert [area.parameter for area in found.areas] == ["lr", "weight_decay"]
    assert [line.label for line in found.areas[0].lines] == ["base", "head"]


def test_log_is_for_the_learning_rate_only():
    found = picture(EPOCHS | {"schedule": {"kind": "one_cycle"}}, log=True)
    assert [area.y.log for area in found.areas] == [True, False]


def test_curves_are_cut_to_the_resolution_with_their_extremes():
    at = {0: 0, 500_000: 1, 500_001: 0}
    spec = {"steps": "1B", "schedule": {"kind": "points", "at": at, "interpolation": "step"}}
    values = picture(spec, pixels=300).areas[0].lines[0].values
    assert len(values) < 4 * 300
    assert values.max() == 1.0


def test_groups_of_several_runs_look_like_their_run():
    grouped = EPOCHS | {"groups": {"head": {"lr": 1}}}
    found = picture(grouped, grouped)
    assert [(line.label, line.rank, line.minor) for line in found.areas[0].lines] == [
        ("E", 0, False), ("E", 0, True), ("E (2)", 1, False), ("E (2)", 1, True),
    ]  # fmt: skip
    assert not found.fan


def test_many_groups_of_one_run_are_a_fan():
    assert picture(EPOCHS | {"layer_decay": {"layers": 12, "decay": 0.75}}).fan


def test_parameters_that_hold_a_value_are_remarks():
    found = picture(EPOCHS | {"weight_decay": 0.05, "momentum": 0.9, "groups": {"biases": {"weight_decay": 0}}})
    assert [area.parameter for area in found.areas] == ["lr"]
    assert found.remarks == ("momentum 0.9", "weight decay 0.05 (biases 0)")


def test_a_curve_with_the_values_of_another_names_it():
    found = picture(EPOCHS | {"groups": {"biases": {"weight_decay": 0}, "head": {"lr": 1}}, "weight_decay": 0.1})
    assert [(line.label, line.same) for line in found.areas[0].lines] == [
        ("base", ""),
        ("biases", "base"),
        ("head", ""),
    ]


def test_phases_of_a_group_are_joints_on_its_curve():
    frozen = [{"kind": "constant", "value": 0, "for": "5 epochs"}, {"kind": "linear", "from": 1}]
    found = picture(EPOCHS | {"groups": {"head": {"schedule": frozen}, "body": {}}})
    assert [line.joints for line in found.areas[0].lines] == [(), ((5, 1),), ()]


def test_normalized_runs_are_shares_of_their_highest_learning_rate():
    found = picture(EPOCHS, EPOCHS | {"lr": 3e-4, "groups": {"head": {"lr": 6e-4}}}, normalize=True)
    assert found.areas[0].label == "share of the peak"
    assert [line.values.max() for line in found.areas[0].lines] == [1, 0.5, 1]


def test_a_run_of_zeros_can_be_normalized():
    assert picture(EPOCHS | {"lr": 0}, normalize=True).areas[0].lines[0].values.max() == 0


def test_a_window_cuts_curves_axes_and_phases():
    found = picture(GPT, spans=[(60_000, 90_000)])
    assert (found.x, found.other) == (Scale(120e9, 180e9), Scale(60_000, 90_000))
    assert found.marks == (Mark("warmup", 120e9, 150e9), Mark("cosine", 150e9, 180e9))
    assert found.areas[0].lines[0].values[0] == pytest.approx(0.8e-4)


def test_a_window_past_a_run_leaves_it_out_and_past_all_is_a_fault():
    short = EPOCHS | {"name": "S", "epochs": 5}
    assert [line.label for line in picture(EPOCHS, short, spans=[(600, 1_000), (600, 500)]).areas[0].lines] == ["E"]
    with pytest.raises(Fault, match="no steps from 1,000 up to 1,000"):
        picture(EPOCHS, short, spans=[(1_000, 1_000), (1_000, 500)])


def test_ordered_runs_are_ranked_by_their_numbers():
    found = picture(EPOCHS, EPOCHS, EPOCHS, order=[3, 1, 2])
    assert found.ordered
    assert [line.rank for line in found.areas[0].lines] == [2, 0, 1]


def test_a_phase_of_a_single_update_has_no_mark_in_a_long_run():
    ends = [{"kind": "warmup", "for": 100}, {"kind": "cosine", "to": "10%", "for": 899}, "constant"]
    assert [mark.name for mark in picture({"steps": 1_000, "lr": 1, "schedule": ends}).marks] == ["warmup", "cosine"]


def test_names_of_native_kinds_are_words_and_those_of_frameworks_stay():
    assert (
        picture(EPOCHS | {"schedule": {"kind": "inverse_sqrt", "timescale": 9, "warmup": 9}}).marks[1].name
        == "inverse sqrt"
    )


def test_lengths_below_an_epoch_are_in_steps():
    assert picture(EPOCHS | {"schedule": {"kind": "cosine", "warmup": 50}}).marks[0].length == "50 steps"
    assert picture(EPOCHS | {"schedule": {"kind": "cosine", "warmup": 100}}).marks[0].length == "1 epoch"
    assert (
        picture(EPOCHS | {"schedule": {"kind": "cosine", "warmup": 50}}, unit="fraction").marks[0].length
        == "5% of the run"
    )


def test_a_difference_says_which_run_is_subtracted():
    runs = [lrplot.load(EPOCHS | {"name": name, "lr": lr}).run for name, lr in (("A", 0.1), ("B", 0.3))]
    found = compared(runs, "steps", False, 100)
    assert [(area.label, area.note) for area in found.areas] == [("learning rate", ""), ("difference", "B − A")]
    assert found.areas[1].lines[0].values.max() == pytest.approx(0.2)
    assert (found.title, len(compared([*runs, runs[0]], "steps", False, 100).areas)) == ("A and B", 1)


def test_pictures_of_a_grid_share_their_axes():
    runs = [lrplot.load(EPOCHS | {"epochs": epochs, "lr": lr}).run for epochs, lr in ((10, 0.1), (5, 0.3))]
    found = grid_of(runs, "steps", False, 100)
    assert [(each.x, each.areas[0].y) for each in found] == [(Scale(0, 1_000), Scale(0, 0.3))] * 2


def test_a_description_has_the_phases_in_words():
    assert picture(GPT).description == (
        "The learning rate of GPT over 150,000 steps: warmup from 0 to 1e-4 up to step 75,000; "
        "cosine from 1e-4 to 1e-5 up to step 150,000."
    )
    assert picture(EPOCHS, GPT).description == "Learning rates of 2 runs over their steps: E, GPT."


def test_a_picture_from_a_sample_says_so():
    repeated = {"kind": "repeat", "of": {"kind": "linear", "for": 3}}
    assert picture({"steps": 10**12, "lr": 1, "schedule": repeated}).remarks == (
        "drawn from a sample of 65,536 updates",
    )
    assert picture(EPOCHS).remarks == ()


def test_a_log_is_dotted_over_the_plan():
    plan = lrplot.load({"name": "plan", "steps": 10, "lr": 1, "schedule": "linear"}).run
    (logged,) = runs_of(log_of(points([2, 4, 6], [0.8, 0.5, 0.4])))
    line, dots = picture_of([plan, logged], None, False, 100).areas[0].lines
    assert (line.dotted, dots.dotted) == (False, True)
    assert (dots.x.tolist(), dots.values.tolist()) == ([2, 4, 6], [0.8, 0.5, 0.4])
    difference = compared([plan, logged], "steps", False, 100).areas[1].lines[0]
    assert difference.dotted
    assert difference.x.tolist() == [2, 4, 6]
    assert difference.values.tolist() == pytest.approx([0, -0.1, 0])


def test_a_log_that_shares_no_step_with_the_plan_has_no_difference():
    plan = lrplot.load({"steps": 10, "lr": 1, "schedule": "linear"}).run
    (logged,) = runs_of(log_of(points([20, 30], [0.8, 0.5])))
    assert len(compared([plan, logged], "steps", False, 100).areas) == 1


def test_a_window_of_a_log():
    (logged,) = runs_of(log_of(points(range(10), [1.0] * 10)))
    found = picture_of([logged], None, False, 100, spans=[(3, 6)])
    assert found.areas[0].lines[0].x.tolist() == [3, 4, 5]


def test_a_window_without_a_logged_value_is_a_fault_unless_another_run_is_drawn():
    (logged,) = runs_of(log_of(points([0, 50, 99], [1.0, 0.5, 0.1])))
    with pytest.raises(Fault, match="no value is logged from step 10 up to 20"):
        picture_of([logged], None, False, 100, spans=[(10, 20)])
    plan = lrplot.load({"steps": 100, "lr": 1, "schedule": "linear"}).run
    found = picture_of([plan, logged], None, False, 100, spans=[(10, 20)] * 2)
    assert [line.label for line in found.areas[0].lines] == ["schedule"]
