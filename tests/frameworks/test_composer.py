"""Composer's schedulers, by hand: values at update k are factors after k − 1 batches."""

import numpy as np
import pytest

import lrplot
from lrplot.curves.roles import Role


@pytest.fixture
def load(use):
    """Load a scheduler of Composer: 12 updates and a base of 1 by default."""

    def call(name, *, steps=12, schedule=(), **spec):
        return use(f"composer.{name}", steps=steps, spec=spec, **dict(schedule))

    return call


@pytest.fixture
def rates(load):
    """The learning rates of a scheduler."""
    return lambda name, **spec: load(name, **spec).lr.tolist()


def test_the_first_value_is_used_twice(rates):
    warm = {"t_warmup": "4ba"}
    assert rates("ConstantWithWarmupScheduler", steps=7, schedule=warm) == [0, 0, 0.25, 0.5, 0.75, 1, 1]


def test_interval_epoch_has_no_delay(rates):
    halving = {"step_size": "1ep", "gamma": 0.5}
    per_batch = rates("StepScheduler", steps=8, schedule=halving, steps_per_epoch=3)
    per_epoch = rates("StepScheduler", steps=8, schedule=halving, steps_per_epoch=3, interval="epoch")
    assert per_batch == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    assert per_epoch == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_shares_of_the_run_are_rounded_down(rates):
    found = rates("ConstantScheduler", steps=57, schedule={"alpha": 0.5, "t_max": "0.1dur"})
    assert found == [0.5] * 6 + [1.0] * 51  # 5.7 batches are 5


def test_the_same_time_in_every_unit(rates):
    found = [
        rates("LinearScheduler", schedule={"t_max": time}, steps_per_epoch=5, batch_size=8, sequence_length=100)
        for time in ("10ba", "2ep", "80sp", "8000tok", "8e3TOK", "0.84dur")
    ]
    assert found[0] == pytest.approx([1, *(1 - np.arange(11) / 10)], abs=1e-15)
    assert all(each == found[0] for each in found)


def test_a_share_of_a_run_in_samples_is_in_samples():
    spec = {"samples": 90, "batch_size": 20, "lr": 1.0, "schedule": "composer.LinearScheduler"}
    found = lrplot.load(spec).lr  # 90 samples, 20 a batch
    assert found[:4] == pytest.approx([1, 1, 7 / 9, 5 / 9], abs=1e-15)


def test_the_ratio_scales_times_but_not_the_warmup(rates):
    schedule = {"t_warmup": "4ba", "scale_schedule_ratio": 2}
    assert rates("ConstantWithWarmupScheduler", schedule=schedule)[:6] == [0, 0, 0.25, 0.5, 0.75, 1]
    scaled = {**schedule, "scale_warmup": True}  # the slope is scaled, the end is not
    assert rates("ConstantWithWarmupScheduler", schedule=scaled)[:6] == [0, 0, 0.125, 0.25, 0.375, 1]
    assert rates("ConstantScheduler", schedule={"alpha": 0, "t_max": "3ba", "scale_schedule_ratio": 2}).index(1) == 7


def test_a_run_in_epochs_is_scaled_to_whole_epochs():
    linear = {"use": "composer.LinearScheduler", "scale_schedule_ratio": 0.5}
    epochs = lrplot.load({"epochs": 3, "steps_per_epoch": 10, "lr": 1.0, "schedule": linear})
    batches = lrplot.load({"steps": 30, "steps_per_epoch": 10, "lr": 1.0, "schedule": linear})
    assert (epochs.lr.tolist().index(0), batches.lr.tolist().index(0)) == (11, 16)


def test_restart_intervals_are_rounded_down(rates):
    found = rates("CosineAnnealingWarmRestartsScheduler", schedule={"t_0": "2ba", "t_mult": 1.5})
    # Intervals of 2, 3, 4 (not 4.5) and 6 batches.
    assert [step for step, value in enumerate(found) if value == 1] == [0, 1, 3, 6, 10]


