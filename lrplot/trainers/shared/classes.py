"""Optimizers and schedulers that a config names by their class: Lightning's `class_path`, Hydra's `_target_`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault, Span
from lrplot.frameworks import find, framework
from lrplot.lazy import dataclass
from lrplot.schema.definition import Definition
from lrplot.schema.types import Count, Metrics
from lrplot.text.tree import Listing, Mapping, Node, Scalar
from lrplot.trainers.shared.config import FACTS, Config, Key, is_set, missing, tree_of, whole
from lrplot.trainers.shared.interpolation import arguments_of

NAMING = ("class_path", "_target_")
UNREAD = (
    *NAMING,
    "_partial_",
    "_convert_",
    "_recursive_",
    "interval",
    "frequency",
    "enabled",
)  # no arguments of a scheduler
OPTIMIZER = re.compile(r".*optim.*", re.IGNORECASE)  # what keys of an optimizer are called
SCHEDULER = re.compile(r"(?:lr_?)?sched(?:ule|uler|ulers)?(?:_?(?:cfg|config|fn|args))?", re.IGNORECASE)
# What keys of a schedule are called that only the program's own code knows: anywhere, and beside an optimizer.
HINT = re.compile(r"lr_?(?:sched|warm_?up|decay).*|(?:num_)?warm_?up_(?:steps|epochs|iters|ratio)", re.IGNORECASE)
NEAR = re.compile(r"sched(?:ule|uler)?(?:_.*)?|warm_?up.*|.*anneal.*", re.IGNORECASE)
# torch's optimizers; its schedulers are in modules of their own.
TORCH_S = re.compile(r"torch\.optim\.(?!lr_scheduler\.|swa_utils\.)(?:\w+\.)?[A-Z]\w*")
UNSET = "-1"  # a number that the program's own code fills in
SUBCLASSED = re.compile(
    r"(?:lightning\.pytorch|pytorch_lightning)\.(?:utilities\.)?cli"
)  # where Lightning extends torch


@dataclass(frozen=True)
class Part:
    """A mapping within a config, its path, and the mapping that it stands in."""

    path: str
    node: Mapping
    parent: Mapping

    @property
    def key(self) -> str:
        """The last key of the path."""
        return key_of(self.path)

    @property
    def name(self) -> Scalar | None:
        """The class that it names; None if it names none."""
        found = (self.node.get(key) for key in NAMING)
        return next((each for each in found if isinstance(each, Scalar)), None)

    @property
    def arguments(self) -> Mapping:
        """The arguments of its class."""
        inner = self.node.get("init_args")
        return inner if isinstance(inner, Mapping) else self.node

    @property
    def within(self) -> str:
        """The path of its arguments."""
        return f"{self.path}.init_args" if isinstance(self.node.get("init_args"), Mapping) else self.path

    def setting(self, name: str) -> Node | None:
        """A setting of a scheduler: in it, beside it, or in a mapping beside it if that or what holds both is its."""
        outer = SCHEDULER.fullmatch(key_of(self.path.rpartition(".")[0]))
        beside = (each.value for each in self.parent if outer or SCHEDULER.fullmatch(each.key.text))
        for place in (self.node, self.parent, *beside):
            value = place.get(name) if isinstance(place, Mapping) else None
            if value is not None and is_set(value):
                return value
        return None


def key_of(path: str) -> str:
    """The last key of a path."""
    return re.sub(r"\[\d+\]", "", path).rpartition(".")[2]


def parts(node: Node, path: str = "", parent: Mapping | None = None) -> Iterator[Part]:
    """The mappings in a tree, each after the one it stands in."""
    if isinstance(node, Mapping):
        yield Part(path, node, parent or node)
        for each in node:
            yield from parts(each.value, f"{path}.{each.key.text}" if path else each.key.text, node)
    elif isinstance(node, Listing):
        for index, item in enumerate(node.items):
            yield from parts(item, f"{path}[{index}]", parent)


def optimizer_in(found: Iterable[Part]) -> Part | None:
    """The optimizer among some parts; None if there is none, a `Fault` if there are several."""
    candidates = [each for each in found if _is_optimizer(each)]
    rated = [each for each in candidates if _rate(each) is not None]
    return _only(rated or candidates, "optimizers")


def scheduler_in(found: Iterable[Part]) -> Part | None:
    """The scheduler among some parts; None if there is none, a `Fault` if there are several.

    It is one of a framework or, if there is none of these, a class at a key that is called like a scheduler.
    """
    named = [each for each in found if each.name is not None and not _is_off(each)]
    known = [each for each in named if each.name and definition_of(each.name) is not None]
    return _only(known or [each for each in named if SCHEDULER.fullmatch(each.key)], "schedulers")


def check_constant(found: Iterable[Part], optimizer: Part) -> None:
    """Raise a `Fault` if a key tells that an optimizer without a scheduler has a schedule all the same."""
    near = (optimizer.parent, optimizer.arguments)
    for part in found:
        for each in () if _is_off(part) else part.node:
            key, value = each.key.text, each.value
            if value is optimizer.node or not is_set(value) or any(map(_is_off, parts(value))):
                continue
            if isinstance(value, Scalar) and value.text.lower() in ("0", "0.0", "false", "constant"):
                continue
            if HINT.fullmatch(key) or (any(part.node is place for place in near) and NEAR.fullmatch(key)):
                message = f"`{key}` is part of a schedule that only the program's own code has"
                raise Fault(message, code="undetermined", help="write its schedule as a spec").at(each.key.span)


def _is_optimizer(part: Part) -> bool:
    if part.name is not None and TORCH_S.fullmatch(part.name.text):
        return True
    return bool(OPTIMIZER.fullmatch(part.key)) and (part.name is not None or _rate(part) is not None)


def _is_off(part: Part) -> bool:
    """Whether a scheduler is there but not used: `enabled: false`."""
    enabled = part.setting("enabled")
    return isinstance(enabled, Scalar) and enabled.text.lower() == "false"


def _rate(part: Part) -> Node | None:
    """The learning rate of an optimizer; None if it does not say."""
    return next((each.value for each in part.arguments if each.key.text == "lr" and is_set(each.value)), None)


def _only(found: list[Part], what: str) -> Part | None:
    """The outermost part of some, which an interpolation may have put at several places."""
    outer = [each for each in found if not any(each.path.startswith((f"{o.path}.", f"{o.path}[")) for o in found)]
    places = {each.node.span: each for each in reversed(outer)}
    if len(places) > 1:
        first, second, *_ = outer
        message = f"the config has several {what}, such as `{first.path}` and `{second.path}`"
        raise Fault(message, code="undetermined", help="keep the one to show in a copy").at(second.node.span)
    return next(iter(places.values()), None)


@dataclass(frozen=True)
class Scheduler:
    """A scheduler as a spec has it, and the steps of its own at which it ends."""

    node: Mapping
    ends: tuple[int, ...]


def definition_of(name: Scalar) -> Definition | None:
    """The scheduler of a class or function; None if it is none of a framework."""
    module, _, title = name.text.rpartition(".")
    try:
        return find(f"torch.{title}" if not module or SUBCLASSED.fullmatch(module) else name.text)
    except Fault as fault:
        if fault.code == "undetermined":
            fault.at(name.span)
            raise
        return None


def scheduler_of(config: Config, part: Part) -> Scheduler:
    """A scheduler as a spec has it; a `Fault` if its class is no framework's, or an argument is missing."""
    assert part.name is not None
    definition = definition_of(part.name)
    if definition is None:
        message = f"`{part.name.text}` is not in the file, and no scheduler of a framework that is known"
        raise Fault(message, code="undetermined", help="write its schedule as a spec").at(part.name.span)
    ignored = {*UNREAD, *framework(definition.framework).left_out}
    given = {key: _inner(config, value) for key, value in arguments_of(part.arguments).items() if key not in ignored}
    for field in definition.fields:
        if isinstance(field.type, Count) and getattr(given.get(field.name), "text", "") == UNSET:
            if field.name in FACTS:
                given[field.name] = _fact(config, field.name, given[field.name].span)
            else:
                del given[field.name]
        if isinstance(field.type, Metrics) and field.name not in given:
            message = f"`{part.name.text}` follows a metric, which only the run knows"
            help = f"write it as a spec, `use: {definition.name}` with `metrics`: a list, or a CSV file"
            raise Fault(message, code="undetermined", help=help).at(part.name.span)
        if field.required and field.name not in given:
            where = f"{part.within}.{field.name}"
            raise missing(f"`{field.name}` of `{part.name.text}`", (where,)).at(part.name.span)
    if (gap := _gap(definition, part, given)) is not None:
        raise missing(f"`{gap}` of `{part.name.text}`", (f"{part.within}.{gap}",)).at(part.name.span)
    ends = (whole(given.get(each.name)) for each in definition.fields if each.role is Role.HORIZON)
    use = Scalar("use", part.name.span)
    node = tree_of({Key.of(use): replace(use, text=definition.name), **given}, part.node.span)
    assert isinstance(node, Mapping)
    return Scheduler(node, tuple(each for each in ends if each is not None))


def _gap(definition: Definition, part: Part, given: dict[str, Node]) -> str | None:
    """The argument for the end of a scheduler that a config leaves open for the program to fill in; None if none is."""
    ends = [each.name for each in definition.fields if each.role is Role.HORIZON]
    if any(name in given for name in (*ends, *FACTS)):
        return None
    return next((name for name in ends if part.arguments.get(name) is not None), None)


def _fact(config: Config, name: str, place: Span) -> Node:
    """A fact of the run at a place; a `Fault` if its user does not give it."""
    if (value := config.fact(name)) is None:
        raise missing(f"`{name}`, which the program fills in", (name,)).at(place)
    return tree_of(value, place)


def _inner(config: Config, node: Node) -> Node:
    """An argument, in which schedulers are as in a spec."""
    if isinstance(node, Listing):
        return Listing(tuple(_inner(config, item) for item in node.items), node.span)
    if isinstance(node, Mapping) and (part := Part("", node, node)).name is not None:
        return scheduler_of(config, part).node
    return node
