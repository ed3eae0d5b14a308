"""mmengine's configs (OpenMMLab 2.0, xtuner): Python assignments, or the copy that a run writes."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Many, Number, Record, Text
from lrplot.text.tree import Entry, Listing, Mapping, Scalar, describe
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, is_set, missing, number, whole
from lrplot.trainers.shared.paramwise import groups
from lrplot.trainers.shared.phases import fall, listed, rise

MARKS = ("optim_wrapper", "param_scheduler", "train_cfg", "train_dataloader", "default_hooks", "default_scope", "model")
ANY = "ParamScheduler"  # how schedulers of the parameter `param_name` end
ENDINGS = {"lr": "LR", "momentum": "Momentum"}  # how schedulers of a parameter end
OTHER = "WeightDecay"
HOOK = "default_hooks.param_scheduler"
WARMUP = {"warmup_epochs": 3.0, "warmup_mim_iter": 1000.0}  # mmyolo's defaults for YOLOv5
SHORTEST = 100  # iterations of a warmup by YOLOv5's own rules
STALE = ("optimizer", "optimizer_config", "lr_config", "runner", "total_epochs")  # which older programs read


@record
class Optimizer:
    """The optimizer's arguments.

    Args:
        lr: the learning rate
        momentum: momentum of SGD
        weight_decay: weight decay
        betas: coefficients of Adam
    """

    lr: Annotated[float | None, Number(at_least=0), Role.PEAK] = None
    momentum: Annotated[float | None, Number()] = None
    weight_decay: Annotated[float | None, Number()] = None
    betas: Annotated[tuple[float, ...] | None, Many(Number())] = None


@record
class Wrapper:
    """The optimizer and how it is used.

    Args:
        optimizer: the optimizer
        accumulative_counts: iterations accumulated into an update
    """

    optimizer: Annotated[Optimizer | None, Record(Optimizer), Role.PEAK] = None
    accumulative_counts: Annotated[int, Count()] = 1


@record
class Loop:
    """The training loop.

    Args:
        type: its class
        by_epoch: count epochs, if there is no `type`
        max_epochs: epochs of the run
        max_iters: iterations of the run
    """

    type: Annotated[str | None, Text()] = None
    by_epoch: Annotated[bool | None, Flag()] = None
    max_epochs: Annotated[int | None, Count(), Role.HORIZON] = None
    max_iters: Annotated[int | None, Count(), Role.HORIZON] = None


@record
class Scaling:
    """The scaling of the learning rate with the batch.

    Args:
        enable: multiply it by the batch of all processes over `base_batch_size`
        base_batch_size: the batch for which it was chosen
    """

    enable: Annotated[bool, Flag()] = False
    base_batch_size: Annotated[int | None, Count()] = None


@record
class Runner:
    """The keys that determine the schedule; `param_scheduler` is read as it stands.

    Args:
        optim_wrapper: the optimizer and how it is used
        train_cfg: the training loop
        auto_scale_lr: how the learning rate follows the batch
    """

    optim_wrapper: Annotated[Wrapper | None, Record(Wrapper), Role.PEAK] = None
    train_cfg: Annotated[Loop | None, Record(Loop), Role.HORIZON] = None
    auto_scale_lr: Annotated[Scaling | None, Record(Scaling)] = None


RunnerField = Annotated[Runner, Inline(Runner)]


@trainer("mmengine", marks=MARKS, surely=("optim_wrapper",), extends=("transformers",))
def mmengine_config(config: Config, runner: RunnerField) -> Content:
    """MMEngine config: Python with `optim_wrapper`, `param_scheduler` and `train_cfg`, of OpenMMLab and xtuner.

    A step is an iteration; the optimizer moves at every `accumulative_counts`-th of them.

    Source: mmengine/runner/runner.py; mmengine/optim/scheduler/param_scheduler.py; mmyolo/engine/hooks
    """
    wrapper, optimizer = _optimizer(config, runner)
    hook = config.node(f"{HOOK}.type")
    name = hook.text.rpartition(".")[2] if isinstance(hook, Scalar) else ""
    if name not in ("", "ParamSchedulerHook", *HOOKS) or (name in HOOKS and _listed(config)):
        message = f"the hook `{name}` sets the learning rate by itself, whatever `param_scheduler` says"
        raise Fault(message, code="undetermined").at(config.place(f"{HOOK}.type"))
    for key in STALE:
        if config.node(key):
            message = f"`{key}` is ignored: `optim_wrapper` is read in its place"
            config.remark("note", "ignored-key", message, key, "leave it out")
    schedulers = [_scheduler(item, optimizer) for item in _listed(config)]
    used = [each for each in schedulers if each is not None]
    lr = _learning_rate(config, runner, optimizer)
    if wrapper.accumulative_counts > 1:
        config.derivation.append(f"a step is an iteration; the optimizer moves every {wrapper.accumulative_counts}")
    if name in HOOKS:
        own = HOOKS[name](config, runner, lr or 0.0)
    else:
        schedule = _schedule(config, used)
        own = {"schedule": schedule, "groups": groups(config, "optim_wrapper", lr, optimizer.weight_decay)}
    return {
        **_length(config, runner, used),
        "lr": config.at(lr, "optim_wrapper.optimizer.lr") if lr is not None else None,
        "momentum": optimizer.momentum,
        "weight_decay": optimizer.weight_decay,
        "beta1": optimizer.betas[0] if optimizer.betas else None,
        "beta2": optimizer.betas[1] if optimizer.betas and len(optimizer.betas) > 1 else None,
        **own,
    }


def _batches(config: Config) -> int:
    """Iterations of an epoch, which mmyolo's hooks need; a `Fault` if they are not known."""
    batches = _per_epoch(config)
    if batches is None:
        facts = ("dataset_size", "devices")
        raise missing("how many iterations an epoch has", ("steps_per_epoch",), *((facts,) if _batch(config) else ()))
    return batches


