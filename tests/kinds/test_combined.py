"""sequence, product and repeat."""

from math import cos, pi

import pytest
from numpy.testing import assert_allclose

LINE = {"kind": "linear", "from": 1, "to": 0}


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        # `from` is where the phase before ended, the base at the start
        (
            [{"kind": "linear", "to": 0.5, "for": 2}, {"kind": "linear", "to": 0.1, "for": 4}, "linear"],
            [1, 0.75, 0.5, 0.4, 0.3, 0.2, 0.1, 0.075, 0.05, 0.025],
        ),
        ([{"kind": "warmup", "for": 4}, "constant"], [0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1]),
        ([{"kind": "warmup", "to": "50%", "for": 4}, "constant"], [0, 0.125, 0.25, 0.375, *[0.5] * 6]),
        # a jump where `from` says so
        ([{"kind": "linear", "for": 5}, LINE], [1, 0.8, 0.6, 0.4, 0.2] * 2),
        # a staircase hands on the value before its next drop, an inclusive anneal its end
        ([{"kind": "step", "every": 2, "gamma": 0.5, "for": 4}, "constant"], [1, 1, *[0.5] * 8]),
        ([{"kind": "linear", "to": 0.5, "inclusive": True, "for": 2}, "constant"], [1, *[0.5] * 9]),
        ([{"kind": "exponential", "gamma": 0.5, "for": 2}, "constant"], [1, 0.5, *[0.25] * 8]),
        ([{"kind": "cosine_restarts", "period": 2, "for": 4}, {"kind": "linear", "to": 1}],
         [1, 0.5, 1, 0.5, 0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6]),
        # what ends early holds
        ([{"kind": "linear", "to": 0.2, "for": 4}], [1, 0.8, 0.6, 0.4, *[0.2] * 6]),
        ([{"kind": "linear", "to": 0.2, "for": 4}, {"kind": "linear", "to": 0, "for": 2}],
         [1, 0.8, 0.6, 0.4, 0.2, 0.1, *[0] * 4]),
        # one phase takes the rest, wherever it stands
        (["constant", {"kind": "linear", "for": 4}], [*[1] * 6, 1, 0.75, 0.5, 0.25]),
        ([{"kind": "constant", "for": "rest"}, {"kind": "linear", "for": 5}], [*[1] * 5, 1, 0.8, 0.6, 0.4, 0.2]),
        ([{"kind": "constant", "for": 4}, "linear", {"kind": "constant", "value": 0.5, "for": 4}],
         [1, 1, 1, 1, 1, 0.5, *[0.5] * 4]),
        ([{"kind": "constant", "value": 0.5, "for": 10}, "linear"], [0.5] * 10),
        # what is too long is cut at the run's end
        ([{"kind": "constant", "for": 6}, {"kind": "linear", "for": 8}], [*[1] * 6, 1, 0.875, 0.75, 0.625]),
        ([{"kind": "constant", "for": 12}, {"kind": "linear", "for": 8}], [1] * 10),
        # phases of no length
        ([{"kind": "constant", "value": 7, "for": 0}, "constant"], [7] * 10),
        ([{"kind": "warmup", "for": 0}, {"kind": "linear", "for": 0, "to": 0.5}, "constant"], [0.5] * 10),
        # sequences nest
        ([[{"kind": "warmup", "for": 2}, {"kind": "constant", "for": 3}], "linear"],
         [0, 0.5, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2]),
        ([{"kind": "sequence", "of": [{"kind": "linear", "to": 0.5, "for": 2}], "for": 4}, "linear"],
         [1, 0.75, 0.5, 0.5, 0.5, 2.5 / 6, 2 / 6, 1.5 / 6, 1 / 6, 0.5 / 6]),
        ([{"kind": "sequence", "of": [{"kind": "linear", "for": 10}], "for": 5}, "constant"],
         [1, 0.9, 0.8, 0.7, 0.6, *[0.5] * 5]),
    ],
)  # fmt: skip
def test_sequence(phases, expected, rates):
    assert_allclose(rates(phases), expected, rtol=1e-12)
    assert_allclose(rates({"kind": "sequence", "of": phases}), expected, rtol=1e-12)


