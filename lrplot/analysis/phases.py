"""The phases of a run: when each one is in force and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lrplot.engine.extremes import columns
from lrplot.frozen import frozen, replace
from lrplot.schedules.combinators import phases_of
from lrplot.schedules.curve import Curve
from lrplot.schedules.decays import Ramp
from lrplot.schedules.wrappers import Clip, Hold


@frozen
class PhaseRow:
    """One phase: steps start … stop − 1, its values, and what its durations came to.

    `first` and `end` are its values at its first update and one after its last; `low`
    and `high` its extremes in between. `planned` is its own length where the run cuts it
    short, otherwise the same as stop − start. Of an anneal, `reaches` is the value it
    leads to and `inclusive` whether its last update has that value or the one after it.
    """

    name: str
    start: int
    stop: int
    planned: int
    first: float
    end: float
    low: float
    high: float
    notes: Mapping[str, str]
    reaches: float | None = None
    inclusive: bool = False


def phase_rows(curve: Curve, steps: int) -> list[PhaseRow]:
    """The phases of a run's curve in order; those without an update in the run are left out.

    A stretch after the last phase, where its end value holds, is a row of its own.
    """
    rows = []
    covered = 0
    for start, stop, phase in phases_of(curve):
        begin, end = min(start, steps), min(stop, steps)
        if begin < end:
            ending = phase.curve.limit(end - begin)
            row = _row(curve, phase.name, begin, end, ending, stop - start, phase.notes)
            rows.append(_with_end(row, phase.curve))
        covered = max(covered, end)
    if covered < steps:
        rows.append(_row(curve, "hold", covered, steps, curve.limit(steps), steps - covered))
    return rows


def _with_end(row: PhaseRow, curve: Curve) -> PhaseRow:
    """The row, told where its anneal leads if it is one that goes anywhere."""
    while isinstance(curve, Clip | Hold):
        curve = curve.curve
    if not isinstance(curve, Ramp) or curve.first == curve.last:
        return row
    return replace(row, reaches=row.end, inclusive=curve.inclusive)


def _row(
    curve: Curve,
    name: str,
    start: int,
    stop: int,
    end: float,
    planned: int,
    notes: Mapping[str, str] = MappingProxyType({}),
) -> PhaseRow:
    cut = columns(curve, start, stop, 16)
    low, high = float(cut.lows.min()), float(cut.highs.max())
    return PhaseRow(name, start, stop, planned, float(cut.firsts[0]), end, low, high, notes)
