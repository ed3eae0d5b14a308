"""PyTorch-Ignite: ignite.handlers.param_scheduler.

Handlers are attached to Events.ITERATION_STARTED: the value at update k is what the handler's
call number k sets, just before it. With `interval: epoch` that is Events.EPOCH_STARTED.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isnan
from typing import Annotated, Any, Literal

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.exceptions import INDEX
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.ignite.handlers import (
    Absolute,
    Handler,
    InTurn,
    OnEvents,
    Optimizer,
    Plan,
    adopted,
    handler,
    named,
    piecewise,
)
from lrplot.frameworks.shared.arguments import (
    METRIC,
    GrowthField,
    HandoversField,
    IntegerWarmupField,
    ShrinkField,
    StartField,
)
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.whole_cycles import Cycles, Cyclic, Sizes, empty, scaled
from lrplot.lazy import dataclass
from lrplot.schema.annotations import CountField, FlagField, IntegerField, NumberField, OptionalNumber
from lrplot.schema.fields import Example, Inline
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe, RecipeField, RecipesField
from lrplot.schema.types import Count, Many, Number, Text

FRAMEWORK = Framework(
    name="ignite",
    distribution="pytorch-ignite",
    version="0.5.5",
    modules=("ignite.handlers", "ignite.handlers.param_scheduler", "ignite.contrib.handlers"),
    resuming=OnEvents(),
    glossary={"save_history": "whether ignite keeps the values; no effect here"},
    undetermined={"ReduceLROnPlateauScheduler": METRIC},
)
scheduler = FRAMEWORK.scheduler


Shape = Callable[[Any], Curve]


@dataclass(eq=False)
class Target:
    """The target of a handler.

    Args:
        param_name: the optimizer's parameter that it sets; if that is another one, the learning rate is constant
        param_group_index: the parameter group that it sets: 0, or all if absent
    """

    param_name: Literal["lr", "momentum", "weight_decay"]
    save_history: FlagField = False
    param_group_index: Annotated[int | None, Count(at_least=None)] = None

    def handler(self, frame: Frame, curve: Curve, numbers: Any = None, shape: Shape | None = None) -> Handler:
        """A handler that sets the parameter to a curve's values; see `Absolute`."""
        help = "leave it out; further groups have schedules of their own, under `groups`"
        index = self.param_group_index
        require(index in (None, 0, -1), "param_group_index", INDEX, help)
        return handler(frame, Absolute(self.param_name, curve, numbers, shape), Optimizer.of(frame))


TargetField = Annotated[Target, Inline(Target)]
Way = Callable[[Floats, Floats, Floats], Floats]  # from a first value to a last one, at shares of a cycle


@dataclass(eq=False)
class Cycling:
    """Cycles that each may be longer, and start and end elsewhere, than the one before.

    Args:
        start_value: value at the start of a cycle
        end_value: value at the end of a cycle
        cycle_size: events in the first cycle, 2 or more
        cycle_mult: each cycle is this many times as long as the one before, rounded down to whole events
        start_value_mult: factor of the start value from cycle to cycle
        end_value_mult: factor of the end value from cycle to cycle
        warmup_duration: events of a straight line after each cycle, to the start of the next one
    """

    start_value: StartField
    end_value: NumberField
    cycle_size: Annotated[IntegerField, Role.PERIOD]
    cycle_mult: GrowthField = 1.0
    start_value_mult: ShrinkField = 1.0
    end_value_mult: ShrinkField = 1.0
    warmup_duration: CountField = 0

    def curve(self, length: int, way: Way) -> Curve:
        """Cycles that each go `way`."""
        size = self.cycle_size
        error = f"ValueError: Argument cycle_size should be positive and larger than 1, but given {size}"
        require(size > 1, "cycle_size", error)
        cycles = Cycles((size, self.warmup_duration), partial(_longer, self.cycle_mult))
        return Cyclic(length, cycles, partial(self._values, way))

    def handler(self, frame: Frame, target: Target, way: Way) -> Handler:
        """A handler whose cycles go `way`; it is not saved, so those of a checkpoint go the same way."""
        return target.handler(frame, self.curve(frame.length, way), self, partial(_cycling, frame.length, way))

    def _values(self, way: Way, number: Steps, local: Steps, size: Steps, warmup: Steps) -> Floats:
        """Values in a cycle: `way` from start to end, then the warmup to the next cycle's start."""
        done = (local >= size) & (size > 0)  # from then on the start value is the next cycle's
        first = self.start_value * np.power(self.start_value_mult, (number + done).astype(np.float64))
        last = self.end_value * np.power(self.end_value_mult, number.astype(np.float64))
        with np.errstate(divide="ignore", invalid="ignore"):
            values = way(first, last, local / size)
            back = last + (first - last) * ((local - size) / warmup)
        values = np.where(local > size, back, values)
        return np.where(empty(size, warmup), np.nan, values)


def _cycling(length: int, way: Way, cycling: Cycling) -> Curve:
    return cycling.curve(length, way)


