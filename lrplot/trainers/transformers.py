"""Hugging Face TrainingArguments: the config of transformers' Trainer and of what is built on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Number, Text
from lrplot.text.tree import Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.deepspeed import scheduler_content, scheduler_of
from lrplot.trainers.shared.config import Config, find, is_set, missing, whole
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.trainers.shared.phases import listed, rise
from lrplot.trainers.shared.precision import TRANSFORMERS

MARKS = (
    "per_device_train_batch_size",
    "num_train_epochs",
    "lr_scheduler_type",
    "lr_scheduler_kwargs",
    "warmup_ratio",
    "dataloader_drop_last",
    "save_strategy",
    "gradient_accumulation_steps",
    "warmup_steps",
    "learning_rate",
    "max_steps",
    "output_dir",
    "logging_steps",
    "save_steps",
    "report_to",
    "deepspeed",
)
SURELY = MARKS[:7]  # no other program has these names
# Megatron's arguments, which stand beside some of these; what a log has.
NEVER = ("lr_warmup_fraction", "lr_warmup_iters", "global_batch_size", "log_history")
UNDER = ("", "training_args", "training_arguments", "trainer_args", "training")
VERSIONS = ("4.46", "4.52", "5")
DEFAULT_EPOCHS = 3.0
# What other programs call the arguments; here they do nothing.
FOREIGN = {
    "lr": "learning_rate",
    "epochs": "num_train_epochs",
    "num_epochs": "num_train_epochs",
    "max_epochs": "num_train_epochs",
    "batch_size": "per_device_train_batch_size",
    "train_batch_size": "per_device_train_batch_size",
}
OWN_WARMUP = "num_warmup_steps"  # the warmup's name in scripts with a loop of their own instead of the Trainer
# Arguments that a whole set of them has only before the next version whose rules differ.
REMOVED = {"4.46": ("evaluation_strategy", "tp_size"), "4.52": ("past_index", "no_cuda", "fp16_backend")}
DUMPED = ("adam_beta1", "adam_beta2", "adam_epsilon", "max_grad_norm")  # all are there if nobody chose the keys
# Where the number of processes stands, and a factor of it: flags and variables of launchers, ms-swift's arguments,
# accelerate's state in a pickle, where one process may have several devices.
PROCESSES = (
    ("nproc_per_node", "nnodes"),
    ("NPROC_PER_NODE", "NNODES"),
    ("num_gpus", "num_nodes"),
    ("num_processes", ""),
    ("global_world_size", ""),
    ("distributed_state.num_processes", "_n_gpu"),
)


@record
class Arguments:
    """The training arguments that determine the schedule.

    Args:
        learning_rate: the optimizer's learning rate
        lr_scheduler_type: the schedule's short name
        lr_scheduler_kwargs: further arguments of the schedule
        warmup_steps: updates of the warmup; from version 5 on, a number below 1 is a share of the run
        warmup_ratio: warmup as a share of the run; ignored if `warmup_steps` is above 0, except by 5.0 to 5.14
        num_train_epochs: epochs of the run
        max_steps: updates of the run, whatever `num_train_epochs` says, if above 0
        per_device_train_batch_size: examples in a batch of one process
        gradient_accumulation_steps: batches accumulated into an update
        dataloader_drop_last: drop the partial batch at the end of an epoch
        packing: put several examples into a sequence, so that the number of batches does not follow from theirs
        neat_packing: the same, in LLaMA-Factory
        num_generations: completions of an example, which is in as many batches then
        weight_decay: weight decay
        adam_beta1: Adam's first coefficient
        adam_beta2: Adam's second coefficient
        embedding_learning_rate: the learning rate of the embeddings, in Unsloth
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 5e-5
    lr_scheduler_type: Annotated[str, Text(), Role.CURVE] = "linear"
    warmup_steps: Annotated[float, Number(at_least=0), Role.WARMUP] = 0.0
    warmup_ratio: Annotated[float, Number(at_least=0, at_most=1), Role.WARMUP] = 0.0
    num_train_epochs: Annotated[float, Number(), Role.HORIZON] = DEFAULT_EPOCHS
    max_steps: Annotated[int, Count(at_least=None), Role.HORIZON] = -1
    per_device_train_batch_size: Annotated[int, Count(), Role.CURVE] = 8
    gradient_accumulation_steps: Annotated[int, Count(), Role.CURVE] = 1
    dataloader_drop_last: Annotated[bool, Flag()] = False
    packing: Annotated[bool, Flag()] = False
    neat_packing: Annotated[bool, Flag()] = False
    num_generations: Annotated[int | None, Count()] = None
    weight_decay: Annotated[float, Number()] = 0.0
    adam_beta1: Annotated[float, Number()] = 0.9
    adam_beta2: Annotated[float, Number()] = 0.999
    embedding_learning_rate: Annotated[float | None, Number(at_least=0)] = None

    @property
    def uncounted(self) -> str:
        """Why the number of examples does not give that of the batches; empty if it does."""
        if self.packing or self.neat_packing:
            return "with `packing`, the number of examples does not give it"
        return "with `num_generations`, the number of examples does not give it" if self.num_generations else ""


