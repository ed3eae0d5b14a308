"""mmengine's schedulers on an optimizer that is saved and restored.

A state is every attribute of a scheduler, `begin`, `end` and its own counters too, and the states of a list are matched
by position. Each step changes the value it finds; a 1cycle keeps its levels in the optimizer's group.
Source: mmengine/optim/scheduler/param_scheduler.py, _ParamScheduler.load_state_dict; mmengine/runner/runner.py, resume
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from lrplot.curves.curve import Curve
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded
from lrplot.frameworks.mmengine.optimizer import FOREVER, Levels, Part, Scheduled, Updates, Window
from lrplot.frameworks.shared.resuming import number_at
from lrplot.schema.resuming import Call, Checkpoint, Restored, Resuming, value_at

LISTS = ("milestones", "periods", "restart_weights", "eta_max")  # which a state has in another form
LEVELS = ("initial_lr", "max_lr", "min_lr")  # the group's keys of a 1cycle's start, peak and end


class InWindows(Resuming):
    """Schedulers that act in windows of their own."""

    takes_last_epoch = False
    advice = "start a new run from the weights: `load_from` without `resume`"

    def saves(self, call: Call) -> Mapping[str, Any]:
        saved: dict[str, Any] = {"lr": call.frame.base}
        parts = _made(call).parts
        for index, part in enumerate(parts):
            path = f"schedulers.{index}." if "schedulers" in call.arguments else ""
            if part.configured:
                arguments = {**vars(part.configured.window), **part.configured.arguments}
                saved |= {path + name: value for name, value in arguments.items()}
        return saved

    def place(self, name: str) -> str:
        return "runner.param_schedulers[" + re.sub(r"^(?:schedulers\.(\d+)\.)?", lambda each: f"{each[1] or 0}].", name)

    def read(self, call: Call, states: Sequence[Mapping[str, Any]], index: int) -> Any:
        return tuple(_read(part, given, index) for part, given in zip(_made(call).parts, states, strict=False))

    def saved(self, call: Call, done: int) -> Checkpoint:
        made = _made(call)
        group = {name: value_at(curve, done) for name, curve in {**made.beside, "lr": made.curve}.items()}
        group |= dict(zip(LEVELS, _levels(made.parts) or (), strict=False))
        state = tuple((part, (part.lag + done) // part.every) for part in made.parts)
        return Checkpoint(done, {**call.frame.beside, **group}, state)

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        made = _made(call)
        done, group = checkpoint.done, checkpoint.group
        parts = [replace(part, lag=(part.lag + done) % part.every) for part in made.parts]
        if restored.scheduler and isinstance(checkpoint.state, tuple):
            for index, (own, (old, reading)) in enumerate(zip(made.parts, checkpoint.state, strict=False)):
                parts[index] = _loaded(own, old, reading, done)
        levels = _levels(made.parts)
        if restored.optimizer and all(name in group for name in LEVELS):
            levels = group[LEVELS[0]], group[LEVELS[1]], group[LEVELS[2]]
        if levels:
            parts = [replace(each, rule=each.rule.relevel(levels)) if each.rule.relevel else each for each in parts]
        first = {name: value_at(curve, 0) for name, curve in {**made.beside, "lr": made.curve}.items()}
        if restored.optimizer:
            first = {name: group.get(name, value) for name, value in first.items()}
        curves = {name: _curve(length, value, parts, name) for name, value in first.items()}
        return Tracks(curves.pop("lr"), curves)


def _made(call: Call) -> Scheduled:
    made = call.tracks()
    assert isinstance(made, Scheduled)
    return made


def _levels(parts: tuple[Part, ...]) -> Levels | None:
    """The levels that the last 1cycle wrote to the group; None if there is none."""
    return next((part.rule.levels for part in reversed(parts) if part.rule.levels), None)


def _loaded(own: Part, old: Part, reading: int, done: int) -> Part:
    """A scheduler after a state was loaded whose clock had that reading, `done` steps of the run after its start."""
    part = old
    if own.name != old.name and own.configured and old.configured and own.frame and old.frame:
        part = own.configured.loaded(old.configured).part(replace(own.frame, base=old.frame.base))
    every = own.frame.epoch() if part.by_epoch and own.frame else 1  # `by_epoch` comes back, the epochs are the run's
    return replace(part, every=every, lag=reading * every + (own.lag + done) % every)


def _read(own: Part, given: Mapping[str, Any], index: int) -> tuple[Part, int]:
    """The scheduler of a state dict, of a parameter group by its place, and the reading of its clock."""
    reading = int(given.get("_global_step", 0))
    if own.configured is None or own.frame is None:
        return own, reading
    window = Window(given.get("begin", 0), given.get("end", FOREVER), by_epoch=bool(given.get("by_epoch", True)))
    shared = {name: given[name] for name in own.configured.arguments if name in given and name not in LISTS}
    counts = given.get("milestones")
    if isinstance(counts, dict):
        shared["milestones"] = tuple(int(each) for each, times in counts.items() for _ in range(int(times)))
    old = replace(own.configured, window=window, make=partial(own.configured.make, **shared))
    base = number_at(given.get("base_values"), index)
    return old.part(own.frame if base is None else replace(own.frame, base=base)), reading


def _curve(length: int, first: float, parts: list[Part], parameter: str) -> Curve:
    """A parameter under its schedulers from now on; at the end of an epoch those that step by update come first."""
    mine = [part for part in parts if part.parameter == parameter]
    curve: Curve = Recurrence(length, first, Updates(tuple(sorted(mine, key=lambda part: part.by_epoch))))
    failures = [failure for part in parts if (failure := part.failure) and failure[0] > 0]
    return Bounded(curve, *min(failures)) if failures else curve
