"""torch's own schedulers, stepped beside an SGD optimizer."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import accelerate.scheduler
import torch
from torch.optim import lr_scheduler, swa_utils

DISTRIBUTION = "torch"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate and momentum at each update."""
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([parameter], lr=spec.get("lr", 0.1), momentum=spec.get("momentum", 0.9))
    arguments = dict(spec["schedule"])
    metrics = arguments.pop("metrics", None)
    times = arguments.pop("scheduler_steps_per_update", 1)
    scheduler = build(arguments, optimizer)
    if times > 1:
        scheduler = accelerated(scheduler, times)
    moved = moves_momentum(spec["schedule"])
    group = optimizer.param_groups[0]
    step = 0
    while metrics is None or step <= len(metrics):
        yield {"lr": group["lr"], **({"momentum": group["momentum"]} if moved else {})}
        optimizer.step()
        if metrics is None:
            scheduler.step()
        elif step < len(metrics):
            scheduler.step(metrics[step])
        step += 1
    raise RuntimeError("no more metrics")


def accelerated(scheduler: Any, processes: int) -> Any:
    """The scheduler in accelerate's wrapper, as on several processes."""
    state = SimpleNamespace(num_processes=processes)
    accelerate.scheduler.AcceleratorState = lambda: state  # type: ignore[assignment, misc]
    return accelerate.scheduler.AcceleratedScheduler(scheduler, [])


def build(arguments: Spec, optimizer: torch.optim.Optimizer) -> Any:
    """The scheduler that a spec's schedule names, with those inside it."""
    arguments = dict(arguments)
    name = arguments.pop("use").rpartition(".")[2]
    if "schedulers" in arguments:
        arguments["schedulers"] = [build(each, optimizer) for each in arguments["schedulers"]]
    for key in ("lr_lambda", "scale_fn"):
        if key in arguments:
            arguments[key] = callable_of(arguments[key])
    owner = swa_utils if name == "SWALR" else lr_scheduler
    if name == "ChainedScheduler":
        return lr_scheduler.ChainedScheduler(**arguments)
    return getattr(owner, name)(optimizer, **arguments)


def callable_of(text: str) -> Callable[[float], float]:
    """A function of one argument."""
    names = {"cos": math.cos, "exp": math.exp, "sqrt": math.sqrt, "pi": math.pi, "min": min, "max": max}
    return lambda x: eval(text, {"__builtins__": {}}, {**names, "epoch": x, "step": x, "x": x})


def moves_momentum(schedule: Spec) -> bool:
    """Whether a scheduler in it moves the momentum."""
    inner = any(map(moves_momentum, schedule.get("schedulers", [])))
    cyclic = schedule["use"].endswith(("CyclicLR", "OneCycleLR"))
    return inner or (cyclic and schedule.get("cycle_momentum", True))


LAMBDAS = ("0.95 ** epoch", "1 / (1 + 0.1 * epoch)", "min(1, (epoch + 1) / 10)", "0.5 * (1 + cos(pi * epoch / 20))")
FACTORS = ("0.95", "0.9 if epoch < 10 else 1.02", "1 - 1 / (epoch + 2)")
SCALES = ("1 / x", "0.9 ** (x - 1)", "1")


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for schedule in _edges():
        yield {"steps": 30, "lr": 0.1, "schedule": {"use": f"torch.{schedule.pop('name')}", **schedule}}
    for milestones in ([], [3, 7], [7, 3], [5, 5], [0], [3, 3]):
        yield _of(
            [_linear(), _cosine(), {"use": "torch.ExponentialLR", "gamma": 0.9}][: len(milestones) + 1], milestones
        )
    late = [_linear(), {"use": "torch.ChainedScheduler", "schedulers": [_linear(), _cosine()]}]
    yield _of(late, [8])
    yield _of(late[::-1], [8])
    nested = {"use": "torch.SequentialLR", "schedulers": [_linear(), _cosine()], "milestones": [4]}
    yield _of([nested, _cosine()], [12])
    yield _of([{**nested, "milestones": [1]}, _cosine()], [12])
    yield _of([_cosine(), nested], [12])
    for children in (
        [nested, {"use": "torch.ExponentialLR", "gamma": 0.97}],
        [{"use": "torch.StepLR", "step_size": 5}, nested],
    ):
        yield {"steps": 30, "lr": 0.1, "schedule": {"use": "torch.ChainedScheduler", "schedulers": children}}
    one = {"use": "torch.OneCycleLR", "max_lr": 0.3, "total_steps": 20}
    cyclic = {"use": "torch.CyclicLR", "base_lr": 0.01, "max_lr": 0.2, "step_size_up": 4}
    for children in (
        [_linear(), one],
        [one, _linear()],
        [cyclic, _cosine()],
        [_cosine(), cyclic],
        [one, cyclic, _linear()],
    ):
        yield _of(children, [6, 11][: len(children) - 1])
        yield {"steps": 30, "lr": 0.1, "schedule": {"use": "torch.ChainedScheduler", "schedulers": children}}
    yield _of([_linear(), {**one, "total_steps": 8}], [6])


