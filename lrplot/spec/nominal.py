"""Runs whose length is not known: a config that says all but its length, in percent of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.diagnostics import Diagnostic, SpecError
from lrplot.engine.evaluate import evaluate_at
from lrplot.runs.run import Nominal, Run
from lrplot.runs.timebase import Rates, Timebase

NOMINAL = 100_000  # updates of a run whose length is not known
SHORT = 1_000  # updates of the shortest run that is compared with it
ROUNDED = 2  # updates by which a boundary may move if it is rounded to a whole update
PARTS = np.arange(1, 16) / 16  # of a segment, at which values are compared
ALIKE = 0.01  # of the largest value: the greatest difference between equal places of segments
FEW = 32  # updates of a segment whose values are not compared, because one update is a large part of it


class UnknownLength(SpecError):
    """A config of which only the run's length is missing."""


def nominal(error: UnknownLength, build: Callable[[int], Run]) -> Run:
    """A run of a nominal length, if the length only stretches its curves; otherwise `error`, which asks for it.

    `build` gives the run of a number of updates.
    """
    run, double, short = (build(steps) for steps in (NOMINAL, 2 * NOMINAL, SHORT))
    if not all(_stretches(short.tracks[name].curve, track.curve) for name, track in run.tracks.items()):
        raise error
    asked = error.diagnostics[0]
    note = Diagnostic(
        "unknown-length",
        f"{asked.message}: times are in percent of the run, and what depends on its length is not checked",
        asked.span,
        asked.help,
        "note",
    )
    assert run.reading
    assert double.reading
    lines = tuple(line for line in run.reading.derivation if line in double.reading.derivation)  # of every length
    run, double = (_told(each, lines, note) for each in (run, double))
    timebase = Timebase(NOMINAL, "fraction", Fraction(1), Rates())
    return replace(run, timebase=timebase, nominal=Nominal(double, error.diagnostics))


def _told(run: Run, derivation: tuple[str, ...], note: Diagnostic) -> Run:
    """The run with another derivation and a remark."""
    assert run.reading is not None
    reading = replace(run.reading, derivation=derivation, remarks=(*run.reading.remarks, note))
    return replace(run, reading=reading)


def _stretches(short: Curve, long: Curve) -> bool:
    """Whether the curve of a run of `SHORT` updates and that of `NOMINAL` have equal segments, but for their length."""
    factor = NOMINAL // SHORT
    parts, others = _bounds(short, SHORT), _bounds(long, NOMINAL)
    if len(parts) != len(others):
        return False
    for starts, stops in (zip(*pair, strict=True) for pair in zip(parts, others, strict=True)):
        if any(abs(few * factor - many) > ROUNDED * factor for few, many in (starts, stops)):
            return False
        lengths = [stop - start for start, stop in zip(starts, stops, strict=True)]
        if min(lengths) < FEW:
            continue
        at = np.rint(PARTS * lengths[0])  # whole updates of the shorter one, and where they are in the longer one
        places = (at, np.rint(at * lengths[1] / lengths[0]))
        few, many = (
            evaluate_at(curve, start + place.astype(np.int64))
            for curve, start, place in zip((short, long), starts, places, strict=True)
        )
        if np.abs(few - many).max() > ALIKE * max(np.abs(few).max(), np.abs(many).max()):
            return False
    return True


def _bounds(curve: Curve, steps: int) -> list[tuple[int, int]]:
    """The first step of each segment in a run, and the one after its last; the whole run if there are none."""
    return [(each.start, min(each.stop, steps)) for each in curve.segments() if each.start < steps] or [(0, steps)]
