"""Staircases: constant values with drops in between."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.laws import Geometric
from lrplot.curves.roles import Role
from lrplot.curves.staircase import Plateaus
from lrplot.diagnostics import Fault
from lrplot.kinds import kind
from lrplot.schema.annotations import PeriodField, PositiveField, StepsListField, ValueField
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import since_start
from lrplot.schema.quantities import START
from lrplot.schema.types import Many, Number, Value


@kind(decaying=True)
def step(
    frame: Frame,
    every: Annotated[PeriodField, Role.EVERY],
    from_: Annotated[ValueField, Role.START] = START,
    gamma: PositiveField = 0.1,
) -> Curve:
    """A drop by the same factor at equal intervals.

    Good for: image models with SGD, and comparison with the papers that have it
    Cost: the drops must be chosen: where the validation error stalls, or by the length
    Recipe: resnet50
    Formula: from·gamma^⌊t/every⌋
    Source: torch StepLR; He et al. 2016, ResNet (arXiv:1512.03385)
    Also: step_decay, staircase

    Args:
        every: updates between two drops, counted from the phase's start, a `warmup` of its own included
        from_: value at the first update
        gamma: factor of each drop
    """
    return since_start(frame, Geometric(frame.length, from_, gamma, every, staircase=True))


@kind(decaying=True)
def multistep(
    frame: Frame,
    milestones: Annotated[StepsListField, Role.MILESTONES],
    from_: Annotated[float | None, Value(), Role.START] = None,
    gamma: Annotated[float | None, Number(above=0)] = None,
    values: Annotated[tuple[float, ...] | None, Many(Value()), Role.START] = None,
) -> Curve:
    """A drop, or a new value, at each milestone.

    Good for: detection, and language models whose first phase can be reused for a longer run (DeepSeek)
    Cost: every milestone is a hyperparameter
    Recipe: detectron2_r50_fpn_1x
    Formula: from·gamma^(milestones at or before t), or values[milestones at or before t]
    Source: torch MultiStepLR; optax piecewise_constant_schedule
    Also: piecewise_constant

    Args:
        milestones: when the value changes, counted from the phase's start, a `warmup` of its own included; one given
            twice counts twice
        from_: value at the first update; if absent, the end value of the phase before
        gamma: factor of each drop; 0.1 if neither this nor `values` is given
        values: the values themselves, one more than milestones
    """
    for name, value in (("gamma", gamma), ("from", from_)):
        if values is not None and value is not None:
            raise Fault(f"`{name}` cannot be combined with `values`", field=name, code="conflict")
    if values is not None:
        constants = np.array(values, dtype=np.float64)
        _check_values(milestones, values)
    else:
        start = frame.start_value() if from_ is None else from_
        constants = start * np.power(0.1 if gamma is None else gamma, np.arange(len(milestones) + 1.0))
    return since_start(frame, Plateaus(frame.length, np.array(sorted(milestones), dtype=np.int64), constants))


def _check_values(milestones: tuple[int, ...], values: tuple[float, ...]) -> None:
    if len(values) != len(milestones) + 1:
        raise Fault(
            f"{len(milestones)} milestones need {len(milestones) + 1} values, got {len(values)}",
            field="values",
            help="give one value before the first milestone, and one for each",
        )
    if list(milestones) != sorted(milestones):
        raise Fault("milestones with `values` must be in order", field="milestones")
