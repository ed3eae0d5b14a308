"""NeMo's YAML: an optimizer and its schedule within the model, the length within the trainer."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.text.tree import Entry, Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, missing, whole
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.trainers.shared.precision import Precision

AT = "model.optim.sched"
OWN = (
    "WarmupPolicy",
    "WarmupHoldPolicy",
    "SquareAnnealing",
    "CosineAnnealing",
    "NoamAnnealing",
    "NoamHoldAnnealing",
    "WarmupHoldAnnealOneMinusSquareRoot",
    "WarmupHoldAnnealLinear",
    "WarmupAnnealing",
    "InverseSquareRootAnnealing",
    "T5InverseSquareRootAnnealing",
    "SquareRootAnnealing",
    "PolynomialDecayAnnealing",
    "PolynomialHoldDecayAnnealing",
)
TORCH = ("StepLR", "ExponentialLR", "ReduceLROnPlateau", "CyclicLR")
BY_EPOCH = ("ExponentialLR", "ReduceLROnPlateau")
NAMES = {name: f"nemo.{name}" for name in OWN} | {name: f"torch.{name}" for name in TORCH}
OTHERS = ("name", "max_steps", "monitor", "reduce_on_plateau", "iters_per_batch")  # keys that are no arguments


@record
class Sched:
    """The schedule; its other keys are the arguments of the scheduler.

    Args:
        name: which one
        max_steps: update at which it ends, if the trainer's `max_steps` is not set
    """

    name: Annotated[str | None, Text(), Role.CURVE] = None
    max_steps: Annotated[int | None, Count(at_least=None), Role.HORIZON] = None


@record
class Optim:
    """The optimizer.

    Args:
        lr: the learning rate, or the factor of Noam
        weight_decay: weight decay
        sched: its schedule
    """

    lr: Annotated[float, Number(at_least=0), Role.PEAK]
    weight_decay: Annotated[float | None, Number()] = None
    sched: Annotated[Sched | None, Record(Sched)] = None


@record
class Model:
    """The model.

    Args:
        optim: the optimizer
    """

    optim: Annotated[Optim, Record(Optim)]


@record
class Trainer:
    """The trainer.

    Args:
        max_steps: updates of the run, if above 0
        max_epochs: epochs of the run, if above 0
        accumulate_grad_batches: batches accumulated into an update
    """

    max_steps: Annotated[int, Count(at_least=None), Role.HORIZON] = -1
    max_epochs: Annotated[int, Count(at_least=None), Role.HORIZON] = -1
    accumulate_grad_batches: Annotated[int, Count(), Role.CURVE] = 1


@trainer(
    "nemo",
    marks=(
        "model.optim.sched.name",
        "model.optim.lr",
        "model.train_ds",
        "trainer.max_steps",
        "trainer.max_epochs",
        "exp_manager",
    ),
    surely=("model.optim.lr",),
    precision=Precision(named=("trainer.precision",)),
)
def nemo_config(
    config: Config,
    model: Annotated[Model, Record(Model)],
    trainer: Annotated[Trainer | None, Record(Trainer)] = None,
) -> Content:
    """NeMo config: YAML with `model.optim.sched` and `trainer`.

    Source: nemo/core/optim/lr_scheduler.py; nemo/core/classes/modelPT.py, ModelPT.setup_optimization

    Args:
        model: the model with its optimizer
        trainer: the length of the run
    """
    sched = model.optim.sched or Sched()
    trainer = trainer or Trainer()
    steps, per_epoch = length(config, trainer, sched)
    rate = model.optim.lr
    weight_decay = model.optim.weight_decay
    return {
        "steps": config.at(steps, "steps", "trainer.max_steps", "trainer.max_epochs", f"{AT}.max_steps"),
        "steps_per_epoch": per_epoch,
        "lr": config.at(rate, "model.optim.lr"),
        "weight_decay": config.at(weight_decay, "model.optim.weight_decay") if weight_decay else None,
        "schedule": schedule(config, sched, end(config, trainer, sched, steps), per_epoch),
    }


def length(config: Config, trainer: Trainer, sched: Sched) -> tuple[int, int | None]:
    """Updates of the run, and of an epoch if they are known."""
    per_epoch = config.fact("steps_per_epoch")
    if per_epoch is None and (examples := config.fact("dataset_size")):
        size = config.fact("batch_size") or whole(config.node("model.train_ds.batch_size"))
        devices = config.fact("devices")
        if size is None or devices is None:
            raise missing("how many processes train", ("devices",))
        batches = ceil(ceil(examples / devices) / size)
        per_epoch = ceil(batches / trainer.accumulate_grad_batches)
        config.derivation.append(f"{examples:,} examples ÷ ({size:,} × {devices:,} devices) = {batches:,} batches")
    if (steps := config.fact("steps")) is not None:
        return steps, per_epoch
    if trainer.max_steps > 0:
        return trainer.max_steps, per_epoch
    if trainer.max_epochs > 0 and per_epoch is not None:
        steps = trainer.max_epochs * per_epoch
        config.derivation.append(f"{trainer.max_epochs:,} epochs × {per_epoch:,} updates = {steps:,} updates")
        return steps, per_epoch
    if sched.max_steps is not None and sched.max_steps > 0:
        config.derivation.append(f"the run is taken to be as long as its schedule: {sched.max_steps:,} updates")
        return sched.max_steps, per_epoch
    raise missing("how many updates the run has", ("steps",), ("steps_per_epoch",), ("dataset_size", "devices"))


def end(config: Config, trainer: Trainer, sched: Sched, steps: int) -> Node:
    """The update at which the schedule ends: the trainer's `max_steps`, or else its own, or else that of the run."""
    if trainer.max_steps >= 0:
        return config.at(trainer.max_steps, "trainer.max_steps")
    if sched.max_steps is not None and sched.max_steps > 0:
        return config.at(sched.max_steps, f"{AT}.max_steps")
    return config.at(steps, "steps", "trainer.max_epochs")


def schedule(config: Config, sched: Sched, end: Node, per_epoch: int | None) -> Content | Mapping:
    """The schedule; constant without one."""
    if sched.name is None:
        return {"kind": "constant"}
    at, name = f"{AT}.name", sched.name
    use = chosen(NAMES, name, at, "NeMo")
    section, place = config.inner(AT), config.place(at)
    given = arguments_of(section)
    entries = [Entry(Scalar("use", place), config.at(use, at))]
    entries += (each for each in section or () if each.key.text in given and each.key.text not in OTHERS)
    if name in OWN:
        entries.append(Entry(Scalar("max_steps", place), end))
    if name in BY_EPOCH:
        if per_epoch is None:
            raise missing("how many updates an epoch has", ("steps_per_epoch",), ("dataset_size", "devices"))
        entries.append(Entry(Scalar("interval", place), config.at("epoch", at)))
    return Mapping(tuple(entries), config.place(AT))
