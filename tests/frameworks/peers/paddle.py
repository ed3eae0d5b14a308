"""paddle's own schedulers, read through an SGD optimizer that holds them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import paddle
from paddle.optimizer import lr

DISTRIBUTION = "paddlepaddle"
Spec = dict[str, Any]

NAMES = {"cos": math.cos, "exp": math.exp, "sqrt": math.sqrt, "pi": math.pi, "min": min, "max": max}
FLOATS = ("phase_pct", "exp_gamma")  # paddle takes no int here; a spec's numbers are not of a type


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    arguments = dict(spec["schedule"])
    metrics = arguments.pop("metrics", None)
    scheduler = build(arguments)
    weight = paddle.create_parameter([1], "float32")
    optimizer = paddle.optimizer.SGD(learning_rate=scheduler, parameters=[weight])
    step = 0
    while metrics is None or step <= len(metrics):
        yield {"lr": optimizer.get_lr()}
        if metrics is None:
            scheduler.step()
        elif step < len(metrics):
            scheduler.step(metrics[step])
        step += 1
    raise RuntimeError("no more metrics")


def build(schedule: Spec) -> Any:
    """The scheduler that a spec's schedule names, with the one inside it."""
    arguments = dict(schedule)
    name = arguments.pop("use").rpartition(".")[2]
    for key, value in arguments.items():
        if key in FLOATS:
            arguments[key] = float(value)
        elif key in ("lr_lambda", "scale_fn"):
            arguments[key] = callable_of(value)
        elif isinstance(value, dict):
            arguments[key] = build(value)
    return getattr(lr, name)(**arguments)


def callable_of(text: str) -> Callable[[float], float]:
    """A function of one argument."""
    code = compile(text, text, "eval")
    return lambda x: eval(code, {"__builtins__": {}}, {**NAMES, "epoch": x, "step": x, "x": x})


LAMBDAS = ("0.95 ** epoch", "1 / (1 + 0.1 * epoch)", "min(1, (epoch + 1) / 10)", "0.5 * (1 + cos(pi * epoch / 20))")
FACTORS = ("0.95", "0.9 if epoch < 10 else 1.02", "1 - 1 / (epoch + 2)")
SCALES = ("1 / x", "0.9 ** (x - 1)", "1")
FALLING = [3.0, 2.0, 1.5, 1.5, 1.49999, 1.6, 1.5, 1.5, 1.5, 1.4, 1.4, 1.4, 1.4, -1.0, -1.0, -1.0, -1.0, -1.0]


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for each in (*_decays(), *_cycles(), *_plateaus(), *_warmups()):
        name, steps = each.pop("name"), each.pop("steps", 20)
        yield {"steps": steps, "schedule": {"use": f"paddle.{name}", **each}}


def _decays() -> Iterator[Spec]:
    for warmup in (0, 1, 8, 20, 40):
        yield {"name": "NoamDecay", "d_model": 64, "warmup_steps": warmup}
    yield {"name": "NoamDecay", "d_model": 0, "warmup_steps": 4}
    yield {"name": "NoamDecay", "d_model": 64, "warmup_steps": 4, "learning_rate": -1.0}
    for boundaries in ([3, 6, 9], [9, 3, 12], [0, 5], [-4, 5], [5, 5], [40]):
        yield {"name": "PiecewiseDecay", "boundaries": boundaries, "values": [0.1, 0.2, 0.3, 0.4]}
    yield {"name": "PiecewiseDecay", "boundaries": [], "values": [0.1]}
    yield {"name": "PiecewiseDecay", "boundaries": [3, 6], "values": [0.1, 0.2]}
    for gamma in (-0.1, 0.0, 0.3, 1.0, 1.5):
        yield {"name": "NaturalExpDecay", "learning_rate": 0.5, "gamma": gamma}
        yield {"name": "ExponentialDecay", "learning_rate": 0.5, "gamma": gamma}
        yield {"name": "StepDecay", "learning_rate": 0.5, "step_size": 4, "gamma": gamma}
        yield {"name": "MultiStepDecay", "learning_rate": 0.5, "milestones": [0, 4, 11], "gamma": gamma}
    for gamma in (-0.125, -0.1, -0.3, 0.0, 0.3):
        yield {"name": "InverseTimeDecay", "learning_rate": 0.5, "gamma": gamma}
    for cycle in (False, True):
        for total in (0, 1, 5, 20, 30):
            yield {"name": "PolynomialDecay", "learning_rate": 0.5, "decay_steps": total, "power": 0.5, "cycle": cycle}
        yield {"name": "PolynomialDecay", "learning_rate": 0.5, "decay_steps": 6, "power": 2.0, "cycle": cycle}
        yield {"name": "PolynomialDecay", "learning_rate": 0.1, "decay_steps": 6, "end_lr": 0.4, "cycle": cycle}
    yield {"name": "PolynomialDecay", "learning_rate": 0.5, "decay_steps": 6, "power": 0.0}
    for milestones in ([], [-3, 2], [5, 5], [9, 3]):
        yield {"name": "MultiStepDecay", "learning_rate": 0.5, "milestones": milestones}
    for size in (0, 1, 40):
        yield {"name": "StepDecay", "learning_rate": 0.5, "step_size": size}
    for total in (0, 1, 5, 20, 30):
        yield {"name": "LinearLR", "learning_rate": 0.5, "total_steps": total}
        yield {"name": "LinearLR", "learning_rate": 0.5, "total_steps": total, "start_factor": 1.0, "end_factor": 0.0}
    yield {"name": "LinearLR", "learning_rate": 0.5, "total_steps": 5, "start_factor": 0.0}
    yield {"name": "LinearLR", "learning_rate": 0.5, "total_steps": 5, "end_factor": 1.5}
    for name in ("LambdaDecay", "MultiplicativeDecay"):
        yield {"name": name, "learning_rate": -0.5, "lr_lambda": "0.9"}


