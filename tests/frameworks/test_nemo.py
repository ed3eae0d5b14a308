"""NeMo's schedulers: values computed by hand, segments, and errors."""

import pytest
from frameworks.outlines import outline

import lrplot


@pytest.fixture
def load(use):
    """Load one of NeMo's schedulers, of 10 steps and a learning rate of 0.4 by default."""
    return lambda name, steps=10, **arguments: use(f"nemo.{name}", steps=steps, lr=0.4, **arguments)


def test_a_warmup_counts_from_one_and_ends_with_its_last_step(values):
    assert values("WarmupPolicy", warmup_steps=3)[:5] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4])
    assert values("WarmupPolicy", warmup_ratio=0.35, max_steps=9)[:5] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4])
    assert values("WarmupPolicy", max_steps=4, min_lr=0.1)[3:7] == pytest.approx([0.4, 0.4, 0.1, 0.1])


def test_the_last_step_of_a_cosine_has_its_floor(load):
    schedule = load("CosineAnnealing", warmup_steps=1, max_steps=9, min_lr=0.1)
    assert schedule.lr[[0, 1, 3, 5, 9]] == pytest.approx([0.2, 0.4, 0.25 + 0.15 * 0.5**0.5, 0.25, 0.1])
    assert outline(schedule) == [("warmup", 0, 2), ("decay", 2, 9), ("hold", 9, 10)]


def test_a_cosine_with_a_constant_end_warms_up_from_zero(values):
    lr = values("CosineAnnealing", warmup_steps=4, max_steps=9, constant_steps=3, min_lr=0.1)
    assert lr[:5] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert lr[5:] == pytest.approx([0.25, 0.1, 0.1, 0.1, 0.1])


def test_all_groups_have_the_first_one_s_decay():
    schedule = {"use": "nemo.WarmupAnnealing", "max_steps": 8}
    run = lrplot.load({"steps": 10, "lr": 0.4, "groups": {"head": {"lr": 0.1}}, "schedule": schedule})
    assert run.at(4)["lr/head"] == pytest.approx(0.2)


def test_without_a_constant_part_the_decay_starts_in_the_warmup(values):
    # h = 0: the line from update 0 to 8, of which the warmup takes the first three.
    lr = values("WarmupHoldAnnealLinear", warmup_steps=2, max_steps=8)
    assert lr[2:5] == pytest.approx([0.4, 0.4 * 5 / 8, 0.2])
    assert values("WarmupHoldAnnealLinear", warmup_steps=2, hold_steps=2, max_steps=8)[4:7] == pytest.approx(
        [0.4, 0.3, 0.2]
    )


def test_the_decay_of_t5_is_not_of_the_learning_rate(values):
    lr = values("T5InverseSquareRootAnnealing", constant_steps=4, max_steps=8, min_lr=0.2)
    assert lr[3:] == pytest.approx([0.5, 0.5, 5**-0.5, 6**-0.5, 7**-0.5, 8**-0.5, 0.2])
    assert values("SquareRootConstantPolicy", constant_steps=4, max_steps=8)[3:] == pytest.approx(
        [0.5, 0.5, 0.4, 0.4, 0.4, 0.4, 0]
    )


def test_the_learning_rate_of_noam_is_a_factor(values):
    lr = values("NoamAnnealing", d_model=16, warmup_steps=4, min_lr=0.04)
    assert lr[:2] == pytest.approx([0.0125, 0.0125])  # 0.4/√16/√64
    assert [lr[4], lr[9]] == pytest.approx([0.05, 0.04])


def test_a_polynomial_starts_again_if_it_ends_in_the_schedule(values):
    arguments = {"warmup_steps": 4, "max_steps": 9, "cycle": True}
    assert values("PolynomialHoldDecayAnnealing", **arguments)[4:] == pytest.approx([0.4, 0, 0.16, 0.12, 0.08, 0.04])


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("WarmupPolicy", {"warmup_steps": 1, "warmup_ratio": 0.1, "max_steps": 9}, "Either use particular"),
        ("WarmupPolicy", {"warmup_ratio": 0.1}, "If there is a ratio"),
        ("WarmupHoldPolicy", {"warmup_steps": 2}, "at update 3: TypeError"),
        ("CosineAnnealing", {"warmup_steps": 2, "max_steps": 9, "min_lr": 1}, "at update 3: ValueError"),
        ("CosineAnnealing", {"constant_steps": 2, "max_steps": 9, "min_lr": 0.4}, "max_lr > min_lr"),
        ("NoamAnnealing", {"d_model": 16, "min_lr": 0.5}, "lower than the minimum"),
        ("NoamHoldAnnealing", {"max_steps": 9}, "without warmup steps"),
        ("NoamHoldAnnealing", {"max_steps": 9, "hold_steps": 5}, "at update 5: ValueError: Noam"),
        ("SquareRootConstantPolicy", {"constant_steps": 5}, "at update 6: TypeError"),
        ("T5InverseSquareRootAnnealing", {"constant_steps": 0, "max_steps": 9}, "ZeroDivisionError"),
        ("PolynomialDecayAnnealing", {"max_steps": 9, "power": -1}, "at update 9: ValueError: math domain"),
        ("SquareAnnealing", {"max_steps": 0}, "ZeroDivisionError"),
    ],
)
def test_what_nemo_raises(load, name, arguments, error):
    with pytest.raises(lrplot.SpecError, match=error):
        load(name, **arguments).evaluate()
