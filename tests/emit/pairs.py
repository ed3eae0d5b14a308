"""Random schedules in every target, run by the real frameworks: not part of the suite.

    python tests/emit/pairs.py write FOLDER [SPECS] [SEED]   # with lrplot: what is written and its values
    python tests/emit/pairs.py run FOLDER                    # with the frameworks, without lrplot

`run` prints for each target the pairs, the largest difference as a share of the peak, and every pair whose difference
is beyond the figure in the first line of what was written.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

SINGLE = 5e-6  # of the peak: what float32 may differ by
GROUPS = {"head": 0.01, "body": 0.002}


def random_spec(dice: random.Random) -> dict[str, Any]:
    """A run of up to 400 updates, of kinds and frameworks' schedulers."""
    steps = dice.randint(12, 400)
    lr = dice.choice([1e-3, 3e-4, 0.1, 0.05, 1.0, 6e-4])
    spec: dict[str, Any] = {"steps": steps, "lr": lr, "schedule": _schedule(dice, steps, lr)}
    if dice.random() < 0.15:
        spec["groups"] = {name: {"lr": value * lr / 0.01} for name, value in GROUPS.items()}
    if dice.random() < 0.15:
        spec["weight_decay"] = dice.choice([0.1, {"kind": "linear", "from": 0.1, "to": 0.01}])
    return spec


