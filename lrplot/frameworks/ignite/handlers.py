"""ignite's handlers, as they act on one optimizer.

A handler sets a parameter at each event. Most set it to values of their own; those around a
torch scheduler may go on from the value they find, so handlers begin where others left off.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import isnan, nan

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting, Scaled
from lrplot.diagnostics import Fault
from lrplot.frameworks.torch.composite import Composite, State, Tree
from lrplot.frameworks.torch.optimizer import FIRST, Scheduler
from lrplot.schema.frame import Frame

Values = Mapping[str, float]  # an optimizer's parameters


def piecewise(length: int, milestones: list[int], values: list[float]) -> Formula:
    """Straight lines from milestone to milestone, level before the first and after the last."""
    at = np.array([milestones[0] - 1, *milestones, milestones[-1] + 1], dtype=np.float64)
    knots = np.array([values[0], *values, values[-1]], dtype=np.float64)
    return Formula(length, partial(_between, at, knots), tuple(map(float, milestones)))


def _between(at: Floats, knots: Floats, t: Floats) -> Floats:
    t = np.clip(t, at[0], at[-1])
    left = np.minimum(np.searchsorted(at, t, side="right") - 1, len(at) - 2)
    low, high = knots[left], knots[left + 1]
    # This order, as ignite compares the first value to another one for equality.
    return np.asarray(low + (high - low) * (t - at[left]) / (at[left + 1] - at[left]))


@dataclass(frozen=True)
class Optimizer:
    """The optimizer once schedulers are built on it: its parameters, and torch's initial learning rate."""

    values: Values
    initial_lr: float | None = None

    @staticmethod
    def of(frame: Frame) -> Optimizer:
        """As the frame has it: `lr` beside the base tells that the base is torch's initial one."""
        if "lr" in frame.beside:
            return Optimizer(frame.beside, frame.base)
        return Optimizer({**frame.beside, "lr": nan if frame.base is None else frame.base})

    def frame(self, frame: Frame) -> Frame:
        """The frame of what is built next on it."""
        if self.initial_lr is None:
            return frame
        return replace(frame, base=self.initial_lr, beside=self.values)


@dataclass(frozen=True)
class Plan(ABC):
    """What a handler does, whenever it begins."""

    name: str
    parameter: str

    @property
    def moves(self) -> tuple[str, ...]:
        """The parameters it sets."""
        return (self.parameter,)

    @property
    def writes(self) -> Values:
        """What it leaves in the optimizer's group when it is built."""
        return {}

    def reading(self, written: Values) -> Plan:
        """Itself, where the last to be built wrote that there."""
        return self

    @abstractmethod
    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        """What it sets them to from now on, the optimizer having these values."""

    @abstractmethod
    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        """Its `get_param()` (None if that is no number), and what the call leaves behind."""


@dataclass(frozen=True)
class Absolute(Plan):
    """Values of its own."""

    curve: Curve

    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        return {self.parameter: Lasting(length, self.curve)}

    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        return value_at(self.curve, 0), self, values


@dataclass(frozen=True)
class OfTorch(Plan):
    """A torch scheduler whose `get_lr` is called, at its epoch `epoch` first.

    torch counts on `step()` for the first epoch and for what it does there.
    """

    scheduler: Scheduler
    epoch: int

    @property
    def moves(self) -> tuple[str, ...]:
        return ("lr", *self.scheduler.beside)

    @property
    def writes(self) -> Values:
        return self.scheduler.writes

    def reading(self, written: Values) -> Plan:
        return self if self.scheduler.reading is None else replace(self, scheduler=self.scheduler.reading(written))

    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        beside = self.scheduler.beside.items()
        moved = {name: Lasting(length, curve, self.epoch) for name, curve in beside}
        return {"lr": self._lr(values["lr"], length), **moved}

    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        curves = self.begin(values, 1)
        first = {name: value_at(curve, 0) for name, curve in curves.items()}
        if isnan(first["lr"]):
            raise Fault(curves["lr"].failure(0) or "its first value is not a number")
        counts = self.scheduler.name == "CosineAnnealingWarmRestarts"
        after = replace(self, epoch=self.epoch + counts)
        return self._first(values["lr"]), after, {**values, **first, "lr": values["lr"]}

    def _lr(self, lr: float, length: int) -> Curve:
        scheduler, closed = self.scheduler, Lasting(length, self.scheduler.curve, self.epoch)
        if reason := self._fails():
            return Bounded(Flat(length, lr), 0, reason)
        if scheduler.counts_calls:  # of `step()`, of which there are none: each event is like the first
            return Flat(length, self._first(lr))
        if scheduler.update is None or self._resumed:
            return closed
        if scheduler.name == "CosineAnnealingLR":
            return _begun(length, self._first(lr), scheduler.curve)
        return self._multiplied(length, self._first(lr), closed)

    @property
    def _resumed(self) -> bool:
        """Whether it takes the run for a resumed one, as it has not been stepped itself."""
        return self.scheduler.name == "CosineAnnealingLR" and self.epoch > 0

    def _first(self, lr: float) -> float:
        """What its first event makes of a value, to the last bit."""
        epoch = 0 if self.scheduler.counts_calls else self.epoch
        gain, shift = (float(each[0]) for each in self.scheduler.affine(FIRST + epoch))
        return value_at(self.scheduler.curve, epoch) if self._resumed else gain * lr + shift

    def _fails(self) -> str | None:
        """What dividing by no epochs at all raises, at the first event."""
        name, curve = self.scheduler.name, self.scheduler.curve
        if name == "CosineAnnealingLR" and isinstance(curve, Bounded):
            return curve.reason
        if name == "PolynomialLR" and isinstance(curve, Flat) and self.epoch == 0:
            return "ZeroDivisionError: division by zero"
        return None

    def _multiplied(self, length: int, first: float, closed: Curve) -> Curve:
        """One that multiplies the value it finds: its own curve, from another value on."""
        begins = value_at(closed, 0)
        if begins != 0:
            return Scaled(closed, first / begins)
        curve: Curve = Recurrence(length, first, partial(_later, self.scheduler, self.epoch))
        if isinstance(self.scheduler.curve, Bounded):
            return Bounded(curve, self.scheduler.curve.stop - self.epoch, self.scheduler.curve.reason)
        return curve


