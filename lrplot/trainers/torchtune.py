"""torchtune's YAML: components by their paths, and a cosine of Hugging Face's kind."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.types import Count, Record
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.trainers.shared.sections import Optimizer

COSINE = "get_cosine_schedule_with_warmup"


@trainer(
    "torchtune",
    marks=(
        "optimizer._component_",
        "lr_scheduler._component_",
        "checkpointer._component_",
        "tokenizer._component_",
        "model._component_",
        "max_steps_per_epoch",
        "gradient_accumulation_steps",
    ),
    surely=("optimizer._component_", "checkpointer._component_", "model._component_"),
)
def recipe_config(
    config: Config,
    optimizer: Annotated[Optimizer, Record(Optimizer)],
    epochs: Annotated[int, Count(), Role.HORIZON] = 1,
    max_steps_per_epoch: Annotated[int | None, Count(), Role.HORIZON] = None,
) -> Content:
    """Torchtune config: YAML of a recipe, whose components are named by `_component_`.

    Source: torchtune/training/lr_schedulers.py; recipes/full_finetune_single_device.py, _setup_lr_scheduler

    Args:
        optimizer: the optimizer and its learning rate
        epochs: epochs of the run
        max_steps_per_epoch: the most updates of an epoch
    """
    steps, per_epoch = length(config, epochs, max_steps_per_epoch)
    return {
        "steps": config.at(steps, "steps", "max_steps_per_epoch", "epochs"),
        "steps_per_epoch": per_epoch,
        "lr": config.at(optimizer.lr, "optimizer.lr"),
        "weight_decay": config.at(optimizer.weight_decay, "optimizer.weight_decay") if optimizer.weight_decay else None,
        "schedule": schedule(config, steps),
    }


def length(config: Config, epochs: int, most: int | None) -> tuple[int, int | None]:
    """Updates of the run, and of an epoch if they are known."""
    if (steps := config.fact("steps")) is not None:
        return steps, None
    per_epoch = config.fact("steps_per_epoch")
    if per_epoch is None and most is None:
        raise missing("how many updates an epoch has", ("steps",), ("steps_per_epoch",))
    if per_epoch is None:
        config.derivation.append(f"an epoch is taken to have at least the {most:,} updates of `max_steps_per_epoch`")
    taken = min(each for each in (per_epoch, most) if each is not None)
    config.derivation.append(f"{epochs:,} epochs × {taken:,} updates = {epochs * taken:,} updates")
    return epochs * taken, taken


def schedule(config: Config, steps: int) -> Content:
    """The schedule of a run of `steps` updates; constant if the config has none."""
    section = config.inner("lr_scheduler")
    if section is None:
        return {"kind": "constant"}
    arguments = arguments_of(section)
    component = getattr(arguments.pop("_component_", None), "text", "")
    name = component.rpartition(".")[2]
    at = "lr_scheduler._component_"
    if component.startswith("torch.optim."):
        return {"use": config.at(component, at), **arguments}
    if name != COSINE:
        message = f"`{component}` is no schedule that is known"
        raise Fault(message, field=at, help=f"torchtune has `{COSINE}`", code="undetermined")
    return {"use": config.at(f"transformers.{COSINE}", at), **arguments, "num_training_steps": config.at(steps, at)}
