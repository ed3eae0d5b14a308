"""OLMo's YAML: a scheduler whose counter is one ahead of the update, in updates or in tokens."""

from __future__ import annotations

import re
from math import ceil
from typing import Annotated, Literal

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Number, Record, Text
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, number_in
from lrplot.trainers.shared.phases import constant, fall, listed, rise
from lrplot.trainers.shared.precision import Precision

DURATION = r"(?i)(?P<amount>\d[\d._]*(?:e\+?\d+)?)(?P<unit>T|ep)?"
MORE = 10  # updates after the scheduled ones, if `stop_at` is absent
NAMES = (
    "cosine_with_warmup",
    "linear_with_warmup",
    "inverse_sqrt_with_warmup",
    "max_scheduler",
    "cosine_linear_envelope",
    "constant",
    "constant_with_warmup",
)


@record
class Optimizer:
    """The optimizer.

    Args:
        learning_rate: the learning rate
        weight_decay: weight decay
    """

    learning_rate: Annotated[float, Number(above=0), Role.PEAK] = 1e-4
    weight_decay: Annotated[float, Number()] = 0.01


@record
class Scheduler:
    """The scheduler.

    Args:
        name: its shape
        units: what its times count
        t_warmup: length of the warmup
        t_max: end of the decay; that of the run if absent
        alpha_f: share of the learning rate at the end
        warmup_min_lr: where the warmup starts; a tenth of the learning rate if absent
    """

    name: Annotated[str, Choice(NAMES), Role.CURVE] = "cosine_with_warmup"
    units: Annotated[Literal["steps", "tokens"], Choice(("steps", "tokens")), Role.CURVE] = "steps"
    t_warmup: Annotated[float, Number(at_least=0), Role.WARMUP] = 100.0
    t_max: Annotated[float | None, Number(above=0), Role.HORIZON] = None
    alpha_f: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.1
    warmup_min_lr: Annotated[float | None, Number(at_least=0), Role.START] = None


@trainer(
    "olmo",
    marks=(
        "optimizer.learning_rate",
        "scheduler.name",
        "scheduler.t_warmup",
        "max_duration",
        "global_train_batch_size",
        "device_train_microbatch_size",
        "save_folder",
        "model.d_model",
    ),
    least=3,
    surely=("scheduler.t_warmup", "max_duration"),
    never=("optimizer.lr",),
    precision=Precision(named=("precision",)),
)
def train_config(
    config: Config,
    max_duration: Annotated[str, Text(), Role.HORIZON] = "10000",
    optimizer: Annotated[Optimizer | None, Record(Optimizer)] = None,
    scheduler: Annotated[Scheduler | None, Record(Scheduler)] = None,
    global_train_batch_size: Annotated[int, Count(), Role.CURVE] = 512,
    stop_at: Annotated[int | None, Count(), Role.HORIZON] = None,
) -> Content:
    """OLMo config: YAML with the model, an optimizer, a scheduler and a duration.

    Source: olmo/optim.py; olmo/config.py, SchedulerConfig; olmo/train.py, Trainer.train_step

    Args:
        max_duration: updates, tokens (`2e12T`) or epochs (`1ep`) of the run
        optimizer: the optimizer and its learning rate
        scheduler: the schedule and its times
        global_train_batch_size: examples per update
        stop_at: update after which the run ends; 10 after its duration if absent
    """
    optimizer, scheduler = optimizer or Optimizer(), scheduler or Scheduler()
    batch = config.fact("batch_size") or global_train_batch_size
    tokens = tokens_of(config, batch)
    total, steps = length(config, max_duration, tokens, scheduler.units)
    per_time = 1 if scheduler.units == "steps" else tokens
    if per_time is None:
        raise missing("how many tokens an example has", ("sequence_length",))
    if stop_at is not None and stop_at < steps:
        steps = stop_at
    else:
        extra = f"{MORE} updates" if stop_at is None else f"{stop_at - steps:,} updates"
        config.derivation.append(f"{steps:,} updates are scheduled; the program makes {extra} more at the end value")
    decay = (scheduler.t_max or total) / per_time
    warmup = scheduler.t_warmup / per_time
    where = ("steps", "stop_at", "max_duration")
    return {
        "steps": config.at(steps, *where),
        "batch_size": batch,
        "tokens_per_step": tokens,
        "steps_per_epoch": config.fact("steps_per_epoch"),
        "lr": config.at(optimizer.learning_rate, "optimizer.learning_rate"),
        "weight_decay": config.at(optimizer.weight_decay, "optimizer.weight_decay"),
        "schedule": schedule(config, optimizer.learning_rate, scheduler, warmup, decay, steps),
    }


