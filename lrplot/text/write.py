"""A tree to YAML text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence

from lrplot.diagnostics import Span
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar

_PLAIN = re.compile(r"[\w.+-][\w.+/%-]*(?: [\w.+/%-]+)*")  # also a number, or an amount with its unit
_WORD = re.compile(r"(?!(?:true|false|null|nan|inf)$)[A-Za-z_][\w./-]*", re.IGNORECASE)


def write_yaml(tree: Mapping, comment: Callable[[Span], str] = lambda span: "", head: Sequence[str] = ()) -> str:
    """The text of a tree, a key a line, below the comments of `head`.

    `comment` gives the comment after a value, empty for none.
    """
    return "".join(f"{line}\n" for line in (*(f"# {_shown(line)}" for line in head), *_entries(tree, comment)))


def _entries(node: Mapping, comment: Callable[[Span], str]) -> Iterator[str]:
    for entry in node.entries:
        yield from _entry(entry, comment)


def _entry(entry: Entry, comment: Callable[[Span], str]) -> Iterator[str]:
    key, value = _text(entry.key), entry.value
    if isinstance(value, Scalar):
        yield f"{key}: {_text(value)}".rstrip() + _remark(comment(value.span))
    elif not _inner(value):
        yield f"{key}: {'{}' if isinstance(value, Mapping) else '[]'}"
    else:
        yield f"{key}:"
        yield from (f"  {line}" for line in _lines(value, comment))


def _lines(node: Node, comment: Callable[[Span], str]) -> Iterator[str]:
    match node:
        case Mapping():
            yield from _entries(node, comment)
        case Listing():
            for item in node.items:
                yield from _item(item, comment)
        case Scalar():
            yield _text(node) + _remark(comment(node.span))


def _item(item: Node, comment: Callable[[Span], str]) -> Iterator[str]:
    """An item of a list: its first line after the dash, the others below it."""
    if not isinstance(item, Scalar) and not _inner(item):
        yield "- {}" if isinstance(item, Mapping) else "- []"
        return
    first, *others = _lines(item, comment)
    yield f"- {first}"
    yield from (f"  {line}" for line in others)


def _inner(node: Mapping | Listing) -> tuple[Entry, ...] | tuple[Node, ...]:
    return node.entries if isinstance(node, Mapping) else node.items


def _text(scalar: Scalar) -> str:
    """A scalar as YAML reads it back: what could be taken for anything else is in quotes."""
    safe = _WORD if scalar.quoted else _PLAIN
    if safe.fullmatch(scalar.text) or (not scalar.text and not scalar.quoted):
        return scalar.text
    return json.dumps(scalar.text, ensure_ascii=False)


def _remark(text: str) -> str:
    return f"  # {_shown(text)}" if text else ""


def _shown(text: str) -> str:
    """Text for a comment: what would end its line, or act on a terminal, is a question mark."""
    return "".join(char if char.isprintable() else "?" for char in text)
