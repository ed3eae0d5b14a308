"""What each of mmengine's schedulers does to the value it finds, step by step and in closed form.

Source: mmengine/optim/scheduler/param_scheduler.py, each class's `_get_value`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import cos, floor, inf, nan, pi

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula, cosine
from lrplot.curves.laws import Geometric
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR, Floats, power_decay
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST, Steps
from lrplot.curves.wrappers import Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.mmengine.optimizer import Levels, Rule, Window

DIVISION = "ZeroDivisionError: float division by zero"


def _gain(gains: Floats) -> tuple[Floats, Floats]:
    return gains, np.zeros(gains.shape)


def _towards(goal: float, gains: Floats) -> tuple[Floats, Floats]:
    """The distance from `goal` multiplied."""
    return gains, goal * (1 - gains)


def step(step_size: int, gamma: float, window: Window) -> Rule:
    """A drop every `step_size` steps."""
    every = step_size * window.unit
    if every == 0:
        fails = (1, "ZeroDivisionError: integer modulo by zero")
        return Rule(partial(_powers, 1.0), partial(Flat, FARTHEST), fails=fails)
    update = partial(_drops, every, gamma)
    return Rule(update, partial(_geometric, gamma, every), multiplies=gamma >= 0)


def _drops(every: int, gamma: float, s: Steps) -> tuple[Floats, Floats]:
    return _gain(np.where((s != 0) & (s % every == 0), gamma, 1.0))


def _geometric(gamma: float, every: int, first: float) -> Curve:
    return Geometric(FARTHEST, first, gamma, every, staircase=True)


def exponential(gamma: float, window: Window) -> Rule:
    """The same factor at each step but the first."""
    return Rule(partial(_powers, gamma), partial(_geometric, gamma, 1), multiplies=gamma >= 0)


def _powers(gamma: float, s: Steps) -> tuple[Floats, Floats]:
    return _gain(np.where(s != 0, gamma, 1.0))


def multi_step(milestones: tuple[int, ...], gamma: float, window: Window) -> Rule:
    """A drop at each milestone."""
    edges = np.array(sorted(each * window.unit for each in milestones if each >= 0), dtype=np.int64)
    return Rule(partial(_falls, edges, gamma), partial(_plateaus, edges, gamma), multiplies=gamma >= 0)


def _falls(edges: Steps, gamma: float, s: Steps) -> tuple[Floats, Floats]:
    count = np.searchsorted(edges, s, side="right") - np.searchsorted(edges, s, side="left")
    return _gain(np.power(gamma, count.astype(np.float64)))


def _plateaus(edges: Steps, gamma: float, first: float) -> Curve:
    return Plateaus(FARTHEST, edges, first * np.power(gamma, np.arange(len(edges) + 1.0)))


def constant(factor: float, window: Window) -> Rule:
    """A share of the value, up to the window's last step."""
    if not 0 <= factor <= 1:
        raise Fault("ValueError: Constant multiplicative factor should between 0 and 1.", field="factor")
    last = window.span - 1
    fails = (last, DIVISION) if factor == 0 and last else None
    return Rule(partial(_restored, factor, last), partial(_share, factor, last), True, fails)


def _restored(factor: float, last: int, s: Steps) -> tuple[Floats, Floats]:
    gains = np.where(s == last, 1 / factor if factor else inf, 1.0)
    return _gain(np.where(s == 0, factor, gains))


def _share(factor: float, last: int, first: float) -> Curve:
    low = first * factor
    if last == 0 or factor == 0:
        return Flat(FARTHEST, low)
    return Plateaus(FARTHEST, np.array([last], dtype=np.int64), np.array([low, low * (1 / factor)]))


def linear(start: float, end: float, window: Window) -> Rule:
    """A straight line between two shares of the value."""
    for field, factor, word in (("start_factor", start, "Starting"), ("end_factor", end, "Ending")):
        if not 0 <= factor <= 1:
            raise Fault(f"ValueError: {word} multiplicative factor should between 0 and 1.", field=field)
    last = window.span - 1
    fails = (1, DIVISION) if start == 0 else None
    return Rule(partial(_line_ratio, start, end, last), partial(_straight, start, end, last), True, fails)