CyclingField = Annotated[Cycling, Inline(Cycling)]


@scheduler()
def LinearCyclicalScheduler(
    frame: Frame, target: TargetField, cycling: CyclingField, monotonic: FlagField = False
) -> Tracks:
    """Cycles of a straight line to `end_value` and back, or with `monotonic` one way only.

    Formula: end_value + (start_value − end_value)·|2p − 1|, where p climbs 0 → 1 in each cycle; with `monotonic`
        start_value + (end_value − start_value)·p
    Source: ignite/handlers/param_scheduler.py, LinearCyclicalScheduler; Smith 2017 (arXiv:1506.01186)

    Args:
        end_value: value in the middle of a cycle; with `monotonic` at its end
        monotonic: go one way, then jump back (or return in `warmup_duration` events)
    """
    error = "ValueError: Invalid combination when warmup_duration > 0 and monotonic=False"
    help = "add `monotonic: true`, or leave `warmup_duration` out"
    require(monotonic or not cycling.warmup_duration, "warmup_duration", error, help)
    return cycling.handler(frame, target, _straight if monotonic else _there_and_back)


@scheduler()
def CosineAnnealingScheduler(frame: Frame, target: TargetField, cycling: CyclingField) -> Tracks:
    """Half cosines from `start_value` to `end_value`, one after the other.

    Formula: start_value + (end_value − start_value)·(1 − cos πp)/2, where p climbs 0 → 1 in each cycle
    Source: ignite/handlers/param_scheduler.py, CosineAnnealingScheduler; Smith 2017 (arXiv:1506.01186)
    """
    return cycling.handler(frame, target, _half_cosine)


def _longer(mult: float, size: int, warmup: int) -> Sizes:
    return scaled(size, mult), scaled(warmup, mult)


# ignite's order of operations: it compares the first value with another one for equality.
def _straight(first: Floats, last: Floats, p: Floats) -> Floats:
    return first + (last - first) * p


def _there_and_back(first: Floats, last: Floats, p: Floats) -> Floats:
    return last + (first - last) * np.abs(p - 0.5) * 2


def _half_cosine(first: Floats, last: Floats, p: Floats) -> Floats:
    return np.asarray(first + ((last - first) / 2) * (1 - np.cos(np.pi * p)))


@scheduler()
def PiecewiseLinear(
    frame: Frame,
    target: TargetField,
    milestones_values: Annotated[tuple[tuple[float, ...], ...], Many(Many(Number())), Example("[[0, 0.1], [30, 0]]")],
) -> Tracks:
    """Straight lines from milestone to milestone, constant before the first and after the last.

    Formula: vᵢ + (vᵢ₊₁ − vᵢ)·(k − mᵢ)/(mᵢ₊₁ − mᵢ) between two milestones; the last of equal ones counts
    Source: ignite/handlers/param_scheduler.py, PiecewiseLinear

    Args:
        milestones_values: pairs of a milestone, counted in events, and the value there, such as `[[0, 0.1], [30, 0]]`
    """
    field = "milestones_values"
    error = "ValueError: Argument milestones_values should be with at least one value, but given []"
    require(len(milestones_values) > 0, field, error)
    error = "ValueError: Argument milestones_values should be a list of pairs (milestone, param_value)"
    require(all(len(pair) == 2 for pair in milestones_values), field, error, "write `[[0, 0.1], [30, 0]]`")
    milestones, values = ([*each] for each in zip(*milestones_values, strict=True))
    error = "TypeError: Value of a milestone should be integer, but given <class 'float'>"
    require(all(each.is_integer() for each in milestones), field, error)
    require(milestones == sorted(milestones), field, "ValueError: Milestones should be increasing integers")
    curve = piecewise(frame.length, [int(each) for each in milestones], values)
    return target.handler(frame, curve)


TorchField = Annotated[RecipeField, Example("{use: torch.StepLR, step_size: 30}")]
_LINE = "{use: ignite.PiecewiseLinear, param_name: lr, milestones_values: [[0, 0.1], [30, 0]]}"
HandlersField = Annotated[RecipesField, Example(f"[{_LINE}, {_LINE}]")]


@scheduler()
def LRScheduler(
    frame: Frame, lr_scheduler: TorchField, save_history: FlagField = False, use_legacy: FlagField = False
) -> Tracks:
    """A torch scheduler whose `get_lr` ignite calls, first at epoch 0; some of torch's then behave differently.

    With torch 2.13, those that multiply the learning rate do so at the first update already: LinearLR and ConstantLR
    apply their first factor twice, ExponentialLR and MultiplicativeLR are one step ahead, PolynomialLR is lower
    throughout. CosineAnnealingWarmRestarts is one step ahead too, CosineAnnealingLR's first value is above lr, SWALR
    keeps its first value; SequentialLR and ChainedScheduler raise an error.

    Formula: lr_scheduler's own value, from the value of `get_lr` at epoch 0 on
    Source: ignite/handlers/param_scheduler.py, LRScheduler; torch/optim/lr_scheduler.py (2.13.0)

    Args:
        lr_scheduler: torch's own, such as `{use: torch.StepLR, step_size: 30}`
        use_legacy: start at epoch 1, without the first value, as needed with ITERATION_COMPLETED
    """
    plan, optimizer = adopted(frame, lr_scheduler, "LRScheduler", int(use_legacy))
    return handler(frame, plan, optimizer)


