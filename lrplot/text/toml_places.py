"""Where the keys and items of a TOML text are: the standard reader gives values without places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')
      | (?P<mark>[\[\]{},=.\n])
      | (?P<word>[^\s\[\]{},=.\#\"']+)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Place:
    """A line and the columns of a key or value in it, all from 0."""

    line: int
    column: int
    end_column: int


Token = tuple[str, Place]


@dataclass(frozen=True)
class Places:
    """Places by path (`schedule[1].for`): of keys, and of values; a table has its header's for both."""

    keys: dict[str, Place]
    values: dict[str, Place]


def toml_places(text: str) -> Places:
    """The places in a valid TOML text; after a notation that is not followed, none."""
    scanner = _Scanner(text)
    with suppress(IndexError):  # a date with a blank in it, which no spec holds
        scanner.scan()
    return Places(scanner.keys, scanner.values)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.keys: dict[str, Place] = {}
        self.values: dict[str, Place] = {}
        self.tokens = list(_tokens(text))
        self.counts: dict[str, int] = {}
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
        self.keys[path] = self.values[path] = place
        while self._peek() == "]":
            self._next()
        return path

    def _indexed(self, path: str) -> str:
        """A path through arrays of tables, each standing for its latest item."""
        done = ""
        for part in path.split("."):
            done = f"{done}.{part}" if done else part
            if done in self.counts:
                done += f"[{self.counts[done]}]"
        return done

    def _key(self, place: Place) -> tuple[str, Place]:
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
        self.keys[path] = place
        self._value(path)

    def _value(self, path: str) -> None:
        token, place = self._next()
        self.values[path] = place
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
                self.values[path] = Place(place.line, place.column, last.end_column)

    def _items(self, path: str) -> None:
        index = 0
        while self._peek() != "]":
            if self._peek() in (",", "\n"):
                self._next()
            else:
                self._value(f"{path}[{index}]")
                index += 1
        self._next()


def _tokens(text: str) -> Iterator[Token]:
    line, begin = 0, 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        column = found.start() - begin
        if found.lastgroup != "comment":
            yield token, Place(line, column, column + len(token.split("\n", 1)[0]))
        if "\n" in token:
            line += token.count("\n")
            begin = found.start() + token.rfind("\n") + 1
