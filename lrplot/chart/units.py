"""Units of the axis of time."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.diagnostics import SpecError
from lrplot.runs.run import Run


def shared_unit(runs: Sequence[Run]) -> str:
    """The unit in which the lengths of runs are given, if they share it; otherwise steps.

    If the length of one is not known, it is the fraction of each run.
    """
    units = {run.timebase.unit for run in runs}
    if "fraction" in units:
        return "fraction"
    return units.pop() if len(units) == 1 else "steps"


def length_of_step(run: Run, unit: str) -> float:
    """The length of one update on an axis in `unit`.

    `Fault` if the run cannot be converted to it, `SpecError` if that needs the run's length, which is not known.
    """
    if unit == "fraction":
        return 1 / run.steps
    if run.nominal:
        raise SpecError(*run.nominal.asks)
    if unit == run.timebase.unit:
        return float(run.timebase.amount) / run.steps
    return float(run.per_step(unit))
