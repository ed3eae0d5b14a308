"""Megatron-LM's arguments: a shell command, or `MODEL_ARGS` in a YAML file."""

from __future__ import annotations

from math import ceil, floor
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Flag, Many, Number
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import constant, fall, listed, rise
from lrplot.trainers.shared.precision import Precision

MOST_STAGES = 500  # of a growing batch
CURRICULA = ("curriculum", "random_ltd")  # parts of a fork's flags by which sequences get longer during the run
FALLS = {"linear": "linear", "cosine": "cosine", "exponential": "exponential", "minus_sqrt": "sqrt"}


@record
class Arguments:
    """The arguments that determine the schedule.

    Args:
        lr: the learning rate
        min_lr: where the decay ends
        lr_decay_style: shape of the decay
        train_iters: updates of the run
        train_samples: samples of the run, instead of `train_iters`
        lr_decay_iters: update at which the decay ends; that of the run if absent
        lr_decay_samples: the same in samples
        lr_warmup_iters: updates of the warmup
        lr_warmup_samples: samples of the warmup
        lr_warmup_fraction: warmup as a share of the decay's end, instead of its length
        lr_warmup_init: where the warmup starts
        lr_wsd_decay_style: shape of the decay of WSD
        lr_wsd_decay_iters: updates of the decay of WSD
        lr_wsd_decay_samples: samples of the decay of WSD
        train_tokens: tokens after which the run ends, if that is before its other end; in DeepSpeed's fork
        lr_decay_tokens: where the decay ends, in tokens; in DeepSpeed's fork
        lr_warmup_tokens: the same for the warmup
        global_batch_size: samples per update
        rampup_batch_size: first batch size, its growth, and the samples until it is `global_batch_size`
        seq_length: tokens in a sample
        weight_decay: weight decay
        start_weight_decay: weight decay at the start
        end_weight_decay: weight decay at the end
        weight_decay_incr_style: shape of the weight decay's growth
        use_checkpoint_opt_param_scheduler: the arguments of a checkpoint win, not these; otherwise they must be equal
        override_opt_param_scheduler: these arguments win over those of a checkpoint
    """

    lr: Annotated[float, Number(at_least=0), Role.PEAK]
    min_lr: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.0
    lr_decay_style: Annotated[
        str, Choice(("constant", "linear", "cosine", "inverse-square-root", "WSD")), Role.CURVE
    ] = "linear"
    train_iters: Annotated[int | None, Count(), Role.HORIZON] = None
    train_samples: Annotated[int | None, Count(), Role.HORIZON] = None
    lr_decay_iters: Annotated[int | None, Count(), Role.HORIZON] = None
    lr_decay_samples: Annotated[int | None, Count(), Role.HORIZON] = None
    lr_warmup_iters: Annotated[int, Count(at_least=0), Role.WARMUP] = 0
    lr_warmup_samples: Annotated[int, Count(at_least=0), Role.WARMUP] = 0
    lr_warmup_fraction: Annotated[float | None, Number(at_least=0, at_most=1), Role.WARMUP] = None
    lr_warmup_init: Annotated[float, Number(at_least=0), Role.START] = 0.0
    lr_wsd_decay_style: Annotated[str, Choice(tuple(FALLS)), Role.CURVE] = "exponential"
    lr_wsd_decay_iters: Annotated[int | None, Count(at_least=0), Role.DECAY] = None
    lr_wsd_decay_samples: Annotated[int | None, Count(at_least=0), Role.DECAY] = None
    train_tokens: Annotated[int | None, Count(), Role.HORIZON] = None
    lr_decay_tokens: Annotated[int | None, Count(), Role.HORIZON] = None
    lr_warmup_tokens: Annotated[int | None, Count(at_least=0), Role.WARMUP] = None
    global_batch_size: Annotated[int | None, Count(), Role.CURVE] = None
    rampup_batch_size: Annotated[tuple[int, ...] | None, Many(Count(at_least=0)), Role.CURVE] = None
    seq_length: Annotated[int | None, Count()] = None
    weight_decay: Annotated[float, Number()] = 0.01
    start_weight_decay: Annotated[float | None, Number()] = None
    end_weight_decay: Annotated[float | None, Number()] = None
    weight_decay_incr_style: Annotated[str, Choice(("constant", "linear", "cosine"))] = "constant"
    use_checkpoint_opt_param_scheduler: Annotated[bool, Flag()] = False
    override_opt_param_scheduler: Annotated[bool, Flag()] = False


