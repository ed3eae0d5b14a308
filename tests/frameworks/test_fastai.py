"""fastai's schedules: values computed by hand, segments, and errors."""

import pytest
from frameworks.outlines import outline

import lrplot

SINGLE = 1e-6  # relative: positions are float32


@pytest.fixture
def load(use):
    """Load one of fastai's schedules, of 2 epochs of 4 batches and a learning rate of 0.4 by default."""

    def call(name, steps=8, batches=4, **arguments):
        return use(f"fastai.{name}", steps=steps, lr=0.4, spec={"steps_per_epoch": batches}, **arguments)

    return call


def test_one_cycle_rises_for_a_share_of_the_fit(load):
    schedule = load("fit_one_cycle", pct_start=0.5, div=4.0, div_final=8.0)
    middle = 2**-0.5
    expected = [0.1, 0.25 - 0.15 * middle, 0.25, 0.25 + 0.15 * middle, 0.4, 0.225 + 0.175 * middle, 0.225]
    assert schedule.lr.tolist()[:7] == pytest.approx(expected, rel=SINGLE)
    assert outline(schedule) == [("rise", 0, 4), ("decay", 4, 8)]
    momentum = schedule.evaluate()["momentum"]
    assert momentum[[0, 2, 4, 6]] == pytest.approx([0.95, 0.9, 0.85, 0.9], rel=SINGLE)


def test_without_the_batches_of_an_epoch_the_run_is_one(use, load):
    schedule = use("fastai.fit_one_cycle", steps=8, lr=0.4)
    assert schedule.lr.tolist() == pytest.approx(load("fit_one_cycle").lr.tolist(), rel=SINGLE)


def test_a_fit_that_is_shorter_than_the_run_keeps_its_last_value(load):
    schedule = load("fit_flat_cos", n_epoch=1, pct_start=0.5, div_final=2.0)
    assert schedule.lr.tolist() == pytest.approx([0.4, 0.4, 0.4, 0.3, 0.2, 0.2, 0.2, 0.2], rel=SINGLE)


def test_cycles_that_grow(load):
    schedule = load("fit_sgdr", steps=12, n_cycles=2, cycle_len=1)
    assert schedule.lr[[0, 2, 4, 8]] == pytest.approx([0.4, 0.2, 0.4, 0.2], rel=SINGLE)
    assert outline(schedule) == [("decay", 0, 4), ("decay", 4, 12)]


def test_schedules_over_shares_of_the_fit(load):
    parts = [{"use": "fastai.SchedLin", "start": 0.0, "end": 0.4}, {"use": "fastai.SchedNo", "start": 0.4, "end": 0}]
    parts.append({"use": "fastai.SchedExp", "start": 0.4, "end": 0.025})
    schedule = load("combine_scheds", pcts=[0.25, 0.25, 0.5], scheds=parts)
    expected = [0, 0.2, 0.4, 0.4, 0.4, 0.2, 0.1, 0.05]
    assert schedule.lr.tolist() == pytest.approx(expected, rel=SINGLE)
    assert outline(schedule) == [("rise", 0, 2), ("hold", 2, 4), ("decay", 4, 8)]


def test_a_power_of_the_position(load):
    assert load("SchedPoly", start=0.4, end=0.0, power=2)(4) == pytest.approx(0.3)


def test_a_search_ends_one_batch_after_its_last(load):
    assert load("LRFinder", start_lr=1e-4, end_lr=1.0, num_it=8).lr[[0, 2, 6]] == pytest.approx([1e-4, 1e-3, 0.1])


def test_fine_tuning_is_two_cycles(load):
    schedule = load("fine_tune", steps=12, epochs=2, freeze_epochs=1, base_lr=0.4, pct_start=0.5)
    assert schedule.lr[[0, 4, 8]] == pytest.approx([0.016, 0.04, 0.2], rel=SINGLE)
    assert [each[:2] for each in outline(schedule)] == [("rise", 0), ("rise", 4), ("decay", 8)]


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("fit_one_cycle", {"pct_start": 1.5}, "pcts >= 0"),
        ("fit_one_cycle", {"moms": [0.9, 0.8]}, "takes 4 positional"),
        ("fit_sgdr", {"n_cycles": 2, "cycle_len": 1, "cycle_mult": 1}, "ZeroDivisionError"),
        ("combine_scheds", {"pcts": [0.3, 0.3], "scheds": []}, "IndexError"),
        ("SchedExp", {"start": 0, "end": 1}, "ZeroDivisionError"),
        ("SchedExp", {"start": 1, "end": -1}, "complex"),
    ],
)
def test_what_fastai_raises(load, name, arguments, error):
    with pytest.raises(lrplot.SpecError, match=error):
        load(name, **arguments)


def test_shares_must_sum_to_one(load):
    parts = [{"use": "fastai.SchedNo", "start": 1, "end": 1}] * 2
    with pytest.raises(lrplot.SpecError, match="sum"):
        load("combine_scheds", pcts=[0.3, 0.3], scheds=parts)
