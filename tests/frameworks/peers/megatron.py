"""Megatron-Core's scheduler, stepped beside an SGD optimizer."""

from __future__ import annotations

import copy
import random
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from frameworks import states

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages for GPUs that are not there
    from megatron.core.optimizer_param_scheduler import OptimizerParamScheduler

DISTRIBUTION = "megatron-core"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate and weight decay at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    arguments = {name: value for name, value in spec["schedule"].items() if name != "use"}
    increment = arguments.pop("increment", 1)
    scheduler = OptimizerParamScheduler(optimizer, **arguments)
    group = optimizer.param_groups[0]
    while True:
        yield {"lr": group["lr"], "weight_decay": group["weight_decay"]}
        optimizer.step()
        scheduler.step(increment)


PLAIN: Spec = {
    "init_lr": 0.001,
    "max_lr": 0.1,
    "min_lr": 0.01,
    "lr_warmup_steps": 5,
    "lr_decay_steps": 24,
    "lr_decay_style": "cosine",
    "start_wd": 0.01,
    "end_wd": 0.1,
    "wd_incr_steps": 20,
    "wd_incr_style": "linear",
}
STYLES = ("constant", "linear", "cosine", "inverse-square-root", "WSD")
SHAPES = ("linear", "cosine", "exponential", "minus_sqrt")


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for style in STYLES:
        for warmup in (0, 0.5, 1, 4.8, 23):
            yield _of(lr_decay_style=style, lr_warmup_steps=warmup, wsd_decay_steps=8, lr_wsd_decay_style="linear")
        yield _of(lr_decay_style=style, min_lr=0.0, lr_decay_steps=40, wsd_decay_steps=8, lr_wsd_decay_style="linear")
    for shape in (*SHAPES, None):
        for decay in (0, 7.5, 22, 30):  # 22 starts within the warmup
            yield _of(lr_decay_style="WSD", wsd_decay_steps=decay, lr_wsd_decay_style=shape)
    for growth in (0, 1, 9.5, 40):
        yield _of(wd_incr_steps=growth, wd_incr_style="cosine")
        yield _of(wd_incr_steps=growth, wd_incr_style="constant", start_wd=0.1)
    yield _of(wd_incr_style="constant")
    yield _of(increment=7, lr_warmup_steps=30.5, lr_decay_steps=150, wd_incr_steps=99)
    yield _of(lr_decay_style="WSD", wsd_decay_steps=3, increment=10)  # steps over the decay
    yield _of(lr_decay_style="WSD")
    yield _of(min_lr=-0.1)
    yield _of(min_lr=0.2)
    yield _of(init_lr=0.2)
    yield _of(lr_decay_steps=0)
    yield _of(lr_warmup_steps=24)
    yield _of(start_wd=-0.1)
    yield _of(start_wd=0.2)
    yield _of(override_opt_param_scheduler=True)
    yield _of(override_opt_param_scheduler=True, use_checkpoint_opt_param_scheduler=False)


def _of(**arguments: Any) -> Spec:
    schedule = {"use": "megatron.OptimizerParamScheduler", **PLAIN, **arguments}
    return {"steps": 26, "schedule": {name: value for name, value in schedule.items() if value is not None}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 50)
    increment = rng.choice([1, 1, rng.randint(2, 9), 512])
    total = steps * increment
    low, middle, high = sorted(10 ** rng.uniform(-6, 0) for _ in range(3))
    start_wd, end_wd = sorted((rng.uniform(0, 0.2), rng.uniform(0, 0.2)))
    end = rng.choice([float, round])(rng.uniform(1, 1.3 * total + 1))
    growth = rng.choice(["constant", "linear", "cosine"])
    schedule = {
        "use": f"megatron.{name}",
        "init_lr": rng.choice([0.0, low, middle]),
        "max_lr": high,
        "min_lr": rng.choice([0.0, low, middle, high]),
        "lr_warmup_steps": rng.choice([0, round(0.1 * end), round(rng.uniform(0, end - 0.6)), rng.uniform(0, end)]),
        "lr_decay_steps": end,
        "lr_decay_style": rng.choice(STYLES),
        "start_wd": end_wd if growth == "constant" else start_wd,
        "end_wd": end_wd,
        "wd_incr_steps": rng.choice([1, round(rng.uniform(1, total + 1)), rng.uniform(0.1, 1.5 * total)]),
        "wd_incr_style": growth,
        "wsd_decay_steps": rng.choice([round(0.2 * end), rng.uniform(0, 1.2 * end), round(rng.uniform(0, end))]),
        **rng.choice([{"lr_wsd_decay_style": rng.choice(SHAPES)}] * 9 + [{}]),
        **rng.choice([{}, {"use_checkpoint_opt_param_scheduler": False, "override_opt_param_scheduler": True}]),
        **({"increment": increment} if increment > 1 else {}),
    }
    return {"steps": steps, "schedule": schedule}


MODES = states.MODES


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The values from update `at` on."""
    optimizer, scheduler = prepared(plan)
    for _ in range(at):
        scheduler.step(plan["schedule"].get("increment", 1))
    saved = copy.deepcopy((optimizer.state_dict(), scheduler.state_dict()))
    optimizer, scheduler = prepared(new)
    if mode in ("both", "optimizer"):
        optimizer.load_state_dict(saved[0])
    if mode in ("both", "scheduler"):
        scheduler.load_state_dict(saved[1])
    group = optimizer.param_groups[0]
    while True:
        yield {"lr": group["lr"], "weight_decay": group["weight_decay"]}
        scheduler.step(new["schedule"].get("increment", 1))


def prepared(spec: Spec) -> tuple[Any, Any]:
    """An optimizer and a scheduler on it."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    arguments = {name: value for name, value in spec["schedule"].items() if name not in ("use", "increment")}
    return optimizer, OptimizerParamScheduler(optimizer, **arguments)


def resumptions() -> Iterator[tuple[Spec, Spec, int, str]]:
    """The flags that decide whether the checkpoint or the new arguments win."""
    flags = ({}, {"override_opt_param_scheduler": True}, {})
    for mode in MODES:
        for style in STYLES:
            for at in (0, 3, 12, 24, 30):
                for flag in flags[:2]:
                    schedule = {**PLAIN, "use": "megatron.OptimizerParamScheduler", "lr_decay_style": style}
                    schedule |= {"wsd_decay_steps": 8, "lr_wsd_decay_style": "linear"}
                    schedule |= {"use_checkpoint_opt_param_scheduler": not flag}
                    changed = {**schedule, "lr_decay_steps": 40, "max_lr": 0.2, **flag}
                    plan = {"steps": 30, "schedule": schedule}
                    yield plan, {"steps": 40, "schedule": changed}, at, mode
                strict = {**schedule, "use_checkpoint_opt_param_scheduler": False}
                yield plan, {"steps": 40, "schedule": strict}, at, mode
                yield plan, {"steps": 40, "schedule": {**strict, "max_lr": 0.2}}, at, mode
