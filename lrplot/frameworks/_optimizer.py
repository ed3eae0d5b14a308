"""torch's schedulers at work on one optimizer: each changes the value it finds there.

A scheduler by itself has a closed form. Several on one optimizer, in sequence or chained,
have none in general: this follows which of them acts at which step, as
torch/optim/lr_scheduler.py does, and leaves the arithmetic to a recurrence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from math import inf, isclose, isnan, nan

import numpy as np

from lrplot.diagnostics import Fault
from lrplot.schedules.combinators import Phase, Sequence
from lrplot.schedules.curve import Curve, Flat, Steps, Wrapper
from lrplot.schedules.formulas import Recurrence
from lrplot.schedules.shapes import Floats
from lrplot.schedules.wrappers import Bounded, Lasting

Update = Callable[[Steps], tuple[Floats, Floats]]
Affine = tuple[float, float]  # gain and shift: what a step makes of the value it finds

KEEP: Affine = (1.0, 0.0)
FIRST = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Scheduler(Wrapper):
    """A torch scheduler: the wrapped curve is its values by itself.

    `update` gives gain and shift of its regular step at any epochs ≥ 0; None where it
    overwrites what it finds by the curve's value. `initial` is what its constructor's step
    does. `restart` is the value it sets when a SequentialLR comes to it, None where that is
    a regular step at epoch 0. `initial_lr` is what it makes of the optimizer's initial value.
    """

    name: str
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


def sharing(children: Iterable[Scheduler | Composite]) -> tuple[Scheduler | Composite, ...]:
    """Schedulers that read the optimizer's group, given what the last of them to be built wrote there."""
    children = tuple(children)
    written: dict[str, float] = {}
    for leaf in _leaves(children):
        written |= leaf.writes
    return tuple(_given(child, written) for child in children)


def _given(child: Scheduler | Composite, written: Mapping[str, float]) -> Scheduler | Composite:
    if isinstance(child, Composite):
        tree = replace(child.tree, children=tuple(_given(each, written) for each in child.tree.children))
        return composite(child.length, tree)
    return child if child.reading is None else child.reading(written)


def _leaves(children: Iterable[Scheduler | Composite]) -> Iterator[Scheduler]:
    for child in children:
        if isinstance(child, Scheduler):
            yield child
        else:
            yield from child.leaves()


@dataclass
class State:
    """The optimizer while schedulers are built on it: its value, its initial value, and who acted last."""

    lr: float
    initial_lr: float | None = None
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """Schedulers on one optimizer, in the order they are built: in turn at `milestones`, or chained (None)."""

    children: tuple[Scheduler | Composite, ...]
    milestones: tuple[int, ...] | None
    lr: float | None  # the optimizer's, before any of them is built

    def construct(self, state: State) -> Node:
        """Its state, once it is built on an optimizer."""
        nodes = [_constructed(child, state) for child in self.children]
        if self.milestones is None:
            return Chain(nodes)
        in_turn = InTurn(nodes, self.milestones)
        state.events = in_turn.start()
        assert state.initial_lr is not None
        state.lr = applied(state.events, state.initial_lr)
        return in_turn


def _constructed(child: Scheduler | Composite, state: State) -> Node:
    if isinstance(child, Composite):
        return child.tree.construct(state)
    leaf = Leaf(child)
    state.events = leaf.initial_step()
    state.initial_lr = following(child, state.initial_lr, state.lr)
    # Where it keeps to the initial value that is there, so does its first step.
    kept = child.initial_lr is not None and not child.overrides
    value = applied(state.events, state.lr)
    if isnan(value) and not isnan(state.lr):
        raise Fault(child.curve.failure(0) or f"{child.name} has no value at its first step")
    state.lr = state.initial_lr if kept else value
    return leaf


def following(leaf: Scheduler, initial_lr: float | None, lr: float) -> float:
    """The optimizer's initial value once `leaf` is built too."""
    if leaf.initial_lr is not None and (leaf.overrides or initial_lr is None):
        return leaf.initial_lr
    return lr if initial_lr is None else initial_lr


def applied(events: list[Event], lr: float) -> float:
    """The value after some events."""
    for event in events:
        gain, shift = event.affine()
        lr = gain * lr + shift
    return lr


@dataclass(frozen=True)
class Stretch:
    """Steps from `start` on in which the same schedulers act.

    `value` is the value at the first one, None where it depends on the one before; `first`
    acts there and `regular` at the step after it, and so on with their epochs.
    """

    start: int
    value: float | None
    first: list[Event]
    regular: list[Event] = field(default_factory=list)
    failure: str | None = None

    def alone(self) -> Curve | None:
        """The closed form of a scheduler that starts here and acts by itself."""
        if self.failure is not None:
            return Bounded(Flat(1, 0.0), 0, self.failure)
        if self.value is None:
            return None
        if not self.regular:
            return Flat(1, self.value)
        leaf = self.regular[0].scheduler
        begins = float(leaf.curve.values(FIRST)[0])
        if len(self.regular) > 1 or self.regular[0].epoch != 1 or not isclose(begins, self.value, rel_tol=1e-12):
            return None
        return leaf.curve

    def update(self, t: Steps) -> tuple[Floats, Floats]:
        """Gains and shifts at the run's steps `t`, all of them in the stretch."""
        gains, shifts = np.ones(t.shape), np.zeros(t.shape)
        if self.failure is not None:
            return gains * nan, shifts
        for event in self.regular:
            gain, shift = event.scheduler.affine(np.maximum(t - self.start - 1 + event.epoch, 0))
            gains, shifts = gain * gains, gain * shifts + shift
        if len(t) and t[0] == self.start:
            gains[0], shifts[0] = composed(self.first)
        return gains, shifts


