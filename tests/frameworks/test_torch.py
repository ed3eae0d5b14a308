"""torch's schedulers: the values in its documentation, quirks computed by hand, segments, and errors."""

import numpy as np
import pytest

import lrplot
from lrplot.curves.roles import Role
from lrplot.frameworks import find


def torch(name, **arguments):
    return {"use": f"torch.{name}", **arguments}


# The learning rates in the docstrings of torch/optim/lr_scheduler.py, all from 0.05.
DOCUMENTED = [
    (torch("StepLR", step_size=30, gamma=0.1), {0: 0.05, 29: 0.05, 30: 0.005, 60: 0.0005}),
    (torch("MultiStepLR", milestones=[30, 80], gamma=0.1), {0: 0.05, 30: 0.005, 79: 0.005, 80: 0.0005}),
    (torch("ConstantLR", factor=0.5, total_iters=4), {0: 0.025, 3: 0.025, 4: 0.05}),
    (torch("LinearLR", start_factor=0.05, total_iters=4), {0: 0.0025, 1: 0.014375, 2: 0.02625, 3: 0.038125, 4: 0.05}),
    (torch("ExponentialLR", gamma=0.95), {0: 0.05, 1: 0.0475, 2: 0.045125}),
    (torch("PolynomialLR", total_iters=4, power=1.0), {0: 0.05, 1: 0.0375, 2: 0.025, 3: 0.0125, 4: 0, 9: 0}),
    (
        torch(
            "SequentialLR",
            schedulers=[torch("ConstantLR", factor=0.1, total_iters=20), torch("ExponentialLR", gamma=0.9)],
            milestones=[20],
        ),
        {0: 0.005, 19: 0.005, 20: 0.05, 21: 0.045, 22: 0.0405},
    ),
    (
        torch(
            "ChainedScheduler",
            schedulers=[torch("ConstantLR", factor=0.1, total_iters=20), torch("ExponentialLR", gamma=0.9)],
        ),
        {0: 0.005, 1: 0.0045, 2: 0.00405, 20: 0.05 * 0.9**20},
    ),
]


@pytest.mark.parametrize(("schedule", "expected"), DOCUMENTED, ids=lambda each: str(each)[:40])
def test_values_in_torchs_documentation(load, schedule, expected):
    documented = load(schedule, steps=100, lr=0.05)
    for step, value in expected.items():
        assert documented(step) == pytest.approx(value, rel=1e-9, abs=1e-15)


def test_cosine_rises_again_after_its_end(use):
    schedule = use("torch.CosineAnnealingLR", steps=40, T_max=10)
    assert schedule(10) == 0
    assert schedule(20) == pytest.approx(1, rel=1e-12)
    assert schedule(25) == pytest.approx(0.5, rel=1e-12)


def test_one_cycle_rises_at_the_one_step_after_its_end(use):
    schedule = use("torch.OneCycleLR", max_lr=1.0, total_steps=10)
    assert schedule(9) == pytest.approx(1 / 25 / 1e4, rel=1e-9)
    # The fall spans steps 2 to 9; at 10 the cosine is 8/7 of the way.
    assert schedule(10) == pytest.approx((1 + np.cos(np.pi * 8 / 7)) / 2, rel=1e-4)


def test_one_cycle_passes_a_peak_between_two_steps(use):
    highest = use("torch.OneCycleLR", steps=7, max_lr=1.0, total_steps=7).lr.max()
    assert 0.9 < highest < 1  # pct_start · 7 − 1 = 1.1


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("LinearLR", {"total_iters": 0}, [1 / 3] * 10),
        ("ConstantLR", {"total_iters": 0, "factor": 0.5}, [0.5] * 10),
        ("MultiStepLR", {"milestones": [0, 4, 4], "gamma": 0.5}, [0.5] * 4 + [0.125] * 6),
        ("SWALR", {"swa_lr": 0.25, "anneal_epochs": 0}, [0.25] * 10),
    ],
)
def test_lengths_and_milestones_of_zero(use, name, arguments, expected):
    assert use(f"torch.{name}", **arguments).lr.tolist() == expected


def test_turning_points_of_a_long_sequence_include_its_peak(load):
    parts = [torch("LinearLR", total_iters=10**6), torch("CosineAnnealingLR", T_max=10**9)]
    schedule = load(torch("SequentialLR", schedulers=parts, milestones=[10**6]), steps=10**9)
    curve = schedule.run.tracks["lr"].curve
    assert curve.values(curve.turning_points(0, schedule.steps)).max() == 1


def test_momentum_of_a_composite_inside_a_list(load):
    """Like the same composite by itself, three updates later."""
    cycle = {"use": "torch.CyclicLR", "base_lr": 0.01, "max_lr": 0.2, "step_size_up": 4}
    children = [{"use": "torch.LinearLR", "total_iters": 3}, cycle]
    composite = {"use": "torch.SequentialLR", "milestones": [3], "schedulers": children}
    momentum = load([{"kind": "warmup", "for": 3}, composite], steps=12).evaluate()["momentum"]
    np.testing.assert_allclose(momentum[6:], [0.9, 0.875, 0.85, 0.825, 0.8, 0.825], rtol=1e-14)


