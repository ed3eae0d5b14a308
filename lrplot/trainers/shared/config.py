"""A config as its reader sees it: values with their places, the facts of the run, the version whose rules hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import field, fields, replace
from functools import cache, cached_property
from operator import is_
from pathlib import Path
from typing import Annotated, Any

from lrplot.diagnostics import Diagnostic, Diagnostics, Fault, Severity, Span
from lrplot.lazy import dataclass
from lrplot.schema.arguments import NO_FRAME, Argument, Arguments
from lrplot.schema.binder import INVALID, Binder, is_null
from lrplot.schema.fields import Field
from lrplot.schema.scalars import is_bare_number, read_number
from lrplot.schema.types import Count, FieldType, Text
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar, describe

FactField = Annotated[int | None, Count()]


@dataclass(frozen=True)
class Facts:
    """Facts that a config may leave open, and its user knows.

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
CLOSE = 0.9  # how alike a misspelt key and the one that is meant are
# Examples of facts, and of keys by the last part of their path.
VALUES = {
    "steps": "1000",
    "epochs": "3",
    "dataset_size": "50000",
    "steps_per_epoch": "500",
    "devices": "8",
    "batch_size": "256",
    "sequence_length": "2048",
    "nc": "80",
    "max_epochs": "3",
    "epoch": "100",
    "epoch_num": "100",
    "max_tokens": "1_000_000_000",
    "max_seq_len": "2048",
    "global_train_batch_size": "256",
    "hidden_size": "512",
    "max_train_steps": "1000",
    "total_steps": "1000",
    "T_max": "100",
    "train_batch_size": "16",
    "num_train_epochs": "3",
    "learning_rate": "1e-4",
    "lr_gen": "1e-4",
    "decay_steps": "1000",
    "total_decay_steps": "1000",
    "warmup_steps": "100",
    "decay_rate": "0.1",
    "lr": "1e-4",
    "initial_learning_rate": "0.1",
    "lr0": "0.01",
    "lrf": "0.01",
    "min_lr_rate": "0.1",
    "num_decay_steps": "100",
    "interval": "step",
}


class ConfigBinder(Binder):
    """Reads a program's keys; other keys are ignored.

    `misspelt` holds the entries that are ignored although they look like a key that matters, that key, and whether no
    other entry beside them looks like it.
    """

    def __init__(self, report: Diagnostics, folder: Path) -> None:
        super().__init__(report, folder)
        self.misspelt: list[tuple[Entry, str, bool]] = []

    def arguments(self, owner: str, fields: tuple[Field, ...], node: Mapping, *others: Any, **named: Any) -> Arguments:
        """The fields of a mapping."""
        keys = _keys(fields)
        similar = [
            (entry, key)
            for entry in node
            if entry.key.text not in keys.letters and (key := keys.misspelt(entry.key.text, node))
        ]
        meant = [key for _, key in similar]
        self.misspelt += ((entry, key, meant.count(key) == 1) for entry, key in similar)
        return super().arguments(owner, fields, node, *others, **named)

    def _unknown(self, owner: str, entry: Entry, *others: Any) -> str:
        """Ignore a key that is not read."""
        return ""

    def _repeated(self, entry: Entry, node: Mapping) -> None:
        """Ignore a key that is given again."""

    def _entry(self, field: Field, entry: Entry) -> Argument | None:
        if not is_set(entry.value):
            return None
        if field.role is not None and unresolved(entry.value):
            return self._refused(f"`{field.name}`", entry.value)
        return super()._entry(field, entry)

    def value(self, type_: FieldType, node: Node, what: str) -> Argument:
        """One value and its place; one that is not resolved in the file is refused, unless it is a mere text."""
        if unresolved(node) and not isinstance(type_, Text):
            return self._refused(what, node)
        return super().value(type_, node, what)

    def _refused(self, what: str, node: Node) -> Argument:
        message = f"{what} is {describe(node)}, which has no value in this file"
        self.report.error("undetermined", message, node.span, "give the value by `--set`")
        return Argument(INVALID, node.span)


