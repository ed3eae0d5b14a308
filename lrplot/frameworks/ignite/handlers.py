"""ignite's handlers on one optimizer.

A handler sets a parameter at each event. Most compute its value from the event alone. One that wraps
a torch scheduler may change the value it finds, so it depends on the handlers before it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from math import isnan, nan
from typing import Any

import numpy as np

from lrplot.curves.curve import Curve, Flat, Origin
from lrplot.curves.formulas import Formula
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting, Scaled
from lrplot.diagnostics import Fault
from lrplot.frameworks.torch.composite import Composite, State, Tree
from lrplot.frameworks.torch.optimizer import FIRST, Leaf, Scheduler
from lrplot.lazy import dataclass
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe
from lrplot.schema.resuming import Call, Checkpoint, Restored, Resuming

Values = Mapping[str, float]  # an optimizer's parameters
ABSENT = "ValueError: Required state attribute is absent in provided state_dict"


def piecewise(length: int, milestones: list[int], values: list[float]) -> Formula:
    """Straight lines from milestone to milestone, constant before the first and after the last."""
    at = np.array([milestones[0] - 1, *milestones, milestones[-1] + 1], dtype=np.float64)
    knots = np.array([values[0], *values, values[-1]], dtype=np.float64)
    return Formula(length, partial(_between, at, knots), tuple(map(float, milestones)), meant=Role.CURVE)


def _between(at: Floats, knots: Floats, t: Floats) -> Floats:
    t = np.clip(t, at[0], at[-1])
    left = np.minimum(np.searchsorted(at, t, side="right") - 1, len(at) - 2)
    low, high = knots[left], knots[left + 1]
    # ignite's order of operations: it compares the first value with another one for equality.
    return np.asarray(low + (high - low) * (t - at[left]) / (at[left + 1] - at[left]))


@dataclass(eq=False)
class Optimizer:
    """The optimizer after schedulers are built on it: its parameters, and torch's initial learning rate."""

    values: Values
    initial_lr: float | None = None

    @staticmethod
    def of(frame: Frame) -> Optimizer:
        """The optimizer of a frame; if the frame has `lr` beside its base, the base is torch's initial value."""
        if "lr" in frame.beside:
            return Optimizer(frame.beside, frame.base)
        return Optimizer({**frame.beside, "lr": nan if frame.base is None else frame.base})

    def frame(self, frame: Frame) -> Frame:
        """The frame of what is built on it next."""
        if self.initial_lr is None:
            return frame
        return replace(frame, base=self.initial_lr, beside=self.values)


@dataclass(eq=False)
class Plan(ABC):
    """The effect of a handler, whenever it begins.

    `name` is what its phase is called, and `origin` the recipe it came from.
    """

    parameter: str
    name: str = field(default="", kw_only=True)
    origin: Origin | None = field(default=None, compare=False, repr=False, kw_only=True)

    @property
    def moves(self) -> tuple[str, ...]:
        """The parameters that it sets."""
        return (self.parameter,)

    @property
    def writes(self) -> Values:
        """The values that its constructor writes to the optimizer's group."""
        return {}

    def reading(self, written: Values) -> Plan:
        """The plan if the optimizer's group has these values."""
        return self

    @abstractmethod
    def loaded(self, old: Plan, done: int) -> Plan:
        """The plan after the state of another one was loaded, which has had `done` events; it begins there."""

    @abstractmethod
    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        """The curves of its parameters from now on, if the optimizer has these values."""

    @abstractmethod
    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        """The result of its `get_param()` (None if that is not a number), and plan and values after the call."""


@dataclass(eq=False)
class Absolute(Plan):
    """Values that do not depend on those before.

    If a state has numbers only, `shape` makes a curve of `numbers`, in its own way.
    """

    curve: Curve
    numbers: Any = None
    shape: Callable[[Any], Curve] | None = field(default=None, repr=False)

    def loaded(self, old: Plan, done: int) -> Plan:
        if not isinstance(old, Absolute) or (self.shape is None) != (old.shape is None):
            raise Fault(ABSENT)
        curve = self.shape(old.numbers) if self.shape else old.curve
        return replace(self, parameter=old.parameter, curve=Lasting(curve.length, curve, done), numbers=old.numbers)

    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        return {self.parameter: Lasting(length, self.curve)}

    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        return value_at(self.curve, 0), self, values


