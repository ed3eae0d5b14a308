"""DeePMD-kit's input.json: a warmup, and a decay in steps of a fixed length."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.annotations import FlagField
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Number, Record
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import Phase, constant, listed, warmup

STOP = 1e-8  # where the decay ends, if the input does not say it
LEAST = 1e-10  # to which a decay leads


@record
class LearningRate:
    """The learning rate.

    Args:
        type: its shape
        start_lr: value after the warmup
        stop_lr: value at the end, and the least one
        stop_lr_ratio: the same as a share of `start_lr`, instead
        decay_steps: updates between two drops
        decay_rate: factor of a drop, instead of the one that leads to `stop_lr`
        smooth: decay at every update
        warmup_steps: updates of the warmup
        warmup_ratio: the same as a share of the run, instead
        warmup_start_factor: share of `start_lr` at which the warmup starts
        decay_phase_ratio: the share of the run in which `wsd` decays
        decay_type: shape of the decay of `wsd`
    """

    type: Annotated[str, Choice(("exp", "cosine", "wsd")), Role.CURVE] = "exp"
    start_lr: Annotated[float, Number(above=0), Role.PEAK] = 1e-3
    stop_lr: Annotated[float | None, Number(at_least=0), Role.FLOOR] = None
    stop_lr_ratio: Annotated[float | None, Number(at_least=0), Role.FLOOR] = None
    decay_steps: Annotated[int, Count(), Role.EVERY] = 5000
    decay_rate: Annotated[float | None, Number(above=0), Role.SHRINK] = None
    smooth: FlagField = False
    warmup_steps: Annotated[int, Count(at_least=0), Role.WARMUP] = 0
    warmup_ratio: Annotated[float | None, Number(at_least=0, below=1), Role.WARMUP] = None
    warmup_start_factor: Annotated[float, Number(at_least=0), Role.START] = 0.0
    decay_phase_ratio: Annotated[float, Number(above=0, at_most=1), Role.DECAY] = 0.1
    decay_type: Annotated[str, Choice(("inverse_linear", "cosine", "linear"))] = "inverse_linear"


@record
class Training:
    """The run.

    Args:
        numb_steps: updates
        stop_batch: the same, in inputs of version 1
        warmup_steps: updates of a warmup, in inputs of version 2, where it differs between backends
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

    Source: deepmd/dpmodel/utils/learning_rate.py (3.2.0)

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
    last = STOP if rates.stop_lr is None else rates.stop_lr
    if rates.stop_lr_ratio is not None:
        last = rates.start_lr * rates.stop_lr_ratio
    long = rates.warmup_steps if rates.warmup_ratio is None else int(rates.warmup_ratio * steps)
    if long >= steps:
        message = "ValueError: warmup_steps must be smaller than num_steps"
        raise Fault(message, field="learning_rate.warmup_steps", help="make the warmup shorter")
    rising = warmup(rates.warmup_start_factor * rates.start_lr, rates.start_lr, long)
    return {
        "steps": config.at(steps, "steps", "training.numb_steps", "training.stop_batch"),
        "lr": config.at(rates.start_lr, "learning_rate.start_lr"),
        "schedule": listed(
            config,
            steps,
            (rising, f"learning_rate.warmup_{'steps' if rates.warmup_ratio is None else 'ratio'}"),
            *decay(config, rates, last, steps - long, steps),
        ),
    }


def decay(config: Config, rates: LearningRate, last: float, span: int, steps: int) -> list[tuple[Phase, str]]:
    """The phases in the `span` updates after the warmup of a run of `steps`, each with its key."""
    if rates.type != "wsd":
        return [(falling(config, rates, last, span), "learning_rate.decay_steps")]
    if last <= 0:
        message = f"ValueError: stop_lr ({last:g}) must be positive."
        raise Fault(message, field="learning_rate.stop_lr", help="give a number above 0")
    long = max(1, min(int(rates.decay_phase_ratio * steps), span))
    first, key = rates.start_lr, "learning_rate.decay_phase_ratio"
    fall: Phase = {"kind": rates.decay_type, "from": first, "to": last, "for": long}
    if rates.decay_type == "inverse_linear":
        text = f"1 / (t / {long} / {last!r} + (1 - t / {long}) / {first!r})"
        fall = {"kind": "expression", "value": text, "for": long}
    return [(constant(first, span - long), key), (fall, key)]


def falling(config: Config, rates: LearningRate, last: float, span: int) -> Phase:
    """The decay in the `span` updates after the warmup."""
    first, every, factor = rates.start_lr, rates.decay_steps, rates.decay_rate
    if rates.type == "cosine":
        return {"kind": "cosine", "from": first, "to": last, "for": span}
    if factor is None:
        if every >= span:
            every = 100 if span // 10 > 100 else span // 100 + 1
            config.derivation.append(f"`decay_steps` is not less than the decay, so it is {every:,}")
        factor = (max(last, LEAST) / first) ** (every / span)
    drops = {"gamma": factor, "every": every, "staircase": not rates.smooth}
    return {"kind": "exponential", "from": first, **drops, "min": last, "for": span}
