"""OLMo-core's schedulers: values computed by hand, segments, and errors."""

import pytest
from frameworks.outlines import outline

import lrplot


@pytest.fixture
def load(use):
    """Load one of OLMo-core's schedulers, of 10 steps and a learning rate of 0.4 by default."""
    return lambda name, steps=10, **arguments: use(f"olmo_core.{name}", steps=steps, lr=0.4, **arguments)


def test_the_counter_is_one_ahead(load):
    schedule = load("WSD", warmup=4, decay=2)
    assert schedule.lr.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4, 0.4, 0.4, 0.4, 0.2, 0])
    assert outline(schedule) == [("warmup", 0, 4), ("hold", 4, 7), ("decay", 7, 10)]


def test_a_decay_is_a_tenth_of_the_run_if_none_is_given(values):
    assert values("WSD", steps=20, warmup=0)[17:] == pytest.approx([0.4, 0.2, 0])


def test_a_share_is_rounded_half_to_even(values):
    assert values("ConstantWithWarmup", warmup_fraction=0.25)[:3] == pytest.approx([0.2, 0.4, 0.4])  # of 2.5


def test_half_a_cosine_ends_with_the_run(values):
    lr = values("CosWithWarmup", warmup=2, alpha_f=0.5)
    assert [lr[0], lr[1], lr[5], lr[9]] == pytest.approx([0.2, 0.4, 0.3, 0.2])
    assert values("CosWithWarmup", warmup=2, t_max=6, alpha_f=0.5)[5:] == pytest.approx([0.2] * 5)


def test_the_second_half_of_a_cosine_starts_in_its_middle(values):
    lr = values("HalfCosWithWarmup", warmup=2, alpha_f=0.5)
    assert [lr[1], lr[9]] == pytest.approx([0.3, 0.2])
    assert lr[5] == pytest.approx(0.3 - 0.1 * 0.5**0.5)


def test_a_linear_decay_cuts_a_cosine_short(values):
    lr = values("CosWithWarmupAndLinearDecay", warmup=0, alpha_f=0.0, decay=5)
    assert lr[4:] == pytest.approx([0.2, 0.16, 0.12, 0.08, 0.04, 0])


def test_a_power_of_the_time(values):
    lr = values("PowerLR", warmup=2, b=-1.0, decay=2)
    assert lr[1:] == pytest.approx([0.4, 0.8 / 3, 0.2, 0.16, 0.8 / 6, 0.8 / 7, 0.1, 0.05, 0])


def test_the_clock_can_count_tokens():
    spec = {"use": "olmo_core.WSD", "units": "tokens", "warmup": 40, "decay": 20}
    run = lrplot.load({"steps": 10, "lr": 0.4, "tokens_per_step": 10, "schedule": spec})
    assert run.lr.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4, 0.4, 0.4, 0.4, 0.2, 0])
    run = lrplot.load({"tokens": 96, "lr": 0.4, "tokens_per_step": 10, "schedule": spec})
    assert run.lr[8] == pytest.approx(0.4 * 6 / 20)
    with pytest.raises(lrplot.SpecError, match="tokens_per_step"):
        lrplot.load({"steps": 10, "lr": 0.4, "schedule": spec})


def test_stages_start_where_the_one_before_ends(values):
    stages = [{"duration": 4, "start_lr": 0.0, "end_lr_fraction": 0.5}, {"duration": 4, "end_lr": 0.1}]
    assert values("ComposableScheduler", stages=stages) == pytest.approx(
        [0.05, 0.1, 0.15, 0.2, 0.175, 0.15, 0.125, 0.1, 0.1, 0.1]
    )
    decay = {"start": 6, "duration": 3, "end_lr": 0.0}
    assert values("ComposableScheduler", stages=stages, override_decay=decay)[5:] == pytest.approx(
        [0.15, 0.1, 0.05, 0, 0]
    )


