"""Rows as lines of text, a block of rows at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import pairwise
from typing import IO

import numpy as np

from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.lazy import dataclass
from lrplot.output.tables.shared.rows import Rows
from lrplot.output.tables.shared.shortest import WIDTH, Bytes, Lengths, texts, write_whole

_LONGER = 10 ** np.arange(1, 19)  # steps at which the number of digits grows


def write_separated(rows: Rows, file: IO[bytes], separator: str) -> None:
    """Write a header and a line a row, the cells separated by one character."""
    header = io.StringIO()
    csv.writer(header, delimiter=separator, lineterminator="\n").writerow(["step", *rows.tracks])
    file.write(header.getvalue().encode())
    file.writelines(lines(rows, Marks(("", *(separator for _ in rows.tracks)), "\n", "\n", "")))


def object_marks(rows: Rows, between: str, last: str) -> Marks:
    """The marks of JSON objects, one a row."""
    import json  # not for CSV

    keys = [f"{json.dumps(name)}: " for name in ("step", *rows.tracks)]
    return Marks(("{" + keys[0], *(f", {key}" for key in keys[1:])), between, last, "null")


@dataclass(frozen=True)
class Marks:
    """The constant text of a table: before each cell of a row, between two rows, after the last row, for no value."""

    before: tuple[str, ...]
    between: str
    last: str
    nothing: str

    def leads(self, digits: int) -> list[bytes]:
        """The text between each value and the one before it; the first has room for a step of N digits."""
        step, first, *others = self.before
        return [text.encode() for text in (self.between + step + "0" * digits + first, *others)]


def lines(rows: Rows, marks: Marks) -> Iterator[memoryview]:
    """The text of the rows, a piece at a time."""
    before_first = len(marks.between)
    for steps, columns in _pieces(rows):
        yield _text(steps, columns, marks)[before_first:]
        before_first = 0
    if not before_first:
        yield memoryview(marks.last.encode())


def _pieces(rows: Rows) -> Iterator[tuple[Steps, list[Floats]]]:
    """The blocks of rows, cut where the number of digits of the steps grows."""
    for steps, columns in rows.blocks():
        edges = sorted({0, *np.searchsorted(steps, _LONGER).tolist(), len(steps)})
        for start, stop in pairwise(edges):
            yield steps[start:stop], [values[start:stop] for values in columns]


def _text(steps: Steps, columns: list[Floats], marks: Marks) -> memoryview:
    """Rows of text, each preceded by the mark between two rows."""
    digits = len(str(steps[0]))
    leads = marks.leads(digits)
    width = max(map(len, leads)) + WIDTH
    items = np.empty((len(steps), len(columns)), f"V{width}")
    items[:] = np.array(leads, items.dtype)
    cells = items.view(np.uint8).reshape(*items.shape, width)
    lengths = np.empty(items.shape, np.int64)
    for index, (lead, values) in enumerate(zip(leads, columns, strict=True)):
        lengths[:, index] = texts(values, cells[:, index, len(lead) :], marks.nothing.encode())
        lengths[:, index] += len(lead)
    write_whole(steps, digits, cells[:, 0, len(marks.between + marks.before[0]) :])
    return _joined(cells, lengths)


def _joined(cells: Bytes, lengths: Lengths) -> memoryview:
    """The cells one after the other, each cut to its length.

    Each cell is stored whole at its place, and the next one overwrites its surplus: 10 times
    faster than selecting bytes. This relies on NumPy storing overlapping items in the order of
    the rows, which it does but does not promise. Therefore the first byte of each cell is
    verified: it is a mark, which the padding of a cell does not contain.
    """
    width = cells.shape[-1]
    ends = np.cumsum(lengths).reshape(lengths.shape)
    size = int(ends[-1, -1])
    starts = ends - lengths
    buffer = np.empty(size + width, np.uint8)
    np.ndarray(size, f"V{width}", buffer, strides=(1,))[starts] = cells.view(f"V{width}")[..., 0]
    if (buffer[starts] == cells[0, :, 0]).all():
        return buffer[:size].data
    return cells[np.arange(width) < lengths[..., None]].data
