"""Several of torch's schedulers on one optimizer, as one curve.

A closed form where every stretch of the run has one; in general a recurrence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from math import inf, isclose, isnan, nan

import numpy as np

from lrplot.curves.curve import Curve, Factor, Flat, Segment
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting, Wrapper
from lrplot.diagnostics import Fault
from lrplot.frameworks.torch.optimizer import FIRST, Chain, Event, InTurn, Leaf, Node, Scheduler, applied, composed


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
        return composite(child.curve.length, tree)
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
    initial_lr: float | None
    events: list[Event]


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


@dataclass(frozen=True)
class Stretch:
    """Steps from `start` on in which the same schedulers act.

    `value` is the value at the first one, None where it depends on the one before; `first`
    acts there and `regular` at the step after it, and so on with their epochs.
    """

    start: int
    value: float | None
    first: list[Event]
    regular: list[Event]
    failure: str | None = None

    @property
    def name(self) -> str:
        """The schedulers that act."""
        return " × ".join(event.scheduler.name for event in self.regular) or "start"

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


def follow(tree: Tree) -> list[Stretch]:
    """What acts when, from the constructors on."""
    # Without a learning rate of its own the optimizer's is overwritten by whatever is built on it.
    state = State(nan if tree.lr is None else tree.lr, None, [])
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
            return [*stretches, Stretch(start, None, [], [], fault.message)]
        gain, shift = composed(events)
        known = shift if gain == 0 else None
    return [*stretches, Stretch(start, known, events, node.step())]


@dataclass(frozen=True, kw_only=True)
class Composite(Tracks):
    """Schedulers on one optimizer, as one curve; `stretches` tell what acts when."""

    tree: Tree
    stretches: tuple[Stretch, ...]

    def leaves(self) -> Iterator[Scheduler]:
        """The schedulers of their own in it."""
        return _leaves(self.tree.children)


@dataclass(frozen=True)
class Together(Wrapper):
    """The curve of several schedulers, which knows what acts when."""

    stretches: tuple[Stretch, ...]

    def failure(self, t: int) -> str | None:
        for stretch in self.stretches:
            if stretch.failure is not None and t >= stretch.start:
                return stretch.failure
            for event in stretch.regular:
                reason = event.scheduler.curve.failure(t - stretch.start - 1 + event.epoch)
                if t > stretch.start and reason:
                    return reason
        return None

    def part(self, curve: Curve, start: int) -> Curve:
        return curve

    def segments(self) -> tuple[Segment, ...]:
        if isinstance(self.curve, Sequence):
            return self.curve.segments()
        if len(self.stretches) == 1:
            return (Segment(Role.CURVE, 0, self.length, self),)
        ends = [*(stretch.start for stretch in self.stretches[1:]), max(self.length, self.stretches[-1].start + 1)]
        return tuple(
            Segment(
                Role.CURVE, stretch.start, stop, Lasting(stop - stretch.start, self.curve, stretch.start), stretch.name
            )
            for stretch, stop in zip(self.stretches, ends, strict=True)
        )

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The schedulers of a chain."""
        if len(self.stretches) > 1 or len(self.stretches[0].regular) < 2:
            return ()
        schedulers = [event.scheduler for event in self.stretches[0].regular]
        return tuple(Factor(each.curve, each.origin) for each in schedulers)


def _beside(name: str, length: int, leaves: list[Scheduler], stretches: tuple[Stretch, ...]) -> Curve:
    """Another parameter, which keeps its value while none that moves it acts."""
    curves: list[Curve] = []
    value = [leaf.beside[name] for leaf in leaves if name in leaf.beside][-1]
    held = float(value.values(FIRST)[0])
    for stretch, after in zip(stretches, [*stretches[1:], None], strict=True):
        acting = stretch.regular or stretch.first
        moving = [event for event in acting if name in event.scheduler.beside]
        length = (after.start if after else max(length, stretch.start + 1)) - stretch.start
        curve: Curve = Flat(length, held)
        if moving:
            lead = moving[-1].epoch - bool(stretch.regular)
            curve = Lasting(length, moving[-1].scheduler.beside[name], lead)
        held = float(curve.values(np.array([length - 1], dtype=np.int64))[0])
        curves.append(curve)
    return _in_order(length, stretches, curves)


def composite(length: int, tree: Tree) -> Composite:
    """The schedulers of a tree in closed form, where every stretch has one, or as a recurrence."""
    stretches = tuple(follow(tree))
    alone = [stretch.alone() for stretch in stretches]
    curve: Curve = Recurrence(length, stretches[0].value or 0.0, partial(_updates, stretches))
    if None not in alone:
        curve = _in_order(length, stretches, [each for each in alone if each is not None])
    leaves = list(_leaves(tree.children))
    names = dict.fromkeys(name for leaf in leaves for name in leaf.beside)
    beside = {name: _beside(name, length, leaves, stretches) for name in names}
    return Composite(curve=Together(curve, stretches), beside=beside, tree=tree, stretches=stretches)


def _in_order(length: int, stretches: tuple[Stretch, ...], curves: list[Curve]) -> Sequence:
    """A curve for each stretch, one after the other."""
    starts = [stretch.start for stretch in stretches]
    lengths = [b - a for a, b in pairwise(starts)]
    lengths.append(max(length - starts[-1], 1))
    phases = [
        Phase(
            _name(stretch),
            Lasting(span, curve),
            origin=stretch.regular[0].scheduler.origin if stretch.regular else None,
        )
        for stretch, span, curve in zip(stretches, lengths, curves, strict=True)
    ]
    return Sequence(length, tuple(phases), open=True)


def _name(stretch: Stretch) -> str:
    return stretch.regular[0].scheduler.name if stretch.regular else "start"


def _updates(stretches: tuple[Stretch, ...], t: Steps) -> tuple[Floats, Floats]:
    """Gains and shifts at the run's steps `t`, in order."""
    gains, shifts = np.empty(t.shape), np.empty(t.shape)
    cuts = [*np.searchsorted(t, [stretch.start for stretch in stretches]).tolist(), len(t)]
    for stretch, a, b in zip(stretches, cuts, cuts[1:], strict=False):
        gains[a:b], shifts[a:b] = stretch.update(t[a:b])
    return gains, shifts
