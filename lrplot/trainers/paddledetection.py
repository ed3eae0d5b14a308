"""PaddleDetection's YAML: a decay and a warmup, by tag or by name, over `_BASE_` files."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.annotations import FlagField
from lrplot.schema.records import record
from lrplot.schema.types import Count, Many, Number, Record, Text
from lrplot.text.tree import Listing, Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import Phase, constant, fall, listed, warmup

AT = "LearningRate.schedulers"
DECAYS, WARMUPS = ("CosineDecay", "PiecewiseDecay"), ("LinearWarmup", "ExpWarmup")


@record
class Scheduler:
    """A decay or a warmup.

    Args:
        name: which one, unless a tag says it
        max_epochs: epochs of a cosine, the warmup included
        use_warmup: whether a decay has a warmup before it
        min_lr_ratio: where a cosine ends, as a share
        last_plateau_epochs: epochs at the end of a cosine that have its last value
        milestones: epochs at which it drops
        gamma: factors of the learning rate, one for each milestone; of a single one g the factors are g, g/10, g/100 …
        values: learning rates instead, one more than milestones
        steps: updates of a warmup
        start_factor: first value of a warmup, as a share
        epochs: epochs of a warmup, instead of `steps`
        epochs_first: whether `epochs` counts if both are given
        power: exponent of a warmup
    """

    name: Annotated[str, Text(), Role.CURVE] = ""
    max_epochs: Annotated[int, Count(), Role.HORIZON] = 1000
    use_warmup: FlagField = True
    min_lr_ratio: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.0
    last_plateau_epochs: Annotated[int, Count(at_least=0), Role.HOLD] = 0
    milestones: Annotated[tuple[int, ...], Many(Count(at_least=0)), Role.MILESTONES] = (8, 11)
    gamma: Annotated[tuple[float, ...], Many(Number(), single=True)] = (0.1, 0.01)
    values: Annotated[tuple[float, ...] | None, Many(Number())] = None
    steps: Annotated[int | None, Count(at_least=0), Role.WARMUP] = None
    start_factor: Annotated[float, Number(at_least=0), Role.START] = 1 / 3
    epochs: Annotated[int | None, Count(at_least=0), Role.WARMUP] = None
    epochs_first: FlagField = True
    power: Annotated[float, Number(above=0)] = 2.0


@record
class LearningRate:
    """The schedule.

    Args:
        base_lr: the learning rate
        schedulers: a decay, then a warmup
    """

    base_lr: Annotated[float, Number(at_least=0), Role.PEAK] = 0.01
    schedulers: Annotated[tuple[Scheduler, ...] | None, Many(Record(Scheduler))] = None


@record
class TrainReader:
    """The batches.

    Args:
        batch_size: examples per batch of one process
        drop_last: leave out the last batch of an epoch if it is not full
    """

    batch_size: Annotated[int, Count()] = 1
    drop_last: FlagField = False


@trainer(
    "paddledetection",
    marks=(
        "LearningRate.base_lr",
        "LearningRate.schedulers",
        "OptimizerBuilder",
        "TrainReader",
        "TrainDataset",
        "architecture",
        "snapshot_epoch",
        "epoch",
    ),
    surely=("LearningRate", "OptimizerBuilder"),
    never=("max_iters",),
)
def paddledetection_config(
    config: Config,
    epoch: Annotated[int | None, Count(), Role.HORIZON] = None,
    LearningRate: Annotated[LearningRate | None, Record(LearningRate)] = None,  # noqa: N803
    TrainReader: Annotated[TrainReader | None, Record(TrainReader)] = None,  # noqa: N803
) -> Content:
    """PaddleDetection config: YAML with `LearningRate` and `OptimizerBuilder`, over `_BASE_` files.

    A step is a batch, which is an update.

    Source: ppdet/optimizer/optimizer.py, LearningRate; ppdet/engine/trainer.py

    Args:
        epoch: epochs of the run
        LearningRate: the learning rate and its schedule
        TrainReader: the batches
    """
    rate = LearningRate.base_lr if LearningRate else 0.01
    schedulers = LearningRate.schedulers if LearningRate else None
    per_epoch = _per_epoch(config, TrainReader)
    steps = config.fact("steps")
    if steps is None:
        if epoch is None:
            raise missing("how many epochs the run has", ("epoch",), ("steps",))
        steps = epoch * per_epoch
        config.derivation.append(f"{epoch:,} epochs × {per_epoch:,} batches = {steps:,} updates")
    return {
        "steps": config.at(steps, "steps", "epoch"),
        "steps_per_epoch": per_epoch,
        "lr": config.at(rate, "LearningRate.base_lr"),
        "momentum": config.node("OptimizerBuilder.optimizer.momentum"),
        "weight_decay": config.node("OptimizerBuilder.optimizer.weight_decay"),
        "schedule": _schedule(config, _named(config, schedulers), rate, per_epoch, steps),
    }


def _per_epoch(config: Config, reader: TrainReader | None) -> int:
    """Batches of an epoch."""
    given, examples, devices = (config.fact(name) for name in ("steps_per_epoch", "dataset_size", "devices"))
    if given is not None:
        return given
    if examples is None or devices is None:
        raise missing("how many batches an epoch has", ("steps_per_epoch",), ("dataset_size", "devices"))
    size = reader.batch_size if reader else 1
    share = ceil(examples / devices)
    batches = max(share // size if reader and reader.drop_last else ceil(share / size), 1)
    config.derivation.append(f"{examples:,} examples ÷ ({size:,} × {devices:,} devices) = {batches:,} batches")
    return batches


def _named(config: Config, schedulers: tuple[Scheduler, ...] | None) -> list[Scheduler]:
    """The schedulers, each with its name: a tag of the YAML, or `name`."""
    if schedulers is None:
        return [Scheduler("PiecewiseDecay"), Scheduler("LinearWarmup")]
    nodes = [config.node(f"{AT}.{index}") for index in range(len(schedulers))]
    tags = [node.tag.removeprefix("!") if node is not None else "" for node in nodes]
    return [replace(each, name=tag or each.name) for each, tag in zip(schedulers, tags, strict=True)]


def _schedule(config: Config, schedulers: list[Scheduler], rate: float, per_epoch: int, steps: int) -> list[Node]:
    """The phases of a run of `steps` updates."""
    if not schedulers or schedulers[0].name not in DECAYS:
        raise _unknown(config, 0, schedulers[0].name if schedulers else "", DECAYS)
    decay = schedulers[0]
    if not decay.use_warmup:
        return _decay(config, decay, rate, 0, per_epoch, steps, [])
    if len(schedulers) < 2:
        message = "IndexError: list index out of range: the decay has `use_warmup`, and there is no warmup"
        raise Fault(message, field=AT, help="add `- !LinearWarmup {steps: 500}`, or `use_warmup: false`")
    before = schedulers[1]
    if before.name not in WARMUPS:
        raise _unknown(config, 1, before.name, WARMUPS)
    linear = before.name == "LinearWarmup"
    long = before.steps if before.steps is not None else 500 if linear else 1000
    if before.epochs is not None and (before.epochs_first or not linear):
        if before.steps is not None:
            message = "`steps` is ignored: `epochs` wins"
            config.remark("note", "ignored-key", message, f"{AT}.1.steps", "remove one of them")
        long = before.epochs * per_epoch
    long = max(long, 1)
    ramp = warmup(rate * before.start_factor, rate, long)
    if not linear:
        ramp = warmup(0.0, rate, long) | {"shape": "polynomial", "power": before.power}
    return _decay(config, decay, rate, long, per_epoch, steps, [(ramp, f"{AT}.1")])


def _decay(
    config: Config,
    decay: Scheduler,
    rate: float,
    start: int,
    per_epoch: int,
    steps: int,
    before: list[tuple[Phase, str]],
) -> list[Node]:
    """The decay from update `start` on, after the phases `before`."""
    at = f"{AT}.0"
    if decay.name == "PiecewiseDecay":
        return listed(config, steps, *before, (_stairs(config, decay, rate, start, per_epoch), at))
    end, low = decay.max_epochs * per_epoch, rate * decay.min_lr_ratio
    stop = end - decay.last_plateau_epochs * per_epoch
    if not start and not decay.last_plateau_epochs:
        cosine = {"use": "paddle.CosineAnnealingDecay", "learning_rate": rate, "T_max": end, "eta_min": low}
        return listed(config, steps, (cosine | {"for": "rest"}, at))
    if stop <= start:
        return listed(config, steps, *before, (constant(rate if end <= start else low), at))
    # Without a plateau the value of the last update holds, which is above the cosine's end.
    last = {"kind": "expression", "value": f"{low!r} + {rate - low!r} * (1 + cos(pi * {1 - 1 / (stop - start)!r})) / 2"}
    hold = constant(low) if decay.last_plateau_epochs else last | {"for": "rest"}
    return listed(config, steps, *before, (fall("cosine", rate, low, start, stop, start, stop), at), (hold, at))


def _stairs(config: Config, decay: Scheduler, rate: float, start: int, per_epoch: int) -> Phase:
    """The drops after a warmup of `start` updates."""
    at = f"{AT}.0"
    values = decay.values
    if values is not None and start:
        message = "ValueError: `values` are taken for those of the warmup, too, and are too few"
        raise Fault(message, field=f"{at}.values", help="add `use_warmup: false`, or give `gamma` instead")
    if values is not None and len(values) != len(decay.milestones) + 1:
        message = f"AssertionError: {len(decay.milestones)} milestones need {len(decay.milestones) + 1} values"
        raise Fault(message, field=f"{at}.values", help="give one value more than milestones")
    if values is None:
        single = not isinstance(config.node(f"{at}.gamma"), Listing | None)
        gammas = [decay.gamma[0] / 10**i for i in range(len(decay.milestones))] if single else decay.gamma
        values = (rate, *(rate * gamma for gamma in gammas))
    return {
        "use": "paddle.PiecewiseDecay",
        "boundaries": config.at([per_epoch * each - start for each in decay.milestones], f"{at}.milestones", at),
        "values": config.at(values, f"{at}.values", f"{at}.gamma", at),
        "for": "rest",
    }


def _unknown(config: Config, index: int, name: str, known: tuple[str, ...]) -> Fault:
    what = "decay" if index == 0 else "warmup"
    message = f"the {what} `{name}` is not one of PaddleDetection's" if name else f"there is no {what}"
    help = f"its schedulers begin with a decay, then a warmup; a {what} is {' or '.join(f'`{each}`' for each in known)}"
    return Fault(message, code="undetermined", help=help).at(config.place(f"{AT}.{index}", AT))
