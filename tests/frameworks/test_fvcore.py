"""fvcore's own schedulers: values in its docstrings, quirks computed by hand, segments, and refusals."""

import math

import pytest
from frameworks.outlines import segments

import lrplot
from lrplot.curves.roles import Role


@pytest.fixture
def load(load):
    return lambda schedule, steps=120, lr=None: load(schedule, steps, lr)


def fvcore(name, **arguments):
    return {"use": f"fvcore.{name}ParamScheduler", **arguments}


# The examples in the docstrings of fvcore/common/param_scheduler.py, over 120 epochs.
FOUR = [0.1, 0.01, 0.001, 0.0001]
DOCUMENTED = [
    (fvcore("MultiStep", values=FOUR, milestones=[30, 60, 80, 120]), {0: 0.1, 29: 0.1, 30: 0.01, 60: 0.001, 80: 1e-4}),
    (fvcore("Step", values=FOUR, num_updates=120), {29: 0.1, 30: 0.01, 59: 0.01, 60: 0.001, 90: 1e-4, 119: 1e-4}),
    (
        fvcore("StepWithFixedGamma", base_value=0.1, gamma=0.1, num_decays=3, num_updates=120),
        {29: 0.1, 30: 0.01, 59: 0.01, 60: 0.001, 90: 1e-4, 119: 1e-4},
    ),
    (fvcore("Exponential", start_value=2.0, decay=0.02), {0: 2.0, 60: 2 * math.sqrt(0.02), 120: 0.04}),
    (fvcore("Linear", start_value=0.0001, end_value=0.01), {0: 0.0001, 60: 0.00505, 120: 0.01}),
    (fvcore("PolynomialDecay", base_value=0.1, power=1.0), {0: 0.1, 12: 0.09, 60: 0.05, 120: 0.0}),
    (
        fvcore(
            "Composite",
            schedulers=[fvcore("Constant", value=0.42), fvcore("Cosine", start_value=0.42, end_value=1e-4)],
            interval_scaling=["rescaled", "rescaled"],
            lengths=[0.3, 0.7],
        ),
        {0: 0.42, 35: 0.42, 36: 0.42, 78: 0.21005, 120: 1e-4},
    ),
]


@pytest.mark.parametrize(("schedule", "expected"), DOCUMENTED, ids=lambda each: str(each)[:40])
def test_values_in_fvcores_docstrings(load, schedule, expected):
    found = load(schedule)
    for step, value in expected.items():
        assert found(step) == pytest.approx(value, rel=1e-12, abs=1e-15)


def test_milestones_are_shares_of_num_updates(load):
    short = fvcore("MultiStep", values=[1.0, 0.1, 0.01], milestones=[3, 6, 9])
    assert load(short, steps=90).lr.tolist() == [1.0] * 30 + [0.1] * 30 + [0.01] * 30


def test_a_jump_comes_a_millionth_of_the_run_early(load):
    # Half of 3,000,000 steps less 3: where + 1e-6 reaches 1/2 there.
    schedule = load(fvcore("MultiStep", values=[1.0, 2.0], num_updates=2), steps=3_000_000)
    assert [schedule(step) for step in (1_499_996, 1_499_997)] == [1, 2]
    halves = [fvcore("Linear", start_value=1.0, end_value=2.0), fvcore("Constant", value=5.0)]
    composite = fvcore("Composite", schedulers=halves, lengths=[0.5, 0.5], interval_scaling=["rescaled"] * 2)
    late = load(composite, steps=3_000_000)
    assert late(1_499_996) == pytest.approx(2, rel=1e-5)
    assert late(1_499_998) == 5


def test_steps_raise_in_the_last_millionth_of_the_run(load):
    schedule = fvcore("Step", values=[1.0, 2.0], num_updates=1)
    assert load(schedule, steps=900_000)(899_999) == 2
    with pytest.raises(lrplot.SpecError, match="update 2,999,997: IndexError"):
        load(schedule, steps=3_000_000)


def test_fixed_scheduler_has_the_values_that_it_has_by_itself(load):
    line = fvcore("Linear", start_value=0.0, end_value=1.0)
    scaling = ["rescaled", "fixed"]
    schedule = load(fvcore("Composite", schedulers=[line, line], lengths=[0.5, 0.5], interval_scaling=scaling), steps=8)
    assert schedule.lr.tolist() == [0, 0.25, 0.5, 0.75, 0.5, 0.625, 0.75, 0.875]


def test_segments_of_a_composite_come_from_the_schedulers_in_it(load):
    parts = [fvcore("Constant", value=1.0), fvcore("Linear", start_value=1.0, end_value=0.0)]
    inner = fvcore("Composite", schedulers=parts, lengths=[0.5, 0.5], interval_scaling=["rescaled"] * 2)
    outer = fvcore("Composite", schedulers=[inner, parts[0]], lengths=[0.8, 0.2], interval_scaling=["rescaled"] * 2)
    schedule = load(outer, steps=100)
    assert [(each.name, each.origin.name) for each in schedule.run.tracks["lr"].curve.segments()] == [
        ("ConstantParamScheduler", "fvcore.ConstantParamScheduler"),
        ("LinearParamScheduler", "fvcore.LinearParamScheduler"),
        ("ConstantParamScheduler", "fvcore.ConstantParamScheduler"),
    ]
    assert segments(schedule) == [
        (Role.HOLD, 0, 40, None),
        (Role.DECAY, 40, 80, None),
        (Role.HOLD, 80, 100, None),
    ]


