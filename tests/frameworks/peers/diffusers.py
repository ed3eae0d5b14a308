"""diffusers' own schedules, stepped beside an SGD optimizer."""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from frameworks import states
from frameworks.peers.transformers import GROUPS, built, draw_cycles, draw_polynomial, draw_steps, rates

DISTRIBUTION = "diffusers"
Spec = dict[str, Any]


def _optimization() -> ModuleType:
    """diffusers/optimization.py, without the rest of the package and all that it needs."""
    package, utils = ModuleType("diffusers"), ModuleType("diffusers.utils")
    found = find_spec("diffusers")
    assert found is not None
    package.__path__ = list(found.submodule_search_locations or [])
    utils.logging = ModuleType("diffusers.utils.logging")  # type: ignore[attr-defined]
    utils.logging.get_logger = logging.getLogger  # type: ignore[attr-defined]
    sys.modules |= {"diffusers": package, "diffusers.utils": utils}
    module = import_module("diffusers.optimization")
    del sys.modules["diffusers"], sys.modules["diffusers.utils"]
    return module


optimization = _optimization()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    arguments = dict(spec["schedule"])
    function = getattr(optimization, arguments.pop("use").rpartition(".")[2])
    optimizer = built(spec, spec["lr"])
    return rates(optimizer, function(optimizer=optimizer, **arguments))


LINEAR = "get_linear_schedule_with_warmup"
COSINE = "get_cosine_schedule_with_warmup"
RESTARTS = "get_cosine_with_hard_restarts_schedule_with_warmup"
POLYNOMIAL = "get_polynomial_decay_schedule_with_warmup"
PIECEWISE = "get_piecewise_constant_schedule"
PAIRS = ((0, 12), (1, 12), (4, 12), (4, 20), (12, 12), (14, 12), (0, 1), (0, 0))  # warmup, whole
RULES = (
    *("1:5,0.1:9,0.02", "0.5", "1:9,0.1:5,0.02", "1:5,2:5,0.5", "1:0,0.3:4,2", "1:-3,0.3", " 1 : 4 , 1e-1"),
    *("1:5,0.1:9", "1:2.5,0.1", "1,0.5", "1:2:3,1", "", "1:5,"),
)
NAMES = ("linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup")


def extra() -> Iterator[Spec]:
    """Schedules of several parameter groups, each with a learning rate of its own."""
    steps = {"num_warmup_steps": 3, "num_training_steps": 14}
    for use, given in (
        (POLYNOMIAL, {**steps, "lr_end": 0.01}),
        (LINEAR, {**steps, "f_min": 0.1}),
        (PIECEWISE, {"step_rules": RULES[0]}),
        ("get_scheduler", {"name": "polynomial", **steps, "power": 2}),
    ):
        yield {"steps": 16, "lr": 0.1, "schedule": {"use": f"diffusers.{use}", **given}, "groups": GROUPS}


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for use, arguments in _edges():
        yield {"steps": 16, "lr": 0.1, "schedule": {"use": f"diffusers.{use}", **arguments}}
    yield {"steps": 9, "lr": 0.0, "schedule": {"use": f"diffusers.{LINEAR}", **_steps(3, 7), "f_max": 2}}


def _steps(warmup: int, total: int) -> Spec:
    return {"num_warmup_steps": warmup, "num_training_steps": total}


def _edges() -> Iterator[tuple[str, Spec]]:
    for warmup, total in PAIRS:
        pair = _steps(warmup, total)
        yield LINEAR, {**pair, "f_min": 0.1, "f_max": 0.8}
        yield COSINE, pair
        yield RESTARTS, {**pair, "num_cycles": 3}
        yield POLYNOMIAL, {**pair, "lr_end": 0.01, "power": 2}
    pair = _steps(4, 14)
    for low, high in ((0, 1), (1, 1), (1, 0), (0, 0), (-0.5, 2)):
        yield LINEAR, {**pair, "f_min": low, "f_max": high}
    for rules in RULES:
        yield PIECEWISE, {"step_rules": rules}
    for power in (0, 0.5, -1):
        yield POLYNOMIAL, {**pair, "power": power}
    yield POLYNOMIAL, {**pair, "lr_end": 0.2}
    yield COSINE, {**pair, "num_cycles": 1.5}
    yield "get_constant_schedule", {}
    for warmup in (0, 1, 20):
        yield "get_constant_schedule_with_warmup", {"num_warmup_steps": warmup}
    for name in (*NAMES, "piecewise_constant"):
        yield "get_scheduler", {"name": name, **pair, "num_cycles": 3, "power": 2.0, "step_rules": "1:3,0.5"}
        yield "get_scheduler", {"name": name}
    yield "get_scheduler", {"name": "constant_with_warmup", "num_warmup_steps": 3}
    yield "get_scheduler", {"name": "linear", "num_warmup_steps": 3}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps, rate = rng.randint(2, 40), 10 ** rng.uniform(-5, 0.5)
    return {"steps": steps, "lr": rate, "schedule": {"use": f"diffusers.{name}", **_draw(name, rng, steps, rate)}}


def _draw(name: str, rng: random.Random, steps: int, rate: float) -> Spec:
    pair = draw_steps(rng, steps)
    shares = {"f_min": rng.choice([0, rng.random(), rng.uniform(-1, 2)]), "f_max": rng.choice([1, rng.uniform(-1, 3)])}
    drawn: dict[str, Callable[[], Spec]] = {
        "get_constant_schedule": dict,
        "get_constant_schedule_with_warmup": lambda: {"num_warmup_steps": rng.randint(0, steps + 5)},
        LINEAR: lambda: {**pair, **rng.choice([{}, shares, shares])},
        COSINE: lambda: {**pair, **rng.choice([{}, {"num_cycles": draw_cycles(rng)}])},
        RESTARTS: lambda: {**pair, "num_cycles": draw_cycles(rng)},
        POLYNOMIAL: lambda: {**pair, **draw_polynomial(rng, rate)},
        PIECEWISE: lambda: {"step_rules": _rules(rng, steps)},
        "get_scheduler": lambda: {
            "name": rng.choice([*NAMES, "piecewise_constant"]),
            **pair,
            "step_rules": _rules(rng, steps),
            **rng.choice([{}, {"num_cycles": draw_cycles(rng)}]),
            **rng.choice([{}, {"power": rng.uniform(-1, 4)}]),
        },
    }
    return drawn[name]() | rng.choice([{}, {"last_epoch": -1}])


def _rules(rng: random.Random, steps: int) -> str:
    shares = [f"{rng.uniform(0, 2):.3g}:{rng.randint(0, steps + 5)}" for _ in range(rng.randint(0, 6))]
    return ",".join([*shares, f"{rng.random():.3g}"])


MODES = (*states.MODES, "last_epoch")


def modes(name: str) -> tuple[str, ...]:
    """The ways to restore a schedule."""
    return states.MODES if name == "get_scheduler" else MODES


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on."""
    return map(states.rates, states.follow(prepared, plan, new, at, mode))


def prepared(spec: Spec, load: Callable[[Any], None], **more: Any) -> tuple[Any, Any]:
    """An optimizer and a schedule on it."""
    arguments = {key: value for key, value in spec["schedule"].items() if key != "use"}
    optimizer = built(spec, spec["lr"])
    load(optimizer)
    function = getattr(optimization, spec["schedule"]["use"].rpartition(".")[2])
    return optimizer, function(optimizer=optimizer, **{**arguments, **more})
