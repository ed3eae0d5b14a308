"""Several of torch's schedulers on one optimizer, as one curve.

The curve is a closed form if every stretch of the run has one, otherwise a recurrence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import partial
from itertools import pairwise
from math import inf, isclose, isnan, nan

import numpy as np

from lrplot.curves.curve import Curve, Factor, Flat, Origin, Segment
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting, Wrapper
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.updates import kept
from lrplot.frameworks.torch.optimizer import FIRST, Chain, Event, InTurn, Leaf, Node, Scheduler, applied, composed
from lrplot.lazy import dataclass
from lrplot.schema.resuming import Call, after_first


def sharing(children: Iterable[Scheduler | Composite]) -> tuple[Scheduler | Composite, ...]:
    """Schedulers that share the optimizer's group: each reads what the last one to be built wrote there."""
    children = tuple(children)
    written: dict[str, float] = {}
    for leaf in _leaves(children):
        written |= leaf.writes
    return tuple(child.given(written) for child in children)


def _leaves(children: Iterable[Scheduler | Composite]) -> Iterator[Scheduler]:
    for child in children:
        yield from [child] if isinstance(child, Scheduler) else child.leaves()


@dataclass
class State:
    """The optimizer while schedulers are built on it, and the last events; `beside` has its other parameters."""

    lr: float
    initial_lr: float | None
    events: list[Event] = field(default_factory=list)
    beside: dict[str, float] = field(default_factory=dict)

    def act(self, events: list[Event]) -> None:
        """Let schedulers act on the other parameters."""
        self.events = events
        for event in events:
            self.beside |= {name: event.beside(name, nan) for name in event.scheduler.beside}


@dataclass(eq=False)
class Tree:
    """Schedulers on one optimizer, in the order they are built.

    They act in turn at `milestones`, or all at once if that is None. `lr` is the optimizer's learning rate
    before any of them is built.
    """

    children: tuple[Scheduler | Composite, ...]
    milestones: tuple[int, ...] | None
    lr: float | None

    def construct(self, state: State) -> Node:
        """Build the schedulers on an optimizer."""
        nodes = [constructed(child, state) for child in self.children]
        if self.milestones is None:
            return Chain(nodes)
        in_turn = InTurn(nodes, self.milestones)
        state.act(in_turn.start())
        assert state.initial_lr is not None
        state.lr = applied(state.events, state.initial_lr)
        return in_turn


def constructed(child: Scheduler | Composite, state: State, last_epoch: int = -1) -> Node:
    """Build a scheduler on an optimizer, at a later epoch if `last_epoch` is not −1."""
    if isinstance(child, Composite):
        node = child.tree.construct(state)
        if isinstance(node, InTurn):
            node.epoch = last_epoch + 1
        return node
    fresh = last_epoch < 0
    if not fresh and child.placed:
        child, epoch = child.placed(last_epoch + 1)
        last_epoch = epoch - 1
    leaf = Leaf(child, last_epoch)
    state.act(leaf.initial_step())
    state.initial_lr = following(child, state.initial_lr, state.lr) if fresh else state.initial_lr
    value = applied(state.events, state.lr)
    if isnan(value) and not isnan(state.lr):
        raise Fault(child.curve.failure(leaf.epoch) or f"{child.name} has no value at its first step")
    if child.from_initial and state.initial_lr is not None:
        value = float(child.from_initial(state.initial_lr).values(FIRST + leaf.epoch)[0])
    state.lr = value
    return leaf


def following(leaf: Scheduler, initial_lr: float | None, lr: float) -> float:
    """The optimizer's initial value after `leaf` has been built."""
    if leaf.initial_lr is not None and (leaf.overrides or initial_lr is None):
        return leaf.initial_lr
    return lr if initial_lr is None else initial_lr


