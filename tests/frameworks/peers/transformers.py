"""transformers' own schedules, stepped beside an SGD optimizer."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import transformers
from frameworks import states
from transformers import optimization

DISTRIBUTION = "transformers"
Spec = dict[str, Any]


class Arguments(transformers.TrainingArguments):
    """TrainingArguments that look for no devices."""

    @cached_property
    def _setup_devices(self) -> torch.device:
        return torch.device("cpu")


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    trained = name in ("Trainer", "TrainingArguments")
    rate = arguments.get("learning_rate", spec.get("lr", 5e-5)) if trained else spec["lr"]
    optimizer = built(spec, rate)
    scheduler = (
        trainer_schedule(spec, optimizer) if trained else getattr(optimization, name)(optimizer=optimizer, **arguments)
    )
    return rates(optimizer, scheduler)


def built(spec: Spec, rate: float) -> torch.optim.Optimizer:
    """An optimizer with the spec's parameter groups."""
    groups = [{}, *({"lr": group["lr"]} for group in spec.get("groups", {}).values())]
    return torch.optim.SGD(
        [{"params": [torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))], **group} for group in groups], lr=rate
    )


def rates(optimizer: torch.optim.Optimizer, scheduler: Any) -> Iterator[dict[str, float]]:
    """What each group of an optimizer uses, while a scheduler is stepped after each update."""
    for _ in count():
        yield {f"lr/g{i}" if i else "lr": group["lr"] for i, group in enumerate(optimizer.param_groups)}
        optimizer.step()
        scheduler.step()


def trainer_schedule(spec: Spec, optimizer: torch.optim.Optimizer) -> Any:
    """What a Trainer makes of TrainingArguments for a run of so many steps."""
    given = {name: value for name, value in spec["schedule"].items() if name != "use"}
    arguments = Arguments(output_dir="unused", report_to="none", **given)
    steps = spec["steps"] if arguments.max_steps < 0 else arguments.max_steps
    trainer = SimpleNamespace(args=arguments, optimizer=optimizer, lr_scheduler=None)
    return transformers.Trainer.create_scheduler(trainer, steps)


WARMED = "get_{}_schedule_with_warmup"
RESTARTS = "get_cosine_with_hard_restarts_schedule_with_warmup"
POLYNOMIAL = "get_polynomial_decay_schedule_with_warmup"
LEAST = "get_cosine_with_min_lr_schedule_with_warmup"
LEAST_RATE = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate"
PAIRS = ((0, 12), (1, 12), (4, 12), (4, 20), (12, 12), (14, 12), (0, 1), (0, 0))  # warmup, whole
SHAPES = ("linear", "cosine", "1-sqrt")


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for use, arguments in _edges():
        yield {"steps": 16, "lr": 0.1, "schedule": {"use": f"transformers.{use}", **arguments}}
    trainer = {"use": "transformers.Trainer", "warmup_steps": 3}
    yield {"steps": 16, "schedule": trainer}
    yield {"steps": 16, "schedule": {**trainer, "use": "transformers.TrainingArguments", "learning_rate": 0.01}}
    ended = {"use": f"transformers.{POLYNOMIAL}", "num_training_steps": 9, "lr_end": -0.1}
    yield {"steps": 12, "lr": 0.0, "schedule": {**ended, "num_warmup_steps": 3}}
    yield {"steps": 12, "lr": 0.0, "schedule": {**ended, "num_warmup_steps": 0}}


def _edges() -> Iterator[tuple[str, Spec]]:
    for warmup, total in PAIRS:
        pair = {"num_warmup_steps": warmup, "num_training_steps": total}
        yield WARMED.format("linear"), pair
        yield WARMED.format("cosine"), pair
        yield POLYNOMIAL, {**pair, "lr_end": 0.01, "power": 0.5}
        yield RESTARTS, {**pair, "num_cycles": 3}
        yield LEAST, {**pair, "min_lr": 0.02}
        yield LEAST_RATE, {**pair, "min_lr_rate": 0.1}
        yield "get_wsd_schedule", {**pair, "num_decay_steps": 5, "min_lr_ratio": 0.1}
    yield "get_constant_schedule", {}
    for warmup in (0, 1, 16, 30):
        yield WARMED.format("constant"), {"num_warmup_steps": warmup}
        yield "get_inverse_sqrt_schedule", {"num_warmup_steps": warmup}
    yield from _further(4, 14)
    yield from _by_name()
    yield from _trained()


