"""torch's schedulers: what its documentation says, quirks by hand, and refusals."""

import numpy as np
import pytest

import lrplot
from lrplot.curves.sequence import phases_of


def load(schedule, steps=10, lr=1.0, **more):
    return lrplot.load({"steps": steps, "lr": lr, "schedule": schedule, **more})


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
def test_values_in_torchs_documentation(schedule, expected):
    found = load(schedule, steps=100, lr=0.05)
    for step, value in expected.items():
        assert found(step) == pytest.approx(value, rel=1e-9, abs=1e-15)


def test_a_cosine_climbs_again_past_its_end():
    schedule = load(torch("CosineAnnealingLR", T_max=10), steps=40)
    assert schedule(10) == 0
    assert schedule(20) == pytest.approx(1, rel=1e-12)
    assert schedule(25) == pytest.approx(0.5, rel=1e-12)


def test_one_cycle_climbs_at_the_one_step_past_its_end():
    schedule = load(torch("OneCycleLR", max_lr=1.0, total_steps=10))
    assert schedule(9) == pytest.approx(1 / 25 / 1e4, rel=1e-9)
    # The fall spans steps 2 to 9; at 10 the cosine is 8/7 of the way.
    assert schedule(10) == pytest.approx((1 + np.cos(np.pi * 8 / 7)) / 2, rel=1e-4)


def test_a_peak_between_two_steps_is_passed_not_reached():
    found = load(torch("OneCycleLR", max_lr=1.0, total_steps=7), steps=7).evaluate(0, 7)["lr"]
    assert 0.9 < found.max() < 1  # pct_start · 7 − 1 = 1.1


def test_a_linear_ramp_of_no_length_stays_at_its_start():
    assert load(torch("LinearLR", total_iters=0)).lr.tolist() == [1 / 3] * 10


def test_a_constant_of_no_length_is_never_restored():
    assert load(torch("ConstantLR", total_iters=0, factor=0.5)).lr.tolist() == [0.5] * 10


def test_a_milestone_at_zero_is_in_force_at_once():
    assert load(torch("MultiStepLR", milestones=[0, 4, 4], gamma=0.5)).lr.tolist() == [0.5] * 4 + [0.125] * 6


def test_swa_with_nothing_to_anneal_is_there_at_once():
    assert load(torch("SWALR", swa_lr=0.25, anneal_epochs=0)).lr.tolist() == [0.25] * 10


def test_the_phases_of_a_sequence_are_its_schedulers():
    curve = load(DOCUMENTED[6][0], steps=40).run.tracks["lr"].curve
    assert [(a, b, phase.name) for a, b, phase in phases_of(curve)] == [
        (0, 20, "ConstantLR"),
        (20, 40, "ExponentialLR"),
    ]


def test_a_long_sequence_is_seen_through_its_turning_points():
    parts = [torch("LinearLR", total_iters=10**6), torch("CosineAnnealingLR", T_max=10**9)]
    schedule = load(torch("SequentialLR", schedulers=parts, milestones=[10**6]), steps=10**9)
    curve = schedule.run.tracks["lr"].curve
    assert curve.values(curve.turning_points(0, schedule.steps)).max() == 1


def test_momentum_keeps_its_value_until_its_scheduler_acts():
    schedule = torch(
        "SequentialLR",
        schedulers=[torch("ConstantLR"), torch("CyclicLR", base_lr=0.1, max_lr=1.0, step_size_up=2)],
        milestones=[4],
    )
    found = load(schedule).evaluate()["momentum"]
    np.testing.assert_allclose(found, [0.9] * 5 + [0.85, 0.8, 0.85, 0.9, 0.85], rtol=1e-14)


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
    (torch("ChainedScheduler", schedulers=["cosine"]), "takes torch's own schedulers, not `cosine`"),
    (torch("SequentialLR", schedulers=[torch("ConstantLR"), CHAIN], milestones=[3]), "update 3: NotImplementedError"),
    (
        torch("SequentialLR", schedulers=[torch("ConstantLR"), torch("LinearLR", total_iters=0)], milestones=[3]),
        "update 3: ZeroDivisionError",
    ),
]


@pytest.mark.parametrize(("schedule", "message"), REFUSED, ids=lambda each: str(each)[:50])
def test_what_torch_refuses(schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(schedule)
