"""Tracks as rows, one a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrplot.chart.names import distinct
from lrplot.curves.curve import Curve
from lrplot.curves.logged import Logged
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.engine.evaluate import BLOCK, blocks, evaluate_at
from lrplot.output.text import printable
from lrplot.runs.run import Run, Track

FEWEST = 1 << 12  # rows evaluated and written at once, however many tracks share the memory of a block


@dataclass(frozen=True)
class Rows:
    """The rows of a table: one or more tracks at steps start, start + every … below stop.

    A track with a stop in `ends` has no value from that step on: an empty cell. `written` is
    called after each block with the number of its rows. If `at` is given, only its steps are rows, and a track that
    was not logged at one of them has no value there.
    """

    tracks: Mapping[str, Curve] = field(repr=False)
    start: int
    stop: int
    every: int = 1
    ends: Mapping[str, int] = field(default_factory=dict)
    written: Callable[[int], object] | None = None
    at: Steps | None = None

    @property
    def _at(self) -> Steps | None:
        """The logged steps that are rows; None for every step."""
        if self.at is None:
            return None
        return self.at[(self.at >= self.start) & (self.at < self.stop)][:: self.every]

    def __len__(self) -> int:
        return len(range(self.start, self.stop, self.every)) if self._at is None else len(self._at)

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """The whole table in memory: the int64 `step` of each row, and the float64 values of each track."""
        parts = list(self.blocks())
        steps = np.concatenate([steps for steps, _ in parts])
        tracks = zip(self.tracks, *(values for _, values in parts), strict=True)
        return {"step": steps, **{name: np.concatenate(values) for name, *values in tracks}}

    def blocks(self) -> Iterator[tuple[Steps, list[Floats]]]:
        """Steps and each track's values, NaN if it has none, a block at a time."""
        if self._at is not None:
            yield from self._logged(self._at)
            return
        length = max(FEWEST, BLOCK // len(self.tracks)) * self.every
        ends = [self.ends.get(name, self.stop) for name in self.tracks]
        for first in range(self.start, self.stop, length):
            last = min(self.stop, first + length)
            parts = [next(blocks(curve, first, last, self.every)) for curve in self.tracks.values()]
            steps = parts[0][0]
            yield steps, [_until(end, steps, values) for (_, values), end in zip(parts, ends, strict=True)]
            if self.written:
                self.written(len(steps))

    def _logged(self, at: Steps) -> Iterator[tuple[Steps, list[Floats]]]:
        for first in range(0, len(at), FEWEST):
            steps = at[first : first + FEWEST]
            yield (
                steps,
                [
                    _until(self.ends.get(name, self.stop), steps, _where_logged(curve, steps))
                    for name, curve in self.tracks.items()
                ],
            )
            if self.written:
                self.written(len(steps))


def _where_logged(curve: Curve, steps: Steps) -> Floats:
    values = evaluate_at(curve, steps)
    return np.where(np.isin(steps, curve.at), values, np.nan) if isinstance(curve, Logged) else values


def _until(end: int, steps: Steps, values: Floats) -> Floats:
    return values if steps[-1] < end else np.where(steps < end, values, np.nan)


@dataclass(eq=False)
class Elapsed(Curve):
    """The amount of a unit, such as epochs, that has passed before each step."""

    length: int
    rate: Fraction

    def values(self, t: Steps) -> Floats:
        """Each step's amount, rounded once while the step times the rate's numerator is a whole number below 2^53."""
        return t.astype(np.float64) * float(self.rate.numerator) / float(self.rate.denominator)


def with_units(run: Run, units: Sequence[str]) -> Run:
    """The run with a track for each unit of time, after its own: the epochs, samples or tokens before each step."""
    rates = {unit: Fraction(1, run.steps) if unit == "fraction" else run.per_step(unit) for unit in units}
    span = run.lr.span
    added = {unit: Track(Elapsed(run.steps, rate), None, span) for unit, rate in rates.items()}
    return replace(run, tracks={**run.tracks, **added})


def rows_of(run: Run) -> Rows:
    """All tracks of a run at every step, of a log at every logged one."""
    at = run.points.steps if run.points else None
    return Rows({name: track.curve for name, track in run.tracks.items()}, 0, run.steps, at=at)


def joined(runs: Sequence[Run]) -> Rows:
    """The tracks of several runs side by side, named `TRACK@RUN`, up to the end of the longest run.

    If one of them is a log, the rows are the logged steps.
    """
    names = distinct([printable(run.name) for run in runs])
    tracks: dict[str, Curve] = {}
    ends: dict[str, int] = {}
    for run, name in zip(runs, names, strict=True):
        for track in run.tracks:
            tracks[f"{track}@{name}"] = run.tracks[track].curve
            ends[f"{track}@{name}"] = run.steps
    logged = [run.points.steps for run in runs if run.points]
    at = ascending(np.concatenate(logged)) if logged else None
    return Rows(tracks, 0, max(run.steps for run in runs), ends=ends, at=at)
