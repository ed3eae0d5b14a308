"""SpeechBrain's hyperparameters: HyperPyYAML with schedulers as `!new:` and optimizers as `!name:`."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.types import Count
from lrplot.text.tree import Listing, Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, inside, missing, whole
from lrplot.trainers.shared.interpolation import arguments_of

MODULE = "speechbrain.nnet.schedulers"
BY_EPOCH = ("LinearScheduler", "StepScheduler")
METRIC = ("NewBobScheduler", "ReduceLROnPlateau")
PEAKS = ("lr_initial", "initial_value", "lr")  # arguments that have the learning rate of the optimizer in the recipes
ENDS = ("total_steps", "num_training_steps")
GENERAL = {"lr", "annealing", "scheduler", "noam", "opt", "optim", "optimizer", "class"}  # words of keys


@trainer(
    "speechbrain",
    marks=(
        "number_of_epochs",
        "epoch_counter",
        "lr_annealing",
        "noam_annealing",
        "lr_scheduler",
        "opt_class",
        "modules",
        "checkpointer",
        "train_logger",
        "output_folder",
        "save_folder",
    ),
    least=5,
    surely=("number_of_epochs", "epoch_counter", "optimizer_step_limit"),
)
def speechbrain_config(
    config: Config,
    number_of_epochs: Annotated[int | None, Count(), Role.HORIZON] = None,
    optimizer_step_limit: Annotated[int | None, Count(), Role.HORIZON] = None,
) -> Content:
    """SpeechBrain hyperparameters: HyperPyYAML with a scheduler as `!new:` and an optimizer as `!name:`.

    The recipes call a scheduler after each update, so update 0 has the optimizer's own learning rate. The first
    scheduler and its optimizer are the main ones, others are groups.

    Source: speechbrain/nnet/schedulers.py; speechbrain/core.py, Brain.fit_batch; recipes/*/*/train.py

    Args:
        number_of_epochs: epochs of the run
        optimizer_step_limit: updates of the run, if that is less
    """
    schedulers, optimizers = _schedulers(config), _optimizers(config)
    schedules = {key: _schedule(key, node) for key, node in schedulers.items()}
    rates = {key: _rate(config, key, node, optimizers) for key, node in schedulers.items()}
    if schedulers:
        main, *others = schedulers
        rate, schedule = rates[main], schedules[main]
    else:
        others = []
        rate, schedule = next((node.get("lr") for node in optimizers.values()), None), {"kind": "constant"}
    if rate is None:
        raise missing("the learning rate of the optimizer", ("lr",))
    decay = [node.get("weight_decay") for node in optimizers.values()] if len(optimizers) == 1 else [None]
    epochs = number_of_epochs or whole(config.node("epoch_counter.limit"))
    by_epoch = bool(schedules) and all("interval" in each for each in schedules.values())
    return {
        **_length(config, epochs, optimizer_step_limit, by_epoch, list(schedulers.values())),
        "lr": rate,
        "weight_decay": decay[0],
        "schedule": schedule,
        "groups": {_name(key): {"lr": rates[key], "schedule": schedules[key]} for key in others} or None,
    }


def _schedulers(config: Config) -> dict[str, Mapping | Scalar]:
    """The schedulers of learning rates by their keys; one without arguments is a scalar."""
    found: dict[str, Mapping | Scalar] = {}
    for entry in config.root:
        key, node = entry.key.text, entry.value
        named = {"lr", "annealing"} & set(key.lower().split("_")) or key == "scheduler"
        if named and not isinstance(node, Listing) and node.tag.startswith("!new:"):
            found[key] = node
    return found


def _optimizers(config: Config) -> dict[str, Mapping]:
    """The optimizers by their keys."""
    nodes = {entry.key.text: entry.value for entry in config.root}
    return {
        key: node
        for key, node in nodes.items()
        if isinstance(node, Mapping) and node.tag.startswith(("!name:", "!new:")) and node.get("lr") is not None
        if "optim" in node.tag
    }


def _schedule(key: str, node: Mapping | Scalar) -> Content:
    """The scheduler at a key."""
    module, _, name = node.tag.removeprefix("!new:").rpartition(".")
    if module != MODULE:
        message = f"`{key}` is `{module}.{name}`, which is not one of SpeechBrain's schedulers"
        raise Fault(message, code="undetermined", help=f"`--set {key}=` goes without it").at(node.span)
    if name in METRIC:
        help = f"write a spec with `use: speechbrain.{name}` and its `metrics`; `--set {key}=` goes without it"
        raise Fault(f"`{key}` is a {name}, which follows a metric", code="undetermined", help=help).at(node.span)
    use = Scalar(f"speechbrain.{name}", node.span, quoted=True)
    arguments = arguments_of(node if isinstance(node, Mapping) else None)
    return {"use": use, **arguments, **({"interval": "epoch"} if name in BY_EPOCH else {})}


def _rate(config: Config, key: str, node: Mapping | Scalar, optimizers: dict[str, Mapping]) -> Node | None:
    """The learning rate of a scheduler's optimizer: the one whose key has a word of the scheduler's, or the first."""
    words = set(key.lower().split("_")) - GENERAL
    alike = (each for name, each in optimizers.items() if words & set(name.lower().split("_")))
    optimizer = next(alike, None) or next(iter(optimizers.values()), None)
    if optimizer is not None:
        return optimizer.get("lr")
    peak = next((value for name in PEAKS if (value := inside(node, (name,))) is not None), None)
    if peak is not None:
        config.derivation.append(f"no optimizer is named: update 0 is taken to have the learning rate of `{key}`")
    return peak


def _name(key: str) -> str:
    """The name of a group: what its scheduler's key says of it."""
    return "_".join(word for word in key.split("_") if word.lower() not in GENERAL) or key


def _length(config: Config, epochs: int | None, limit: int | None, by_epoch: bool, schedulers: list[Node]) -> Content:
    """The run's length, and the updates of an epoch if they are known."""
    steps, per_epoch = config.fact("steps"), config.fact("steps_per_epoch")
    if steps is not None:
        return {"steps": config.at(steps, "steps"), "steps_per_epoch": per_epoch}
    if epochs is not None and per_epoch is not None:
        steps = epochs * per_epoch
        config.derivation.append(f"{epochs:,} epochs × {per_epoch:,} updates = {steps:,} updates")
    elif by_epoch and epochs is not None:
        return {"epochs": config.at(epochs, "number_of_epochs", "epoch_counter.limit")}
    if steps is None and limit is None:
        ends = [whole(value) for node in schedulers for name in ENDS if (value := inside(node, (name,))) is not None]
        if not ends or ends[0] is None:
            raise missing("how many updates an epoch has", ("steps_per_epoch",), ("steps",))
        limit = ends[0]
        config.derivation.append(f"the run is taken to be as long as its schedule: {limit:,} updates")
    steps = min(each for each in (steps, limit) if each is not None)
    return {
        "steps": config.at(steps, "optimizer_step_limit", "number_of_epochs", "epoch_counter.limit"),
        "steps_per_epoch": per_epoch,
    }