def extra() -> Iterator[Spec]:
    """Schedulers that accelerate steps several times per update, and corners of nested ones."""
    one = {"use": "torch.OneCycleLR", "max_lr": 0.3}
    flat = {"use": "torch.PolynomialLR", "total_iters": 0}
    for times in (2, 3, 4):
        for shape in ("cos", "linear"):
            schedule = {**one, "total_steps": 40, "anneal_strategy": shape, "scheduler_steps_per_update": times}
            yield {"steps": 30, "lr": 0.1, "schedule": schedule}
    for schedule in (_linear(), _cosine(), {"use": "torch.LambdaLR", "lr_lambda": "epoch or 0.5"}):
        yield {"steps": 30, "lr": 0.1, "schedule": {**schedule, "scheduler_steps_per_update": 3}}
    cyclic = {"use": "torch.CyclicLR", "base_lr": 0.01, "max_lr": 0.2, "step_size_up": 4, "base_momentum": 0.5}
    nested = _of([{**one, "total_steps": 20}, cyclic], [6])["schedule"]
    yield _of([_of([flat], [])["schedule"]], [])
    yield _of([{"use": "torch.ChainedScheduler", "schedulers": [flat]}, _cosine()], [4])
    yield _of([nested, _linear()], [10])
    yield _of([_of([cyclic, {**one, "total_steps": 20}], [6])["schedule"], _linear()], [3])
    yield _of([{"use": "torch.ChainedScheduler", "schedulers": [nested]}, _linear()], [3])
    passed = _of([{**one, "total_steps": 7}, _linear()], [9])
    yield {**passed, "schedule": {**passed["schedule"], "scheduler_steps_per_update": 2}}
    for text in ("epoch or 0.5", "(epoch > 5 and 0.5) or 1.0", "min(1.0, 1 / epoch)", "1 / exp(200 * epoch)"):
        yield {"steps": 10, "lr": 0.1, "schedule": {"use": "torch.LambdaLR", "lr_lambda": text}}
    yield {"steps": 10, "lr": 0.1, "schedule": {"use": "torch.MultiplicativeLR", "lr_lambda": "1 / (epoch - 4)"}}
    scaled = {**cyclic, "scale_fn": "1 / (3 - x)"}
    yield {"steps": 30, "lr": 0.1, "schedule": scaled}
    yield {"steps": 30, "lr": 0.1, "schedule": {**scaled, "scale_mode": "iterations"}}


