"""Stable-Baselines3: stable_baselines3.common.utils.

A schedule is a function of the progress that remains, which is set once per rollout, after it: the value at step k is
that of the training phase after k + 1 rollouts. With `interval: epoch` an epoch is such a phase, of `steps_per_epoch`
updates.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.frameworks.shared.arguments import FloorField, StartField
from lrplot.frameworks.shared.framework import Framework
from lrplot.lazy import dataclass
from lrplot.schema.annotations import NumberField
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame
from lrplot.schema.types import Count

FRAMEWORK = Framework(
    name="sb3",
    distribution="stable_baselines3",
    version="2.9.2",
    aliases=("stable_baselines3", "stable-baselines3"),
    modules=("stable_baselines3.common.utils", "stable_baselines3.*"),
)
scheduler = FRAMEWORK.scheduler


@dataclass(eq=False)
class Progress:
    """The progress of training.

    Args:
        total_timesteps: timesteps of all rollouts; those of the run if absent
        rollout_timesteps: timesteps of a rollout in all environments together, for PPO `n_steps` times their number
    """

    total_timesteps: Annotated[int | None, Count(), Role.HORIZON] = None
    rollout_timesteps: Annotated[int, Count()] = 1

    def total(self, frame: Frame) -> int:
        """The timesteps of all rollouts."""
        return self.total_timesteps or frame.length * self.rollout_timesteps


@scheduler()
def ConstantSchedule(frame: Frame, val: NumberField) -> Curve:
    """One value.

    Formula: val
    Source: stable_baselines3/common/utils.py, ConstantSchedule

    Args:
        val: the value
    """
    return Flat(frame.length, val)


@scheduler()
def LinearSchedule(
    frame: Frame,
    progress: Annotated[Progress, Inline(Progress)],
    start: StartField,
    end: FloorField,
    end_fraction: NumberField,
) -> Curve:
    """A straight line over a share of the run; then the end value holds.

    Formula: start + (end − start)·min(p/end_fraction, 1) with p = (k + 1)·rollout_timesteps/total_timesteps
    Source: stable_baselines3/common/utils.py, LinearSchedule

    Args:
        start: value before the first rollout
        end: last value
        end_fraction: share of the run at which it is reached
    """
    share = progress.rollout_timesteps / progress.total(frame)
    function = partial(_line, start, end, end_fraction, progress.rollout_timesteps, progress.total(frame))
    return Formula(frame.length, function, over=max(end_fraction / share, 0.0), held=True)


def _line(start: float, end: float, fraction: float, rollout: int, total: int, k: Floats) -> Floats:
    remaining = 1.0 - (k + 1) * rollout / total
    with np.errstate(divide="ignore", invalid="ignore"):
        values = start + (1 - remaining) * (end - start) / fraction
    return np.where(1 - remaining > fraction, end, values)
