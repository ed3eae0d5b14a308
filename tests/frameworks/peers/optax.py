"""optax's own schedules, called with the optimizer's count, in float64 and not compiled."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import jax
import jax.numpy as jnp
import optax

jax.config.update("jax_enable_x64", True)

DISTRIBUTION = "optax"
Spec = dict[str, Any]


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The schedule's value at each count."""
    schedule = build(spec["schedule"])
    for step in count():
        yield {"lr": float(schedule(jnp.asarray(step, dtype=jnp.int64)))}


def build(arguments: Spec) -> optax.Schedule:
    """The schedule that a spec names, with those inside it."""
    arguments = dict(arguments)
    name = arguments.pop("use").rpartition(".")[2]
    if "schedules" in arguments:
        arguments["schedules"] = [build(each) for each in arguments["schedules"]]
    if arguments.get("boundaries_and_scales"):
        arguments["boundaries_and_scales"] = {int(key): v for key, v in arguments["boundaries_and_scales"].items()}
    return getattr(optax.schedules, name)(**arguments)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for name, arguments in _edges():
        yield {"steps": 14, "schedule": {"use": f"optax.{name}", **arguments}}


def _edges() -> Iterator[tuple[str, Spec]]:
    yield "constant_schedule", {"value": 0.1}
    way = {"init_value": 0.1, "end_value": 0.01}
    for steps, begin in ((0, 0), (-2, 3), (1, 0), (8, 0), (8, 4), (8, -4), (14, 0), (30, 10)):
        times = {"transition_steps": steps, "transition_begin": begin}
        yield "linear_schedule", {**way, **times}
        yield "polynomial_schedule", {**way, **times, "power": 0.5}
        yield "exponential_decay", {"init_value": 0.1, "decay_rate": 0.5, **times}
    yield "linear_schedule", {"init_value": 1e-8, "end_value": 1.0, "transition_steps": 10**6, "transition_begin": 3}
    for power in (2.0, 0.0):
        yield "polynomial_schedule", {**way, "power": power, "transition_steps": 6}
    yield "polynomial_schedule", {**way, "power": -1.0, "transition_steps": 40}
    yield from (("exponential_decay", each) for each in _exponential())
    for more in ({}, {"alpha": 0.1}, {"exponent": 2.0, "alpha": 1.5}, {"exponent": 0.5}, {"exponent": 0.0}):
        yield "cosine_decay_schedule", {"init_value": 0.1, "decay_steps": 9, **more}
    for steps in (1, 14, 40, 0, -1):
        yield "cosine_decay_schedule", {"init_value": 0.1, "decay_steps": steps}
    yield "cosine_decay_schedule", {"init_value": 0.1, "decay_steps": 40, "exponent": -1.0}
    yield from _piecewise()
    yield from _cycles()
    yield from _warmups()
    yield from (("join_schedules", each) for each in _joins())


def _exponential() -> Iterator[Spec]:
    base = {"init_value": 0.1, "transition_steps": 4}
    for rate in (0.0, 0.5, 1.0, 1.5):
        yield {**base, "decay_rate": rate, "end_value": 0.06, "transition_begin": 2}
        yield {**base, "decay_rate": rate, "end_value": 0.2, "staircase": True}
    yield {**base, "decay_rate": -0.5, "staircase": True}


def _piecewise() -> Iterator[tuple[str, Spec]]:
    tables: list[Spec | None] = [None, {}, {"4": 0.5, "9": 0.1}, {"9": 0.1, "4": 2.0}, {"0": 0.5, "6": 0.0, "8": 3.0}]
    tables += [{"-3": 0.5, "6": 0.1}, {"-5": 3.0, "-2": 0.5}, {"1": 2.0, "50": 1e6}, {"4": -0.1}]
    for table in tables:
        arguments = {"init_value": 0.1, **({} if table is None else {"boundaries_and_scales": table})}
        yield "piecewise_constant_schedule", arguments
        for shape in ("linear", "cosine"):
            yield "piecewise_interpolate_schedule", {"interpolate_type": shape, **arguments}


