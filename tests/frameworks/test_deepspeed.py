"""DeepSpeed: values computed by hand, outlines and errors; a warmup's value at update k is that of its step k − 1."""

import pytest
from frameworks.outlines import outline

import lrplot

RATES = {"cycle_min_lr": 0.1, "cycle_max_lr": 1.1}
SHORT = {**RATES, "cycle_first_step_size": 2}


@pytest.fixture
def load(use):
    """Load a scheduler of DeepSpeed in a run of 8 steps."""

    def call(name, schedule=(), *, steps=8, lr=0.4):
        return use(f"deepspeed.{name}", steps=steps, lr=lr, **dict(schedule))

    return call


@pytest.fixture
def rates(load):
    """The learning rate at every step of the run."""
    return lambda name, schedule=(), **run: load(name, schedule, **run).lr.tolist()


def near(*values):
    return pytest.approx(values, rel=1e-14, abs=1e-17)


def test_a_warmup_is_one_update_late(rates):
    linear = {"warmup_num_steps": 4, "warmup_type": "linear"}
    assert rates("WarmupLR", linear, steps=7) == near(0, 0, 0.1, 0.2, 0.3, 0.4, 0.4)


def test_a_warmup_is_logarithmic_unless_its_type_is_linear(rates):
    # ln 2 / ln 4 = ½, and ln 4 / ln 4 = 1 one update early.
    lr = rates("WarmupLR", {"warmup_num_steps": 4}, steps=6)
    assert [lr[k] for k in (0, 1, 2, 4, 5)] == near(0, 0, 0.2, 0.4, 0.4)
    assert lr == rates("WarmupLR", {"warmup_num_steps": 4, "warmup_type": "lineer"}, steps=6)


def test_a_warmup_of_one_step_has_two(rates):
    assert rates("WarmupLR", {"warmup_num_steps": 1, "warmup_type": "linear"}, steps=4) == [0, 0, 0.2, 0.4]


def test_decay_starts_from_its_own_peak_and_ends_at_its_minimum(rates):
    schedule = {"total_num_steps": 6, "warmup_num_steps": 2, "warmup_type": "linear", "warmup_min_lr": 0.0002}
    lr = rates("WarmupDecayLR", schedule, steps=9)  # up to 0.001, whatever the optimizer's 0.4
    assert lr == near(0.0002, 0.0002, 0.0006, 0.001, 0.0008, 0.0006, 0.0004, 0.0002, 0.0002)


def test_cosine_starts_at_zero_and_leaves_its_peak_at_once(rates):
    schedule = {"total_num_steps": 6, "warmup_num_steps": 2, "warmup_min_ratio": 0.5, "warmup_type": "linear"}
    lr = rates("WarmupCosineLR", {**schedule, "cos_min_ratio": 0}, steps=9, lr=1.0)
    quarters = [0.5 + 0.5**1.5, 0.5, 0.5 - 0.5**1.5, 0, 0, 0]  # (1 + cos πu)/2 at u = ¼, ½, ¾, 1
    assert lr == pytest.approx([0, 0.5, 0.75, *quarters], abs=1e-15)
    assert rates("WarmupCosineLR", schedule, steps=9, lr=1.0)[-1] == 0.0001


def test_range_test_grows_without_end(load, rates):
    schedule = {"lr_range_test_min_lr": 0.01, "lr_range_test_step_size": 2, "lr_range_test_step_rate": 3}
    assert rates("LRRangeTest", schedule, steps=5) == near(0.01, 0.025, 0.04, 0.055, 0.07)
    stairs = load("LRRangeTest", {**schedule, "lr_range_test_staircase": True}, steps=5)
    assert stairs.lr.tolist() == near(0.01, 0.01, 0.04, 0.04, 0.07)
    assert [stairs(2000)] == near(0.01 * 3001)


def test_one_cycle_with_its_decay(rates):
    schedule = {**SHORT, "decay_lr_rate": 1, "decay_step_size": 2}
    lr = rates("OneCycle", schedule)  # the decay's steps count from 1
    assert lr == near(0.1, 0.6, 1.1, 0.6, 0.1, 0.1 / 1.5, 0.1 / 2, 0.1 / 2.5)
    assert rates("OneCycle", {**schedule, "decay_step_size": 0})[5:] == [0.1] * 3


def test_momentum_jumps_at_the_second_update_and_grows_in_the_decay(load):
    schedule = {**SHORT, "decay_mom_rate": 0.1, "decay_step_size": 1, "cycle_first_step_size": 4}
    momentum = load("OneCycle", schedule, steps=12).evaluate()["momentum"].tolist()
    assert momentum[:5] == near(0.8, 0.875, 0.85, 0.825, 0.8)
    assert momentum[8:] == near(0.9, 0.99, 1.08, 1.17)


def test_momentum_is_not_changed_without_cycle_momentum(load):
    assert load("OneCycle", SHORT).tracks == ("lr", "momentum")
    assert load("OneCycle", {**SHORT, "cycle_momentum": False}).tracks == ("lr",)


def test_stairs(rates):
    schedule = {**RATES, "cycle_first_step_size": 4, "cycle_first_stair_count": 2}
    assert rates("OneCycle", schedule, steps=10) == near(0.1, 0.1, 0.6, 0.6, 1.1, 0.6, 0.6, 0.1, 0.1, 0.1)
    mixed = {**schedule, "cycle_second_stair_count": 0}
    assert rates("OneCycle", mixed, steps=10)[5:8] == near(0.85, 0.6, 0.35)


