"""Megatron-Core's scheduler: values computed by hand, outlines and errors."""

from math import sqrt

import pytest
from frameworks.outlines import outline

import lrplot
from lrplot.analysis.outline import outline as rows

USE = "megatron.OptimizerParamScheduler"
PLAIN = {
    "init_lr": 0.0,
    "max_lr": 1.0,
    "min_lr": 0.0,
    "lr_warmup_steps": 4,
    "lr_decay_steps": 20,
    "lr_decay_style": "linear",
    "start_wd": 0.1,
    "end_wd": 0.1,
    "wd_incr_steps": 10,
    "wd_incr_style": "constant",
}


@pytest.fixture
def load(use):
    """Load the scheduler with some of its arguments changed."""
    return lambda steps=30, name=USE, **arguments: use(name, steps=steps, lr=None, **{**PLAIN, **arguments})


def test_warmup_includes_its_end_and_min_lr_follows_the_decay(load):
    schedule = load(min_lr=0.2)
    assert [schedule(step) for step in (0, 1, 4, 12, 20, 21, 10**9)] == pytest.approx([0, 0.25, 1, 0.6, 0.2, 0.2, 0.2])


def test_constant_has_no_end(load):
    assert load(lr_decay_style="constant")(10**9) == 1


def test_inverse_square_root_drops_to_min_lr_after_its_end(load):
    # √4/√16 at 16 and √4/√20 at 20, the last one before min_lr.
    schedule = load(lr_decay_style="inverse-square-root", min_lr=0.1)
    assert [schedule(step) for step in (4, 16, 20, 21)] == pytest.approx([1, 0.5, 2 / sqrt(20), 0.1])


@pytest.mark.parametrize(
    ("shape", "middle"),
    [("linear", 0.5), ("cosine", 0.5), ("exponential", sqrt(2) - 1), ("minus_sqrt", 1 - sqrt(0.5))],
)
def test_wsd_is_stable_and_then_decays(load, shape, middle):
    schedule = load(lr_decay_style="WSD", wsd_decay_steps=8, lr_wsd_decay_style=shape)
    assert [schedule(step) for step in (4, 12, 16, 20)] == pytest.approx([1, 1, middle, 0], abs=1e-15)


def test_a_wsd_decay_that_starts_within_the_warmup_jumps_down_after_it(load):
    # At step 5 thirteen of sixteen steps are left, the decay having begun at step 2.
    lr = load(lr_decay_style="WSD", wsd_decay_steps=16, lr_decay_steps=18, lr_wsd_decay_style="linear").lr
    assert lr[4:6].tolist() == [1, 13 / 16]


def test_lengths_are_in_samples_if_increment_is_the_batch_size(load):
    schedule = load(increment=2)
    assert [schedule(step) for step in (1, 2, 6, 10)] == pytest.approx([0.5, 1, 0.5, 0])


def test_weight_decay_grows_over_its_own_length(load):
    schedule = load(start_wd=0.1, end_wd=0.3, wd_incr_style="cosine", increment=2)
    assert schedule.tracks == ("lr", "weight_decay")
    found = [schedule.at(step)["weight_decay"] for step in (0, 5, 6)]
    assert found == pytest.approx([0.1, 0.3, 0.3])
    linear = load(start_wd=0.1, end_wd=0.3, wd_incr_style="linear")
    assert linear.at(5)["weight_decay"] == pytest.approx(0.2)


def test_the_optimizers_own_values_are_not_used(load):
    plain = {"steps": 30, "schedule": {"use": USE, **PLAIN}}
    own = lrplot.load({**plain, "lr": 0.7, "weight_decay": 0.01})
    assert own.lr.tolist() == load().lr.tolist()
    assert own.at(0)["weight_decay"] == 0.1


