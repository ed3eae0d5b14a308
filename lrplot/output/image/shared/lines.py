"""Curves: which are drawn, their looks, and their paths on paper."""

from __future__ import annotations

from typing import Any

import numpy as np

from lrplot.chart.path import thinned
from lrplot.chart.picture import Area, Line, Picture
from lrplot.curves.shapes import Floats
from lrplot.output.image.shared.panels import Panel
from lrplot.output.image.shared.pen import Pen
from lrplot.output.image.shared.scene import Dot, Stroke
from lrplot.output.image.shared.sheet import DASHES

SLACK = 0.02  # points between a curve and its path on paper
Curve = tuple[Floats, Floats]


def drawn_lines(picture: Picture, area: Area) -> list[Line]:
    """The lines that are drawn, from the lowest up: one that has the values of another is not."""
    lines = [line for line in area.lines if not line.same]
    if picture.fan:
        return lines[::-1]  # that of the run itself above those of its groups
    return sorted(lines, key=lambda line: (not line.minor, line.rank))  # dashes above what they may cover


def draw_curves(pen: Pen, picture: Picture, panel: Panel) -> list[Curve]:
    """Draw the curves of a panel; their paths on paper."""
    curves = []
    for line in drawn_lines(picture, panel.area):
        curve = thinned(panel.across(line.x), panel.up(line.values), SLACK)
        curves.append(curve)
        look = look_of(pen, picture, line)
        pen.items.append(Stroke(*curve, clip=panel.box if panel.area.y.log else None, **look))
        for joint in line.joints:
            pen.items.append(Dot(*panel.point(*joint), 2.2 * pen.type.line, look["color"]))
    return curves


def look_of(pen: Pen, picture: Picture, line: Line) -> dict[str, Any]:
    """Color, dash and width of a line, the same in every area; distinct in grayscale too."""
    theme, width = pen.theme, pen.type.line
    if line.rank < 0 or (picture.fan and not line.rank):
        return {"color": theme.ink, "width": width}
    if picture.fan or picture.ordered:
        first = int(picture.fan)
        color = theme.along((line.rank - first) / max(picture.ranks - 1 - first, 1))
        return {"color": color, "width": 0.5 * width if line.minor else 0.75 * width if picture.fan else width}
    count = len(theme.palette)
    dash = DASHES[(line.rank + line.rank // count) % len(DASHES)]  # other dashes if the colors repeat
    look = {"color": theme.palette[line.rank % count], "dash": dash, "width": width}
    return look | {"width": 0.5 * width, "alpha": 0.6} if line.minor else look


def crosses(curve: Curve, left: float, bottom: float, right: float, top: float) -> bool:
    """Whether a curve, whose x ascend, meets a rectangle."""
    x0, x1, y0, y1 = curve[0][:-1], curve[0][1:], curve[1][:-1], curve[1][1:]
    near = (x1 >= left) & (x0 <= right)
    x0, x1, y0, y1 = x0[near], x1[near], y0[near], y1[near]
    run = np.where(x1 > x0, x1 - x0, 1.0)
    enter = np.where(x1 > x0, y0 + (y1 - y0) * np.clip((left - x0) / run, 0, 1), y0)
    leave = np.where(x1 > x0, y0 + (y1 - y0) * np.clip((right - x0) / run, 0, 1), y1)
    return bool(((np.minimum(enter, leave) < top) & (np.maximum(enter, leave) > bottom)).any())
