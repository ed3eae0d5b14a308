"""LLaMA-Factory's arguments: those of transformers, and a few rules of its own."""

from __future__ import annotations

from lrplot.text.tree import Mapping
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config
from lrplot.trainers.transformers import VERSIONS, ArgumentsField, told, training_arguments, warmup

MARKS = ("stage", "finetuning_type", "template", "cutoff_len", "dataset_dir", "lora_target", "overwrite_cache")


@trainer("llama-factory", marks=MARKS, versions=VERSIONS, extends=("transformers",), told=told)
def finetuning_arguments(config: Config, arguments: ArgumentsField) -> Content:
    """LLaMA-Factory arguments: transformers' TrainingArguments with those of the model and the data, in YAML.

    Source: src/llamafactory/train/trainer_utils.py, create_custom_scheduler
    """
    content = training_arguments(config, arguments)
    schedule = content["schedule"]
    if isinstance(schedule, dict) and arguments.lr_scheduler_type == "warmup_stable_decay":
        steps = int(content["steps"].text)
        left = steps - warmup(config, arguments, steps)
        given = schedule["lr_scheduler_kwargs"]
        own = {each.key.text: each.value for each in given} if isinstance(given, Mapping) else {}
        defaults = {"num_stable_steps": left // 3, "num_decay_steps": left - left // 3}
        schedule["lr_scheduler_kwargs"] = defaults | own
    return content
