"""MosaicML's llm-foundry and Composer: YAML with a duration, an optimizer and a scheduler."""

from __future__ import annotations

import re
from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.scalars import read_number
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.text.tree import Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, missing, number_in
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.trainers.shared.phases import constant, fall, listed, rise
from lrplot.trainers.shared.precision import Precision
from lrplot.trainers.shared.sections import Optimizer

DURATION = r"(?i)(?P<amount>[\d._]+(?:e\+?\d+)?)\s*(?P<unit>ba|ep|sp|tok|dur)?"
SCHEDULERS = {
    "cosine_with_warmup": "composer.CosineAnnealingWithWarmupScheduler",
    "linear_decay_with_warmup": "composer.LinearWithWarmupScheduler",
    "constant_with_warmup": "composer.ConstantWithWarmupScheduler",
    "inv_sqrt_with_warmup": "",  # llm-foundry's own
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
    precision=Precision(named=("precision",)),
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
    use = chosen(SCHEDULERS, name, "scheduler.name", "llm-foundry")
    span = length(config, max_duration, global_train_batch_size, max_seq_len)
    ratio = config.node("scale_schedule_ratio") if scale_schedule_ratio is not None else None
    return {
        **span,
        "lr": config.at(optimizer.lr, "optimizer.lr"),
        "weight_decay": config.at(optimizer.weight_decay, "optimizer.weight_decay") if optimizer.weight_decay else None,
        "schedule": {"use": config.at(use, "scheduler.name"), "scale_schedule_ratio": ratio, **scheduler}
        if use
        else inverse_root(config, max_duration, span, optimizer.lr),
    }


def inverse_root(config: Config, duration: str, span: Content, lr: float) -> list[Node]:
    """llm-foundry's own scheduler: a warmup, a decay by the square root of time, and a linear cooldown.

    Its times have the unit of the run's length. An update has the time before it less that of one batch.

    Source: llmfoundry/optim/scheduler.py, InverseSquareRootWithWarmupScheduler
    """
    at = "scheduler"
    if config.node("scale_schedule_ratio"):
        message = "a scaled schedule of `inv_sqrt_with_warmup` is not known"
        raise Fault(message, field="scale_schedule_ratio", code="undetermined")
    amount, unit = time_of(duration, "max_duration")
    per_batch = {"ba": 1, "sp": span["batch_size"], "tok": span["tokens_per_step"]}.get(unit)
    if per_batch is None:
        message = f"`{duration}` is no length in batches, samples or tokens, with which `inv_sqrt_with_warmup` counts"
        raise Fault(message, field="max_duration", code="undetermined")
    times = []
    for key in ("t_warmup", "t_scale", "t_cooldown"):
        if not isinstance(node := config.node(f"{at}.{key}"), Scalar):
            message = f"TypeError: missing a required argument: '{key}'"
            raise Fault(message, field=at, code="missing-field", help=f"add `{key}: 100{unit}`")
        value, own = time_of(node.text, f"{at}.{key}")
        if own != unit:
            message = f"ValueError: {key} (unit {own}) must match max_duration unit ({unit})."
            raise Fault(message, field=f"{at}.{key}", help=f"write it in `{unit}`")
        times.append(value / per_batch)
    warm, scale, cool = times
    most, _ = time_of(text_of(config.node(f"{at}.t_max"), "1dur"), f"{at}.t_max", amount)
    low, last = (number_of(config.node(f"{at}.{key}"), f"{at}.{key}") for key in ("alpha_f_decay", "alpha_f_cooldown"))
    if low < last:
        message = "ValueError: Required: alpha_f_decay >= alpha_f_cooldown."
        raise Fault(message, field=f"{at}.alpha_f_cooldown", help=f"give at most {low:g}")
    if scale <= 0:
        raise Fault("ZeroDivisionError: division by zero", field=f"{at}.t_scale", help="give a time above 0")
    turn = max(most / per_batch - cool, warm)  # where the cooldown begins
    share = low + (1 - low) * (scale / (turn - warm + scale)) ** 0.5
    risen, turned = ceil(warm), ceil(turn)
    root = f"{lr * low!r} + {lr * (1 - low)!r} * sqrt({scale!r} / (t + {risen - warm + scale!r}))"
    decay: Content = {"kind": "expression", "value": root, "for": turned - risen}
    if low == 0 and risen == warm and scale == int(scale):
        decay = {"kind": "inverse_sqrt", "from": lr, "timescale": int(scale), "for": turned - risen}
    phases: list[tuple[Content, str]] = [
        (constant(0.0, 1), at),
        (rise(0.0, lr, 0, warm, 0, risen), f"{at}.t_warmup"),
        (decay, f"{at}.t_scale"),
    ]
    if cool:
        cooled = ceil(turn + cool)
        phases.append((fall("linear", lr * share, lr * last, turn, turn + cool, turned, cooled), f"{at}.t_cooldown"))
    phases.append((constant(lr * (last if cool else share)), f"{at}.t_cooldown"))
    return listed(config, run_steps(span), *phases)


def run_steps(span: Content) -> int:
    """The batches of a run whose length is in batches, samples or tokens."""
    rates = {"steps": 1, "samples": span["batch_size"], "tokens": span["tokens_per_step"]}
    key = next(key for key in rates if key in span)
    steps: int = ceil(int(span[key].text) / rates[key])
    return steps


def text_of(node: Node | None, default: str) -> str:
    """The text of a value; the default if it is unset."""
    return node.text if isinstance(node, Scalar) else default


def number_of(node: Node | None, path: str) -> float:
    """The number that a value is, 0 if it is unset; a `Fault` for any other."""
    text = text_of(node, "0")
    value = read_number(text)
    if value is None or value < 0:
        raise Fault(f"`{path}` must be a number ≥ 0, not `{text}`", field=path, code="bad-type")
    return float(value)


def time_of(text: str, path: str, whole: float = 0.0) -> tuple[float, str]:
    """The amount of a time and its unit; a share of the run (`dur`) is one of `whole`, if that is above 0."""
    match = re.fullmatch(DURATION, text.strip())
    unit = (match["unit"] or "ep").lower() if match else ""
    amount = number_in(match["amount"]) if match else None
    if amount is None or (unit == "dur" and not whole):
        help = "write a whole number with the unit of `max_duration`, such as `100ba`"
        raise Fault(f"`{path}` is `{text}`, which is no time", field=path, help=help)
    return (float(int(amount * whole)) if unit == "dur" else amount), unit


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
    match = re.fullmatch(DURATION, duration.strip())
    amount = (match and number_in(match["amount"])) or 0.0
    unit = (match["unit"] or "ep").lower() if match else ""
    if not match or amount < 1 or not amount.is_integer() or unit == "dur":
        help = "write a whole number with its unit, such as `4800ba`, `1ep` or `65e9tok`"
        raise Fault(f"`max_duration` is `{duration}`, which is no time", field="max_duration", help=help)
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
