"""Python objects to a tree."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar
from lrplot.wording import cut

HUGE_INTEGER = "an integer of thousands of digits"


class Literal(str):
    """A number as it is written, so that no digit is lost."""


@dataclass(frozen=True)
class Places:
    """Places by path (`schedule[1].for`), of keys and of values. A TOML table has its header's for both."""

    keys: AnyMapping[str, Span] = field(default_factory=dict)
    values: AnyMapping[str, Span] = field(default_factory=dict)


def read_mapping(content: AnyMapping[Any, Any], name: str = "<mapping>") -> Node:
    """The tree of a Python mapping as a spec file would hold it; text counts as quoted."""
    return tree_of(content, Source(name))


def tree_of(content: Any, source: Source, places: Places = Places()) -> Node:
    """The tree of Python objects read from a source; without a known place, a node has only its path."""
    return _Builder(source, places).node(content, "", 0)


@dataclass(frozen=True)
class _Builder:
    """Makes the tree of Python objects out of one source."""

    source: Source
    places: Places

    def node(self, value: Any, path: str, depth: int) -> Node:
        """The tree of one object at `path`."""
        span = self.places.values.get(path) or Span(self.source, path)
        if depth > DEEPEST:
            raise SpecError(Diagnostic("too-deep", TOO_DEEP, span))
        if type(value).__module__ == "numpy":
            value = value.tolist()
        if isinstance(value, AnyMapping):
            return Mapping(tuple(self._entry(key, item, path, depth) for key, item in value.items()), span)
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            items = (self.node(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value))
            return Listing(tuple(items), span)
        return _scalar(value, span)

    def _entry(self, key: Any, item: Any, path: str, depth: int) -> Entry:
        inner = f"{path}.{key}" if path else str(key)
        span = self.places.keys.get(inner) or Span(self.source, inner)
        return Entry(Scalar(str(key), span), self.node(item, inner, depth + 1))


def _scalar(value: Any, span: Span) -> Scalar:
    if isinstance(value, str):
        return Scalar(value, span, quoted=not isinstance(value, Literal))
    if isinstance(value, bool) or value is None:
        return Scalar({True: "true", False: "false", None: "null"}[value], span)
    if isinstance(value, Integral):
        try:
            return Scalar(str(int(value)), span)
        except ValueError:
            raise SpecError(Diagnostic("bad-number", HUGE_INTEGER, span)) from None
    if isinstance(value, Real):
        return Scalar(repr(float(value)), span)
    raise SpecError(Diagnostic("bad-type", f"a spec cannot hold a {type(value).__name__}: `{cut(str(value))}`", span))
