"""A config as its reader sees it: values with their places, the facts of the run, the version whose rules hold."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Any

from lrplot.diagnostics import Diagnostic, Diagnostics, Fault, Span
from lrplot.schema.arguments import NO_FRAME, Argument, Arguments
from lrplot.schema.binder import Binder, is_null
from lrplot.schema.fields import Field
from lrplot.schema.scalars import is_bare_number
from lrplot.schema.types import Count
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar, describe
from lrplot.wording import did_you_mean

FactField = Annotated[int | None, Count()]


@dataclass(frozen=True)
class Facts:
    """What a config may leave open, and its user knows.

    Args:
        steps: updates of the run
        epochs: epochs of the run
        dataset_size: training examples
        steps_per_epoch: updates per epoch
        devices: processes that train
        batch_size: examples per update
        sequence_length: tokens in an example
    """

    steps: FactField = None
    epochs: FactField = None
    dataset_size: FactField = None
    steps_per_epoch: FactField = None
    devices: FactField = None
    batch_size: FactField = None
    sequence_length: FactField = None


FACTS = tuple(each.name for each in fields(Facts))
VALUES = {
    "steps": "1000",
    "epochs": "3",
    "dataset_size": "50000",
    "steps_per_epoch": "500",
    "devices": "8",
    "batch_size": "256",
    "sequence_length": "2048",
}


class ConfigBinder(Binder):
    """Reads a program's keys; other keys are ignored.

    `near` holds the keys that look like a misspelt one that matters.
    """

    near: list[tuple[Entry, str]]

    def __init__(self, report: Diagnostics, folder: Any) -> None:
        super().__init__(report, folder)
        self.near = []

    def arguments(
        self, owner: str, fields: tuple[Field, ...], node: Mapping, place: Span | None = None, naming: str = ""
    ) -> Arguments:
        """The fields of a mapping."""
        self._matter = [each.name for each in fields if each.role is not None]
        return super().arguments(owner, fields, node, place, naming)

    def _unknown(self, owner: str, entry: Entry, known: list[str]) -> None:
        help = did_you_mean(entry.key.text, self._matter, "")
        if help:
            self.near.append((entry, help))

    def _entry(self, field: Field, entry: Entry) -> Argument | None:
        left_out = is_null(entry.value) or is_auto(entry.value) or is_empty(entry.value)
        return None if left_out else super()._entry(field, entry)


@dataclass
class Config:
    """The config of one program, and what is known besides.

    `version` is the one whose rules hold. `open` reads a text that is JSON, or the file
    that it names. `derivation` and `remarks` collect what the page says.
    """

    root: Mapping
    arguments: Arguments
    facts: Arguments
    version: str
    open: Callable[[Scalar], Node]
    derivation: list[str] = field(default_factory=list)
    remarks: list[Diagnostic] = field(default_factory=list)

    def since(self, version: str) -> bool:
        """Whether the rules of a version hold, or later ones."""
        return _parts(self.version) >= _parts(version)

    def given(self, *names: str) -> bool:
        """Whether the config has all of these keys."""
        return all(name in {each.name for each in self._given()} for name in names)

    def _given(self) -> list[Field]:
        return [each for each in self.arguments.fields if each.parameter in self.arguments.given]

    def node(self, name: str) -> Node | None:
        """The value of a key as it stands in the config; None if it is absent."""
        return self.root.get(name) if self.given(name) else None

    def inner(self, name: str) -> Mapping | None:
        """The mapping at a key: as it stands, as JSON in a text, or in the file that the key names; None if unset."""
        node = self.root.get(name)
        if node is None or is_null(node) or is_empty(node):
            return None
        if isinstance(node, Scalar):
            node = self.open(node)
        if not isinstance(node, Mapping):
            raise Fault(f"`{name}` must be a mapping, not {describe(node)}", code="bad-type").at(node.span)
        return node

    def at(self, value: Any, *names: str) -> Node:
        """A value of the spec at the place of the first of some keys or facts that is given."""
        place = self.arguments.place(*names)
        if place is self.arguments.span:
            place = self.facts.place(*names)
            place = self.arguments.span if place is self.facts.span else place
        return tree_of(value, place)

    def fact(self, name: str) -> int | None:
        """A fact of the run; None if its user does not give it."""
        value: int | None = self.facts.known(NO_FRAME)[name]
        return value

    def remark(self, severity: str, code: str, message: str, name: str, help: str | None = None) -> None:
        """Report something odd at a key."""
        self.remarks.append(Diagnostic(code, message, self.arguments.place(name), help, severity))


def is_auto(node: Node) -> bool:
    """Whether a value is `auto`: another program fills it in."""
    return isinstance(node, Scalar) and node.text == "auto"


def is_empty(node: Node) -> bool:
    """Whether a value is the empty text, which is unset."""
    return isinstance(node, Scalar) and not node.text


def scalar_at(value: Any, place: Span) -> Node:
    """A value at a place; a scalar as it is written, but there."""
    return replace(value, span=place) if isinstance(value, Scalar) else tree_of(value, place)


def unquoted(node: Node) -> Node:
    """The tree with each number in quotes as a number: programs write `"0.0001"` and read it as 1e-4."""
    if isinstance(node, Mapping):
        entries = tuple(replace(each, value=unquoted(each.value)) for each in node.entries)
        return replace(node, entries=entries)
    if isinstance(node, Listing):
        return replace(node, items=tuple(map(unquoted, node.items)))
    return replace(node, quoted=False) if node.quoted and is_bare_number(node.text) else node


def missing(what: str, *alternatives: tuple[str, ...]) -> Fault:
    """The fault of a config that does not hold a fact: `what` is missing, and each alternative supplies it."""
    ways = (" ".join(f"--set {name}={VALUES.get(name, 'N')}" for name in names) for names in alternatives)
    return Fault(
        f"the config does not say {what}", code="missing-fact", help="add " + ", or ".join(f"`{each}`" for each in ways)
    )


def tree_of(value: Any, place: Span) -> Node:
    """The tree of a spec's part: nodes as they are, all else at `place`; entries that are None are left out."""
    if isinstance(value, Scalar | Listing | Mapping):
        return value
    if isinstance(value, AnyMapping):
        pairs = ((key, item) for key, item in value.items() if item is not None)
        return Mapping(tuple(Entry(Scalar(key, place), tree_of(item, place)) for key, item in pairs), place)
    if isinstance(value, list | tuple):
        return Listing(tuple(tree_of(item, place) for item in value), place)
    if isinstance(value, bool):
        return Scalar(str(value).lower(), place)
    if isinstance(value, str):
        return Scalar(value, place, quoted=True)
    return Scalar(repr(value), place)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.replace("-", ".").split("."))