ArgumentsField = Annotated[Arguments, Inline(Arguments)]
Schedule = Content | Mapping | list[Node]
Defaults = Callable[[int, int], Content]  # by the updates of the run and of the warmup


def told(document: Mapping) -> str:
    """The version of transformers that a file tells: by name, or by the arguments that versions have."""
    for path in ("transformers_version", "huggingface_version", "training.transformers_version"):
        node = find(document, path)
        if isinstance(node, Scalar):
            return node.text
    ratio, steps = document.get("warmup_ratio"), document.get("warmup_steps")
    if ratio is not None and not is_set(ratio) and steps is not None and is_set(steps):
        return "5"
    if not all(map(document.get, DUMPED)):
        return ""
    return next((version for version, keys in REMOVED.items() if any(map(document.get, keys))), "5")


@trainer(
    "transformers",
    marks=MARKS,
    surely=SURELY,
    never=NEVER,
    under=UNDER,
    versions=VERSIONS,
    told=told,
    beside=("README.md", "wandb-metadata.json"),
    precision=TRANSFORMERS,
    logged_every="logging_steps",
)
def training_arguments(config: Config, arguments: ArgumentsField, defaults: Defaults | None = None) -> Content:
    """Hugging Face TrainingArguments: the fields of a Trainer in JSON, YAML, flags, Python or training_args.bin.

    Source: transformers/training_args.py; trainer.py, Trainer.set_initial_training_values;
        optimization.py, get_scheduler; examples/pytorch/text-classification/run_glue_no_trainer.py
    """
    config, arguments = _of_own_loop(config, arguments)
    for key, meant in FOREIGN.items():
        if config.node(key) and not config.node(meant):
            config.remark("warning", "near-miss", f"`{key}` is ignored", key, f"transformers has `{meant}`")
    per_epoch = updates_per_epoch(config, arguments)
    steps = run_length(config, arguments, per_epoch)
    return content(config, arguments, steps, per_epoch, schedule(config, arguments, steps, defaults))


def _of_own_loop(config: Config, arguments: Arguments) -> tuple[Config, Arguments]:
    """The arguments of a script with a loop of its own, as the Trainer's.

    It has another name for the warmup, which the Trainer would refuse, and DeepSpeed's own `--deepspeed`, a flag that
    names no file.
    """
    entries = [each for each in config.root if each.key.text != "deepspeed" or not _bare(each.value)]
    count = whole(config.node(OWN_WARMUP))
    if count is not None and count >= 0 and not any(map(config.node, ("warmup_steps", "warmup_ratio"))):
        arguments = replace(arguments, warmup_steps=count)
        for at, each in enumerate(entries):
            if each.key.text == OWN_WARMUP:
                entries[at] = replace(each, key=replace(each.key, text="warmup_steps"))
    return replace(config, root=replace(config.root, entries=tuple(entries))), arguments


