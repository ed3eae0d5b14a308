"""fvcore: fvcore.common.param_scheduler.

A scheduler is a function of `where`, the share of the run that is done. The value at update k is
what it returns for where = k / n, n being the run's length; it is absolute: `lr` is not used.
"""

from __future__ import annotations

from itertools import accumulate
from math import ceil
from typing import Annotated

from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.fvcore.where import (
    DIVISION,
    Composite,
    Constant,
    Cosine,
    EqualSteps,
    Exponential,
    Linear,
    MultiStep,
    Polynomial,
    scheduled,
    taken_in,
)
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.annotations import IntegerField, NumberField, NumbersField, OptionalCount
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
        "values": "the values, in turn",
    },
)
scheduler = FRAMEWORK.scheduler


@scheduler()
def ConstantParamScheduler(frame: Frame, value: NumberField) -> Tracks:
    """One value; asked past the run's end, it raises.

    Formula: value
    Source: fvcore/common/param_scheduler.py, ConstantParamScheduler

    Args:
        value: the value
    """
    return scheduled(frame, Constant(value))


@scheduler()
def CosineParamScheduler(frame: Frame, start_value: NumberField, end_value: NumberField) -> Tracks:
    """Half a cosine over the whole run.

    Formula: end_value + (start_value − end_value)·(1 + cos(π·where))/2
    Source: fvcore/common/param_scheduler.py, CosineParamScheduler; Loshchilov & Hutter 2017 (arXiv:1608.03983)
    """
    return scheduled(frame, Cosine(start_value, end_value))


@scheduler()
def ExponentialParamScheduler(frame: Frame, start_value: NumberField, decay: NumberField) -> Tracks:
    """An exponential decay to `decay` times the start, over the whole run.

    Formula: start_value·decay^where
    Source: fvcore/common/param_scheduler.py, ExponentialParamScheduler

    Args:
        decay: the share of the start that is left at the end of the run
    """
    return scheduled(frame, Exponential(start_value, decay))


@scheduler()
def LinearParamScheduler(frame: Frame, start_value: NumberField, end_value: NumberField) -> Tracks:
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
    """Values in turn, the next one from each milestone on.

    Only the milestones' share of `num_updates` counts: it need not be the length of the run. A jump comes a
    millionth of the run early.

    Formula: values[number of milestones ≤ ⌊(where + 1e-6)·num_updates⌋]
    Source: fvcore/common/param_scheduler.py, MultiStepParamScheduler

    Args:
        num_updates: where the last value ends; if absent, the last milestone says so
        milestones: where the others end; equal parts of num_updates if absent
    """
    updates, edges = _edges(values, num_updates, milestones)
    if updates < len(values):
        message = "ValueError: Total num_updates must be greater than length of param schedule"
        raise Fault(message, field="num_updates", help=f"at least {len(values)}")
    for before, edge in zip((0, *edges), edges, strict=False):
        if edge >= updates:
            message = f"Milestone must be smaller than total number of updates: num_updates={updates}, milestone={edge}"
            raise Fault(f"ValueError: {message}", field="milestones")
        if edge <= before:
            message = f"Milestone must be smaller than start epoch: start_epoch={before}, milestone={edge}"
            raise Fault(f"ValueError: {message}", field="milestones", help="ascending, from 1 up")
    return scheduled(frame, MultiStep(values, updates, edges))


def _edges(values: tuple[float, ...], total: int | None, given: tuple[int, ...] | None) -> tuple[int, tuple[int, ...]]:
    """The total, and the milestones before it."""
    if total is None and given is None:
        message = "ValueError: num_updates and milestones cannot both be None"
        raise Fault(message, help="add `num_updates`, or `milestones`", code="missing-field")
    if total is not None and given is None:
        if not values:
            raise Fault(DIVISION, field="values", help="give at least one value")
        width = ceil(total / len(values))
        return total, tuple(width * (number + 1) for number in range(len(values) - 1))
    given = given or ()
    wanted = len(values) - (total is not None)
    if len(given) != wanted:
        message = f"ValueError: MultiStep scheduler requires a list of {wanted} miletones"
        raise Fault(message, field="milestones", help=f"give {wanted}, there are {len(given)}")
    if total is not None:
        return total, given
    if not given:
        raise Fault("IndexError: list index out of range", field="milestones", help="give at least one value")
    return given[-1], given[:-1]


