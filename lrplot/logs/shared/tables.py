"""Tables: a header and rows of cells, separated by commas, tabs, semicolons or spaces."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat

import numpy as np

from lrplot.diagnostics import Fault
from lrplot.logs.shared.columns import Columns, first, guess, told_columns, tracks_by
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.files import LogFile
from lrplot.logs.shared.rows import Rows, number_of
from lrplot.runs.log import LogUnit

Chosen = Callable[[Sequence[str]], Columns | None]

SEPARATORS = ("\t", ",", ";")


class Table:
    """The reader of a table. `names` are the columns' in the header, `given` the columns that the user names."""

    def __init__(self, log: LogFile, given: Mapping[str, str]) -> None:
        self.log = log
        self._given = given
        self._header, self.separator, self._headless = header_of(log.head_text())
        self.names = names_of(self._header, self.separator)
        self.padded = bool(re.match(r" {2,}\S|\S+ {2,},", self._header))
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

    def _read(self, chosen: Chosen, printed: Printed | None) -> Rows:
        """The rows, by the columns that are chosen by the names of a header."""
        header_line = self.log.head_text().count("\n", 0, max(self.log.head_text().find(self._header), 0)) + 1
        try:
            columns = told_columns(self._given, self.names) if self._given else chosen(self.names) or guess(self.names)
        except Fault as fault:
            self.log.refuse(fault.code, fault.message, header_line, self._header, fault.help)
        assert columns is not None
        rows = Rows(self.log, columns, printed)
        names = self.names
        begun = self._headless
        for start, text, torn in self.log.blocks():
            lines = text.split("\n")
            lines.pop()
            if not begun:
                if start + len(lines) <= header_line:
                    continue
                lines, start, begun = lines[header_line - start + 1 :], header_line + 1, True
            while lines:
                done, header = self._block(rows, lines, start, names, columns, torn)
                if header:
                    names = names_of(header, self.separator)
                    columns = (None if self._given else chosen(names)) or columns
                lines, start = lines[done:], start + done
        return rows

    def _block(
        self, rows: Rows, lines: list[str], start: int, names: list[str], columns: Columns, torn: bool
    ) -> tuple[int, str]:
        """Add the rows of some lines up to the next header; the number of lines done, and that header."""
        places = _places(names, columns)
        if self._quick(rows, lines, start, len(names), places):
            return len(lines), ""
        numbers: list[int] = []
        kept: list[list[str]] = []
        for line, row in self._split(lines, start):
            text = lines[line - start]
            if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
                continue
            if _is_header(row, columns):
                self._add(rows, numbers, kept, places)
                return line - start + 1, text
            if any(cell.strip() for cell in row[len(names) :]) or len(row) < len(names):
                if torn and line == start + len(lines) - 1:
                    continue
                message = f"the row has {len(row)} cells, but the header has {len(names)} columns"
                self.log.refuse("bad-row", message, line, text)
            numbers.append(line)
            kept.append(row)
        self._add(rows, numbers, kept, places)
        return len(lines), ""

    def _quick(self, rows: Rows, lines: list[str], start: int, width: int, places: Mapping[str, int]) -> bool:
        """Add the rows of lines at once if each has a cell for each column, and a step; whether that was so."""
        separator = self.separator
        if not separator or width < 2 or any('"' in line for line in lines[:1]):
            return False
        text = separator.join(lines)
        if '"' in text or not all(map((width - 1).__eq__, map(str.count, lines, repeat(separator)))):
            return False
        flat = text.split(separator)
        columns = {place: flat[place::width] for place in places.values()}
        cells = {name: columns[place] for name, place in places.items()}
        try:
            steps = np.fromiter(map(float, cells.pop("step")), np.float64, len(lines))
        except ValueError:
            return False
        rows.add(np.arange(start, start + len(lines)), steps, cells)
        return True

    def _add(self, rows: Rows, numbers: list[int], kept: list[list[str]], places: Mapping[str, int]) -> None:
        columns = {place: [row[place] for row in kept] for place in places.values()}
        cells = {name: columns[place] for name, place in places.items()}
        rows.add(np.array(numbers, np.int64), cells.pop("step"), cells)

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


def _numeric(line: str) -> bool:
    """Whether a line holds numbers only."""
    cells = re.split(r"[\s,;]+", line.strip().strip(",;"))
    return all(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|nan", cell, re.IGNORECASE) for cell in cells)


def _places(names: list[str], columns: Columns) -> dict[str, int]:
    """The place of each column that is read; one that a later header lacks is left out."""
    wanted = {"step": columns.step, **columns.wanted()}
    return {name: names.index(column) for name, column in wanted.items() if column in names}


def _is_header(row: list[str], columns: Columns) -> bool:
    """Whether a row is a header, as of a run that was appended."""
    return columns.step in [cell.strip().removeprefix("#").strip() for cell in row]