def _bare(node: Node) -> bool:
    """Whether a flag stands without a value."""
    return isinstance(node, Scalar) and node.text == "true"


def content(config: Config, arguments: Arguments, steps: int, per_epoch: int | None, schedule: Schedule) -> Content:
    """The spec of a run of `steps` updates with a schedule."""
    return {
        "steps": config.at(steps, "steps", "max_steps", "num_train_epochs", "num_epochs"),
        "steps_per_epoch": per_epoch,
        "batch_size": batch_size(config, arguments),
        "lr": config.at(arguments.learning_rate, "learning_rate"),
        "weight_decay": config.at(arguments.weight_decay, "weight_decay") if arguments.weight_decay else None,
        "beta1": config.node("adam_beta1"),
        "beta2": config.node("adam_beta2"),
        "schedule": schedule,
        "groups": groups(config, embeddings=("embedding_learning_rate", arguments.embedding_learning_rate)),
    }


def groups(config: Config, **rates: tuple[str, float | None]) -> Content | None:
    """Parameter groups with learning rates of their own: of each name a key, and its learning rate if it has one."""
    return {name: {"lr": config.at(rate, key)} for name, (key, rate) in rates.items() if rate is not None} or None


def processes(config: Config, arguments: Arguments) -> int | None:
    """The number of processes that train: a fact, or what the launcher, the state or DeepSpeed's config says."""
    if (given := config.fact("devices")) is not None:
        return given
    for path, factor in PROCESSES:
        if (count := whole(config.node(path))) is not None:
            return count * (whole(config.node(factor)) or 1)
    total = whole(config.node("hf_deepspeed_config.config.train_batch_size"))
    batch = arguments.per_device_train_batch_size * arguments.gradient_accumulation_steps
    return total // batch if total is not None and total % batch == 0 and total else None


def batch_size(config: Config, arguments: Arguments) -> int | None:
    """Examples per update; None if the number of processes is not known."""
    if (given := config.fact("batch_size")) is not None:
        return given
    devices = processes(config, arguments)
    if devices is None:
        return None
    return int(arguments.per_device_train_batch_size * arguments.gradient_accumulation_steps * devices)


