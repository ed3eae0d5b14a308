"""Text logs: lines of which some hold a step and a learning rate in a fixed form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from lrplot.logs.shared.columns import Columns
from lrplot.logs.shared.decimals import AFTER, Grid
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.files import LogFile
from lrplot.logs.shared.rows import Cells, Column, Rows
from lrplot.logs.shared.skeletons import Skeletons
from lrplot.runs.log import LogUnit

FACTS = ("steps", "epochs", "steps_per_epoch")
OTHERS = ("step", "epoch", "loss", *FACTS)

Derive = Callable[[dict[str, NDArray[np.float64]]], NDArray[np.float64]]


class Text:
    """The reader of a text whose lines have values."""

    def __init__(self, log: LogFile, given: Mapping[str, str]) -> None:
        self.log = log
        if given:
            log.refuse("bad-option", "columns can be named for a table or JSON lines, not for a text")

    def rows(
        self,
        *parts: str,
        loss: str = "",
        unit: LogUnit = "updates",
        printed: Printed | None = None,
        step: Derive | None = None,
    ) -> Rows:
        """The rows: the lines in which patterns are found one after the other, and perhaps `loss` anywhere.

        Their groups are `step`, `epoch`, `loss`, the facts that a line states, and tracks, with `__` for a slash; those
        that begin with `_` are for `step` alone, which computes the steps from the groups if no pattern has them.
        """
        compiled = one_line(*parts, perhaps=loss)
        groups = {name.replace("__", "/"): index - 1 for name, index in compiled.groupindex.items()}
        tracks = {name: name for name in groups if name not in OTHERS and not name.startswith("_")}
        columns = Columns("step", tracks, unit, *("epoch" if "epoch" in groups else "", "loss" if loss else ""))
        rows = Rows(self.log, columns, printed)
        skeletons = Skeletons(compiled)
        for start, text, torn in self.log.blocks():
            found, grid = skeletons.found(text)
            if not len(found) or (torn and _is_cut(grid, groups)):
                continue
            cells = {name: _cells(grid, groups[name]) for name in columns.wanted()}
            counts = [name for name in groups if step and (name in ("epoch", *FACTS) or name.startswith("_"))]
            numbers = {name: _numbers(grid, groups[name]) for name in counts}
            rows.add(start + found, {"step": step(numbers) if step else _cells(grid, groups["step"]), **cells})
            for fact in FACTS:
                if fact in groups:
                    rows.state(fact, grid.cell(-1, groups[fact]))
        return rows


def _is_cut(grid: Grid, groups: Mapping[str, int]) -> bool:
    """Whether a number of the last line, other than the loss, may go on after the end of the text."""
    ends = grid.ends[-1] == len(grid.content) - AFTER - 1
    return any(ends[place] for name, place in groups.items() if name != "loss")


def _cells(grid: Grid, place: int) -> Cells:
    """A column of cells as numbers, or as texts if one is no number."""
    return Column.of(grid, place) or [grid.cell(row, place) for row in range(len(grid.starts))]


def _numbers(grid: Grid, place: int) -> NDArray[np.float64]:
    """A column of digits as numbers."""
    values, left = grid.numbers(place)
    values[left] = [float(grid.cell(row, place)) for row in left.tolist()]
    return values


def one_line(*parts: str, perhaps: str = "") -> re.Pattern[str]:
    """A pattern of a line in which patterns are found one after the other, and perhaps one more anywhere.

    The first place of each is taken, so that a line is searched in a time that grows with its length only.
    """
    optional = f"(?=(?:.*?{perhaps})?)" if perhaps else ""
    return re.compile("^" + optional + "".join(f"(?>.*?{part})" for part in parts), re.MULTILINE)


class Numbered:
    """Numbers the rows of a log without steps from 1, and again where the epoch goes back."""

    def __init__(self) -> None:
        self._epoch, self._count = -np.inf, 0

    def __call__(self, columns: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """The numbers of the next rows."""
        epochs = np.concatenate([[self._epoch], columns["epoch"]])
        numbers = np.arange(1, len(epochs), dtype=np.float64)
        back = np.flatnonzero(epochs[1:] < epochs[:-1])
        before = np.full(len(numbers), -self._count)
        before[back] = back
        numbers -= np.maximum.accumulate(before)
        self._epoch, self._count = float(epochs[-1]), int(numbers[-1])
        return numbers


def within_epochs(first: int = 1) -> Derive:
    """Steps from the epoch, counted from `first`, the batch in it (`_batch`) and the batches of an epoch."""

    def steps(columns: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        return (columns["epoch"] - first) * columns["steps_per_epoch"] + columns["_batch"]

    return steps