def test_intervals_that_shrink_to_nothing_raise(load):
    schedule = {"t_0": "4ba", "t_mult": 0.5}  # of 4, 2 and 1 batches
    assert load("CosineAnnealingWarmRestartsScheduler", steps=8, schedule=schedule).lr[7] == 0.5 * (1 + np.cos(0))
    with pytest.raises(lrplot.SpecError, match=r"update 8: ValueError: Interval between restarts .* decayed to 0"):
        load("CosineAnnealingWarmRestartsScheduler", steps=9, schedule=schedule)


def test_constant_ends_at_t_max_only_without_a_warmup(load, rates):
    assert rates("ConstantScheduler", steps=6, schedule={"alpha": 0.5, "t_max": "3ba"}) == [0.5] * 4 + [1.0] * 2
    longer = load("ConstantWithWarmupScheduler", steps=6, schedule={"t_warmup": "0ba", "alpha": 0.5, "t_max": "8ba"})
    assert longer(20) == 0.5


def test_milestones_in_a_warmup_count_at_its_end(rates):
    schedule = {"t_warmup": "4ba", "milestones": ["2ba", "6ba"], "gamma": 0.5}
    found = rates("MultiStepWithWarmupScheduler", steps=9, schedule=schedule)
    assert found == [0, 0, 0.25, 0.5, 0.75, 0.5, 0.5, 0.25, 0.25]


@pytest.mark.parametrize("module", ["composer.optim", "composer.optim.scheduler", "mosaicml", "mosaicml.optim"])
def test_import_paths_are_known(rates, module):
    spec = {"steps": 5, "lr": 1.0, "schedule": {"use": f"{module}.LinearScheduler"}}
    assert lrplot.load(spec).lr.tolist() == rates("LinearScheduler", steps=5)