@scheduler()
def ConcatScheduler(
    frame: Frame, schedulers: HandlersField, durations: HandoversField, save_history: FlagField = False
) -> Tracks:
    """Handlers one after the other, each from its own start on; the last one continues without end.

    A handler whose duration is 0 or less continues without end too, except that a first duration of 0 is skipped.

    Formula: schedulers[i](k − (durations[0] + … + durations[i − 1]))
    Source: ignite/handlers/param_scheduler.py, ConcatScheduler

    Args:
        schedulers: ignite's own, such as `{use: ignite.PiecewiseLinear, …}`, two or more, all of one `param_name`
        durations: events of each of them except the last
    """
    error = "ValueError: Argument schedulers should be of more than one parameter schedulers"
    require(len(schedulers) > 1, "schedulers", error)
    counts = f"{len(schedulers)} and {len(durations)}"
    error = f"ValueError: Incorrect number schedulers or duration values, given {counts}"
    require(len(schedulers) == len(durations) + 1, "durations", error, "give one duration fewer than schedulers")
    optimizer, plans = Optimizer.of(frame), list[Plan]()
    for recipe in schedulers:
        tracks = recipe.tracks(optimizer.frame(frame))
        if not isinstance(tracks, Handler):
            raise Fault(f"TypeError: ConcatScheduler takes ignite's own schedulers, not `{recipe.name}`")
        plans.append(named(tracks.plan, recipe, frame))
        optimizer = tracks.left
    return handler(frame, _in_turn(plans, durations), optimizer)


def _in_turn(plans: list[Plan], durations: tuple[int, ...], warms_up: bool = False) -> Plan:
    alike = len({plan.parameter for plan in plans}) == 1
    require(alike, "schedulers", "ValueError: schedulers should be related to same param_name")
    plan = InTurn(plans[0].parameter, tuple(plans), durations, warms_up)
    return plan.reading(plan.writes)


@scheduler()
def create_lr_scheduler_with_warmup(
    frame: Frame,
    lr_scheduler: TorchField,
    warmup_start_value: StartField,
    warmup_duration: IntegerWarmupField,
    warmup_end_value: Annotated[OptionalNumber, Role.PEAK] = None,
    save_history: FlagField = False,
    output_simulated_values: Annotated[tuple[str, ...] | None, Many(Text())] = None,
) -> Tracks:
    """A straight line, then a scheduler of torch's or ignite's.

    The warmup ends at event `warmup_duration` − 1. If torch's scheduler starts at another value, one event with its
    first value comes in between; if ignite's starts at the same value, the warmup is one event shorter.

    Formula: a line from warmup_start_value to warmup_end_value, then lr_scheduler
    Source: ignite/handlers/param_scheduler.py, create_lr_scheduler_with_warmup

    Args:
        lr_scheduler: torch's or ignite's own, such as `{use: torch.StepLR, step_size: 30}`
        warmup_start_value: learning rate of the first update
        warmup_duration: events of the warmup, 2 or more
        warmup_end_value: learning rate at its end; the optimizer's if absent
        output_simulated_values: a list that ignite fills; no effect here
    """
    error = f"ValueError: Argument warmup_duration should be at least 2 events, but given {warmup_duration}"
    require(warmup_duration > 1, "warmup_duration", error)
    tracks, line = lr_scheduler.tracks(frame), (warmup_start_value, warmup_duration, warmup_end_value)
    if isinstance(tracks, Handler):
        points, plan, optimizer = _before_ignite(frame, tracks, *line)
        plan = named(plan, lr_scheduler, frame)
    else:
        points, plan, optimizer = _before_torch(frame, lr_scheduler, *line)
    warmup = Absolute("lr", piecewise(frame.length, *points), name="warmup")
    return handler(frame, _in_turn([warmup, plan], (points[0][-1] + 1,), warms_up=True), optimizer)


Points = tuple[list[int], list[float]]  # milestones and the values there
Warmup = tuple[Points, Plan, Optimizer]


def _before_torch(frame: Frame, recipe: Recipe, start: float, events: int, end: float | None) -> Warmup:
    """A warmup before a torch scheduler that was only built; ignite sets its epoch to 1."""
    plan, optimizer = adopted(frame, recipe, "create_lr_scheduler_with_warmup", 1)
    lr = optimizer.values["lr"]
    if end is None or end == lr:
        return ([0, events - 1], [start, lr]), plan, optimizer
    return ([0, events - 1, events], [start, end, lr]), plan, optimizer


def _before_ignite(frame: Frame, handler: Handler, start: float, events: int, end: float | None) -> Warmup:
    """A warmup before an ignite handler; if the handler starts at its end value, it is one event shorter."""
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
