"""optax's schedules: values computed by hand, segments, refusals, and import paths."""

import numpy as np
import pytest
from frameworks.outlines import segments

import lrplot
from lrplot.curves.roles import Role


@pytest.fixture
def optax(use):
    """Load a schedule over a run of 20 steps."""
    return lambda name, steps=20, spec=None, **arguments: use(
        f"optax.{name}", steps=steps, lr=None, spec=spec, **arguments
    )


@pytest.fixture
def values(optax):
    return lambda name, *steps, **arguments: optax(name, **arguments).at(np.array(steps))["lr"].tolist()


def flat(value):
    return {"use": "optax.constant_schedule", "value": value}


def test_constant_does_not_use_lr(use):
    assert use("optax.constant_schedule", steps=20, lr=0.1, value=5).lr.tolist() == [5.0] * 20


def test_polynomial_as_in_its_documentation(values):
    # optax documents these counts and values, rounded to four digits.
    some = {"init_value": 1.0, "end_value": 0.01, "transition_steps": 100, "transition_begin": 5, "power": 2}
    found = values("polynomial_schedule", 0, 5, 6, 104, 105, 110, **some)
    assert [f"{value:.4f}" for value in found] == ["1.0000", "1.0000", "0.9803", "0.0101", "0.0100", "0.0100"]


@pytest.mark.parametrize("steps", [0, -3])
def test_without_steps_the_first_value_holds(values, steps):
    some = {"init_value": 1.0, "transition_steps": steps}
    assert values("linear_schedule", 0, 9, end_value=0.5, **some) == [1.0, 1.0]
    assert values("exponential_decay", 0, 9, decay_rate=0.5, **some) == [1.0, 1.0]
    assert values("warmup_constant_schedule", 0, 9, init_value=0.1, peak_value=1, warmup_steps=steps) == [0.1, 0.1]


def test_end_value_bounds_an_exponential_decay(values):
    some = {"init_value": 1.0, "transition_steps": 2, "transition_begin": 3, "end_value": 0.3}
    assert values("exponential_decay", 3, 5, 7, 9, decay_rate=0.5, **some) == [1.0, 0.5, 0.3, 0.3]
    # A bound above the first value is in force from the beginning.
    assert values("exponential_decay", 0, 3, 9, decay_rate=0.5, **{**some, "end_value": 2.0}) == [2.0, 2.0, 2.0]
    assert values("exponential_decay", 0, 5, 7, decay_rate=2.0, **{**some, "end_value": 3.0}) == [1.0, 2.0, 3.0]


def test_piecewise_constants_multiply(values):
    # From the documentation, with 0.1·0.01 = 0.001 at the end.
    some = {"init_value": 1.0, "boundaries_and_scales": {100: 0.1, 200: 0.01}}
    assert values("piecewise_constant_schedule", 50, 99, 100, 150, 250, **some) == [1.0, 1.0, 0.1, 0.1, 0.1 * 0.01]


def test_interpolation_as_in_its_documentation(values):
    some = {"interpolate_type": "linear", "init_value": 1.0, "boundaries_and_scales": {4: 0.1, 8: 0.01}}
    expected = [1.0, 0.55, 0.1, 0.0505, 0.001, 0.001]
    assert values("piecewise_interpolate_schedule", 0, 2, 4, 6, 8, 10, **some) == pytest.approx(expected, rel=1e-15)


def test_one_cycle_truncates_its_boundaries(values):
    some = {"transition_steps": 10, "peak_value": 1.0, "div_factor": 2, "final_div_factor": 5}
    # 0.3·10 = 3 and ⌊0.85·10⌋ = 8; the last value is the first over final_div_factor.
    assert values("linear_onecycle_schedule", 0, 3, 8, 10, 12, **some) == pytest.approx([0.5, 1.0, 0.5, 0.1, 0.1])
    assert values("cosine_onecycle_schedule", 0, 3, 10, **some) == pytest.approx([0.5, 1.0, 0.1])


def test_later_one_of_equal_boundaries_counts(values):
    some = {
        "transition_steps": 4,
        "peak_value": 1.0,
        "div_factor": 2,
        "final_div_factor": 4,
        "pct_start": 0.5,
        "pct_final": 0.6,
    }
    # Both are at step 2: the rise is lost, from 0.5 it falls to 0.25, then to 0.0625.
    assert values("linear_onecycle_schedule", 0, 1, 2, 4, **some) == [0.5, 0.375, 0.25, 0.0625]


