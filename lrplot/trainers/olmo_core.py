"""OLMo-core's config.json: a duration, an optimizer, and one of its own schedulers by class or type."""

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil
from typing import Annotated, Literal

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.frameworks import framework
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Record
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar, describe
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, Key, is_set, missing
from lrplot.trainers.shared.sections import Optimizer

CLASS, TYPE = "_CLASS_", "type"
NAMING = (CLASS, TYPE)
UNITS = ("steps", "tokens", "epochs")
NOW = ("train_module.scheduler", "train_module.optim")
BEFORE_2 = ("trainer.callbacks.lr_scheduler.scheduler", "optim")
BATCHES = "BatchSizeSchedulerCallback"


@record
class Duration:
    """A duration.

    Args:
        value: its amount
        unit: what it counts
    """

    value: Annotated[int, Count(), Role.HORIZON]
    unit: Annotated[Literal["steps", "tokens", "epochs"], Choice(UNITS), Role.CURVE]


@record
class Trainer:
    """The trainer.

    Args:
        max_duration: length of the run and of its schedule
        hard_stop: where the run ends before its schedule does
    """

    max_duration: Annotated[Duration, Record(Duration)] = Duration(1, "epochs")
    hard_stop: Annotated[Duration | None, Record(Duration)] = None


@record
class TrainModule:
    """The module that trains.

    Args:
        optim: the optimizer
    """

    optim: Annotated[Optimizer | None, Record(Optimizer)] = None


@record
class DataLoader:
    """The data loader.

    Args:
        global_batch_size: tokens per update
    """

    global_batch_size: Annotated[int | None, Count(), Role.CURVE] = None


@trainer(
    "olmo-core",
    marks=(
        "trainer.max_duration.unit",
        "train_module.optim",
        "train_module.scheduler",
        "train_module.rank_microbatch_size",
        "data_loader.global_batch_size",
        f"trainer.{CLASS}",
        f"model.{CLASS}",
        BEFORE_2[0],
        f"{BEFORE_2[1]}.{CLASS}",
    ),
    surely=("trainer.max_duration.unit", NOW[1], BEFORE_2[0]),
)
def experiment_config(
    config: Config,
    train_module: Annotated[TrainModule | None, Record(TrainModule)] = None,
    optim: Annotated[Optimizer | None, Record(Optimizer)] = None,
    trainer: Annotated[Trainer | None, Record(Trainer)] = None,
    data_loader: Annotated[DataLoader | None, Record(DataLoader)] = None,
) -> Content:
    """OLMo-core config: the `config.json` of a run's checkpoints, whose classes are at `_CLASS_`.

    Source: olmo_core/optim/scheduler.py; olmo_core/train/trainer.py, Trainer.max_steps; before 2.0
        olmo_core/train/callbacks/scheduler.py

    Args:
        train_module: the module that trains, with the optimizer and the scheduler
        optim: the optimizer, before 2.0
        trainer: the length of the run
        data_loader: the tokens of an update
    """
    under, at = NOW if train_module is not None else BEFORE_2
    optimizer = train_module.optim if train_module is not None else optim
    if optimizer is None:
        raise missing("the learning rate", (f"{at}.lr",))
    check_batches(config)
    tokens = data_loader.global_batch_size if data_loader else None
    total, steps = length(config, trainer or Trainer(), tokens)
    places = ("steps", "trainer.hard_stop.value" if total != steps else "", "trainer.max_duration.value")
    exact = total == steps and tokens and trainer and trainer.max_duration.unit == "tokens" and not config.fact("steps")
    return {
        "steps": None if exact else config.at(steps, *places),
        "tokens": config.at(trainer.max_duration.value, places[2]) if exact and trainer else None,
        "tokens_per_step": tokens,
        "steps_per_epoch": config.fact("steps_per_epoch"),
        "lr": config.at(optimizer.lr, f"{at}.lr"),
        "weight_decay": config.node(f"{at}.weight_decay"),
        "beta1": config.node(f"{at}.betas.0"),
        "beta2": config.node(f"{at}.betas.1"),
        "schedule": schedule(config, under, total, steps),
        "groups": groups(config, at),
        "accept": {"cut-short": "`hard_stop` ends the run before its schedule"} if total != steps else None,
    }


def check_batches(config: Config) -> None:
    """Raise a `Fault` if a callback changes the batch size, and with it the learning rate, during the run."""
    callbacks = config.node("trainer.callbacks")
    for entry in callbacks if isinstance(callbacks, Mapping) else ():
        name, enabled = (config.node(f"trainer.callbacks.{entry.key.text}.{key}") for key in (CLASS, "enabled"))
        if getattr(name, "text", "").endswith(BATCHES) and getattr(enabled, "text", "true") != "false":
            message = f"`{entry.key.text}` changes the batch size, and with it the learning rate, during the run"
            raise Fault(message, code="undetermined", help="write its schedule as a spec").at(entry.key.span)


