"""axolotl's YAML: its own names for transformers' arguments, its own warmup and schedules."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Number, Text
from lrplot.text.tree import Listing, Mapping, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.llama_factory import FinetuningField, loraplus
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.trainers.shared.precision import TRANSFORMERS
from lrplot.trainers.transformers import engine_s, groups, remark_inert_warmup, scheduler_name

MARKS = (
    "base_model",
    "sequence_len",
    "micro_batch_size",
    "num_epochs",
    "lr_scheduler",
    "sample_packing",
    "val_set_size",
    "dataset_prepared_path",
    "pad_to_sequence_len",
    "adapter",
    "datasets",
    "deepspeed",
    "lr_scheduler_kwargs",
)
LONGEST_WARMUP = 100  # if neither length nor share is given
SHARE = 0.03
RISE, LEAST = 10, 0.001  # of a restart
OWN = ("cosine_min_lr_ratio", "cosine_constant_lr_ratio", "lr_quadratic_warmup")  # keys that change the cosine


@record
class Hyperparameters:
    """The keys that determine the schedule.

    Args:
        learning_rate: the optimizer's learning rate
        lr_scheduler: the schedule: a short name of transformers, `one_cycle` or `rex`
        warmup_steps: updates of the warmup; 1 counts as 2
        warmup_ratio: warmup as a share of the run, rounded down
        num_epochs: epochs of the run
        max_steps: updates of the run, whatever `num_epochs` says
        micro_batch_size: examples in a batch of one process
        gradient_accumulation_steps: batches accumulated into an update
        batch_size: examples per update of one process, instead of `gradient_accumulation_steps`
        context_parallel_size: processes that share an example
        tensor_parallel_size: processes that share the weights
        sample_packing: put several examples into a sequence, so that the number of batches does not follow from theirs
        cosine_min_lr_ratio: share of the learning rate at the end of a cosine or of `rex`
        cosine_constant_lr_ratio: share of the run at which the cosine ends; the rest is constant
        lr_quadratic_warmup: the warmup before a cosine is a parabola
        jagged_restart_steps: updates between restarts of the optimizer, around which the schedule goes down and up
        jagged_restart_warmup_steps: updates of the way up after a restart; 10 if absent or 0
        jagged_restart_anneal_steps: updates of the way down before a restart; 1 if absent or 0
        embedding_lr: the learning rate of the embeddings
        embedding_lr_scale: the same as a multiple, which counts if both are given
        weight_decay: weight decay
        adam_beta1: Adam's first coefficient
        adam_beta2: Adam's second coefficient
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK]
    lr_scheduler: Annotated[str, Text(), Role.CURVE] = "cosine"
    warmup_steps: Annotated[float | None, Number(at_least=0), Role.WARMUP] = None
    warmup_ratio: Annotated[float | None, Number(at_least=0), Role.WARMUP] = None
    num_epochs: Annotated[float, Number(above=0), Role.HORIZON] = 1.0
    max_steps: Annotated[int | None, Count(at_least=None), Role.HORIZON] = None
    micro_batch_size: Annotated[int, Count(), Role.CURVE] = 1
    gradient_accumulation_steps: Annotated[int | None, Count(), Role.CURVE] = None
    batch_size: Annotated[int | None, Count()] = None
    context_parallel_size: Annotated[int, Count()] = 1
    tensor_parallel_size: Annotated[int, Count()] = 1
    sample_packing: Annotated[bool, Flag()] = False
    cosine_min_lr_ratio: Annotated[float | None, Number(at_least=0, at_most=1), Role.FLOOR] = None
    cosine_constant_lr_ratio: Annotated[float | None, Number(at_least=0, at_most=1)] = None
    lr_quadratic_warmup: Annotated[bool, Flag()] = False
    jagged_restart_steps: Annotated[int | None, Count(at_least=0), Role.PERIOD] = None
    jagged_restart_warmup_steps: Annotated[int | None, Count(at_least=0), Role.RISE] = None
    jagged_restart_anneal_steps: Annotated[int | None, Count(at_least=0), Role.DECAY] = None
    embedding_lr: Annotated[float | None, Number(at_least=0)] = None
    embedding_lr_scale: Annotated[float | None, Number(at_least=0)] = None
    weight_decay: Annotated[float | None, Number()] = None
    adam_beta1: Annotated[float | None, Number()] = None
    adam_beta2: Annotated[float | None, Number()] = None

    @property
    def accumulated(self) -> int:
        """Batches accumulated into an update."""
        if self.gradient_accumulation_steps is not None:
            return self.gradient_accumulation_steps
        return max(self.batch_size // self.micro_batch_size, 1) if self.batch_size else 1

    def batch(self, devices: int) -> int:
        """Examples per update."""
        one = self.batch_size or self.micro_batch_size * self.accumulated
        shared = self.context_parallel_size * self.tensor_parallel_size
        return one * max(devices // shared, 1)


HyperparametersField = Annotated[Hyperparameters, Inline(Hyperparameters)]


@trainer(
    "axolotl", marks=MARKS, least=3, extends=("transformers",), precision=TRANSFORMERS, logged_every="logging_steps"
)
def axolotl_config(config: Config, keys: HyperparametersField, finetuning: FinetuningField) -> Content:
    """Axolotl config: YAML with the model, the data sets and the training.

    Source: axolotl/core/builders/base.py, _configure_warmup_and_logging, _configure_scheduler;
        axolotl/core/trainers/mixins/scheduler.py, optimizer.py; axolotl/utils/trainer.py, calculate_total_num_steps
    """
    steps = run_length(config, keys)
    devices = config.fact("devices")
    return {
        "steps": config.at(steps, "steps", "max_steps", "num_epochs"),
        "batch_size": keys.batch(devices) if devices else None,
        "lr": config.at(keys.learning_rate, "learning_rate"),
        "weight_decay": config.at(keys.weight_decay, "weight_decay") if keys.weight_decay else None,
        "beta1": config.node("adam_beta1"),
        "beta2": config.node("adam_beta2"),
        "schedule": schedule(config, keys, steps, warmup(config, keys, steps)),
        "groups": loraplus(config, keys.learning_rate, finetuning) or _groups(config, keys),
    }


def _groups(config: Config, keys: Hyperparameters) -> Content | None:
    """The embeddings and the modules of `lr_groups`, if they have learning rates of their own."""
    embeddings = "embedding_lr", keys.embedding_lr or None
    if keys.embedding_lr_scale:
        embeddings = "embedding_lr_scale", keys.learning_rate * keys.embedding_lr_scale
    found = groups(config, embeddings=embeddings) or {}
    named = config.node("lr_groups")
    for each in named.items if isinstance(named, Listing) else ():
        name, rate = (each.get(key) if isinstance(each, Mapping) else None for key in ("name", "lr"))
        if not isinstance(name, Scalar) or rate is None:
            raise Fault("a group of `lr_groups` has a `name`, its `modules` and an `lr`", code="bad-type").at(each.span)
        found[name.text] = {"lr": rate}
    return found or None


def run_length(config: Config, keys: Hyperparameters) -> int:
    """Updates of the run; a `Fault` if it is not known."""
    if (steps := config.fact("steps")) is not None:
        return steps
    if keys.max_steps and keys.max_steps > 0:
        if config.node("num_epochs"):
            message = f"`max_steps` is {keys.max_steps:,}, so `num_epochs` is ignored"
            config.remark("note", "ignored-key", message, "num_epochs", "remove one of them")
        return keys.max_steps
    if keys.sample_packing:
        reason = "with `sample_packing`, the number of examples does not give it"
        raise missing(f"how many updates the run has; {reason}", ("steps",))
    if (per_epoch := config.fact("steps_per_epoch")) is not None:
        return ceil(keys.num_epochs * per_epoch)
    examples, devices = config.fact("dataset_size"), config.fact("devices")
    if examples is None:
        raise missing("how many updates the run has", ("steps",), ("dataset_size", "devices"))
    if devices is None:
        raise missing("how many processes train", ("devices",))
    batch = keys.batch(devices)
    steps = ceil(examples * keys.num_epochs / batch)
    config.derivation.append(
        f"{examples:,} examples × {keys.num_epochs:g} epochs ÷ {batch:,} examples per update = {steps:,} updates"
    )
    return steps


def warmup(config: Config, keys: Hyperparameters, steps: int) -> int:
    """Updates of the warmup."""
    if keys.warmup_steps and keys.warmup_ratio:
        message = "ValueError: warmup_steps and warmup_ratio are mutually exclusive"
        raise Fault(message, field="warmup_ratio", help="remove one of them")
    if keys.warmup_steps is not None:
        stated = keys.warmup_steps
        count = ceil(steps * stated) if 0 < stated < 1 else int(stated)
    elif keys.warmup_ratio is not None:
        count = int(keys.warmup_ratio * steps)
    else:
        count = min(int(SHARE * steps), LONGEST_WARMUP)
    return 2 if count == 1 else count


def schedule(config: Config, keys: Hyperparameters, steps: int, warmup_steps: int) -> Content | Mapping:
    """The schedule of a run of `steps` updates."""
    if own := engine_s(config, keys.learning_rate, steps, warmup_steps, "lr_scheduler"):
        return own
    name = scheduler_name(keys.lr_scheduler)
    use, arguments, used = _chosen(config, keys, name, steps, warmup_steps)
    for key in OWN:
        if config.node(key) and key not in used and getattr(keys, key):
            config.remark("note", "ignored-key", f"`{key}` has no effect on this schedule", key, "leave it out")
    content = {"use": config.at(use, "lr_scheduler"), **arguments}
    return restarted(config, keys, content) if keys.jagged_restart_steps else content


def restarted(config: Config, keys: Hyperparameters, inner: Content) -> Content:
    """A schedule with restarts of the optimizer; the floor is that of the ramps too."""
    use = "axolotl.JaggedLRRestartScheduler"
    return {
        "use": config.at(use, "jagged_restart_steps"),
        "inner_schedule": config.at(inner, "lr_scheduler", "jagged_restart_steps"),
        "jagged_restart_steps": config.at(keys.jagged_restart_steps, "jagged_restart_steps"),
        "jagged_restart_warmup_steps": keys.jagged_restart_warmup_steps or RISE,
        "jagged_restart_anneal_steps": keys.jagged_restart_anneal_steps or 1,
        "min_lr_scale": keys.cosine_min_lr_ratio or LEAST,
    }


def _chosen(
    config: Config, keys: Hyperparameters, name: str, steps: int, warmup_steps: int
) -> tuple[str, Content, tuple[str, ...]]:
    """The scheduler that axolotl builds, its arguments, and which of the keys in `OWN` it uses."""
    floor = keys.cosine_min_lr_ratio
    long = config.at(steps, "steps", "max_steps", "num_epochs")
    short = config.at(warmup_steps, "warmup_steps", "warmup_ratio")
    further = config.inner("lr_scheduler_kwargs")
    if name == "one_cycle":
        given = arguments_of(further)
        defaults = {"pct_start": config.at(warmup_steps / steps, "warmup_steps", "warmup_ratio")}
        return "torch.OneCycleLR", {"max_lr": keys.learning_rate, "total_steps": long} | defaults | given, ()
    if name == "rex":
        rate = keys.learning_rate
        least = config.at(rate * (floor or 0.0), "cosine_min_lr_ratio")
        arguments = {"max_lr": rate, "min_lr": least, "total_steps": long, "num_warmup_steps": short}
        return "axolotl.RexLR", arguments, ("cosine_min_lr_ratio",)
    counts = {"num_warmup_steps": short, "num_training_steps": long}
    if name == "cosine" and keys.lr_quadratic_warmup:
        return "axolotl.get_cosine_schedule_with_quadratic_warmup", counts, ("lr_quadratic_warmup",)
    if name == "cosine" and floor:
        least = config.at(floor, "cosine_min_lr_ratio")
        if keys.cosine_constant_lr_ratio:
            share = config.at(keys.cosine_constant_lr_ratio, "cosine_constant_lr_ratio")
            arguments = {**counts, "constant_lr_ratio": share, "min_lr_ratio": least}
            return "axolotl.get_cosine_schedule_with_warmup_decay_constant", arguments, OWN[:2]
        return "axolotl.get_cosine_schedule_with_min_lr", {**counts, "min_lr_ratio": least}, OWN[:1]
    remark_inert_warmup(config, name, warmup_steps, "warmup_steps", "warmup_ratio")
    theirs: Content = {
        "lr_scheduler_type": config.at(name, "lr_scheduler"),
        "lr_scheduler_kwargs": further,
        "warmup_steps": short,
    }
    return "transformers.Trainer", theirs, ()