def tokens_of(config: Config, batch: int) -> int | None:
    """Tokens per update; None if the length of an example is not known."""
    sequence = config.fact("sequence_length")
    if sequence is None:
        node = config.node("model.max_sequence_length")
        text = getattr(node, "text", "").replace("_", "")
        sequence = int(text) if text.isdecimal() and len(text) < 10 else None
    return batch * sequence if sequence else None


def length(config: Config, duration: str, tokens: int | None, units: str) -> tuple[float, int]:
    """The run's duration in the scheduler's units, and in updates."""
    if (given := config.fact("steps")) is not None:
        return given * (tokens or 0 if units == "tokens" else 1), given
    match = re.fullmatch(DURATION, duration.strip())
    amount = (match and number_in(match["amount"])) or 0.0
    if not match or amount < 1 or not amount.is_integer():
        help = "write updates, tokens such as `2e12T`, or epochs such as `1ep`"
        raise Fault(f"`max_duration` is `{duration}`, which is no duration", field="max_duration", help=help)
    unit = (match["unit"] or "").lower()
    if unit == "ep":
        per_epoch = config.fact("steps_per_epoch")
        if per_epoch is None:
            raise missing("how many updates an epoch has", ("steps",), ("steps_per_epoch",))
        steps = int(amount) * per_epoch
    elif unit == "t":
        if tokens is None:
            raise missing("how many tokens an example has", ("sequence_length",), ("steps",))
        steps = ceil(int(amount) / tokens)
        config.derivation.append(f"{int(amount):,} tokens ÷ {tokens:,} per update = {steps:,} updates")
        if units == "tokens":
            return amount, steps
    else:
        steps = int(amount)
    return steps * (tokens or 0 if units == "tokens" else 1), steps


def schedule(config: Config, peak: float, scheduler: Scheduler, warmup: float, decay: float, steps: int) -> list[Node]:
    """The phases; the counter of update s is s + 1, in which the warmup and the decay end at these times."""
    name, at = scheduler.name, "scheduler.name"
    if name == "constant":
        return listed(config, steps, (constant(peak), at))
    low = scheduler.warmup_min_lr if scheduler.warmup_min_lr is not None else 0.1 * peak
    if low >= peak:
        message = "AssertionError: assert 0 <= warmup_min_lr < initial_lr"
        raise Fault(message, field="scheduler.warmup_min_lr", help="give less than the learning rate")
    first = max(ceil(warmup) - 1, 0)  # the update that is no longer in the warmup
    last, stop = scheduler.alpha_f * peak, max(ceil(decay) - 1, first)
    ramp = (rise(low, peak, -1, warmup - 1, 0, first), "scheduler.t_warmup")
    if name in ("cosine_with_warmup", "linear_with_warmup"):
        falling = fall(name.partition("_")[0], peak, last, warmup - 1, decay - 1, first, stop)
        return listed(config, steps, ramp, (falling, at), (constant(last), "scheduler.alpha_f"))
    if name == "constant_with_warmup":
        return listed(config, steps, ramp, (constant(peak), at))
    root = f"{peak!r} * sqrt({warmup!r} / max({warmup!r}, t + {first + 1}))"
    done = f"min(max((t + {first + 1 - warmup!r}) / {max(decay - warmup, 1e-9)!r}, 0), 1)"
    linear = f"(1 - {done}) * " if name == "cosine_linear_envelope" else ""
    wave = f"{last!r} + {peak - last!r} * {linear}(1 + cos(pi * {done})) / 2"
    formulas = {"inverse_sqrt_with_warmup": root, "max_scheduler": f"max({wave}, {root})"}
    return listed(config, steps, ramp, ({"kind": "expression", "value": formulas.get(name, wave), "for": "rest"}, at))
