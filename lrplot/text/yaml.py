"""YAML text to a located tree. No other file imports the YAML library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from lrplot.diagnostics import Diagnostics, Source, Span, SpecError
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar
from lrplot.wording import cut

MOST_NODES = 200_000

_SURROGATES = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = ("null", "bool", "int", "float", "str")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(source: Source, text: str | None = None) -> Node:
    """The tree of one YAML document; `SpecError` if the text does not hold one.

    `text` is the part of the source to read, with spaces for what is left out; None for all of it.
    """
    report = Diagnostics()
    text = _SURROGATES.sub(_joined, source.text if text is None else text)
    try:
        tree = _Composer(source, report).compose(text)
    except yaml.YAMLError as error:
        _check_depth(source, text, error)
        report.error("syntax", *_syntax(source, text, error))
        tree = Mapping((), Span(source))
    report.raise_any()
    return tree


def _check_depth(source: Source, text: str, error: yaml.YAMLError) -> None:
    """Raise `SpecError` if the text nests too deeply before the place at which a parser stopped.

    A parser reads ahead: libyaml stops at its own limit of 1,000 levels, or at an error, before the
    events that lead there have arrived.
    """
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return
    try:
        _Composer(source, Diagnostics()).compose(text[: error.problem_mark.index])
    except yaml.YAMLError:
        return
    except SpecError as refusal:
        if refusal.diagnostics[-1].code == "too-deep":
            raise refusal from None


def _syntax(source: Source, text: str, error: yaml.YAMLError) -> tuple[str, Span]:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if mark and error.context_mark and mark.index >= len(text.rstrip()):
            mark = error.context_mark  # at the end of the text: what was opened and never closed
        problem = (error.problem or error.context or "not valid").strip()
        if mark and text[mark.index : mark.index + 1] == "\t":
            problem = "YAML forbids tabs for indentation; use spaces"
        span = _at(source, mark.line, mark.column) if mark else Span(source)
        return f"not valid YAML: {problem}", span
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position] if isinstance(error.position, int) else ""
        span = _at(source, before.count("\n"), len(before) - before.rfind("\n") - 1)
        return f"not valid YAML: {error.reason}", span
    return f"not valid YAML: {error}", Span(source)


def _joined(pair: re.Match[str]) -> str:
    """One YAML escape for the two escapes by which JSON writes a character beyond the basic plane."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _at(source: Source, line: int, column: int) -> Span:
    return Span(source, line=line, column=column, end_column=column + 1)


def _is_core(event: Any) -> bool:
    """Whether a node has one of YAML's own tags, such as `!!float`, that fits it."""
    kinds = {yaml.ScalarEvent: _SCALAR_TAGS, yaml.SequenceStartEvent: ("seq",), yaml.MappingStartEvent: ("map",)}
    return event.tag.startswith(_CORE) and event.tag.removeprefix(_CORE) in kinds[type(event)]


class _Composer:
    """Builds the tree from a parser's events; depth and size are checked while it grows."""

    def __init__(self, source: Source, report: Diagnostics) -> None:
        self.source = source
        self.report = report
        self.anchors: dict[str, Node] = {}
        self.nodes = 0
        self.measures: dict[int, tuple[int, int]] = {}

    def compose(self, text: str) -> Node:
        """The tree of the one document in a text."""
        events = yaml.parse(text, Loader=_Loader)
        documents: list[Node] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if documents:
                    message, help = "a file holds one spec, this one holds several", "put each into a file of its own"
                    raise self._refusal("several-documents", message, event, help)
                documents.append(self._node(next(events), events, 0))
        if not documents or (isinstance(documents[0], Scalar) and not documents[0].text):
            self.report.error("empty", "the spec is empty", Span(self.source), "start with `steps: 1000`")
        return documents[0] if documents else Mapping((), Span(self.source))

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > DEEPEST:
            raise self._refusal("too-deep", TOO_DEEP, event)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self._refusal("too-large", f"more than {MOST_NODES:,} values", event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        if event.tag is not None and not _is_core(event):
            self._refuse_tag(event)
        if isinstance(event, yaml.ScalarEvent):
            quoted = bool(event.style) if event.tag is None else event.tag == f"{_CORE}str"
            node: Node = Scalar(event.value, self._span(event), quoted)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._listing(event, events, depth)
        else:
            node = self._mapping(event, events, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _refuse_tag(self, event: Any) -> None:
        name = cut(event.tag.removeprefix("!"))
        help = "leave the tag out"
        if event.tag.startswith("!") and name:
            help = (
                f"leave it out; if it names a schedule, write `use: FRAMEWORK.{name}` (`lrplot kinds {name}` finds it)"
            )
        shown = event.tag.replace(_CORE, "!!")
        self.report.error("tag", f"the tag `{cut(shown)}` is not part of a spec", self._span(event), help)

    def _listing(self, start: Any, events: Iterator[Any], depth: int) -> Listing:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return Listing(tuple(items), self._span(start))

    def _mapping(self, start: Any, events: Iterator[Any], depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        repeated: list[Entry] = []
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                self.report.error("bad-key", "a key must be text, not a list or a mapping", key.span)
            elif key.text in entries:
                repeated.append(Entry(key, value))
            else:
                entries[key.text] = Entry(key, value)
        return Mapping(tuple(entries.values()), self._span(start), tuple(repeated))

    def _alias(self, event: Any, depth: int) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            raise self._refusal("bad-alias", f"`*{event.anchor}` refers to no anchor before it", event)
        size, height = self._measure(node)
        if depth + height > DEEPEST:
            raise self._refusal("too-deep", f"aliases nest more than {DEEPEST} levels deep", event)
        self.nodes += size - 1
        if self.nodes > MOST_NODES:
            raise self._refusal("too-large", f"aliases make more than {MOST_NODES:,} values", event)
        return node

    def _measure(self, node: Node) -> tuple[int, int]:
        """Number of nodes in a tree and its height, computed once for each node."""
        if id(node) not in self.measures:
            parts: list[Node] = []
            if isinstance(node, Listing):
                parts = list(node.items)
            elif isinstance(node, Mapping):
                parts = [part for entry in node for part in (entry.key, entry.value)]
            measures = [self._measure(part) for part in parts]
            size = 1 + sum(size for size, _ in measures)
            self.measures[id(node)] = (size, 1 + max((height for _, height in measures), default=0))
        return self.measures[id(node)]

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        same_line = start.line == end.line
        return Span(self.source, "", start.line, start.column, end.column if same_line else start.column + 1)

    def _refusal(self, code: str, message: str, event: Any, help: str | None = None) -> SpecError:
        self.report.error(code, message, self._span(event), help)
        return SpecError(*self.report)
