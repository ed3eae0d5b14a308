"""mmengine's own schedulers, built from configs and stepped by its own hook, beside an SGD optimizer.

A `param_scheduler` list is built by its Runner, everything else by its registry: a Runner also gives a
scheduler without `end` the end of the run.
"""

from __future__ import annotations

import copy
import logging
import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.metadata import distribution
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import torch

sys.modules.setdefault("cv2", MagicMock())  # mmengine.runner imports it, for pictures

PARAM_SCHEDULERS = import_module("mmengine.registry").PARAM_SCHEDULERS
ParamSchedulerHook = import_module("mmengine.hooks").ParamSchedulerHook
mmengine_runner = import_module("mmengine.runner")

# mmdetection's package needs more than its schedulers do.
sys.modules.setdefault("mmdet", ModuleType("mmdet"))
sys.modules.setdefault("mmdet.registry", import_module("mmengine.registry"))
QUADRATIC = distribution("mmdet").locate_file("mmdet/engine/schedulers/quadratic_warmup.py")
SourceFileLoader("quadratic_warmup", str(QUADRATIC)).load_module()

DISTRIBUTION = "mmengine"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate, and its momentum where that is moved, at each update."""
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([parameter], lr=spec.get("lr", 0.1), momentum=spec.get("momentum", 0.9))
    times = spec["schedule"].get("scheduler_steps_per_update", 1)  # batches accumulated in an update
    every = spec["steps_per_epoch"] * times if "steps_per_epoch" in spec else None
    schedulers = build(spec, optimizer, every, times)
    moved = any(scheduler.param_name == "momentum" for scheduler in schedulers)
    hook, runner, group = ParamSchedulerHook(), SimpleNamespace(param_schedulers=schedulers), optimizer.param_groups[0]
    step = 0
    while True:
        yield {"lr": group["lr"], **({"momentum": group["momentum"]} if moved else {})}
        optimizer.step()
        for _ in range(times):
            hook.after_train_iter(runner, step)
            step += 1
            if every and step % every == 0:
                hook.after_train_epoch(runner)


def build(spec: Spec, optimizer: torch.optim.Optimizer, every: int | None, times: int) -> list[Any]:
    """The schedulers of a spec, in order."""
    if "schedulers" not in spec["schedule"]:
        given = {"optimizer": optimizer, **({"epoch_length": every} if every else {})}
        return [PARAM_SCHEDULERS.build(config(spec["schedule"]), default_args=given)]
    runner = SimpleNamespace(
        _train_loop=object.__new__(mmengine_runner.EpochBasedTrainLoop),
        max_epochs=-(-spec["steps"] * times // (every or 1)),
        max_iters=spec["steps"] * times,
        train_dataloader=[None] * (every or 1),
        logger=logging.getLogger(__name__),
    )
    configs = [config(each) for each in spec["schedule"]["schedulers"]]
    built: list[Any] = mmengine_runner.Runner._build_param_scheduler(runner, configs, optimizer)
    return built


def config(schedule: Spec) -> Spec:
    """A scheduler as a config has it."""
    arguments = copy.deepcopy(schedule)
    arguments.pop("scheduler_steps_per_update", None)
    return {"type": arguments.pop("use").rpartition(".")[2], **arguments}


def extra() -> Iterator[Spec]:
    """Gradients of several batches accumulated in an update: only the schedulers by iteration are stepped at each."""
    warmup = {"use": "mmengine.LinearLR", "start_factor": 0.1, "end": 9, "by_epoch": False}
    steps = {"use": "mmengine.MultiStepLR", "milestones": [2, 4], "gamma": 0.1}
    waves = {"use": "mmengine.CosineAnnealingLR", "T_max": 3, "begin": 1, "convert_to_iter_based": True}
    for schedulers in ([warmup, steps], [steps], [warmup, waves], [warmup, {**warmup, "begin": 9, "end": 40}, steps]):
        for times in (2, 4):
            listed = {"use": "mmengine.param_scheduler", "schedulers": schedulers, "scheduler_steps_per_update": times}
            yield {"steps": 24, "lr": 0.1, "steps_per_epoch": 4, "schedule": listed}
    for schedule in (warmup, steps, waves):
        yield {"steps": 24, "lr": 0.1, "steps_per_epoch": 4, "schedule": {**schedule, "scheduler_steps_per_update": 3}}


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for schedule in _edges():
        yield _spec(schedule, by_epoch=False)
    linear = {"use": "mmengine.LinearLR", "start_factor": 0.1}
    for end in (1, 3, 9):
        for more in ({}, {"by_epoch": True}, {"convert_to_iter_based": True}):
            yield _spec({**linear, "begin": 1 if end == 3 else 0, "end": end, **more})
    yield _spec({**linear, "end": 2.5, "convert_to_iter_based": True})
    yield _spec({**linear, "by_epoch": False, "convert_to_iter_based": True})
    yield _spec({**linear, "begin": -3, "end": 6, "by_epoch": False})
    for wrong in ({"begin": 3, "end": 3}, {"begin": 3, "end": 2}):
        yield _spec({**linear, **wrong})
    for schedule in (
        {"name": "StepLR", "step_size": 2},
        {"name": "MultiStepLR", "milestones": [0, 2, 3]},
        {"name": "CosineAnnealingLR", "T_max": 3},
        {"name": "CosineRestartLR", "periods": [2, 3], "restart_weights": [1, 0.5], "eta_min": 0.0},
        {"name": "OneCycleLR", "eta_max": 0.3, "total_steps": 6},
        {"name": "PolyLR", "end": 5, "power": 0.9},
        {"name": "ConstantMomentum", "end": 3},
    ):
        for more in ({}, {"convert_to_iter_based": True}):
            yield _spec({**schedule, **more})
    yield from map(_listed, _lists())
    quadratic = {"name": "QuadraticWarmupLR", "begin": 0, "end": 3}
    for more in ({}, {"by_epoch": False}, {"convert_to_iter_based": True}, {"begin": 1}, {"end": 1}, {"begin": 3}):
        yield _spec({**quadratic, **more})
    yield _spec({"name": "QuadraticWarmupLR"})
    cosine = {"name": "CosineAnnealingLR", "begin": 2, "eta_min": 0.01, "T_max": 2, "end": 4}
    mmyolo = {**quadratic, "end": 2, "convert_to_iter_based": True}
    flat = {"name": "ConstantLR", "begin": 4, "factor": 1}
    yield _listed([mmyolo, cosine, flat])
    yield _listed([mmyolo, {**cosine, "begin": 0}])
    yield _listed([{**cosine, "begin": 0}, {"name": "QuadraticWarmupMomentum", "end": 9, "by_epoch": False}, mmyolo])


def _spec(schedule: Spec, **more: Any) -> Spec:
    name = schedule.pop("name", None)
    schedule = {**({"use": f"mmengine.{name}"} if name else {}), **schedule, **more}
    return {"steps": 16, "lr": 0.1, "momentum": 0.9, "steps_per_epoch": 4, "schedule": schedule}


def _listed(schedulers: list[Spec]) -> Spec:
    named = [{"use": f"mmengine.{each['name']}", **each} for each in schedulers]
    for each in named:
        del each["name"]
    return _spec({"use": "mmengine.param_scheduler", "schedulers": named})


def _edges() -> Iterator[Spec]:
    for suffix in ("LR", "Momentum"):
        for end in (1, 2, 9, 20) if suffix == "LR" else (9,):
            yield {"name": f"Linear{suffix}", "end": end, "end_factor": 0.5 if end == 9 else 0.0}
            yield {"name": f"Constant{suffix}", "end": end, "factor": 0.0 if end == 9 else 0.5}
            yield {"name": f"Poly{suffix}", "end": end, "power": 0.5, "eta_min": 0.01}
            yield {"name": f"CosineAnnealing{suffix}", "end": end}
    for start, end in ((0.0, 1.0), (1.0, 0.0), (1.5, 1.0), (1.0, -0.5)):
        yield {"name": "LinearLR", "start_factor": start, "end_factor": end, "end": 8}
    yield {"name": "LinearLR", "start_factor": 0.0, "end": 1}
    yield {"name": "ConstantLR", "factor": 1.5}
    for power in (0.0, 2.0, -1.0):
        yield {"name": "PolyLR", "power": power, "end": 14}
    yield {"name": "PolyLR", "power": -1.0, "end": 9}
    for half in (0, 1, 2, 5):
        yield {"name": "CosineAnnealingLR", "T_max": half, "eta_min": 0.02, "begin": 3}
    yield {"name": "CosineAnnealingLR", "eta_min_ratio": 0.1, "end": 10}
    yield {"name": "CosineAnnealingLR", "eta_min_ratio": 0.1, "eta_min": 0.1}
    for periods, weights in (
        ([5], [1]),
        ([1, 2, 6], [1, 2, 0.5]),
        ([0, 4, 0, 5], [9, 1, 9, 0.5]),
        ([0], [1]),
        ([3], [1, 2]),
    ):
        yield {"name": "CosineRestartLR", "periods": periods, "restart_weights": weights, "eta_min": 0.01, "begin": 2}
    yield {"name": "CosineRestartLR", "periods": [10], "eta_min_ratio": 0.1}
    yield {"name": "CosineRestartLR", "periods": [10]}
    yield {"name": "StepLR", "step_size": 0}
    yield {"name": "StepLR", "step_size": 3, "gamma": -0.5, "begin": 2, "end": 20}
    yield {"name": "MultiStepLR", "milestones": [12, 3, 3, -1, 0], "gamma": 0.5, "begin": 1, "end": 10}
    yield {"name": "MultiStepLR", "milestones": []}
    for pct in (0.0, 1 / 12, 0.3, 0.5, 1.0):
        for three in (False, True):
            shape = "linear" if three else "cos"
            cycle = {"name": "OneCycleLR", "eta_max": 0.5, "pct_start": pct, "three_phase": three}
            yield {**cycle, "total_steps": 12, "anneal_strategy": shape}
    yield {**cycle, "end": 9}
    yield {**cycle, "begin": 4, "total_steps": 16, "pct_start": 0.2}
    yield {**cycle, "total_steps": 0}
    yield {"name": "OneCycleLR", "total_steps": 22}
    yield {"name": "OneCycleLR", "total_steps": 30, "eta_max": [0.1, 0.2]}


def _lists() -> Iterator[list[Spec]]:
    warmup = {"name": "LinearLR", "start_factor": 0.001, "by_epoch": False, "begin": 0, "end": 5}
    drops = {"name": "MultiStepLR", "begin": 0, "end": 4, "milestones": [2, 3]}
    cosine = {"name": "CosineAnnealingLR", "eta_min": 0.01, "begin": 2}
    cycle = {"name": "OneCycleLR", "eta_max": 0.5, "total_steps": 22, "by_epoch": False}
    poly = {"name": "PolyLR", "eta_min": 0.001, "power": 0.9, "begin": 5, "by_epoch": False}
    momentum = {"name": "LinearMomentum", "end": 3, "convert_to_iter_based": True}
    yield []
    yield [warmup, drops]
    yield [drops, warmup]
    yield [{"name": "LinearLR", "start_factor": 0.001, "end": 2, "convert_to_iter_based": True}, cosine]
    yield [warmup, poly, momentum, {"name": "CosineAnnealingMomentum", "begin": 3, "by_epoch": True}]
    yield [momentum]
    yield [warmup, cosine]
    yield [cosine, warmup]
    yield [warmup, {**warmup, "begin": 3}, {**cosine, "begin": 0, "T_max": 2}]
    yield [{**cosine, "T_max": 1}, {"name": "ExponentialLR", "gamma": 0.9}]
    yield [cosine, {"name": "PolyLR", "eta_min": 0.02, "begin": 1}]
    yield [cycle, {**cosine, "begin": 0}]
    yield [{**cosine, "begin": 0}, cycle]
    yield [cycle, {**cycle, "eta_max": 0.2, "begin": 9}]
    yield [{**cycle, "begin": 3}, {**cycle, "eta_max": 0.2}, {"name": "ExponentialLR", "gamma": 0.9}]
    yield [{"name": "LinearLR"}, {"name": "ConstantLR"}, {"name": "StepLR", "step_size": 2}]
    yield [{**cosine, "begin": 6}]
    yield [warmup, {**warmup, "start_factor": 0.0, "begin": 8, "end": 12}]
    yield [{**momentum, "start_factor": 0.0}, warmup]


NAMES = (
    *("Constant", "CosineAnnealing", "CosineRestart", "Exponential", "Linear", "MultiStep", "Poly", "Step"),
    "OneCycle",
)


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps, every = rng.randint(8, 32), rng.randint(1, 5)
    spec = {
        "steps": steps,
        "lr": rng.choice([0.1, 0.02, 3e-4]),
        "momentum": rng.choice([0.9, 0.75]),
        "steps_per_epoch": every,
    }
    if name != "param_scheduler":
        return {**spec, "schedule": _draw(name, rng, steps, every)}
    # Within a list the run is of whole epochs, as a Runner's is.
    spec["steps"] = steps = -(-steps // every) * every
    names = [
        each + rng.choice(["LR"] * 3 + ["Momentum"] * (each != "OneCycle"))
        for each in rng.choices(NAMES, k=rng.randint(1, 4))
    ]
    children = [_draw(each, rng, steps, every) for each in names]
    if rng.random() < 0.4:
        _one_after_the_other(children, rng, steps, every)
    return {**spec, "schedule": {"use": "mmengine.param_scheduler", "schedulers": children}}


def _one_after_the_other(children: list[Spec], rng: random.Random, steps: int, every: int) -> None:
    """Windows that do not overlap."""
    edges = sorted(rng.sample(range(steps // every + 5), len(children) + 1))
    for child, begin, end in zip(children, edges, edges[1:], strict=False):
        unit = every if child.get("by_epoch") is False else 1
        child.update(begin=begin * unit, end=end * unit)


def _draw(name: str, rng: random.Random, steps: int, every: int) -> Spec:
    when = rng.choice(
        [{}, {"by_epoch": True}, {"by_epoch": False}, {"by_epoch": False}, {"convert_to_iter_based": True}]
    )
    total = steps if when.get("by_epoch") is False else steps // every + 1
    begin, end = sorted(rng.sample(range(total + 6), 2))
    window = rng.choice(
        [{}, {"end": end}, {"begin": begin}, {"begin": begin, "end": end}, {"begin": begin, "end": end}]
    )
    low = rng.uniform(0, 0.3) * rng.choice([0, 1])
    floor = rng.choice([{"eta_min": low}, {"eta_min_ratio": rng.random()}])
    periods = rng.choices(range(1, total // 2 + 3), k=rng.randint(1, 4))
    kind = name.removesuffix("LR").removesuffix("Momentum")
    drawn: dict[str, Callable[[], Spec]] = {
        "Constant": lambda: {"factor": rng.uniform(0.01, 1)},
        "CosineAnnealing": lambda: {
            **rng.choice([{}, {"T_max": rng.randint(1, total + 5)}]),
            **rng.choice([{}, floor]),
        },
        "CosineRestart": lambda: {
            "periods": periods,
            "restart_weights": [rng.uniform(0.1, 2) for _ in periods],
            **floor,
        },
        "Exponential": lambda: {"gamma": rng.uniform(0.5, 1.1)},
        "Linear": lambda: {
            "start_factor": rng.choice([rng.random(), 1e-3, 1]),
            "end_factor": rng.choice([rng.random(), 1]),
        },
        "MultiStep": lambda: {"milestones": rng.choices(range(total + 5), k=rng.randint(0, 5)), "gamma": rng.random()},
        "Poly": lambda: {"eta_min": low, "power": rng.choice([1.0, 0.9, 2.0, 0.5, rng.uniform(0, 4)])},
        "QuadraticWarmup": dict,
        "Step": lambda: {"step_size": rng.randint(1, total + 2), "gamma": rng.uniform(0.1, 1)},
        "OneCycle": lambda: {
            "eta_max": rng.uniform(0.01, 1),
            **rng.choice([{}, {"total_steps": total + 10}, {"total_steps": rng.randint(1, total + 10)}]),
            "pct_start": rng.choice([rng.random(), rng.random(), 0.0, 1.0]),
            "anneal_strategy": rng.choice(["cos", "linear"]),
            "three_phase": rng.random() < 0.4,
            "div_factor": rng.uniform(1, 30),
            "final_div_factor": rng.uniform(1, 1e4),
        },
    }
    return {"use": f"mmengine.{name}", **drawn[kind](), **window, **when}


SURROUNDINGS = {"momentum": 0.9}
MODES = ("both", "optimizer", "scheduler", "none")


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The values from update `at` on; the states of a list are matched by position, as a Runner does."""
    optimizer, schedulers = prepared(plan)
    for update in range(at):
        stepped(plan, optimizer, schedulers, update)
    saved = copy.deepcopy((optimizer.state_dict(), [each.state_dict() for each in schedulers]))
    optimizer, schedulers = prepared(new)
    if mode in ("both", "optimizer"):
        optimizer.load_state_dict(saved[0])
    if mode in ("both", "scheduler"):
        for scheduler, state in zip(schedulers, saved[1], strict=False):
            scheduler.load_state_dict(state)
    group = optimizer.param_groups[0]
    for update in range(at, new["steps"]):
        yield {"lr": group["lr"], "momentum": group["momentum"]}
        stepped(new, optimizer, schedulers, update)


def prepared(spec: Spec) -> tuple[Any, list[Any]]:
    """An optimizer and the schedulers on it."""
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([parameter], lr=spec.get("lr", 0.1), momentum=spec.get("momentum", 0.9))
    return optimizer, build(spec, optimizer, spec.get("steps_per_epoch"), 1)


def stepped(spec: Spec, optimizer: Any, schedulers: list[Any], update: int) -> None:
    """One update, and what mmengine's hook does after it."""
    hook, runner = ParamSchedulerHook(), SimpleNamespace(param_schedulers=schedulers)
    optimizer.step()
    hook.after_train_iter(runner, update)
    every = spec.get("steps_per_epoch")
    if every and (update + 1) % every == 0:
        hook.after_train_epoch(runner)


def resumable(plan: Spec, new: Spec, at: int) -> bool:
    """Whether an update is one batch."""
    return "scheduler_steps_per_update" not in plan["schedule"] and "scheduler_steps_per_update" not in new["schedule"]
