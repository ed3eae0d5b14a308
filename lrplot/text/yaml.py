"""YAML text to a located tree. No other file imports the YAML library."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from lrplot.diagnostics import Diagnostics, Source, Span, SpecError
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar
from lrplot.wording import cut

MOST_NODES = 100_000

_SURROGATES = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_CORE = "tag:yaml.org,2002:"
_PYTHON = f"{_CORE}python/"
_SCALAR_TAGS = ("null", "bool", "int", "float", "str")
_SHORTER = len(r"\ud83d\ude00") - len(r"\U0001f600")  # what the escape lacks that replaces a pair of them
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(source: Source, text: str | None = None, *, tagged: bool = False, language: str = "YAML") -> Node:
    """The tree of one YAML document; `SpecError` if the text does not hold one.

    `text` is the part of the source to read, with spaces for what is left out; None for all of it. If `tagged`, a
    program's own tags are allowed: what Python would construct is computed, any other value keeps its tag.
    `language` names the text in an error.
    """
    report = Diagnostics()
    text = source.text if text is None else text
    places = _Places(source, text)
    text = _SURROGATES.sub(_joined, text)
    try:
        tree = _Composer(places, report, tagged).compose(text)
    except yaml.YAMLError as error:
        _check_depth(places, text, error)
        problem, place = _syntax(places, text, error)
        report.error("syntax", f"not valid {language}: {problem}", place)
        tree = Mapping((), places.span(0, 1))
    report.raise_any()
    return tree


class _Places:
    """The places in a source of what a parser reads, whose text has one escape for each pair of surrogates."""

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.pairs = [match.end() - i * _SHORTER for i, match in enumerate(_SURROGATES.finditer(text), 1)]

    def span(self, start: int, stop: int) -> Span:
        """The place of characters start … stop − 1 of the parser's text."""
        if not self.pairs:  # nearly every text
            return self.source.span(start, stop)
        return self.source.span(self._written(start), self._written(stop))

    def _written(self, index: int) -> int:
        return index + bisect_right(self.pairs, index) * _SHORTER


def _check_depth(places: _Places, text: str, error: yaml.YAMLError) -> None:
    """Raise `SpecError` if the text nests too deeply before the place at which a parser stopped.

    A parser reads ahead: libyaml stops at its own limit of 1,000 levels, or at an error, before the
    events that lead there have arrived.
    """
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return
    try:
        _Composer(places, Diagnostics()).compose(text[: error.problem_mark.index])
    except yaml.YAMLError:
        return
    except SpecError as refusal:
        if refusal.diagnostics[-1].code == "too-deep":
            raise refusal from None


def _syntax(places: _Places, text: str, error: yaml.YAMLError) -> tuple[str, Span]:
    index, problem = 0, str(error)
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if mark and error.context_mark and mark.index >= len(text.rstrip()):
            mark = error.context_mark  # at the end of the text: what was opened and never closed
        index = mark.index if mark else 0
        problem = (error.problem or error.context or "not valid").strip()
        if mark and text[index : index + 1] == "\t":
            problem = "YAML forbids tabs for indentation; use spaces"
    elif isinstance(error, yaml.reader.ReaderError):
        index, problem = error.position, error.reason
        if error.encoding != "unicode":  # libyaml counts bytes
            index = len(text.encode()[:index].decode(errors="ignore"))
    return problem, places.span(index, index + 1)


def _joined(pair: re.Match[str]) -> str:
    """One YAML escape for the two escapes by which JSON writes a character beyond the basic plane."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _is_core(event: Any) -> bool:
    """Whether a node has one of YAML's own tags, such as `!!float`, that fits it."""
    kinds = {yaml.ScalarEvent: _SCALAR_TAGS, yaml.SequenceStartEvent: ("seq",), yaml.MappingStartEvent: ("map",)}
    return event.tag.startswith(_CORE) and event.tag.removeprefix(_CORE) in kinds[type(event)]


class _Composer:
    """Builds the tree from a parser's events; depth and size are checked while it grows."""

    def __init__(self, places: _Places, report: Diagnostics, tagged: bool = False) -> None:
        self.places = places
        self.report = report
        self.tagged = tagged
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
            self.report.error("empty", "the spec is empty", Span(self.places.source), "start with `steps: 1000`")
        return documents[0] if documents else Mapping((), self.places.span(0, 1))

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > DEEPEST:
            raise self._refusal("too-deep", TOO_DEEP, event)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self._refusal("too-large", f"more than {MOST_NODES:,} values", event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        tag = event.tag
        foreign = tag is not None and not _is_core(event)
        if foreign and not self.tagged:
            self._refuse_tag(event)
        if isinstance(event, yaml.ScalarEvent):
            quoted = bool(event.style) if tag is None else tag == f"{_CORE}str"
            node: Node = Scalar(event.value, self._span(event), quoted)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._listing(event, events, depth)
        else:
            node = self._mapping(event, events, depth)
        if foreign and self.tagged:
            computed = tag.startswith(_PYTHON)
            name = cut(tag.replace(_CORE, "!!"))
            node = Scalar(name, node.span, computed=True) if computed else replace(node, tag=tag)
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
        return self.places.span(event.start_mark.index, event.end_mark.index)

    def _refusal(self, code: str, message: str, event: Any, help: str | None = None) -> SpecError:
        self.report.error(code, message, self._span(event), help)
        return SpecError(*self.report)
