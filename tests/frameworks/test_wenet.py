"""WeNet's schedulers: values computed by hand and errors."""

from math import sqrt

import pytest

import lrplot


@pytest.fixture
def load(use):
    """Load one of WeNet's schedulers, of 10 steps and a base of 1 by default."""
    return lambda name, steps=10, **arguments: use(f"wenet.{name}", steps=steps, **arguments)


def test_the_first_two_updates_have_the_same_value(values):
    lr = values("WarmupLR", 17, warmup_steps=4)
    assert lr[:5] == pytest.approx([0.25, 0.25, 0.5, 0.75, 1])
    assert lr[16] == pytest.approx(0.5)


def test_without_a_warmup_it_decays_from_the_learning_rate(values):
    assert values("WarmupLR", 5, warmup_steps=0) == pytest.approx([1, 1, sqrt(1 / 2), sqrt(1 / 3), 0.5])


def test_warmup_hold_decay_and_the_end(values):
    lr = values("NoamHoldAnnealing", 14, max_steps=10, warmup_steps=3, hold_steps=2, min_lr=0.1, decay_rate=1)
    assert lr[:6] == pytest.approx([0.25, 0.25, 0.5, 0.75, 1, 1])  # steps 0, 0, 1, 2, 3 of 4, then the hold
    assert lr[6:12] == pytest.approx([3 / (step - 2) for step in range(5, 11)])
    assert lr[12:] == pytest.approx([0.1, 0.1])


def test_the_decay_needs_a_warmup(load):
    with pytest.raises(lrplot.SpecError, match=r"update 3: .*cannot be used without warmup steps"):
        load("NoamHoldAnnealing", max_steps=10, hold_steps=2)


def test_a_length_is_given_in_one_way(load):
    with pytest.raises(lrplot.SpecError, match="particular number of step or ratio"):
        load("NoamHoldAnnealing", max_steps=10, warmup_steps=2, warmup_ratio=0.2)
