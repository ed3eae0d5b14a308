"""Places of the keys and items of a TOML text: the standard reader gives values alone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from lrplot.diagnostics import Source, Span
from lrplot.lazy import dataclass
from lrplot.text.objects import Path, Places

# A text that is not closed ends with its line, or with the file: no character is looked at again.
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<text>\"{3}(?:\\.|[^\\])*?(?:\"{3,5}|\\?\Z)|'{3}.*?(?:'{3,5}|\Z)|\"(?:\\.|[^\"\\\n])*\"?|'[^'\n]*'?)
      | (?P<mark>[\[\]{},=.\n])
      | (?P<word>[^\s\[\]{},=.\#\"']+)""",
    re.VERBOSE | re.DOTALL,
)
_ENDS = ("\n", ",", "]", "}")  # tokens that end a value


@dataclass(frozen=True)
class Token:
    """A token, and the characters of the text that it consists of."""

    text: str
    start: int
    stop: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a TOML text; comments and spaces are left out."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "comment":
            yield Token(match[0], *match.span())


def toml_places(source: Source) -> Places:
    """The places in a valid TOML text."""
    scanner = _Scanner(source)
    scanner.scan()
    return Places(scanner.keys, scanner.values)


class _Scanner:
    """Walks through the tokens and notes the place of each key and value.

    A table is at its name: in a header, in a dotted key, or before an inline table.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.keys: dict[Path, Span] = {}
        self.values: dict[Path, Span] = {}
        self.tokens = list(tokens(source.text))
        self.counts: dict[Path, int] = {}  # of the items of each array of tables, less one
        self.at = 0

    def scan(self) -> None:
        """Go through the text, table by table."""
        self.values[()] = self.source.span(*next(((t.start, t.stop) for t in self.tokens if t.text != "\n"), (0, 0)))
        table: Path = ()
        while self.at < len(self.tokens):
            if self._peek() == "\n":
                self.at += 1
            elif self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _peek(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else "\n"

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _skip(self, *texts: str) -> None:
        while self._peek() in texts:
            self.at += 1

    def _span(self, first: Token, last: Token | None = None) -> Span:
        return self.source.span(first.start, (last or first).stop)

    def _header(self) -> Path:
        start = self.at
        self._skip("[")
        is_array = self.at - start == 2
        path: Path = ()
        key = self._key()
        for index, (name, span) in enumerate(key):
            path = (*path, name)
            self._note(path, span)
            if is_array and index == len(key) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:  # the name means the latest item
                path = (*path, self.counts[path])
                self._note(path, span)
        self._skip("]")
        return path

    def _note(self, path: Path, span: Span) -> None:
        """The place of a table, which is where it is first named."""
        self.keys.setdefault(path, span)
        self.values.setdefault(path, span)

    def _key(self) -> list[tuple[str, Span]]:
        """The parts of a dotted key, each with its place."""
        parts = []
        while self._peek() not in ("=", "]"):
            token = self._next()
            if token.text != ".":
                parts.append((_name(token.text), self._span(token)))
        return parts

    def _pair(self, table: Path) -> None:
        path = table
        for name, span in self._key():
            path = (*path, name)
            self._note(path, span)
        self._skip("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        first = last = self._next()
        self.values[path] = self._span(first)
        if first.text == "[":
            self._items(path)
        elif first.text == "{":
            self._skip(",", "\n")
            while self._peek() != "}":
                self._pair(path)
                self._skip(",", "\n")
            self._next()
        else:
            while self._peek() not in _ENDS:  # 1.5 is three tokens, and a date may contain a space
                last = self._next()
            self.values[path] = self._span(first, last)

    def _items(self, path: Path) -> None:
        index = 0
        self._skip(",", "\n")
        while self._peek() != "]":
            self._value((*path, index))
            index += 1
            self._skip(",", "\n")
        self._next()


def _name(token: str) -> str:
    """The name that a part of a key stands for: a text in quotes may have escapes."""
    return next(iter(tomllib.loads(f"{token} = 0"))) if token[0] in "\"'" else token
