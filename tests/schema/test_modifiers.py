"""What every decaying kind takes besides its own fields: warmup, cooldown, min, interval."""

from math import cos, pi, sqrt

import pytest
from numpy.testing import assert_allclose

from lrplot.kinds import KINDS

DECAYING = {
    "linear": {"to": 0.2},
    "cosine": {"to": 0.2},
    "polynomial": {"power": 2, "to": 0.2},
    "sqrt": {"to": 0.2},
    "rex": {"to": 0.2},
    "exponential": {"gamma": 0.8},
    "step": {"every": 3, "gamma": 0.5},
    "multistep": {"milestones": [2, 5], "gamma": 0.5},
    "inverse_sqrt": {"timescale": 4},
    "inverse_time": {"rate": 0.5},
    "power_law": {"rate": 0.5, "exponent": 0.75},
    "cosine_restarts": {"period": 3, "mult": 2, "to": 0.2},
    "constant": {},
    "points": {"at": {0: 0.5, 20: 0.1}},
}
COUNTED = {"step", "multistep", "points"}  # from the start of a warmup


def test_every_decaying_kind_is_tested():
    assert set(DECAYING) == {name for name, kind in KINDS.items() if kind.decaying}


@pytest.mark.parametrize("kind", sorted(set(DECAYING) - COUNTED))
def test_the_decay_takes_what_its_ramps_leave(kind, load):
    schedule = {"kind": kind, **DECAYING[kind]}
    alone = load(schedule, steps=7, lr=0.5)
    whole = load({**schedule, "warmup": 3, "cooldown": 2}, steps=12, lr=0.5)
    end = alone(7)
    assert end > 0
    expected = [0, 0.5 / 3, 1 / 3, *alone.lr, end, end / 2]
    assert_allclose(whole.lr, expected, rtol=1e-12)
    assert whole(12) == 0


@pytest.mark.parametrize("kind", sorted(set(DECAYING) - {"multistep", "points"}))
def test_a_warmup_ends_at_the_start_of_the_decay(kind, rates):
    from_ = "value" if kind == "constant" else "from"
    found = rates({"kind": kind, **DECAYING[kind], from_: "50%", "warmup": 2}, steps=3, lr=0.8)
    assert_allclose(found, [0, 0.2, 0.4], rtol=1e-12)


def test_a_warmup_ends_at_the_first_of_values(rates):
    found = rates({"kind": "multistep", "milestones": [3], "values": [0.5, 0.1], "warmup": 2}, steps=4)
    assert_allclose(found, [0, 0.25, 0.5, 0.1], rtol=1e-12)


# Goyal et al. 2017: a warmup of 5 epochs, then a tenth at epochs 30, 60 and 80 of 90
DROPS = [
    ({"kind": "step", "every": "30 epochs"}, [30, 60]),
    ({"kind": "multistep", "milestones": ["30 epochs", "60 epochs", "80 epochs"]}, [30, 60, 80]),
    ({"kind": "exponential", "gamma": 0.1, "every": "30 epochs", "staircase": True}, [30, 60]),
]


@pytest.mark.parametrize("warmup", [0, "5 epochs", {"for": "5 epochs", "skip_zero": True}, "29 epochs"])
@pytest.mark.parametrize(("schedule", "drops"), DROPS)
def test_a_drop_at_epoch_30_is_at_epoch_30_whatever_the_warmup(schedule, drops, warmup, load):
    run = load({**schedule, "warmup": warmup, "cooldown": "5 epochs"}, None, 0.1, epochs=90, steps_per_epoch=10)
    for number, epoch in enumerate(drops):
        assert_allclose([run(epoch * 10 - 1), run(epoch * 10)], [0.1 * 0.1**number, 0.1 * 0.1 ** (number + 1)])


@pytest.mark.parametrize(("schedule", "drops"), DROPS)
def test_in_a_list_the_clock_starts_with_the_phase(schedule, drops, load):
    for phases in (
        [{"kind": "warmup", "for": "5 epochs"}, schedule],
        [{"kind": "constant", "for": "5 epochs"}, {**schedule, "warmup": "3 epochs"}],
    ):
        run = load(phases, None, 0.1, epochs=95, steps_per_epoch=10)
        epoch = drops[0] + 5
        assert_allclose([run(epoch * 10 - 1), run(epoch * 10)], [0.1, 0.01])


