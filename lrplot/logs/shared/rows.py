"""Rows of a log, block by block, and the log that they make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrplot.lazy import dataclass
from lrplot.logs.shared.columns import Columns
from lrplot.logs.shared.decimals import Grid, floats
from lrplot.logs.shared.digits import Printed, printed_way
from lrplot.logs.shared.files import LogFile
from lrplot.logs.shared.runs import Arrays, Backwards, RunRows, is_rate, runs_of
from lrplot.runs.log import Log, Points, Values
from lrplot.wording import cut


@dataclass(frozen=True, eq=False)
class Column:
    """Numbers of a column that were read already, NaN for missing ones, and a sample of their texts."""

    values: NDArray[np.float64]
    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def of(cls, grid: Grid, place: int) -> Column | None:
        """A column of cells; None if one is no number and not missing."""
        values, left = grid.numbers(place)
        for row in left.tolist():
            number = number_of(grid.cell(row, place))
            if number is None:
                return None
            values[row] = number
        step = max(len(values) // SAMPLE, 1)
        return cls(values, [grid.cell(row, place) for row in range(0, len(values), step)])


Cells = Sequence[Any] | Column | NDArray[np.float64]  # texts, numbers or None

FARTHEST = 1 << 62  # above every step
SHOWN = 40  # columns of a cell that is no number
SAMPLE = 64  # texts of a block that tell how a column was printed
ROOM = 1 << 20  # rows for which a column has room at least once there are several blocks
MOST_RUNS = 10_000  # in a file
LARGEST_FACT = 10**15  # a length beyond it stands for none, as sys.maxsize does

_MISSING = ("", "nan", "none", "null", "n/a", "na", "-", "--")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


class Growing:
    """A column to which blocks are added. Room that is not used takes no memory, so that nothing is held twice."""

    def __init__(self, kind: type[Any]) -> None:
        self._room: NDArray[Any] = np.empty(0, kind)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, values: NDArray[Any] | float, count: int) -> None:
        """Add `count` values at the end."""
        first, self._count = self._count, self._count + count
        if self._count > len(self._room):
            room = np.empty(max(2 * self._count, ROOM) if first else count, self._room.dtype)
            room[:first] = self._room[:first]
            self._room = room
        self._room[first : self._count] = values

    @property
    def values(self) -> NDArray[Any]:
        """All values."""
        return self._room[: self._count]


class Rows:
    """The rows of a log as they are read.

    Args:
        log: the file
        columns: which columns hold what
        printed: how the program prints learning rates; None if that is to be found from the texts
    """

    def __init__(self, log: LogFile, columns: Columns, printed: Printed | None = None) -> None:
        self.log = log
        self.columns = columns
        self.stated: dict[str, int] = {}
        self.names: tuple[str, ...] = ()  # all columns or keys, if they are known
        self.begun = False  # whether a row was read, with a learning rate or without
        self._printed = printed
        self._texts: dict[str, set[str]] = {}
        self._ways: dict[str, Printed] = {}
        self._read = {"step": Growing(np.int64), "line": Growing(np.int64), "lr": Growing(np.float64)}

    def add(self, lines: Sequence[int] | NDArray[np.int64], cells: Mapping[str, Cells]) -> None:
        """Add rows: the line of each, and the cells of `step`, tracks, `epoch` and `loss`."""
        if not len(lines):
            return
        self.begun = True
        places = np.asarray(lines, np.int64)
        values: dict[str, NDArray[np.float64]] = {}
        read: dict[int, NDArray[np.float64]] = {}  # the columns of several tracks are read once
        for name, column in cells.items():
            if id(column) not in read:
                read[id(column)] = numbers = self._numbers(name, column, places)
                if is_rate(name) and np.isinf(numbers).any():
                    row = int(np.argmax(np.isinf(numbers)))
                    self._refuse_cell(name, float(numbers[row]), int(places[row]))
            values[name] = read[id(column)]
        steps = values.pop("step")
        kept = ~np.isnan(steps)
        if len(blank := [np.isnan(column) for name, column in values.items() if name != "epoch"]):
            kept &= ~np.logical_and.reduce(blank)
        rows = slice(None) if kept.all() else kept
        new: dict[str, NDArray[Any]] = {"step": self._whole(steps, kept, places), "line": places, **values}
        before, count = len(self._read["step"]), len(steps[rows])
        for name in dict.fromkeys([*self._read, *new]):
            if name not in self._read:
                self._read[name] = Growing(np.float64)
                self._read[name].add(np.nan, before)
            self._read[name].add(new[name][rows] if name in new else np.nan, count)
        for name, column in cells.items():
            if name not in ("step", "epoch", "loss"):
                self._sample(name, column)

    def rename_main(self, group: str) -> None:
        """Make the learning rate of a group the main one."""
        self.columns = replace(self.columns, tracks={**self.columns.tracks, "lr": self.columns.tracks[group]})
        self._read["lr"] = self._read[group]

    def drop(self, track: str) -> None:
        """Leave out a track."""
        self._read.pop(track, None)

    def same(self, one: str, other: str) -> bool:
        """Whether two columns have the same values in every row."""
        first, second = (self._read[name].values if name in self._read else () for name in (one, other))
        return np.array_equal(first, second, equal_nan=True)

    def by_epochs(self) -> Rows:
        """The same rows with an epoch a step: the last row of each."""
        self.columns = replace(self.columns, unit="epochs")
        epochs = self._read["epoch"].values.astype(np.int64)
        last = np.append(epochs[1:] != epochs[:-1], True)[: len(epochs)]
        for name, column in self._read.items():
            values = (epochs if name == "step" else column.values)[last]
            self._read[name] = Growing(values.dtype.type)
            self._read[name].add(values, len(values))
        return self

    def state(self, fact: str, value: Any) -> None:
        """Note a fact of the run; one that is no whole number above 0, or beyond sense, is none."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            return
        if isfinite(number) and number == int(number) and 0 < number < LARGEST_FACT:
            self.stated[fact] = int(number)

    def result(self, format: str, title: str) -> Log:
        """The log; `SpecError` if it has no learning rate, or if its steps decrease."""
        columns = self.columns
        read = {name: column.values for name, column in self._read.items()}
        self._read.clear()  # so that nothing keeps rows that are left out
        rows = Arrays(read.pop("step"), read.pop("line"), read)
        if not len(rows) or not rows.has_rate().any():
            what = "no row has a learning rate" if self.begun else "it has no rows"
            self.log.refuse("no-learning-rate", f"the log was read as {title}, but {what}")
        try:
            runs = tuple(map(self._points, islice(runs_of(rows), MOST_RUNS + 1)))
        except Backwards as fault:
            help = "give the log of one run, with its steps in ascending order"
            self.log.refuse("decreasing-steps", fault.message, fault.line, help=help)
        if len(runs) > MOST_RUNS:
            self.log.refuse("too-large", f"the steps begin again more than {MOST_RUNS:,} times")
        return Log(self.log.name, self.log.source, format, title, columns.unit, runs, self.stated)

    def _points(self, run: RunRows) -> Points:
        rows = run.rows
        tracks: dict[str, Values] = {}
        own: dict[str, Values] = {}
        for name, values in rows.columns.items():
            if name in ("epoch", "loss") or (np.isnan(values).all() and name != "lr"):
                continue
            column = self.columns.tracks.get(name, name)
            if column not in own:
                values.flags.writeable = False
                if name not in self._ways:
                    self._ways[name] = printed_way(self._texts.get(name, ()), self._printed)
                own[column] = Values(values, self._ways[name].slack(values))
            tracks[name] = own[column]
        return Points(
            rows.steps, rows.lines, tracks, _known(rows, "epoch"), _known(rows, "loss"), run.resumed, run.repeated
        )

    def _numbers(self, name: str, cells: Cells, lines: NDArray[np.int64]) -> NDArray[np.float64]:
        """Cells as numbers, NaN for those that are missing; `SpecError` at the first that is no number."""
        if isinstance(cells, Column):
            return cells.values
        if isinstance(cells, np.ndarray):
            return cells
        try:
            if len(cells) and type(cells[0]) is str:
                return floats(cells)
            if bool not in set(map(type, cells)):  # which numpy takes for a number
                return np.array(cells, np.float64)
        except (TypeError, ValueError, OverflowError):
            pass
        values = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells):
            number = number_of(cell)
            if number is None:
                if name in ("epoch", "loss"):
                    continue
                self._refuse_cell(name, cell, int(lines[row]))
            else:
                values[row] = number
        return values

    def _whole(
        self, numbers: NDArray[np.float64], kept: NDArray[np.bool_], lines: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Steps as whole numbers; 0 in rows that are not kept."""
        clean = np.where(kept, numbers, 0)
        bad = (clean != np.floor(clean)) | (clean < 0) | (clean >= FARTHEST)
        if bad.any():
            row = int(np.argmax(bad))
            message = f"step `{clean[row]:g}` is not a whole number from 0"
            help = "add `--columns step=NAME` with the right column"
            self.log.refuse("bad-step", message, int(lines[row]), help=help, marked=f"{clean[row]:g}")
        return clean.astype(np.int64)

    def _refuse_cell(self, name: str, cell: Any, line: int) -> None:
        column = self.columns.step if name == "step" else self.columns.tracks.get(name, name)
        infinite = isinstance(cell, float)
        text = str(cell).lower() if isinstance(cell, bool) else str(cell).strip()  # as JSON has it
        what = f"{cell} is not a finite number" if infinite else f"`{cut(text, SHOWN)}` is not a number"
        self.log.refuse("bad-number", f"{what}, in the column `{column}`", line, marked=text)

    def _sample(self, name: str, cells: Cells) -> None:
        """Remember how some values of a column are written."""
        texts = self._texts.setdefault(name, set())
        if isinstance(cells, Column):
            texts.update(cells.texts)
            return
        for cell in cells[:: max(len(cells) // SAMPLE, 1)]:
            if type(cell) is str:
                texts.add(cell)
            elif cell is not None and cell == cell and len(texts) < 4096:
                texts.add(repr(cell))


def number_of(cell: Any) -> float | None:
    """The number in a cell, NaN if it is missing, or None if it is something else."""
    if cell is None:
        return float("nan")
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        try:
            return float(cell)
        except OverflowError:
            return None
    if not isinstance(cell, str):
        return None
    text = cell.strip().strip("\"'").strip()
    if text.lower() in _MISSING:
        return float("nan")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) or isnan(number) else None


def _known(rows: Arrays, name: str) -> NDArray[np.float64] | None:
    """A column, None if no row has it."""
    values = rows.columns.get(name)
    return None if values is None or np.isnan(values).all() else values