def _line_ratio(start: float, end: float, last: int, s: Steps) -> tuple[Floats, Floats]:
    rise = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = 1 + rise / (last * start + (s - 1) * rise)
    return _gain(np.where(s == 0, start, gains))


def _straight(start: float, end: float, last: int, first: float) -> Curve:
    return Anneal(last, first * start, first * end, LINEAR) if last else Flat(FARTHEST, first * start)


def poly(low: float, power: float, window: Window) -> Rule:
    """A polynomial decay to `low`."""
    last = window.span - 1
    fails = (last, "ZeroDivisionError: 0.0 cannot be raised to a negative power") if power < 0 and last else None
    return Rule(partial(_power_ratio, low, power, last), partial(_decay, low, power, last), low == 0, fails)


def _power_ratio(low: float, power: float, last: int, s: Steps) -> tuple[Floats, Floats]:
    ratio = 1 - 1 / np.maximum(last - s + 1, 1)
    return _towards(low, np.where(s == 0, 1.0, np.power(ratio, power)))


def _decay(low: float, power: float, last: int, first: float) -> Curve:
    return Anneal(last, first, low, power_decay(power)) if last else Flat(FARTHEST, first)


def cosine_annealing(T_max: int | None, low: float | None, ratio: float | None, window: Window) -> Rule:
    """Half cosines between the initial value and `low`, down and up."""
    if low is not None and ratio is not None:
        message = "AssertionError: Either `eta_min` or `eta_min_ratio should be specified"
        raise Fault(message, field="eta_min_ratio", help="keep one of them")
    base, half = window.base, (T_max or 0) * window.unit or window.span
    goal = base * ratio if ratio is not None else low or 0.0
    return Rule(partial(_cosine_step, base, goal, half), partial(_waves, base, goal, half))


def _cosine_step(base: float, low: float, half: int, s: Steps) -> tuple[Floats, Floats]:
    leaving = (s != 0) & ((s - 1 - half) % (2 * half) == 0)
    rise = (base - low) * (1 - cos(pi / half)) / 2  # what takes it off the bottom
    keeps = leaving | (s == 0)
    gains = np.where(keeps, 1.0, _cosine_ratio(np.where(keeps, 1, s), half))
    return gains, np.where(leaving, rise, low * (1 - gains))


def _cosine_ratio(s: Steps, half: int | Steps) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((1 + np.cos(pi * s / half)) / (1 + np.cos(pi * (s - 1) / half)))


def _waves(base: float, low: float, half: int, first: float) -> Curve:
    """From the value it finds, but back up to the initial one."""
    if first == base:
        return cosine(FARTHEST, base, low, half)
    return Formula(FARTHEST, partial(_wave, base, low, half, first), (0.0,), half)


def _wave(base: float, low: float, half: int, first: float, s: Floats) -> Floats:
    return np.asarray(low + (np.where(s <= half, first, base) - low) / 2 * (1 + np.cos(pi * s / half)))


def cosine_restart(
    periods: tuple[int, ...], weights: tuple[float, ...], low: float | None, ratio: float | None, window: Window
) -> Rule:
    """Half cosines to `low`, each starting over."""
    if (low is None) == (ratio is None):
        message = "AssertionError: exactly one of `eta_min` and `eta_min_ratio` must be given"
        raise Fault(message, field="eta_min", help="add `eta_min: 0`" if low is None else "keep one of them")
    if len(periods) != len(weights):
        message = "AssertionError: periods and restart_weights should have the same length."
        raise Fault(message, field="restart_weights", help=f"give {len(periods)}, there are {len(weights)}")
    # A period of no steps is passed over.
    lengths = np.array([each * window.unit for each in periods if each], dtype=np.int64)
    base = window.base
    peaks = base * np.array([weight for each, weight in zip(periods, weights, strict=True) if each])
    goal = base * ratio if ratio is not None else low or 0.0
    if not len(lengths):
        return Rule(partial(_powers, 1.0), partial(Flat, FARTHEST), True)
    return Rule(partial(_restart_step, lengths, peaks, goal), partial(_restarts, lengths, peaks, goal))


def _place(lengths: Steps, s: Steps) -> tuple[Steps, Steps]:
    """Each step's cosine, and the step in it; past the last one its last step."""
    ends = np.cumsum(lengths)
    s = np.minimum(s, ends[-1] - 1)
    index = np.searchsorted(ends, s, side="right")
    return index, s - (ends - lengths)[index]


