"""thinc's schedules: the file is loaded without the rest of thinc, which its registry of names does not need."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from importlib.metadata import files
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType, SimpleNamespace
from typing import Any

DISTRIBUTION = "thinc"
Spec = dict[str, Any]


def _loaded() -> Any:
    """The module of the schedules."""
    package, config = ModuleType("thinc"), ModuleType("thinc.config")
    package.__path__ = []
    config.registry = SimpleNamespace(schedules=lambda name: lambda function: function)
    sys.modules |= {"thinc": package, "thinc.config": config}
    path = next(each for each in files(DISTRIBUTION) if each.match("thinc/schedules.py"))
    spec = spec_from_file_location("thinc.schedules", path.locate())
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCHEDULES = _loaded()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The values of a schedule in turn, as the optimizer reads them."""
    for value in built(spec["schedule"]):
        yield {"lr": value}


def built(schedule: Spec) -> Any:
    """A schedule, after the one inside it."""
    arguments = {name: value for name, value in schedule.items() if name != "use"}
    if "schedule" in arguments:
        arguments["schedule"] = built(arguments["schedule"])
    return getattr(SCHEDULES, schedule["use"].rpartition(".")[2])(**arguments)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    yield _of("constant", rate=0.1)
    yield _of("constant", rate=0.0)
    inner = {"use": "thinc.warmup_linear", "initial_rate": 0.1, "warmup_steps": 3, "total_steps": 12}
    for steps in (0, 1, 5, 30, -2):
        yield _of("constant_then", rate=0.05, steps=steps, schedule=inner)
    inner = {"use": "thinc.constant_then", "rate": 0.0, "steps": 4, "schedule": inner}
    yield _of("constant_then", rate=0.05, steps=3, schedule=inner)
    for decay in (1e-4, 0.5, 0.0, -0.1, -0.125, -0.03):
        for t in (0, 4):
            yield _of("decaying", base_rate=0.1, decay=decay, t=t)
    for start, stop in ((1e-3, 0.1), (0.1, 1e-3), (0.1, 0.1), (0.0, 0.1), (0.1, 0.0)):
        for compound in (1.5, 0.5, 1.0, 1.001, 0.0):
            yield _of("compounding", start=start, stop=stop, compound=compound)
    yield _of("compounding", start=1e-3, stop=0.1, compound=1.5, t=5.0)
    for steps in (20, 100, 10, 5, 23):
        for cut in (0.5, 0.1, 0.3, 1.0):
            yield _of("slanted_triangular", max_rate=0.1, num_steps=steps, cut_frac=cut)
        yield _of("slanted_triangular", max_rate=0.1, num_steps=steps, ratio=4, t=3.0, decay=0.5)
        yield _of("slanted_triangular", max_rate=0.1, num_steps=steps, cut_frac=0.4, t=1.5)
    yield _of("slanted_triangular", max_rate=0.1, num_steps=20, cut_frac=0.0)
    yield _of("slanted_triangular", max_rate=0.1, num_steps=20, ratio=0)
    for warmup in (0, 1, 5, 20, 30):
        for total in (0, 1, 5, 12, 20, 40):
            yield _of("warmup_linear", initial_rate=0.1, warmup_steps=warmup, total_steps=total)
    for period in (0, 1, 2, 3, 10, 30):
        yield _of("cyclic_triangular", min_lr=0.01, max_lr=0.1, period=period)


def _of(name: str, **arguments: Any) -> Spec:
    return {"steps": 20, "schedule": {"use": f"thinc.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 60)
    rate = 10 ** rng.uniform(-6, 1)
    arguments: dict[str, Any]
    if name == "constant":
        arguments = {"rate": rate}
    elif name == "constant_then":
        inner = draw(rng.choice(["decaying", "compounding", "warmup_linear"]), rng)["schedule"]
        arguments = {"rate": rate, "steps": rng.randint(0, 60), "schedule": inner}
    elif name == "decaying":
        arguments = {"base_rate": rate, "decay": 10 ** rng.uniform(-4, 1), "t": rng.choice([0, rng.randint(0, 20)])}
    elif name == "compounding":
        arguments = {"start": rate, "stop": 10 ** rng.uniform(-6, 1), "compound": rng.uniform(0.7, 1.4)}
    elif name == "slanted_triangular":
        arguments = {"max_rate": rate, "num_steps": rng.randint(10, 80), "cut_frac": rng.uniform(0.1, 1)}
        arguments |= {"ratio": rng.randint(1, 50), "t": rng.choice([0.0, rng.uniform(0, 20)])}
    elif name == "warmup_linear":
        arguments = {"initial_rate": rate, "warmup_steps": rng.randint(0, steps), "total_steps": rng.randint(0, 80)}
    else:
        arguments = {"min_lr": rate * rng.uniform(0, 1), "max_lr": rate, "period": rng.randint(1, 40)}
    return {"steps": steps, "schedule": {"use": f"thinc.{name}", **arguments}}
