"""cosine_restarts and cyclic."""

from math import cos, pi

import pytest
from numpy.testing import assert_allclose


def sgdr(cycles, last=0.0, decay=1.0):
    """Loshchilov & Hutter 2017, eq. 5, over cycles of the given lengths."""
    return [
        last + (decay**i - last) * (1 + cos(pi * k / length)) / 2
        for i, length in enumerate(cycles)
        for k in range(length)
    ]


RESTARTS = [  # torch 2.13.0, lr = 0.1
    (  # CosineAnnealingWarmRestarts(T_0=4)
        {"period": 4},
        [0.1, 0.08535533905932738, 0.05, 0.014644660940672627] * 3,
    ),
    (  # CosineAnnealingWarmRestarts(T_0=3, T_mult=2, eta_min=0.001)
        {"period": 3, "mult": 2, "to": 0.001},
        [0.1, 0.07525000000000001, 0.025750000000000012,
         0.1, 0.09336825748732973, 0.07525000000000001, 0.0505, 0.025750000000000012, 0.007631742512670284,
         0.1, 0.09831332840130888, 0.09336825748732973, 0.0855017856687341, 0.07525000000000001, 0.06331154273257478,
         0.0505, 0.03768845726742523, 0.025750000000000012, 0.0154982143312659, 0.007631742512670284,
         0.0026866715986911243],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), RESTARTS, ids=str)
def test_restarts_equal_torch(fields, expected, load):
    schedule = load({"kind": "cosine_restarts", **fields}, steps=len(expected), lr=0.1)
    assert_allclose(schedule.lr, expected, rtol=1e-12)
    assert schedule(len(expected)) == fields.get("to", 0)  # the cycle's end, before it would restart


@pytest.mark.parametrize(
    ("fields", "cycles", "last", "decay"),
    [
        ({"period": 5}, [5, 5, 5], 0, 1),
        ({"period": "50%"}, [8, 8], 0, 1),
        ({"period": "2 epochs", "mult": 2}, [4, 8, 16], 0, 1),
        ({"period": 5, "decay": 0.5}, [5, 5, 5], 0, 0.5),
        ({"period": 5, "decay": 2, "to": 0.5}, [5, 5, 5], 0.5, 2),
        ({"period": 4, "mult": 1.5, "decay": 0.8, "to": "10%"}, [4, 6, 9], 0.1, 0.8),
        ({"period": 1}, [1] * 15, 0, 1),
        ({"period": 1, "mult": 2}, [1, 2, 4, 8], 0, 1),
        ({"period": 15}, [15], 0, 1),
        ({"period": 100}, [100], 0, 1),
        ({"period": 3, "mult": 1.1}, [3, 3, 4, 4], 0, 1),  # starts at 0, 3, 6.3, 9.93, 13.923
    ],
)
def test_restarts(fields, cycles, last, decay, rates):
    expected = sgdr(cycles, last, decay)[:14]
    found = rates({"kind": "cosine_restarts", **fields}, steps=16, steps_per_epoch=2)[:14]
    assert_allclose(found, expected, rtol=1e-12)


def test_restarts_from(rates):
    found = rates({"kind": "cosine_restarts", "period": 5, "from": "20%", "to": 0.1})
    assert_allclose(found, [0.1 + 0.1 * value for value in sgdr([5, 5])], rtol=1e-12)


def test_restarts_hold_where_the_last_cycle_is_cut(load):
    schedule = load({"kind": "cosine_restarts", "period": 4}, steps=6)
    assert_allclose([schedule(6), schedule(7), schedule(8)], [0.5, 0.5, 0.5], rtol=1e-12)


def test_restarts_of_a_single_update(load):
    schedule = load({"kind": "cosine_restarts", "period": 1, "to": 0.25}, steps=1)
    assert (schedule(0), schedule(1)) == (1.0, 0.25)


