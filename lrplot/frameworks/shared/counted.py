"""Schedulers that compute each value from a count and a base: torch's LambdaLR, and those that work like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.schema.resuming import Call, Checkpoint, Restored, Resuming, after_first, value_at

NO_INITIAL_LR = "KeyError: \"param 'initial_lr' is not specified in param_groups[0] when resuming scheduler\""
FUNCTIONS = "lr_lambdas"  # the key of the functions in LambdaLR's state


@dataclass(eq=False)
class State:
    """The state dict of one of torch's schedulers, or of one that is saved like them.

    `attributes` are its arguments, without functions and without those that live in the optimizer's group. `epoch`
    (`last_epoch`) and `base` (`base_lrs`) are None if it has none. A composite has `children` by position, and one
    whose children act in turn `milestones`.
    """

    attributes: Mapping[str, Any] = field(default_factory=dict)
    epoch: int | None = None
    base: float | None = None
    children: tuple[State, ...] | None = None
    milestones: tuple[int, ...] | None = None

    def require(self, key: str) -> None:
        """Raise torch's error if the state lacks a key that loading asks for."""
        if key not in self.attributes:
            raise Fault(f"KeyError: '{key}'")


def own_base(call: Call) -> float:
    """The base rate of a scheduler: the optimizer's own."""
    return call.frame.base_value()


@dataclass(eq=False)
class Counted(Resuming):
    """base·f(count): the function is never saved, so the new plan's holds; the current rate is not read.

    The first further value is stale: the restored group's, or f(0) of the constructor. With `saves_base` the old base
    returns with the state, else the new plan's holds. With `by_trainer` the count is the trainer's, which goes on in
    any case. `base` gives a scheduler's base rate.
    """

    saves_base: bool = True
    by_trainer: bool = False
    base: Callable[[Call], float] = own_base

    def saves(self, call: Call) -> Mapping[str, Any]:
        return {"lr": self.base(call)} if self.saves_base else {}

    def saved(self, call: Call, done: int) -> Checkpoint:
        tracks = call.tracks()
        base = self.base(call)
        group = {**call.frame.beside, **{name: value_at(curve, done) for name, curve in tracks.beside.items()}}
        return Checkpoint(
            done,
            {**group, "lr": value_at(tracks.curve, done), "initial_lr": base},
            State({FUNCTIONS: None}, done, base),
        )

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        group = checkpoint.group
        if restored.last_epoch:
            if not restored.optimizer:
                raise Fault(NO_INITIAL_LR)
            old = call.tracks(group["initial_lr"])
            return Tracks(
                after_first("resumed", value_at(old.curve, checkpoint.done), old.curve, checkpoint.done, length)
            )
        fresh = call.tracks()
        first = group["lr"] if restored.optimizer else value_at(fresh.curve, 0)
        loads = restored.scheduler and isinstance(checkpoint.state, State)
        count = checkpoint.done if self.by_trainer else 0
        curve = fresh.curve
        if loads:
            if self.saves_base:
                checkpoint.state.require(FUNCTIONS)
                curve = curve if checkpoint.state.base is None else call.tracks(checkpoint.state.base).curve
            count = count if checkpoint.state.epoch is None else checkpoint.state.epoch
        return Tracks(after_first("resumed", first, curve, count, length))
