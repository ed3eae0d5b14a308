"""fvcore: fvcore.common.param_scheduler.

A scheduler is a function of `where`, the share of the run that is done. The value at update k is
its value at where = k / n in a run of n updates. It is absolute: `lr` is not used.
"""

from __future__ import annotations

from itertools import accumulate
from math import ceil
from typing import Annotated

from lrplot.curves.exceptions import FLOAT_DIVISION, INDEX
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.fvcore.where import (
    Composite,
    Constant,
    Cosine,
    EqualSteps,
    Exponential,
    Linear,
    MultiStep,
    Part,
    Polynomial,
    contained,
    scheduled,
)
from lrplot.frameworks.shared.arguments import FloorField, StartField
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.annotations import IntegerField, NumberField, NumbersField, OptionalCount
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipesField
from lrplot.schema.types import Choice, Count, Many

FRAMEWORK = Framework(
    name="fvcore",
    distribution="fvcore",
    version="0.1.5.post20221221",
    modules=("fvcore.common.param_scheduler",),
    glossary={
        "start_value": "value at the start of the run",
        "end_value": "value at its end",
        "values": "the values, in order",
    },
)
scheduler = FRAMEWORK.scheduler

MOST_DECAYS = 1_000_000

# Every scheduler ends with the run. `num_updates` and `milestones` do not count its updates, so they have no role.


@scheduler()
def ConstantParamScheduler(frame: Frame, value: NumberField) -> Tracks:
    """One value; past the run's end it raises.

    Formula: value
    Source: fvcore/common/param_scheduler.py, ConstantParamScheduler

    Args:
        value: the value
    """
    return scheduled(frame, Constant(value))


@scheduler()
def CosineParamScheduler(frame: Frame, start_value: StartField, end_value: FloorField) -> Tracks:
    """Half a cosine over the whole run.

    Formula: end_value + (start_value − end_value)·(1 + cos(π·where))/2
    Source: fvcore/common/param_scheduler.py, CosineParamScheduler; Loshchilov & Hutter 2017 (arXiv:1608.03983)
    """
    return scheduled(frame, Cosine(start_value, end_value))


@scheduler()
def ExponentialParamScheduler(frame: Frame, start_value: StartField, decay: NumberField) -> Tracks:
    """An exponential decay to `decay` times the start, over the whole run.

    Formula: start_value·decay^where
    Source: fvcore/common/param_scheduler.py, ExponentialParamScheduler

    Args:
        decay: the value at the end of the run as a share of the start
    """
    return scheduled(frame, Exponential(start_value, decay))


@scheduler()
def LinearParamScheduler(frame: Frame, start_value: StartField, end_value: FloorField) -> Tracks:
    """A straight line over the whole run.

    Formula: end_value·where + start_value·(1 − where)
    Source: fvcore/common/param_scheduler.py, LinearParamScheduler
    """
    return scheduled(frame, Linear(start_value, end_value))


@scheduler()
def MultiStepParamScheduler(
    frame: Frame,
    values: NumbersField,
    num_updates: OptionalCount = None,
    milestones: Annotated[tuple[int, ...] | None, Many(Count(at_least=None))] = None,
) -> Tracks:
    """Values in order, the next one from each milestone on.

    Milestones are shares of `num_updates`, which need not be the length of the run. A jump comes a millionth of the
    run early.

    Formula: values[number of milestones ≤ ⌊(where + 1e-6)·num_updates⌋]
    Source: fvcore/common/param_scheduler.py, MultiStepParamScheduler

    Args:
        num_updates: the end of the last value; the last milestone if absent
        milestones: the ends of the other values; equal parts of num_updates if absent
    """
    updates, edges = _edges(values, num_updates, milestones)
    if updates < len(values):
        message = "ValueError: Total num_updates must be greater than length of param schedule"
        raise Fault(message, field="num_updates", help=f"give at least {len(values)}")
    for before, edge in zip((0, *edges), edges, strict=False):
        if edge >= updates:
            message = f"Milestone must be smaller than total number of updates: num_updates={updates}, milestone={edge}"
            raise Fault(f"ValueError: {message}", field="milestones")
        if edge <= before:
            message = f"Milestone must be smaller than start epoch: start_epoch={before}, milestone={edge}"
            raise Fault(f"ValueError: {message}", field="milestones", help="give ascending milestones, from 1 up")
    return scheduled(frame, MultiStep(values, updates, edges))


def _edges(
    values: tuple[float, ...], total: int | None, milestones: tuple[int, ...] | None
) -> tuple[int, tuple[int, ...]]:
    """The total, and the milestones before it."""
    if total is None and milestones is None:
        message = "ValueError: num_updates and milestones cannot both be None"
        raise Fault(message, help="add `num_updates: 1000`, or `milestones`", code="missing-field")
    if total is not None and milestones is None:
        if not values:
            raise Fault(FLOAT_DIVISION, field="values", help="give at least one value")
        width = ceil(total / len(values))
        return total, tuple(width * (number + 1) for number in range(len(values) - 1))
    milestones = milestones or ()
    wanted = len(values) - (total is not None)
    if len(milestones) != wanted:
        message = f"ValueError: MultiStep scheduler requires a list of {wanted} miletones"
        raise Fault(message, field="milestones", help=f"give {wanted}, not {len(milestones)}")
    if total is not None:
        return total, milestones
    if not milestones:
        raise Fault(INDEX, field="milestones", help="give at least one value")
    return milestones[-1], milestones[:-1]


