"""The benchmark's own arithmetic, on numbers that are known."""

import sys

import pytest
from benchmarks.timing import Finding, difference, paired, peak_mib, ratio, told_number, wall_seconds


def clock(*values):
    """A side that takes these times, one after the other."""
    return iter(values).__next__


def test_the_median_is_of_the_pairs_and_not_of_the_sides():
    ours = clock(99, 2, 6, 30)  # the medians of the sides are 6 and 2
    theirs = clock(99, 1, 2, 3)
    assert paired(ours, theirs, 3, ratio) == Finding(3, 2, 10, 3)


def test_differences_are_paired_too():
    assert paired(clock(0, 50, 41), clock(0, 20, 1), 2, difference) == Finding(35, 30, 40, 2)


def test_sides_take_turns_at_being_first():
    order = []
    paired(lambda: order.append("ours") or 1.0, lambda: order.append("theirs") or 1.0, 3, ratio)
    assert order == ["ours", "theirs"] * 2 + ["theirs", "ours"] + ["ours", "theirs"]


@pytest.mark.parametrize(("bound", "holds"), [(3, True), (2.99, False), (None, None)])
def test_a_bound_holds_up_to_itself(bound, holds):
    assert Finding.of([1, 3, 99]).holds(bound) is holds


def test_a_process_is_measured():
    assert told_number([sys.executable, "-c", "print('about', 2.5)"]) == 2.5
    assert peak_mib([sys.executable, "-c", "b = bytearray(200 << 20)"]) >= 200


@pytest.mark.parametrize("measure", [wall_seconds, told_number, peak_mib])
def test_a_side_that_fails_is_no_measure(measure):
    with pytest.raises(RuntimeError, match=r"ended with 1:\n.*no such peer"):
        measure([sys.executable, "-c", "import sys; sys.exit('no such peer')"])
