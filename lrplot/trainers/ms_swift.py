"""ms-swift's arguments: those of transformers with defaults of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Text
from lrplot.text.tree import Entry, Mapping, Node, Scalar
from lrplot.trainers import Content, trainer, transformers
from lrplot.trainers.shared.config import Config, is_set, missing, tree_of, whole
from lrplot.trainers.shared.precision import TRANSFORMERS
from lrplot.trainers.transformers import Arguments, processes, training_arguments

MARKS = (
    "train_type",
    "tuner_type",
    "sft_type",
    "loss_scale",
    "swift_version",
    "global_world_size",
    "rlhf_type",
    "template_type",
    "attn_impl",
    "split_dataset_ratio",
    "use_hf",
    "tuner_backend",
    "torch_dtype",
    "target_modules",
    "lora_rank",
    "learning_rate",
    "num_train_epochs",
    "per_device_train_batch_size",
)
SURELY = MARKS[:12]  # other programs have the rest too
BATCH = 16  # examples per update, by default
WARMUP = 0.05  # share of the run, by default, before 3.0
OLDEST, NEWEST = transformers.VERSIONS[0], transformers.VERSIONS[-1]  # of transformers, before 3.0 and since
# The schedulers in its own files of DeepSpeed, by the version since which they are there; all arguments are `auto`.
ENGINES = re.compile(r"(?:default-)?zero[0-3](?:[-_]offload)?")
SCHEDULERS = {
    "3.0.1": None,
    "2.4.1": ("WarmupCosineLR", ("total_num_steps", "warmup_num_steps")),
    "1.7": ("WarmupDecayLR", ("total_num_steps", "warmup_min_lr", "warmup_max_lr", "warmup_num_steps")),
    "1.5.4": ("WarmupLR", ("warmup_min_lr", "warmup_max_lr", "warmup_num_steps")),
}
VERSIONS = ("1.3", "1.4", "1.5.1", "1.5.3", "1.5.4", "1.7", "2.0", "2.2", "2.2.5", "2.4.1", "3.0", "3.0.1", "4.5")

LAST = 99  # part of a version above any other: `2` stands for the last of the versions 2


def told(document: Mapping) -> str:
    """The version that a file tells: by itself, or by the name of what is trained, which 3.0 changed."""
    version = document.get("swift_version")
    if isinstance(version, Scalar) and is_set(version):
        return version.text
    return "2" if document.get("sft_type") is not None else ""


@record
class Defaults(Arguments):
    """Training arguments with ms-swift's defaults.

    Args:
        learning_rate: the optimizer's learning rate; by default 1e-5 if all weights are trained, or else 1e-4
        gradient_accumulation_steps: batches accumulated into an update; by default as many as 16 examples need
        transformers_version: the version of transformers, if the file does not tell
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 1e-4
    lr_scheduler_type: Annotated[str, Text(), Role.CURVE] = "cosine"
    per_device_train_batch_size: Annotated[int, Count(), Role.CURVE] = 1
    weight_decay: Annotated[float, Number()] = 0.1
    adam_beta2: Annotated[float, Number()] = 0.95
    transformers_version: Annotated[str | None, Text()] = None


DefaultsField = Annotated[Defaults, Inline(Defaults)]


@trainer(
    "ms-swift",
    marks=MARKS,
    versions=VERSIONS,
    extends=("transformers",),
    told=told,
    surely=SURELY,
    never=transformers.NEVER,
    precision=TRANSFORMERS,
    logged_every="logging_steps",
)
def sft_arguments(config: Config, arguments: DefaultsField) -> Content:
    """ms-swift arguments: transformers' TrainingArguments with those of the model and the data, as JSON, YAML or flags.

    Its own DeepSpeed files, such as `default-zero2`, have a scheduler until 3.0.0.

    Source: swift/arguments/sft_args.py; swift/trainers/arguments.py; before 3.0 swift/llm/utils/argument.py,
        swift/llm/ds_config/
    """
    config = replace(config, version=f"{config.version}.{LAST}")
    if not config.since("3"):
        config, arguments = before_3(config, arguments)
    full = any(isinstance(node := config.node(key), Scalar) and node.text == "full" for key in MARKS[:3])
    if full and config.node("learning_rate") is None:
        arguments = replace(arguments, learning_rate=1e-5 if config.since("1.5.3") else 2e-5)
    if config.node("gradient_accumulation_steps") is None and config.since("1.4"):
        arguments = accumulated(config, arguments)
    if config.since("4.5") and arguments.warmup_ratio and arguments.warmup_steps:
        message = "ValueError: `warmup_ratio` and `warmup_steps` cannot be set at the same time."
        raise Fault(message, field="warmup_ratio", help="remove one, or name the version: `--as ms-swift@4.4`")
    config = with_engine(config)
    version = arguments.transformers_version or (transformers.told(config.document) if config.since("3") else OLDEST)
    content = training_arguments(replace(config, version=version or NEWEST), arguments)
    return {**content, "beta2": config.at(arguments.adam_beta2, "adam_beta2")}


def before_3(config: Config, arguments: Defaults) -> tuple[Config, Defaults]:
    """The defaults before 3.0, and further names of some arguments."""
    defaults: dict[str, Any] = {
        "warmup_ratio": WARMUP,
        "num_train_epochs": 1.0,
        "lr_scheduler_type": "linear" if config.since("1.5.1") and not config.since("2.2") else "cosine",
        "weight_decay": 0.1 if config.since("2") else 0.01,
        "adam_beta2": 0.95 if config.since("2.2.5") else 0.999,
        "gradient_accumulation_steps": 1 if config.since("1.4") else BATCH,
    }
    unset = {key: value for key, value in defaults.items() if config.node(key) is None}
    size = whole(config.node("batch_size"))
    if size is not None and config.node("per_device_train_batch_size") is None:
        unset["per_device_train_batch_size"] = size
        config = without(config, "batch_size")
    if (engine := config.node("deepspeed_config_path")) is not None:
        config = with_deepspeed(config, engine)
    return config, replace(arguments, **unset)


def accumulated(config: Config, arguments: Defaults) -> Defaults:
    """The arguments with as many accumulated batches as 16 examples need, if the number of all examples is known."""
    if config.fact("dataset_size") is None:
        return arguments
    devices = processes(config, arguments)
    if devices is None:
        raise missing("how many processes train", ("devices",))
    share = ceil(BATCH / arguments.per_device_train_batch_size / devices)
    return replace(arguments, gradient_accumulation_steps=max(1, share))


def with_engine(config: Config) -> Config:
    """The config with what matters of ms-swift's own DeepSpeed file, if one is named: its scheduler."""
    named = config.node("deepspeed")
    if not isinstance(named, Scalar) or not ENGINES.fullmatch(named.text):
        return config
    block = next((block for version, block in SCHEDULERS.items() if config.since(version)), None)
    if block is None:
        return without(config, "deepspeed")
    kind, names = block
    scheduler = {"type": kind, "params": dict.fromkeys(names, "auto")}
    return with_deepspeed(config, tree_of({"scheduler": scheduler}, named.span))


def with_deepspeed(config: Config, engine: Node) -> Config:
    """The config with another DeepSpeed config, or the name of its file."""
    root = without(config, "deepspeed").root
    entry = Entry(Scalar("deepspeed", engine.span), engine)
    return replace(config, root=replace(root, entries=(*root.entries, entry)))


def without(config: Config, key: str) -> Config:
    """The config without a key."""
    kept = tuple(entry for entry in config.root if entry.key.text != key)
    return replace(config, root=replace(config.root, entries=kept))
