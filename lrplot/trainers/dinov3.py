"""DINOv3's YAML: a learning rate that grows with the batch, and schedules by sections or as in DINOv2."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.dinov2 import Train, cosine_scheduler
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import Phase, constant, listed, warmup

SCALINGS: dict[str, Callable[[int], float]] = {
    "sqrt_wrt_1024": lambda batch: 4 * sqrt(batch / 1024),
    "linear_wrt_256": lambda batch: batch / 256,
}


@record
class Optim:
    """The optimizer.

    Args:
        epochs: epochs of the run
        lr: learning rate before it is scaled, without `schedules`
        scaling_rule: how the learning rate follows from the batch
        warmup_epochs: epochs of the warmup, without `schedules`
        min_lr: where the decay ends, without `schedules`
        schedule_trunc_extra: how much longer the cosine is before it is cut, as a share
        weight_decay: weight decay at the start, without `schedules`
        weight_decay_end: weight decay at the end, without `schedules`
    """

    epochs: Annotated[int, Count(), Role.HORIZON] = 100
    lr: Annotated[float, Number(at_least=0), Role.PEAK] = 0.001
    scaling_rule: Annotated[str, Text(), Role.CURVE] = "sqrt_wrt_1024"
    warmup_epochs: Annotated[int, Count(at_least=0), Role.WARMUP] = 10
    min_lr: Annotated[float, Number(at_least=0), Role.FLOOR] = 1e-6
    schedule_trunc_extra: Annotated[float, Number(at_least=0)] = 0.0
    weight_decay: Annotated[float, Number(at_least=0)] = 0.04
    weight_decay_end: Annotated[float, Number(at_least=0)] = 0.4


@record
class Section:
    """One schedule: a warmup, a cosine, and its end value.

    Args:
        start: its first value
        peak: its value after the warmup
        end: its last value
        warmup_epochs: epochs of the warmup
        cosine_epochs: epochs of the cosine; the rest of the run if absent
    """

    start: Annotated[float, Number(at_least=0), Role.START]
    peak: Annotated[float, Number(at_least=0), Role.PEAK]
    end: Annotated[float, Number(at_least=0), Role.FLOOR]
    warmup_epochs: Annotated[int, Count(at_least=0), Role.WARMUP]
    cosine_epochs: Annotated[int | None, Count(at_least=0), Role.DECAY] = None


@record
class Schedules:
    """The schedules.

    Args:
        lr: the learning rate's
        weight_decay: the weight decay's
    """

    lr: Annotated[Section, Record(Section)]
    weight_decay: Annotated[Section | None, Record(Section)] = None


@trainer(
    "dinov3",
    marks=(
        "schedules.lr.peak",
        "optim.schedule_trunc_extra",
        "student.n_storage_tokens",
        "gram.use_loss",
        "multidistillation.enabled",
        "distillation.enabled",
        "schedules.lr.warmup_epochs",
        "train.OFFICIAL_EPOCH_LENGTH",
        "train.batch_size_per_gpu",
        "dino.head_n_prototypes",
        "optim.scaling_rule",
        "optim.epochs",
    ),
    least=3,
    surely=(
        "schedules.lr.peak",
        "optim.schedule_trunc_extra",
        "student.n_storage_tokens",
        "gram.use_loss",
        "multidistillation.enabled",
        "distillation.enabled",
    ),
    extends=("dinov2", "detectron2"),
)
def dino_config(
    config: Config,
    optim: Annotated[Optim | None, Record(Optim)] = None,
    train: Annotated[Train | None, Record(Train)] = None,
    schedules: Annotated[Schedules | None, Record(Schedules)] = None,
) -> Content:
    """DINOv3 config: YAML with sections `optim`, `train` and `student`, and often `schedules`.

    Source: dinov3/train/train.py, build_schedulers, build_schedulers_v2; dinov3/train/cosine_lr_scheduler.py;
        dinov3/configs/config.py, apply_scaling_rules_to_cfg

    Args:
        optim: the learning rate and the epochs
        train: the batch and the length of an epoch
        schedules: the schedules, in place of those of `optim`
    """
    optim, train = optim or Optim(), train or Train()
    epoch, steps = train.OFFICIAL_EPOCH_LENGTH, optim.epochs * train.OFFICIAL_EPOCH_LENGTH
    devices = config.fact("devices")
    factor = scaling(config, optim, train, devices)
    content = {
        "steps": config.at(steps, "optim.epochs"),
        "steps_per_epoch": epoch,
        "batch_size": train.batch_size_per_gpu * devices if devices else None,
    }
    if schedules is not None:
        lr, decay = schedules.lr, schedules.weight_decay
        at = "schedules.lr.peak" if lr.peak >= lr.end else "schedules.lr.end"
        rate = max(lr.peak, lr.end) * factor
        return {
            **content,
            "lr": config.at(rate, at),
            "weight_decay": section(config, "schedules.weight_decay", decay, epoch, steps, 1.0) if decay else None,
            "schedule": section(config, "schedules.lr", lr, epoch, steps, factor),
        }
    long = optim.warmup_epochs * epoch
    if long > steps:
        message = "AssertionError: assert len(self.schedule) == self.total_iters"
        raise Fault(message, field="optim.warmup_epochs", help="make the warmup shorter than the run")
    rate, extra = optim.lr * factor, optim.schedule_trunc_extra
    phases = cosine_scheduler(config, rate, optim.min_lr, long, steps)
    if extra and steps > long:
        phases[-1] = config.at(cut(rate, optim.min_lr, steps - long, extra), "optim.schedule_trunc_extra")
    decay_end, at = optim.weight_decay_end, "optim.weight_decay_end"
    falling = {"kind": "cosine", "from": optim.weight_decay, "to": decay_end}
    return {
        **content,
        "lr": config.at(rate, "optim.lr"),
        "weight_decay": config.at(cut(optim.weight_decay, decay_end, steps, extra) if extra else falling, at),
        "schedule": phases,
    }


def scaling(config: Config, optim: Optim, train: Train, devices: int | None) -> float:
    """The factor by which the learning rate grows with the batch of all processes; 1 for a rule that is not known."""
    if optim.scaling_rule not in SCALINGS:
        config.derivation.append(f"`scaling_rule` is {optim.scaling_rule}: the learning rate is not scaled")
        return 1.0
    if devices is None:
        raise missing("how many processes train", ("devices",))
    each = train.batch_size_per_gpu
    factor = SCALINGS[optim.scaling_rule](each * devices)
    config.derivation.append(
        f"{optim.scaling_rule}: {each:,} per device × {devices:,} devices make the learning rate {factor:.6g} times"
    )
    return factor


def section(config: Config, path: str, keys: Section, epoch: int, steps: int, factor: float) -> list[Node]:
    """A schedule of its own section: linear_warmup_cosine_decay, whose start is not scaled."""
    long = epoch * keys.warmup_epochs
    falling = steps - long if keys.cosine_epochs is None else epoch * keys.cosine_epochs
    if falling < 0 or long + falling > steps:
        message = "AssertionError: assert remaining_iterations >= 0"
        help = "make the warmup and the cosine shorter than the run"
        raise Fault(message, field=f"{path}.warmup_epochs", help=help)
    peak, end = keys.peak * factor, keys.end * factor
    # The last update of the cosine has the end value.
    cosine: Phase = {"kind": "cosine", "from": peak, "to": end, "inclusive": True, "for": falling}
    return listed(
        config,
        steps,
        (warmup(keys.start, peak, long), f"{path}.warmup_epochs"),
        (cosine if falling > 1 else constant(peak, falling), f"{path}.end"),
        (constant(end), f"{path}.end"),
    )


def cut(first: float, last: float, updates: int, extra: float) -> dict[str, Any]:
    """A cosine over more updates than the run has, scaled so that its last update has the end value."""
    longer = int((1 + extra) * updates) - 1
    ends = f"(1 + cos(pi * {updates - 1} / {longer})) / 2"
    share = f"((1 + cos(pi * t / {longer})) / 2 - {ends}) / (1 - {ends})"
    return {"kind": "expression", "value": f"{last!r} + {first - last!r} * {share}", "for": updates}