def _decay(dice: random.Random, steps: int) -> dict[str, Any]:
    to = dice.choice([0, "10%", "1%"])
    power = round(dice.uniform(0.5, 3), 2)
    return dice.choice(
        [
            {"kind": "linear", "to": to},
            {"kind": "cosine", "to": to},
            {"kind": "sqrt", "to": to},
            {"kind": "polynomial", "power": dice.choice([2, 0.9, power]), "to": to},
            {"kind": "rex", "to": to},
            {"kind": "exponential", "to": "2%"},
            {"kind": "exponential", "gamma": round(dice.uniform(0.9, 0.999), 4)},
            {"kind": "exponential", "gamma": 0.5, "every": max(steps // 5, 1), "staircase": dice.random() < 0.5},
            {"kind": "step", "every": dice.randint(1, steps), "gamma": dice.choice([0.1, 0.5])},
            {"kind": "multistep", "milestones": sorted(dice.sample(range(1, steps), 2)), "gamma": 0.1},
            {"kind": "inverse_sqrt", "timescale": dice.randint(1, steps)},
            {"kind": "inverse_time", "rate": round(dice.uniform(0.001, 0.1), 4)},
            {"kind": "power_law", "rate": 0.01, "exponent": 0.75},
            {"kind": "cosine_restarts", "period": dice.randint(3, steps), "to": to, "decay": dice.choice([1, 0.5])},
            {"kind": "cosine_restarts", "period": max(steps // 7, 2), "mult": 2},
            {"kind": "constant"},
        ]
    )


def _schedule(dice: random.Random, steps: int, lr: float) -> Any:
    warmup = dice.randint(1, max(steps // 3, 1))
    framework = [
        {"use": "torch.OneCycleLR", "max_lr": lr, "total_steps": steps},
        {"use": "torch.CosineAnnealingLR", "T_max": dice.randint(2, steps), "eta_min": lr / 10},
        {"use": "torch.StepLR", "step_size": dice.randint(1, steps)},
        {"use": "torch.CyclicLR", "base_lr": lr / 10, "max_lr": lr, "step_size_up": warmup, "cycle_momentum": False},
        {
            "use": "torch.SequentialLR",
            "schedulers": [
                {"use": "torch.LinearLR", "start_factor": 0.1, "total_iters": warmup},
                {"use": "torch.PolynomialLR", "total_iters": steps - warmup, "power": 2},
            ],
            "milestones": [warmup],
        },
        {"use": "torch.LambdaLR", "lr_lambda": "1 / (1 + 0.1 * epoch)"},
        {
            "use": "transformers.get_cosine_schedule_with_warmup",
            "num_warmup_steps": warmup,
            "num_training_steps": steps,
        },
        {
            "use": "transformers.get_linear_schedule_with_warmup",
            "num_warmup_steps": warmup,
            "num_training_steps": steps,
        },
        {"use": "timm.CosineLRScheduler", "t_initial": steps, "warmup_t": warmup, "t_in_epochs": False},
        {"use": "timm.PolyLRScheduler", "t_initial": steps, "power": 0.9, "t_in_epochs": False},
        {
            "use": "optax.warmup_cosine_decay_schedule",
            "init_value": 0,
            "peak_value": lr,
            "warmup_steps": warmup,
            "decay_steps": steps,
        },
        {"use": "optax.cosine_onecycle_schedule", "transition_steps": steps, "peak_value": lr},
        {"use": "keras.CosineDecay", "initial_learning_rate": lr, "decay_steps": steps, "alpha": 0.1},
        {"use": "keras.InverseTimeDecay", "initial_learning_rate": lr, "decay_steps": warmup, "decay_rate": 0.5},
        {"use": "torchtitan.LRSchedulersContainer", "warmup_steps": warmup, "decay_ratio": 0.5, "decay_type": "cosine"},
        {
            "use": "deepspeed.WarmupDecayLR",
            "total_num_steps": steps,
            "warmup_max_lr": lr,
            "warmup_num_steps": warmup + 1,
        },
        {"use": "deepspeed.WarmupCosineLR", "total_num_steps": steps, "warmup_num_steps": warmup + 1},
        {"use": "deepspeed.WarmupLR", "warmup_max_lr": lr, "warmup_num_steps": warmup + 1, "warmup_type": "linear"},
        {"use": "composer.CosineAnnealingWithWarmupScheduler", "t_warmup": f"{warmup}ba", "alpha_f": 0.1},
        {"use": "composer.LinearWithWarmupScheduler", "t_warmup": f"{warmup}ba"},
        {"use": "composer.ConstantWithWarmupScheduler", "t_warmup": f"{warmup}ba"},
        {
            "use": "megatron.OptimizerParamScheduler",
            "init_lr": 0,
            "max_lr": lr,
            "min_lr": lr / 10,
            "lr_warmup_steps": warmup,
            "lr_decay_steps": steps,
            "lr_decay_style": "WSD",
            "wsd_decay_steps": steps // 4 + 1,
            "lr_wsd_decay_style": "minus_sqrt",
            "start_wd": 0.1,
            "end_wd": 0.1,
            "wd_incr_steps": steps,
            "wd_incr_style": "constant",
        },
        {
            "use": "mmengine.param_scheduler",
            "schedulers": [
                {"use": "mmengine.LinearLR", "start_factor": 0.1, "end": warmup, "by_epoch": False},
                {"use": "mmengine.CosineAnnealingLR", "T_max": steps, "begin": warmup, "end": steps, "by_epoch": False},
            ],
        },
    ]
    native = [
        {**_decay(dice, steps), "warmup": warmup},
        _decay(dice, steps),
        [{"kind": "warmup", "for": warmup, "skip_zero": dice.random() < 0.5}, {**_decay(dice, steps - warmup)}],
        [
            {"kind": "warmup", "for": warmup, "shape": dice.choice(["linear", "cosine", "polynomial", "sqrt"])},
            {"kind": "constant", "for": max(steps // 4, 1)},
            _decay(dice, max(steps // 3, 2)),
        ],
        {
            "kind": "wsd",
            "warmup": warmup,
            "cooldown": max(steps // 5, 1),
            "shape": dice.choice(["linear", "sqrt", "cosine"]),
        },
        {"kind": "one_cycle", "momentum": None},
        {"kind": "noam", "warmup": warmup},
        {"kind": "cyclic", "up": warmup, "min": "10%", "mode": dice.choice(["triangular", "triangular2"])},
        {"kind": "points", "at": {0: 0, warmup: lr, steps: lr / 7}, "interpolation": dice.choice(["linear", "cosine"])},
        {"kind": "expression", "value": "base * (1 - u) ** 1.5 if t > 3 else base * (t + 1) / 5"},
        {"kind": "repeat", "of": {"kind": "linear", "to": "20%"}, "times": dice.randint(2, 5)},
        {"kind": "product", "of": [{"kind": "cosine", "to": "10%"}, {"kind": "step", "every": warmup, "gamma": 0.8}]},
    ]
    return dice.choice([*native, *native, *framework])


def write(folder: Path, count: int, seed: int) -> None:
    """What is written for each spec and target, with the values of its tracks."""
    import lrplot
    from lrplot.emit import EMITTERS

    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    pairs, specs = [], []
    while len(specs) < count:
        spec = random_spec(dice)
        with suppress(lrplot.SpecError):
            schedule = lrplot.load(spec)
            specs.append((spec, {name: values.tolist() for name, values in schedule.evaluate().items()}))
    refused: dict[str, int] = {}
    for number, (spec, values) in enumerate(specs):
        for target in EMITTERS:
            if target == "lrplot":
                continue
            try:
                text = lrplot.convert(spec, to=target)
            except lrplot.SpecError as error:
                assert all(each.code == "no-equivalent" for each in error.diagnostics), (spec, target, str(error))
                refused[target] = refused.get(target, 0) + 1
                continue
            pairs.append({"number": number, "spec": spec, "target": target, "text": text, "values": values})
    (folder / "pairs.json").write_text(json.dumps(pairs))
    print(f"{len(pairs):,} pairs of {len(specs):,} specs; refused:", refused)


def run(folder: Path) -> None:
    """The largest difference of each target."""
    largest: dict[str, float] = {}
    counts: dict[str, int] = {}
    beyond = 0
    for pair in json.loads((folder / "pairs.json").read_text()):
        target = pair["target"]
        if target not in RUNNERS:
            continue
        values = {name: np.array(each) for name, each in pair["values"].items()}
        try:
            found = RUNNERS[target](pair["text"], values, pair["spec"])
        except Exception as error:
            _report(pair, f"raises {type(error).__name__}: {error}")
            beyond += 1
            continue
        stated = _stated(pair["text"], target)
        for name, got in found.items():
            alike = [each for key, each in values.items() if key.split("/")[0] == name.split("/")[0]]
            peak = max(float(np.max(np.abs(each))) for each in alike)
            difference = float(np.max(np.abs(np.asarray(got) - values[name]))) / (peak or 1.0)
            largest[target] = max(largest.get(target, 0.0), difference)
            if not difference <= stated:
                beyond += 1
                at = int(np.argmax(np.abs(np.asarray(got) - values[name])))
                _report(pair, f"{name} differs by {difference:.2g}, beyond {stated:.2g}, at {at}")
        counts[target] = counts.get(target, 0) + 1
    for target, count in counts.items():
        print(f"{target:14} {count:5} pairs, largest difference {largest.get(target, 0.0):.1e}")
    print(f"{sum(counts.values()):,} pairs, {beyond} beyond the stated figure")


def _report(pair: dict[str, Any], what: str) -> None:
    print(f"{pair['target']} {pair['number']} {what}\n{pair['spec']}\n{pair['text']}")


def _stated(text: str, target: str) -> float:
    """The figure in the first line; float32's for frameworks that compute with it."""
    if target in ("optax", "keras"):
        return SINGLE
    match = re.search(r"largest difference (\S+) of the peak", text)
    assert match, text
    return float(match[1]) * 1.0001


Values = dict[str, np.ndarray]


def _module(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "written"}
    exec(compile(text, "written", "exec"), names)
    return names


def _steps(values: Values) -> range:
    return range(len(values["lr"]))


def _python(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    names = _module(text)
    functions = {"lr": "learning_rate", "weight_decay": "weight_decay", "momentum": "momentum"}
    found = {}
    for track in values:
        parameter, _, group = track.partition("/")
        function = names[functions[parameter] + (f"_{group}" if group else "")]
        found[track] = [function(step) for step in _steps(values)]
    return found


def _optimizer(values: Values, spec: dict[str, Any]) -> Any:
    import torch

    tracks = [name for name in values if name.startswith("lr/")] or ["lr"]
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": 0.123} for _ in tracks]
    return torch.optim.SGD(groups, lr=0.5, momentum=0.9), tracks


def _stepped(text: str, values: Values, spec: dict[str, Any], step: Callable[[Any, int], None]) -> dict[str, Any]:
    optimizer, tracks = _optimizer(values, spec)
    scheduler = _module(text)["make_scheduler"](optimizer)
    found: dict[str, list[float]] = {name: [] for name in tracks}
    changing = "weight_decay" in values and np.ptp(values["weight_decay"]) > 0
    if changing:
        found["weight_decay"] = []
    if "momentum" in values:
        found["momentum"] = []
    for number in _steps(values):
        for name, group in zip(tracks, optimizer.param_groups, strict=True):
            found[name].append(float(group["lr"]))
        for name in ("weight_decay", "momentum"):
            if name in found:
                found[name].append(float(optimizer.param_groups[0][name]))
        optimizer.step()
        if number + 1 < len(values["lr"]):
            step(scheduler, number)
    return found


def _torch(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    return _stepped(text, values, spec, lambda scheduler, number: scheduler.step())


def _timm(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    from importlib.util import find_spec
    from types import ModuleType

    if "timm" not in sys.modules:  # its schedulers need torch alone, its own __init__ much more: stand in for it
        package = ModuleType("timm")
        package.__path__ = list(find_spec("timm").submodule_search_locations)
        sys.modules["timm"] = package
    return _rates(_stepped(text, values, spec, lambda scheduler, number: scheduler.step_update(number + 1)))


def _rates(found: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in found.items() if name.startswith("lr")}


def _mmengine(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    def step(schedulers: Any, number: int) -> None:
        for each in schedulers:
            each.step()

    return _rates(_stepped(text, values, spec, step))


def _transformers(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    arguments = _module(text).get("training_arguments")
    if arguments is None:
        return _torch(text, values, spec)
    import torch
    from transformers import get_scheduler

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=arguments["learning_rate"])
    scheduler = get_scheduler(
        arguments["lr_scheduler_type"],
        optimizer,
        num_warmup_steps=arguments["warmup_steps"],
        num_training_steps=arguments["max_steps"],
        scheduler_specific_kwargs=arguments.get("lr_scheduler_kwargs"),
    )
    found = []
    for _ in _steps(values):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return {"lr": found}


def _optax(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    import jax.numpy as jnp

    names = _module(text)
    known = {"lr": "schedule", "weight_decay": "weight_decay_schedule", "momentum": "momentum_schedule"}
    found = {}
    for track in values:
        parameter, _, group = track.partition("/")
        schedule = names[known[parameter] + (f"_{group}" if group else "")]
        found[track] = _sampled(values[track], lambda step, schedule=schedule: float(schedule(jnp.asarray(step))))
    return found


def _sampled(values: np.ndarray, function: Callable[[int], float]) -> np.ndarray:
    """The values of a function at up to 80 steps, among them the first and the last, and the given ones elsewhere."""
    found = values.copy()
    for step in sorted({*np.linspace(0, len(values) - 1, 80).astype(int).tolist()}):
        found[step] = function(step)
    return found


def _keras(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    schedule = _module(text)["schedule"]
    return {"lr": _sampled(values["lr"], lambda step: float(schedule(step)))}


def _megatron(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    import shlex

    import torch
    from megatron.core.optimizer_param_scheduler import OptimizerParamScheduler

    words = shlex.split(text.replace("\\\n", " "), comments=True)
    flags = dict(zip((word.removeprefix("--") for word in words[::2]), words[1::2], strict=True))
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    decay = float(flags.get("weight-decay", 0.01))
    batch = 4  # Megatron-LM counts samples
    wsd = flags.get("lr-wsd-decay-iters")
    scheduler = OptimizerParamScheduler(
        optimizer,
        init_lr=float(flags.get("lr-warmup-init", 0.0)),
        max_lr=float(flags["lr"]),
        min_lr=float(flags["min-lr"]),
        lr_warmup_steps=int(flags.get("lr-warmup-iters", 0)) * batch,
        lr_decay_steps=int(flags["lr-decay-iters"]) * batch,
        lr_decay_style=flags["lr-decay-style"],
        start_wd=decay,
        end_wd=decay,
        wd_incr_steps=int(flags["train-iters"]) * batch,
        wd_incr_style="constant",
        wsd_decay_steps=None if wsd is None else int(wsd) * batch,
        lr_wsd_decay_style=flags.get("lr-wsd-decay-style"),
    )
    found = []
    for _ in _steps(values):
        found.append(optimizer.param_groups[0]["lr"])
        scheduler.step(increment=batch)
    return {"lr": found}


def _torchtitan(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    import tomllib

    import torch
    from torchtitan.components.optimizer.lr_scheduler import LRSchedulersContainer

    config = tomllib.loads(text)
    section = dict(config["lr_scheduler"])
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=config["optimizer"]["lr"])
    steps = config["training"]["steps"]
    container = LRSchedulersContainer.Config(**section).build(optimizers=[optimizer], training_steps=steps)
    found = []
    for _ in _steps(values):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        container.step()
    return {"lr": found}


def _peer(name: str) -> Any:
    """What steps a framework's own schedulers for the references of tests/frameworks."""
    home = str(Path(__file__).parents[1] / "frameworks")
    if home not in sys.path:
        sys.path.append(home)
    return import_module(f"peers.{name}")


def _deepspeed(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    import torch

    config = json.loads(text)
    scheduler, lr = config["scheduler"], config["optimizer"]["params"]["lr"]
    peer = _peer("deepspeed")
    if hasattr(peer.lr_schedules, scheduler["type"]):
        schedule = {"use": f"deepspeed.{scheduler['type']}", **scheduler["params"]}
        return _driven(peer, {"lr": lr, "schedule": schedule}, values)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)  # else the engine takes torch's
    stepped = getattr(torch.optim.lr_scheduler, scheduler["type"])(optimizer, **scheduler["params"])
    found = []
    for _ in _steps(values):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        stepped.step()
    return {"lr": found}


COMPOSER = {
    "constant_with_warmup": "ConstantWithWarmupScheduler",
    "cosine_with_warmup": "CosineAnnealingWithWarmupScheduler",
    "linear_decay_with_warmup": "LinearWithWarmupScheduler",
}


def _composer(text: str, values: Values, spec: dict[str, Any]) -> dict[str, Any]:
    sections: dict[str, dict[str, Any]] = {}
    section = ""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if line.startswith("  "):
            sections[section][name.strip()] = value.strip().strip('"')
        else:
            section = name
            sections[section] = {}
    scheduler = {
        key: value if key[0] == "t" else float(value) for key, value in sections["scheduler"].items() if key != "name"
    }
    schedule = {"use": f"composer.{COMPOSER[sections['scheduler']['name']]}", **scheduler}
    run = {"lr": float(sections["optimizer"]["lr"]), "steps": len(values["lr"]), "schedule": schedule}
    return _driven(_peer("composer"), run, values)


def _driven(peer: Any, spec: dict[str, Any], values: Values) -> dict[str, Any]:
    return {"lr": [each["lr"] for _, each in zip(_steps(values), peer.drive(spec), strict=False)]}


RUNNERS: dict[str, Callable[[str, Values, dict[str, Any]], dict[str, Any]]] = {
    "python": _python,
    "torch": _torch,
    "lightning": _torch,
    "accelerate": _torch,
    "transformers": _transformers,
    "timm": _timm,
    "mmengine": _mmengine,
    "optax": _optax,
    "keras": _keras,
    "megatron": _megatron,
    "deepspeed": _deepspeed,
    "composer": _composer,
    "torchtitan": _torchtitan,
}

if __name__ == "__main__":
    command, folder, *others = sys.argv[1:]
    if command == "write":
        write(Path(folder), *(int(each) for each in (*others, *("200", "1")[len(others) :])))
    else:
        run(Path(folder))
