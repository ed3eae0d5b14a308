"""Axes: their range and ticks."""

from __future__ import annotations

from collections.abc import Sequence
from math import frexp, log10

import numpy as np

from lrplot.chart.ticks import even_ticks, log_ticks, nice_ticks
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

FAR = 0.75  # if the lowest value is above this share of the highest, the axis does not start at zero
DECADES = 5  # on a logarithmic axis, if few values lie lower: those of the end of an anneal to zero
MOST_DECADES = 12  # on a logarithmic axis, if many values lie that low
FEW = 0.05  # of the columns


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high`, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def places(self, values: Floats) -> Floats:
        """The places of values, from 0 at `low` to 1 at `high`; NaN for values below a logarithmic range."""
        if self.log:
            shown = np.where(values >= self.low * (1 - 1e-12), values, np.nan)
            return np.asarray((np.log10(shown) - log10(self.low)) / (log10(self.high) - log10(self.low)))
        # A power of 2 brings the range near 1: its differences neither overflow nor are lost in subnormals.
        shift = -frexp(max(abs(self.low), abs(self.high)))[1] - 1
        low, high = np.ldexp(self.low, shift), np.ldexp(self.high, shift)
        return np.asarray((np.ldexp(values, shift) - low) / (high - low))

    def place(self, value: float) -> float | None:
        """The place of a value, from 0 at `low` to 1 at `high`; None if it is below a logarithmic range."""
        place = float(self.places(np.array([value]))[0])
        return None if self.log and place != place else place


def value_ticks(scale: Scale, most: int) -> list[float]:
    """At most `most` ticks; on a logarithmic scale that holds no two powers of ten or fives, as on a linear one."""
    if scale.log and len(ticks := log_ticks(scale.low, scale.high, most)) > 1 and scale.high > 2 * scale.low:
        return ticks
    return nice_ticks(scale.low, scale.high, most)


def value_scale(parts: Sequence[Floats], log: bool) -> Scale:
    """The range of an axis that holds every value of some arrays.

    A logarithmic range leaves out values below 0, and values far below the highest if there are few of them.
    """
    low = min(float(part.min()) for part in parts)
    high = max(float(part.max()) for part in parts)
    if log and high > 0:
        return _log_scale(np.concatenate(list(parts)), high)
    if 0 <= low < FAR * high or low == high >= 0:
        low = 0.0
    if high <= low:
        high = low + (abs(low) or 1.0)
    return Scale(low, high)


def _log_scale(values: Floats, high: float) -> Scale:
    positive = values[values > 0]
    few = np.count_nonzero(positive < high / 10.0**DECADES) <= FEW * len(positive)
    low = max(float(positive.min()), high / 10.0 ** (DECADES if few else MOST_DECADES))
    if low == high:
        low, high = max(low / 10, 5e-324), min(high * 10, float(np.finfo(np.float64).max))
    return Scale(low, high, log=True)


def unit_ticks(low: float, high: float, most: int, *, parts: bool = False) -> list[float]:
    """At most `most` + 1 round ticks on an axis of time, and one at the end of the run, whatever its number."""
    if low == 0:
        return even_ticks(high, most, parts=parts)
    gap = 0.6 * (high - low) / most
    whole = high == round(high) and not parts
    inner = [tick for tick in nice_ticks(low, high, most) if low + gap < tick < high - gap and not (whole and tick % 1)]
    return [low, *inner, high]
