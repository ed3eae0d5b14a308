"""LLaMA-Factory's arguments: those of transformers, and a few rules of its own."""

from __future__ import annotations

from typing import Annotated

from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Number
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config
from lrplot.trainers.shared.precision import TRANSFORMERS
from lrplot.trainers.transformers import VERSIONS, ArgumentsField, groups, scheduler_name, told, training_arguments

MARKS = ("stage", "finetuning_type", "template", "cutoff_len", "dataset_dir", "lora_target", "overwrite_cache")


@record
class Finetuning:
    """LoRA+, in which the second matrices have a learning rate of their own.

    Args:
        loraplus_lr_ratio: the learning rate of the second matrices as a multiple
        loraplus_lr_embedding: the learning rate of embeddings with LoRA
    """

    loraplus_lr_ratio: Annotated[float | None, Number(at_least=0)] = None
    loraplus_lr_embedding: Annotated[float | None, Number(at_least=0)] = None


FinetuningField = Annotated[Finetuning, Inline(Finetuning)]


@trainer(
    "llama-factory",
    marks=MARKS,
    versions=VERSIONS,
    extends=("transformers",),
    told=told,
    precision=TRANSFORMERS,
    logged_every="logging_steps",
)
def finetuning_arguments(config: Config, arguments: ArgumentsField, finetuning: FinetuningField) -> Content:
    """LLaMA-Factory arguments: transformers' TrainingArguments with those of the model and the data, in YAML.

    Source: src/llamafactory/train/trainer_utils.py, create_custom_scheduler, _create_loraplus_optimizer
    """
    name = scheduler_name(arguments.lr_scheduler_type)
    content = training_arguments(config, arguments, thirds if name == "warmup_stable_decay" else None)
    return {**content, "groups": loraplus(config, arguments.learning_rate, finetuning)}


def thirds(steps: int, warmup_steps: int) -> Content:
    """The lengths of the constant part, a third of what the warmup leaves, and of the decay."""
    stable = (steps - warmup_steps) // 3
    return {"num_stable_steps": stable, "num_decay_steps": steps - warmup_steps - stable}


def loraplus(config: Config, rate: float, keys: Finetuning) -> Content | None:
    """The groups of LoRA+ beside the first matrices; None without it."""
    if keys.loraplus_lr_ratio is None:
        return None
    embedding = "loraplus_lr_embedding", keys.loraplus_lr_embedding
    return groups(config, lora_B=("loraplus_lr_ratio", rate * keys.loraplus_lr_ratio), embedding=embedding)
