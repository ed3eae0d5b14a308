"""ignite's handlers: the examples of its documentation, values computed by hand, segments, and errors."""

import numpy as np
import pytest

import lrplot
from lrplot.curves.roles import Role


def ignite(name, **arguments):
    return {"use": f"ignite.{name}", **arguments}


def torch(name, **arguments):
    return {"use": f"torch.{name}", **arguments}


@pytest.fixture
def load(load):
    """Load a schedule of 8 steps and a base of 0.4 by default."""
    return lambda schedule, steps=8, lr=0.4, **more: load(schedule, steps, lr, **more)


def cycle(name="LinearCyclicalScheduler", start=0.0, end=1.0, size=4, **further):
    return ignite(name, param_name="lr", start_value=start, end_value=end, cycle_size=size, **further)


def pieces(*pairs, param_name="lr", **further):
    return ignite("PiecewiseLinear", param_name=param_name, milestones_values=[[*pair] for pair in pairs], **further)


def concatenated(*schedulers, durations):
    return ignite("ConcatScheduler", schedulers=[*schedulers], durations=durations)


def warmed_up(inner, duration, **further):
    arguments = {"warmup_start_value": 0.0, "warmup_duration": duration, **further}
    return ignite("create_lr_scheduler_with_warmup", lr_scheduler=inner, **arguments)


# The first six are the examples of ignite's own documentation.
DOCUMENTED = [
    (cycle(), [0, 0.5, 1, 0.5, 0]),
    (cycle("CosineAnnealingScheduler"), [0, 0.1464466094, 0.5, 0.8535533906, 0]),
    (pieces((1, 1.0), (3, 0.8), (5, 0.2)), [1, 1, 0.9, 0.8, 0.5, 0.2, 0.2]),
    (
        concatenated(cycle(size=8), cycle("CosineAnnealingScheduler", 1.0, 0.2), durations=[4]),
        [0, 0.25, 0.5, 0.75, 1, 0.8828427125, 0.6, 0.3171572875],
    ),
    (ignite("LRScheduler", lr_scheduler=torch("StepLR", step_size=3)), [0.4, 0.4, 0.4, 0.04, 0.04, 0.04, 0.004]),
    (warmed_up(torch("ExponentialLR", gamma=0.98), 3), [0, 0.2, 0.4, 0.392, 0.38416]),
]


@pytest.mark.parametrize(("schedule", "expected"), DOCUMENTED)
def test_documented_examples(load, schedule, expected):
    assert load(schedule).lr[: len(expected)] == pytest.approx(expected, abs=1e-9)


# What get_lr() of torch 2.13 makes of lr = 0.4 when called at epochs 0, 1, 2 …, without step().
WRAPPED = [
    (torch("ExponentialLR", gamma=0.5), [0.2, 0.1, 0.05]),
    (torch("LinearLR", start_factor=0.5, total_iters=2), [0.1, 0.15, 0.2, 0.2]),  # 0.5 twice, then 3/2, 4/3
    (torch("ConstantLR", factor=0.5, total_iters=2), [0.1, 0.1, 0.2, 0.2]),
    (torch("PolynomialLR", total_iters=2), [0.8 / 3, 0.4 / 3, 0, 0]),  # 2/3, then 1/2, then 0
    (torch("CosineAnnealingLR", T_max=2), [0.8, 0.2, 0, 0.2, 0.4]),  # 2/(1 + cos(−π/2)), then itself
    (torch("CosineAnnealingWarmRestarts", T_0=2), [0.2, 0.4, 0.2, 0.4]),
    (torch("SWALR", swa_lr=0.1, anneal_epochs=3), [0.4, 0.4, 0.4, 0.4, 0.4]),
    (torch("SWALR", swa_lr=0.1, anneal_epochs=0), [0.1, 0.1]),
    (torch("MultiStepLR", milestones=[0, 2], gamma=0.5), [0.1, 0.1, 0.05]),
]


@pytest.mark.parametrize(("inner", "expected"), WRAPPED)
def test_get_lr_of_a_torch_scheduler_is_called_without_step(load, inner, expected):
    found = load(ignite("LRScheduler", lr_scheduler=inner)).lr
    assert found[: len(expected)] == pytest.approx(expected, abs=1e-12)


def test_use_legacy_omits_the_first_value(load):
    inner = torch("LinearLR", start_factor=0.5, total_iters=2)  # 0.2, 0.3, 0.4 by itself
    assert load(ignite("LRScheduler", lr_scheduler=inner, use_legacy=True)).lr[:3] == pytest.approx([0.3, 0.4, 0.4])


