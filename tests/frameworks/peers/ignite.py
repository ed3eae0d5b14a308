"""ignite's handlers, attached to an engine that trains nothing."""

from __future__ import annotations

import copy
import logging
import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import torch
from frameworks.peers import torch as torch_peer
from ignite.engine import Engine, Events
from ignite.handlers import param_scheduler

DISTRIBUTION = "pytorch-ignite"
Spec = dict[str, Any]
logging.getLogger("ignite").setLevel(logging.CRITICAL)  # it logs what a handler raises


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's values in each iteration of a run, a fifth longer than the spec's."""
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    group = {"momentum": spec.get("momentum", 0.9), "weight_decay": spec.get("weight_decay", 0.0)}
    optimizer = torch.optim.SGD([parameter], lr=spec.get("lr", 0.1), **group)
    handler = build(spec["schedule"], optimizer)
    names = ["lr", *sorted(moved(spec["schedule"]) - {"lr"})]
    rows: list[dict[str, float]] = []
    trainer = Engine(lambda engine, batch: rows.append({name: optimizer.param_groups[0][name] for name in names}))
    by_epoch = spec.get("interval") == "epoch"
    trainer.add_event_handler(Events.EPOCH_STARTED if by_epoch else Events.ITERATION_STARTED, handler)
    length = spec.get("steps_per_epoch", 1)
    failure = None
    try:
        trainer.run(count(), max_epochs=(spec["steps"] * 5 // 4 + 2) // length + 1, epoch_length=length)
    except Exception as error:  # raised again where it happened
        failure = error
    yield from rows
    if failure:
        raise failure


def build(schedule: Spec, optimizer: torch.optim.Optimizer) -> Any:
    """The handler that a spec's schedule names, with those inside it."""
    if schedule["use"].startswith("torch."):
        return torch_peer.build(schedule, optimizer)
    arguments = dict(schedule)
    name = arguments.pop("use").rpartition(".")[2]
    if "schedulers" in arguments:
        arguments["schedulers"] = [build(each, optimizer) for each in arguments["schedulers"]]
    if "lr_scheduler" in arguments:
        arguments["lr_scheduler"] = build(arguments["lr_scheduler"], optimizer)
    if "milestones_values" in arguments:
        arguments["milestones_values"] = [tuple(pair) for pair in arguments["milestones_values"]]
    if "param_name" in arguments:
        arguments["optimizer"] = optimizer
    return getattr(param_scheduler, name)(**arguments)


def moved(schedule: Spec) -> set[str]:
    """The parameters that it sets."""
    if schedule["use"].startswith("torch."):
        return {"lr", "momentum"} if torch_peer.moves_momentum(schedule) else {"lr"}
    return {schedule["param_name"]} if "param_name" in schedule else set().union(*map(moved, within(schedule)))


def within(schedule: Spec) -> list[Spec]:
    """The schedules inside it."""
    return [*schedule.get("schedulers", []), *([schedule["lr_scheduler"]] if "lr_scheduler" in schedule else [])]


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for schedule in (*_cycles(), *_lines(), *_wrapped(), *_concatenated(), *_warmed_up()):
        yield {"steps": 24, "lr": 0.1, "schedule": schedule}
    by_epoch = _of("LinearCyclicalScheduler", param_name="lr", start_value=0.1, end_value=0, cycle_size=4)
    yield {"steps": 26, "lr": 0.1, "interval": "epoch", "steps_per_epoch": 5, "schedule": by_epoch}


def _of(name: str, **arguments: Any) -> Spec:
    return {"use": f"ignite.{name}", **arguments}


def _cycles() -> Iterator[Spec]:
    for name in ("LinearCyclicalScheduler", "CosineAnnealingScheduler"):
        for further in (
            *({"cycle_size": size} for size in (1, 2, 5, 24, 40)),
            *({"cycle_size": 6, "cycle_mult": mult} for mult in (0.5, 0.9, 1.1, 1.5, 2, 3, 0, -1)),
            {"cycle_size": 4, "start_value_mult": 0.5, "end_value_mult": 2},
            {"cycle_size": 5, "param_name": "momentum", "param_group_index": 0},
            {"cycle_size": 5, "param_name": "weight_decay"},
            {"cycle_size": 5, "warmup_duration": 3},
        ):
            yield _of(name, **{"param_name": "lr", "start_value": 0.3, "end_value": 0.02, **further})
    for name, further in (("LinearCyclicalScheduler", {"monotonic": True}), ("CosineAnnealingScheduler", {})):
        for warmup, mult in ((0, 1), (1, 1), (4, 1), (3, 1.6), (3, 0.6), (2, -1)):
            values = {"start_value": 0.3, "end_value": 0.02, "start_value_mult": 0.7, "end_value_mult": 0.9}
            lengths = {"cycle_size": 5, "warmup_duration": warmup, "cycle_mult": mult}
            yield _of(name, param_name="lr", **values, **lengths, **further)


