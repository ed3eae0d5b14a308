"""Tables: a header and rows of cells, separated by commas, tabs, semicolons or spaces."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

import numpy as np

from lrplot.diagnostics import Fault, SpecError
from lrplot.logs.shared.columns import Columns, first, guess, sweep_columns, told_columns, tracks_by
from lrplot.logs.shared.decimals import Grid
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.files import LogFile
from lrplot.logs.shared.rows import Cells, Column, Rows
from lrplot.runs.log import LogUnit

Chosen = Callable[[Sequence[str]], Columns | None]

MOST_COLUMNS = 10_000
MOST_HEADERS = 1_000  # of other columns than the one before
SEPARATORS = ("\t", ",", ";")


class Table:
    """The reader of a table. `names` are the columns' in the header, `given` the columns that the user names."""

    def __init__(self, log: LogFile, given: Mapping[str, str]) -> None:
        self.log = log
        self._given = given
        self._headers = 0
        self._numbered = 0  # rows of a table without steps
        self._header, self.separator, self._headless = header_of(log.head_text())
        self.names = names_of(self._header, self.separator)
        self.padded = bool(re.match(r" {2,}\S|\S+ {2,},", self._header))
        if len(self.names) > MOST_COLUMNS:
            log.refuse("too-large", f"the table has more than {MOST_COLUMNS:,} columns", 1)
        if self._headless:
            self.names = [str(number) for number in range(1, len(self.names) + 1)]

    def rows(
        self,
        *,
        step: str,
        tracks: Mapping[str, str],
        epoch: str = "",
        loss: str = "",
        unit: LogUnit = "updates",
        printed: Printed | None = None,
    ) -> Rows:
        """The rows, with the columns that patterns match; tracks by name, with `{}` for a captured group."""

        def chosen(names: Sequence[str]) -> Columns | None:
            found = tracks_by(tracks, names)
            at = first(step, names)
            return Columns(at, found, unit, first(epoch, names), first(loss, names)) if at and "lr" in found else None

        return self._read(chosen, printed)

    def guessed(self) -> Rows:
        """The rows, with the columns that their names tell."""
        return self._read(lambda names: guess(names, strict=False), None)

    def numbered(self, given: Mapping[str, str]) -> Rows:
        """The rows of a table without a column of steps, numbered from 0; see `sweep_columns`."""
        return self._read(lambda names: sweep_columns(names, given), None)

    def _read(self, chosen: Chosen, printed: Printed | None) -> Rows:
        """The rows, by the columns that are chosen by the names of a header."""
        head = self.log.head_text()
        header_line = head.count("\n", 0, max(head.find(self._header), 0)) + 1
        try:
            columns = told_columns(self._given, self.names) if self._given else chosen(self.names) or guess(self.names)
        except Fault as fault:
            self.log.refuse(fault.code, fault.message, header_line, self._header, fault.help)
        assert columns is not None
        rows = Rows(self.log, columns, printed)
        self._places = _places(self.names, columns)
        begun = self._headless
        for start, text, torn in self.log.blocks():
            if not begun:
                skipped = header_line + 1 - start
                parts = text.split("\n", skipped)
                if len(parts) <= skipped:
                    continue
                text, start, begun = parts[-1], header_line + 1, True
            if not self._quick(rows, text, start):
                with suppress(*[SpecError] * (torn and rows.begun)):  # a line that is cut may hold anything
                    self._singly(rows, text.split("\n")[:-1], start, chosen, torn)
        return rows

    def _singly(self, rows: Rows, lines: list[str], start: int, chosen: Chosen, torn: bool) -> None:
        """Add the rows of lines one by one: some are blank, notes, headers of appended runs, or faulty."""
        numbers: list[int] = []
        kept: list[list[str]] = []
        for line, row in self._split(lines, start):
            text = lines[line - start]
            if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
                continue
            step, names = rows.columns.step, [cell.strip() for cell in row]
            if step and step in names:  # of a run that was appended
                if names != self.names:
                    self._add(rows, numbers, kept)
                    numbers, kept = [], []
                    self._headers += 1
                    if self._headers > MOST_HEADERS:
                        self.log.refuse("too-large", f"the table has more than {MOST_HEADERS:,} headers", line)
                    self.names = names
                    rows.columns = (None if self._given else chosen(names)) or rows.columns
                    self._places = _places(names, rows.columns)
                continue
            if any(cell.strip() for cell in row[len(self.names) :]) or len(row) < len(self.names):
                if torn and line == start + len(lines) - 1:
                    continue
                message = f"the row has {len(row)} cells, but the header has {len(self.names)} columns"
                self.log.refuse("bad-row", message, line, text)
            numbers.append(line)
            kept.append(row)
        self._add(rows, numbers, kept)

    def _add(self, rows: Rows, numbers: list[int], kept: list[list[str]]) -> None:
        """Add rows of cells, with their lines."""
        cells = {place: [row[place] for row in kept] for place in self._places.values()}
        columns = {name: cells[place] for name, place in self._places.items()}
        rows.add(np.array(numbers, np.int64), {**self._numbers(len(kept)), **columns})

    def _numbers(self, count: int) -> dict[str, Cells]:
        """The steps of the next rows, if the table has no column of them."""
        if "step" in self._places:
            return {}
        self._numbered += count
        return {"step": np.arange(self._numbered - count, self._numbered, dtype=np.float64)}

    def _quick(self, rows: Rows, text: str, start: int) -> bool:
        """Add the rows of a text at once if each has a number in each column that is read; whether that was so."""
        if not self.separator or '"' in text:
            return False
        grid = Grid.of(text, self.separator, len(self.names))
        if grid is None:
            return False
        columns: dict[int, Column] = {}
        for place in self._places.values():
            if place not in columns:
                column = Column.of(grid, place)
                if column is None:
                    return False
                columns[place] = column
        lines = np.arange(start, start + len(grid.starts))
        own = {name: columns[place] for name, place in self._places.items()}
        rows.add(lines, {**self._numbers(len(lines)), **own})
        return True

    def _split(self, lines: list[str], start: int) -> Iterator[tuple[int, list[str]]]:
        """Each row with its line."""
        if not self.separator:
            yield from ((start + number, line.split()) for number, line in enumerate(lines))
            return
        reader = csv.reader(lines, delimiter=self.separator, skipinitialspace=True)
        try:
            for row in reader:
                yield start + reader.line_num - 1, row
        except csv.Error as error:
            self.log.refuse("bad-row", f"the row cannot be read: {error}", start + reader.line_num - 1)


