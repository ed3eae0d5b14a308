"""Curves of fairseq's schedules: peaks that change with the epoch, cosine cycles, manual tables."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from math import floor, log

import numpy as np

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DIVISION, DOMAIN, ZERO_POWER
from lrplot.curves.laws import Geometric
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST, Steps, ascending, both_sides, multiples, within
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.restarting import Restarting, powers
from lrplot.frameworks.shared.stages import Stage, staged
from lrplot.lazy import dataclass
from lrplot.schema.frame import Frame


@dataclass(eq=False)
class Towards(Curve):
    """last + (peak − last)·share, for a `peak` that is constant except for jumps.

    At step `top` the value is the peak itself, without rounding.
    """

    length: int
    peak: Curve
    share: Curve
    last: float = 0.0
    top: int = -1

    def values(self, t: Steps) -> Floats:
        peak = self.peak.values(t)
        values = (peak - self.last) * self.share.values(t) + self.last
        return np.where(t == self.top, peak, values)

    def limit(self, t: int) -> float:
        return (self.peak.limit(t) - self.last) * self.share.limit(t) + self.last

    def turning_points(self, start: int, stop: int) -> Steps | None:
        jumps, inner = self._jumps(start, stop), self.share.turning_points(start, stop)
        if jumps is None or inner is None:
            return None
        top = np.array([self.top, self.top + 1], dtype=np.int64)
        return within(np.concatenate([jumps, inner, top]), start, stop)

    def _jumps(self, start: int, stop: int) -> Steps | None:
        """Steps at which the peak may jump: the product can turn there even if the peak itself only falls."""
        if not isinstance(self.peak, Stepped):
            return self.peak.turning_points(start, stop)
        epochs = multiples(self.peak.every, start, stop + 1)
        return None if epochs is None else both_sides(epochs, start, stop)


def cosine_cycles(
    length: int, first: float, last: float, period: float, mult: float, shrink: float, single: bool
) -> Curve:
    """Half cosines from `first` to `last`; cycle i takes period·mult^i steps, its ends are shrink^i times those.

    A `single` cosine is meant to be over after its period.
    """
    if period == 0:
        return Bounded(Flat(length, first), 0, DIVISION)
    stop = _domain_end(period, mult)
    if stop == 0:
        return Bounded(Flat(length, first), 0, DOMAIN)
    number = partial(_cycle_number, period, mult)
    function = partial(_cycles, first, last, period, mult, shrink, number)
    single = single and period > 0
    over, meant = (min(period, FARTHEST), Role.DECAY) if single else (None, Role.CYCLES)
    cycles = Restarting(length, function, over=over, meant=meant, number=number)
    if shrink == 0 and period < 0:  # a warmup longer than the run: cycles count down from 0
        return Bounded(cycles, 1, ZERO_POWER)
    return cycles if stop is None else Bounded(cycles, stop, DOMAIN)


def _cycles(
    first: float, last: float, period: float, mult: float, shrink: float, number: Callable[[Floats], Floats], t: Floats
) -> Floats:
    cycle = number(t)
    if mult == 1:
        local, span = t - period * cycle, np.asarray(period)
    else:
        growth = powers(mult, cycle)
        local, span = t - (1 - growth) / (1 - mult) * period, growth * period
    size = np.power(shrink, cycle)
    low = last * size
    return np.asarray(low + 0.5 * (first * size - low) * (1 + np.cos(np.pi * local / span)))


def _cycle_number(period: float, mult: float, t: Floats) -> Floats:
    """⌊t/period⌋, or ⌊log(1 − t/period·(1 − mult))/log mult⌋ if cycles grow.

    Close to whole numbers the logarithm is Python's, as in the framework.
    """
    if mult == 1:
        return np.floor(t / period)
    growth = 1 - t / period * (1 - mult)
    exact = np.log(growth) / log(mult)
    unsure = np.abs(exact - np.rint(exact)) <= 1e-14 * np.abs(exact)
    exact[unsure] = [log(each) / log(mult) for each in growth[unsure].tolist()]
    return np.floor(exact)


def _domain_end(period: float, mult: float) -> int | None:
    """The first step at which the number of the cycle is undefined; None if it is defined everywhere."""
    if mult == 1:
        return None
    if mult <= 0:
        return 0
    slope = (1 - mult) / period
    if slope < 1 / FARTHEST:
        return None
    step = floor((1 - 1e-12) / slope)
    while 1 - step / period * (1 - mult) > 0:
        step += 1
    return step


def levels_by_epoch(frame: Frame, levels: tuple[float, ...], anneal: int | None, shrink: float) -> Curve:
    """One level per epoch; the last one holds, or shrinks from epoch `anneal` on. Epochs are counted from 1."""
    if anneal is None and len(levels) == 1:
        return Flat(frame.length, levels[0])
    epochs = frame.epochs
    curve: Curve = plateaus(epochs, levels)
    if anneal is not None:
        before = max(anneal - 1, 0)  # epochs
        first = float(levels[-1] * np.power(shrink, before + 2.0 - anneal))
        annealed = Geometric(max(epochs - before, 1), first, shrink, staircase=True)
        curve = staged(epochs, Stage("listed", 0, curve), Stage("annealed", before, annealed))
    return Stepped(frame.clock_length, curve, every=frame.epoch())


def plateaus(length: int, levels: tuple[float, ...]) -> Plateaus:
    """One level per step; the last one holds."""
    return Plateaus(length, np.arange(1, len(levels), dtype=np.int64), np.array(levels))


def remaining(warmup: int, total: float, power: float, k: Floats) -> Floats:
    """The share of a polynomial decay that remains at update k."""
    return np.power(np.maximum(1 - (k - warmup) / (total - warmup), 0.0), power)


def gain_and_shift(
    warmup: int, total: float, share: Callable[[Floats], Floats], end: float, k: Floats
) -> tuple[Floats, Floats]:
    """Gain and shift from a peak to the value at update k."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = np.where(k >= total, 0.0, share(k))
    rising = (k <= warmup) & (warmup > 0)
    gains = np.where(rising, k / max(warmup, 1), gains)
    return gains, np.where(rising, 0.0, end * (1 - gains))