def test_a_milestone_within_the_warmup_has_passed_when_it_ends(rates):
    # as tensorflow/tpu's EfficientNet: the warmup leads to the base, then the staircase is where it would be
    found = rates({"kind": "step", "every": 2, "gamma": 0.5, "warmup": 4}, steps=7)
    assert_allclose(found, [0, 0.25, 0.5, 0.75, 0.25, 0.25, 0.125], rtol=1e-12)


def test_times_that_are_no_milestones_count_from_the_end_of_the_warmup(rates):
    for schedule, expected in (
        ({"kind": "exponential", "gamma": 0.5, "every": 2}, [1, 0.5**0.5, 0.5]),
        ({"kind": "inverse_time", "rate": 1, "every": 2}, [1, 1 / 1.5, 1 / 2]),
        ({"kind": "cosine_restarts", "period": 2}, [1, 0.5, 1]),
        ({"kind": "exponential", "to": 0.25}, [1, 0.25 ** (1 / 3), 0.25 ** (2 / 3)]),
    ):
        assert_allclose(rates({**schedule, "warmup": 3}, steps=6)[3:], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"warmup": 0}, [1, 0.75, 0.5, 0.25]),
        ({"cooldown": 0, "to": 0.2}, [1, 0.8, 0.6, 0.4]),
        ({"warmup": 0, "cooldown": 0}, [1, 0.75, 0.5, 0.25]),
        ({"warmup": 4}, [0, 0.25, 0.5, 0.75]),
        ({"warmup": "100%"}, [0, 0.25, 0.5, 0.75]),
        ({"warmup": 1}, [0, 1, 2 / 3, 1 / 3]),
        ({"warmup": 3}, [0, 1 / 3, 2 / 3, 1]),
        ({"cooldown": 4, "to": 0.5}, [0.5, 0.375, 0.25, 0.125]),
        ({"cooldown": 1, "to": 0.4}, [1, 0.8, 0.6, 0.4]),
        ({"warmup": 2, "cooldown": 2, "to": 0.5}, [0, 0.5, 0.5, 0.25]),
        ({"warmup": "1 epochs", "cooldown": "1 epochs"}, [0, 0.5, 0, 0]),
        ({"warmup": 2, "inclusive": True}, [0, 0.5, 1, 0]),
        ({"warmup": 3, "inclusive": True, "to": 0.5}, [0, 1 / 3, 2 / 3, 0.5]),
        ({"warmup": {"for": 2}}, [0, 0.5, 1, 0.5]),
        ({"warmup": {"for": 2, "from": "50%"}}, [0.5, 0.75, 1, 0.5]),
        ({"warmup": {"for": 2, "from": 2}}, [2, 1.5, 1, 0.5]),
        ({"warmup": {"for": 2, "skip_zero": True}}, [0.5, 1, 1, 0.5]),
        ({"warmup": {"for": 2, "shape": "cosine"}}, [0, 0.5, 1, 0.5]),
        ({"warmup": {"for": 2, "shape": "sqrt"}}, [0, sqrt(0.5), 1, 0.5]),
        ({"warmup": {"for": 2, "shape": "polynomial"}}, [0, 0.25, 1, 0.5]),
        ({"warmup": {"for": 2, "shape": "polynomial", "power": 3}}, [0, 0.125, 1, 0.5]),
        ({"warmup": {"for": 2, "shape": "exponential", "from": "1%"}}, [0.01, 0.1, 1, 0.5]),
        ({"warmup": None, "cooldown": None}, [1, 0.75, 0.5, 0.25]),
        ({"cooldown": {"for": 2}, "to": 0.5}, [1, 0.75, 0.5, 0.25]),
        ({"cooldown": {"for": 2, "to": 0.1}, "to": 0.5}, [1, 0.75, 0.5, 0.3]),
        ({"cooldown": {"for": 2, "from": "80%", "to": "40%"}}, [1, 0.5, 0.8, 0.6]),
        ({"cooldown": {"for": 2, "shape": "sqrt"}, "to": 0.5}, [1, 0.75, 0.5, 0.5 * (1 - sqrt(0.5))]),
        ({"cooldown": {"for": 2, "shape": "polynomial"}, "to": 0.4}, [1, 0.7, 0.4, 0.1]),
        ({"cooldown": {"for": 2, "shape": "exponential", "to": 0.005}, "to": 0.5}, [1, 0.75, 0.5, 0.05]),
        ({"min": 0.6}, [1, 0.75, 0.6, 0.6]),
        ({"min": "60%"}, [1, 0.75, 0.6, 0.6]),
        ({"min": 2}, [2, 2, 2, 2]),
        ({"min": 0.6, "warmup": 2}, [0, 0.5, 1, 0.6]),
        ({"min": 0.6, "cooldown": 2}, [1, 0.6, 0.6, 0.3]),
    ],
)
def test_linear_with_ramps_in_four_updates(fields, expected, rates):
    assert_allclose(rates({"kind": "linear", **fields}, steps=4, steps_per_epoch=2), expected, rtol=1e-12)


