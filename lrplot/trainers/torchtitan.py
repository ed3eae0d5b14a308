"""torchtitan's job configs in TOML, which it had until February 2026."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record
from lrplot.text.tree import Entry, Mapping, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config


@record
class Optimizer:
    """The optimizer.

    Args:
        lr: the learning rate
    """

    lr: Annotated[float, Number(), Role.PEAK] = 8e-4


@record
class Training:
    """The run.

    Args:
        steps: updates
        warmup_steps: updates of the warmup, in configs of 2024
    """

    steps: Annotated[int, Count(), Role.HORIZON] = 10_000
    warmup_steps: Annotated[int | None, Count(at_least=0), Role.WARMUP] = None


OptimizerField = Annotated[Optimizer | None, Record(Optimizer)]
TrainingField = Annotated[Training | None, Record(Training)]


@trainer(
    "torchtitan",
    marks=("training.steps", "optimizer.lr", "lr_scheduler.warmup_steps", "training.warmup_steps", "model.flavor"),
)
def job_config(config: Config, optimizer: OptimizerField = None, training: TrainingField = None) -> Content:
    """Torchtitan job config: TOML with sections `[optimizer]`, `[lr_scheduler]` and `[training]`.

    Source: torchtitan/config/job_config.py; torchtitan/components/lr_scheduler.py

    Args:
        optimizer: the optimizer
        training: the run
    """
    optimizer, training = optimizer or Optimizer(), training or Training()
    section = config.inner("lr_scheduler")
    entries = [_named(entry, section) for entry in section.entries] if section else []
    if training.warmup_steps is not None:
        place = config.place("training.warmup_steps")
        entries.append(Entry(Scalar("warmup_steps", place), config.at(training.warmup_steps, "training.warmup_steps")))
    place = config.place("lr_scheduler")
    use = Entry(Scalar("use", place), Scalar("torchtitan.LRSchedulersContainer", place))
    return {
        "steps": config.at(training.steps, "training.steps"),
        "lr": config.at(optimizer.lr, "optimizer.lr"),
        "schedule": Mapping((use, *entries), place),
    }


def _named(entry: Entry, section: Mapping) -> Entry:
    """An entry of `[lr_scheduler]` under its newest name; in the first half of 2025 the least share was `lr_min`."""
    if entry.key.text != "lr_min" or section.get("min_lr_factor") is not None:
        return entry
    return replace(entry, key=replace(entry.key, text="min_lr_factor"))
