"""Schedules in the numbers that tell them apart, worked out by hand."""

import numpy as np
import pytest
from support import log_of, points

import lrplot
from lrplot.analysis import comparison
from lrplot.analysis.comparison import Gap, compare, difference_of
from lrplot.diagnostics import Fault
from lrplot.runs.logged import runs_of


def run(schedule, steps=10, lr=1.0, **more):
    return lrplot.load({"steps": steps, "lr": lr, "schedule": schedule, **more}).run


TRAPEZE = [{"kind": "warmup", "for": 4}, {"kind": "constant", "for": 2}, "linear"]  # 0 ¼ ½ ¾ 1 1 1 ¾ ½ ¼


def test_a_schedule_does_not_differ_from_itself():
    found = difference_of(run("cosine"), run("cosine"), "lr", "steps")
    assert (found.largest, found.relative, found.parts, found.share, found.compared) == (0, 0, None, 0, 10)


def test_where_two_part_and_by_how_much():
    found = difference_of(
        run({"kind": "step", "every": 5}), run({"kind": "step", "every": 5, "gamma": 0.5}), "lr", "steps"
    )
    assert (found.parts, found.largest_step, found.relative_step) == (5, 5, 5)
    assert found.largest == pytest.approx(0.4, rel=1e-12)
    assert found.relative == pytest.approx(0.8, rel=1e-12)
    assert found.share == pytest.approx(0.4, rel=1e-12)


def test_steps_are_compared_as_far_as_both_go():
    assert difference_of(run("constant", 10), run("constant", 7), "lr", "steps").compared == 7


def test_by_fraction_a_longer_run_of_the_same_shape_is_the_same():
    assert difference_of(run("linear", 10), run("linear", 30), "lr", "fraction").parts is None
    assert difference_of(run("linear", 30), run("linear", 10), "lr", "fraction").largest == pytest.approx(2 / 30)


def test_by_epochs_runs_of_other_batch_sizes_lie_over_each_other():
    few, many = (run("linear", None, epochs=10, steps_per_epoch=each) for each in (4, 8))
    assert difference_of(few, many, "lr", "epochs").parts is None
    assert difference_of(few, many, "lr", "steps").parts == 1


def test_a_unit_that_a_run_does_not_know_is_told():
    with pytest.raises(Fault, match="cannot turn tokens into steps"):
        difference_of(run("linear"), run("cosine"), "lr", "tokens")


def test_long_runs_are_compared_at_places_spread_evenly(monkeypatch):
    monkeypatch.setattr(comparison, "COMPARED", 100)
    found = difference_of(run("linear", 1_000), run({"kind": "linear", "to": 0.5}, 1_000), "lr", "steps")
    assert (found.sampled, found.compared, found.largest_step) == (True, 100, 999)


def test_a_gap_is_the_second_less_the_first():
    gap = Gap.between(run("constant"), run({"kind": "linear"}), "steps")
    np.testing.assert_allclose(gap.values(np.arange(3)), [0, -0.1, -0.2], atol=1e-15)
    assert gap.length == 10


def test_within_a_tolerance():
    same, near, short = run("linear"), run({"kind": "linear", "to": 0.01}), run("linear", 9)
    assert compare([same, same]).within(0)
    assert not compare([same, near]).within(0)
    assert compare([same, near]).within(0.01)
    assert not compare([same, short]).within(1)
    assert compare([same, same, near]).within(0.01)


def test_a_track_that_only_one_has_is_a_difference():
    found = compare([run("linear"), run("linear", momentum=0.9)])
    assert found.missing == (("momentum",),)
    assert not found.within(1)


def test_a_log_is_compared_at_its_steps_only():
    plan = run("linear")  # 1 .9 .8 …
    (logged,) = runs_of(log_of(points([2, 4, 6], [0.8, 0.5, 0.4])))
    for first, other in ((plan, logged), (logged, plan)):
        found = difference_of(first, other, "lr", "steps")
        assert (found.compared, found.sampled, found.parts, found.largest_step) == (3, False, 4, 4)
        assert found.largest == pytest.approx(0.1)


def test_two_logs_are_compared_at_their_common_steps():
    one, two = (runs_of(log_of(points(steps, [1.0] * len(steps))))[0] for steps in ([1, 2, 3], [2, 3, 9]))
    assert difference_of(one, two, "lr", "steps").compared == 2


def test_a_log_of_epochs_is_compared_at_the_beginning_of_each():
    plan = run("linear", steps=None, epochs=4, steps_per_epoch=5)
    (logged,) = runs_of(log_of(points([0, 1, 3], [1.0, 0.75, 0.25]), unit="epochs"))
    found = difference_of(plan, logged, "lr", "epochs")
    assert (found.compared, found.parts) == (3, None)


def test_a_log_may_end_before_the_run():
    (logged,) = runs_of(log_of(points([0, 1], [1.0, 0.9])))
    assert compare([run("linear"), logged]).within(1e-9)


def test_ranges_are_those_of_the_steps_that_differ():
    levels = {"kind": "points", "at": {"0": 1.0}, "interpolation": "step"}
    found = difference_of(run(levels, 12), run({**levels, "at": {"0": 1, "2": 2, "4": 1, "9": 3}}, 12), "lr", "steps")
    assert (found.ranges, found.parts) == (((2, 3), (9, 11)), 2)
    assert difference_of(run("cosine"), run("cosine"), "lr", "steps").ranges == ()


def test_a_single_step_at_which_curves_cross_does_not_divide_a_range():
    found = difference_of(run("constant", lr=0.5), run("linear"), "lr", "steps")  # equal at 5 of 0 … 9
    assert found.ranges == ((0, 9),)


@pytest.mark.parametrize("block", [3, 4, 100])
def test_ranges_go_on_from_block_to_block(monkeypatch, block):
    monkeypatch.setattr(comparison, "BLOCK", block)
    step = {"kind": "points", "interpolation": "step"}
    other = {**step, "at": {"0": 1.0, "2": 5.0, "8": 1.0, "11": 5.0}}
    found = difference_of(run({**step, "at": {"0": 1.0}}, 12), run(other, 12), "lr", "steps")
    assert found.ranges == ((2, 7), (11, 11))


def test_of_many_ranges_the_last_takes_the_rest(monkeypatch):
    monkeypatch.setattr(comparison, "MOST_RANGES", 2)
    at = {str(step): 1.0 + (step % 4 == 0) for step in range(16)}  # 0, 4, 8 and 12 differ
    other = run({"kind": "points", "at": at, "interpolation": "step"}, 16)
    found = difference_of(run("constant", 16), other, "lr", "steps")
    assert found.ranges == ((0, 0), (4, 12))