@trainer(
    "megatron",
    marks=(
        "lr_decay_style",
        "train_iters",
        "train_samples",
        "global_batch_size",
        "micro_batch_size",
        "tensor_model_parallel_size",
        "num_layers",
        "hidden_size",
        "lr_warmup_fraction",
        "lr_warmup_iters",
        "lr_decay_iters",
        "rampup_batch_size",
        "lr",
    ),
    least=3,
    surely=("train_iters", "train_samples", "lr_decay_style"),
    never=("optimizer", "train_micro_batch_size_per_gpu"),
    under=("", "MODEL_ARGS"),
    precision=Precision(("fp16",), ("bf16",)),
)
def megatron_arguments(config: Config, arguments: Annotated[Arguments, Inline(Arguments)]) -> Content:
    """Megatron-LM arguments: the flags of a pretraining script, in a shell command or a model_config.yaml.

    Source: megatron/training/training.py, get_optimizer_param_scheduler; megatron/core/optimizer_param_scheduler.py
    """
    times = Times.of(config, arguments)
    ramped = times.growing or times.begin != times.warmup
    if ramped and arguments.weight_decay_incr_style != "constant":
        message = "a weight decay that grows together with the batch is not known"
        raise Fault(message, field="weight_decay_incr_style", code="undetermined")
    return {
        "steps": config.at(times.steps, "steps", "train_iters", "train_samples"),
        "batch_size": arguments.global_batch_size if not times.growing else None,
        "sequence_length": arguments.seq_length,
        "lr": config.at(arguments.lr, "lr"),
        "weight_decay": config.at(arguments.weight_decay, "weight_decay") if ramped else None,
        "schedule": pieces(config, arguments, times) if ramped else scheduler(config, arguments, times),
    }


@record
class Times:
    """The run in updates, and the schedule's times, of which an update takes `per`: samples, or updates themselves.

    The decay counts from `begin`, which is the end of the warmup, but for one exception. `stages` are those of the
    batch: the update and the samples at which each begins, and its size.
    """

    steps: int
    warmup: float
    begin: float
    decay: float
    stable: float | None  # the length of WSD's decay
    per: int
    stages: list[tuple[int, int, int]]

    @property
    def growing(self) -> bool:
        """Whether the batch grows."""
        return len(self.stages) > 1

    @classmethod
    def of(cls, config: Config, arguments: Arguments) -> Times:
        """The times in a config; a `Fault` if they are not known."""
        size = config.fact("batch_size") or arguments.global_batch_size
        by_samples = arguments.train_samples is not None and arguments.train_iters is None
        tokens = in_tokens(config, arguments)
        if size is None and (arguments.rampup_batch_size is not None or by_samples or tokens):
            raise missing("how many samples an update has", ("batch_size",))
        stages = stages_of(arguments.rampup_batch_size, size or 1)
        if by_samples:
            assert arguments.train_samples is not None
            assert size is not None
            per, steps = size, updates(stages, arguments.train_samples)
            line = f"{arguments.train_samples:,} samples ÷ {size:,} per update = {steps:,} updates"
            config.derivation.append(line if len(stages) == 1 else f"{line}, with the growth of the batch")
            decay: float = arguments.lr_decay_samples or arguments.train_samples
            warmup: float = arguments.lr_warmup_samples
            stable: float | None = arguments.lr_wsd_decay_samples
        else:
            iterations = config.fact("steps") or arguments.train_iters
            if iterations is None:
                raise missing("how many updates the run has", ("steps",))
            # Samples give the same values as updates do, but for a root of their number and a batch that grows.
            rooted = arguments.lr_decay_style == "inverse-square-root"
            steps, per = iterations, (size or 1) if rooted or len(stages) > 1 or tokens else 1
            decay = (arguments.lr_decay_iters or iterations) * per
            warmup = arguments.lr_warmup_iters * per
            stable = arguments.lr_wsd_decay_iters * per if arguments.lr_wsd_decay_iters is not None else None
        if arguments.lr_warmup_fraction is not None:
            check_one_warmup(arguments)
            warmup = arguments.lr_warmup_fraction * decay
        begin = warmup
        if tokens and arguments.train_tokens:
            steps = min(steps, updates_until(stages, arguments.train_tokens / tokens))
            config.derivation.append(f"{arguments.train_tokens:,} tokens end the run after {steps:,} updates at most")
        if tokens and arguments.lr_warmup_tokens is not None:
            warmup = begin = arguments.lr_warmup_tokens / tokens
        if tokens and arguments.lr_decay_tokens is not None:
            decay = arguments.lr_decay_tokens / tokens
            if arguments.lr_warmup_tokens is None and not is_reached(stages, warmup):
                begin = 0.0  # the program notes the tokens at the end of the warmup only if an update ends there
        return cls(config.fact("steps") or steps, warmup, begin, decay, stable, per, stages)


