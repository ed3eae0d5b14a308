"""ESPnet's YAML: one or several optimizers, each with a scheduler by name."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.interpolation import arguments_of

RATES = {  # of torch's optimizers, where `optim_conf` has none
    "adadelta": 1.0,
    "adagrad": 0.01,
    "adam": 0.001,
    "adamax": 0.002,
    "adamw": 0.001,
    "asgd": 0.01,
    "lbfgs": 1.0,
    "nadam": 0.002,
    "radam": 0.001,
    "rmsprop": 0.01,
    "rprop": 0.01,
    "sgd": 0.001,
}
BY_EPOCH = {
    "cosineannealinglr": "torch.CosineAnnealingLR",
    "exponentiallr": "torch.ExponentialLR",
    "lambdalr": "torch.LambdaLR",
    "multisteplr": "torch.MultiStepLR",
    "reducelronplateau": "torch.ReduceLROnPlateau",
    "steplr": "torch.StepLR",
}
BY_UPDATE = {
    "cosineannealingwarmrestarts": "torch.CosineAnnealingWarmRestarts",
    "cosineannealingwarmuprestarts": "espnet.CosineAnnealingWarmupRestarts",
    "cycliclr": "torch.CyclicLR",
    "exponentialdecaywarmup": "espnet.ExponentialDecayWarmup",
    "noamlr": "espnet.NoamLR",
    "onecyclelr": "torch.OneCycleLR",
    "piecewiselinearwarmuplr": "espnet.PiecewiseLinearWarmupLR",
    "tristagelr": "espnet.TristageLR",
    "warmuplr": "espnet.WarmupLR",
    "warmupreducelronplateau": "espnet.WarmupReduceLROnPlateau",
    "warmupsteplr": "espnet.WarmupStepLR",
}
METRIC = ("reducelronplateau", "warmupreducelronplateau")
SEVERAL = tuple(range(2, 5))  # further optimizers: `optim2` …


@record
class OptimConf:
    """The optimizer's arguments.

    Args:
        lr: the learning rate
        weight_decay: weight decay
    """

    lr: Annotated[float | None, Number(at_least=0), Role.PEAK] = None
    weight_decay: Annotated[float | None, Number()] = None


@trainer(
    "espnet",
    marks=(
        "optim",
        "optim_conf",
        "scheduler",
        "scheduler_conf",
        "max_epoch",
        "accum_grad",
        "batch_type",
        "best_model_criterion",
        "keep_nbest_models",
        "num_iters_per_epoch",
        "val_scheduler_criterion",
    ),
    least=3,
    surely=("optim_conf", "scheduler", "batch_type", "best_model_criterion", "num_iters_per_epoch"),
    never=("dataset_conf",),
)
def espnet_config(
    config: Config,
    optim: Annotated[str, Text(), Role.CURVE] = "adadelta",
    optim_conf: Annotated[OptimConf | None, Record(OptimConf)] = None,
    scheduler: Annotated[str | None, Text(), Role.CURVE] = None,
    max_epoch: Annotated[int, Count(), Role.HORIZON] = 40,
    accum_grad: Annotated[int, Count(), Role.CURVE] = 1,
    num_iters_per_epoch: Annotated[int | None, Count(), Role.CURVE] = None,
) -> Content:
    """ESPnet config: YAML with `optim_conf` and `scheduler_conf`.

    An update is a step of the optimizer, every `accum_grad` batches.

    Source: espnet2/tasks/abs_task.py, scheduler_classes; espnet2/train/trainer.py, Trainer.train_one_epoch

    Args:
        optim: the optimizer
        optim_conf: its arguments
        scheduler: the scheduler; none if absent. `scheduler_conf` holds its arguments
        max_epoch: epochs of the run
        accum_grad: batches accumulated into an update
        num_iters_per_epoch: batches of an epoch; those of the data if absent
    """
    if getattr(config.node("use_deepspeed"), "text", "").lower() == "true":
        message = "with `use_deepspeed` the optimizer and its schedule are those of `deepspeed_config`"
        raise Fault(message, field="use_deepspeed", code="undetermined", help="show that file itself")
    conf = optim_conf or OptimConf()
    per_epoch = config.fact("steps_per_epoch")
    if per_epoch is None and num_iters_per_epoch is not None:
        per_epoch = max(num_iters_per_epoch // accum_grad, 1)
        if accum_grad > 1:
            config.derivation.append(f"{num_iters_per_epoch:,} batches ÷ {accum_grad} = {per_epoch:,} updates an epoch")
    steps = config.fact("steps")
    if steps is None:
        if per_epoch is None:
            raise missing("how many updates an epoch has", ("steps_per_epoch",), ("steps",))
        steps = max_epoch * per_epoch
        config.derivation.append(f"{max_epoch:,} epochs × {per_epoch:,} updates = {steps:,} updates")
    return {
        "steps": config.at(steps, "steps", "max_epoch"),
        "steps_per_epoch": per_epoch,
        "lr": _rate(config, optim, conf.lr),
        "weight_decay": config.at(conf.weight_decay, "optim_conf.weight_decay") if conf.weight_decay else None,
        "schedule": _schedule(config, scheduler),
        "groups": _others(config) or None,
    }


def _rate(config: Config, name: str, given: float | None, suffix: str = "") -> object:
    rate = RATES.get(name.lower()) if given is None else given
    if rate is None:
        raise missing("the learning rate", (f"optim{suffix}_conf.lr",))
    return config.at(rate, f"optim{suffix}_conf.lr", f"optim{suffix}")


def _schedule(config: Config, name: str | None, suffix: str = "") -> Content:
    """The scheduler of an optimizer; constant without one."""
    at = f"scheduler{suffix}"
    arguments = arguments_of(config.inner(f"{at}_conf"))
    if name is None or name.lower() in ("none", "null"):
        if arguments:
            message = f"`{at}_conf` is ignored: there is no `{at}`"
            config.remark("warning", "ignored-key", message, f"{at}_conf", f"add `{at}: warmuplr`")
        return {"kind": "constant"}
    use = chosen({**BY_EPOCH, **BY_UPDATE}, name.lower(), at, "ESPnet")
    if name.lower() in METRIC:
        message = f"the schedule `{name}` follows a metric"
        raise Fault(message, field=at, code="undetermined", help="write a spec with `torch.ReduceLROnPlateau`")
    interval = "epoch" if name.lower() in BY_EPOCH else None
    return {"use": config.at(use, at), **arguments, "interval": interval}


def _others(config: Config) -> Content:
    """The further optimizers, such as that of a discriminator, as groups."""
    groups: Content = {}
    for suffix in map(str, SEVERAL):
        optim, scheduler = (_text(config, f"{key}{suffix}") for key in ("optim", "scheduler"))
        rate = config.node(f"optim{suffix}_conf.lr")
        if optim or rate is not None:
            lr = _rate(config, optim or "adadelta", None, suffix) if rate is None else rate
            groups[f"optim{suffix}"] = {"lr": lr, "schedule": _schedule(config, scheduler, suffix)}
    return groups


def _text(config: Config, path: str) -> str | None:
    node = config.node(path)
    return getattr(node, "text", None)