def test_decay_steps_count_the_warmup(values):
    some = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 5, "decay_steps": 15, "end_value": 0.2}
    found = values("warmup_cosine_decay_schedule", 0, 1, 5, 10, 15, 19, **some)
    assert found == pytest.approx([0.0, 0.2, 1.0, 0.6, 0.2, 0.2])


def test_an_exponential_decay_begins_after_the_warmup(values):
    some = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 4, "transition_steps": 2, "decay_rate": 0.5}
    assert values("warmup_exponential_decay_schedule", 2, 4, 7, 9, transition_begin=3, **some) == [0.5, 1.0, 1.0, 0.5]


def test_restarts_follow_the_decay_steps_of_the_cycles_before(values):
    cycle = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 2, "decay_steps": 6}
    cycles = [cycle, {**cycle, "peak_value": 0.5, "end_value": 0.1}]
    found = values("sgdr_schedule", 2, 4, 6, 7, 8, 12, 19, cosine_kwargs=cycles)
    assert found == pytest.approx([1.0, 0.5, 0.0, 0.25, 0.5, 0.1, 0.1])


def test_joined_schedules_count_from_their_boundaries(values):
    line = {"use": "optax.linear_schedule", "init_value": 0.0, "end_value": 1.0, "transition_steps": 4}
    some = {"schedules": [flat(0.5), line, flat(0.1)], "boundaries": [3, 6]}
    assert values("join_schedules", 2, 3, 5, 6, **some) == [0.5, 0.0, 0.5, 0.1]
    # Before the run began, two of its four steps had passed.
    assert values("join_schedules", 0, 1, 6, **{**some, "boundaries": [-2, 6]}) == [0.5, 0.75, 0.1]
    # The last schedule whose boundary is reached is in force, whatever the order.
    assert values("join_schedules", 1, 2, 6, **{**some, "boundaries": [6, 2]}) == [0.5, 0.1, 0.1]


HORIZONS = [30, 50, 150]  # of a run of 50 steps
WARMUP = {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 4}


@pytest.mark.parametrize("end", HORIZONS)
@pytest.mark.parametrize(
    ("name", "horizon", "arguments", "start"),
    [
        ("cosine_decay_schedule", "decay_steps", {"init_value": 1.0}, 0),
        ("linear_schedule", "transition_steps", {"init_value": 1.0, "end_value": 0.0}, 0),
        ("polynomial_schedule", "transition_steps", {"init_value": 1.0, "end_value": 0.0, "power": 2}, 0),
        ("warmup_cosine_decay_schedule", "decay_steps", WARMUP, 4),
    ],
)
def test_decay_ends_at_its_horizon(optax, name, horizon, arguments, start, end):
    found = segments(optax(name, 50, **arguments, **{horizon: end}))
    assert found == [
        *([(Role.WARMUP, 0, start, Role.HOLD)] if start else []),
        (Role.DECAY, start, end, Role.HOLD),
        *([(Role.HOLD, 30, 50, None)] if end == 30 else []),
    ]


def test_transition_begins_after_its_delay(optax):
    some = {"init_value": 1.0, "end_value": 0.0, "transition_steps": 10, "transition_begin": 5}
    assert [each[:3] for each in segments(optax("linear_schedule", **some))] == [
        (Role.HOLD, 0, 5),
        (Role.DECAY, 5, 15),
        (Role.HOLD, 15, 20),
    ]


@pytest.mark.parametrize("end", HORIZONS)
@pytest.mark.parametrize("name", ["linear_onecycle_schedule", "cosine_onecycle_schedule"])
def test_one_cycle_ends_at_its_horizon(optax, name, end):
    found = [each for each in segments(optax(name, 50, transition_steps=end, peak_value=1.0)) if each[1] < end]
    assert found[0][:3] == (Role.RISE, 0, int(0.3 * end))
    assert found[-1][0] is Role.DECAY
    assert found[-1][2:] == (end, Role.HOLD)


def test_each_cycle_of_sgdr_is_a_warmup_and_a_decay(optax):
    cycles = [{**WARMUP, "decay_steps": 10}, {**WARMUP, "decay_steps": 20}]
    assert segments(optax("sgdr_schedule", cosine_kwargs=cycles)) == [
        (Role.WARMUP, 0, 4, Role.HOLD),
        (Role.DECAY, 4, 10, Role.HOLD),
        (Role.WARMUP, 10, 14, Role.HOLD),
        (Role.DECAY, 14, 30, Role.HOLD),
    ]


