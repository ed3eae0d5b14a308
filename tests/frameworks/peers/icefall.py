"""icefall's schedulers, stepped as its recipe for the Zipformer does, and its Noam optimizer.

The environment variable ICEFALL_SOURCE names the folder of the repository, of which `optim.py` and `noam.py` of two
recipes are run; lhotse is stood in for. There is no release: `VERSION` is the date of the commit.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

DISTRIBUTION, VERSION = "icefall", "2026-06-11"
Spec = dict[str, Any]


def _recipe(recipe: str, name: str) -> ModuleType:
    sys.path.insert(0, str(Path(os.environ["ICEFALL_SOURCE"]) / "egs" / "librispeech" / "ASR" / recipe))
    try:
        return import_module(name)
    finally:
        del sys.path[0]


for module in ("lhotse", "lhotse.utils"):
    sys.modules[module] = ModuleType(module)
sys.modules["lhotse.utils"].fix_random_seed = None  # type: ignore[attr-defined]
OPTIM = _recipe("zipformer", "optim")
NOAM = _recipe("pruned_stateless_emformer_rnnt2", "noam")


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    if name == "Noam":
        noam = NOAM.Noam([parameter], **arguments)
        while True:
            noam.step()
            yield {"lr": noam.param_groups[0]["lr"]}
    optimizer = torch.optim.SGD([parameter], lr=spec["lr"])
    scheduler = getattr(OPTIM, name)(optimizer, **arguments)
    per_epoch = spec.get("steps_per_epoch", 10**9)
    for batch in count():
        if batch % per_epoch == 0:
            scheduler.step_epoch(batch // per_epoch)
        scheduler.step_batch(batch + 1)
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for warmup in (0, 1, 2, 2.5, 10, 29.5, 30, 31, 500):
        for start in (0, 0.1, 0.5, 1):
            more = {"warmup_batches": float(warmup), "warmup_start": start}
            yield _of("Eden", lr_batches=20, lr_epochs=2, **more)
            yield _of("Eden2", lr_batches=8, **more)
    yield _of("Eden", lr_batches=7500, lr_epochs=3.5)
    yield _of("Eden", lr_batches=1, lr_epochs=0.5, warmup_batches=12.0)
    yield _of("Eden2", lr_batches=5, warmup_start=1.5)
    yield _of("Noam")
    for warmup in (0, 1, 10, 40):
        yield _of("Noam", model_size=512, factor=5.0, warm_step=warmup)


def _of(name: str, **arguments: Any) -> Spec:
    epochs = {"steps_per_epoch": 7} if name == "Eden" else {}
    return {"steps": 30, "lr": 0.05, **epochs, "schedule": {"use": f"icefall.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 60)
    more = {
        **rng.choice(
            [{}, {"warmup_batches": float(rng.randint(0, steps + 5))}, {"warmup_batches": rng.uniform(0, 20)}]
        ),
        **rng.choice([{}, {"warmup_start": rng.uniform(0, 1)}, {"warmup_start": rng.choice([0.0, 0.1, 1.0])}]),
    }
    drawn: dict[str, Callable[[], Spec]] = {
        "Eden": lambda: {"lr_batches": rng.uniform(1, 100), "lr_epochs": rng.uniform(0.5, 10), **more},
        "Eden2": lambda: {"lr_batches": rng.uniform(1, 100), **more},
        "Noam": lambda: {
            "model_size": rng.choice([256, 512]),
            "factor": rng.uniform(0.1, 10),
            "warm_step": rng.randint(1, steps + 5),
        },
    }
    epochs = {"steps_per_epoch": rng.randint(1, 20)} if name == "Eden" else {}
    schedule = {"use": f"icefall.{name}", **drawn[name]()}
    return {"steps": steps, "lr": 10 ** rng.uniform(-4, 0), **epochs, "schedule": schedule}
