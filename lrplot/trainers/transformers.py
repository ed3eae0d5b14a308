"""Hugging Face TrainingArguments, as JSON or YAML: the config of transformers' Trainer and of what is built on it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.types import Count, Flag, Number, Text
from lrplot.text.tree import Mapping
from lrplot.trainers import Content, trainer
from lrplot.trainers.deepspeed import scheduler_content, scheduler_of
from lrplot.trainers.shared.config import Config, missing

MARKS = (
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "num_train_epochs",
    "lr_scheduler_type",
    "warmup_ratio",
    "warmup_steps",
    "learning_rate",
    "max_steps",
    "output_dir",
    "logging_steps",
    "save_steps",
    "save_strategy",
    "report_to",
    "dataloader_drop_last",
)


@dataclass(eq=False)
class Arguments:
    """The training arguments that determine the schedule.

    Args:
        learning_rate: the optimizer's learning rate
        lr_scheduler_type: the schedule's short name
        lr_scheduler_kwargs: further arguments of the schedule
        warmup_steps: updates of the warmup; from version 5 on, a number below 1 is a share of the run
        warmup_ratio: warmup as a share of the run; ignored if `warmup_steps` is above 0
        num_train_epochs: epochs of the run
        max_steps: updates of the run, whatever `num_train_epochs` says, if above 0
        per_device_train_batch_size: examples in a batch of one process
        gradient_accumulation_steps: batches accumulated into an update
        dataloader_drop_last: drop the partial batch at the end of an epoch
        weight_decay: weight decay
        adam_beta1: Adam's first coefficient
        adam_beta2: Adam's second coefficient
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 5e-5
    lr_scheduler_type: Annotated[str, Text(), Role.CURVE] = "linear"
    warmup_steps: Annotated[float, Number(at_least=0), Role.WARMUP] = 0.0
    warmup_ratio: Annotated[float, Number(at_least=0, at_most=1), Role.WARMUP] = 0.0
    num_train_epochs: Annotated[float, Number(above=0), Role.HORIZON] = 3.0
    max_steps: Annotated[int, Count(at_least=None), Role.HORIZON] = -1
    per_device_train_batch_size: Annotated[int, Count(), Role.CURVE] = 8
    gradient_accumulation_steps: Annotated[int, Count(), Role.CURVE] = 1
    dataloader_drop_last: Annotated[bool, Flag()] = False
    weight_decay: Annotated[float, Number()] = 0.0
    adam_beta1: Annotated[float, Number()] = 0.9
    adam_beta2: Annotated[float, Number()] = 0.999


ArgumentsField = Annotated[Arguments, Inline(Arguments)]


@trainer("transformers", marks=MARKS, versions=("4.46", "4.52", "5"))
def training_arguments(config: Config, arguments: ArgumentsField) -> Content:
    """Hugging Face TrainingArguments: the fields of transformers' Trainer, in JSON or YAML.

    Source: transformers/training_args.py; trainer.py, Trainer.set_initial_training_values;
        optimization.py, get_scheduler
    """
    per_epoch = updates_per_epoch(config, arguments)
    steps = run_length(config, arguments, per_epoch)
    return {
        "steps": config.at(steps, "max_steps", "steps", "num_train_epochs"),
        "steps_per_epoch": per_epoch,
        "batch_size": batch_size(config, arguments),
        "lr": config.at(arguments.learning_rate, "learning_rate"),
        "weight_decay": config.at(arguments.weight_decay, "weight_decay") if arguments.weight_decay else None,
        "beta1": config.node("adam_beta1"),
        "beta2": config.node("adam_beta2"),
        "schedule": schedule(config, arguments, steps),
    }


def batch_size(config: Config, arguments: Arguments) -> int | None:
    """Examples per update; None if the number of processes is not known."""
    if (given := config.fact("batch_size")) is not None:
        return given
    devices = config.fact("devices")
    if devices is None:
        return None
    return int(arguments.per_device_train_batch_size * arguments.gradient_accumulation_steps * devices)


