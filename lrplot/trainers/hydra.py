"""Hydra's composed configs: optimizer and scheduler wherever they are, by their `_target_`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from lrplot.diagnostics import Fault
from lrplot.text.tree import Listing, Mapping, Scalar, describe
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.classes import Part, check_constant, optimizer_in, parts, scheduler_in, scheduler_of
from lrplot.trainers.shared.config import Config, whole
from lrplot.trainers.shared.lightning import EPOCH, Length, interval_of, length_of, run, trainer_at

MARKS = (
    "**.optimizer._target_",
    "**.optim._target_",
    "**.lr_scheduler._target_",
    "**.scheduler._target_",
    "trainer._target_",
    "model._target_",
    "defaults",
    "hydra",
    "_target_",
    "data._target_",
    "datamodule._target_",
    "trainer",
    "callbacks",
    "task_name",
)
OTHERS = ("schedule", "model.optim.sched", "optimizer._component_", "model.class_path", "optimization")
SECTIONS = ("train", "training")
EPOCHS = ("max_epochs", "num_epochs", "epochs", "n_epochs")  # what a run's epochs are called if no trainer has them
ITSELF = "_self_"  # in `defaults`, the file's own keys


@trainer("hydra", marks=MARKS, surely=MARKS[:7], never=OTHERS, extends=("nemo",))
def composed_config(config: Config, interval: Literal["step", "epoch"] | None = None) -> Content:
    """Hydra config: the YAML that a run composes (`.hydra/config.yaml`), with `_target_` of optimizer and scheduler.

    A file that Hydra has yet to compose is composed if the files that its `defaults` name are beside it; `--set
    model=resnet` chooses an option of a group.

    Source: hydra/_internal/instantiate/_instantiate2.py; lightning/pytorch/core/optimizer.py, of its trainer

    Args:
        interval: when the scheduler is stepped, if nothing beside it says so
    """
    found = tuple(parts(config.root))
    optimizer, moving = optimizer_in(found), scheduler_in(found)
    at = next((each.path for each in found if is_trainer(each)), "trainer")
    length = length_of(config, trainer_at(config, at), at)
    if optimizer is not None and length.epochs is None and length.steps is None:
        length = length_beside(config, found, optimizer, length)
    if optimizer is None or moving is None or (length.epochs is None and length.steps is None):
        check_composed(config)
    if optimizer is None:
        message = "no optimizer is in the file: no `_target_` of one, and none with an `lr`"
        raise Fault(message, code="undetermined", help="give the config that a run has written, `.hydra/config.yaml`")
    if moving is None:
        check_constant(found, optimizer)
        return run(config, optimizer, None, length, EPOCH)
    scheduler = scheduler_of(config, moving)
    stepped = interval or interval_of(config, moving, scheduler, length, EPOCH)
    return run(config, optimizer, scheduler.node, length, stepped)


def is_trainer(part: Part) -> bool:
    """Whether a mapping is the trainer's: by its class, or by what it says of the run's length."""
    by_class = part.name is not None and part.name.text.endswith("Trainer")
    return by_class or (part.key == "trainer" and any(map(part.node.get, ("max_epochs", "max_steps"))))


def length_beside(config: Config, found: Iterable[Part], optimizer: Part, unknown: Length) -> Length:
    """The length of a run without a trainer: epochs beside the optimizer, or at the top or in a training section."""
    for part in found:
        if part.path and part.node is not optimizer.parent and part.key not in SECTIONS:
            continue
        for key in EPOCHS:
            if (epochs := whole(part.node.get(key))) is not None:
                path = f"{part.path}.{key}".removeprefix(".")
                config.derivation.append(f"`{path}` is taken for the epochs of the run")
                return replace(unknown, epochs_at=path, epochs=epochs)
    return unknown


def check_composed(config: Config) -> None:
    """Raise a `Fault` if the file builds on others, which Hydra has yet to put in."""
    node = config.node("defaults")
    items = node.items if isinstance(node, Listing) else ()
    others = [each for each in items if not (isinstance(each, Scalar) and each.text == ITSELF)]
    if not others:
        return
    first = others[0]
    named = first.entries[0].key if isinstance(first, Mapping) and first.entries else first
    message = f"the file is not composed: its `defaults` name further files, such as {describe(named)}"
    help = "put them beside it, or give the config that a run has written, `.hydra/config.yaml`"
    raise Fault(message, code="undetermined", help=help).at(config.place("defaults"))