def _lines() -> Iterator[Spec]:
    for pairs in (
        [],
        [[0, 0.2]],
        [[7, 0.2]],
        [[0, 0.1], [10, 0.5], [10, 0.2], [20, 0.3]],
        [[4, 0.1], [4, 0.5], [9, 0.2]],
        [[0, 0.1], [9, 0.5], [9, 0.2]],
        [[-5, 0.1], [5, 0.3], [50, 0]],
        [[5, 0.1], [4, 0.3]],
        [[5, 0.1, 1]],
    ):
        yield _of("PiecewiseLinear", param_name="lr", milestones_values=pairs)
    yield _of("PiecewiseLinear", param_name="momentum", milestones_values=[[0, 0.85], [9, 0.95]], save_history=True)
    yield _of("PiecewiseLinear", param_name="lr", milestones_values=[[0, 0.1]], param_group_index=1)


TORCH = (
    {"use": "torch.LambdaLR", "lr_lambda": "1 / (1 + 0.1 * epoch)"},
    {"use": "torch.MultiplicativeLR", "lr_lambda": "1 - 1 / (epoch + 2)"},
    {"use": "torch.StepLR", "step_size": 4, "gamma": 0.5},
    {"use": "torch.StepLR", "step_size": 0},
    {"use": "torch.MultiStepLR", "milestones": [0, 3, 3, 9], "gamma": 0.5},
    {"use": "torch.ConstantLR", "factor": 0.5, "total_iters": 6},
    {"use": "torch.ConstantLR", "factor": 0.0, "total_iters": 6},
    {"use": "torch.ConstantLR", "total_iters": 0},
    {"use": "torch.LinearLR", "start_factor": 0.25, "total_iters": 6},
    {"use": "torch.LinearLR", "total_iters": 0},
    {"use": "torch.ExponentialLR", "gamma": 0.9},
    {"use": "torch.PolynomialLR", "total_iters": 6},
    {"use": "torch.PolynomialLR", "total_iters": 1, "power": 2.0},
    {"use": "torch.PolynomialLR", "total_iters": 0},
    {"use": "torch.PolynomialLR", "total_iters": 6, "power": -1.0},
    {"use": "torch.CosineAnnealingLR", "T_max": 6, "eta_min": 0.01},
    {"use": "torch.CosineAnnealingLR", "T_max": 1},
    {"use": "torch.CosineAnnealingLR", "T_max": 0},
    {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 4, "T_mult": 2},
    {"use": "torch.CyclicLR", "base_lr": 0.01, "max_lr": 0.2, "step_size_up": 4},
    {"use": "torch.OneCycleLR", "max_lr": 0.3, "total_steps": 12},
    {"use": "torch.SWALR", "swa_lr": 0.02, "anneal_epochs": 5},
    {"use": "torch.SWALR", "swa_lr": 0.02, "anneal_epochs": 0},
    {
        "use": "torch.SequentialLR",
        "schedulers": [{"use": "torch.LinearLR"}, {"use": "torch.LinearLR"}],
        "milestones": [4],
    },
    {"use": "torch.ChainedScheduler", "schedulers": [{"use": "torch.LinearLR"}]},
)


def _wrapped() -> Iterator[Spec]:
    for inner in TORCH:
        yield _of("LRScheduler", lr_scheduler=inner)
    for inner in TORCH[::3]:
        yield _of("LRScheduler", lr_scheduler=inner, use_legacy=True)