@scheduler()
def PolynomialDecayParamScheduler(frame: Frame, base_value: StartField, power: NumberField) -> Tracks:
    """A polynomial decay to 0 over the whole run.

    Formula: base_value·(1 − where)^power
    Source: fvcore/common/param_scheduler.py, PolynomialDecayParamScheduler

    Args:
        base_value: value at the start of the run
        power: exponent; past the run's end only a whole number gives a real value
    """
    return scheduled(frame, Polynomial(base_value, power))


@scheduler()
def StepParamScheduler(frame: Frame, num_updates: NumberField, values: NumbersField) -> Tracks:
    """Values in order, each for an equal share of the run; past the run's end, and in its last millionth, it raises.

    Formula: values[⌊(where + 1e-6)·len(values)⌋]
    Source: fvcore/common/param_scheduler.py, StepParamScheduler

    Args:
        num_updates: a number above 0, otherwise ignored
    """
    if num_updates <= 0:
        raise Fault("ValueError: Number of updates must be larger than 0", field="num_updates")
    if not values:
        raise Fault("ValueError: Step scheduler requires a list of at least one param value", field="values")
    return scheduled(frame, EqualSteps(values))


@scheduler()
def StepWithFixedGammaParamScheduler(
    frame: Frame, base_value: StartField, num_decays: IntegerField, gamma: NumberField, num_updates: IntegerField
) -> Tracks:
    """Drops by the same factor at equal intervals; past the run's end, and in its last millionth, it raises.

    Formula: base_value·gamma^⌊(where + 1e-6)·(num_decays + 1)⌋
    Source: fvcore/common/param_scheduler.py, StepWithFixedGammaParamScheduler

    Args:
        base_value: the first value
        num_decays: number of drops
        gamma: factor of each drop
        num_updates: a number above 0, otherwise ignored
    """
    for name, number in (("base_value", base_value), ("gamma", gamma)):
        if number <= 0:
            raise Fault("ValueError: base_value and gamma must be positive numbers", field=name)
    for name, count in (("num_decays", num_decays), ("num_updates", num_updates)):
        if count <= 0:
            raise Fault("ValueError: num_decays and num_updates must be positive integers", field=name)
    if num_decays > MOST_DECAYS:
        message = f"fvcore computes a list of all values: more than {MOST_DECAYS:,} drops are not computed here"
        raise Fault(message, field="num_decays", code="too-large", help="a run has no use for more drops than updates")
    levels = accumulate([gamma] * num_decays, initial=base_value, func=float.__mul__)
    return scheduled(frame, EqualSteps(tuple(levels)))


@scheduler()
def CompositeParamScheduler(
    frame: Frame,
    schedulers: Annotated[
        RecipesField,
        Example(
            "[{use: fvcore.ConstantParamScheduler, value: 0.1}, {use: fvcore.ConstantParamScheduler, value: 0.01}]"
        ),
    ],
    lengths: Annotated[NumbersField, Example("[0.5, 0.5]")],
    interval_scaling: Annotated[tuple[str, ...], Many(Choice(("rescaled", "fixed"))), Example("[rescaled, rescaled]")],
) -> Tracks:
    """Schedulers one after the other, each for a share of the run.

    Formula: schedulers[i], the first whose end is not below where + 1e-6: at (where − its start)/its length if it
        is rescaled, at where if it is fixed
    Source: fvcore/common/param_scheduler.py, CompositeParamScheduler

    Args:
        schedulers: fvcore's own, such as `{use: fvcore.LinearParamScheduler}`
        lengths: each one's share of the run; the sum must be 1, to within 0.001
        interval_scaling: for each scheduler, `rescaled` to run through all of its values in its share, or `fixed`
            to have the values that it has there by itself
    """
    if len(schedulers) != len(lengths):
        message = "ValueError: Schedulers and lengths must be same length"
        raise Fault(message, field="lengths", help=f"{len(schedulers)} schedulers, {len(lengths)} lengths")
    if not schedulers:
        message = "ValueError: There must be at least one scheduler in the composite scheduler"
        raise Fault(message, field="schedulers")
    scalings: tuple[bool | None, ...] = tuple(scaling == "rescaled" for scaling in interval_scaling)
    scalings += (None,) * (len(schedulers) - len(scalings))
    parts = (
        Part(
            recipe.title,
            contained(frame, recipe, "CompositeParamScheduler"),
            length,
            rescaled,
            origin=recipe.use(frame),
        )
        for recipe, length, rescaled in zip(schedulers, _to_one(lengths), scalings, strict=False)
    )
    return scheduled(frame, Composite(tuple(parts)))


def _to_one(lengths: tuple[float, ...]) -> tuple[float, ...]:
    """The lengths; if they do not sum to exactly 1, the last one is what is missing to 1."""
    # `sum` rounds differently from Python 3.12 on.
    *_, before, total = accumulate((0.0, *lengths), initial=0.0)
    if not abs(total - 1) < 1e-3:
        raise Fault("ValueError: The sum of all values in lengths must be 1", field="lengths", help=f"it is {total:g}")
    return lengths if total == 1 else (*lengths[:-1], 1 - before)
