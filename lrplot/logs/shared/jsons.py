"""JSON logs: an object a line, and documents with a list of rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from lrplot.diagnostics import Fault
from lrplot.logs.shared.columns import (
    RATE,
    Columns,
    epoch_column,
    first,
    guess,
    listed,
    loss_column,
    rate_columns,
    step_column,
    told_columns,
    tracks_by,
)
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.files import LONGEST, LogFile
from lrplot.logs.shared.rows import Rows
from lrplot.runs.log import LogUnit

Row = dict[str, Any]
Lines = Sequence[int] | NDArray[np.int64]
Blocks = Iterator[tuple[Lines, list[Row]]]  # the lines and the rows of each block
Chosen = Callable[[Sequence[str]], Columns | None]
Prepare = Callable[[list[Row]], None]

LEAST = 1 << 14  # characters of rows that are read at once
BATCH = 4096  # rows of a document that are handed on at once
MOST_KEYS = 10_000  # different keys of a log
FEW = 4  # keys whose values are looked at one by one
MOST_BACK = 100  # rows of a block in which a stated fact is looked for

_NESTED = re.compile(rf"{RATE}|momentum", re.IGNORECASE)  # keys that may hold a list or a mapping of groups
_SPACE = re.compile(r"\s*")


class JsonRows:
    """The reader of rows that are JSON objects. `names` are the keys of the head."""

    def __init__(self, log: LogFile, given: Mapping[str, str], blocks: Blocks, names: Sequence[str]) -> None:
        self.log = log
        self.names = names
        self._given = given
        self._blocks = blocks

    def rows(
        self,
        *,
        step: str,
        tracks: Mapping[str, str],
        epoch: str = "",
        loss: str = "",
        unit: LogUnit = "updates",
        printed: Printed | None = None,
        stated: Mapping[str, str] | None = None,
        prepare: Prepare | None = None,
    ) -> Rows:
        """The rows, with the keys that patterns match; `stated` are keys of facts, `prepare` adds keys to rows."""

        def chosen(names: Sequence[str]) -> Columns | None:
            found = tracks_by(tracks, names)
            at = first(step, names)
            return Columns(at, found, unit, first(epoch, names), first(loss, names)) if at and "lr" in found else None

        return self._read(chosen, printed, stated or {}, prepare)

    def guessed(self) -> Rows:
        """The rows, with the keys that their names tell."""
        return self._read(lambda names: guess(names, strict=False), None, {}, None)

    def _read(
        self,
        chosen: Chosen,
        printed: Printed | None,
        stated: Mapping[str, str],
        prepare: Prepare | None,
    ) -> Rows:
        rows = Rows(self.log, Columns("", {}), printed)
        shapes: set[tuple[str, ...]] = set()
        names: dict[str, None] = {}
        nested: set[str] = set()
        columns = None
        for lines, block in self._blocks:
            rows.begun = True
            if prepare:
                prepare(block)
            if not (new := set(map(tuple, block))) <= shapes:
                shapes |= new
                nested |= {name for each in new for name in each if _NESTED.search(name)}
                _flatten(block, nested)
                names.update(dict.fromkeys(name for row in block for name in row))
                if len(names) > MOST_KEYS:
                    self.log.refuse("too-large", f"the rows have more than {MOST_KEYS:,} different keys")
                columns = self._columns(chosen, list(names))
            else:
                _flatten(block, nested)
            if columns is None:
                continue
            rows.columns = columns
            wanted = {"step": columns.step, **columns.wanted()}
            values = {key: [row.get(key) for row in block] for key in wanted.values()}
            cells = {name: values[key] for name, key in wanted.items()}
            rows.add(lines, cells)
            for fact, key in stated.items():
                rows.state(fact, next((row[key] for row in reversed(block[-MOST_BACK:]) if key in row), None))
        if columns is None and names:
            self._refuse(list(names))
        rows.names = tuple(names)
        return rows

    def _columns(self, chosen: Chosen, names: list[str]) -> Columns | None:
        """The columns among some keys, None if they are not all there yet."""
        if not self._given:
            return chosen(names)
        try:
            return told_columns(self._given, names)
        except Fault:
            return None

    def _refuse(self, names: list[str]) -> NoReturn:
        """Refuse the log for the keys that all rows lack."""
        try:
            told_columns(self._given, names)
        except Fault as fault:
            self.log.refuse(fault.code, fault.message, help=fault.help)
        self.log.refuse("no-learning-rate", f"no row has a learning rate; the keys are {listed(names)}")


def _flatten(block: list[Row], nested: set[str]) -> None:
    """Put the values of lists and mappings at some keys into the rows themselves, named `KEY/NAME`."""
    kinds = {type(row[key]) for key in nested for row in block if key in row} if len(nested) <= FEW else {dict}
    if not kinds & {list, dict}:
        return
    for row in block:
        for key in [key for key in row if key in nested]:
            value = row[key]
            if type(value) is list:
                value = dict(enumerate(value))
            if type(value) is dict:
                del row[key]
                row.update((f"{key}/{name}", each) for name, each in value.items())


def json_lines(log: LogFile) -> Blocks:
    """The objects in the lines of a text; lines of other kinds are left out."""
    for start, text, torn in log.blocks():
        lines = text.split("\n")
        lines.pop()
        try:
            rows = json.loads(f"[{','.join(lines)}]")
            if len(rows) == len(lines) and all(type(row) is dict for row in rows):
                yield range(start, start + len(lines)), rows
                continue
        except (ValueError, RecursionError):
            pass
        places, rows = [], []
        for line, content in enumerate(lines, start):
            if content.lstrip()[:1] != "{":
                continue
            try:
                row = json.loads(content)
            except (ValueError, RecursionError) as error:
                if torn and line == start + len(lines) - 1:
                    break
                reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep"
                log.refuse("bad-json", f"the line is not valid JSON: {reason}", line, content)
            places.append(line)
            rows.append(row)
        yield places, rows


class _Document:
    """A JSON document with a list of rows at a key, or that is the list itself if `key` is empty.

    `facts` are the values at the other keys, which are known when the rows were read.
    """

    def __init__(self, log: LogFile, key: str, mark: str = "") -> None:
        self.log = log
        self.facts: dict[str, Any] = {}
        self.lines: dict[str, range] = {}  # of the values of facts
        self._key = key
        self._mark = mark  # a text in each row whose line is the row's
        self._texts = (text for _, text, _ in log.blocks())
        self._text = ""
        self._at = 0
        self._line = 1
        self._decode = json.JSONDecoder().raw_decode

    def blocks(self) -> Blocks:
        """The rows, as they are read."""
        if self._next() == "[" and not self._key:
            yield from self._list()
            return
        if self._next() != "{":
            self._refuse("bad-json", "the document is not a mapping")
        self._at += 1
        while (mark := self._next()) != "}":
            if mark == ",":
                self._at += 1
                continue
            name = self._value()
            if not isinstance(name, str) or self._next() != ":":
                self._refuse("bad-json", "a key in quotes and a colon are expected")
            self._at += 1
            if name == self._key and self._next() == "[":
                yield from self._list()
            else:
                self._next()
                first = self._line
                self.facts[name] = self._value()
                self.lines[name] = range(first, self._line + 1)

    def _list(self) -> Blocks:
        places: list[int] = []
        rows: list[Row] = []
        self._at += 1
        while (mark := self._next()) != "]":
            if mark == ",":
                self._at += 1
                continue
            if (batch := self._batch()) is not None:
                yield places, rows
                yield batch
                places, rows = [], []
                continue
            row = self._value()
            if isinstance(row, dict):
                places.append(self._row_line)
                rows.append(row)
            if len(rows) == BATCH:
                yield places, rows
                places, rows = [], []
        self._at += 1
        yield places, rows

    def _batch(self) -> tuple[Lines, list[Row]] | None:
        """The rows that the text at hand has whole, at once; None if they are few, or have to be read singly."""
        end = self._text.rfind("}", self._at, max(len(self._text) - LEAST, 0)) + 1
        if end - self._at < LEAST or not self._text.isascii():
            return None
        part = self._text[self._at : end]
        try:
            rows = json.loads(f"[{part}]")
        except (ValueError, RecursionError):
            return None
        if not all(type(row) is dict for row in rows):
            return None
        content = np.frombuffer(part.encode("ascii"), np.uint8)
        lines = np.full(len(rows), self._line)
        if self._mark:
            name = self._mark.strip('"')
            marked = np.array([name in row for row in rows], bool)
            places = _places(self._mark, content)
            if len(places) != marked.sum():
                return None
            lines[marked] += np.searchsorted(np.flatnonzero(content == 10), places)
        self._move(end)
        return lines, rows

    def _next(self) -> str:
        """The next character that is no space; the text is over if there is none."""
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None
            if match.end() < len(self._text):
                self._move(match.end())
                return self._text[self._at]
            if not self._more():
                self._refuse("truncated", "the document ends in the middle of it")

    def _value(self) -> Any:
        """The next value."""
        while True:
            self._next()
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.pos > len(self._text) - 16 or error.msg.startswith(("Unterminated", "Invalid"))
                if not cut or len(self._text) - self._at > LONGEST:
                    self._move(error.pos)
                    self._refuse("bad-json", f"not valid JSON: {error.msg}")
            except (ValueError, RecursionError):
                self._refuse("bad-json", "not valid JSON: a number or nesting beyond sense")
            else:
                if end < len(self._text) or not self._more():
                    found = self._text.find(self._mark, self._at, end) if self._mark else -1
                    self._move(found if found >= 0 else self._at)
                    self._row_line = self._line
                    self._move(end)
                    return value
                continue
            if not self._more():
                self._refuse("truncated", "the document ends in the middle of it")

    def _move(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to

    def _more(self) -> bool:
        """Read on, at least as much as is being decoded; whether there was more."""
        parts, wanted = [self._text[self._at :]], len(self._text) - self._at
        while (text := next(self._texts, None)) is not None:
            parts.append(text)
            wanted -= len(text)
            if wanted <= 0:
                break
        self._text, self._at = "".join(parts), 0
        return len(parts) > 1

    def _refuse(self, code: str, message: str) -> NoReturn:
        line = self._text[self._text.rfind("\n", 0, self._at) + 1 :].split("\n", 1)[0]
        self.log.refuse(code, message, self._line, line[:200])


def _places(mark: str, content: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The places of a text of 8 to 16 characters, compared 8 at a time."""
    words = np.ndarray((len(content) - 7,), "<u8", content.data, strides=(1,))
    first, last = (np.frombuffer(part.encode("ascii"), "<u8")[0] for part in (mark[:8], mark[-8:]))
    skipped = len(mark) - 8
    found = np.flatnonzero(words[: len(words) - skipped] == first)
    places: NDArray[np.intp] = found[words[found + skipped] == last]
    return places