LINE = _of("PiecewiseLinear", param_name="lr", milestones_values=[[0, 0.05], [6, 0.2]])
TRIANGLE = _of("LinearCyclicalScheduler", param_name="lr", start_value=0.1, end_value=0.3, cycle_size=8)
FALL = _of("LRScheduler", lr_scheduler=TORCH[10])
CYCLE = _of("LRScheduler", lr_scheduler=TORCH[19])
MOMENTUM = _of("PiecewiseLinear", param_name="momentum", milestones_values=[[0, 0.85], [9, 0.95]])


def _concatenated() -> Iterator[Spec]:
    for durations in ([5], [0], [-1], [30], [], [5, 5]):
        yield _of("ConcatScheduler", schedulers=[LINE, TRIANGLE], durations=durations)
    for durations in ([4, 0], [0, 3], [0, 0], [4, 3]):
        yield _of("ConcatScheduler", schedulers=[TRIANGLE, LINE, FALL], durations=durations)
    yield _of("ConcatScheduler", schedulers=[LINE, MOMENTUM], durations=[4])
    yield _of("ConcatScheduler", schedulers=[MOMENTUM, MOMENTUM], durations=[4])
    yield _of("ConcatScheduler", schedulers=[CYCLE, FALL, LINE, CYCLE], durations=[4, 5, 6])
    larger = _of("LRScheduler", lr_scheduler={**TORCH[20], "max_lr": 0.5})
    yield _of(
        "ConcatScheduler", schedulers=[_of("LRScheduler", lr_scheduler=TORCH[20]), LINE, larger], durations=[6, 6]
    )
    for inner in (TORCH[5], TORCH[6], TORCH[8], TORCH[13], TORCH[15], TORCH[21]):
        second = _of("LRScheduler", lr_scheduler=inner)
        yield _of("ConcatScheduler", schedulers=[LINE, second, FALL], durations=[4, 12])
    first = _of("ConcatScheduler", schedulers=[LINE, FALL], durations=[3])
    yield _of("ConcatScheduler", schedulers=[first, TRIANGLE], durations=[10])
    warmup = _of("create_lr_scheduler_with_warmup", lr_scheduler=TORCH[8], warmup_start_value=0, warmup_duration=4)
    yield _of("ConcatScheduler", schedulers=[FALL, warmup], durations=[10])


def _warmed_up() -> Iterator[Spec]:
    for inner in (*TORCH, LINE, TRIANGLE, FALL, CYCLE, _of("LRScheduler", lr_scheduler=TORCH[18])):
        yield _warm(inner)
    for duration in (1, 2, 3):
        for end in (0.1, 0.05, 0.2):
            yield _warm(TORCH[2], warmup_duration=duration, warmup_end_value=end)
            yield _warm(LINE, warmup_duration=duration, warmup_end_value=end)
    yield _warm(MOMENTUM)
    yield _warm(_warm(TRIANGLE))
    yield _warm(_of("ConcatScheduler", schedulers=[LINE, FALL], durations=[3]), warmup_end_value=0.05)


def _warm(inner: Spec, **further: Any) -> Spec:
    arguments = {"warmup_start_value": 0.01, "warmup_duration": 5, **further}
    return _of("create_lr_scheduler_with_warmup", lr_scheduler=inner, **arguments)


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(2, 60)
    spec = {"steps": steps, "lr": rng.uniform(1e-4, 1), "schedule": _draw(name, rng, steps, rng.random() < 0.2, 2)}
    return {**spec, **rng.choice([{}, {}, {}, {"interval": "epoch", "steps_per_epoch": rng.randint(1, 7)}])}


def _draw(name: str, rng: random.Random, steps: int, momentum: bool, depth: int) -> Spec:
    drawn: dict[str, Callable[[], Spec]] = {
        "LinearCyclicalScheduler": lambda: _draw_cycle(rng, steps, rng.choice([{}, {"monotonic": True}])),
        "CosineAnnealingScheduler": lambda: _draw_cycle(rng, steps, None),
        "PiecewiseLinear": lambda: {
            "milestones_values": [
                [at, rng.uniform(0, 0.9)] for at in sorted(rng.choices(range(-2, steps + 5), k=rng.randint(1, 6)))
            ],
        },
        "LRScheduler": lambda: {"lr_scheduler": _draw_torch(rng, steps), "use_legacy": rng.random() < 0.3},
        "ConcatScheduler": lambda: _draw_concatenated(rng, steps, momentum, depth),
        "create_lr_scheduler_with_warmup": lambda: _draw_warmed_up(rng, steps, depth),
    }
    arguments = drawn[name]()
    if name in OWN:
        arguments = {
            "param_name": "momentum" if momentum else "lr",
            **arguments,
            **rng.choice([{}, {"save_history": True}]),
            **rng.choice([{}, {"param_group_index": 0}]),
        }
    return _of(name, **arguments)


