"""OpenCLIP's schedulers, called as its training loop does; the file is loaded without the rest, which needs models."""

from __future__ import annotations

import random
from collections.abc import Iterator
from importlib.metadata import files
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from types import SimpleNamespace
from typing import Any

DISTRIBUTION = "open_clip_torch"
Spec = dict[str, Any]


def _loaded() -> Any:
    """The module of the schedulers."""
    path = next(each for each in files(DISTRIBUTION) if each.match("open_clip_train/scheduler.py"))
    spec = spec_from_file_location("open_clip_scheduler", path.locate())
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCHEDULERS = _loaded()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The learning rate of each update."""
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    group = {"lr": 0.0}
    scheduler = getattr(SCHEDULERS, name)(SimpleNamespace(param_groups=[group]), **arguments)
    for step in count():
        scheduler(step)
        yield {"lr": float(group["lr"])}


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for warmup in (5, 0, 1, 20, 30):
        for steps in (20, 12, 40, 0, 5):
            yield _of("const_lr", warmup_length=warmup, steps=steps)
            yield _of("cosine_lr", warmup_length=warmup, steps=steps)
            for cooldown in (8, 0, 25):
                yield _of("const_lr_cooldown", warmup_length=warmup, steps=steps, cooldown_steps=cooldown)
    for power in (0, 0.5, 2, -1, 3.0):
        for steps in (20, 12):
            arguments = {"warmup_length": 4, "steps": steps, "cooldown_steps": 8, "cooldown_end_lr": 0.01}
            yield _of("const_lr_cooldown", **arguments, cooldown_power=power)
    yield _of("const_lr_cooldown", warmup_length=9, steps=5, cooldown_steps=3, cooldown_power=0.5)
    yield _of("const_lr_cooldown", warmup_length=9, steps=5, cooldown_steps=3, cooldown_power=-0.5)


def _of(name: str, **arguments: Any) -> Spec:
    return {"steps": 20, "schedule": {"use": f"open_clip.{name}", "base_lr": 0.1, **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 60)
    rate = 10 ** rng.uniform(-6, 1)
    total = rng.choice([steps, rng.randint(0, 80)])
    arguments: dict[str, Any] = {"base_lr": rate, "warmup_length": rng.randint(0, steps), "steps": total}
    if name == "const_lr_cooldown":
        arguments |= {"cooldown_steps": rng.randint(1, 60), "cooldown_power": rng.choice([1.0, rng.uniform(0, 3)])}
        arguments["cooldown_end_lr"] = rng.choice([0.0, 0.1 * rate])
    return {"steps": steps, "schedule": {"use": f"open_clip.{name}", **arguments}}
