"""Schedules side by side: each in a few numbers, and how far one lies from another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lrplot.analysis.summary import SUMMED, summarize
from lrplot.diagnostics import Fault
from lrplot.engine.evaluate import BLOCK, blocks, evaluate_at
from lrplot.frozen import frozen
from lrplot.schedules.curve import Curve, Steps, ascending
from lrplot.schedules.run import Run
from lrplot.schedules.shapes import Floats

PARTED = 1e-12  # of a peak or a level: less is rounding
COMPARED = 1 << 22  # places that are compared one by one; of more, so many spread evenly
SAMPLED = 64  # places in each stretch of such a long gap


@frozen
class Figures:
    """A learning-rate curve in the numbers that tell schedules apart.

    `warmup` is the number of updates before the peak is first reached, `above_half` the
    share of updates at half the peak or more, `mass` the mean as a share of the peak (Σlr
    divided by peak·N). `cooldown` is the last update at the level from which it only falls,
    None where it does not fall. `jump` is the largest change from one update to the next,
    and `jump_step` the update after it.
    """

    steps: int
    first: float
    peak: float
    peak_step: int
    last: float
    warmup: int
    above_half: float
    mass: float
    cooldown: int | None
    jump: float
    jump_step: int


def figures_of(run: Run) -> Figures:
    """The figures of a run's learning rate; of a run longer than 2^22 updates, shares are sampled."""
    curve, steps = run.tracks["lr"].curve, run.steps
    summary = summarize(curve, steps)
    walk = _Walk()
    for places, values in _places(curve, steps):
        walk.over(places, values, summary.peak / 2)
    jump, jump_step = _largest_jump(curve, steps)
    return Figures(
        steps=steps,
        first=summary.first,
        peak=summary.peak,
        peak_step=summary.peak_step,
        last=summary.last,
        warmup=summary.peak_step,
        above_half=walk.above_half / walk.seen,
        mass=summary.mean / summary.peak if summary.peak else 0.0,
        cooldown=walk.cooldown if summary.last < walk.level * (1 - PARTED) else None,
        jump=jump,
        jump_step=jump_step,
    )


def _places(curve: Curve, steps: int) -> Iterator[tuple[Steps, Floats]]:
    """Every step with its value; of a long run, 2^20 of them spread evenly and those where it turns."""
    if steps <= SUMMED:
        yield from blocks(curve, 0, steps)
        return
    points = curve.turning_points(0, steps)
    spread = np.linspace(0, steps - 1, 1 << 20).astype(np.int64)
    places = ascending(spread if points is None else np.concatenate([spread, points]))
    yield places, evaluate_at(curve, places)


@dataclass
class _Walk:
    """What a walk along a curve has seen so far."""

    seen: int = 0
    above_half: int = 0
    level: float = 0.0  # where it stood after its last rise
    cooldown: int = 0  # the last step there
    before: float | None = None

    def over(self, steps: Steps, values: Floats, half: float) -> None:
        """Walk on over the next places."""
        self.seen += len(steps)
        self.above_half += int(np.count_nonzero(values >= half))
        chained = values if self.before is None else np.concatenate([[self.before], values])
        rises = np.flatnonzero(np.diff(chained) > 0)
        self.before = float(values[-1])
        if len(rises) or len(chained) == len(values):
            top = int(rises[-1]) + 1 - (len(chained) - len(values)) if len(rises) else 0
            self.level = float(values[top])
            steps, values = steps[top:], values[top:]
        there = np.flatnonzero(values >= self.level * (1 - PARTED))
        if len(there):
            self.cooldown = int(steps[there[-1]])


def _largest_jump(curve: Curve, steps: int) -> tuple[float, int]:
    """The largest change from one update to the next, and the update after it."""
    points = None if steps <= SUMMED else curve.turning_points(0, steps)
    if points is None:
        return _largest_of_all(curve, steps)
    # Between turning points a curve is smooth: its changes are seen in a sample.
    sample = np.linspace(1, steps - 1, 1 << 16).astype(np.int64)
    after = ascending(np.concatenate([points, points + 1, sample]).clip(1, steps - 1))
    changes = np.abs(evaluate_at(curve, after) - evaluate_at(curve, after - 1))
    largest = int(changes.argmax())
    return float(changes[largest]), int(after[largest])


def _largest_of_all(curve: Curve, steps: int) -> tuple[float, int]:
    found, place, before = 0.0, 0, None
    for numbers, values in blocks(curve, 0, steps):
        changes = np.abs(np.diff(values, prepend=values[0] if before is None else before))
        largest = int(changes.argmax())
        if changes[largest] > found:
            found, place = float(changes[largest]), int(numbers[largest])
        before = values[-1]
    return found, place


