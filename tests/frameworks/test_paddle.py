"""paddle's schedulers: values computed by hand, segments, and errors."""

import math

import numpy as np
import pytest

import lrplot
from lrplot.curves.roles import Role
from lrplot.frameworks.shared.triangles import first_overflow


@pytest.fixture
def load(use):
    """Load one of paddle's schedulers, of 10 steps by default; the spec has no `lr`."""
    return lambda name, steps=10, **arguments: use(f"paddle.{name}", steps=steps, lr=None, **arguments)


def test_noam_starts_at_zero_and_peaks_at_its_warmup(values):
    # 1/√16 · min(k^−½, k·4^−3⁄2)
    lr = values("NoamDecay", 17, d_model=16, warmup_steps=4)
    assert lr[:5] == pytest.approx([0, 1 / 32, 2 / 32, 3 / 32, 1 / 8], rel=1e-15)
    assert lr[16] == pytest.approx(1 / 16, rel=1e-15)


def test_noam_ignores_the_spec_s_lr(values):
    spec = {"steps": 3, "lr": 7.0, "schedule": {"use": "paddle.NoamDecay", "d_model": 16, "warmup_steps": 4}}
    assert lrplot.load(spec).lr.tolist() == values("NoamDecay", 3, d_model=16, warmup_steps=4)


def test_piecewise_values_and_boundaries(values):
    # the documentation's example
    assert values("PiecewiseDecay", boundaries=[3, 6, 9], values=[0.1, 0.2, 0.3, 0.4]) == [
        *([0.1] * 3 + [0.2] * 3 + [0.3] * 3),
        0.4,
    ]
    assert values("PiecewiseDecay", 5, boundaries=[3, 1], values=[1, 2, 3, 4]) == [1, 1, 1, 4, 4]


def test_decays_follow_their_formulas(values):
    assert values("NaturalExpDecay", 3, learning_rate=0.5, gamma=0.1)[2] == pytest.approx(0.5 * math.exp(-0.2))
    assert values("InverseTimeDecay", 3, learning_rate=0.5, gamma=0.5) == [0.5, 0.5 / 1.5, 0.25]
    assert values("ExponentialDecay", 4, learning_rate=0.5, gamma=0.5) == [0.5, 0.25, 0.125, 0.0625]
    assert values("StepDecay", 5, learning_rate=0.5, step_size=2, gamma=0.5) == [0.5, 0.5, 0.25, 0.25, 0.125]
    assert values("MultiStepDecay", 4, learning_rate=0.5, milestones=[0, 3], gamma=0.5) == [0.25, 0.25, 0.25, 0.125]
    assert values("LambdaDecay", 3, learning_rate=0.5, lr_lambda="lambda e: 0.5 ** e") == [0.5, 0.25, 0.125]
    assert values("MultiplicativeDecay", 3, learning_rate=0.5, lr_lambda="1 / epoch") == [0.5, 0.5, 0.25]


def test_polynomial_with_and_without_cycle(values):
    # (0.5 − 0.1)·(1 − k/4)² + 0.1
    once = values("PolynomialDecay", 7, learning_rate=0.5, decay_steps=4, end_lr=0.1, power=2)
    assert once == pytest.approx([0.5, 0.325, 0.2, 0.125, 0.1, 0.1, 0.1], rel=1e-15)
    # from step 5 on, k/8
    again = values("PolynomialDecay", 7, learning_rate=0.5, decay_steps=4, end_lr=0.1, power=2, cycle=True)
    assert again[:5] == once[:5]
    assert again[5:] == pytest.approx([0.1 + 0.4 * (3 / 8) ** 2, 0.1 + 0.4 * (2 / 8) ** 2], rel=1e-15)


def test_polynomial_ends_above_zero_by_default(values):
    assert values("PolynomialDecay", 8, learning_rate=0.5, decay_steps=4)[-1] == 1e-4


