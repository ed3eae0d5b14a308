"""Composer's own schedulers, compiled and stepped as its Trainer does, with Composer's own time.

The loop here makes what trainer/trainer.py makes of a run without data: `_compile_schedulers`, then
`_scale_max_duration_by_ssr`, then a step of the scheduler before the timestamp moves on.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from types import ModuleType, SimpleNamespace
from typing import Any

import torch

DISTRIBUTION = "mosaicml"
Spec = dict[str, Any]


def _modules() -> tuple[Any, Any]:
    """composer.core.time and composer.optim.scheduler alone: the whole package asks for much more."""
    package = find_spec("composer")
    assert package
    assert package.submodule_search_locations
    home = package.submodule_search_locations[0]
    for name in ("composer", "composer.core", "composer.utils", "composer.optim"):
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [home + name.removeprefix("composer").replace(".", "/")]
    _lend("composer.utils", import_module("composer.utils.string_enum"), "StringEnum")
    time = import_module("composer.core.time")
    _lend("composer.core", time, "Time", "TimeUnit", "Timestamp")
    sys.modules["composer.core"].State = object  # type: ignore[attr-defined]  # only named in annotations
    return time, import_module("composer.optim.scheduler")


def _lend(package: str, module: ModuleType, *names: str) -> None:
    for name in names:
        setattr(sys.modules[package], name, getattr(module, name))


time, optim = _modules()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    arguments = dict(spec["schedule"])
    scheduler = getattr(optim, arguments.pop("use").rpartition(".")[2])
    ratio = arguments.pop("scale_schedule_ratio", 1.0)
    state = _state(spec)
    compiled = optim.compile_composer_scheduler(scheduler(**arguments), state, ratio)
    if ratio != 1.0:
        state.max_duration = state.max_duration * ratio
        if state.max_duration.value == 0:
            raise ValueError("Scale schedule has reduced the max_duration to 0.")
    if state.max_duration <= state.timestamp.get(state.max_duration.unit):
        raise ValueError("No training would occur.")
    samples = spec.get("batch_size", 0)
    tokens = spec.get("tokens_per_step", samples * spec.get("sequence_length", 0))
    while True:
        yield {"lr": compiled.optimizer.param_groups[0]["lr"]}
        compiled.optimizer.step()
        if spec.get("interval") != "epoch":
            compiled.step()
        state.timestamp = state.timestamp.to_next_batch(samples=samples, tokens=tokens)
        if int(state.timestamp.batch_in_epoch) == state.dataloader_len:
            if spec.get("interval") == "epoch":
                compiled.step()
            state.timestamp = state.timestamp.to_next_epoch()


def _state(spec: Spec) -> Any:
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    return SimpleNamespace(
        optimizers=[torch.optim.SGD([parameter], lr=spec["lr"])],
        timestamp=time.Timestamp(),
        dataloader_len=spec.get("steps_per_epoch"),
        max_duration=time.Time.from_timestring(_max_duration(spec)),
    )


def _max_duration(spec: Spec) -> str:
    units = {"epochs": "ep", "samples": "sp", "tokens": "tok"}
    return next((f"{spec[length]}{unit}" for length, unit in units.items() if length in spec), f"{spec['steps']}ba")


class Run(dict[str, Any]):
    """A spec whose length is in another unit; asked for its steps, it works them out."""

    def __missing__(self, key: str) -> int:
        """The steps."""
        if key != "steps":
            raise KeyError(key)
        if "epochs" in self:
            return int(self["epochs"] * self["steps_per_epoch"])
        return int(self["samples"] // self["batch_size"] if "samples" in self else self["tokens"] // self.rate)

    @property
    def rate(self) -> int:
        """Tokens in a step."""
        return int(self.get("tokens_per_step") or self["batch_size"] * self["sequence_length"])


BATCHES = {"steps": 20, "steps_per_epoch": 8}
EPOCHS = {"epochs": 3, "steps_per_epoch": 6}
SAMPLES = {"samples": 576, "batch_size": 32, "steps_per_epoch": 7}
TOKENS = {"tokens": 36_000, "tokens_per_step": 2_000, "steps_per_epoch": 11}
COUNTED = {**BATCHES, "batch_size": 32, "sequence_length": 100}
WARMED = ("MultiStepWithWarmup", "ConstantWithWarmup", "LinearWithWarmup", "CosineAnnealingWithWarmup")


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for length, name, schedule in [*_plain(), *_times(), *_warmed(), *_scaled()]:
        spec = {**length, "lr": 0.1, "schedule": {"use": f"composer.{name}Scheduler", **schedule}}
        yield spec if "steps" in spec else Run(spec)


Edge = tuple[Spec, str, Spec]


def _plain() -> Iterator[Edge]:
    for t_max in ("0ba", "1ba", "10ba", "20ba", "30ba", "0.4dur", "-5ba"):
        yield BATCHES, "Constant", {"alpha": 0.3, "t_max": t_max}
        yield BATCHES, "Linear", {"alpha_i": 0.2, "alpha_f": 1.5, "t_max": t_max}
        yield BATCHES, "CosineAnnealing", {"alpha_f": 0.1, "t_max": t_max}
        yield BATCHES, "Polynomial", {"power": 0.5, "t_max": t_max}
    for power in (0, 1, 3, -1):
        yield BATCHES, "Polynomial", {"power": power, "alpha_f": 0.1, "t_max": "15ba"}
    for step_size in ("0ba", "1ba", "7ba", "1ep", "0.3dur"):
        yield BATCHES, "Step", {"step_size": step_size, "gamma": 0.5}
        yield BATCHES, "Exponential", {"decay_period": step_size, "gamma": 0.5}
    yield BATCHES, "Step", {"step_size": "4ba", "gamma": -0.5}
    yield BATCHES, "Exponential", {"gamma": 0}
    for milestones in ([], ["0ba", "5ba", "5ba", "1ep"], ["0.8dur", "3ba"], ["100ba"]):
        yield BATCHES, "MultiStep", {"milestones": milestones}
    for mult in (1, 2, 3, 1.5, 1.3, 0.5, 0):
        yield BATCHES, "CosineAnnealingWarmRestarts", {"t_0": "4ba", "t_mult": mult, "alpha_f": 0.1}
    yield BATCHES, "CosineAnnealingWarmRestarts", {"t_0": "0ba"}


def _times() -> Iterator[Edge]:
    for t_max in ("100", "5s", "1h30m", "10sec", "2.5ba", "xba", "3fortnights", " 1e1 BA", "0.5 Dur"):
        yield BATCHES, "Linear", {"t_max": t_max}
    for length in (EPOCHS, SAMPLES, TOKENS):
        yield length, "Linear", {}
        yield length, "CosineAnnealing", {"t_max": "0.7dur"}
        yield length, "CosineAnnealingWarmRestarts", {"t_0": "0.17dur", "t_mult": 1.4}
        yield length, "MultiStep", {"milestones": ["0.3dur", "1ep", "20ba"]}
        yield length, "CosineAnnealingWithWarmup", {"t_warmup": "0.1dur", "alpha_f": 0.1}
    by_epoch = {"interval": "epoch"}
    for length in (BATCHES, EPOCHS):
        yield {**length, **by_epoch}, "LinearWithWarmup", {"t_warmup": "1ep", "t_max": "3ep"}
        yield {**length, **by_epoch}, "CosineAnnealing", {"scale_schedule_ratio": 2}
        yield {**length, **by_epoch}, "MultiStep", {"milestones": ["1ep", "0.5dur"]}
    yield EPOCHS, "LinearWithWarmup", {"t_warmup": "1ep", "t_max": "3ep"}
    yield EPOCHS, "LinearWithWarmup", {"t_warmup": "4ba"}
    for time_ in ("200sp", "33sp", "15000tok", "4iter"):
        yield COUNTED, "Linear", {"t_max": time_}
        yield COUNTED, "Step", {"step_size": time_}
        yield COUNTED, "Constant", {"alpha": 0.5, "t_max": time_}
        yield COUNTED, "CosineAnnealingWarmRestarts", {"t_0": time_}
        yield COUNTED, "MultiStepWithWarmup", {"t_warmup": time_, "milestones": ["10ba", time_]}
        yield COUNTED, "LinearWithWarmup", {"t_warmup": time_}


def _warmed() -> Iterator[Edge]:
    for t_warmup in ("0ba", "1ba", "6ba", "20ba", "30ba", "-3ba"):
        for name in WARMED:
            own = {"milestones": ["4ba", "12ba"]} if name.startswith("Multi") else {}
            yield BATCHES, name, {"t_warmup": t_warmup, **own}
    yield BATCHES, "LinearWithWarmup", {"t_warmup": "5ba", "alpha_i": 0.5, "alpha_f": 1.2, "t_max": "30ba"}
    yield BATCHES, "ConstantWithWarmup", {"t_warmup": "5ba", "alpha": 0.5, "t_max": "19ba"}
    for power in (0.5, -0.5):
        yield BATCHES, "PolynomialWithWarmup", {"t_warmup": "5ba", "power": power, "alpha_f": 0.1}


def _scaled() -> Iterator[Edge]:
    for ratio in (0.5, 1.5, 2, 0.01, -1):
        scale = {"scale_schedule_ratio": ratio}
        for length in (BATCHES, EPOCHS) if ratio in (0.5, 2) else (BATCHES,):
            yield length, "CosineAnnealing", scale
            yield length, "CosineAnnealingWithWarmup", {"t_warmup": "4ba", **scale}
            yield length, "LinearWithWarmup", {"t_warmup": "4ba", "scale_warmup": True, **scale}
        yield BATCHES, "Step", {"step_size": "5ba", **scale}
        yield BATCHES, "LinearWithWarmup", {"t_warmup": "1ba", "scale_warmup": True, **scale}
        yield BATCHES, "LinearWithWarmup", {"t_warmup": "0.1dur", "scale_warmup": True, **scale}
        yield BATCHES, "LinearWithWarmup", {"t_warmup": "0.03dur", **scale}
        yield BATCHES, "PolynomialWithWarmup", {"t_warmup": "4ba", "t_max": "30ba", **scale}
        yield BATCHES, "MultiStepWithWarmup", {"t_warmup": "4ba", "milestones": ["8ba", "0.8dur"], **scale}
    yield BATCHES, "Linear", {"t_max": "0.04dur", "scale_schedule_ratio": 0.5}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    while True:
        length = _draw_length(rng)
        lr = rng.choice([rng.random(), 10 ** rng.uniform(-8, 1)])
        schedule = {"use": f"composer.{name}", **Draw(rng, length["steps"]).arguments(name)}
        spec = type(length)({**length, "lr": lr, "schedule": schedule})
        if _comparable(spec):
            return spec


def _draw_length(rng: random.Random) -> Spec:
    epoch, batch = rng.randint(1, 20), rng.choice([1, 7, 32, rng.randint(1, 5000)])
    tokens = rng.choice([{"sequence_length": rng.randint(1, 2048)}, {}])
    rest = {"steps_per_epoch": epoch, "batch_size": batch, **tokens}
    if epoch > 1 and rng.random() < 0.2:
        rest["interval"] = "epoch"
    steps = rng.choice([rng.randint(1, 9), rng.randint(10, 45)])
    chosen = rng.random()
    if chosen < 0.6:
        return {"steps": steps, **rest}
    if chosen < 0.8:
        return Run({"epochs": rng.randint(1, max(45 // epoch, 1)), **rest})
    if tokens and chosen < 0.9:
        return Run({"tokens": steps * batch * tokens["sequence_length"], **rest})
    return Run({"samples": steps * batch, **rest})


def _comparable(spec: Spec) -> bool:
    """Whether the comparison can tell: a run that fails is compared as one that ends there, which must be alike."""
    values, failed = _driven(spec)
    if not failed or (not values and not isinstance(spec, Run)):
        return True
    return not isinstance(spec, Run) and (
        len(values) >= spec["steps"] or _driven({**spec, "steps": len(values)}) == (values, True)
    )


def _driven(spec: Spec) -> tuple[list[dict[str, float]], bool]:
    values = []
    try:
        for row in islice(drive(spec), 2 * spec["steps"] + 2):
            values.append(row)
    except (ArithmeticError, RuntimeError, TypeError, ValueError):
        return values, True
    return values, False


class Draw:
    """Random arguments for a run of so many steps."""

    def __init__(self, rng: random.Random, steps: int) -> None:
        self.rng = rng
        self.steps = steps

    def time(self, most: float = 1.3) -> str:
        """A time up to `most` runs."""
        share = self.rng.choice([self.rng.uniform(0, most), self.rng.uniform(0, most / 5)])
        unit = self.rng.choice(["dur", "dur", "ba", "ba", "ba", "ep", "sp", "iter"])
        if unit == "dur":
            return f"{self.rng.choice([round(share, 2), share])}dur"
        size = {"ba": 1, "ep": 0.1, "sp": 20, "iter": 1}[unit]
        return f"{round(share * self.steps * size)}{unit}"

    def end(self) -> str:
        """A time that is mostly not before the end."""
        return self.rng.choice([f"{self.steps + self.rng.randint(-1, 20)}ba", "1dur", "1.0dur", self.time()])

    def factor(self) -> float:
        """A factor."""
        return self.rng.choice([0, 1, self.rng.random(), self.rng.uniform(0, 2)])

    def arguments(self, name: str) -> Spec:
        """A scheduler's arguments."""
        rng = self.rng
        drawn: dict[str, Callable[[], Spec]] = {
            "step_size": lambda: {"step_size": self.time()},
            "decay_period": lambda: self._maybe(decay_period=self.time()),
            "gamma": lambda: {"gamma": rng.choice([rng.random(), rng.uniform(0, 1.2)])},
            "milestones": lambda: {"milestones": [self.time() for _ in range(rng.randint(0, 5))]},
            "alpha": lambda: self._maybe(alpha=self.factor()),
            "alpha_i": lambda: self._maybe(alpha_i=self.factor()),
            "alpha_f": lambda: self._maybe(alpha_f=self.factor()),
            "t_max": lambda: self._maybe(t_max=self.end()),
            "t_0": lambda: {"t_0": self.time()},
            "t_mult": lambda: self._maybe(t_mult=rng.choice([0, 1, 2, 3, rng.uniform(0.5, 1), rng.uniform(1, 3)])),
            "power": lambda: {"power": rng.choice([0, 0.5, 1, 2, rng.uniform(0.1, 5), -1])},
            "t_warmup": lambda: {"t_warmup": self.time()},
            "scale_warmup": lambda: self._maybe(scale_warmup=rng.random() < 0.6),
            "ratio": lambda: self._maybe(0.3, scale_schedule_ratio=rng.choice([0.5, 2, rng.uniform(0.05, 3)])),
        }
        found: Spec = {}
        for each in (*ARGUMENTS[name], "ratio"):
            found |= drawn[each]()
        return found

    def _maybe(self, chance: float = 0.7, **arguments: Any) -> Spec:
        return arguments if self.rng.random() < chance else {}


_WARM = ("t_warmup", "t_max", "scale_warmup")
ARGUMENTS = {
    "StepScheduler": ("step_size", "gamma"),
    "MultiStepScheduler": ("milestones", "gamma"),
    "ConstantScheduler": ("alpha", "t_max"),
    "LinearScheduler": ("alpha_i", "alpha_f", "t_max"),
    "ExponentialScheduler": ("gamma", "decay_period"),
    "CosineAnnealingScheduler": ("t_max", "alpha_f"),
    "CosineAnnealingWarmRestartsScheduler": ("t_0", "t_mult", "alpha_f"),
    "PolynomialScheduler": ("power", "t_max", "alpha_f"),
    "MultiStepWithWarmupScheduler": ("t_warmup", "milestones", "gamma", "scale_warmup"),
    "ConstantWithWarmupScheduler": ("alpha", *_WARM),
    "LinearWithWarmupScheduler": ("alpha_i", "alpha_f", *_WARM),
    "CosineAnnealingWithWarmupScheduler": ("alpha_f", *_WARM),
    "PolynomialWithWarmupScheduler": ("power", "alpha_f", *_WARM),
}