@pytest.mark.parametrize("mult", [1, 2])
def test_restarts_of_no_update_are_passed_over(mult, load):
    warming = load({"kind": "cosine_restarts", "period": 2, "mult": mult, "warmup": 4}, steps=4)
    assert_allclose(warming.lr, [0, 0.25, 0.5, 0.75], rtol=1e-12)
    phases = [{"kind": "cosine_restarts", "period": 2, "mult": mult, "for": 0}, "constant"]
    assert load(phases, steps=3).lr.tolist() == [1, 1, 1]


def test_sgdr_of_wide_residual_networks(load):
    # Loshchilov & Hutter 2017, sec. 4.1: T₀ = 10, T_mult = 2, from 0.05 to 0: restarts at epochs 10, 30 and 70
    schedule = load(
        {"kind": "cosine_restarts", "period": "10 epochs", "mult": 2}, None, 0.05, epochs=150, steps_per_epoch=391
    )
    for epoch in (10, 30, 70):
        assert schedule(epoch * 391) == 0.05
        assert schedule(epoch * 391 - 1) < 1e-6
    assert_allclose(schedule(50 * 391), 0.025, rtol=1e-12)
    assert schedule(150 * 391) == 0


def test_restarts_that_get_shorter(load):
    # pytorch/pytorch#95122: cycles of 4000, 2000, 1000 and 500 updates
    schedule = load({"kind": "cosine_restarts", "period": 4000, "mult": 0.5}, 7500, 0.1)
    assert [schedule(step) for step in (0, 4000, 6000, 7000)] == [0.1] * 4
    assert_allclose([schedule(step) for step in (2000, 5000, 6500, 7250)], [0.05] * 4, rtol=1e-12)
    assert max(schedule(step) for step in (3999, 5999, 6999)) < 1e-6
    assert schedule(7500) == 0


def test_restarts_end_before_a_cycle_shorter_than_one_update(load):
    # cycles of 8, 4, 2 and 1 updates, which are over at 15
    schedule = load({"kind": "cosine_restarts", "period": 8, "mult": 0.5, "to": 0.25}, 20)
    cycles = [[0.25 + 0.75 * (1 + cos(pi * k / n)) / 2 for k in range(n)] for n in (8, 4, 2, 1)]
    assert_allclose(schedule.lr, [*(value for cycle in cycles for value in cycle), *[0.25] * 5], rtol=1e-12)
    assert schedule(20) == schedule(10**6) == 0.25
    assert [(each.role, each.start, each.stop) for each in schedule.run.tracks["lr"].curve.segments()] == [
        ("cycles", 0, 15), ("hold", 15, 20),
    ]  # fmt: skip


def test_restarts_without_room_for_a_second_cycle(rates):
    assert_allclose(rates({"kind": "cosine_restarts", "period": 2, "mult": 1e-300}, 4), [1, 0.5, 0, 0], atol=1e-15)


@pytest.mark.parametrize(
    ("fields", "code", "match"),
    [
        ({}, "missing-field", "`cosine_restarts` needs `period`"),
        ({"period": 0}, "bad-value", "at least 1 is needed"),
        ({"period": 5, "mult": 0}, "bad-value", "`mult` must be"),
        ({"period": 5, "decay": 0}, "bad-value", "`decay` must be"),
    ],
)
def test_restarts_refuse(fields, code, match, refuse):
    refuse({"kind": "cosine_restarts", **fields}, code, match)


