"""Stable-Baselines3's schedules: its own classes and its own statement for the progress, without the rest of it."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from importlib.metadata import files
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

DISTRIBUTION = "stable_baselines3"
Spec = dict[str, Any]


def _loaded(name: str, *wanted: str) -> dict[str, Any]:
    """Classes and functions of a file, also those within classes."""
    path = next(each for each in files(DISTRIBUTION) if each.match(f"stable_baselines3/common/{name}.py")).locate()
    names: dict[str, Any] = {}
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in wanted:
            exec(compile(ast.Module([node], []), node.name, "exec"), names)
    return names


SCHEDULES = _loaded("utils", "LinearSchedule", "ConstantSchedule")
UPDATE = _loaded("base_class", "_update_current_progress_remaining")["_update_current_progress_remaining"]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The learning rate after each rollout."""
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    rollout = arguments.pop("rollout_timesteps", 1)
    total = arguments.pop("total_timesteps", None) or spec["steps"] * rollout
    schedule, algorithm = SCHEDULES[name](**arguments), SimpleNamespace()
    for number in count(1):
        UPDATE(algorithm, number * rollout, total)
        yield {"lr": float(schedule(algorithm._current_progress_remaining))}


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    yield _of("LinearSchedule", start=0.1, end=0.01, end_fraction=1.0, total_timesteps=20)
    yield _of("ConstantSchedule", val=0.1)
    for fraction in (1.0, 0.5, 0.33, 1.5, 0.0, 0.01):
        for start, end in ((0.1, 0.0), (0.1, 0.01), (0.01, 0.1), (0.1, 0.1)):
            yield _of("LinearSchedule", start=start, end=end, end_fraction=fraction)
    for total in (1, 7, 2048 * 10 - 5, 2048 * 20, 2048 * 50):
        yield _of("LinearSchedule", start=0.1, end=0.0, end_fraction=1.0, total_timesteps=total, rollout_timesteps=2048)


def _of(name: str, **arguments: Any) -> Spec:
    return {"steps": 20, "schedule": {"use": f"sb3.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    rate = 10 ** rng.uniform(-6, 1)
    steps = rng.randint(1, 60)
    arguments: dict[str, Any] = {"val": rate}
    if name == "LinearSchedule":
        arguments = {"start": rate, "end": rng.choice([0.0, rng.uniform(0, 2) * rate])}
        arguments["end_fraction"] = rng.choice([1.0, rng.uniform(0.1, 1.5)])
        rollout = rng.choice([1, 128, 2048])
        total = rng.randint(1, 80) * rollout + rng.randint(0, rollout)
        arguments |= rng.choice([{}, {"rollout_timesteps": rollout, "total_timesteps": total}])
    return {"steps": steps, "schedule": {"use": f"sb3.{name}", **arguments}}