def _cycles() -> Iterator[Spec]:
    for total in (0, 1, 3, 8, 48):
        yield {"name": "CosineAnnealingDecay", "learning_rate": 0.5, "T_max": total, "eta_min": 0.01}
    for mult in (0, 1, 2, 3):
        yield {"name": "CosineAnnealingWarmRestarts", "learning_rate": 0.5, "T_0": 3, "T_mult": mult, "eta_min": 0.01}
    yield {"name": "CosineAnnealingWarmRestarts", "learning_rate": 0.5, "T_0": 0}
    yield {"name": "CosineAnnealingWarmRestarts", "learning_rate": 0.5, "T_0": 1}
    cyclic = {"name": "CyclicLR", "base_learning_rate": 0.01, "max_learning_rate": 0.1, "step_size_up": 4}
    for mode in ("triangular", "triangular2", "exp_range"):
        yield {**cyclic, "mode": mode, "exp_gamma": 0.95}
        yield {**cyclic, "mode": mode, "exp_gamma": 1.1, "step_size_up": 1}
    for down in (0, 1, 7):
        yield {**cyclic, "step_size_down": down}
    for wrong in ({"step_size_up": 0}, {"max_learning_rate": -0.1}, {"base_learning_rate": -0.1}):
        yield {**cyclic, **wrong}
    yield {**cyclic, "base_learning_rate": 0.2}
    for scale in ("cycle", "iterations"):
        yield {**cyclic, "scale_fn": "1 / (1 + x)", "scale_mode": scale}
    once = {"name": "OneCycleLR", "max_learning_rate": 0.5, "total_steps": 18}
    for pct in (0.0, 1 / 18, 0.1, 0.3, 0.5, 1.0):
        for three in (False, True):
            yield {**once, "phase_pct": pct, "three_phase": three, "anneal_strategy": "linear" if three else "cos"}
    for total in (1, 2, 0, 30):
        yield {**once, "total_steps": total}
    for wrong in (
        {"max_learning_rate": -0.5},
        {"end_learning_rate": -0.5},
        {"divide_factor": 0.0},
        {"divide_factor": -2.0},
        {"phase_pct": 1.5},
    ):
        yield {**once, **wrong}


def _plateaus() -> Iterator[Spec]:
    plateau = {"name": "ReduceOnPlateau", "learning_rate": 0.5, "metrics": FALLING * 2}
    for mode in ("min", "max"):
        for threshold in ("rel", "abs"):
            yield {
                **plateau,
                "mode": mode,
                "threshold_mode": threshold,
                "patience": 2,
                "cooldown": 3,
                "factor": 0.5,
                "min_lr": 0.01,
            }
    yield {**plateau, "metrics": FALLING, "patience": 0, "epsilon": 0.01}
    yield {**plateau, "factor": 1.0}


