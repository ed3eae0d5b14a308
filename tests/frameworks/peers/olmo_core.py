"""OLMo-core's schedulers, called as its trainer does; the file is loaded without the rest of OLMo-core."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from enum import StrEnum
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

DISTRIBUTION = "ai2-olmo-core"
Spec = dict[str, Any]


class Registrable:
    """A stand-in: schedulers are found by their classes."""

    @classmethod
    def register(cls, name: str) -> Any:
        """Leave a class as it is."""
        return lambda scheduler: scheduler


OTHERS = {
    "olmo_core": {},
    "olmo_core.optim": {},
    "olmo_core.distributed": {},
    "olmo_core.config": {"Config": type("Config", (), {}), "Registrable": Registrable, "StrEnum": StrEnum},
    "olmo_core.distributed.utils": {"get_rank": lambda: 0},
    "olmo_core.exceptions": {"OLMoConfigurationError": type("OLMoConfigurationError", (Exception,), {})},
    "olmo_core.optim.config": {"INITIAL_LR_FIELD": "initial_lr", "LR_FIELD": "lr"},
}


def _loaded() -> Any:
    """The module of the schedulers, with stand-ins for what it imports."""
    folder = find_spec("olmo_core").submodule_search_locations[0]
    for name, content in OTHERS.items():
        module = ModuleType(name)
        module.__path__ = []
        module.__dict__.update(content)
        sys.modules[name] = module
    spec = spec_from_file_location("olmo_core.optim.scheduler", Path(folder) / "optim" / "scheduler.py")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SCHEDULERS = _loaded()
WARMED = ("ConstantWithWarmup", "InvSqrtWithWarmup")
ANNEALED = ("LinearWithWarmup", "CosWithWarmup", "HalfCosWithWarmup")
DECAYING = ("WSD", "PowerLR", "CosWithWarmupAndLinearDecay")


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The learning rate that the trainer sets before each update."""
    scheduler = built(spec["schedule"])
    per, steps = spec.get("tokens_per_step", 1), spec["steps"]
    trainer = SimpleNamespace(max_steps=steps, max_tokens=steps * per)
    group = {"lr": spec["lr"]}
    for step in range(1, steps + 1):  # the trainer goes no further
        trainer.global_step, trainer.global_train_tokens_seen = step, step * per
        scheduler.set_lr(group, trainer)
        yield {"lr": group["lr"]}


