"""Model cards that transformers' Trainer writes: README.md with a list of hyperparameters and a table of results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Text
from lrplot.text.tree import Listing, Mapping, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, find, missing, whole
from lrplot.trainers.shared.precision import Precision
from lrplot.trainers.transformers import (
    VERSIONS,
    Arguments,
    remark_inert_warmup,
    scheduler_name,
    unknown_length,
    updates_per_epoch,
    warmup,
)

MARKS = (
    "learning_rate",
    "train_batch_size",
    "lr_scheduler_type",
    "num_epochs",
    "training_steps",
    "lr_scheduler_warmup_ratio",
    "lr_scheduler_warmup_steps",
    "lr_scheduler_kwargs",
    "total_train_batch_size",
)
SECTION = "training_hyperparameters"
# Schedules without a curve unless their own arguments are known, which a card leaves out.
FURTHER = {
    "cosine_with_min_lr": "min_lr_rate",
    "cosine_warmup_with_min_lr": "min_lr_rate",
    "warmup_stable_decay": "num_decay_steps",
}
EPOCH = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
MOST_UPDATES = 10_000_000  # of an epoch


@record
class Card:
    """The list of hyperparameters.

    Args:
        learning_rate: the optimizer's learning rate
        train_batch_size: examples in a batch of one process
        gradient_accumulation_steps: batches accumulated into an update
        num_devices: processes that train; 1 if absent
        lr_scheduler_type: the schedule's short name
        lr_scheduler_warmup_ratio: warmup as a share of the run
        lr_scheduler_warmup_steps: updates of the warmup; from version 5 on, a number below 1 is a share of the run
        training_steps: updates of the run, whatever `num_epochs` says
        num_epochs: epochs of the run
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 5e-5
    train_batch_size: Annotated[int, Count()] = 8
    gradient_accumulation_steps: Annotated[int, Count()] = 1
    num_devices: Annotated[int, Count()] = 1
    lr_scheduler_type: Annotated[str, Text(), Role.CURVE] = "linear"
    lr_scheduler_warmup_ratio: Annotated[float, Number(at_least=0, at_most=1), Role.WARMUP] = 0.0
    lr_scheduler_warmup_steps: Annotated[float, Number(at_least=0), Role.WARMUP] = 0.0
    training_steps: Annotated[int | None, Count(), Role.HORIZON] = None
    num_epochs: Annotated[float, Number(above=0), Role.HORIZON] = 3.0

    def arguments(self) -> Arguments:
        """The training arguments that the card lists."""
        return Arguments(
            learning_rate=self.learning_rate,
            lr_scheduler_type=scheduler_name(self.lr_scheduler_type),
            warmup_steps=self.lr_scheduler_warmup_steps,
            warmup_ratio=self.lr_scheduler_warmup_ratio,
            num_train_epochs=self.num_epochs,
            max_steps=self.training_steps or -1,
            per_device_train_batch_size=self.train_batch_size,
            gradient_accumulation_steps=self.gradient_accumulation_steps,
        )


CardField = Annotated[Card, Inline(Card)]


def told(document: Mapping) -> str:
    """The version of transformers among the versions that a card lists."""
    node = find(document, "framework_versions.Transformers")
    return node.text if isinstance(node, Scalar) else ""


@trainer(
    "model-card",
    marks=MARKS,
    under=(SECTION,),
    versions=VERSIONS,
    told=told,
    precision=Precision(named=("mixed_precision_training",)),
)
def model_card(config: Config, card: CardField) -> Content:
    """Hugging Face model card: the README.md that transformers' Trainer writes.

    It leaves out the schedule's own arguments (`lr_scheduler_kwargs`). The updates of an epoch follow from the epochs
    and steps in the table of results.

    Source: transformers/modelcard.py, extract_hyperparameters_from_trainer
    """
    arguments = card.arguments()
    name = arguments.lr_scheduler_type
    further = config.inner("lr_scheduler_kwargs")
    if name in FURTHER and further is None:
        what = f"the arguments of `{name}`: a model card leaves them out"
        raise missing(what, (f"lr_scheduler_kwargs.{FURTHER[name]}",)).at(config.place("lr_scheduler_type"))
    steps, per_epoch = _length(config, card, arguments)
    warmup_steps = warmup(config, arguments, steps, "lr_scheduler_warmup_steps", "lr_scheduler_warmup_ratio")
    places = ("lr_scheduler_warmup_steps", "lr_scheduler_warmup_ratio")
    remark_inert_warmup(config, name, warmup_steps, *places)
    return {
        "steps": config.at(steps, "steps", "training_steps", "num_epochs"),
        "steps_per_epoch": per_epoch,
        "batch_size": card.train_batch_size * card.gradient_accumulation_steps * card.num_devices,
        "lr": config.at(card.learning_rate, "learning_rate"),
        "schedule": {
            "use": config.at("transformers.Trainer", "lr_scheduler_type"),
            "lr_scheduler_type": config.at(name, "lr_scheduler_type"),
            "lr_scheduler_kwargs": further,
            "warmup_steps": config.at(warmup_steps, *places),
        },
    }


def _length(config: Config, card: Card, arguments: Arguments) -> tuple[int, int | None]:
    """Updates of the run, and of an epoch if they are known."""
    if (steps := config.fact("steps")) is not None:
        return steps, None
    if card.training_steps:
        return card.training_steps, None
    per_epoch = updates_per_epoch(config, arguments, card.num_devices)
    if per_epoch is None:
        fitting = _from_results(config.document)
        if len(fitting) != 1:
            raise unknown_length(config, arguments, card.num_devices)
        (per_epoch,) = fitting
        config.derivation.append(f"the epochs and steps of the results fit {per_epoch:,} updates per epoch alone")
    steps = ceil(card.num_epochs * per_epoch)
    config.derivation.append(f"{card.num_epochs:g} epochs × {per_epoch:,} updates = {steps:,} updates")
    return steps, per_epoch


def _from_results(document: Mapping) -> list[int]:
    """The numbers of updates per epoch with which every row's epoch is its step's, as it is rounded; at most two."""
    rows = list(_rows(document))
    if not rows:
        return []
    digits = 2 if all(len(epoch.partition(".")[2]) <= 2 for epoch, _ in rows) else 4
    half = Fraction(1, 2 * 10**digits)
    low, high = Fraction(0), Fraction(MOST_UPDATES)
    for epoch, step in rows:
        low = max(low, step / (Fraction(epoch) + half))
        if Fraction(epoch) > half:
            high = min(high, step / (Fraction(epoch) - half))
    least, most = max(ceil(low), 1), floor(high)
    return list(range(least, most + 1)[:2])


def _rows(document: Mapping) -> Iterator[tuple[str, int]]:
    """The epoch and the step of each row of the results."""
    table = find(document, "training_results.table")
    for row in table.items if isinstance(table, Listing) else ():
        epoch, step = (row.get(name) for name in ("Epoch", "Step")) if isinstance(row, Mapping) else (None, None)
        if not isinstance(epoch, Scalar) or not re.fullmatch(EPOCH, epoch.text):
            continue
        if (count := whole(step)) is not None:
            yield epoch.text, count