def test_momentum_is_kept_until_its_scheduler_acts(load):
    schedule = torch(
        "SequentialLR",
        schedulers=[torch("ConstantLR"), torch("CyclicLR", base_lr=0.1, max_lr=1.0, step_size_up=2)],
        milestones=[4],
    )
    momentum = load(schedule).evaluate()["momentum"]
    np.testing.assert_allclose(momentum, [0.9] * 5 + [0.85, 0.8, 0.85, 0.9, 0.85], rtol=1e-14)


def segments(schedule):
    """Role, start, planned stop and scheduler of each segment."""
    return [
        (each.role, each.start, each.stop, each.origin.name.removeprefix("torch."))
        for each in schedule.run.tracks["lr"].curve.segments()
    ]


# The argument that ends a scheduler, and what follows if the run is longer.
ENDING = [
    ("CosineAnnealingLR", "T_max", {}, Role.AFTER),
    ("LinearLR", "total_iters", {"start_factor": 1.0, "end_factor": 0.1}, Role.HOLD),
    ("PolynomialLR", "total_iters", {"power": 2.0}, Role.HOLD),
]


@pytest.mark.parametrize(("name", "horizon", "arguments", "then"), ENDING)
@pytest.mark.parametrize("stop", [60, 300])
def test_horizon_is_the_planned_stop_of_the_decay(use, name, horizon, arguments, then, stop):
    rest = [(then, stop, 100, name)] if stop < 100 else []
    assert segments(use(f"torch.{name}", steps=100, **{horizon: stop}, **arguments)) == [
        (Role.DECAY, 0, stop, name),
        *rest,
    ]


@pytest.mark.parametrize(("name", "horizon", "arguments", "then"), ENDING)
@pytest.mark.parametrize("stop", [60, 300])
def test_horizon_of_a_scheduler_stepped_once_an_epoch_counts_epochs(use, name, horizon, arguments, then, stop):
    spec = {"steps_per_epoch": 5}
    schedule = use(f"torch.{name}", steps=500, spec=spec, interval="epoch", **{horizon: stop}, **arguments)
    assert segments(schedule)[0] == (Role.DECAY, 0, 5 * stop, name)


@pytest.mark.parametrize(("name", "horizon", "arguments", "then"), ENDING)
@pytest.mark.parametrize("stop", [60, 300])
def test_horizon_in_a_sequence_counts_from_its_milestone(use, name, horizon, arguments, then, stop):
    parts = [torch("LinearLR", total_iters=10), torch(name, **{horizon: stop}, **arguments)]
    warmup, decay, *rest = segments(use("torch.SequentialLR", steps=100, schedulers=parts, milestones=[10]))
    assert warmup == (Role.WARMUP, 0, 10, "LinearLR")
    assert decay == (Role.DECAY, 10, 10 + stop, name)
    assert rest == ([(then, 70, 100, name)] if stop < 90 else [])


@pytest.mark.parametrize("stop", [60, 300])
def test_horizon_in_a_chain_is_kept(use, stop):
    parts = [torch("LinearLR", total_iters=10), torch("CosineAnnealingLR", T_max=stop)]
    schedule = use("torch.ChainedScheduler", steps=100, schedulers=parts)
    assert segments(schedule) == [(Role.CURVE, 0, 100, "ChainedScheduler")]
    (segment,) = schedule.run.tracks["lr"].curve.segments()
    warmup, decay = segment.curve.factors
    assert next((each.role, each.stop) for each in warmup.curve.segments()) == (Role.WARMUP, 10)
    assert next((each.role, each.stop) for each in decay.curve.segments()) == (Role.DECAY, stop)
    assert decay.origin.value(Role.HORIZON) == stop


def test_factors_of_a_stretch_are_the_schedulers_that_act_only_there(use):
    inner = torch("SequentialLR", schedulers=[torch("LinearLR"), torch("CosineAnnealingLR", T_max=60)], milestones=[10])
    schedule = use("torch.ChainedScheduler", steps=100, schedulers=[torch("StepLR", step_size=30), inner])
    factors = [
        (each.start, each.stop, [factor.origin.name for factor in each.curve.factors])
        for each in schedule.run.tracks["lr"].curve.segments()
    ]
    assert factors == [(0, 10, ["torch.LinearLR"]), (10, 100, ["torch.CosineAnnealingLR"])]


def test_one_cycle_is_planned_up_to_its_last_step(use):
    planned = segments(use("torch.OneCycleLR", steps=100, max_lr=1.0, total_steps=300))
    assert planned == [(Role.RISE, 0, 90, "OneCycleLR"), (Role.DECAY, 90, 300, "OneCycleLR")]


def test_segments_of_a_sequence_belong_to_its_schedulers(load):
    assert segments(load(DOCUMENTED[6][0], steps=40)) == [
        (Role.STAIRS, 0, 20, "ConstantLR"),
        (Role.DECAY, 20, 40, "ExponentialLR"),
    ]


