"""Hugging Face diffusers: diffusers.optimization.

Every schedule is torch's LambdaLR, stepped once after each update: the value at update k is the
optimizer's learning rate times f(k), k = 0 being the first. Most are the same as transformers'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import LINEAR
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import CyclesField, OptionalHorizonField
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import (
    GLOSSARY,
    SHARED,
    StepsField,
    call_by_name,
    warmed_up,
)
from lrplot.frameworks.shared.resuming import Counted
from lrplot.schema.annotations import FreshField, NumberField, OptionalCount, TextField
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="diffusers",
    distribution="diffusers",
    version="0.42.1",
    modules=("diffusers.optimization",),
    resuming=Counted(),
    glossary={
        **GLOSSARY,
        "step_rules": "such as `1:10,0.1:20,0.05`: the whole up to step 10, a tenth up to step 20, then a twentieth",
    },
)
scheduler = FRAMEWORK.scheduler

for same in SHARED.values():
    scheduler()(same)


@scheduler()
def get_linear_schedule_with_warmup(
    frame: Frame, steps: StepsField, f_min: NumberField = 0.0, f_max: NumberField = 1.0
) -> Curve:
    """A straight line from one share of the learning rate to another, after a warmup from 0.

    Formula: lr·f_max·k/w up to w = num_warmup_steps, then lr·(f_min + (f_max − f_min)·max(0, (T − k)/(T − w))), T
        being num_training_steps
    Source: diffusers/optimization.py, get_linear_schedule_with_warmup

    Args:
        f_min: share at the end
        f_max: share at the end of the warmup
    """
    high, low = (frame.base_value() * share for share in (f_max, f_min))
    fall = Anneal(max(steps.left, 0), high, low, LINEAR)
    return warmed_up(frame, steps.num_warmup_steps, Phase("linear", fall), peak=high)


@scheduler()
def get_piecewise_constant_schedule(
    frame: Frame, step_rules: Annotated[TextField, Example("1:10,0.1:20,0.05")], last_epoch: FreshField = -1
) -> Curve:
    """Shares of the learning rate, each up to a step.

    Formula: lr·m for the rule m:s with the least s above k; lr times the last number after all of them
    Source: diffusers/optimization.py, get_piecewise_constant_schedule
    """
    try:
        rules, last = _read_rules(step_rules)
    except ValueError as error:
        raise Fault(f"ValueError: {error}", field="step_rules", help="write `1:10,0.1:20,0.05`") from None
    edges = sorted(rules)
    levels = np.array([*(rules[edge] for edge in edges), last]) * frame.base_value()
    bounded = [min(max(edge, 0), FARTHEST) for edge in edges]
    return Plateaus(frame.length, np.array(bounded, dtype=np.int64), levels)


def _read_rules(text: str) -> tuple[dict[int, float], float]:
    """The share up to each step, and the last share; of two shares up to the same step, the later one counts."""
    *rules, last = text.split(",")
    shares = {}
    for rule in rules:
        share, step = rule.split(":")
        shares[int(step)] = float(share)
    return shares, float(last)


BY_TYPE: Mapping[str, Callable[..., Curve]] = {
    **SHARED,
    "linear": get_linear_schedule_with_warmup,
    "piecewise_constant": get_piecewise_constant_schedule,
}


@scheduler(resuming=Counted(takes_last_epoch=False))
def get_scheduler(
    frame: Frame,
    name: Literal[
        "linear",
        "cosine",
        "cosine_with_restarts",
        "polynomial",
        "constant",
        "constant_with_warmup",
        "piecewise_constant",
    ],
    step_rules: TextField | None = None,
    num_warmup_steps: Annotated[OptionalCount, Role.WARMUP] = None,
    num_training_steps: OptionalHorizonField = None,
    num_cycles: CyclesField = 1,
    power: NumberField = 1.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """Any of the schedules by its short name.

    Formula: that of the schedule
    Source: diffusers/optimization.py, get_scheduler

    Args:
        name: which schedule
        num_warmup_steps: steps of the warmup; all but constant and piecewise_constant need it
        num_training_steps: step at which the decay ends; not needed by the constant ones
        num_cycles: half cosines of cosine_with_restarts; cosine ignores it and falls once
        power: exponent of polynomial
    """
    counts = {"num_warmup_steps": num_warmup_steps, "num_training_steps": num_training_steps}
    if name == "piecewise_constant" and step_rules is None:
        message = "AttributeError: 'NoneType' object has no attribute 'split'"
        raise Fault(message, help="add `step_rules: 1:10,0.1:20,0.05`", code="missing-field")
    further: dict[str, dict[str, Any]] = {
        "piecewise_constant": {"step_rules": step_rules},
        "cosine_with_restarts": {"num_cycles": num_cycles},
        "polynomial": {"power": power},
    }
    return call_by_name(frame, name, BY_TYPE[name], counts, further.get(name, {}))
