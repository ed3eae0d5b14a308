"""ms-swift's arguments: those of transformers with defaults of its own."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Text
from lrplot.text.tree import Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, whole
from lrplot.trainers.shared.precision import TRANSFORMERS
from lrplot.trainers.transformers import NEVER, VERSIONS, Arguments, processes, told, training_arguments

MARKS = (
    "train_type",
    "tuner_type",
    "sft_type",
    "loss_scale",
    "swift_version",
    "global_world_size",
    "rlhf_type",
    "template_type",
    "attn_impl",
    "split_dataset_ratio",
    "use_hf",
    "tuner_backend",
    "torch_dtype",
    "target_modules",
    "lora_rank",
    "learning_rate",
    "num_train_epochs",
    "per_device_train_batch_size",
)
SURELY = MARKS[:12]  # other programs have the rest too
BATCH = 16  # examples per update, by default
WARMUP = 0.05  # share of the run, by default, before 3.0
ENGINES = ("zero0", "zero1", "zero2", "zero3", "zero2_offload", "zero3_offload")  # its own files, without a scheduler


@record
class Defaults(Arguments):
    """Training arguments with ms-swift's defaults.

    Args:
        learning_rate: the optimizer's learning rate; by default 1e-5 if all weights are trained, or else 1e-4
        gradient_accumulation_steps: batches accumulated into an update; by default as many as 16 examples need
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 1e-4
    lr_scheduler_type: Annotated[str, Text(), Role.CURVE] = "cosine"
    per_device_train_batch_size: Annotated[int, Count(), Role.CURVE] = 1
    weight_decay: Annotated[float, Number()] = 0.1
    adam_beta2: Annotated[float, Number()] = 0.95


DefaultsField = Annotated[Defaults, Inline(Defaults)]


@trainer(
    "ms-swift",
    marks=MARKS,
    versions=VERSIONS,
    extends=("transformers",),
    told=told,
    surely=SURELY,
    never=NEVER,
    precision=TRANSFORMERS,
    logged_every="logging_steps",
)
def sft_arguments(config: Config, arguments: DefaultsField) -> Content:
    """ms-swift arguments: transformers' TrainingArguments with those of the model and the data, as JSON, YAML or flags.

    Source: swift/arguments/sft_args.py; swift/trainers/arguments.py; before 3.0 swift/llm/utils/argument.py
    """
    if config.node("sft_type") is not None:
        config, arguments = _before_3(config, arguments)
    full = any(isinstance(node := config.node(key), Scalar) and node.text == "full" for key in MARKS[:3])
    if full and config.node("learning_rate") is None:
        arguments = replace(arguments, learning_rate=1e-5)
    if config.node("gradient_accumulation_steps") is None and config.fact("dataset_size") is not None:
        devices = processes(config, arguments)
        if devices is None:
            raise missing("how many processes train", ("devices",))
        share = ceil(BATCH / arguments.per_device_train_batch_size / devices)
        arguments = replace(arguments, gradient_accumulation_steps=max(1, share))
    engine = config.node("deepspeed")
    if isinstance(engine, Scalar) and engine.text in ENGINES:
        config = _without(config, "deepspeed")
    return training_arguments(config, arguments)


def _before_3(config: Config, arguments: Defaults) -> tuple[Config, Defaults]:
    """The rules before 3.0, which renamed `sft_type`: a warmup by default, and a shorter name of the batch size."""
    if config.node("warmup_ratio") is None:
        arguments = replace(arguments, warmup_ratio=WARMUP)
    size = whole(config.node("batch_size"))
    if size is not None and size > 0 and config.node("per_device_train_batch_size") is None:
        arguments = replace(arguments, per_device_train_batch_size=size)
        config = _without(config, "batch_size")
    return config, arguments


def _without(config: Config, key: str) -> Config:
    """The config without a key."""
    kept = tuple(entry for entry in config.root if entry.key.text != key)
    return replace(config, root=replace(config.root, entries=kept))
