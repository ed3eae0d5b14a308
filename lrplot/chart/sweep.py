"""LR range tests as lines: the losses as logged and smoothed, and the marks of the rules."""

from __future__ import annotations

import numpy as np

from lrplot.analysis.range_test import RangeTest
from lrplot.chart.axis import Scale, value_scale
from lrplot.chart.picture import ROUNDING, Area, Line, Picture
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass
from lrplot.wording import learning_rate

ABOVE = 1.15  # times the highest loss before the rules begin: higher ones, of a loss that diverges, are not shown


@dataclass(frozen=True)
class Shown:
    """The part of a range test that is drawn: logged losses that are not far above the first ones, a smooth curve."""

    rates: Floats
    losses: Floats
    smooth: str
    smooth_rates: Floats
    smooth_losses: Floats

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest learning rate."""
        return float(self.rates[0]), max(float(self.rates[-1]), float(self.smooth_rates[-1]))


def shown_of(test: RangeTest) -> Shown:
    """The part of a range test that is drawn: a loss that diverges has no end."""
    name, smooth = test.smooth()
    first, best = float(test.smoothed[: test.start + 1].max()), float(test.smoothed.min())
    top = best + ABOVE * (first - best) if first > best else float(test.smoothed.max())
    top += ROUNDING * abs(top)
    logged = np.flatnonzero(test.losses <= top)
    lowest = int(smooth.argmin())
    end = lowest + int(np.append(smooth[lowest:] > top, True).argmax())
    return Shown(test.rates[logged], test.losses[logged], name, test.rates[:end], smooth[:end])


def picture_of_sweep(test: RangeTest) -> Picture:
    """The losses over the learning rate, with a dot on the judged losses for each rule."""
    shown = shown_of(test)
    lines = [
        Line("as logged", shown.rates, shown.losses, 1, dotted=True),
        Line(shown.smooth, shown.smooth_rates, shown.smooth_losses, 0),
    ]
    for name, rate in test.marks.items():
        if rate is not None:
            loss = np.array([test.loss_at(rate)])
            lines.append(Line(f"{name}: {learning_rate(rate)}", np.array([rate]), loss, len(lines), dotted=True))
    low, high = shown.ends
    marks = ", ".join(line.label for line in lines[2:])
    return Picture(
        title=test.name,
        remarks=("LR range test", diverges(test)),
        ranks=len(lines),
        fan=False,
        ordered=False,
        areas=(Area("loss", "loss", tuple(lines), value_scale([line.values for line in lines], False)),),
        x=Scale(min(low, *(float(line.x[0]) for line in lines)), high, log=True),
        x_label="learning rate",
        other=None,
        other_label="",
        marks=(),
        description=f"The loss in an LR range test from {learning_rate(low)} to {learning_rate(high)}. {marks}.",
    )


def diverges(test: RangeTest) -> str:
    """The learning rate at which the loss diverges, in words."""
    if test.diverges_at is None:
        return f"the loss does not diverge up to {learning_rate(float(test.rates[-1]))}"
    return f"the loss diverges at {learning_rate(test.diverges_at)}"
