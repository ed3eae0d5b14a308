"""A column of numbers from a table with one row for each step."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lrplot.diagnostics import Fault
from lrplot.wording import did_you_mean

LARGEST = 1 << 30  # bytes


def read_column(path: Path, column: str | None) -> NDArray[np.float64]:
    """One value for each row of a CSV file, or a TSV file by its suffix, with a header.

    If `column` is None, it is `lr`, or the only column besides `step`. A `step` column must count
    0, 1, 2 …; anything else is a `Fault`, as is a cell that is not a finite number.
    """
    header, rows = _rows(path)
    index = _index(header, column)
    if "step" in header:
        _check_steps(rows, header.index("step"))
    if not rows:
        raise Fault("the table has no rows", field="file")
    return np.array([_number(row, index, line) for line, row in enumerate(rows, 2)])


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        if path.exists() and not path.is_file():
            raise Fault(f"`{path}` is not a file", field="file", code="unreadable")
        if path.stat().st_size > LARGEST:
            raise Fault(f"`{path}` is larger than 1 GiB", field="file", code="unreadable")
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Fault(f"cannot read `{path}`: {reason}", field="file", code="unreadable") from None
    filled = [row for row in lines if row]
    if not filled:
        raise Fault("the table is empty", field="file")
    return [cell.strip() for cell in filled[0]], filled[1:]


def _index(header: list[str], column: str | None) -> int:
    others = [name for name in header if name != "step"]
    wanted = column or ("lr" if "lr" in others or len(others) != 1 else others[0])
    if wanted not in header:
        raise Fault(f"the table has no column `{wanted}`", field="column", help=did_you_mean(wanted, header))
    return header.index(wanted)


def _check_steps(rows: list[list[str]], index: int) -> None:
    for expected, row in enumerate(rows):
        if index >= len(row) or row[index].strip() != str(expected):
            cell = row[index] if index < len(row) else ""
            raise Fault(
                f"row {expected + 2} is step `{cell}`: a table has one row for each step from 0",
                field="file",
                help="for values at some steps only, use `kind: points`",
            )


def _number(row: list[str], index: int, line: int) -> float:
    text = row[index].strip() if index < len(row) else ""
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise Fault(f"row {line} holds `{text}`, not a finite number", field="file")
    return value
