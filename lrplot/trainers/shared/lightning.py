"""Runs of Lightning's trainer: how long they are, and how often a scheduler is stepped."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.schema.records import record
from lrplot.schema.types import Count
from lrplot.text.tree import Listing, Mapping, Node, Scalar, describe
from lrplot.trainers import Content
from lrplot.trainers.shared.classes import Part, Scheduler
from lrplot.trainers.shared.config import Config, missing, whole
from lrplot.trainers.shared.interpolation import arguments_of

STEP, EPOCH = "step", "epoch"


@record
class Trainer:
    """The trainer.

    Args:
        max_epochs: epochs of the run, if above 0
        max_steps: updates of the run at most, if above 0
    """

    max_epochs: Annotated[int | None, Count(at_least=None), Role.HORIZON] = None
    max_steps: Annotated[int | None, Count(at_least=None), Role.HORIZON] = None


@dataclass(frozen=True)
class Length:
    """The length of a run as far as it is known, from facts or the trainer.

    `updates` are those of an epoch. `epochs_at` and `steps_at` are the paths of the trainer's numbers.
    """

    epochs_at: str
    steps_at: str
    epochs: int | None
    steps: int | None
    updates: int | None


def length_of(config: Config, trainer: Trainer, at: str) -> Length:
    """The length of a run of the trainer at a path of the config."""
    epochs = config.fact("epochs") or _positive(trainer.max_epochs)
    steps = config.fact("steps") or _positive(trainer.max_steps)
    return Length(f"{at}.max_epochs", f"{at}.max_steps", epochs, steps, _updates(config, at))


def _positive(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def _updates(config: Config, at: str) -> int | None:
    """Updates of an epoch, as far as they are known."""
    if (given := config.fact("steps_per_epoch")) is not None:
        return given
    if (most := whole(config.node(f"{at}.limit_train_batches"))) is None:
        return None
    accumulated = whole(config.node(f"{at}.accumulate_grad_batches")) or 1
    updates = ceil(most / accumulated)
    config.derivation.append(
        f"an epoch is taken to have at least the {most:,} batches of `limit_train_batches`: {updates:,} updates"
    )
    return updates


def interval_of(config: Config, part: Part, scheduler: Scheduler, length: Length, usual: str | None) -> str:
    """Whether a scheduler is stepped after each `step` or each `epoch`: what is set, or what its end tells.

    If neither is known, it is the `usual` one; a `Fault` if that is None.
    """
    frequency, interval = part.setting("frequency"), part.setting("interval")
    if frequency is not None and whole(frequency) != 1:
        message = f"the scheduler is stepped every {describe(frequency)} of its intervals, which a spec cannot say"
        raise Fault(message, code="undetermined").at(frequency.span)
    if interval is not None:
        if isinstance(interval, Scalar) and interval.text in (STEP, EPOCH):
            return interval.text
        message = f"`interval` is `{STEP}` or `{EPOCH}`, not {describe(interval)}"
        raise Fault(message, code="undetermined").at(interval.span)
    if length.steps in scheduler.ends and length.steps != length.epochs:
        config.derivation.append(f"the scheduler ends after the run's {length.steps:,} updates: it is stepped by them")
        return STEP
    if length.epochs in scheduler.ends:
        config.derivation.append(f"the scheduler ends after the run's {length.epochs:,} epochs: it is stepped by them")
        return EPOCH
    if usual is None:
        what = "whether the model's own code steps the scheduler by updates or by epochs"
        raise missing(what, ("interval",)).at(part.node.span)
    config.derivation.append("nothing sets `interval`, so Lightning steps the scheduler once per epoch")
    return usual


def run(config: Config, optimizer: Part, scheduler: Mapping | None, length: Length, interval: str) -> Content:
    """The spec of a run, whose scheduler is stepped at an interval; without one, the learning rate is constant."""
    given = arguments_of(optimizer.arguments)
    if "lr" not in given:
        raise missing("the learning rate", (f"{optimizer.within}.lr",)).at(optimizer.node.span)
    betas = given.get("betas")
    first, second = betas.items if isinstance(betas, Listing) and len(betas.items) == 2 else (None, None)
    return {
        **_timing(config, length, interval, scheduler is not None),
        "interval": EPOCH if interval == EPOCH and scheduler else None,
        "lr": given["lr"],
        "momentum": _number(given.get("momentum")),
        "weight_decay": _number(given.get("weight_decay")),
        "beta1": _number(first),
        "beta2": _number(second),
        "schedule": scheduler or {"kind": "constant"},
    }


def _number(node: Node | None) -> Node | None:
    """A value that is no mapping or list."""
    return node if isinstance(node, Scalar) else None


def _timing(config: Config, length: Length, interval: str, moves: bool) -> Content:
    """The length of a run; in epochs if nothing in it counts updates, and nobody says how many an epoch has."""
    epochs, steps, updates = length.epochs, length.steps, length.updates
    places = ("steps", length.steps_at, "epochs", length.epochs_at)
    if epochs is None and steps is None:
        raise missing("how long the run is (`max_epochs` or `max_steps` of the trainer)", ("epochs",), ("steps",))
    if updates is None and moves and (steps is not None) == (interval == EPOCH):
        raise missing("how many updates an epoch has", ("steps_per_epoch",), *((("steps",),) if steps is None else ()))
    if updates is None and steps is None:
        return {"epochs": config.at(epochs, "epochs", length.epochs_at)}
    if epochs is not None and updates is not None:
        whole_run = epochs * updates
        config.derivation.append(f"{epochs:,} epochs × {updates:,} updates = {whole_run:,} updates")
        steps = whole_run if steps is None or (steps > whole_run and not config.fact("steps")) else steps
    return {"steps": config.at(steps, *places), "steps_per_epoch": updates}


def trainer_at(config: Config, path: str) -> Trainer:
    """The trainer at a path that no signature declares; a `Fault` if its numbers are not in the file."""
    section = config.inner(path)
    numbers = arguments_of(each for each in section or () if each.key.text in ("max_epochs", "max_steps"))
    return Trainer(**{name: whole(node) for name, node in numbers.items()})
