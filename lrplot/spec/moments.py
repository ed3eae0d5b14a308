"""A point in a run as its user names it: `0`, `2k`, `50%`, `3 epochs`, `last`."""

from __future__ import annotations

from lrplot.diagnostics import Diagnostic, Fault, Source, Span, SpecError
from lrplot.runs.timebase import Timebase
from lrplot.schema.scalars import read_duration


def read_step(text: str, timebase: Timebase) -> int:
    """The step a text names: an update's number, or what has passed when it begins.

    `SpecError` for anything else.
    """
    if text == "last":
        return timebase.steps - 1
    try:
        moment = read_duration(text)
        if moment is None:
            raise Fault(f"`{text}` is not a point in a run", help="write `0`, `2k`, `50%`, `3 epochs` or `last`")
        step = timebase.span(moment.amount, moment.unit)
        if step < 0:
            raise Fault(f"steps count from 0, not `{text}`")
        return step
    except Fault as fault:
        span = Span(Source("WHEN", text), line=0, end_column=len(text))
        raise SpecError(Diagnostic(fault.code, fault.message, span, fault.help)) from None
