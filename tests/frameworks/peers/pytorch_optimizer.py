"""pytorch_optimizer's schedulers, stepped beside an SGD optimizer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import torch
from frameworks import states
from pytorch_optimizer import lr_scheduler

DISTRIBUTION = "pytorch-optimizer"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec.get("lr", 0.1))
    arguments = dict(spec["schedule"])
    scheduler = getattr(lr_scheduler, arguments.pop("use").rpartition(".")[2])(optimizer, **arguments)
    while True:
        yield {"lr": float(optimizer.param_groups[0]["lr"])}
        optimizer.step()
        scheduler.step()


WARMED_UP = ("LinearScheduler", "CosineScheduler", "PolyScheduler")
COOLDOWNS = ("1-sqrt", "cosine", "linear", "1-square")


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for schedule in _edges():
        yield {"steps": 30, "lr": 0.1, "schedule": {"use": f"pytorch_optimizer.{schedule.pop('name')}", **schedule}}


def _edges() -> Iterator[Spec]:
    for name in WARMED_UP:
        for warmup, total in (
            (0, 30),
            (1, 20),
            (5, 20),
            (20, 20),
            (25, 20),
            (40, 60),
            (0, 0),
            (0, 1),
            (-1, 5),
            (0, -1),
        ):
            yield {"name": name, "t_max": total, "max_lr": 0.2, "min_lr": 0.01, "init_lr": 0.05, "warmup_steps": warmup}
        yield {"name": name, "t_max": 12, "max_lr": 0.0, "min_lr": 0.1}
        yield {"name": name, "t_max": 12, "max_lr": -0.1}
    for order in (0, -1, 1, 2, 3.5):
        yield {"name": "PolyScheduler", "poly_order": order, "t_max": 12, "max_lr": 0.1, "warmup_steps": 2}
    for total in (-1, 0, 1, 2, 20, 50):
        yield {"name": "REXScheduler", "total_steps": total, "max_lr": 0.3, "min_lr": 0.01}
    for warmup, mult in ((0, 1), (0, 2), (3, 1), (3, 1.5), (7, 0.5), (2, 0.1), (1, -1), (8, 1), (0, 0), (1, 1.1)):
        levels = {"max_lr": 0.2, "min_lr": 0.01, "gamma": 0.7}
        lengths = {"first_cycle_steps": 8, "cycle_mult": mult, "warmup_steps": warmup}
        yield {"name": "CosineAnnealingWarmupRestarts", **lengths, **levels}
    yield {"name": "CosineAnnealingWarmupRestarts", "first_cycle_steps": 40, "gamma": 1.0}
    yield {"name": "CosineAnnealingWarmupRestarts", "first_cycle_steps": 1, "gamma": -0.9}
    for epochs in (-1, 0, 1, 2, 3, 4, 5, 8, 9, 10, 30, 70):
        yield {"name": "get_chebyshev_schedule", "num_epochs": epochs}
    yield {"name": "get_chebyshev_schedule", "num_epochs": 16, "is_warmup": True}
    for cooldown in COOLDOWNS:
        for warmup, stable, decay in (
            (0, 0, 0),
            (1, 0, 20),
            (5, 10, 10),
            (0, 30, 5),
            (40, 0, 1),
            (3, 3, 1),
            (0, 0, 30),
        ):
            yield _wsd(warmup, stable, decay, cooldown_type=cooldown, min_lr_ratio=0.1)
    for cycles in (0, 0.5, 1, 3, 2.3, -0.7, 40):
        yield _wsd(2, 3, 20, cooldown_type="cosine", num_cycles=cycles, min_lr_ratio=0.2)


def _wsd(warmup: int, stable: int, decay: int, **further: Any) -> Spec:
    lengths = {"num_warmup_steps": warmup, "num_stable_steps": stable, "num_decay_steps": decay}
    return {"name": "get_wsd_schedule", **lengths, **further}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 60)
    some = rng.randint(1, steps + 5)
    drawn: dict[str, Callable[[], Spec]] = {
        "CosineAnnealingWarmupRestarts": lambda: _draw_restarts(rng, some),
        "REXScheduler": lambda: {"total_steps": some, **_levels(rng)},
        "get_chebyshev_schedule": lambda: {"num_epochs": rng.randint(1, 140), "is_warmup": rng.random() < 0.1},
        "get_wsd_schedule": lambda: {
            "num_warmup_steps": rng.randint(0, steps // 2),
            "num_stable_steps": rng.randint(0, steps // 2),
            "num_decay_steps": rng.choice([some, rng.randint(0, 3)]),
            "cooldown_type": rng.choice(COOLDOWNS),
            **rng.choice([{}, {"min_lr_ratio": rng.random()}]),
            **rng.choice([{}, {"num_cycles": rng.uniform(-1, 3)}, {"num_cycles": rng.choice([0, 1, 2, 3.5])}]),
        },
    }
    arguments = drawn[name]() if name in drawn else _draw_warmed_up(name, rng, some)
    return {"steps": steps, "lr": rng.uniform(1e-6, 2), "schedule": {"use": f"pytorch_optimizer.{name}", **arguments}}


def _levels(rng: random.Random) -> Spec:
    return {
        "max_lr": rng.choice([rng.uniform(0, 1), 10 ** rng.uniform(-7, 1)]),
        **rng.choice([{}, {"min_lr": rng.uniform(0, 0.1)}, {"min_lr": rng.uniform(0, 2)}]),
    }


def _draw_restarts(rng: random.Random, some: int) -> Spec:
    return {
        "first_cycle_steps": some,
        **rng.choice([{}, {"cycle_mult": rng.uniform(0, 3)}, {"cycle_mult": rng.choice([0.5, 1.05, 2])}]),
        **_levels(rng),
        **rng.choice([{}, {"warmup_steps": rng.randint(0, some)}]),
        **rng.choice([{}, {"gamma": rng.uniform(0, 1.5)}]),
    }


def _draw_warmed_up(name: str, rng: random.Random, some: int) -> Spec:
    order = {"poly_order": rng.choice([rng.uniform(0.01, 4), 1, 2])} if name == "PolyScheduler" else {}
    return {
        **rng.choice([{}, order]),
        "t_max": rng.choice([some, rng.randint(0, 5)]),
        **_levels(rng),
        **rng.choice([{}, {"init_lr": rng.uniform(0, 1)}]),
        **rng.choice([{}, {"warmup_steps": rng.randint(0, some)}]),
    }


FUNCTIONS = ("get_chebyshev_schedule", "get_wsd_schedule")


def modes(name: str) -> tuple[str, ...]:
    """The ways to restore a scheduler; some have no state."""
    if name in FUNCTIONS:
        return (*states.MODES, "last_epoch")
    return states.MODES if name == "CosineAnnealingWarmupRestarts" else ("optimizer", "none")


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on."""
    return map(states.rates, states.follow(prepared, plan, new, at, mode))


def prepared(spec: Spec, load: Any, **more: Any) -> tuple[Any, Any]:
    """An optimizer and a scheduler on it."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec.get("lr", 0.1))
    load(optimizer)
    arguments = dict(spec["schedule"])
    made = getattr(lr_scheduler, arguments.pop("use").rpartition(".")[2])(optimizer, **arguments, **more)
    if not hasattr(made, "state_dict"):
        made.state_dict = dict
    return optimizer, made
