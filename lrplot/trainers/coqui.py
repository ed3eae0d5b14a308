"""Coqui TTS's config.json: torch's schedulers, of one optimizer or of a generator and its discriminator."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Number, Text
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.interpolation import arguments_of

MARKS = (
    "scheduler_after_epoch",
    "lr_scheduler_gen",
    "lr_scheduler_params",
    "lr_scheduler_gen_params",
    "phoneme_cache_path",
    "lr_gen",
    "lr_disc",
    "lr_scheduler",
    "optimizer_params",
    "run_name",
    "print_step",
    "test_delay_epochs",
    "batch_group_size",
    "audio.mel_fmin",
    "grad_clip",
    "eval_batch_size",
)
NOAM = "noamlr"
RateField = Annotated[float | None, Number(at_least=0), Role.PEAK]
NameField = Annotated[str | None, Text(), Role.CURVE]


@record
class Settings:
    """The keys that determine the schedule; the arguments of schedulers are read as they stand.

    Args:
        epochs: epochs of the run
        scheduler_after_epoch: step schedulers once per epoch, not at each update
        lr: the learning rate of a model with one optimizer
        lr_scheduler: its scheduler
        lr_gen: the generator's learning rate
        lr_disc: the discriminator's learning rate
        lr_scheduler_gen: the generator's scheduler
        lr_scheduler_disc: the discriminator's scheduler
    """

    epochs: Annotated[int | None, Count(), Role.HORIZON] = None
    scheduler_after_epoch: Annotated[bool, Flag()] = True
    lr: RateField = None
    lr_scheduler: NameField = None
    lr_gen: RateField = None
    lr_disc: RateField = None
    lr_scheduler_gen: NameField = None
    lr_scheduler_disc: NameField = None


SettingsField = Annotated[Settings, Inline(Settings)]


@trainer("coqui", marks=MARKS, least=4, surely=MARKS[:5], never=("per_device_train_batch_size",))
def tts_config(config: Config, settings: SettingsField) -> Content:
    """Coqui config: the config.json of a TTS or vocoder model.

    Of a generator and its discriminator, each has an optimizer of its own; the generator's rate is the run's.

    Source: trainer/trainer.py, trainer_utils.py, get_scheduler, torch.py; TTS/tts/models/vits.py, get_scheduler
    """
    pair = settings.lr_gen is not None
    if not pair and settings.lr is None:
        raise missing("the learning rate", ("lr",), ("lr_gen",))
    if pair and settings.lr is not None:
        message = "`lr` is ignored: the generator and its discriminator have `lr_gen` and `lr_disc`"
        config.remark("note", "ignored-key", message, "lr", "leave it out")
    name, key = (settings.lr_scheduler_gen, "lr_scheduler_gen") if pair else (settings.lr_scheduler, "lr_scheduler")
    for each in (key, "lr_scheduler_disc") if pair else (key,):
        if config.root.get(each) is None:
            message = f"the config does not say `{each}`, and the model's own default is not in it"
            raise Fault(message, code="missing-fact", help=f"add `--set {each}=ExponentialLR`, or the one that it has")
    groups: Content = {}
    if pair and settings.lr_disc is not None:
        other = schedule(config, settings, settings.lr_scheduler_disc, "lr_scheduler_disc", settings.lr_disc)
        groups["discriminator"] = {"lr": config.at(settings.lr_disc, "lr_disc"), "schedule": other}
    rate, at = (settings.lr_gen, "lr_gen") if pair else (settings.lr, "lr")
    assert rate is not None
    return {
        **length(config, settings, moves=name is not None),
        "interval": "epoch" if settings.scheduler_after_epoch and name else None,
        "lr": config.at(rate, at),
        "weight_decay": config.node("optimizer_params.weight_decay"),
        "groups": groups or None,
        "schedule": schedule(config, settings, name, key, rate),
    }


def schedule(config: Config, settings: Settings, name: str | None, key: str, rate: float) -> Content | Node:
    """The scheduler at a key, its arguments beside it; constant if there is none."""
    if name is None:
        return config.at({"kind": "constant"}, key)
    given = arguments_of(config.inner(f"{key}_params"))
    if name.lower() != NOAM:
        return {"use": config.at(f"torch.{name}", key), **given}
    given.pop("last_epoch", None)
    # The peak, at `warmup_steps`, is the learning rate; steps count from 0, and step 0 is like step 1.
    warmup = given.get("warmup_steps", config.at(0.1, key))
    number = float(getattr(warmup, "text", "nan"))
    count = f"max({'epoch' if settings.scheduler_after_epoch else 't'}, 1)"
    curve = f"{rate!r} * {number!r} ** 0.5 * min({count} * {number!r} ** -1.5, {count} ** -0.5)"
    return config.at({"kind": "expression", "value": curve}, f"{key}_params", key)


def length(config: Config, settings: Settings, moves: bool) -> Content:
    """The length of the run, in epochs if nobody says how many updates an epoch has."""
    steps, per_epoch = config.fact("steps"), config.fact("steps_per_epoch")
    epochs = config.fact("epochs") or settings.epochs
    if steps is not None and (per_epoch is not None or not (moves and settings.scheduler_after_epoch)):
        return {"steps": config.at(steps, "steps"), "steps_per_epoch": per_epoch}
    if epochs is None and steps is None:
        raise missing("how many epochs the run has", ("epochs",))
    if per_epoch is None and (steps is not None or (moves and not settings.scheduler_after_epoch)):
        raise missing("how many updates an epoch has", ("steps_per_epoch",), *((("steps",),) if steps is None else ()))
    return {"epochs": config.at(epochs, "epochs"), "steps_per_epoch": per_epoch}