@dataclass(eq=False)
class OfTorch(Plan):
    """A torch scheduler whose `get_lr` is called, first at epoch `epoch`, and whose `step` is not."""

    scheduler: Scheduler
    epoch: int

    @property
    def moves(self) -> tuple[str, ...]:
        return ("lr", *self.scheduler.beside)

    @property
    def writes(self) -> Values:
        return self.scheduler.writes

    def reading(self, written: Values) -> Plan:
        return replace(self, scheduler=self.scheduler.given(written))

    def loaded(self, old: Plan, done: int) -> Plan:
        if not isinstance(old, OfTorch):
            raise Fault(ABSENT)
        leaf = Leaf(old.scheduler, old.epoch + done)
        if self.scheduler.counts_reads:  # ignite's wrapper of warm restarts, which replaces the new one
            return replace(self, scheduler=old.scheduler, epoch=leaf.epoch)
        own = Leaf(self.scheduler, self.epoch)
        own.load(leaf.state())
        return replace(self, scheduler=own.scheduler, epoch=own.epoch)

    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        beside = self.scheduler.beside.items()
        moved = {name: Lasting(length, curve, self.epoch) for name, curve in beside}
        phase = Phase(self.scheduler.name, self._lr(values["lr"], length), origin=self.scheduler.origin)
        return {"lr": Sequence(length, (phase,), open=True), **moved}

    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        curves = self.begin(values, 1)
        first = {name: value_at(curve, 0) for name, curve in curves.items()}
        if isnan(first["lr"]):
            raise Fault(curves["lr"].failure(0) or "its first value is not a number")
        after = replace(self, epoch=self.epoch + self.scheduler.counts_reads)
        return self._first(values["lr"]), after, {**values, **first, "lr": values["lr"]}

    def _lr(self, lr: float, length: int) -> Curve:
        scheduler, closed = self.scheduler, Lasting(length, self.scheduler.curve, self.epoch)
        if self.epoch == 0 and scheduler.no_read:
            return Bounded(Flat(length, lr), 0, scheduler.no_read)
        if scheduler.counts_calls:  # of `step`, which is never called: each event is like the first
            return Flat(length, self._first(lr))
        if scheduler.update is None or self._closed:
            return closed
        if scheduler.reads_closed:
            return self._begun(length, self._first(lr))
        return self._multiplied(length, self._first(lr), closed)

    @property
    def _closed(self) -> bool:
        """Whether its first event computes the closed form."""
        return self.scheduler.reads_closed and self.epoch > 0

    def _first(self, lr: float) -> float:
        """The value after its first event, exact to the last bit."""
        epoch = 0 if self.scheduler.counts_calls else self.epoch
        gain, shift = (float(each[0]) for each in self.scheduler.affine(FIRST + epoch))
        return value_at(self.scheduler.curve, epoch) if self._closed else gain * lr + shift

    def _begun(self, length: int, first: float) -> Sequence:
        """The scheduler's curve with another first value."""
        rest = Lasting(max(length - 1, 1), self.scheduler.curve, 1)
        return Sequence(length, (Phase("start", Flat(1, first)), Phase(self.scheduler.name, rest)), open=True)

    def _multiplied(self, length: int, first: float, closed: Curve) -> Curve:
        """The curve of one that multiplies the value it finds, from another value on."""
        begins = value_at(closed, 0)
        if begins != 0:
            return Scaled(closed, first / begins)
        curve: Curve = Recurrence(length, first, partial(_later, self.scheduler, self.epoch))
        if isinstance(self.scheduler.curve, Bounded):
            return Bounded(curve, self.scheduler.curve.stop - self.epoch, self.scheduler.curve.reason)
        return curve


