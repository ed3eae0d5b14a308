"""nanotron's YAML: a learning-rate scheduler within the optimizer, and updates within the tokens."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Number, Record
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config
from lrplot.trainers.shared.phases import constant, fall, listed, warmup

AT = "optimizer.learning_rate_scheduler"
STYLES = {"linear": "linear", "cosine": "cosine", "1-sqrt": "sqrt"}


@record
class Scheduler:
    """The learning-rate scheduler.

    Args:
        learning_rate: the learning rate
        lr_warmup_steps: last update of the warmup
        lr_warmup_style: shape of the warmup
        lr_decay_style: shape of the decay
        lr_decay_steps: updates of the decay; all after the warmup if absent
        lr_decay_starting_step: first update of the decay; that after the warmup if absent
        min_decay_lr: where the decay ends; the learning rate, so that there is none, if absent
    """

    learning_rate: Annotated[float, Number(above=0), Role.PEAK]
    lr_warmup_steps: Annotated[int, Count(at_least=0), Role.WARMUP] = 0
    lr_warmup_style: Annotated[str | None, Choice(("linear", "constant")), Role.CURVE] = None
    lr_decay_style: Annotated[str | None, Choice(tuple(STYLES)), Role.CURVE] = None
    lr_decay_steps: Annotated[int | None, Count(at_least=0), Role.DECAY] = None
    lr_decay_starting_step: Annotated[int | None, Count(at_least=0)] = None
    min_decay_lr: Annotated[float | None, Number(at_least=0), Role.FLOOR] = None


@record
class Optimizer:
    """The optimizer.

    Args:
        learning_rate_scheduler: the learning rate and its schedule
        weight_decay: weight decay
    """

    learning_rate_scheduler: Annotated[Scheduler, Record(Scheduler)]
    weight_decay: Annotated[float | None, Number()] = None


@record
class Tokens:
    """The run.

    Args:
        train_steps: updates
        sequence_length: tokens in an example
        micro_batch_size: examples in a batch of one process
        batch_accumulation_per_replica: batches accumulated into an update
    """

    train_steps: Annotated[int, Count(), Role.HORIZON]
    sequence_length: Annotated[int | None, Count()] = None
    micro_batch_size: Annotated[int | None, Count()] = None
    batch_accumulation_per_replica: Annotated[int, Count()] = 1


@trainer(
    "nanotron",
    marks=(
        "optimizer.learning_rate_scheduler.learning_rate",
        "optimizer.learning_rate_scheduler",
        "tokens.train_steps",
        "tokens.micro_batch_size",
        "parallelism.dp",
    ),
)
def nanotron_config(
    config: Config,
    optimizer: Annotated[Optimizer, Record(Optimizer)],
    tokens: Annotated[Tokens, Record(Tokens)],
) -> Content:
    """Nanotron config: YAML with sections `optimizer`, `tokens` and `parallelism`.

    Source: nanotron/helpers.py, lr_scheduler_builder; nanotron/config/config.py, LRSchedulerArgs

    Args:
        optimizer: the optimizer and its learning-rate scheduler
        tokens: the run's length and its batches
    """
    replicas = getattr(config.node("parallelism.dp"), "text", "")
    batch = None
    if tokens.micro_batch_size and replicas.isdecimal() and len(replicas) < 9:
        batch = tokens.micro_batch_size * tokens.batch_accumulation_per_replica * int(replicas)
    steps = config.fact("steps") or tokens.train_steps
    scheduler = optimizer.learning_rate_scheduler
    if scheduler.min_decay_lr is None:
        message = "without `min_decay_lr` the decay ends at the learning rate itself: there is none"
        config.remark("warning", "ignored-key", message, AT, "add `min_decay_lr`")
    return {
        "steps": config.at(steps, "steps", "tokens.train_steps"),
        "batch_size": batch or None,
        "sequence_length": config.node("tokens.sequence_length"),
        "lr": config.at(scheduler.learning_rate, f"{AT}.learning_rate"),
        "weight_decay": config.at(optimizer.weight_decay, "optimizer.weight_decay") if optimizer.weight_decay else None,
        "schedule": schedule(config, scheduler, steps),
    }


def schedule(config: Config, keys: Scheduler, steps: int) -> list[Node]:
    """The phases of a run of `steps` updates."""
    rate, long = keys.learning_rate, keys.lr_warmup_steps
    low = rate if keys.min_decay_lr is None else keys.min_decay_lr
    span = steps - long if keys.lr_decay_steps is None else keys.lr_decay_steps
    begin = long if keys.lr_decay_starting_step is None else keys.lr_decay_starting_step
    if not long and not span:
        message = "without warmup and decay, nanotron multiplies the learning rate by itself"
        raise Fault(message, field=AT, help="give `lr_decay_steps`")
    ramp, start = warmup(0.0, rate, long), long
    if keys.lr_warmup_style == "constant":
        ramp = constant(rate, long)
    elif not long:
        ramp, start = constant(0.0, 1), 1  # the first update is in the warmup, whose length is 0
    after = max(begin, long if begin >= long else long + 1, start)  # the warmup's last update is `long`
    stop = max(begin + span, after)
    falling = fall(STYLES[keys.lr_decay_style or "linear"], rate, low, begin, begin + span, after, stop)
    return listed(
        config,
        steps,
        (ramp, f"{AT}.lr_warmup_steps"),
        (constant(rate, after - start), f"{AT}.lr_decay_starting_step"),
        (falling, f"{AT}.lr_decay_style"),
        (constant(low), f"{AT}.min_decay_lr"),
    )
