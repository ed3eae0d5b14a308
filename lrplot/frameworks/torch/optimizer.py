"""Torch's schedulers on one optimizer: the ones that act at each step, and their effect on the value there.

A scheduler by itself has a closed form; beside others, its steps change the value they find.
This follows torch/optim/lr_scheduler.py, including its constructors, undone steps and restarts at
milestones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, fields, is_dataclass, replace
from math import inf, nan
from typing import Any

import numpy as np

from lrplot.curves.curve import Curve, Origin
from lrplot.curves.exceptions import INDEX
from lrplot.curves.expression import OneArgument
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.resuming import State, number_at
from lrplot.frameworks.shared.updates import Update
from lrplot.lazy import dataclass
from lrplot.schema.resuming import Call

Affine = tuple[float, float]  # gain and shift: what a step does to the value it finds

KEEP: Affine = (1.0, 0.0)
FIRST = np.zeros(1, dtype=np.int64)
CALLS = "_step_count"  # the attribute that counts the calls of `step`


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
        later: gain and shift of the constructor's step at a later epoch; None if that is a regular step
        from_initial: its curve in the constructor, which starts from the optimizer's initial value
        placed: itself and its epoch if it is built at a later epoch; None if that is the epoch itself
        writes_later: whether its constructor writes to the group at a later epoch too
        call: builds it again
        in_groups: the arguments that live in the optimizer's group, not in its state
        needs: a key that loading takes from the state
        clock: the attribute that holds its epoch, if that is not `last_epoch`, which all states have
        reads: turns a state dict, of a parameter group by its place, into arguments that have other names there
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
    later: Affine | None = KEEP
    from_initial: Callable[[float], Curve] | None = None
    placed: Callable[[int], tuple[Scheduler, int]] | None = None
    writes_later: bool = False
    call: Call | None = field(default=None, compare=False, repr=False)
    in_groups: tuple[str, ...] = ()
    needs: str = ""
    clock: str = ""
    reads: Callable[[Mapping[str, Any], int], dict[str, Any]] | None = None

    @property
    def name(self) -> str:
        """Its name, without the framework."""
        return self.origin.name.rpartition(".")[2] if self.origin else ""

    def given(self, written: Mapping[str, float]) -> Scheduler:
        """The scheduler if the optimizer's group has these values."""
        if self.reading is None:
            return self
        missing = [name for name in self.writes if name not in written]
        if missing:  # in a restored group
            return replace(self, curve=Bounded(self.curve, 0, f"KeyError: '{missing[0]}'"))
        made = self.reading(written)
        kept = {name: getattr(self, name) for name in ("origin", "call", "in_groups", "needs", "reads")}
        return replace(made, **kept)

    def on(self, base: float | None, **changed: Any) -> Scheduler:
        """The scheduler on an optimizer with another initial value, or with other arguments."""
        assert self.call is not None
        made = self.call.tracks(base, **changed)
        assert isinstance(made, Scheduler)
        return replace(made, origin=self.origin)

    @property
    def attributes(self) -> dict[str, Any]:
        """The arguments that its state holds: no functions, and none that live in the optimizer's group."""
        arguments = self.call.arguments if self.call else {}
        kept = {name: value for name, value in arguments.items() if name not in self.in_groups}
        own = {name: value for name, value in kept.items() if not isinstance(value, OneArgument)}
        return {**own, **{key: None for key in (self.needs, self.clock) if key}}

    def read(self, given: Mapping[str, Any], index: int) -> State:
        """The state in a state dict, of a parameter group by its place."""
        known = {name: given[name] for name in self.attributes if name in given}
        translated = self.reads(given, index) if self.reads else {}
        calls = {CALLS: given[CALLS]} if isinstance(given.get(CALLS), int) else {}
        epoch = given.get(self.clock if self.clock in given and self.clock != CALLS else "last_epoch")
        return State({**known, **translated, **calls}, epoch, number_at(given.get("base_lrs"), index))

    def loaded(self, state: State, base: float | None) -> Scheduler:
        """The scheduler after its state dict was loaded: attributes that it has are replaced."""
        if self.needs:
            state.require(self.needs)
        changed = {
            name: _merged(value, state.attributes[name])
            for name, value in self.attributes.items()
            if name in state.attributes and name not in (self.needs, self.clock)
        }
        return self.on(base, **changed)

    def affine(self, epochs: Steps) -> tuple[Floats, Floats]:
        """Gains and shifts of regular steps at `epochs`; NaN if torch raises there."""
        values = self.curve.values(epochs)
        if self.update is None:
            return np.zeros(epochs.shape), values
        gains, shifts = self.update(epochs)
        return np.where(np.isnan(values), nan, gains), shifts