def test_cycle_lengths_are_rounded_down(load):
    # 3 events, then int(4.5) = 4, then int(6.0) = 6: the starts are at 0, 3, 7 and 13.
    found = load(cycle("CosineAnnealingScheduler", 1.0, 0.0, 3, cycle_mult=1.5), steps=14).lr
    assert np.flatnonzero(found == 1).tolist() == [0, 3, 7, 13]


def test_warmup_after_a_cycle_leads_to_the_next_start_value(load):
    way_back = cycle(start=0.8, end=0.0, size=2, warmup_duration=2, monotonic=True, start_value_mult=0.5)
    assert load(way_back).lr == pytest.approx([0.8, 0.4, 0, 0.2, 0.4, 0.2, 0, 0.1])


def test_cycle_of_no_events_raises(load):
    shrinking = cycle(size=4, cycle_mult=0.5)  # 4, 2 and 1 events, then none
    assert load(shrinking, steps=7).lr == pytest.approx([0, 0.5, 1, 0.5, 0, 1, 0])
    with pytest.raises(lrplot.SpecError, match="raises at update 7: ZeroDivisionError"):
        load(shrinking, steps=8)


def test_learning_rate_is_constant_if_momentum_is_scheduled(load):
    found = load(pieces((0, 0.8), (4, 0.9), param_name="momentum"), momentum=0.9).evaluate()
    assert np.all(found["lr"] == 0.4)
    assert found["momentum"] == pytest.approx([0.8, 0.825, 0.85, 0.875, 0.9, 0.9, 0.9, 0.9])


def test_last_of_equal_milestones_counts(load):
    assert load(pieces((0, 0.1), (2, 0.3), (2, 0.7))).lr[:4] == pytest.approx([0.1, 0.2, 0.7, 0.7])


@pytest.mark.parametrize(
    ("durations", "expected"),
    [
        ([2, 3], [0.1, 0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.3]),
        ([2, 0], [0.1, 0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]),  # counted down from 0, it is never found to be over
        ([0, 3], [0.2, 0.2, 0.2, 0.3, 0.3, 0.3, 0.3, 0.3]),
        ([0, 0], [0.2] * 8),
        ([-1, 2], [0.1] * 8),
    ],
)
def test_durations(load, durations, expected):
    levels = [pieces((0, value)) for value in (0.1, 0.2, 0.3)]
    assert load(concatenated(*levels, durations=durations)).lr == pytest.approx(expected)


def test_torch_scheduler_changes_the_value_it_finds(load):
    halving = ignite("LRScheduler", lr_scheduler=torch("ExponentialLR", gamma=0.5))
    assert load(concatenated(pieces((0, 0.8)), halving, durations=[2])).lr[:4] == pytest.approx([0.8, 0.8, 0.4, 0.2])


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        # The handler starts where the warmup leads: it is an event shorter.
        (warmed_up(pieces((0, 0.4), (2, 0.2)), 5), [0, 0.1, 0.2, 0.3, 0.4, 0.3, 0.2]),
        (warmed_up(pieces((0, 0.4), (2, 0.2)), 2), [0, 0.4, 0.3, 0.2]),
        (warmed_up(pieces((0, 0.5)), 3, warmup_end_value=0.2), [0, 0.1, 0.2, 0.5, 0.5]),
        # torch's goes on from its own first value, by an event in between.
        (warmed_up(torch("ExponentialLR", gamma=0.5), 3, warmup_end_value=0.2), [0, 0.1, 0.2, 0.4, 0.2, 0.1]),
    ],
)
def test_warmups(load, schedule, expected):
    assert load(schedule).lr[: len(expected)] == pytest.approx(expected)


def test_cycles_of_a_billion_steps(load):
    schedule = load(cycle(size=4), steps=10**9)
    assert schedule.at(10**9 - 1)["lr"] == 0.5
    growing = load(cycle("CosineAnnealingScheduler", 1.0, 0.0, 4, cycle_mult=1.1), steps=10**9)
    assert 0 <= growing.at(10**9 - 1)["lr"] <= 1


@pytest.mark.parametrize(
    "path",
    [
        "ignite.PiecewiseLinear",
        "ignite.handlers.PiecewiseLinear",
        "ignite.handlers.param_scheduler.PiecewiseLinear",
        "ignite.contrib.handlers.PiecewiseLinear",
    ],
)
def test_import_paths(load, path):
    schedule = {**pieces((0, 0.2), (2, 0.4)), "use": path}
    assert load(schedule).lr[:3] == pytest.approx([0.2, 0.3, 0.4])


def segments(schedule):
    """Role, start, planned stop and scheduler of each segment."""
    curve = schedule.run.tracks["lr"].curve
    return [(each.role, each.start, each.stop, each.origin.name) for each in curve.segments()]