class _Keys:
    """The keys of a mapping, by what a misspelling keeps of them: about their length, or the words they begin with."""

    def __init__(self, names: Iterable[str]) -> None:
        self.letters = {name: set(name) for name in names}
        self.by_length: dict[int, list[tuple[str, float]]] = {}  # of the misspelling, as far as asked for
        self.by_beginning: dict[str, list[str]] = {}
        for name in self.letters:
            for end in re.finditer("_", name):
                self.by_beginning.setdefault(name[: end.start()], []).append(name)

    def misspelt(self, name: str, node: Mapping) -> str:
        """The key that another name in a mapping stands for, if the mapping does not have it; empty if there is none.

        The name is all but equal, or the key without its last words.
        """
        letters = set(name)
        similar = [key for key, most in self._near(len(name)) if len(letters ^ self.letters[key]) <= most]
        if absent := [key for key in similar if node.get(key) is None]:
            from difflib import get_close_matches  # most files need it for none of their keys

            if close := get_close_matches(name, absent, n=1, cutoff=CLOSE):
                return close[0]
        return next((key for key in self.by_beginning.get(name, ()) if node.get(key) is None), "")

    def _near(self, length: int) -> list[tuple[str, float]]:
        """The keys that can be as alike as `CLOSE` to a name of some letters, and how many they may not share."""
        if length not in self.by_length:
            allowed = ((key, (1 - CLOSE) * (length + len(key))) for key in self.letters)
            self.by_length[length] = [(key, most) for key, most in allowed if abs(length - len(key)) <= most]
        return self.by_length[length]


@cache  # many configs of a program have the same
def _keys(fields: tuple[Field, ...]) -> _Keys:
    return _Keys(each.name for each in fields)


@dataclass(frozen=True)
class Config:
    """The config of one program, and what is known besides.

    Keys are given by their path from the program's own mapping, such as `optimizer.lr`. `document` is the whole
    file, which may hold more than that mapping. `version` is the one whose rules hold. `open` reads a text at a
    key that is JSON, or the file that it names. `derivation` and `remarks` collect what the page says.
    """

    root: Mapping
    document: Mapping
    facts: Arguments
    version: str
    open: Callable[[Scalar, str], Node]
    derivation: list[str] = field(default_factory=list)
    remarks: list[Diagnostic] = field(default_factory=list)

    def since(self, version: str) -> bool:
        """Whether the rules of a version hold, or later ones."""
        return _parts(self.version) >= _parts(version)

    def node(self, path: str) -> Node | None:
        """The value of a key as it stands in the config; None if it is unset."""
        return find(self.root, path)

    def inner(self, path: str) -> Mapping | None:
        """The mapping at a key: as it stands, as JSON in a text, or in the file that the key names; None if unset."""
        node = self.node(path)
        if isinstance(node, Scalar):
            node = self.open(node, path)
        if node is not None and not isinstance(node, Mapping):
            raise Fault(f"`{path}` must be a mapping, not {describe(node)}", code="bad-type").at(node.span)
        return node

    def fact(self, name: str) -> int | None:
        """A fact of the run; None if its user does not give it."""
        value: int | None = self._known[name]
        return value

    @cached_property
    def _known(self) -> dict[str, Any]:
        return self.facts.known(NO_FRAME)

    def place(self, *paths: str) -> Span:
        """The place of the first of some keys or facts that is given, or else of the whole config."""
        for path in paths:
            if given := self.node(path) or self.facts.given.get(path):
                return given.span
        return self.root.span

    def at(self, value: Any, *paths: str) -> Node:
        """A value of the spec at the place of the first of some keys or facts that is given."""
        return tree_of(value, self.place(*paths))

    def remark(self, severity: Severity, code: str, message: str, path: str, help: str) -> None:
        """Report something odd at a key."""
        self.remarks.append(Diagnostic(code, message, self.place(path), help, severity))


def find(root: Mapping, path: str) -> Node | None:
    """The value at a path of keys, and of numbers in lists; None if it is unset."""
    node = inside(root, path.split("."))
    return node if node is not None and is_set(node) else None


def inside(node: Node | None, names: Iterable[str]) -> Node | None:
    """The value within another one by keys, and by numbers in lists; None if there is none."""
    for name in names:
        if isinstance(node, Listing) and name.isdecimal() and len(name) < 9:
            node = node.items[int(name)] if int(name) < len(node.items) else None
        else:
            node = node.get(name) if isinstance(node, Mapping) else None
    return node


def is_set(node: Node) -> bool:
    """Whether a value is more than null, the empty text, `auto`, or the None of a Python program's dump."""
    return not (is_null(node) or is_auto(node) or (isinstance(node, Scalar) and node.text in ("", "None")))


def is_auto(node: Node) -> bool:
    """Whether a value is `auto`: another program fills it in."""
    return isinstance(node, Scalar) and node.text == "auto"


def whole(node: Node | None) -> int | None:
    """The whole number above 0 that a value is; None for any other."""
    text = node.text.replace("_", "") if isinstance(node, Scalar) else ""
    return (int(text) or None) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def number(node: Node | None) -> float | None:
    """The number that a value is; None for any other."""
    return number_in(node.text) if isinstance(node, Scalar) and not node.computed else None