def peaks_by_epoch(
    frame: Frame, levels: tuple[float, ...], anneal: int | None, update: Callable[[Floats], tuple[Floats, Floats]]
) -> Curve:
    """The peak of each epoch; from epoch `anneal` on, the value at which the epoch begins.

    `update` gives, by update, the gain and shift from the peak before to that value.
    """
    if anneal is None and len(levels) == 1:
        return Flat(frame.length, levels[0])
    epoch, epochs = frame.epoch(), frame.epochs
    curve: Curve = plateaus(epochs, levels[1:] or levels)
    if anneal is not None:
        before = max(anneal - 1, 0)  # epochs
        begin = partial(_at_begin, update, epoch, before)
        gain, shift = begin(np.zeros(1, dtype=np.int64))
        first = float(gain[0] * levels[min(before, len(levels) - 1)] + shift[0])
        annealed = Recurrence(max(epochs - before, 1), first, begin)
        curve = staged(epochs, Stage("listed", 0, curve), Stage("annealed", before, annealed))
    return Stepped(frame.clock_length, curve, every=epoch)


def _at_begin(
    update: Callable[[Floats], tuple[Floats, Floats]], epoch: int, before: int, epochs: Steps
) -> tuple[Floats, Floats]:
    return update((epochs + before).astype(np.float64) * epoch)


@dataclass(eq=False)
class Table:
    """Values by number: each of `levels` is in force from its edge up to the next one."""

    edges: Steps
    levels: Floats
    first: float | None  # the value of number 1; None if it has none of its own

    def shifted(self, offset: int, before: float | None) -> tuple[Steps, Floats]:
        """Edges counted from `offset`, those at 0 or below left out, and the levels around them.

        `before` is the level before the first edge.
        """
        past = int(np.searchsorted(self.edges, offset, side="right"))
        initial = self.levels[past - 1] if past else before
        return self.edges[past:] - offset, np.array([initial, *self.levels[past:]], dtype=np.float64)


def read_table(text: str, field: str) -> Table:
    """Read a dictionary such as `{"1": 0.1, "2-5": 0.05, "6,8": 0.01}`; a later entry overrides an earlier one."""
    try:
        entries = ast.literal_eval(text.replace(" ", ""))
        if not isinstance(entries, dict):
            raise ValueError("epoch2lr/update2lr must be abel to evaluated to a dict")
        spans = [(*span, float(value)) for key, value in entries.items() for span in _spans(key)]
    except (ValueError, TypeError, SyntaxError, OverflowError, MemoryError, RecursionError) as error:
        message = f"{type(error).__name__}: {error}"
        raise Fault(message, field=field, help="""write `"{'1': 0.1, '2-5': 0.05, '6,8': 0.01}"`""") from None
    bounds = [bound for low, high, _ in spans for bound in (low, high + 1)]
    edges = ascending(np.array(bounds, dtype=np.int64))
    levels = np.full(len(edges), np.nan)
    for low, high, value in spans:
        levels[np.searchsorted(edges, low) : np.searchsorted(edges, high + 1)] = value
    known = ~np.isnan(levels)  # the value of an entry's last number stays in force after it
    return Table(edges[known], levels[known], next((value for a, b, value in reversed(spans) if a <= 1 <= b), None))


def _spans(key: str) -> list[tuple[int, int]]:
    """The first and last number of each stretch that a key names."""
    if "," in key:
        return [(number, number) for number in map(_number, key.split(","))]
    if "-" in key:
        low, high = map(_number, key.split("-")[:2])
        return [(low, high)] if low <= high else []
    return [(_number(key), _number(key))]


def _number(text: str) -> int:
    return min(max(int(text), -FARTHEST), FARTHEST)
