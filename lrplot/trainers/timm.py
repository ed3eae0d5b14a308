"""timm's args.yaml: the arguments of its train.py as a run writes them."""

from __future__ import annotations

from math import ceil, floor
from typing import Annotated, Any, Literal

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault, Faults
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Many, Number, Text
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing

MARKS = (
    "sched",
    "opt",
    "warmup_epochs",
    "warmup_lr",
    "min_lr",
    "cooldown_epochs",
    "decay_epochs",
    "lr_cycle_limit",
    "lr_noise",
    "smoothing",
    "model_ema",
)
ROOTS = ("ada", "lamb")  # optimizers whose learning rate follows the root of the batch
WITH_MOMENTUM = ("sgd", "nesterov", "momentum", "rmsprop")
CYCLIC = ("cosine", "tanh", "poly")


@record
class Arguments:
    """The arguments that determine the schedule, with the defaults of train.py.

    Args:
        sched: the schedule
        sched_on_updates: the value changes at each update, not between epochs
        opt: the optimizer
        lr: the learning rate; from `lr_base` and the batch if absent
        lr_base: the learning rate for a batch of `lr_base_size`
        lr_base_size: the batch that belongs to `lr_base`
        lr_base_scale: how it follows the batch; by the optimizer if absent
        batch_size: examples in a batch of one process
        grad_accum_steps: batches accumulated into an update
        epochs: epochs of the (first) cycle
        warmup_epochs: epochs of the warmup
        warmup_lr: the value the warmup starts from
        warmup_prefix: the warmup delays the rest
        min_lr: the least value
        cooldown_epochs: epochs at the least value after the cycles
        decay_epochs: epochs between two drops
        decay_milestones: epochs of the drops of multistep
        decay_rate: factor of each drop, or the power of poly
        lr_cycle_mul: each cycle is this many times as long as the one before
        lr_cycle_decay: factor of the peak from cycle to cycle
        lr_cycle_limit: number of cycles
        lr_k_decay: exponent of the time in a cycle
        momentum: momentum of SGD
        weight_decay: weight decay
    """

    sched: Annotated[str, Text(), Role.CURVE] = "cosine"
    sched_on_updates: Annotated[bool, Flag()] = False
    opt: Annotated[str, Text()] = "sgd"
    lr: Annotated[float | None, Number(at_least=0), Role.PEAK] = None
    lr_base: Annotated[float, Number(at_least=0)] = 0.1
    lr_base_size: Annotated[int, Count()] = 256
    lr_base_scale: Literal["linear", "sqrt"] | None = None
    batch_size: Annotated[int, Count()] = 128
    grad_accum_steps: Annotated[int, Count()] = 1
    epochs: Annotated[int, Count(), Role.HORIZON] = 300
    warmup_epochs: Annotated[int, Count(at_least=0), Role.WARMUP] = 5
    warmup_lr: Annotated[float, Number(at_least=0), Role.START] = 1e-5
    warmup_prefix: Annotated[bool, Flag()] = False
    min_lr: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.0
    cooldown_epochs: Annotated[int, Count(at_least=0)] = 0
    decay_epochs: Annotated[float, Number(above=0), Role.EVERY] = 90.0
    decay_milestones: Annotated[tuple[int, ...], Many(Count()), Role.MILESTONES] = (90, 180, 270)
    decay_rate: Annotated[float, Number(at_least=0)] = 0.1
    lr_cycle_mul: Annotated[float, Number()] = 1.0
    lr_cycle_decay: Annotated[float, Number()] = 0.5
    lr_cycle_limit: Annotated[int, Count(at_least=None)] = 1
    lr_k_decay: Annotated[float, Number()] = 1.0
    momentum: Annotated[float, Number()] = 0.9
    weight_decay: Annotated[float, Number()] = 2e-5


ArgumentsField = Annotated[Arguments, Inline(Arguments)]


@trainer("timm", marks=MARKS, least=4, surely=("sched",))
def timm_arguments(config: Config, arguments: ArgumentsField) -> Content:
    """TIMM arguments: args.yaml, which train.py writes.

    The schedule moves by epochs, unless `sched_on_updates`.

    Source: timm/train.py; timm/scheduler/scheduler_factory.py, scheduler_kwargs and create_scheduler_v2
    """
    per_epoch = _per_epoch(config, arguments)
    devices = config.fact("devices")
    faults: list[Fault] = []
    if arguments.sched_on_updates and per_epoch is None:
        ways = ("steps_per_epoch",), ("dataset_size", "devices")
        faults.append(missing("how many updates an epoch has", *ways))
    if arguments.lr is None and devices is None:
        faults.append(missing("how many processes train, with which the learning rate grows", ("devices",)))
    if faults:
        raise Faults(faults)
    steps, epochs = config.fact("steps"), config.fact("epochs") or _length(config, arguments)
    length = config.at(epochs, "epochs")
    fast = any(word in arguments.opt.lower() for word in WITH_MOMENTUM)
    return {
        **({"steps": config.at(steps, "steps")} if steps else {"epochs": length}),
        "steps_per_epoch": per_epoch,
        "batch_size": arguments.batch_size * arguments.grad_accum_steps * devices if devices else None,
        "lr": config.at(_learning_rate(config, arguments, devices), "lr", "lr_base"),
        "momentum": arguments.momentum if fast else None,
        "weight_decay": arguments.weight_decay,
        "schedule": _schedule(config, arguments, per_epoch),
    }


