"""Torch's schedulers on an optimizer that is saved and restored.

A state dict is every attribute of a scheduler but the optimizer, so a checkpoint's arguments replace those of the
changed plan; functions are not saved. Loading computes nothing and leaves the group alone: the rate changes at the
next step. Groups are replaced whole by the optimizer's state, with what schedulers keep there (`Scheduler.writes`).
A resumed run is followed like a fresh one, from the nodes that loading leaves.
Source: torch/optim/lr_scheduler.py, LRScheduler and each `load_state_dict`; torch/optim/optimizer.py, load_state_dict
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import nan
from typing import Any, TypeVar

from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.framework import Adapted, Framework
from lrplot.frameworks.shared.resuming import NO_INITIAL_LR, State
from lrplot.frameworks.torch.composite import Composite, constructed, together
from lrplot.frameworks.torch.composite import State as Optimizer
from lrplot.frameworks.torch.optimizer import Node, Scheduler, advance
from lrplot.schema.definition import Builder
from lrplot.schema.frame import Frame
from lrplot.schema.resuming import Call, Checkpoint, Restored, Resuming, value_at

B = TypeVar("B", bound=Builder)
Group = Mapping[str, float]
Reads = Callable[[Mapping[str, Any], int], dict[str, Any]]


class OnOptimizer(Resuming):
    """A scheduler of torch's own, or several."""

    advice = (
        "train with a LambdaLR of the changed plan (`lrplot.load(…).factor`), built on the restored optimizer with "
        "`last_epoch`"
    )

    def saves(self, call: Call) -> Mapping[str, Any]:
        base = {} if call.frame.base is None else {"lr": call.frame.base}
        return base | dict(_attributes(_made(call), ""))

    def place(self, name: str) -> str:
        return "scheduler." + re.sub(r"schedulers\.(\d+)\.", r"_schedulers[\1].", name)

    def read(self, call: Call, states: Sequence[Mapping[str, Any]], index: int) -> State:
        return _read(_made(call), states[0], index)

    def saved(self, call: Call, done: int) -> Checkpoint:
        made, optimizer = _made(call), _optimizer(call.frame)
        node = constructed(made, optimizer)
        initial_lr = optimizer.initial_lr
        advance(node, done)
        group = {**call.frame.beside, **_written(node)}
        group |= {name: value_at(curve, done) for name, curve in {**made.beside, "lr": made.curve}.items()}
        if initial_lr is not None:
            group["initial_lr"] = initial_lr
        return Checkpoint(done, group, node.state())

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        group = checkpoint.group
        if restored.last_epoch:
            if not restored.optimizer:
                raise Fault(NO_INITIAL_LR)
            node, optimizer = _built_late(call, group, checkpoint.done)
        else:
            made, optimizer = _made(call), _optimizer(call.frame)
            node = constructed(made, optimizer)
            fresh = {**call.frame.beside, **optimizer.beside, **_written(node)}
            optimizer = replace(optimizer, events=[])
            if restored.optimizer:
                optimizer.lr, optimizer.initial_lr = group["lr"], group.get("initial_lr")
            if restored.scheduler and isinstance(checkpoint.state, State):
                node.load(checkpoint.state)
            left = {**fresh, **group} if restored.optimizer else fresh
            optimizer.beside = {name: left.get(name, nan) for name in optimizer.beside} | _held(node, left)
            for leaf in node.leaves():
                leaf.scheduler = leaf.scheduler.given(group if restored.optimizer else fresh)
        totals = [leaf.scheduler.total_steps - leaf.epoch for leaf in node.leaves() if leaf.scheduler.total_steps]
        tracks = together(max(length, 1), node, optimizer)
        return replace(tracks, total_steps=max(min(totals), 0) if totals else None)


def _made(call: Call) -> Scheduler | Composite:
    made = call.tracks()
    assert isinstance(made, Scheduler | Composite)
    return made


