"""YOLOX's experiments: a Python class `Exp`, whose constructor assigns what differs from the program's own."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Number
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import Phase, constant, fall, listed, warmup

MARKS = (
    "basic_lr_per_img",
    "no_aug_epochs",
    "max_epoch",
    "warmup_epochs",
    "min_lr_ratio",
    "depth",
    "width",
    "exp_name",
    "num_classes",
    "data_num_workers",
    "mosaic_prob",
    "mixup_prob",
    "test_conf",
    "input_size",
)
SCHEDULERS = ("yoloxwarmcos", "warmcos", "cos")
METHODS = ("get_lr_scheduler", "get_optimizer")  # by which an experiment can have a schedule of its own


@record
class Experiment:
    """The attributes that determine the schedule.

    Args:
        basic_lr_per_img: the learning rate for one image; the batch multiplies it
        scheduler: the schedule
        max_epoch: epochs of the run
        warmup_epochs: epochs of the warmup
        warmup_lr: the value it starts from
        min_lr_ratio: the least value as a share of the learning rate
        no_aug_epochs: epochs at the least value at the end
        momentum: momentum of SGD
        weight_decay: weight decay of the weights
    """

    basic_lr_per_img: Annotated[float, Number(at_least=0), Role.PEAK] = 0.01 / 64
    scheduler: Annotated[str, Choice(SCHEDULERS), Role.CURVE] = "yoloxwarmcos"
    max_epoch: Annotated[int, Count(), Role.HORIZON] = 300
    warmup_epochs: Annotated[int, Count(at_least=0), Role.WARMUP] = 5
    warmup_lr: Annotated[float, Number(at_least=0), Role.START] = 0.0
    min_lr_ratio: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.05
    no_aug_epochs: Annotated[int, Count(at_least=0)] = 15
    momentum: Annotated[float, Number()] = 0.9
    weight_decay: Annotated[float, Number()] = 5e-4


ExperimentField = Annotated[Experiment, Inline(Experiment)]


@trainer("yolox", marks=MARKS, under=("Exp",))
def experiment(config: Config, experiment: ExperimentField) -> Content:
    """YOLOX experiment: Python with a class `Exp` over that of yolox.exp.

    Source: yolox/exp/yolox_base.py; yolox/utils/lr_scheduler.py; yolox/core/trainer.py
    """
    for key in METHODS:
        if (node := config.node(key)) is not None:
            message = f"`{key}` of the experiment sets the schedule by itself"
            raise Fault(message, code="undetermined", help="write its schedule as a spec").at(node.span)
    batch, epoch = config.fact("batch_size"), iterations(config)
    if batch is None:
        raise missing("how many images a batch has, with which the learning rate grows", ("batch_size",))
    if epoch is None:
        raise missing("how many batches an epoch has", ("steps_per_epoch",), ("dataset_size",))
    rate = experiment.basic_lr_per_img * batch
    config.derivation.append(f"{experiment.basic_lr_per_img:g} per image × {batch:,} images = {rate:g}")
    steps = experiment.max_epoch * epoch
    return {
        "steps": config.at(config.fact("steps") or steps, "steps", "max_epoch"),
        "steps_per_epoch": epoch,
        "batch_size": batch,
        "lr": config.at(rate, "basic_lr_per_img"),
        "momentum": config.at(experiment.momentum, "momentum"),
        "weight_decay": config.at(experiment.weight_decay, "weight_decay"),
        "schedule": schedule(config, experiment, rate, epoch, steps),
    }


def iterations(config: Config) -> int | None:
    """Batches of an epoch, each of which is an update; None if they are not known."""
    given, images, batch = config.fact("steps_per_epoch"), config.fact("dataset_size"), config.fact("batch_size")
    if given is not None or images is None or batch is None:
        return given
    processes = config.fact("devices") or 1
    return ceil((images // processes) / max(batch // processes, 1))


def schedule(config: Config, experiment: Experiment, rate: float, epoch: int, steps: int) -> list[Node]:
    """The schedule over `steps` updates, also of a run that is stopped earlier; the optimizer sets the first value."""
    long, name, taken = experiment.warmup_epochs * epoch, experiment.scheduler, config.fact("steps") or steps
    if name == "cos":
        first = constant(experiment.warmup_lr if long else rate, 1)
        return listed(
            config, taken, (first, "warmup_epochs"), (fall("cosine", rate, 0.0, 0, steps, 1, steps), "scheduler")
        )
    if name == "warmcos":
        ramp = warmup(experiment.warmup_lr, rate, long)
        return listed(
            config, taken, (ramp, "warmup_epochs"), (fall("cosine", rate, 0.0, long, steps, long, steps), "scheduler")
        )
    low, end = rate * experiment.min_lr_ratio, steps - experiment.no_aug_epochs * epoch
    square: Phase = {
        "kind": "warmup",
        "from": experiment.warmup_lr,
        "to": rate,
        "for": long,
        "shape": "polynomial",
        "power": 2,
    }
    reached: list[tuple[Phase, str]] = []
    if long >= end and long:  # the warmup's last value is reached, not the cosine's first
        reached.append((constant(rate, 1), "warmup_epochs"))
    return listed(
        config,
        taken,
        (square, "warmup_epochs"),
        *reached,
        (fall("cosine", rate, low, long, end, long, end), "scheduler"),
        (constant(low), "no_aug_epochs"),
    )
