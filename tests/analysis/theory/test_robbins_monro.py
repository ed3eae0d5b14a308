"""The conditions of Robbins and Monro, against the theorem's own table of sums."""

import pytest

from lrplot.analysis.theory.robbins_monro import RobbinsMonro, robbins_monro
from lrplot.curves.curve import Flat
from lrplot.curves.cycles import Restarts
from lrplot.curves.laws import Geometric
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.steps import FARTHEST
from lrplot.curves.wrappers import Scaled

ENDS = RobbinsMonro(False)
UNKNOWN = RobbinsMonro(True)
BOTH = RobbinsMonro(True, True, True)
SQUARES_DIVERGE = RobbinsMonro(True, True, False)
SUM_CONVERGES = RobbinsMonro(True, False, True)
SGDR = {"kind": "cosine_restarts", "period": 2}


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", SQUARES_DIVERGE),
        ({"kind": "constant", "value": 0}, SUM_CONVERGES),
        ({"kind": "multistep", "milestones": [3], "gamma": 0.1}, SQUARES_DIVERGE),
        ({"kind": "step", "every": 3, "gamma": 0.1}, SUM_CONVERGES),
        ({"kind": "step", "every": 3, "gamma": 0.1, "min": 1e-3}, SQUARES_DIVERGE),
        ({"kind": "exponential", "gamma": 0.9, "every": 1}, SUM_CONVERGES),
        ({"kind": "exponential", "rate": 0.1}, SUM_CONVERGES),
        ({"kind": "exponential", "rate": 0}, SQUARES_DIVERGE),
        ({"kind": "inverse_time", "rate": 0.1, "every": 1}, BOTH),
        ({"kind": "inverse_sqrt", "timescale": 5}, SQUARES_DIVERGE),
        ({"kind": "inverse_sqrt", "timescale": 5, "warmup": 3}, SQUARES_DIVERGE),
        ({"kind": "power_law", "rate": 1, "every": 1, "exponent": 0.51}, BOTH),
        ({"kind": "power_law", "rate": 1, "every": 1, "exponent": 1}, BOTH),
        ({"kind": "power_law", "rate": 1, "every": 1, "exponent": 1.01}, SUM_CONVERGES),
        ({"kind": "power_law", "rate": 0, "every": 1, "exponent": 1}, SQUARES_DIVERGE),
        ({"kind": "noam", "d_model": 4, "warmup": 3}, SQUARES_DIVERGE),
        ("cosine", ENDS),
        ({"kind": "cosine", "to": "10%"}, ENDS),
        ("linear", ENDS),
        ("one_cycle", ENDS),
        ({"kind": "wsd", "cooldown": 2}, ENDS),
        ({"kind": "points", "at": {0: 1, 5: 0.5}}, ENDS),
        ({"kind": "repeat", "of": {"kind": "linear", "for": 5}, "times": 2}, ENDS),
        ([{"kind": "constant", "for": 5}, {"kind": "inverse_time", "rate": 1, "every": 1}], BOTH),
        ([{"kind": "inverse_time", "rate": 1, "every": 1, "for": 5}], ENDS),
        ([{"kind": "warmup", "for": 5}, "constant"], SQUARES_DIVERGE),
        (SGDR, SQUARES_DIVERGE),
        ({**SGDR, "mult": 2}, SQUARES_DIVERGE),
        ({**SGDR, "decay": 0.5}, SUM_CONVERGES),
        ({**SGDR, "mult": 2, "decay": 0.49}, SUM_CONVERGES),
        ({**SGDR, "mult": 2, "decay": 0.5}, BOTH),
        ({**SGDR, "mult": 2, "decay": 0.7}, BOTH),
        ({**SGDR, "mult": 2, "decay": 0.71}, SQUARES_DIVERGE),
        ({**SGDR, "mult": 2, "decay": 0.5, "to": "1%"}, SQUARES_DIVERGE),
        ({**SGDR, "mult": 0.5}, ENDS),
        ({"kind": "cyclic", "min": 0.1, "up": 2}, SQUARES_DIVERGE),
        ({"kind": "cyclic", "min": 0, "up": 2}, SQUARES_DIVERGE),
        ({"kind": "cyclic", "min": 0.1, "up": 2, "mode": "triangular2"}, SQUARES_DIVERGE),
        ({"kind": "cyclic", "min": 0, "up": 2, "mode": "triangular2"}, SUM_CONVERGES),
        ({"kind": "cyclic", "min": 0, "up": 2, "mode": "exp_range", "gamma": 0.9}, SUM_CONVERGES),
        ({"kind": "expression", "value": "1 / (1 + t)"}, UNKNOWN),
        ({"use": "torch.ExponentialLR", "gamma": 0.9}, SUM_CONVERGES),
        ({"use": "torch.StepLR", "step_size": 3}, SUM_CONVERGES),
        ({"use": "torch.CosineAnnealingLR", "T_max": 10}, ENDS),
        ({"use": "mmengine.StepLR", "step_size": 3, "end": 20, "by_epoch": False}, ENDS),
        ({"use": "mmengine.StepLR", "step_size": 3, "end": 5, "by_epoch": False}, SQUARES_DIVERGE),
        ({"use": "paddle.MultiStepDecay", "learning_rate": 1, "milestones": [3], "gamma": -0.1}, UNKNOWN),
        ({"use": "transformers.get_inverse_sqrt_schedule", "num_warmup_steps": 3}, SQUARES_DIVERGE),
    ],
)
def test_conditions_by_the_formula_that_goes_on(load, schedule, expected):
    assert robbins_monro(load(schedule).run.lr.curve) == expected


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        (["constant", {"kind": "inverse_sqrt", "timescale": 1, "from": 1}], SQUARES_DIVERGE),
        ([{"kind": "inverse_sqrt", "timescale": 1, "from": 1}] * 2, BOTH),
        ([{"kind": "inverse_sqrt", "timescale": 1, "from": 1}] * 3, SUM_CONVERGES),
        (["cosine", {"kind": "inverse_sqrt", "timescale": 1, "from": 1}], SUM_CONVERGES),
        ([{"kind": "cosine", "to": 0.5}, {"kind": "inverse_time", "rate": 1, "every": 1, "from": 1}], BOTH),
        (["cosine", "linear"], ENDS),
        ([{"kind": "expression", "value": "1"}, "constant"], UNKNOWN),
    ],
)
def test_exponents_of_factors_add_up(load, factors, expected):
    assert robbins_monro(load({"kind": "product", "of": factors}).run.lr.curve) == expected


