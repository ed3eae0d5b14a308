"""YOLOv5's opt.yaml and hyp.yaml, also of YOLOv7 and YOLOv9: options and hyperparameters of a training."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag
from lrplot.text.tree import Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, find, missing
from lrplot.trainers.ultralytics import batches_of, length_of

MARKS = (
    "hyp",
    "weights",
    "cfg",
    "noautoanchor",
    "single_cls",
    "image_weights",
    "lr0",
    "lrf",
    "warmup_bias_lr",
    "anchor_t",
    "obj",
    "iou_t",
)
DEFAULTS = {"lr0": "0.01", "lrf": "0.01", "warmup_epochs": "3.0", "warmup_bias_lr": "0.1", "momentum": "0.937"}
BESIDE = "hyp.yaml"  # which a run writes into the folder of its opt.yaml


@record
class Options:
    """The options that determine the schedule.

    Args:
        epochs: epochs of the run
        batch_size: examples in a batch of all processes; below 1 it is found by measuring
        cos_lr: half a cosine, not a line
        linear_lr: a line, not half a cosine, before February 2022
        fixed_lr: no decay (YOLOv9)
        flat_cos_lr: a cosine after a constant part (YOLOv9)
    """

    epochs: Annotated[int | None, Count(), Role.HORIZON] = None
    batch_size: Annotated[int | None, Count(at_least=-1)] = None
    cos_lr: Annotated[bool, Flag()] = False
    linear_lr: Annotated[bool | None, Flag()] = None
    fixed_lr: Annotated[bool, Flag()] = False
    flat_cos_lr: Annotated[bool, Flag()] = False


OptionsField = Annotated[Options, Inline(Options)]


def version_of(document: Mapping) -> str:
    """The older rules for options that name the line and not the cosine."""
    return "2021" if document.get("linear_lr") is not None else ""


@trainer(
    "yolov5",
    marks=MARKS,
    least=3,
    surely=("hyp", "anchor_t", "obj"),
    versions=("2021", "2022-03"),
    told=version_of,
    beside=(BESIDE,),
)
def yolov5_options(config: Config, options: OptionsField) -> Content:
    """YOLOv5 options: opt.yaml, with the hyperparameters that it names or holds (hyp.yaml); YOLOv7 and YOLOv9.

    A step is a batch. Before March 2022 the warmup had at least 1000 batches, and the decay was a cosine
    unless `linear_lr`.

    Source: yolov5/train.py
    """
    if options.flat_cos_lr:
        message = "`flat_cos_lr` is a schedule that is not read"
        raise Fault(message, code="undetermined").at(config.place("flat_cos_lr"))
    values = _hyperparameters(config)
    epochs = config.fact("epochs") or options.epochs
    if epochs is None:
        raise missing("how many epochs the run has; opt.yaml does", ("epochs",))
    batch = options.batch_size if options.batch_size and options.batch_size > 0 else None
    batches = batches_of(config, batch)
    if batches is None:
        ways = (("dataset_size",), ("steps_per_epoch",)) if batch else (("steps_per_epoch",),)
        raise missing("how many batches an epoch has", *ways)
    late = config.since("2022-03")
    cosine = options.cos_lr or not (late or options.linear_lr)
    schedule = {
        "use": config.at("ultralytics.BaseTrainer", "cos_lr", "linear_lr", "hyp"),
        "epochs": config.at(epochs, "epochs"),
        "lrf": config.at(1, "fixed_lr") if options.fixed_lr else values["lrf"],
        "cos_lr": config.at(cosine, "cos_lr", "linear_lr"),
        "warmup_epochs": values["warmup_epochs"],
        "rules": "yolov5" if late else "yolov5-2021",
    }
    bias = {**schedule, "param_group": "bias", "warmup_bias_lr": values["warmup_bias_lr"]}
    moving = _moves(config)
    return {
        **length_of(config, epochs, batches),
        "batch_size": batch,
        "lr": values["lr0"],
        "momentum": values["momentum"] if moving else None,
        "schedule": {**schedule, "warmup_momentum": values["warmup_momentum"] if moving else None},
        "groups": {"bias": {"schedule": bias}},
    }


def _moves(config: Config) -> bool:
    """Whether the optimizer is SGD, the default, which has a momentum."""
    name, adam = config.node("optimizer"), config.node("adam")
    if isinstance(adam, Scalar) and adam.text.lower() == "true":
        return False
    return not isinstance(name, Scalar) or name.text.upper() == "SGD"


def _hyperparameters(config: Config) -> dict[str, Node]:
    """The hyperparameters: in this file, in the file that it names, or in that which the run wrote beside it."""
    named = config.node("hyp")
    mapping: Node | None = config.root if named is None else named
    if isinstance(named, Scalar):
        try:
            mapping = config.open(Scalar(BESIDE, named.span), "hyp")
        except Fault:
            mapping = config.inner("hyp")
    if not isinstance(mapping, Mapping):
        raise Fault("`hyp` holds no hyperparameters", code="bad-type").at(config.place("hyp"))
    if find(mapping, "lr0") is None:
        raise missing("the hyperparameters; hyp.yaml beside it does", ("lr0", "lrf"))
    values = {}
    for key, default in {**DEFAULTS, "warmup_momentum": "0.8"}.items():
        node = find(mapping, key)
        values[key] = Scalar(default, config.root.span) if node is None else node
    return values
