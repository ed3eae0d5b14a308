"""wsd and one_cycle."""

from math import cos, pi, sqrt

import pytest
from numpy.testing import assert_allclose

FALL = {
    "linear": lambda u: 1 - u,
    "cosine": lambda u: (1 + cos(pi * u)) / 2,
    "sqrt": lambda u: 1 - sqrt(u),
    "polynomial": lambda u: (1 - u) ** 2,
}


@pytest.mark.parametrize("shape", FALL)
def test_wsd(shape, load):
    # Hägele et al. 2024, sec. 3: warmup, a constant part, then (1 − sqrt) or another decay over the last updates
    schedule = load({"kind": "wsd", "warmup": 4, "cooldown": 5, "shape": shape, "to": 0.1}, 20, 0.5)
    expected = [0.5 * t / 4 for t in range(4)] + [0.5] * 11 + [0.1 + 0.4 * FALL[shape](k / 5) for k in range(5)]
    assert_allclose(schedule.lr, expected, rtol=1e-12)
    assert (schedule(4), schedule(14), schedule(15), schedule(20), schedule(30)) == (0.5, 0.5, 0.5, 0.1, 0.1)


def test_wsd_by_default_cools_down_in_the_last_tenth(rates):
    assert_allclose(rates("wsd", steps=20), [1] * 19 + [0.5], rtol=1e-12)


def test_wsd_exponential_and_polynomial(rates):
    exponential = rates({"kind": "wsd", "cooldown": 4, "shape": "exponential", "to": "1%"}, steps=6)
    assert_allclose(exponential, [1, 1, *(0.01 ** (k / 4) for k in range(4))], rtol=1e-12)
    cubic = rates({"kind": "wsd", "cooldown": 4, "shape": "polynomial", "power": 3}, steps=6)
    assert_allclose(cubic, [1, 1, 1, 27 / 64, 1 / 8, 1 / 64], rtol=1e-12)


@pytest.mark.parametrize(
    ("fields", "expected", "end"),
    [
        ({"cooldown": 0}, [1, 1, 1, 1], 0),
        ({"cooldown": 4}, [1, 0.75, 0.5, 0.25], 0),
        ({"warmup": 0, "cooldown": 2}, [1, 1, 1, 0.5], 0),
        ({"warmup": 4, "cooldown": 0}, [0, 0.25, 0.5, 0.75], 0),
        ({"warmup": 2, "cooldown": 2}, [0, 0.5, 1, 0.5], 0),
        ({"warmup": {"for": 2, "skip_zero": True}, "cooldown": 1, "to": 0.5}, [0.5, 1, 1, 1], 0.5),
        ({"warmup": "50%", "from": 2, "cooldown": 1}, [0, 1, 2, 2], 0),
        ({"cooldown": 2, "to": "100%"}, [1, 1, 1, 1], 1),
    ],
)
def test_wsd_of_four_updates(fields, expected, end, load):
    schedule = load({"kind": "wsd", **fields}, steps=4)
    assert_allclose(schedule.lr, expected, rtol=1e-12)
    assert schedule(4) == schedule(5) == end


def test_wsd_of_a_single_update(rates):
    assert rates({"kind": "wsd", "cooldown": 1}, steps=1).tolist() == [1]


def test_wsd_needs_room(refuse):
    refuse({"kind": "wsd", "warmup": 6, "cooldown": 5}, "no-room", "take 11 updates, and there are 10")