def _later(scheduler: Scheduler, epoch: int, t: Steps) -> tuple[Floats, Floats]:
    return scheduler.affine(t + epoch)


@dataclass(eq=False)
class Failing(Plan):
    """A torch scheduler without a `get_lr`; ignite raises at its first event."""

    beside: tuple[str, ...]
    written: Values

    REASON = "NotImplementedError: a SequentialLR or ChainedScheduler has no `get_lr`, which ignite calls"

    @property
    def moves(self) -> tuple[str, ...]:
        return ("lr", *self.beside)

    @property
    def writes(self) -> Values:
        return self.written

    def loaded(self, old: Plan, done: int) -> Plan:
        return self

    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        held = {name: Flat(length, values[name]) for name in self.beside}
        return {"lr": Bounded(Flat(length, values["lr"]), 0, self.REASON), **held}

    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        raise Fault(self.REASON)


@dataclass(eq=False)
class InTurn(Plan):
    """Handlers one after the other, all but the last for N events; `warms_up` if the first one is a warmup."""

    plans: tuple[Plan, ...]
    durations: tuple[int, ...]
    warms_up: bool = False

    @property
    def moves(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for plan in self.plans for name in plan.moves))

    @property
    def writes(self) -> Values:
        return {name: value for plan in self.plans for name, value in plan.writes.items()}

    def reading(self, written: Values) -> Plan:
        return replace(self, plans=tuple(plan.reading(written) for plan in self.plans))

    def loaded(self, old: Plan, done: int) -> Plan:
        if not isinstance(old, InTurn):
            raise Fault(ABSENT)
        if len(old.plans) != len(self.plans):
            counts = f"{len(old.plans)} state_dicts of concatenated schedulers, but {len(self.plans)} needed"
            raise Fault(f"ValueError: Input state_dict contains {counts}")
        index, counts_of, left = old.place(done)
        plans = [
            own.loaded(theirs, counts_of[i]) for i, (own, theirs) in enumerate(zip(self.plans, old.plans, strict=True))
        ]
        if left is None or index == len(plans) - 1:
            return plans[index]
        return InTurn(self.parameter, tuple(plans[index:]), (left, *old.durations[index + 1 :]), name=self.name)

    def place(self, done: int) -> tuple[int, list[int], int | None]:
        """After N events: the index of the handler that acts, the events of each, and those left; None if endless."""
        counts = [0] * len(self.plans)
        index = int(self.durations[0] == 0) - 1
        for _, duration in self._acting():
            index += 1
            counts[index] = done if duration is None else min(done, duration)
            done -= counts[index]
            if not done:
                return index, counts, None if duration is None else duration - counts[index]
        return index, counts, None

    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        current = dict(values)
        phases: dict[str, list[Phase]] = {name: [] for name in self.moves}
        left = length
        for plan, duration in self._acting():
            span = max(left, 1) if duration is None else duration
            tracks = plan.begin(current, span)
            warmup = self.warms_up and plan is self.plans[0]
            for name in self.moves:
                curve = tracks[name] if name in tracks else Flat(span, current[name])
                role = Role.WARMUP if warmup and name in tracks else None
                phases[name].append(Phase(plan.name, curve, role, origin=plan.origin))
                current[name] = nan if duration is None else value_at(curve, span - 1)
            left -= span
        return {name: Sequence(length, tuple(each), open=True) for name, each in phases.items()}

    def _acting(self) -> list[tuple[Plan, int | None]]:
        """The handlers that act, each with its number of events, None for the last one.

        ignite counts the events of a handler down and continues with the next one at 0, but tests for 0 before
        the first event only at the start of the run: elsewhere a duration of 0 never ends.
        """
        index = int(self.durations[0] == 0)
        acting: list[tuple[Plan, int | None]] = []
        while index < len(self.durations) and self.durations[index] > 0:
            acting.append((self.plans[index], self.durations[index]))
            index += 1
        return [*acting, (self.plans[index], None)]

    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        first, plan, values = self.plans[0].probe(values)
        # A warmup has one handler per parameter group, and its `get_param()` is a list.
        return None if self.warms_up else first, replace(self, plans=(plan, *self.plans[1:])), values


