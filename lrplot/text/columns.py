"""A column of numbers from a table with one row for each step."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lrplot.diagnostics import Fault
from lrplot.text.places import on_disk
from lrplot.wording import did_you_mean

LARGEST = 1 << 30  # bytes

Row = tuple[int, list[str]]  # the number of its last line, from 1, and its cells


def read_column(path: Path, column: str | None) -> NDArray[np.float64]:
    """One value for each row of a CSV file, or a TSV file by its suffix, with a header.

    If `column` is None, it is `lr`, or the only column besides `step`. A `step` column, in capitals or not, must
    count 0, 1, 2 …; anything else is a `Fault`, as are a row that is longer or shorter than the header and a
    cell that is not a finite number.
    """
    values = array("d")
    place = on_disk(path)
    try:
        if place.exists() and not place.is_file():
            raise Fault(f"`{path}` is not a file", field="file", code="unreadable")
        if place.stat().st_size > LARGEST:
            raise Fault(f"`{path}` is larger than 1 GiB", field="file", code="unreadable")
        with place.open(newline="", encoding="utf-8-sig") as file:
            rows = _rows(csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
            _read(rows, column, values)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Fault(f"cannot read `{path}`: {reason}", field="file", code="unreadable") from None
    return np.array(values)


def _rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    """The rows that are not empty, with their lines."""
    return ((reader.line_num, [cell.strip() for cell in row]) for row in reader if row)  # type: ignore[attr-defined]


def _read(rows: Iterator[Row], column: str | None, values: array[float]) -> None:
    """Append the values of a column of the rows, the first of which is the header."""
    header = [cells for _, cells in islice(rows, 1)]
    if not header:
        raise Fault("the table is empty", field="file")
    names = _names(header[0])
    index = _index(names, column)
    steps = names.index("step") if "step" in names else None
    for line, cells in rows:
        if len(cells) != len(names):
            message = f"line {line} has {len(cells)} cells, but the header has {len(names)} columns"
            raise Fault(message, field="file", help="give each row a cell for each column")
        if steps is not None and cells[steps] != str(len(values)):
            raise Fault(
                f"line {line} is step `{cells[steps]}`, not {len(values)}: a table has one row for each step from 0",
                field="file",
                help="for values at some steps only, use `kind: points`",
            )
        values.append(_number(cells[index], line))
    if not values:
        raise Fault("the table has no rows", field="file")


def _names(header: list[str]) -> list[str]:
    """The names of the columns, with `step` in lower case; a `Fault` if there are numbers in their place."""
    for cell in header:
        if _float(cell) is not None:
            message = f"the table has no header: its first row holds `{cell}`"
            raise Fault(message, field="file", help="write the names of the columns first, such as `step,lr`")
    return ["step" if cell.lower() == "step" else cell for cell in header]


def _index(header: list[str], column: str | None) -> int:
    others = [name for name in header if name != "step"]
    wanted = column or ("lr" if "lr" in others or len(others) != 1 else others[0])
    if wanted not in header:
        raise Fault(f"the table has no column `{wanted}`", field="column", help=did_you_mean(wanted, header))
    return header.index(wanted)


def _number(text: str, line: int) -> float:
    value = _float(text)
    if value is None or not isfinite(value):
        raise Fault(f"line {line} holds `{text}`, not a finite number", field="file")
    return value


def _float(text: str) -> float | None:
    with suppress(ValueError):
        return float(text)
    return None
