"""DeepSpeed's schedulers, by hand: a warmup's value at update k is that of its step k − 1."""

import pytest

import lrplot

RATES = {"cycle_min_lr": 0.1, "cycle_max_lr": 1.1}
SHORT = {**RATES, "cycle_first_step_size": 2}


def load(name, *, steps=8, lr=0.4, schedule=(), **top):
    return lrplot.load({"steps": steps, "lr": lr, "schedule": {"use": f"deepspeed.{name}", **dict(schedule)}, **top})


def rates(name, **spec):
    return load(name, **spec).lr.tolist()


def near(*values):
    return pytest.approx(values, rel=1e-14, abs=1e-17)


def test_a_warmup_is_one_update_late():
    linear = {"warmup_num_steps": 4, "warmup_type": "linear"}
    assert rates("WarmupLR", steps=7, schedule=linear) == near(0, 0, 0.1, 0.2, 0.3, 0.4, 0.4)


def test_a_warmup_is_logarithmic_unless_told_otherwise():
    # ln 2 / ln 4 = ½, and ln 4 / ln 4 = 1 one update early.
    found = rates("WarmupLR", steps=6, schedule={"warmup_num_steps": 4})
    assert [found[k] for k in (0, 1, 2, 4, 5)] == near(0, 0, 0.2, 0.4, 0.4)
    assert found == rates("WarmupLR", steps=6, schedule={"warmup_num_steps": 4, "warmup_type": "lineer"})


def test_a_warmup_of_one_step_is_one_of_two():
    assert rates("WarmupLR", steps=4, schedule={"warmup_num_steps": 1, "warmup_type": "linear"}) == [0, 0, 0.2, 0.4]


def test_the_decay_is_to_the_least_value_and_from_its_own_peak():
    schedule = {"total_num_steps": 6, "warmup_num_steps": 2, "warmup_type": "linear", "warmup_min_lr": 0.0002}
    found = rates("WarmupDecayLR", steps=9, schedule=schedule)  # up to 0.001, whatever the optimizer's 0.4
    assert found == near(0.0002, 0.0002, 0.0006, 0.001, 0.0008, 0.0006, 0.0004, 0.0002, 0.0002)


def test_the_cosine_begins_at_nothing_and_never_holds_its_peak():
    schedule = {"total_num_steps": 6, "warmup_num_steps": 2, "warmup_min_ratio": 0.5, "warmup_type": "linear"}
    found = rates("WarmupCosineLR", steps=9, lr=1.0, schedule={**schedule, "cos_min_ratio": 0})
    quarters = [0.5 + 0.5**1.5, 0.5, 0.5 - 0.5**1.5, 0, 0, 0]  # (1 + cos πu)/2 at u = ¼, ½, ¾, 1
    assert found == pytest.approx([0, 0.5, 0.75, *quarters], abs=1e-15)
    assert rates("WarmupCosineLR", steps=9, lr=1.0, schedule=schedule)[-1] == 0.0001


def test_the_range_test_grows_for_ever():
    schedule = {"lr_range_test_min_lr": 0.01, "lr_range_test_step_size": 2, "lr_range_test_step_rate": 3}
    assert rates("LRRangeTest", steps=5, schedule=schedule) == near(0.01, 0.025, 0.04, 0.055, 0.07)
    stairs = load("LRRangeTest", steps=5, schedule={**schedule, "lr_range_test_staircase": True})
    assert stairs.lr.tolist() == near(0.01, 0.01, 0.04, 0.04, 0.07)
    assert [stairs(2000)] == near(0.01 * 3001)


def test_one_cycle_with_its_decay():
    schedule = {**SHORT, "decay_lr_rate": 1, "decay_step_size": 2}
    found = rates("OneCycle", schedule=schedule)  # the decay's steps count from 1
    assert found == near(0.1, 0.6, 1.1, 0.6, 0.1, 0.1 / 1.5, 0.1 / 2, 0.1 / 2.5)
    assert rates("OneCycle", schedule={**schedule, "decay_step_size": 0})[5:] == [0.1] * 3


def test_momentum_jumps_at_the_second_update_and_grows_in_the_decay():
    schedule = {**SHORT, "decay_mom_rate": 0.1, "decay_step_size": 1, "cycle_first_step_size": 4}
    momentum = load("OneCycle", steps=12, schedule=schedule).evaluate()["momentum"].tolist()
    assert momentum[:5] == near(0.8, 0.875, 0.85, 0.825, 0.8)
    assert momentum[8:] == near(0.9, 0.99, 1.08, 1.17)


def test_momentum_can_be_left_alone():
    assert load("OneCycle", schedule=SHORT).tracks == ("lr", "momentum")
    assert load("OneCycle", schedule={**SHORT, "cycle_momentum": False}).tracks == ("lr",)


def test_stairs():
    schedule = {**RATES, "cycle_first_step_size": 4, "cycle_first_stair_count": 2}
    assert rates("OneCycle", steps=10, schedule=schedule) == near(0.1, 0.1, 0.6, 0.6, 1.1, 0.6, 0.6, 0.1, 0.1, 0.1)
    mixed = {**schedule, "cycle_second_stair_count": 0}
    assert rates("OneCycle", steps=10, schedule=mixed)[5:8] == near(0.85, 0.6, 0.35)


def test_a_negative_decay_rate_divides_by_zero_in_the_end():
    schedule = {**SHORT, "decay_lr_rate": -0.5, "decay_step_size": 1}  # 1 − ½·2, two steps after the cycle's 4
    assert rates("OneCycle", steps=6, schedule=schedule)[5:] == near(0.2)
    with pytest.raises(lrplot.SpecError, match="update 6: ZeroDivisionError: float division by zero"):
        load("OneCycle", steps=7, schedule=schedule)


def test_import_path():
    path = "deepspeed.runtime.lr_schedules.WarmupLR"
    schedule = {"warmup_num_steps": 3}
    found = lrplot.load({"steps": 8, "lr": 0.4, "schedule": {"use": path, **schedule}})
    assert found.lr.tolist() == rates("WarmupLR", schedule=schedule)


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
def test_what_is_refused(name, schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, schedule=schedule)
