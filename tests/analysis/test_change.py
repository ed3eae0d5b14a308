"""Changes of specs: what moves between two states, worked out by hand."""

import pytest

import lrplot
from lrplot.analysis.change import Change, Changes, State
from lrplot.diagnostics import Diagnostic

LINEAR = {"steps": 10, "lr": 1.0, "schedule": "linear"}  # 1 − t/10
HALF = {**LINEAR, "schedule": {"kind": "linear", "to": 0.5}}  # 1 − t/20
ERROR = Diagnostic("unknown-kind", "there is no kind `x`")


def state(spec, path="a.yaml"):
    return State(path, lrplot.load(spec).run, tuple(lrplot.check(spec)))


def change(before, after, **more):
    return Change(before and state(before), after and state(after), **more)


def test_the_updates_that_move():
    found = change(LINEAR, HALF)
    (gap,) = found.moved
    assert (gap.track, gap.ranges, gap.largest_step) == ("lr", ((1, 9),), 9)
    assert gap.largest == pytest.approx(0.45)
    assert found.moves
    assert found.within(0.46)
    assert not found.within(0.44)


def test_nothing_moves_in_the_same_schedule_written_differently():
    found = change(LINEAR, {**LINEAR, "name": "x", "schedule": {"kind": "polynomial", "power": 1}})
    assert (found.moved, found.moves, found.within(0)) == ((), False, True)


def test_a_longer_run_moves_though_no_value_does():
    constant = {**LINEAR, "schedule": "constant"}
    found = change(constant, {**constant, "steps": 12})
    assert (found.moved, found.moves, found.within(1)) == ((), True, False)


def test_a_track_that_one_state_lacks_moves():
    found = change(LINEAR, {**LINEAR, "momentum": 0.9})
    assert (found.moved, found.moves, found.within(1)) == ((), True, False)


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (None, state(LINEAR), "added"),
        (state(LINEAR), None, "removed"),
        (state(LINEAR, "old.yaml"), state(LINEAR), "renamed"),
        (state(LINEAR), state(HALF), "changed"),
    ],
)
def test_what_happened_to_a_file(before, after, status):
    found = Change(before, after)
    assert (found.status, found.path) == (status, "a.yaml")
    if status in ("added", "removed"):
        assert (found.comparison, found.moves, found.within(0)) == (None, False, True)


def test_a_spec_that_only_reads_a_changed_file_is_included():
    assert change(LINEAR, HALF, through=("base.yaml",)).status == "included"


def test_nothing_is_known_of_a_spec_that_cannot_be_used():
    found = Change(state(LINEAR), State("a.yaml", error=ERROR))
    assert (found.broken, found.moves, found.within(1), found.gone) == (True, False, False, ())


def test_findings_come_and_go_by_their_codes():
    short, shorter = ({**LINEAR, "schedule": {"kind": "linear", "for": length}} for length in (20, 25))
    assert [each.code for each in change(LINEAR, short).new] == ["cut-short"]
    assert [each.code for each in change(short, LINEAR).gone] == ["cut-short"]
    assert (change(short, shorter).new, change(short, shorter).gone) == ((), ())
    assert [each.code for each in change(None, short).new] == ["cut-short"]
    assert change(short, None).gone == ()


def test_runs_of_unknown_length_are_compared_by_their_share():
    arguments = {"output_dir": "o", "learning_rate": 1.0, "num_train_epochs": 3, "lr_scheduler_type": "linear"}
    runs = [lrplot.api.load_nominal({**arguments, "warmup_ratio": share}).run for share in (0.1, 0.2)]
    found = Change(State("a", runs[0]), State("a", runs[1]))
    assert found.comparison.align == "fraction"
    (gap,) = found.moved
    assert gap.largest == pytest.approx(0.5)  # at 10% of the run: 1 and a half
    assert gap.largest_step / runs[0].steps == pytest.approx(0.1)


def test_all_changes_are_within_a_tolerance_if_each_is():
    same, moved = change(LINEAR, LINEAR), change(LINEAR, HALF)
    both = Changes("A", "B", ("1", None), (same, moved))
    assert both.moved == (moved,)
    assert (both.within(0.4), both.within(0.5)) == (False, True)