def _read(made: Scheduler | Composite, given: Mapping[str, Any], index: int) -> State:
    """The state in a state dict; children beyond those of the schedulers have no arguments."""
    inner = given.get("_schedulers")
    if not isinstance(inner, list):
        return made.read(given, index) if isinstance(made, Scheduler) else State(dict.fromkeys(given))
    own = made.tree.children if isinstance(made, Composite) else ()
    states = [each if isinstance(each, dict) else {} for each in inner]
    children = [_read(own[i], each, index) if i < len(own) else State() for i, each in enumerate(states)]
    milestones = given.get("_milestones")
    turns = tuple(milestones) if isinstance(milestones, list) else None
    return State({}, given.get("last_epoch"), None, tuple(children), turns)


def _attributes(made: Scheduler | Composite, path: str) -> Iterator[tuple[str, Any]]:
    """The arguments that states hold, of a composite's children too."""
    if isinstance(made, Scheduler):
        yield from ((path + name, value) for name, value in made.attributes.items() if value is not None)
        return
    if made.tree.milestones is not None:
        yield f"{path}milestones", made.tree.milestones
    for index, child in enumerate(made.tree.children):
        yield from _attributes(child, f"{path}schedulers.{index}.")


def _optimizer(frame: Frame) -> Optimizer:
    """A new optimizer."""
    return Optimizer(nan if frame.base is None else frame.base, None)


def _written(node: Node) -> dict[str, float]:
    """The values that schedulers' constructors keep in the group: those of the last one."""
    return {name: value for leaf in node.leaves() for name, value in leaf.scheduler.writes.items()}


def _held(node: Node, group: Group) -> dict[str, float]:
    """The first values of the other parameters that schedulers move."""
    names = dict.fromkeys(name for leaf in node.leaves() for name in leaf.scheduler.beside)
    return {name: group.get(name, nan) for name in names}


def _built_late(call: Call, group: Group, done: int) -> tuple[Node, Optimizer]:
    """Schedulers that are built with `last_epoch = done − 1` on a restored optimizer."""
    lr, initial_lr = group["lr"], group["initial_lr"]
    optimizer = Optimizer(lr, initial_lr, beside={})
    made = _made(call)
    if isinstance(made, Scheduler):
        made = made.on(initial_lr)
        made = made if made.writes_later or done == 0 else made.given(group)
        node = constructed(made, optimizer, done - 1)
    else:
        if made.tree.milestones is None:
            raise Fault("TypeError: ChainedScheduler.__init__() got an unexpected keyword argument 'last_epoch'")
        frame = replace(call.frame, base=lr, beside={**call.frame.beside, "initial_lr": initial_lr})
        rebuilt = _made(replace(call, frame=frame))
        node = constructed(rebuilt, optimizer, done - 1)
    optimizer.events = []
    optimizer.beside = {**_held(node, group), **optimizer.beside}
    return node, optimizer


def on_optimizer(
    framework: Framework,
    *,
    accumulates: bool = False,
    in_groups: tuple[str, ...] = (),
    needs: str = "",
    reads: Reads | None = None,
) -> Callable[[B], B]:
    """Register a builder of torch's schedulers, which is remembered with its arguments: a checkpoint may replace some.

    `in_groups` are those that live in the optimizer's group, `needs` is a key that loading takes from a state, and
    `reads` turns a state dict into arguments that have other names there.
    """

    def register(builder: B) -> B:
        remembered = Adapted(builder, partial(_remembered, in_groups, needs, reads))
        framework.add(builder.__name__, remembered, accumulates=accumulates, resuming=OnOptimizer())
        return builder

    return register


def _remembered(
    in_groups: tuple[str, ...], needs: str, reads: Reads | None, builder: Builder, frame: Frame, **arguments: Any
) -> Tracks:
    call = Call(partial(_remembered, in_groups, needs, reads, builder), frame, arguments)
    made = builder(frame, **arguments)
    assert isinstance(made, Scheduler | Composite)
    if isinstance(made, Composite):
        return replace(made, call=call)
    return replace(made, call=call, in_groups=in_groups, needs=needs, reads=reads)