def _yolov5(config: Config, runner: Runner, lr: float) -> Content:
    """Mmyolo's own copy of YOLOv5's schedule; the third group of the optimizer is that of the biases.

    Source: mmyolo/engine/hooks/yolov5_param_scheduler_hook.py; mmyolo/engine/optimizers/yolov5_optim_constructor.py
    """
    batches = _batches(config)
    epochs, least = (value_of(config, f"{HOOK}.{key}", default) for key, default in WARMUP.items())
    long = max(round(epochs * batches), round(least))
    if long < SHORTEST:
        message = f"a warmup of {long} iterations, less than {SHORTEST}, is not known"
        raise Fault(message, field=f"{HOOK}.warmup_mim_iter", code="undetermined")
    shape = config.node(f"{HOOK}.scheduler_type")
    schedule: Content = {
        "use": config.at("ultralytics.BaseTrainer", f"{HOOK}.type"),
        "epochs": config.node(f"{HOOK}.max_epochs") or 300,
        "lrf": config.node(f"{HOOK}.lr_factor") or 0.01,
        "cos_lr": isinstance(shape, Scalar) and shape.text == "cosine",
        "warmup_epochs": config.at(long / batches, f"{HOOK}.warmup_epochs", f"{HOOK}.warmup_mim_iter"),
        "rules": "yolov5",
    }
    momentum = config.node(f"{HOOK}.warmup_momentum") or 0.8
    moves = config.node("optim_wrapper.optimizer.momentum") is not None
    first = config.node(f"{HOOK}.warmup_bias_lr") or 0.1
    bias = {"schedule": {**schedule, "param_group": "bias", "warmup_bias_lr": first}}
    return {
        "schedule": {**schedule, "warmup_momentum": momentum if moves else None},
        "groups": {"bias": bias} if config.node("optim_wrapper.constructor") else None,  # which makes three groups
    }


