"""The pieces of curves: those that are read, and those that are recognised by their values."""

import numpy as np
import pytest

import lrplot
from lrplot.emit.shared.forms import Exponential, Level, Ramp, Stairs, Text, Triangle, Waves
from lrplot.emit.shared.pieces import pieces_of

PER_EPOCH = 8


def pieces(schedule, steps=64, **more):
    run = lrplot.load({"steps": steps, "steps_per_epoch": PER_EPOCH, "lr": 1.0, "schedule": schedule, **more}).run
    found = pieces_of(run.lr.curve, steps)
    return [(piece.start, piece.form) for piece in found], run


@pytest.mark.parametrize(
    ("schedule", "parts"),
    [
        ("constant", [(0, Level(1.0))]),
        ({"kind": "cosine", "warmup": 4}, [(0, Ramp(0.0, 1.0, 4)), (4, Ramp(1.0, 0.0, 60, "cosine"))]),
        ({"kind": "linear", "for": 40}, [(0, Ramp(1.0, 0.0, 40)), (40, Level(0.0))]),
        ({"kind": "linear", "inclusive": True}, [(0, Ramp(1.0, 0.0, 63)), (63, Level(0.0))]),
        ({"kind": "polynomial", "power": 2}, [(0, Ramp(1.0, 0.0, 64, "fall", 2.0))]),
        ({"kind": "rex", "d": 0.9}, [(0, Ramp(1.0, 0.0, 64, "rex", 0.9))]),
        ({"kind": "warmup", "shape": "polynomial", "power": 3}, [(0, Ramp(0.0, 1.0, 64, "rise", 3.0))]),
        ({"kind": "step", "every": 9}, [(0, Exponential(1.0, 0.1, 9, staircase=True))]),
        # stairs whose clock began with the warmup are levels
        (
            {"kind": "step", "every": 30, "warmup": 20},
            [(0, Ramp(0.0, 1.0, 20)), (20, Level(1.0)), (30, Level(0.1)), (60, Level(0.1**2))],
        ),
        ({"kind": "cosine_restarts", "period": 16}, [(0, Waves(1.0, 0.0, 16))]),
        (
            {"kind": "cosine_restarts", "period": 16, "mult": 2},
            [(0, Ramp(1.0, 0.0, 16, "cosine")), (16, Ramp(1.0, 0.0, 32, "cosine")), (48, Ramp(1.0, 0.0, 64, "cosine"))],
        ),
        ({"kind": "cyclic", "up": 4}, [(0, Triangle(0.0, 1.0, 4, 4))]),
        ({"kind": "points", "at": {8: 1, 16: 0.5}}, [(0, Level(1.0)), (8, Ramp(1.0, 0.5, 8)), (16, Level(0.5))]),
        # stepped once per epoch
        (
            {"use": "torch.StepLR", "step_size": 3, "interval": "epoch"},
            [(0, Exponential(1.0, 0.1, 24, staircase=True))],
        ),
        (
            {"use": "torch.MultiStepLR", "milestones": [2, 5], "interval": "epoch"},
            [(0, Level(1.0)), (16, Level(0.1)), (40, Level(0.1**2))],
        ),
        # a formula that goes on past its end, and one whose times are not whole
        (
            {"use": "torch.CosineAnnealingLR", "T_max": 40},
            [(0, Ramp(1.0, 0.0, 40, "cosine")), (40, Ramp(0.0, 1.0, 40, "cosine"))],
        ),
        (
            {"use": "torch.OneCycleLR", "max_lr": 1.0, "total_steps": 64, "pct_start": 0.25, "cycle_momentum": False},
            [(0, Ramp(0.04, 1.0, 15, "cosine")), (15, Ramp(1.0, 4e-06, 48, "cosine"))],
        ),
        # a clock that is stepped twice per update
        (
            {"use": "transformers.get_linear_schedule_with_warmup", "num_warmup_steps": 16, "num_training_steps": 96,
             "scheduler_steps_per_update": 2},
            [(0, Ramp(0.0, 1.0, 8)), (8, Ramp(1.0, 0.0, 40)), (48, Level(0.0))],
        ),
        # a warmup whose last update has the peak, and the decay that goes on from there
        (
            {"use": "megatron.OptimizerParamScheduler", "init_lr": 0, "max_lr": 1, "min_lr": 0.1, "lr_warmup_steps": 16,
             "lr_decay_steps": 64, "lr_decay_style": "cosine", "start_wd": 0, "end_wd": 0, "wd_incr_steps": 1,
             "wd_incr_style": "constant"},
            [(0, Ramp(0.0, 1.0, 16)), (16, Ramp(1.0, 0.1, 48, "cosine"))],
        ),
        # values that are used twice at the start
        (
            {"use": "composer.ConstantWithWarmupScheduler", "t_warmup": "10ba"},
            [(0, Level(0.0)), (1, Ramp(0.0, 1.0, 10)), (11, Level(1.0))],
        ),
        (
            {"use": "deepspeed.WarmupLR", "warmup_max_lr": 1, "warmup_num_steps": 10},
            [(0, Level(0.0)), (1, Ramp(0.0, 1.0, 10, "log")), (11, Level(1.0))],
        ),
        ({"kind": "expression", "value": "base * (1 - t / 100)"}, [(0, Ramp(1.0, 0.36, 64))]),
    ],
    ids=lambda value: str(value)[:70],
)  # fmt: skip
def test_a_shape_has_its_pieces(schedule, parts):
    found, _ = pieces(schedule)
    assert [start for start, _ in found] == [start for start, _ in parts]
    assert [_near(form) for _, form in found] == [_near(form) for _, form in parts]


