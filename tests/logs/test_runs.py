"""Rows as runs: appended and resumed runs, duplicates, rows without a learning rate."""

import random

import numpy as np
import pytest


def table(*steps, lr=lambda step: 1 - step / 1000):
    return "step,lr\n" + "".join(f"{step},{lr(step)!r}\n" for step in steps)


def steps(log):
    return [run.steps.tolist() for run in log.runs]


def test_a_step_at_the_beginning_begins_a_new_run(log):
    found = log(table(0, 10, 20, 0, 10, 0, 10, 20, 30))
    assert steps(found) == [[0, 10, 20], [0, 10], [0, 10, 20, 30]]
    assert [run.repeated for run in found.runs] == [0, 0, 0]
    assert found.points.lines.tolist() == [7, 8, 9, 10]


def test_a_step_before_the_beginning_begins_a_new_run(log):
    assert steps(log(table(10, 20, 30, 5, 10, 15))) == [[10, 20, 30], [5, 10, 15]]


def test_a_later_step_is_where_a_run_was_resumed_and_later_rows_stay(log):
    run = log("step,lr\n10,1.0\n20,0.9\n30,0.8\n40,0.7\n30,0.5\n40,0.4\n50,0.3\n").points
    assert run.steps.tolist() == [10, 20, 30, 40, 50]
    assert run.lr.values.tolist() == [1.0, 0.9, 0.5, 0.4, 0.3]
    assert run.lines.tolist() == [2, 3, 6, 7, 8]
    assert (run.resumed, run.repeated) == ((2,), 2)


def test_a_run_is_resumed_several_times(log):
    run = log(table(0, 10, 20, 30, 15, 25, 35, 20, 30, 40)).points
    assert run.steps.tolist() == [0, 10, 15, 20, 30, 40]
    assert (run.resumed, run.repeated) == ((2, 3), 4)


def test_the_last_row_may_be_the_first_after_a_checkpoint(log):
    run = log(table(0, 10, 20, 30, 10)).points
    assert (run.steps.tolist(), run.resumed, run.repeated) == ([0, 10], (1,), 3)


def test_runs_of_one_row_and_longer_ones_are_apart(log):
    assert steps(log(table(10, 5, 10, 15))) == [[10], [5, 10, 15]]


@pytest.mark.parametrize("order", [(5, 4), (9, 8, 7, 6), (3, 2, 3, 2), (0, 90, 50, 80, 20, 70, 10)])
def test_steps_that_decrease_without_a_new_run_are_refused(refused, order):
    code, line, message, _ = refused(table(*order))
    assert code == "decreasing-steps"
    first = next(row for row in range(1, len(order)) if order[row] < order[row - 1])
    assert line is not None
    assert line >= first + 2
    assert "the steps decrease from" in message


def test_rows_of_several_processes_are_one(log):
    content = "step,lr\n" + "".join(f"{step},{1 - step / 100!r}\n" * 4 for step in range(10))
    run = log(content).points
    assert (run.steps.tolist(), run.repeated, run.resumed) == (list(range(10)), 30, ())
    assert run.lines.tolist() == list(range(5, 42, 4))


def test_processes_may_log_out_of_step(log):
    order = [0, 0, 1, 2, 1, 3, 2, 3, 4, 5, 4, 6, 5, 6]
    run = log(table(*order)).points
    assert (run.steps.tolist(), run.repeated, run.resumed) == (list(range(7)), 7, ())


def test_rows_of_a_step_are_joined(log):
    run = log("step,lr,momentum,loss\n1,,,2.0\n1,0.1,,\n1,,0.9,\n2,0.2,,\n2,,,1.5\n3,,,1.0\n").points
    assert run.steps.tolist() == [1, 2]
    assert run.lr.values.tolist() == [0.1, 0.2]
    assert run.losses.tolist() == [2.0, 1.5]
    np.testing.assert_array_equal(run.tracks["momentum"].values, [0.9, np.nan])
    assert (run.lines.tolist(), run.repeated) == ([3, 5], 0)


def test_rows_without_a_learning_rate_between_are_left_out(log):
    run = log("step,lr,loss\n5,0.1,\n7,,1.0\n5,0.1,\n8,0.2,\n").points
    assert (run.steps.tolist(), run.repeated) == ([5, 8], 1)


def test_shuffled_steps_are_refused_at_once(refused):
    order = random.Random(1).sample(range(100_000), 100_000)
    assert refused(table(*order))[0] == "decreasing-steps"
