"""A point in a run as its user writes it: `0`, `2k`, `50%`, `3 epochs`, `last`."""

from __future__ import annotations

from lrplot.diagnostics import Fault, Source, Span, SpecError
from lrplot.runs.timebase import Timebase
from lrplot.schema.scalars import read_duration


def read_step(text: str, timebase: Timebase) -> int:
    """The step that a text names: the number of an update, or of the update that begins after a duration.

    `SpecError` for any other text.
    """
    if text == "last":
        return timebase.steps - 1
    try:
        duration = read_duration(text)
        if duration is None:
            raise Fault(f"`{text}` is not a point in a run", help="write `0`, `2k`, `50%`, `3 epochs` or `last`")
        step = timebase.to_steps(duration.amount, duration.unit)
        if step < 0:
            raise Fault(f"steps count from 0, not `{text}`")
        return step
    except Fault as fault:
        raise SpecError.of(fault.at(Span(Source("WHEN", text), line=0, end_column=len(text)))) from None
