"""Torch's schedulers on one optimizer: the ones that act at each step, and their effect on the value there.

A scheduler by itself has a closed form; beside others, its steps change the value they find.
This follows torch/optim/lr_scheduler.py, including its constructors, undone steps and restarts at
milestones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf, nan

import numpy as np

from lrplot.curves.curve import Origin
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.updates import Update

Affine = tuple[float, float]  # gain and shift: what a step does to the value it finds

KEEP: Affine = (1.0, 0.0)
FIRST = np.zeros(1, dtype=np.int64)


@dataclass(eq=False, kw_only=True)
class Scheduler(Tracks):
    """A torch scheduler; its curve is what it does by itself.

    Attributes:
        origin: the recipe it came from
        update: gains and shifts of its regular steps at epochs ≥ 0; None if it overwrites the value with the curve's
        initial: gain and shift of the constructor's step
        restart: the value it sets when a SequentialLR reaches it; None if that is a regular step at epoch 0
        no_restart: what torch raises when a SequentialLR reaches it
        initial_lr: what it sets the optimizer's initial value to
        overrides: whether `initial_lr` replaces one that is already set
        counts_calls: whether its epoch is the number of calls of `step`, even of those that were undone
        counts_reads: whether each call of `get_lr` advances its epoch
        reads_closed: whether `get_lr` computes the closed form if `step` was never called and the epoch is above 0
        no_read: what `get_lr` raises at epoch 0 if it is not the constructor that calls it
        writes: what it writes to the optimizer's group
        reading: builds it again for other values in the group
    """

    origin: Origin | None = field(default=None, compare=False, repr=False)
    update: Update | None = None
    initial: Affine = KEEP
    restart: float | None = None
    no_restart: str = ""
    initial_lr: float | None = None
    overrides: bool = False
    counts_calls: bool = False
    counts_reads: bool = False
    reads_closed: bool = False
    no_read: str = ""
    writes: Mapping[str, float] = field(default_factory=dict)
    reading: Callable[[Mapping[str, float]], Scheduler] | None = None

    @property
    def name(self) -> str:
        """Its name, without the framework."""
        return self.origin.name.rpartition(".")[2] if self.origin else ""

    def given(self, written: Mapping[str, float]) -> Scheduler:
        """The scheduler if the optimizer's group has these values."""
        return replace(self.reading(written), origin=self.origin) if self.reading else self

    def affine(self, epochs: Steps) -> tuple[Floats, Floats]:
        """Gains and shifts of regular steps at `epochs`; NaN if torch raises there."""
        values = self.curve.values(epochs)
        if self.update is None:
            return np.zeros(epochs.shape), values
        gains, shifts = self.update(epochs)
        return np.where(np.isnan(values), nan, gains), shifts


@dataclass(eq=False)
class Event:
    """A scheduler acting at one step, at its own `epoch`: by a regular step, or as `how` says."""

    scheduler: Scheduler
    epoch: int
    how: str = "step"

    def affine(self) -> Affine:
        """Gain and shift of the event."""
        if self.how == "initial" and self.scheduler.update is not None:
            return self.scheduler.initial
        if self.how == "restart" and self.scheduler.restart is not None:
            return 0.0, self.scheduler.restart
        gains, shifts = self.scheduler.affine(FIRST + self.epoch)
        return float(gains[0]), float(shifts[0])

    def beside(self, name: str, held: float) -> float:
        """The value of another parameter after the event; `held` if the scheduler does not move it."""
        curve = self.scheduler.beside.get(name)
        return held if curve is None else float(curve.values(FIRST + max(self.epoch, 0))[0])


@dataclass
class Leaf:
    """The state of a single scheduler."""

    scheduler: Scheduler
    epoch: int = -1

    def initial_step(self) -> list[Event]:
        """Torch's `_initial_step`."""
        self.epoch = 0 if self.scheduler.counts_calls else self.epoch + 1
        return [Event(self.scheduler, self.epoch, "initial")]

    def step(self) -> list[Event]:
        """Torch's `step`."""
        self.epoch += 1
        if self.epoch == 0 and self.scheduler.no_read:
            raise Fault(self.scheduler.no_read)
        return [Event(self.scheduler, self.epoch)]

    def restart(self) -> list[Event]:
        """Torch's `_update_lr(0)`, which a SequentialLR calls at a milestone."""
        if self.scheduler.no_restart:
            raise Fault(self.scheduler.no_restart)
        if not self.scheduler.counts_calls:
            self.epoch = 0
        return [Event(self.scheduler, self.epoch, "restart")]

    def undo(self) -> None:
        """Undo the constructor's step, as a SequentialLR does."""
        if not self.scheduler.counts_calls:
            self.epoch -= 1

    def quiet(self) -> float:
        """How many of the next steps are regular steps of the same schedulers."""
        return inf

    def skip(self, steps: int) -> None:
        """Pass over N of these steps."""
        self.epoch += steps


@dataclass
class Chain:
    """The state of a ChainedScheduler, whose children all act at every step, in order."""

    children: list[Node]

    def initial_step(self) -> list[Event]:
        """Torch's `_initial_step`, which is a regular step of the children."""
        return self.step()

    def step(self) -> list[Event]:
        """Torch's `step`."""
        return [event for child in self.children for event in child.step()]

    def restart(self) -> list[Event]:
        """Torch's `_update_lr(0)`, which needs a `get_lr`."""
        raise Fault("NotImplementedError: a ChainedScheduler or SequentialLR cannot be started at a milestone")

    def undo(self) -> None:
        """Undo the constructors' steps, as a SequentialLR does."""
        for child in self.children:
            child.undo()

    def quiet(self) -> float:
        """How many of the next steps are regular steps of the same schedulers."""
        return min(child.quiet() for child in self.children)

    def skip(self, steps: int) -> None:
        """Pass over N of these steps."""
        for child in self.children:
            child.skip(steps)


@dataclass
class InTurn(Chain):
    """The state of a SequentialLR, of whose children one acts at a time, the next from its milestone on."""

    milestones: tuple[int, ...] = ()
    epoch: int = 0

    @property
    def _index(self) -> int:
        return bisect_right(self.milestones, self.epoch)

    @property
    def _current(self) -> Node:
        return self.children[self._index]

    def start(self) -> list[Event]:
        """The end of the constructor, after it has reset the optimizer's value to the initial one."""
        self.undo()
        return self._current.initial_step()

    def step(self) -> list[Event]:
        """Torch's `step`."""
        self.epoch += 1
        arrived = self._index > 0 and self.milestones[self._index - 1] == self.epoch
        return self._current.restart() if arrived else self._current.step()

    def quiet(self) -> float:
        """How many of the next steps are regular steps of the same schedulers."""
        ahead = [each - self.epoch - 1 for each in self.milestones if each > self.epoch]
        return min([*ahead, self._current.quiet()])

    def skip(self, steps: int) -> None:
        """Pass over N of these steps."""
        self.epoch += steps
        self._current.skip(steps)


Node = Leaf | Chain


def composed(events: list[Event]) -> Affine:
    """Gain and shift of several events together."""
    gain, shift = KEEP
    for event in events:
        more, plus = event.affine()
        gain, shift = more * gain, more * shift + plus
    return gain, shift


def applied(events: list[Event], lr: float) -> float:
    """The value after some events."""
    for event in events:
        gain, shift = event.affine()
        lr = gain * lr + shift
    return lr
