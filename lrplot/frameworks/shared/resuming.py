"""Rules by which several frameworks' schedulers go on from a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from math import nan
from typing import Any

from lrplot.curves.curve import Curve
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.updates import Update
from lrplot.lazy import dataclass
from lrplot.schema.resuming import Call, Checkpoint, Restored, Resuming, after_first, value_at

NO_INITIAL_LR = "KeyError: \"param 'initial_lr' is not specified in param_groups[0] when resuming scheduler\""
COUNTS = ("last_epoch", "last_batch_iteration")  # keys of the steps done
FUNCTIONS = "lr_lambdas"  # the key of the functions in LambdaLR's state


@dataclass(eq=False)
class State:
    """The state dict of one of torch's schedulers, or of one that is saved like them.

    `attributes` are its arguments, without functions and without those that live in the optimizer's group. `epoch`
    (`last_epoch`) and `base` (`base_lrs`) are None if it has none. A composite has `children` by position, and one
    whose children act in turn `milestones`. `call` is the whole scheduler, for those that compute from attributes.
    """

    attributes: Mapping[str, Any] = field(default_factory=dict)
    epoch: int | None = None
    base: float | None = None
    children: tuple[State, ...] | None = None
    milestones: tuple[int, ...] | None = None
    call: Call | None = None

    def require(self, key: str) -> None:
        """Raise torch's error if the state lacks a key that loading asks for."""
        if key not in self.attributes:
            raise Fault(f"KeyError: '{key}'")


def number_at(values: Any, index: int) -> float | None:
    """The number of a parameter group in a list of a state."""
    if isinstance(values, list) and index < len(values) and isinstance(values[index], int | float):
        return float(values[index])
    return None


def together(asked: Restored) -> Restored:
    """Both states if any is loaded: one is a part of the other."""
    return replace(asked, optimizer=True, scheduler=True) if asked.optimizer or asked.scheduler else asked


def own_base(call: Call) -> float:
    """The base rate of a scheduler: the optimizer's own; NaN if it is not known."""
    return nan if call.frame.base is None else call.frame.base


def group_of(call: Call, done: int, base: float) -> dict[str, float]:
    """The optimizer's group after N steps of a scheduler."""
    tracks = call.tracks()
    moved = {name: value_at(curve, done) for name, curve in {**tracks.beside, "lr": tracks.curve}.items()}
    return {**call.frame.beside, "initial_lr": base, **moved}


@dataclass(eq=False)
class Counted(Resuming):
    """base·f(count): the function is never saved, so the new plan's holds; the current rate is not read.

    The first further value is stale: the restored group's, or f(0) of the constructor. With `saves_base` the old base
    returns with the state, else the new plan's holds. With `by_trainer` the count is the trainer's, which goes on in
    any case; without `saves_count` it begins anew. If the states are `one`, either brings back the other. `base` gives
    a scheduler's base rate.
    """

    saves_base: bool = True
    saves_count: bool = True
    by_trainer: bool = False
    one: bool = False
    base: Callable[[Call], float] = own_base
    takes_last_epoch: bool = True

    def loads(self, asked: Restored) -> Restored:
        return together(asked) if self.one else asked

    def saves(self, call: Call) -> Mapping[str, Any]:
        return {"lr": self.base(call)} if self.saves_base else {}

    def read(self, call: Call, states: Sequence[Mapping[str, Any]], index: int) -> State:
        given = states[0]
        base = number_at(given.get("base_lrs"), index)
        count = next((given[name] for name in COUNTS if isinstance(given.get(name), int)), None)
        return State(dict.fromkeys(given), count if self.saves_count else None, base)

    def saved(self, call: Call, done: int) -> Checkpoint:
        base = self.base(call)
        state = State({FUNCTIONS: None}, done if self.saves_count else None, base)
        return Checkpoint(done, group_of(call, done, base), state)

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        if restored.last_epoch:
            return built_late(call, checkpoint, restored, length)
        tracks = call.tracks()
        group = _first_values(tracks, checkpoint, restored.optimizer)
        count = checkpoint.done if self.by_trainer else 0
        state = checkpoint.state
        if restored.scheduler and isinstance(state, State):
            if self.saves_base:
                state.require(FUNCTIONS)
                tracks = tracks if state.base is None else call.tracks(state.base)
            count = state.epoch if self.saves_count and state.epoch is not None else count
        return _going_on(tracks, group, count, length)


