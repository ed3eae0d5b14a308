"""OpenNMT-py's YAML and flags."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Number
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import Phase, constant, listed

MARKS = (
    "decay_method",
    "start_decay_steps",
    "max_generator_batches",
    "param_init_glorot",
    "accum_count",
    "gpu_ranks",
    "src_vocab",
    "train_steps",
    "valid_steps",
    "save_checkpoint_steps",
    "word_vec_size",
    "rnn_size",
    "hidden_size",
    "batch_type",
    "learning_rate",
    "warmup_steps",
    "optim",
)
METHODS = ("noam", "noamwd", "rsqrt", "none")


@record
class Options:
    """The options that determine the schedule.

    Args:
        learning_rate: the learning rate, or the factor of noam
        decay_method: the schedule
        warmup_steps: updates of the warmup of noam, or before rsqrt decays
        hidden_size: the model's width, for noam
        rnn_size: the same, before version 3
        start_decay_steps: the update, counted from 1, at which it drops first
        decay_steps: updates between two drops
        learning_rate_decay: factor of each drop
        train_steps: updates of the run
        adam_beta1: Adam's first coefficient
        adam_beta2: Adam's second coefficient
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 1.0
    decay_method: Annotated[str, Choice(METHODS), Role.CURVE] = "none"
    warmup_steps: Annotated[int, Count(at_least=0), Role.WARMUP] = 4000
    hidden_size: Annotated[int | None, Count(at_least=None), Role.CURVE] = None
    rnn_size: Annotated[int | None, Count(at_least=None), Role.CURVE] = None
    start_decay_steps: Annotated[int, Count(at_least=0), Role.HOLD] = 50_000
    decay_steps: Annotated[int, Count(), Role.EVERY] = 10_000
    learning_rate_decay: Annotated[float, Number(at_least=0), Role.SHRINK] = 0.5
    train_steps: Annotated[int, Count(), Role.HORIZON] = 100_000
    adam_beta1: Annotated[float, Number()] = 0.9
    adam_beta2: Annotated[float, Number()] = 0.999


OptionsField = Annotated[Options, Inline(Options)]


@trainer("opennmt", marks=MARKS, least=4, surely=MARKS[:7], never=("lr",), extends=("transformers",))
def options(config: Config, options: OptionsField) -> Content:
    """OpenNMT-py options: YAML, or the flags of onmt_train.

    Source: onmt/utils/optimizers.py, make_learning_rate_decay_fn, Optimizer.step; onmt/opts.py
    """
    steps = config.fact("steps") or options.train_steps
    rate, method = options.learning_rate, options.decay_method
    content = {
        "steps": config.at(steps, "steps", "train_steps"),
        "beta1": config.node("adam_beta1"),
        "beta2": config.node("adam_beta2"),
    }
    if method.startswith("noam"):
        return {**content, "schedule": noam(config, options)}
    decaying = rsqrt(options) if method == "rsqrt" else drops(config, options)
    phases = listed(config, steps, *decaying)
    return {**content, "lr": config.at(rate, "learning_rate"), "schedule": phases}


def noam(config: Config, options: Options) -> Content | Node:
    """The schedule of noam, also with drops."""
    width = options.hidden_size if options.hidden_size is not None else options.rnn_size
    if width is None or width < 1:
        raise missing("the model's width, from which noam's learning rate follows", ("hidden_size",))
    rate, long = options.learning_rate, options.warmup_steps
    if not long:
        message = "ZeroDivisionError: 0 cannot be raised to a negative power"
        raise Fault(message, field="warmup_steps", help="give a warmup")
    place = "decay_method"
    if options.decay_method == "noam":
        return {"kind": config.at("noam", place), "d_model": width, "warmup": long, "factor": rate}
    every, begun = options.decay_steps, 1 - options.start_decay_steps + options.decay_steps
    count = f"floor(max(t + {begun}, 0) / {every})"
    curve = f"{rate!r} * {width} ** -0.5 * min((t + 1) ** -0.5, (t + 1) * {long} ** -1.5)"
    return config.at({"kind": "expression", "value": f"{curve} * {options.learning_rate_decay!r} ** {count}"}, place)


def rsqrt(options: Options) -> list[tuple[Phase, str]]:
    """One value while the warmup lasts, then the reciprocal of the root of the update, counted from 1."""
    rate, long = options.learning_rate, options.warmup_steps
    root: Phase = {
        "kind": "inverse_sqrt",
        "timescale": long + 1,
        "from": rate / (long + 1) ** 0.5,
        "for": "rest",
    }
    return [(constant(rate / max(long, 1) ** 0.5, long), "warmup_steps"), (root, "decay_method")]


def drops(config: Config, options: Options) -> list[tuple[Phase, str]]:
    """Drops from `start_decay_steps` on, which the program makes without any other method; there is no warmup."""
    if config.node("warmup_steps"):
        message = "`warmup_steps` is ignored: only the methods noam, noamwd and rsqrt have a warmup"
        config.remark("note", "ignored-key", message, "warmup_steps", "set `decay_method: noam`, or leave it out")
    every, factor = options.decay_steps, options.learning_rate_decay
    before, dropped = options.start_decay_steps - 1, 0
    if before < 0:  # the first drop is before the first update
        before, dropped = every - 1, 1
    first = options.learning_rate * factor**dropped
    staircase: Phase = {"kind": "step", "from": first * factor, "every": every, "gamma": factor, "for": "rest"}
    return [(constant(first, before), "learning_rate"), (staircase, "start_decay_steps")]
