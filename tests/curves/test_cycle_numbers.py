"""The cycle that a step is in, for curves that repeat themselves."""

from __future__ import annotations

import numpy as np
import pytest

from lrplot.curves.curve import Cycle, Flat

HARD = "transformers.get_cosine_with_hard_restarts_schedule_with_warmup"

# A schedule over 100 updates, and the first steps of its cycles by hand, up to the one past the run's end.
CASES = {
    "native": ({"kind": "cosine_restarts", "period": 30}, [0, 30, 60, 90, 120]),
    "native, growing": ({"kind": "cosine_restarts", "period": 10, "mult": 2}, [0, 10, 30, 70, 150]),
    "repeat": ({"kind": "repeat", "of": {"kind": "linear", "for": 40}}, [0, 40, 80, 120]),
    "torch": ({"use": "torch.CosineAnnealingWarmRestarts", "T_0": 20, "T_mult": 2}, [0, 20, 60, 140]),
    "stepped twice": (
        {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 60, "scheduler_steps_per_update": 2}, [0, 30, 60, 90, 120],
    ),
    "stepped once per epoch": (
        {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 3, "T_mult": 2, "interval": "epoch"}, [0, 30, 90, 210],
    ),
    "keras": (
        {"use": "keras.CosineDecayRestarts", "initial_learning_rate": 1.0, "first_decay_steps": 15}, [0, 15, 45, 105],
    ),
    # 20 and 5, times 1.5, rounded down: 30 + 7, 45 + 10
    "ignite, with a warmup after each": (
        {"use": "ignite.CosineAnnealingScheduler", "param_name": "lr", "start_value": 1.0, "end_value": 0.0,
         "cycle_size": 20, "warmup_duration": 5, "cycle_mult": 1.5},
        [0, 25, 62, 117],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_cycles_follow_each_other(load, case):
    schedule, starts = CASES[case]
    (segment,) = load(schedule, steps=100, lr=1.0, steps_per_epoch=10).run.tracks["lr"].curve.segments()
    for t in range(100):
        number = int(np.searchsorted(starts, t, side="right")) - 1
        assert segment.curve.cycle(t) == Cycle(number, starts[number], starts[number + 1] - starts[number])


def test_other_curves_have_no_cycles():
    assert Flat(10, 1.0).cycle(3) is None


def test_a_repeated_curve_is_in_no_cycle_after_its_last_one(load):
    curve = load({"kind": "repeat", "times": 2, "of": {"kind": "linear", "for": 40}}, steps=100).run.tracks["lr"].curve
    assert curve.segments()[0].curve.cycle(79) == Cycle(1, 40, 40)
    assert curve.segments()[0].curve.cycle(80) is None
