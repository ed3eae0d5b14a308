"""A point in a run as its user writes it: `0`, `2k`, `50%`, `3 epochs`, `first`, `peak`, `last`."""

from __future__ import annotations

from lrplot.diagnostics import Fault, Source, SpecError
from lrplot.engine.extremes import extremes
from lrplot.runs.run import Run
from lrplot.schema.scalars import read_duration

EXAMPLES = "`0`, `2k`, `50%`, `'3 epochs'`, `first`, `peak` or `last`"


def read_step(text: str, run: Run) -> int:
    """The step that a text names: the number of an update, or of the update that begins after a duration.

    `peak` is the first update with the run's highest learning rate. `SpecError` for any other text, and for all but
    `first`, `peak` and a percentage if the run's length is not known.
    """
    match text:
        case "first":
            return 0
        case "peak":
            return extremes(run.lr.curve, run.steps).peak_step
        case "last" if run.nominal:
            raise SpecError(*run.nominal.asks)
        case "last":
            return run.steps - 1
    try:
        duration = read_duration(text)
        if duration is None:
            raise Fault(f"`{text}` is not a point in a run", help=f"write {EXAMPLES}")
        if run.nominal and duration.unit != "%":
            raise SpecError(*run.nominal.asks)
        step = run.timebase.to_steps(duration.amount, duration.unit)
        if step < 0:
            raise Fault(f"steps count from 0, not `{text}`")
        return step
    except Fault as fault:
        raise SpecError.of(fault.at(Source("WHEN", text).span(0, len(text)))) from None