def _further(warmup: int, total: int) -> Iterator[tuple[str, Spec]]:
    """Their other arguments at edges."""
    pair = {"num_warmup_steps": warmup, "num_training_steps": total}
    for cycles in (0, 0.25, 1, 2.5, -0.5, 40):
        yield WARMED.format("cosine"), {**pair, "num_cycles": cycles}
        yield RESTARTS, {**pair, "num_cycles": cycles}
    for power in (0, 1, 3, -1):
        yield POLYNOMIAL, {**pair, "power": power}
    for scale in (0, 1, 6):
        yield "get_inverse_sqrt_schedule", {"num_warmup_steps": warmup, "timescale": scale}
    yield POLYNOMIAL, {**pair, "lr_end": 0.1}
    for name in (LEAST, LEAST_RATE):
        yield name, pair
        yield name, {**pair, "min_lr": 0.01, "min_lr_rate": 0.1}
        yield name, {**pair, "min_lr_rate": 1.5, "num_cycles": 1.5}
        yield name, {**pair, "min_lr_rate": -0.5}
    for start in (0, 1, 4):
        yield LEAST_RATE, {**pair, "num_warmup_steps": start, "min_lr": 0, "warmup_lr_rate": 0.3}
    for up, down in zip(SHAPES, (*SHAPES[1:], SHAPES[0]), strict=True):
        stable = {"num_warmup_steps": warmup, "num_stable_steps": 3, "num_decay_steps": 6}
        yield "get_wsd_schedule", {**stable, "warmup_type": up, "decay_type": down}
        yield "get_wsd_schedule", {**pair, "num_decay_steps": 12, "warmup_type": up, "decay_type": down}
    yield "get_wsd_schedule", {"num_warmup_steps": 0, "num_stable_steps": 0, "num_decay_steps": 0, "min_lr_ratio": -1}
    yield "get_wsd_schedule", {**pair, "num_stable_steps": 0, "num_decay_steps": 8, "num_cycles": 2, "min_lr_ratio": 2}
    yield "get_wsd_schedule", {"num_warmup_steps": 3, "num_decay_steps": 6}
    yield "get_wsd_schedule", {**pair, "num_decay_steps": 6, "decay_type": "sqrt"}


KWARGS: dict[str, Spec] = {
    "linear": {},
    "cosine": {"num_cycles": 1},
    "cosine_with_restarts": {"num_cycles": 3},
    "polynomial": {"lr_end": 0.001, "power": 2.0},
    "constant": {},
    "constant_with_warmup": {"power": 2.0},
    "inverse_sqrt": {"timescale": 5},
    "cosine_with_min_lr": {"min_lr": 0.01},
    "cosine_warmup_with_min_lr": {"min_lr_rate": 0.1, "warmup_lr_rate": 0.2},
    "warmup_stable_decay": {"num_decay_steps": 6, "decay_type": "1-sqrt", "min_lr_ratio": 0.05},
}


def _by_name() -> Iterator[tuple[str, Spec]]:
    for name, further in KWARGS.items():
        steps = {"num_warmup_steps": 3, "num_training_steps": 14}
        yield "get_scheduler", {"name": name, **steps, "scheduler_specific_kwargs": further}
        yield "get_scheduler", {"name": name, "num_warmup_steps": 3}
    yield "get_scheduler", {"name": "constant"}
    yield "get_scheduler", {"name": "linear"}
    yield "get_scheduler", {"name": "linear", **steps, "scheduler_specific_kwargs": {"num_cycles": 2}}
    yield "get_scheduler", {"name": "inverse_sqrt", **steps, "scheduler_specific_kwargs": {"min_lr": 0.1}}


GROUPS = {"g1": {"lr": 0.02}, "g2": {"lr": 0.5}, "g3": {"lr": 0.005}, "g4": {"lr": 0}}


def extra() -> Iterator[Spec]:
    """Schedules of several parameter groups, each with a learning rate of its own."""
    steps = {"num_warmup_steps": 3, "num_training_steps": 14}
    named: list[tuple[str, Spec]] = [
        (POLYNOMIAL, {**steps, "lr_end": 0.01, "power": 2}),
        (LEAST, {**steps, "min_lr": 0.01}),
        (LEAST, {**steps, "min_lr_rate": 0.1}),
        (LEAST_RATE, {**steps, "min_lr": 0.01, "warmup_lr_rate": 0.2}),
        (WARMED.format("linear"), steps),
    ]
    named += [("get_scheduler", {"name": name, **steps, "scheduler_specific_kwargs": KWARGS[name]}) for name in KWARGS]
    named += [("Trainer", {"lr_scheduler_type": name, "lr_scheduler_kwargs": KWARGS[name]}) for name in KWARGS]
    named += [(use, {**given, "learning_rate": 0.2}) for use, given in named[-len(KWARGS) :]]
    for use, given in named:
        yield {"steps": 16, "lr": 0.1, "schedule": {"use": f"transformers.{use}", **given}, "groups": GROUPS}


