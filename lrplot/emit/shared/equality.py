"""Is what was written the same schedule: the difference from the run, at every update of all but the longest runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from math import ceil, floor, inf, log10

import numpy as np

from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, within
from lrplot.engine.evaluate import BLOCK, raw_values
from lrplot.lazy import dataclass
from lrplot.runs.run import Run, parameter_of

EQUAL = 1e-9  # difference, as a share of the peak, up to which two schedules are the same
LONGEST = 10**7  # updates that are all compared
SAMPLED = 1 << 16  # evenly spread updates of a longer run
ROUNDING = 2.0**-52  # of the peak: what the last bit of a function of the target's may differ by
OWN = 1e-15  # of the peak: how a program may round the formula of its own scheduler

Values = Callable[[Steps], Floats]


@dataclass(frozen=True)
class Equality:
    """The largest difference, as a share of the peak, with its track and update, and the first one that counts.

    `compared` updates of `updates` were compared: all, or a sample, with all turning points if they are known.
    """

    largest: float
    track: str
    at: int
    first: int | None
    compared: int
    updates: int
    turns: bool

    @property
    def holds(self) -> bool:
        """Whether the schedules are the same."""
        return self.first is None

    @property
    def where(self) -> str:
        """The updates that were compared."""
        if self.compared == self.updates:
            return f"all {self.updates:,} updates"
        turns = "all turning points and " if self.turns else ""
        return f"{turns}{self.compared:,} of {self.updates:,} updates"

    def sentence(self, more: float) -> str:
        """The first comment of what is written; `more` is rounding that only the target itself has."""
        if not self.holds:
            return f"not equal: {self.difference}"
        return f"equal at {self.where} (largest difference {rounded_up(self.largest + more)} of the peak)"

    @property
    def difference(self) -> str:
        """The difference between two schedules."""
        track = "" if self.track == "lr" else f" in `{self.track}`"
        share = float(f"{100 * self.largest:.2g}")
        return f"differs by up to {share:g}% of the peak{track}, at update {self.at:,}; first at update {self.first:,}"


def rounded_up(value: float) -> str:
    """A number with one digit, rounded up."""
    exponent = floor(log10(value))
    digit = ceil(value / 10.0**exponent - 1e-9)
    return f"{digit / 10 if digit == 10 else digit:g}e{exponent + (digit == 10):+03d}".replace("0.1e", "1e")


@dataclass(frozen=True)
class Comparison:
    """Compares what is written with a run."""

    run: Run

    @cached_property
    def sample(self) -> Steps:
        """Few updates, among them those where the curves turn: for a first impression."""
        return self._spread(1 << 9)

    def _spread(self, count: int) -> Steps:
        steps = self.run.steps
        found = [np.linspace(0, steps - 1, min(count, steps)).astype(np.int64)]
        for track in self.run.tracks.values():
            segments = np.array([edge for each in track.curve.segments() for edge in (each.start, each.stop)])
            turns = track.curve.turning_points(0, steps)
            edges = np.concatenate([segments.astype(np.int64), turns if turns is not None else segments[:0]])
            found += [edges.astype(np.int64) + offset for offset in (-1, 0, 1)]
        return within(np.concatenate(found).astype(np.int64), 0, steps)

    def _blocks(self) -> Iterator[Steps]:
        steps = self.run.steps
        if steps <= LONGEST:
            for start in range(0, steps, BLOCK):
                yield np.arange(start, min(steps, start + BLOCK), dtype=np.int64)
        else:
            yield self._spread(SAMPLED)

    def quick(self, tracks: Mapping[str, Values]) -> Equality:
        """The differences at few updates."""
        return self._compare(tracks, [self.sample])

    def whole(self, tracks: Mapping[str, Values]) -> Equality:
        """The differences at every update, or in the longest runs at turning points and a sample."""
        return self._compare(tracks, self._blocks())

    @np.errstate(all="ignore")
    def _compare(self, tracks: Mapping[str, Values], blocks: Iterable[Steps]) -> Equality:
        largest, name, at, first, compared = 0.0, "lr", 0, None, 0
        for steps in blocks:
            compared += len(steps)
            for track, values in tracks.items():
                differences = np.abs(values(steps) - raw_values(self.run.tracks[track].curve, steps))
                differences = np.where(np.isfinite(differences), differences / self.peaks[track], inf)
                worst = int(np.argmax(differences))
                if differences[worst] > largest:
                    largest, name, at = float(differences[worst]), track, int(steps[worst])
                if (beyond := np.flatnonzero(differences > EQUAL)).size:
                    step = int(steps[beyond[0]])
                    first = step if first is None else min(first, step)
        return Equality(largest, name, at, first, compared, self.run.steps, self._has_turns)

    @cached_property
    def _has_turns(self) -> bool:
        """Whether the turning points of all tracks are known."""
        return all(each.curve.turning_points(0, self.run.steps) is not None for each in self.run.tracks.values())

    @cached_property
    def peaks(self) -> dict[str, float]:
        """The largest value of each parameter, over its groups too; 1 if it is 0 throughout."""
        peaks: dict[str, float] = {}
        for name, track in self.run.tracks.items():
            values = raw_values(track.curve, self.sample)
            parameter = parameter_of(name)
            peaks[parameter] = max(peaks.get(parameter, 0.0), float(np.max(np.abs(values))))
        return {name: peaks[parameter_of(name)] or 1.0 for name in self.run.tracks}
