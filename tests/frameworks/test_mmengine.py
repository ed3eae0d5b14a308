"""mmengine's schedulers: values by hand, lists as its configs have them, and refusals."""

from functools import partial

import numpy as np
import pytest

import lrplot
from lrplot import frameworks
from lrplot.curves.roles import Role


@pytest.fixture
def load(load):
    """Load a schedule: 20 updates of 2 an epoch and a base of 1 by default."""
    return partial(load, steps=20, steps_per_epoch=2)


def mmengine(name, **arguments):
    return {"use": f"mmengine.{name}", **arguments}


def by_step(name, **arguments):
    return mmengine(name, by_epoch=False, **arguments)


def listed(*schedulers):
    return mmengine("param_scheduler", schedulers=list(schedulers))


def segments(schedule, parameter="lr"):
    """Start, planned stop, name and role of each segment, and whether it has an end."""
    found = schedule.run.tracks[parameter].curve.segments()
    return [(each.start, each.stop, each.name, each.role, each.past is not None) for each in found]


# By the formulas of the docstrings: the window is begin … end − 1, and what lies outside it keeps its value.
BY_HAND = [
    (by_step("LinearLR", start_factor=0.5, end=5), {0: 0.5, 1: 0.625, 2: 0.75, 3: 0.875, 4: 1, 9: 1}),
    (by_step("LinearLR", start_factor=0.5, begin=2, end=5), {0: 1, 1: 1, 2: 0.5, 3: 0.75, 4: 1, 9: 1}),
    (by_step("ConstantLR", factor=0.25, end=5), {0: 0.25, 3: 0.25, 4: 1, 9: 1}),
    (by_step("ConstantLR", factor=0.25), {0: 0.25, 19: 0.25}),
    (by_step("PolyLR", power=2.0, end=5), {0: 1, 1: 0.5625, 2: 0.25, 3: 0.0625, 4: 0, 9: 0}),
    (by_step("PolyLR", eta_min=0.5, end=3), {0: 1, 1: 0.75, 2: 0.5, 9: 0.5}),
    (by_step("StepLR", step_size=3, gamma=0.5, begin=1, end=6), {0: 1, 3: 1, 4: 0.5, 7: 0.5, 10: 0.5}),
    (by_step("MultiStepLR", milestones=[2, 5, 5], gamma=0.5), {1: 1, 2: 0.5, 4: 0.5, 5: 0.125}),
    (by_step("ExponentialLR", gamma=0.5, begin=1, end=4), {0: 1, 1: 1, 2: 0.5, 3: 0.25, 4: 0.25}),
    # One step short of the bottom it stops: cos of 4/5 of π is −0.809….
    (by_step("CosineAnnealingLR", end=5), {0: 1, 4: 0.09549150281252627, 5: 0.09549150281252627, 19: 0.0954915028}),
    (by_step("CosineAnnealingLR", T_max=4, eta_min=0.5), {0: 1, 2: 0.75, 4: 0.5, 6: 0.75, 8: 1}),
    (by_step("CosineAnnealingLR", T_max=4, eta_min_ratio=0.1), {0: 1, 2: 0.55, 4: 0.1}),
    (
        by_step("CosineRestartLR", periods=[2, 4], restart_weights=[1, 0.5], eta_min=0.0),
        {0: 1, 1: 0.5, 2: 0.5, 4: 0.25, 5: 0.0732233047, 6: 0.0732233047, 19: 0.0732233047},
    ),
    (
        by_step("OneCycleLR", eta_max=0.5, total_steps=20, div_factor=5.0, final_div_factor=10.0),
        {0: 0.1, 5: 0.5, 19: 0.01},
    ),
]


@pytest.mark.parametrize(("schedule", "expected"), BY_HAND, ids=lambda each: str(each)[:60])
def test_values_by_hand(load, schedule, expected):
    found = load(schedule)
    for step, value in expected.items():
        assert found(step) == pytest.approx(value, rel=1e-9, abs=1e-15)


