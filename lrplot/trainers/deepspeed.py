"""DeepSpeed's config in JSON, alone or named by training arguments, which fill its `auto` values."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault, Faults
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.text.tree import Entry, Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, is_auto, missing, scalar_at, whole
from lrplot.trainers.shared.precision import Precision

MARKS = (
    "zero_optimization",
    "train_micro_batch_size_per_gpu",
    "train_batch_size",
    "scheduler.type",
    "optimizer.params",
    "fp16.enabled",
    "bf16.enabled",
    "zero_allow_untested_optimizer",
    "wall_clock_breakdown",
    "steps_per_print",
)
EARLIER_PEAK = 0.001
LOW = 0  # `warmup_min_lr`, an `auto` that transformers and accelerate fill in whatever the arguments
UNSTOPPED = "WarmupCosineLR"  # whose cosine goes on past its end, before 0.19
OWN = ("WarmupLR", "WarmupDecayLR", "WarmupCosineLR", "OneCycle", "LRRangeTest")  # DeepSpeed's; others are torch's


@record
class OptimizerParams:
    """The optimizer's own arguments.

    Args:
        lr: the learning rate
        weight_decay: weight decay
        momentum: momentum
    """

    lr: Annotated[float | None, Number(), Role.PEAK] = None
    weight_decay: Annotated[float | None, Number()] = None
    momentum: Annotated[float | None, Number()] = None


@record
class Optimizer:
    """The optimizer.

    Args:
        type: its name
        params: its arguments
    """

    type: Annotated[str | None, Text()] = None
    params: Annotated[OptimizerParams | None, Record(OptimizerParams)] = None


@record
class Engine:
    """The keys of a DeepSpeed config that matter for the schedule; its `scheduler` is read as it stands.

    Args:
        optimizer: the optimizer
        train_batch_size: examples per update
        train_micro_batch_size_per_gpu: examples in a batch of one process
        gradient_accumulation_steps: batches accumulated into an update
    """

    optimizer: Annotated[Optimizer | None, Record(Optimizer), Role.PEAK] = None
    train_batch_size: Annotated[int | None, Count()] = None
    train_micro_batch_size_per_gpu: Annotated[int | None, Count()] = None
    gradient_accumulation_steps: Annotated[int | None, Count()] = None


EngineField = Annotated[Engine, Inline(Engine)]


@trainer(
    "deepspeed", marks=MARKS, versions=("0.17.2", "0.19"), precision=Precision(("fp16.enabled",), ("bf16.enabled",))
)
def deepspeed_config(config: Config, engine: EngineField) -> Content:
    """DeepSpeed config: a JSON file with its optimizer and scheduler.

    Source: deepspeed/runtime/lr_schedules.py; deepspeed/runtime/config.py
    """
    scheduler = scheduler_of(config.root)
    if scheduler is None:
        help = "give the training arguments that name this file, such as `training_args.json`"
        raise Fault("the config has no `scheduler`: the schedule is the trainer's", code="missing-fact", help=help)
    params = engine.optimizer.params if engine.optimizer and engine.optimizer.params else OptimizerParams()
    total = argument(scheduler, "total_num_steps")
    steps: Any = config.fact("steps")
    if steps is None and isinstance(total, Scalar) and not is_auto(total):
        steps = total
    faults: list[Fault] = [] if steps is not None else [missing("how many updates the run has", ("steps",))]
    fills = {"warmup_min_lr": LOW, "total_num_steps": 1 if steps is None else steps}  # the length is asked for below
    try:
        schedule = scheduler_content(scheduler, fills, config.since("0.17.2"))
    except Fault as fault:
        raise Faults([*faults, fault]) from None
    if faults:
        raise Faults(faults)
    _check_end(config, scheduler, steps)
    return {
        "steps": steps,
        "batch_size": config.at(engine.train_batch_size, "train_batch_size") if engine.train_batch_size else None,
        "lr": config.at(params.lr, "optimizer") if params.lr is not None else None,
        "weight_decay": params.weight_decay,
        "momentum": params.momentum,
        "schedule": schedule,
    }


def _check_end(config: Config, scheduler: Mapping, steps: int | Scalar) -> None:
    """Refuse a run past the end of a cosine that the version does not stop there."""
    kind, total = scheduler.get("type"), whole(argument(scheduler, "total_num_steps"))
    length = whole(steps) if isinstance(steps, Scalar) else steps
    assert isinstance(kind, Scalar)
    past = total is not None and length is not None and length > total
    if past and kind.text == UNSTOPPED and not config.since("0.19"):
        message = f"before 0.19, `{UNSTOPPED}` rises again after `total_num_steps`, which is not drawn"
        help = f"add `--set steps={total}`, or name a later version: `--as deepspeed@0.19`"
        raise Fault(message, code="undetermined", help=help).at(kind.span)


def scheduler_of(root: Mapping) -> Mapping | None:
    """The `scheduler` of a config, if it names one."""
    node = root.get("scheduler")
    return node if isinstance(node, Mapping) and isinstance(node.get("type"), Scalar) else None


def argument(scheduler: Mapping, name: str) -> Node | None:
    """An argument of the scheduler."""
    params = scheduler.get("params")
    return params.get(name) if isinstance(params, Mapping) else None


def scheduler_content(scheduler: Mapping, fills: AnyMapping[str, Any], follows: bool = True) -> Mapping:
    """The scheduler as a spec has it; `fills` are the values of arguments that are `auto`.

    If `follows` is false, the rules before 0.17.2 hold: WarmupLR leads to 0.001 by default, not to the optimizer's
    learning rate.
    """
    kind, params = scheduler.get("type"), scheduler.get("params")
    assert isinstance(kind, Scalar)
    use = f"deepspeed.{kind.text}" if kind.text in OWN else f"torch.{kind.text}"
    entries = [Entry(Scalar("use", kind.span), Scalar(use, kind.span))]
    faults = []
    for entry in params.entries if isinstance(params, Mapping) else ():
        if is_auto(entry.value):
            if entry.key.text not in fills:
                message = f"`{entry.key.text}` is `auto`: its value comes from the training arguments"
                faults.append(Fault(message, code="missing-fact", help=_cure(entry.key.text)).at(entry.value.span))
                continue
            entry = Entry(entry.key, scalar_at(fills[entry.key.text], entry.value.span))
        entries.append(entry)
    if faults:
        raise Faults(faults)
    if kind.text == "WarmupLR" and not follows and argument(scheduler, "warmup_max_lr") is None:
        entries.append(Entry(Scalar("warmup_max_lr", kind.span), Scalar(repr(EARLIER_PEAK), kind.span)))
    return Mapping(tuple(entries), scheduler.span)


def _cure(name: str) -> str:
    return f"give the training arguments that name this file, or `--set scheduler.params.{name}=…`"