def length(config: Config, trainer: Trainer, tokens: int | None) -> tuple[int, int]:
    """Updates of the schedule, and those of the run."""
    if (given := config.fact("steps")) is not None:
        return given, given
    total = updates(config, trainer.max_duration, tokens)
    if trainer.hard_stop is None:
        return total, total
    steps = min(updates(config, trainer.hard_stop, tokens), total)
    config.derivation.append(f"the schedule has {total:,} updates, of which `hard_stop` lets {steps:,} happen")
    return total, steps


def updates(config: Config, duration: Duration, tokens: int | None) -> int:
    """The updates of a duration."""
    if duration.unit == "steps":
        return duration.value
    if duration.unit == "tokens":
        if tokens is None:
            raise missing("how many tokens an update has", ("data_loader.global_batch_size=4194304",), ("steps",))
        steps = ceil(duration.value / tokens)
        config.derivation.append(f"{duration.value:,} tokens ÷ {tokens:,} per update = {steps:,} updates")
        return steps
    per_epoch = config.fact("steps_per_epoch")
    if per_epoch is None:
        raise missing("how many updates an epoch has", ("steps_per_epoch",), ("steps",))
    config.derivation.append(
        f"{duration.value:,} epochs × {per_epoch:,} updates = {duration.value * per_epoch:,} updates"
    )
    return duration.value * per_epoch


def groups(config: Config, at: str) -> Content | None:
    """The parameter groups with a learning rate or weight decay of their own, by their first parameter."""
    found: Content = {}
    given = config.node(f"{at}.group_overrides")
    for index, _ in enumerate(given.items if isinstance(given, Listing) else ()):
        own = {key: config.node(f"{at}.group_overrides.{index}.opts.{key}") for key in ("lr", "weight_decay")}
        name = config.node(f"{at}.group_overrides.{index}.params.0")
        if isinstance(name, Scalar) and any(own.values()):
            found[Key.of(name)] = own
    return found or None


def schedule(config: Config, at: str, total: int, steps: int) -> Content | Mapping | list[Node]:
    """The schedule of `total` updates in a run of `steps`; constant without a scheduler."""
    if (node := config.node(at)) is None:
        return {"kind": "constant"}
    whole = scheduler(node, at)
    if total == steps:
        return whole
    until = Entry(Scalar("for", node.span), config.at(total, "trainer.max_duration.value"))
    return [replace(whole, entries=(*whole.entries, until))]


def scheduler(node: Node, at: str) -> Mapping:
    """The scheduler of a run as a spec has it; a `Fault` if it is none of OLMo-core's."""
    if isinstance(node, Mapping) and name_of(node) is None:
        named = next((each for each in map(node.get, NAMING) if each is not None), node)
        message = f"{describe(named)} is no scheduler of OLMo-core that is known"
        raise Fault(message, code="undetermined", help="write its schedule as a spec").at(named.span)
    found = part(node)
    if not isinstance(found, Mapping):
        raise Fault(f"`{at}` must be a mapping, not {describe(node)}", code="bad-type").at(node.span)
    return found


def part(node: Node) -> Node:
    """A part of a scheduler as a spec has it: schedulers by their names, without what is unset."""
    if isinstance(node, Listing):
        return replace(node, items=tuple(map(part, node.items)))
    if not isinstance(node, Mapping):
        return node
    left_out = (*NAMING, *framework("olmo_core").left_out)
    entries = [
        replace(each, value=part(each.value)) for each in node if each.key.text not in left_out and is_set(each.value)
    ]
    if (name := name_of(node)) is not None:
        entries.insert(0, Entry(replace(name, text="use"), name))
    return replace(node, entries=tuple(entries))


def name_of(node: Mapping) -> Scalar | None:
    """The scheduler of OLMo-core that a mapping is, by its class or its type; None if it is none."""
    titles = framework("olmo_core").schedulers
    for key, known in (
        (CLASS, {title: title for title in titles}),
        (TYPE, {type_of(title): title for title in titles}),
    ):
        if isinstance(given := node.get(key), Scalar):
            module, _, name = given.text.rpartition(".")
            own = name in known and (not module or module.startswith("olmo_core."))
            return replace(given, text=f"olmo_core.{known[name]}") if own else None
    return None


def type_of(title: str) -> str:
    """The type under which OLMo-core registers a scheduler: its class in lower case, without `Scheduler`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", title.removesuffix("Scheduler")).lower()
