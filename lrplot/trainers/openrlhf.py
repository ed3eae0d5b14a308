"""OpenRLHF's command lines: transformers' schedules with defaults of its own."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.precision import Precision
from lrplot.trainers.transformers import scheduler_name

MARKS = (
    "adam.lr",
    "actor.adam.lr",
    "train.batch_size",
    "train.max_epochs",
    "ds.zero_stage",
    "micro_train_batch_size",
    "train_batch_size",
    "max_epochs",
    "zero_stage",
    "actor_learning_rate",
    "lr_warmup_ratio",
    "max_samples",
    "input_key",
)
FLOORED = ("cosine_with_min_lr", "cosine_warmup_with_min_lr")  # the schedules that have a least value
RateField = Annotated[float | None, Number(at_least=0), Role.PEAK]


@record
class Adam:
    """The optimizer.

    Args:
        lr: its learning rate
    """

    lr: RateField = None


@record
class Model:
    """A model that is trained.

    Args:
        adam: its optimizer
        lr_scheduler: its schedule's short name
        lr_warmup_ratio: its warmup as a share of the run
        min_lr_ratio: its least value as a share of the learning rate
    """

    adam: Annotated[Adam | None, Record(Adam)] = None
    lr_scheduler: Annotated[str, Text(), Role.CURVE] = "cosine_with_min_lr"
    lr_warmup_ratio: Annotated[float, Number(at_least=0, at_most=1), Role.WARMUP] = 0.03
    min_lr_ratio: Annotated[float, Number(), Role.FLOOR] = 0.1


@record
class Train:
    """The run.

    Args:
        batch_size: examples per update, of all processes together
        max_epochs: epochs of the run
        num_episodes: how often all prompts are used
    """

    batch_size: Annotated[int, Count()] = 128
    max_epochs: Annotated[float | None, Number(above=0), Role.HORIZON] = None
    num_episodes: Annotated[int, Count()] = 1


@record
class Rollout:
    """The making of completions.

    Args:
        n_samples_per_prompt: completions of a prompt
    """

    n_samples_per_prompt: Annotated[int, Count()] = 1


@record
class Flags(Model):
    """The flags: those of the layout of 2026, in sections, and from `train_batch_size` on those of earlier layouts.

    Args:
        actor: the policy
        train: the run
        rollout: how completions are made
        train_batch_size: examples per update
        max_epochs: epochs of the run
        num_episodes: how often all prompts are used
        n_samples_per_prompt: completions of a prompt
        learning_rate: the learning rate
        actor_learning_rate: the policy's learning rate
    """

    actor: Annotated[Model | None, Record(Model)] = None
    train: Annotated[Train | None, Record(Train)] = None
    rollout: Annotated[Rollout | None, Record(Rollout)] = None
    train_batch_size: Annotated[int | None, Count()] = None
    max_epochs: Annotated[float | None, Number(above=0), Role.HORIZON] = None
    num_episodes: Annotated[int | None, Count()] = None
    n_samples_per_prompt: Annotated[int | None, Count()] = None
    learning_rate: RateField = None
    actor_learning_rate: RateField = None


FlagsField = Annotated[Flags, Inline(Flags)]


@trainer("openrlhf", marks=MARKS, least=3, precision=Precision(bf16=("bf16",), named=("param_dtype", "ds.param_dtype")))
def command_line(config: Config, flags: FlagsField) -> Content:
    """OpenRLHF command line: the flags of its trainers; of a policy and its critic, the policy's rate is shown.

    Source: openrlhf/cli/train_sft.py, train_ppo_ray.py; openrlhf/utils/deepspeed/deepspeed.py
    """
    model = flags.actor or flags
    rate = _first(
        model.adam and model.adam.lr, flags.adam and flags.adam.lr, flags.actor_learning_rate, flags.learning_rate
    )
    places = ("actor.adam.lr", "adam.lr", "actor_learning_rate", "learning_rate")
    if rate is None:
        raise missing("the learning rate, whose default depends on the command", ("adam.lr",))
    steps = run_length(config, flags)
    name = scheduler_name(model.lr_scheduler)
    return {
        "steps": config.at(steps, "steps", "train.max_epochs", "max_epochs"),
        "batch_size": batch_size(flags),
        "lr": config.at(rate, *places),
        "schedule": {
            "use": config.at("transformers.Trainer", "lr_scheduler", "actor.lr_scheduler"),
            "lr_scheduler_type": config.at(name, "lr_scheduler", "actor.lr_scheduler"),
            "lr_scheduler_kwargs": {"min_lr_rate": model.min_lr_ratio} if name in FLOORED else None,
            "warmup_steps": config.at(ceil(steps * model.lr_warmup_ratio), "lr_warmup_ratio", "actor.lr_warmup_ratio"),
        },
    }


def batch_size(flags: Flags) -> int:
    """Examples per update."""
    return flags.train_batch_size or (flags.train or Train()).batch_size


def run_length(config: Config, flags: Flags) -> int:
    """Updates of the run; a `Fault` if it is not known. Examples that do not fill an update are dropped."""
    if (given := config.fact("steps")) is not None:
        return given
    train = flags.train or Train()
    epochs = _first(flags.max_epochs, train.max_epochs)
    per_epoch, examples = config.fact("steps_per_epoch"), config.fact("dataset_size")
    if per_epoch is None and examples is None:
        raise missing("how many updates the run has", ("steps",), ("steps_per_epoch",), ("dataset_size",))
    if epochs is None:
        raise missing("how many epochs the run has", ("train.max_epochs",))
    batch = batch_size(flags)
    if per_epoch is None:
        assert examples is not None
        samples = flags.n_samples_per_prompt or (flags.rollout or Rollout()).n_samples_per_prompt
        per_epoch = examples * samples // batch
        config.derivation.append(
            f"{examples * samples:,} examples ÷ {batch:,} per update = {per_epoch:,} updates per epoch"
        )
    episodes = flags.num_episodes or train.num_episodes
    steps: int = ceil(epochs * episodes * per_epoch)
    config.derivation.append(f"{epochs * episodes:g} epochs × {per_epoch:,} updates = {steps:,} updates")
    return steps


def _first(*values: Any) -> Any:
    """The first value that is not None."""
    return next((value for value in values if value is not None), None)