def _near(form):
    """A form with numbers of 12 digits."""
    numbers = {name: float(f"{value:.12g}") for name, value in vars(form).items() if isinstance(value, float)}
    return type(form).__name__, {**vars(form), **numbers}


@pytest.mark.parametrize(
    "schedule",
    [
        {"kind": "cosine", "interval": "epoch"},
        [{"kind": "constant", "for": 3}, {"kind": "cosine", "interval": "epoch", "warmup": 4}],
        {"kind": "linear", "scheduler_steps_per_update": 3},
        {"kind": "product", "of": ["cosine", {"kind": "multistep", "milestones": [9, 20]}]},
        {"kind": "repeat", "of": [{"kind": "warmup", "for": 3}, {"kind": "step", "for": 9, "every": 2}]},
        {"kind": "repeat", "of": {"kind": "repeat", "of": {"kind": "linear", "to": 0.5}, "times": 2}, "times": 3},
        {"kind": "exponential", "gamma": 0.9, "min": 0.3},
        {"kind": "step", "every": 5, "min": 0.3, "warmup": 3},
        {"kind": "noam", "warmup": 9},
        {"kind": "noam", "warmup": 0, "d_model": 64},
        {"kind": "multistep", "milestones": [*range(1, 63)], "gamma": 0.9, "min": 0.1},
        {"kind": "points", "at": {step: 1 / (step + 1) for step in range(0, 60, 2)}},
        {"use": "timm.TanhLRScheduler", "t_initial": 40, "t_in_epochs": False},
        {"use": "torch.ChainedScheduler", "schedulers": [{"use": "torch.ExponentialLR", "gamma": 0.9},
                                                         {"use": "torch.StepLR", "step_size": 9}]},
    ],
    ids=lambda value: str(value)[:70],
)  # fmt: skip
def test_the_pieces_have_the_values_of_the_curve(schedule):
    run = lrplot.load({"steps": 64, "steps_per_epoch": PER_EPOCH, "lr": 1.0, "schedule": schedule}).run
    found = pieces_of(run.lr.curve, 64, listing=True)
    steps = np.arange(64)
    values = np.concatenate([each.form.values(steps[each.start : each.stop] - each.start) for each in found])
    assert np.max(np.abs(values - run.lr.curve.values(steps))) <= 1e-12


def test_groups_of_a_held_start_are_scaled():
    _, run = pieces("cosine", groups={"late": {"start": 16}})
    assert [piece.start for piece in pieces_of(run.tracks["lr/late"].curve, 64)] == [0, 16]


def test_a_curve_without_a_form_has_no_pieces(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("lr\n" + "".join(f"{float(x)!r}\n" for x in np.random.default_rng(0).random(64)))
    run = lrplot.load({"steps": 64, "schedule": {"kind": "table", "file": str(path)}}).run
    assert pieces_of(run.lr.curve, 64) is None
    (piece,) = pieces_of(run.lr.curve, 64, listing=True)
    assert isinstance(piece.form, Stairs)


def test_a_long_expression_stays_as_it_is():
    found, _ = pieces({"kind": "expression", "value": "sin(t) ** 2 + base"})
    assert found == [(0, Text("sin(t) ** 2 + 1.0"))]