# torch 2.13.0 OneCycleLR(max_lr=0.1, total_steps=20, pct_start=0.3): its rise takes 0.3·20 − 1 = 5 updates, a
# quarter of them, and it reaches its end at the last one.
QUARTER = {"kind": "one_cycle", "pct_start": 0.25, "inclusive": True}
LR = [
    0.0040000000000000036, 0.013167184270002533, 0.037167184270002526, 0.06683281572999747, 0.09083281572999748,
    0.1, 0.09874640062350874, 0.09504846320134738, 0.089091617757105, 0.0811745653949763, 0.07169430017913009,
    0.06112620219362893, 0.0500002, 0.03887419780637107, 0.028306099820869922, 0.0188258346050237,
    0.010908782242895003, 0.004951936798652629, 0.0012539993764912555, 4e-07,
]  # fmt: skip
MOMENTUM = [
    0.95, 0.9404508497187474, 0.9154508497187474, 0.8845491502812526, 0.8595491502812526,
    0.85, 0.8512536043909088, 0.854951556604879, 0.8609084258765984, 0.8688255099070633, 0.878305813044122,
    0.8888739533021842, 0.8999999999999999, 0.9111260466978157, 0.9216941869558779, 0.9311744900929366,
    0.9390915741234015, 0.945048443395121, 0.9487463956090911, 0.95,
]  # fmt: skip
THREE_LR = [  # three_phase=True
    0.0040000000000000036, 0.013167184270002533, 0.037167184270002526, 0.06683281572999747, 0.09083281572999748,
    0.1, 0.09083281572999748, 0.06683281572999747, 0.037167184270002526, 0.013167184270002527,
    0.004, 0.003879397303047659, 0.0035321356773493316, 0.0030001, 0.0023474616256983273, 0.0016529383743016728,
    0.0010003000000000004, 0.000468264322650668, 0.00012100269695234054, 4e-07,
]  # fmt: skip
THREE_MOMENTUM = [*MOMENTUM[:6], *MOMENTUM[4:0:-1], *[0.95] * 10]
LINEAR_LR = [  # anneal_strategy="linear", div_factor=10, final_div_factor=100
    0.01, 0.028000000000000004, 0.046000000000000006, 0.064, 0.082,
    0.1, 0.09286428571428572, 0.08572857142857143, 0.07859285714285714, 0.07145714285714286, 0.06432142857142858,
    0.05718571428571429, 0.050050000000000004, 0.042914285714285724, 0.035778571428571423, 0.02864285714285715,
    0.021507142857142864, 0.014371428571428577, 0.00723571428571429, 0.00010000000000000286,
]  # fmt: skip
LINEAR_MOMENTUM = [
    0.95, 0.9299999999999999, 0.9099999999999999, 0.89, 0.87,
    0.85, 0.8571428571428571, 0.8642857142857142, 0.8714285714285714, 0.8785714285714286, 0.8857142857142857,
    0.8928571428571428, 0.8999999999999999, 0.9071428571428571, 0.9142857142857143, 0.9214285714285714,
    0.9285714285714285, 0.9357142857142857, 0.9428571428571428, 0.95,
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "lr", "momentum"),
    [
        ({}, LR, MOMENTUM),
        ({"three_phase": True}, THREE_LR, THREE_MOMENTUM),
        ({"anneal": "linear", "div_factor": 10, "final_div_factor": 100}, LINEAR_LR, LINEAR_MOMENTUM),
    ],
)
def test_one_cycle_equals_torch(fields, lr, momentum, load):
    schedule = load({**QUARTER, **fields}, steps=20, lr=0.1)
    assert schedule.tracks == ("lr", "momentum")
    found = schedule.evaluate()
    assert_allclose(found["lr"], lr, rtol=1e-12)
    assert_allclose(found["momentum"], momentum, rtol=1e-12)
    after = schedule.at(25)
    assert_allclose([after["lr"], after["momentum"]], [lr[-1], momentum[-1]], rtol=1e-12)


def test_one_cycle_defaults(load):
    schedule = load("one_cycle", steps=10, lr=0.5)
    found = schedule.evaluate()
    half = [(1 + cos(pi * k / 3)) / 2 for k in range(3)]
    fall = [(1 + cos(pi * k / 7)) / 2 for k in range(7)]
    low, last = 0.5 / 25, 0.5 / 25 / 1e4
    expected = [0.5 + (low - 0.5) * r for r in half] + [last + (0.5 - last) * r for r in fall]
    assert_allclose(found["lr"], expected, rtol=1e-12)
    expected = [0.85 + 0.1 * r for r in half] + [0.95 - 0.1 * r for r in fall]
    assert_allclose(found["momentum"], expected, rtol=1e-12)
    assert (schedule(3), schedule(10)) == (0.5, last)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [0.25, 1, 0.625]),
        ({"pct_start": 0}, [1, 0.75, 0.5]),
        ({"pct_start": 1}, [0.25, 0.5, 0.75]),
        ({"pct_start": "50%"}, [0.25, 0.625, 1]),  # of 3 updates, 1.5: nearest, a half goes up
        ({"max": "200%"}, [0.5, 2, 1.25]),
        ({"div_factor": 1, "final_div_factor": 1}, [1, 1, 1]),
        ({"three_phase": True}, [0.25, 1, 0.25]),
    ],
)
def test_one_cycle_of_three_updates(fields, expected, rates):
    schedule = {"kind": "one_cycle", "anneal": "linear", "div_factor": 4, "final_div_factor": 1, **fields}
    assert_allclose(rates(schedule, steps=3), expected, rtol=1e-12)


