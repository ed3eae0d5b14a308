"""fvcore's own schedulers, called with the share of the run that is done."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from fvcore.common import param_scheduler

DISTRIBUTION = "fvcore"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The scheduler's value at each update, or at each epoch's updates."""
    every = spec["steps_per_epoch"] if spec.get("interval") == "epoch" else 1
    scheduler, total = build(spec["schedule"]), -(-spec["steps"] // every)
    step = 0
    while True:
        yield {"lr": scheduler(step // every / total)}
        step += 1


def build(schedule: Spec) -> Any:
    """The scheduler that a spec's schedule names, with those inside it."""
    arguments = copy.deepcopy(schedule)
    name = arguments.pop("use").rpartition(".")[2]
    if "schedulers" in arguments:
        arguments["schedulers"] = [build(each) for each in arguments["schedulers"]]
    return getattr(param_scheduler, name)(**arguments)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for schedule in _edges():
        yield {"steps": 20, "schedule": schedule}
    yield {"steps": 1, "schedule": _of("Cosine", start_value=0.1, end_value=0.0)}
    yield {"steps": 1, "schedule": _of("Step", num_updates=1, values=[0.1, 0.2])}
    by_epoch = _of("Step", num_updates=1, values=[0.3, 0.2])
    yield {"steps": 30, "steps_per_epoch": 4, "interval": "epoch", "schedule": by_epoch}


def _edges() -> Iterator[Spec]:
    yield _of("Constant", value=0.1)
    yield _of("Constant", value=0.0)
    yield _of("Cosine", start_value=0.1, end_value=1.0)
    yield _of("Linear", start_value=0.1, end_value=0.0)
    for decay in (0.0, 1.0, 0.02, 3.0):
        yield _of("Exponential", start_value=2.0, decay=decay)
    for power in (0.0, 0.5, 0.9, 1.0, 2.0, 3.0, -1.0):
        yield _of("PolynomialDecay", base_value=0.1, power=power)
    for arguments in (
        {"num_updates": 90, "milestones": [30, 60]},
        {"num_updates": 90},
        {"milestones": [30, 60, 90]},
        {"milestones": [3, 6, 9]},
        {"num_updates": 3},
        {"num_updates": 2},
        {"num_updates": 20, "milestones": [1, 19]},
        {"num_updates": 20, "milestones": [5, 5]},
        {"num_updates": 20, "milestones": [0, 5]},
        {"num_updates": 20, "milestones": [5, 20]},
        {"num_updates": 20, "milestones": [5]},
        {"milestones": [5, 9]},
        {},
    ):
        yield _of("MultiStep", values=[1, 0.1, 0.01], **arguments)
    yield _of("MultiStep", values=[0.5], milestones=[4])
    yield _of("MultiStep", values=[], num_updates=4)
    yield _of("MultiStep", values=[], milestones=[])
    for values in ([0.1], [0.3, 0.2, 0.1], [0.1, 0.2] * 10, [float(each) for each in range(27)], []):
        yield _of("Step", num_updates=20, values=values)
    yield _of("Step", num_updates=0, values=[0.1])
    for count in (1, 3, 19, 0):
        yield _of("StepWithFixedGamma", base_value=0.1, num_decays=count, gamma=0.1, num_updates=120)
    yield _of("StepWithFixedGamma", base_value=0.1, num_decays=2, gamma=2.0, num_updates=0)
    yield _of("StepWithFixedGamma", base_value=0.0, num_decays=2, gamma=2.0, num_updates=5)
    yield from _composites()


def _composites() -> Iterator[Spec]:
    line, fall = _of("Linear", start_value=0.01, end_value=0.1), _of("Cosine", start_value=0.1, end_value=0.001)
    drops = _of("Step", num_updates=1, values=[0.3, 0.2, 0.1])
    flat = _of("Constant", value=0.42)
    for lengths in ([0.3, 0.7], [0.0, 1.0], [1.0, 0.0], [0.05, 0.95], [0.3, 0.6995], [0.3, 0.6], [-0.5, 1.5], [0.3]):
        for scaling in (["rescaled"] * 2, ["fixed"] * 2):
            yield _composite([line, fall], lengths, scaling)
    for last in (flat, drops, line):
        yield _composite([fall, drops, last], [0.25, 0.5, 0.25], ["rescaled", "fixed", "rescaled"])
        yield _composite([flat, line, last], [0.1, 0.2, 0.7], ["rescaled", "rescaled", "fixed"])
    yield _composite([line, fall, drops], [0.5, 0.7, -0.2], ["rescaled"] * 3)
    yield _composite([], [], [])
    inner = _composite([line, drops], [0.4, 0.6], ["rescaled", "fixed"])
    for scaling in (["rescaled", "fixed"], ["fixed", "rescaled"]):
        yield _composite([inner, _composite([fall, inner], [0.5, 0.5], scaling)], [0.45, 0.55], scaling)


def _of(name: str, **arguments: Any) -> Spec:
    return {"use": f"fvcore.{name}ParamScheduler", **arguments}


def _composite(schedulers: list[Spec], lengths: list[float], scaling: list[str]) -> Spec:
    return _of("Composite", schedulers=schedulers, lengths=lengths, interval_scaling=scaling)


LEAVES = (
    *("ConstantParamScheduler", "CosineParamScheduler", "ExponentialParamScheduler", "LinearParamScheduler"),
    *("MultiStepParamScheduler", "PolynomialDecayParamScheduler", "StepParamScheduler"),
    "StepWithFixedGammaParamScheduler",
)


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.choice([rng.randint(1, 60), rng.randint(20, 60)])
    epochs = {"steps_per_epoch": rng.randint(1, 5), "interval": "epoch"} if rng.random() < 0.15 else {}
    return {"steps": steps, **epochs, "schedule": draw_schedule(name, rng)}


def draw_schedule(name: str, rng: random.Random, depth: int = 2) -> Spec:
    """A random schedule."""
    scale = rng.choice([1.0, 1.0, 1e-6, 1e4])
    values = [rng.uniform(0, 1) * scale for _ in range(rng.randint(1, 6))]
    total = rng.choice([rng.randint(len(values), 60), rng.randint(60, 90_000)])
    drawn: dict[str, Callable[[], Spec]] = {
        "ConstantParamScheduler": lambda: {"value": values[0]},
        "CosineParamScheduler": lambda: {"start_value": values[0], "end_value": values[-1] * rng.choice([0, 1, 0.01])},
        "ExponentialParamScheduler": lambda: {
            "start_value": values[0],
            "decay": rng.choice([rng.random(), rng.uniform(0, 3), 1e-6]),
        },
        "LinearParamScheduler": lambda: {"start_value": values[0], "end_value": values[-1] * rng.choice([0, 1, 0.01])},
        "MultiStepParamScheduler": lambda: _multi_step(values, total, rng),
        "PolynomialDecayParamScheduler": lambda: {
            "base_value": values[0],
            "power": rng.choice([1.0, 2.0, 0.5, 0.9, 3, rng.uniform(0, 4)]),
        },
        "StepParamScheduler": lambda: {"num_updates": rng.choice([total, 0.5]), "values": values},
        "StepWithFixedGammaParamScheduler": lambda: {
            "base_value": values[0] + 1e-9,
            "num_decays": rng.randint(1, 12),
            "gamma": rng.uniform(0.05, 1.2),
            "num_updates": total,
        },
        "CompositeParamScheduler": lambda: _drawn_composite(rng, depth),
    }
    return {"use": f"fvcore.{name}", **drawn[name]()}


def _multi_step(values: list[float], total: int, rng: random.Random) -> Spec:
    edges = sorted(rng.sample(range(1, max(total, len(values) + 1)), len(values) - 1))
    return rng.choice(
        [
            {"values": values, "num_updates": total},
            {"values": values, "num_updates": max(total, len(values) + 1), "milestones": edges},
            {"values": values, "milestones": [*edges, max(total, len(values) + 1)]},
        ]
    )


def _drawn_composite(rng: random.Random, depth: int) -> Spec:
    names = [*LEAVES, *(["CompositeParamScheduler"] * 3 if depth else [])]
    children = [draw_schedule(rng.choice(names), rng, depth - 1) for _ in range(rng.randint(1, 4))]
    shares = [rng.choice([rng.random(), rng.randint(1, 5)]) for _ in children]
    lengths = [rng.choice([share / sum(shares), round(share / sum(shares), 4)]) for share in shares]
    scaling = [rng.choice(["rescaled", "fixed"]) for _ in children]
    return {"schedulers": children, "lengths": lengths, "interval_scaling": scaling}