def test_by_default_it_is_stepped_once_an_epoch(load):
    # At the start of epochs 0, 1 and 2; an epoch has two updates.
    expected = [0.5, 0.5, 0.75, 0.75, 1, 1, 1, 1]
    assert load(mmengine("LinearLR", start_factor=0.5, end=3)).lr[:8].tolist() == expected
    with pytest.raises(lrplot.SpecError, match="`steps_per_epoch` is missing"):
        load(mmengine("LinearLR", end=3), steps_per_epoch=None)


def test_epochs_are_turned_into_updates(load):
    # Three epochs are six updates: five steps on the way.
    converted = load(mmengine("LinearLR", start_factor=0.5, end=3, convert_to_iter_based=True))
    assert converted.lr[:7] == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9, 1, 1])
    drops = load(mmengine("MultiStepLR", milestones=[3], gamma=0.5, convert_to_iter_based=True))
    assert [drops(5), drops(6)] == [1, 0.5]


def test_a_momentum_scheduler_does_not_change_the_learning_rate(load):
    found = load(by_step("LinearMomentum", start_factor=0.5, end=3), momentum=0.8).evaluate(0, 4)
    assert found["lr"].tolist() == [1, 1, 1, 1]
    assert found["momentum"] == pytest.approx([0.4, 0.6, 0.8, 0.8])
    with pytest.raises(lrplot.SpecError, match="`momentum` is missing: this scheduler starts from it"):
        load(by_step("LinearMomentum", end=3))


def test_warmup_by_update_under_drops_by_epoch(load):
    warmup, drops = by_step("LinearLR", start_factor=0.5, end=3), mmengine("MultiStepLR", milestones=[2, 4], gamma=0.5)
    expected = [0.5, 0.75, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]
    for both in (listed(warmup, drops), listed(drops, warmup)):
        schedule = load(both, steps=10)
        assert schedule.lr.tolist() == expected
        assert [each[:3] for each in segments(schedule) if each[0] < 10] == [(0, 3, "LinearLR"), (3, 10, "MultiStepLR")]


def test_in_a_list_a_missing_end_is_the_end_of_the_run(load):
    # Ten epochs: the cosine has eight for its half circle, from the epoch at which the warmup is over.
    warmup = mmengine("LinearLR", start_factor=0.5, end=2, convert_to_iter_based=True)
    schedule = load(listed(warmup, mmengine("CosineAnnealingLR", begin=2)))
    assert [schedule(step) for step in (3, 4, 5, 12, 13)] == pytest.approx([1, 1, 1, 0.5, 0.5])
    assert schedule.lr[-1] == pytest.approx((1 + np.cos(np.pi * 7 / 8)) / 2)
    assert segments(schedule) == [
        (0, 4, "LinearLR", Role.WARMUP, True),
        (4, 20, "CosineAnnealingLR", Role.DECAY, True),
    ]


def test_overlapping_schedulers_change_the_value_of_those_before_them(load):
    # A cosine of half length 2 from 1, halved at each step but the first.
    both = listed(by_step("CosineAnnealingLR", T_max=2, end=4), by_step("ExponentialLR", gamma=0.5, end=4))
    assert load(both).lr[:4] == pytest.approx([1, 0.25, 0, 0.25])


def test_a_cosine_climbs_back_to_the_initial_value_not_to_what_it_found(load):
    both = listed(by_step("ConstantLR", factor=0.5, end=2), by_step("StepLR", step_size=1, gamma=0.5, begin=2, end=4))
    cosine = by_step("CosineAnnealingLR", T_max=2, begin=4, end=12)
    schedule = load(listed(*both["schedulers"], cosine))
    assert schedule.lr[:9] == pytest.approx([0.5, 1, 1, 0.5, 0.5, 0.25, 0, 0.5, 1])


def test_a_1cycle_changes_the_initial_value_of_those_after_it(load):
    cycle = by_step("OneCycleLR", eta_max=0.5, total_steps=8, div_factor=5.0, end=4)
    restart = by_step("CosineRestartLR", periods=[4], eta_min=0.0, begin=10)
    assert load(listed(cycle, restart))(10) == pytest.approx(0.1)
    assert load(listed(restart, cycle))(10) == pytest.approx(1.0)