@pytest.mark.parametrize("stop", [60, 300])
def test_segments_of_a_torch_scheduler_are_its_own(load, stop):
    schedule = load(ignite("LRScheduler", lr_scheduler=torch("PolynomialLR", total_iters=stop)), steps=100)
    assert segments(schedule)[0] == (Role.DECAY, 0, stop, "torch.PolynomialLR")


@pytest.mark.parametrize("stop", [60, 300])
def test_segments_after_a_warmup_are_the_schedulers(load, stop):
    # After the warmup of 10 events torch's is at its epoch 1.
    warmup, decay, *_ = segments(load(warmed_up(torch("CosineAnnealingLR", T_max=stop), 10), steps=100))
    assert warmup == (Role.WARMUP, 0, 10, "ignite.create_lr_scheduler_with_warmup")
    assert decay == (Role.DECAY, 10, 9 + stop, "torch.CosineAnnealingLR")


@pytest.mark.parametrize("stop", [60, 300])
def test_segments_of_handlers_in_turn_are_their_own(load, stop):
    inner = ignite("LRScheduler", lr_scheduler=torch("PolynomialLR", total_iters=stop))
    first, decay, *_ = segments(load(concatenated(cycle(), inner, durations=[20]), steps=100))
    assert first == (Role.CYCLES, 0, 20, "ignite.LinearCyclicalScheduler")
    assert decay == (Role.DECAY, 20, 20 + stop, "torch.PolynomialLR")


def test_segments_of_handlers_stepped_once_an_epoch(load):
    handlers = concatenated(pieces((0, 0.1)), cycle(), durations=[3])
    schedule = load({**handlers, "interval": "epoch"}, steps=40, steps_per_epoch=5)
    assert segments(schedule) == [
        (Role.CURVE, 0, 15, "ignite.PiecewiseLinear"),
        (Role.CYCLES, 15, 40, "ignite.LinearCyclicalScheduler"),
    ]


REFUSED = [
    (cycle(size=1), "larger than 1, but given 1"),
    (cycle(warmup_duration=3), "Invalid combination when warmup_duration > 0 and monotonic=False"),
    (cycle(param_group_index=1), "list index out of range"),
    (pieces(), "with at least one value"),
    (pieces((0, 0.1, 2)), "list of pairs"),
    (pieces((0.5, 0.1)), "milestone should be integer"),
    (pieces((3, 0.1), (2, 0.1)), "increasing integers"),
    (pieces((0, 0.1), param_name="beta"), "must be one of `lr`, `momentum`, `weight_decay`"),
    (concatenated(pieces((0, 0.1)), durations=[]), "more than one"),
    (concatenated(pieces((0, 0.1)), pieces((0, 0.1)), durations=[]), "given 2 and 0"),
    (concatenated(pieces((0, 0.1)), pieces((0, 0.1), param_name="momentum"), durations=[2]), "same param_name"),
    (concatenated(torch("StepLR", step_size=2), pieces((0, 0.1)), durations=[2]), "not `torch.StepLR`"),
    (warmed_up(torch("StepLR", step_size=2), 1), "at least 2 events, but given 1"),
    (warmed_up(torch("ChainedScheduler", schedulers=[torch("LinearLR")]), 3), "no attribute 'last_epoch'"),
    (warmed_up("cosine", 3), "takes torch's own schedulers"),
    (ignite("LRScheduler", lr_scheduler=pieces((0, 0.1))), "takes torch's own schedulers"),
    (ignite("LRScheduler", lr_scheduler=torch("ChainedScheduler", schedulers=[torch("LinearLR")])), "no `get_lr`"),
    (ignite("LRScheduler", lr_scheduler=torch("PolynomialLR", total_iters=0)), "ZeroDivisionError"),
    (ignite("ReduceLROnPlateauScheduler", metric_name="loss"), "cannot be shown ahead of the run"),
]


@pytest.mark.parametrize(("schedule", "message"), REFUSED)
def test_errors(load, schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(schedule)


def test_fault_of_an_inner_scheduler_is_reported_once():
    with pytest.raises(lrplot.SpecError) as caught:
        lrplot.load({"steps": 8, "schedule": ignite("LRScheduler", lr_scheduler=torch("ExponentialLR", gamma=0.5))})
    assert len(caught.value.diagnostics) == 1
    assert "`lr`, the base learning rate, is missing" in str(caught.value)


def test_plateau_scheduler_refers_to_torchs(load):
    with pytest.raises(lrplot.SpecError) as caught:
        load(ignite("ReduceLROnPlateauScheduler", metric_name="loss"))
    assert "torch.ReduceLROnPlateau" in caught.value.diagnostics[0].help
