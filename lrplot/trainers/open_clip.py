"""open_clip's command lines, and the params.txt that a run writes."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Flag, Number, Text
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, whole
from lrplot.trainers.shared.phases import Phase, constant, fall, listed

MARKS = (
    "train_num_samples",
    "zeroshot_frequency",
    "local_loss",
    "gather_with_grad",
    "imagenet_val",
    "accum_freq",
    "csv_img_key",
    "lr_cooldown_end",
    "train_data",
    "warmup",
    "wd",
    "epochs",
    "batch_size",
    "lr",
    "model",
    "dataset_type",
    "dataset_resampled",
    "save_frequency",
    "skip_scheduler",
)
NAMES = ("cosine", "const", "const-cooldown")
TABLES = (".csv", ".tsv")  # how the names of data sets end that are read row by row


@record
class Arguments:
    """The arguments that determine the schedule.

    Args:
        lr: the learning rate
        lr_scheduler: the schedule
        skip_scheduler: keep the learning rate as it is
        warmup: updates of the warmup
        epochs: epochs of the run
        epochs_cooldown: epochs of the decay at the end, for `const-cooldown`
        lr_cooldown_end: where that decay ends
        lr_cooldown_power: its exponent
        train_num_samples: examples in an epoch
        train_data: the data set
        dataset_type: how it is stored
        batch_size: examples in a batch of one process
        accum_freq: batches accumulated into an update
        workers: loaders of one process, each of which gives as many batches
        wd: weight decay
        beta1: Adam's first coefficient
        beta2: Adam's second coefficient
    """

    lr: Annotated[float, Number(at_least=0), Role.PEAK] = 5e-4
    lr_scheduler: Annotated[str, Choice(NAMES), Role.CURVE] = "cosine"
    skip_scheduler: Annotated[bool, Flag()] = False
    warmup: Annotated[int, Count(at_least=0), Role.WARMUP] = 10_000
    epochs: Annotated[int, Count(), Role.HORIZON] = 32
    epochs_cooldown: Annotated[int | None, Count(at_least=0), Role.DECAY] = None
    lr_cooldown_end: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.0
    lr_cooldown_power: Annotated[float, Number()] = 1.0
    train_num_samples: Annotated[float | None, Number(above=0), Role.HORIZON] = None
    train_data: Annotated[str, Text()] = ""
    dataset_type: Annotated[str, Text()] = "auto"
    batch_size: Annotated[int, Count(), Role.CURVE] = 64
    accum_freq: Annotated[int, Count(), Role.CURVE] = 1
    workers: Annotated[int, Count(at_least=0), Role.CURVE] = 4
    wd: Annotated[float, Number()] = 0.2
    beta1: Annotated[float | None, Number()] = None
    beta2: Annotated[float | None, Number()] = None


ArgumentsField = Annotated[Arguments, Inline(Arguments)]


@trainer("open-clip", marks=MARKS, least=5, surely=MARKS[:8], never=("network_module",))
def arguments(config: Config, arguments: ArgumentsField) -> Content:
    """OpenCLIP arguments: open_clip's command line, or the params.txt of a run.

    Source: open_clip_train/scheduler.py; open_clip_train/main.py; open_clip_train/data.py, get_wds_dataset
    """
    epoch, steps = length(config, arguments)
    devices = processes(config)
    return {
        "steps": config.at(steps, "steps", "epochs"),
        "steps_per_epoch": epoch,
        "batch_size": arguments.batch_size * arguments.accum_freq * devices if devices else None,
        "lr": config.at(arguments.lr, "lr"),
        "weight_decay": config.at(arguments.wd, "wd"),
        "beta1": config.node("beta1"),
        "beta2": config.node("beta2"),
        "schedule": schedule(config, arguments, epoch, steps),
    }


def processes(config: Config) -> int | None:
    """The number of processes that train: a fact, or what the config says."""
    if (given := config.fact("devices")) is not None:
        return given
    if (world := whole(config.node("world_size"))) is not None:  # in params.txt
        return world
    each = whole(config.node("nproc_per_node"))
    return each * (whole(config.node("nnodes")) or whole(config.node("nnode")) or 1) if each else None


def length(config: Config, arguments: Arguments) -> tuple[int | None, int]:
    """Updates of an epoch if they are known, and of the run."""
    steps, epoch = config.fact("steps"), config.fact("steps_per_epoch")
    devices = processes(config)
    examples = config.fact("dataset_size") or (arguments.train_num_samples and int(arguments.train_num_samples))
    if epoch is None and examples and devices:
        epoch = updates(config, arguments, examples, devices)
    if steps is not None:
        whole_epochs = epoch is None and steps % arguments.epochs == 0
        return steps // arguments.epochs if whole_epochs else epoch, steps
    if epoch is None:
        rows = (() if examples else ("dataset_size",)) + (() if devices else ("devices",))
        raise missing("how many updates an epoch has", ("steps",), ("steps_per_epoch",), rows)
    config.derivation.append(f"{arguments.epochs:,} epochs × {epoch:,} updates = {arguments.epochs * epoch:,} updates")
    return epoch, arguments.epochs * epoch


def updates(config: Config, arguments: Arguments, examples: int, devices: int) -> int:
    """Updates of an epoch: of rows, what is left after full batches is dropped; of shards, some come twice."""
    each, accumulated = arguments.batch_size, arguments.accum_freq
    if arguments.dataset_type == "csv" or arguments.train_data.endswith(TABLES):
        batches = ceil(examples / devices) // each
    else:
        loaders = max(1, arguments.workers)
        batches = ceil(ceil(examples / (each * devices)) / loaders) * loaders
    count = batches // accumulated
    if not count:
        raise Fault("an epoch has no update", field="batch_size", help="give more examples, or a smaller batch")
    config.derivation.append(
        f"{examples:,} examples ÷ ({each:,} per device × {devices:,} devices) = {batches:,} batches, "
        f"÷ {accumulated:,} accumulated = {count:,} updates per epoch"
    )
    return count


def schedule(config: Config, arguments: Arguments, epoch: int | None, steps: int) -> list[Node] | Content:
    """The schedule of a run of `steps` updates."""
    rate, long, name = arguments.lr, arguments.warmup, arguments.lr_scheduler
    if arguments.skip_scheduler:
        return {"kind": config.at("constant", "skip_scheduler")}
    ramp: Phase = {"kind": "warmup", "skip_zero": True, "for": long}
    if name == "const":
        return listed(config, steps, (ramp, "warmup"), (constant(rate), "lr_scheduler"))
    if name == "cosine":
        return listed(
            config, steps, (ramp, "warmup"), (fall("cosine", rate, 0.0, long, steps, long, steps), "lr_scheduler")
        )
    if arguments.epochs_cooldown is None:
        message = "AssertionError: Please specify the number of cooldown epochs for this lr schedule."
        raise Fault(message, field="lr_scheduler", help="give `epochs_cooldown`")
    if epoch is None:
        raise missing("how many updates an epoch has", ("steps_per_epoch",))
    cooling = epoch * arguments.epochs_cooldown
    start, end, power = steps - cooling, arguments.lr_cooldown_end, arguments.lr_cooldown_power
    falling: Phase = {"kind": "polynomial", "power": power, "from": rate, "to": end, "for": cooling}
    if start < long < steps:  # the warmup hides the first part of the decay
        share = f"(1 - (t + {long - start}) / {cooling}) ** {power!r}"
        falling = {"kind": "expression", "value": f"{end!r} + {rate - end!r} * {share}", "for": steps - long}
    return listed(
        config,
        steps,
        (ramp, "warmup"),
        (constant(rate, max(start - long, 0)), "lr_scheduler"),
        (falling, "epochs_cooldown"),
    )
