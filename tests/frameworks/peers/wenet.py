"""WeNet's schedulers, set to step -1 and stepped beside torch's SGD as its trainer does.

The environment variable WENET_SOURCE names the folder of the repository, from which only `wenet/utils/scheduler.py`
is run. There is no release: `VERSION` is the date of the commit.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

DISTRIBUTION, VERSION = "wenet", "2025-12-19"
Spec = dict[str, Any]

sys.path.append(str(Path(os.environ["WENET_SOURCE"]) / "wenet" / "utils"))
SCHEDULERS = import_module("scheduler")


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec["lr"])
    arguments = dict(spec["schedule"])
    scheduler = getattr(SCHEDULERS, arguments.pop("use").rpartition(".")[2])(optimizer, **arguments)
    scheduler.set_step(-1)
    while True:
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        scheduler.step()


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    yield _of("WarmupLR")
    for warmup in (0, 1, 2, 10, 29, 30, 31, 1000):
        yield _of("WarmupLR", warmup_steps=warmup)
    for warmup in (None, 0, 1, 5, 30):
        for hold in (None, 0, 1, 8):
            yield _of("NoamHoldAnnealing", max_steps=25, warmup_steps=warmup, hold_steps=hold, min_lr=0.02)
    for rate in (0.0, 0.5, 1.0, 2.0, -0.5):
        yield _of("NoamHoldAnnealing", max_steps=40, warmup_steps=4, hold_steps=3, decay_rate=rate)
    yield _of("NoamHoldAnnealing", max_steps=30, warmup_ratio=0.15, hold_ratio=0.25)
    yield _of("NoamHoldAnnealing", max_steps=10, warmup_steps=6, hold_steps=10, min_lr=0.03)
    yield _of("NoamHoldAnnealing", max_steps=4, warmup_steps=6, min_lr=0.03)
    yield _of("NoamHoldAnnealing", max_steps=20, warmup_steps=6, min_lr=0.2)
    yield _of("NoamHoldAnnealing", max_steps=20, warmup_steps=6, warmup_ratio=0.1)


def _of(name: str, **arguments: Any) -> Spec:
    given = {key: value for key, value in arguments.items() if value is not None}
    return {"steps": 30, "lr": 0.1, "schedule": {"use": f"wenet.{name}", **given}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 60)
    warmup = rng.choice([1, 2, rng.randint(0, steps + 5), rng.randint(1, steps // 2)])
    arguments: Spec = {"warmup_steps": warmup}
    if name == "NoamHoldAnnealing":
        arguments = {
            "max_steps": rng.choice([steps, rng.randint(1, steps + 20)]),
            **rng.choice([{"warmup_steps": warmup}, {"warmup_ratio": rng.uniform(0, 0.5)}]),
            **rng.choice([{}, {"hold_steps": rng.randint(0, steps)}, {"hold_ratio": rng.uniform(0, 0.5)}]),
            **rng.choice([{}, {"decay_rate": rng.uniform(0, 2)}]),
            **rng.choice([{}, {"min_lr": rng.uniform(0, 0.01)}]),
        }
    return {"steps": steps, "lr": 10 ** rng.uniform(-5, 0), "schedule": {"use": f"wenet.{name}", **arguments}}
