"""GPT-NeoX's YAML: the optimizer as in DeepSpeed's configs, and a warmup that is a share of the decay."""

from __future__ import annotations

from math import floor
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Number, Record
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import constant, fall, listed, rise
from lrplot.trainers.shared.precision import Precision

HALF = 0.693  # the exponent that halves the learning rate


@record
class Parameters:
    """The optimizer's parameters.

    Args:
        lr: the learning rate
    """

    lr: Annotated[float | None, Number(at_least=0), Role.PEAK] = None


@record
class Optimizer:
    """The optimizer.

    Args:
        params: its parameters
    """

    params: Annotated[Parameters | None, Record(Parameters)] = None


@trainer(
    "gpt-neox",
    marks=(
        "optimizer.params.lr",
        "train_iters",
        "lr_decay_iters",
        "lr_decay_style",
        "train_micro_batch_size_per_gpu",
        "pipe_parallel_size",
        "model_parallel_size",
        "num_layers",
        "hidden_size",
        "warmup",
        "zero_optimization",
    ),
    least=3,
    surely=("train_iters", "lr_decay_style", "lr_decay_iters"),
    never=("lr", "micro_batch_size", "scheduler"),
    extends=("deepspeed",),
    precision=Precision(("fp16.enabled",), ("bf16.enabled",), ("precision",)),
)
def neox_config(
    config: Config,
    optimizer: Annotated[Optimizer | None, Record(Optimizer)] = None,
    train_iters: Annotated[int | None, Count(), Role.HORIZON] = None,
    lr_decay_iters: Annotated[int | None, Count(), Role.HORIZON] = None,
    lr_decay_fraction: Annotated[float | None, Number(above=0), Role.HORIZON] = None,
    lr_decay_style: Annotated[str, Choice(("linear", "cosine", "constant", "exponential")), Role.CURVE] = "linear",
    warmup: Annotated[float, Number(at_least=0), Role.WARMUP] = 0.01,
    min_lr: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.0,
    weight_decay: Annotated[float | None, Number()] = None,
) -> Content:
    """GPT-NeoX config: YAML with the model, the optimizer as in DeepSpeed, and a learning-rate decay.

    Source: megatron/learning_rates.py, AnnealingLR; megatron/training.py, get_learning_rate_scheduler

    Args:
        optimizer: the optimizer and its learning rate
        train_iters: updates of the run
        lr_decay_iters: update at which the decay ends; that of the run if absent
        lr_decay_fraction: the same as a share of the run
        lr_decay_style: shape of the decay
        warmup: warmup as a share of the decay's end
        min_lr: the least value after the warmup
        weight_decay: weight decay
    """
    rate = optimizer.params.lr if optimizer and optimizer.params else None
    if rate is None:
        raise missing("the learning rate", ("optimizer.params.lr",))
    steps = config.fact("steps") or train_iters
    if steps is None:
        raise missing("how many updates the run has", ("steps",))
    if lr_decay_fraction is not None and lr_decay_iters is None:
        end = floor(steps * lr_decay_fraction)
    else:
        end = lr_decay_iters or steps
    if warmup >= 1 and lr_decay_style != "constant":
        message = "ZeroDivisionError: float division by zero" if warmup == 1 else "the warmup is longer than the decay"
        raise Fault(message, field="warmup", help="`warmup` is a share of the decay's end, such as 0.01")
    at = "optimizer.params.lr"
    return {
        "steps": config.at(steps, "steps", "train_iters"),
        "lr": config.at(rate, at),
        "weight_decay": config.at(weight_decay, "weight_decay") if weight_decay else None,
        "schedule": schedule(config, lr_decay_style, rate, min_lr, warmup * max(end, 1), max(end, 1), steps),
    }


def schedule(config: Config, style: str, rate: float, low: float, warmup: float, end: int, steps: int) -> list[Node]:
    """The phases; update 0 has the value of update 1, and those up to the warmup's end, included, rise."""
    risen = min(floor(warmup) + 1, steps) if warmup > 0 else 0
    first = min(risen, 1)
    ramp = [
        (constant(rate / warmup if first else 0.0, first), "warmup"),
        (rise(0.0, rate, 0.0, warmup, first, risen), "warmup"),
    ]
    at = "lr_decay_style"
    if style == "constant" or risen >= steps:
        return listed(config, steps, *ramp, (constant(max(rate, low), max(steps - risen, 0)), at))
    since = f"(t + {risen - warmup!r})"
    if style == "exponential":
        formula = f"max({rate!r} * exp(-{HALF} * {since} / {end - warmup!r}), {low!r})"
        return listed(config, steps, *ramp, ({"kind": "expression", "value": formula, "for": "rest"}, at))
    if style == "cosine":
        falling = fall("cosine", rate, low, warmup, end, risen, max(end, risen))
        formula = (
            f"max({low!r} + {(rate - low) / 2!r} * (cos(pi * (t + {end - warmup!r}) / {end - warmup!r}) + 1), {low!r})"
        )
        return listed(
            config,
            steps,
            *ramp,
            (falling, at),
            ({"kind": "expression", "value": formula, "for": max(steps - end, 0)}, at),
        )
    # A line to 0, which stops at `min_lr`.
    reached = warmup + (end - warmup) * (1 - low / rate) if rate else float(risen)
    stop = max(min(floor(reached) + 1, steps), risen)
    return listed(
        config, steps, *ramp, (fall("linear", rate, 0.0, warmup, end, risen, stop), at), (constant(low), "min_lr")
    )