def test_a_run_of_1e9_updates_has_a_closed_form(load):
    warmup = by_step("LinearLR", start_factor=0.5, end=1_000)
    schedule = load(listed(warmup, by_step("PolyLR", begin=1_000)), steps=10**9)
    assert schedule(500_000_500) == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("schedule", "step", "error"),
    [
        (by_step("OneCycleLR", eta_max=1.0, total_steps=20), 21, "ValueError: Tried to step 22 times"),
        (by_step("OneCycleLR", eta_max=1.0, total_steps=20, pct_start=1.0), 20, "ZeroDivisionError"),
        (by_step("LinearLR", start_factor=0.0, begin=20, end=30), 21, "ZeroDivisionError"),
        (by_step("ConstantLR", factor=0.0, end=25), 24, "ZeroDivisionError"),
        (by_step("PolyLR", power=-1.0, end=25), 24, "ZeroDivisionError"),
        (by_step("StepLR", step_size=0, begin=20), 21, "ZeroDivisionError"),
        (listed(mmengine("LinearLR", start_factor=0.0, begin=11, end=14)), 24, "ZeroDivisionError"),
    ],
)
def test_it_raises_at_the_update_at_which_mmengine_does(load, schedule, step, error):
    found = load(schedule)
    found.evaluate(0, step)
    with pytest.raises(lrplot.SpecError, match=f"update {step}: {error}"):
        found(step)


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (by_step("LinearLR", begin=3, end=3), "end should be larger than begin, but got begin=3, end=3"),
        (by_step("LinearLR", start_factor=1.5), "Starting multiplicative factor should between 0 and 1"),
        (by_step("LinearLR", end_factor=-0.5), "Ending multiplicative factor should between 0 and 1"),
        (by_step("ConstantLR", factor=2), "Constant multiplicative factor should between 0 and 1"),
        (by_step("LinearLR", end=2.5), "`end` must be a whole number"),
        (by_step("LinearLR", convert_to_iter_based=True), "Only epoch-based parameter scheduler can be converted"),
        (by_step("CosineAnnealingLR", eta_min=0, eta_min_ratio=0), "Either `eta_min` or `eta_min_ratio"),
        (by_step("CosineRestartLR", periods=[3]), "exactly one of `eta_min` and `eta_min_ratio`"),
        (by_step("CosineRestartLR", periods=[3, 4], eta_min=0), "should have the same length"),
        (by_step("OneCycleLR", total_steps=0), "positive integer total_steps, but got 0"),
        (by_step("OneCycleLR", pct_start=1.5), "between 0 and 1 pct_start, but got 1.5"),
        (by_step("OneCycleLR", eta_max=[0.1, 0.2]), "expected 1 values for max_lr, got 2"),
        (by_step("OneCycleLR", div_factor=0), "ZeroDivisionError"),
        (by_step("StepLR", step_size=3, last_step=5), "`last_step` can only be -1"),
        (listed({"kind": "constant", "value": 1}), "takes mmengine's own schedulers, not `constant`"),
        (listed("cosine"), "takes mmengine's own schedulers, not `cosine`"),
        (listed(mmengine("LinearLR", begin=10)), "end should be larger than begin, but got begin=10, end=10"),
        (mmengine("OneCycleMomentum"), "mmengine has no scheduler `OneCycleMomentum`"),
    ],
)
def test_bad_arguments_are_refused(load, schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(schedule)


def test_a_bad_scheduler_in_a_list_is_reported_once(load):
    with pytest.raises(lrplot.SpecError) as raised:
        load(listed(mmengine("LinearLR", begin=3, end=2)))
    assert len(raised.value.diagnostics) == 1


@pytest.mark.parametrize("name", ["ReduceOnPlateauLR", "ReduceOnPlateauMomentum"])
def test_schedulers_that_depend_on_a_metric_are_refused(load, name):
    with pytest.raises(lrplot.SpecError, match="cannot be shown ahead of the run") as raised:
        load(mmengine(name))
    assert "torch.ReduceLROnPlateau" in raised.value.diagnostics[0].help


@pytest.mark.parametrize("module", ["optim", "optim.scheduler", "optim.scheduler.lr_scheduler"])
def test_import_paths_are_known(load, module):
    path = {"use": f"mmengine.{module}.StepLR", "step_size": 1, "gamma": 0.5, "by_epoch": False}
    assert load(path)(2) == 0.25


DECAY, AFTER, HOLD, WARMUP = Role.DECAY, Role.AFTER, Role.HOLD, Role.WARMUP


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (by_step("CosineAnnealingLR", T_max=12), [(0, 12, DECAY), (12, 20, AFTER)]),
        (by_step("CosineAnnealingLR", T_max=60), [(0, 60, DECAY)]),
        (by_step("CosineAnnealingLR", T_max=60, end=20), [(0, 60, DECAY)]),
        (by_step("CosineAnnealingLR", T_max=12, end=12), [(0, 12, DECAY), (12, 20, HOLD)]),
        (mmengine("CosineAnnealingLR", T_max=30), [(0, 60, DECAY)]),  # in epochs of two updates
        (listed(mmengine("CosineAnnealingLR", T_max=30)), [(0, 60, DECAY)]),
        (listed(mmengine("CosineAnnealingLR", T_max=6)), [(0, 12, DECAY), (12, 20, AFTER)]),
        (mmengine("CosineAnnealingLR", T_max=30, convert_to_iter_based=True), [(0, 60, DECAY)]),
        (by_step("PolyLR", end=12), [(0, 12, DECAY), (12, 20, HOLD)]),
        (by_step("PolyLR", begin=4, end=60), [(0, 4, HOLD), (4, 60, DECAY)]),
        (by_step("LinearLR", end=8), [(0, 8, WARMUP), (8, 20, HOLD)]),
        (by_step("CosineRestartLR", periods=[5, 7], restart_weights=[1, 1], eta_min=0), [(0, 12, Role.CYCLES)]),
        (by_step("StepLR", step_size=4), [(0, 20, Role.STAIRS)]),
        (by_step("OneCycleLR", eta_max=1.0, total_steps=60), [(0, 18, Role.RISE), (18, 59, DECAY)]),
    ],
    ids=str,
)
def test_segments_have_roles_and_planned_stops(load, schedule, expected):
    found = [each[:2] + each[3:4] for each in segments(load(schedule))]
    assert found[: len(expected)] == expected


