"""Saving and loading the states of schedulers that step on torch's optimizers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Spec = dict[str, Any]
MODES = ("both", "optimizer", "scheduler", "none")
# Builds an optimizer, lets a function load its state, and builds a scheduler on it with further arguments.
Build = Callable[..., tuple[Any, Any]]


def follow(build: Build, plan: Spec, new: Spec, at: int, mode: str) -> Iterator[Any]:
    """The optimizer before each update from `at` on, after states were saved there and loaded."""
    optimizer, scheduler = build(plan, lambda optimizer: None)
    for _ in range(at):
        optimizer.step()
        scheduler.step()
    states = copy.deepcopy((optimizer.state_dict(), scheduler.state_dict()))
    if mode == "last_epoch":
        optimizer, scheduler = build(new, lambda optimizer: optimizer.load_state_dict(states[0]), last_epoch=at - 1)
    else:
        optimizer, scheduler = build(new, lambda optimizer: None)
        if mode in ("both", "optimizer"):
            optimizer.load_state_dict(states[0])
        if mode in ("both", "scheduler"):
            scheduler.load_state_dict(states[1])
    while True:
        yield optimizer
        optimizer.step()
        scheduler.step()


def rates(optimizer: Any) -> dict[str, float]:
    """The learning rate of an optimizer's first group."""
    return {"lr": float(optimizer.param_groups[0]["lr"])}