def built(schedule: Spec) -> Any:
    """A scheduler, after those inside it."""
    arguments = {name: value for name, value in schedule.items() if name != "use"}
    if "decay" in arguments or "decay_steps" in arguments:
        arguments.setdefault("decay_fraction", None)
    if "schedulers" in arguments:
        arguments["schedulers"] = [built(each) for each in arguments["schedulers"]]
        for name in ("schedulers_max", "schedulers_max_steps"):
            if name in arguments:
                arguments[name] = list(arguments[name])
    if "stages" in arguments:
        arguments["stages"] = [SCHEDULERS.ComposableSchedulerStage(**each) for each in arguments["stages"]]
    if "override_decay" in arguments:
        arguments["override_decay"] = SCHEDULERS.OverrideDecay(**arguments["override_decay"])
    if "units" in arguments:
        arguments["units"] = SCHEDULERS.SchedulerUnits(arguments["units"])
    return getattr(SCHEDULERS, schedule["use"].rpartition(".")[2])(**arguments)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    yield _of("ConstantScheduler")
    yield _of("ExponentialScheduler")
    yield _of("ExponentialScheduler", lr_min=0.5)
    yield _of("ExponentialScheduler", lr_min=0.0)
    for warmup in (0, 1, 5, 20, 30):
        for name in WARMED:
            yield _of(name, warmup=warmup)
        for name in ANNEALED:
            yield _of(name, warmup=warmup)
            yield _of(name, warmup=warmup, t_max=12, alpha_f=0.0)
        for name in DECAYING:
            for decay in (1, 8, 20, 25):
                yield _of(name, warmup=warmup, decay=decay)
    for name in (*WARMED, *ANNEALED, *DECAYING):
        yield _of(name)
        yield _of(name, warmup_fraction=0.225, warmup_min_lr=0.05)
        yield _of(name, warmup_fraction=1.5)
        yield _of(name, warmup_steps=5, warmup_min_lr=0.1)
        yield _of(name, warmup=3, warmup_fraction=0.1)
    for name in DECAYING:
        yield _of(name, warmup=5)
        yield _of(name, warmup=5, decay_fraction=0.375, decay_min_lr=0.01)
        yield _of(name, warmup=5, decay_steps=6, decay_min_lr=0.2)
        yield _of(name, warmup=5, decay=0)
        yield _of(name, warmup=5, decay_fraction=-0.1)
    yield _of("CosWithWarmup", warmup=5, alpha_f=2.0, t_max=25)
    yield _of("CosWithWarmupAndLinearDecay", warmup=5, t_max=40, decay=8)
    yield _of("PowerLR", warmup=5, b=0.5)
    stages = [{"duration": 5, "start_lr": 0.0, "end_lr_fraction": 1.0}]
    stages += [{"duration": 6, "shape": "cosine", "end_lr": 0.01}]
    late = {"start": 9, "duration": 4, "end_lr": 0.001}
    yield _of("ComposableScheduler", stages=stages)
    yield _of("ComposableScheduler", stages=stages, override_decay=late)
    yield _of("ComposableScheduler", stages=stages, override_decay={**late, "start": 0, "shape": "cosine"})
    yield _of("ComposableScheduler", stages=[{"duration": 3, "start_lr_fraction": 2.0, "end_lr": 0.1}])
    yield _of("ComposableScheduler", stages=[])
    yield _of("ComposableScheduler", stages=[{"duration": 3}])
    yield _of("ComposableScheduler", stages=[{"duration": 3, "start_lr": 1, "start_lr_fraction": 2, "end_lr": 0.1}])
    children = [{"use": "olmo_core.CosWithWarmup", "warmup": 3}, {"use": "olmo_core.WSD", "warmup": 2, "decay": 3}]
    for spans in ([10], [10, 20], [20], [25], [3], [10, 2, 3], []):
        yield _of("SequentialScheduler", schedulers=children, schedulers_max=spans)
    yield _of("SequentialScheduler", schedulers=children)
    yield _of("SequentialScheduler", schedulers=children[:1], schedulers_max=[])
    yield _of("SequentialScheduler", schedulers=children, schedulers_max_steps=[8], override_decay=late)
    nested = {"use": "olmo_core.SequentialScheduler", "schedulers": children, "schedulers_max": [6]}
    for span in (12, 0):
        yield _of("SequentialScheduler", schedulers=[nested, children[1]], schedulers_max=[span])
    for lengths in ([20], [10, 10], [6, 7, 7], [5, 30], [8, 4]):
        yield _of("WSDS", period_lengths=lengths, warmup=2, decay=3)
        yield _of("WSDS", period_lengths=lengths, warmup=0, decay=4)
        yield _of("WSDS", period_lengths=lengths, warmup=3, decay=0, decay_min_lr=0.01)
        yield _of("WSDS", period_lengths=lengths, warmup_fraction=0.25, decay_fraction=0.5)
    yield _of("WSDS", period_lengths=[10, 10], warmup=2, decay=3, period_lr_multipliers=[1.0, 0.5])
    yield _of("WSDS", period_lengths=[10, 10], warmup=2, decay=3, period_lr_multipliers=[1.0])
    yield _of("WSDS", period_lengths=[4, 3], warmup=2, decay=3)
    yield _of("WSDS", period_lengths=[], warmup=2, decay=3)
    yield _of("WSDS", period_lengths=[10, 3], warmup=2, decay_fraction=1.0)


