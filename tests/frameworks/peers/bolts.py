"""Lightning Bolts' own schedulers, stepped beside torch's SGD.

The whole package needs a pytorch_lightning of its time: only the module of the schedulers is
imported, with a stand-in for the one function it takes from there.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch
from frameworks import states

DISTRIBUTION = "lightning-bolts"
Spec = dict[str, Any]


def schedulers() -> ModuleType:
    """pl_bolts.optimizers.lr_scheduler."""
    lightning = ModuleType("pytorch_lightning")
    utilities = ModuleType("pytorch_lightning.utilities")
    utilities.rank_zero_warn = lambda *arguments, **more: None  # type: ignore[attr-defined]
    sys.modules.setdefault("pytorch_lightning", lightning)
    sys.modules.setdefault("pytorch_lightning.utilities", utilities)
    found = find_spec("pl_bolts")
    assert found is not None
    for name in ("pl_bolts", "pl_bolts.utils"):
        package = ModuleType(name)
        package.__path__ = [f"{each}/{name.partition('.')[2]}" for each in found.submodule_search_locations or ()]
        sys.modules.setdefault(name, package)
    return import_module("pl_bolts.optimizers.lr_scheduler")


BOLTS = schedulers()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([parameter], lr=spec.get("lr", 0.1))
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    if name == "linear_warmup_decay":
        scheduler: Any = torch.optim.lr_scheduler.LambdaLR(optimizer, BOLTS.linear_warmup_decay(**arguments))
    else:
        scheduler = getattr(BOLTS, name)(optimizer, **arguments)
    while True:
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        scheduler.step()


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for each in (*_annealing(), *_decay()):
        yield {"steps": 30, "lr": 0.1, "schedule": {"use": f"bolts.{each.pop('name')}", **each}}


def _annealing() -> Iterator[Spec]:
    for warmup in (0, 1, 2, 5, 30, 40):
        for end in (0, 1, 5, 10, 30):
            yield {"name": "LinearWarmupCosineAnnealingLR", "warmup_epochs": warmup, "max_epochs": end}
    for warmup in (0, 1, 5):
        yield {
            "name": "LinearWarmupCosineAnnealingLR",
            "warmup_epochs": warmup,
            "max_epochs": 9,
            "warmup_start_lr": 0.02,
            "eta_min": 0.01,
        }


def _decay() -> Iterator[Spec]:
    for shape in ({}, {"cosine": False}, {"cosine": False, "linear": True}):
        for warmup, total in ((0, 10), (1, 10), (5, 30), (5, 0), (10, 10), (30, 40), (40, 50)):
            yield {"name": "linear_warmup_decay", "warmup_steps": warmup, "total_steps": total, **shape}
    yield {"name": "linear_warmup_decay", "warmup_steps": 5, "total_steps": 30, "linear": True}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 60)
    warmup = rng.choice([0, 1, 2, rng.randint(0, steps + 5), rng.randint(0, steps // 2)])
    drawn: dict[str, Callable[[], Spec]] = {
        "LinearWarmupCosineAnnealingLR": lambda: {
            "warmup_epochs": warmup,
            "max_epochs": rng.choice([rng.randint(0, steps + 10), warmup + rng.randint(1, 8), steps]),
            "warmup_start_lr": rng.uniform(0, 0.1) * rng.choice([0, 1]),
            "eta_min": rng.uniform(0, 0.2) * rng.choice([0, 1]),
        },
        "linear_warmup_decay": lambda: {
            "warmup_steps": warmup,
            "total_steps": rng.choice([rng.randint(0, steps + 10), warmup + rng.randint(1, 8), steps]),
            **rng.choice([{}, {"cosine": False}, {"cosine": False, "linear": True}, {"cosine": True}]),
        },
    }
    rate = rng.choice([rng.uniform(1e-4, 1), 10 ** rng.uniform(-8, 2)])
    return {"steps": steps, "lr": rate, "schedule": {"use": f"bolts.{name}", **drawn[name]()}}


def modes(name: str) -> tuple[str, ...]:
    """The ways to restore a scheduler."""
    return (*states.MODES, "last_epoch")


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on."""
    return map(states.rates, states.follow(prepared, plan, new, at, mode))


def prepared(spec: Spec, load: Callable[[Any], None], **more: Any) -> tuple[Any, Any]:
    """An optimizer and a scheduler on it."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))], lr=spec.get("lr", 0.1))
    load(optimizer)
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    if name == "linear_warmup_decay":
        function = BOLTS.linear_warmup_decay(**arguments)
        return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, function, **more)
    return optimizer, getattr(BOLTS, name)(optimizer, **arguments, **more)