def test_a_scheduler_starts_from_the_last_value_of_the_one_before(load):
    children = [
        {"use": "olmo_core.LinearWithWarmup", "warmup": 2, "alpha_f": 0.5},
        {"use": "olmo_core.LinearWithWarmup", "warmup": 0, "alpha_f": 0.0},
    ]
    schedule = load("SequentialScheduler", schedulers=children, schedulers_max=[6])
    assert schedule.lr.tolist() == pytest.approx([0.2, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0])
    assert outline(schedule)[:2] == [("warmup", 0, 1), ("decay", 1, 6)]


def test_each_period_decays_at_its_end(values):
    lr = values("WSDS", period_lengths=[5, 5], warmup=2, decay=2, period_lr_multipliers=[1.0, 0.5])
    assert lr == pytest.approx([0.2, 0.4, 0.4, 0.2, 0, 0.2, 0.2, 0.2, 0.1, 0])


def test_a_geometric_rise(values):
    assert values("ExponentialScheduler", lr_min=0.004)[4:] == pytest.approx(
        [0.004 * 10 ** (2 * n / 10) for n in range(5, 11)]
    )


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("WSD", {}, "Either 'warmup_fraction' or 'warmup'"),
        ("WSD", {"warmup": 1, "decay": 2, "decay_fraction": 0.1}, "Either 'decay_fraction' or 'decay'"),
        ("WSD", {"warmup": 1, "decay": 0}, "at update 9: ZeroDivisionError"),
        ("WSD", {"warmup": 1, "decay": 2, "decay_min_lr": 0.4}, "at update 7: AssertionError"),
        ("CosWithWarmup", {"warmup_fraction": 2}, "must be between 0 and 1"),
        ("CosWithWarmupAndLinearDecay", {"warmup": 0, "decay": 20}, "ZeroDivisionError"),
        ("PowerLR", {"warmup": 1, "b": 0.5}, "must be negative"),
        ("PowerLR", {"warmup": 0}, "ZeroDivisionError"),
        ("PowerLR", {"warmup": 1, "decay": 12}, "at update 1: TypeError"),
        ("ExponentialScheduler", {"lr_min": 0}, "must be positive"),
        ("ComposableScheduler", {"stages": []}, "non-empty"),
        ("ComposableScheduler", {"stages": [{"duration": 1}]}, "exactly one of 'end_lr'"),
        (
            "ComposableScheduler",
            {"stages": [{"duration": 1, "start_lr": 1, "start_lr_fraction": 1, "end_lr": 1}]},
            "at most one of 'start_lr'",
        ),
        ("SequentialScheduler", {"schedulers": [{"use": "olmo_core.ConstantScheduler"}]}, "must be specified"),
        ("WSDS", {"period_lengths": [6, 3], "warmup": 1, "decay": 4}, "Period 1: decay"),
        ("WSDS", {"period_lengths": [4], "warmup": 1, "decay": 4}, "First period: warmup"),
        ("WSDS", {"period_lengths": []}, "non-empty"),
        ("WSDS", {"period_lengths": [4], "period_lr_multipliers": [1, 2]}, "must match"),
    ],
)
def test_what_olmo_core_raises(load, name, arguments, error):
    with pytest.raises(lrplot.SpecError, match=error):
        load(name, **arguments).evaluate()


def test_other_frameworks_schedulers_are_refused_in_a_sequence(load):
    children = [{"use": "torch.StepLR", "step_size": 2}, {"use": "olmo_core.ConstantScheduler"}]
    with pytest.raises(lrplot.SpecError, match="own schedulers"):
        load("SequentialScheduler", schedulers=children, schedulers_max=[5])


def test_a_scheduler_that_has_no_last_value_is_refused_in_a_sequence(load):
    children = [{"use": "olmo_core.WSD", "warmup": 1, "decay": 0}, {"use": "olmo_core.ConstantScheduler"}]
    with pytest.raises(lrplot.SpecError, match="ZeroDivisionError"):
        load("SequentialScheduler", schedulers=children, schedulers_max=[5])
