"""Interpolation: `${a.b}` in a value stands for another value of the same file, as in OmegaConf."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field, replace

from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.text.tree import DEEPEST, Entry, Listing, Mapping, Node, Scalar, describe
from lrplot.trainers.shared.config import Key, inside, is_set, unresolved, with_items, with_values

REFERENCE = re.compile(r"\$\{\s*(?P<path>\.*[\w-]+(?:\.[\w-]+|\[[\w-]+\])*)\s*\}")
MOST = 20_000  # values that are put in
LONGEST = 1 << 16  # characters of a text


def resolved(root: Mapping, document: Mapping) -> Mapping:
    """A program's mapping with the values that its references stand for, looked up in it and then in the whole file.

    A reference to nothing, to itself, or to something outside of the file stays as it is.
    """
    result = _Resolution(root, document).tree(root, ())
    assert isinstance(result, Mapping)
    return result


def arguments_of(section: Iterable[Entry] | None) -> dict[str, Node]:
    """The values that are set in a mapping, by its keys with their places.

    A `Fault` for a value that is not resolved in the file.
    """
    found: dict[str, Node] = {Key.of(each.key): each.value for each in section or () if is_set(each.value)}
    for name, value in found.items():
        if unresolved(value):
            message = f"`{name}` is {describe(value)}, which has no value in this file"
            raise Fault(message, code="undetermined", help="give the value by `--set`").at(value.span)
    return found


@dataclass
class _Resolution:
    root: Mapping
    document: Mapping
    put_in: int = 0
    depth: int = 0
    under_way: list[tuple[str, ...]] = field(default_factory=list)

    def tree(self, node: Node, path: tuple[str, ...]) -> Node:
        """A node at a path with its references resolved."""
        self.put_in += bool(self.under_way)
        self.depth += 1
        try:
            return self._tree(node, path)
        finally:
            self.depth -= 1

    def _tree(self, node: Node, path: tuple[str, ...]) -> Node:
        if isinstance(node, Mapping):
            return with_values(node, [(each, self.tree(each.value, (*path, each.key.text))) for each in node.entries])
        if isinstance(node, Listing):
            return with_items(node, [self.tree(each, (*path, str(index))) for index, each in enumerate(node.items)])
        return self.scalar(node, path) if "${" in node.text else node

    def scalar(self, node: Scalar, path: tuple[str, ...]) -> Node:
        """The meaning of a text: another value, or the text with the values of its references."""
        if match := REFERENCE.fullmatch(node.text.strip()):
            value = self.value(match["path"], path)
            return node if value is None else value
        if len(node.text) > LONGEST:
            return node
        return replace(node, text=REFERENCE.sub(lambda match: self.part(match, path), node.text), quoted=True)

    def part(self, match: re.Match[str], path: tuple[str, ...]) -> str:
        """The text that a reference within a text stands for."""
        value = self.value(match["path"], path)
        return value.text if isinstance(value, Scalar) and len(value.text) < len(match.string) + 256 else match[0]

    def value(self, reference: str, path: tuple[str, ...]) -> Node | None:
        """The value of a reference at a path; None if it has none."""
        if self.depth >= DEEPEST or self.put_in >= MOST:
            return None
        names = tuple(name for name in re.split(r"[.\[\]]+", reference.lstrip(".")) if name)
        if dots := len(reference) - len(reference.lstrip(".")):
            names = (*path[: max(len(path) - dots, 0)], *names)
        node = inside(self.root, names)
        node = inside(self.document, names) if node is None else node
        if node is None or names in self.under_way or _size(node, MOST - self.put_in) > MOST - self.put_in:
            return None
        self.under_way.append(names)
        value = self.tree(node, names)
        self.under_way.pop()
        return value


def _size(node: Node, most: int) -> int:
    """The number of values in a node, up to more than `most`."""
    if isinstance(node, Scalar):
        return 1
    total = 1
    for each in node.items if isinstance(node, Listing) else (entry.value for entry in node.entries):
        total += _size(each, most - total)
        if total > most:
            break
    return total
