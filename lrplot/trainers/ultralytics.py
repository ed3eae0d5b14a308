"""Ultralytics' args.yaml: the arguments of a YOLO training as it writes them."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import PureWindowsPath
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault, Faults, SpecError
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Number, Text
from lrplot.text.tree import Listing, Mapping, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, whole

MARKS = (
    "lr0",
    "lrf",
    "cos_lr",
    "warmup_epochs",
    "warmup_bias_lr",
    "nbs",
    "imgsz",
    "close_mosaic",
    "optimizer",
    "box",
    "dfl",
    "mosaic",
    "task",
)
NEVER = ("hyp", "obj", "anchor_t")  # YOLOv5's
MOST_UPDATES = 10_000  # up to which `optimizer: auto` is AdamW
MUON, MUON_HEAD = "musgd", 3.0  # the factor of the classification head


@record
class Arguments:
    """The arguments that determine the schedule, with their defaults.

    Args:
        epochs: epochs of the run
        time: hours of the run, instead of epochs
        batch: examples in a batch of all processes; below 1 it is found by measuring
        nbs: examples per update, of several batches if they are smaller
        optimizer: the optimizer; `auto` chooses it with its learning rate
        nc: number of classes, which the data set's YAML has; it is read if it is found
        single_cls: there is one class, whatever that says
        lr0: the learning rate
        lrf: the end of the decay as a share
        cos_lr: half a cosine, not a line
        momentum: momentum of SGD
        warmup_epochs: epochs of the warmup
        warmup_momentum: momentum at its start
        warmup_bias_lr: learning rate of the biases at its start
    """

    epochs: Annotated[int, Count(), Role.HORIZON] = 100
    time: Annotated[float | None, Number()] = None
    batch: Annotated[float, Number()] = 16.0
    nbs: Annotated[int, Count()] = 64
    optimizer: Annotated[str, Text()] = "auto"
    nc: Annotated[int | None, Count()] = None
    single_cls: Annotated[bool, Flag()] = False
    lr0: Annotated[float, Number(at_least=0), Role.PEAK] = 0.01
    lrf: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.01
    cos_lr: Annotated[bool, Flag()] = False
    momentum: Annotated[float, Number()] = 0.937
    warmup_epochs: Annotated[float, Number(at_least=0), Role.WARMUP] = 3.0
    warmup_momentum: Annotated[float, Number()] = 0.8
    warmup_bias_lr: Annotated[float, Number(at_least=0)] = 0.1


ArgumentsField = Annotated[Arguments, Inline(Arguments)]


def version_of(document: Mapping) -> str:
    """The latest version that writes such a file; empty for one that somebody wrote."""
    if document.get("task") is None or document.get("save_dir") is None:
        return ""
    if document.get("line_thickness") is not None or document.get("v5loader") is not None:
        return "8.0"
    if document.get("end2end") is not None:
        return "8.4"
    return "" if document.get("rle") is not None else "8.2"


@trainer(
    "ultralytics",
    marks=MARKS,
    least=3,
    surely=("lr0", "lrf", "warmup_bias_lr", "close_mosaic"),
    never=NEVER,
    versions=("8.0", "8.2", "8.4", "8.4.190"),
    told=version_of,
)
def ultralytics_arguments(config: Config, arguments: ArgumentsField) -> Content:
    """Ultralytics arguments: args.yaml of YOLOv8, 11 and 26, RT-DETR and others.

    A step is a batch; the optimizer moves at every round(nbs/batch)-th of them.

    Source: ultralytics/engine/trainer.py, BaseTrainer
    """
    if arguments.time is not None:
        message = "`time` ends the run after some hours: its epochs are not known"
        raise Fault(message, code="undetermined", help="remove it: `--set time=`").at(config.place("time"))
    if arguments.optimizer == "auto" and arguments.nc is None:
        arguments = replace(arguments, nc=_classes(config, arguments))
    batches = _batches(config, arguments)
    optimizer, lr, bias = _optimizer(config, arguments, batches)
    moving = optimizer.lower() in ("sgd", MUON, "rmsprop")
    accumulated = max(round(arguments.nbs / arguments.batch), 1) if arguments.batch >= 1 else 1
    if accumulated > 1:
        config.derivation.append(f"a step is a batch; the optimizer moves every {accumulated} of them")
    schedule = {
        "use": config.at("ultralytics.BaseTrainer", "cos_lr", "lrf", "lr0"),
        "epochs": config.at(arguments.epochs, "epochs"),
        "lrf": config.at(arguments.lrf, "lrf"),
        "cos_lr": config.at(arguments.cos_lr, "cos_lr"),
        "warmup_epochs": config.at(arguments.warmup_epochs, "warmup_epochs"),
        "rules": "8.4.190" if config.since("8.4.190") else "8.2" if config.since("8.2") else "8.0",
    }
    momentum = config.at(arguments.warmup_momentum, "warmup_momentum") if moving else None
    first = config.at(bias, "warmup_bias_lr")
    place = "optimizer" if optimizer != arguments.optimizer else "lr0"
    return {
        **length_of(config, arguments.epochs, batches),
        "batch_size": int(arguments.batch) if arguments.batch >= 1 else None,
        "lr": config.at(lr, place),
        "momentum": config.at(arguments.momentum, "momentum") if moving else None,
        "schedule": {**schedule, "warmup_momentum": momentum},
        "groups": _groups(arguments, schedule, lr, first, optimizer.lower() == MUON),
    }


def _classes(config: Config, arguments: Arguments) -> int | None:
    """The number of classes: in the data set's YAML, at its path or beside the arguments; None if that is not found.

    Source: ultralytics/data/utils.py, check_det_dataset; ultralytics/engine/trainer.py, BaseTrainer.get_dataset
    """
    if arguments.single_cls:
        return 1
    named = config.node("data")
    if not isinstance(named, Scalar) or not named.text.endswith((".yaml", ".yml")):
        return None
    for name in (named.text, PureWindowsPath(named.text).name):
        try:
            data = config.open(replace(named, text=name), "data")
        except (Fault, SpecError):
            continue
        names = data.get("names") if isinstance(data, Mapping) else None
        count = whole(data.get("nc")) if isinstance(data, Mapping) else None
        if count is None:
            count = len(names.items if isinstance(names, Listing) else [*names] if isinstance(names, Mapping) else [])
        if count:
            config.derivation.append(f"{count:,} classes in {name}")
            return count
    return None


def length_of(config: Config, epochs: int, batches: int | None) -> Content:
    """The run's length, and the batches of an epoch if they are known."""
    steps = config.fact("steps")
    length = {"steps": config.at(steps, "steps")} if steps else {"epochs": config.at(epochs, "epochs")}
    return {**length, "steps_per_epoch": batches}