def test_boundaries_are_where_they_are_said_to_be(load):
    phases = [{"kind": "warmup", "for": 100}, {"kind": "constant", "for": 300}, {"kind": "cosine", "to": "10%"}]
    schedule = load(phases, steps=1000, lr=0.2)
    half = [(1 + cos(pi * k / 600)) / 2 for k in (1, 599)]
    expected = {
        99: 0.2 * 99 / 100, 100: 0.2, 101: 0.2,
        399: 0.2, 400: 0.2, 401: 0.02 + 0.18 * half[0],
        999: 0.02 + 0.18 * half[1], 1000: 0.02, 1001: 0.02,
    }  # fmt: skip
    assert_allclose([schedule(step) for step in expected], list(expected.values()), rtol=1e-12)


def test_the_end_is_where_the_run_cuts_a_phase(load):
    schedule = load([{"kind": "linear", "for": 20}])
    assert_allclose([schedule(9), schedule(10), schedule(11), schedule(25)], [0.55, 0.5, 0.5, 0.5], rtol=1e-12)


def test_durations_in_a_sequence(rates):
    phases = [
        {"kind": "warmup", "for": "25%"},
        {"kind": "constant", "for": "1 epochs"},
        {"kind": "constant", "value": 3, "for": "64 samples"},
        {"kind": "constant", "value": 4, "for": "6k tokens"},
        {"kind": "constant", "value": 5},
    ]
    found = rates(phases, steps=16, steps_per_epoch=3, batch_size=32, tokens_per_step="2k")
    assert_allclose(found, [0, 0.25, 0.5, 0.75, *[1] * 3, *[3] * 2, *[4] * 3, *[5] * 4], rtol=1e-12)


def test_percentages_are_of_the_run_and_of_the_base(rates):
    # not of the phase, and not of where it starts
    inner = [{"kind": "constant", "value": "50%", "for": "20%"}, {"kind": "linear", "to": "10%", "for": "40%"}]
    found = rates([{"kind": "sequence", "of": inner}, "constant"], lr=2)
    assert_allclose(found, [1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2, 0.2], rtol=1e-12)


@pytest.mark.parametrize(
    ("phases", "code", "match"),
    [
        (["constant", "linear"], "no-room", "only one phase can take the rest, not both `constant` and `linear`"),
        ([{"kind": "warmup", "for": "rest"}, "cosine"], "no-room", "not both `warmup` and `cosine`"),
        ([{"kind": "warmup", "for": 11}, "cosine"], "no-room", r"left for `cosine`: .* 11 updates, and there are 10"),
        ([{"kind": "warmup", "for": 6}, "cosine", {"kind": "linear", "for": "50%"}], "no-room", "take 11 updates"),
        ([], "bad-value", "at least one phase"),
        ([{"for": 3}], "missing-field", "a schedule needs `kind`"),
        ([{"kind": "cosin"}], "unknown-kind", "no kind `cosin`"),
        ([{"kind": "cosine", "for": -1}], "bad-value", "`for` must not be negative"),
        ([{"kind": "cosine", "for": 1.5}], "not-whole", "not a whole number"),
    ],
)  # fmt: skip
def test_sequence_refuses(phases, code, match, refuse):
    refuse(phases, code, match)


def test_rest_is_for_a_length_only(refuse):
    refuse([{"kind": "linear", "warmup": "rest"}], "bad-type", "`warmup` must be a duration")


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"of": ["linear"]}, [1, 0.75, 0.5, 0.25]),
        ({"of": ["linear", "linear"]}, [1, 0.5625, 0.25, 0.0625]),
        ({"of": [{"kind": "warmup", "for": 2}, {"kind": "step", "every": 2, "gamma": 0.1}]}, [0, 0.5, 0.1, 0.1]),
        ({"of": [{"kind": "constant", "value": "50%"}, "linear"], "from": 8}, [4, 3, 2, 1]),
        ({"of": [{"kind": "constant", "value": 3}, {"kind": "constant", "value": 2}]}, [6] * 4),
        ({"of": [{"kind": "linear", "warmup": 2}, {"kind": "constant", "value": 2}]}, [0, 1, 2, 1]),
        ({"of": []}, [1] * 4),
        ({"of": [{"kind": "linear", "for": 2}, {"kind": "constant", "value": 2}]}, [2, 1, 0, 0]),
        ({"of": [[{"kind": "warmup", "for": 2}, "constant"], {"kind": "step", "every": 3}]}, [0, 0.5, 1, 0.1]),
    ],
)
def test_product(schedule, expected, rates):
    found = rates({"kind": "product", **schedule}, steps=4, lr=2)
    scale = 1 if "from" in schedule else 2
    assert_allclose(found, [scale * value for value in expected], rtol=1e-12)