def _ppyoloe(config: Config, runner: Runner, lr: float) -> Content:
    """Mmyolo's copy of PP-YOLOE's schedule: a warmup, and a cosine that is planned for more epochs than there are.

    Source: mmyolo/engine/hooks/ppyoloe_param_scheduler_hook.py
    """
    batches, loop = _batches(config), runner.train_cfg or Loop()
    steps = config.fact("steps") or (config.fact("epochs") or loop.max_epochs or 0) * batches
    values = {}
    for key, default in (("warmup_epochs", 5.0), ("warmup_min_iter", 1000.0), ("total_epochs", 360.0)):
        values[key] = value_of(config, f"{HOOK}.{key}", default)
    start, share = (value_of(config, f"{HOOK}.{key}", 0.0) for key in ("start_factor", "min_lr_ratio"))
    long = int(max(round(values["warmup_epochs"] * batches), values["warmup_min_iter"]))
    total = int(values["total_epochs"] * batches)
    if total <= long:
        raise Fault("the cosine ends before the warmup does", field=f"{HOOK}.total_epochs")
    ramp = rise(lr * start, lr, 0, long, 0, min(long, steps))
    decay = fall("cosine", lr, lr * share, long, total, long, max(steps, long))
    return {"schedule": listed(config, steps, (ramp, f"{HOOK}.warmup_epochs"), (decay, f"{HOOK}.total_epochs"))}


def value_of(config: Config, path: str, default: float) -> float:
    """The number at a key; the default if it is unset, and a `Fault` if it is no number."""
    node = config.node(path)
    if node is None:
        return default
    if (value := number(node)) is None:
        raise Fault(f"`{path}` must be a number, not {describe(node)}", field=path, code="bad-type")
    return value


HOOKS = {"YOLOv5ParamSchedulerHook": _yolov5, "PPYOLOEParamSchedulerHook": _ppyoloe}


def _optimizer(config: Config, runner: Runner) -> tuple[Wrapper, Optimizer]:
    wrapper = runner.optim_wrapper
    if wrapper is None or wrapper.optimizer is None:
        message = "`optim_wrapper` has no `optimizer`: it is of several, or a class of its own builds it"
        raise Fault(message, code="undetermined").at(config.place("optim_wrapper"))
    return wrapper, wrapper.optimizer


def _listed(config: Config) -> list[Mapping]:
    """The entries of `param_scheduler`."""
    node = config.node("param_scheduler")
    if node is None:
        return []
    items = node.items if isinstance(node, Listing) else (node,)
    for item in items:
        if not isinstance(item, Mapping) or item.get("type") is None:
            several = isinstance(item, Mapping) and not isinstance(item.get("type"), Scalar)
            what = "a scheduler for each of several optimizers" if several else describe(item)
            message = f"`param_scheduler` is a list of schedulers with a `type`, not {what}"
            raise Fault(message, code="undetermined").at(item.span)
    return [item for item in items if isinstance(item, Mapping)]


def _scheduler(item: Mapping, optimizer: Optimizer) -> Mapping | None:
    """A scheduler as a spec has it; None if it moves something else than the learning rate and SGD's momentum."""
    kind, parameter = item.get("type"), item.get("param_name")
    if not isinstance(kind, Scalar) or kind.computed:
        raise Fault("the type of a scheduler is a name", code="undetermined").at(item.span)
    name = kind.text.rpartition(".")[2]
    if name.endswith(ANY):
        name = name.removesuffix(ANY) + ENDINGS.get(parameter.text if isinstance(parameter, Scalar) else "lr", OTHER)
    if name.endswith(OTHER) or (name.endswith(ENDINGS["momentum"]) and optimizer.momentum is None):
        return None
    use = Entry(Scalar("use", kind.span), Scalar(f"mmengine.{name}", kind.span))
    kept = (each for each in item if each.key.text not in ("type", "param_name") and is_set(each.value))
    return replace(item, entries=(use, *kept))


def _says(item: Mapping, key: str) -> str:
    node = item.get(key)
    return node.text if isinstance(node, Scalar) else ""


def _schedule(config: Config, schedulers: list[Mapping]) -> Any:
    if not schedulers:
        return config.at("constant", "param_scheduler")
    entries = {"use": "mmengine.param_scheduler", "schedulers": Listing(tuple(schedulers), config.root.span)}
    return config.at(entries, "param_scheduler")