def extra() -> Iterator[Spec]:
    """Clocks that count tokens."""
    for name, arguments in (
        ("WSD", {"warmup": 40, "decay": 55}),
        ("CosWithWarmup", {"warmup_fraction": 0.13, "t_max": 150}),
        ("WSDS", {"period_lengths": [75, 55], "warmup": 13, "decay": 20}),
    ):
        spec = _of(name, units="tokens", **arguments)
        yield {**spec, "tokens_per_step": 8}


def _of(name: str, **arguments: Any) -> Spec:
    return {"steps": 20, "lr": 0.1, "schedule": {"use": f"olmo_core.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 60)
    rate = 10 ** rng.uniform(-6, 1)
    spec = {"steps": steps, "lr": rate, "schedule": {"use": f"olmo_core.{name}"}}
    length = rng.choice([{"warmup": rng.randint(0, steps)}, {"warmup_fraction": rng.uniform(0, 1)}])
    length |= rng.choice([{}, {"warmup_min_lr": rng.uniform(0, 1) * rate}])
    fall = rng.choice([{}, {"decay": rng.randint(1, steps)}, {"decay_fraction": rng.uniform(0.1, 1)}])
    fall |= rng.choice([{}, {"decay_min_lr": rng.uniform(0, 0.2) * rate}])
    share = rng.choice([{}, {"alpha_f": rng.uniform(0, 1)}])
    arguments: dict[str, Any] = {}
    if name in WARMED or name in ANNEALED or name in DECAYING:
        arguments |= length
    if name in DECAYING:
        arguments |= fall
    if name in ANNEALED or name in ("InvSqrtWithWarmup", "CosWithWarmupAndLinearDecay"):
        arguments |= share
    if name in ANNEALED:
        arguments |= rng.choice([{}, {"t_max": rng.randint(1, 80)}])
    if name == "PowerLR":
        arguments["b"] = -rng.uniform(0.01, 2)
    if name == "ExponentialScheduler":
        arguments["lr_min"] = rate * 10 ** rng.uniform(-4, 1)
    if name == "ComposableScheduler":
        arguments["stages"] = [_stage(rng, rate) for _ in range(rng.randint(1, 4))]
    if name == "SequentialScheduler":
        names = [rng.choice(("LinearWithWarmup", "CosWithWarmup", "InvSqrtWithWarmup")) for _ in range(3)]
        arguments["schedulers"] = [
            {"use": f"olmo_core.{each}", "warmup_fraction": rng.uniform(0, 0.5), "alpha_f": rng.uniform(0.1, 1)}
            for each in names
        ]
        arguments["schedulers_max"] = [rng.randint(1, 30), rng.randint(1, 30)]
    if name in ("ComposableScheduler", "SequentialScheduler") and rng.random() < 0.5:
        late = {"start": rng.randint(1, steps), "duration": rng.randint(1, 20), "end_lr_fraction": rng.uniform(0, 0.3)}
        arguments["override_decay"] = {**late, "shape": rng.choice(["linear", "cosine"])}
    if name == "WSDS":
        lengths = [rng.randint(20, 30), *(rng.randint(1, 30) for _ in range(rng.randint(0, 3)))]
        arguments = {"period_lengths": lengths, "warmup": rng.randint(0, 10), "decay_fraction": rng.uniform(0.1, 0.5)}
        arguments["decay_min_lr"] = rng.choice([0.0, 0.1 * rate])
        if rng.random() < 0.5:
            arguments["period_lr_multipliers"] = [rng.uniform(0.2, 2) for _ in lengths]
    spec["schedule"] |= arguments
    return spec


def _stage(rng: random.Random, rate: float) -> Spec:
    start = rng.choice([{}, {"start_lr": rng.uniform(0, 2) * rate}, {"start_lr_fraction": rng.uniform(0, 2)}])
    end = rng.choice([{"end_lr": rng.uniform(0, 2) * rate}, {"end_lr_fraction": rng.uniform(0, 2)}])
    return {"duration": rng.randint(1, 30), "shape": rng.choice(["linear", "cosine"]), **start, **end}