def _warmups() -> Iterator[Spec]:
    warmup = {"name": "LinearWarmup", "learning_rate": 0.5, "warmup_steps": 8, "start_lr": 0.01, "end_lr": 0.4}
    for steps in (0, 1, 20, 30):
        yield {**warmup, "warmup_steps": steps}
    for wrong in ({"start_lr": 0.4}, {"start_lr": -0.1}):
        yield {**warmup, **wrong}
    for inner in (
        {"use": "paddle.CosineAnnealingDecay", "learning_rate": 0.5, "T_max": 5},
        {"use": "paddle.LinearLR", "learning_rate": 0.5, "total_steps": 6},
        {"use": "paddle.OneCycleLR", "max_learning_rate": 0.5, "total_steps": 10},
        {"use": "paddle.OneCycleLR", "max_learning_rate": 0.5, "total_steps": 10, "phase_pct": 0.1},
        {"use": "paddle.StepDecay", "learning_rate": 0.5, "step_size": 0},
        {"use": "paddle.MultiplicativeDecay", "learning_rate": 0.5, "lr_lambda": "1 - 1 / (epoch + 2)"},
        {"use": "paddle.LinearWarmup", "learning_rate": 0.2, "warmup_steps": 5, "start_lr": 0.0, "end_lr": 0.3},
        {"use": "torch.StepLR", "step_size": 3},
    ):
        yield {**warmup, "learning_rate": inner}
    restarts = {"use": "paddle.CosineAnnealingWarmRestarts", "learning_rate": 0.5, "T_0": 1, "eta_min": 0.01}
    for mult in (1, 2, 3, 10):  # told its step, the one of 3 is late for step 121, the one of 10 for 111
        steps = 105 if mult > 2 else 20
        yield {**warmup, "warmup_steps": 4, "steps": steps, "learning_rate": {**restarts, "T_mult": mult}}


LEAVES = (
    *("NoamDecay", "PiecewiseDecay", "NaturalExpDecay", "InverseTimeDecay", "PolynomialDecay", "LinearWarmup"),
    *("ExponentialDecay", "MultiStepDecay", "StepDecay", "LambdaDecay", "CosineAnnealingDecay"),
    *("MultiplicativeDecay", "OneCycleLR", "CyclicLR", "LinearLR", "CosineAnnealingWarmRestarts"),
)


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 36)
    return {"steps": steps, "schedule": _draw(name, rng, steps, 2)}


