"""nanoGPT's config files: assignments in Python, over the defaults in its train.py."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Number
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config
from lrplot.trainers.shared.precision import Precision

MARKS = (
    "max_iters",
    "lr_decay_iters",
    "warmup_iters",
    "learning_rate",
    "block_size",
    "n_layer",
    "n_head",
    "n_embd",
    "init_from",
    "out_dir",
    "wandb_run_name",
    "eval_iters",
    "always_save_checkpoint",
    "decay_lr",
)
DECAY = ("warmup_iters", "lr_decay_iters", "min_lr")


@record
class Settings:
    """The settings that determine the schedule, with the defaults of train.py.

    Args:
        learning_rate: the learning rate after the warmup
        max_iters: the number of the last update, counted from 0
        decay_lr: if false, the learning rate is constant
        warmup_iters: updates of the warmup
        lr_decay_iters: the update at which the decay ends, counted from the start of the run
        min_lr: the learning rate after the decay
        gradient_accumulation_steps: batches accumulated into an update, on all devices together
        batch_size: examples in a batch
        block_size: tokens in an example
        weight_decay: weight decay
        beta1: Adam's first coefficient
        beta2: Adam's second coefficient
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 6e-4
    max_iters: Annotated[int, Count(at_least=0), Role.HORIZON] = 600_000
    decay_lr: Annotated[bool, Flag()] = True
    warmup_iters: Annotated[int, Count(at_least=0), Role.WARMUP] = 2000
    lr_decay_iters: Annotated[int, Count(at_least=0), Role.DECAY] = 600_000
    min_lr: Annotated[float, Number(at_least=0), Role.FLOOR] = 6e-5
    gradient_accumulation_steps: Annotated[int, Count()] = 40
    batch_size: Annotated[int, Count()] = 12
    block_size: Annotated[int, Count()] = 1024
    weight_decay: Annotated[float, Number()] = 0.1
    beta1: Annotated[float, Number()] = 0.9
    beta2: Annotated[float, Number()] = 0.95


SettingsField = Annotated[Settings, Inline(Settings)]


@trainer(
    "nanogpt",
    marks=MARKS,
    least=4,
    surely=("max_iters", "lr_decay_iters"),
    versions=("2024-12",),
    precision=Precision(named=("dtype",)),
)
def nanogpt_config(config: Config, settings: SettingsField) -> Content:
    """NanoGPT config: Python assignments that override those of its train.py.

    Source: nanoGPT, train.py, get_lr
    """
    for key in () if settings.decay_lr else DECAY:
        if config.node(key):
            config.remark("note", "ignored-key", f"`decay_lr` is false, so `{key}` is ignored", key, "leave it out")
    steps = config.fact("steps")
    if steps is None:
        steps = settings.max_iters + 1
        config.derivation.append(f"updates 0 … {settings.max_iters:,}: {steps:,} updates")
    return {
        "steps": config.at(steps, "steps", "max_iters"),
        "lr": config.at(settings.learning_rate, "learning_rate"),
        "batch_size": settings.gradient_accumulation_steps * settings.batch_size,
        "sequence_length": settings.block_size,
        "weight_decay": config.at(settings.weight_decay, "weight_decay"),
        "beta1": config.at(settings.beta1, "beta1"),
        "beta2": config.at(settings.beta2, "beta2"),
        "schedule": schedule(config, settings, steps) if settings.decay_lr else config.at("constant", "decay_lr"),
    }


def schedule(config: Config, settings: Settings, steps: int) -> list[Content]:
    """The warmup and the cosine, whose end value holds; if the decay ends before the warmup does, the floor at once."""
    warmup, stop = settings.warmup_iters, settings.lr_decay_iters
    if stop == warmup < steps:
        message = "ZeroDivisionError: division by zero, at the update `warmup_iters` = `lr_decay_iters`"
        raise Fault(message, field="lr_decay_iters", help="let the decay end after the warmup")
    phases: list[Content] = []
    if warmup:
        first = settings.learning_rate / (warmup + 1) if config.since("2024-12") else 0.0
        ramp = {"kind": "warmup", "for": config.at(warmup, "warmup_iters"), "from": first}
        phases.append(ramp)
    if stop > warmup:
        length, floor = config.at(stop - warmup, "lr_decay_iters"), config.at(settings.min_lr, "min_lr")
        phases.append({"kind": "cosine", "for": length, "to": floor})
    elif steps > warmup:
        phases.append({"kind": "constant", "value": config.at(settings.min_lr, "min_lr")})
    return phases
