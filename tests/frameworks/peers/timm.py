"""timm's own schedulers, called as its train.py calls them, beside an SGD optimizer."""

from __future__ import annotations

import copy
import logging
import random
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch

# The schedulers need torch alone, the package's own __init__ much more: stand in for it.
package = ModuleType("timm")
package.__path__ = list(find_spec("timm").submodule_search_locations)
sys.modules["timm"] = package
from timm import scheduler as schedulers  # noqa: E402  # through the package made above

DISTRIBUTION = "timm"
logging.getLogger("timm").setLevel(logging.ERROR)  # it warns of cycles of one step
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))], lr=spec.get("lr", 0.1))
    scheduler = build(dict(spec["schedule"]), optimizer)
    updates, epoch = 0, spec.get("steps_per_epoch", 1)
    while True:
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        updates += 1
        if scheduler is not None:
            scheduler.step_update(num_updates=updates)
            if updates % epoch == 0:
                scheduler.step(updates // epoch)


def build(arguments: Spec, optimizer: torch.optim.Optimizer) -> Any:
    """The scheduler that a spec's schedule names."""
    name = arguments.pop("use").rpartition(".")[2]
    if "lambda" in arguments.get("decay_fn", ""):
        arguments["decay_fn"] = eval(arguments["decay_fn"])
    made = getattr(schedulers, name)(optimizer, **arguments)
    return made[0] if name == "create_scheduler_v2" else made


CYCLIC = ("CosineLRScheduler", "TanhLRScheduler", "PolyLRScheduler")
ALL = (*CYCLIC, "StepLRScheduler", "MultiStepLRScheduler", "WSDLRScheduler")
NAMES = ("cosine", "tanh", "step", "multistep", "poly", "wsd", "rsqrt", "constant", "none")
DECAYS = ("linear", "1-sqrt", "cosine", "power", "exp")
REQUIRED = {
    **{name: {"t_initial": 10} for name in CYCLIC},
    "StepLRScheduler": {"decay_t": 4, "decay_rate": 0.5},
    "MultiStepLRScheduler": {"decay_t": [3, 9, 9, 12], "decay_rate": 0.5},
    "WSDLRScheduler": {"t_initial": 12, "decay_t": 5},
}


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for name, arguments in _edges():
        counted = {} if name == "create_scheduler_v2" else {"t_in_epochs": False}
        schedule = {"use": f"timm.{name}", **REQUIRED.get(name, {}), **counted, **arguments}
        yield {"steps": 20, "lr": 0.1, "steps_per_epoch": 2, "schedule": schedule}
    # Where the logarithm of the cycle comes out low: the fifth restart is one step late.
    tripled = {"use": "timm.CosineLRScheduler", "t_initial": 1, "cycle_mul": 3, "cycle_limit": 9, "t_in_epochs": False}
    yield {"steps": 124, "lr": 0.1, "schedule": tripled}


def _edges() -> Iterator[tuple[str, Spec]]:
    for name in ALL:
        prefixes = ({},) if name == "WSDLRScheduler" else ({"warmup_prefix": False}, {"warmup_prefix": True})
        for prefix in prefixes:
            for warmup in (1, 5, 25):
                yield name, {"warmup_t": warmup, "warmup_lr_init": 0.01, **prefix}
            yield name, {"t_in_epochs": True, "warmup_t": 3, "warmup_lr_init": 0.01, **prefix}
        yield name, {}
        yield name, {"t_in_epochs": True}
        yield name, {"warmup_t": -2, "warmup_lr_init": 0.02}
        yield name, {"initialize": False}
    for name in CYCLIC:
        yield name, {"cycle_limit": 0}
        yield name, {"lr_min": 0.2}
        yield name, {"t_initial": 0}
        yield name, {"lr_min": -0.1}
        yield name, {"t_initial": 1, "cycle_limit": 30, "cycle_decay": 0.9}
        for mul in (0.5, 1.0, 1.5, 2.0, 3.0):
            yield name, {"t_initial": 4, "cycle_mul": mul, "cycle_limit": 3, "cycle_decay": 0.5, "lr_min": 0.001}
        yield name, {"cycle_mul": 0.0}
        yield name, {"cycle_mul": -2.0, "cycle_limit": 3}
        yield name, {"t_initial": 1, "cycle_decay": 1e200}
    for name in ("CosineLRScheduler", "PolyLRScheduler"):
        for k in (0.0, 0.5, 2.0, 500.0, -1.0):
            yield name, {"k_decay": k, "cycle_limit": 2}
    for power in (0.0, 1.0, -1.0, 3.0):
        yield "PolyLRScheduler", {"power": power, "cycle_limit": 2}
    # A cycle too many or too few by the logarithm: the value is complex.
    for mul in (1.1, 1.2, 1.3, 1.4):
        yield "PolyLRScheduler", {"t_initial": 10, "cycle_mul": mul, "cycle_limit": 9}
        yield "CosineLRScheduler", {"t_initial": 10, "cycle_mul": mul, "cycle_limit": 9, "k_decay": 0.5}
    yield "TanhLRScheduler", {"lb": 3.0, "ub": 3.0}
    yield "TanhLRScheduler", {"lb": -1.0, "ub": 0.5, "warmup_t": 4}
    yield "TanhLRScheduler", {"cycle_limit": -1}
    yield "TanhLRScheduler", {"warmup_lr_init": -1.0}
    yield "TanhLRScheduler", {"t_initial": 4, "cycle_mul": 0.5, "warmup_t": 9}
    for every in (0, 0.3, 2.5, -7):
        yield "StepLRScheduler", {"decay_t": every}
    yield "StepLRScheduler", {"decay_t": 1, "decay_rate": 1e40}
    yield "StepLRScheduler", {"decay_t": -3, "decay_rate": 0.0}
    yield "StepLRScheduler", {"decay_rate": -0.5}
    for milestones in ([], [0], [1], [-4, 2], [12, 3, 7], [1, 1, 2]):
        yield "MultiStepLRScheduler", {"decay_t": milestones, "decay_rate": 0.5}
    for decay in (*DECAYS, "lambda u: 1 - u * u", "lambda u: 0.8 / (1 + u)", "quick"):
        yield "WSDLRScheduler", {"decay_fn": decay, "lr_min": 0.01}
        yield "WSDLRScheduler", {"decay_fn": decay, "stable_fn": "rsqrt", "warmup_t": 3}
    yield "WSDLRScheduler", {"stable_fn": "power", "stable_power": 2.0, "stable_timescale": 5.5, "lr_min": 0.04}
    wrong = ({"t_initial": 0}, {"decay_t": 0}, {"decay_t": 13}, {"lr_min": -1.0}, {"decay_ratio": 1.0})
    for arguments in (*wrong, {"decay_power": 0.0}, {"stable_power": 0.0}, {"stable_fn": "rsqrt"}):
        yield "WSDLRScheduler", arguments
    for arguments in ({"lr_min": 0.2}, {"decay_t": 12}, {"decay_t": 1}):
        yield "WSDLRScheduler", arguments
    for sched in NAMES:
        yield "create_scheduler_v2", {"sched": sched}
        yield "create_scheduler_v2", {"sched": sched, "num_epochs": 8, "warmup_epochs": 2, "decay_milestones": [3, 6]}
        counted = {"step_on_epochs": False, "updates_per_epoch": 2, "warmup_prefix": True}
        yield "create_scheduler_v2", {"sched": sched, "num_epochs": 8, "warmup_epochs": 2, **counted}
    yield "create_scheduler_v2", {"step_on_epochs": False}
    yield "create_scheduler_v2", {"cycle_mul": 2.0, "cycle_limit": 10_000}
    yield "create_scheduler_v2", {"sched": "wsd", "num_epochs": 4, "warmup_epochs": 4}
    yield "create_scheduler_v2", {"sched": "rsqrt", "num_epochs": 8, "stable_timescale": 2, "decay_epochs": 3.5}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(20, 60)
    in_epochs = rng.random() < 0.4
    epoch = rng.randint(1, 7) if in_epochs else 1
    span = -(-steps // epoch)
    lr = rng.choice([10 ** rng.uniform(-6, 1), 0.1])
    spec = {"steps": steps, "lr": lr, "steps_per_epoch": epoch}
    arguments = _factory(rng, span, in_epochs) if name == "create_scheduler_v2" else _draw(name, rng, span, in_epochs)
    for low in arguments.keys() & {"lr_min", "min_lr"}:
        arguments[low] *= 2 * lr  # far above the learning rate, rounding would be all there is to compare
    return {**spec, "schedule": {"use": f"timm.{name}", **_some(arguments, rng)}}


def _some(arguments: Spec, rng: random.Random) -> Spec:
    """All of the arguments that are needed, and most of the others."""
    needed = ("t_initial", "decay_t", "t_in_epochs", "step_on_epochs", "updates_per_epoch")
    return {key: value for key, value in arguments.items() if key in needed or rng.random() < 0.75}


def _draw(name: str, rng: random.Random, span: int, in_epochs: bool) -> Spec:
    some = rng.randint(1, span + 3)
    drawn: dict[str, Callable[[], Spec]] = {
        "CosineLRScheduler": lambda: {**_cycles(rng, span), "k_decay": _k(rng)},
        "TanhLRScheduler": lambda: {**_cycles(rng, span), "lb": rng.uniform(-9, 0), "ub": rng.uniform(0.1, 5)},
        "PolyLRScheduler": lambda: {
            **_cycles(rng, span),
            "k_decay": _k(rng),
            "power": rng.choice([0.5, 1.0, 2.0, 0.1, rng.uniform(0, 4)]),
        },
        "StepLRScheduler": lambda: {
            "decay_t": rng.choice([some, some, rng.uniform(0.2, span)]),
            "decay_rate": rng.choice([rng.random(), 0.1, 1.3]),
        },
        "MultiStepLRScheduler": lambda: {
            "decay_t": _shuffled_at_times(rng, rng.choices(range(span + 5), k=rng.randint(0, 6))),
            "decay_rate": rng.random(),
        },
        "WSDLRScheduler": lambda: _wsd(rng, some),
    }
    arguments = {**drawn[name](), "t_in_epochs": in_epochs, **_warmup(rng, span, "warmup_t", "warmup_lr_init")}
    if name == "WSDLRScheduler":
        arguments.pop("warmup_prefix", None)
    return {**arguments, "noise_pct": rng.random(), "noise_std": rng.random(), "noise_seed": rng.randint(0, 99)}


def _k(rng: random.Random) -> float:
    return rng.choice([1.0, 1.0, 2.0, 0.5, rng.uniform(0.05, 5)])


def _shuffled_at_times(rng: random.Random, milestones: list[int]) -> list[int]:
    return sorted(milestones) if rng.random() < 0.7 else milestones


def _warmup(rng: random.Random, span: int, length: str, start: str) -> Spec:
    if rng.random() < 0.3:
        return {}
    prefix = {"warmup_prefix": rng.random() < 0.5}
    return {length: rng.randint(0, max(span // 2, 2)), start: rng.choice([0.0, 1e-5, rng.random()]), **prefix}


def _cycles(rng: random.Random, span: int) -> Spec:
    mul = rng.choice([1.0, 1.0, 2.0, 3.0, 0.5, 1.5, rng.uniform(0.4, 4), rng.randint(5, 30) / 10])
    return {
        "t_initial": rng.choice([rng.randint(1, span + 3), rng.randint(1, 6)]),
        "lr_min": rng.choice([0.0, 1e-5, rng.random()]),
        "cycle_mul": mul,
        "cycle_decay": rng.choice([1.0, 0.5, rng.uniform(0, 1.3)]),
        "cycle_limit": rng.choice([1, 1, 2, 3, 100, rng.randint(0, 6)]),
    }


def _wsd(rng: random.Random, some: int) -> Spec:
    return {
        "t_initial": some,
        "decay_t": rng.randint(1, some),
        "lr_min": rng.choice([0.0, 1e-6, rng.random()]),
        "stable_fn": rng.choice(["constant", "rsqrt", "power"]),
        "stable_timescale": rng.uniform(0.1, 30),
        "stable_power": rng.uniform(0.05, 3),
        "decay_fn": rng.choice(DECAYS),
        "decay_power": rng.uniform(0.05, 4),
        "decay_ratio": rng.uniform(0.001, 0.999),
    }


def _factory(rng: random.Random, span: int, in_epochs: bool) -> Spec:
    updates = rng.randint(1, 5)
    total = rng.randint(2, max(span if in_epochs else span // updates, 2) + 3)
    counted = {} if in_epochs else {"step_on_epochs": False, "updates_per_epoch": updates}
    return {
        **_warmup(rng, total, "warmup_epochs", "warmup_lr"),
        **counted,
        "sched": rng.choice(NAMES),
        "num_epochs": total,
        "decay_epochs": rng.choice([rng.random(), rng.randint(1, total), rng.uniform(0.1, total)]),
        "decay_milestones": sorted(rng.choices(range(total + 2), k=rng.randint(0, 4))),
        "cooldown_epochs": rng.randint(0, 5),
        "patience_epochs": rng.randint(0, 5),
        "decay_rate": rng.uniform(0.05, 1.5),
        "min_lr": rng.choice([0.0, 1e-5, rng.random()]),
        "cycle_mul": rng.choice([1.0, 2.0, rng.uniform(0.5, 3)]),
        "cycle_decay": rng.random(),
        "cycle_limit": rng.choice([rng.randint(1, 5), 10_000]),
        "k_decay": _k(rng),
        "decay_fn": rng.choice(DECAYS),
        "stable_timescale": rng.uniform(0.1, 9),
        "plateau_mode": rng.choice(["min", "max"]),
    }


MODES = ("both", "optimizer", "scheduler", "none")


def resumable(plan: Spec, new: Spec, at: int) -> bool:
    """Whether there is a scheduler, and the update begins an epoch if epochs count."""
    schedules = plan["schedule"], new["schedule"]
    begins = at % plan.get("steps_per_epoch", 1) == 0
    same = len({each.get("sched", "cosine") for each in schedules}) == 1  # a state fits its own class only
    return same and all(
        each.get("sched") != "none" and (begins or not each.get("t_in_epochs", each.get("step_on_epochs", True)))
        for each in schedules
    )


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on, as timm's train.py restores them, or with the scheduler's state."""
    optimizer, scheduler = prepared(plan, None)
    epoch = plan.get("steps_per_epoch", 1)
    for update in range(at):
        advance(optimizer, scheduler, update + 1, epoch)
    states = copy.deepcopy((optimizer.state_dict(), scheduler.state_dict()))
    optimizer, scheduler = prepared(new, states[0] if mode in ("both", "optimizer") else None)
    if mode in ("both", "scheduler"):
        scheduler.load_state_dict(states[1])
    if at:  # train.py's start
        scheduler.step_update(at)
        scheduler.step(at // epoch)
    for update in range(at, new["steps"]):
        yield {"lr": optimizer.param_groups[0]["lr"]}
        advance(optimizer, scheduler, update + 1, epoch)


def prepared(spec: Spec, state: Any) -> tuple[Any, Any]:
    """An optimizer, its state loaded, then a scheduler on it."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))], lr=spec.get("lr", 0.1))
    if state is not None:
        optimizer.load_state_dict(state)
    return optimizer, build(dict(spec["schedule"]), optimizer)


def advance(optimizer: Any, scheduler: Any, updates: int, epoch: int) -> None:
    """One update, and what train.py tells the scheduler after it."""
    optimizer.step()
    if scheduler is not None:
        scheduler.step_update(num_updates=updates)
        if updates % epoch == 0:
            scheduler.step(updates // epoch)