def test_ramps_in_a_run_of_one_update(rates):
    assert rates({"kind": "cosine", "warmup": 1}, steps=1).tolist() == [0]
    assert rates({"kind": "cosine", "warmup": {"for": 1, "skip_zero": True}}, steps=1).tolist() == [1]
    assert rates({"kind": "cosine", "cooldown": 1, "to": 0.5}, steps=1).tolist() == [0.5]


def test_the_run_ends_with_its_last_ramp(load):
    assert load({"kind": "linear", "to": 0.3, "warmup": 10})(10) == 0.3
    assert load({"kind": "linear", "to": 0.3, "cooldown": {"for": 4, "to": 0.1}})(10) == 0.1
    assert load({"kind": "linear", "to": 0.3, "min": 0.5})(10) == 0.5


@pytest.mark.parametrize(
    ("schedule", "code", "match"),
    [
        (
            {"kind": "cosine", "warmup": 11},
            "no-room",
            "nothing is left for `cosine`: .* take 11 updates, and there are 10",
        ),
        ({"kind": "cosine", "warmup": 6, "cooldown": 5}, "no-room", "take 11 updates, and there are 10"),
        ({"kind": "cosine", "cooldown": "110%"}, "no-room", "take 11 updates, and there are 10"),
        ([{"kind": "cosine", "for": 5, "warmup": 6}], "no-room", "take 6 updates, and there are 5"),
        ({"kind": "cosine", "warmup": {"from": 0.1}}, "missing-field", "`warmup` needs `for`"),
        ({"kind": "cosine", "warmup": {"for": 2, "to": 1}}, "unknown-field", "`warmup` has no field `to`"),
        ({"kind": "cosine", "warmup": {"for": 2, "shape": "exponential"}}, "bad-value", "never reaches 0: `from`"),
        ({"kind": "cosine", "cooldown": {"for": 2, "shape": "exponential"}}, "bad-value", "never reaches 0"),
        ({"kind": "cosine", "warmup": -1}, "bad-value", "`warmup` must not be negative"),
        ({"kind": "cyclic", "up": 2, "warmup": 1}, "unknown-field", "`cyclic` has no field `warmup`"),
        ({"kind": "warmup", "cooldown": 1}, "unknown-field", "`warmup` has no field `cooldown`"),
        ({"kind": "cosine", "interval": "epochs"}, "unknown-choice", "`interval` must be one of"),
        ({"kind": "cosine", "interval": "epoch"}, "missing-conversion", "`steps_per_epoch` is missing"),
    ],
)
def test_faulty_ramps_are_refused(schedule, code, match, refuse):
    refuse(schedule, code, match)


