"""Lightning CLI's YAML: optimizer and scheduler by their classes, beside the trainer or within the model."""

from __future__ import annotations

from typing import Annotated, Literal

from lrplot.diagnostics import Fault
from lrplot.schema.types import Record
from lrplot.text.tree import Mapping, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.classes import Part, check_constant, optimizer_in, parts, scheduler_in, scheduler_of
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.lightning import EPOCH, Trainer, interval_of, length_of, run
from lrplot.trainers.shared.precision import Precision

MARKS = (
    "optimizer.class_path",
    "lr_scheduler.class_path",
    "model.class_path",
    "data.class_path",
    "optimizer.init_args",
    "lr_scheduler.init_args",
    "seed_everything",
    "trainer.max_epochs",
    "trainer.max_steps",
    "trainer.accelerator",
    "trainer.callbacks",
    "model.init_args",
)
LASTING = 1000  # epochs of a run whose trainer says nothing


@trainer(
    "lightning-cli",
    marks=MARKS,
    surely=MARKS[:7],
    never=("trainer._target_", "model._target_"),
    under=("", "fit"),
    precision=Precision(named=("trainer.precision",)),
)
def cli_config(
    config: Config,
    trainer: Annotated[Trainer | None, Record(Trainer)] = None,
    interval: Literal["step", "epoch"] | None = None,
) -> Content:
    """Lightning CLI config: YAML with `trainer`, `model`, `optimizer` and `lr_scheduler`, by `class_path`.

    A scheduler beside the trainer is stepped once per epoch, one within the model as the model's own code does.

    Source: lightning/pytorch/cli.py, LightningCLI.configure_optimizers; lightning/pytorch/core/optimizer.py

    Args:
        trainer: the length of the run
        interval: when the model steps a scheduler of its own; no key of the program
    """
    trainer = trainer or Trainer()
    if trainer.max_epochs is None and trainer.max_steps in (None, -1):
        trainer.max_epochs = LASTING
        config.derivation.append(f"the trainer names no length: {LASTING:,} epochs")
    length = length_of(config, trainer, "trainer")
    beside = part_at(config, "optimizer")
    if beside is not None or config.node("optimizer") or config.node("lr_scheduler"):
        if beside is None:
            raise missing("the learning rate", ("optimizer.init_args.lr",)).at(config.place("optimizer"))
        moving = part_at(config, "lr_scheduler")
        scheduler = scheduler_of(config, named(moving)).node if moving else None
        return run(config, beside, scheduler, length, EPOCH)
    inside = tuple(parts(config.node("model") or Mapping((), config.root.span), "model"))
    optimizer, moving = optimizer_in(inside), scheduler_in(inside)
    if optimizer is None:
        raise without_optimizer(config)
    if moving is None:
        check_constant(inside, optimizer)
        return run(config, optimizer, None, length, EPOCH)
    known = scheduler_of(config, moving)
    return run(config, optimizer, known.node, length, interval or interval_of(config, moving, known, length, None))


def part_at(config: Config, path: str) -> Part | None:
    """The mapping at a key; None if there is none."""
    node = config.node(path)
    return Part(path, node, config.root) if isinstance(node, Mapping) else None


def named(part: Part) -> Part:
    """A part that names its class; a `Fault` if it does not, since the program has but one then."""
    if part.name is None:
        message = f"`{part.path}` does not name its class, which only the program knows"
        help = f"add `--set {part.path}.class_path=CosineAnnealingLR`, or the one that it has"
        raise Fault(message, code="undetermined", help=help).at(part.node.span)
    return part


def without_optimizer(config: Config) -> Fault:
    """The fault of a config without an optimizer."""
    name = config.node("model.class_path") or config.node("model")
    owner = f"`{name.text}`" if isinstance(name, Scalar) else "the model"
    message = f"{owner} sets up its optimizer and schedule in its own code, which is not in the file"
    help = "write them as a spec, or beside the trainer as `optimizer` and `lr_scheduler`"
    return Fault(message, code="undetermined", help=help).at(config.place("model.class_path", "model"))