def test_segments_of_momentum_are_those_of_the_learning_rate(load):
    arguments = {"T_max": 60, "begin": 4}
    rate = load(by_step("CosineAnnealingLR", **arguments))
    momentum = load(by_step("CosineAnnealingMomentum", **arguments), momentum=0.9)
    expected = [(start, stop, role) for start, stop, _, role, _ in segments(rate)]
    assert [(start, stop, role) for start, stop, _, role, _ in segments(momentum, "momentum")] == expected


def test_schedulers_of_a_list_keep_their_arguments(load):
    schedule = load(listed(by_step("LinearLR", end=4), by_step("CosineAnnealingLR", T_max=60, begin=4)))
    warmup, cosine = schedule.run.tracks["lr"].curve.segments()
    assert (warmup.origin.name, warmup.origin.value(Role.HORIZON)) == ("mmengine.LinearLR", 4)
    assert (cosine.origin.value(Role.HORIZON), cosine.stop) == (60, 64)


def test_a_1cycle_has_one_planned_end(load):
    schedule = load(by_step("OneCycleLR", eta_max=1.0, total_steps=60))
    assert [each[:2] for each in segments(schedule) if each[3] is DECAY and each[4]] == [(18, 59)]


def test_the_help_of_a_twin_names_its_parameter():
    twins = [frameworks.find(f"mmengine.Linear{ending}") for ending in ("LR", "Momentum")]
    assert [each.section("Formula").partition("·")[0] for each in twins] == ["lr", "momentum"]
    assert "learning rate" not in twins[1].summary
    assert [each.name for each in twins[0].fields] == [each.name for each in twins[1].fields]
