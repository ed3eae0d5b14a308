"""NeMo's schedulers, stepped beside an SGD optimizer; the file is loaded without the rest of NeMo."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import torch

DISTRIBUTION = "nemo_toolkit"
Spec = dict[str, Any]

OTHERS = (
    "omegaconf",
    "nemo.core",
    "nemo.core.classes",
    "nemo.core.classes.common",
    "nemo.core.config",
    "nemo.core.config.schedulers",
    "nemo.utils",
    "nemo.utils.model_utils",
)


def _loaded() -> Any:
    """The module of the schedulers, with stand-ins for what its functions import to read configs."""
    sys.modules.update({name: MagicMock() for name in OTHERS})
    folder = find_spec("nemo").submodule_search_locations[0]
    spec = spec_from_file_location("nemo_schedulers", Path(folder) / "core" / "optim" / "lr_scheduler.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCHEDULERS = _loaded()
HELD = {
    "WarmupHoldPolicy",
    "WarmupHoldAnnealOneMinusSquareRoot",
    "WarmupHoldAnnealLinear",
    "NoamHoldAnnealing",
    "PolynomialHoldDecayAnnealing",
}
KEPT = {"WarmupAnnealHoldPolicy", "CosineAnnealing"}
ROOTS = {"SquareRootConstantPolicy", "T5InverseSquareRootAnnealing"}
WARMED = {
    "WarmupPolicy",
    "SquareAnnealing",
    "SquareRootAnnealing",
    "WarmupAnnealing",
    "InverseSquareRootAnnealing",
    "PolynomialDecayAnnealing",
}
POLYNOMIALS = ("PolynomialDecayAnnealing", "PolynomialHoldDecayAnnealing")


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))], lr=spec["lr"])
    arguments = {name: value for name, value in spec["schedule"].items() if name != "use"}
    name = spec["schedule"]["use"].rpartition(".")[2]
    scheduler = getattr(SCHEDULERS, name)(optimizer, **arguments)
    for _ in count():
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        scheduler.step()


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for total in (0, 12, 40):
        for warmup in (0, 5, 20):
            more = {"max_steps": total, "warmup_steps": warmup, "min_lr": 0.01}
            for name in sorted(WARMED):
                yield _of(name, **more)
            for name in sorted(KEPT | HELD):
                yield _of(name, **more)
                part = "constant_steps" if name in KEPT else "hold_steps"
                yield _of(name, **more, **{part: 5})
            yield _of("NoamAnnealing", **more | {"min_lr": 0.0001}, d_model=64)
        for constant in (1, 10, 20):
            for name in sorted(ROOTS):
                yield _of(name, max_steps=total, constant_steps=constant, min_lr=0.01)
    for name in sorted(WARMED | HELD | KEPT):
        yield _of(name, max_steps=20, warmup_ratio=0.17)
        yield _of(name, max_steps=15, warmup_ratio=0.0)
        yield _of(name, max_steps=20, warmup_steps=2, warmup_ratio=0.1)
        yield _of(name, max_steps=15, warmup_steps=5, min_lr=0.3)
        yield _of(name, max_steps=15, min_lr=0.3)
    for name in sorted(HELD):
        yield _of(name, max_steps=20, warmup_steps=3, hold_ratio=0.33)
        yield _of(name, max_steps=15, warmup_steps=3, hold_steps=0)
        yield _of(name, max_steps=15, warmup_steps=3, hold_steps=3, hold_ratio=0.33)
    for name in sorted(KEPT):
        yield _of(name, max_steps=20, warmup_steps=3, constant_ratio=0.33)
        yield _of(name, max_steps=20, warmup_steps=3, constant_steps=3, constant_ratio=0.33)
        yield _of(name, max_steps=20, warmup_steps=3, constant_steps=3, min_lr=0.1)
        yield _of(name, max_steps=20, constant_steps=3, min_lr=0.1)
        yield _of(name, max_steps=20, constant_steps=3, min_lr=0.2)
    yield _of("WarmupPolicy")
    yield _of("WarmupPolicy", warmup_steps=4)
    yield _of("WarmupPolicy", warmup_ratio=0.1)
    yield _of("WarmupHoldPolicy", warmup_steps=4, hold_steps=30)
    yield _of("WarmupHoldPolicy", warmup_steps=4, hold_steps=6)
    yield _of("WarmupHoldPolicy", warmup_steps=4, hold_ratio=0.1)
    yield _of("NoamAnnealing", d_model=64)
    yield _of("NoamAnnealing", d_model=64, warmup_ratio=0.25, max_steps=20)
    yield _of("NoamAnnealing", d_model=64, warmup_ratio=0.25)
    yield _of("NoamAnnealing", d_model=64, warmup_steps=5, min_lr=0.05)
    yield _of("NoamAnnealing", d_model=64, warmup_steps=5, min_lr=0.2)
    for name in sorted(ROOTS):
        yield _of(name, max_steps=20, constant_steps=0)
        yield _of(name, max_steps=20, constant_steps=3, constant_ratio=0.1)
    yield _of("SquareRootConstantPolicy", constant_steps=5)
    for name in POLYNOMIALS:
        for power in (2, 0, -1):
            for cycle in (False, True):
                for warmup in (0, 5, 10):
                    arguments = {"max_steps": 15, "warmup_steps": warmup, "min_lr": 0.01}
                    yield _of(name, **arguments, power=power, cycle=cycle)
    for rate in (0.0, 1.0, -1.0):
        for hold in (0, 5):
            yield _of("NoamHoldAnnealing", max_steps=20, warmup_steps=5, hold_steps=hold, decay_rate=rate)


def _of(name: str, **arguments: Any) -> Spec:
    return {"steps": 18, "lr": 0.1, "schedule": {"use": f"nemo.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 60)
    rate = 10 ** rng.uniform(-6, 1)
    total = rng.choice([steps, rng.randint(0, 80)])
    arguments: dict[str, Any] = {"max_steps": total, "min_lr": rng.choice([0.0, 0.1, rng.uniform(0, 1)]) * rate}
    if name in ROOTS:
        arguments["constant_steps"] = rng.randint(1, 40)
    else:
        length = rng.choice([{"warmup_steps": rng.randint(0, steps)}, {"warmup_ratio": rng.uniform(0, 1)}, {}])
        arguments |= length
    if name in HELD:
        arguments |= rng.choice([{"hold_steps": rng.randint(0, 40)}, {"hold_ratio": rng.uniform(0, 1)}, {}])
    if name in KEPT:
        arguments |= rng.choice([{"constant_steps": rng.randint(0, 40)}, {"constant_ratio": rng.uniform(0, 1)}, {}])
    if name == "NoamAnnealing":
        arguments["d_model"] = rng.randint(1, 1024)
    if name == "NoamHoldAnnealing":
        arguments["decay_rate"] = rng.uniform(-0.5, 2)
    if name in POLYNOMIALS:
        arguments |= {"power": rng.choice([1.0, 2, rng.uniform(-0.5, 3)]), "cycle": rng.random() < 0.5}
    return {"steps": steps, "lr": rate, "schedule": {"use": f"nemo.{name}", **arguments}}
