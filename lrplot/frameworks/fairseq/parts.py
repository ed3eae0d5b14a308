"""Curves of fairseq's schedules: peaks that change with the epoch, cosine cycles, manual tables."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import floor, log

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.laws import Geometric
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST, Steps, ascending, both_sides, each_once, multiples, within
from lrplot.curves.wrappers import Bounded, Lasting, Stepped
from lrplot.diagnostics import Fault
from lrplot.schema.frame import Frame

MOST_CYCLES = 4096
MANY = 64.0  # octaves; more steps than an int64 counts


@dataclass(frozen=True)
class Stage:
    """A phase from step `start` on, along a curve from its step `lead` on."""

    name: str
    start: int
    curve: Curve
    lead: int = 0


def staged(length: int, *stages: Stage) -> Sequence:
    """Stages one after the other; those that end before they begin are left out."""
    phases: list[Phase] = []
    stops = [*(stage.start for stage in stages[1:]), max(length, stages[-1].start + 1)]
    for stage, stop in zip(stages, stops, strict=True):
        if stop > stage.start:
            phases.append(Phase(stage.name, Lasting(stop - stage.start, stage.curve, stage.lead)))
    return Sequence(length, tuple(phases), open=True)


@dataclass(frozen=True)
class Towards(Curve):
    """end + (peak − end)·share, for a `peak` that is constant but for jumps."""

    length: int
    peak: Curve
    share: Curve
    end: float = 0.0

    def values(self, t: Steps) -> Floats:
        return (self.peak.values(t) - self.end) * self.share.values(t) + self.end

    def limit(self, t: int) -> float:
        return (self.peak.limit(t) - self.end) * self.share.limit(t) + self.end

    def turning_points(self, start: int, stop: int) -> Steps | None:
        found = [self._jumps(start, stop), self.share.turning_points(start, stop)]
        known = [each for each in found if each is not None]
        return within(np.concatenate(known), start, stop) if len(known) == 2 else None

    def _jumps(self, start: int, stop: int) -> Steps | None:
        """Where the peak may jump: a product can turn there even if the peak itself only falls."""
        if not isinstance(self.peak, Stepped):
            return self.peak.turning_points(start, stop)
        epochs = multiples(self.peak.every, start, stop + 1)
        return None if epochs is None else both_sides(epochs, start, stop)


def cosine_cycles(length: int, first: float, last: float, period: float, mult: float, shrink: float) -> Curve:
    """Half cosines from `first` to `last`; cycle i takes period·mult^i steps, its ends are shrink^i times those."""
    if period == 0:
        return Bounded(Flat(length, first), 0, "ZeroDivisionError: division by zero")
    stop = _domain_end(period, mult)
    if stop == 0:
        return Bounded(Flat(length, first), 0, "ValueError: math domain error")
    cycles: Curve = _endless(length, first, last, period, mult, shrink)
    if shrink == 0 and period < 0:  # a warmup longer than the run: cycles count down from 0
        return Bounded(cycles, 1, "ZeroDivisionError: 0.0 cannot be raised to a negative power")
    return cycles if stop is None else Bounded(cycles, stop, "ValueError: math domain error")


def _endless(length: int, first: float, last: float, period: float, mult: float, shrink: float) -> Formula:
    function = partial(_cycles, first, last, period, mult, shrink)
    if mult == 1:
        regular = period > 0 and float(period).is_integer() and shrink >= 0
        return Formula(length, function, (0.0,) if regular else None, period if regular else None)
    return Formula(length, function, _restarts(period, mult) if shrink >= 0 else None)


def _cycles(first: float, last: float, period: float, mult: float, shrink: float, t: Floats) -> Floats:
    if mult == 1:
        cycle = np.floor(t / period)
        local, span = t - period * cycle, np.asarray(period)
    else:
        cycle = _cycle_number(1 - t / period * (1 - mult), mult)
        growth = _powers(mult, cycle)
        local, span = t - (1 - growth) / (1 - mult) * period, growth * period
    size = np.power(shrink, cycle)
    low = last * size
    return np.asarray(low + 0.5 * (first * size - low) * (1 + np.cos(np.pi * local / span)))


def _cycle_number(growth: Floats, mult: float) -> Floats:
    """⌊log growth / log mult⌋, next to whole numbers with the very logarithm that the framework takes."""
    exact = np.log(growth) / log(mult)
    unsure = np.abs(exact - np.rint(exact)) <= 1e-14 * np.abs(exact)
    exact[unsure] = [log(each) / log(mult) for each in growth[unsure].tolist()]
    return np.floor(exact)


def _powers(base: float, exponents: Floats) -> Floats:
    """base^exponents, to the last bit as Python has it: differences of these are amplified."""
    distinct, places = each_once(exponents)
    return np.array([base**each for each in distinct.tolist()])[places]


def _restarts(period: float, mult: float) -> tuple[float, ...] | None:
    """Times around each beginning of cycles that grow, which rounding may move by a step."""
    if period <= 0 or mult < 1:
        return None
    count = MANY / np.log2(mult)
    if count > MOST_CYCLES:
        return None
    starts = [period * (mult**number - 1) / (mult - 1) for number in range(1, floor(count) + 1)]
    return tuple(start + shift for start in starts for shift in (-0.5, 0.5))


def _domain_end(period: float, mult: float) -> int | None:
    """The first step at which the number of the cycle is not defined; None if it always is."""
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
    """A level an epoch, the last of which holds, or shrinks from epoch `anneal` on; epochs are counted from 1."""
    if anneal is None and len(levels) == 1:
        return Flat(frame.length, levels[0])
    curve: Curve = _plateaus(frame.length, levels)
    if anneal is not None:
        before = max(anneal - 1, 0)  # epochs
        first = float(levels[-1] * np.power(shrink, before + 2.0 - anneal))
        annealed = Geometric(max(frame.length - before, 1), first, shrink, staircase=True)
        curve = staged(frame.length, Stage("listed", 0, curve), Stage("annealed", before, annealed))
    return Stepped(frame.length, curve, every=frame.epoch())


def _plateaus(length: int, levels: tuple[float, ...]) -> Plateaus:
    """One level a step; the last one holds."""
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
    frame: Frame, levels: tuple[float, ...], anneal: int | None, found: Callable[[Floats], tuple[Floats, Floats]]
) -> Curve:
    """The peak in force in each epoch; from epoch `anneal` on the value that the epoch finds.

    `found` gives, by update, gain and shift from the peak before to that value.
    """
    if anneal is None and len(levels) == 1:
        return Flat(frame.length, levels[0])
    epoch = frame.epoch()
    curve: Curve = _plateaus(frame.length, levels[1:] or levels)
    if anneal is not None:
        before = max(anneal - 1, 0)  # epochs
        update = partial(_at_begin, found, epoch, before)
        gain, shift = update(np.zeros(1, dtype=np.int64))
        first = float(gain[0] * levels[min(before, len(levels) - 1)] + shift[0])
        annealed = Recurrence(max(frame.length - before, 1), first, update)
        curve = staged(frame.length, Stage("listed", 0, curve), Stage("annealed", before, annealed))
    return Stepped(frame.length, curve, every=epoch)


def _at_begin(
    found: Callable[[Floats], tuple[Floats, Floats]], epoch: int, before: int, epochs: Steps
) -> tuple[Floats, Floats]:
    return found((epochs + before).astype(np.float64) * epoch)


@dataclass(frozen=True)
class Table:
    """Values by number, each in force from its number on until the next one's: `edges` and as many `levels`."""

    edges: Steps
    levels: Floats
    first: float | None  # the value of number 1 itself, if it has one

    def shifted(self, offset: int, before: float | None) -> tuple[Steps, Floats]:
        """Edges from 0 on when counted from `offset`, and the levels around them; `before` holds at first."""
        past = int(np.searchsorted(self.edges, offset, side="right"))
        initial = self.levels[past - 1] if past else before
        return self.edges[past:] - offset, np.array([initial, *self.levels[past:]], dtype=np.float64)


def read_table(text: str, field: str) -> Table:
    """A dictionary such as `{"1": 0.1, "2-5": 0.05, "6,8": 0.01}`, in which a later entry overrides an earlier one."""
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
    given = ~np.isnan(levels)  # behind the numbers of one entry the last of them stays in force
    return Table(edges[given], levels[given], next((value for a, b, value in reversed(spans) if a <= 1 <= b), None))


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