@dataclass(eq=False)
class Stretch:
    """Steps from `start` on in which the same schedulers act.

    `value` is the value at the first step, None if it depends on the value before. The events `first` happen at
    the first step, the events `regular` at the second one, and at each later step with the next epoch.
    """

    start: int
    value: float | None
    first: list[Event]
    regular: list[Event]
    failure: str | None = None

    @property
    def acting(self) -> list[Scheduler]:
        """The schedulers that act."""
        return [event.scheduler for event in self.regular]

    def events(self, t: int) -> list[Event]:
        """The events at the run's step `t`, which is in the stretch or after it; none before it."""
        if t <= self.start:
            return self.first if t == self.start else []
        return [replace(event, epoch=event.epoch + t - self.start - 1) for event in self.regular]

    @property
    def name(self) -> str:
        """The names of the schedulers that act."""
        return " × ".join(each.name for each in self.acting) or "start"

    @property
    def origin(self) -> Origin | None:
        """The recipe of the only scheduler that acts; None if there are several."""
        return self.acting[0].origin if len(self.acting) == 1 else None

    def alone(self) -> Curve | None:
        """The closed form of a scheduler that acts alone, from its start or the run's on; None if there is none."""
        if self.failure is not None:
            return Bounded(Flat(1, 0.0), 0, self.failure)
        if self.value is None:
            return None
        if not self.regular:
            return Flat(1, self.value)
        leaf, epoch = self.regular[0].scheduler, self.regular[0].epoch - 1
        if len(self.regular) > 1 or epoch < 0 or (epoch and self.start):
            return None
        if isclose(float(leaf.curve.values(FIRST + epoch)[0]), self.value, rel_tol=1e-12):
            return Lasting(leaf.curve.length, leaf.curve, epoch) if epoch else leaf.curve
        resumed = self.start == 0 and not self.first
        return after_first(leaf.name, self.value, leaf.curve, epoch, 1) if resumed and leaf.update is None else None

    def update(self, t: Steps) -> tuple[Floats, Floats]:
        """Gains and shifts at the run's steps `t`, all of which are in the stretch."""
        gains, shifts = kept(t)
        if self.failure is not None:
            return gains * nan, shifts
        for event in self.regular:
            gain, shift = event.scheduler.affine(np.maximum(t - self.start - 1 + event.epoch, 0))
            gains, shifts = gain * gains, gain * shifts + shift
        if len(t) and t[0] == self.start:
            gains[0], shifts[0] = composed(self.first)
        return gains, shifts


def follow(node: Node, state: State) -> list[Stretch]:
    """The stretches of a run, from an optimizer and its last events on."""
    stretches: list[Stretch] = []
    start = 0
    known: float | None = state.lr
    events = state.events
    while (quiet := node.quiet()) != inf:
        regular = node.step() if quiet else []
        node.skip(max(int(quiet) - 1, 0))
        stretches.append(Stretch(start, known, events, regular))
        start += int(quiet) + 1
        try:
            events = node.step()
        except Fault as fault:
            return [*stretches, Stretch(start, None, [], [], fault.message)]
        gain, shift = composed(events)
        known = shift if gain == 0 else None
    return [*stretches, Stretch(start, known, events, node.step())]


@dataclass(eq=False, kw_only=True)
class Composite(Tracks):
    """Schedulers on one optimizer, as one curve; `call` builds them again."""

    tree: Tree
    call: Call | None = field(default=None, compare=False, repr=False)

    def leaves(self) -> Iterator[Scheduler]:
        """The single schedulers in it."""
        return _leaves(self.tree.children)

    def given(self, written: Mapping[str, float]) -> Composite:
        """The schedulers if the optimizer's group has these values."""
        children = tuple(child.given(written) for child in self.tree.children)
        return composite(self.curve.length, replace(self.tree, children=children))


@dataclass(eq=False)
class Together(Wrapper):
    """The curve of several schedulers, with the stretches in which they act."""

    stretches: tuple[Stretch, ...]

    def failure(self, t: int) -> str | None:
        for stretch in self.stretches:
            if stretch.failure is not None and t >= stretch.start:
                return stretch.failure
            for event in stretch.events(t):
                if reason := event.scheduler.curve.failure(event.epoch):
                    return reason
        return None

    @property
    def recovers(self) -> bool:
        return True

    def part(self, curve: Curve, start: int) -> Curve:
        return curve

    def segments(self) -> tuple[Segment, ...]:
        if isinstance(self.curve, Sequence):
            return self.curve.segments()
        ends = [*(stretch.start for stretch in self.stretches[1:]), max(self.length, self.stretches[-1].start + 1)]
        phases: list[Phase] = []
        for stretch, stop in zip(self.stretches, ends, strict=True):
            curve = Lasting(stop - stretch.start, self.curve, stretch.start)
            phases.append(Phase(stretch.name, Stretched(curve, self._own(stretch), len(stretch.regular) == 1)))
        return Sequence(self.length, tuple(phases), open=True).segments()

    def _own(self, stretch: Stretch) -> tuple[Event, ...]:
        """The events of a stretch whose schedulers act in no other one."""
        others = [each for other in self.stretches if other is not stretch for each in other.acting]
        return tuple(event for event in stretch.regular if all(event.scheduler is not each for each in others))


