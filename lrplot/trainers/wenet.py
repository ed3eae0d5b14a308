"""WeNet's train.yaml: an optimizer and a scheduler by name."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Count, Many, Number, Record, Text
from lrplot.text.tree import Listing, Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.interpolation import arguments_of

SCHEDULERS = {"warmuplr": "wenet.WarmupLR", "NoamHoldAnnealing": "wenet.NoamHoldAnnealing"}


@record
class OptimConf:
    """The optimizer's arguments.

    Args:
        lr: the learning rate; of several the last one, after those of `modules`
        modules: parts of the model with learning rates of their own
        weight_decay: weight decay
    """

    lr: Annotated[tuple[float, ...] | None, Many(Number(at_least=0), single=True), Role.PEAK] = None
    modules: Annotated[tuple[str, ...], Many(Text())] = ()
    weight_decay: Annotated[float | None, Number()] = None


@trainer(
    "wenet",
    marks=(
        "optim",
        "optim_conf.lr",
        "scheduler",
        "scheduler_conf",
        "max_epoch",
        "accum_grad",
        "dataset_conf",
        "encoder_conf",
        "tokenizer",
    ),
    least=4,
    surely=("dataset_conf",),
)
def wenet_config(
    config: Config,
    optim_conf: Annotated[OptimConf | None, Record(OptimConf)] = None,
    scheduler: Annotated[str, Text(), Role.CURVE] = "warmuplr",
    max_epoch: Annotated[int, Count(), Role.HORIZON] = 100,
    save_interval: Annotated[int | None, Count()] = None,
) -> Content:
    """WeNet config: the train.yaml of a model, with `optim_conf` and `scheduler_conf`.

    Source: wenet/utils/train_utils.py, init_optimizer_and_scheduler; wenet/bin/train.py

    Args:
        optim_conf: the optimizer's arguments
        scheduler: the scheduler, whose arguments `scheduler_conf` holds
        max_epoch: epochs of the run
        save_interval: updates between checkpoints, instead of epochs: the data is gone through once
    """
    conf = optim_conf or OptimConf()
    if not conf.lr:
        raise missing("the learning rate", ("optim_conf.lr",))
    if save_interval is not None and config.node("max_epoch") is not None:
        message = "`max_epoch` is ignored: with `save_interval` the data is gone through once"
        config.remark("note", "ignored-key", message, "max_epoch", "remove one of them")
    epochs = 1 if save_interval is not None else max_epoch
    use = config.at(chosen(SCHEDULERS, scheduler, "scheduler", "WeNet"), "scheduler")
    arguments = arguments_of(config.inner("scheduler_conf"))
    steps, per_epoch = config.fact("steps"), config.fact("steps_per_epoch")
    if steps is None:
        if per_epoch is None:
            raise missing("how many updates an epoch has", ("steps_per_epoch",), ("steps",))
        steps = epochs * per_epoch
        config.derivation.append(f"{epochs:,} epochs × {per_epoch:,} updates = {steps:,} updates")
    schedules = [{"use": use, **each} for each in _each(arguments, len(conf.lr))]
    return {
        "steps": config.at(steps, "steps", "max_epoch"),
        "steps_per_epoch": per_epoch,
        "lr": config.at(conf.lr[-1], "optim_conf.lr"),
        "weight_decay": config.at(conf.weight_decay, "optim_conf.weight_decay") if conf.weight_decay else None,
        "schedule": schedules[-1],
        "groups": _groups(config, conf, schedules) or None,
    }


def _each(arguments: dict[str, Node], count: int) -> list[dict[str, Node]]:
    """The scheduler's arguments for each learning rate: `warmup_steps` can be a list, too."""
    warmup = arguments.get("warmup_steps")
    if not isinstance(warmup, Listing):
        return [arguments] * count
    if len(warmup.items) < count:
        message = f"IndexError: {count} learning rates need as many `warmup_steps`, got {len(warmup.items)}"
        raise Fault(message, help="give one for each").at(warmup.span)
    return [{**arguments, "warmup_steps": each} for each in warmup.items[:count]]


def _groups(config: Config, conf: OptimConf, schedules: list[Content]) -> Content:
    """The modules with learning rates of their own."""
    rates = conf.lr or ()
    if len(conf.modules) + 1 != len(rates) and (conf.modules or len(rates) > 1):
        message = (
            f"AssertionError: {len(rates)} learning rates need {len(rates) - 1} `modules`, got {len(conf.modules)}"
        )
        raise Fault(message, field="optim_conf.lr", help="give one more learning rate than modules")
    named = zip(conf.modules, rates, schedules, strict=False)
    return {
        name.replace(".", "_"): {"lr": config.at(rate, "optim_conf.lr"), "schedule": schedule}
        for name, rate, schedule in named
    }