@pytest.mark.parametrize(
    ("staircase", "role"),
    [(False, Role.DECAY), (True, Role.STAIRS)],
)
def test_exponential_decay_has_no_end(optax, staircase, role):
    some = {"transition_steps": 5, "decay_rate": 0.5, "staircase": staircase}
    found = segments(optax("warmup_exponential_decay_schedule", **WARMUP, **some))
    assert found == [(Role.WARMUP, 0, 4, Role.HOLD), (role, 4, 20, None)]


def test_segments_of_joined_schedules_come_from_the_schedules(optax):
    warmup = {"use": "optax.linear_schedule", "init_value": 0, "end_value": 1, "transition_steps": 4}
    decay = {"use": "optax.cosine_decay_schedule", "init_value": 1, "decay_steps": 90}
    schedule = optax("join_schedules", schedules=[warmup, flat(1), decay], boundaries=[4, 8])
    found = schedule.run.tracks["lr"].curve.segments()
    assert [each.origin.name for each in found] == [
        "optax.linear_schedule",
        "optax.constant_schedule",
        "optax.cosine_decay_schedule",
    ]
    assert segments(schedule) == [
        (Role.WARMUP, 0, 4, Role.HOLD),
        (Role.HOLD, 4, 8, None),
        (Role.DECAY, 8, 98, Role.HOLD),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("cosine_decay_schedule", {"init_value": 1, "decay_steps": 0}, "ValueError: .* got decay_steps=0"),
        (
            "warmup_cosine_decay_schedule",
            {"init_value": 0, "peak_value": 1, "warmup_steps": 9, "decay_steps": 5},
            "requires positive decay_steps, got decay_steps=-4",
        ),
        ("linear_onecycle_schedule", {"transition_steps": 0, "peak_value": 1}, "A linear onecycle schedule was set"),
        # optax says linear here too.
        ("cosine_onecycle_schedule", {"transition_steps": 0, "peak_value": 1}, "A linear onecycle schedule was set"),
        ("linear_onecycle_schedule", {"transition_steps": 5, "peak_value": 1, "div_factor": 0}, "ZeroDivisionError"),
        ("cosine_onecycle_schedule", {"transition_steps": 5, "peak_value": 1, "div_factor": -1}, "non-negative scale"),
        (
            "piecewise_constant_schedule",
            {"init_value": 1, "boundaries_and_scales": {3: -0.5}},
            "`piecewise_constant_schedule` expects non-negative scale factors",
        ),
        ("piecewise_interpolate_schedule", {"interpolate_type": "cubic", "init_value": 1}, "`linear`, `cosine`"),
        ("exponential_decay", {"init_value": 1, "transition_steps": 2, "decay_rate": -0.5}, "not finite at step 1"),
        ("sgdr_schedule", {"cosine_kwargs": []}, "IndexError"),
        ("sgdr_schedule", {"cosine_kwargs": [{"init_value": 0, "warmup_steps": 1, "decay_steps": 2}]}, "`peak_value`"),
        ("join_schedules", {"schedules": [], "boundaries": []}, "IndexError"),
        (
            "join_schedules",
            {"schedules": [flat(1), {"kind": "cosine"}], "boundaries": [3]},
            "takes optax's own schedulers, not `cosine`",
        ),
        (
            "join_schedules",
            {
                "schedules": [flat(1), {"use": "optax.cosine_decay_schedule", "init_value": 1, "decay_steps": 0}],
                "boundaries": [],
            },
            "requires positive decay_steps",
        ),
    ],
)
def test_refusals(optax, name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        optax(name, **arguments)


@pytest.mark.parametrize("path", ["optax.schedules", "optax.schedules._schedule", "optax"])
def test_import_paths(optax, use, path):
    some = {"init_value": 0.1, "decay_steps": 10}
    name = "cosine_decay_schedule"
    assert use(f"{path}.{name}", steps=20, **some).lr.tolist() == optax(name, **some).lr.tolist()


def test_plateau_cannot_be_shown_ahead_of_the_run(optax):
    with pytest.raises(lrplot.SpecError, match="cannot be shown ahead of the run"):
        optax("contrib.reduce_on_plateau")
