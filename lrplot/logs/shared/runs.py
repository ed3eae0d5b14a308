"""Rows in the order of a log as runs: duplicates merged, appended runs apart, resumed runs joined."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass

Integers = NDArray[np.int64]

FEW = 4  # ascending parts, of which each may have two rows
NEAR = 8  # rows within which several processes log the same step


@dataclass(eq=False)
class Arrays:
    """Rows as arrays of equal length, with NaN for what a row does not have.

    `columns` are named as tracks, and `epoch` and `loss`.
    """

    steps: NDArray[np.int64]
    lines: NDArray[np.int64]
    columns: dict[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.steps)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Arrays:
        """Some of the rows."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        return Arrays(self.steps[rows], self.lines[rows], columns)

    def has_rate(self) -> NDArray[np.bool_]:
        """Whether each row has a learning rate."""
        found = np.zeros(len(self.lines), bool)
        for name, values in self.columns.items():
            if is_rate(name):
                found |= ~np.isnan(values)
        return found


@dataclass(eq=False)
class RunRows:
    """The rows of one run in ascending order of their steps, the rows at which it was resumed, and rows left out."""

    rows: Arrays
    resumed: tuple[int, ...]
    repeated: int


class Backwards(Fault):
    """Steps that decrease although no run begins again; `line` is the first such row's."""

    def __init__(self, before: int, after: int, line: int) -> None:
        super().__init__(f"the steps decrease from {before:,} to {after:,}, and no run begins again there")
        self.line = line


def is_rate(name: str) -> bool:
    """Whether a column holds a learning rate."""
    return name == "lr" or name.startswith("lr/")


def runs_of(rows: Arrays) -> Iterator[RunRows]:
    """The runs in the order of the log.

    Rows of the same step in a sequence are one row. A step at or before the first one of a run begins a new run;
    another earlier step is where the run was resumed, and the later of two rows of a step stays. `Backwards` if that
    happens from row to row.
    """
    if len(rows) and (rows.steps[1:] > rows.steps[:-1]).all() and rows.has_rate().all():
        yield RunRows(rows, (), 0)
        return
    rows, left_out = _merged(*_without_copies(rows))
    if (rows.steps[1:] == rows.steps[:-1]).any():  # rows of a step with one without a learning rate between
        rows, left_out = _merged(rows, left_out)
    steps = rows.steps
    if not len(rows):
        return
    back = np.flatnonzero(steps[1:] < steps[:-1]) + 1
    _check(rows, back)
    lowest = np.minimum.accumulate(steps)
    starts = [0, *back[steps[back] <= lowest[back - 1]].tolist()]
    for start, stop in zip(starts, [*starts[1:], len(rows)], strict=True):
        part = rows.take(slice(start, stop))
        inner = back[(back > start) & (back < stop)] - start
        repeated = int(left_out[start:stop].sum())
        if not len(inner):
            yield RunRows(part, (), repeated)
            continue
        after = np.minimum.accumulate(part.steps[::-1])[::-1]
        kept = np.append(part.steps[:-1] < after[1:], True)
        places = np.cumsum(kept) - kept
        resumed = sorted({int(places[row]) for row in inner})
        yield RunRows(part.take(kept), tuple(resumed), repeated + int((~kept).sum()))


def _check(rows: Arrays, back: NDArray[np.intp]) -> None:
    """Refuse steps that go back from row to row: most ascending parts are short, and no run begins again in them."""
    if not len(back):
        return
    starts = np.concatenate([[0], back])
    shortest = 1 if len(starts) < FEW else 2
    short = np.diff(np.append(starts, len(rows))) <= shortest
    short[1:] &= rows.steps[back] != rows.steps[0]
    if 2 * int(short.sum()) > len(short):
        first = int(back[max(int(np.argmax(short)) - 1, 0)])
        raise Backwards(int(rows.steps[first - 1]), int(rows.steps[first]), int(rows.lines[first]))


def _without_copies(rows: Arrays) -> tuple[Arrays, Integers]:
    """The rows without those that other processes logged too, if most rows have such copies nearby; rows left out."""
    learning_rate = rows.columns["lr"]
    back = np.flatnonzero(rows.steps[1:] < rows.steps[:-1]) + 1
    copies = np.zeros(len(rows), bool)
    if (rows.steps[back] != rows.steps[:1]).any():  # not only runs that were appended
        for distance in range(1, min(NEAR, len(rows) - 1) + 1):
            same = rows.steps[distance:] == rows.steps[:-distance]
            copies[distance:] |= same & (learning_rate[distance:] == learning_rate[:-distance])
        if 5 * int(copies.sum()) < 2 * len(rows):
            copies[:] = False
    kept = rows.take(~copies) if copies.any() else rows
    left_out = np.zeros(len(kept), np.int64)
    left_out[:1] = copies.sum()
    return kept, left_out


def _merged(rows: Arrays, left_out: Integers) -> tuple[Arrays, Integers]:
    """Rows of the same step in a sequence as one row with the last value of each column; rows left out for each."""
    starts = np.flatnonzero(np.append(True, rows.steps[1:] != rows.steps[:-1])[: len(rows)])
    if len(starts) < len(rows):
        others = np.add.reduceat(rows.has_rate().astype(np.int64), starts) - 1
        left_out = np.add.reduceat(left_out, starts) + np.maximum(others, 0)
        rows = _last_values(rows, starts)
    rated = rows.has_rate()
    return rows.take(rated), left_out[rated]


def _last_values(rows: Arrays, starts: NDArray[np.intp]) -> Arrays:
    """One row for each part that begins at `starts`: the last value that each column has in it, and that line."""
    places = np.arange(len(rows))
    columns = {}
    for name, values in rows.columns.items():
        last = np.maximum.reduceat(np.where(np.isnan(values), -1, places), starts)
        columns[name] = np.where(last >= starts, values[np.maximum(last, 0)], np.nan)
    rated = np.maximum.reduceat(np.where(rows.has_rate(), places, -1), starts)
    lines = rows.lines[np.maximum(rated, starts)]
    return Arrays(rows.steps[starts], lines, columns)