@scheduler()
def PolynomialDecayParamScheduler(frame: Frame, base_value: NumberField, power: NumberField) -> Tracks:
    """A polynomial decay to 0 over the whole run.

    Formula: base_value·(1 − where)^power
    Source: fvcore/common/param_scheduler.py, PolynomialDecayParamScheduler

    Args:
        base_value: value at the start of the run
        power: exponent; past the run's end only a whole one has a real value
    """
    return scheduled(frame, Polynomial(base_value, power))


@scheduler()
def StepParamScheduler(frame: Frame, num_updates: NumberField, values: NumbersField) -> Tracks:
    """Values in turn, each for an equal share of the run; past it, and in its last millionth, it raises.

    Formula: values[⌊(where + 1e-6)·len(values)⌋]
    Source: fvcore/common/param_scheduler.py, StepParamScheduler

    Args:
        num_updates: above 0, and otherwise not used
    """
    if num_updates <= 0:
        raise Fault("ValueError: Number of updates must be larger than 0", field="num_updates")
    if not values:
        raise Fault("ValueError: Step scheduler requires a list of at least one param value", field="values")
    return scheduled(frame, EqualSteps(values))


@scheduler()
def StepWithFixedGammaParamScheduler(
    frame: Frame, base_value: NumberField, num_decays: IntegerField, gamma: NumberField, num_updates: IntegerField
) -> Tracks:
    """Drops by the same factor, at equal intervals over the run; past it, and in its last millionth, it raises.

    Formula: base_value·gamma^⌊(where + 1e-6)·(num_decays + 1)⌋
    Source: fvcore/common/param_scheduler.py, StepWithFixedGammaParamScheduler

    Args:
        base_value: the first value
        num_decays: how many drops
        gamma: factor of each drop
        num_updates: above 0, and otherwise not used
    """
    for name, number in (("base_value", base_value), ("gamma", gamma)):
        if number <= 0:
            raise Fault("ValueError: base_value and gamma must be positive numbers", field=name)
    for name, count in (("num_decays", num_decays), ("num_updates", num_updates)):
        if count <= 0:
            raise Fault("ValueError: num_decays and num_updates must be positive integers", field=name)
    levels = accumulate([gamma] * num_decays, initial=base_value, func=float.__mul__)
    return scheduled(frame, EqualSteps(tuple(levels)))


@scheduler()
def CompositeParamScheduler(
    frame: Frame,
    schedulers: RecipesField,
    lengths: NumbersField,
    interval_scaling: Annotated[tuple[str, ...], Many(Choice(("rescaled", "fixed")))],
) -> Tracks:
    """Schedulers one after the other, each for a share of the run.

    Formula: schedulers[i], the first whose end is not below where + 1e-6: at (where − its start)/its length if it
        is rescaled, at where if it is fixed
    Source: fvcore/common/param_scheduler.py, CompositeParamScheduler

    Args:
        schedulers: fvcore's own, such as `{use: fvcore.LinearParamScheduler}`
        lengths: the share of the run of each; the sum must be 1, to within 0.001
        interval_scaling: for each, whether it goes through all of its values (rescaled), or takes those that it
            would have there by itself (fixed)
    """
    if len(schedulers) != len(lengths):
        message = "ValueError: Schedulers and lengths must be same length"
        raise Fault(message, field="lengths", help=f"{len(schedulers)} schedulers, {len(lengths)} lengths")
    if not schedulers:
        message = "ValueError: There must be at least one scheduler in the composite scheduler"
        raise Fault(message, field="schedulers")
    shares = _to_one(lengths)
    children = tuple(taken_in(frame, each, "CompositeParamScheduler", "schedulers") for each in schedulers)
    names = tuple(each.title for each in schedulers)
    return scheduled(frame, Composite(children, names, shares, interval_scaling))


def _to_one(lengths: tuple[float, ...]) -> tuple[float, ...]:
    """The lengths, the last one as much as is missing to 1."""
    # `sum` rounds otherwise from Python 3.12 on.
    *_, before, total = accumulate((0.0, *lengths), initial=0.0)
    if not abs(total - 1) < 1e-3:
        raise Fault("ValueError: The sum of all values in lengths must be 1", field="lengths", help=f"it is {total:g}")
    return lengths if total == 1 else (*lengths[:-1], 1 - before)