def composed(events: list[Event]) -> Affine:
    """Several events as one."""
    gain, shift = KEEP
    for event in events:
        more, plus = event.affine()
        gain, shift = more * gain, more * shift + plus
    return gain, shift


def follow(tree: Tree) -> list[Stretch]:
    """What acts when, from the constructors on."""
    # Without a learning rate of its own the optimizer's is overwritten by whatever is built on it.
    state = State(nan if tree.lr is None else tree.lr)
    node, events = tree.construct(state), state.events
    stretches: list[Stretch] = []
    start = 0
    known: float | None = state.lr
    while (quiet := node.quiet()) != inf:
        regular = node.step() if quiet else []
        node.skip(max(int(quiet) - 1, 0))
        stretches.append(Stretch(start, known, events, regular))
        start += int(quiet) + 1
        try:
            events = node.step()
        except Fault as fault:
            return [*stretches, Stretch(start, None, [], failure=fault.message)]
        gain, shift = composed(events)
        known = shift if gain == 0 else None
    return [*stretches, Stretch(start, known, events, node.step())]


@dataclass(frozen=True)
class Composite(Wrapper):
    """Schedulers on one optimizer, as one curve; `stretches` tell what acts when."""

    tree: Tree
    stretches: tuple[Stretch, ...]

    def leaves(self) -> Iterator[Scheduler]:
        """The schedulers of their own in it."""
        return _leaves(self.tree.children)

    def failure(self, t: int) -> str | None:
        for stretch in self.stretches:
            if stretch.failure is not None and t >= stretch.start:
                return stretch.failure
            for event in stretch.regular:
                reason = event.scheduler.curve.failure(t - stretch.start - 1 + event.epoch)
                if t > stretch.start and reason:
                    return reason
        return None

    @property
    def companions(self) -> Mapping[str, Curve]:
        names = dict.fromkeys(name for leaf in self.leaves() for name in leaf.curve.companions)
        return {name: self._companion(name) for name in names}

    def _companion(self, name: str) -> Curve:
        """Another parameter, which keeps its value while none that moves it acts."""
        curves: list[Curve] = []
        value = [leaf.curve.companions[name] for leaf in self.leaves() if name in leaf.curve.companions][-1]
        held = float(value.values(FIRST)[0])
        for stretch, after in zip(self.stretches, [*self.stretches[1:], None], strict=True):
            acting = stretch.regular or stretch.first
            moving = [event for event in acting if name in event.scheduler.curve.companions]
            length = (after.start if after else max(self.length, stretch.start + 1)) - stretch.start
            curve: Curve = Flat(length, held)
            if moving:
                lead = moving[-1].epoch - bool(stretch.regular)
                curve = Lasting(length, moving[-1].scheduler.curve.companions[name], lead)
            held = float(curve.values(np.array([length - 1], dtype=np.int64))[0])
            curves.append(curve)
        return _in_order(self.length, self.stretches, curves)


def composite(length: int, tree: Tree) -> Composite:
    """The schedulers of a tree in closed form, where every stretch has one, or as a recurrence."""
    stretches = tuple(follow(tree))
    alone = [stretch.alone() for stretch in stretches]
    curve: Curve = Recurrence(length, stretches[0].value or 0.0, partial(_updates, stretches))
    if None not in alone:
        curve = _in_order(length, stretches, [each for each in alone if each is not None])
    return Composite(curve, tree, stretches)


def _in_order(length: int, stretches: tuple[Stretch, ...], curves: list[Curve]) -> Sequence:
    """A curve for each stretch, one after the other."""
    starts = [stretch.start for stretch in stretches]
    lengths = [b - a for a, b in pairwise(starts)]
    lengths.append(max(length - starts[-1], 1))
    names = [stretch.regular[0].scheduler.name if stretch.regular else "start" for stretch in stretches]
    parts = zip(names, lengths, curves, strict=True)
    return Sequence(length, tuple(Phase(name, Lasting(span, curve)) for name, span, curve in parts), open=True)


def _updates(stretches: tuple[Stretch, ...], t: Steps) -> tuple[Floats, Floats]:
    """Gains and shifts at the run's steps `t`, in order."""
    gains, shifts = np.empty(t.shape), np.empty(t.shape)
    cuts = [*np.searchsorted(t, [stretch.start for stretch in stretches]).tolist(), len(t)]
    for stretch, a, b in zip(stretches, cuts, cuts[1:], strict=False):
        gains[a:b], shifts[a:b] = stretch.update(t[a:b])
    return gains, shifts