def _cycles() -> Iterator[tuple[str, Spec]]:
    for name in ("linear_onecycle_schedule", "cosine_onecycle_schedule"):
        base = {"transition_steps": 10, "peak_value": 0.1}
        for pct in (0.3, 0.0, 0.09, 0.85, 1.0, 1.3, -0.2):
            yield name, {**base, "pct_start": pct}
        for more in ({"transition_steps": 0}, {"div_factor": 0.0}, {"final_div_factor": 0.0}, {"div_factor": -2.0}):
            yield name, {**base, **more}
        yield name, {**base, "final_div_factor": -2.0}
        yield name, {"transition_steps": 2000, "peak_value": 1.0, "div_factor": 1e6, "pct_start": 0.5}
        yield name, {"transition_steps": 1, "peak_value": 0.1}
    yield "linear_onecycle_schedule", {"transition_steps": 10, "peak_value": 0.1, "pct_start": 0.6, "pct_final": 0.3}


def _warmups() -> Iterator[tuple[str, Spec]]:
    base = {"init_value": 0.01, "peak_value": 0.1}
    cosine = {**base, "decay_steps": 11}
    for warmup in (0, 1, 5, -2, 11):
        yield "warmup_constant_schedule", {**base, "warmup_steps": warmup}
        yield "warmup_cosine_decay_schedule", {**cosine, "warmup_steps": warmup, "end_value": 0.02}
        yield (
            "warmup_exponential_decay_schedule",
            {**base, "warmup_steps": warmup, "transition_steps": 3, "decay_rate": 0.5, "transition_begin": 2},
        )
    yield "warmup_cosine_decay_schedule", {**cosine, "warmup_steps": 3, "peak_value": 0.0, "end_value": 0.1}
    yield "warmup_cosine_decay_schedule", {**cosine, "warmup_steps": 3, "exponent": 0.5}
    cycles = [{**cosine, "warmup_steps": 2, "decay_steps": steps} for steps in (4, 6)]
    yield "sgdr_schedule", {"cosine_kwargs": cycles}
    yield "sgdr_schedule", {"cosine_kwargs": cycles[:1]}
    yield "sgdr_schedule", {"cosine_kwargs": [{**cycles[0], "decay_steps": -1, "warmup_steps": -4}, *cycles]}
    yield "sgdr_schedule", {"cosine_kwargs": [{**cycles[0], "decay_steps": 2}]}
    yield "sgdr_schedule", {"cosine_kwargs": []}


def _joins() -> Iterator[Spec]:
    line = {"use": "optax.linear_schedule", "init_value": 0.0, "end_value": 0.1, "transition_steps": 4}
    cosine = {"use": "optax.cosine_decay_schedule", "init_value": 0.2, "decay_steps": 6}
    flat = {"use": "optax.constant_schedule", "value": 0.05}
    for boundaries in ([3, 8], [8, 3], [5, 5], [0, 4], [-2, 4], [-2, -1], [4], [], [4, 8, 12], [4, 30]):
        yield {"schedules": [line, cosine, flat], "boundaries": boundaries}
    nested = {"use": "optax.join_schedules", "schedules": [line, flat], "boundaries": [3]}
    yield {"schedules": [nested, cosine], "boundaries": [6]}
    yield {"schedules": [flat, nested, nested], "boundaries": [2, 7]}
    wrong = {**cosine, "decay_steps": 0}
    yield {"schedules": [line, wrong], "boundaries": [40]}
    yield {"schedules": [line, wrong], "boundaries": []}
    yield {"schedules": [line], "boundaries": []}
    yield {"schedules": [], "boundaries": []}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 40)
    return {"steps": steps, "schedule": _draw(name, rng, steps, 2)}