def _learning_rate(config: Config, runner: Runner, optimizer: Optimizer) -> float | None:
    """The optimizer's learning rate, scaled if the config asks for it."""
    scaling, lr = runner.auto_scale_lr, optimizer.lr
    if scaling is None or not scaling.enable or lr is None:
        return lr
    devices, batch = config.fact("devices"), _batch(config)
    if devices is None:
        raise missing("how many processes train, with which `auto_scale_lr` scales the learning rate", ("devices",))
    if batch is None or scaling.base_batch_size is None:
        message = "`auto_scale_lr` needs `base_batch_size` and `train_dataloader.batch_size`"
        raise Fault(message, code="missing-fact", help="add them").at(config.place("auto_scale_lr"))
    ratio = devices * batch / scaling.base_batch_size
    config.derivation.append(
        f"{lr:g} × {devices:,} processes × {batch:,} examples ÷ {scaling.base_batch_size:,} = {lr * ratio:g}"
    )
    return lr * ratio


def _length(config: Config, runner: Runner, schedulers: list[Mapping]) -> Content:
    """The run's length, and the iterations of an epoch if they are known."""
    loop = runner.train_cfg or Loop()
    steps, epochs = config.fact("steps"), config.fact("epochs") or loop.max_epochs
    converted = any(_says(each, "convert_to_iter_based").lower() == "true" for each in schedulers)
    by_iteration = converted or any(_says(each, "by_epoch").lower() == "false" for each in schedulers)
    iterations = loop.max_iters
    if iterations is not None and (epochs is None or loop.by_epoch is False or "Iter" in (loop.type or "")):
        per_epoch: Any = iterations  # the whole run is one epoch
        if converted:
            per_epoch = _per_epoch(config)
            if per_epoch is None:
                raise missing("how many iterations an epoch has", ("steps_per_epoch",))
        _remark_never_stepped(config, schedulers)
        return {"steps": config.at(steps or iterations, "steps", "train_cfg.max_iters"), "steps_per_epoch": per_epoch}
    per_epoch = _per_epoch(config)
    if epochs is None and steps is None:
        raise missing("how long the run is (`train_cfg.max_epochs` or `max_iters`)", ("steps",), ("epochs",))
    if per_epoch is None and by_iteration:
        facts = ("dataset_size", "devices")
        ways = (("steps_per_epoch",), facts) if _batch(config) else (("steps_per_epoch",),)
        raise missing("how many iterations an epoch has: some times count iterations, others epochs", *ways)
    place = "train_cfg.max_epochs"
    length = {"steps": config.at(steps, "steps")} if steps else {"epochs": config.at(epochs, "epochs", place)}
    return {**length, "steps_per_epoch": per_epoch}


def _per_epoch(config: Config) -> int | None:
    """Iterations of an epoch; None if they are not known."""
    given, examples, devices = (config.fact(name) for name in ("steps_per_epoch", "dataset_size", "devices"))
    batch = _batch(config)
    if given is not None or not (examples and devices and batch):
        return given
    iterations = ceil(ceil(examples / devices) / batch)
    line = f"{examples:,} examples ÷ {devices:,} processes ÷ {batch:,} a batch = {iterations:,} iterations"
    if line not in config.derivation:
        config.derivation.append(line)
    return iterations


def _batch(config: Config) -> int | None:
    """Examples in a batch of one process, if there is one loader that says so."""
    return whole(config.node("train_dataloader.batch_size"))


def _remark_never_stepped(config: Config, schedulers: list[Mapping]) -> None:
    """Schedulers that step by epoch do not move in a loop by iterations."""
    for each in schedulers:
        epochs = _says(each, "by_epoch").lower() != "false" and _says(each, "convert_to_iter_based").lower() != "true"
        if epochs:
            name = _says(each, "use").rpartition(".")[2]
            message = f"`{name}` steps by epoch, and a loop by iterations is one epoch: it does not move"
            config.remark("warning", "ignored-key", message, "param_scheduler", "add `by_epoch=False`")
