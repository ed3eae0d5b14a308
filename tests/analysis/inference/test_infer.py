"""Logs of known schedules, at all digits, and the specs that they must give."""

from __future__ import annotations

import numpy as np
import pytest
from analysis.inference.logged import cosine, decay, line, log_of, root, square
from hypothesis import given
from hypothesis import strategies as st

import lrplot

STEPS = np.arange(0, 10_000, 50)
EPOCHS = np.arange(0, 39_100, 100) // 391
DIGITS = (3, 4, 5, 6, 8, 17, 32)
where = np.where


def since(s, starts):
    """The share of its cycle that each update is in, if each is twice as long as the one before."""
    number = np.searchsorted(starts, s, side="right") - 1
    return (s - np.asarray(starts)[number]) / (starts[1] * 2.0**number)


def wave(s, half):
    return (1 + np.cos(np.pi * s / half)) / 2


def triangle(s, half):
    t = s % (2 * half)
    return where(t < half, t, 2 * half - t) / half


WARM = {"kind": "cosine", "warmup": 500, "to": "10%"}
CASES = {
    "constant": (STEPS, 3e-4 + 0 * STEPS, 9951, 3e-4, "constant"),
    "warmup": (STEPS, 3e-4 * np.minimum(STEPS / 500, 1), 9951, 3e-4, {"kind": "constant", "warmup": 500}),
    "cosine": (STEPS, decay(STEPS, cosine, 3e-4, 10_000), 10_000, 3e-4, "cosine"),
    "cosine with a floor": (STEPS, decay(STEPS, cosine, 3e-4, 10_000, 500, 0.1), 10_000, 3e-4, WARM),
    "cosine that ends early": (
        STEPS,
        decay(STEPS, cosine, 3e-4, 8000, 500, 0.1),
        9951,
        3e-4,
        {**WARM, "for": 8000},
    ),
    "linear": (STEPS, decay(STEPS, line, 5e-5, 10_000, 313), 10_000, 5e-5, {"kind": "linear", "warmup": 313}),
    "inclusive": (STEPS, 3e-4 * (1 - STEPS / 9999), 10_000, 3e-4, {"kind": "linear", "inclusive": True}),
    "start": (
        STEPS,
        decay(STEPS, line, 3e-4, 10_000, 500, first=0.1),
        10_000,
        3e-4,
        {"kind": "linear", "warmup": {"for": 500, "from": "10%"}},
    ),
    "skip_zero": (
        STEPS,
        decay(STEPS, cosine, 3e-4, 10_000, 500, 0.1, ahead=1),
        10_000,
        3e-4,
        {"kind": "cosine", "warmup": {"for": 500, "skip_zero": True}, "to": "10%"},
    ),
    "cosine warmup": (
        STEPS,
        where(STEPS < 500, 3e-4 * (1 - cosine(STEPS / 500)), decay(STEPS, cosine, 3e-4, 10_000, 500, 0.1)),
        10_000,
        3e-4,
        {"kind": "cosine", "warmup": {"for": 500, "shape": "cosine"}, "to": "10%"},
    ),
    "polynomial": (STEPS, 0.01 * (1 - STEPS / 10_000) ** 0.9, 10_000, 0.01, {"kind": "polynomial", "power": 0.9}),
    "square with a floor": (
        STEPS,
        decay(STEPS, square, 0.01, 10_000, 0, 0.01),
        10_000,
        0.01,
        {"kind": "polynomial", "to": "1%", "power": 2},
    ),
    "1 − √u": (STEPS, decay(STEPS, root, 3e-4, 10_000), 10_000, 3e-4, "sqrt"),
    "rex of the usual d": (
        STEPS,
        3e-4 * (0.01 + 0.99 * (1 - STEPS / 1e4) / (1 - 0.5 * STEPS / 1e4)),
        10_000,
        3e-4,
        {"kind": "rex", "to": "1%"},
    ),
    "rex": (STEPS, 3e-4 * (1 - STEPS / 1e4) / (1 - 0.9 * STEPS / 1e4), 10_000, 3e-4, {"kind": "rex", "d": 0.9}),
    "factor": (STEPS, 1e-3 * 0.9995**STEPS, 9951, 1e-3, {"kind": "exponential", "gamma": 0.9995}),
    "factor of many updates": (
        STEPS,
        1e-3 * 0.001 ** (STEPS / 7000),
        9951,
        1e-3,
        {"kind": "exponential", "gamma": 0.001, "every": 7000},
    ),
    "rate": (STEPS, 1e-3 * np.exp(-4e-4 * STEPS), 9951, 1e-3, {"kind": "exponential", "rate": 4e-4}),
    "inverse root": (
        STEPS,
        3e-4 * np.minimum(STEPS / 500, np.sqrt(500 / np.maximum(STEPS, 1))),
        9951,
        3e-4,
        {"kind": "inverse_sqrt", "warmup": 500},
    ),
    "inverse time": (STEPS, 3e-4 / (1 + 1e-3 * STEPS), 9951, 3e-4, {"kind": "inverse_time", "rate": 1e-3}),
    "least value": (
        STEPS,
        np.maximum(decay(STEPS, cosine, 3e-4, 10_000), 1e-5),
        10_000,
        3e-4,
        {"kind": "cosine", "min": 1e-5},
    ),
    "plateau": (
        STEPS,
        where(STEPS < 8000, 3e-4 * np.minimum(STEPS / 500, 1), 3e-4 * line((STEPS - 8000) / 2000)),
        10_000,
        3e-4,
        {"kind": "wsd", "warmup": 500, "cooldown": 2000},
    ),
    "plateau and 1 − √u": (
        STEPS,
        where(STEPS < 8000, 3e-4 * np.minimum(STEPS / 500, 1), 3e-4 * root((STEPS - 8000) / 2000)),
        10_000,
        3e-4,
        {"kind": "wsd", "warmup": 500, "cooldown": 2000, "shape": "sqrt"},
    ),
    "step": (STEPS, 0.1 * 0.1 ** (STEPS // 3000), 9951, 0.1, {"kind": "step", "every": 3000}),
    "step by epochs": (STEPS, 0.01 * 0.95 ** (STEPS // 391), 9951, 0.01, {"kind": "step", "every": 391, "gamma": 0.95}),
    "milestones": (
        STEPS,
        where(STEPS < 500, STEPS / 500, 1) * where(STEPS < 3000, 0.1, where(STEPS < 8000, 0.01, 0.001)),
        9951,
        0.1,
        {"kind": "multistep", "warmup": 500, "milestones": [3000, 8000]},
    ),
    "restarts": (
        STEPS,
        3e-4 * cosine(STEPS % 2500 / 2500),
        9951,
        3e-4,
        {"kind": "cosine_restarts", "period": 2500},
    ),
    "longer restarts": (
        STEPS,
        3e-4 * (0.01 + 0.99 * cosine(since(STEPS, [0, 1000, 3000, 7000]))),
        9951,
        3e-4,
        {"kind": "cosine_restarts", "period": 1000, "to": "1%", "mult": 2},
    ),
    "lower restarts": (
        STEPS,
        3e-4 * cosine(STEPS % 2500 / 2500) * 0.8 ** (STEPS // 2500),
        9951,
        3e-4,
        {"kind": "cosine_restarts", "period": 2500, "decay": 0.8},
    ),
    "restarts after a warmup": (
        STEPS,
        where(STEPS < 500, 3e-4 * STEPS / 500, 3e-4 * cosine((STEPS - 500) % 2375 / 2375)),
        9951,
        3e-4,
        {"kind": "cosine_restarts", "warmup": 500, "period": 2375},
    ),
    "triangles": (
        STEPS,
        1e-4 + 9e-4 * triangle(STEPS, 2000),
        9951,
        1e-3,
        {"kind": "cyclic", "min": "10%", "up": 2000},
    ),
    "lower triangles": (
        STEPS,
        1e-4 + 9e-4 * triangle(STEPS, 2000) * 0.5 ** (STEPS // 4000),
        9951,
        1e-3,
        {"kind": "cyclic", "min": "10%", "up": 2000, "mode": "triangular2"},
    ),
    "wave": (STEPS, 3e-4 * wave(STEPS, 3000), 9951, 3e-4, {"use": "torch.CosineAnnealingLR", "T_max": 3000}),
    "wave with one minimum": (
        STEPS,
        3e-4 * wave(STEPS, 7000),
        9951,
        3e-4,
        {"use": "torch.CosineAnnealingLR", "T_max": 7000},
    ),
    "short waves with a floor": (
        STEPS,
        1e-6 + (3e-4 - 1e-6) * wave(STEPS, 700),
        9951,
        3e-4,
        {"use": "torch.CosineAnnealingLR", "T_max": 700, "eta_min": 1e-6},
    ),
    "rise without an end": (
        STEPS,
        1e-7 * 1e7 ** (STEPS / 1e4),
        10_000,
        1,
        {"kind": "warmup", "from": "0.00001%", "shape": "exponential"},
    ),
    "warmup as a factor": (
        STEPS,
        3e-4 * np.minimum(STEPS / 1000, 1) * cosine(STEPS / 1e4),
        10_000,
        3e-4,
        {"kind": "product", "of": [{"kind": "warmup", "for": 1000}, "cosine"]},
    ),
    "warmup in place of a decay": (
        STEPS,
        where(STEPS < 1000, 1e-6 + (3e-4 - 1e-6) * STEPS / 1000, 3e-4 * cosine(STEPS / 1e4)),
        10_000,
        3e-4,
        {
            "use": "timm.CosineLRScheduler",
            "t_initial": 10_000,
            "warmup_t": 1000,
            "warmup_lr_init": 1e-6,
            "t_in_epochs": False,
        },
    ),
}


def printings():
    """Every case, with numbers of digits that take turns."""
    digits = (3, 17, 4, 32, 6, 5, 8)
    yield from ((name, digits[number % len(digits)]) for number, name in enumerate(CASES))


@pytest.mark.parametrize(("name", "digits"), list(printings()))
def test_a_log_gives_its_schedule(name, digits):
    steps, values, length, peak, schedule = CASES[name]
    found = lrplot.infer(log_of(steps, values, digits))
    assert found.exact
    assert found.spec == {"steps": length, "lr": peak, "schedule": schedule}
    assert found.offset == 0
    assert lrplot.load(found.spec).steps == length


def test_values_instead_of_a_factor():
    values = where(STEPS < 3000, 0.1, where(STEPS < 8000, 0.03, 0.02))
    found = lrplot.infer(log_of(STEPS, values))
    assert found.spec == {
        "steps": 9951,
        "schedule": {"kind": "multistep", "milestones": [3000, 8000], "values": [0.1, 0.03, 0.02]},
    }


def rows(every, total, start=0):
    return np.arange(start, total, every)


def held(steps, size):
    """The first update of the epoch of each update."""
    return steps // size * size


SPARSE = {
    "triangles of four rows": (
        rows(100, 2000, 100),
        1e-4 + 9e-4 * triangle(rows(100, 2000, 100), 200),
        4,
        {"steps": 1901, "lr": 1e-3, "schedule": {"kind": "cyclic", "min": "10%", "up": 200}},
    ),
    "triangles of two rows": (
        rows(200, 4000, 199),
        3e-5 + 2.7e-4 * triangle(rows(200, 4000, 199), 200),
        6,
        {"steps": 4000, "lr": 3e-4, "schedule": {"kind": "cyclic", "min": "10%", "up": 200}},
    ),
    "waves whose minima were logged": (
        rows(10, 12_345, 10),
        5e-4 * wave(rows(10, 12_345, 10), 700),
        4,
        {"steps": 12_341, "lr": 5e-4, "schedule": {"use": "torch.CosineAnnealingLR", "T_max": 700}},
    ),
    "longer restarts at rows": (
        rows(100, 5000, 100),
        1e-3 + 0.099 * cosine(since(rows(100, 5000, 100), [0, 500, 1500, 3500])),
        6,
        {"steps": 4901, "lr": 0.1, "schedule": {"kind": "cosine_restarts", "period": 500, "to": "1%", "mult": 2}},
    ),
    "longer restarts between rows": (
        rows(7, 12_345, 7),
        3e-4 * cosine(since(rows(7, 12_345, 7), [0, 1000, 3000, 7000])),
        4,
        {"steps": 12_342, "lr": 3e-4, "schedule": {"kind": "cosine_restarts", "period": 1000, "mult": 2}},
    ),
    "restarts of two rows": (
        rows(250, 5000),
        1e-6 + 1.9e-5 * cosine(since(rows(250, 5000), [0, 500, 1500, 3500])),
        17,
        {"steps": 4751, "lr": 2e-5, "schedule": {"kind": "cosine_restarts", "period": 500, "to": "5%", "mult": 2}},
    ),
    "root to a floor": (
        rows(10, 12_345, 9),
        decay(rows(10, 12_345, 9), root, 5e-4, 12_345, 50, 0.002),
        3,
        {"steps": 12_345, "lr": 5e-4, "schedule": {"kind": "sqrt", "warmup": 50, "to": "0.2%"}},
    ),
    "line to a floor": (
        rows(617, 12_345, 9),
        decay(rows(617, 12_345, 9), line, 5e-4, 12_345, 0, 0.1),
        6,
        {"steps": 12_345, "lr": 5e-4, "schedule": {"kind": "linear", "to": "10%"}},
    ),
    "short fall to a floor": (
        rows(100, 2000, 99),
        5e-4 * (0.1 + 0.9 * cosine((rows(100, 2000, 99) - 1800) / 200)),
        4,
        {"steps": 2000, "lr": 5e-4, "schedule": {"kind": "wsd", "cooldown": 200, "shape": "cosine", "to": "10%"}},
    ),
    "drops of levels logged once": (
        rows(617, 12_345, 616),
        0.1 * 0.5 ** (rows(617, 12_345, 616) // 500),
        3,
        {"steps": 12_340, "lr": 0.1, "schedule": {"kind": "step", "every": 500, "gamma": 0.5}},
    ),
    "drops to next to nothing": (
        rows(50, 12_345),
        5e-4 * 0.1 ** (rows(50, 12_345) // 500),
        6,
        {"steps": 12_301, "lr": 5e-4, "schedule": {"kind": "step", "every": 500}},
    ),
    "warmup of one row": (
        rows(50, 4000, 49),
        decay(rows(50, 4000, 49), root, 1e-3, 4000, 50),
        3,
        {"steps": 4000, "lr": 1e-3, "schedule": {"kind": "sqrt", "warmup": 50}},
    ),
    "warmup of one row before a long fall": (
        rows(50, 12_345, 49),
        0.1 * np.minimum(rows(50, 12_345, 49) / 50, np.sqrt(50 / rows(50, 12_345, 49))),
        3,
        {"steps": 12_300, "lr": 0.1, "schedule": {"kind": "inverse_sqrt", "warmup": 50}},
    ),
    "fall of two rows": (
        rows(617, 12_345),
        0.1 * cosine((rows(617, 12_345) - 11_345) / 1000),
        3,
        {"steps": 12_345, "lr": 0.1, "schedule": {"kind": "wsd", "cooldown": 1000, "shape": "cosine"}},
    ),
    "warmup between two rows": (
        rows(100, 2000),
        decay(rows(100, 2000), lambda u: (1 - u) ** 0.9, 1e-3, 2000, 50, 0.1),
        17,
        {
            "steps": 2000,
            "lr": 1e-3,
            "schedule": {"kind": "polynomial", "warmup": 50, "to": "10%", "power": 0.9},
        },
    ),
    "plateau that is no epoch": (
        rows(100, 5000, 100),
        5e-4 * np.minimum(rows(100, 5000, 100) / 300, cosine((rows(100, 5000, 100) - 4500) / 500)),
        17,
        {"steps": 5000, "lr": 5e-4, "schedule": {"kind": "wsd", "warmup": 300, "cooldown": 500, "shape": "cosine"}},
    ),
    "epochs of which the run has a part": (
        rows(10, 12_345),
        0.1 * cosine(held(rows(10, 12_345), 100) / 12_345),
        6,
        {"steps": 12_345, "steps_per_epoch": 100, "interval": "epoch", "lr": 0.1, "schedule": "cosine"},
    ),
    "epochs shorter than rows are apart": (
        rows(100, 5000, 99),
        3e-4 * cosine(held(rows(100, 5000, 99), 40) / 5000),
        6,
        {"steps": 5000, "steps_per_epoch": 40, "interval": "epoch", "lr": 3e-4, "schedule": "cosine"},
    ),
    "few epochs": (
        rows(7, 2000, 6),
        1e-3 * line(held(rows(7, 2000, 6), 250) / 2000),
        6,
        {"epochs": 8, "steps_per_epoch": 250, "interval": "epoch", "lr": 1e-3, "schedule": "linear"},
    ),
}


@pytest.mark.parametrize("name", SPARSE)
def test_sparse_logs_and_odd_lengths(name):
    steps, values, digits, spec = SPARSE[name]
    found = lrplot.infer(log_of(steps, values, digits))
    assert (found.exact, found.spec, found.offset) == (True, spec, 0)
    if name == "epochs shorter than rows are apart":
        assert "no two rows of an epoch" in next(each.note for each in found.open if each.name == "steps_per_epoch")


def test_a_wave_after_a_warmup_that_was_not_logged():
    """The cosine of transformers, stepped twice an update: 10 of 200 steps of warmup, then past its end."""
    steps = np.arange(10, 201, 10)
    found = lrplot.infer(log_of(steps, 2e-5 * wave(2 * (steps - 1) - 10, 190)))
    assert found.exact
    schedules = {each.offset: each.spec["schedule"] for each in (found, *found.ties)}
    fall = {"use": "torch.CosineAnnealingLR", "T_max": 95}
    assert schedules == {-1: [{"kind": "warmup", "for": 5}, fall], 0: [{"kind": "warmup", "for": 6}, fall]}


def test_one_cycle_of_an_odd_length():
    # 0.3·12,345 = 3703.5 updates of rise are 3704
    steps = np.arange(0, 12_345, 50)
    up, down = 1 - cosine(steps / 3704), cosine((steps - 3704) / (12_345 - 3704))
    values = where(steps < 3704, 4e-5 + (1e-3 - 4e-5) * up, 4e-9 + (1e-3 - 4e-9) * down)
    found = lrplot.infer(log_of(steps, values, 6))
    assert found.spec == {"steps": 12_345, "lr": 1e-3, "schedule": {"kind": "one_cycle", "momentum": None}}


@pytest.mark.parametrize("digits", [3, 17])
def test_a_schedule_that_moves_once_an_epoch(digits):
    steps = np.arange(0, 39_100, 100)
    found = lrplot.infer(log_of(steps, 0.1 * cosine(EPOCHS / 100), digits))
    assert found.exact
    assert found.spec == {"epochs": 100, "steps_per_epoch": 391, "interval": "epoch", "lr": 0.1, "schedule": "cosine"}


@pytest.mark.parametrize("digits", [3, 32])
def test_one_cycle_of_torch(digits):
    # torch's phases end at updates 0.3·10,000 − 1 and 10,000 − 1
    up, down = 1 - cosine(STEPS / 2999), cosine((STEPS - 2999) / 7000)
    values = where(STEPS < 2999, 4e-5 + (1e-3 - 4e-5) * up, 4e-9 + (1e-3 - 4e-9) * down)
    found = lrplot.infer(log_of(STEPS, values, digits))
    expected = {"use": "torch.OneCycleLR", "max_lr": 1e-3, "total_steps": 10_000, "cycle_momentum": False}
    assert found.spec == {"steps": 10_000, "schedule": expected}


@pytest.mark.parametrize("digits", [3, 17])
def test_the_transformer_schedule(digits):
    k = STEPS + 1.0
    values = 512**-0.5 * np.minimum(k**-0.5, k * 4000**-1.5)
    found = lrplot.infer(log_of(STEPS, values, digits))
    assert found.spec == {"steps": 9951, "schedule": {"kind": "noam", "warmup": 4000, "d_model": 512}}


@pytest.mark.parametrize("digits", [4, 17])
def test_lines_are_points(digits):
    values = np.interp(STEPS, [0, 500, 4000, 7000, 10_000], [0, 3e-4, 3e-4, 1e-4, 1e-5])
    found = lrplot.infer(log_of(STEPS, values, digits))
    at = {"0": 0, "500": 3e-4, "4000": 3e-4, "7000": 1e-4, "10000": 1e-5}
    assert found.spec == {"steps": 10_000, "schedule": {"kind": "points", "at": at}}


@pytest.mark.parametrize("digits", [4, 17])
def test_phases_of_several_shapes(digits):
    half = 3e-4 * (0.5 + 0.5 * cosine((STEPS - 1000) / 5000))
    values = where(STEPS < 1000, 3e-4 * STEPS / 1000, where(STEPS < 6000, half, 1.5e-4 * line((STEPS - 6000) / 4000)))
    found = lrplot.infer(log_of(STEPS, values, digits))
    assert found.spec["lr"] == 3e-4
    assert found.spec["schedule"] == [
        {"kind": "linear", "for": 1000, "from": 0, "to": 3e-4},
        {"kind": "cosine", "for": 5000, "to": 1.5e-4},
        "linear",
    ]


def test_a_jump_between_phases():
    values = where(STEPS < 3000, 3e-4 * (1 - STEPS / 6000), 1e-4 * line((STEPS - 3000) / 7000))
    found = lrplot.infer(log_of(STEPS, values, 6))
    assert found.exact
    assert found.spec["schedule"] == [{"kind": "linear", "for": 3000, "to": 1.5e-4}, {"kind": "linear", "from": 1e-4}]


@pytest.mark.parametrize("digits", [3, 17])
def test_values_of_the_update_before(digits):
    """A program that logs after its update has the value of update N − 1 at step N."""
    updates = np.arange(0, 10_000, 50)
    found = lrplot.infer(log_of(updates + 1, decay(updates, cosine, 3e-4, 10_000, 500), digits))
    assert (found.spec["steps"], found.spec["lr"], found.offset) == (10_000, 3e-4, -1)
    assert found.spec["schedule"] == {"kind": "cosine", "warmup": 500}
    assert "the one just made" in found.convention


def test_epochs_that_count_from_1_are_logged_after_the_epoch():
    epochs = np.arange(1, 91)
    found = lrplot.infer(log_of(epochs, 0.1 * cosine((epochs - 1) / 90), 17, unit="epochs"))
    assert (found.spec, found.offset) == ({"epochs": 90, "lr": 0.1, "schedule": "cosine"}, -1)


def test_times_of_a_log_by_epochs_are_epochs():
    epochs = np.arange(100)
    values = decay(epochs, cosine, 1e-3, 100, 5)
    found = lrplot.infer(log_of(epochs, values, 8, unit="epochs"))
    assert found.spec == {"epochs": 100, "lr": 1e-3, "schedule": {"kind": "cosine", "warmup": "5 epochs"}}
    assert np.allclose(lrplot.load(found.spec).lr, values, rtol=0, atol=1e-11)


def test_groups_are_multiples():
    values = decay(STEPS, cosine, 3e-4, 10_000, 500, 0.1)
    tracks = {"lr/head": 10 * values, "lr/other": values**2, "momentum": 0.9 + 0 * values}
    found = lrplot.infer(log_of(STEPS, values, 6, others=tracks))
    assert found.spec["groups"] == {"head": {"lr": 3e-3}}
    assert [each.name for each in found.open if "not part" in each.note] == ["lr/other", "momentum"]


def test_a_length_that_the_log_states_is_the_runs():
    steps = np.arange(0, 4000, 20)
    found = lrplot.infer(log_of(steps, decay(steps, cosine, 3e-4, 12_345, 500), 3, stated={"steps": 12_345}))
    assert (found.spec["steps"], found.spec["schedule"]) == (12_345, {"kind": "cosine", "warmup": 500})
    assert "steps" not in [each.name for each in found.open]


@pytest.mark.parametrize(("rows", "digits"), [(20, 3), (20, 32), (200, 5), (200, 17), (20_000, 3), (20_000, 32)])
def test_any_number_of_rows_with_gaps(rows, digits):
    rng = np.random.default_rng(rows)
    steps = np.unique(rng.integers(0, 100_000, rows))
    found = lrplot.infer(log_of(steps, decay(steps, cosine, 2.5e-4, 100_000, 4000, 0.05), digits))
    assert found.exact
    if rows > 20 or digits > 5:
        assert (found.spec["steps"], found.spec["lr"]) == (100_000, 2.5e-4)
        assert found.spec["schedule"] == {"kind": "cosine", "warmup": 4000, "to": "5%"}


def test_decimals_that_end():
    """Six decimals, as some programs print them, are two digits of a small value."""
    values = decay(STEPS, cosine, 6e-4, 10_000, 500, 0.1)
    found = lrplot.infer(log_of(STEPS, values, -6))
    assert found.exact
    assert (found.spec["lr"], found.spec["schedule"]["warmup"]) == (6e-4, 500)
    assert {"peak", "floor", "horizon"} <= {each.name for each in found.open}


@given(
    shape=st.sampled_from(["cosine", "linear"]),
    peak=st.sampled_from([1e-4, 2.5e-4, 3e-3, 0.05]),
    warmup=st.integers(0, 40),
    total=st.integers(150, 400),
    digits=st.sampled_from(DIGITS),
    keep=st.integers(30, 100),
    offset=st.sampled_from([0, -1]),
)
def test_what_is_exact_gives_every_logged_value(shape, peak, warmup, total, digits, keep, offset):
    rng = np.random.default_rng(total)
    updates = np.sort(rng.choice(total, min(keep, total), replace=False))
    values = decay(updates, {"cosine": cosine, "linear": line}[shape], peak, total, warmup)
    log = log_of(updates - offset, values, digits)
    found = lrplot.infer(log)
    assert found.exact
    curve = lrplot.load(found.spec)
    logged = log.points.lr
    difference = np.abs(curve(log.points.steps + found.offset) - logged.values)
    assert (difference <= logged.slack + 1.3e-7 * peak * (digits == 32) + 1.1e-12 * peak).all()
    if digits == 17 and updates[1] < warmup < updates[-3]:
        assert found.spec["lr"] == peak
        assert found.spec["schedule"] == {"kind": shape, "warmup": warmup}
        assert found.spec["steps"] == total