def test_segments_of_a_recurrence_belong_to_its_schedulers(use):
    parts = [torch("ExponentialLR", gamma=0.9), torch("SWALR", swa_lr=0.1, anneal_epochs=5)]
    assert segments(use("torch.SequentialLR", steps=40, schedulers=parts, milestones=[20])) == [
        (Role.DECAY, 0, 20, "ExponentialLR"),
        (Role.DECAY, 20, 25, "SWALR"),
        (Role.HOLD, 25, 40, "SWALR"),
    ]


def test_no_argument_of_swa_is_a_horizon():
    """It is meant to stay at `swa_lr`."""
    roles = {each.role for each in find("torch.SWALR").fields}
    assert not roles & {Role.HORIZON, Role.DECAY}


CHAIN = torch("ChainedScheduler", schedulers=[torch("ConstantLR")])
REFUSED = [
    (torch("OneCycleLR", max_lr=1.0), "You must define either total_steps OR"),
    (torch("OneCycleLR", max_lr=1.0, total_steps=10, pct_start=1.5), "Expected float between 0 and 1 pct_start"),
    (torch("OneCycleLR", max_lr=1.0, total_steps=0), "Expected positive integer total_steps"),
    (torch("LinearLR", start_factor=0), "Starting multiplicative factor"),
    (torch("LinearLR", end_factor=2), "Ending multiplicative factor"),
    (torch("ConstantLR", factor=2), "Constant multiplicative factor"),
    (torch("ReduceLROnPlateau", factor=1, metrics=[1.0]), "Factor should be < 1.0"),
    (torch("StepLR", step_size=0), "update 1: ZeroDivisionError"),
    (torch("CosineAnnealingLR", T_max=0), "update 1: ZeroDivisionError"),
    (torch("ConstantLR", factor=0), "update 5: ZeroDivisionError"),
    (torch("PolynomialLR", total_iters=3, power=-1), "update 3: ZeroDivisionError"),
    (torch("SequentialLR", schedulers=[], milestones=[]), "expected|expects at least one scheduler|one more than"),
    (torch("SequentialLR", schedulers=[torch("ConstantLR")], milestones=[3]), "one more than"),
    (torch("ChainedScheduler", schedulers=[]), "expects at least one scheduler"),
    (torch("LambdaLR", lr_lambda="1 / (epoch - 7)"), "update 7: ZeroDivisionError: division by zero"),
    (torch("MultiplicativeLR", lr_lambda="1 / 2.0 ** (500 * epoch)"), "update 3: OverflowError"),
    (torch("CyclicLR", base_lr=0.1, max_lr=1, step_size_up=2, scale_fn="1 / (3 - x)"), "update 8: ZeroDivisionError"),
    (torch("LambdaLR", lr_lambda="1 / (epoch - 7)", scheduler_steps_per_update=2), "update 4: ZeroDivisionError"),
    (torch("ChainedScheduler", schedulers=["cosine"]), "takes torch's own schedulers, not `cosine`"),
    (torch("SequentialLR", schedulers=[torch("ConstantLR"), CHAIN], milestones=[3]), "update 3: NotImplementedError"),
    (
        torch("SequentialLR", schedulers=[torch("ConstantLR"), torch("LinearLR", total_iters=0)], milestones=[3]),
        "update 3: ZeroDivisionError",
    ),
]


@pytest.mark.parametrize(("schedule", "message"), REFUSED, ids=lambda each: str(each)[:50])
def test_errors_that_torch_raises(load, schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(schedule)


@pytest.mark.parametrize("owner", [torch("SequentialLR", milestones=[2]), torch("ChainedScheduler")])
def test_a_metric_scheduler_inside_another_is_marked_itself(owner, load):
    plateau = torch("ReduceLROnPlateau", metrics=[1.0, 0.9])
    with pytest.raises(lrplot.SpecError) as caught:
        load({**owner, "schedulers": [torch("LinearLR"), plateau]})
    (diagnostic,) = caught.value.diagnostics
    assert "does not support `ReduceLROnPlateau` scheduler" in diagnostic.message
    assert "at index 1" in diagnostic.message
    assert diagnostic.span.path == "schedule.schedulers[1].use"


@pytest.mark.parametrize(
    "schedule", [torch("OneCycleLR", max_lr=[0.1, 0.2], total_steps=9), torch("LambdaLR", lr_lambda=["1", "0.5"])]
)
def test_a_list_for_parameter_groups_leads_to_groups(schedule, load):
    with pytest.raises(lrplot.SpecError) as caught:
        load(schedule)
    (diagnostic,) = caught.value.diagnostics
    assert "not a list" in diagnostic.message
    assert "under `groups`" in (diagnostic.help or "")


def test_accelerate_steps_one_cycle_no_further_than_its_end(load):
    cycle = torch("OneCycleLR", max_lr=0.3, total_steps=60, anneal_strategy="linear")
    alone = load(cycle, steps=60)
    stepped = load({**cycle, "scheduler_steps_per_update": 4}, steps=40)
    assert stepped.evaluate(0, 15)["lr"].tolist() == alone.evaluate()["lr"][::4].tolist()
    assert set(stepped.lr[15:].tolist()) == {alone(60)}
    assert stepped.run.tracks["lr"].curve.segments()[-1].role is Role.HOLD
