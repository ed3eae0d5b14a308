"""SpeechBrain's schedulers, called as its recipes do, after each step of torch's SGD.

Of the package only `nnet/schedulers.py` is run, in float64; what it imports of the rest is stood in for.
"""

from __future__ import annotations

import io
import logging
import random
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from frameworks import states

DISTRIBUTION = "speechbrain"
Spec = dict[str, Any]
BY_OPTIMIZER = (
    "NoamScheduler",
    "NoamIntervalScheduler",
    "LinearNoamScheduler",
    "CyclicCosineScheduler",
    "WarmAndExpDecayLRSchedule",
    "LinearWarmupScheduler",
    "InverseSquareRootScheduler",
    "IntervalScheduler",
)
BY_NUMBER = ("WarmCoolDecayLRSchedule", "TriStageLRSchedule")


def _schedulers() -> ModuleType:
    """speechbrain.nnet.schedulers."""
    checkpoints = ModuleType("speechbrain.utils.checkpoints")
    for name in ("register_checkpoint_hooks", "mark_as_saver", "mark_as_loader"):
        setattr(checkpoints, name, lambda each: each)
    logger = ModuleType("speechbrain.utils.logger")
    logger.get_logger = logging.getLogger  # type: ignore[attr-defined]
    utilities = ModuleType("speechbrain.utils")
    utilities.checkpoints = checkpoints  # type: ignore[attr-defined]
    found = find_spec("speechbrain")
    assert found is not None
    assert found.origin is not None
    sys.modules["speechbrain"] = ModuleType("speechbrain")
    for module in (checkpoints, logger, utilities):
        sys.modules[module.__name__] = module
    spec = spec_from_file_location("speechbrain.nnet.schedulers", Path(found.origin).parent / "nnet/schedulers.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


torch.set_default_dtype(torch.float64)
SCHEDULERS = _schedulers()


def drive(spec: Spec) -> Iterator[dict[str, float]]:
    """The optimizer's learning rate at each update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec["lr"])
    arguments = dict(spec["schedule"])
    name = arguments.pop("use").rpartition(".")[2]
    metrics = arguments.pop("metrics", None)
    scheduler = getattr(SCHEDULERS, name)(**arguments)
    for number in count(1):
        yield {"lr": optimizer.param_groups[0]["lr"]}
        optimizer.step()
        if name in BY_OPTIMIZER:
            scheduler(optimizer)
        elif name in BY_NUMBER:
            scheduler(optimizer, number)
        elif name == "CyclicLRScheduler":
            scheduler.on_batch_end(optimizer)
        else:
            if name == "NewBobScheduler":
                new = scheduler(metrics[number - 1])[1]
            elif name == "ReduceLROnPlateau":
                new = scheduler([optimizer], number, metrics[number - 1])[1]
            else:
                new = scheduler(number)[1]
            SCHEDULERS.update_learning_rate(optimizer, new)


def edges() -> Iterator[Spec]:
    """Arguments at their edges."""
    for name, arguments in (*_noams(), *_warm(), *_epochs(), *_metrics()):
        yield {"steps": 30, "lr": 0.1, "schedule": {"use": f"speechbrain.{name}", **arguments}}


def _noams() -> Iterator[tuple[str, Spec]]:
    for warmup in (0, 1, 2, 10, 29, 30, 31, 1000):
        yield "NoamScheduler", {"lr_initial": 0.2, "n_warmup_steps": warmup}
    yield "NoamScheduler", {"lr_initial": 1.0, "n_warmup_steps": 8, "model_size": 256}
    for steps, rates in (
        ([12, 20], [0.5, 0.1]),
        ([3, 3], [0.5, 0.5]),
        ([20, 12], [2.0, 0.1]),
        ([0, 1], [0.5, 0.5]),
        ([], []),
    ):
        given = {"lr_initial": 0.3, "n_warmup_steps": 6, "anneal_steps": steps, "anneal_rates": rates}
        yield "NoamIntervalScheduler", given
    yield "NoamIntervalScheduler", {**given, "anneal_steps": [5, 9], "anneal_rates": [0.5, 0.5], "model_size": 80}
    for warmup, keep in ((1, 0), (1, 1), (5, 0), (5, 4), (10, 30), (40, 2)):
        yield "LinearNoamScheduler", {"lr_initial": 0.2, "n_warmup_steps": warmup, "n_keep_steps": keep}
    for warmup in (0, 1, 2, 10, 40):
        for total in (10, 30, 100_000):
            yield "CyclicCosineScheduler", {"n_warmup_steps": warmup, "lr_initial": 0.2, "total_steps": total}
            yield "CyclicCosineScheduler", {"n_warmup_steps": warmup, "total_steps": total}


def _warm() -> Iterator[tuple[str, Spec]]:
    for warmup, total in ((0, 10), (1, 10), (5, 20), (5, 6), (6, 6), (10, 5), (29, 30), (40, 50)):
        for factor in (0.1, 0.5, 0, 1.5):
            given = {"lr": 0.2, "n_warmup_steps": warmup, "total_steps": total, "decay_factor": factor}
            yield "WarmAndExpDecayLRSchedule", given
    for warmup, cooldown, total in (
        (0, 0, 30),
        (5, 0, 20),
        (5, 8, 30),
        (1, 1, 20),
        (10, 15, 20),
        (3, 30, 20),
        (40, 5, 50),
    ):
        given = {"lr": 0.2, "warmup": warmup, "cooldown": cooldown, "total_steps": total, "decay_every": 20}
        yield "WarmCoolDecayLRSchedule", given
    yield "WarmCoolDecayLRSchedule", {"lr": 0.2, "warmup": 4, "cooldown": 4, "total_steps": 28, "decay_factor": 1.5}
    for warmup, hold, decay in ((1, 0, 1), (2, 0, 5), (5, 4, 12), (10, 30, 5), (40, 1, 1)):
        given = {"lr": 0.2, "warmup_steps": warmup, "hold_steps": hold, "decay_steps": decay, "total_steps": 30}
        yield "TriStageLRSchedule", given
        yield "TriStageLRSchedule", {**given, "init_lr_scale": 0.5, "final_lr_scale": 0.2}
    for warmup, total in ((0, 10), (1, 10), (5, 20), (5, 6), (6, 6), (10, 5), (29, 30), (40, 50)):
        yield "LinearWarmupScheduler", {"initial_value": 0.2, "num_warmup_steps": warmup, "num_training_steps": total}
    for warmup in (0, 1, 2, 10, 40):
        yield "InverseSquareRootScheduler", {"warmup_steps": warmup}


def _epochs() -> Iterator[tuple[str, Spec]]:
    for total in (1, 2, 3, 10, 30, 45):
        yield "LinearScheduler", {"initial_value": 0.2, "final_value": 0.01, "epoch_count": total}
    yield "LinearScheduler", {"initial_value": 0.1, "final_value": 0.4, "epoch_count": 12}
    for more in (
        {},
        {"decay_factor": 0.9},
        {"decay_drop": 5},
        {"decay_factor": 0.7, "decay_drop": 2.5},
        {"decay_drop": 0.5, "decay_factor": 0.9},
        {"half_life": 4},
        {"half_life": 4, "decay_drop": 2},
    ):
        yield "StepScheduler", {"initial_value": 0.3, **more}
    for more in (
        {},
        {"step_size": 5},
        {"step_size": 4, "mode": "triangular2"},
        {"step_size": 4.5, "mode": "exp_range", "gamma": 0.97},
        {"step_size": 1},
        {"step_size": 0.7},
        {"step_size": 3, "base_lr": 0.2, "max_lr": 0.1},
    ):
        yield "CyclicLRScheduler", more
    for each in (
        [(5, 0.2), (10, 0.05)],
        [(0, 0.7), (4, 0.2)],
        [(10, 0.2), (5, 0.3), (5, 0.4), (20, 0.1)],
        [(1, 0.2), (2, 0.3), (31, 0.4)],
        [],
    ):
        yield "IntervalScheduler", {"intervals": [{"steps": steps, "lr": rate} for steps, rate in each]}


def _metrics() -> Iterator[tuple[str, Spec]]:
    falling = [round(0.9**number, 6) for number in range(40)]
    for metrics in (falling, [*falling[:5], *falling[5:10] * 7], [1.0] * 40, [0.0, 1.0] * 20, [2.0] * 8):
        for patience in (0, 2):
            yield "NewBobScheduler", {"initial_value": 0.2, "metrics": metrics, "patient": patience}
            given = {"metrics": metrics, "patience": patience, "dont_halve_until_epoch": 3, "lr_min": 0.01}
            yield "ReduceLROnPlateau", given
    yield (
        "NewBobScheduler",
        {
            "initial_value": 0.2,
            "metrics": falling,
            "improvement_threshold": 0.2,
            "annealing_factor": 0.8,
        },
    )
    yield "ReduceLROnPlateau", {"metrics": falling, "lr_min": 0.4}


def draw(name: str, rng: random.Random) -> Spec:
    """A random spec."""
    steps = rng.randint(5, 60)
    warmup = rng.choice([1, 2, rng.randint(1, steps + 5), rng.randint(1, steps // 2)])
    rate, second = 10 ** rng.uniform(-5, 0), rng.uniform(0, 0.1)
    end = rng.choice([steps, warmup + rng.randint(1, 20), rng.randint(1, steps + 10)])
    times = sorted(rng.sample(range(1, steps + 10), rng.randint(1, 4)))
    metrics = [rng.uniform(0.5, 1) * rng.choice([1, 0.95**number]) for number in range(2 * steps)]
    drawn: dict[str, Callable[[], Spec]] = {
        "NoamScheduler": lambda: {
            "lr_initial": rate,
            "n_warmup_steps": warmup,
            **rng.choice([{}, {"model_size": rng.choice([256, 768])}]),
        },
        "NoamIntervalScheduler": lambda: {
            "lr_initial": rate,
            "n_warmup_steps": warmup,
            "anneal_steps": times,
            "anneal_rates": [rng.uniform(0.1, 1) for _ in times],
        },
        "LinearNoamScheduler": lambda: {
            "lr_initial": rate,
            "n_warmup_steps": warmup,
            "n_keep_steps": rng.randint(0, steps),
        },
        "CyclicCosineScheduler": lambda: {
            "n_warmup_steps": warmup,
            "total_steps": rng.choice([end, 1000]),
            **rng.choice([{}, {"lr_initial": rate}]),
        },
        "WarmAndExpDecayLRSchedule": lambda: {
            "lr": rate,
            "n_warmup_steps": rng.choice([0, warmup]),
            "total_steps": end,
            "decay_factor": rng.uniform(0, 1),
        },
        "WarmCoolDecayLRSchedule": lambda: {
            "lr": rate,
            "warmup": rng.choice([0, warmup]),
            "cooldown": rng.randint(0, steps),
            "total_steps": end,
            "decay_factor": rng.uniform(0.1, 1.1),
            "decay_every": rng.randint(1, 100),
        },
        "TriStageLRSchedule": lambda: {
            "lr": rate,
            "warmup_steps": warmup,
            "hold_steps": rng.randint(0, steps),
            "decay_steps": rng.randint(1, steps),
            "total_steps": steps,
            "init_lr_scale": rng.uniform(0, 1),
            "final_lr_scale": rng.uniform(0.01, 1),
        },
        "LinearWarmupScheduler": lambda: {
            "initial_value": rate,
            "num_warmup_steps": rng.choice([0, warmup]),
            "num_training_steps": end,
        },
        "InverseSquareRootScheduler": lambda: {"warmup_steps": rng.choice([0, warmup])},
        "LinearScheduler": lambda: {"initial_value": rate, "final_value": second, "epoch_count": end},
        "StepScheduler": lambda: {
            "initial_value": rate,
            **rng.choice(
                [
                    {"decay_factor": rng.uniform(0.1, 1), "decay_drop": rng.uniform(0.5, 10)},
                    {"half_life": rng.randint(1, 10)},
                    {"decay_drop": rng.randint(1, 10)},
                ]
            ),
        },
        "CyclicLRScheduler": lambda: {
            "base_lr": second,
            "max_lr": rate,
            "step_size": rng.choice([rng.randint(1, 20), rng.uniform(1, 20)]),
            **rng.choice([{}, {"mode": "triangular2"}, {"mode": "exp_range", "gamma": rng.uniform(0.9, 1)}]),
        },
        "IntervalScheduler": lambda: {
            "intervals": [{"steps": time, "lr": rng.uniform(0, 1)} for time in times],
        },
        "NewBobScheduler": lambda: {
            "initial_value": rate,
            "metrics": metrics,
            "annealing_factor": rng.uniform(0.5, 1),
            "improvement_threshold": rng.uniform(0, 0.1),
            "patient": rng.randint(0, 3),
        },
        "ReduceLROnPlateau": lambda: {
            "metrics": metrics,
            "lr_min": rate * rng.uniform(0, 0.5),
            "factor": rng.uniform(0.3, 1),
            "patience": rng.randint(0, 4),
            "dont_halve_until_epoch": rng.randint(0, steps),
        },
    }
    schedule = {"use": f"speechbrain.{name}", **drawn[name]()}
    return {"steps": steps, "lr": rng.choice([rate, 10 ** rng.uniform(-5, 0)]), "schedule": schedule}


SAVED = (
    *("NoamScheduler", "NoamIntervalScheduler", "LinearNoamScheduler", "CyclicLRScheduler"),
    *("LinearWarmupScheduler", "WarmAndExpDecayLRSchedule"),
)


def modes(name: str) -> tuple[str, ...]:
    """The ways to restore a scheduler; those that are not saved are not tried."""
    return states.MODES if name in SAVED else ()


class Called:
    """A scheduler as a recipe calls it after each update, with the state that its hooks save."""

    def __init__(self, scheduler: Any, optimizer: Any) -> None:
        self.scheduler, self.optimizer = scheduler, optimizer

    def step(self) -> None:
        """After an update."""
        call = getattr(self.scheduler, "on_batch_end", self.scheduler)
        call(self.optimizer)

    def state_dict(self) -> Any:
        """What is saved."""
        file = io.BytesIO()
        self.scheduler.save(file)
        return file.getvalue()

    def load_state_dict(self, state: bytes) -> None:
        """Load what was saved."""
        self.scheduler.load(io.BytesIO(state))


def resume(plan: Spec, new: Spec, at: int, mode: str) -> Iterator[dict[str, float]]:
    """The learning rates from update `at` on."""
    return map(states.rates, states.follow(prepared, plan, new, at, mode))


def prepared(spec: Spec, load: Callable[[Any], None]) -> tuple[Any, Any]:
    """An optimizer and a scheduler for it."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=spec["lr"])
    arguments = dict(spec["schedule"])
    return optimizer, Called(getattr(SCHEDULERS, arguments.pop("use").rpartition(".")[2])(**arguments), optimizer)
