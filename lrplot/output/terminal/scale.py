"""The vertical scale of a chart: values in dots, ticks in rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, inf, log10

import numpy as np

from lrplot.chart.axis import FAR
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass
from lrplot.wording import learning_rate

DECADES = 8  # most decades of a logarithmic scale: below them lies only the end of an anneal to zero
LEVEL = 1e-12  # values that differ by a smaller share are drawn as one value
SPACINGS = range(2, 7)  # rows from one tick to the next
BEST_SPACING = 3.2  # rather 4 than 2
_MANTISSAS = (1.0, 2.0, 2.5, 5.0)
_SMALLEST = 1e-300  # of a step: below it float64 loses digits
LOWEST_DECADE = -323  # 1e-324 is 0
_SOME = 1e-9  # of a tick interval: values on a side of the line take a row
_ROUNDING = 0.25  # of a dot: values a little above a tick lie in its row


@dataclass(eq=False)
class Scale:
    """Values as dots above and below a line, which stands for the value `line` and has a row of text of its own.

    A tick interval `step` takes `spacing` rows of text, each of `dots` dots, less half a dot: then the dot of every
    tick lies in the row that is a multiple of `spacing` away from the line, up to the tick 2·`dots`. `above` and
    `below` are the rows on either side of the line. If `log` is set, `step` is in decades.
    """

    line: float
    step: float
    spacing: int
    above: int
    below: int
    dots: int
    log: bool
    ticks: tuple[float, ...]

    def places(self, values: Floats) -> Floats:
        """The dots of values: 0 is the first above the line, −1 the first below it; NaN if a value cannot be drawn."""
        if self.log:
            decades = np.log10(np.where(values > 0, values, np.nan)) - log10(self.line)
            return self._dots(np.where(decades < -1e-9, np.nan, np.maximum(decades, 0.0)) / self.step)
        dots = self._dots(np.abs(values / self.step - self.line / self.step))
        return np.where(values < self.line, -1 - dots if self.below else 0.0, dots)

    def _dots(self, intervals: Floats) -> Floats:
        """The dots that lie in full between the line and a number of tick intervals."""
        return np.floor(intervals * (self.spacing * self.dots - 0.5) + _ROUNDING)

    def row(self, value: float) -> int | None:
        """The row of text of a value, from the top; None if the value cannot be drawn."""
        if value == self.line:
            return self.above
        place = float(self.places(np.array([value]))[0])
        if place != place:
            return None
        return self.above - 1 - int(place) // self.dots + (place < 0)

    def labels(self, marks: Sequence[float]) -> dict[int, str]:
        """The text of each labelled row: of its tick, or of a mark in this row, the last one if there are several.

        Ticks, which are round, are written in full, and marks with as many digits as it takes to differ from the rest.
        """
        values = {self.row(value): value for value in (*self.ticks, *marks)}
        texts: dict[int, str] = {}
        for row, value in values.items():
            if row is None:
                continue
            digits = (learning_rate(value, count) for count in range(4, 18))
            if value in self.ticks:
                fitting = (text for text in digits if float(text.replace(",", "")) == value)
            else:
                fitting = (text for text in digits if text not in texts.values())
            texts[row] = next(fitting, repr(value))
        return texts


def scale_of(low: float, high: float, log: bool, most_rows: int, dots: int) -> Scale:
    """A scale for values from `low` to `high` in at most `most_rows` rows; it starts at zero unless all lie far away.

    A logarithmic scale holds values from `low` up, the lowest positive one, but at most `DECADES` below the highest.
    It is linear if there are none, or if it would look the same.
    """
    if log and low > 0 and (low < FAR * high or low == high):
        return _log_scale(low, high, most_rows, dots)
    low, high = _with_zero(low, high)
    if low == high:
        return Scale(0.0, 1.0, 2, 2, 0, dots, False, (0.0,))
    return min(
        _linear_scales(low, high, most_rows, dots),
        key=lambda each: _badness(each, high / each.step - low / each.step, most_rows),
    )


def _with_zero(low: float, high: float) -> tuple[float, float]:
    level = high / 2 - low / 2 <= LEVEL * max(abs(low), abs(high))
    if low >= 0 and (level or low < FAR * high):
        return 0.0, high
    if high <= 0 and (level or high > FAR * low):
        return low, 0.0
    return low, high


def _linear_scales(low: float, high: float, most_rows: int, dots: int) -> Iterator[Scale]:
    """Scales whose ticks are multiples of 1, 2, 2.5 or 5 · 10^k; one without ticks if float64 has no such numbers."""
    span = high / 2 - low / 2 or high - low
    exponent = floor(log10(span))
    found = False
    for mantissa, power in ((m, p) for p in range(exponent - 2, exponent + 2) for m in _MANTISSAS):
        step = float(f"{mantissa}e{power}")
        if not _SMALLEST < step < inf:
            continue
        first = 0 if low <= 0 <= high else floor(low / step + 1e-9)
        around = low <= 0 <= high
        up = max(high / step - first, _SOME if high > 0 else 0.0) if around else high / step - first
        down = max(-low / step, _SOME if low < 0 else 0.0) if around else 0.0
        counts = range(-floor(down + 1e-9), floor(up + 1e-9) + 1)
        ticks = [float(f"{(first + count) * mantissa:.17g}e{power}") for count in counts]
        for each in _spaced(ticks[-counts.start], step, up, down, most_rows, dots, log=False):
            found = True
            yield Scale(*each, tuple(ticks))
    if not found:
        line = 0.0 if low <= 0 <= high else low
        above, below = high - line, line - low
        rows = (most_rows - 1) // 2 if above and below else most_rows
        yield Scale(line, max(above, below), rows, rows if above else 0, rows if below else 0, dots, False, (line,))


def _log_scale(low: float, high: float, most_rows: int, dots: int) -> Scale:
    """A scale with ticks at decades, at every n-th of them, or at 1 and 3 in each."""
    top = log10(high)
    bottom = max(log10(low), top - DECADES)
    if top - bottom < 1e-9:
        bottom -= 1
    scales = []
    for stride in (0.5, 1, 2, 3, 4):
        decades = range(floor(bottom + 1e-9), floor(top + 1e-9) + 1, max(int(stride), 1))
        line = max(float(f"1e{decades.start}"), low if decades.start < LOWEST_DECADE else 0.0)
        digits = (1, 3) if stride < 1 else (1,)
        values = [float(f"{digit}e{exponent}") for exponent in decades for digit in digits if exponent >= LOWEST_DECADE]
        ticks = tuple(value for value in values if line <= value and log10(value) <= top + 1e-9)
        up = max(top - log10(line), _SOME) / stride
        scales += [Scale(*each, ticks) for each in _spaced(line, stride, up, 0.0, most_rows, dots, log=True)]
    return min(scales, key=lambda each: _badness(each, (top - bottom) / each.step, most_rows))


def _spaced(
    line: float, step: float, up: float, down: float, most_rows: int, dots: int, *, log: bool
) -> Iterator[tuple[float, float, int, int, int, int, bool]]:
    """The fields of a scale for each spacing of its ticks with which it is not too high."""
    if max(up, down) > 2 * dots:
        return
    for spacing in SPACINGS:
        above, below = (_rows(intervals, spacing, dots) for intervals in (up, down))
        if above + below + bool(below) <= most_rows:
            yield line, step, spacing, above, below, dots, log


def _rows(intervals: float, spacing: int, dots: int) -> int:
    """The rows that hold the dots of a number of tick intervals."""
    if intervals <= 0:
        return 0
    return floor(intervals * (spacing * dots - 0.5) + _ROUNDING) // dots + 1


def _badness(scale: Scale, intervals: float, most_rows: int) -> float:
    """The distance of a scale from one that fills its rows with `intervals` of ticks `BEST_SPACING` rows apart."""
    unused = 1 - intervals * scale.spacing / most_rows
    quarters = not scale.log and f"{scale.step:.1e}".startswith("2.5")
    return unused + 0.08 * abs(scale.spacing - BEST_SPACING) + 0.2 * (len(scale.ticks) < 3) + 0.04 * quarters