def in_tokens(config: Config, arguments: Arguments) -> int | None:
    """Tokens in a sample, if a time is given in tokens; None if none is.

    Source: megatron/learning_rates.py of Megatron-DeepSpeed, AnnealingLR; megatron/training.py, train
    """
    keys = ("lr_decay_tokens", "lr_warmup_tokens", "train_tokens")
    if not any(getattr(arguments, key) for key in keys):
        return None
    for entry in config.root:
        if any(part in entry.key.text for part in CURRICULA):
            message = f"with `{entry.key.text}`, the number of tokens of an update is not known"
            raise Fault(message, code="undetermined", help="give the times in samples").at(entry.key.span)
    tokens = config.fact("sequence_length") or arguments.seq_length
    if tokens is None:
        raise missing("how many tokens a sample has, with which its times in tokens count", ("sequence_length",))
    config.derivation.append(f"a sample has {tokens:,} tokens throughout")
    return tokens


def check_one_warmup(arguments: Arguments) -> None:
    """Raise the program's error if the warmup is given as a fraction and as a number, too."""
    for key in ("lr_warmup_iters", "lr_warmup_samples"):
        if getattr(arguments, key):
            flag = key.replace("_", "-")
            message = f"AssertionError: can only specify one of lr-warmup-fraction and {flag}"
            raise Fault(message, field=key, help="remove one of them")


def is_reached(stages: list[tuple[int, int, int]], samples: float) -> bool:
    """Whether an update begins when exactly `samples` are seen."""
    _, seen, size = next(each for each in reversed(stages) if each[1] <= samples)
    return (samples - seen) % size == 0


def updates_until(stages: list[tuple[int, int, int]], samples: float) -> int:
    """Updates until `samples` are seen, the last one of them whole."""
    update, seen, size = next(each for each in reversed(stages) if each[1] <= samples)
    return max(update + ceil((samples - seen) / size), 1)


def stages_of(growth: tuple[int, ...] | None, size: int) -> list[tuple[int, int, int]]:
    """The stages of a batch: the update and the samples at which each begins, and its size."""
    if growth is None:
        return [(0, 0, size)]
    if len(growth) != 3:
        message = "ValueError: expected the following format: --rampup-batch-size <start batch size> "
        message += "<batch size increment> <ramp-up samples>"
        raise Fault(message, field="rampup_batch_size", help="give three numbers")
    first, more, samples = growth
    if not first or not more or first > size or (size - first) % more or size == first:
        message = "AssertionError: expected global batch size interval to be divisible by batch size increment"
        raise Fault(message, field="rampup_batch_size", help="grow in equal parts from the first size to the last")
    parts = (size - first) // more
    if parts > MOST_STAGES:
        raise Fault(f"more than {MOST_STAGES} batch sizes", field="rampup_batch_size", code="too-large")
    every, update, seen = samples / parts, 0, 0
    stages: list[tuple[int, int, int]] = []
    while seen <= samples and (part := int(seen / every) if every else parts) < parts:
        batch = first + part * more
        stages.append((update, seen, batch))
        count = max(ceil(((part + 1) * every - seen) / batch), 1)
        while int((seen + (count - 1) * batch) / every) > part:
            count -= 1
        update, seen = update + count, seen + count * batch
    return [*stages, (update, seen, size)]