def test_a_wsd_decay_without_a_shape_raises_at_its_start(load):
    with pytest.raises(lrplot.SpecError, match="update 13: AssertionError: assert coeff is not None"):
        load(lr_decay_style="WSD", wsd_decay_steps=8)
    assert len(load(13, lr_decay_style="WSD", wsd_decay_steps=8).lr) == 13


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"min_lr": -1}, "assert self.min_lr >= 0.0"),
        ({"min_lr": 2}, "assert self.max_lr >= self.min_lr"),
        ({"init_lr": 2}, "assert self.init_lr <= self.max_lr"),
        ({"lr_decay_steps": 0}, "assert self.lr_decay_steps > 0"),
        ({"lr_warmup_steps": 20}, "assert self.lr_warmup_steps < self.lr_decay_steps"),
        ({"lr_decay_style": "WSD"}, "assert self.wsd_decay_steps is not None"),
        ({"start_wd": -1}, "assert self.start_wd >= 0.0"),
        ({"start_wd": 1}, "assert self.end_wd >= self.start_wd"),
        ({"end_wd": 1}, "assert start_wd == end_wd"),
        ({"override_opt_param_scheduler": True}, "both override and use-checkpoint are set"),
        ({"wd_incr_style": "linear", "wd_incr_steps": 0}, "ZeroDivisionError: float division by zero"),
        ({"lr_decay_style": "cosines"}, "`lr_decay_style` must be one of `constant`"),
        ({"increment": 0}, "`increment` must be at least 1"),
    ],
)
def test_errors(load, wrong, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(**wrong)


def test_import_path(load):
    path = "megatron.core.optimizer_param_scheduler.OptimizerParamScheduler"
    assert load(name=path).lr.tolist() == load().lr.tolist()


LENGTHS = {"lr_warmup_steps": 100, "wsd_decay_steps": 200, "lr_wsd_decay_style": "minus_sqrt", "min_lr": 0.1}


@pytest.mark.parametrize(
    ("style", "segments"),
    [
        ("linear", [("decay", 101, 600), ("hold", 600, 1000)]),
        ("cosine", [("decay", 101, 600), ("hold", 600, 1000)]),
        ("inverse-square-root", [("decay", 101, 601), ("hold", 601, 1000)]),
        ("WSD", [("hold", 101, 401), ("decay", 401, 600), ("hold", 600, 1000)]),
        ("constant", [("hold", 101, 1000)]),
    ],
)
def test_outline(load, style, segments):
    schedule = load(1000, **LENGTHS, lr_decay_steps=600, lr_decay_style=style)
    assert outline(schedule) == [("warmup", 0, 101), *segments]
    without = load(1000, **{**LENGTHS, "lr_warmup_steps": 0}, lr_decay_steps=600, lr_decay_style=style)
    start = (segments[0][0], 0, segments[0][2])
    assert outline(without) == [start, *segments[1:]]


@pytest.mark.parametrize("style", ["linear", "cosine"])
def test_outline_of_a_decay_that_ends_after_the_run(load, style):
    schedule = load(1000, **LENGTHS, lr_decay_steps=3000, lr_decay_style=style)
    assert outline(schedule) == [("warmup", 0, 101), ("decay", 101, 3000)]


def test_outline_is_in_updates_if_lengths_are_in_samples(load):
    samples = {"lr_warmup_steps": 25_600, "lr_decay_steps": 153_600, "increment": 256}
    assert outline(load(1000, **samples)) == [("warmup", 0, 101), ("decay", 101, 600), ("hold", 600, 1000)]


def test_outline_of_the_weight_decay(load):
    schedule = load(start_wd=0.1, end_wd=0.3, wd_incr_style="linear")
    assert outline(schedule, "weight_decay") == [("rise", 0, 10), ("hold", 10, 30)]


def test_a_wsd_decay_of_length_zero_is_a_drop(load):
    lr = load(lr_decay_style="WSD", wsd_decay_steps=0, lr_wsd_decay_style="linear", min_lr=0.5).lr
    assert lr[20:22].tolist() == [1, 0.5]


def test_a_decay_that_ends_between_two_updates_ends_where_it_leads(load):
    # The formula, √4/√n, holds up to n = 20, which lies between update 6 (n = 18) and update 7 (n = 21).
    schedule = load(lr_decay_style="inverse-square-root", min_lr=0.1, increment=3)
    decay, hold = rows(schedule.run.tracks["lr"].curve, schedule.steps)[1:]
    assert (decay.stop, hold.first) == (7, 0.1)
    assert decay.end == pytest.approx(sqrt(4 / 21), rel=1e-12)
