"""pytorch_warmup's factors: values computed by hand, segments, and errors."""

from math import exp

import pytest
from frameworks.outlines import outline

import lrplot


def load(name, steps=10, beta2=None, **arguments):
    """A warmup of 10 steps by default to a learning rate of 0.4."""
    spec = {"steps": steps, "lr": 0.4, "schedule": {"use": f"pytorch_warmup.{name}", **arguments}}
    return lrplot.load(spec if beta2 is None else {**spec, "beta2": beta2})


def test_the_last_update_of_a_linear_warmup_has_the_learning_rate():
    schedule = load("LinearWarmup", warmup_period=4)
    assert schedule.lr.tolist()[:5] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4])
    assert outline(schedule) == [("warmup", 0, 4), ("hold", 4, 10)]


def test_an_exponential_warmup_comes_ever_nearer():
    assert load("ExponentialWarmup", warmup_period=4)(3) == pytest.approx(0.4 * (1 - exp(-1)))


def test_untuned_warmups_follow_beta2():
    assert load("UntunedLinearWarmup", 2500)(999) == pytest.approx(400 / 1999)  # β₂ = 0.999; 2/(1 − β₂) < 2000
    assert load("UntunedLinearWarmup", beta2=0.75)(3) == pytest.approx(0.2)
    assert load("UntunedExponentialWarmup", beta2=0.75)(3) == pytest.approx(0.4 * (1 - exp(-1)))


def test_the_factor_of_radam():
    # β₂ = 3/4: ρ∞ = 7, and ρ is 3.9 at t = 5 and 4.4 at t = 6.
    rho = 7 - 12 * 0.75**6 / (1 - 0.75**6)
    expected = 0.4 * ((rho - 4) * (rho - 2) * 7 / (3 * 5 * rho)) ** 0.5
    assert load("RAdamWarmup", beta2=0.75)(0) == pytest.approx(expected)


def test_a_warmup_beside_a_scheduler_is_a_product():
    parts = [{"use": "pytorch_warmup.LinearWarmup", "warmup_period": 4}, {"use": "torch.StepLR", "step_size": 5}]
    run = lrplot.load({"steps": 10, "lr": 0.4, "schedule": {"kind": "product", "of": parts}})
    assert run.lr[[1, 4, 5]] == pytest.approx([0.2, 0.4, 0.04])


def test_what_pytorch_warmup_raises():
    with pytest.raises(lrplot.SpecError, match="must be a positive integer, but is 0"):
        load("LinearWarmup", warmup_period=0)
    with pytest.raises(lrplot.SpecError, match="must be greater than"):
        load("RAdamWarmup", beta2=0.5)
    with pytest.raises(lrplot.SpecError, match="ZeroDivisionError"):
        load("UntunedLinearWarmup", beta2=1)
