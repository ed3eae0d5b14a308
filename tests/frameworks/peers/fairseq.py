"""fairseq's own schedules, called as its trainer calls them.

The package cannot be imported by Python 3.11, but its schedules need little of it. The environment variable
FAIRSEQ_SOURCE names the unpacked source distribution of 0.12.2 (the folder with `fairseq` and `fairseq.egg-info`),
from which only `fairseq/optim/lr_scheduler/*.py` is run, beside omegaconf; the modules around it are stood in for here.
"""

from __future__ import annotations

import logging
import os
import random
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

DISTRIBUTION = "fairseq"
Spec = dict[str, Any]
SCHEDULERS: dict[str, tuple[type, type | None]] = {}  # by either name: the class and that of its configuration


class Optimizer:
    """What a schedule sees of fairseq's optimizers: a learning rate."""

    lr = 0.0

    def set_lr(self, lr: float) -> None:
        self.lr = lr

    def get_lr(self) -> float:
        return self.lr


def _register(name: str, dataclass: type | None = None) -> Callable[[type], type]:
    def register(scheduler: type) -> type:
        SCHEDULERS[name] = SCHEDULERS[scheduler.__name__] = (scheduler, dataclass)
        return scheduler

    return register


def _stand_in(name: str, **contents: Any) -> None:
    module = ModuleType(name)
    vars(module).update(contents)
    sys.modules[name] = module


def _import_schedules(source: Path) -> None:
    _stand_in("fairseq.registry", setup_registry=lambda *_, **__: (None, _register, {}, {}))
    _stand_in("fairseq.dataclass", FairseqDataclass=object)
    _stand_in("fairseq.dataclass.utils", gen_parser_from_dataclass=None)
    _stand_in("fairseq.optim", FairseqOptimizer=Optimizer, __path__=[str(source / "fairseq/optim")])
    _stand_in("fairseq", __path__=[], registry=sys.modules["fairseq.registry"])
    sys.path.append(str(source))  # where its version is found
    logging.disable(logging.WARNING)  # one for every step that a manual schedule leaves open
    import_module("fairseq.optim.lr_scheduler")


_import_schedules(Path(os.environ["FAIRSEQ_SOURCE"]))


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = Optimizer()
    scheduler = build(spec, optimizer)
    scheduler.step_update(0)
    epoch, length = 0, spec.get("steps_per_epoch", 10**9)
    step = 0
    while True:
        if step % length == 0:
            if step:
                scheduler.step(epoch)
                scheduler.step_update(step)
            epoch += 1
            scheduler.step_begin_epoch(epoch)
            scheduler.step_update(step)
        yield {"lr": optimizer.get_lr()}
        step += 1
        scheduler.step_update(step)


def build(spec: Spec, optimizer: Optimizer) -> Any:
    """The scheduler of a spec, with the run's learning rate and length where its configuration refers to them."""
    arguments = dict(spec["schedule"])
    scheduler, configuration = SCHEDULERS[arguments.pop("use").rpartition(".")[2]]
    lr = arguments.pop("lr", spec.get("lr"))
    arguments["lr"] = lr if isinstance(lr, list) else [lr]
    if configuration is None:
        return scheduler(Namespace(**{"epoch2lr": "{}", "update2lr": "{}", **arguments}), optimizer)
    for name in ("max_update", "total_num_update"):
        if name in configuration.__dataclass_fields__:
            arguments.setdefault(name, spec["steps"])
    return scheduler(configuration(**arguments), optimizer)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for schedule in _edges():
        name = schedule.pop("name")
        yield {"steps": 24, "lr": 0.1, "steps_per_epoch": 5, "schedule": {"use": f"fairseq.{name}", **schedule}}


