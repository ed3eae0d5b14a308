"""The summary of a run in numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.logged import Logged
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.engine.evaluate import evaluate_at, run_blocks
from lrplot.engine.extremes import extremes, spread
from lrplot.lazy import dataclass

SUMMED = 1 << 22  # steps that are summed one by one; of more, a sample
ABRUPT = 4  # times the changes beside it: a jump
ROUNDING = 1e-12  # of a value: a smaller difference is ignored
AVERAGED = 1 << 18  # steps of that sample


@dataclass(frozen=True)
class Summary:
    """One track of a run of `steps` updates, in numbers.

    `first` and `last` are the values of the first and last update, `end` is where the schedule leads:
    its value one update after the last. `peak` and `low` are the extremes, and `peak_step` and
    `low_step` the first updates that attain them. `mass` is the mean as a share of the peak,
    `above_half` the share of updates at half the peak or more. `cooldown` is the last update
    before the value only falls, None if it does not fall. `jump` is the largest change
    from one update to the next, `jump_step` the update after it, and `abrupt` whether it is at least
    four times the changes beside it.

    For more than 2^22 updates (`mean_sampled`), `mean`, `above_half` and `cooldown` are taken from a
    sample of 2^18 evenly spread ones, `jump` and `jump_step` from another one of 2^16. If `sampled`,
    the extremes are taken from a sample too.
    """

    steps: int
    first: float
    last: float
    end: float
    peak: float
    peak_step: int
    low: float
    low_step: int
    mean: float
    mean_sampled: bool
    mass: float
    above_half: float
    cooldown: int | None
    jump: float
    jump_step: int
    abrupt: bool
    sampled: bool


@lru_cache(maxsize=8)  # a page and its findings look at the same curves
@np.errstate(all="ignore")
def summarize(curve: Curve, steps: int) -> Summary:
    """The summary of a curve over a run of `steps` updates."""
    ends = extremes(curve, steps)
    walk = _Walk(ends.peak / 2)
    if sampled := steps > SUMMED:
        spots = spread(0, steps, AVERAGED)
        mean = float((evaluate_at(curve, spots) / len(spots)).sum())  # a sum of the values may overflow
        places = sample(curve, steps)
        walk.add(places, evaluate_at(curve, places))
        jump, jump_step = _sampled_jump(curve, steps)
    else:
        mean = 0.0
        for places, values in run_blocks(curve, steps):
            mean += float((values / steps).sum())
            walk.add(places, values)
        jump, jump_step = walk.jump, walk.jump_step
    begin = int(curve.at[0]) if isinstance(curve, Logged) else 0  # before it, the first logged value stands in
    return Summary(
        steps=steps,
        first=ends.first,
        last=ends.last,
        end=curve.limit(steps),
        peak=ends.peak,
        peak_step=max(ends.peak_step, begin),
        low=ends.low,
        low_step=max(ends.low_step, begin),
        mean=mean,
        mean_sampled=sampled,
        mass=mean / ends.peak if ends.peak else 0.0,
        above_half=walk.above_half / walk.seen,
        cooldown=walk.cooldown if ends.last < walk.value * (1 - ROUNDING) else None,
        jump=jump,
        jump_step=jump_step,
        abrupt=_is_abrupt(curve, steps, jump, jump_step),
        sampled=ends.sampled,
    )


@lru_cache(maxsize=2)
def sample(curve: Curve, steps: int) -> Steps:
    """A sample of the updates of a long run, with its ends and its turning points, in order."""
    turns = curve.turning_points(0, steps)
    known = [] if turns is None else [turns]
    return ascending(np.concatenate([spread(0, steps, AVERAGED), [0, steps - 1], *known]))


class _Walk:
    """Figures of a curve, collected block by block."""

    def __init__(self, half: float) -> None:
        self.half = half
        self.seen = 0
        self.above_half = 0
        self.value = 0.0  # the value after the last rise
        self.cooldown = 0  # the last step with that value
        self.jump = 0.0
        self.jump_step = 0
        self.before: float | None = None

    def add(self, steps: Steps, values: Floats) -> None:
        """Add a block."""
        self.seen += len(steps)
        self.above_half += int(np.count_nonzero(values >= self.half))
        changes = np.diff(values, prepend=values[0] if self.before is None else self.before)
        largest = int(np.abs(changes).argmax())
        if abs(changes[largest]) > self.jump:
            self.jump, self.jump_step = float(abs(changes[largest])), int(steps[largest])
        rises = np.flatnonzero(changes > 0)
        if len(rises) or self.before is None:
            top = int(rises[-1]) if len(rises) else 0
            self.value = float(values[top])
            steps, values = steps[top:], values[top:]
        self.before = float(values[-1])
        there = np.flatnonzero(values >= self.value * (1 - ROUNDING))
        if len(there):
            self.cooldown = int(steps[there[-1]])


def _is_abrupt(curve: Curve, steps: int, jump: float, step: int) -> bool:
    """Whether a change at an update is at least `ABRUPT` times those one update before and after it."""
    around = np.array([each for each in range(step - 2, step + 2) if 0 <= each < steps], dtype=np.int64)
    if jump == 0 or step == 0:
        return False
    values = evaluate_at(curve, around)
    changes = np.abs(np.diff(values))[around[1:] != step]
    return bool((changes <= jump / ABRUPT).all()) and jump > ROUNDING * float(np.abs(values).max())


def _sampled_jump(curve: Curve, steps: int) -> tuple[float, int]:
    """The largest change from one update to the next in a long run, and the update after it.

    Between turning points a curve is smooth: its changes are seen in a sample.
    """
    points = curve.turning_points(0, steps)
    sample = spread(1, steps, 1 << 16)
    turns = [] if points is None else [points, points + 1]
    after = ascending(np.concatenate([*turns, sample]).clip(1, steps - 1))
    changes = np.abs(evaluate_at(curve, after) - evaluate_at(curve, after - 1))
    largest = int(changes.argmax())
    return float(changes[largest]), int(after[largest])
