"""torch's schedulers at work on one optimizer: which of them acts at which step, and what it does there.

A scheduler by itself has a closed form; at work beside others, its steps change whatever value
they find. This follows them as torch/optim/lr_scheduler.py does, constructors, undone steps and
restarts at milestones included.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, nan

import numpy as np

from lrplot.curves.curve import Origin
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault

Update = Callable[[Steps], tuple[Floats, Floats]]
Affine = tuple[float, float]  # gain and shift: what a step makes of the value it finds

KEEP: Affine = (1.0, 0.0)
FIRST = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Scheduler(Tracks):
    """A torch scheduler: the curve is its values by itself.

    `update` gives gain and shift of its regular step at any epochs ≥ 0; None where it
    overwrites what it finds by the curve's value. `initial` is what its constructor's step
    does. `restart` is the value it sets when a SequentialLR comes to it, None where that is
    a regular step at epoch 0. `initial_lr` is what it makes of the optimizer's initial value.
    """

    name: str
    origin: Origin | None = field(default=None, compare=False, repr=False)
    update: Update | None = None
    initial: Affine = KEEP
    restart: float | None = None
    no_restart: str = ""  # what torch raises when a SequentialLR comes to it
    initial_lr: float | None = None
    overrides: bool = False  # whether `initial_lr` replaces one that is there
    counts_calls: bool = False  # whether its epoch is how often it was stepped, whatever undid that
    writes: Mapping[str, float] = field(default_factory=dict)  # what it leaves in the optimizer's group
    reading: Callable[[Mapping[str, float]], Scheduler] | None = None  # itself, by what is found there instead

    def affine(self, epochs: Steps) -> tuple[Floats, Floats]:
        """Gain and shift of a regular step at `epochs`; NaN where it raises."""
        values = self.curve.values(epochs)
        if self.update is None:
            return np.zeros(epochs.shape), values
        gains, shifts = (np.broadcast_to(each, epochs.shape) for each in self.update(epochs))
        return np.where(np.isnan(values), nan, gains), shifts


@dataclass(frozen=True)
class Event:
    """A scheduler acting at one step, at its own `epoch`: by a regular step, or as `how` says."""

    scheduler: Scheduler
    epoch: int
    how: str = "step"

    def affine(self) -> Affine:
        """What it makes of the value it finds."""
        if self.how == "initial" and self.scheduler.update is not None:
            return self.scheduler.initial
        if self.how == "restart" and self.scheduler.restart is not None:
            return 0.0, self.scheduler.restart
        gains, shifts = self.scheduler.affine(np.array([self.epoch], dtype=np.int64))
        return float(gains[0]), float(shifts[0])


@dataclass
class Leaf:
    """The state of a scheduler of its own."""

    scheduler: Scheduler
    epoch: int = -1

    def initial_step(self) -> list[Event]:
        """Its `_initial_step`."""
        self.epoch = 0 if self.scheduler.counts_calls else self.epoch + 1
        return [Event(self.scheduler, self.epoch, "initial")]

    def step(self) -> list[Event]:
        """Its `step`."""
        self.epoch += 1
        return [Event(self.scheduler, self.epoch)]

    def restart(self) -> list[Event]:
        """Its `_update_lr(0)`, as a SequentialLR calls it at a milestone."""
        if self.scheduler.no_restart:
            raise Fault(self.scheduler.no_restart)
        if not self.scheduler.counts_calls:
            self.epoch = 0
        return [Event(self.scheduler, self.epoch, "restart")]

    def undo(self) -> None:
        """A SequentialLR's undoing of what the constructor stepped."""
        if not self.scheduler.counts_calls:
            self.epoch -= 1

    def quiet(self) -> float:
        """How many steps lie ahead in which nothing but epochs changes."""
        return inf

    def skip(self, steps: int) -> None:
        """Pass over so many of them."""
        self.epoch += steps


@dataclass
class Chain:
    """The state of a ChainedScheduler: all of its children act at every step, in order."""

    children: list[Node]

    def initial_step(self) -> list[Event]:
        """Its `_initial_step`, which for its children is a regular one."""
        return self.step()

    def step(self) -> list[Event]:
        """Its `step`."""
        return [event for child in self.children for event in child.step()]

    def restart(self) -> list[Event]:
        """Its `_update_lr(0)`, for which it has no `get_lr`."""
        raise Fault("NotImplementedError: a ChainedScheduler or SequentialLR cannot be started at a milestone")

    def undo(self) -> None:
        """A SequentialLR's undoing of what the constructors stepped."""
        for child in self.children:
            child.undo()

    def quiet(self) -> float:
        """How many steps lie ahead in which nothing but epochs changes."""
        return min(child.quiet() for child in self.children)

    def skip(self, steps: int) -> None:
        """Pass over so many of them."""
        for child in self.children:
            child.skip(steps)


@dataclass
class InTurn(Chain):
    """The state of a SequentialLR: one child acts at a time, the next from its milestone on."""

    milestones: tuple[int, ...] = ()
    epoch: int = 0

    def _index(self) -> int:
        return bisect_right(self.milestones, self.epoch)

    def start(self) -> list[Event]:
        """The end of its constructor, once the optimizer's value is back at its initial one."""
        self.undo()
        return self.children[self._index()].initial_step()

    def step(self) -> list[Event]:
        """Its `step`."""
        self.epoch += 1
        index = self._index()
        arrived = index > 0 and self.milestones[index - 1] == self.epoch
        return self.children[index].restart() if arrived else self.children[index].step()

    def quiet(self) -> float:
        """How many steps lie ahead in which nothing but epochs changes."""
        ahead = [each - self.epoch - 1 for each in self.milestones if each > self.epoch]
        return min([*ahead, self.children[self._index()].quiet()])

    def skip(self, steps: int) -> None:
        """Pass over so many of them."""
        self.epoch += steps
        self.children[self._index()].skip(steps)


Node = Leaf | Chain


def applied(events: list[Event], lr: float) -> float:
    """The value after some events."""
    for event in events:
        gain, shift = event.affine()
        lr = gain * lr + shift
    return lr


def composed(events: list[Event]) -> Affine:
    """Several events as one."""
    gain, shift = KEEP
    for event in events:
        more, plus = event.affine()
        gain, shift = more * gain, more * shift + plus
    return gain, shift
