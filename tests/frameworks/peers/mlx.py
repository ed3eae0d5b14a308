"""MLX's schedules: its file of pure functions, computed by numpy in float64 in place of mlx.core."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from importlib.metadata import files
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from types import ModuleType
from typing import Any

import numpy as np

DISTRIBUTION = "mlx"
Spec = dict[str, Any]


def _loaded() -> Any:
    """The module of the schedules."""
    package = ModuleType("mlx")
    package.core = np
    sys.modules |= {"mlx": package, "mlx.core": np}
    path = next(each for each in files(DISTRIBUTION) if each.match("mlx/optimizers/schedulers.py"))
    spec = spec_from_file_location("mlx.optimizers.schedulers", path.locate())
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCHEDULES = _loaded()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The values that the optimizer sets before each update."""
    schedule = built(spec["schedule"])
    for step in count():
        yield {"lr": float(schedule(np.int64(step)))}


def built(schedule: Spec) -> Any:
    """A schedule, after those inside it."""
    arguments = {name: value for name, value in schedule.items() if name != "use"}
    if "schedules" in arguments:
        arguments["schedules"] = [built(each) for each in arguments["schedules"]]
    return getattr(SCHEDULES, schedule["use"].rpartition(".")[2])(**arguments)


WARMUP = {"use": "mlx.linear_schedule", "init": 0, "end": 0.1, "steps": 5}
COSINE = {"use": "mlx.cosine_decay", "init": 0.1, "decay_steps": 12, "end": 0.01}
STEP = {"use": "mlx.step_decay", "init": 0.2, "decay_rate": 0.5, "step_size": 3}


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for rate in (0.9, 1.0, 1.1, 0.0, -0.5):
        yield _of("exponential_decay", init=0.1, decay_rate=rate)
        for size in (1, 3, 30):
            yield _of("step_decay", init=0.1, decay_rate=rate, step_size=size)
    for steps in (0, 1, 7, 20, 40):
        for end in (0.0, 0.01, 0.1, 0.5):
            yield _of("cosine_decay", init=0.1, decay_steps=steps, end=end)
            yield _of("linear_schedule", init=0.1, end=end, steps=steps)
    yield _of("step_decay", init=0.1, decay_rate=0.5, step_size=0)
    for boundaries in ([5, 10], [0, 10], [10, 5], [-3, 10], [5, 5], [5, 30], [5], []):
        yield _of("join_schedules", schedules=[WARMUP, COSINE, STEP], boundaries=boundaries)
    nested = {"use": "mlx.join_schedules", "schedules": [WARMUP, COSINE], "boundaries": [5]}
    yield _of("join_schedules", schedules=[nested, STEP], boundaries=[9])
    yield _of("join_schedules", schedules=[], boundaries=[])


def _of(name: str, **arguments: Any) -> Spec:
    return {"steps": 20, "schedule": {"use": f"mlx.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    first, last = 10 ** rng.uniform(-6, 1), rng.choice([0.0, 10 ** rng.uniform(-6, 1)])
    arguments: dict[str, Any] = {"init": first}
    if name == "exponential_decay":
        arguments["decay_rate"] = rng.uniform(0.5, 1.05)
    elif name == "step_decay":
        arguments |= {"decay_rate": rng.uniform(0.1, 1.1), "step_size": rng.randint(1, 20)}
    elif name == "cosine_decay":
        arguments |= {"decay_steps": rng.randint(1, 60), "end": last}
    elif name == "linear_schedule":
        arguments |= {"end": last, "steps": rng.randint(1, 60)}
    else:
        names = [rng.choice(("exponential_decay", "step_decay", "cosine_decay", "linear_schedule")) for _ in range(3)]
        schedules = [draw(each, rng)["schedule"] for each in names]
        arguments = {"schedules": schedules, "boundaries": [rng.randint(0, 30), rng.randint(0, 50)]}
    return {"steps": rng.randint(1, 60), "schedule": {"use": f"mlx.{name}", **arguments}}
