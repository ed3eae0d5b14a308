"""Learning rate range tests: where the loss diverges, and the rates that the usual rules take from the curve."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from math import log

import numpy as np

from lrplot.curves.shapes import Floats
from lrplot.diagnostics import Fault
from lrplot.display import Shown
from lrplot.runs.log import Log
from lrplot.wording import one_of, several

FEWEST = 6  # rows that the rules need between those that they skip
SKIPPED_AT_END = 5
SLIDE, FLAT = 15, 0.005  # points between the two places of `slide`, and the difference of slopes below which it stops


@dataclass(frozen=True)
class Smoothing:
    """A program's way to smooth losses before its rules; it stops if the loss exceeds `most` times the best one."""

    smooth: Callable[[Floats], Floats]
    most: float


def _average(losses: Floats) -> Floats:
    """The average with weights 0.98^age, as fastai's `AvgSmoothLoss` has it."""
    total, found = 0.0, []
    for count, loss in enumerate(losses.tolist(), start=1):
        total = 0.98 * total + 0.02 * loss
        found.append(total / (1 - 0.98**count))
    return np.array(found)


def _exponential(losses: Floats) -> Floats:
    """The average 0.05·loss + 0.95·before from the first loss on, as pytorch-lr-finder has it."""
    found = [float(losses[0])]
    for loss in losses[1:].tolist():
        found.append(0.05 * loss + 0.95 * found[-1])
    return np.array(found)


SMOOTHINGS = {
    "none": Smoothing(lambda losses: losses, 4),
    "fastai": Smoothing(_average, 4),
    "lr-finder": Smoothing(_exponential, 5),
}


@dataclass(frozen=True, eq=False)
class RangeTest(Shown):
    """An LR range test: the loss at rising learning rates, and what the usual rules take from it.

    `rates` and `losses` are the rows with a loss. The rules judge the losses `smoothed` by `smoothing`, in the rows
    from `start` up to `stop`. Each rule gives a learning rate, None if it finds none: `valley`, `slide` and
    `minimum_10` are fastai's, `steepest` is that of pytorch-lr-finder. `interval` is the range that they span. The
    loss diverges at `diverges_at`, None if it does not. `remarks` are oddities of the log.
    """

    name: str
    smoothing: str
    rates: Floats = field(repr=False)
    losses: Floats = field(repr=False)
    smoothed: Floats = field(repr=False)
    start: int
    stop: int
    valley: float | None
    slide: float | None
    steepest: float | None
    minimum_10: float | None
    diverges_at: float | None
    interval: tuple[float, float]
    remarks: tuple[str, ...] = ()

    @property
    def marks(self) -> dict[str, float | None]:
        """The learning rate of each rule, in the order in which they are shown."""
        return {
            "valley": self.valley,
            "slide": self.slide,
            "steepest": self.steepest,
            "minimum / 10": self.minimum_10,
        }

    def smooth(self) -> tuple[str, Floats]:
        """A smooth curve of the losses before the first that is not finite, and its name.

        It is the one that the rules judge, or that of fastai if they judge the losses as logged.
        """
        if self.smoothing != "none":
            return f"smoothed as {self.smoothing} does", self.smoothed
        return "smoothed as fastai does", _average(self.smoothed)

    def loss_at(self, rate: float) -> float:
        """The smoothed loss at a learning rate, between two rows on a logarithmic axis."""
        return float(np.interp(log(rate), np.log(self.rates[: len(self.smoothed)]), self.smoothed))


