"""Keras's schedules: values computed by hand, segments, refusals, and import paths."""

import numpy as np
import pytest
from frameworks.outlines import segments

import lrplot
from lrplot.curves.roles import Role


@pytest.fixture
def keras(use):
    """Load a schedule over a run of 20 steps."""
    return lambda name, steps=20, spec=None, **arguments: use(
        f"keras.{name}", steps=steps, lr=None, spec=spec, **arguments
    )


@pytest.fixture
def values(keras):
    return lambda name, *steps, **arguments: keras(name, **arguments).at(np.array(steps))["lr"].tolist()


def test_a_staircase_floors_the_exponent(values):
    some = {"initial_learning_rate": 0.8, "decay_steps": 4, "decay_rate": 0.25}
    assert values("ExponentialDecay", 0, 2, 4, **some) == [0.8, 0.4, 0.2]
    assert values("ExponentialDecay", 0, 3, 4, 8, staircase=True, **some) == [0.8, 0.8, 0.2, 0.05]


def test_inverse_time_divides(values):
    some = {"initial_learning_rate": 0.8, "decay_steps": 4, "decay_rate": 1.0}
    assert values("InverseTimeDecay", 0, 2, 4, 12, **some) == [0.8, 0.8 / 1.5, 0.4, 0.2]
    assert values("InverseTimeDecay", 3, 15, staircase=True, **some) == [0.8, 0.2]


def test_boundary_still_has_the_value_before_it(values):
    # From the documentation: 1.0 for the first 100001 steps, 0.5 for the next 10000, then 0.1.
    some = {"boundaries": [100000, 110000], "values": [1.0, 0.5, 0.1]}
    assert values("PiecewiseConstantDecay", 0, 100000, 100001, 110000, 110001, **some) == [1.0, 1.0, 0.5, 0.5, 0.1]


def test_boundaries_that_do_not_ascend_add_up(values):
    some = {"boundaries": [4, 2], "values": [1.0, 0.5, 0.25]}
    assert values("PiecewiseConstantDecay", 2, 3, 4, 5, **some) == [1.0, 1.25, 1.25, 0.25]


def test_each_polynomial_cycle_starts_from_a_lower_value(values):
    some = {"initial_learning_rate": 1.0, "decay_steps": 4, "end_learning_rate": 0.0, "cycle": True}
    # 1 − k/4, then 1 − k/8: the horizon doubles right after it is reached.
    assert values("PolynomialDecay", 0, 2, 4, 5, 8, **some) == [1.0, 0.5, 0.0, 0.375, 0.0]


def test_end_of_a_polynomial_is_not_a_share(values):
    assert values("PolynomialDecay", 0, 5, initial_learning_rate=1e-5, decay_steps=5) == pytest.approx([1e-5, 1e-4])


def test_warmup_steps_come_before_decay_steps(values):
    some = {"initial_learning_rate": 0.0, "decay_steps": 10, "warmup_steps": 4, "alpha": 0.5}
    assert values("CosineDecay", 0, 1, 4, 9, 14, 30, warmup_target=0.4, **some) == pytest.approx(
        [0.0, 0.1, 0.4, 0.3, 0.2, 0.2], rel=1e-15
    )


def test_without_a_target_there_is_no_warmup(values):
    some = {"initial_learning_rate": 0.4, "decay_steps": 10}
    assert values("CosineDecay", 0, 5, 10, warmup_steps=4, **some) == values("CosineDecay", 0, 5, 10, **some)


@pytest.mark.parametrize("end", [30, 50, 150])  # of a run of 50 steps
def test_cosine_ends_decay_steps_after_the_warmup(keras, end):
    some = {"initial_learning_rate": 0.0, "warmup_target": 0.1, "warmup_steps": 4, "decay_steps": end - 4}
    found = segments(keras("CosineDecay", 50, **some))
    assert found[:2] == [(Role.WARMUP, 0, 4, None), (Role.DECAY, 4, end, Role.HOLD)]
    assert [each[:3] for each in found if each[1] < 50][2:] == ([(Role.HOLD, 30, 50)] if end == 30 else [])


@pytest.mark.parametrize("end", [30, 50, 150])
def test_polynomial_ends_at_decay_steps(keras, end):
    found = segments(keras("PolynomialDecay", 50, initial_learning_rate=0.1, decay_steps=end))
    assert found == [(Role.DECAY, 0, end, Role.HOLD), (Role.HOLD, 30, 50, None)][: 2 if end == 30 else 1]


