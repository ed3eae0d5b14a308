"""fairseq: Hydra's YAML with sections `optimization` and `lr_scheduler`, or the flags of fairseq-train."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Many, Number, Record
from lrplot.text.tree import Listing, Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, Key, missing
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.trainers.shared.precision import Precision

# The arguments of each schedule that are keys of a config.
ARGUMENTS = {
    "cosine": ("warmup_updates", "warmup_init_lr", "min_lr", "t_mult", "lr_period_updates", "lr_shrink"),
    "fixed": ("force_anneal", "lr_shrink", "warmup_updates"),
    "inverse_sqrt": ("warmup_updates", "warmup_init_lr"),
    "manual": ("epoch2lr", "update2lr"),
    "polynomial_decay": ("warmup_updates", "force_anneal", "end_learning_rate", "power", "total_num_update"),
    "step": ("warmup_updates", "warmup_init_lr", "min_lr", "lr_deacy_period", "lr_decay"),
    "tri_stage": (
        "warmup_steps",
        "hold_steps",
        "decay_steps",
        "phase_ratio",
        "init_lr_scale",
        "final_lr_scale",
    ),
    "triangular": ("max_lr", "lr_period_updates", "lr_shrink", "shrink_min"),
}
DELEGATED = "pass_through"  # the schedule that leaves it to those of the optimizer's groups
NAMES = {name: f"fairseq.{name}" for name in (*ARGUMENTS, "reduce_lr_on_plateau", DELEGATED)}
LASTING = {"polynomial_decay": "total_num_update", "cosine": "max_update", "tri_stage": "max_update"}
MANY = {"phase_ratio"}  # arguments that are lists, in flags as one text


@record
class Optimization:
    """The run.

    Args:
        lr: the learning rate, or one for each epoch
        max_update: updates of the run; without end if absent or 0
        max_epoch: epochs of the run
    """

    lr: Annotated[tuple[float, ...], Many(Number(), single=True), Role.PEAK] = (0.25,)
    max_update: Annotated[float, Number(), Role.HORIZON] = 0.0
    max_epoch: Annotated[float, Number(), Role.HORIZON] = 0.0


@trainer(
    "fairseq",
    marks=(
        "lr_scheduler",
        "optimization.max_update",
        "optimization.lr",
        "optimization.update_freq",
        "task",
        "criterion",
        "max_update",
        "update_freq",
        "arch",
        "max_tokens",
        "warmup_updates",
    ),
    least=3,
    surely=("optimization.max_update", "optimization.lr", "max_update", "warmup_updates"),
    never=("learning_rate",),
    precision=Precision(("common.fp16", "fp16"), ("common.bf16", "bf16")),
)
def fairseq_config(
    config: Config,
    flags: Annotated[Optimization, Inline(Optimization)],
    optimization: Annotated[Optimization | None, Record(Optimization)] = None,
) -> Content:
    """Fairseq config: Hydra's YAML with `optimization` and `lr_scheduler`, its words, or the flags of fairseq-train.

    Source: fairseq/dataclass/configs.py, OptimizationConfig; fairseq/optim/lr_scheduler

    Args:
        optimization: the learning rate and the length of the run, in YAML
    """
    run, under = (optimization, "optimization.") if optimization else (flags, "")
    length_of_run: Content = {
        "steps": config.at(length(config, run), "steps", f"{under}max_update", f"{under}max_epoch"),
        "steps_per_epoch": config.fact("steps_per_epoch"),
    }
    if _name(config.node("lr_scheduler")) == DELEGATED and isinstance(config.node("optimizer.groups"), Mapping):
        return {**length_of_run, **grouped(config, run, under)}
    if not config.node(f"{under}lr") or not run.lr:
        raise missing("the learning rate", (f"{under}lr",))
    return {
        **length_of_run,
        "lr": config.at(run.lr[0], f"{under}lr"),
        "schedule": schedule(config, run, under, "lr_scheduler", config.at(run.lr, f"{under}lr")),
    }


def grouped(config: Config, run: Optimization, under: str) -> Content:
    """The groups of a composite optimizer, each with its schedule; the first one, or `default`, is that of the run.

    Source: fairseq/optim/composite.py, FairseqCompositeOptimizer
    """
    found: dict[str, Content] = {}
    groups = config.node("optimizer.groups")
    for entry in groups if isinstance(groups, Mapping) else ():
        at = f"optimizer.groups.{entry.key.text}"
        own = (config.node(f"{at}.{key}") for key in ("lr_float", "lr", "optimizer.lr"))
        rate = next((each for each in own if each is not None), config.node(f"{under}lr"))
        if rate is None:
            raise missing("the learning rate of a group", (f"{at}.lr",))
        if not isinstance(config.node(f"{at}.lr_scheduler"), Mapping):
            message = f"group `{entry.key.text}` has no `lr_scheduler`, to which `{DELEGATED}` leaves its schedule"
            raise Fault(message, code="undetermined").at(entry.key.span)
        first = rate.items[0] if isinstance(rate, Listing) and rate.items else rate
        found[Key.of(entry.key)] = {"lr": first, "schedule": schedule(config, run, under, f"{at}.lr_scheduler", rate)}
    if not found:
        raise missing("the groups of its optimizer", ("lr_scheduler._name=polynomial_decay",))
    main = found.pop("default" if "default" in found else next(iter(found)))
    return {**main, "groups": found or None}


def schedule(config: Config, run: Optimization, under: str, at: str, rate: Node) -> Content:
    """The schedule whose section, or name beside its flags, is at a path; `rate` is its learning rate, or several."""
    name, given = scheduler(config, at)
    arguments = {key: given[key] for key in ARGUMENTS.get(name, ()) if key in given}
    if name == "triangular" or (isinstance(rate, Listing) and len(rate.items) > 1):
        arguments["lr"] = rate
    if run.max_update > 0 and config.fact("steps") and name in LASTING:
        arguments.setdefault(LASTING[name], config.at(run.max_update, f"{under}max_update"))
    return {"use": config.at(f"fairseq.{name}", f"{at}._name", at), **arguments}


def _name(node: Node | None) -> str:
    """The name of a schedule: of its section, where it may stand at the empty key, or by itself."""
    named = node
    if isinstance(node, Mapping):
        named = node.get("_name") if node.get("") is None else node.get("")
    return named.text if isinstance(named, Scalar) else "fixed"


def scheduler(config: Config, at: str) -> tuple[str, dict[str, Node]]:
    """The schedule's name, and what is given: its section, or all flags; lists are lists in both."""
    node = config.node(at)
    section = node if isinstance(node, Mapping) else config.root
    name = _name(node)
    chosen(NAMES, name, f"{at}._name" if isinstance(node, Mapping) else at, "fairseq")
    wanted = tuple(each for each in section if each.key.text in ARGUMENTS.get(name, ()))
    return name, {key: _list(value) if key in MANY else value for key, value in arguments_of(wanted).items()}


def _list(node: Node) -> Node:
    """A list that may be written as one text, `[0.1, 0.4, 0.5]` or `(0.1, 0.4, 0.5)`."""
    if not isinstance(node, Scalar):
        return node
    parts = (part.strip() for part in node.text.strip("[]()").split(","))
    return Listing(tuple(Scalar(part, node.span) for part in parts if part), node.span)


def length(config: Config, run: Optimization) -> int:
    """Updates of the run; a `Fault` if it is not known."""
    if (given := config.fact("steps")) is not None:
        return given
    if run.max_update > 0:
        return int(run.max_update)
    if run.max_epoch <= 0:
        raise missing("how many updates the run has", ("steps",))
    if (per_epoch := config.fact("steps_per_epoch")) is None:
        raise missing("how many updates an epoch has", ("steps",), ("steps_per_epoch",))
    config.derivation.append(
        f"{run.max_epoch:g} epochs × {per_epoch:,} updates = {int(run.max_epoch * per_epoch):,} updates"
    )
    return int(run.max_epoch * per_epoch)