def _per_epoch(config: Config, arguments: Arguments) -> int | None:
    """Updates of an epoch; None if they are not known. The last batch is dropped if it is not full."""
    given, examples, devices = (config.fact(name) for name in ("steps_per_epoch", "dataset_size", "devices"))
    if given is not None or examples is None or devices is None:
        return given
    batches = ceil(examples / devices) // arguments.batch_size
    updates = ceil(batches / arguments.grad_accum_steps)
    if not updates:
        raise Fault("an epoch has no full batch", field="batch_size", help="give more examples, or a smaller batch")
    config.derivation.append(
        f"{examples:,} examples ÷ {devices:,} processes ÷ {arguments.batch_size:,} = {batches:,} batches, "
        f"÷ {arguments.grad_accum_steps} accumulated = {updates:,} updates in an epoch"
    )
    return updates


def _learning_rate(config: Config, arguments: Arguments, devices: int | None) -> float:
    """The learning rate, which grows with the batch if it is not given."""
    if arguments.lr is not None:
        return arguments.lr
    batch = arguments.batch_size * arguments.grad_accum_steps * (devices or 1)
    ratio = batch / arguments.lr_base_size
    by_root = any(word in arguments.opt.lower() for word in ROOTS)
    if (arguments.lr_base_scale or ("sqrt" if by_root else "linear")) == "sqrt":
        ratio = ratio**0.5
    rate = arguments.lr_base * ratio
    config.derivation.append(f"{arguments.lr_base:g} for {arguments.lr_base_size} examples, {rate:g} for {batch:,}")
    return rate


def _length(config: Config, arguments: Arguments) -> int:
    """Epochs of the run: the cycles, and for those that have cycles the cooldown."""
    whole = epochs = arguments.epochs
    warmup, cooldown = arguments.warmup_epochs if arguments.warmup_prefix else 0, arguments.cooldown_epochs
    if arguments.sched in CYCLIC:
        mul, cycles = arguments.lr_cycle_mul, max(1, arguments.lr_cycle_limit)
        try:
            whole = epochs * cycles if mul == 1 else floor(-epochs * (mul**cycles - 1) / (1 - mul))
        except OverflowError as error:
            raise Fault(f"OverflowError: {error}", field="lr_cycle_limit", help="reduce the number of cycles") from None
    elif arguments.sched not in ("wsd", "rsqrt"):
        cooldown = 0
    total = whole + warmup + cooldown
    if total != epochs:
        parts = {"of the schedule": whole, "of warmup": warmup, "of cooldown": cooldown}
        lengths = (f"{length:,} {what}" for what, length in parts.items() if length)
        config.derivation.append(f"{' + '.join(lengths)} = {total:,} epochs")
    return total


def _schedule(config: Config, arguments: Arguments, per_epoch: int | None) -> Content:
    """The scheduler of timm, each argument at its key."""
    places = {
        "num_epochs": "epochs",
        "decay_epochs": "decay_epochs",
        "decay_milestones": "decay_milestones",
        "cooldown_epochs": "cooldown_epochs",
        "decay_rate": "decay_rate",
        "min_lr": "min_lr",
        "warmup_lr": "warmup_lr",
        "warmup_epochs": "warmup_epochs",
        "warmup_prefix": "warmup_prefix",
        "cycle_mul": "lr_cycle_mul",
        "cycle_decay": "lr_cycle_decay",
        "cycle_limit": "lr_cycle_limit",
        "k_decay": "lr_k_decay",
    }
    given: dict[str, Any] = {name: config.at(getattr(arguments, key), key) for name, key in places.items()}
    further = {"noise": "lr_noise", "decay_fn": "lr_decay_fn", "stable_timescale": "lr_stable_timescale"}
    return {
        "use": config.at("timm.create_scheduler_v2", "sched"),
        "sched": config.at(arguments.sched, "sched"),
        **given,
        **{name: config.node(key) for name, key in further.items()},
        "step_on_epochs": config.at(not arguments.sched_on_updates, "sched_on_updates"),
        "updates_per_epoch": per_epoch if arguments.sched_on_updates else None,
    }
