"""torchtitan's container of schedulers, stepped beside an SGD optimizer."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from typing import Any

import torch
from frameworks import states
from torchtitan.components.optimizer.lr_scheduler import LRSchedulersContainer

DISTRIBUTION = "torchtitan"
Spec = dict[str, Any]
logging.disable(logging.WARNING)  # it warns whenever it shortens a warmup or a decay


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec["lr"])
    arguments = {name: value for name, value in spec["schedule"].items() if name != "use"}
    container = LRSchedulersContainer.Config(**arguments).build(optimizers=[optimizer], training_steps=spec["steps"])
    while True:
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        container.step()


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    yield _of()
    for warmup in (0, 1, 29, 30, 31):
        yield _of(warmup_steps=warmup)
    for shape in ("linear", "sqrt", "cosine"):
        for ratio in (None, 0.0, 0.01, 0.25, 0.35, 1.0, 1.5, -0.1):
            yield _of(warmup_steps=5, decay_ratio=ratio, decay_type=shape, min_lr_factor=0.1)
        yield _of(warmup_steps=5, decay_type=shape)
        yield _of(warmup_steps=5, decay_type=shape, min_lr_factor=1.0)
    for total in (0, 1, 2, 20, 30, 45):
        yield _of(warmup_steps=4, total_steps=total, decay_ratio=0.5)
    yield _of(warmup_steps=0, total_steps=25, decay_ratio=0.1)  # 2.5 rounds to 2
    yield _of(warmup_steps=0, total_steps=15, decay_ratio=0.1)  # 1.5 rounds to 2


def _of(**arguments: Any) -> Spec:
    schedule = {"use": "torchtitan.LRSchedulersContainer", **arguments}
    return {"steps": 30, "lr": 0.1, "schedule": {name: value for name, value in schedule.items() if value is not None}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 60)
    schedule = {
        "use": f"torchtitan.{name}",
        **rng.choice([{}, {"warmup_steps": rng.randint(0, 3)}, {"warmup_steps": rng.randint(0, steps + 5)}]),
        **rng.choice([{}, {"total_steps": rng.randint(0, 80)}]),
        **rng.choice([{}, {"decay_ratio": rng.uniform(0, 1.1)}, {"decay_ratio": rng.choice([0.0, 0.1, 0.5, 1.0])}]),
        "decay_type": rng.choice(["linear", "sqrt", "cosine"]),
        **rng.choice([{}, {"min_lr_factor": rng.uniform(0, 1)}, {"min_lr_factor": rng.uniform(-1, 2)}]),
    }
    return {"steps": steps, "lr": 10 ** rng.uniform(-6, 1), "schedule": schedule}


MODES = states.MODES


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on."""
    return map(states.rates, states.follow(prepared, plan, new, at, mode))


def prepared(spec: Spec, load: Any) -> tuple[Any, Any]:
    """An optimizer and a container on it."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec["lr"])
    arguments = {name: value for name, value in spec["schedule"].items() if name != "use"}
    config = LRSchedulersContainer.Config(**arguments)
    return optimizer, config.build(optimizers=[optimizer], training_steps=spec["steps"])
