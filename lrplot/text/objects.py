"""Python objects to a tree."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.text.toml_places import Place, Places
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar


class _Written(str):
    """A number as its text, so that none of it is lost."""


def read_mapping(content: AnyMapping[Any, Any], name: str = "<mapping>") -> Node:
    """The tree of a Python mapping as a spec file would hold it; text counts as quoted."""
    return _Builder(Source(name), Places({}, {})).node(content, "", 0)


@dataclass(frozen=True)
class _Builder:
    """Makes the tree of Python objects out of one source."""

    source: Source
    places: Places

    def node(self, value: Any, path: str, depth: int) -> Node:
        """The tree of one object at `path`."""
        span = self._span(path, self.places.values)
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
        return Entry(Scalar(str(key), self._span(inner, self.places.keys)), self.node(item, inner, depth + 1))

    def _span(self, path: str, places: AnyMapping[str, Place]) -> Span:
        place = places.get(path)
        if place is None:
            return Span(self.source, path)
        return Span(self.source, path, place.line, place.column, place.end_column)


def _scalar(value: Any, span: Span) -> Scalar:
    if isinstance(value, str):
        return Scalar(value, span, quoted=not isinstance(value, _Written))
    if isinstance(value, bool) or value is None:
        return Scalar({True: "true", False: "false", None: "null"}[value], span)
    if isinstance(value, Integral):
        return Scalar(_digits(int(value), span), span)
    if isinstance(value, Real):
        return Scalar(repr(float(value)), span)
    raise SpecError(Diagnostic("bad-type", f"a {type(value).__name__} has no place in a spec: `{value!s:.60}`", span))


def _digits(value: int, span: Span) -> str:
    try:
        return str(value)
    except ValueError:
        raise SpecError(Diagnostic("bad-number", "an integer of thousands of digits", span)) from None