def _begun(length: int, first: float, curve: Curve) -> Sequence:
    """A curve whose first value is another one."""
    rest = Lasting(max(length - 1, 1), curve, 1)
    return Sequence(length, (Phase("start", Flat(1, first)), Phase("CosineAnnealingLR", rest)), open=True)


def _later(scheduler: Scheduler, epoch: int, t: Steps) -> tuple[Floats, Floats]:
    return scheduler.affine(t + epoch)


@dataclass(frozen=True)
class Failing(Plan):
    """A torch scheduler without a `get_lr`, which raises at its first event."""

    beside: tuple[str, ...]
    written: Values

    REASON = "NotImplementedError: a SequentialLR or ChainedScheduler has no `get_lr`, which ignite calls"

    @property
    def moves(self) -> tuple[str, ...]:
        return ("lr", *self.beside)

    @property
    def writes(self) -> Values:
        return self.written

    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        held = {name: Flat(length, values[name]) for name in self.beside}
        return {"lr": Bounded(Flat(length, values["lr"]), 0, self.REASON), **held}

    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        raise Fault(self.REASON)


@dataclass(frozen=True)
class InTurn(Plan):
    """Handlers one after the other, each but the last for so many events; `warms_up` if the first is a warmup."""

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

    def begin(self, values: Values, length: int) -> dict[str, Curve]:
        found = dict(values)
        phases: dict[str, list[Phase]] = {name: [] for name in self.moves}
        left = length
        for plan, duration in self._acting():
            span = max(left, 1) if duration is None else duration
            tracks = plan.begin(found, span)
            for name in self.moves:
                curve = tracks[name] if name in tracks else Flat(span, found[name])
                phases[name].append(Phase(plan.name, curve))
                found[name] = nan if duration is None else value_at(curve, span - 1)
            left -= span
        return {name: Sequence(length, tuple(each), open=True) for name, each in phases.items()}

    def _acting(self) -> list[tuple[Plan, int | None]]:
        """Those that come to act, with their events; the last one's have no end.

        The events left are counted down, and 0 is looked for before each but the first one
        of a handler, so that from there on a duration of 0 is never found to be over.
        """
        index = int(self.durations[0] == 0)
        acting: list[tuple[Plan, int | None]] = []
        while index < len(self.durations) and self.durations[index] > 0:
            acting.append((self.plans[index], self.durations[index]))
            index += 1
        return [*acting, (self.plans[index], None)]

    def probe(self, values: Values) -> tuple[float | None, Plan, Values]:
        first, plan, values = self.plans[0].probe(values)
        # A warmup is a list of one handler a parameter group, and so is its `get_param()`.
        return None if self.warms_up else first, replace(self, plans=(plan, *self.plans[1:])), values


@dataclass(frozen=True, kw_only=True)
class Handler(Tracks):
    """A handler's curves by itself, what it does whenever it begins, and how it leaves the optimizer when built."""

    plan: Plan
    left: Optimizer


def handler(frame: Frame, plan: Plan, optimizer: Optimizer) -> Handler:
    """The handler by itself."""
    tracks = plan.begin(optimizer.values, frame.length)
    lr = tracks.pop("lr") if "lr" in tracks else Flat(frame.length, frame.base_value())
    return Handler(curve=lr, beside=tracks, plan=plan, left=optimizer)


def adopted(frame: Frame, scheduler: Tracks, owner: str, epoch: int) -> tuple[Plan, Optimizer]:
    """A torch scheduler as ignite's `LRScheduler` has it, and the optimizer after its constructor."""
    if not isinstance(scheduler, Scheduler | Composite):
        raise Fault(f"TypeError: {owner} takes torch's own schedulers, such as `{{use: torch.StepLR, step_size: 30}}`")
    if epoch and isinstance(scheduler, Composite) and scheduler.tree.milestones is None:
        raise Fault("AttributeError: 'ChainedScheduler' object has no attribute 'last_epoch'", field="lr_scheduler")
    before = Optimizer.of(frame)
    state = State(before.values["lr"], before.initial_lr, [])
    Tree((scheduler,), None, None).construct(state)
    moved = {name: value_at(each, 0) for name, each in scheduler.beside.items()}
    after = Optimizer({**before.values, **moved, "lr": state.lr}, state.initial_lr)
    if isinstance(scheduler, Composite):
        written = {name: value for leaf in scheduler.leaves() for name, value in leaf.writes.items()}
        return Failing("start", "lr", tuple(moved), written), after
    counted = 1 if scheduler.name == "CosineAnnealingWarmRestarts" else epoch  # it counts its own, from 1
    return OfTorch(scheduler.name, "lr", scheduler, counted), after


def value_at(curve: Curve, t: int) -> float:
    """One value."""
    return float(curve.values(FIRST + t)[0])
