"""DeePMD-kit's input.json: an exponential decay in steps of a fixed length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.types import Choice, Count, Number, Record
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing


@dataclass(eq=False)
class LearningRate:
    """The learning rate.

    Args:
        type: its shape
        start_lr: value at the start
        stop_lr: value at the end, and the least one
        decay_steps: updates between two drops
        decay_rate: factor of a drop, instead of the one that leads to `stop_lr`
    """

    type: Annotated[str, Choice(("exp",)), Role.CURVE] = "exp"
    start_lr: Annotated[float, Number(above=0), Role.PEAK] = 1e-3
    stop_lr: Annotated[float, Number(above=0), Role.FLOOR] = 1e-8
    decay_steps: Annotated[int, Count(), Role.EVERY] = 5000
    decay_rate: Annotated[float | None, Number(above=0), Role.SHRINK] = None


@dataclass(eq=False)
class Training:
    """The run.

    Args:
        numb_steps: updates
        stop_batch: the same, in inputs of version 1
        warmup_steps: updates of a warmup, which is not known
    """

    numb_steps: Annotated[int | None, Count(), Role.HORIZON] = None
    stop_batch: Annotated[int | None, Count(), Role.HORIZON] = None
    warmup_steps: Annotated[int, Count(at_least=0), Role.WARMUP] = 0


@trainer(
    "deepmd",
    marks=(
        "model.descriptor",
        "model.fitting_net",
        "model.type_map",
        "learning_rate.start_lr",
        "learning_rate.stop_lr",
        "training.numb_steps",
        "training.stop_batch",
        "loss.start_pref_e",
    ),
    surely=("model.descriptor", "model.fitting_net", "learning_rate.start_lr"),
)
def deepmd_input(
    config: Config,
    learning_rate: Annotated[LearningRate | None, Record(LearningRate)] = None,
    training: Annotated[Training | None, Record(Training)] = None,
) -> Content:
    """DeePMD-kit input: the input.json of `dp train`.

    Source: deepmd/dpmodel/utils/learning_rate.py, LearningRateExp

    Args:
        learning_rate: the decay
        training: the length of the run
    """
    rates, run = learning_rate or LearningRate(), training or Training()
    steps = config.fact("steps") or run.numb_steps or run.stop_batch
    if steps is None:
        raise missing("how many updates the run has", ("steps",))
    if run.warmup_steps:
        message = "the warmup differs between backends and is not known"
        raise Fault(message, field="training.warmup_steps", code="undetermined")
    every = rates.decay_steps
    if every >= steps:
        every = 100 if steps // 10 > 100 else steps // 100 + 1
        config.derivation.append(f"`decay_steps` is not less than the run, so it is {every:,}")
    factor = rates.decay_rate
    if factor is None:
        factor = (rates.stop_lr / rates.start_lr) ** (every / steps)
    return {
        "steps": config.at(steps, "steps", "training.numb_steps", "training.stop_batch"),
        "lr": config.at(rates.start_lr, "learning_rate.start_lr"),
        "schedule": {
            "kind": config.at("exponential", "learning_rate.type", "learning_rate"),
            "gamma": config.at(factor, "learning_rate.decay_rate", "learning_rate.stop_lr"),
            "every": config.at(every, "learning_rate.decay_steps"),
            "staircase": True,
            "min": config.at(rates.stop_lr, "learning_rate.stop_lr"),
        },
    }