def _merged(own: Any, loaded: Any) -> Any:
    """A loaded attribute; of a record with functions, its other fields."""
    if not is_dataclass(own) or isinstance(own, type) or type(own) is not type(loaded):
        return loaded
    values = {each.name: (getattr(own, each.name), getattr(loaded, each.name)) for each in fields(own)}
    functions = [name for name, pair in values.items() if any(isinstance(each, OneArgument) for each in pair)]
    return replace(own, **{name: theirs for name, (_, theirs) in values.items() if name not in functions})


@dataclass(eq=False)
class Event:
    """A scheduler acting at one step, at its own `epoch`: by a regular step, or as `how` says."""

    scheduler: Scheduler
    epoch: int
    how: str = "step"

    def affine(self) -> Affine:
        """Gain and shift of the event."""
        if self.how == "initial" and self.scheduler.update is not None:
            first = self.scheduler.initial if self.epoch == 0 else self.scheduler.later
            if first is not None:
                return first
        if self.how == "restart" and self.scheduler.restart is not None:
            return 0.0, self.scheduler.restart
        if self.how == "closed":
            return 0.0, float(self.scheduler.curve.values(FIRST + self.epoch)[0])
        gains, shifts = self.scheduler.affine(FIRST + self.epoch)
        return float(gains[0]), float(shifts[0])

    def beside(self, name: str, held: float) -> float:
        """The value of another parameter after the event; `held` if the scheduler does not move it."""
        curve = self.scheduler.beside.get(name)
        return held if curve is None else float(curve.values(FIRST + max(self.epoch, 0))[0])


@dataclass
class Leaf:
    """The state of a single scheduler; if it `reads_closed`, its next step computes the closed form."""

    scheduler: Scheduler
    epoch: int = -1
    reads_closed: bool = False

    def initial_step(self) -> list[Event]:
        """Torch's `_initial_step`."""
        self.epoch = 0 if self.scheduler.counts_calls else self.epoch + 1
        return [Event(self.scheduler, self.epoch, "initial")]

    def step(self) -> list[Event]:
        """Torch's `step`."""
        self.epoch += 1
        if self.epoch == 0 and self.scheduler.no_read:
            raise Fault(self.scheduler.no_read)
        how = "closed" if self.reads_closed and self.epoch > 0 else "step"
        self.reads_closed = False
        return [Event(self.scheduler, self.epoch, how)]

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
        return 0 if self.reads_closed else inf

    def skip(self, steps: int) -> None:
        """Pass over N of these steps."""
        self.epoch += steps

    def leaves(self) -> Iterator[Leaf]:
        """The single schedulers in it."""
        yield self

    def state(self) -> State:
        """Torch's `state_dict`."""
        base = self.scheduler.initial_lr
        if base is None and self.scheduler.call:
            base = self.scheduler.call.frame.base
        calls = 0 if self.scheduler.counts_reads else max(self.epoch + 1, 1)  # a `step` of its own counts none
        return State({**self.scheduler.attributes, CALLS: calls}, self.epoch, base)

    def load(self, state: State) -> None:
        """Torch's `load_state_dict`."""
        self.scheduler = self.scheduler.loaded(state, state.base)
        calls = state.attributes.get(CALLS)
        self.reads_closed = self.scheduler.reads_closed and calls == 0
        if self.scheduler.clock == CALLS:
            self.epoch = self.epoch if calls is None else calls - 1
        elif state.epoch is not None and (not self.scheduler.clock or self.scheduler.clock in state.attributes):
            self.epoch = state.epoch


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

    def leaves(self) -> Iterator[Leaf]:
        """The single schedulers in it."""
        for child in self.children:
            yield from child.leaves()

    def state(self) -> State:
        """Torch's `state_dict`."""
        return State(children=tuple(child.state() for child in self.children))

    def load(self, state: State) -> None:
        """Torch's `load_state_dict`: the children by position."""
        if state.children is None:
            raise Fault("KeyError: '_schedulers'")
        for child, each in zip(self.children, state.children, strict=False):
            child.load(each)
        if len(state.children) > len(self.children):
            raise Fault(INDEX)


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

    def state(self) -> State:
        """Torch's `state_dict`."""
        return replace(super().state(), epoch=self.epoch, milestones=self.milestones)

    def load(self, state: State) -> None:
        """Torch's `load_state_dict`: the milestones return too."""
        if state.children is not None:
            self.milestones = self.milestones if state.milestones is None else state.milestones
            self.epoch = self.epoch if state.epoch is None else state.epoch
        super().load(state)


Node = Leaf | Chain


def advance(node: Node, steps: int) -> None:
    """Step schedulers N times; a `Fault` is what torch raises."""
    while steps > 0:
        regular = int(min(node.quiet(), steps))
        node.skip(regular)
        steps -= regular
        if steps:
            node.step()
            steps -= 1


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