def _draw(name: str, rng: random.Random, steps: int, depth: int) -> Spec:
    low, high = sorted(rng.uniform(0, 0.5) for _ in range(2))
    some = rng.randint(1, steps + 5)
    rate = {"learning_rate": rng.choice([rng.uniform(1e-6, 1), 10 ** rng.uniform(-8, 2)])}
    drawn: dict[str, Callable[[], Spec]] = {
        "NoamDecay": lambda: {**rate, "d_model": rng.choice([1, 64, 512, 4096]), "warmup_steps": some},
        "PiecewiseDecay": lambda: _piecewise(rng, steps),
        "NaturalExpDecay": lambda: {**rate, "gamma": 10 ** rng.uniform(-4, 1)},
        "InverseTimeDecay": lambda: {**rate, "gamma": rng.choice([1, 1, -1]) * 10 ** rng.uniform(-4, 1)},
        "PolynomialDecay": lambda: {
            **rate,
            "decay_steps": some,
            **rng.choice([{}, {"end_lr": low}]),
            "power": rng.choice([1.0, 2.0, 0.5, 0.1, rng.uniform(0.01, 4)]),
            "cycle": rng.random() < 0.5,
        },
        "LinearWarmup": lambda: {
            "learning_rate": _inner(rng, steps, depth),
            "warmup_steps": some if rng.random() < 0.3 else rng.randint(1, max(1, steps // 2)),
            "start_lr": low * rng.choice([0, 1]),
            "end_lr": high + 1e-3,
        },
        "ExponentialDecay": lambda: {**rate, "gamma": rng.choice([rng.uniform(0.01, 0.99), rng.uniform(0.9, 0.9999)])},
        "MultiStepDecay": lambda: {
            **rate,
            "milestones": sorted(rng.sample(range(-2, steps + 5), k=rng.randint(0, 5))),
            "gamma": rng.uniform(-0.5, 0.99),
        },
        "StepDecay": lambda: {**rate, "step_size": some, "gamma": rng.uniform(-0.5, 0.99)},
        "LambdaDecay": lambda: {**rate, "lr_lambda": rng.choice(LAMBDAS)},
        "MultiplicativeDecay": lambda: {**rate, "lr_lambda": rng.choice(FACTORS)},
        "ReduceOnPlateau": lambda: {**rate, **_plateau(rng, steps)},
        "CosineAnnealingDecay": lambda: {**rate, "T_max": some, "eta_min": low * rng.choice([0, 1])},
        "OneCycleLR": lambda: {
            "max_learning_rate": high + 0.01,
            "total_steps": max(1, steps + rng.randint(-2, 12)),
            "divide_factor": rng.uniform(0.5, 30),
            "end_learning_rate": rng.choice([0.0, 1e-4, low]),
            "phase_pct": rng.choice([rng.uniform(0, 0.5), rng.random()]),
            "anneal_strategy": rng.choice(["cos", "linear"]),
            "three_phase": rng.random() < 0.4,
        },
        "CyclicLR": lambda: {
            "base_learning_rate": rng.choice([low, high]),
            "max_learning_rate": rng.choice([low, high]),
            "step_size_up": rng.randint(1, 20),
            **rng.choice([{}, {"step_size_down": rng.randint(1, 20)}]),
            **rng.choice([{"mode": "triangular2"}, {"mode": "exp_range", "exp_gamma": rng.uniform(0.8, 1.1)}, {}]),
            **rng.choice([{}, {}, {"scale_fn": rng.choice(SCALES[1:]), "scale_mode": "iterations"}]),
            **rng.choice([{}, {}, {"scale_fn": rng.choice(SCALES), "scale_mode": "cycle"}]),
        },
        "LinearLR": lambda: {
            **rate,
            "total_steps": some,
            "start_factor": rng.uniform(0.01, 1),
            "end_factor": rng.choice([0, 1, rng.random()]),
        },
        "CosineAnnealingWarmRestarts": lambda: {
            **rate,
            "T_0": rng.randint(1, 15),
            "T_mult": rng.randint(1, 4),
            "eta_min": low * rng.choice([0, 1]),
        },
    }
    return {"use": f"paddle.{name}", **drawn[name]()}


def _piecewise(rng: random.Random, steps: int) -> Spec:
    boundaries = rng.choices(range(steps + 5), k=rng.randint(1, 5))
    if rng.random() < 0.7:
        boundaries.sort()
    count = len(boundaries) + rng.choice([1, 1, 1, 2])
    return {"boundaries": boundaries, "values": [rng.random() for _ in range(count)]}


def _plateau(rng: random.Random, steps: int) -> Spec:
    return {
        "metrics": [round(rng.uniform(-1, 2), 3) for _ in range(rng.choice([steps + 12, steps]))],
        "mode": rng.choice(["min", "max"]),
        "threshold_mode": rng.choice(["rel", "abs"]),
        "patience": rng.randint(0, 4),
        "cooldown": rng.randint(0, 4),
        "factor": rng.uniform(0.1, 0.9),
        "threshold": rng.choice([0, 1e-4, 0.1]),
        "min_lr": rng.choice([0, 1e-3]),
        "epsilon": rng.choice([1e-8, 1e-3]),
    }


def _inner(rng: random.Random, steps: int, depth: int) -> Spec | float:
    if depth == 0 or rng.random() < 0.2:
        return rng.random()
    return _draw(rng.choice(LEAVES), rng, steps, depth - 1)


MODES = ("both", "none")


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on; the optimizer's state holds that of the scheduler."""
    optimizer, scheduler, metrics = prepared(plan)
    for update in range(at):
        scheduler.step(*([] if metrics is None else [metrics[update]]))
    state = optimizer.state_dict()
    state = {**state, "LR_Scheduler": dict(state["LR_Scheduler"])}
    optimizer, scheduler, metrics = prepared(new)
    if mode == "both":
        optimizer.set_state_dict(state)
    for update in range(at, new["steps"]):
        yield {"lr": optimizer.get_lr()}
        if metrics is not None and update >= len(metrics):
            raise RuntimeError("no more metrics")
        scheduler.step(*([] if metrics is None else [metrics[update]]))


def prepared(spec: Spec) -> tuple[Any, Any, Any]:
    """An optimizer, the scheduler that it holds, and the metric."""
    arguments = dict(spec["schedule"])
    metrics = arguments.pop("metrics", None)
    scheduler = build(arguments)
    weight = paddle.create_parameter([1], "float32")
    return paddle.optimizer.SGD(learning_rate=scheduler, parameters=[weight]), scheduler, metrics


def resumable(plan: Spec, new: Spec, at: int) -> bool:
    """Whether the scheduler inside a warmup stays, since a state fits its own class only."""
    inner = (each["schedule"].get("learning_rate") for each in (plan, new))
    return len({each["use"] if isinstance(each, dict) else "" for each in inner}) == 1
