"""PaddleOCR's YAML: a schedule by name, with a warmup in epochs."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.annotations import FlagField
from lrplot.schema.records import record
from lrplot.schema.types import Count, Many, Number, Record, Text
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, missing, whole
from lrplot.trainers.shared.phases import Phase, constant, fall, listed, warmup

AT = "Optimizer.lr"
NAMES = (
    "Const",
    "Linear",
    "Cosine",
    "Step",
    "Piecewise",
    "CyclicalCosine",
    "OneCycle",
    "DecayLearningRate",
    "MultiStepDecay",
    "TwoStepCosine",
)
FIRST = 200  # epochs of TwoStepCosine's first cosine


@record
class Rate:
    """The learning rate.

    Args:
        name: the schedule; constant if absent
        learning_rate: the learning rate
        max_lr: the same for OneCycle
        warmup_epoch: epochs of the rise from 0, rounded to whole batches
        end_lr: where Linear ends
        power: exponent of Linear
        factor: exponent of DecayLearningRate
        step_size: epochs between two drops
        gamma: factor of each drop
        decay_epochs: epochs at which the next value begins
        values: learning rates, one more than `decay_epochs`
        milestones: epochs at which it drops
        cycle: epochs of a cycle
        anneal_strategy: shape of OneCycle
        three_phase: whether OneCycle goes down in two parts
    """

    name: Annotated[str | None, Text(), Role.CURVE] = None
    learning_rate: Annotated[float | None, Number(at_least=0), Role.PEAK] = None
    max_lr: Annotated[float | None, Number(at_least=0), Role.PEAK] = None
    warmup_epoch: Annotated[float, Number(at_least=0), Role.WARMUP] = 0.0
    end_lr: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.0
    power: Annotated[float, Number()] = 1.0
    factor: Annotated[float, Number()] = 0.9
    step_size: Annotated[int | None, Count(), Role.EVERY] = None
    gamma: Annotated[float | None, Number(), Role.SHRINK] = None
    decay_epochs: Annotated[tuple[int, ...] | None, Many(Count(at_least=0)), Role.MILESTONES] = None
    values: Annotated[tuple[float, ...] | None, Many(Number())] = None
    milestones: Annotated[tuple[int, ...] | None, Many(Count(at_least=0)), Role.MILESTONES] = None
    cycle: Annotated[float | None, Number(above=0), Role.PERIOD] = None
    anneal_strategy: Literal["cos", "linear"] = "cos"
    three_phase: FlagField = False


@record
class Optimizer:
    """The optimizer.

    Args:
        lr: the learning rate
    """

    lr: Annotated[Rate, Record(Rate)]


@record
class Global:
    """The run.

    Args:
        epoch_num: epochs of the run
    """

    epoch_num: Annotated[int | None, Count(), Role.HORIZON] = None


@trainer(
    "paddleocr",
    marks=("Global.epoch_num", "Optimizer.lr", "Architecture", "PostProcess", "Train.dataset", "Train.loader"),
    least=3,
    surely=("Optimizer.lr",),
)
def paddleocr_config(
    config: Config,
    Optimizer: Annotated[Optimizer, Record(Optimizer)],  # noqa: N803
    Global: Annotated[Global | None, Record(Global)] = None,  # noqa: N803
) -> Content:
    """PaddleOCR config: YAML with `Global`, `Optimizer.lr` and `Train`.

    A step is a batch, which is an update. The schedule is as long as the run, whatever the warmup, so that its end is
    not reached.

    Source: ppocr/optimizer/learning_rate.py; ppocr/optimizer/lr_scheduler.py; ppocr/optimizer/__init__.py

    Args:
        Optimizer: the optimizer and its schedule
        Global: the run
    """
    keys = Optimizer.lr
    epochs = Global.epoch_num if Global else None
    if epochs is None:
        raise missing("how many epochs the run has", ("Global.epoch_num",))
    per_epoch = _per_epoch(config)
    steps = config.fact("steps")
    if steps is None:
        steps = epochs * per_epoch
        config.derivation.append(f"{epochs:,} epochs × {per_epoch:,} batches = {steps:,} updates")
    rate, at = _rate(keys)
    l2 = str(getattr(config.node("Optimizer.regularizer.name"), "text", "")) == "L2"
    return {
        "steps": config.at(steps, "steps", "Global.epoch_num"),
        "steps_per_epoch": per_epoch,
        "lr": config.at(rate, at),
        "momentum": config.node("Optimizer.momentum"),
        "weight_decay": config.node("Optimizer.weight_decay")
        or (config.node("Optimizer.regularizer.factor") if l2 else None),
        "schedule": _schedule(config, keys, rate, epochs, per_epoch, steps),
    }


def _per_epoch(config: Config) -> int:
    """Batches of an epoch."""
    given, examples, devices = (config.fact(name) for name in ("steps_per_epoch", "dataset_size", "devices"))
    if given is not None:
        return given
    size = whole(config.node("Train.loader.batch_size_per_card"))
    if config.node("Train.sampler") is not None or size is None:  # a sampler makes batches of its own
        raise missing("how many batches an epoch has", ("steps_per_epoch",))
    if examples is None or devices is None:
        raise missing("how many batches an epoch has", ("steps_per_epoch",), ("dataset_size", "devices"))
    share, whole_only = ceil(examples / devices), getattr(config.node("Train.loader.drop_last"), "text", "").lower()
    batches = max(share // size if whole_only == "true" else ceil(share / size), 1)
    config.derivation.append(f"{examples:,} examples ÷ ({size:,} × {devices:,} devices) = {batches:,} batches")
    return batches


def _rate(keys: Rate) -> tuple[float, str]:
    """The value to which the warmup leads, and its key."""
    key = {"Piecewise": "values", "OneCycle": "max_lr"}.get(keys.name or "", "learning_rate")
    value = getattr(keys, key)
    if value is None or value == ():
        raise missing("the learning rate", (f"{AT}.{key}",))
    return (value[0] if key == "values" else value), f"{AT}.{key}"


def _schedule(config: Config, keys: Rate, rate: float, epochs: int, per_epoch: int, steps: int) -> list[Node]:
    """The phases of a run of `steps` updates."""
    at, name = f"{AT}.name", keys.name
    if name is not None:
        chosen(dict.fromkeys(NAMES, ""), name, at, "PaddleOCR")
    long = round(keys.warmup_epoch * per_epoch)
    if name in (None, "DecayLearningRate") and long:
        message = (
            f"`warmup_epoch` is ignored: {'`DecayLearningRate`' if name else 'a rate without `name`'} has no warmup"
        )
        config.remark("warning", "ignored-key", message, f"{AT}.warmup_epoch", "take `Linear` or `Cosine`")
        long = 0
    rest = _decay(config, keys, rate, epochs * per_epoch, per_epoch, bool(long))
    return listed(config, steps, (warmup(0.0, rate, long), f"{AT}.warmup_epoch"), *((each, at) for each in rest))


def _decay(config: Config, keys: Rate, rate: float, total: int, per_epoch: int, warmed: bool) -> list[Phase]:
    """The schedule after the warmup; it counts from the warmup's end."""
    lr = config.at(rate, f"{AT}.learning_rate", AT)
    match keys.name:
        case "Cosine":
            return [_paddle("CosineAnnealingDecay", learning_rate=lr, T_max=total)]
        case "Linear" | "DecayLearningRate":
            linear = keys.name == "Linear"
            end, power = (keys.end_lr, keys.power) if linear else (0.0, keys.factor)
            if not linear and keys.end_lr:
                message = "`end_lr` is ignored: `DecayLearningRate` leads to 0"
                config.remark("note", "ignored-key", message, f"{AT}.end_lr", "take `Linear`")
            return [_paddle("PolynomialDecay", learning_rate=lr, decay_steps=total, end_lr=end, power=power)]
        case "Step":
            size, gamma = _needed(config, keys, "step_size", per_epoch), _needed(config, keys, "gamma")
            return [_paddle("StepDecay", learning_rate=lr, step_size=size, gamma=gamma)]
        case "MultiStepDecay":
            edges, gamma = _needed(config, keys, "milestones", per_epoch), _needed(config, keys, "gamma")
            return [_paddle("MultiStepDecay", learning_rate=lr, milestones=edges, gamma=gamma)]
        case "Piecewise":
            edges, values = _needed(config, keys, "decay_epochs", per_epoch), _needed(config, keys, "values")
            return [_paddle("PiecewiseDecay", boundaries=edges, values=values)]
        case "CyclicalCosine":
            cycle = _needed(config, keys, "cycle", per_epoch)
            return [_paddle("CosineAnnealingWarmRestarts", learning_rate=lr, T_0=cycle)]
        case "OneCycle":
            one: Phase = {"use": "torch.OneCycleLR", "max_lr": rate, "total_steps": total, "cycle_momentum": False}
            given = {"anneal_strategy": keys.anneal_strategy, "three_phase": keys.three_phase}
            return [{**one, **given, "for": "rest"}]
        case "TwoStepCosine":
            return _two_steps(rate, FIRST * per_epoch, total, warmed)
    return [constant(rate)]