def _edges() -> Iterator[Spec]:
    for warmup in (0, 1, 24, 30):
        yield {"name": "CosineLRSchedule", "warmup_updates": warmup}
        yield {"name": "FixedLRSchedule", "warmup_updates": warmup}
        yield {"name": "InverseSquareRootSchedule", "warmup_updates": warmup}
        yield {"name": "PolynomialDecayLRSchedule", "warmup_updates": warmup, "power": 2.0}
        yield {"name": "StepLRSchedule", "warmup_updates": warmup, "lr_deacy_period": 5, "min_lr": 0.02}
    yield from _cosine_edges()
    yield from _epoch_edges()
    yield from _manual_edges()
    for period in (0, -1, 1):
        yield {"name": "StepLRSchedule", "lr_deacy_period": period, "warmup_init_lr": 0.05}
    yield {"name": "StepLRSchedule", "lr_decay": 1.5}
    yield {"name": "StepLRSchedule", "min_lr": -0.1}
    yield {"name": "StepLRSchedule", "min_lr": 0.1}
    yield {"name": "StepLRSchedule", "lr": [0.3, 0.1], "lr_decay": 0.0, "lr_deacy_period": 4}
    yield {"name": "InverseSquareRootSchedule", "warmup_updates": 4, "warmup_init_lr": 0.2}
    yield {"name": "InverseSquareRootSchedule", "warmup_updates": 4, "lr": [0.1, 0.2]}
    for stages in ((5, 0, 10), (0, 5, 10), (5, 5, 0), (0, 0, 0), (5, 5, 1), (5, 5, 30)):
        lengths = zip(("warmup_steps", "hold_steps", "decay_steps"), stages, strict=True)
        yield {"name": "TriStageLRSchedule", **dict(lengths)}
    for ratios in ([0.1, 0.4, 0.5], [0.7, 0.2, 0.1], [0.5, 0.5, 0.0], [0.3, 0.3, 0.3]):
        yield {"name": "TriStageLRSchedule", "phase_ratio": ratios, "max_update": 20}
    yield {"name": "TriStageLRSchedule", "decay_steps": 5, "final_lr_scale": 0.0}
    yield {"name": "TriStageLRSchedule", "decay_steps": 5, "final_lr_scale": 2.0}
    for period in (0, 1, 2, 7, 8.5, 40, -4):
        yield {"name": "TriangularLRSchedule", "max_lr": 0.5, "lr_period_updates": period}
    yield {"name": "TriangularLRSchedule", "max_lr": 0.5, "lr_period_updates": 6, "shrink_min": True, "lr_shrink": 0.5}
    yield {"name": "TriangularLRSchedule", "max_lr": 0.1}


def _cosine_edges() -> Iterator[Spec]:
    for mult in (1.0, 2.0, 3.0, 0.5, 1.01, 0.0):
        cosine = {"name": "CosineLRSchedule", "t_mult": mult, "lr_shrink": 0.5}
        yield {**cosine, "lr_period_updates": 3, "min_lr": 0.01}
        yield {**cosine, "lr_period_updates": 4.5, "warmup_updates": 4, "warmup_init_lr": 0.0}
        yield {**cosine, "warmup_updates": 26, "max_update": 20}  # a period below 0
    yield {"name": "CosineLRSchedule", "max_update": 0}
    yield {"name": "CosineLRSchedule", "warmup_updates": 5, "max_update": 4, "lr_shrink": 0.0}
    yield {"name": "CosineLRSchedule", "min_lr": 0.1}
    yield {"name": "CosineLRSchedule", "lr": [0.1, 0.2]}


def _epoch_edges() -> Iterator[Spec]:
    for anneal in (None, 0, 1, 3):
        yield {"name": "FixedLRSchedule", "lr": [0.3, 0.2, 0.1], "force_anneal": anneal, "warmup_updates": 7}
        for warmup in (0, 7):
            polynomial = {"name": "PolynomialDecayLRSchedule", "force_anneal": anneal, "warmup_updates": warmup}
            yield {**polynomial, "lr": [0.3, 0.2, 0.1], "end_learning_rate": 0.01}
    yield {"name": "PolynomialDecayLRSchedule", "power": 0.5, "total_num_update": 17.5}
    yield {"name": "PolynomialDecayLRSchedule", "total_num_update": 0}
    yield {"name": "PolynomialDecayLRSchedule", "total_num_update": 40, "end_learning_rate": 0.2}


def _manual_edges() -> Iterator[Spec]:
    for epochs in ("{}", "{'2': 0.3, '3-4': 0.2}", "{'1,3': 0.4, '2': 0.05}", "{'0': 0.7}"):
        for updates in ("{}", "{'1': 0.5, '12': 0.25}", "{'8-14': 0.02, '10': 0.3}", "{'0': 0.1, '9, 20': 0.9}"):
            yield {"name": "ManualSchedule", "epoch2lr": epochs, "update2lr": updates}
    yield {"name": "ManualSchedule", "update2lr": "{'10': 0.3, '8-14': 0.02, '7-6': 9}"}
    for wrong in ("[1]", "{1: 0.1}", "{'a': 0.1}", "{'1': [0.1]}", "{'-3': 0.1}", "{'1':", "1 + x"):
        yield {"name": "ManualSchedule", "epoch2lr": wrong}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(1, 45)
    drawn = DRAWN[SCHEDULERS[name][0].__name__](rng, steps)
    given = {key: value for key, value in drawn.items() if value is not None}
    spec = {"steps": steps, "lr": 10 ** rng.uniform(-5, 0), "steps_per_epoch": rng.randint(1, 12)}
    return {**spec, "schedule": {"use": f"fairseq.{name}", **given}}