def test_a_schedule_that_is_stepped_once_per_epoch_goes_on_as_its_formula(load):
    schedule = {"kind": "inverse_time", "rate": 1, "every": 1}
    assert robbins_monro(load(schedule, interval="epoch", steps_per_epoch=2).run.lr.curve) == BOTH


def test_a_phase_that_is_never_reached_does_not_count():
    endless = Phase("step", Geometric(FARTHEST, 1.0, 0.5, 3, staircase=True))
    after = Phase("constant", Flat(1, 1.0))
    assert robbins_monro(Sequence(10, (endless, after), open=True)) == SUM_CONVERGES


def test_a_factor_of_zero_leaves_nothing():
    assert robbins_monro(Scaled(Flat(10, 1.0), 0.0)) == SUM_CONVERGES
    assert robbins_monro(Scaled(Flat(10, 1.0), 2.0)) == SQUARES_DIVERGE


@pytest.mark.parametrize(("decay", "expected"), [(0.0, SUM_CONVERGES), (-0.5, UNKNOWN)])
@pytest.mark.parametrize("mult", [1.0, 2.0])
def test_restarts_of_frameworks_may_have_any_factor(decay, expected, mult):
    assert robbins_monro(Restarts(10, 1.0, 0.0, 2, mult, decay)) == expected


def test_both_is_none_unless_the_conditions_are_decided():
    assert [each.both for each in (ENDS, UNKNOWN, BOTH, SQUARES_DIVERGE, SUM_CONVERGES)] == [
        None, None, True, False, False,
    ]  # fmt: skip
