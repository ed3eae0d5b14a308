"""Frameworks whose schedules are functions with values of their own: one schedule for each track."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lrplot.emit import Request
from lrplot.emit.shared.equality import Equality, Values
from lrplot.emit.shared.own import Call, Candidate, passed_on
from lrplot.emit.shared.pieces import Piece, pieces_of
from lrplot.engine.evaluate import raw_values
from lrplot.lazy import dataclass
from lrplot.runs.run import Run

SINGLE = 5e-6  # of the peak, by which float32 may differ

Composer = Callable[[list[Piece]], Iterable[Call]]


@dataclass(frozen=True)
class Own:
    """A schedule of the framework's own for a track, and the values that lrplot reads in it."""

    call: Call
    values: Values


def own_schedules(request: Request, framework: str, composed: Composer) -> tuple[dict[str, Own], Equality] | None:
    """A schedule for each track, and their difference from the run; None if there is a track that has none.

    `composed` gives candidates for the pieces of a track.
    """
    found: dict[str, Own] = {}
    for name, track in request.run.tracks.items():
        pieces = pieces_of(track.curve, request.run.steps)
        calls = list(composed(pieces)) if pieces else []
        if name == "lr" and (call := passed_on(request.run, framework)):
            calls.insert(0, call)
        own = next((each for call in calls if (each := _own(request, name, call))), None)
        if own is None:
            return None
        found[name] = own
    equality = request.comparison.whole({name: own.values for name, own in found.items()})
    return (found, equality) if equality.holds else None


def _own(request: Request, name: str, call: Call) -> Own | None:
    """The schedule, if it has the values of a track."""
    run = Candidate(call, call.schedule, {}).run(_alone(request.run))
    if run is None or any(segment.origin and segment.origin.float32 for segment in run.lr.curve.segments()):
        return None
    curve = run.lr.curve
    own = Own(call, lambda steps: raw_values(curve, steps))
    return own if request.comparison.quick({name: own.values}).holds else None


def _alone(run: Run) -> Run:
    """The run without its other parameters."""
    return Run(run.name, run.source, run.timebase, {"lr": run.lr})
