"""MLX: mlx.optimizers.schedulers.

The value at update k is schedule(k), which the optimizer sets before it. MLX computes in float32; these are the
values of float64. The schedules give the learning rate itself.
"""

from __future__ import annotations

from functools import partial
from math import pi
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.formulas import Formula
from lrplot.curves.laws import Geometric
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.frameworks.shared.arguments import FloorField, HandoversField, ShrinkField, StartField
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.joined import joined, pieces_of
from lrplot.schema.annotations import IntegerField
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipesField

FRAMEWORK = Framework(
    name="mlx",
    distribution="mlx",
    version="0.32.4",
    aliases=("mlx-lm", "mlx_lm"),
    modules=("mlx.optimizers.schedulers", "mlx.optimizers"),
    glossary={
        "init": "first value",
        "end": "last value, which holds",
        "decay_rate": "factor of each drop",
    },
)
scheduler = FRAMEWORK.scheduler

DecayField = Annotated[IntegerField, Role.DECAY]


@scheduler()
def exponential_decay(frame: Frame, init: StartField, decay_rate: ShrinkField) -> Curve:
    """The same factor at each update.

    Formula: init·decay_rate^k
    Source: mlx/optimizers/schedulers.py, exponential_decay

    Args:
        decay_rate: factor of each update
    """
    return Geometric(frame.length, init, decay_rate)


@scheduler()
def step_decay(
    frame: Frame, init: StartField, decay_rate: ShrinkField, step_size: Annotated[IntegerField, Role.EVERY]
) -> Curve:
    """A drop by the same factor every `step_size` updates.

    Formula: init·decay_rate^⌊k/step_size⌋
    Source: mlx/optimizers/schedulers.py, step_decay

    Args:
        step_size: updates between two drops
    """
    _positive("step_size", step_size)
    return Geometric(frame.length, init, decay_rate, step_size, staircase=True)


@scheduler()
def cosine_decay(frame: Frame, init: StartField, decay_steps: DecayField, end: FloorField = 0.0) -> Curve:
    """Half a cosine; then the end value holds.

    Formula: end + (init − end)·(1 + cos(π·min(k/decay_steps, 1)))/2
    Source: mlx/optimizers/schedulers.py, cosine_decay

    Args:
        decay_steps: steps of the half cosine
    """
    _positive("decay_steps", decay_steps)
    return Formula(frame.length, partial(_cosine, init, end, decay_steps), over=decay_steps, held=True)


def _cosine(init: float, end: float, steps: int, k: Floats) -> Floats:
    return np.asarray(end + 0.5 * (1.0 + np.cos((pi / steps) * np.minimum(k, steps))) * (init - end))


@scheduler()
def linear_schedule(frame: Frame, init: StartField, end: FloorField, steps: DecayField) -> Curve:
    """A straight line; then the end value holds.

    Formula: init + (end − init)·min(k/steps, 1)
    Source: mlx/optimizers/schedulers.py, linear_schedule

    Args:
        steps: steps of the line
    """
    _positive("steps", steps)
    role = Role.WARMUP if end > init else None  # `join_schedules` has no other schedule for it
    return Formula(frame.length, partial(_line, init, end, steps), over=steps, meant=role, held=True)


def _line(init: float, end: float, steps: int, k: Floats) -> Floats:
    return np.asarray(np.minimum(k, steps) * ((end - init) / steps) + init)


@scheduler()
def join_schedules(
    frame: Frame,
    schedules: Annotated[RecipesField, Example("[{use: mlx.cosine_decay, init: 1e-3, decay_steps: 1000}]")],
    boundaries: Annotated[HandoversField, Example("[]")],
) -> Curve:
    """Schedules one after the other, each counting from its boundary.

    Formula: schedules[i](k − boundaries[i − 1]), for the last i whose boundary is at or before k
    Source: mlx/optimizers/schedulers.py, join_schedules

    Args:
        schedules: MLX's own, such as `{use: mlx.cosine_decay, init: 1e-3, decay_steps: 1000}`
        boundaries: the first step of each schedule except the first
    """
    require(len(schedules) > 0, "schedules", "ValueError: Must provide at least 1 schedule to join.")
    wanted = len(schedules) - 1
    error = f"ValueError: Received {len(boundaries)} boundaries but expected {wanted}."
    require(len(boundaries) == wanted, "boundaries", error, f"give {wanted}")
    return joined(boundaries, pieces_of(schedules, boundaries, frame, FRAMEWORK.name), frame.length)


def _positive(name: str, steps: int) -> None:
    error = f"ValueError: {name} must be greater than 0, but got {steps}."
    require(steps >= 1, name, error, "give at least 1")
