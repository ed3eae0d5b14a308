"""Resuming: a scheduler that goes on from a checkpoint, under the same plan or a changed one.

A run is stopped after K updates. Its checkpoint holds two things: the optimizer's *group* (the learning rate and
whatever else schedulers write there) and the scheduler's own *state*. A new process builds optimizer and scheduler
under the changed plan, then loads the optimizer's state, then the scheduler's; either may be missing.

What happens then is part of a scheduler's definition, beside its values: `Definition.resuming` has the rule, and a
framework gives its schedulers a default. A rule answers two questions: what does a checkpoint hold
(`Resuming.saved`), and which values follow once it is loaded (`Resuming.resumed`). The old plan's rule answers the
first, the new plan's the second. Both work on a `Call`, a builder with its arguments that can be built again for
another base or other arguments; the result is a curve like any other, evaluated by slices. A rule of None means that
the scheduler has no state: its trainer's counter decides, and the run goes on at step K of the new plan.

There are few rules, because there are few ways to make the next value:

- from a count and a base: torch's LambdaLR and all functions for it, torchtitan, DeepSpeed;
- from attributes, which the state brings back whole: torch's restarts and cycles, timm, ignite;
- from the current rate: torch's recursive schedulers and composites, mmengine, bolts;
- from a metric: the plateaus of torch and paddle.

Rules that several frameworks share are in `frameworks/shared/resuming.py`, others beside their schedulers.

Steps here are those of the scheduler's own clock; `Clocked` translates them into updates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.sequence import Phase
from lrplot.curves.sequence import Sequence as InTurn
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Ended, Lasting
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.schema.frame import Frame


@dataclass(frozen=True)
class Restored:
    """The parts of a checkpoint that are loaded.

    If `last_epoch`, the optimizer's state is loaded first, and the scheduler is built with `last_epoch = K − 1`.
    """

    optimizer: bool = True
    scheduler: bool = True
    last_epoch: bool = False


@dataclass(eq=False)
class Call:
    """A scheduler's builder with its arguments, in the frame of its own steps."""

    builder: Callable[..., Curve | Tracks]
    frame: Frame
    arguments: Mapping[str, Any]

    def tracks(self, base: float | None = None, **changed: Any) -> Tracks:
        """Build it, for another base or with other arguments if these are given."""
        frame = self.frame if base is None else replace(self.frame, base=base, own=True)
        made = self.builder(frame, **{**self.arguments, **changed})
        return Tracks(made) if isinstance(made, Curve) else made


@dataclass(eq=False)
class Checkpoint:
    """The states that a run leaves after `done` steps of its scheduler.

    `group` has the numbers in the optimizer's group, such as `lr`, `initial_lr` and `momentum`; `state` is the
    scheduler's own, None if it has none.
    """

    done: int
    group: Mapping[str, float] = field(default_factory=dict)
    state: Any = None


class Resuming(ABC):
    """The rule by which a scheduler is saved and goes on.

    If it `holds_groups`, the optimizer's state brings back the whole group, with what no scheduler moves. It
    `takes_last_epoch` if its schedulers can be built with torch's `last_epoch`. `advice` is what to do if no way of
    restoring follows a changed plan; empty if nothing is known.
    """

    holds_groups = True
    takes_last_epoch = True
    advice = ""

    def loads(self, asked: Restored) -> Restored:
        """The parts that are really loaded if some are asked for: some programs load both states or none."""
        return asked

    def saves(self, call: Call) -> Mapping[str, Any]:
        """The arguments that a state brings back, by their place in the spec."""
        return {}

    def place(self, name: str) -> str:
        """The attribute that holds an argument of `saves`, as one writes it after loading."""
        return f"scheduler.{name}"

    def read(self, call: Call, states: Sequence[Mapping[str, Any]], index: int) -> Any:
        """The state in a checkpoint's files, of a parameter group by its place; a `Fault` if it is not known how."""
        raise Fault("the states of these schedulers cannot be read from a file", help="give `--at` a number of updates")

    @abstractmethod
    def saved(self, call: Call, done: int) -> Checkpoint:
        """The checkpoint of a run after `done` steps."""

    @abstractmethod
    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        """The values from the first further one on, for `length` steps.

        A `Fault` is an exception that the framework raises before the first of them.
        """


@dataclass(eq=False)
class Clocked:
    """A scheduler that goes on in a run: stepped `times` times every `every` updates from update `start` on."""

    call: Call
    resuming: Resuming
    every: int
    times: int
    start: int

    def done(self, at: int) -> int:
        """Steps of its clock before update `at`."""
        return (at // self.every - self.start // self.every) * self.times

    def saved(self, at: int) -> Checkpoint:
        """The checkpoint of a run that is stopped before update `at`; accelerate steps none past its end."""
        done = self.done(at)
        if self.times > 1 and (last := self.call.tracks().total_steps) is not None:
            done = min(done, last)
        return self.resuming.saved(self.call, done)

    def resumed(self, checkpoint: Checkpoint, at: int, restored: Restored, length: int) -> Tracks:
        """The values of update `at` and the following ones, `length` in all."""
        steps = max(-(-length // self.every) * self.times + 1, 1)
        tracks = self.resuming.resumed(self.call, checkpoint, restored, steps)
        if self.every == self.times == 1:
            return tracks.each(lambda curve: Lasting(length, curve))
        if self.times > 1 and (last := tracks.total_steps) is not None:
            tracks = tracks.each(lambda curve: Ended(curve, last))
        offset = at if self.every > 1 else 0
        return tracks.each(lambda curve: Stepped(length, curve, self.every, self.times, offset))


def after_first(name: str, first: float, curve: Curve, count: int, length: int) -> Curve:
    """A stale first value, then a curve from its step `count` + 1 on; the whole curve if its value is the same."""
    if value_at(curve, count) == first:
        return Lasting(length, curve, count)
    rest = Lasting(max(length - 1, 1), curve, count + 1)
    return InTurn(length, (Phase("restored", Flat(1, first)), Phase(name, rest)), open=True)


def failing(message: str, length: int) -> Tracks:
    """The values of a run that raises before its first update."""
    return Tracks(Bounded(Flat(max(length, 1), 0.0), 0, message))


def value_at(curve: Curve, step: int) -> float:
    """The value at one step."""
    return float(curve.values(np.array([step], dtype=np.int64))[0])
