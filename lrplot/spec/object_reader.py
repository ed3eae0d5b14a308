"""Python objects, and the TOML files that parse into them, to a tree."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.frozen import frozen
from lrplot.spec.toml_places import Place, Places, toml_places
from lrplot.spec.tree import Entry, Listing, Mapping, Node, Scalar
from lrplot.spec.yaml_reader import DEEPEST


def read_toml(source: Source) -> Node:
    """The tree of a TOML text, each key at its line."""
    text = source.text.replace("\r\n", "\n")
    try:
        content = tomllib.loads(text, parse_float=_Written)
    except tomllib.TOMLDecodeError as error:
        message, line, column = _toml_position(str(error), source.text)
        span = Span(source, line=line, column=column, end_column=column + 1)
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {message}", span)) from None
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else "an integer of thousands of digits"
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {reason}", Span(source))) from None
    return _Builder(source, toml_places(text)).node(content, "", 0)


def _toml_position(text: str, toml: str) -> tuple[str, int, int]:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", text)
    lines = toml.splitlines() or [""]
    if not found:
        return text, 0, 0
    if found[1] is None:
        return text[: found.start()], len(lines) - 1, len(lines[-1])
    return text[: found.start()], int(found[1]) - 1, int(found[2]) - 1


class _Written(str):
    """A number as its text, so that none of it is lost."""


def read_mapping(content: AnyMapping[Any, Any], name: str = "<mapping>") -> Node:
    """The tree of a Python mapping as a spec file would hold it; text counts as quoted."""
    return _Builder(Source(name), Places({}, {})).node(content, "", 0)


@frozen
class _Builder:
    """Makes the tree of Python objects out of one source."""

    source: Source
    places: Places

    def node(self, value: Any, path: str, depth: int) -> Node:
        """The tree of one object at `path`."""
        span = self._span(path, self.places.values)
        if depth > DEEPEST:
            raise SpecError(Diagnostic("too-deep", f"nested more than {DEEPEST} levels deep", span))
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
