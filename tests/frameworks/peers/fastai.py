"""fastai's schedules: its own functions, run without the rest of fastai, with a learner that only sets positions."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from fastcore.basics import store_attr
from fastcore.foundation import L

DISTRIBUTION = "fastai"
Spec = dict[str, Any]
FUNCTIONS = (
    *("_Annealer", "sched_lin", "sched_cos", "sched_no", "sched_exp", "SchedLin", "SchedCos", "SchedNo", "SchedExp"),
    *("SchedPoly", "combine_scheds", "combined_cos", "fit_one_cycle", "fit_flat_cos", "fit_sgdr", "fine_tune"),
)


class Scheds(list):
    """A stand-in for ParamScheduler, as a list of callbacks: the functions of each parameter."""


def _loaded() -> dict[str, Any]:
    """The functions of fastai/callback/schedule.py, without their decorators."""
    path = next(each for each in files(DISTRIBUTION) if each.match("fastai/callback/schedule.py")).locate()
    names = {
        "math": math,
        "torch": torch,
        "np": np,
        "store_attr": store_attr,
        "L": L,
        "tensor": lambda values: torch.tensor(list(values), dtype=torch.float32),
        "ParamScheduler": lambda scheds: Scheds([scheds]),
        **dict.fromkeys(("Learner", "Recorder")),
    }
    for node in ast.parse(Path(path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in FUNCTIONS:
            node.decorator_list = []
            for argument in node.args.args if isinstance(node, ast.FunctionDef) else ():
                argument.annotation = None
            exec(compile(ast.Module([node], []), node.name, "exec"), names)
    return names


FASTAI = _loaded()


class Learner:
    """A learner of one parameter group, whose fits are kept; positions are those of TrainEvalCallback."""

    def __init__(self, lr: float, batches: int) -> None:
        self.lr, self.batches, self.moms = lr, batches, (0.95, 0.85, 0.95)
        self.rows: list[Iterator[dict[str, float]]] = []
        hypers = [{"lr": lr}]
        self.opt = SimpleNamespace(hypers=hypers, set_hyper=lambda name, value: hypers[0].update({name: value}))

    def fit(self, n_epoch: int, cbs: Any, **others: Any) -> None:
        """Keep the values of a fit."""
        self.rows.append(self._values(n_epoch, cbs[0]))

    def _values(self, n_epoch: int, scheds: Any) -> Iterator[dict[str, float]]:
        names = {"lr": "lr", "mom": "momentum"}
        for epoch in range(n_epoch):
            position = epoch / n_epoch
            for _ in range(self.batches):
                yield {names[name]: _number(function(position)) for name, function in scheds.items()}
                position += 1.0 / (self.batches * n_epoch)

    def freeze(self) -> None:
        """Do nothing: there is one group."""

    def unfreeze(self) -> None:
        """Do nothing."""

    def fit_one_cycle(self, epochs: int, lr: Any, **arguments: Any) -> None:
        """Fit with the learning rate of the last group."""
        FASTAI["fit_one_cycle"](self, epochs, lr.stop if isinstance(lr, slice) else lr, **arguments)


def _number(value: Any) -> float:
    return float(np.asarray(value).ravel()[0].item())


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """Learning rate and momentum before each batch."""
    schedule = dict(spec["schedule"])
    name = schedule.pop("use").rpartition(".")[2]
    learner = Learner(spec.get("lr", 0.1), spec.get("steps_per_epoch", spec["steps"]))
    epochs = -(-spec["steps"] // learner.batches)
    if name == "LRFinder":
        schedule = {"start_lr": 1e-7, "end_lr": 10, "num_it": 100, **schedule}
        count = max(schedule["num_it"], 6)
        function = FASTAI["SchedExp"](schedule["start_lr"], schedule["end_lr"])
        yield from ({"lr": function(i / count)} for i in range(count))
        return
    if name in ("fit_one_cycle", "fit_flat_cos"):
        schedule.setdefault("n_epoch", epochs)
    if name in ("fit_one_cycle", "fit_flat_cos", "fit_sgdr", "fine_tune"):
        FASTAI[name](learner, **schedule)
    else:
        learner.fit(epochs, Scheds([{"lr": built({"use": name, **schedule})}]))
    for rows in learner.rows:
        yield from rows


def built(schedule: Spec) -> Any:
    """A function of the position, after those inside it."""
    arguments = {name: value for name, value in schedule.items() if name != "use"}
    if "scheds" in arguments:
        arguments["scheds"] = [built(each) for each in arguments["scheds"]]
    return FASTAI[schedule["use"].rpartition(".")[2]](**arguments)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for length, batches in ((20, 1), (1, 20), (4, 5), (3, 7), (1, 1)):
        yield _of(length, batches, "fit_one_cycle")
        yield _of(length, batches, "fit_flat_cos")
        yield _of(length, batches, "SchedLin", start=0.1, end=0.0)
        yield _of(length, batches, "combined_cos", pct=0.3, start=0.01, middle=0.1, end=0.0)
    for share in (0.0, 0.3, 0.5, 1.0, 1.5, -0.1):
        yield _of(4, 5, "fit_one_cycle", pct_start=share, lr_max=0.5)
        yield _of(4, 5, "fit_flat_cos", pct_start=share, lr=0.5)
    yield _of(20, 1, "fit_one_cycle", n_epoch=12)
    yield _of(4, 5, "fit_one_cycle", n_epoch=2, div=10.0, div_final=100.0, moms=[0.9, 0.8, 0.7])
    for count, length, growth in ((1, 2, 2), (2, 1, 2), (3, 1, 3), (2, 2, 1), (3, 1, 2)):
        yield _of(8, 3, "fit_sgdr", n_cycles=count, cycle_len=length, cycle_mult=growth)
    for frozen in (0, 1, 3):
        yield _of(6, 3, "fine_tune", epochs=3, freeze_epochs=frozen, base_lr=0.1)
    for start, end in ((0.1, 0.001), (0.001, 0.1), (0.1, 0.1), (0.1, 0.0), (0.0, 0.1)):
        for name in ("SchedLin", "SchedCos", "SchedNo", "SchedExp"):
            yield _of(4, 5, name, start=start, end=end)
        for power in (0, 0.5, 1, 2):
            yield _of(4, 5, "SchedPoly", start=start, end=end, power=power)
    up, down = {"use": "fastai.SchedLin", "start": 0, "end": 0.1}, {"use": "fastai.SchedExp", "start": 0.1, "end": 0.01}
    flat = {"use": "fastai.SchedNo", "start": 0.1, "end": 0.5}
    for shares in ([0.3, 0.2, 0.5], [0.25, 0.25, 0.5], [0, 0, 1], [1, 0, 0], [0.3] * 3, [0.5] * 2, [1.5, -0.5, 0]):
        yield _of(4, 5, "combine_scheds", pcts=shares, scheds=[up, flat, down])
    nested = {"use": "fastai.combine_scheds", "pcts": [0.5, 0.5], "scheds": [up, down]}
    yield _of(4, 5, "combine_scheds", pcts=[0.4, 0.6], scheds=[nested, nested])
    for count in (0, 5, 10, 50):
        yield _of(1, 20, "LRFinder", num_it=count)
    yield _of(1, 20, "LRFinder", start_lr=1e-4, end_lr=1, num_it=20)


def _of(length: int, batches: int, name: str, **arguments: Any) -> Spec:
    run = {"steps": length * batches, "steps_per_epoch": batches, "lr": 0.1}
    return {**run, "schedule": {"use": f"fastai.{name}", **arguments}}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    rate = 10 ** rng.uniform(-6, 1)
    arguments: dict[str, Any] = {}
    ends = {"start": rate, "end": rng.choice([0.0, 0.1, rng.uniform(0, 2)]) * rate}
    if name == "fit_one_cycle":
        arguments = {"pct_start": rng.uniform(0, 1), "div": rng.uniform(1, 50), "div_final": 10 ** rng.uniform(0, 6)}
        arguments |= rng.choice([{}, {"lr_max": rate}, {"moms": [rng.uniform(0, 1) for _ in range(3)]}])
    elif name == "fit_flat_cos":
        arguments = {"pct_start": rng.uniform(0, 1), "div_final": 10 ** rng.uniform(0, 6)}
    elif name == "fit_sgdr":
        arguments = {"n_cycles": rng.randint(1, 4), "cycle_len": rng.randint(1, 3), "cycle_mult": rng.randint(2, 3)}
    elif name == "fine_tune":
        arguments = {"epochs": rng.randint(1, 6), "freeze_epochs": rng.randint(0, 3), "base_lr": rate}
        arguments |= {"pct_start": rng.uniform(0, 1), "div": rng.uniform(1, 50)}
    elif name == "combined_cos":
        arguments = {"pct": rng.uniform(0, 1), "middle": rng.uniform(0, 2) * rate} | ends
    elif name == "combine_scheds":
        first = rng.randint(1, 9) / 10
        names = [rng.choice(("SchedLin", "SchedCos", "SchedNo")) for _ in range(2)]
        arguments = {"pcts": [first, 1 - first], "scheds": [{"use": f"fastai.{each}", **ends} for each in names]}
    elif name == "LRFinder":
        arguments = {"start_lr": rate, "end_lr": 10 ** rng.uniform(-3, 2), "num_it": rng.randint(1, 60)}
    else:
        arguments = ends | ({"power": rng.uniform(0, 3)} if name == "SchedPoly" else {})
        if name == "SchedExp":
            arguments["end"] = rate * 10 ** rng.uniform(-4, 2)
    spec = _of(rng.randint(1, 8), rng.randint(1, 12), name, **arguments)
    return {**spec, "lr": rate}
