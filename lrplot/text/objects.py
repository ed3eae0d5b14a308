"""Python objects to a tree."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import field
from numbers import Integral, Real
from typing import Any

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.lazy import dataclass
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar
from lrplot.wording import cut

HUGE_INTEGER = "an integer of thousands of digits"
MOST_REPEATED = 50_000  # values that are read again, because several places hold the same list or mapping

Path = tuple[str | int, ...]  # of a value: keys, and numbers of items


class Literal(str):
    """A number as it is written, so that no digit is lost."""


@dataclass(frozen=True)
class Places:
    """Places by path, of keys and of values. A TOML table has its header's for both."""

    keys: AnyMapping[Path, Span] = field(default_factory=dict)
    values: AnyMapping[Path, Span] = field(default_factory=dict)


NOWHERE = Places()


def read_mapping(content: AnyMapping[Any, Any], name: str = "<mapping>") -> Node:
    """The tree of a Python mapping as a spec file would hold it; text counts as quoted."""
    return tree_of(content, Source(name))


def tree_of(content: Any, source: Source, places: Places = NOWHERE) -> Node:
    """The tree of Python objects read from a source; without a known place, a node has only its path."""
    return _Builder(source, places).node(content, ())


@dataclass
class _Builder:
    """Makes the tree of Python objects out of one source."""

    source: Source
    places: Places
    read: dict[int, Any] = field(default_factory=dict)  # mappings and lists, by identity, which keeps them alive
    repeated: int = 0  # values in those that were read before

    def node(self, value: Any, path: Path) -> Node:
        """The tree of one object at `path`."""
        span = self.places.values.get(path) or Span(self.source, _written(path))
        if len(path) > DEEPEST:
            raise SpecError(Diagnostic("too-deep", TOO_DEEP, span))
        if type(value).__module__ == "numpy":
            value = value.tolist()
        if isinstance(value, AnyMapping):
            self._count(value, span)
            return Mapping(tuple(self._entry(key, item, path) for key, item in value.items()), span)
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            self._count(value, span)
            return Listing(tuple(self.node(item, (*path, i)) for i, item in enumerate(value)), span)
        return _scalar(value, span)

    def _count(self, value: AnyMapping[Any, Any] | Sequence[Any], span: Span) -> None:
        """Refuse objects that hold each other so often that reading them would take for ever."""
        if id(value) in self.read:
            self.repeated += len(value)
        self.read[id(value)] = value
        if self.repeated > MOST_REPEATED:
            message = f"lists and mappings that stand at several places make more than {MOST_REPEATED:,} values"
            raise SpecError(Diagnostic("too-large", message, span))

    def _entry(self, key: Any, item: Any, path: Path) -> Entry:
        inner = (*path, str(key))
        span = self.places.keys.get(inner) or Span(self.source, _written(inner))
        return Entry(Scalar(str(key), span), self.node(item, inner))


def _written(path: Path) -> str:
    """A path as text: `schedule[1].for`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _scalar(value: Any, span: Span) -> Scalar:
    if isinstance(value, str):
        return Scalar(str.__str__(value), span, quoted=not isinstance(value, Literal))  # the text without its class
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