def _edges() -> Iterator[Spec]:
    for total in (0, 1, 5, 30, 40):
        yield {"name": "LinearLR", "total_iters": total}
        yield {"name": "ConstantLR", "total_iters": total}
        yield {"name": "PolynomialLR", "total_iters": total, "power": 2.0}
        yield {"name": "PolynomialLR", "total_iters": total, "power": 0.5}
        yield {"name": "CosineAnnealingLR", "T_max": total, "eta_min": 0.001}
        yield {"name": "SWALR", "swa_lr": 0.02, "anneal_epochs": total}
    yield {"name": "LinearLR", "start_factor": 1.0, "end_factor": 0.0, "total_iters": 10}
    yield {"name": "LinearLR", "start_factor": 0.0}
    yield {"name": "LinearLR", "end_factor": 1.5}
    yield {"name": "ConstantLR", "factor": 0.0, "total_iters": 4}
    yield {"name": "ConstantLR", "factor": 2.0}
    yield {"name": "PolynomialLR", "total_iters": 8, "power": 0.0}
    yield {"name": "CosineAnnealingLR", "T_max": 3}
    yield {"name": "StepLR", "step_size": 1, "gamma": 0.9}
    yield {"name": "StepLR", "step_size": 0}
    yield {"name": "MultiStepLR", "milestones": [0, 4, 4, 9]}
    yield {"name": "MultiStepLR", "milestones": []}
    yield {"name": "MultiStepLR", "milestones": [12, 3], "gamma": 0.5}
    for mult in (1, 2, 3):
        yield {"name": "CosineAnnealingWarmRestarts", "T_0": 3, "T_mult": mult, "eta_min": 0.01}
    yield {"name": "CosineAnnealingWarmRestarts", "T_0": 0}
    for mode in ("triangular", "triangular2", "exp_range"):
        yield {"name": "CyclicLR", "base_lr": 0.01, "max_lr": 0.1, "step_size_up": 4, "mode": mode, "gamma": 0.95}
    yield {"name": "CyclicLR", "base_lr": 0.01, "max_lr": 0.1, "step_size_up": 4, "step_size_down": 0}
    yield {"name": "CyclicLR", "base_lr": 0.01, "max_lr": 0.1, "step_size_up": 0, "step_size_down": 4}
    yield {"name": "CyclicLR", "base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2.5, "step_size_down": 4.25}
    for pct in (0.0, 0.1, 1 / 30, 0.3, 0.5, 1.0):
        for three in (False, True):
            for shape in ("cos", "linear"):
                yield {
                    "name": "OneCycleLR",
                    "max_lr": 0.5,
                    "total_steps": 30,
                    "pct_start": pct,
                    "three_phase": three,
                    "anneal_strategy": shape,
                }
    yield {"name": "OneCycleLR", "max_lr": 0.5, "total_steps": 20, "pct_start": 1.0}
    yield {"name": "OneCycleLR", "max_lr": 0.5, "total_steps": 26, "pct_start": 1.0, "three_phase": True}
    yield {"name": "OneCycleLR", "max_lr": 0.5, "total_steps": 20, "div_factor": 0.0}
    yield {"name": "OneCycleLR", "max_lr": 0.5, "epochs": 4, "steps_per_epoch": 5}
    yield {"name": "OneCycleLR", "max_lr": 0.5, "epochs": 4}
    yield {"name": "OneCycleLR", "max_lr": 0.5, "total_steps": 40, "cycle_momentum": False}
    falling = [3.0, 2.0, 1.5, 1.5, 1.49999, 1.6, 1.5, 1.5, 1.5, 1.4, 1.4, 1.4, 1.4, -1.0, -1.0, -1.0, -1.0, -1.0]
    for mode in ("min", "max"):
        for threshold in ("rel", "abs"):
            yield {
                "name": "ReduceLROnPlateau",
                "metrics": falling * 2,
                "mode": mode,
                "threshold_mode": threshold,
                "patience": 2,
                "cooldown": 1,
                "factor": 0.5,
                "min_lr": 0.001,
            }
    yield {"name": "ReduceLROnPlateau", "metrics": falling, "patience": 0, "eps": 0.01}
    yield {"name": "ReduceLROnPlateau", "metrics": falling, "factor": 1.0}


def _linear() -> Spec:
    return {"use": "torch.LinearLR", "start_factor": 0.1, "total_iters": 5}


def _cosine() -> Spec:
    return {"use": "torch.CosineAnnealingLR", "T_max": 9, "eta_min": 0.01}


def _of(schedulers: list[Spec], milestones: list[int]) -> Spec:
    schedule = {"use": "torch.SequentialLR", "schedulers": schedulers, "milestones": milestones}
    return {"steps": 30, "lr": 0.1, "schedule": schedule}


LEAVES = (
    *("LambdaLR", "MultiplicativeLR", "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR"),
    *("PolynomialLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "SWALR"),
)


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 60)
    return {"steps": steps, "lr": rng.uniform(1e-4, 1), "schedule": _draw(name, rng, steps, 2)}


def _draw(name: str, rng: random.Random, steps: int, depth: int) -> Spec:
    low, high = sorted(rng.uniform(0, 0.5) for _ in range(2))
    some = rng.randint(1, steps + 5)
    drawn: dict[str, Callable[[], Spec]] = {
        "LambdaLR": lambda: {"lr_lambda": rng.choice(LAMBDAS)},
        "MultiplicativeLR": lambda: {"lr_lambda": rng.choice(FACTORS)},
        "StepLR": lambda: {"step_size": some, "gamma": rng.uniform(0.1, 1)},
        "MultiStepLR": lambda: {
            "milestones": rng.choices(range(steps + 5), k=rng.randint(0, 5)),
            "gamma": rng.random(),
        },
        "ConstantLR": lambda: {"factor": rng.uniform(0.01, 1), "total_iters": some},
        "LinearLR": lambda: {"start_factor": rng.uniform(0.01, 1), "end_factor": rng.random(), "total_iters": some},
        "ExponentialLR": lambda: {"gamma": rng.uniform(0.5, 1.05)},
        "PolynomialLR": lambda: {"total_iters": some, "power": rng.choice([1.0, 2.0, 0.5, 0.9, 3.5])},
        "CosineAnnealingLR": lambda: {"T_max": some, "eta_min": low * rng.choice([0, 1])},
        "CosineAnnealingWarmRestarts": lambda: {"T_0": rng.randint(1, 15), "T_mult": rng.randint(1, 3), "eta_min": low},
        "CyclicLR": lambda: {
            "base_lr": low,
            "max_lr": high,
            "step_size_up": rng.randint(1, 20),
            **rng.choice([{}, {"step_size_down": rng.randint(1, 20)}]),
            **rng.choice([{"mode": "triangular2"}, {"mode": "exp_range", "gamma": rng.uniform(0.9, 1)}, {}]),
            **rng.choice([{}, {}, {"scale_fn": rng.choice(SCALES), "scale_mode": rng.choice(["cycle", "iterations"])}]),
            "cycle_momentum": rng.random() < 0.7,
        },
        "OneCycleLR": lambda: {
            "max_lr": high + 0.01,
            "total_steps": max(2, steps + rng.randint(-1, 8)),
            "pct_start": rng.uniform(0.05, 0.95),
            "anneal_strategy": rng.choice(["cos", "linear"]),
            "three_phase": rng.random() < 0.4,
            "div_factor": rng.uniform(1, 30),
            "final_div_factor": rng.uniform(1, 1e4),
            "cycle_momentum": rng.random() < 0.7,
        },
        "SWALR": lambda: {"swa_lr": low, "anneal_epochs": some, "anneal_strategy": rng.choice(["cos", "linear"])},
        "SequentialLR": lambda: _sequential(rng, steps, depth),
        "ChainedScheduler": lambda: {"schedulers": _children(rng, steps, depth)},
        "ReduceLROnPlateau": lambda: {
            "metrics": [rng.uniform(-1, 2) for _ in range(steps + 15)],
            "mode": rng.choice(["min", "max"]),
            "threshold_mode": rng.choice(["rel", "abs"]),
            "patience": rng.randint(0, 5),
            "cooldown": rng.randint(0, 3),
            "factor": rng.uniform(0.1, 0.9),
            "threshold": rng.choice([0, 1e-4, 0.1]),
        },
    }
    return {"use": f"torch.{name}", **drawn[name]()}


def _children(rng: random.Random, steps: int, depth: int) -> list[Spec]:
    names = list(LEAVES) + (["SequentialLR", "ChainedScheduler"] * 2 if depth > 1 else [])
    return [_draw(rng.choice(names), rng, steps, depth - 1) for _ in range(rng.randint(1, 4))]


def _sequential(rng: random.Random, steps: int, depth: int) -> Spec:
    children = _children(rng, steps, depth)
    milestones = sorted(rng.choices(range(1, steps + 5), k=len(children) - 1))
    return {"schedulers": children, "milestones": milestones}


SURROUNDINGS = {"momentum": 0.8}
MODES = ("both", "optimizer", "scheduler", "none", "last_epoch")
State = tuple[dict[str, Any], dict[str, Any]]


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The optimizer's values at each update from `at` on, after states were saved there and loaded."""
    optimizer, scheduler = prepared(plan)
    for update in range(at):
        stepped(plan, scheduler, update)
    states = copy.deepcopy((optimizer.state_dict(), scheduler.state_dict()))
    optimizer, scheduler = restored(new, states, at, mode)
    metrics = new["schedule"].get("metrics")
    for update in range(at, new["steps"]):
        yield read(new, optimizer)
        if metrics is not None and update >= len(metrics):
            raise RuntimeError("no more metrics")
        stepped(new, scheduler, update)


def prepared(spec: Spec, states: State | None = None, last_epoch: int | None = None) -> tuple[Any, Any]:
    """A new optimizer and a new scheduler on it; with `last_epoch` on a restored one."""
    groups = [spec, *spec.get("groups", {}).values()]
    parameters = [torch.nn.Parameter(torch.zeros(1, dtype=torch.float64)) for _ in groups]
    optimizer = torch.optim.SGD(
        [
            {"params": [each], "lr": group.get("lr", spec.get("lr", 0.1))}
            for each, group in zip(parameters, groups, strict=True)
        ],
        lr=spec.get("lr", 0.1),
        momentum=spec.get("momentum", 0.9),
    )
    arguments = {key: value for key, value in spec["schedule"].items() if key not in ("metrics", *CLOCK)}
    if states and last_epoch is not None:
        optimizer.load_state_dict(states[0])
        arguments["last_epoch"] = last_epoch
    return optimizer, accelerated_for(spec, build(arguments, optimizer))


CLOCK = ("interval", "scheduler_steps_per_update")


def accelerated_for(spec: Spec, scheduler: Any) -> Any:
    """The scheduler in accelerate's wrapper if it is stepped several times per update."""
    times = spec["schedule"].get("scheduler_steps_per_update", 1)
    return accelerated(scheduler, times) if times > 1 else scheduler


def restored(spec: Spec, states: State, at: int, mode: str) -> tuple[Any, Any]:
    """Optimizer and scheduler of the changed plan, after states were loaded."""
    if mode == "last_epoch":
        return prepared(spec, states, at - 1)
    optimizer, scheduler = prepared(spec)
    if mode in ("both", "optimizer"):
        optimizer.load_state_dict(states[0])
    if mode in ("both", "scheduler"):
        scheduler.load_state_dict(states[1])
    return optimizer, scheduler


def stepped(spec: Spec, scheduler: Any, update: int) -> None:
    """Step a scheduler after an update."""
    metrics = spec["schedule"].get("metrics")
    every = spec["steps_per_epoch"] if spec["schedule"].get("interval") == "epoch" else 1
    if (update + 1) % every == 0:
        scheduler.step(*([] if metrics is None else [metrics[update]]))


def read(spec: Spec, optimizer: Any) -> dict[str, float]:
    """The values in the optimizer's groups."""
    names = ["", *(f"/{name}" for name in spec.get("groups", {}))]
    row = {f"lr{name}": group["lr"] for name, group in zip(names, optimizer.param_groups, strict=True)}
    if "momentum" in spec or moves_momentum(spec["schedule"]):
        row["momentum"] = optimizer.param_groups[0]["momentum"]
    return row


def resumptions() -> Iterator[tuple[Spec, Spec, int, str]]:
    """Changes of class, of groups and of the clock, composites, and finished runs."""
    cosine = {"use": "torch.CosineAnnealingLR", "T_max": 8}
    linear = {"use": "torch.LinearLR", "start_factor": 0.1, "total_iters": 4}
    poly = {"use": "torch.PolynomialLR", "total_iters": 4}
    one = {"use": "torch.OneCycleLR", "max_lr": 1.0, "total_steps": 8}
    cyclic = {"use": "torch.CyclicLR", "base_lr": 0.1, "max_lr": 1.0, "step_size_up": 3}
    restarts = {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 3, "T_mult": 2}
    sequence = {"use": "torch.SequentialLR", "schedulers": [linear, cosine], "milestones": [4]}
    longer = {**sequence, "schedulers": [linear, {**cosine, "T_max": 16}]}
    three = {**sequence, "schedulers": [linear, poly, cosine], "milestones": [3, 6]}
    chain = {
        "use": "torch.ChainedScheduler",
        "schedulers": [
            {"use": "torch.ConstantLR", "factor": 0.5, "total_iters": 3},
            {"use": "torch.ExponentialLR", "gamma": 0.9},
        ],
    }
    step = {"use": "torch.StepLR", "step_size": 3, "gamma": 0.5}
    swa = {"use": "torch.SWALR", "swa_lr": 0.2, "anneal_epochs": 4, "anneal_strategy": "linear"}
    scaled = {"use": "torch.LambdaLR", "lr_lambda": "1 - epoch / 40"}
    multiplied = {"use": "torch.MultiplicativeLR", "lr_lambda": "0.9"}
    own = {**cyclic, "scale_fn": "0.9 ** (x - 1)"}
    groups = {"head": {"lr": 10.0}}
    spec = {"steps": 12, "lr": 1.0, "momentum": 0.8}
    for mode in MODES:
        for old in (cosine, linear, poly, one, step, restarts, scaled, multiplied, swa, cyclic):
            for fresh in (cosine, step, restarts, scaled, linear, swa):
                if old is not fresh:
                    yield {**spec, "steps": 8, "schedule": old}, {**spec, "momentum": 0.5, "schedule": fresh}, 3, mode
        for at in (0, 2, 4, 6, 8):
            yield {**spec, "schedule": sequence}, {**spec, "steps": 20, "schedule": longer}, at, mode
            yield {**spec, "schedule": sequence}, {**spec, "lr": 0.5, "schedule": sequence}, at, mode
            yield {**spec, "schedule": chain}, {**spec, "lr": 0.5, "schedule": chain}, at, mode
        if mode != "last_epoch":
            yield {**spec, "schedule": sequence}, {**spec, "schedule": three}, 5, mode
            yield {**spec, "schedule": three}, {**spec, "schedule": sequence}, 5, mode
            yield {**spec, "schedule": cosine}, {**spec, "schedule": sequence}, 5, mode
            yield {**spec, "schedule": sequence}, {**spec, "schedule": cosine}, 5, mode
            yield {**spec, "schedule": chain}, {**spec, "schedule": sequence}, 2, mode
            yield {**spec, "schedule": own}, {**spec, "schedule": {**own, "scale_fn": "0.5"}}, 5, mode
            yield {**spec, "schedule": own}, {**spec, "schedule": cyclic}, 8, mode
        for schedule in (cosine, poly, linear, scaled, swa):
            for at in (8, 9, 12):
                yield {**spec, "steps": 8, "schedule": schedule}, {**spec, "steps": 30, "schedule": schedule}, at, mode
        for schedule in (one, restarts, cyclic):
            for at in (3, 7, 8):
                yield {**spec, "steps": 8, "schedule": schedule}, {**spec, "steps": 14, "schedule": schedule}, at, mode
        for schedule in (cosine, poly, step, scaled, linear):
            old = {**spec, "groups": groups, "schedule": schedule}
            yield old, {**old, "lr": 0.5, "steps": 15}, 4, mode
            yield old, {**old, "groups": {"head": {"lr": 2.0}}, "steps": 15}, 4, mode
        if mode != "scheduler":
            yield {**spec, "groups": groups, "schedule": cosine}, {**spec, "schedule": cosine}, 4, mode
        if mode == "last_epoch":
            continue
        epochs = {"steps": 30, "steps_per_epoch": 4, "lr": 1.0}
        for schedule in (cosine, step, scaled, sequence, restarts):
            for at in (0, 8, 10):
                old = {**epochs, "schedule": {**schedule, "interval": "epoch"}}
                yield old, {**old, "lr": 0.3, "steps": 40}, at, mode
        for schedule in (cosine, step, {**scaled, "lr_lambda": "1 / (1 + epoch)"}, {**one, "total_steps": 20}):
            old = {"steps": 12, "lr": 1.0, "schedule": {**schedule, "scheduler_steps_per_update": 2}}
            yield old, {**old, "lr": 0.3, "steps": 14}, 5, mode
