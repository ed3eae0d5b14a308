"""The outline of a run."""

import lrplot
from lrplot.analysis.outline import outline


def rows(**spec):
    run = lrplot.load(spec).run
    return outline(run.tracks["lr"].curve, run.steps)


def test_ramps_are_rows_of_their_own():
    found = rows(steps=100, lr=1.0, schedule={"kind": "cosine", "warmup": "10%", "cooldown": 20, "to": 0.5})
    assert [(row.name, row.start, row.stop) for row in found] == [
        ("warmup", 0, 10), ("cosine", 10, 80), ("cooldown", 80, 100),
    ]  # fmt: skip
    assert [(row.first, row.end) for row in found] == [(0.0, 1.0), (1.0, 0.5), (0.5, 0.0)]


def test_what_is_left_holds_and_what_is_too_long_is_cut():
    held = rows(steps=100, lr=1.0, schedule={"kind": "linear", "for": "40%"})
    assert [(row.name, row.start, row.stop, row.first) for row in held[1:]] == [("hold", 40, 100, 0.0)]
    assert held[0].notes == {"for": "40% = 40 updates"}
    (cut,) = rows(steps=100, lr=1.0, schedule={"kind": "linear", "for": 200})
    assert (cut.stop, cut.planned, cut.end) == (100, 200, 0.5)


def test_phases_without_an_update_are_left_out():
    found = rows(steps=10, lr=1.0, schedule={"kind": "linear", "warmup": 0})
    assert [row.name for row in found] == ["linear"]


def test_extremes_inside_a_phase():
    (row,) = rows(steps=40, lr=1.0, schedule={"kind": "cyclic", "min": 0.1, "up": 10})
    assert (row.first, row.low, row.high) == (0.1, 0.1, 1.0)


def test_what_holds_after_an_end_is_a_row_of_its_own():
    fast = {"kind": "inverse_time", "rate": 1, "every": 1, "warmup": 10, "scheduler_steps_per_update": 2}
    found = rows(steps=20, lr=1.0, schedule=fast)
    assert [(row.name, row.start, row.stop) for row in found] == [
        ("warmup", 0, 5), ("inverse_time", 5, 10), ("hold", 10, 20),
    ]  # fmt: skip
    assert (found[2].low, found[2].high, found[2].end) == (1 / 11, 1 / 11, 1 / 11)


def test_a_scheduler_that_its_phase_cuts_holds_its_last_value():
    cut = {"use": "torch.LinearLR", "start_factor": 1.0, "end_factor": 0.0, "total_iters": 10, "for": 5}
    found = rows(steps=20, lr=1.0, schedule=cut)
    assert [(row.name, row.stop, row.end) for row in found] == [("torch.LinearLR", 5, 0.5), ("hold", 20, 0.5)]


def test_values_read_once_per_epoch_lead_where_the_anneal_leads():
    (row,) = rows(steps=12, lr=1.0, steps_per_epoch=5, schedule={"kind": "linear", "interval": "epoch"})
    assert (row.first, row.end, row.reaches) == (1.0, 0.0, None)


def test_a_warmup_longer_than_the_run_is_the_only_row():
    noam = {"kind": "noam", "d_model": 64, "warmup": 4000, "scheduler_steps_per_update": 8}
    assert [row.name for row in rows(steps=60, schedule=noam)] == ["warmup"]