OWN = ("LinearCyclicalScheduler", "CosineAnnealingScheduler", "PiecewiseLinear")


def _draw_cycle(rng: random.Random, steps: int, further: Spec | None) -> Spec:
    warmup = {"warmup_duration": rng.randint(0, 8)} if further is None or "monotonic" in further else {}
    return {
        "start_value": rng.choice([0, rng.uniform(0, 0.9)]),
        "end_value": rng.choice([0, rng.uniform(0, 0.9)]),
        "cycle_size": rng.randint(2, steps + 5),
        **rng.choice([{}, {"cycle_mult": rng.uniform(0.3, 3)}, {"cycle_mult": rng.choice([1, 1.05, 2, 3])}]),
        **rng.choice([{}, {"start_value_mult": rng.uniform(0.3, 1.5)}]),
        **rng.choice([{}, {"end_value_mult": rng.uniform(0.3, 1.5)}]),
        **rng.choice([{}, warmup]),
        **(further or {}),
    }


def _draw_torch(rng: random.Random, steps: int) -> Spec:
    if rng.random() < 0.1:
        return dict(rng.choice(TORCH))
    name = rng.choice((*torch_peer.LEAVES, "OneCycleLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts"))
    schedule: Spec = torch_peer.draw(name, rng)["schedule"]
    return schedule


def _draw_concatenated(rng: random.Random, steps: int, momentum: bool, depth: int) -> Spec:
    names = [*OWN]
    if not momentum:
        names += ["LRScheduler"] * 3 + (["create_lr_scheduler_with_warmup", "ConcatScheduler"] if depth else [])
    schedulers: list[Spec] = []
    for _ in range(rng.randint(2, 4)):
        schedulers.append(_draw(rng.choice(names), rng, steps, momentum, depth - 1))
    durations = [rng.choice([rng.randint(1, steps), rng.randint(0, 5)]) for _ in schedulers[1:]]
    return {"schedulers": schedulers, "durations": durations}


def _draw_warmed_up(rng: random.Random, steps: int, depth: int) -> Spec:
    names = [*OWN, "LRScheduler", *(["create_lr_scheduler_with_warmup", "ConcatScheduler"] if depth else [])]
    inner = _draw_torch(rng, steps) if rng.random() < 0.5 else _draw(rng.choice(names), rng, steps, False, depth - 1)
    start = inner.get("start_value", inner.get("milestones_values", [[0, 0.5]])[0][1])
    return {
        "lr_scheduler": inner,
        "warmup_start_value": rng.choice([0, rng.uniform(0, 1)]),
        "warmup_duration": rng.randint(2, 15),
        **rng.choice([{}, {"warmup_end_value": rng.uniform(0, 1)}, {"warmup_end_value": start}]),
    }


SURROUNDINGS = {"momentum": 0.9, "weight_decay": 0.01}
MODES = ("both", "optimizer", "scheduler", "none")


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The values from update `at` on, each set when an iteration starts."""
    optimizer, handler = prepared(plan)
    for _ in range(at):
        handler(None)
    saved = copy.deepcopy((optimizer.state_dict(), handler.state_dict()))
    optimizer, handler = prepared(new)
    if mode in ("both", "optimizer"):
        optimizer.load_state_dict(saved[0])
    if mode in ("both", "scheduler"):
        handler.load_state_dict(saved[1])
    group = optimizer.param_groups[0]
    while True:
        handler(None)
        yield {name: group[name] for name in ("lr", "momentum", "weight_decay")}


def prepared(spec: Spec) -> tuple[Any, Any]:
    """An optimizer and a handler on it."""
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    group = {"momentum": spec.get("momentum", 0.9), "weight_decay": spec.get("weight_decay", 0.0)}
    optimizer = torch.optim.SGD([parameter], lr=spec.get("lr", 0.1), **group)
    return optimizer, build(spec["schedule"], optimizer)


def resumable(plan: Spec, new: Spec, at: int) -> bool:
    """Whether a handler is called in every iteration."""
    return "interval" not in plan
