"""SpeechBrain's schedulers: values computed by hand, outlines, and errors. The optimizer's own learning rate is 9."""

from math import sqrt

import pytest
from frameworks.outlines import outline

import lrplot


@pytest.fixture
def load(use):
    """Load one of SpeechBrain's schedulers, of 10 steps by default."""
    return lambda name, steps=10, **arguments: use(f"speechbrain.{name}", steps=steps, **{"lr": 9, **arguments})


@pytest.fixture
def peaked():
    """The values of a scheduler that has an argument `lr` of its own, of 10 steps."""

    def call(name, **arguments):
        schedule = {"use": f"speechbrain.{name}", **arguments}
        return lrplot.load({"steps": 10, "lr": 9, "schedule": schedule}).lr.tolist()

    return call


def test_update_zero_has_the_optimizers_learning_rate(values):
    lr = values("NoamScheduler", lr_initial=1, n_warmup_steps=4)
    assert lr[:6] == pytest.approx([9, 0.25, 0.5, 0.75, 1, sqrt(4 / 5)])


def test_the_width_of_the_model_scales_the_peak(values):
    assert values("NoamScheduler", lr_initial=1, n_warmup_steps=4, model_size=100)[4] == pytest.approx(0.1 / 2)


def test_drops_apply_after_their_steps(values):
    lr = values("NoamIntervalScheduler", lr_initial=1, n_warmup_steps=1, anneal_steps=[4], anneal_rates=[0.5])
    assert lr[4:6] == pytest.approx([1 / 2, 0.5 / sqrt(5)])


def test_rise_hold_and_decay_with_the_updates_number(values):
    lr = values("LinearNoamScheduler", lr_initial=1, n_warmup_steps=2, n_keep_steps=2)
    assert lr[:7] == pytest.approx([9, 0.5, 1, 1, 1, 2 / 3, 2 / 4])


def test_the_cosine_has_its_top_at_the_end_of_the_warmup(values):
    lr = values("CyclicCosineScheduler", n_warmup_steps=2, lr_initial=1, total_steps=4)
    assert lr[:7] == pytest.approx([9, lr[3], 1, (1 + sqrt(0.5)) / 2, 0.5, lr[7], 0], abs=1e-15)


def test_without_an_initial_value_the_cosine_compounds(values):
    lr = values("CyclicCosineScheduler", 4, n_warmup_steps=1, total_steps=2)
    assert lr == pytest.approx([9, 9, 4.5, 0], abs=1e-15)


def test_the_counter_of_the_exponential_decay_is_one_behind(peaked):
    lr = peaked("WarmAndExpDecayLRSchedule", lr=1, n_warmup_steps=2, total_steps=6, decay_factor=0.01)
    assert lr[:4] == pytest.approx([9, 0, 0.5, 1])
    assert lr[5] == pytest.approx(0.1)
    assert lr[7] == pytest.approx(0.01)


def test_slow_decay_and_a_line_to_zero(peaked):
    lr = peaked("WarmCoolDecayLRSchedule", lr=1, warmup=2, cooldown=4, total_steps=8, decay_factor=0.25, decay_every=2)
    assert lr[:5] == pytest.approx([9, 0.5, 1, 0.5, 0.25])
    assert lr[5:9] == pytest.approx([0.75 / 16, 0.5 / 16, 0.25 / 16, 0])


def test_the_tri_stage_goes_on_past_its_end(peaked):
    stages = {"warmup_steps": 2, "hold_steps": 2, "decay_steps": 2, "total_steps": 6}
    lr = peaked("TriStageLRSchedule", lr=1, **stages, init_lr_scale=0.5, final_lr_scale=0.01)
    assert lr == pytest.approx([9, 0.75, 1, 1, 1, 0.1, 0.01, 1e-3, 1e-4, 1e-5])


def test_a_line_up_and_a_line_down(values):
    lr = values("LinearWarmupScheduler", initial_value=1, num_warmup_steps=2, num_training_steps=6)
    assert lr == pytest.approx([9, 0.5, 1, 0.75, 0.5, 0.25, 0, 0, 0, 0])


def test_the_root_does_not_use_the_learning_rate(values):
    lr = values("InverseSquareRootScheduler", warmup_steps=4)
    assert lr[1:5] == pytest.approx([0.5] * 4)
    assert lr[9] == pytest.approx(1 / 3)


def test_a_line_ends_one_call_before_the_last(values, load):
    lr = values("LinearScheduler", 5, initial_value=1, final_value=0, epoch_count=5)
    assert lr == pytest.approx([9, 0.75, 0.5, 0.25, 0])
    with pytest.raises(lrplot.SpecError, match=r"update 6: .*IndexError"):
        load("LinearScheduler", initial_value=1, final_value=0, epoch_count=5)


def test_drops_count_one_call_more(values):
    assert values("StepScheduler", 6, initial_value=1) == pytest.approx([9, 0.5, 0.5, 0.25, 0.25, 0.125])
    assert values("StepScheduler", 4, initial_value=1, half_life=2)[3] == pytest.approx(0.25)


def test_triangles_count_from_the_first_call(values):
    lr = values("CyclicLRScheduler", 6, base_lr=0, max_lr=1, step_size=2)
    assert lr == pytest.approx([9, 0.5, 1, 0.5, 0, 0.5])


def test_an_interval_that_is_not_above_the_one_before_is_late(values):
    intervals = [{"steps": 0, "lr": 5}, {"steps": 3, "lr": 2}, {"steps": 2, "lr": 1}]
    assert values("IntervalScheduler", 6, intervals=intervals) == [9, 9, 9, 2, 1, 1]


def test_new_bob_drops_when_a_metric_improves_too_little(values):
    lr = values("NewBobScheduler", 6, initial_value=1, metrics=[2, 1, 1, 0.5, 0.5], annealing_factor=0.5, patient=1)
    assert lr == [9, 1, 1, 1, 1, 0.5]


def test_plateau_begins_after_a_given_epoch(values):
    arguments = {"metrics": [1, 2, 3, 3, 3], "patience": 0, "dont_halve_until_epoch": 2, "lr_min": 4}
    assert values("ReduceLROnPlateau", 6, **arguments) == [9, 9, 9, 4.5, 4, 4]


def test_metrics_must_last(load):
    with pytest.raises(lrplot.SpecError, match="`metrics` ends after 2 values"):
        load("NewBobScheduler", initial_value=1, metrics=[2, 1])


def test_outline_starts_with_the_optimizers_own_value(load):
    schedule = load("LinearWarmupScheduler", 100, initial_value=9, num_warmup_steps=10, num_training_steps=100)
    assert outline(schedule) == [("hold", 0, 1), ("warmup", 1, 10), ("decay", 10, 100)]
    schedule = load("NoamScheduler", 100, lr_initial=9, n_warmup_steps=10)
    assert outline(schedule) == [("hold", 0, 1), ("warmup", 1, 11), ("decay", 11, 100)]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("StepScheduler", {"initial_value": 1, "half_life": 2, "decay_drop": 2}, "half_life cannot be used"),
        ("NoamScheduler", {"lr_initial": 1, "n_warmup_steps": 0}, "update 1: .*ZeroDivisionError"),
        (
            "NoamIntervalScheduler",
            {"lr_initial": 1, "n_warmup_steps": 2, "anneal_steps": [2], "anneal_rates": []},
            "IndexError",
        ),
    ],
)
def test_what_the_scheduler_raises_is_refused(load, name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, **arguments)
