"""Places of the keys and items of a TOML text: the standard reader gives values alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from lrplot.diagnostics import Source, Span
from lrplot.text.objects import Places

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')
      | (?P<mark>[\[\]{},=.\n])
      | (?P<word>[^\s\[\]{},=.\#\"']+)""",
    re.VERBOSE | re.DOTALL,
)


Token = tuple[str, Span]


def toml_places(source: Source, text: str) -> Places:
    """The places in a valid TOML text; none after a notation that is not understood."""
    scanner = _Scanner(source, text)
    with suppress(IndexError):  # a date that contains a space
        scanner.scan()
    return Places(scanner.keys, scanner.values)


def tokens(source: Source, text: str) -> Iterator[Token]:
    """The tokens of a TOML text and their places; comments and spaces are left out."""
    line, begin = 0, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        column = match.start() - begin
        if match.lastgroup != "comment":
            yield token, Span(source, "", line, column, column + len(token.split("\n", 1)[0]))
        if "\n" in token:
            line += token.count("\n")
            begin = match.start() + token.rfind("\n") + 1


class _Scanner:
    """Walks through the tokens and notes the place of each key and value."""

    def __init__(self, source: Source, text: str) -> None:
        self.keys: dict[str, Span] = {}
        self.values: dict[str, Span] = {}
        self.tokens = list(tokens(source, text))
        self.counts: dict[str, int] = {}  # of the items of each array of tables, less one
        self.at = 0

    def scan(self) -> None:
        """Go through the text, table by table."""
        table = ""
        while self.at < len(self.tokens):
            if self._peek() == "\n":
                self.at += 1
            elif self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "\n"

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _header(self) -> str:
        depth = 0
        while self._peek() == "[":
            _, place = self._next()
            depth += 1
        path, place = self._key(place)
        if depth == 2:
            self.counts[path] = self.counts.get(path, -1) + 1
        path = self._indexed(path)
        self.keys[path] = self.values[path] = replace(place, path=path)
        while self._peek() == "]":
            self._next()
        return path

    def _indexed(self, path: str) -> str:
        """A path through arrays of tables: each name means its latest item."""
        done = ""
        for part in path.split("."):
            done = f"{done}.{part}" if done else part
            if done in self.counts:
                done += f"[{self.counts[done]}]"
        return done

    def _key(self, place: Span) -> tuple[str, Span]:
        parts = []
        while self._peek() not in ("=", "]", "\n"):
            token, place = self._next()
            if token != ".":
                parts.append(token.strip("\"'"))
        return ".".join(parts), place

    def _pair(self, table: str) -> None:
        key, place = self._key(self.tokens[self.at][1])
        self._next()  # the equals sign
        path = f"{table}.{key}" if table else key
        self.keys[path] = replace(place, path=path)
        self._value(path)

    def _value(self, path: str) -> None:
        token, place = self._next()
        self.values[path] = replace(place, path=path)
        if token == "[":
            self._items(path)
        elif token == "{":
            while self._peek() != "}":
                self._next() if self._peek() in (",", "\n") else self._pair(path)
            self._next()
        else:
            while self._peek() == ".":  # 1.5 is three tokens
                self._next()
                last = self._next()[1] if self._peek() not in ("\n", ",", "]", "}") else place
                self.values[path] = replace(place, path=path, end_column=last.end_column)

    def _items(self, path: str) -> None:
        index = 0
        while self._peek() != "]":
            if self._peek() in (",", "\n"):
                self._next()
            else:
                self._value(f"{path}[{index}]")
                index += 1
        self._next()