def built_late(call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
    """A scheduler without a state of its own that is built with `last_epoch` on the restored optimizer."""
    if not restored.optimizer:
        raise Fault(NO_INITIAL_LR)
    tracks = call.tracks(checkpoint.group["initial_lr"])
    return tracks.each(lambda curve: Lasting(length, curve, checkpoint.done))


def _first_values(tracks: Tracks, checkpoint: Checkpoint, restored: bool) -> dict[str, float]:
    """The first further values: the restored group's, or those of the constructor."""
    fresh = {name: value_at(curve, 0) for name, curve in {**tracks.beside, "lr": tracks.curve}.items()}
    return {name: checkpoint.group.get(name, value) if restored else value for name, value in fresh.items()}


def _going_on(tracks: Tracks, first: Mapping[str, float], count: int, length: int) -> Tracks:
    """First values, then those after `count` steps."""
    return Tracks(
        after_first("resumed", first["lr"], tracks.curve, count, length),
        {name: after_first("resumed", first[name], curve, count, length) for name, curve in tracks.beside.items()},
    )


@dataclass(eq=False)
class Whole(Counted):
    """Attributes alone: a state brings back the whole old scheduler; the current rate is not read."""

    def saves(self, call: Call) -> Mapping[str, Any]:
        return {**call.frame.beside, "lr": self.base(call), **call.arguments}

    def read(self, call: Call, states: Sequence[Mapping[str, Any]], index: int) -> State:
        given = states[0]
        changed = {name: given[name] for name in call.arguments if name in given}
        old = replace(call, arguments={**call.arguments, **changed})
        return State({}, given.get("last_epoch"), number_at(given.get("base_lrs"), index), call=old)

    def saved(self, call: Call, done: int) -> Checkpoint:
        base = self.base(call)
        return Checkpoint(done, group_of(call, done, base), State({}, done, base, call=call))

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        if restored.last_epoch:
            return built_late(call, checkpoint, restored, length)
        tracks, count = call.tracks(), 0
        first = _first_values(tracks, checkpoint, restored.optimizer)
        state = checkpoint.state
        if restored.scheduler and isinstance(state, State):
            tracks = state.call.tracks() if state.call and state.call.builder == call.builder else tracks
            count = state.epoch or 0
        return _going_on(tracks, first, count, length)


@dataclass(eq=False)
class Recurring(Resuming):
    """A value made from the last one, which is saved with the count; the arguments are the new plan's.

    `update` gives a scheduler's gains and shifts.
    """

    update: Callable[[Call], Update]

    takes_last_epoch = False

    def loads(self, asked: Restored) -> Restored:
        return together(asked)

    def saved(self, call: Call, done: int) -> Checkpoint:
        return Checkpoint(done, group_of(call, done, own_base(call)), State({}, done))

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        curve = call.tracks().curve
        if not (restored.optimizer or restored.scheduler):
            return Tracks(Lasting(length, curve))
        lr = checkpoint.group["lr"]
        if abs(value_at(curve, checkpoint.done) - lr) <= ROUNDING * abs(lr):
            return Tracks(Lasting(length, curve, checkpoint.done))
        return Tracks(Recurrence(length, lr, partial(_later, self.update(call), checkpoint.done)))


ROUNDING = 1e-12  # of a value: a smaller difference is that of a closed form from a recurrence


def _later(update: Update, done: int, steps: Steps) -> tuple[Floats, Floats]:
    return update(steps + done)


class InOptimizer(Resuming):
    """A function of a count that is part of the optimizer's state: restored, the new plan goes on at once."""

    holds_groups = False
    takes_last_epoch = False

    def saved(self, call: Call, done: int) -> Checkpoint:
        return Checkpoint(done)

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        count = checkpoint.done if restored.optimizer else 0

        def going_on(curve: Curve) -> Curve:
            return Lasting(length, curve, count)

        return call.tracks().each(going_on)
