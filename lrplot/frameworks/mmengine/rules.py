"""mmengine's schedulers as updates of the value that they find, step by step, and all values in closed form.

A function that takes steps `s` returns gains and shifts, as those of `shared.updates`. A function that takes `first`,
the value at the beginning, returns the curve.
Source: mmengine/optim/scheduler/param_scheduler.py, each class's `_get_value`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import floor, nan, pi

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat, direction
from lrplot.curves.exceptions import FLOAT_DIVISION
from lrplot.curves.formulas import Formula, cosine
from lrplot.curves.laws import Geometric
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR, Floats, power_decay, power_ramp
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST, Steps
from lrplot.curves.wrappers import Lasting
from lrplot.frameworks.mmengine.optimizer import Levels, Rule
from lrplot.frameworks.shared.updates import Changes, cosine_gains, towards
from lrplot.lazy import dataclass


def geometric(gamma: float, first: float) -> Curve:
    """first·gamma^s."""
    return Geometric(FARTHEST, first, gamma)


def staircase(every: int, gamma: float, first: float) -> Curve:
    """first·gamma^⌊s/every⌋."""
    return Geometric(FARTHEST, first, gamma, every, staircase=True)


def plateaus(edges: Steps, gamma: float, first: float) -> Curve:
    """first·gamma^(edges at or before s)."""
    return Plateaus(FARTHEST, edges, first * np.power(gamma, np.arange(len(edges) + 1.0)))


def share(factor: float, last: int, first: float) -> Curve:
    """first·factor up to step `last`."""
    low = first * factor
    if last == 0 or factor == 0:
        return Flat(FARTHEST, low)
    return Plateaus(FARTHEST, np.array([last], dtype=np.int64), np.array([low, low * (1 / factor)]))


def straight(start: float, end: float, last: int, first: float) -> Curve:
    """A line from first·start to first·end, reached at step `last`."""
    if last == 0:
        return Flat(FARTHEST, first * start)
    meant = Role.WARMUP if end > start else None
    return Anneal(last + 1, first * start, first * end, LINEAR, inclusive=True, meant=meant)


def parabola_step(base: float, total: int, s: Steps) -> Changes:
    """A step on a parabola; the first one replaces the value that it finds."""
    return np.where(s == 0, 0.0, 1.0), base * (2 * s + 1) / total**2


def parabola(base: float, total: int, first: float) -> Curve:
    """The same in closed form: base·((s + 1)/total)²."""
    return Anneal(total, 0.0, base, power_ramp(2.0), lead=1, meant=Role.WARMUP)


def power_ratio(low: float, power: float, last: int, s: Steps) -> Changes:
    """The ratio of two values of a polynomial decay to `low`."""
    ratio = 1 - 1 / np.maximum(last - s + 1, 1)
    return towards(low, np.where(s == 0, 1.0, np.power(ratio, power)))


def decay(low: float, power: float, last: int, first: float) -> Curve:
    """A polynomial decay from `first` to `low`, reached at step `last`."""
    return Anneal(last + 1, first, low, power_decay(power), inclusive=True) if last else Flat(FARTHEST, first)


def waves(base: float, low: float, half: float, first: float) -> Curve:
    """From the value it finds down to `low`, but back up to the initial value `base`."""
    if first == base:
        return cosine(FARTHEST, base, low, half)
    function = partial(_wave, base, low, half, first)
    return Formula(FARTHEST, function, (0.0,), half, over=half, meant=direction(first, low))


def _wave(base: float, low: float, half: float, first: float, s: Floats) -> Floats:
    return np.asarray(low + (np.where(s <= half, first, base) - low) / 2 * (1 + np.cos(pi * s / half)))


def _place(lengths: Steps, s: Steps) -> tuple[Steps, Steps]:
    """The index of the cosine that each step is in, and the step in it; past the last cosine its last step."""
    ends = np.cumsum(lengths)
    s = np.minimum(s, ends[-1] - 1)
    index = np.searchsorted(ends, s, side="right")
    return index, s - (ends - lengths)[index]


def restart_step(lengths: Steps, peaks: Floats, low: float, s: Steps) -> Changes:
    """Half cosines to `low`, each one from a peak of its own."""
    index, local = _place(lengths, s)
    gains = np.where(local == 0, 0.0, cosine_gains(lengths[index], local))
    shifts = np.where(local == 0, peaks[index], low * (1 - gains))
    over = s >= lengths.sum()
    return np.where(over, 1.0, gains), np.where(over, 0.0, shifts)


def restarts(lengths: Steps, peaks: Floats, low: float, first: float) -> Curve:
    """The same in closed form, whatever value it finds."""
    ends = np.cumsum(lengths)
    turns = tuple(ends.astype(np.float64).tolist())
    role = Role.CYCLES if len(ends) > 1 else direction(float(peaks[0]), low)
    return Formula(FARTHEST, partial(_restart, lengths, peaks, low), turns, over=turns[-1], meant=role, held=True)


def _restart(lengths: Steps, peaks: Floats, low: float, s: Floats) -> Floats:
    index, local = _place(lengths, s.astype(np.int64))
    return np.asarray(low + (peaks[index] - low) / 2 * (1 + np.cos(pi * local / lengths[index])))


def one_cycle(total: int, pct_start: float, cosine_shaped: bool, three_phase: bool, levels: Levels) -> Rule:
    """One rise and one fall between levels, whatever value it finds."""
    start, peak, end = levels
    ends, values = [pct_start * total - 1, float(total - 1)], [start, peak, end]
    if three_phase:
        ends.insert(1, 2 * pct_start * total - 2)
        values.insert(2, start)
    cycle = Cycle(np.array(ends), np.array(values), cosine_shaped)
    relevel = partial(one_cycle, total, pct_start, cosine_shaped, three_phase)
    return Rule(cycle.update, cycle.curve, False, cycle.fails(total), levels, relevel)


@dataclass(eq=False)
class Cycle:
    """Ramps from level to level, each up to its end, a time that need not be whole; the last one continues."""

    ends: Floats
    levels: Floats
    cosine_shaped: bool

    @property
    def reached(self) -> Floats:
        """The end of each ramp; the next one may end earlier than it does."""
        return np.maximum.accumulate(self.ends)

    def values(self, s: Floats) -> Floats:
        """The values at steps `s`; NaN on a ramp of no length."""
        index = np.minimum(np.searchsorted(self.reached, s, side="left"), len(self.ends) - 1)
        begins = np.append(0.0, self.ends[:-1])[index]
        length = self.ends[index] - begins
        share = np.where(length == 0, nan, (s - begins) / np.where(length == 0, 1.0, length))
        first, last = self.levels[index], self.levels[index + 1]
        if self.cosine_shaped:
            return np.asarray(last + (first - last) / 2 * (np.cos(pi * share) + 1))
        return np.asarray((last - first) * share + first)

    def update(self, s: Steps) -> Changes:
        """Each step overwrites what it finds."""
        return np.zeros(s.shape), self.values(s.astype(np.float64))

    def curve(self, first: float) -> Curve:
        """The ramps as phases, whatever value they find."""
        length = int(self.ends[-1]) + 2
        whole = Formula(length, self.values, tuple(self.reached.tolist()), over=float(self.ends[-1]))
        starts = [0, *(floor(each) + 1 for each in self.reached[:-1].tolist()), length]
        roles = [direction(first, last) for first, last in pairwise(self.levels.tolist())]
        phases = [
            Phase(name, Lasting(stop - start, replace(whole, meant=role), start))
            for name, role, start, stop in zip(("rise", "fall", "end"), roles, starts, starts[1:], strict=False)
            if start < stop
        ]
        return Sequence(length, tuple(phases), open=True)

    def fails(self, total: int) -> tuple[int, str]:
        """The first step that raises: on a ramp of no length, at either end, or past the last step."""
        for s in (0, total):
            if np.isnan(self.values(np.array([float(s)]))[0]):
                return s, FLOAT_DIVISION
        return total + 1, f"ValueError: Tried to step {total + 2} times. The specified number of total steps is {total}"