@dataclass(eq=False)
class Stretched(Wrapper):
    """A stretch of a recurrence: the segments of the scheduler that acts `alone`, or one segment of any shape."""

    events: tuple[Event, ...]
    alone: bool

    def part(self, curve: Curve, start: int) -> Curve:
        return Lasting(curve.length, self.curve, start)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The schedulers that act."""
        acting = [(event.scheduler, event.epoch) for event in self.events]
        return tuple(Factor(Lasting(self.length, each.curve, epoch - 1), each.origin) for each, epoch in acting)

    def segments(self) -> tuple[Segment, ...]:
        if not (self.alone and self.events):
            return (Segment(Role.CURVE, 0, self.length, self),)
        (own,) = self.factors
        found = own.curve.segments()
        return tuple(replace(each, curve=self.part(each.curve, each.start), origin=own.origin) for each in found)


def _beside(name: str, held: float, length: int, stretches: tuple[Stretch, ...]) -> Curve:
    """Another parameter's curve; it keeps its value, at first `held`, while no scheduler that moves it acts."""
    curves: list[Curve] = []
    for stretch, after in zip(stretches, [*stretches[1:], None], strict=True):
        span = (after.start if after else max(length, stretch.start + 1)) - stretch.start
        for event in stretch.first if stretch.start else ():
            held = event.beside(name, held)
        curve: Curve = Flat(span, held)
        if moving := [event for event in stretch.regular if name in event.scheduler.beside]:
            curve = Lasting(span, moving[-1].scheduler.beside[name], moving[-1].epoch - 1)
            if float(curve.values(FIRST)[0]) != held:
                rest = Lasting(span, curve, 1)
                curve = Sequence(span, (Phase("start", Flat(1, held)), Phase(stretch.name, rest)), open=True)
        held = float(curve.values(FIRST + span - 1)[0])
        curves.append(curve)
    return _in_order(length, stretches, curves)


def composite(length: int, tree: Tree) -> Composite:
    """The schedulers of a tree, from their constructors on."""
    # An optimizer without a learning rate gets one from what is built on it.
    state = State(nan if tree.lr is None else tree.lr, None)
    node = tree.construct(state)
    followed = together(length, node, state)
    return Composite(curve=followed.curve, beside=followed.beside, tree=tree)


def together(length: int, node: Node, state: State) -> Tracks:
    """Schedulers on an optimizer: in closed form if every stretch has one, otherwise as a recurrence."""
    stretches = tuple(follow(node, state))
    alone = [stretch.alone() for stretch in stretches]
    curve: Curve = Recurrence(length, stretches[0].value or 0.0, partial(_updates, stretches))
    if None not in alone:
        curve = _in_order(length, stretches, [each for each in alone if each is not None])
    beside = {name: _beside(name, held, length, stretches) for name, held in state.beside.items()}
    return Tracks(Together(curve, stretches), beside)


def _in_order(length: int, stretches: tuple[Stretch, ...], curves: list[Curve]) -> Sequence:
    """A curve for each stretch, one after the other."""
    starts = [stretch.start for stretch in stretches]
    lengths = [b - a for a, b in pairwise(starts)]
    lengths.append(max(length - starts[-1], 1))
    phases = tuple(
        Phase(stretch.name, Lasting(span, curve), origin=stretch.origin)
        for stretch, span, curve in zip(stretches, lengths, curves, strict=True)
    )
    return Sequence(length, phases, open=True)


def _updates(stretches: tuple[Stretch, ...], t: Steps) -> tuple[Floats, Floats]:
    """Gains and shifts at the run's steps `t`, in order."""
    gains, shifts = np.empty(t.shape), np.empty(t.shape)
    cuts = [*np.searchsorted(t, [stretch.start for stretch in stretches]).tolist(), len(t)]
    for stretch, a, b in zip(stretches, cuts, cuts[1:], strict=False):
        gains[a:b], shifts[a:b] = stretch.update(t[a:b])
    return gains, shifts
