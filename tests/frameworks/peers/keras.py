"""Keras's own schedules, as the learning rate of an SGD optimizer, in float64.

All numbers are given as floats: Keras computes in integers where the initial learning rate is one.
Decay steps have fractions of eighths only: its minimum of two float64 numbers is a float32 one.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras  # after its backend is chosen

keras.config.set_floatx("float64")

DISTRIBUTION = "keras"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    schedule = getattr(keras.optimizers.schedules, name)(**{key: _floats(each) for key, each in arguments.items()})
    optimizer = keras.optimizers.SGD(learning_rate=schedule)
    variable = keras.Variable([0.0])
    optimizer.build([variable])
    while True:
        yield {"lr": float(optimizer.learning_rate)}
        optimizer.apply([keras.ops.array([0.0])])


def _floats(value: Any) -> Any:
    if isinstance(value, list):
        return [_floats(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for name, arguments in _edges():
        yield {"steps": 20, "schedule": {"use": f"keras.{name}", **arguments}}
    # Past the sixth cycle, whose beginning a logarithm rounded to float64 would miss.
    late = {"use": "keras.CosineDecayRestarts", "initial_learning_rate": 0.1, "first_decay_steps": 1, "t_mul": 3.0}
    yield {"steps": 110, "schedule": late}


def _edges() -> Iterator[tuple[str, Spec]]:
    for name in ("ExponentialDecay", "InverseTimeDecay"):
        base = {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}
        for more in ({}, {"staircase": True}, {"decay_rate": 0.0}, {"decay_rate": 1.5, "decay_steps": 2.5}):
            yield name, {**base, **more}
        yield name, {**base, "decay_steps": 1, "staircase": True, "name": "mine"}
        yield name, {**base, "decay_steps": 40}
        yield name, {**base, "decay_steps": 0}
        yield name, {**base, "decay_steps": -3}
    yield "ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": -0.5, "staircase": True}
    yield "InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": -0.7}
    yield from (("PiecewiseConstantDecay", each) for each in _piecewise())
    yield from (("PolynomialDecay", each) for each in _polynomial())
    yield from (("CosineDecay", each) for each in _cosine())
    yield from (("CosineDecayRestarts", each) for each in _restarts())


def _piecewise() -> Iterator[Spec]:
    for boundaries in ([4, 9], [9, 4], [4, 4], [0, 1], [-2, 6], [2.7, 7.9], [19, 50]):
        yield {"boundaries": boundaries, "values": [1.0, 0.5, 0.25]}
    yield {"boundaries": [6], "values": [0.1, 0.01]}
    yield {"boundaries": [3, 8, 5, 12], "values": [1.0, 0.8, 0.6, 0.4, 0.2]}
    yield {"boundaries": [], "values": [0.1]}
    yield {"boundaries": [6], "values": [0.1]}


def _polynomial() -> Iterator[Spec]:
    for steps in (1, 7, 20, 30, 6.5):
        for cycle in (False, True):
            for power in (1.0, 0.5, 2.0):
                yield {"initial_learning_rate": 0.1, "decay_steps": steps, "cycle": cycle, "power": power}
    base = {"initial_learning_rate": 0.1, "decay_steps": 5}
    yield {**base, "initial_learning_rate": 1e-5}
    yield {**base, "end_learning_rate": 0.2, "cycle": True}
    yield {**base, "power": 0.0}
    yield {**base, "decay_steps": 40, "power": -1.0}
    yield {**base, "decay_steps": 0}


def _cosine() -> Iterator[Spec]:
    base = {"initial_learning_rate": 0.1, "decay_steps": 9}
    for more in ({}, {"alpha": 0.1}, {"alpha": 1.5}, {"decay_steps": 1}, {"decay_steps": 50}, {"decay_steps": 7.25}):
        yield {**base, **more}
    for warmup in (0, 1, 5, 20, 30, 2.5, -2, -20):
        yield {**base, "initial_learning_rate": 0.01, "warmup_target": 0.2, "warmup_steps": warmup, "alpha": 0.05}
    yield {**base, "warmup_steps": 5}
    yield {**base, "warmup_target": 0.0, "warmup_steps": 5}
    yield {**base, "decay_steps": 3.625, "warmup_target": 0.5, "warmup_steps": 2.75}
    yield {**base, "decay_steps": 0}


def _restarts() -> Iterator[Spec]:
    base = {"initial_learning_rate": 0.1, "first_decay_steps": 3}
    for t_mul in (1.0, 1.5, 2.0, 3.0, 1.01):
        for more in ({}, {"m_mul": 0.7, "alpha": 0.1}):
            yield {**base, "t_mul": t_mul, **more}
    yield {**base, "first_decay_steps": 1, "t_mul": 1.0}
    yield {**base, "first_decay_steps": 50}
    yield {**base, "first_decay_steps": 2.5, "t_mul": 1.0, "m_mul": -0.9}
    yield {**base, "first_decay_steps": 20, "t_mul": 0.5}
    yield {**base, "first_decay_steps": 50, "t_mul": 0.0}
    yield {**base, "m_mul": 0.0}
    yield {**base, "first_decay_steps": 0}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 45)
    initial = rng.choice([rng.uniform(1e-4, 1), 10 ** rng.uniform(-6, 1)])
    some = rng.choice(
        [rng.randint(1, steps + 5), rng.randint(1, 5), rng.randint(4, 8 * steps) / 8, rng.randint(1, 10**4)]
    )
    count = rng.randint(1, 5)
    drawn: dict[str, Callable[[], Spec]] = {
        "ExponentialDecay": lambda: {
            "initial_learning_rate": initial,
            "decay_steps": some,
            "decay_rate": rng.choice([rng.random(), rng.uniform(0.9, 1.2)]),
            "staircase": rng.random() < 0.5,
        },
        "InverseTimeDecay": lambda: {
            "initial_learning_rate": initial,
            "decay_steps": some,
            "decay_rate": rng.choice([rng.random(), rng.uniform(1, 20)]),
            "staircase": rng.random() < 0.5,
        },
        "PiecewiseConstantDecay": lambda: {
            "boundaries": rng.choice([sorted, list])(rng.choices(range(steps + 5), k=count)),
            "values": [rng.uniform(0, 1) for _ in range(count + 1)],
        },
        "PolynomialDecay": lambda: {
            "initial_learning_rate": initial,
            "decay_steps": some,
            "end_learning_rate": rng.choice([0.0, 1e-4, rng.uniform(0, 0.5)]),
            "power": rng.choice([1.0, 2.0, 0.5, 0.9, 3.5, rng.uniform(0, 2)]),
            "cycle": rng.random() < 0.5,
        },
        "CosineDecay": lambda: {
            "initial_learning_rate": initial,
            "decay_steps": some,
            "alpha": rng.choice([0.0, rng.random()]),
            **rng.choice([{}, {"warmup_target": rng.uniform(0, 2)}]),
            **rng.choice(
                [{}, {"warmup_steps": rng.randint(0, steps + 5)}, {"warmup_steps": rng.randint(0, 8 * steps) / 8}]
            ),
        },
        "CosineDecayRestarts": lambda: {
            "initial_learning_rate": initial,
            "first_decay_steps": rng.choice([some, rng.uniform(0.3, steps)]),
            "t_mul": rng.choice([1.0, 2.0, 3.0, 1.5, rng.uniform(1, 3)]),
            "m_mul": rng.choice([1.0, 0.5, rng.uniform(0.2, 1.2)]),
            "alpha": rng.choice([0.0, rng.random()]),
        },
    }
    return {"steps": steps, "schedule": {"use": f"keras.{name}", **drawn[name]()}}


MODES = ("both", "none")


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on: the optimizer's variables are restored, or not."""
    optimizer = prepared(plan)
    for _ in range(at):
        optimizer.apply([keras.ops.array([0.0])])
    state: dict[str, Any] = {}
    optimizer.save_own_variables(state)
    optimizer = prepared(new)
    if mode == "both":
        optimizer.load_own_variables({key: keras.ops.convert_to_numpy(value) for key, value in state.items()})
    while True:
        yield {"lr": float(optimizer.learning_rate)}
        optimizer.apply([keras.ops.array([0.0])])


def prepared(spec: Spec) -> Any:
    """An optimizer with the schedule as its learning rate."""
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    schedule = getattr(keras.optimizers.schedules, name)(**{key: _floats(each) for key, each in arguments.items()})
    optimizer = keras.optimizers.SGD(learning_rate=schedule)
    optimizer.build([keras.Variable([0.0])])
    return optimizer
