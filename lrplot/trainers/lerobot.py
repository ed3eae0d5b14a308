"""LeRobot's train_config.json: a scheduler by its type, or none."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Number, Record, Text
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import constant, fall, listed, warmup
from lrplot.trainers.shared.sections import Optimizer

TYPES = ("cosine_decay_with_warmup", "diffuser", "vqbet")
SCALED = "0.4"  # the release since which a decay longer than the run is shortened


@record
class Scheduler:
    """The scheduler.

    Args:
        type: which one
        name: which one of diffusers'
        num_warmup_steps: updates of the warmup
        num_decay_steps: update at which the decay ends
        peak_lr: the learning rate, as a measure of `decay_lr`
        decay_lr: where the decay ends
        num_vqvae_training_steps: updates before the warmup
        num_cycles: waves of the cosine
    """

    type: Annotated[str, Choice(TYPES), Role.CURVE]
    name: Annotated[str, Text(), Role.CURVE] = "cosine"
    num_warmup_steps: Annotated[int, Count(at_least=0), Role.WARMUP] = 0
    num_decay_steps: Annotated[int | None, Count(), Role.DECAY] = None
    peak_lr: Annotated[float | None, Number(above=0), Role.PEAK] = None
    decay_lr: Annotated[float | None, Number(at_least=0), Role.FLOOR] = None
    num_vqvae_training_steps: Annotated[int, Count(at_least=0)] = 0
    num_cycles: Annotated[float, Number()] = 0.5


@trainer(
    "lerobot",
    marks=("policy.type", "optimizer.type", "scheduler.type", "dataset.repo_id", "steps", "use_policy_training_preset"),
    least=3,
    surely=("policy.type",),
    versions=("0.1", SCALED),
)
def train_config(
    config: Config,
    optimizer: Annotated[Optimizer | None, Record(Optimizer)] = None,
    scheduler: Annotated[Scheduler | None, Record(Scheduler)] = None,
    steps: Annotated[int, Count(), Role.HORIZON] = 100_000,
    batch_size: Annotated[int | None, Count()] = None,
) -> Content:
    """LeRobot config: the train_config.json of a policy, with its optimizer and scheduler.

    Source: lerobot/optim/schedulers.py; lerobot/configs/train.py, TrainPipelineConfig

    Args:
        optimizer: the optimizer and its learning rate
        scheduler: the scheduler; none if absent
        steps: updates of the run
        batch_size: examples per update of one process
    """
    if optimizer is None:
        raise missing("the learning rate, which the policy's own preset sets", ("optimizer.lr",))
    devices = config.fact("devices")
    backbone = config.node("policy.optimizer_lr_backbone")
    return {
        "steps": config.at(steps, "steps"),
        "batch_size": batch_size * devices if batch_size and devices else None,
        "lr": config.at(optimizer.lr, "optimizer.lr"),
        "weight_decay": config.at(optimizer.weight_decay, "optimizer.weight_decay") if optimizer.weight_decay else None,
        "schedule": schedule(config, scheduler, optimizer.lr, steps) if scheduler else {"kind": "constant"},
        "groups": {"backbone": {"lr": backbone}} if backbone and not scheduler else None,
    }


def schedule(config: Config, keys: Scheduler, rate: float, steps: int) -> list[Node] | Content:
    """The schedule of a run of `steps` updates."""
    long, at = keys.num_warmup_steps, "scheduler.type"
    if keys.type == "diffuser":
        name = config.at(keys.name, "scheduler.name")
        return {
            "use": config.at("diffusers.get_scheduler", at),
            "name": name,
            "num_warmup_steps": long,
            "num_training_steps": steps,
        }
    if keys.type == "vqbet":
        before = keys.num_vqvae_training_steps
        rest = {
            "use": "transformers.get_cosine_schedule_with_warmup",
            "num_warmup_steps": long,
            "num_training_steps": max(steps, long + 1),
            "num_cycles": keys.num_cycles,
            "for": "rest",
        }
        return listed(config, steps, (constant(rate, before), "scheduler.num_vqvae_training_steps"), (rest, at))
    if keys.num_decay_steps is None or keys.peak_lr is None or keys.decay_lr is None:
        message = "the scheduler needs `num_decay_steps`, `peak_lr` and `decay_lr`"
        raise Fault(message, field="scheduler", code="missing-field")
    end = keys.num_decay_steps
    if steps < end and config.since(SCALED):
        long, end = int(long * (steps / end)), steps
        config.derivation.append(f"the decay is shortened to the {steps:,} updates of the run, the warmup to {long:,}")
    low = rate * (keys.decay_lr / keys.peak_lr)
    # The cosine counts from update 0, the warmup included.
    return listed(
        config,
        steps,
        (warmup(rate / (long + 1), rate, long), "scheduler.num_warmup_steps"),
        (fall("cosine", rate, low, 0, end, long, end), "scheduler.num_decay_steps"),
        (constant(low), "scheduler.decay_lr"),
    )
