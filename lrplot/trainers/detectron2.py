"""detectron2's YAML: the `SOLVER` section over the defaults of its config."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, Literal

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Number, Record, Text
from lrplot.text.tree import Listing, Mapping, Scalar, describe
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, whole

MARKS = (
    "SOLVER.BASE_LR",
    "SOLVER.MAX_ITER",
    "SOLVER.STEPS",
    "SOLVER.IMS_PER_BATCH",
    "MODEL.META_ARCHITECTURE",
    "MODEL.WEIGHTS",
    "DATASETS.TRAIN",
    "INPUT.MIN_SIZE_TRAIN",
    "lr_multiplier",
    "train",
    "optimizer",
    "dataloader",
)
SURELY = ("SOLVER", "MODEL", "DATASETS", "INPUT", "lr_multiplier")
NEVER = ("SOLVER.MAX_EPOCH", "SOLVER.MAX_EPOCHS", "SOLVER.LR_POLICY", "SOLVER.SCHED")  # of other programs
STEPS = (30_000,)


@record
class Solver:
    """The optimizer and the schedule; `STEPS` is read as it stands.

    Args:
        LR_SCHEDULER_NAME: the schedule
        MAX_ITER: updates of the run
        BASE_LR: the learning rate
        BASE_LR_END: the learning rate at the end of a cosine
        GAMMA: factor of each drop
        NUM_DECAYS: number of drops at equal intervals
        WARMUP_FACTOR: the first value as a share
        WARMUP_ITERS: updates of the warmup
        WARMUP_METHOD: shape of the warmup
        RESCALE_INTERVAL: the schedule starts after the warmup
        POLY_LR_POWER: exponent of DeepLab's polynomial
        POLY_LR_CONSTANT_ENDING: its least share
        IMS_PER_BATCH: examples per update
        REFERENCE_WORLD_SIZE: the number of processes for which all was chosen; 0 for any
        MOMENTUM: momentum
        WEIGHT_DECAY: weight decay
        WEIGHT_DECAY_NORM: that of normalization layers
        WEIGHT_DECAY_BIAS: that of biases
        BIAS_LR_FACTOR: factor of the biases' learning rate
        BACKBONE_MULTIPLIER: factor of the backbone's learning rate, in MaskFormer and its kin
    """

    LR_SCHEDULER_NAME: Annotated[str, Text(), Role.CURVE] = "WarmupMultiStepLR"
    MAX_ITER: Annotated[int, Count(), Role.HORIZON] = 40_000
    BASE_LR: Annotated[float, Number(at_least=0), Role.PEAK] = 0.001
    BASE_LR_END: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.0
    GAMMA: Annotated[float, Number()] = 0.1
    NUM_DECAYS: Annotated[int, Count()] = 3
    WARMUP_FACTOR: Annotated[float, Number(at_least=0), Role.START] = 0.001
    WARMUP_ITERS: Annotated[int, Count(at_least=0), Role.WARMUP] = 1000
    WARMUP_METHOD: Literal["linear", "constant"] = "linear"
    RESCALE_INTERVAL: Annotated[bool, Flag()] = False
    POLY_LR_POWER: Annotated[float, Number()] = 0.9
    POLY_LR_CONSTANT_ENDING: Annotated[float, Number(at_least=0)] = 0.0
    IMS_PER_BATCH: Annotated[int, Count()] = 16
    REFERENCE_WORLD_SIZE: Annotated[int, Count(at_least=0)] = 0
    MOMENTUM: Annotated[float, Number()] = 0.9
    WEIGHT_DECAY: Annotated[float, Number()] = 1e-4
    WEIGHT_DECAY_NORM: Annotated[float | None, Number(at_least=0)] = None
    WEIGHT_DECAY_BIAS: Annotated[float | None, Number(at_least=0)] = None
    BIAS_LR_FACTOR: Annotated[float | None, Number(at_least=0)] = None
    BACKBONE_MULTIPLIER: Annotated[float | None, Number(at_least=0)] = None


SolverField = Annotated[Solver | None, Record(Solver), Role.CURVE]


@trainer("detectron2", marks=MARKS, surely=SURELY, never=NEVER, versions=("0.3", "0.4"), extends=("hydra",))
def detectron2_config(config: Config, SOLVER: SolverField = None) -> Content:  # noqa: N803
    """Detectron2 config: YAML in capitals, over the defaults, with `_BASE_`; the YAML that a LazyConfig's run writes.

    Before 0.4 the warmup multiplied the schedule; since then it leads to the schedule's value at its end.

    Source: detectron2/config/defaults.py; detectron2/solver/build.py, build_lr_scheduler
    """
    if config.node("lr_multiplier"):
        return _lazy(config)
    solver, steps = _scaled(config, SOLVER or Solver(), _steps(config))
    return {
        "steps": config.at(config.fact("steps") or solver.MAX_ITER, "steps", "SOLVER.MAX_ITER"),
        "lr": config.at(solver.BASE_LR, "SOLVER.BASE_LR"),
        "batch_size": solver.IMS_PER_BATCH,
        "momentum": config.at(solver.MOMENTUM, "SOLVER.MOMENTUM"),
        "weight_decay": config.at(solver.WEIGHT_DECAY, "SOLVER.WEIGHT_DECAY"),
        "schedule": _schedule(config, solver, steps),
        "groups": _groups(config, solver),
    }


def _groups(config: Config, solver: Solver) -> Content | None:
    """The groups whose learning rate or weight decay is another one.

    Source: detectron2/solver/build.py, get_default_optimizer_params
    """
    found: dict[str, Content] = {}
    for name, factor, decay in (
        ("bias", "BIAS_LR_FACTOR", "WEIGHT_DECAY_BIAS"),
        ("norm", "", "WEIGHT_DECAY_NORM"),
        ("backbone", "BACKBONE_MULTIPLIER", ""),
    ):
        group: Content = {}
        if factor and (times := getattr(solver, factor)) not in (None, 1.0):
            group["lr"] = config.at(solver.BASE_LR * times, f"SOLVER.{factor}")
        if decay and (own := getattr(solver, decay)) not in (None, solver.WEIGHT_DECAY):
            group["weight_decay"] = config.at(own, f"SOLVER.{decay}")
        found |= {name: group} if group else {}
    return found or None


def _lazy(config: Config) -> Content:
    """A LazyConfig as its run writes it: the optimizer and the scheduler by their import paths.

    Source: detectron2/config/lazy.py, LazyConfig.save; tools/lazyconfig_train_net.py
    """
    multiplier = config.node("lr_multiplier")
    if not isinstance(multiplier, Mapping) or multiplier.get("_target_") is None:
        message = "this is a LazyConfig: Python that builds `lr_multiplier`, which is not run"
        help = "give the config.yaml that the run writes into its output folder"
        raise Fault(message, code="undetermined", help=help).at(config.place("lr_multiplier"))
    steps = config.fact("steps") or whole(config.node("train.max_iter"))
    if steps is None:
        raise missing("how many updates the run has", ("steps",))
    if config.node("optimizer.lr") is None:
        raise missing("the learning rate", ("optimizer.lr",))
    length = config.at(steps, "steps", "train.max_iter")
    max_iter = config.node("train.max_iter") or length
    return {
        "steps": length,
        "lr": config.node("optimizer.lr"),
        "batch_size": whole(config.node("dataloader.train.total_batch_size")),
        "momentum": config.node("optimizer.momentum"),
        "weight_decay": config.node("optimizer.weight_decay"),
        "schedule": {"use": "detectron2.LRMultiplier", "multiplier": multiplier, "max_iter": max_iter},
    }


def _steps(config: Config) -> tuple[int, ...]:
    """The updates at which it drops: a list, or a tuple as text."""
    node = config.node("SOLVER.STEPS")
    if node is None:
        return STEPS
    items = node.items if isinstance(node, Listing) else (node,)
    words = [word for item in items for word in _words(item)]
    if not all(re.fullmatch(r"[0-9][0-9_]{0,18}", word) for word in words):
        raise Fault(f"`STEPS` is a list of updates, not {describe(node)}", code="bad-type").at(node.span)
    return tuple(int(word) for word in words)


def _words(node: Any) -> list[str]:
    """The parts of a tuple as text: `(60000, 80000)`."""
    text = node.text.strip() if isinstance(node, Scalar) else "?"
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1]
    return [word for part in text.split(",") if (word := part.strip())]


def _scaled(config: Config, solver: Solver, steps: tuple[int, ...]) -> tuple[Solver, tuple[int, ...]]:
    """The keys for another number of processes than they were chosen for."""
    reference = solver.REFERENCE_WORLD_SIZE
    if not reference:
        return solver, steps
    devices = config.fact("devices")
    if devices is None:
        what = f"how many processes train; its numbers are for {reference} (`REFERENCE_WORLD_SIZE`)"
        raise missing(what, ("devices",))
    scale = devices / reference
    config.derivation.append(f"{devices} processes for {reference}: learning rate × {scale:g}, times ÷ {scale:g}")
    scaled = replace(
        solver,
        BASE_LR=solver.BASE_LR * scale,
        IMS_PER_BATCH=max(round(solver.IMS_PER_BATCH * scale), 1),
        MAX_ITER=max(round(solver.MAX_ITER / scale), 1),
        WARMUP_ITERS=round(solver.WARMUP_ITERS / scale),
    )
    return scaled, tuple(round(each / scale) for each in steps)


def _schedule(config: Config, solver: Solver, steps: tuple[int, ...]) -> Content:
    """The scheduler that `build_lr_scheduler` makes."""
    name = solver.LR_SCHEDULER_NAME
    kept = [each for each in steps if each <= solver.MAX_ITER]
    if name == "WarmupMultiStepLR" and len(kept) < len(steps):
        message = f"`STEPS` after `MAX_ITER` ({solver.MAX_ITER:,}) are ignored"
        config.remark("note", "ignored-key", message, "SOLVER.STEPS", "leave them out")
    place = "SOLVER.LR_SCHEDULER_NAME"
    if name == "WarmupPolyLR":
        return _poly(config, solver)
    if not config.since("0.4"):
        return _before(config, solver, steps)
    end = solver.MAX_ITER
    match name:
        case "WarmupMultiStepLR":
            inner: Content = {
                "use": config.at("fvcore.MultiStepParamScheduler", place),
                "values": config.at(_powers(solver.GAMMA, len(kept)), "SOLVER.GAMMA"),
                "milestones": config.at(kept, "SOLVER.STEPS"),
                "num_updates": config.at(end, "SOLVER.MAX_ITER"),
            }
        case "WarmupCosineLR":
            share = solver.BASE_LR_END / solver.BASE_LR if solver.BASE_LR else 0.0
            low = config.at(share, "SOLVER.BASE_LR_END")
            inner = {"use": config.at("fvcore.CosineParamScheduler", place), "start_value": 1.0, "end_value": low}
        case "WarmupStepWithFixedGammaLR":
            inner = {
                "use": config.at("fvcore.StepWithFixedGammaParamScheduler", place),
                "base_value": 1.0,
                "gamma": config.at(solver.GAMMA, "SOLVER.GAMMA"),
                "num_decays": config.at(solver.NUM_DECAYS, "SOLVER.NUM_DECAYS"),
                "num_updates": config.at(end, "SOLVER.MAX_ITER"),
            }
        case _:
            raise _unknown(config, name)
    warmup: Content = {
        "use": "detectron2.WarmupParamScheduler",
        "scheduler": inner,
        "warmup_factor": config.at(solver.WARMUP_FACTOR, "SOLVER.WARMUP_FACTOR"),
        "warmup_length": config.at(min(solver.WARMUP_ITERS / end, 1.0), "SOLVER.WARMUP_ITERS"),
        "warmup_method": config.at(solver.WARMUP_METHOD, "SOLVER.WARMUP_METHOD"),
        "rescale_interval": solver.RESCALE_INTERVAL,
    }
    max_iter = config.at(end, "SOLVER.MAX_ITER")
    return {"use": config.at("detectron2.LRMultiplier", place), "multiplier": warmup, "max_iter": max_iter}


def _powers(gamma: float, most: int) -> list[float]:
    """The powers of gamma from 0 to `most`."""
    try:
        return [gamma**k for k in range(most + 1)]
    except OverflowError as error:
        raise Fault(f"OverflowError: {error}", field="SOLVER.GAMMA") from None


def _before(config: Config, solver: Solver, steps: tuple[int, ...]) -> Content:
    """The same before 0.4."""
    warmup: Content = {
        "use": config.at(f"detectron2.{solver.LR_SCHEDULER_NAME}", "SOLVER.LR_SCHEDULER_NAME"),
        "warmup_factor": config.at(solver.WARMUP_FACTOR, "SOLVER.WARMUP_FACTOR"),
        "warmup_iters": config.at(solver.WARMUP_ITERS, "SOLVER.WARMUP_ITERS"),
        "warmup_method": config.at(solver.WARMUP_METHOD, "SOLVER.WARMUP_METHOD"),
    }
    match solver.LR_SCHEDULER_NAME:
        case "WarmupMultiStepLR":
            milestones = config.at(list(steps), "SOLVER.STEPS")
            return {**warmup, "milestones": milestones, "gamma": config.at(solver.GAMMA, "SOLVER.GAMMA")}
        case "WarmupCosineLR":
            return {**warmup, "max_iters": config.at(solver.MAX_ITER, "SOLVER.MAX_ITER")}
    raise _unknown(config, solver.LR_SCHEDULER_NAME)


def _unknown(config: Config, name: str) -> Fault:
    message = f"the schedule `{name}` is a project's own, not detectron2's"
    return Fault(message, code="undetermined").at(config.place("SOLVER.LR_SCHEDULER_NAME"))


def _poly(config: Config, solver: Solver) -> Content:
    """DeepLab's polynomial, times a warmup; every project that has it takes DeepLab's defaults over.

    Source: detectron2/projects/deeplab/lr_scheduler.py, WarmupPolyLR; config.py, add_deeplab_config
    """
    if config.node("SOLVER.POLY_LR_POWER") is None:
        config.derivation.append(f"the exponent of `WarmupPolyLR` is {solver.POLY_LR_POWER:g}, DeepLab's default")
    power = config.at(solver.POLY_LR_POWER, "SOLVER.POLY_LR_POWER")
    decay: Content = {"kind": "polynomial", "power": power}
    if solver.POLY_LR_CONSTANT_ENDING:
        decay["min"] = config.at(solver.POLY_LR_CONSTANT_ENDING, "SOLVER.POLY_LR_CONSTANT_ENDING")
    first = config.at(solver.WARMUP_FACTOR, "SOLVER.WARMUP_FACTOR")
    length = config.at(solver.WARMUP_ITERS, "SOLVER.WARMUP_ITERS")
    share: Any = {"kind": "multistep", "milestones": [length], "values": [first, 1]}
    if solver.WARMUP_METHOD == "linear":
        share = [{"kind": "warmup", "from": first, "to": 1, "for": length}]
    factors = [config.at(decay, "SOLVER.LR_SCHEDULER_NAME"), *([share] if solver.WARMUP_ITERS else [])]
    return {"kind": "product", "of": factors}
