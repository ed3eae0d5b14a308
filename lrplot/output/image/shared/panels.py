"""Panels: areas at their places, with ticks, rules and names."""

from __future__ import annotations

import numpy as np

from lrplot.chart.axis import Scale, value_ticks
from lrplot.chart.picture import Area
from lrplot.chart.ticks import factored_labels, log_labels, power_of_ten
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass
from lrplot.output.image.shared.pen import Pen, Type
from lrplot.output.image.shared.scene import Box

MOST_TICKS = 6
MARGIN = 0.06  # of a panel, below values that do not start at zero
BELOW = -0.1  # the place of values below a logarithmic axis, out of sight


@dataclass(frozen=True)
class Panel:
    """An area in a box, over the times of `x`: its ticks with labels, and the shares of its height without values."""

    area: Area
    x: Scale
    box: Box
    ticks: tuple[tuple[float, str], ...]
    factor: str
    below: float
    above: float

    def across(self, times: Floats) -> Floats:
        """The places of times on the sheet."""
        return np.asarray(self.box.left + self.x.places(times) * self.box.width)

    def up(self, values: Floats) -> Floats:
        """The places of values on the sheet."""
        places = np.nan_to_num(self.area.y.places(values), nan=BELOW)
        return np.asarray(self.box.bottom + (self.below + places * (1 - self.below - self.above)) * self.box.height)

    def point(self, time: float, value: float) -> tuple[float, float]:
        """The place of one value at a time."""
        return float(self.across(np.array([time]))[0]), float(self.up(np.array([value]))[0])


def panel_of(area: Area, x: Scale, box: Box, type: Type) -> Panel:
    """An area in a box, with as many ticks as find room."""
    label = (1.5 * type.small + type.line) / box.height
    above = label if has_numbers(box.height, type) else min(MARGIN, label)
    below = 0.0 if area.y.low == 0 or area.y.log else label if area.y.low < 0 else MARGIN
    room = 1.1 * type.tick / (box.height * (1 - below - above))
    most = min(max(int(box.height / (2.2 * type.tick)), 2), MOST_TICKS)
    choices = [value_ticks(area.y, count) for count in range(most, most + 3)]
    gaps = [np.diff(area.y.places(np.array(ticks))) for ticks in choices]
    roomy = [ticks for ticks, gap in zip(choices, gaps, strict=True) if len(gap) and (gap > room).all()]
    ticks = next((ticks for ticks in roomy if len(ticks) > 2), roomy[0] if roomy else [area.y.low, area.y.high])
    labels, exponent = log_labels(ticks) if area.y.log else [], 0
    if len(set(labels)) < len(ticks):
        labels, exponent = factored_labels(ticks)
    factor = f"×{power_of_ten(exponent)}" if exponent else ""
    return Panel(area, x, box, tuple(zip(ticks, labels, strict=True)), factor, below, above)


def has_factor(area: Area) -> bool:
    """Whether the labels of an area have a common factor."""
    return not area.y.log and factored_labels([area.y.low, area.y.high])[1] != 0


def has_numbers(height: float, type: Type) -> bool:
    """Whether a panel is high enough for numbers among its curves."""
    return height > 4 * type.small


def draw_frame(pen: Pen, panel: Panel, beside: str, above: str) -> None:
    """The axis of values with its labels, a name beside it, and a text above it."""
    type, box = pen.type, panel.box
    margin, row = box.left - 0.6 * type.tick, box.top + 0.55 * type.small
    for value, label in panel.ticks:
        _, y = panel.point(panel.x.low, value)
        if y > box.bottom + 0.5:  # at its lower end the axis itself is the line
            pen.rule(box.left, y, box.right, y, alpha=0.35, width=0.6)
        pen.rule(box.left - 0.33 * type.tick, y, box.left, y)
        pen.write(label, margin, y - 0.36 * type.tick, type.tick, align=1)
    pen.rule(box.left, box.bottom, box.left, box.top)
    pen.rule(box.left, box.bottom, box.right, box.bottom)
    if panel.area.y.low < 0 < panel.area.y.high:
        _, zero = panel.point(panel.x.low, 0.0)
        pen.rule(box.left, zero, box.right, zero)
    if panel.factor:
        pen.write(panel.factor, margin, row, type.small, align=1)
    for line in pen.wrapped(above, type.small, box.width, 1):
        pen.write(line, box.left, row, type.small, color=pen.theme.soft)
    if beside:
        x, middle = pen.box.left + type.pad + 0.8 * type.tick, (box.bottom + box.top) / 2
        pen.write(beside, x, middle, type.tick, align=0.5, upright=True)
