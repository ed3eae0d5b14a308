"""pytorch_warmup's warmups beside Adam and a constant learning rate."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytorch_warmup
import torch

DISTRIBUTION = "pytorch-warmup"
Spec = dict[str, Any]
TUNED = ("LinearWarmup", "ExponentialWarmup")


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.Adam([weight], lr=spec["lr"], betas=(0.9, spec.get("beta2", 0.999)))
    arguments = {name: value for name, value in spec["schedule"].items() if name != "use"}
    name = spec["schedule"]["use"].rpartition(".")[2]
    warmup = getattr(pytorch_warmup, name)(optimizer, **arguments)
    for _ in count():
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        with warmup.dampening():
            pass


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for name in TUNED:
        for period in (0, 1, 2, 7, 20, 100):
            yield _of(name, warmup_period=period)
    for name in ("UntunedLinearWarmup", "UntunedExponentialWarmup", "RAdamWarmup"):
        yield _of(name)
        for beta2 in (0.9, 0.61, 0.5, 0.99, 0.9999):
            yield {**_of(name), "beta2": beta2}


def _of(name: str, **arguments: Any) -> Spec:
    return {"steps": 20, "lr": 0.1, "schedule": {"use": f"pytorch_warmup.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    spec = {**_of(name), "steps": rng.randint(1, 60), "lr": 10 ** rng.uniform(-6, 1)}
    if name in TUNED:
        spec["schedule"]["warmup_period"] = rng.randint(1, 80)
    else:
        spec["beta2"] = rng.uniform(0.65, 0.999)
    return spec