def test_a_ramp_in_a_phase_comes_out_of_its_length(rates):
    phases = [
        {"kind": "constant", "value": 0.5, "for": 2},
        {"kind": "linear", "from": 1, "warmup": 2, "for": 6},
        "constant",
    ]
    assert_allclose(rates(phases), [0.5, 0.5, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0, 0], rtol=1e-12)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ({"kind": "constant", "warmup": 2}, [0, 0, 0, 0.5, 1, 1, 1]),
        ({"kind": "linear", "warmup": 2}, [0, 0, 0, 0.5, 1, 2 / 3, 1 / 3]),
        ({"kind": "constant", "warmup": {"for": 2, "from": "10%"}}, [0, 0, 0.1, 0.55, 1, 1, 1]),
        ({"kind": "constant", "value": "50%", "warmup": 2}, [0, 0, 0, 0.25, 0.5, 0.5, 0.5]),
        ({"kind": "multistep", "milestones": [4], "warmup": 2}, [0, 0, 0, 0.5, 1, 1, 0.1]),
        ({"kind": "wsd", "warmup": 2, "cooldown": 2}, [0, 0, 0, 0.5, 1, 1, 0.5]),
        ({"kind": "constant", "warmup": 0}, [0, 0, 1, 1, 1, 1, 1]),
        ({"kind": "constant", "warmup": None}, [0] * 7),
        ("constant", [0] * 7),
    ],
)
def test_a_phase_after_one_at_0_with_a_warmup_of_its_own_leads_to_the_base(phase, expected, rates):
    phases = [{"kind": "constant", "value": 0, "for": 2}, phase]
    assert_allclose(rates(phases, steps=7), expected, rtol=1e-12)


def test_a_warmup_of_its_own_climbs_from_where_the_phase_before_ended(rates):
    phases = [{"kind": "linear", "for": 2, "to": "50%"}, [{"kind": "linear", "warmup": 2}]]
    assert_allclose(rates(phases, steps=6), [1, 0.75, 0.5, 0.75, 1, 0.5], rtol=1e-12)


@pytest.mark.parametrize("of", [{"kind": "linear", "warmup": 2, "for": 4}, [{"kind": "linear", "warmup": 2, "for": 4}]])
def test_each_repetition_warms_up_from_0(of, rates):
    phases = [{"kind": "constant", "for": 2}, {"kind": "repeat", "of": of, "times": 2}]
    assert_allclose(rates(phases), [1, 1, 0, 0.5, 1, 0.5, 0, 0.5, 1, 0.5], rtol=1e-12)
    after_hold = [{"kind": "constant", "value": 0.4, "for": 2}, *([of] if isinstance(of, dict) else of)]
    assert_allclose(
        rates({"kind": "repeat", "of": after_hold, "times": 2}, steps=12),
        [0.4, 0.4, 0.4, 0.7, 1, 0.5] * 2,
        rtol=1e-12,
    )


def test_inverse_sqrt_after_a_warmup_phase_takes_it_for_its_timescale_with_a_cooldown_too(rates):
    phases = [{"kind": "warmup", "for": 4}, {"kind": "inverse_sqrt", "cooldown": 1}]
    assert_allclose(rates(phases, steps=8)[4:7], [1, sqrt(4 / 5), sqrt(4 / 6)], rtol=1e-12)


# until


def test_until_is_a_time_of_the_run(rates):
    phases = [{"kind": "warmup", "for": 2}, {"kind": "constant", "until": "80%"}, "linear"]
    assert_allclose(rates(phases), [0, 0.5, 1, 1, 1, 1, 1, 1, 1, 0.5], rtol=1e-12)


