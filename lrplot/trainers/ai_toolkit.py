"""ai-toolkit's YAML: a job with a process that trains, and torch's schedulers by short names."""

from __future__ import annotations

from typing import Any

from lrplot.diagnostics import Fault
from lrplot.text.tree import Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.classes import Part, parts
from lrplot.trainers.shared.config import Config, is_set, tree_of, whole
from lrplot.trainers.shared.interpolation import arguments_of

DEFAULT_STEPS, DEFAULT_RATE = 1000, 1e-6
# The scheduler of a short name, its argument that is the run's length, and further arguments it has by default.
SCHEDULERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "constant": ("torch.ConstantLR", "total_iters", {"factor": 1.0}),
    "constant_with_warmup": ("diffusers.get_constant_schedule_with_warmup", "", {"num_warmup_steps": 1000}),
    "cosine": ("torch.CosineAnnealingLR", "T_max", {}),
    "cosine_with_restarts": ("torch.CosineAnnealingWarmRestarts", "T_0", {}),
    "linear": ("torch.LinearLR", "total_iters", {}),
}
LENGTH = "total_iters"  # the program's name of that argument


@trainer(
    "ai-toolkit",
    marks=(
        "config.process",
        "job",
        "**.train.noise_scheduler",
        "**.train.gradient_accumulation_steps",
        "**.train.steps",
        "**.model.name_or_path",
        "meta",
    ),
    least=3,
    surely=("config.process",),
)
def job_config(config: Config) -> Content:
    """AI-toolkit job: YAML with `config.process`, a list of which one trains.

    A step is a batch; the scheduler moves at each, whether the optimizer does or accumulates.

    Source: ai-toolkit, toolkit/scheduler.py; toolkit/config_modules.py, TrainConfig;
        jobs/process/BaseSDTrainProcess.py
    """
    part = training(config)
    given = {each.key.text: each.value for each in part.node if is_set(each.value)}
    steps = config.fact("steps") or whole(given.get("steps")) or DEFAULT_STEPS
    processes = config.fact("devices") or 1
    accumulated = whole(given.get("gradient_accumulation_steps")) or 1
    if accumulated > 1:
        config.derivation.append(f"a step is a batch; the optimizer moves every {accumulated}")
    span = part.node.span
    return {
        "steps": config.at(steps, "steps") if config.fact("steps") else given.get("steps", tree_of(steps, span)),
        "lr": given.get("lr", tree_of(DEFAULT_RATE, span)),
        "scheduler_steps_per_update": processes if processes > 1 else None,
        "schedule": schedule(given, steps, part),
    }


def training(config: Config) -> Part:
    """The section `train` of the process that trains; a `Fault` if there is none, or several."""
    found = [each for each in parts(config.root) if each.key == "train"]
    if not found:
        raise Fault("no process of the job trains: none has a section `train`", code="undetermined")
    if len(found) > 1:
        message = f"{len(found)} processes of the job train"
        raise Fault(message, code="undetermined", help="keep the one to show in a copy").at(found[1].node.span)
    return found[0]


def schedule(given: dict[str, Node], steps: int, part: Part) -> Content:
    """The schedule of a run of `steps` updates, whose length it is always given."""
    named = given.get("lr_scheduler")
    name = named.text if isinstance(named, Scalar) else "constant"
    place = named.span if named else part.node.span
    try:
        chosen({each: each for each in SCHEDULERS}, name, "", "ai-toolkit")
    except Fault as fault:
        fault.field = None
        fault.at(place)
        raise
    use, length, defaults = SCHEDULERS[name]
    section = given.get("lr_scheduler_params")
    own = arguments_of(section if isinstance(section, Mapping) else None)
    own.pop(LENGTH, None)
    return {"use": tree_of(use, place), **({length: tree_of(steps, place)} if length else {}), **defaults, **own}
