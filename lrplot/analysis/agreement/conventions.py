"""Conventions of logs: which update's value a row holds, or which summary of several updates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.lazy import dataclass

Summary = Literal["one", "mean", "median", "lower median"]
Values = Callable[[Steps], Floats]  # the learning rate at updates, in any order

CELLS = 1 << 20  # values that are summarized at once
WIDEST = 1 << 11  # updates that are summarized
WINDOW = 20  # updates of a smoothed value, in the loggers that came from maskrcnn-benchmark
NEXT = "step N has the value of update N, counted from 0"
USED = "step N has the value of update N − 1, the one just made"
AFTER = "step N, counted from 0, has the value of update N + 1"


@dataclass(frozen=True)
class Convention:
    """The updates that a row stands for, and how their values become one.

    Args:
        words: the convention as a clause
        scale: updates in one step of the log
        by: the last update of the row with step n is n · scale + by
        width: the number of updates; those before the run's first one are left out
        summary: how their values become one
    """

    words: str
    scale: int = 1
    by: int = 0
    width: int = 1
    summary: Summary = "one"

    def last(self, rows: Steps) -> Steps:
        """The last update of each row; 0 for a row before the first one."""
        return np.maximum(rows * self.scale + self.by, 0)

    def values(self, values: Values, rows: Steps) -> Floats:
        """The values that a log of a schedule has at its rows."""
        if self.width == 1:
            return values(self.last(rows))
        found = np.empty(len(rows))
        size = max(CELLS // self.width, 1)
        for start in range(0, len(rows), size):
            found[start : start + size] = self._summarized(values, rows[start : start + size])
        return found

    def _summarized(self, values: Values, rows: Steps) -> Floats:
        window = self.last(rows)[:, None] - np.arange(self.width, dtype=np.int64)[::-1]
        cells = values(np.maximum(window, 0).ravel()).reshape(window.shape)
        return self.summarized(cells, window >= 0)

    def summarized(self, cells: Floats, known: NDArray[np.bool_]) -> Floats:
        """The summaries of values, of shape (rows, width), of which the `known` ones are in the run."""
        count = known.sum(axis=1)
        if self.summary == "mean":
            return np.asarray(np.where(known, cells, 0.0).sum(axis=1) / count)
        cells = np.sort(np.where(known, cells, np.inf), axis=1)
        lower, upper = (_column(cells, place) for place in ((count - 1) // 2, count // 2))
        return lower if self.summary == "lower median" else (lower + upper) / 2


def values_by(conventions: Sequence[Convention], values: Values, rows: Steps) -> list[Floats]:
    """The values at rows by each of some conventions; the schedule is evaluated once for those of the same width."""
    found: dict[Convention, Floats] = {}
    for width, scale in dict.fromkeys((each.width, each.scale) for each in conventions):
        alike = [each for each in conventions if (each.width, each.scale) == (width, scale)]
        low, high = min(each.by for each in alike), max(each.by for each in alike)
        wide = width + high - low
        if wide * len(rows) > CELLS or wide > 2 * width + len(alike):  # far apart, or too much at once
            found |= {each: each.values(values, rows) for each in alike}
            continue
        ends = rows * scale
        window = (ends + high)[:, None] - np.arange(wide, dtype=np.int64)[::-1]
        cells = values(np.maximum(window, 0).ravel()).reshape(window.shape)
        for each in alike:
            columns = slice(each.by - low, each.by - low + width)
            part = cells[:, columns]
            found[each] = part[:, 0] if width == 1 else each.summarized(part, window[:, columns] >= 0)
    return [found[each] for each in conventions]


def _column(cells: Floats, places: NDArray[np.int64]) -> Floats:
    return np.asarray(np.take_along_axis(cells, places[:, None], axis=1)[:, 0])


def of_updates(unit: str = "updates") -> tuple[Convention, ...]:
    """The conventions of a log whose rows are counted in updates, or in another unit that is converted to them."""
    if unit == "updates":
        return Convention(NEXT), Convention(USED, by=-1), Convention(AFTER, by=1)
    return (
        Convention(f"a row has the value of the update that its {unit} lead to"),
        Convention(f"a row has the value of the last update that its {unit} complete", by=-1),
        Convention(f"a row has the value of the second update after its {unit}", by=1),
    )


def of_windows(*widths: int) -> Iterator[Convention]:
    """The conventions of a log that summarizes the last updates, for some numbers of them."""
    summaries: tuple[Summary, ...] = ("mean", "median", "lower median")
    for width in dict.fromkeys(widths):
        if 1 < width <= WIDEST:
            for by, last in ((0, "N"), (-1, "N − 1")):
                for summary in summaries:
                    yield Convention(
                        f"step N has the {summary} of {width:,} updates up to {last}", 1, by, width, summary
                    )


def of_epochs(length: int, from_one: bool) -> Iterator[Convention]:
    """The conventions of a log with a row for each epoch of `length` updates.

    Epochs count from 0; if `from_one`, they may also count from 1.
    """
    for first in (1, 0) if from_one else (0,):
        of, start = f"of the epoch, counted from {first}", -first * length
        if length == 1:
            yield Convention(f"a row has the value {of}", 1, start)
            yield Convention(f"a row has the value of the next epoch; epochs count from {first}", 1, start + 1)
            yield Convention(f"a row has the value of the epoch before; epochs count from {first}", 1, start - 1)
            continue
        yield Convention(f"a row has the value of the first update {of}", length, start)
        yield Convention(f"a row has the value of the last update {of}", length, start + length - 1)
        yield Convention(f"a row has the value after the last update {of}", length, start + length)
        yield Convention(f"a row has the mean {of}", length, start + length - 1, length, "mean")
        yield Convention(f"a row has the median {of}", length, start + length - 1, length, "median")
        yield Convention(f"a row has the value of the epoch before; epochs count from {first}", length, start - length)
