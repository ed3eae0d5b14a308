"""litgpt's YAML: pretraining, whose schedule counts batches, and finetuning, whose schedule counts updates."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, number, whole
from lrplot.trainers.shared.phases import fall, listed, rise, warmup
from lrplot.trainers.shared.precision import Precision

RATE = 1e-3  # torch's, if the config gives none
LOW, LONG = 6e-5, 100  # of all runs but those that pretrain from defaults
PRETRAINING = ("train.max_tokens", "model_name", "tokenizer_dir", "initial_checkpoint_dir")


@record
class Training:
    """The run.

    Args:
        global_batch_size: examples per update
        micro_batch_size: examples in a batch of one process
        lr_warmup_steps: updates of the warmup
        lr_warmup_fraction: warmup as a share of an epoch, instead of `lr_warmup_steps`
        epochs: epochs of the run
        max_tokens: tokens of the run, in pretraining
        max_steps: the most updates of the run, in finetuning
        max_seq_length: tokens in an example
        min_lr: where the decay of pretraining ends
        learning_rate: the learning rate, in configs of early 2024
    """

    global_batch_size: Annotated[int, Count(), Role.CURVE] = 64
    micro_batch_size: Annotated[int, Count(), Role.CURVE] = 4
    lr_warmup_steps: Annotated[int | None, Count(at_least=0), Role.WARMUP] = None
    lr_warmup_fraction: Annotated[float | None, Number(at_least=0, at_most=1), Role.WARMUP] = None
    epochs: Annotated[int, Count(), Role.HORIZON] = 1
    max_tokens: Annotated[int | None, Count(), Role.HORIZON] = None
    max_steps: Annotated[int | None, Count(), Role.HORIZON] = None
    max_seq_length: Annotated[int | None, Count(), Role.CURVE] = None
    min_lr: Annotated[float, Number(at_least=0), Role.FLOOR] = LOW
    learning_rate: Annotated[float | None, Number(at_least=0), Role.PEAK] = None


@trainer(
    "litgpt",
    marks=(
        "train.global_batch_size",
        "train.micro_batch_size",
        "train.lr_warmup_steps",
        "train.max_tokens",
        "train.max_seq_length",
        "checkpoint_dir",
        "out_dir",
        "model_name",
        "tokenizer_dir",
        "eval.interval",
    ),
    least=3,
    extends=("lightning-cli",),
    surely=("train.global_batch_size", "train.lr_warmup_steps", "train.micro_batch_size"),
    precision=Precision(named=("precision",)),
)
def litgpt_config(config: Config, train: Annotated[Training, Record(Training)]) -> Content:
    """Litgpt config: YAML of `litgpt pretrain` or `litgpt finetune`.

    Source: litgpt/pretrain.py, fit, get_lr; litgpt/finetune/lora.py, get_lr_scheduler; litgpt/args.py, TrainArgs

    Args:
        train: the run, its batches and its warmup
    """
    peak, at = rate(config, train)
    pretrains = any(map(config.node, PRETRAINING)) and not config.node("checkpoint_dir")
    steps, phases = pretraining(config, train, peak) if pretrains else finetuning(config, train, peak)
    return {
        "steps": config.at(steps, "steps", "train.max_steps", "train.max_tokens", "train.epochs"),
        "batch_size": config.node("train.global_batch_size"),
        "lr": config.at(peak, at),
        "weight_decay": config.node("optimizer.init_args.weight_decay"),
        "schedule": phases,
    }


def rate(config: Config, train: Training) -> tuple[float, str]:
    """The learning rate and its key."""
    at = "optimizer.init_args.lr"
    node = config.node(at)
    if node is not None:
        if (value := number(node)) is None:
            raise Fault(f"`{at}` must be a number", code="bad-type").at(node.span)
        return value, at
    return (RATE, "optimizer") if train.learning_rate is None else (train.learning_rate, "train.learning_rate")


def accumulation(config: Config, train: Training) -> tuple[int, int]:
    """Batches per update of one process, and the number of processes."""
    devices = config.fact("devices")
    if devices is None:
        one, nodes = whole(config.node("devices")), whole(config.node("num_nodes")) or 1
        if one is None:
            raise missing("how many processes train", ("devices",))
        devices = one * nodes
    batches = train.global_batch_size // devices // train.micro_batch_size
    if not batches:
        message = "AssertionError: assert gradient_accumulation_iters > 0"
        raise Fault(message, field="train.global_batch_size", help="give more examples per update")
    return batches, devices


def pretraining(config: Config, train: Training, peak: float) -> tuple[int, list[Node]]:
    """Updates of a pretraining, and its phases: update s is made in iteration (s + 1)·batches − 1."""
    batches, devices = accumulation(config, train)
    long = LONG if train.lr_warmup_steps is None else train.lr_warmup_steps
    if train.lr_warmup_fraction:
        message = "the warmup is a share of an epoch, whose length is not known"
        raise Fault(message, field="train.lr_warmup_fraction", code="undetermined", help="give `lr_warmup_steps`")
    if (steps := config.fact("steps")) is not None:
        iterations = steps * batches
    else:
        sequence = config.fact("sequence_length") or train.max_seq_length
        if train.max_tokens is None:
            raise missing("how many tokens the run has", ("train.max_tokens",), ("steps",))
        if sequence is None:
            raise missing("how many tokens an example has", ("sequence_length",), ("steps",))
        iterations = train.max_tokens // devices // (train.micro_batch_size * sequence)
        steps = iterations // batches
        if not steps:
            raise Fault("the run has no update", field="train.max_tokens", help="give more tokens")
        tokens = f"{train.max_tokens:,} tokens ÷ {devices:,} devices ÷ {train.micro_batch_size * sequence:,} per batch"
        config.derivation.append(f"{tokens} = {iterations:,} batches, of which {batches:,} make an update")
    rising = min(long * batches, iterations)
    begin, top, end = (each / batches - 1 for each in (1, rising + 1, iterations + 1))
    risen = max(-(-(rising + 1) // batches) - 1, 0)
    falling = fall("cosine", peak, train.min_lr, top, end, risen, steps)
    ramp = rise(0.0, peak, begin, top, 0, risen)
    return steps, listed(config, steps, (ramp, "train.lr_warmup_steps"), (falling, "train.min_lr"))


def finetuning(config: Config, train: Training, peak: float) -> tuple[int, list[Node]]:
    """Updates of a finetuning, and its phases: a warmup, and a cosine to 0 in what is left."""
    long = LONG if train.lr_warmup_steps is None else train.lr_warmup_steps
    if config.node("train.min_lr"):
        config.remark(
            "note", "ignored-key", "finetuning decays to 0, so `min_lr` is ignored", "train.min_lr", "leave it out"
        )
    steps = config.fact("steps")
    if steps is None:
        per_epoch = config.fact("steps_per_epoch")
        if per_epoch is None and (examples := config.fact("dataset_size")):
            batches, devices = accumulation(config, train)
            per_epoch = ceil(ceil(examples / devices) / train.micro_batch_size) // batches
            config.derivation.append(f"{examples:,} examples = {per_epoch:,} updates per epoch")
        if per_epoch is None and train.max_steps is None:
            raise missing("how many updates an epoch has", ("steps",), ("steps_per_epoch",), ("dataset_size",))
        if per_epoch is None:
            config.derivation.append("the epochs are taken to have at least the updates of `max_steps`")
        lengths = (train.epochs * per_epoch if per_epoch is not None else None, train.max_steps)
        steps = min(each for each in lengths if each is not None)
    if not steps:
        raise Fault("the run has no update", field="train.epochs", help="give more examples")
    falling = {"kind": "cosine", "from": peak, "to": 0.0, "for": max(steps - long, 0)}
    ramp = warmup(0.0, peak, long)
    return steps, listed(config, steps, (ramp, "train.lr_warmup_steps"), (falling, "train.lr_warmup_steps"))