def _draw(name: str, rng: random.Random, steps: int, depth: int) -> Spec:
    some, begin = _length(rng, steps), rng.choice([0, rng.randint(-3, steps)])
    low, high = sorted(10 ** rng.uniform(-5, 1) for _ in range(2))
    ends = {"init_value": rng.choice([0.0, low]), "peak_value": high}
    decay = {
        "transition_steps": some,
        "decay_rate": rng.choice([rng.random(), rng.uniform(0.9, 1.2)]),
        "transition_begin": begin,
        "staircase": rng.random() < 0.5,
        **rng.choice([{}, {"end_value": rng.uniform(0, high)}]),
    }
    one = {
        "transition_steps": some,
        "peak_value": high,
        "pct_start": rng.random(),
        "div_factor": 10 ** rng.uniform(0, 4),
        "final_div_factor": 10 ** rng.uniform(0, 6),
    }
    drawn: dict[str, Callable[[], Spec]] = {
        "constant_schedule": lambda: {"value": high},
        "linear_schedule": lambda: _way(rng, low, high, some, begin),
        "polynomial_schedule": lambda: {**_way(rng, low, high, some, begin), "power": _power(rng)},
        "exponential_decay": lambda: {"init_value": high, **decay},
        "cosine_decay_schedule": lambda: {
            "init_value": high,
            "decay_steps": some,
            "alpha": rng.choice([0.0, rng.random()]),
            "exponent": _power(rng),
        },
        "piecewise_constant_schedule": lambda: _table(rng, high, steps),
        "piecewise_interpolate_schedule": lambda: {
            "interpolate_type": rng.choice(["linear", "cosine"]),
            **_table(rng, high, steps),
        },
        "linear_onecycle_schedule": lambda: {**one, "pct_final": rng.choice([0.85, rng.random()])},
        "cosine_onecycle_schedule": lambda: one,
        "warmup_constant_schedule": lambda: {**ends, "warmup_steps": some},
        "warmup_cosine_decay_schedule": lambda: _warmup_cosine(rng, steps),
        "warmup_exponential_decay_schedule": lambda: {**ends, "warmup_steps": rng.randint(0, steps), **decay},
        "sgdr_schedule": lambda: {
            "cosine_kwargs": [_warmup_cosine(rng, steps // 3 + 1) for _ in range(rng.randint(1, 4))]
        },
        "join_schedules": lambda: _join(rng, steps, depth),
    }
    return {"use": f"optax.{name}", **drawn[name]()}


def _length(rng: random.Random, steps: int) -> int:
    return rng.choice([rng.randint(1, steps + 5), rng.randint(1, 5), rng.randint(1, 10**4)])


def _power(rng: random.Random) -> float:
    return rng.choice([1.0, 2.0, 0.5, 0.9, 3.5, rng.uniform(0, 2)])


def _way(rng: random.Random, low: float, high: float, steps: int, begin: int) -> Spec:
    first, last = rng.choice([(low, high), (high, low), (high, 0.0), (0.0, high)])
    return {"init_value": first, "end_value": last, "transition_steps": steps, "transition_begin": begin}


def _table(rng: random.Random, high: float, steps: int) -> Spec:
    edges = rng.sample(range(steps + 5), rng.randint(0, 5))
    scales = {str(edge): rng.choice([rng.random(), rng.uniform(1, 3)]) for edge in edges}
    return {"init_value": high, "boundaries_and_scales": scales}


def _warmup_cosine(rng: random.Random, steps: int) -> Spec:
    warmup = rng.choice([0, rng.randint(0, steps)])
    return {
        "init_value": rng.choice([0.0, rng.random()]),
        "peak_value": rng.uniform(0.01, 2),
        "warmup_steps": warmup,
        "decay_steps": warmup + _length(rng, steps),
        **rng.choice([{}, {"end_value": rng.random()}]),
        **rng.choice([{}, {"exponent": _power(rng)}]),
    }


LEAVES = ("constant_schedule", "linear_schedule", "exponential_decay", "cosine_decay_schedule", "sgdr_schedule")
INNER = (*LEAVES, "polynomial_schedule", "warmup_cosine_decay_schedule", "cosine_onecycle_schedule")


def _join(rng: random.Random, steps: int, depth: int) -> Spec:
    names = [*INNER, *(["join_schedules"] * 3 if depth > 1 else [])]
    children = [_draw(rng.choice(names), rng, steps, depth - 1) for _ in range(rng.randint(1, 4))]
    boundaries = rng.choice([sorted, list])(rng.choices(range(-2, steps + 5), k=len(children) - 1))
    return {"schedules": children, "boundaries": boundaries}


MODES = ("both", "none")


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The schedule's values from update `at` on: the count is in the transformation's state."""
    transformation = optax.scale_by_schedule(build(plan["schedule"]))
    parameters = jnp.zeros(1)
    state = transformation.init(parameters)
    for _ in range(at):
        _, state = transformation.update(parameters, state)
    if mode == "none":
        state = transformation.init(parameters)
    schedule = build(new["schedule"])  # read in float64, with the count of the state
    transformation = optax.scale_by_schedule(schedule)
    while True:
        yield {"lr": float(schedule(jnp.asarray(state.count, dtype=jnp.int64)))}
        _, state = transformation.update(parameters, state)