@dataclass(eq=False, kw_only=True)
class Handler(Tracks):
    """A handler's curves by itself, its plan, and the optimizer after its constructor."""

    plan: Plan
    left: Optimizer


def handler(frame: Frame, plan: Plan, optimizer: Optimizer) -> Handler:
    """A handler by itself."""
    tracks = plan.begin(optimizer.values, frame.length)
    lr = tracks.pop("lr") if "lr" in tracks else Flat(frame.length, frame.base_value())
    return Handler(curve=lr, beside=tracks, plan=plan, left=optimizer)


def named(plan: Plan, recipe: Recipe, frame: Frame) -> Plan:
    """The plan with the name of its recipe."""
    return replace(plan, name=recipe.title, origin=recipe.use(frame))


def adopted(frame: Frame, recipe: Recipe, owner: str, epoch: int) -> tuple[Plan, Optimizer]:
    """A torch scheduler as ignite's `LRScheduler` wraps it, and the optimizer after its constructor."""
    scheduler = recipe.tracks(frame)
    if not isinstance(scheduler, Scheduler | Composite):
        raise Fault(f"TypeError: {owner} takes torch's own schedulers, such as `{{use: torch.StepLR, step_size: 30}}`")
    if isinstance(scheduler, Scheduler):
        scheduler = replace(scheduler, origin=recipe.use(frame))
    if epoch and isinstance(scheduler, Composite) and scheduler.tree.milestones is None:
        raise Fault("AttributeError: 'ChainedScheduler' object has no attribute 'last_epoch'", field="lr_scheduler")
    before = Optimizer.of(frame)
    state = State(before.values["lr"], before.initial_lr, [])
    Tree((scheduler,), None, None).construct(state)
    moved = {name: value_at(each, 0) for name, each in scheduler.beside.items()}
    after = Optimizer({**before.values, **moved, "lr": state.lr}, state.initial_lr)
    if isinstance(scheduler, Composite):
        written = {name: value for leaf in scheduler.leaves() for name, value in leaf.writes.items()}
        return Failing("lr", tuple(moved), written, name="start"), after
    return OfTorch("lr", scheduler, 1 if scheduler.counts_reads else epoch, name=scheduler.name), after


def value_at(curve: Curve, t: int) -> float:
    """The value at one step."""
    return float(curve.values(FIRST + t)[0])


class OnEvents(Resuming):
    """A handler that sets its value when an update begins, so that no value is stale.

    A state has sizes, values and milestones besides the count, so it brings back the old plan. Only a wrapped torch
    scheduler reads the current rate, which is that of the update before.
    """

    takes_last_epoch = False

    def saves(self, call: Call) -> Mapping[str, Any]:
        return call.arguments

    def saved(self, call: Call, done: int) -> Checkpoint:
        made = call.tracks()
        assert isinstance(made, Handler)
        curves = {**made.beside, "lr": made.curve}
        moved = {name: value_at(curve, done - 1) for name, curve in curves.items()} if done else {}
        return Checkpoint(done, {**made.left.values, **made.plan.writes, **moved}, made.plan)

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        made = call.tracks()
        assert isinstance(made, Handler)
        plan, values = made.plan, {**made.left.values, **made.plan.writes}
        group = checkpoint.group if restored.optimizer else values
        values = {**values, **group}
        if restored.scheduler and isinstance(checkpoint.state, Plan):
            plan = plan.loaded(checkpoint.state, checkpoint.done)
        tracks = plan.reading(group).begin(values, length)
        names = {"lr", *made.plan.moves, *plan.moves}
        curves = {name: tracks.get(name) or Flat(length, values[name]) for name in names}
        return Tracks(curves.pop("lr"), curves)