def test_a_negative_decay_rate_raises_at_its_pole(load, rates):
    schedule = {**SHORT, "decay_lr_rate": -0.5, "decay_step_size": 1}  # 1 − ½·2, two steps after the cycle's 4
    assert rates("OneCycle", schedule, steps=6)[5:] == near(0.2)
    with pytest.raises(lrplot.SpecError, match="update 6: ZeroDivisionError: float division by zero"):
        load("OneCycle", schedule, steps=7)


WARMUP = ("hold", 0, 1), ("warmup", 1, 101)  # it begins at the second update


@pytest.mark.parametrize("total", [600, 3000])
def test_outline_has_the_planned_end(load, total):
    warmup = {"warmup_num_steps": 100, "total_num_steps": total}
    rest = [("hold", total, 1000)] if total < 1000 else []
    late = [("hold", total + 1, 1000)] if total < 1000 else []
    cycle = {**RATES, "cycle_first_step_size": total // 2}
    assert outline(load("WarmupDecayLR", warmup, steps=1000)) == [*WARMUP, ("decay", 101, total + 1), *late]
    assert outline(load("WarmupCosineLR", warmup, steps=1000)) == [*WARMUP, ("decay", 101, total), *rest]
    assert outline(load("OneCycle", cycle, steps=2000))[:2] == [("rise", 0, total // 2), ("decay", total // 2, total)]


def test_outline_of_one_cycle_without_and_with_a_decay(load):
    cycle = {**RATES, "cycle_first_step_size": 300}
    decay = {"decay_lr_rate": 1, "decay_step_size": 10}
    held = load("OneCycle", cycle, steps=1000)
    assert outline(held) == [("rise", 0, 300), ("decay", 300, 600), ("hold", 600, 1000)]
    assert outline(held, "momentum") == [("decay", 0, 300), ("rise", 300, 600), ("hold", 600, 1000)]
    decaying = load("OneCycle", {**cycle, **decay}, steps=1000)
    assert outline(decaying) == [("rise", 0, 300), ("decay", 300, 601), ("decay", 601, 1000)]


def test_a_cycle_that_ends_within_a_step_rises_once_more(load):
    schedule = load("OneCycle", {**RATES, "cycle_first_step_size": 1.5}, steps=8)  # 3 steps: at update 4 it would hold
    assert outline(schedule) == [("rise", 0, 2), ("decay", 2, 3), ("hold", 3, 8)]
    longer = load("OneCycle", {**RATES, "cycle_first_step_size": 1.5, "cycle_second_step_size": 2}, steps=8)
    assert outline(longer) == [("rise", 0, 2), ("decay", 2, 5), ("hold", 5, 8)]
    assert longer.lr[4] > longer.lr[5] == 0.1


def test_outlines_without_an_end(load):
    assert outline(load("WarmupLR", {"warmup_num_steps": 100}, steps=1000)) == [*WARMUP, ("hold", 101, 1000)]
    assert outline(load("LRRangeTest", steps=1000)) == [("rise", 0, 1000)]
    assert outline(load("LRRangeTest", {"lr_range_test_staircase": True}, steps=1000)) == [("stairs", 0, 1000)]


def test_import_path(rates):
    path = "deepspeed.runtime.lr_schedules.WarmupLR"
    schedule = {"warmup_num_steps": 3}
    found = lrplot.load({"steps": 8, "lr": 0.4, "schedule": {"use": path, **schedule}})
    assert found.lr.tolist() == rates("WarmupLR", schedule)


@pytest.mark.parametrize(
    ("name", "schedule", "message"),
    [
        ("LRRangeTest", {"lr_range_test_min_lr": [1, 2]}, "ValueError: expected 1 lr_range_test_min_lr, got 2"),
        ("LRRangeTest", {"lr_range_test_step_size": 0}, "lr_range_test_step_size must be a positive integer, got 0"),
        ("OneCycle", {**SHORT, "cycle_first_step_size": 0}, "cycle_first_step_size must be positive, got 0.0"),
        ("OneCycle", {**SHORT, "cycle_second_step_size": -1}, "cycle_second_step_size must be non-negative, got -1.0"),
        ("OneCycle", {**SHORT, "cycle_max_mom": [0.9, 0.9]}, "ValueError: expected 1 value for cycle_max_mom, got 2"),
        ("OneCycle", {"cycle_min_lr": 0.1}, "needs `cycle_max_lr`"),
        ("WarmupLR", {"warmup_num_steps": 0}, "ValueError: warmup_num_steps must be a positive integer, got 0"),
        ("WarmupLR", {"warmup_min_lr": []}, "ValueError: expected 1 value for min_lr, got 0"),
        ("WarmupDecayLR", {}, "needs `total_num_steps`"),
        ("WarmupCosineLR", {"total_num_steps": 9, "last_batch_iteration": 5}, "last_batch_iteration"),
        ("WarmupCosineLR", {"total_num_steps": 9, "warmup_min_lr": 0.1}, "has no field `warmup_min_lr`"),
    ],
)
def test_errors(load, name, schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, schedule)
