"""PyTorch-Ignite: ignite.handlers.param_scheduler.

Handlers are attached to Events.ITERATION_STARTED: the value at update k is what the handler's
call number k sets, just before it. With `interval: epoch` that is Events.EPOCH_STARTED.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isnan
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.ignite.handlers import (
    Absolute,
    Handler,
    InTurn,
    Optimizer,
    Plan,
    adopted,
    handler,
    piecewise,
)
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.whole_cycles import Cycles, Cyclic, Sizes, empty, scaled
from lrplot.schema.annotations import CountField, FlagField, IntegerField, IntegersField, NumberField, OptionalNumber
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipeField, RecipesField
from lrplot.schema.types import Count, Many, Number, Text

FRAMEWORK = Framework(
    name="ignite",
    distribution="pytorch-ignite",
    version="0.5.5",
    modules=("ignite.handlers", "ignite.handlers.param_scheduler", "ignite.contrib.handlers"),
    glossary={
        "param_name": "the optimizer's parameter that it sets; the learning rate stays as it is if that is another one",
        "start_value": "value at the start of a cycle",
        "cycle_size": "events in the first cycle, 2 or more",
        "cycle_mult": "each cycle is this many times as long as the one before, cut to whole events",
        "start_value_mult": "factor of the start value from cycle to cycle",
        "end_value_mult": "factor of the end value from cycle to cycle",
        "warmup_duration": "events after each cycle on a straight line to the next one's start",
        "save_history": "whether ignite keeps the values; they are the same",
        "param_group_index": "the parameter group that it sets: 0, or all if absent",
    },
    undetermined={
        "ReduceLROnPlateauScheduler": "it follows a metric: give its values to `use: torch.ReduceLROnPlateau`, as "
        "`metrics`",
    },
)
scheduler = FRAMEWORK.scheduler

ParameterName = Literal["lr", "momentum", "weight_decay"]
GroupIndex = Annotated[int | None, Count(at_least=None)]


@scheduler()
def LinearCyclicalScheduler(
    frame: Frame,
    param_name: ParameterName,
    start_value: NumberField,
    end_value: NumberField,
    cycle_size: IntegerField,
    cycle_mult: NumberField = 1.0,
    start_value_mult: NumberField = 1.0,
    end_value_mult: NumberField = 1.0,
    warmup_duration: CountField = 0,
    save_history: FlagField = False,
    param_group_index: GroupIndex = None,
    *,
    monotonic: FlagField = False,
) -> Tracks:
    """Straight lines to `end_value` and back, or with `monotonic` one way only, over and over.

    Formula: end_value + (start_value − end_value)·|2p − 1|, where p climbs 0 → 1 in each cycle; with `monotonic`
        start_value + (end_value − start_value)·p
    Source: ignite/handlers/param_scheduler.py, LinearCyclicalScheduler; Smith 2017 (arXiv:1506.01186)

    Args:
        end_value: value in the middle of a cycle; with `monotonic` at its end
        monotonic: go one way, then jump back (or come back in `warmup_duration` events)
    """
    if warmup_duration and not monotonic:
        message = "ValueError: Invalid combination when warmup_duration > 0 and monotonic=False"
        raise Fault(message, field="warmup_duration", help="add `monotonic: true`, or leave `warmup_duration` out")
    cycles = _cycles(cycle_size, warmup_duration, cycle_mult)
    way = _straight if monotonic else _there_and_back
    shape = partial(_cycle, way, (start_value, start_value_mult), (end_value, end_value_mult))
    curve = Cyclic(frame.length, cycles, shape)
    return _sets(frame, "LinearCyclicalScheduler", param_name, param_group_index, curve)


@scheduler()
def CosineAnnealingScheduler(
    frame: Frame,
    param_name: ParameterName,
    start_value: NumberField,
    end_value: NumberField,
    cycle_size: IntegerField,
    cycle_mult: NumberField = 1.0,
    start_value_mult: NumberField = 1.0,
    end_value_mult: NumberField = 1.0,
    warmup_duration: CountField = 0,
    save_history: FlagField = False,
    param_group_index: GroupIndex = None,
) -> Tracks:
    """Half cosines to `end_value`, each from `start_value` anew, without end.

    Formula: start_value + (end_value − start_value)·(1 − cos πp)/2, where p climbs 0 → 1 in each cycle
    Source: ignite/handlers/param_scheduler.py, CosineAnnealingScheduler; Smith 2017 (arXiv:1506.01186)

    Args:
        end_value: value at the end of a cycle
    """
    cycles = _cycles(cycle_size, warmup_duration, cycle_mult)
    shape = partial(_cycle, _half_cosine, (start_value, start_value_mult), (end_value, end_value_mult))
    curve = Cyclic(frame.length, cycles, shape)
    return _sets(frame, "CosineAnnealingScheduler", param_name, param_group_index, curve)


def _cycles(size: int, warmup: int, mult: float) -> Cycles:
    if size < 2:
        message = f"ValueError: Argument cycle_size should be positive and larger than 1, but given {size}"
        raise Fault(message, field="cycle_size")
    return Cycles((size, warmup), partial(_longer, mult))


def _longer(mult: float, size: int, warmup: int) -> Sizes:
    return scaled(size, mult), scaled(warmup, mult)


Level = tuple[float, float]  # the first cycle's value, and its factor from cycle to cycle


def _cycle(
    way: Callable[[Floats, Floats, Floats], Floats],
    start: Level,
    end: Level,
    number: Steps,
    local: Steps,
    size: Steps,
    warmup: Steps,
) -> Floats:
    """Values in a cycle: `way` from start to end, then the warmup to the next cycle's start."""
    done = (local >= size) & (size > 0)  # then the start is the next cycle's already
    first = start[0] * np.power(start[1], (number + done).astype(np.float64))
    last = end[0] * np.power(end[1], number.astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        values = way(first, last, local / size)
        back = last + (first - last) * ((local - size) / warmup)
    values = np.where(local > size, back, values)
    return np.where(empty(size, warmup), np.nan, values)


# These orders of operations, as ignite compares the first value to another one for equality.
def _straight(first: Floats, last: Floats, p: Floats) -> Floats:
    return first + (last - first) * p


def _there_and_back(first: Floats, last: Floats, p: Floats) -> Floats:
    return last + (first - last) * np.abs(p - 0.5) * 2


def _half_cosine(first: Floats, last: Floats, p: Floats) -> Floats:
    return np.asarray(first + ((last - first) / 2) * (1 - np.cos(np.pi * p)))


def _sets(frame: Frame, name: str, parameter: str, group: int | None, curve: Curve) -> Handler:
    """A handler that sets a parameter to a curve's values."""
    if group not in (None, 0, -1):
        help = "leave it out; further groups have schedules of their own, under `groups`"
        raise Fault("IndexError: list index out of range", field="param_group_index", help=help)
    return handler(frame, Absolute(name, parameter, curve), Optimizer.of(frame))


@scheduler()
def PiecewiseLinear(
    frame: Frame,
    param_name: ParameterName,
    milestones_values: Annotated[tuple[tuple[float, ...], ...], Many(Many(Number()))],
    save_history: FlagField = False,
    param_group_index: GroupIndex = None,
) -> Tracks:
    """Straight lines from milestone to milestone, level before the first and after the last.

    Formula: vᵢ + (vᵢ₊₁ − vᵢ)·(k − mᵢ)/(mᵢ₊₁ − mᵢ) between two milestones; of equal ones the last counts
    Source: ignite/handlers/param_scheduler.py, PiecewiseLinear

    Args:
        milestones_values: pairs of a milestone, counted in events, and the value there, such as `[[0, 0.1], [30, 0]]`
    """
    if not milestones_values:
        message = "ValueError: Argument milestones_values should be with at least one value, but given []"
        raise Fault(message, field="milestones_values")
    if any(len(pair) != 2 for pair in milestones_values):
        message = "ValueError: Argument milestones_values should be a list of pairs (milestone, param_value)"
        raise Fault(message, field="milestones_values", help="write `[[0, 0.1], [30, 0]]`")
    milestones, values = ([*each] for each in zip(*milestones_values, strict=True))
    if any(not each.is_integer() for each in milestones):
        message = "TypeError: Value of a milestone should be integer, but given <class 'float'>"
        raise Fault(message, field="milestones_values")
    if milestones != sorted(milestones):
        raise Fault("ValueError: Milestones should be increasing integers", field="milestones_values")
    curve = piecewise(frame.length, [int(each) for each in milestones], values)
    return _sets(frame, "PiecewiseLinear", param_name, param_group_index, curve)


@scheduler()
def LRScheduler(
    frame: Frame, lr_scheduler: RecipeField, save_history: FlagField = False, use_legacy: FlagField = False
) -> Tracks:
    """A torch scheduler whose `get_lr` ignite calls, at epoch 0 first; not all of torch's are themselves then.

    With torch 2.13 those that multiply the learning rate do so at the first update already: LinearLR and ConstantLR
    apply their first factor twice, ExponentialLR and MultiplicativeLR are one step ahead, PolynomialLR is lower
    throughout. CosineAnnealingWarmRestarts is one step ahead too, CosineAnnealingLR's first value is above lr, SWALR
    stays where it starts; SequentialLR and ChainedScheduler raise.

    Formula: lr_scheduler's own value, from what it makes of the learning rate when asked at epoch 0
    Source: ignite/handlers/param_scheduler.py, LRScheduler; torch/optim/lr_scheduler.py (2.13.0)

    Args:
        lr_scheduler: torch's own, such as `{use: torch.StepLR, step_size: 30}`
        use_legacy: begin at epoch 1: the first value is left out, as ITERATION_COMPLETED needs it
    """
    plan, optimizer = adopted(frame, lr_scheduler.tracks(frame), "LRScheduler", int(use_legacy))
    return handler(frame, plan, optimizer)


@scheduler()
def ConcatScheduler(
    frame: Frame, schedulers: RecipesField, durations: IntegersField, save_history: FlagField = False
) -> Tracks:
    """Handlers one after the other, each from its own start on; the last one goes on for ever.

    So does one that comes to act with a duration of 0 or less, but for a 0 at the beginning, which is passed over.

    Formula: schedulers[i](k − (durations[0] + … + durations[i − 1]))
    Source: ignite/handlers/param_scheduler.py, ConcatScheduler

    Args:
        schedulers: ignite's own, such as `{use: ignite.PiecewiseLinear, …}`, two or more, all of one `param_name`
        durations: events that each of them lasts, but for the last
    """
    if len(schedulers) < 2:
        message = "ValueError: Argument schedulers should be of more than one parameter schedulers"
        raise Fault(message, field="schedulers")
    if len(schedulers) != len(durations) + 1:
        message = (
            f"ValueError: Incorrect number schedulers or duration values, given {len(schedulers)} and {len(durations)}"
        )
        raise Fault(message, field="durations", help="one duration less than schedulers")
    optimizer, plans = Optimizer.of(frame), list[Plan]()
    for recipe in schedulers:
        tracks = recipe.tracks(optimizer.frame(frame))
        if not isinstance(tracks, Handler):
            raise Fault(f"TypeError: ConcatScheduler takes ignite's own schedulers, not `{recipe.name}`")
        plans.append(tracks.plan)
        optimizer = tracks.left
    return handler(frame, _in_turn("ConcatScheduler", plans, durations), optimizer)


def _in_turn(name: str, plans: list[Plan], durations: tuple[int, ...], warms_up: bool = False) -> Plan:
    if len({plan.parameter for plan in plans}) > 1:
        raise Fault("ValueError: schedulers should be related to same param_name", field="schedulers")
    both = InTurn(name, plans[0].parameter, tuple(plans), durations, warms_up)
    return both.reading(both.writes)


@scheduler()
def create_lr_scheduler_with_warmup(
    frame: Frame,
    lr_scheduler: RecipeField,
    warmup_start_value: NumberField,
    warmup_duration: IntegerField,
    warmup_end_value: OptionalNumber = None,
    save_history: FlagField = False,
    output_simulated_values: Annotated[tuple[str, ...] | None, Many(Text())] = None,
) -> Tracks:
    """A straight line up to a scheduler of torch's or ignite's, which follows.

    The warmup ends at event `warmup_duration` − 1. If torch's scheduler starts elsewhere, one event at its first value
    is put in between; if ignite's starts right there, the warmup is an event shorter.

    Formula: a line from warmup_start_value to warmup_end_value, then lr_scheduler
    Source: ignite/handlers/param_scheduler.py, create_lr_scheduler_with_warmup

    Args:
        lr_scheduler: torch's or ignite's own, such as `{use: torch.StepLR, step_size: 30}`
        warmup_start_value: learning rate of the first update
        warmup_duration: events of the warmup, 2 or more
        warmup_end_value: where it leads to; the optimizer's learning rate if absent
        output_simulated_values: a list that ignite fills; the values are the same
    """
    if warmup_duration < 2:
        message = f"ValueError: Argument warmup_duration should be at least 2 events, but given {warmup_duration}"
        raise Fault(message, field="warmup_duration")
    tracks = lr_scheduler.tracks(frame)
    line = (warmup_start_value, warmup_duration, warmup_end_value)
    if isinstance(tracks, Handler):
        points, plan, optimizer = _before_ignite(frame, tracks, *line)
    else:
        points, plan, optimizer = _before_torch(frame, tracks, *line)
    warmup = Absolute("warmup", "lr", piecewise(frame.length, *points))
    both = _in_turn("warmup", [warmup, plan], (points[0][-1] + 1,), warms_up=True)
    return handler(frame, both, optimizer)


Points = tuple[list[int], list[float]]  # milestones and the values there
Warmup = tuple[Points, Plan, Optimizer]


def _before_torch(frame: Frame, scheduler: Tracks, start: float, events: int, end: float | None) -> Warmup:
    """A warmup, then a torch scheduler, which ignite sets to epoch 1 as it has no more than been built."""
    plan, optimizer = adopted(frame, scheduler, "create_lr_scheduler_with_warmup", 1)
    lr = optimizer.values["lr"]
    if end is None or end == lr:
        return ([0, events - 1], [start, lr]), plan, optimizer
    return ([0, events - 1, events], [start, end, lr]), plan, optimizer


def _before_ignite(frame: Frame, handler: Handler, start: float, events: int, end: float | None) -> Warmup:
    """A warmup, then an ignite handler; it leaves its last event to a handler that starts where it leads."""
    first, plan, values = handler.plan.probe(handler.left.values)
    optimizer = Optimizer(values, handler.left.initial_lr)
    if end is None:
        end = frame.base_value() if isnan(values["lr"]) else values["lr"]
    if first != end:
        points = [0, events - 1], [start, end]
    elif events > 2:
        points = [0, events - 2], [start, end - (end - start) / (events - 1)]
    else:
        points = [0], [start]
    return points, plan, optimizer
