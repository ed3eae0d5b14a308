"""step and multistep."""

import pytest
from numpy.testing import assert_allclose


def test_step_equals_torch(load):
    # torch 2.13.0 StepLR(step_size=3, gamma=0.1), lr = 0.1
    expected = [
        0.1, 0.1, 0.1, 0.010000000000000002, 0.010000000000000002, 0.010000000000000002,
        0.0010000000000000002, 0.0010000000000000002, 0.0010000000000000002, 0.00010000000000000003,
    ]  # fmt: skip
    schedule = load({"kind": "step", "every": 3}, lr=0.1)
    assert_allclose(schedule.lr, expected, rtol=1e-12)
    assert schedule(10) == schedule(12) == schedule(9)


def test_step_decay_of_resnet(load):
    # He et al. 2016, sec. 3.4: from 0.1, divided by 10 at 30 and 60 of 90 epochs
    schedule = load({"kind": "step", "every": "30 epochs"}, None, 0.1, epochs=90, steps_per_epoch=5004)
    edges = [0, 30 * 5004 - 1, 30 * 5004, 60 * 5004 - 1, 60 * 5004, 90 * 5004 - 1, 90 * 5004]
    expected = [0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 0.001]
    assert_allclose([schedule(step) for step in edges], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"every": 2, "gamma": 0.5}, [1, 1, 0.5, 0.5, 0.25, 0.25]),
        ({"every": 1, "gamma": 0.5}, [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]),
        ({"every": 2, "gamma": 1}, [1] * 6),
        ({"every": 2, "gamma": 2}, [1, 1, 2, 2, 4, 4]),
        ({"every": 6, "gamma": 0.5}, [1] * 6),
        ({"every": 100, "gamma": 0.5}, [1] * 6),
        ({"every": "50%", "gamma": 0.5, "from": "50%"}, [0.5] * 3 + [0.25] * 3),
        ({"every": 4, "gamma": 0.5, "from": 3}, [3] * 4 + [1.5] * 2),
    ],
)
def test_step(fields, expected, rates):
    assert rates({"kind": "step", **fields}, steps=6).tolist() == expected


@pytest.mark.parametrize(("every", "match"), [(0, "is 0 updates"), ("1%", "`1%` is 0 updates")])
def test_step_needs_steps_of_at_least_one_update(every, match, refuse):
    refuse({"kind": "step", "every": every}, "bad-value", match)


def test_step_needs_every_and_a_gamma_above_zero(refuse):
    refuse("step", "missing-field", "`step` needs `every`")
    refuse({"kind": "step", "every": 3, "gamma": 0}, "bad-value", "`gamma` must be")


def test_multistep_equals_torch(load):
    # torch 2.13.0 MultiStepLR(milestones=[2, 5, 5, 8], gamma=0.5), lr = 0.1
    expected = [0.1, 0.1, 0.05, 0.05, 0.05, 0.0125, 0.0125, 0.0125, 0.00625, 0.00625]
    schedule = load({"kind": "multistep", "milestones": [2, 5, 5, 8], "gamma": 0.5}, lr=0.1)
    assert_allclose(schedule.lr, expected, rtol=1e-12)
    assert schedule(10) == schedule(9)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"milestones": [2, 4]}, [1, 1, 0.1, 0.1, 0.01, 0.01]),
        ({"milestones": [4, 2]}, [1, 1, 0.1, 0.1, 0.01, 0.01]),
        ({"milestones": []}, [1] * 6),
        ({"milestones": [0]}, [0.1] * 6),
        ({"milestones": [6, 60]}, [1] * 6),
        ({"milestones": [5]}, [1, 1, 1, 1, 1, 0.1]),
        ({"milestones": [3], "gamma": 1}, [1] * 6),
        ({"milestones": [3], "gamma": 4, "from": "50%"}, [0.5] * 3 + [2] * 3),
        ({"milestones": ["50%", "1 epochs"], "gamma": 0.5}, [1, 1, 0.5, 0.25, 0.25, 0.25]),
        ({"milestones": [2, 4], "values": [0.3, "50%", 0]}, [0.3, 0.3, 0.5, 0.5, 0, 0]),
        ({"milestones": [2, 2], "values": [1, 2, 3]}, [1, 1, 3, 3, 3, 3]),
        ({"milestones": [], "values": [0.3]}, [0.3] * 6),
    ],
)
def test_multistep(fields, expected, rates):
    found = rates({"kind": "multistep", **fields}, steps=6, steps_per_epoch=2)
    assert_allclose(found, expected, rtol=1e-12)


def test_multistep_holds_the_value_it_had(load):
    schedule = load({"kind": "multistep", "milestones": [6], "values": [1, 0.5]}, steps=6)
    assert schedule(6) == schedule(7) == 1


def test_multistep_with_values_needs_no_base(rates, refuse):
    assert rates({"kind": "multistep", "milestones": [1], "values": [2, 1]}, 2, None).tolist() == [2, 1]
    refuse({"kind": "multistep", "milestones": [1]}, "missing-field", "base learning rate, is missing", lr=None)


@pytest.mark.parametrize(
    ("fields", "code", "match"),
    [
        ({}, "missing-field", "`multistep` needs `milestones`"),
        ({"milestones": [3, 5], "values": [1, 2]}, "bad-value", "2 milestones need 3 values, got 2"),
        ({"milestones": [5, 3], "values": [1, 2, 3]}, "bad-value", "must be in order"),
        ({"milestones": [3], "values": [1, 2], "gamma": 0.1}, "conflict", "`gamma` cannot be combined with `values`"),
        ({"milestones": [3], "values": [1, 2], "from": 1}, "conflict", "`from` cannot be combined with `values`"),
        ({"milestones": [-3]}, "bad-value", "must not be negative"),
        ({"milestones": 3}, "bad-type", "`milestones` must be a list"),
    ],
)
def test_multistep_refuses(fields, code, match, refuse):
    refuse({"kind": "multistep", **fields}, code, match)