def _batches(config: Config, arguments: Arguments) -> int | None:
    """Batches of an epoch; None if they are not known and the schedule moves by epochs alone."""
    examples = config.fact("dataset_size")
    known = arguments.batch if arguments.batch >= 1 else None
    batches = batches_of(config, known)
    automatic = arguments.optimizer == "auto"
    if batches is None and (arguments.warmup_epochs or automatic):
        ways = (("dataset_size",), ("steps_per_epoch",)) if known else (("steps_per_epoch",),)
        faults = [missing("how many batches an epoch has", *ways)]
        if automatic and arguments.nc is None:
            faults.append(missing("how many classes there are (`nc`), with which `auto` chooses", ("nc",)))
        raise Faults(faults)
    if examples is None and automatic and batches is not None and known is None:
        raise missing("how many images there are, with which `auto` chooses the optimizer", ("dataset_size",))
    return batches


def batches_of(config: Config, batch: float | None) -> int | None:
    """Batches of an epoch, given or from the images; None if they are not known."""
    given, examples = config.fact("steps_per_epoch"), config.fact("dataset_size")
    if given is not None or examples is None or batch is None:
        return given
    batches = ceil(examples / batch)
    config.derivation.append(f"{examples:,} images ÷ {batch:g} a batch = {batches:,} batches in an epoch")
    return batches


def _optimizer(config: Config, arguments: Arguments, batches: int | None) -> tuple[str, float, float]:
    """The optimizer, its learning rate, and that of the biases at the start of the warmup."""
    if arguments.optimizer != "auto":
        return arguments.optimizer, arguments.lr0, arguments.warmup_bias_lr
    for key in ("lr0", "warmup_bias_lr"):
        if config.node(key):
            help = f"name an optimizer, or leave `{key}` out"
            config.remark("note", "ignored-key", f"`optimizer` is auto, so `{key}` is ignored", key, help)
    size = max(arguments.batch, arguments.nbs)
    examples = config.fact("dataset_size")
    fewest = examples or (batches or 1) * arguments.batch - arguments.batch + 1
    most = examples or (batches or 1) * arguments.batch
    few, many = (ceil(each / size) * arguments.epochs for each in (fewest, most))
    if (few > MOST_UPDATES) != (many > MOST_UPDATES):
        raise missing("how many images there are, with which `auto` chooses the optimizer", ("dataset_size",))
    if many > MOST_UPDATES:
        name = "MuSGD" if config.since("8.4") else "SGD"
        config.derivation.append(f"optimizer auto: more than {MOST_UPDATES:,} updates, so {name} at 0.01")
        return name, 0.01, 0.0
    if arguments.nc is None:
        raise missing("how many classes there are (`nc`), with which `auto` chooses", ("nc",))
    lr = round(0.002 * 5 / (4 + arguments.nc), 6)
    config.derivation.append(f"optimizer auto: at most {MOST_UPDATES:,} updates, so AdamW at {lr:g}")
    return "AdamW", lr, 0.0


def _groups(arguments: Arguments, schedule: Content, lr: float, bias: Any, muon: bool) -> Content | None:
    """The biases, which have a warmup of their own; with MuSGD also the classification head."""
    own = {**schedule, "param_group": "bias", "warmup_bias_lr": bias}
    groups: Content = {"bias": {"schedule": own}} if arguments.warmup_epochs else {}
    if muon:
        groups["head"] = {"lr": lr * MUON_HEAD}
        if arguments.warmup_epochs:
            groups["head_bias"] = {"lr": lr * MUON_HEAD, "schedule": own}
    return groups or None
