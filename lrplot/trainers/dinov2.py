"""DINOv2's YAML: a rate that grows with the batch, and epochs of a fixed number of updates."""

from __future__ import annotations

from math import sqrt
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Number, Record
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import constant, fall, listed, warmup

BATCH = 1024  # at which the learning rate is `base_lr`


@record
class Optim:
    """The optimizer.

    Args:
        epochs: epochs of the run
        base_lr: learning rate with 1024 images per update
        lr: the learning rate, if above 0, in a config that the program wrote
        scaling_rule: how the learning rate follows from the batch
        warmup_epochs: epochs of the warmup
        min_lr: where the decay ends
        weight_decay: weight decay at the start
        weight_decay_end: weight decay at the end
    """

    epochs: Annotated[int, Count(), Role.HORIZON] = 100
    base_lr: Annotated[float, Number(at_least=0), Role.PEAK] = 0.004
    lr: Annotated[float, Number(at_least=0), Role.PEAK] = 0.0
    scaling_rule: Annotated[str, Choice(("sqrt_wrt_1024",)), Role.CURVE] = "sqrt_wrt_1024"
    warmup_epochs: Annotated[int, Count(at_least=0), Role.WARMUP] = 10
    min_lr: Annotated[float, Number(at_least=0), Role.FLOOR] = 1e-6
    weight_decay: Annotated[float, Number(at_least=0)] = 0.04
    weight_decay_end: Annotated[float, Number(at_least=0)] = 0.4


@record
class Train:
    """The run.

    Args:
        batch_size_per_gpu: images in a batch of one process
        OFFICIAL_EPOCH_LENGTH: updates in an epoch
    """

    batch_size_per_gpu: Annotated[int, Count(), Role.CURVE] = 64
    OFFICIAL_EPOCH_LENGTH: Annotated[int, Count(), Role.CURVE] = 1250


@trainer(
    "dinov2",
    marks=(
        "optim.base_lr",
        "optim.warmup_epochs",
        "optim.layerwise_decay",
        "optim.freeze_last_layer_epochs",
        "optim.epochs",
        "train.OFFICIAL_EPOCH_LENGTH",
        "train.batch_size_per_gpu",
        "dino.head_n_prototypes",
        "ibot.separate_head",
        "student.arch",
        "student.block_chunks",
        "train.dataset_path",
    ),
    least=3,
    surely=("train.batch_size_per_gpu", "train.OFFICIAL_EPOCH_LENGTH", "dino.head_n_prototypes", "ibot.separate_head"),
    never=("schedules",),
)
def dino_config(
    config: Config,
    optim: Annotated[Optim | None, Record(Optim)] = None,
    train: Annotated[Train | None, Record(Train)] = None,
) -> Content:
    """DINOv2 config: YAML with sections `optim`, `train`, `student` and `teacher`.

    Source: dinov2/train/train.py, build_schedulers; dinov2/utils/utils.py, CosineScheduler; dinov2/utils/config.py

    Args:
        optim: the learning rate and the epochs
        train: the batch and the length of an epoch
    """
    optim, train = optim or Optim(), train or Train()
    devices, each = config.fact("devices"), train.batch_size_per_gpu
    rate, at = optim.lr, "optim.lr"
    if not rate:
        if devices is None:
            raise missing("how many processes train", ("devices",))
        rate, at = optim.base_lr * sqrt(each * devices / BATCH), "optim.base_lr"
        batch = f"{each:,} per device × {devices:,} devices"
        config.derivation.append(f"{optim.base_lr:g} × √({batch} ÷ {BATCH:,}) = {rate:.6g}")
    elif config.node("optim.base_lr"):
        message = "`lr` is the learning rate already, so `base_lr` is ignored"
        config.remark("note", "ignored-key", message, "optim.base_lr", "remove one of them")
    epoch = train.OFFICIAL_EPOCH_LENGTH
    steps, long = optim.epochs * epoch, optim.warmup_epochs * epoch
    if long > steps:
        message = "AssertionError: assert len(self.schedule) == self.total_iters"
        raise Fault(message, field="optim.warmup_epochs", help="make the warmup shorter than the run")
    decay = {"kind": "cosine", "from": optim.weight_decay, "to": optim.weight_decay_end}
    return {
        "steps": config.at(steps, "optim.epochs"),
        "steps_per_epoch": epoch,
        "batch_size": each * devices if devices else None,
        "lr": config.at(rate, at),
        "weight_decay": config.at(decay, "optim.weight_decay_end", "optim.weight_decay"),
        "schedule": cosine_scheduler(config, rate, optim.min_lr, long, steps),
    }


def cosine_scheduler(config: Config, rate: float, low: float, long: int, steps: int) -> list[Node]:
    """A warmup from 0, whose last update has the peak as the first one after it has, and a cosine; CosineScheduler."""
    ramp = warmup(0.0, rate, long - 1) if long > 1 else constant(0.0, long)
    last = constant(rate, 1 if long > 1 else 0)
    falling = fall("cosine", rate, low, long, steps, long, steps)
    phases = [(ramp, "optim.warmup_epochs"), (last, "optim.warmup_epochs"), (falling, "optim.min_lr")]
    return listed(config, steps, *phases)