def header_of(text: str) -> tuple[str, str, bool]:
    """The header of a table, its separator, and whether the table has none; a separator of "" is spaces."""
    lines = [line for line in text.split("\n", 20)[:20] if line.strip()]
    plain = [line for line in lines if not line.lstrip().startswith("#")]
    header = plain[0] if plain else ""
    if lines and lines[0].lstrip().startswith("#") and _numeric(header):
        header = next(line for line in reversed(lines[: lines.index(header)]))
    separator = max(SEPARATORS, key=header.count)
    if not header.count(separator):
        separator = ""
    return header, separator, bool(header) and _numeric(header)


def names_of(header: str, separator: str) -> list[str]:
    """The names of the columns in a header."""
    header = header.lstrip().removeprefix("#").lstrip() if header.lstrip().startswith("#") else header
    if not separator:
        return header.split()
    try:
        cells = next(csv.reader([header], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        cells = header.split(separator)
    names = [cell.strip() for cell in cells]
    return names[:-1] if names and not names[-1] else names


def is_table(text: str, header: str, separator: str) -> bool:
    """Whether the line below a header has a cell for each column."""
    below = text[text.find(header) + len(header) :].lstrip("\n").split("\n", 1)[0]
    if not separator or ": " in header or header.startswith(("{", "[")):
        return False
    return not below or below.count(separator) == header.count(separator)


def is_spaced(text: str, header: str) -> bool:
    """Whether the first row below a header has a number for each of its words."""
    below = text[text.find(header) + len(header) :].lstrip().split("\n", 1)[0]
    return len(below.split()) == len(names_of(header, "")) and _numeric(below)


def _numeric(line: str) -> bool:
    """Whether a line holds numbers only."""
    cells = re.split(r"[\s,;]+", line.strip().strip(",;"))
    return all(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|nan", cell, re.IGNORECASE) for cell in cells)


def _places(names: list[str], columns: Columns) -> dict[str, int]:
    """The place of each column that is read; one that a later header lacks is left out."""
    wanted = {"step": columns.step, **columns.wanted()}
    return {name: names.index(column) for name, column in wanted.items() if column in names}