@pytest.mark.parametrize(
    ("time", "message"),
    [
        ("100", "ValueError: Invalid time string: 100"),
        ("xba", "ValueError: Invalid time string: xba"),
        ("nanba", "ValueError: Invalid time string: nanba"),
        ("2.5ba", "TypeError: value 2.5 is not an integer. Units TimeUnit.BATCH require integer values"),
        ("1h30m", "ValueError: Wall clock time not an allowed time unit"),
        ("90sec", "ValueError: Wall clock time not an allowed time unit"),
        ("0ba", "ZeroDivisionError: division by zero"),
        ("1ep", "`steps_per_epoch` is missing"),
        ("10sp", "`batch_size` is missing"),
    ],
)
def test_bad_times_are_refused(load, time, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load("LinearScheduler", schedule={"t_max": time})


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ({"t_max": "11ba"}, "ValueError: t_max 11ba must be greater than or equal to max_duration 12ba"),
        ({"t_warmup": "8sp"}, "t_max 12ba with units TimeUnit.BATCH and t_warmup 8sp with units TimeUnit.SAMPLE"),
        ({"scale_schedule_ratio": 0.05}, "ValueError: Scale schedule has reduced the max_duration to 0"),
        ({"scale_schedule_ratio": -1}, r"The max_duration \(-12ba\) is less than or equal to the elapsed"),
        ({"scale_schedule_ratio": -1e308}, "OverflowError: cannot convert float infinity to integer"),
        ({"t_warmup": "1e308dur"}, "OverflowError: cannot convert float infinity to integer"),
        ({"t_max": "8ba", "scale_schedule_ratio": 1.7}, "update 1: ValueError: t_max 13ba must be greater"),
        ({"t_max": "0.9dur"}, "ValueError: t_max 10ba must be greater than or equal to max_duration 12ba"),
    ],
)
def test_bad_warmups_are_refused(load, schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load("LinearWithWarmupScheduler", schedule={"t_warmup": "2ba", **schedule}, batch_size=4)


def test_bad_restarts_are_refused(load):
    with pytest.raises(lrplot.SpecError, match="cycles of a negative length"):
        load("CosineAnnealingWarmRestartsScheduler", schedule={"t_0": "2ba", "t_mult": -1})
    with pytest.raises(lrplot.SpecError, match="has decayed to 0"):
        load("CosineAnnealingWarmRestartsScheduler", schedule={"t_0": "0.01dur"})


def test_a_negative_power_raises_when_nothing_is_left(load):
    assert load("PolynomialScheduler", steps=4, schedule={"power": -1, "t_max": "4ba"}).lr.tolist() == [1, 1, 4 / 3, 2]
    with pytest.raises(lrplot.SpecError, match="update 5: ZeroDivisionError"):
        load("PolynomialScheduler", steps=6, schedule={"power": -1, "t_max": "4ba"})


def segments(schedule):
    """Start, planned stop, role and role past its end of each segment."""
    return [(each.start, each.stop, each.role, each.past) for each in schedule.run.tracks["lr"].curve.segments()]


ANNEALS = ["LinearScheduler", "CosineAnnealingScheduler", "PolynomialScheduler"]


@pytest.mark.parametrize("t_max", [600, 1_000, 3_000])
@pytest.mark.parametrize("name", ANNEALS)
def test_an_anneal_has_a_planned_stop_and_then_holds(load, name, t_max):
    power = {"power": 2} if name == "PolynomialScheduler" else {}
    found = segments(load(name, steps=1_000, schedule={"t_max": f"{t_max}ba", **power}))
    assert found[0] == (0, t_max + 1, Role.DECAY, Role.HOLD)  # all values are one batch late
    assert [each[2] for each in found[1:]] == [Role.HOLD] * (t_max < 999)


@pytest.mark.parametrize("t_max", ["1000ba", "3000ba", "30ep"])
@pytest.mark.parametrize("name", ["LinearWithWarmupScheduler", "CosineAnnealingWithWarmupScheduler"])
def test_a_warmup_comes_before_the_planned_decay(load, name, t_max):
    schedule = {"t_warmup": "1ep", "t_max": t_max}
    found = segments(load(name, steps=1_000, schedule=schedule, steps_per_epoch=100))
    stop = 1_001 if t_max == "1000ba" else 3_001
    assert [each[:3] for each in found] == [(0, 101, Role.WARMUP), (101, stop, Role.DECAY)]


def test_the_first_segment_has_the_delayed_values(load):
    schedule = load("LinearScheduler", schedule={"t_max": "10ba"})
    segment = schedule.run.tracks["lr"].curve.segments()[0]
    assert segment.curve.values(np.arange(11)).tolist() == schedule.lr[:11].tolist()


def test_a_constant_after_a_warmup_is_one_segment(load):
    schedule = {"t_warmup": "4ba", "alpha": 0.5}
    assert [each[2] for each in segments(load("ConstantWithWarmupScheduler", schedule=schedule))] == [
        Role.WARMUP,
        Role.HOLD,
    ]


def test_read_once_an_epoch_the_planned_stop_is_the_same_batch(load):
    schedule = load(
        "LinearScheduler", schedule={"t_max": "30ep", "interval": "epoch"}, steps=1_000, steps_per_epoch=100
    )
    (segment,) = schedule.run.tracks["lr"].curve.segments()
    assert (segment.stop, segment.every, segment.times) == (3_000, 100, 1)


def test_drops_are_stairs_and_restarts_are_cycles(load):
    step = segments(load("StepScheduler", schedule={"step_size": "4ba"}))
    multistep = segments(load("MultiStepWithWarmupScheduler", schedule={"t_warmup": "2ba", "milestones": ["5ba"]}))
    restarts = segments(load("CosineAnnealingWarmRestartsScheduler", schedule={"t_0": "3ba", "t_mult": 2}))
    assert [each[2] for each in (*step, *multistep, *restarts)] == [
        Role.STAIRS,
        Role.WARMUP,
        Role.STAIRS,
        Role.CYCLES,
    ]
