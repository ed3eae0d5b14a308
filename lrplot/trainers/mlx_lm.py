"""mlx-lm's YAML of a fine-tuning: a schedule of MLX with its arguments in order, and a warmup before it."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.frameworks import framework
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.text.tree import Listing, Node, describe
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, missing, number

AT = "lr_schedule.arguments"


@record
class LrSchedule:
    """The schedule.

    Args:
        name: a schedule of MLX
        warmup: updates of the warmup before it
        warmup_init: where the warmup starts
    """

    name: Annotated[str, Text(), Role.CURVE]
    warmup: Annotated[int, Count(at_least=0), Role.WARMUP] = 0
    warmup_init: Annotated[float, Number(at_least=0), Role.START] = 0.0


@trainer(
    "mlx-lm",
    marks=(
        "iters",
        "lr_schedule.name",
        "lr_schedule.arguments",
        "lora_parameters",
        "fine_tune_type",
        "steps_per_report",
        "steps_per_eval",
        "val_batches",
        "grad_checkpoint",
        "adapter_path",
        "resume_adapter_file",
        "mask_prompt",
        "lora_layers",
        "num_layers",
        "save_every",
        "train",
    ),
    least=3,
    surely=("iters", "lr_schedule.arguments", "steps_per_report", "resume_adapter_file", "adapter_path"),
)
def lora_config(
    config: Config,
    iters: Annotated[int, Count(), Role.HORIZON] = 1000,
    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 1e-5,
    lr_schedule: Annotated[LrSchedule | None, Record(LrSchedule)] = None,
    batch_size: Annotated[int, Count(), Role.CURVE] = 4,
    grad_accumulation_steps: Annotated[int, Count(), Role.CURVE] = 1,
    optimizer: Annotated[str, Text()] = "adam",
) -> Content:
    """mlx-lm config: the YAML of `mlx_lm.lora`, with `lr_schedule`, or the `adapter_config.json` that it writes.

    Source: mlx_lm/lora.py; mlx_lm/tuner/utils.py, build_schedule; mlx_lm/tuner/trainer.py, train

    Args:
        iters: batches of the run
        learning_rate: the learning rate if there is no schedule
        lr_schedule: the schedule; none if absent
        batch_size: examples in a batch, of all processes
        grad_accumulation_steps: batches accumulated into an update
        optimizer: the optimizer
    """
    weight_decay = config.node(f"optimizer_config.{optimizer.lower()}.weight_decay")
    return {
        "steps": config.at(length(config, iters, grad_accumulation_steps), "steps", "iters"),
        "batch_size": batch_size * grad_accumulation_steps,
        "lr": None if lr_schedule else config.at(learning_rate, "learning_rate"),
        "weight_decay": weight_decay,
        "schedule": schedule(config, lr_schedule, learning_rate) if lr_schedule else {"kind": "constant"},
    }


def length(config: Config, batches: int, accumulated: int) -> int:
    """Updates of the run: the batches after the last whole update have none."""
    if (steps := config.fact("steps")) is not None:
        return steps
    steps = batches // accumulated
    if steps == 0:
        message = f"{batches:,} batches make no update of {accumulated:,}"
        raise Fault(message, field="grad_accumulation_steps", help=f"give at most {batches:,}")
    if accumulated > 1:
        config.derivation.append(f"{batches:,} batches ÷ {accumulated:,} per update = {steps:,} updates")
    return steps


def schedule(config: Config, keys: LrSchedule, rate: float) -> Content:
    """MLX's schedule, after a line from the start of the warmup to its first argument."""
    main = {"use": config.at(f"mlx.{keys.name}", "lr_schedule.name"), **arguments(config, keys.name)}
    first = next(value for name, value in main.items() if name != "use")
    if config.node("learning_rate") is not None and number(first) != rate:
        message = "`learning_rate` has no effect: the schedule has its own"
        config.remark("note", "ignored-key", message, "learning_rate", f"the first of `{AT}` is what counts")
    if not keys.warmup:
        return main
    ramp = {
        "use": config.at("mlx.linear_schedule", "lr_schedule.warmup"),
        "init": config.at(keys.warmup_init, "lr_schedule.warmup_init", "lr_schedule.warmup"),
        "end": first,
        "steps": config.at(keys.warmup, "lr_schedule.warmup"),
    }
    boundary = config.at(keys.warmup + 1, "lr_schedule.warmup")
    return {"use": "mlx.join_schedules", "schedules": [ramp, main], "boundaries": [boundary]}


def arguments(config: Config, name: str) -> dict[str, Node]:
    """The arguments of a schedule by their names; a `Fault` if there is no such schedule, or it has fewer arguments."""
    schedules = {
        title: each for title, each in framework("mlx").schedulers.items() if isinstance(each.fields[0].type, Number)
    }
    chosen({title: title for title in schedules}, name, "lr_schedule.name", "MLX")
    fields = [each.name for each in schedules[name].fields]
    node = config.node(AT)
    if node is None:
        what = f"the arguments of `{name}`, of which the first is the learning rate"
        raise missing(what, (f"{AT}=[1e-5,1000]",)).at(config.place("lr_schedule.name"))
    if not isinstance(node, Listing) or not node.items:
        raise Fault(f"`{AT}` must be a list of values, not {describe(node)}", code="bad-type").at(node.span)
    if len(node.items) > len(fields):
        message = f"`{name}` takes {len(fields)} arguments, `{'`, `'.join(fields)}`, not {len(node.items)}"
        raise Fault(message, help="remove the last ones").at(node.items[len(fields)].span)
    return dict(zip(fields, node.items, strict=False))