def test_a_warmup_jumps_to_its_learning_rate(values):
    lr = values("LinearWarmup", 6, learning_rate=0.5, warmup_steps=4, start_lr=0, end_lr=0.4)
    assert lr == pytest.approx([0, 0.1, 0.2, 0.3, 0.5, 0.5], rel=1e-15)


def test_a_scheduler_after_a_warmup_begins_at_its_own_first_step(values):
    inner = {"use": "paddle.optimizer.lr.StepDecay", "learning_rate": 0.5, "step_size": 2, "gamma": 0.5}
    lr = values("LinearWarmup", 7, learning_rate=inner, warmup_steps=2, start_lr=0, end_lr=1)
    assert lr == [0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_warm_restarts_after_a_warmup_are_late_if_a_logarithm_is_rounded_down(load, values):
    restarts = {"learning_rate": 0.5, "T_0": 1, "T_mult": 3, "eta_min": 0.1}
    warmup = {"warmup_steps": 3, "start_lr": 0, "end_lr": 1}
    alone = values("CosineAnnealingWarmRestarts", 130, **restarts)
    inner = {"use": "paddle.CosineAnnealingWarmRestarts", **restarts}
    after = load("LinearWarmup", 133, learning_rate=inner, **warmup)
    assert math.log(3**5, 3) < 5  # cycle 5 begins at (3⁵ − 1)/2 = 121
    assert (alone[121], after.at(124)["lr"]) == (0.5, 0.1)
    assert np.array_equal(np.delete(after.lr[3:], 121), np.delete(alone, 121))
    points = after.run.tracks["lr"].curve.turning_points(0, 133)
    assert {123, 124, 125} <= set(points.tolist())


def test_cosine_rises_again_after_its_end(values):
    lr = values("CosineAnnealingDecay", 9, learning_rate=0.5, T_max=4, eta_min=0.1)
    assert [lr[0], lr[2], lr[4], lr[6], lr[8]] == pytest.approx([0.5, 0.3, 0.1, 0.3, 0.5], rel=1e-15)


def test_one_cycle_has_absolute_ends_and_raises_after_its_total(load):
    # rises to 0.3·20 − 1 = 5, falls to 19
    schedule = load("OneCycleLR", 20, max_learning_rate=0.5, total_steps=20, divide_factor=5)
    assert schedule.lr[[0, 5, 12, 19]] == pytest.approx([0.1, 0.5, (0.5 + 1e-4) / 2, 1e-4], rel=1e-14)
    past = load("OneCycleLR", 21, max_learning_rate=0.5, total_steps=20, anneal_strategy="linear").lr[20]
    assert past == pytest.approx(0.5 + (1e-4 - 0.5) * 15 / 14, rel=1e-14)  # the line goes on for one step
    with pytest.raises(lrplot.SpecError, match=r"update 21: .*Tried to step 21 times"):
        load("OneCycleLR", 22, max_learning_rate=0.5, total_steps=20)


def test_one_cycle_that_only_rises_divides_by_zero_at_its_total(load, values):
    arguments = {"max_learning_rate": 0.5, "total_steps": 6, "phase_pct": 1}
    assert values("OneCycleLR", 6, **arguments, anneal_strategy="linear")[-1] == 0.5
    with pytest.raises(lrplot.SpecError, match=r"update 6: .*ZeroDivisionError"):
        load("OneCycleLR", 10, **arguments)


def test_cyclic_goes_up_and_down(values):
    arguments = {"base_learning_rate": 0.1, "max_learning_rate": 0.5, "step_size_up": 2}
    assert values("CyclicLR", 6, **arguments) == pytest.approx([0.1, 0.3, 0.5, 0.3, 0.1, 0.3])
    halved = values("CyclicLR", 7, **arguments, mode="triangular2", step_size_down=1)
    assert halved == pytest.approx([0.1, 0.3, 0.5, 0.1, 0.2, 0.3, 0.1])
    shrunk = values("CyclicLR", 3, **arguments, mode="exp_range", exp_gamma=0.5)
    assert shrunk == pytest.approx([0.1, 0.1 + 0.2 * 0.5, 0.1 + 0.4 * 0.25])


@pytest.mark.parametrize("gamma", [0.9, 0.99, 1.01, 1.3])
def test_turning_points_of_an_exp_range(load, gamma):
    arguments = {"base_learning_rate": 0.0, "max_learning_rate": 0.5, "step_size_up": 23, "step_size_down": 17}
    schedule = load("CyclicLR", 75, **arguments, mode="exp_range", exp_gamma=gamma)
    points = schedule.run.tracks["lr"].curve.turning_points(5, 75)
    some = schedule.lr[[5, *points, 74]]
    assert (some.min(), some.max()) == (schedule.lr[5:].min(), schedule.lr[5:].max())


def test_cyclic_stops_at_an_overflow(load):
    arguments = {"base_learning_rate": 0.1, "max_learning_rate": 0.5, "step_size_up": 1}
    assert load("CyclicLR", 2048, **arguments, mode="triangular2").at(2047)["lr"] == pytest.approx(0.1)
    with pytest.raises(lrplot.SpecError, match=r"update 2,048: .*OverflowError"):
        load("CyclicLR", 2049, **arguments, mode="triangular2")
    with pytest.raises(lrplot.SpecError, match=r"update 1,024: .*OverflowError"):
        load("CyclicLR", 1100, **arguments, mode="exp_range", exp_gamma=2)


@pytest.mark.parametrize("base", [1.0001, 1.7, 2.0, 10.0, 1e200])
def test_first_overflow(base):
    power = first_overflow(base)
    assert math.isfinite(base ** (power - 1))
    with pytest.raises(OverflowError):
        base**power


def test_linear_keeps_its_last_value(values):
    lr = values("LinearLR", 6, learning_rate=0.4, total_steps=4, start_factor=0.25, end_factor=0.75)
    assert lr == pytest.approx([0.1, 0.15, 0.2, 0.25, 0.3, 0.3], rel=1e-15)


def test_plateau_ignores_the_metric_during_a_cooldown(values):
    # two bad steps: a drop after the third; the 0.1 is in the cooldown, so the 0.5 after it is the best
    metrics = [1, 2, 2, 0.1, 0.5, 0.3, 2, 2]
    lr = values("ReduceOnPlateau", 9, learning_rate=1, metrics=metrics, factor=0.5, patience=1, cooldown=1)
    assert lr == [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25]


def test_a_plateau_ends_with_its_metrics(load):
    with pytest.raises(lrplot.SpecError, match="`metrics` ends after 2 values"):
        load("ReduceOnPlateau", 4, learning_rate=1, metrics=[1, 2])


def test_interval_epoch_steps_once_an_epoch():
    schedule = {"use": "paddle.ExponentialDecay", "learning_rate": 1, "gamma": 0.5, "interval": "epoch"}
    spec = {"epochs": 3, "steps_per_epoch": 2, "schedule": schedule}
    assert lrplot.load(spec).lr.tolist() == [1, 1, 0.5, 0.5, 0.25, 0.25]


def segments(schedule):
    """Role, start, planned stop and scheduler of each segment."""
    curve = schedule.run.tracks["lr"].curve
    return [(each.role, each.start, each.stop, each.origin.name.removeprefix("paddle.")) for each in curve.segments()]


# The argument that ends a scheduler, and what follows if the run is longer.
ENDING = [
    ("CosineAnnealingDecay", "T_max", {}, Role.AFTER),
    ("PolynomialDecay", "decay_steps", {"power": 0.5}, Role.HOLD),
    ("LinearLR", "total_steps", {"start_factor": 1.0, "end_factor": 0.1}, Role.HOLD),
]


@pytest.mark.parametrize(("name", "horizon", "arguments", "then"), ENDING)
@pytest.mark.parametrize("stop", [60, 300])
def test_horizon_is_the_planned_stop_of_the_decay(load, name, horizon, arguments, then, stop):
    rest = [(then, stop, 100, name)] if stop < 100 else []
    planned = segments(load(name, 100, learning_rate=0.5, **{horizon: stop}, **arguments))
    assert planned == [(Role.DECAY, 0, stop, name), *rest]


@pytest.mark.parametrize(("name", "horizon", "arguments", "then"), ENDING)
@pytest.mark.parametrize("stop", [60, 300])
def test_horizon_after_a_warmup_counts_from_its_end(load, name, horizon, arguments, then, stop):
    inner = {"use": f"paddle.{name}", "learning_rate": 0.5, horizon: stop, **arguments}
    schedule = load("LinearWarmup", 100, warmup_steps=10, start_lr=0.0, end_lr=0.5, learning_rate=inner)
    warmup, decay, *rest = segments(schedule)
    assert warmup == (Role.WARMUP, 0, 10, "LinearWarmup")
    assert decay == (Role.DECAY, 10, 10 + stop, name)
    assert rest == ([(then, 70, 100, name)] if stop < 90 else [])


def test_one_cycle_is_planned_up_to_its_last_step(load):
    planned = segments(load("OneCycleLR", 100, max_learning_rate=0.5, total_steps=300))
    assert planned == [(Role.RISE, 0, 90, "OneCycleLR"), (Role.DECAY, 90, 300, "OneCycleLR")]


@pytest.mark.parametrize("warmup", [60, 300])
def test_warmup_of_noam_is_planned_up_to_its_peak(load, warmup):
    first, decay = segments(load("NoamDecay", 100, d_model=16, warmup_steps=warmup))
    assert first == (Role.WARMUP, 0, warmup, "NoamDecay")
    assert decay[:2] == (Role.DECAY, warmup)


WARMUP = {"warmup_steps": 2, "start_lr": 0.0, "end_lr": 1.0}
CYCLIC = {"base_learning_rate": 0.1, "max_learning_rate": 0.5, "step_size_up": 4}
ONCE = {"max_learning_rate": 0.5, "total_steps": 20}


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("NoamDecay", {"d_model": 0, "warmup_steps": 4}, "d_model should be grater than 0"),
        ("NoamDecay", {"d_model": 8, "warmup_steps": 0}, "ZeroDivisionError"),
        ("NoamDecay", {"d_model": 8, "warmup_steps": 4, "learning_rate": -1}, "Invalid learning rate: -1"),
        ("PiecewiseDecay", {"boundaries": [], "values": [1]}, "boundaries cannot be empty"),
        ("PiecewiseDecay", {"boundaries": [1, 2], "values": [1, 2]}, r"len\(values\) \[2\]"),
        ("NaturalExpDecay", {"learning_rate": 1, "gamma": 0}, "'gamma' must be a positive number"),
        ("InverseTimeDecay", {"learning_rate": 1, "gamma": -0.25}, "update 4: .*ZeroDivisionError"),
        ("PolynomialDecay", {"learning_rate": 1, "decay_steps": 0}, "'decay_steps' must be a positive integer"),
        ("PolynomialDecay", {"learning_rate": 1, "decay_steps": 5, "power": 0}, "'power' must be greater than 0.0"),
        ("ExponentialDecay", {"learning_rate": 1, "gamma": 1}, "'gamma' must be in interval"),
        ("MultiStepDecay", {"learning_rate": 1, "milestones": [4, 4]}, "must be incremented"),
        ("MultiStepDecay", {"learning_rate": 1, "milestones": [4], "gamma": 1}, "gamma should be < 1.0"),
        ("StepDecay", {"learning_rate": 1, "step_size": 0}, "'step_size' must be a positive integer"),
        ("StepDecay", {"learning_rate": 1, "step_size": 2, "gamma": 1}, "gamma should be < 1.0"),
        ("ReduceOnPlateau", {"learning_rate": 1, "metrics": [1], "factor": 1}, "gamma should be < 1.0"),
        ("ReduceOnPlateau", {"learning_rate": 1}, "needs `metrics`"),
        ("CosineAnnealingDecay", {"learning_rate": 1, "T_max": 0}, "'T_max' must be a positive integer"),
        ("OneCycleLR", {**ONCE, "max_learning_rate": -1}, "'max_learning_rate' must be a positive integer"),
        ("OneCycleLR", {**ONCE, "end_learning_rate": -1}, "'end_learning_rate' must be a positive integer"),
        ("OneCycleLR", {**ONCE, "total_steps": 0}, "'total_step' must be a positive integer"),
        ("OneCycleLR", {**ONCE, "phase_pct": 1.5}, "'phase_pct' must be between 0 and 1, but received 1.5"),
        ("OneCycleLR", {**ONCE, "divide_factor": 0}, "ZeroDivisionError"),
        ("OneCycleLR", {**ONCE, "divide_factor": -2}, "Invalid learning rate: -0.25"),
        ("OneCycleLR", {**ONCE, "phase_pct": 0.5, "three_phase": True}, "'phase_pct' must be less than 0.5"),
        ("OneCycleLR", {**ONCE, "phase_pct": 0.05}, "ZeroDivisionError"),
        ("CyclicLR", {**CYCLIC, "max_learning_rate": -1}, "'max_learning_rate' must be a positive integer"),
        ("CyclicLR", {**CYCLIC, "base_learning_rate": -1}, "Invalid learning rate: -1"),
        ("CyclicLR", {**CYCLIC, "step_size_up": 0}, "'step_size_up' must be a positive integer"),
        ("CyclicLR", {**CYCLIC, "step_size_down": 0}, "'step_size_down' must be a positive integer"),
        ("LinearLR", {"learning_rate": 1, "total_steps": 0}, "`total_steps` must be greater than 0"),
        ("LinearLR", {"learning_rate": 1, "total_steps": 4, "start_factor": 0}, "`start_factor` must be greater"),
        ("LinearLR", {"learning_rate": 1, "total_steps": 4, "end_factor": 2}, "`end_factor` must be"),
        ("CosineAnnealingWarmRestarts", {"learning_rate": 1, "T_0": 0}, "Expected positive integer T_0"),
        ("CosineAnnealingWarmRestarts", {"learning_rate": 1, "T_0": 2, "T_mult": 0}, "Expected integer T_mult >= 1"),
        ("LinearWarmup", {**WARMUP, "learning_rate": 1, "warmup_steps": 0}, "'warmup_steps' must be a positive"),
        ("LinearWarmup", {**WARMUP, "learning_rate": 1, "start_lr": 1}, "end_lr 1 must be greater than start_lr 1"),
        ("LinearWarmup", {**WARMUP, "learning_rate": 1, "start_lr": -1}, "Invalid learning rate: -1"),
        ("LinearWarmup", {**WARMUP, "learning_rate": {"kind": "cosine"}}, "TypeError.*not `cosine`"),
        ("LinearWarmup", {**WARMUP, "learning_rate": {"use": "torch.StepLR", "step_size": 3}}, "not `torch.StepLR`"),
        (
            "LinearWarmup",
            {**WARMUP, "learning_rate": {"use": "paddle.ReduceOnPlateau", "learning_rate": 1, "metrics": [1]}},
            "passes the step to ReduceOnPlateau, which needs a metric",
        ),
        ("StepDecay", {"learning_rate": 1, "step_size": 2, "last_epoch": 3}, "`last_epoch` can only be -1"),
        ("StepDecay", {"step_size": 2}, "needs `learning_rate`"),
        ("StepLR", {"step_size": 2}, "paddle has no scheduler `StepLR`"),
    ],
)
def test_errors_that_paddle_raises(load, name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, **arguments)


@pytest.mark.parametrize("key", ["use", "_target_", "class_path"])
def test_import_paths(values, key):
    schedule = {key: "paddle.optimizer.lr.StepDecay", "learning_rate": 0.5, "step_size": 2, "verbose": True}
    lr = lrplot.load({"steps": 4, "schedule": schedule}).lr
    assert lr.tolist() == values("StepDecay", 4, learning_rate=0.5, step_size=2)
