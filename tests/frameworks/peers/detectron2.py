"""detectron2's schedulers: fvcore's own objects, and detectron2's few lines around them restated.

detectron2 is not installed. What it adds to fvcore's classes is written down here, from
detectron2/solver/lr_scheduler.py: a composite of two, a product with the learning rate, and two old classes.
That file itself, run on all of `edges()` and 600 draws, gave the same to the last bit.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from frameworks.peers import fvcore
from fvcore.common.param_scheduler import (
    CompositeParamScheduler,
    ConstantParamScheduler,
    LinearParamScheduler,
)

DISTRIBUTION = "fvcore"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The learning rate at each update."""
    value, step = function(spec), 0
    while True:
        yield {"lr": value(step)}
        step += 1


def function(spec: Spec) -> Callable[[int], float]:
    """The learning rate at a step."""
    arguments = {name: value for name, value in spec["schedule"].items() if name != "use"}
    base, name = spec.get("lr"), spec["schedule"]["use"].rpartition(".")[2]
    if name == "WarmupParamScheduler":
        scheduler = build(spec["schedule"])
        return lambda step: scheduler(step / spec["steps"])
    if name == "LRMultiplier":
        multiplier = build(arguments["multiplier"])
        return lambda step: base * multiplier(step / arguments["max_iter"])
    if name == "WarmupCosineLR":
        return lambda step: (
            base * _factor(step, **arguments) * 0.5 * (1.0 + math.cos(math.pi * step / arguments["max_iters"]))
        )
    milestones = arguments["milestones"]
    if milestones != sorted(milestones):
        raise ValueError("Milestones should be a list of increasing integers.")
    gamma = arguments.get("gamma", 0.1)
    return lambda step: base * _factor(step, **arguments) * gamma ** bisect_right(milestones, step)


def _factor(
    step: int, warmup_factor: float = 0.001, warmup_iters: int = 1000, warmup_method: str = "linear", **_: Any
) -> float:
    if step >= warmup_iters:
        return 1.0
    share = step / warmup_iters if warmup_method == "linear" else 0
    return warmup_factor * (1 - share) + share


def build(schedule: Spec) -> Any:
    """fvcore's own scheduler, or one with a warmup in front."""
    if not schedule["use"].endswith("WarmupParamScheduler"):
        return fvcore.build(schedule)
    inner, factor, length = (build(schedule["scheduler"]), schedule["warmup_factor"], schedule["warmup_length"])
    rescale = schedule.get("rescale_interval", False)
    top, first = inner(0.0 if rescale else length), factor * inner(0.0)
    linear = schedule.get("warmup_method", "linear") == "linear"
    warmup = LinearParamScheduler(first, top) if linear else ConstantParamScheduler(first)
    scaling = ["rescaled", "rescaled" if rescale else "fixed"]
    return CompositeParamScheduler([warmup, inner], [length, 1 - length], scaling)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    drops = {"use": "fvcore.MultiStepParamScheduler", "values": [1, 0.1, 0.01], "milestones": [6, 8], "num_updates": 9}
    fall = {"use": "fvcore.CosineParamScheduler", "start_value": 1.0, "end_value": 0.0}
    for inner in (drops, fall):
        for length in (0.0, 0.05, 0.5, 1.0):
            for more in ({}, {"rescale_interval": True}, {"warmup_method": "constant"}):
                warmup = {"use": "detectron2.WarmupParamScheduler", "scheduler": inner, "warmup_factor": 0.001}
                yield {"steps": 20, "schedule": {**warmup, "warmup_length": length, **more}}
    flat = {"use": "fvcore.ConstantParamScheduler", "value": 1.0}
    yield {"steps": 20, "schedule": {**warmup, "scheduler": flat, "warmup_length": 1.0}}
    for total in (10, 20, 0):
        multiplier = {"use": "detectron2.LRMultiplier", "multiplier": {**warmup, "warmup_length": 0.2}}
        yield {"steps": 20, "lr": 0.02, "schedule": {**multiplier, "max_iter": total}}
    for iters in (0, 1, 5, 20, 40):
        for method in ("linear", "constant"):
            more = {"warmup_iters": iters, "warmup_method": method}
            steps = {"use": "detectron2.WarmupMultiStepLR", "milestones": [3, 3, 12], **more}
            yield {"steps": 20, "lr": 0.02, "schedule": steps}
            yield {"steps": 20, "lr": 0.02, "schedule": {"use": "detectron2.WarmupCosineLR", "max_iters": 18, **more}}
    yield {"steps": 20, "lr": 0.02, "schedule": {"use": "detectron2.WarmupMultiStepLR", "milestones": [9, 3]}}
    yield {"steps": 20, "lr": 0.02, "schedule": {"use": "detectron2.WarmupCosineLR", "max_iters": 0}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 60)
    warmup = {
        "warmup_factor": rng.choice([0.0, 0.001, rng.random(), 1.0]),
        "warmup_iters": rng.randint(0, steps + 5),
        "warmup_method": rng.choice(["linear", "constant"]),
    }
    drawn: dict[str, Callable[[], Spec]] = {
        "WarmupParamScheduler": lambda: _warmup(rng),
        "LRMultiplier": lambda: {
            "multiplier": _warmup(rng) if rng.random() < 0.6 else fvcore.draw_schedule(rng.choice(INNER), rng),
            "max_iter": steps + rng.choice([0, 0, 10]),
        },
        "WarmupMultiStepLR": lambda: {
            "milestones": sorted(rng.choices(range(steps + 5), k=rng.randint(0, 4))),
            "gamma": rng.random(),
            **warmup,
        },
        "WarmupCosineLR": lambda: {"max_iters": steps + rng.randint(0, 9), **warmup},
    }
    return {"steps": steps, "lr": rng.uniform(1e-4, 1), "schedule": {"use": f"detectron2.{name}", **drawn[name]()}}


INNER = (*fvcore.LEAVES, "CompositeParamScheduler")


def _warmup(rng: random.Random) -> Spec:
    return {
        "use": "detectron2.WarmupParamScheduler",
        "scheduler": fvcore.draw_schedule(rng.choice(INNER), rng, 1),
        "warmup_factor": rng.choice([0.0, 0.001, rng.random(), 1.0]),
        "warmup_length": rng.choice([rng.random(), 0.01, 1000 / 90000]),
        "warmup_method": rng.choice(["linear", "constant"]),
        "rescale_interval": rng.random() < 0.4,
    }
