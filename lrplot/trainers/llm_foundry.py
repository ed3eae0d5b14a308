"""MosaicML's llm-foundry and Composer: YAML with a duration, an optimizer and a scheduler."""

from __future__ import annotations

import re
from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.trainers.shared.sections import Optimizer

DURATION = re.compile(r"(?P<amount>[\d._]+(?:e\+?\d+)?)\s*(?P<unit>ba|ep|sp|tok)?", re.IGNORECASE)
SCHEDULERS = {
    "cosine_with_warmup": "composer.CosineAnnealingWithWarmupScheduler",
    "linear_decay_with_warmup": "composer.LinearWithWarmupScheduler",
    "constant_with_warmup": "composer.ConstantWithWarmupScheduler",
}


@trainer(
    "llm-foundry",
    marks=(
        "max_duration",
        "scheduler.name",
        "scheduler.t_warmup",
        "optimizer.lr",
        "global_train_batch_size",
        "device_train_microbatch_size",
        "eval_interval",
        "train_loader",
    ),
    least=3,
    surely=("scheduler.t_warmup", "global_train_batch_size", "device_train_microbatch_size", "train_loader"),
    never=("optimizer.learning_rate",),
    under=("", "parameters"),
)
def foundry_config(
    config: Config,
    max_duration: Annotated[str, Text(), Role.HORIZON],
    optimizer: Annotated[Optimizer, Record(Optimizer)],
    global_train_batch_size: Annotated[int | None, Count(), Role.CURVE] = None,
    max_seq_len: Annotated[int | None, Count()] = None,
    scale_schedule_ratio: Annotated[float | None, Number(), Role.HORIZON] = None,
) -> Content:
    """Llm-foundry config: YAML of Composer's trainer, its optimizer and its scheduler.

    Source: llmfoundry/command_utils/train.py; llmfoundry/optim; composer/optim/scheduler.py

    Args:
        max_duration: length of the run in batches (`ba`), epochs (`ep`), samples (`sp`) or tokens (`tok`)
        optimizer: the optimizer and its learning rate
        global_train_batch_size: samples per update
        max_seq_len: tokens in a sample
        scale_schedule_ratio: factor of the schedule's times and of the run's length
    """
    scheduler = arguments_of(config.inner("scheduler"))
    if "name" not in scheduler:
        raise missing("which scheduler it uses", ("scheduler.name=cosine_with_warmup",))
    name = getattr(scheduler.pop("name"), "text", "")
    ratio = config.node("scale_schedule_ratio") if scale_schedule_ratio is not None else None
    return {
        **length(config, max_duration, global_train_batch_size, max_seq_len),
        "lr": config.at(optimizer.lr, "optimizer.lr"),
        "weight_decay": config.at(optimizer.weight_decay, "optimizer.weight_decay") if optimizer.weight_decay else None,
        "schedule": {
            "use": config.at(chosen(SCHEDULERS, name, "scheduler.name", "llm-foundry"), "scheduler.name"),
            "scale_schedule_ratio": ratio,
            **scheduler,
        },
    }


def length(config: Config, duration: str, batch: int | None, sequence: int | None) -> Content:
    """The length of the run in the unit of `max_duration`, and what converts it into batches."""
    batch = config.fact("batch_size") or batch
    tokens = batch * sequence if batch and sequence else None
    per_epoch = config.fact("steps_per_epoch")
    if per_epoch is None and batch and (examples := config.fact("dataset_size")):
        per_epoch = ceil(examples / batch)
        config.derivation.append(f"{examples:,} examples ÷ {batch:,} per batch = {per_epoch:,} batches per epoch")
    rates = {"batch_size": batch, "tokens_per_step": tokens, "steps_per_epoch": per_epoch}
    if (steps := config.fact("steps")) is not None:
        return {"steps": config.at(steps, "steps"), **rates}
    match = DURATION.fullmatch(duration.strip())
    amount = float(match["amount"].replace("_", "")) if match and match["amount"].strip("._") else 0.0
    if not match or amount < 1 or not amount.is_integer():
        help = "write a whole number with its unit, such as `4800ba`, `1ep` or `65e9tok`"
        raise Fault(f"`max_duration` is `{duration}`, which is no time", field="max_duration", help=help)
    unit = (match["unit"] or "ep").lower()
    if unit == "ba":
        return {"steps": config.at(int(amount), "max_duration"), **rates}
    if unit == "ep":
        if per_epoch is None:
            raise missing("how many batches an epoch has", ("steps_per_epoch",), ("dataset_size",))
        return {"epochs": config.at(int(amount), "max_duration"), **rates}
    per_batch = batch if unit == "sp" else tokens
    if per_batch is None:
        keys = ("global_train_batch_size",) if unit == "sp" else ("global_train_batch_size", "max_seq_len")
        raise missing("how many samples or tokens a batch has", keys, ("steps",))
    total = ceil(int(amount) / per_batch) * per_batch
    if total != int(amount):
        config.derivation.append(f"{int(amount):,} ÷ {per_batch:,} per batch = {total // per_batch:,} batches")
    return {"samples" if unit == "sp" else "tokens": config.at(int(amount), "max_duration"), **rates}
