"""Logs as runs, which stand beside those of specs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from lrplot.curves.logged import Logged
from lrplot.diagnostics import Source, Span
from lrplot.runs.log import Log, Points
from lrplot.runs.run import Reading, Run, Track
from lrplot.runs.timebase import Rates, Timebase
from lrplot.wording import several

MOST_RESUMES = 6  # that are listed


def runs_of(log: Log) -> list[Run]:
    """The runs in a log, whose tracks are known at the logged steps only; named by their number if there are several.

    A run is as long as its last logged step needs. Its step is what the log counts: an update, or else an epoch …
    """
    count = len(log.runs)
    names = [log.name] if count == 1 else [f"{log.name}, run {i + 1} of {count}" for i in range(count)]
    return [_run(log, points, name) for points, name in zip(log.runs, names, strict=True)]


def _run(log: Log, points: Points, name: str) -> Run:
    steps = int(points.steps[-1]) + 1
    by_epoch = log.unit == "epochs"
    timebase = Timebase(
        steps, "epochs" if by_epoch else "steps", Fraction(steps), Rates(Fraction(1) if by_epoch else None)
    )
    reading = Reading(log.format, log.title, "", tuple(_facts(log, points)), ())
    span = Span(Source(log.source))
    tracks = {}
    for track, values in points.tracks.items():
        known = ~np.isnan(values.values)
        if known.any():
            tracks[track] = Track(Logged(steps, points.steps[known], values.values[known]), None, span)
    return Run(name, None, timebase, tracks, reading=reading, points=points)


def _facts(log: Log, points: Points) -> Iterator[str]:
    first, last = points.steps[0], points.steps[-1]
    rows, unit = several(len(points), "row"), log.unit.removesuffix("s")
    yield f"{rows} from {unit} {first:,} to {last:,}" if first != last else f"{rows} at {unit} {first:,}"
    if points.resumed:
        places = ", ".join(f"{points.steps[row]:,}" for row in points.resumed[:MOST_RESUMES])
        more = f" … ({len(points.resumed):,} times)" if len(points.resumed) > MOST_RESUMES else ""
        yield f"the run went on from a checkpoint at {places}{more}"
    if points.repeated:
        yield f"{several(points.repeated, 'row')} left out, for which a later or equal one stands"