def _two_steps(rate: float, first: int, second: int, warmed: bool) -> list[Phase]:
    """A cosine of `first` updates, after which the one of `second` updates goes on.

    Each value is computed from the one before, so the second cosine stays at 0; only after a warmup it is not.
    """
    if not warmed:
        return [fall("cosine", rate, 0.0, 0, first, 0, first), constant(0.0)]
    number = f"(t + {first + 1})"
    after = {"kind": "expression", "value": f"{rate!r} * (1 + cos(pi * {number} / {second})) / 2", "for": "rest"}
    return [fall("cosine", rate, 0.0, 0, first, 0, first), constant(0.0, 1), after]


def _paddle(name: str, **arguments: object) -> Phase:
    return {"use": f"paddle.{name}", **arguments, "for": "rest"}


def _needed(config: Config, keys: Rate, key: str, per_epoch: int | None = None) -> Node:
    """The value of a key that the schedule needs; if `per_epoch` is given, of epochs in batches."""
    value, path = getattr(keys, key), f"{AT}.{key}"
    if value is None:
        raise Fault(f"`{keys.name}` needs `{key}`", field=f"{AT}.name", code="missing-field", help=f"add `{key}`")
    if per_epoch is None:
        return config.at(value, path)
    return config.at(
        [each * per_epoch for each in value] if isinstance(value, tuple) else round(value * per_epoch), path
    )
