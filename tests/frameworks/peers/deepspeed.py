"""DeepSpeed's own schedulers, stepped beside an Adam optimizer as its engine does."""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch
from frameworks import states

DISTRIBUTION = "deepspeed"
Spec = dict[str, Any]


def _lr_schedules() -> Any:
    """deepspeed/runtime/lr_schedules.py alone: the whole package asks for much more."""
    package = find_spec("deepspeed")
    assert package
    assert package.submodule_search_locations
    utils = ModuleType("deepspeed.utils")
    utils.logger = logging.Logger("deepspeed", logging.ERROR)  # type: ignore[attr-defined]
    found = spec_from_file_location("lr_schedules", f"{package.submodule_search_locations[0]}/runtime/lr_schedules.py")
    assert found
    assert found.loader
    module = module_from_spec(found)
    with patch.dict(sys.modules, {"deepspeed": ModuleType("deepspeed"), "deepspeed.utils": utils}):
        found.loader.exec_module(module)
    return module


lr_schedules = _lr_schedules()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate and first beta at each update."""
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.Adam([parameter], lr=spec.get("lr", 0.1))
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    scheduler = getattr(lr_schedules, name)(optimizer, **arguments)
    moved = name == "OneCycle" and scheduler.cycle_momentum
    group = optimizer.param_groups[0]
    while True:
        yield {"lr": group["lr"], **({"momentum": group["betas"][0]} if moved else {})}
        scheduler.step()


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for name, schedule in [*_ranges(), *_cycles(), *_warmups()]:
        yield {"steps": 25, "lr": 0.1, "schedule": {"use": f"deepspeed.{name}", **schedule}}


def _ranges() -> Iterator[tuple[str, Spec]]:
    for staircase in (False, True):
        yield (
            "LRRangeTest",
            {
                "lr_range_test_step_size": 7,
                "lr_range_test_step_rate": 2.5,
                "lr_range_test_staircase": staircase,
            },
        )
    yield "LRRangeTest", {}
    yield "LRRangeTest", {"lr_range_test_min_lr": [0.01], "lr_range_test_step_size": 1}
    yield "LRRangeTest", {"lr_range_test_min_lr": [0.01, 0.02]}
    yield "LRRangeTest", {"lr_range_test_step_size": 0}
    yield "LRRangeTest", {"lr_range_test_step_size": 5, "lr_range_test_step_rate": -0.5}


def _cycles() -> Iterator[tuple[str, Spec]]:
    rates = {"cycle_min_lr": 0.01, "cycle_max_lr": 0.1}
    for first, second in ((5, None), (1, 1), (7, 3), (3, 9), (8, 0), (2.5, 4.25), (30, 10), (0.5, 0.25)):
        sizes = {"cycle_first_step_size": first, "cycle_second_step_size": second}
        decay = {"decay_step_size": 4, "decay_lr_rate": 0.5, "decay_mom_rate": 0.1}
        yield "OneCycle", {**rates, **{key: size for key, size in sizes.items() if size is not None}, **decay}
    short = {**rates, "cycle_first_step_size": 6, "cycle_second_step_size": 9}
    yield "OneCycle", {**rates}
    for stairs in (1, 2, 4, 6, 7, -1):
        yield "OneCycle", {**short, "cycle_first_stair_count": stairs}
    yield "OneCycle", {**short, "cycle_first_stair_count": 3, "cycle_second_stair_count": 0}
    yield "OneCycle", {**short, "cycle_second_stair_count": 3, "cycle_momentum": False}
    yield "OneCycle", {**short, "decay_lr_rate": 0.5}
    yield "OneCycle", {**short, "decay_step_size": 3, "decay_mom_rate": 0.5}
    yield "OneCycle", {**short, "decay_step_size": 3, "decay_lr_rate": -0.4}
    yield "OneCycle", {**short, "decay_step_size": 1, "decay_lr_rate": -0.25}
    yield "OneCycle", {**rates, "cycle_first_step_size": 0}
    yield "OneCycle", {**rates, "cycle_first_step_size": 4, "cycle_second_step_size": -1}
    yield "OneCycle", {**rates, "cycle_min_mom": [0.8, 0.8]}


def _warmups() -> Iterator[tuple[str, Spec]]:
    for kind in ("log", "linear", "cosine"):
        for steps in (0, 1, 2, 10, 25, 40) if kind != "cosine" else (10,):
            warmup = {"warmup_num_steps": steps, "warmup_type": kind}
            yield "WarmupLR", {"warmup_min_lr": 0.02, **warmup}
            yield "WarmupDecayLR", {"total_num_steps": 25, **warmup}
            yield "WarmupCosineLR", {"total_num_steps": 25, "warmup_min_ratio": 0.1, **warmup}
    for total in (-1, 0, 4, 5, 6, 15):
        yield "WarmupDecayLR", {"total_num_steps": total, "warmup_min_lr": 1e-4, "warmup_num_steps": 5}
        yield "WarmupCosineLR", {"total_num_steps": total, "cos_min_ratio": 0.1, "warmup_num_steps": 5}
    yield "WarmupLR", {"warmup_num_steps": 4, "warmup_max_lr": [0.5]}
    yield "WarmupLR", {"warmup_num_steps": 4, "warmup_min_lr": [0.1, 0.2]}
    yield "WarmupLR", {"warmup_num_steps": 4, "warmup_min_lr": 0.4, "warmup_max_lr": 0.3}
    yield "WarmupCosineLR", {"total_num_steps": 20, "warmup_min_ratio": 1.5, "warmup_num_steps": 5}
    yield "WarmupCosineLR", {"total_num_steps": 20, "cos_min_ratio": -0.5, "warmup_num_steps": 5}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.choice([rng.randint(1, 60), rng.randint(20, 60)])
    drawn: dict[str, Callable[[random.Random, int], Spec]] = {
        "LRRangeTest": _draw_range,
        "OneCycle": _draw_cycle,
        "WarmupLR": _draw_warmup,
        "WarmupDecayLR": _draw_decay,
        "WarmupCosineLR": _draw_cosine,
    }
    return {"steps": steps, "lr": _rate(rng), "schedule": {"use": f"deepspeed.{name}", **drawn[name](rng, steps)}}


def _rate(rng: random.Random) -> float:
    return rng.choice([rng.uniform(0, 1), 10 ** rng.uniform(-8, 1)])


def _maybe(rng: random.Random, **arguments: Any) -> Spec:
    return {key: value for key, value in arguments.items() if rng.random() < 0.7}


def _draw_range(rng: random.Random, steps: int) -> Spec:
    return _maybe(
        rng,
        lr_range_test_min_lr=rng.choice([_rate(rng), [_rate(rng)]]),
        lr_range_test_step_size=rng.choice([1, rng.randint(1, steps + 5), 10**6]),
        lr_range_test_step_rate=rng.choice([0, 1, rng.uniform(0, 10), 10 ** rng.uniform(-6, 4), rng.uniform(-2, 0)]),
        lr_range_test_staircase=rng.random() < 0.5,
    )


def _draw_cycle(rng: random.Random, steps: int) -> Spec:
    half = rng.choice([rng.randint(1, steps + 2), rng.randint(1, max(steps // 3, 1)), rng.uniform(0.2, steps)])
    return {
        "cycle_min_lr": rng.choice([0, _rate(rng), [_rate(rng)]]),
        "cycle_max_lr": rng.choice([_rate(rng), [_rate(rng)]]),
        **({"cycle_first_step_size": half} if rng.random() < 0.95 else {}),
        **_maybe(
            rng,
            decay_lr_rate=rng.choice([0, rng.random(), 10 ** rng.uniform(-5, 3), -0.01 * rng.randint(1, 50)]),
            cycle_second_step_size=rng.choice([0, rng.randint(0, steps), rng.uniform(0, steps)]),
            cycle_first_stair_count=rng.randint(-1, 12),
            cycle_second_stair_count=rng.randint(-1, 12),
            decay_step_size=rng.choice([0, 1, rng.randint(1, 20), rng.uniform(0.1, 30)]),
            cycle_momentum=rng.random() < 0.7,
            cycle_min_mom=rng.choice([rng.uniform(0, 1), [rng.uniform(0, 1)]]),
            cycle_max_mom=rng.uniform(0, 1),
            decay_mom_rate=rng.choice([0, rng.uniform(-0.5, 0.5)]),
        ),
    }


def _draw_warmup(rng: random.Random, steps: int) -> Spec:
    return _maybe(
        rng,
        warmup_min_lr=rng.choice([0, _rate(rng), [_rate(rng)]]),
        warmup_max_lr=rng.choice([_rate(rng), [_rate(rng)]]),
        warmup_num_steps=rng.choice([1, 2, 3, rng.randint(1, steps + 5), rng.randint(1, max(steps // 4, 1))]),
        warmup_type=rng.choice(["log", "linear", "exponential"]),
    )


def _draw_decay(rng: random.Random, steps: int) -> Spec:
    total = rng.choice([steps, rng.randint(0, steps), rng.randint(steps, 2 * steps), 10**5])
    return {"total_num_steps": total, **_draw_warmup(rng, steps)}


def _draw_cosine(rng: random.Random, steps: int) -> Spec:
    drawn = _draw_decay(rng, steps)
    own = {key: value for key, value in drawn.items() if key not in ("warmup_min_lr", "warmup_max_lr")}
    ratios = {
        "warmup_min_ratio": rng.choice([0, 1, rng.uniform(0, 1.2)]),
        "cos_min_ratio": rng.choice([0, 1, rng.uniform(-0.5, 1.2)]),
    }
    return {**own, **_maybe(rng, **ratios)}


MODES = states.MODES
SURROUNDINGS = {"momentum": 0.9}  # Adam's own


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The values from update `at` on."""
    for optimizer in states.follow(prepared, plan, new, at, mode):
        group = optimizer.param_groups[0]
        yield {"lr": group["lr"], "momentum": group["betas"][0]}


def prepared(spec: Spec, load: Any) -> tuple[Any, Any]:
    """An optimizer and a scheduler on it."""
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))], lr=spec.get("lr", 0.1))
    arguments = dict(spec["schedule"])
    return optimizer, getattr(lr_schedules, arguments.pop("use").rpartition(".")[2])(optimizer, **arguments)