def updates_per_epoch(config: Config, arguments: Arguments, devices: int | None = None) -> int | None:
    """Updates in an epoch: stated, or from the number of examples; None if neither is known.

    `devices` are the processes that train, if the config's own keys do not say.
    Before 4.52, batches that do not fill an update are dropped at the end of an epoch.
    """
    if (given := config.fact("steps_per_epoch")) is not None:
        return given
    examples, devices = config.fact("dataset_size"), processes(config, arguments) or devices
    if examples is None or arguments.uncounted:
        return None
    device, accumulated = arguments.per_device_train_batch_size, arguments.gradient_accumulation_steps
    if devices is None:
        raise missing("how many processes train", ("devices",))
    batch = device * devices
    batches = examples // batch if arguments.dataloader_drop_last else ceil(examples / batch)
    updates = max(ceil(batches / accumulated) if config.since("4.52") else batches // accumulated, 1)
    config.derivation.extend(
        [
            f"{examples:,} examples ÷ ({device:,} per device × {devices:,} devices) = {batches:,} batches per epoch",
            f"{batches:,} batches ÷ {accumulated:,} accumulated = {updates:,} updates per epoch",
        ]
    )
    return updates


def run_length(config: Config, arguments: Arguments, per_epoch: int | None) -> int:
    """Updates of the run; a `Fault` if it is not known."""
    if (given := config.fact("steps")) is not None:
        return given
    if arguments.max_steps > 0:
        chosen = arguments.num_train_epochs != DEFAULT_EPOCHS or not all(map(config.root.get, DUMPED))
        if config.node("num_train_epochs") and chosen:
            message = f"`max_steps` is {arguments.max_steps:,}, so `num_train_epochs` is ignored"
            config.remark("note", "ignored-key", message, "num_train_epochs", "remove one of them")
        return arguments.max_steps
    if per_epoch is None:
        raise unknown_length(config, arguments)
    if arguments.num_train_epochs <= 0:
        message = f"`num_train_epochs` must be > 0, it is {arguments.num_train_epochs:g}"
        raise Fault(message, field="num_train_epochs")
    steps = ceil(arguments.num_train_epochs * per_epoch)
    config.derivation.append(f"{arguments.num_train_epochs:g} epochs × {per_epoch:,} updates = {steps:,} updates")
    return steps


def scheduler_name(text: str) -> str:
    """A schedule's short name, also from that of the enumeration's member."""
    return text.removeprefix("SchedulerType.").lower()


def unknown_length(config: Config, arguments: Arguments, devices: int | None = None) -> Fault:
    """The fault of a config that does not give the number of updates; see `updates_per_epoch`."""
    if reason := arguments.uncounted:
        return missing(f"how many updates the run has; {reason}", ("steps",), ("steps_per_epoch",))
    known = devices is not None or processes(config, arguments) is not None
    rows = ("dataset_size",) if known else ("dataset_size", "devices")
    return missing("how many updates the run has", ("steps",), ("steps_per_epoch",), rows)


def schedule(config: Config, arguments: Arguments, steps: int, defaults: Defaults | None = None) -> Schedule:
    """The schedule of a run of `steps` updates: that of the DeepSpeed file, if it has one, or the Trainer's.

    `defaults` are arguments of the schedule that a program gives it by itself.
    """
    warmup_steps = warmup(config, arguments, steps)
    if own := engine_s(config, arguments.learning_rate, steps, warmup_steps, "lr_scheduler_type"):
        return own
    name = scheduler_name(arguments.lr_scheduler_type)
    remark_inert_warmup(config, name, warmup_steps, *warmup_keys(config, arguments))
    given = arguments_of(config.inner("lr_scheduler_kwargs"))
    if defaults is not None:
        given = {**defaults(steps, warmup_steps), **given}
    if (before := older(config, arguments, name, steps, warmup_steps, given)) is not None:
        return before
    return {
        "use": config.at("transformers.Trainer", "lr_scheduler_type"),
        "lr_scheduler_type": config.at(name, "lr_scheduler_type"),
        "lr_scheduler_kwargs": config.at(given, "lr_scheduler_kwargs") if given else None,
        "warmup_steps": config.at(warmup_steps, *warmup_keys(config, arguments)),
    }


def remark_inert_warmup(config: Config, name: str, warmup_steps: int, *keys: str) -> None:
    """Report a warmup before `constant`, which has none; `keys` are its keys."""
    key = next((key for key in keys if config.node(key)), None)
    if name == "constant" and warmup_steps and key:
        help = "name `constant_with_warmup` for a warmup"
        config.remark("note", "ignored-key", f"`constant` has no warmup, so `{key}` is ignored", key, help)


def engine_s(config: Config, rate: float, steps: int, warmup_steps: int, key: str) -> Mapping | None:
    """The scheduler of the DeepSpeed config that the arguments name or hold; None if it has none.

    `key` is that of the Trainer's scheduler, which is not used then.
    """
    engine: Node | None = config.node("hf_deepspeed_config.config")
    if not isinstance(engine, Mapping):
        engine = config.inner("deepspeed")
    scheduler = scheduler_of(engine) if engine else None
    if scheduler is None:
        return None
    named = config.node(key)
    instead = f", not `{key}: {named.text}`" if isinstance(named, Scalar) else ""
    config.remark(
        "warning",
        "overridden-scheduler",
        f"the `scheduler` of the DeepSpeed config is used{instead}",
        key if named else "deepspeed",
        "remove one of them",
    )
    return scheduler_content(scheduler, fills(rate, steps, warmup_steps))


def fills(rate: float, steps: int, warmup_steps: int) -> dict[str, Any]:
    """The values of a DeepSpeed scheduler's arguments that are `auto`.

    Source: transformers/integrations/deepspeed.py, HfTrainerDeepSpeedConfig.trainer_config_finalize
    """
    return {
        "warmup_min_lr": 0,
        "warmup_max_lr": rate,
        "warmup_num_steps": max(1, warmup_steps),
        "total_num_steps": steps,
    }


def older(
    config: Config, arguments: Arguments, name: str, steps: int, warmup_steps: int, given: Content
) -> Schedule | None:
    """The schedule by the rules of a version before the newest, if they differ for it; None if they do not.

    `given` are its own arguments.
    Before 5.4, `inverse_sqrt` was not given its arguments. Before 4.49, the warmup of `warmup_stable_decay` began at 0
    whatever its `min_lr_ratio`, and the length of its constant part had no default.

    Source: transformers/optimization.py, get_scheduler, _get_wsd_scheduler_lambda
    """
    key = "lr_scheduler_kwargs"
    named = config.at(name, "lr_scheduler_type")
    trainer = {"use": "transformers.Trainer", "lr_scheduler_type": named, "warmup_steps": warmup_steps}
    if name == "inverse_sqrt" and given and not since(config, "5.4"):
        message = f"`{name}` was given no arguments before transformers 5.4, so they are ignored"
        config.remark("note", "ignored-key", message, key, "leave them out")
        return trainer
    if name != "warmup_stable_decay" or config.since("4.49"):
        return None
    for needed in ("num_stable_steps", "num_decay_steps"):
        if needed not in given:
            message = f"TypeError: get_wsd_schedule() missing 1 required positional argument: '{needed}'"
            raise Fault(message, field=key, help=f"add `{needed}`, or name the version: `--as transformers@4.49`")
    if "min_lr_ratio" not in given or not warmup_steps:
        return None
    ramp = rise(0.0, arguments.learning_rate, 0, warmup_steps, 0, min(warmup_steps, steps))
    rest = {**trainer, "warmup_steps": 0, key: given, "for": "rest"}
    return listed(config, steps, (ramp, warmup_keys(config, arguments)[0]), (rest, key))


def since(config: Config, version: str) -> bool:
    """Whether the rules of a version hold, or later ones; `5` alone names the newest."""
    return config.version == VERSIONS[-1] or config.since(version)


def ratio_wins(config: Config, share: str = "warmup_ratio") -> bool:
    """Whether the warmup's share counts although its length is given: in transformers 5.0 to 5.14.

    Later ones have no such argument.
    """
    return config.node(share) is not None and since(config, "5.0") and not since(config, "5.15")


def warmup_keys(config: Config, arguments: Arguments) -> tuple[str, str]:
    """The keys of the warmup, the one that counts first."""
    steps = arguments.warmup_steps > 0 and not ratio_wins(config)
    return ("warmup_steps", "warmup_ratio") if steps else ("warmup_ratio", "warmup_steps")


def warmup(
    config: Config, arguments: Arguments, steps: int, key: str = "warmup_steps", share: str = "warmup_ratio"
) -> int:
    """Updates of the warmup; `key` and `share` are the names of its arguments."""
    stated, ratio = arguments.warmup_steps, arguments.warmup_ratio
    if ratio_wins(config, share):
        if stated not in (0, ratio):
            message = f"`{share}` is {ratio:g}, so `{key}` is ignored: transformers 5.0 to 5.14 let it win"
            config.remark("note", "ignored-key", message, key, "remove one of them")
        return int(ratio) if ratio >= 1 else ceil(steps * ratio)
    if stated > 0 and ratio > 0:
        message = f"`{key}` is {stated:g}, so `{share}` is ignored"
        config.remark("note", "ignored-key", message, share, "remove one of them; transformers 5.0 to 5.14 use it")
    if 0 < stated < 1:
        if not config.since("5"):
            raise Fault(
                f"`{key}` is {stated:g}: a share of the run only from transformers 5 on",
                field=key,
                help=f"write `{share}: {stated:g}`",
            )
        return ceil(steps * stated)
    return int(stated) if stated else ceil(steps * ratio)
