"""The axis below the lowest panel: times in one unit or in two, or learning rates on a logarithmic scale."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lrplot.chart.axis import Scale, unit_ticks
from lrplot.chart.ticks import log_labels, log_ticks
from lrplot.output.image.shared.pen import Pen
from lrplot.output.image.shared.scene import ASCENT, Box, Text
from lrplot.wording import amount

MOST_TICKS = 6
GAP = 0.65  # of a label's size, between an axis and the label below it
Unit = tuple[Scale, str]  # a range of times, and the name of its unit


def height(pen: Pen, units: list[Unit]) -> float:
    """The height of the axis: labels, and below them the name of the unit or a second axis."""
    rows = GAP + 1.25 * 2 if len(units) == 1 else 2 * GAP + 0.2 + 1.3 + 1.25
    return 0.7 * pen.type.pad + rows * pen.type.tick


def left(pen: Pen, units: list[Unit]) -> float:
    """The width left of the panels for the names of two units and half of their first labels; else 0."""
    if len(units) == 1:
        return 0.0
    return pen.type.pad + max(pen.width(_short(name), pen.type.tick) for _, name in units) + _half(pen, units)


def right(pen: Pen, units: list[Unit]) -> float:
    """The width right of the panels for half of the last labels."""
    return max(pen.width(_label(scale, scale.high), pen.type.tick) / 2 for scale, _ in units)


def draw_times(pen: Pen, box: Box, units: list[Unit]) -> None:
    """The axis below a panel; with two units, the name of each is left of its labels."""
    tick = pen.type.tick
    y = box.bottom
    for index, (scale, name) in enumerate(units):
        baseline = y - (GAP + ASCENT) * tick
        if index:
            pen.rule(box.left, y, box.right, y)
        _draw_ticks(pen, scale, name.startswith("fraction"), box, y)
        if len(units) == 1:
            pen.write(name, (box.left + box.right) / 2, baseline - 1.3 * tick, tick, align=0.5)
        else:
            pen.write(_short(name), box.left - _half(pen, units), baseline, tick, align=1)
        y = baseline - 0.6 * tick


def _short(name: str) -> str:
    return name.removesuffix(" of the run")


def _half(pen: Pen, units: list[Unit]) -> float:
    """Half of the widest first label, and a gap."""
    return max(pen.width(_label(scale, scale.low), pen.type.tick) for scale, _ in units) / 2 + 0.8 * pen.type.tick


def _label(scale: Scale, value: float) -> str:
    return log_labels([value])[0] if scale.log else amount(value)


def _ticks(scale: Scale, parts: bool, most: int) -> list[float]:
    if scale.log:
        return log_ticks(scale.low, scale.high, most)
    return unit_ticks(scale.low, scale.high, most, parts=parts) if most > 1 else [scale.low, scale.high]


def _draw_ticks(pen: Pen, scale: Scale, parts: bool, box: Box, y: float) -> None:
    """Draw ticks below a line, as many as their labels leave room for."""
    size = pen.type.tick
    labels: list[Text] = []
    places: list[float] = []
    for most in range(MOST_TICKS, 0, -1):
        ticks = _ticks(scale, parts, most)
        places = (box.left + scale.places(np.array(ticks)) * box.width).tolist()
        baseline = y - (GAP + ASCENT) * size
        texts = log_labels(ticks) if scale.log else [amount(tick) for tick in ticks]
        labels = [pen.text(text, x, baseline, size, align=0.5) for text, x in zip(texts, places, strict=True)]
        if all(a.x + a.width + 0.8 * size <= b.x for a, b in pairwise(labels)):
            break
    for label, x in zip(labels, places, strict=True):
        pen.rule(x, y, x, y - 0.33 * size)
        pen.items.append(label)
