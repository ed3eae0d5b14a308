"""Axes: their range, ticks and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from lrplot.chart.ticks import even_ticks, log_ticks, nice_ticks, tick_labels
from lrplot.engine.extremes import Columns
from lrplot.wording import amount, learning_rate

FAR = 0.75  # if the lowest value is above this share of the highest, the axis does not start at zero
DECADES = 8  # most decades on a logarithmic axis: below them lies only the end of an anneal to zero


@dataclass(frozen=True)
class Axis:
    """Values from `low` to `high`, with ticks at values and their labels."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False

    def place(self, value: float) -> float | None:
        """The place of a value, from 0 at `low` to 1 at `high`; None if it is below a logarithmic axis."""
        if not self.log:
            return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)  # halves cannot overflow
        if value < self.low * (1 - 1e-12):
            return None
        return log10(value / self.low) / log10(self.high / self.low)


def value_axis(tracks: Sequence[Columns], log: bool, most_ticks: int) -> Axis:
    """An axis that holds every value of the tracks; it starts at zero unless all values lie far above."""
    low = min(float(track.lows.min()) for track in tracks)
    high = max(float(track.highs.max()) for track in tracks)
    if log and high > 0:
        positive = [
            float(part[part > 0].min()) for track in tracks for part in (track.lows, track.highs) if (part > 0).any()
        ]
        low = max(min(positive), high / 10.0**DECADES)
        if low == high:
            low, high = low / 10, high * 10
        ticks = log_ticks(low, high, most_ticks)
        return Axis(low, high, tuple(ticks), tuple(map(learning_rate, ticks)), log=True)
    if 0 <= low < FAR * high or low == high >= 0:
        low = 0.0
    if high / 2 <= low / 2:
        high = low + (abs(low) or 1.0)
    ticks = nice_ticks(low, high, most_ticks)
    return Axis(low, high, tuple(ticks), tuple(tick_labels(ticks)))


def unit_axis(total: float, most_ticks: int, *, parts: bool = False) -> Axis:
    """From 0 to `total` in any unit; the end has a label only if it is a round number."""
    ticks = even_ticks(total, most_ticks, parts=parts)
    gap = ticks[1] - ticks[0]
    if abs(ticks[-1] - ticks[-2] - gap) > 1e-9 * total:
        ticks = ticks[:-1]
    return Axis(0.0, total, tuple(ticks), tuple(map(amount, ticks)))