def _trained() -> Iterator[tuple[str, Spec]]:
    for kind, further in KWARGS.items():
        yield "Trainer", {"lr_scheduler_type": kind, "lr_scheduler_kwargs": further, "warmup_steps": 0.3}
    for warmup in (0, 0.1, 0.999, 1, 2.9, 20, -1):
        yield "Trainer", {"warmup_steps": warmup}
    for total in (-1, 0, 9, 30):
        yield "Trainer", {"max_steps": total, "warmup_steps": 0.25}
    yield "TrainingArguments", {"lr_scheduler_type": "cosine", "max_steps": 12, "warmup_steps": 2}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps, rate = rng.randint(2, 40), 10 ** rng.uniform(-5, 0.5)
    spec = {"steps": steps, "lr": rate, "schedule": {"use": f"transformers.{name}", **_draw(name, rng, steps, rate)}}
    if "rain" in name and rng.random() < 0.2:
        del spec["lr"]
    return spec


def _draw(name: str, rng: random.Random, steps: int, rate: float) -> Spec:
    if name == "get_scheduler":
        kind = rng.choice(list(KWARGS))
        further = _further_of(kind, rng, steps, rate)
        return {"name": kind, **draw_steps(rng, steps), **_some(rng, {"scheduler_specific_kwargs": further})}
    if name in ("Trainer", "TrainingArguments"):
        return _draw_trainer(rng, steps)
    kinds = {function.__name__: kind for kind, function in optimization.TYPE_TO_SCHEDULER_FUNCTION.items()}
    kind = kinds[name].value
    drawn = draw_steps(rng, steps) | _further_of(kind, rng, steps, rate)
    if kind in ("constant", "constant_with_warmup", "inverse_sqrt"):
        del drawn["num_training_steps"]
    if kind == "constant":
        drawn = {}
    return drawn | _some(rng, {"last_epoch": -1})


def _draw_trainer(rng: random.Random, steps: int) -> Spec:
    kind, rate = rng.choice(list(KWARGS)), 10 ** rng.uniform(-5, -1)
    warmup = rng.choice([rng.random(), rng.random() * 0.2, rng.randint(0, steps + 2), rng.uniform(1, steps)])
    return {
        "learning_rate": rate,
        "lr_scheduler_type": kind,
        "lr_scheduler_kwargs": _further_of(kind, rng, steps, rate),
        **_some(rng, {"warmup_steps": warmup}),
        **_some(rng, {"max_steps": rng.choice([-1, rng.randint(1, 2 * steps)])}),
    }


