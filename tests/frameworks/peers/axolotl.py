"""axolotl's own schedulers, stepped beside an SGD optimizer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count
from typing import Any

import torch
from axolotl.utils import schedulers
from transformers import optimization

DISTRIBUTION = "axolotl"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))], lr=spec["lr"])
    scheduler = built(spec["schedule"], optimizer)
    for _ in count():
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        scheduler.step()


def built(schedule: Spec, optimizer: torch.optim.Optimizer) -> Any:
    """A scheduler on an optimizer, after the one inside it."""
    arguments = {name: value for name, value in schedule.items() if name != "use"}
    if "inner_schedule" in arguments:
        arguments["inner_schedule"] = built(arguments["inner_schedule"], optimizer)
    name = schedule["use"].rpartition(".")[2]
    home = schedulers if schedule["use"].startswith("axolotl") else optimization
    return getattr(home, name)(optimizer, **arguments)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for warmup, total in ((0, 20), (5, 20), (1, 20), (20, 20), (21, 20), (0, 0), (0, 1), (0, 2), (3, 4), (4, 5)):
        counts = {"num_warmup_steps": warmup, "num_training_steps": total}
        yield _of("RexLR", max_lr=0.1, min_lr=0.01, total_steps=total, num_warmup_steps=warmup)
        yield _of("get_cosine_schedule_with_quadratic_warmup", **counts)
        yield _of("get_cosine_schedule_with_min_lr", **counts)
        for share in (1.0, 0.5, 0.1, 0.0):
            yield _of("get_cosine_schedule_with_min_lr", **counts, min_lr_ratio=share)
            yield _of(CONSTANT, **counts, constant_lr_ratio=share, min_lr_ratio=0.1)
    yield _of("RexLR", max_lr=0.1, min_lr=0.0, total_steps=20)
    yield _of("RexLR", max_lr=0.2, min_lr=0.1, total_steps=20, num_warmup_steps=4)
    yield _of("RexLR", max_lr=0.1, min_lr=0.2, total_steps=20)
    yield _of("RexLR", max_lr=0.0, min_lr=0.0, total_steps=20, num_warmup_steps=4)
    for steps in (2, 3, 20, 40):
        yield _of("InterpolatingLogScheduler", num_steps=steps, min_lr=1e-6, max_lr=1e-3)

    for inner in (REX, COSINE):
        for every, rise, fall in ((5, 2, 1), (5, 2, 0), (5, 0, 2), (1, 1, 1), (30, 3, 2), (4, 4, 4), (6, 9, 2)):
            restarts = {"jagged_restart_steps": every, "jagged_restart_warmup_steps": rise}
            yield _of(JAGGED, inner_schedule=inner, **restarts, jagged_restart_anneal_steps=fall)
    yield _of(JAGGED, inner_schedule=COSINE, jagged_restart_steps=5, jagged_restart_warmup_steps=2, min_lr_scale=0.1)


JAGGED = "JaggedLRRestartScheduler"
REX = {"use": "axolotl.RexLR", "max_lr": 0.1, "min_lr": 0.01, "total_steps": 20, "num_warmup_steps": 4}
COSINE = {"use": "transformers.get_cosine_schedule_with_warmup", "num_warmup_steps": 4, "num_training_steps": 20}
CONSTANT = "get_cosine_schedule_with_warmup_decay_constant"


def _of(name: str, **arguments: Any) -> Spec:
    return {"steps": 20, "lr": 0.1, "schedule": {"use": f"axolotl.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 60)
    rate = 10 ** rng.uniform(-6, 1)
    warmup, total = rng.choice([0, rng.randint(0, steps)]), rng.choice([steps, rng.randint(0, 80)])
    counts = {"num_warmup_steps": warmup, "num_training_steps": total}
    cycles = rng.choice([{}, {"num_cycles": rng.choice([0.5, 1.0, 0.0, rng.uniform(-1, 3)])}])
    if name == "RexLR":
        low = rng.choice([0.0, 0.1, rng.uniform(0, 1)]) * rate
        arguments = {"max_lr": rate, "min_lr": low, "total_steps": max(total, warmup), "num_warmup_steps": warmup}
    elif name == "InterpolatingLogScheduler":
        arguments = {"num_steps": rng.randint(2, 80), "min_lr": rate, "max_lr": 10 ** rng.uniform(-6, 1)}
    elif name == "get_cosine_schedule_with_quadratic_warmup":
        arguments = counts | cycles
    elif name == "get_cosine_schedule_with_min_lr":
        arguments = counts | {"min_lr_ratio": rng.choice([0.0, 0.1, rng.uniform(0, 1)])}
    elif name == JAGGED:
        rises = {"jagged_restart_warmup_steps": rng.randint(0, 8), "jagged_restart_anneal_steps": rng.randint(0, 5)}
        inner = {**COSINE, **counts} if rng.random() < 0.5 else {**REX, "max_lr": rate, "min_lr": 0.1 * rate}
        scale = rng.choice([{}, {"min_lr_scale": rng.uniform(0, 1)}])
        arguments = {"inner_schedule": inner, "jagged_restart_steps": rng.randint(1, 30)} | rises | scale
    else:
        shares = {"constant_lr_ratio": rng.uniform(0, 1.2), "min_lr_ratio": rng.choice([0.1, rng.uniform(0, 1)])}
        arguments = counts | cycles | shares
    return {"steps": steps, "lr": rate, "schedule": {"use": f"axolotl.{name}", **arguments}}