def _warmup(rng: random.Random, steps: int) -> int | None:
    return rng.choice([None, 0, 1, rng.randint(1, steps + 3), rng.randint(1, max(steps // 3, 1))])


def _low(rng: random.Random) -> float | None:
    return rng.choice([None, 0.0, 10 ** rng.uniform(-9, -5)])


def _shrink(rng: random.Random) -> float | None:
    return rng.choice([None, 0.0, 1.0, rng.random(), rng.uniform(0.5, 1.2)])


def _rates(rng: random.Random) -> list[float] | None:
    return rng.choice([None, [rng.random() for _ in range(rng.randint(1, 5))]])


def _cosine(rng: random.Random, steps: int) -> Spec:
    return {
        "warmup_updates": _warmup(rng, steps),
        "warmup_init_lr": rng.choice([None, 0.0, rng.random()]),
        "lr": rng.choice([None, rng.uniform(0.1, 2), [rng.uniform(0.1, 2)]]),
        "min_lr": _low(rng),
        "t_mult": rng.choice([None, 1.0, 2.0, 3.0, 10.0, 1.5, rng.uniform(1, 3), rng.uniform(0.5, 1), 1.001]),
        "lr_period_updates": rng.choice([None, rng.randint(1, 20), rng.uniform(0.5, 20), rng.randint(1, 4)]),
        "lr_shrink": _shrink(rng),
        "max_update": rng.choice([None, rng.randint(1, 60)]),
    }


def _fixed(rng: random.Random, steps: int) -> Spec:
    return {
        "force_anneal": rng.choice([None, rng.randint(-1, 8)]),
        "lr_shrink": _shrink(rng),
        "warmup_updates": _warmup(rng, steps),
        "lr": _rates(rng),
    }


def _inverse_sqrt(rng: random.Random, steps: int) -> Spec:
    return {
        "warmup_updates": _warmup(rng, steps),
        "warmup_init_lr": rng.choice([None, 0.0, rng.random()]),
        "lr": rng.choice([None, rng.random()]),
    }


def _manual(rng: random.Random, steps: int) -> Spec:
    return {
        "epoch2lr": rng.choice([None, _dictionary(rng, 8)]),
        "update2lr": rng.choice([None, _dictionary(rng, steps + 5)]),
        "lr": _rates(rng),
    }


def _dictionary(rng: random.Random, most: int) -> str:
    entries = {}
    for _ in range(rng.randint(0, 4)):
        low, high = (rng.randint(0, most) for _ in range(2))
        entries[rng.choice([f"{low}", f"{low}-{high}", f"{low}, {high}", f"{low},{high},{low + 3}"])] = rng.random()
    return str(entries)


def _polynomial(rng: random.Random, steps: int) -> Spec:
    return {
        "warmup_updates": _warmup(rng, steps),
        "force_anneal": rng.choice([None, None, rng.randint(-1, 8)]),
        "end_learning_rate": _low(rng),
        "power": rng.choice([None, 0.0, 0.5, 1.0, 2.0, rng.uniform(0.1, 4), -0.5]),
        "total_num_update": rng.choice([None, rng.randint(1, 60), rng.uniform(0.5, 60)]),
        "lr": _rates(rng),
    }


def _step(rng: random.Random, steps: int) -> Spec:
    return {
        "warmup_updates": _warmup(rng, steps),
        "warmup_init_lr": rng.choice([None, 0.0, rng.random()]),
        "lr": rng.choice([None, rng.uniform(0.1, 2), [rng.uniform(0.1, 2), 0.5]]),
        "min_lr": _low(rng),
        "lr_deacy_period": rng.choice([None, rng.randint(1, 20)]),
        "lr_decay": rng.choice([None, 0.0, 1.0, rng.random()]),
    }


def _tri_stage(rng: random.Random, steps: int) -> Spec:
    warmup, hold = sorted(rng.randint(0, 10) / 10 for _ in range(2))
    lengths = {f"{name}_steps": rng.randint(0, steps) for name in ("warmup", "hold", "decay")}
    return {
        **rng.choice([lengths, {"phase_ratio": [warmup, hold - warmup, 1 - hold]}, {"phase_ratio": [0.25, 0.5, 0.25]}]),
        "init_lr_scale": rng.choice([None, 0.0, rng.random()]),
        "final_lr_scale": rng.choice([None, rng.random(), 10 ** rng.uniform(-8, 0)]),
        "max_update": rng.choice([None, rng.randint(1, 60), rng.uniform(1, 60)]),
        "lr": rng.choice([None, rng.random()]),
    }


def _triangular(rng: random.Random, steps: int) -> Spec:
    return {
        "max_lr": rng.uniform(1, 3),
        "lr_period_updates": rng.choice([None, rng.randint(2, 20), rng.uniform(2, 30)]),
        "lr_shrink": _shrink(rng),
        "shrink_min": rng.choice([None, True, False]),
        "lr": rng.choice([None, rng.random()]),
    }


DRAWN: dict[str, Callable[[random.Random, int], Spec]] = {
    "CosineLRSchedule": _cosine,
    "FixedLRSchedule": _fixed,
    "InverseSquareRootSchedule": _inverse_sqrt,
    "ManualSchedule": _manual,
    "PolynomialDecayLRSchedule": _polynomial,
    "StepLRSchedule": _step,
    "TriStageLRSchedule": _tri_stage,
    "TriangularLRSchedule": _triangular,
}
