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


def notes(steps=100, lr=1.0, **spec):
    return [dict(row.notes) for row in rows(steps=steps, lr=lr, **spec)]


def test_drops_are_updates_of_the_run():
    phases = [{"kind": "warmup", "for": 10}, {"kind": "step", "every": 30}]
    assert notes(schedule=phases) == [{}, {"drops at": "40, 70"}]
    beside = {"kind": "multistep", "milestones": ["3 epochs", "60%"], "warmup": 10}
    assert notes(schedule=beside, steps_per_epoch=10) == [{}, {"drops at": "30, 60"}]
    rising = {"kind": "exponential", "gamma": 2, "every": "25%", "staircase": True}
    assert notes(schedule=rising) == [{"every": "25% = 25 updates", "rises at": "25, 50, 75"}]
    values = {"kind": "multistep", "milestones": [20, 50], "values": [1, 2, 0.5]}
    assert notes(schedule=values) == [{"jumps at": "20, 50"}]
    many = {"kind": "step", "every": 7, "gamma": 0.9, "interval": "epoch"}
    assert notes(schedule=many, steps_per_epoch=5) == [{"drops at": "10, 15, 25, 30, 35, … (13 in all)"}]
    framework = {"use": "torch.MultiStepLR", "milestones": [4, 8], "interval": "epoch"}
    assert notes(schedule=framework, steps_per_epoch=10) == [{"drops at": "40, 80"}]
    assert notes(schedule={"kind": "step", "every": 100}) == [{}]


def test_restarts_are_updates_of_the_run():
    shorter = {"kind": "cosine_restarts", "period": 40, "mult": 0.5, "warmup": 20}
    assert notes(schedule=shorter) == [{}, {"restarts at": "60, 80, 90, 95, 98"}, {}]
    assert notes(schedule={"kind": "cyclic", "up": 10}) == [{}]
    assert notes(schedule={"kind": "repeat", "of": {"kind": "linear", "for": 30}}) == [{"restarts at": "30, 60, 90"}]


def test_times_in_other_units_are_updates_of_the_run():
    points = {"kind": "points", "at": {"1 epochs": 1, "5 epochs": 0}}
    phases = [{"kind": "constant", "until": "20%"}, points]
    assert notes(schedule=phases, steps_per_epoch=10) == [
        {"until": "20% = update 20"},
        {"at": "1 epoch = update 30, 5 epochs = update 70"},
    ]