def updates(stages: list[tuple[int, int, int]], samples: int) -> int:
    """Updates until all samples of a run are seen; of the last stage, whole batches."""
    update, seen, size = next(each for each in reversed(stages) if each[1] <= samples)
    return max(update + (samples - seen) // size, 1)


FLAGS = ("use_checkpoint_opt_param_scheduler", "override_opt_param_scheduler")  # matter when a checkpoint is loaded


def scheduler(config: Config, arguments: Arguments, times: Times) -> Content:
    """Megatron's own scheduler, which counts samples."""
    growing = arguments.weight_decay_incr_style != "constant"
    first = arguments.start_weight_decay if growing else arguments.weight_decay
    last = arguments.end_weight_decay if growing else arguments.weight_decay
    iterations = "lr_wsd_decay_iters" if arguments.lr_wsd_decay_iters is not None else "lr_wsd_decay_samples"
    wsd = arguments.lr_decay_style == "WSD"
    return {
        "use": config.at("megatron.OptimizerParamScheduler", "lr_decay_style"),
        "init_lr": config.at(arguments.lr_warmup_init, "lr_warmup_init"),
        "max_lr": config.at(arguments.lr, "lr"),
        "min_lr": config.at(arguments.min_lr, "min_lr"),
        "lr_warmup_steps": config.at(times.warmup, "lr_warmup_fraction", "lr_warmup_iters", "lr_warmup_samples"),
        "lr_decay_steps": config.at(times.decay, "lr_decay_iters", "lr_decay_samples", "train_iters", "train_samples"),
        "lr_decay_style": config.at(arguments.lr_decay_style, "lr_decay_style"),
        "start_wd": config.at(first, "start_weight_decay", "weight_decay") if first is not None else None,
        "end_wd": config.at(last, "end_weight_decay", "weight_decay") if last is not None else None,
        "wd_incr_steps": times.steps * times.per,
        "wd_incr_style": config.at(arguments.weight_decay_incr_style, "weight_decay_incr_style"),
        **{flag: config.at(getattr(arguments, flag), flag) for flag in FLAGS},
        "wsd_decay_steps": config.at(times.stable, iterations) if wsd and times.stable is not None else None,
        "lr_wsd_decay_style": config.at(arguments.lr_wsd_decay_style, "lr_wsd_decay_style") if wsd else None,
        "increment": times.per,
    }


def pieces(config: Config, arguments: Arguments, times: Times) -> list[Node]:
    """The schedule while the batch grows: a phase for each stage of the batch and each part of the schedule."""
    peak, low, warmup, decay = arguments.lr, arguments.min_lr, times.warmup, times.decay
    style, begin = arguments.lr_decay_style, times.begin
    if style == "WSD":
        if times.stable is None:
            message = "AssertionError: wsd_decay_steps must be given"
            raise Fault(message, field="lr_decay_style", help="add `--lr-wsd-decay-iters` or `--lr-wsd-decay-samples`")
        style, begin = FALLS[arguments.lr_wsd_decay_style], decay - times.stable
    found: list[tuple[dict[str, Any], str]] = []
    ends = [*(stage[0] for stage in times.stages[1:]), None]
    for (start, seen, size), end in zip(times.stages, ends, strict=True):

        def at(samples: float, start: int = start, seen: int = seen, size: int = size) -> float:
            """The update, maybe not a whole one, at which samples are seen."""
            return start + (samples - seen) / size

        def within(update: int, start: int = start, end: int | None = end) -> int:
            return max(update, start) if end is None else min(max(update, start), end)

        risen = within(floor(at(warmup)) + 1 if warmup else 0)
        held = max(within(floor(at(begin)) + 1), risen) if arguments.lr_decay_style == "WSD" else risen
        fallen = within(floor(at(decay)) + 1)
        found.append((rise(arguments.lr_warmup_init, peak, at(0), at(warmup), start, risen), "rampup_batch_size"))
        if arguments.lr_decay_style == "constant":
            found.append((constant(peak, None if end is None else end - risen), "lr_decay_style"))
            continue
        fallen = max(fallen, held)
        found.append((constant(peak, held - risen), "lr_decay_style"))
        if style == "inverse-square-root":
            root = f"{peak!r} * sqrt({max(warmup, 1)!r} / max({seen} + (t + {held - start}) * {size}, 1))"
            falling: dict[str, Any] = {"kind": "expression", "value": f"max({root}, {low!r})", "for": fallen - held}
        else:
            falling = fall(style, peak, low, at(begin), at(decay), held, fallen)
        found.append((falling, "lr_decay_style"))
        found.append((constant(low, None if end is None else end - fallen), "min_lr"))
    return listed(config, times.steps, *found)