@frozen
class Difference:
    """How far one track lies from another's, place by place.

    `largest` is the largest absolute difference and `relative` the largest as a share of
    the greater of the two values, each with the first run's step; `parts` is the first step
    where they differ by more than rounding, None where they never do. `compared` counts the
    places; where `sampled`, not all there are. `share` is `largest` by the first run's peak.
    """

    track: str
    largest: float
    largest_step: int
    relative: float
    relative_step: int
    parts: int | None
    share: float
    compared: int
    sampled: bool


def difference_of(first: Run, other: Run, track: str, align: str) -> Difference:
    """How far `other` lies from `first`, from step to step or as `align` lays them over each other."""
    a, b = first.tracks[track].curve, other.tracks[track].curve
    count, place = _alignment(first, other, align)
    peak = _peak(a, first.steps)
    found = _Gap(PARTED * peak)
    for steps in _chunks(count):
        found.over(steps, evaluate_at(a, steps), evaluate_at(b, place(steps)))
    share = found.largest / peak if peak else (0.0 if found.largest == 0 else np.inf)
    return Difference(
        track,
        found.largest,
        found.largest_step,
        found.relative,
        found.relative_step,
        found.parts,
        float(share),
        min(count, COMPARED),
        count > COMPARED,
    )


@frozen
class Gap(Curve):
    """The second curve less the first, where both go, the second read at the steps that lie over the first's."""

    length: int
    first: Curve
    other: Curve
    place: Callable[[Steps], Steps]

    @classmethod
    def between(cls, first: Run, other: Run, align: str) -> Gap:
        """The gap between the learning rates of two runs."""
        count, place = _alignment(first, other, align)
        return cls(count, first.tracks["lr"].curve, other.tracks["lr"].curve, place)

    def values(self, t: Steps) -> Floats:  # noqa: D102  # Curve's
        return np.asarray(self.other.values(self.place(t)) - self.first.values(t))

    def turning_points(self, start: int, stop: int) -> Steps | None:  # noqa: D102  # Curve's
        if self.length <= COMPARED:
            return None
        return ascending(np.linspace(start, stop - 1, SAMPLED).astype(np.int64))


def _peak(curve: Curve, steps: int) -> float:
    summary = summarize(curve, steps)
    return max(abs(summary.peak), abs(summary.low))


def _alignment(first: Run, other: Run, align: str) -> tuple[int, Callable[[Steps], Steps]]:
    """How many steps of the first run have a counterpart in the other, and which."""
    if align == "steps":
        return min(first.steps, other.steps), lambda steps: steps
    ratio = Fraction(other.steps, first.steps) if align == "fraction" else _rate(first, align) / _rate(other, align)
    last = other.steps - 1
    count = min(first.steps, -(-other.steps * ratio.denominator // ratio.numerator))
    return count, lambda steps: np.minimum((steps * float(ratio) + 1e-9).astype(np.int64), last)


def _rate(run: Run, unit: str) -> Fraction:
    try:
        return run.timebase.rates.per_step(unit)
    except Fault as fault:
        raise Fault(f"{run.name}: {fault.message}", help=fault.help, code=fault.code) from None


def _chunks(count: int) -> Iterator[Steps]:
    if count <= COMPARED:
        for start in range(0, count, BLOCK):
            yield np.arange(start, min(start + BLOCK, count), dtype=np.int64)
        return
    yield ascending(np.linspace(0, count - 1, COMPARED).astype(np.int64))


@dataclass
class _Gap:
    """The largest gaps between two curves so far."""

    rounding: float
    largest: float = 0.0
    largest_step: int = 0
    relative: float = 0.0
    relative_step: int = 0
    parts: int | None = None

    def over(self, steps: Steps, a: Floats, b: Floats) -> None:
        """Look at the next places."""
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
        if self.parts is None and len(apart):
            self.parts = int(steps[apart[0]])


@frozen
class Comparison:
    """Runs side by side: each one's figures, and how the others differ from the first, track by track.

    `missing` names, for each of the others, tracks that only one of the two has.
    """

    runs: tuple[Run, ...]
    figures: tuple[Figures, ...]
    differences: tuple[tuple[Difference, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    align: str

    def within(self, tolerance: float) -> bool:
        """Whether all are the same as the first to within a share of its peak."""
        if any(self.missing) or (self.align == "steps" and len({run.steps for run in self.runs}) > 1):
            return False
        return all(each.share <= tolerance for found in self.differences for each in found)


def compare(runs: Sequence[Run], align: str = "steps") -> Comparison:
    """Compare runs with the first of them; a `Fault` where they cannot be aligned so."""
    first, *others = runs
    return Comparison(
        tuple(runs),
        tuple(map(figures_of, runs)),
        tuple(
            tuple(difference_of(first, other, track, align) for track in first.tracks if track in other.tracks)
            for other in others
        ),
        tuple(tuple(sorted(first.tracks.keys() ^ other.tracks.keys())) for other in others),
        align,
    )
