"""oumi's training configs: transformers' arguments under `training`."""

from __future__ import annotations

from math import floor
from typing import Annotated

from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Text
from lrplot.text.tree import Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config
from lrplot.trainers.shared.precision import TRANSFORMERS
from lrplot.trainers.transformers import VERSIONS, Arguments, ArgumentsField, told, training_arguments

MARKS = (
    "trainer_type",
    "per_device_train_batch_size",
    "num_train_epochs",
    "enable_gradient_checkpointing",
    "lr_scheduler_type",
    "include_performance_metrics",
    "save_final_model",
    "use_peft",
    "max_steps",
    "gradient_accumulation_steps",
    "learning_rate",
)
SURELY = MARKS[:8]  # other programs have the rest under `training` too
OWN = ("linear", "cosine", "constant", "cosine_with_restarts", "cosine_with_min_lr")  # of oumi's own trainer


@record
class Own:
    """Keys that transformers has not.

    Args:
        trainer_type: which trainer; `OUMI` is oumi's own, the others are transformers'
    """

    trainer_type: Annotated[str, Text()] = "TRL_SFT"


OwnField = Annotated[Own, Inline(Own)]


@trainer(
    "oumi",
    marks=MARKS,
    surely=SURELY,
    under=("training",),
    versions=VERSIONS,
    extends=("transformers",),
    told=told,
    precision=TRANSFORMERS,
    logged_every="logging_steps",
)
def training_params(config: Config, arguments: ArgumentsField, own: OwnField) -> Content:
    """Oumi training config: transformers' TrainingArguments under `training`, in YAML.

    oumi's own trainer rounds a warmup's share down, and its `constant` has a warmup.

    Source: oumi/core/configs/params/training_params.py; oumi/builders/lr_schedules.py
    """
    content = training_arguments(config, arguments)
    schedule = content["schedule"]
    if own.trainer_type.upper() == "OUMI" and isinstance(schedule, dict):
        _as_oumi(config, arguments, content)
    return content


def _as_oumi(config: Config, arguments: Arguments, content: Content) -> None:
    """Change a schedule to that of oumi's own trainer."""
    schedule, name = content["schedule"], arguments.lr_scheduler_type.lower()
    if name not in OWN:
        help = f"it has {', '.join(f'`{each}`' for each in OWN)}"
        raise Fault(f"oumi's trainer has no scheduler `{name}`", field="lr_scheduler_type", help=help)
    if name == "constant":
        schedule["lr_scheduler_type"] = config.at("constant_with_warmup", "lr_scheduler_type")
    if not arguments.warmup_steps:
        steps = content["steps"]
        assert isinstance(steps, Scalar)
        warmup = floor(int(steps.text) * arguments.warmup_ratio)
        schedule["warmup_steps"] = config.at(warmup, "warmup_ratio")