@pytest.mark.parametrize(
    ("name", "arguments", "role"),
    [
        ("PolynomialDecay", {"decay_steps": 5, "cycle": True}, Role.CYCLES),
        ("CosineDecayRestarts", {"first_decay_steps": 5}, Role.CYCLES),
        ("CosineDecayRestarts", {"first_decay_steps": 5, "t_mul": 1.0}, Role.CYCLES),
        ("ExponentialDecay", {"decay_steps": 5, "decay_rate": 0.5}, Role.DECAY),
        ("InverseTimeDecay", {"decay_steps": 5, "decay_rate": 0.5, "staircase": True}, Role.STAIRS),
    ],
)
def test_schedules_without_an_end_last_as_long_as_the_run(keras, name, arguments, role):
    assert segments(keras(name, initial_learning_rate=0.1, **arguments)) == [(role, 0, 20, None)]


def test_m_mul_scales_the_peak_and_not_the_floor(values):
    some = {"initial_learning_rate": 1.0, "first_decay_steps": 2, "m_mul": 0.5, "alpha": 0.1}
    # Cycles begin at 0, 2, 6; halfway, 0.1 + 0.9·0.5·m.
    assert values("CosineDecayRestarts", 0, 1, 2, 4, 6, **some) == pytest.approx([1.0, 0.55, 0.55, 0.325, 0.325])


def test_long_cycles_begin_early_because_of_float32(values):
    # At the step before the second cycle the share of the first is 1 − 1e-8, which is 1 in float32.
    some = {"initial_learning_rate": 1.0, "first_decay_steps": 10**8, "t_mul": 1.0, "m_mul": 0.5}
    assert values("CosineDecayRestarts", 10**8 - 1, 10**8 - 10, **some) == pytest.approx([0.5, 0.0], abs=1e-12)


def test_turning_points_of_restarts_in_a_long_run(keras):
    some = {"initial_learning_rate": 1.0, "first_decay_steps": 10**6, "t_mul": 1.5, "m_mul": 0.9}
    curve = keras("CosineDecayRestarts", 10**9, **some).run.tracks["lr"].curve
    assert len(curve.turning_points(0, 10**9)) < 100


def test_interval_epoch_counts_epochs(keras):
    some = {"initial_learning_rate": 1.0, "decay_steps": 1, "decay_rate": 0.5}
    schedule = keras("ExponentialDecay", spec={"steps_per_epoch": 5}, interval="epoch", **some)
    assert schedule.lr[[0, 4, 5, 19]].tolist() == [1.0, 1.0, 0.5, 0.125]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (
            "ExponentialDecay",
            {"initial_learning_rate": 1, "decay_steps": 0, "decay_rate": 1},
            r"ValueError: Argument `decay_steps` must be > 0. Received: decay_steps=0",
        ),
        ("InverseTimeDecay", {"initial_learning_rate": 1, "decay_steps": -1, "decay_rate": 1}, "decay_steps=-1"),
        ("PolynomialDecay", {"initial_learning_rate": 1, "decay_steps": 0}, "must be > 0"),
        ("CosineDecay", {"initial_learning_rate": 1, "decay_steps": 0}, "must be > 0"),
        (
            "CosineDecayRestarts",
            {"initial_learning_rate": 1, "first_decay_steps": 0},
            "`first_decay_steps` must be > 0",
        ),
        ("PiecewiseConstantDecay", {"boundaries": [5], "values": [1, 2, 3]}, "1 less than the length of values"),
        ("PiecewiseConstantDecay", {"boundaries": [], "values": [1]}, "IndexError: list index out of range"),
        (
            "CosineDecayRestarts",
            {"initial_learning_rate": 1, "first_decay_steps": 5, "t_mul": 0.5},
            "not finite at step 10",
        ),
        (
            "CosineDecayRestarts",
            {"initial_learning_rate": 1, "first_decay_steps": 3e-239, "t_mul": 1.0, "m_mul": -0.9},
            "not finite at step 1",
        ),
        ("CosineDecay", {"initial_learning_rate": 1, "decay_steps": 5, "eta_min": 0}, "no field `eta_min`"),
        ("CosineDecay", {"initial_learning_rate": 1}, "needs `decay_steps`"),
    ],
)
def test_refusals(keras, name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        keras(name, **arguments)


@pytest.mark.parametrize(
    "path",
    [
        "keras.optimizers.schedules",
        "tf.keras.optimizers.schedules",
        "tensorflow.keras.optimizers.schedules",
        "keras.src.optimizers.schedules.learning_rate_schedule",
    ],
)
def test_import_paths(keras, use, path):
    some = {"initial_learning_rate": 0.1, "decay_steps": 10}
    assert use(f"{path}.CosineDecay", steps=20, **some).lr.tolist() == keras("CosineDecay", **some).lr.tolist()


@pytest.mark.parametrize("name", ["ReduceLROnPlateau", "LearningRateScheduler"])
def test_callbacks_cannot_be_shown_ahead_of_the_run(keras, name):
    with pytest.raises(lrplot.SpecError, match="cannot be shown ahead of the run"):
        keras(f"callbacks.{name}")