@pytest.mark.parametrize(("inclusive", "only"), [(False, 1.0), (True, 0.01)])
def test_one_cycle_of_a_single_update(inclusive, only, load):
    schedule = load({"kind": "one_cycle", "div_factor": 10, "final_div_factor": 10, "inclusive": inclusive}, steps=1)
    assert_allclose([schedule(0), schedule(1)], [only, 0.01], rtol=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 11])
@pytest.mark.parametrize("fields", [{}, {"pct_start": 1}, {"three_phase": True, "pct_start": 0.5}, {"pct_start": 0}])
def test_one_cycle_inclusive_has_its_final_value_at_the_last_update(fields, steps, load):
    cycle = {"kind": "one_cycle", "inclusive": True, "div_factor": 10, "final_div_factor": 10, **fields}
    last = load(cycle, steps=steps).at(steps - 1)
    assert_allclose([last["lr"], last["momentum"]], [0.01, 0.95], rtol=1e-12)


def test_one_cycle_of_three_phases_over_an_odd_number_of_updates(rates):
    cycle = {"kind": "one_cycle", "anneal": "linear", "three_phase": True, "pct_start": 0.5, "div_factor": 4}
    assert_allclose(rates(cycle, steps=3), [0.25, 0.625, 1], rtol=1e-12)
    assert_allclose(rates({**cycle, "inclusive": True}, steps=3), [0.25, 0.625, 0.25e-4], rtol=1e-12)


def test_one_cycle_momentum_of_ones_own_and_none(load):
    own = load({"kind": "one_cycle", "anneal": "linear", "pct_start": 0.5, "momentum": {"min": 0.5, "max": 0.9}}, 4)
    assert_allclose(own.evaluate()["momentum"], [0.9, 0.7, 0.5, 0.7], rtol=1e-12)
    assert load({"kind": "one_cycle", "momentum": None}).tracks == ("lr",)


def test_one_cycle_moves_momentum_alone(load, refuse):
    refuse("one_cycle", "conflict", "already moves `momentum`", momentum=0.9)
    both = load({"kind": "one_cycle", "momentum": None}, momentum=0.9)
    assert both.evaluate()["momentum"].tolist() == [0.9] * 10


def test_one_cycle_in_a_sequence_holds_its_momentum_around_it(load):
    cycle = {"kind": "one_cycle", "anneal": "linear", "pct_start": 0.5, "for": 4, "momentum": {"min": 0.5, "max": 0.9}}
    schedule = load([{"kind": "constant", "for": 2}, cycle, {"kind": "constant", "for": 2}], steps=9)
    assert_allclose(schedule.evaluate()["momentum"], [0.9, 0.9, 0.9, 0.7, 0.5, 0.7, 0.9, 0.9, 0.9], rtol=1e-12)


@pytest.mark.parametrize(
    ("fields", "code", "match"),
    [
        ({"three_phase": True, "pct_start": 0.6}, "bad-value", "`pct_start` is at most 1/2"),
        ({"pct_start": 1.5}, "bad-value", "`pct_start` must be"),
        ({"div_factor": 0}, "bad-value", "`div_factor` must be"),
        ({"anneal": "cosine"}, "unknown-choice", "`anneal` must be one of"),
        ({"momentum": 0.9}, "bad-type", "`momentum` must be a mapping"),
        ({"momentum": {"min": -0.1}}, "bad-value", "`min` must be"),
    ],
)
def test_one_cycle_refuses(fields, code, match, refuse):
    refuse({"kind": "one_cycle", **fields}, code, match)