class Documents:
    """The reader of a JSON document, whose rows are at a key."""

    def __init__(self, log: LogFile, given: Mapping[str, str]) -> None:
        self.log = log
        self._given = given

    def at(self, key: str, mark: str = "") -> tuple[JsonRows, Mapping[str, Any]]:
        """The rows at a key, or in the list that the document is; and the values at other keys, once they are read.

        The line of a row is that of the text `mark` in it.
        """
        document = _Document(self.log, key, mark)
        return JsonRows(self.log, self._given, document.blocks(), ()), document.facts


class JsonArrays:
    """The reader of a JSON document that has an array of numbers for each column."""

    def __init__(self, log: LogFile, given: Mapping[str, str]) -> None:
        self.log = log
        self._given = given

    def rows(self, rate: str, loss: str, by_epoch: str) -> Rows:
        """The rows, by the arrays of steps and learning rates that their names tell, or by patterns.

        Without an array of steps, rows are numbered from 0: epochs if a name matches `by_epoch`, or else updates.
        Arrays of another length than that of the learning rates are left out.
        """
        document = _Document(self.log, "")
        for _ in document.blocks():
            pass
        arrays = {name: value for name, value in document.facts.items() if isinstance(value, list)}
        lr = self._given.get("lr") or rate_columns(arrays).get("lr", "") or first(rate, arrays)
        if lr not in arrays:
            message = f"no array holds the learning rate; the arrays are {listed(arrays)}"
            self.log.refuse("no-learning-rate", message, 1)
        count, lines = len(arrays[lr]), document.lines[lr]
        names = [name for name in arrays if len(arrays[name]) == count]
        step, unit = step_column([self._given["step"]] if "step" in self._given else names)
        other, its_unit = step_column(arrays)
        step = self._given.get("step", step or other * (its_unit == "updates"))
        if step and step not in names:
            message = f"no array `{step}` has {count:,} numbers, as that of the learning rate"
            self.log.refuse("missing-column", message, 1)
        if not step:
            unit, arrays[step] = "epochs" if first(by_epoch, names) else "updates", [*range(count)]
        tracks = {**rate_columns(names), "lr": lr}
        columns = Columns(step, tracks, unit, epoch_column(names), loss_column(names) or first(loss, names))
        rows = Rows(self.log, columns)
        apart = len(lines) == count + 2  # the brackets and each number have a line of their own
        cells = {name: arrays[column] for name, column in columns.wanted().items()}
        rows.add(lines[0] + apart * np.arange(1, count + 1), {"step": arrays[step], **cells})
        return rows


class Records:
    """The reader of a log of bytes, whose records become rows without lines."""

    def __init__(self, log: LogFile, given: Mapping[str, str]) -> None:
        self.log = log
        self._given = given

    def rows(self, rows: Iterator[Row]) -> Rows:
        """The rows, with the keys that their names tell."""
        batches = iter(lambda: [*islice(rows, BATCH)], [])
        return JsonRows(self.log, self._given, (([0] * len(batch), batch) for batch in batches), ()).guessed()
