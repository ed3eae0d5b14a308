"""ESPnet's own schedulers, stepped beside torch's SGD.

The environment variable ESPNET_SOURCE names the unpacked source distribution (the folder with `espnet2` and
`espnet.egg-info`), from which only `espnet2/schedulers/*.py` is run; typeguard is stood in for.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import torch
from frameworks import states

DISTRIBUTION = "espnet"
Spec = dict[str, Any]
FILES = (
    "warmup_lr",
    "noam_lr",
    "warmup_step_lr",
    "piecewise_linear_warmup_lr",
    "tristage_lr",
    "exponential_decay_warmup",
    "cosine_anneal_warmup_restart",
)


def _schedulers() -> dict[str, Any]:
    guard = ModuleType("typeguard")
    guard.typechecked = lambda function: function  # type: ignore[attr-defined]
    sys.modules.setdefault("typeguard", guard)
    sys.path.append(os.environ["ESPNET_SOURCE"])
    modules = [import_module(f"espnet2.schedulers.{name}") for name in FILES]
    return {name: value for module in modules for name, value in vars(module).items()}


CLASSES = _schedulers()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec["lr"])
    arguments = dict(spec["schedule"])
    scheduler = CLASSES[arguments.pop("use").rpartition(".")[2]](optimizer, **arguments)
    while True:
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        scheduler.step()


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for name, arguments in (*_warmups(), *_stages(), *_exponentials(), *_restarts()):
        yield {"steps": 30, "lr": 0.1, "schedule": {"use": f"espnet.{name}", **arguments}}


def _warmups() -> Iterator[tuple[str, Spec]]:
    yield "WarmupLR", {}
    yield "NoamLR", {}
    for warmup in (0, 1, 2, 10, 29, 30, 31, 1000):
        yield "WarmupLR", {"warmup_steps": warmup}
        yield "NoamLR", {"warmup_steps": warmup, "model_size": 256}
        yield "WarmupStepLR", {"warmup_steps": warmup, "steps_per_epoch": 4, "gamma": 0.5}
    for epoch, size in ((1, 1), (3, 2), (7, 1), (40, 1)):
        yield "WarmupStepLR", {"warmup_steps": 5, "steps_per_epoch": epoch, "step_size": size}
    for steps, values in (
        ([0, 10], [0.0, 0.1]),
        ([0, 5, 20], [0.01, 0.2, 0.1]),
        ([3, 9], [0.05, 0.02]),
        ([0, 40], [0.0, 0.1]),
        ([4], [0.3]),
        ([0], [0.0]),
        ([0.5, 7.5], [0.0, 0.1]),
        ([1, 2], [0.1]),
    ):
        yield "PiecewiseLinearWarmupLR", {"warmup_steps_list": steps, "warmup_lr_list": values}


def _stages() -> Iterator[tuple[str, Spec]]:
    for total in (1, 2, 10, 25, 30, 36, 100):
        yield "TristageLR", {"max_steps": total}
        yield "TristageLR", {"max_steps": total, "warmup_ratio": 0.0, "hold_ratio": 0.0, "decay_ratio": 1.0}
    for ratios in ((0.0, 0.5, 0.5), (0.5, 0.5, 0.0), (1.0, 0.0, 0.0), (0.3, 0.0, 0.7), (0.3, 0.3, 0.3)):
        named = dict(zip(("warmup_ratio", "hold_ratio", "decay_ratio"), ratios, strict=True))
        yield "TristageLR", {"max_steps": 20, **named, "init_lr_scale": 0.1, "final_lr_scale": 0.05}
    yield "TristageLR", {"max_steps": 20, "final_lr_scale": 1.0, "init_lr_scale": 1.0}
    yield "TristageLR", {"max_steps": 20, "final_lr_scale": 0.0}
    yield "TristageLR", {"max_steps": 20, "init_lr_scale": 0.0}


def _exponentials() -> Iterator[tuple[str, Spec]]:
    for warmup in (0, 1, 2, 8, 19, 20):
        for zero in (False, True):
            limits = {"max_lr": 0.2, "min_lr": 0.001, "total_steps": 20}
            yield "ExponentialDecayWarmup", {**limits, "warmup_steps": warmup, "warm_from_zero": zero}
    yield "ExponentialDecayWarmup", {"max_lr": 0.1, "min_lr": 0.2, "total_steps": 100}
    yield "ExponentialDecayWarmup", {"max_lr": 0.1, "min_lr": 0.0, "total_steps": 100}


def _restarts() -> Iterator[tuple[str, Spec]]:
    for first, warmup, mult in (
        (10, 0, 1.0),
        (10, 3, 1.0),
        (5, 2, 2.0),
        (8, 3, 0.7),
        (8, 0, 0.5),
        (5, 5, 1.0),
        (6, 5, 0.5),
    ):
        yield (
            "CosineAnnealingWarmupRestarts",
            {
                "first_cycle_steps": first,
                "warmup_steps": warmup,
                "cycle_mult": mult,
                "gamma": 0.8,
            },
        )
    yield "CosineAnnealingWarmupRestarts", {"first_cycle_steps": 12, "max_lr": 0.05, "min_lr": 0.0}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 60)
    warmup = rng.choice([1, 2, rng.randint(1, steps + 5), rng.randint(1, steps // 2)])
    first, second = sorted((rng.uniform(0, 1), rng.uniform(0, 1)))
    points = sorted(rng.sample(range(steps + 10), rng.randint(1, 5)))
    drawn: dict[str, Callable[[], Spec]] = {
        "WarmupLR": lambda: {"warmup_steps": warmup},
        "NoamLR": lambda: {"warmup_steps": warmup, "model_size": rng.choice([80, 256, 512.0])},
        "WarmupStepLR": lambda: {
            "warmup_steps": warmup,
            "steps_per_epoch": rng.randint(1, 20),
            "step_size": rng.randint(1, 3),
            "gamma": rng.uniform(0, 1),
        },
        "PiecewiseLinearWarmupLR": lambda: {
            "warmup_steps_list": points,
            "warmup_lr_list": [rng.uniform(0, 0.1) for _ in points],
        },
        "TristageLR": lambda: {
            "max_steps": rng.choice([steps, rng.randint(1, steps + 10)]),
            "warmup_ratio": first,
            "hold_ratio": second - first,
            "decay_ratio": 1 - second,
            "init_lr_scale": rng.uniform(0.001, 1),
            "final_lr_scale": rng.uniform(0.001, 1),
        },
        "ExponentialDecayWarmup": lambda: {
            "max_lr": rng.uniform(0.01, 1),
            "min_lr": rng.uniform(0.001, 0.01),
            "total_steps": warmup + rng.randint(1, steps),
            "warmup_steps": rng.choice([0, warmup]),
            "warm_from_zero": rng.choice([True, False]),
        },
        "CosineAnnealingWarmupRestarts": lambda: {
            "first_cycle_steps": warmup + rng.randint(1, 20),
            "warmup_steps": rng.choice([0, warmup]),
            "cycle_mult": rng.choice([1.0, 2.0, rng.uniform(1, 2)]),
            "max_lr": rng.uniform(0.01, 1),
            "min_lr": rng.uniform(0, 0.01),
            "gamma": rng.choice([1.0, rng.uniform(0.3, 1)]),
        },
    }
    return {"steps": steps, "lr": 10 ** rng.uniform(-5, 0), "schedule": {"use": f"espnet.{name}", **drawn[name]()}}


MODES = states.MODES


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on."""
    return map(states.rates, states.follow(prepared, plan, new, at, mode))


def prepared(spec: Spec, load: Callable[[Any], None]) -> tuple[Any, Any]:
    """An optimizer and a scheduler on it."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))], lr=spec.get("lr", 0.1))
    arguments = dict(spec["schedule"])
    return optimizer, CLASSES[arguments.pop("use").rpartition(".")[2]](optimizer, **arguments)
