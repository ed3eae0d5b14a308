"""Command lines of the training scripts among diffusers' examples."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Number, Text
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, whole
from lrplot.trainers.shared.precision import Precision
from lrplot.trainers.transformers import remark_inert_warmup

MARKS = (
    "checkpointing_steps",
    "instance_data_dir",
    "instance_prompt",
    "validation_prompt",
    "learnable_property",
    "proportion_empty_prompts",
    "checkpoints_total_limit",
    "pretrained_model_name_or_path",
    "max_train_steps",
    "lr_warmup_steps",
    "lr_scheduler",
    "train_batch_size",
    "scale_lr",
    "lr_num_cycles",
    "resolution",
    "center_crop",
    "snr_gamma",
)
NEVER = ("network_module", "LoRA_type", "max_token_length", "training_type")  # of kohya and finetrainers


@record
class Arguments:
    """The arguments that determine the schedule.

    Args:
        learning_rate: the learning rate
        scale_lr: multiply it by the images in an update
        lr_scheduler: the schedule's short name
        lr_warmup_steps: updates of the warmup
        lr_num_cycles: falls of cosine_with_restarts
        lr_power: exponent of polynomial
        max_train_steps: updates of the run
        num_train_epochs: epochs of the run, without `max_train_steps`
        train_batch_size: images in a batch of one process
        gradient_accumulation_steps: batches accumulated into an update
        adam_weight_decay: weight decay
    """

    learning_rate: Annotated[float | None, Number(at_least=0), Role.PEAK] = None
    scale_lr: Annotated[bool, Flag()] = False
    lr_scheduler: Annotated[str, Text(), Role.CURVE] = "constant"
    lr_warmup_steps: Annotated[int, Count(at_least=0), Role.WARMUP] = 500
    lr_num_cycles: Annotated[int, Count(), Role.CYCLE_COUNT] = 1
    lr_power: Annotated[float, Number()] = 1.0
    max_train_steps: Annotated[int | None, Count(), Role.HORIZON] = None
    num_train_epochs: Annotated[int | None, Count(), Role.HORIZON] = None
    train_batch_size: Annotated[int | None, Count(), Role.CURVE] = None
    gradient_accumulation_steps: Annotated[int, Count(), Role.CURVE] = 1
    adam_weight_decay: Annotated[float, Number()] = 0.01


ArgumentsField = Annotated[Arguments, Inline(Arguments)]


@trainer(
    "diffusers",
    marks=MARKS,
    least=4,
    surely=MARKS[:7],
    never=NEVER,
    extends=("kohya", "transformers"),
    precision=Precision(named=("mixed_precision",)),
)
def command_line(config: Config, arguments: ArgumentsField) -> Content:
    """Diffusers command line: the flags of its examples' scripts, such as train_dreambooth.py.

    accelerate steps the scheduler once per process at each update, for which the scripts multiply its lengths.

    Source: diffusers/examples, text_to_image/train_text_to_image.py, dreambooth/train_dreambooth.py
    """
    steps, per_epoch = length(config, arguments)
    name = arguments.lr_scheduler
    if (processes(config) or 1) > 1 or arguments.gradient_accumulation_steps > 1:
        config.derivation.append(
            "the script is taken to step its scheduler once per update, as most of them do in effect"
        )
    remark_inert_warmup(config, name, arguments.lr_warmup_steps, "lr_warmup_steps")
    return {
        "steps": config.at(steps, "steps", "max_train_steps", "num_train_epochs"),
        "steps_per_epoch": per_epoch,
        "lr": config.at(rate(config, arguments), "learning_rate"),
        "weight_decay": config.node("adam_weight_decay"),
        "schedule": {
            "use": config.at("diffusers.get_scheduler", "lr_scheduler"),
            "name": config.at(name, "lr_scheduler"),
            "num_warmup_steps": config.at(arguments.lr_warmup_steps, "lr_warmup_steps"),
            "num_training_steps": config.at(steps, "max_train_steps", "num_train_epochs"),
            "num_cycles": config.at(arguments.lr_num_cycles, "lr_num_cycles"),
            "power": config.at(arguments.lr_power, "lr_power"),
        },
    }


def processes(config: Config) -> int | None:
    """The number of processes that train: a fact, or that of the launcher."""
    return config.fact("devices") or whole(config.node("num_processes"))


def rate(config: Config, arguments: Arguments) -> float:
    """The learning rate, multiplied by the images in an update if the flags ask for it."""
    if arguments.learning_rate is None:
        raise missing("the learning rate, whose default depends on the script", ("learning_rate",))
    if not arguments.scale_lr:
        return arguments.learning_rate
    devices, batch = processes(config), arguments.train_batch_size
    if devices is None or batch is None:
        names = ("devices",) if devices is None else ("train_batch_size",)
        raise missing("how many images an update has, with which `scale_lr` multiplies the learning rate", names)
    factor = arguments.gradient_accumulation_steps * batch * devices
    scaled = arguments.learning_rate * factor
    config.derivation.append(f"{arguments.learning_rate:g} × {factor:,} images in an update = {scaled:g}")
    return scaled


def length(config: Config, arguments: Arguments) -> tuple[int, int | None]:
    """Updates of the run, and of an epoch if they are known."""
    per_epoch, images = config.fact("steps_per_epoch"), config.fact("dataset_size")
    batch, epochs = arguments.train_batch_size, arguments.num_train_epochs
    if per_epoch is None and images is not None and batch is not None:
        each = ceil(ceil(images / batch) / (processes(config) or 1))
        per_epoch = ceil(each / arguments.gradient_accumulation_steps)
        config.derivation.append(f"{images:,} images in batches of {batch:,}: {per_epoch:,} updates per epoch")
    if (given := config.fact("steps") or arguments.max_train_steps) is not None:
        if epochs is not None and not config.fact("steps"):
            message = f"`max_train_steps` is {given:,}, so `num_train_epochs` is ignored"
            config.remark("note", "ignored-key", message, "num_train_epochs", "remove one of them")
        return given, per_epoch
    if epochs is None:
        raise missing("how long the run is", ("max_train_steps",), ("num_train_epochs",))
    if per_epoch is None:
        rows = (("dataset_size",),) if batch is not None else ()
        raise missing("how many updates the run has", ("steps",), ("steps_per_epoch",), *rows)
    config.derivation.append(f"{epochs:,} epochs × {per_epoch:,} updates = {epochs * per_epoch:,} updates")
    return epochs * per_epoch, per_epoch