def draw_steps(rng: random.Random, steps: int) -> Spec:
    """How long the warmup and the whole take: within the run, or past it."""
    total = rng.choice([steps, rng.randint(0, 2 * steps), rng.randint(1, steps)])
    warmup = rng.choice([0, rng.randint(0, total), rng.randint(0, total // 4), rng.randint(0, steps + 5)])
    return {"num_warmup_steps": warmup, "num_training_steps": total}


def draw_cycles(rng: random.Random) -> float:
    """Waves, whole ones or not."""
    return rng.choice([0.5, 1, 1.5, rng.randint(0, 9), rng.uniform(0, 6), rng.uniform(-2, 2)])


def _further_of(kind: str, rng: random.Random, steps: int, rate: float) -> Spec:
    cycles = _some(rng, {"num_cycles": draw_cycles(rng)})
    least = rng.choice([{"min_lr": rate * rng.random()}, {"min_lr_rate": rng.random()}, {"min_lr_rate": 0}])
    drawn: dict[str, Callable[[], Spec]] = {
        "cosine": lambda: cycles,
        "cosine_with_restarts": lambda: cycles,
        "polynomial": lambda: draw_polynomial(rng, rate),
        "inverse_sqrt": lambda: _some(rng, {"timescale": rng.randint(1, 3 * steps)}),
        "cosine_with_min_lr": lambda: {**cycles, **least},
        "cosine_warmup_with_min_lr": lambda: {**cycles, **least, **_some(rng, {"warmup_lr_rate": rng.uniform(0, 1.2)})},
        "warmup_stable_decay": lambda: {
            "num_decay_steps": rng.randint(0, steps),
            **_some(rng, {"num_stable_steps": rng.randint(0, steps)}),
            **_some(rng, {"warmup_type": rng.choice(SHAPES)}),
            **_some(rng, {"decay_type": rng.choice(SHAPES)}),
            **_some(rng, {"min_lr_ratio": rng.choice([rng.random(), rng.uniform(-0.5, 1.5)])}),
            **cycles,
        },
    }
    return drawn[kind]() if kind in drawn else {}


def draw_polynomial(rng: random.Random, rate: float) -> Spec:
    """Where it ends and how it bends; now and then it does not start."""
    end = rng.choice([0, rate * rng.random(), rate * rng.uniform(-1, 1), rate * rng.uniform(0.9, 1.1)])
    power = rng.choice([0, 0.5, 1, 2, rng.uniform(0.1, 5), rng.uniform(0.1, 5), rng.uniform(-2, 0)])
    return {**_some(rng, {"lr_end": end}), **_some(rng, {"power": power})}


def _some(rng: random.Random, arguments: Spec) -> Spec:
    """Those arguments, or more rarely none."""
    return arguments if rng.random() < 0.7 else {}


def modes(name: str) -> tuple[str, ...]:
    """The ways to restore a schedule."""
    return states.MODES if name in ("Trainer", "TrainingArguments", "get_scheduler") else (*states.MODES, "last_epoch")


def resumable(plan: Spec, new: Spec, at: int) -> bool:
    """Whether a Trainer has a checkpoint there, and its runs are as long as the specs'."""
    if not plan["schedule"]["use"].endswith(("Trainer", "TrainingArguments")):
        return True
    return 0 < at <= plan["steps"] and all(each["schedule"].get("max_steps", -1) < 0 for each in (plan, new))


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on; those of a Trainer are of a real one, which trains."""
    if plan["schedule"]["use"].endswith(("Trainer", "TrainingArguments")):
        return resume_trainer(plan, new, at, mode)
    return map(states.rates, states.follow(prepared, plan, new, at, mode))


def prepared(spec: Spec, load: Callable[[Any], None], **more: Any) -> tuple[Any, Any]:
    """An optimizer and a schedule on it."""
    arguments = {key: value for key, value in spec["schedule"].items() if key != "use"}
    optimizer = built(spec, spec["lr"])
    load(optimizer)
    name = spec["schedule"]["use"].rpartition(".")[2]
    return optimizer, getattr(optimization, name)(optimizer=optimizer, **{**arguments, **more})


class Recorder(transformers.TrainerCallback):
    """Records the rate of each update, and stops a training with a checkpoint."""

    def __init__(self, stop: int | None) -> None:
        self.rates: list[float] = []
        self.stop = stop

    def on_step_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Before an update."""
        self.rates.append(more["optimizer"].param_groups[0]["lr"])

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """After an update."""
        control.should_save = state.global_step == self.stop
        control.should_training_stop = control.should_save or state.global_step >= state.max_steps


class Model(torch.nn.Module):
    """A model of one number."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Its loss."""
        return {"loss": (self.weight * x).mean()}


def resume_trainer(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The rates of a Trainer that goes on from a checkpoint, of which parts were removed."""
    with tempfile.TemporaryDirectory() as folder:
        train(plan, folder, at, None)
        checkpoint = Path(folder) / f"checkpoint-{at}"
        for part in ("optimizer", "scheduler"):
            if mode not in ("both", part):
                (checkpoint / f"{part}.pt").unlink()
        yield from ({"lr": rate} for rate in train(new, folder, None, str(checkpoint)))


def train(spec: Spec, folder: str, stop: int | None, checkpoint: str | None) -> list[float]:
    """Train a Trainer; the rates of its updates."""
    given = {"learning_rate": spec["lr"]} if "lr" in spec else {}
    given |= {name: value for name, value in spec["schedule"].items() if name != "use"}
    given["max_steps"] = spec["steps"]
    arguments = transformers.TrainingArguments(
        output_dir=folder,
        report_to="none",
        save_strategy="no",
        per_device_train_batch_size=1,
        use_cpu=True,
        optim="sgd",
        disable_tqdm=True,
        **given,
    )
    recorder = Recorder(stop)
    data = [{"x": torch.zeros(1)} for _ in range(64)]
    trainer = transformers.Trainer(Model(), arguments, train_dataset=data, callbacks=[recorder])
    trainer.train(resume_from_checkpoint=checkpoint)
    return recorder.rates


def resumptions() -> Iterator[tuple[Spec, Spec, int, str]]:
    """A Trainer's checkpoints, and the example of the notes."""
    for mode in states.MODES:
        for kind in ("linear", "cosine", "constant_with_warmup", "polynomial"):
            schedule = {"use": "transformers.Trainer", "lr_scheduler_type": kind, "warmup_steps": 2}
            for at, steps in ((1, 20), (6, 20), (9, 20), (10, 20), (6, 10)):
                plan = {"steps": 10, "lr": 1.0, "schedule": schedule}
                yield plan, {**plan, "lr": 0.5, "steps": steps}, at, mode
        arguments = {"use": "transformers.TrainingArguments", "learning_rate": 1.0, "warmup_steps": 0.2}
        plan = {"steps": 10, "schedule": {**arguments, "lr_scheduler_type": "linear"}}
        other = {**arguments, "learning_rate": 0.3, "lr_scheduler_type": "cosine"}
        yield plan, {"steps": 15, "schedule": other}, 7, mode