def range_test_of(log: Log, smoothing: str = "none") -> RangeTest:
    """The range test in a log; a `Fault` if it has no losses, or if its learning rate does not rise."""
    if smoothing not in SMOOTHINGS:
        raise Fault(f"smoothing is {one_of(SMOOTHINGS)}, not `{smoothing}`", field="smooth")
    rates, losses, remarks = _rows(log)
    how = SMOOTHINGS[smoothing]
    bad = np.flatnonzero(~np.isfinite(losses))
    end = int(bad[0]) if len(bad) else len(losses)  # the rules see what comes before
    smoothed = how.smooth(losses[:end])
    best = np.minimum.accumulate(smoothed)
    far = np.flatnonzero((smoothed > how.most * best) & (best > 0))
    diverged = int(far[0]) if len(far) else end if end < len(losses) else None
    start, stop = len(losses) // 10, (int(far[0]) + 1 if len(far) else end) - SKIPPED_AT_END
    if stop - start < FEWEST:
        message = f"{log.name}: {several(max(stop - start, 0), 'row')} between the first tenth and the last five"
        raise Fault(f"{message}, and the rules need {FEWEST}", help="sweep over more updates, such as 100")
    own, seen = rates[start:stop], smoothed[start:stop]
    found = {
        "valley": valley(own, seen),
        "slide": slide(own, seen),
        "steepest": float(own[int(np.gradient(seen).argmin())]),  # per row, as pytorch-lr-finder does
        "minimum_10": float(own[int(seen.argmin())]) / 10,
    }
    known = [rate for rate in found.values() if rate is not None]
    return RangeTest(
        name=log.name,
        smoothing=smoothing,
        rates=rates,
        losses=losses,
        smoothed=smoothed,
        start=start,
        stop=stop,
        **found,
        diverges_at=None if diverged is None else float(rates[diverged]),
        interval=(min(known), max(known)),
        remarks=tuple(remarks),
    )


def _rows(log: Log) -> tuple[Floats, Floats, list[str]]:
    """The learning rates and losses of a sweep; of rows that share a rate the mean, and none from where it falls."""
    rates, losses = log.points.lr.values, log.losses
    known = np.flatnonzero(~np.isnan(losses))
    last = int(known[-1]) if len(known) else -1
    kept = (rates > 0) & (~np.isnan(losses) | (np.arange(len(rates)) > last))  # NaN at the end is a loss that diverged
    rates, losses, remarks = rates[kept], losses[kept], []
    falls = np.flatnonzero(np.diff(rates) < 0)
    if len(falls):
        row = int(falls[0]) + 1
        remarks.append(f"{several(len(rates) - row, 'row')} from where the learning rate falls are left out")
        rates, losses = rates[:row], losses[:row]
    distinct, first, counts = np.unique(rates, return_index=True, return_counts=True)
    if len(distinct) < 2:
        raise Fault(f"{log.name}: the learning rate does not rise: this is no range test")
    if len(distinct) < len(rates):
        remarks.append(f"rows with the same learning rate are averaged: {len(rates):,} rows, {len(distinct):,} rates")
        rates, losses = distinct, np.add.reduceat(losses, first) / counts
    return rates, losses, remarks


def valley(rates: Floats, losses: Floats) -> float | None:
    """The rate about halfway down the longest valley, the longest run of rows, with gaps, whose losses fall.

    It has n rows and ends at row e; fastai takes e − n for its start, and from there a third and a sixth of the
    rows, each rounded down. None if the losses never fall.
    """
    tails: list[float] = []  # by length, the highest last loss of the falling runs of that length, negated
    longest, end = 1, 0
    for row, loss in enumerate(losses.tolist()):
        length = bisect_left(tails, -loss)
        tails[length : length + 1] = [-loss]
        if length + 1 > longest:
            longest, end = length + 1, row
    if longest < 2:
        return None
    third = longest / 3
    return float(rates[max(end - longest + int(third) + int(third / 2), 0)])


def slide(rates: Floats, losses: Floats) -> float | None:
    """The rate where two places 15 rows apart, which slide down from the end, first have nearly the same slope.

    None if there are fewer rows. Slopes are per row, in units of the loss.
    """
    slopes = np.gradient(losses)
    right, left = len(rates) - 1, len(rates) - 1 - SLIDE
    if left < 0:
        return None
    found = rates[left]
    while left >= 0 and abs(slopes[right] - slopes[left]) > FLAT:
        found = rates[left]
        right, left = right - 1, left - 1
    return float(found)
