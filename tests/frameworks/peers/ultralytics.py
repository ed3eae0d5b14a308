"""Ultralytics' trainer: its own statements that set the learning rate, run without the rest, which needs torch."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

DISTRIBUTION = "ultralytics"
Spec = dict[str, Any]
Method = ast.FunctionDef


class LambdaLR:
    """torch's LambdaLR on groups of one parameter: the initial learning rate times a function of the epoch."""

    def __init__(self, optimizer: Any, lr_lambda: Any) -> None:
        self.groups, self.lr_lambda, self.last_epoch = optimizer.param_groups, lr_lambda, -1
        for group in self.groups:
            group["initial_lr"] = group["lr"]
        self.step()

    def step(self) -> None:
        """Set the learning rate of the next epoch."""
        self.last_epoch += 1
        for group in self.groups:
            group["lr"] = group["initial_lr"] * self.lr_lambda(self.last_epoch)


def _source(name: str) -> ast.Module:
    folder = find_spec(DISTRIBUTION).submodule_search_locations[0]
    return ast.parse((Path(folder) / name).read_text(encoding="utf-8"))


def _found(tree: ast.AST, kind: type, matches: Any) -> Any:
    return next(node for node in ast.walk(tree) if isinstance(node, kind) and matches(node))


TRAINER, UTILS = _source("engine/trainer.py"), _source("utils/torch_utils.py")
NAMES = {"np": np, "math": math, "optim": SimpleNamespace(lr_scheduler=SimpleNamespace(LambdaLR=LambdaLR))}
for tree, name in ((UTILS, "one_cycle"), (TRAINER, "_setup_scheduler"), (TRAINER, "_get_warmup_iterations")):
    method = _found(tree, ast.FunctionDef, lambda node, name=name: node.name == name)
    exec(compile(ast.Module([method], []), name, "exec"), NAMES)
LOOP = _found(TRAINER, ast.FunctionDef, lambda node: node.name == "_do_train")
WARMUP = _found(LOOP, ast.If, lambda node: ast.unparse(node.test) == "nw and ni <= nw")
STATEMENTS = compile(ast.Module([WARMUP], []), "_do_train", "exec")


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """Learning rate and momentum of each batch."""
    given = {"lrf": 0.01, "cos_lr": False, "warmup_epochs": 3.0, "warmup_bias_lr": 0.1, **spec["schedule"]}
    momentum = spec.get("momentum")
    args = SimpleNamespace(momentum=momentum, **{"warmup_momentum": None, **given})
    group = {"lr": spec["lr"], "param_group": given.get("param_group", "weight")}
    moves = args.warmup_momentum is not None
    group |= {"momentum": momentum} if moves else {}
    batches = spec.get("steps_per_epoch", 1)
    epochs = given.get("epochs") or -(-spec["steps"] // batches)
    optimizer = SimpleNamespace(param_groups=[group])
    trainer = SimpleNamespace(args=args, epochs=epochs, optimizer=optimizer, accumulate=1)
    NAMES["_setup_scheduler"](trainer)
    trainer.scheduler.last_epoch = -1
    nw = NAMES["_get_warmup_iterations"](trainer, batches)
    for epoch in count():
        trainer.scheduler.step()
        for i in range(batches):
            ni = i + batches * epoch
            exec(STATEMENTS, {"np": np, "self": trainer, "nw": nw, "ni": ni, "epoch": epoch, "acc0": 1})
            yield {"lr": group["lr"], **({"momentum": group["momentum"]} if moves else {})}


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for cosine in (False, True):
        for warmup in (0, 0.5, 1, 3.0, 4.26, 9, 10, 20):
            yield _of(10, 7, cos_lr=cosine, warmup_epochs=warmup)
            yield _of(10, 7, cos_lr=cosine, warmup_epochs=warmup, param_group="bias")
        for share in (0.0, 0.01, 1.0, 2.0):
            yield _of(10, 4, cos_lr=cosine, lrf=share)
    for batches in (1, 2, 100):
        yield _of(1, batches)
        yield _of(3, batches, warmup_momentum=0.8)
    yield _of(10, 4, epochs=5)
    yield _of(10, 4, epochs=20)
    yield _of(10, 4, warmup_epochs=0, warmup_momentum=0.8)


def _of(length: int, batches: int, **arguments: Any) -> Spec:
    schedule = {"use": "ultralytics.BaseTrainer", **arguments}
    run = {"steps": length * batches, "steps_per_epoch": batches, "lr": 0.01}
    return run | ({"momentum": 0.937} if "warmup_momentum" in arguments else {}) | {"schedule": schedule}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    arguments: dict[str, Any] = {
        "lrf": rng.uniform(0, 1),
        "cos_lr": rng.random() < 0.5,
        "warmup_epochs": rng.choice([0, rng.randint(0, 5), rng.uniform(0, 5)]),
        "param_group": rng.choice(["weight", "bn", "bias"]),
        "warmup_bias_lr": rng.uniform(0, 0.2),
    }
    if rng.random() < 0.5:
        arguments["warmup_momentum"] = rng.uniform(0, 1)
    spec = _of(rng.randint(1, 12), rng.randint(1, 12), **arguments)
    return {**spec, "lr": 10 ** rng.uniform(-5, 0)}