@pytest.mark.parametrize("until", [6, "60%", "3 epochs", "12 samples", "6 steps"])
def test_until_in_every_unit(until, rates):
    phases = [{"kind": "constant", "value": 0.5, "until": until}, {"kind": "constant", "value": 1}]
    found = rates(phases, steps_per_epoch=2, batch_size=2)
    assert found.tolist() == [0.5] * 6 + [1] * 4


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"kind": "linear", "until": 5}, [1, 0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0, 0]),
        ({"kind": "sequence", "of": ["linear"], "until": "50%"}, [1, 0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0, 0]),
        ({"kind": "product", "of": [{"kind": "linear", "until": 5}]}, [1, 0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0, 0]),
        ([{"kind": "constant", "until": 5}, {"kind": "linear", "until": 7}], [1, 1, 1, 1, 1, 1, 0.5, 0, 0, 0]),
        ([{"kind": "linear", "until": 20}], [1 - t / 20 for t in range(10)]),
        ([{"kind": "constant", "for": 4}, [{"kind": "linear", "until": 6}, "constant"]], [1] * 5 + [0.5] + [0] * 4),
        ([{"kind": "constant", "for": 4}, {"kind": "linear", "until": 4, "to": 0.5}, "constant"], [1] * 4 + [0.5] * 6),
        (
            [{"use": "torch.ConstantLR", "factor": 0.5, "until": 3}, {"kind": "constant", "value": 1}],
            [0.5] * 3 + [1] * 7,
        ),
    ],
)
def test_until_ends_a_schedule(schedule, expected, rates):
    assert_allclose(rates(schedule), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("schedule", "code", "match"),
    [
        ({"kind": "linear", "for": 3, "until": 5}, "conflict", "`until` cannot be combined with `for`"),
        (
            [{"kind": "constant", "for": 5}, {"kind": "linear", "until": "20%"}],
            "bad-value",
            "`20%` is update 2, before the phase starts at 5",
        ),
        (["constant", {"kind": "linear", "until": 5}], "bad-value", "does not start at one known update"),
        ({"kind": "repeat", "of": {"kind": "linear", "until": 5}}, "bad-value", "does not start at one known update"),
        ({"kind": "linear", "until": "rest"}, "bad-type", "`until` must be a time of the run"),
        ({"kind": "linear", "until": 0.8}, "not-whole", "`0.8` steps is not a whole number"),
        ({"kind": "linear", "until": -1}, "bad-value", "`until` must not be negative"),
        ({"kind": "linear", "until": "3 epochs"}, "missing-conversion", "`steps_per_epoch` is missing"),
        ({"kind": "linear", "for": "until 80%"}, "bad-type", "`for` must be a duration"),
    ],
)
def test_a_faulty_until_is_refused(schedule, code, match, refuse):
    refuse(schedule, code, match)


def test_for_until_leads_to_until(diagnostics):
    (found,) = diagnostics("steps: 10\nlr: 1\nschedule: {kind: linear, for: until 80%}\n")
    assert found.help == "write `until: 80%` instead of `for`"


# Published schedules


def test_bert(load):
    # Devlin et al. 2019, app. A.2: warmup over the first 10,000 steps to 1e-4, then linear decay, 1,000,000 in all
    schedule = load({"kind": "linear", "warmup": 10_000}, 1_000_000, 1e-4)
    steps = [0, 1, 9_999, 10_000, 10_001, 505_000, 999_999]
    expected = [1e-4 * min(t / 10_000, (1_000_000 - t) / 990_000) for t in steps]
    assert_allclose([schedule(t) for t in steps], expected, rtol=1e-12)
    assert schedule(1_000_000) == 0


def test_gpt_3(load):
    # Brown et al. 2020, app. B: warmup over 375M tokens, cosine to 10% over 260B, then on at 10%; batch of 2M
    phases = [
        {"kind": "warmup", "for": "375M tokens"},
        {"kind": "cosine", "for": "260B tokens", "to": "10%"},
        "constant",
    ]
    schedule = load(phases, None, 1e-4, tokens="300B", tokens_per_step="2M")
    assert schedule.steps == 150_000
    warm, stop = 188, 130_188  # 187.5 updates: a half goes up

    def by_hand(t):
        if t < warm:
            return 1e-4 * t / warm
        return 1e-5 + 9e-5 * (1 + cos(pi * (t - warm) / 130_000)) / 2 if t < stop else 1e-5

    steps = [0, 1, warm - 1, warm, warm + 1, 65_188, stop - 1000, stop, stop + 1, 149_999, 150_000]
    assert_allclose([schedule(t) for t in steps], [by_hand(t) for t in steps], rtol=1e-12)


def test_llama(load):
    # Touvron et al. 2023, sec. 2.3: 2,000 warmup steps, cosine to 10% of 3e-4
    schedule = load({"kind": "cosine", "warmup": 2000, "to": "10%"}, 250_000, 3e-4)
    steps = [0, 1000, 1999, 2000, 2001, 126_000, 249_000]
    expected = [
        3e-4 * t / 2000 if t < 2000 else 3e-5 + 2.7e-4 * (1 + cos(pi * (t - 2000) / 248_000)) / 2 for t in steps
    ]
    assert_allclose([schedule(t) for t in steps], expected, rtol=1e-12)
    assert schedule(250_000) == 3e-5


