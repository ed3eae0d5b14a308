"""Comparison of runs: summaries, and the differences between their curves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from lrplot.analysis.summary import ROUNDING, Summary, summarize
from lrplot.analysis.theory.convex import bound_ratio
from lrplot.curves.curve import Curve
from lrplot.curves.logged import Logged
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.display import Shown
from lrplot.engine.evaluate import BLOCK, evaluate_at
from lrplot.runs.run import Run
from lrplot.runs.timebase import UNITS

ALIGNMENTS = (*UNITS, "fraction")
CROSSING = 2  # places from one difference to the next if they are equal at one in between
MOST_RANGES = 1 << 6
COMPARED = 1 << 22  # places that are compared; of a longer run, this many evenly spread


@dataclass(frozen=True)
class Difference:
    """The difference between a track of two runs, place by place.

    `largest` is the largest absolute difference, `relative` the largest as a share of the greater of
    the two values, each with the step of the first run. `parts` is the first step at which they differ
    by more than rounding, None if they never do, and `ranges` are the first and last step of each range
    of places at which they do. `compared` is the number of places compared; if `sampled`, there are more.
    `share` is `largest` divided by the first run's peak.
    """

    track: str
    largest: float
    largest_step: int
    relative: float
    relative_step: int
    parts: int | None
    ranges: tuple[tuple[int, int], ...]
    share: float
    compared: int
    sampled: bool


def difference_of(first: Run, other: Run, track: str, align: str) -> Difference:
    """The difference between `other` and `first` in a track, aligned by steps, fraction or a unit.

    Logs are compared at logged steps only.
    """
    a, b = first.tracks[track].curve, other.tracks[track].curve
    peak = _peak(a, first.steps)
    found = _Gap(ROUNDING * peak)
    compared = 0
    for steps, others in pairs(first, other, track, align):
        found.add(steps, evaluate_at(a, steps), evaluate_at(b, others))
        compared += len(steps)
    share = found.largest / peak if peak else (0.0 if found.largest == 0 else np.inf)
    return Difference(
        track,
        found.largest,
        found.largest_step,
        found.relative,
        found.relative_step,
        found.ranges[0][0] if found.ranges else None,
        tuple((first, last) for first, last, _ in found.ranges),
        float(share),
        compared,
        not (first.points or other.points) and _alignment(first, other, align)[0] > compared,
    )


def pairs(first: Run, other: Run, track: str, align: str) -> Iterator[tuple[Steps, Steps]]:
    """The steps of the first run at which a track is compared, and their counterparts in the other, in blocks."""
    a, b = first.tracks[track].curve, other.tracks[track].curve
    count, place, origin = _alignment(first, other, align)
    if isinstance(a, Logged):
        blocks: Iterable[Steps] = [a.at]
    elif isinstance(b, Logged):
        blocks = [origin(b.at)]
    else:
        blocks = _chunks(count)
    for block in blocks:
        steps = block[block < count]
        others = place(steps)
        if isinstance(b, Logged):
            known = np.isin(others, b.at)
            steps, others = steps[known], others[known]
        if len(steps):
            yield steps, others


@dataclass(frozen=True)
class Gap(Curve):
    """The second curve minus the first, over the steps of the first; `place` maps them to steps of the second."""

    length: int
    first: Curve
    other: Curve
    place: Callable[[Steps], Steps]

    @classmethod
    def between(cls, first: Run, other: Run, align: str) -> Gap:
        """The difference between the learning rates of two runs."""
        count, place, _ = _alignment(first, other, align)
        return cls(count, first.lr.curve, other.lr.curve, place)

    def values(self, t: Steps) -> Floats:  # noqa: D102  # Curve's
        return np.asarray(self.other.values(self.place(t)) - self.first.values(t))

    def turning_points(self, start: int, stop: int) -> None:  # noqa: D102  # Curve's
        return None


def _peak(curve: Curve, steps: int) -> float:
    summary = summarize(curve, steps)
    return max(abs(summary.peak), abs(summary.low))


Map = Callable[[Steps], Steps]


def _alignment(first: Run, other: Run, align: str) -> tuple[int, Map, Map]:
    """The number of steps of the first run that have a counterpart in the other, the map to it, and that back."""
    if align == "steps":
        return min(first.steps, other.steps), lambda steps: steps, lambda steps: steps
    ratio = Fraction(other.steps, first.steps) if align == "fraction" else first.per_step(align) / other.per_step(align)
    last = other.steps - 1
    count = min(first.steps, -(-other.steps * ratio.denominator // ratio.numerator))
    return (
        count,
        lambda steps: np.minimum((steps * float(ratio) + 1e-9).astype(np.int64), last),
        lambda steps: np.ceil(steps / float(ratio) - 1e-9).astype(np.int64),
    )


def _chunks(count: int) -> Iterator[Steps]:
    if count <= COMPARED:
        for start in range(0, count, BLOCK):
            yield np.arange(start, min(start + BLOCK, count), dtype=np.int64)
        return
    yield ascending(np.linspace(0, count - 1, COMPARED).astype(np.int64))


@dataclass
class _Gap:
    """The largest differences between two curves so far, and the ranges of places at which they differ.

    A range holds its first and last step, and the number of places up to its end. A single place at which curves that
    cross are equal does not end a range. If there are `MOST_RANGES`, the last one takes all that follow.
    """

    rounding: float
    largest: float = 0.0
    largest_step: int = 0
    relative: float = 0.0
    relative_step: int = 0
    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    places: int = 0

    def add(self, steps: Steps, a: Floats, b: Floats) -> None:
        """Add a block."""
        gap = np.abs(a - b)
        size = np.maximum(np.abs(a), np.abs(b))
        with np.errstate(invalid="ignore", divide="ignore"):
            relative = np.where(gap > self.rounding, gap / size, 0.0)
        i, j = int(gap.argmax()), int(relative.argmax())
        if gap[i] > self.largest:
            self.largest, self.largest_step = float(gap[i]), int(steps[i])
        if relative[j] > self.relative:
            self.relative, self.relative_step = float(relative[j]), int(steps[j])
        apart = np.flatnonzero(gap > self.rounding)
        ends = np.flatnonzero(np.diff(apart) > CROSSING)[:MOST_RANGES]  # the last part holds all that follow
        for part in np.split(apart, ends + 1) if len(apart) else ():
            self._extend(int(steps[part[0]]), int(steps[part[-1]]), self.places + int(part[0]), int(part[-1] - part[0]))
        self.places += len(steps)

    def _extend(self, first: int, last: int, place: int, length: int) -> None:
        """Add a range that begins at a place."""
        if self.ranges and (place - self.ranges[-1][2] <= CROSSING or len(self.ranges) == MOST_RANGES):
            first = self.ranges.pop()[0]
        self.ranges.append((first, last, place + length))


@dataclass(frozen=True)
class Comparison(Shown):
    """Summaries of runs, and the differences of the others from the first, by track.

    `bounds` are the convex last-iterate bounds of the runs, as multiples of that of a linear decay.
    `missing` names, for each of the others, the tracks that only one of the two has.
    """

    runs: tuple[Run, ...] = field(repr=False)
    summaries: tuple[Summary, ...]
    differences: tuple[tuple[Difference, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    align: str
    bounds: tuple[float | None, ...]

    @property
    def same_length(self) -> bool:
        """Whether every step of a run has a counterpart in the first; logs may begin late and end early."""
        planned = {run.steps for run in self.runs if not run.points}
        return self.align != "steps" or len(planned) <= 1

    def within(self, tolerance: float) -> bool:
        """Whether all runs equal the first, to within a share of its peak."""
        if any(self.missing) or not self.same_length:
            return False
        return all(each.share <= tolerance for found in self.differences for each in found)


def compare(runs: Sequence[Run], align: str = "steps") -> Comparison:
    """Compare runs with the first of them; `Fault` if they cannot be aligned."""
    first, *others = runs
    return Comparison(
        tuple(runs),
        tuple(summarize(run.lr.curve, run.steps) for run in runs),
        tuple(
            tuple(difference_of(first, other, track, align) for track in first.tracks if track in other.tracks)
            for other in others
        ),
        tuple(tuple(sorted(first.tracks.keys() ^ other.tracks.keys())) for other in others),
        align,
        tuple(map(bound_ratio, runs)),
    )
