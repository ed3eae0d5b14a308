"""JSON text to a located tree, with the comments that programs allow in it."""

from __future__ import annotations

import re
from dataclasses import replace

from lrplot.diagnostics import Source, Span, SpecError
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar
from lrplot.text.yaml import read_yaml

_TEXT_OR_COMMENT = r'(?s)"(?:\\.|[^"\\\n])*"|(?P<comment>//[^\n]*|/\*.*?\*/)'


def read_json(source: Source, text: str | None = None) -> Node:
    """The tree of a JSON text, which is YAML but for comments: `// …` and `/* … */`.

    `text` is the part of the source to read, as in `read_yaml`.
    """
    text = source.text if text is None else text
    if "//" in text or "/*" in text:
        text = re.sub(_TEXT_OR_COMMENT, _blank, text)
    return read_yaml(source, text, language="JSON")


def read_inner_json(value: Scalar) -> Node:
    """The tree of a JSON text that is a value in a source, each node at its place there.

    If the text is written otherwise in the source, such as with escapes, all nodes are at the place of the value.
    """
    span = value.span
    if span.line is not None and span.source.text:
        column = span.source.lines[span.line].find(value.text, span.column, span.end_column)
        if column >= 0:
            return read_json(span.source, " " * span.source.index(span.line, column) + value.text)
    try:
        return _moved(read_json(Source(span.source.name, value.text)), span)
    except SpecError as error:
        raise SpecError(*(replace(each, span=span) for each in error.diagnostics)) from None


def _moved(node: Node, span: Span) -> Node:
    """A tree all of which is at one place."""
    if isinstance(node, Mapping):
        entries, repeated = (
            tuple(Entry(replace(each.key, span=span), _moved(each.value, span)) for each in part)
            for part in (node.entries, node.repeated)
        )
        return replace(node, entries=entries, span=span, repeated=repeated)
    if isinstance(node, Listing):
        return replace(node, items=tuple(_moved(each, span) for each in node.items), span=span)
    return replace(node, span=span)


def _blank(match: re.Match[str]) -> str:
    """A comment as spaces, a text in quotes as it is."""
    return match[0] if match["comment"] is None else re.sub(r"[^\n]", " ", match[0])
