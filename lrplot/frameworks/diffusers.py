"""Hugging Face diffusers: diffusers.optimization.

All are torch's LambdaLR, stepped once after each update: the value at update k is the
optimizer's learning rate times f(k), k = 0 being the first. Most have the formulas and
signatures of transformers.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import LINEAR
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import warmed_up
from lrplot.frameworks.transformers import FRAMEWORK as TRANSFORMERS
from lrplot.frameworks.transformers import (
    get_constant_schedule,
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_cosine_with_hard_restarts_schedule_with_warmup,
    get_polynomial_decay_schedule_with_warmup,
)
from lrplot.schema.annotations import CountField, FreshField, NumberField, OptionalCount, TextField
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="diffusers",
    distribution="diffusers",
    version="0.42.1",
    modules=("diffusers.optimization",),
    glossary={
        **{name: TRANSFORMERS.glossary[name] for name in ("num_warmup_steps", "num_training_steps", "last_epoch")},
        "num_cycles": TRANSFORMERS.glossary["num_cycles"],
        "step_rules": "such as `1:10,0.1:20,0.05`: the whole up to step 10, a tenth up to step 20, then a twentieth",
    },
)
scheduler = FRAMEWORK.scheduler

for same in (
    get_constant_schedule,
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_cosine_with_hard_restarts_schedule_with_warmup,
    get_polynomial_decay_schedule_with_warmup,
):
    scheduler()(same)


@scheduler()
def get_linear_schedule_with_warmup(
    frame: Frame,
    num_warmup_steps: Annotated[CountField, Role.WARMUP],
    num_training_steps: Annotated[CountField, Role.HORIZON],
    last_epoch: FreshField = -1,
    f_min: NumberField = 0.0,
    f_max: NumberField = 1.0,
) -> Curve:
    """A straight line from one share of the learning rate to another, after a warmup from 0.

    Formula: lr·f_max·k/w up to w = num_warmup_steps, then lr·(f_min + (f_max − f_min)·max(0, (T − k)/(T − w))), T
        being num_training_steps
    Source: diffusers/optimization.py, get_linear_schedule_with_warmup

    Args:
        f_min: the share it ends at
        f_max: the share the warmup leads to
    """
    high, low = (frame.base_value() * share for share in (f_max, f_min))
    fall = Anneal(max(num_training_steps - num_warmup_steps, 0), high, low, LINEAR)
    return warmed_up(frame, num_warmup_steps, Phase("linear", fall), peak=high)


@scheduler()
def get_piecewise_constant_schedule(frame: Frame, step_rules: TextField, last_epoch: FreshField = -1) -> Curve:
    """Shares of the learning rate, each in force up to a step.

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
    """The share up to each step, and the last one; a step named twice takes the later share."""
    *rules, last = text.split(",")
    shares = {}
    for rule in rules:
        share, step = rule.split(":")
        shares[int(step)] = float(share)
    return shares, float(last)


@scheduler()
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
    num_training_steps: Annotated[OptionalCount, Role.HORIZON] = None,
    num_cycles: NumberField = 1,
    power: NumberField = 1.0,
    last_epoch: FreshField = -1,
) -> Curve:
    """Any of the schedules by its short name.

    Formula: that of the schedule named
    Source: diffusers/optimization.py, get_scheduler

    Args:
        name: which one
        num_warmup_steps: steps of the warmup; only constant and piecewise_constant do without
        num_training_steps: step at which the decay ends; constant_with_warmup does without too
        num_cycles: half cosines of cosine_with_restarts; cosine ignores it and falls once
        power: exponent of polynomial
    """
    if name == "constant":
        return get_constant_schedule(frame)
    if name == "piecewise_constant":
        if step_rules is None:
            message = "AttributeError: 'NoneType' object has no attribute 'split'"
            raise Fault(message, help="add `step_rules: 1:10,0.1:20,0.05`", code="missing-field")
        return get_piecewise_constant_schedule(frame, step_rules)
    warmup = _required(frame, name, "num_warmup_steps", num_warmup_steps)
    if name == "constant_with_warmup":
        return get_constant_schedule_with_warmup(frame, warmup)
    total = _required(frame, name, "num_training_steps", num_training_steps)
    if name == "cosine_with_restarts":
        return get_cosine_with_hard_restarts_schedule_with_warmup(frame, warmup, total, num_cycles)
    if name == "polynomial":
        return get_polynomial_decay_schedule_with_warmup(frame, warmup, total, power=power)
    plain = get_linear_schedule_with_warmup if name == "linear" else get_cosine_schedule_with_warmup
    return plain(frame, warmup, total)


def _required(frame: Frame, name: str, argument: str, given: int | None) -> int:
    if given is None:
        message = f"ValueError: SchedulerType.{name.upper()} requires `{argument}`, please provide that argument."
        raise Fault(message, code="missing-field", help=f"add `{argument}: {frame.length}`")
    return given
