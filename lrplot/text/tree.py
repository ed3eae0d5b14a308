"""A spec as a tree of scalars, lists and mappings, each with its place.

A `tag` is the name that a YAML text gives a value, such as `!CosineDecay`; empty if it has none, or one of YAML's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lrplot.diagnostics import Span
from lrplot.lazy import dataclass
from lrplot.wording import cut

DEEPEST = 50  # levels of nesting in a tree
TOO_DEEP = f"nested more than {DEEPEST} levels deep"


@dataclass(frozen=True)
class Scalar:
    """A word, number or text. If `quoted`, it is text and not a number.

    If `computed`, it is an expression of a program, whose value only the running program knows.
    """

    text: str
    span: Span
    quoted: bool = False
    computed: bool = False
    tag: str = ""


@dataclass(frozen=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    span: Span
    tag: str = ""


@dataclass(frozen=True)
class Entry:
    """A key and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True)
class Mapping:
    """A mapping; `entries` holds each key once, `repeated` the further entries with a key that is there already."""

    entries: tuple[Entry, ...]
    span: Span
    repeated: tuple[Entry, ...] = ()
    tag: str = ""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    @cached_property
    def _values(self) -> dict[str, Node]:
        return {entry.key.text: entry.value for entry in reversed(self.entries)}

    def get(self, name: str) -> Node | None:
        """The value of a key; None if there is no such key."""
        return self._values.get(name)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all keys in it, at any depth."""
        names: set[str] = set()
        left: list[Node] = [self]
        while left:
            node = left.pop()
            if isinstance(node, Mapping):
                names.update(entry.key.text for entry in node.entries)
                left += (entry.value for entry in node.entries)
            elif isinstance(node, Listing):
                left += node.items
        return frozenset(names)


Node = Scalar | Listing | Mapping


def describe(node: Node) -> str:
    """A node in words, for a message."""
    match node:
        case Mapping():
            return "a mapping"
        case Listing():
            return "a list"
        case Scalar(text=text, quoted=True):
            return f'the text "{cut(text)}"'
        case Scalar(text=text):
            return f"`{cut(text)}`" if text else "nothing"