def test_product_of_chained_schedulers(rates):
    # torch 2.13.0 ChainedScheduler([ConstantLR(factor=0.1, total_iters=2), ExponentialLR(gamma=0.9)])
    of = [{"kind": "multistep", "milestones": [2], "values": [0.1, 1]}, {"kind": "exponential", "gamma": 0.9}]
    found = rates({"kind": "product", "of": of}, steps=5, lr=1)
    assert_allclose(found, [0.1, 0.09, 0.81, 0.729, 0.6561], rtol=1e-12)


def test_product_ends_where_its_factors_do(load):
    schedule = load({"kind": "product", "of": [{"kind": "linear", "to": 0.5}, {"kind": "step", "every": 5}]})
    assert_allclose([schedule(9), schedule(10)], [0.055, 0.05], rtol=1e-12)


@pytest.mark.parametrize(
    ("schedule", "expected", "end"),
    [
        ({"of": "linear", "times": 2}, [1, 0.8, 0.6, 0.4, 0.2] * 2, 0),
        ({"of": "linear", "times": 1}, [1 - t / 10 for t in range(10)], 0),
        ({"of": "linear", "times": 10}, [1] * 10, 0),
        ({"of": {"kind": "linear", "for": 4}}, [1, 0.75, 0.5, 0.25, 1, 0.75, 0.5, 0.25, 1, 0.75], 0.5),
        ({"of": {"kind": "linear", "for": 4}, "times": 2}, [1, 0.75, 0.5, 0.25, 1, 0.75, 0.5, 0.25, 0, 0], 0),
        ({"of": {"kind": "linear", "for": 4}, "times": 9}, [1, 0.75, 0.5, 0.25, 1, 0.75, 0.5, 0.25, 1, 0.75], 0.5),
        ({"of": "linear", "times": 3}, [1, 2 / 3, 1 / 3, 1, 2 / 3, 1 / 3, 1, 2 / 3, 1 / 3, 0], 0),  # 10/3, nearest
        ({"of": {"kind": "linear", "for": "20%"}}, [1, 0.5] * 5, 0),
        ({"of": [{"kind": "warmup", "for": 2}, {"kind": "linear", "for": 3}]}, [0, 0.5, 1, 2 / 3, 1 / 3] * 2, 0),
        ({"of": {"kind": "step", "every": 2, "gamma": 0.5, "for": 5}}, [1, 1, 0.5, 0.5, 0.25] * 2, 0.25),
        ({"of": {"kind": "linear", "for": 1}}, [1] * 10, 0),
        ({"of": {"kind": "repeat", "of": {"kind": "linear", "for": 2}, "times": 2}}, [1, 0.5] * 5, 0),
    ],
)
def test_repeat(schedule, expected, end, load):
    repeated = load({"kind": "repeat", **schedule})
    assert_allclose(repeated.lr, expected, rtol=1e-12)
    assert_allclose([repeated(10), repeated(11), repeated(23)], [end] * 3, rtol=1e-12)


def test_repeat_in_a_sequence_lasts_as_long_as_its_times(rates):
    phases = [{"kind": "repeat", "of": {"kind": "linear", "for": 2, "to": 0.5}, "times": 3}, "linear"]
    assert_allclose(rates(phases), [1, 0.75, 1, 0.75, 1, 0.75, 0.5, 0.375, 0.25, 0.125], rtol=1e-12)


def test_repeat_of_cycles_brings_their_momentum(load):
    cycle = {"kind": "one_cycle", "anneal": "linear", "pct_start": 0.5, "momentum": {"min": 0.5, "max": 0.9}}
    schedule = load({"kind": "repeat", "of": cycle, "times": 2}, steps=8)
    assert_allclose(schedule.evaluate()["momentum"], [0.9, 0.7, 0.5, 0.7] * 2, rtol=1e-12)


@pytest.mark.parametrize(
    ("schedule", "code", "match"),
    [
        ({}, "missing-field", "`repeat` needs `of`"),
        ({"of": "linear"}, "missing-field", "`repeat` needs `times`"),
        ({"of": "linear", "times": 0}, "bad-value", "`times` must be at least 1"),
        ({"of": "linear", "times": 2.5}, "not-whole", "`times` must be a whole number"),
        ({"of": "linear", "times": 30}, "bad-value", "shorter than one update"),
        ({"of": {"kind": "linear", "for": 0}}, "bad-value", "shorter than one update"),
        ({"of": {"kind": "linear", "for": 4, "interval": "epoch"}}, "bad-value", "put `interval` on `repeat`"),
    ],
)
def test_repeat_refuses(schedule, code, match, refuse):
    refuse({"kind": "repeat", **schedule}, code, match, steps_per_epoch=2)
