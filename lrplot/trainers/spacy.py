"""spaCy's config.cfg: an optimizer of thinc, whose learning rate is a number or one of thinc's schedules."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.frameworks import framework
from lrplot.schema.records import record
from lrplot.schema.types import Count, Record
from lrplot.text.tree import Listing, Mapping, Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, tree_of
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.wording import did_you_mean

AT = "training.optimizer"
RATE = f"{AT}.learn_rate"
OPTIMIZERS, SCHEDULES = "@optimizers", "@schedules"
KNOWN = ("Adam.v1", "RAdam.v1", "SGD.v1")
DEFAULT = 0.001  # of Adam and RAdam
VERSION = ".v1"  # at the end of the names of thinc's schedules


@record
class Training:
    """The training.

    Args:
        max_steps: number of the last update, which are counted from 0; no limit if 0
        max_epochs: epochs of the run; no limit if 0
        patience: updates without a better score after which the run ends; no limit if 0
    """

    max_steps: Annotated[int, Count(at_least=0), Role.HORIZON] = 20_000
    max_epochs: Annotated[int, Count(at_least=-1), Role.HORIZON] = 0
    patience: Annotated[int, Count(at_least=0), Role.CURVE] = 1_600


@trainer(
    "spacy",
    marks=(
        f"{AT}.{OPTIMIZERS}",
        RATE,
        "training.batcher.@batchers",
        "training.max_steps",
        "training.patience",
        "nlp.pipeline",
        "nlp.lang",
        "components",
        "corpora",
        "paths",
    ),
    surely=(f"{AT}.{OPTIMIZERS}", "training.batcher.@batchers", "nlp.pipeline"),
)
def pipeline_config(config: Config, training: Annotated[Training | None, Record(Training)] = None) -> Content:
    """SpaCy config: the `config.cfg` of a pipeline, with `[training.optimizer]`.

    What the file lacks is as in spaCy's own default_config.cfg. The run may end early, by its `patience`.

    Source: spacy/training/loop.py, train_while_improving; spacy/default_config.cfg; thinc/schedules.py;
        thinc/optimizers.py

    Args:
        training: the length of the run
    """
    training = training or Training()
    steps = length(config, training)
    if training.patience and not config.fact("steps"):
        config.derivation.append(f"the run ends earlier after {training.patience:,} updates without a better score")
    rate = learn_rate(config)
    is_decay = getattr(config.node(f"{AT}.L2_is_weight_decay"), "text", "true") == "true"
    decay, beta1, beta2 = (number_at(config, f"{AT}.{key}") for key in ("L2", "beta1", "beta2"))
    return {
        "steps": config.at(steps, "steps", "training.max_steps", "training.max_epochs"),
        "steps_per_epoch": config.fact("steps_per_epoch"),
        "lr": None if isinstance(rate, Mapping) else rate,
        "weight_decay": decay if is_decay else None,
        "beta1": beta1,
        "beta2": beta2,
        "schedule": rate if isinstance(rate, Mapping) else {"kind": "constant"},
    }


def length(config: Config, training: Training) -> int:
    """Updates of the run, the last of which has the number `max_steps`."""
    if (given := config.fact("steps")) is not None:
        return given
    most = training.max_steps + 1 if training.max_steps else None
    epochs = config.fact("epochs") or (training.max_epochs if training.max_epochs > 0 else None)
    per_epoch = config.fact("steps_per_epoch")
    if epochs is not None and per_epoch is not None:
        steps = epochs * per_epoch
        config.derivation.append(f"{epochs:,} epochs × {per_epoch:,} updates = {steps:,} updates")
        return min(steps, most or steps)
    if most is None:
        ways = (("steps",),) if epochs is None else (("steps",), ("steps_per_epoch",))
        raise missing("how many updates the run has", *ways)
    early = f", unless it has {epochs:,} epochs before" if epochs is not None else ""
    config.derivation.append(f"the run goes from update 0 to update {training.max_steps:,}{early}")
    return most


def number_at(config: Config, path: str) -> Node | None:
    """The value at a path; None if it is unset, or a schedule."""
    node = config.node(path)
    return node if isinstance(node, Scalar) else None


def learn_rate(config: Config) -> Node:
    """The learning rate: a number, or a schedule as a spec has it."""
    kind, rate = config.node(f"{AT}.{OPTIMIZERS}"), config.node(RATE)
    place = config.place(f"{AT}.{OPTIMIZERS}", AT)
    name = kind.text if isinstance(kind, Scalar) else KNOWN[0]
    if name not in KNOWN:
        message = f"`{name}` is not in the file, and no optimizer of thinc"
        raise Fault(message, code="undetermined", help="write its schedule as a spec").at(place)
    if rate is None and name == KNOWN[-1]:
        raise missing("the learning rate", (f"{RATE}=0.001",)).at(place)
    if rate is None:
        return tree_of(DEFAULT, place)
    if isinstance(rate, Listing):
        raise Fault(f"`{RATE}` must be a number or a schedule, not a list", code="bad-type").at(rate.span)
    return schedule(rate) if isinstance(rate, Mapping) else rate


def schedule(section: Mapping) -> Node:
    """A section that is one of thinc's schedules, as a spec has it."""
    given = arguments_of(section)
    named = given.pop(SCHEDULES, None)
    if not isinstance(named, Scalar):
        raise Fault(f"a schedule needs its name at `{SCHEDULES}`", code="missing-field").at(section.span)
    thinc, title = framework("thinc"), named.text.removesuffix(VERSION)
    if title not in {*thinc.schedulers, *thinc.undetermined}:
        message = f"`{named.text}` is not in the file, and no schedule of thinc"
        help = did_you_mean(title, thinc.schedulers, "write it as a spec")
        raise Fault(message, code="undetermined", help=help).at(named.span)
    arguments = {key: schedule(each) if isinstance(each, Mapping) else each for key, each in given.items()}
    return tree_of({"use": replace(named, text=f"{thinc.name}.{title}"), **arguments}, section.span)