@pytest.mark.parametrize(
    ("schedule", "role", "past"),
    [
        (fvcore("Constant", value=1.0), Role.HOLD, None),
        (fvcore("Cosine", start_value=1.0, end_value=0.1), Role.DECAY, Role.AFTER),
        (fvcore("Exponential", start_value=1.0, decay=0.1), Role.DECAY, Role.AFTER),
        (fvcore("Linear", start_value=0.1, end_value=1.0), Role.RISE, Role.AFTER),
        (fvcore("MultiStep", values=[0.1, 1.0], milestones=[3, 9]), Role.STAIRS, None),
        (fvcore("PolynomialDecay", base_value=1.0, power=0.5), Role.DECAY, Role.AFTER),
        (fvcore("Step", values=[0.1, 1.0], num_updates=9), Role.STAIRS, None),
        (fvcore("StepWithFixedGamma", base_value=1, num_decays=2, gamma=0.1, num_updates=9), Role.STAIRS, None),
    ],
)
def test_schedulers_end_with_the_run(load, schedule, role, past):
    assert segments(load(schedule)) == [(role, 0, 120, past)]


def test_lr_is_not_used(load):
    schedule = fvcore("Constant", value=0.5)
    assert load(schedule, lr=7.0)(3) == load(schedule)(3) == 0.5


@pytest.mark.parametrize(
    ("schedule", "step", "error"),
    [
        (fvcore("Constant", value=1.0), 120, "RuntimeError: where in ParamScheduler must be in .0, 1.: got 1.0"),
        (fvcore("Step", values=[1.0, 2.0], num_updates=9), 120, "IndexError"),
        (fvcore("MultiStep", values=[1.0, 2.0], num_updates=9), 121, "RuntimeError"),
        (fvcore("PolynomialDecay", base_value=1.0, power=0.5), 121, "TypeError: .* complex"),
        (fvcore("PolynomialDecay", base_value=1.0, power=-1), 120, "ZeroDivisionError"),
    ],
)
def test_exceptions_past_the_end_of_the_run(load, schedule, step, error):
    found = load(schedule)
    found.evaluate(0, step)
    with pytest.raises(lrplot.SpecError, match=f"update {step}: {error}"):
        found(step)


def test_a_negative_decay_has_no_real_powers(load):
    with pytest.raises(lrplot.SpecError, match="update 1: TypeError"):
        load(fvcore("Exponential", start_value=1.0, decay=-0.5))


def test_composite_raises_where_a_scaling_is_missing(load):
    parts = [fvcore("Constant", value=1.0)] * 2
    with pytest.raises(lrplot.SpecError, match="update 60: IndexError"):
        load(fvcore("Composite", schedulers=parts, lengths=[0.5, 0.5], interval_scaling=["fixed"]))


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (fvcore("MultiStep", values=[1, 0.1]), "num_updates and milestones cannot both be None"),
        (fvcore("MultiStep", values=[1, 0.1], num_updates=9, milestones=[3, 6]), "requires a list of 1 miletones"),
        (fvcore("MultiStep", values=[1, 0.1], num_updates=9, milestones=[9]), "smaller than total number of updates"),
        (fvcore("MultiStep", values=[1, 0.1], num_updates=9, milestones=[0]), "smaller than start epoch"),
        (fvcore("MultiStep", values=[1, 0.1], num_updates=1), "greater than length of param schedule"),
        (fvcore("Step", values=[], num_updates=1), "at least one param value"),
        (fvcore("Step", values=[1], num_updates=0), "larger than 0"),
        (fvcore("StepWithFixedGamma", base_value=1, num_decays=0, gamma=1, num_updates=1), "positive integers"),
        (fvcore("StepWithFixedGamma", base_value=1, num_decays=10**8, gamma=0.5, num_updates=1), "more than 1,000,000"),
        (fvcore("StepWithFixedGamma", base_value=1, num_decays=1, gamma=0, num_updates=1), "positive numbers"),
        (fvcore("Composite", schedulers=[], lengths=[], interval_scaling=[]), "at least one scheduler"),
        (
            fvcore("Composite", schedulers=[fvcore("Constant", value=1)], lengths=[0.9], interval_scaling=["fixed"]),
            "sum of all values in lengths must be 1",
        ),
        (
            fvcore("Composite", schedulers=[fvcore("Constant", value=1)], lengths=[0.5, 0.5], interval_scaling=[]),
            "must be same length",
        ),
        (
            fvcore("Composite", schedulers=[{"kind": "constant"}], lengths=[1], interval_scaling=["fixed"]),
            "takes fvcore's own schedulers, not `constant`",
        ),
        (
            fvcore("Composite", schedulers=[{"kind": "linear"}], lengths=[1], interval_scaling=["fixed"]),
            "takes fvcore's own schedulers, not `linear`",
        ),
        (fvcore("Composite", schedulers=[], lengths=[], interval_scaling=["scaled"]), "must be one of `rescaled`"),
        (fvcore("Linear", start_value=1.0), "needs `end_value`"),
        (fvcore("Cosin", start_value=1.0), "fvcore has no scheduler `CosinParamScheduler`"),
    ],
)
def test_refusals(load, schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(schedule, lr=0.1)


def test_import_path(load):
    path = {"_target_": "fvcore.common.param_scheduler.LinearParamScheduler", "start_value": 1, "end_value": 0}
    assert load(path, steps=4).lr.tolist() == [1, 0.75, 0.5, 0.25]