def test_warmup_and_cosine_equal_torch(rates):
    # torch 2.13.0 SequentialLR([LinearLR(start_factor=0.25, total_iters=3), CosineAnnealingLR(T_max=6, eta_min=0.001)],
    # milestones=[3]), lr = 0.1
    expected = [
        0.025, 0.05, 0.07500000000000001,
        0.1, 0.09336825748732973, 0.07525000000000001, 0.0505, 0.025750000000000012, 0.007631742512670284, 0.001,
    ]  # fmt: skip
    phases = [{"kind": "cosine", "to": 0.001, "warmup": {"for": 3, "from": "25%"}, "for": 9}]
    assert_allclose(rates(phases, lr=0.1), expected, rtol=1e-12)


def test_constant_then_linear(load):
    # He et al. 2019, the second half of CycleGAN's training: constant for 100 epochs, then linear to zero over 100
    schedule = load(
        [{"kind": "constant", "for": "100 epochs"}, {"kind": "linear", "for": "100 epochs"}],
        None, 2e-4, epochs=200, steps_per_epoch=1067,
    )  # fmt: skip
    steps = [0, 106_699, 106_700, 106_701, 160_050, 213_399, 213_400]
    expected = [2e-4 * min(1, (213_400 - t) / 106_700) for t in steps]
    assert_allclose([schedule(t) for t in steps], expected, rtol=1e-12)


# interval: epoch


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"kind": "linear"}, [1, 1, 1, 0.7, 0.7, 0.7, 0.4, 0.4, 0.4, 0.1]),
        ({"kind": "linear", "warmup": 6}, [0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1, 0.25]),
        ({"kind": "step", "every": 4}, [1, 1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01]),
        ({"kind": "linear", "min": 0.5}, [1, 1, 1, 0.7, 0.7, 0.7, 0.5, 0.5, 0.5, 0.5]),
        ({"kind": "repeat", "of": {"kind": "linear", "for": 4}}, [1, 1, 1, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.75]),
    ],
)
def test_interval_epoch_evaluates_at_epoch_starts(schedule, expected, rates):
    assert_allclose(rates({**schedule, "interval": "epoch"}, steps_per_epoch=3), expected, rtol=1e-12)
    assert_allclose(rates(schedule, steps_per_epoch=3, interval="epoch"), expected, rtol=1e-12)


def test_interval_epoch_equals_a_scheduler_stepped_once_an_epoch(load):
    # torch 2.13.0 CosineAnnealingLR(T_max=8, eta_min=0.01), lr = 0.1
    epochs = [0.1, 0.0965745789630079, 0.08681980515339463, 0.07222075445642905,
              0.055, 0.03777924554357096, 0.023180194846605363, 0.013425421036992097]  # fmt: skip
    schedule = load(
        {"kind": "cosine", "to": 0.01}, None, 0.1, epochs=8, dataset_size=99, batch_size=20, interval="epoch"
    )
    assert_allclose(schedule.lr, [value for value in epochs for _ in range(5)], rtol=1e-12)
    assert schedule(40) == 0.01


def test_interval_epoch_in_a_phase_counts_the_runs_epochs(rates):
    # From step 2 on the line 1 − t/8; epochs begin at 4 and 8.
    phases = [{"kind": "constant", "for": 2}, {"kind": "linear", "interval": "epoch"}]
    assert_allclose(rates(phases, steps_per_epoch=4), [1, 1, 1, 1, *[0.75] * 4, 0.25, 0.25], rtol=1e-12)


def test_interval_epoch_holds_momentum_too(load):
    cycle = {"kind": "one_cycle", "anneal": "linear", "pct_start": 0.5, "momentum": {"min": 0.5, "max": 0.9}}
    schedule = load({**cycle, "interval": "epoch"}, steps=8, steps_per_epoch=2)
    assert_allclose(schedule.evaluate()["momentum"], [0.9, 0.9, 0.7, 0.7, 0.5, 0.5, 0.7, 0.7], rtol=1e-12)


def test_interval_epoch_changes_nothing_if_a_step_is_an_epoch(rates):
    plain = rates("cosine", None, epochs=7)
    assert rates("cosine", None, epochs=7, interval="epoch").tolist() == plain.tolist()