def _restart_step(lengths: Steps, peaks: Floats, low: float, s: Steps) -> tuple[Floats, Floats]:
    index, local = _place(lengths, s)
    gains = np.where(local == 0, 0.0, _cosine_ratio(local, lengths[index]))
    shifts = np.where(local == 0, peaks[index], low * (1 - gains))
    over = s >= lengths.sum()
    return np.where(over, 1.0, gains), np.where(over, 0.0, shifts)


def _restarts(lengths: Steps, peaks: Floats, low: float, first: float) -> Curve:
    turns = tuple(np.cumsum(lengths).astype(np.float64).tolist())
    return Formula(FARTHEST, partial(_restart, lengths, peaks, low), turns)


def _restart(lengths: Steps, peaks: Floats, low: float, s: Floats) -> Floats:
    index, local = _place(lengths, s.astype(np.int64))
    return np.asarray(low + (peaks[index] - low) / 2 * (1 + np.cos(pi * local / lengths[index])))


def one_cycle(
    eta_max: tuple[float, ...],
    total_steps: int | None,
    pct_start: float,
    cosine_shaped: bool,
    three_phase: bool,
    factors: tuple[float, float],
    window: Window,
) -> Rule:
    """One rise and one fall, whatever it finds."""
    if len(eta_max) != 1:
        raise Fault(f"ValueError: expected 1 values for max_lr, got {len(eta_max)}", field="eta_max")
    if total_steps is not None and total_steps <= 0:
        raise Fault(f"ValueError: Expected positive integer total_steps, but got {total_steps}", field="total_steps")
    if not 0 <= pct_start <= 1:
        message = f"ValueError: Expected float between 0 and 1 pct_start, but got {pct_start:g}"
        raise Fault(message, field="pct_start")
    for field, factor in zip(("div_factor", "final_div_factor"), factors, strict=True):
        if factor == 0:
            raise Fault(DIVISION, field=field)
    total = window.span if total_steps is None else total_steps * window.unit
    peak, start = eta_max[0], eta_max[0] / factors[0]
    return _one_cycle(total, pct_start, cosine_shaped, three_phase, (start, peak, start / factors[1]))


def _one_cycle(total: int, pct_start: float, cosine_shaped: bool, three_phase: bool, levels: Levels) -> Rule:
    start, peak, end = levels
    ends, values = [pct_start * total - 1, float(total - 1)], [start, peak, end]
    if three_phase:
        ends.insert(1, 2 * pct_start * total - 2)
        values.insert(2, start)
    cycle = Cycle(np.array(ends), np.array(values), cosine_shaped)
    relevel = partial(_one_cycle, total, pct_start, cosine_shaped, three_phase)
    return Rule(cycle.update, cycle.curve, False, cycle.fails(total), levels, relevel)


@dataclass(frozen=True)
class Cycle:
    """Ramps from level to level, each up to its end, a time that need not be whole; the last one goes on."""

    ends: Floats
    levels: Floats
    cosine_shaped: bool

    @property
    def reached(self) -> Floats:
        """When each ramp is over: the next one may end before it does."""
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

    def update(self, s: Steps) -> tuple[Floats, Floats]:
        """Each step overwrites what it finds."""
        return np.zeros(s.shape), self.values(s.astype(np.float64))

    def curve(self, first: float) -> Curve:
        """The ramps as phases, whatever value they find."""
        length = int(self.ends[-1]) + 2
        whole = Formula(length, self.values, tuple(self.reached.tolist()))
        starts = [0, *(floor(each) + 1 for each in self.reached[:-1].tolist()), length]
        phases = [
            Phase(name, Lasting(stop - start, whole, start))
            for name, start, stop in zip(("rise", "fall", "end"), starts, starts[1:], strict=False)
            if start < stop
        ]
        return Sequence(length, tuple(phases), open=True)

    def fails(self, total: int) -> tuple[int, str]:
        """The first step that raises: one on a ramp of no length, at either end, or one too many."""
        for s in (0, total):
            if np.isnan(self.values(np.array([float(s)]))[0]):
                return s, DIVISION
        return total + 1, f"ValueError: Tried to step {total + 2} times. The specified number of total steps is {total}"
