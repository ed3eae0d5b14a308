"""Legends: which lines they name, in which order, and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrplot.chart.names import shortened
from lrplot.chart.picture import Line, Picture
from lrplot.curves.shapes import Floats
from lrplot.output.image.shared.scene import Box
from lrplot.output.text import printable

LONGEST = 32  # letters of a label
SHORT = 22  # the same, in a column beside the curves
MOST_ABOVE = 8  # entries of a legend above the curves, if there is room beside them
INSIDE = 6  # most entries of a legend among the curves
INSET = 5.0  # points between such a legend and the edges


@dataclass(frozen=True)
class Entry:
    """A label, and the line whose look its sample has; None for the remark that more are left out."""

    label: str
    line: Line | None


def entries_of(picture: Picture, longest: int = LONGEST) -> list[Entry]:
    """The entries for the first area, if it has several lines: those of variants in order, others from the top down.

    Labels have at most `longest` letters.
    """
    lines = [line for line in picture.areas[0].lines if not line.minor]
    if len(lines) < 2:
        return []
    if picture.ordered:
        lines.sort(key=lambda line: line.rank)
    else:
        lines.sort(key=lambda line: -_mean(line))
    short = shortened([printable(line.label) for line in lines], longest)
    labels = dict(zip((line.label for line in lines), short, strict=True))
    looks = {line.label: line for line in lines}
    return [
        Entry(
            labels[line.label] + (f" (= {labels[line.same]})" if line.same else ""),
            looks[line.same] if line.same else line,
        )
        for line in lines
    ]


def _mean(line: Line) -> float:
    span = line.x[-1] - line.x[0]
    return float((np.diff(line.x) / span * (line.values[1:] / 2 + line.values[:-1] / 2)).sum())


def limited(entries: Sequence[Entry], most: int) -> list[Entry]:
    """The entries, or as many as leave a place for the number of the others."""
    if len(entries) <= most:
        return list(entries)
    kept = max(most - 1, 0)
    return [*entries[:kept], Entry(f"… {len(entries) - kept} more", None)]


def free_corner(
    width: float, height: float, panel: Box, curves: Sequence[tuple[Floats, Floats]], boxes: Sequence[Box]
) -> Box | None:
    """A place in a panel, near one of its edges, that no curve and no other box meets; None if there is none."""
    left, right = panel.left + INSET, panel.right - width
    bottom, top = panel.bottom + INSET, panel.top - height
    middle, center = (left + right) / 2, (bottom + top) / 2
    places = [
        (right, top), (right, center), (left, bottom), (right, bottom), (left, top), (middle, bottom), (middle, top),
    ]  # fmt: skip
    for x, y in places:
        box = Box(x, y, x + width, y + height)
        roomy = Box(x - 4, y - 4, x + width + 4, y + height + 4)
        inside = box.left >= panel.left and box.bottom >= panel.bottom
        if inside and not any(map(roomy.meets, boxes)) and not any(crosses(roomy, *curve) for curve in curves):
            return box
    return None


def crosses(box: Box, x: Floats, y: Floats) -> bool:
    """Whether a path through points with ascending x meets a box."""
    x0, x1, y0, y1 = x[:-1], x[1:], y[:-1], y[1:]
    near = (x1 >= box.left) & (x0 <= box.right)
    x0, x1, y0, y1 = x0[near], x1[near], y0[near], y1[near]
    run = np.where(x1 > x0, x1 - x0, 1.0)
    enter = np.where(x1 > x0, y0 + (y1 - y0) * np.clip((box.left - x0) / run, 0, 1), y0)
    leave = np.where(x1 > x0, y0 + (y1 - y0) * np.clip((box.right - x0) / run, 0, 1), y1)
    return bool(((np.minimum(enter, leave) < box.top) & (np.maximum(enter, leave) > box.bottom)).any())
