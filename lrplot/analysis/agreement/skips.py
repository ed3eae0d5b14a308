"""Updates that mixed precision skips: after an overflow of fp16 neither the optimizer nor the scheduler is stepped."""

from __future__ import annotations

import numpy as np

from lrplot.analysis.agreement.conventions import Convention, Values
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.lazy import dataclass

MOST = 10  # at the start, where the scale of the loss is found
PER_UPDATE = 1 / 500  # more, from time to time: the scale is doubled after 1,000 updates or more without an overflow
MOST_LAGS = 1 << 17  # that are looked at, in runs of any length
TRIED = 16  # lags of which that which agrees with most rows is taken
LAST = 3  # rows at the end that are looked at first
BLOCK = 64  # rows that are compared at first


@dataclass(frozen=True)
class Skip:
    """Skipped updates: how many more there are at logged step `update` than at the row before, row `row`."""

    update: int
    updates: int
    row: int


def skipped(
    values: Values, convention: Convention, rows: Steps, logged: Floats, allowed: Floats, unsure: int
) -> tuple[Skip, ...] | None:
    """The skipped updates that explain all rows; None if none do, or the rows leave more than `unsure` numbers open.

    The schedule lags behind by the updates skipped so far, a number that only grows: of the lags that agree with a
    row, that which agrees with most of the following rows is taken, or else the least.
    """
    places = convention.last(rows)
    if not all(len(_lags(values, places, logged, allowed, row, 0)) for row in range(-min(LAST, len(rows)), 0)):
        return None
    found: list[Skip] = []
    lag, row = 0, 0
    while (row := _first_apart(values, places, logged, allowed, lag, row)) < len(rows):
        lags = _lags(values, places, logged, allowed, row, lag + 1)
        if not len(lags):
            return None
        unsure -= len(lags) > 1
        if unsure < 0:
            return None
        ends = [_first_apart(values, places, logged, allowed, each, row) for each in lags[:TRIED].tolist()]
        best = int(lags[int(np.argmax(ends))]) if len(lags) > 1 else int(lags[0])
        found.append(Skip(int(rows[row]), best - lag, row))
        lag = best
    return tuple(found)


def _lags(values: Values, places: Steps, logged: Floats, allowed: Floats, row: int, least: int) -> Steps:
    """The lags from `least` on that agree with a row."""
    most = min(MOST + int(places[row] * PER_UPDATE), int(places[row]), MOST_LAGS)
    lags: Steps = np.arange(least, most + 1, dtype=np.int64)
    near: Steps = lags[np.abs(logged[row] - values(places[row] - lags)) <= allowed[row]]
    return near


def _first_apart(values: Values, places: Steps, logged: Floats, allowed: Floats, lag: int, row: int) -> int:
    """The first row from `row` on that does not agree with a schedule that lags behind; their number if all do."""
    size = BLOCK
    while row < len(places):
        block = slice(row, row + size)
        apart = ~(np.abs(logged[block] - values(np.maximum(places[block] - lag, 0))) <= allowed[block])
        if apart.any():
            return row + int(apart.argmax())
        row, size = row + size, size * 2
    return len(places)