def updates_per_epoch(config: Config, arguments: Arguments) -> int | None:
    """Updates in an epoch: stated, or from the number of examples; None if neither is known.

    Before 4.52, batches that do not fill an update are dropped at the end of an epoch.
    """
    if (given := config.fact("steps_per_epoch")) is not None:
        return given
    examples, devices = config.fact("dataset_size"), config.fact("devices")
    if examples is None:
        return None
    device, accumulated = arguments.per_device_train_batch_size, arguments.gradient_accumulation_steps
    if devices is None:
        raise missing("how many processes train", ("devices",))
    batch = device * devices
    batches = examples // batch if arguments.dataloader_drop_last else ceil(examples / batch)
    updates = max(ceil(batches / accumulated) if config.since("4.52") else batches // accumulated, 1)
    config.derivation.extend(
        [
            f"{examples:,} examples ÷ ({device:,} per device × {devices:,} devices) = {batches:,} batches per epoch",
            f"{batches:,} batches ÷ {accumulated:,} accumulated = {updates:,} updates per epoch",
        ]
    )
    return updates


def run_length(config: Config, arguments: Arguments, per_epoch: int | None) -> int:
    """Updates of the run; a `Fault` if it is not known."""
    if arguments.max_steps > 0:
        if config.node("num_train_epochs"):
            message = f"`max_steps` is {arguments.max_steps:,}, so `num_train_epochs` is ignored"
            config.remark("note", "ignored-key", message, "num_train_epochs")
        return arguments.max_steps
    if (given := config.fact("steps")) is not None:
        return given
    if per_epoch is None:
        raise missing("how many updates the run has", ("steps",), ("steps_per_epoch",), ("dataset_size", "devices"))
    steps = ceil(arguments.num_train_epochs * per_epoch)
    config.derivation.append(f"{arguments.num_train_epochs:g} epochs × {per_epoch:,} updates = {steps:,} updates")
    return steps


def schedule(config: Config, arguments: Arguments, steps: int) -> Content | Mapping:
    """The schedule of a run of `steps` updates: that of the DeepSpeed file, if it has one, or the Trainer's."""
    engine = config.inner("deepspeed")
    scheduler = scheduler_of(engine) if engine else None
    if scheduler is not None:
        config.remark(
            "warning",
            "overridden-scheduler",
            f"the `scheduler` of the DeepSpeed file is used, not `lr_scheduler_type: {arguments.lr_scheduler_type}`",
            "lr_scheduler_type" if config.node("lr_scheduler_type") else "deepspeed",
            "remove one of them",
        )
        return scheduler_content(scheduler, fills(config, arguments, steps))
    return {
        "use": config.at("transformers.Trainer", "lr_scheduler_type"),
        "lr_scheduler_type": config.at(arguments.lr_scheduler_type, "lr_scheduler_type"),
        "lr_scheduler_kwargs": config.inner("lr_scheduler_kwargs"),
        "warmup_steps": config.at(warmup(config, arguments, steps), *warmup_keys(arguments)),
    }


def fills(config: Config, arguments: Arguments, steps: int) -> dict[str, Any]:
    """The values of a DeepSpeed scheduler's arguments that are `auto`.

    Source: transformers/integrations/deepspeed.py, HfTrainerDeepSpeedConfig.trainer_config_finalize
    """
    return {
        "warmup_min_lr": 0,
        "warmup_max_lr": arguments.learning_rate,
        "warmup_num_steps": max(1, warmup(config, arguments, steps)),
        "total_num_steps": steps,
    }


def warmup_keys(arguments: Arguments) -> tuple[str, str]:
    """The keys of the warmup, the one that counts first."""
    return ("warmup_steps", "warmup_ratio") if arguments.warmup_steps > 0 else ("warmup_ratio", "warmup_steps")


def warmup(config: Config, arguments: Arguments, steps: int) -> int:
    """Updates of the warmup."""
    stated, ratio = arguments.warmup_steps, arguments.warmup_ratio
    if stated > 0 and ratio > 0:
        message = f"`warmup_steps` is {stated:g}, so `warmup_ratio` is ignored"
        config.remark("note", "ignored-key", message, "warmup_ratio", "remove one of them")
    if 0 < stated < 1:
        if not config.since("5"):
            raise Fault(
                f"`warmup_steps` is {stated:g}: a share of the run only from transformers 5 on",
                field="warmup_steps",
                help=f"write `warmup_ratio: {stated:g}`",
            )
        return ceil(steps * stated)
    return int(stated) if stated else ceil(steps * ratio)
