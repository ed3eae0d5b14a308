"""T5X's schedule: its own function, computed by numpy in float64 in place of jax.numpy.

T5X is installed from its repository.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from importlib.metadata import files
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

DISTRIBUTION = "t5x"
Spec = dict[str, Any]


class Numpy:
    """numpy under the name of jax.numpy, with float64 in place of float32."""

    float32 = np.float64

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def _loaded() -> Any:
    """The function, without the rest of its module."""
    path = next(each for each in files(DISTRIBUTION) if each.match("t5x/utils.py")).locate()
    names = {"jnp": Numpy(), "LearningRateCallable": Any}
    for node in ast.parse(Path(path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "create_learning_rate_scheduler":
            exec(compile(ast.Module([node], []), node.name, "exec"), names)
    return names["create_learning_rate_scheduler"]


CREATE = _loaded()
FACTORS = (
    *("constant", "linear_warmup", "linear_decay", "rsqrt_decay"),
    *("rsqrt_normalized_decay", "decay_every", "cosine_decay"),
)


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The learning rate at each step of the train state."""
    arguments = {name: value for name, value in spec["schedule"].items() if name != "use"}
    function = CREATE(**arguments)
    for step in count():
        yield {"lr": float(function(np.int64(step)))}


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    yield _of()
    yield _of(warmup_steps=5)
    short = {"warmup_steps": 5, "steps_per_decay": 3, "steps_per_cycle": 8}
    for factors in (
        *FACTORS,
        "constant * linear_warmup",
        "constant*linear_warmup*rsqrt_normalized_decay",
        "constant * linear_warmup * cosine_decay",
        "constant * decay_every",
        "constant * linear_warmup * decay_every",
        "constant * rsqrt_decay * decay_every * cosine_decay",
        "constant * rsqrt_decay * rsqrt_decay",
        "linear_decay * linear_decay",
    ):
        yield _of(factors=factors, **short)
        yield _of(factors=factors, **short, decay_factor=0.1, base_learning_rate=0.01)
        yield _of(factors=factors, **short, decay_factor=1.5)
        yield _of(factors=factors, **short, decay_factor=-0.5, min_learning_rate=-1.0)
        for offset in (4, -2, -9, 30):
            yield _of(factors=factors, **short, step_offset=offset)
    yield _of(factors="constant", warmup_steps=0)
    yield _of(factors="constant * cosine_decay", warmup_steps=0, steps_per_cycle=10)
    yield _of(factors="constant * min")


def _of(**arguments: Any) -> Spec:
    return {"steps": 20, "schedule": {"use": "t5x.create_learning_rate_scheduler", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    arguments = {
        "factors": " * ".join(rng.choice(FACTORS) for _ in range(rng.randint(1, 4))),
        "base_learning_rate": 10 ** rng.uniform(-6, 1),
        "warmup_steps": rng.randint(1, 40),
        "decay_factor": rng.uniform(0, 1),
        "steps_per_decay": rng.randint(1, 20),
        "steps_per_cycle": rng.randint(1, 40),
        "step_offset": rng.choice([0, 0, rng.randint(-20, 20)]),
    }
    return {**_of(**arguments), "steps": rng.randint(1, 60)}