def number_in(text: str) -> float | None:
    """The number that a text is; None if it is none, or beyond the range of float64."""
    try:
        value = read_number(text)
    except Fault:
        return None
    return None if value is None else float(value)


def unresolved(node: Node) -> bool:
    """Whether a value is left to something outside of the file: `${…}`, `$NAME`, `$(…)`, `???` or a computation."""
    if not isinstance(node, Scalar):
        return False
    return node.computed or node.text == "???" or re.search(r"\$[\w{(]", node.text) is not None


def scalar_at(value: Any, place: Span) -> Node:
    """A value at a place; a scalar as it is written, but there."""
    return replace(value, span=place) if isinstance(value, Scalar) else tree_of(value, place)


def unquoted(node: Node) -> Node:
    """The tree as programs read it.

    Numbers in quotes are numbers (`"0.0001"`), merge keys (`<<`) are resolved, and of a repeated key the last counts.
    """
    if isinstance(node, Mapping):
        entries = [(each, unquoted(each.value)) for each in _merged(node)]
        return with_values(node, entries) if not node.repeated else replace(with_values(node, entries), repeated=())
    if isinstance(node, Listing):
        return with_items(node, list(map(unquoted, node.items)))
    return replace(node, quoted=False) if node.quoted and is_bare_number(node.text) else node


def with_values(node: Mapping, pairs: Sequence[tuple[Entry, Node]]) -> Mapping:
    """A mapping with other values for some entries: the same object if nothing changes, as in most of a config."""
    if len(pairs) == len(node.entries) and all(
        each is old and value is old.value for (each, value), old in zip(pairs, node.entries, strict=True)
    ):
        return node
    return replace(node, entries=tuple(Entry(each.key, value) for each, value in pairs))


def with_items(node: Listing, items: Sequence[Node]) -> Listing:
    """A list with other items: the same object if nothing changes."""
    return node if all(map(is_, items, node.items)) else replace(node, items=tuple(items))


def _merged(node: Mapping) -> tuple[Entry, ...]:
    """The entries of a mapping, and those of the mappings at its merge keys, of which the first of a name counts."""
    if not node.repeated and node.get("<<") is None:
        return node.entries
    entries = {each.key.text: each for each in (*node.entries, *node.repeated) if each.key.text != "<<"}
    for each in (*node.entries, *node.repeated):
        if each.key.text == "<<":
            for source in each.value.items if isinstance(each.value, Listing) else (each.value,):
                for entry in _merged(source) if isinstance(source, Mapping) else ():
                    entries.setdefault(entry.key.text, entry)
    return tuple(entries.values())


class Missing(Fault):
    """The fault of a config that does not hold a fact: `what` is missing, and each of `ways` supplies it."""

    def __init__(self, what: str, ways: tuple[tuple[str, ...], ...]) -> None:
        settings = (" ".join(f"--set {_supplied(name)}" for name in names) for names in ways)
        help = "add " + ", or ".join(f"`{each}`" for each in settings)
        super().__init__(f"the config does not say {what}", code="missing-fact", help=help)
        self.what = what
        self.ways = ways

    def __reduce__(self) -> tuple[Any, ...]:
        return Missing, (self.what, self.ways), self.__dict__


def missing(what: str, *ways: tuple[str, ...]) -> Missing:
    """The fault of a config that does not hold a fact, and the names of facts that supply it together, by way.

    A way may be keys, too, each with its value after a `=` if `VALUES` has none for it.
    """
    return Missing(what, ways)


def _supplied(name: str) -> str:
    """A fact or key with an example of its value."""
    return name if "=" in name else f"{name}={VALUES.get(name.rpartition('.')[2], 'N')}"


class Key(str):
    """A key of a config, with its place: a mapping for a spec in which it is one keeps the place."""

    span: Span

    @classmethod
    def of(cls, scalar: Scalar) -> Key:
        """The key that a scalar is."""
        key = cls(scalar.text)
        key.span = scalar.span
        return key


def tree_of(value: Any, place: Span) -> Node:
    """The tree of a spec's part: nodes and keys of a config as they are, all else at `place`; None is left out."""
    if isinstance(value, Node):
        return value
    if isinstance(value, AnyMapping):
        pairs = ((key, tree_of(item, place)) for key, item in value.items() if item is not None)
        keyed = (Entry(Scalar(str(key), key.span if isinstance(key, Key) else place), node) for key, node in pairs)
        return Mapping(tuple(keyed), place)
    if isinstance(value, list | tuple):
        return Listing(tuple(tree_of(item, place) for item in value), place)
    if isinstance(value, bool):
        return Scalar(str(value).lower(), place)
    if isinstance(value, str):
        return Scalar(value, place, quoted=True)
    return Scalar(repr(value), place)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.replace("-", ".").split("."))