CYCLES = [  # torch 2.13.0, min = 0.001, max = 0.1
    (  # CyclicLR(step_size_up=4)
        {"up": 4},
        [0.001, 0.025750000000000002, 0.0505, 0.07525000000000001, 0.1, 0.07525000000000001, 0.0505,
         0.025750000000000002] * 2,
    ),
    (  # CyclicLR(step_size_up=4, step_size_down=2)
        {"up": 4, "down": 2},
        [0.001, 0.025750000000000012, 0.05049999999999999, 0.07525000000000001, 0.09999999999999998,
         0.050499999999999955, 0.001, 0.025750000000000047, 0.05049999999999996, 0.07525000000000001,
         0.09999999999999991, 0.05050000000000008, 0.001, 0.02574999999999998],
    ),
    (  # CyclicLR(step_size_up=4, mode="triangular2")
        {"up": 4, "mode": "triangular2"},
        [0.001, 0.025750000000000002, 0.0505, 0.07525000000000001, 0.1, 0.07525000000000001, 0.0505,
         0.025750000000000002, 0.001, 0.013375000000000001, 0.025750000000000002, 0.038125000000000006, 0.0505,
         0.038125000000000006, 0.025750000000000002, 0.013375000000000001, 0.001, 0.0071875, 0.013375000000000001,
         0.019562500000000003, 0.025750000000000002, 0.019562500000000003, 0.013375000000000001, 0.0071875],
    ),
    (  # CyclicLR(step_size_up=4, mode="exp_range", gamma=0.97)
        {"up": 4, "mode": "exp_range", "gamma": 0.97},
        [0.001, 0.025007500000000002, 0.04757455, 0.06876597025, 0.08864398819, 0.06476100140822501,
         0.04223211424398549, 0.020997575408332966, 0.001, 0.01981571870170049, 0.03750249428129894,
         0.054111129179289966, 0.06969039373854834, 0.05097226144479392, 0.03331539573430006, 0.016672966931135534],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), CYCLES, ids=str)
def test_cyclic_equals_torch(fields, expected, rates):
    found = rates({"kind": "cyclic", "min": 0.001, **fields}, steps=len(expected), lr=0.1)
    assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"up": 2}, [0, 0.5, 1, 0.5, 0, 0.5]),
        ({"up": 1}, [0, 1, 0, 1, 0, 1]),
        ({"up": 2, "down": 0}, [0, 0.5, 0, 0.5, 0, 0.5]),
        ({"up": 2, "down": 4}, [0, 0.5, 1, 0.75, 0.5, 0.25]),
        ({"up": 10}, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        ({"up": 2, "min": 1, "max": 0}, [1, 0.5, 0, 0.5, 1, 0.5]),
        ({"up": 2, "min": "50%", "max": "50%"}, [0.5] * 6),
        ({"up": 2, "mode": "exp_range", "gamma": 1}, [0, 0.5, 1, 0.5, 0, 0.5]),
        ({"up": 2, "mode": "exp_range", "gamma": 2}, [0, 1, 4, 4, 0, 16]),
        ({"up": "1 epochs", "down": "50%"}, [0, 0.5, 1, 2 / 3, 1 / 3, 0]),
    ],
)
def test_cyclic(fields, expected, rates):
    found = rates({"kind": "cyclic", **fields}, steps=6, steps_per_epoch=2)
    assert_allclose(found, expected, rtol=1e-12)


def test_cyclic_holds_where_its_last_cycle_is_cut(load):
    schedule = load({"kind": "cyclic", "up": 4})
    assert [schedule(step) for step in (8, 9, 10, 11, 14)] == [0, 0.25, 0.5, 0.5, 0.5]


def test_cyclic_needs_no_base_where_it_has_a_max(rates, refuse):
    assert rates({"kind": "cyclic", "up": 2, "max": 2}, 3, None).tolist() == [0, 1, 2]
    refuse({"kind": "cyclic", "up": 2}, "missing-field", "base learning rate, is missing", lr=None)


@pytest.mark.parametrize(
    ("fields", "code", "match"),
    [
        ({}, "missing-field", "`cyclic` needs `up`"),
        ({"up": 0}, "bad-value", "at least 1 is needed"),
        ({"up": 2, "mode": "exp_range"}, "missing-field", "needs `gamma`"),
        ({"up": 2, "gamma": 0.9}, "conflict", "`gamma` has no effect without `mode: exp_range`"),
        ({"up": 2, "mode": "triangle"}, "unknown-choice", "`mode` must be one of"),
    ],
)
def test_cyclic_refuses(fields, code, match, refuse):
    refuse({"kind": "cyclic", **fields}, code, match)
