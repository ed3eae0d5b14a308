"""Curves: which are drawn, their looks, and their paths on paper."""

from __future__ import annotations

from typing import Any

import numpy as np

from lrplot.chart.path import thinned
from lrplot.chart.picture import Area, Line, Picture
from lrplot.curves.shapes import Floats
from lrplot.output.image.shared.panels import Panel
from lrplot.output.image.shared.pen import Pen
from lrplot.output.image.shared.scene import Dots, Stroke
from lrplot.output.image.shared.sheet import DASHES

SLACK = 0.02  # points between a curve and its path on paper
APART = 0.3  # points between the middles of two dots that are both drawn
Curve = tuple[Floats, Floats]


def drawn_lines(picture: Picture, area: Area) -> list[Line]:
    """The lines that are drawn, from the lowest up: one that has the values of another is not."""
    lines = [line for line in area.lines if not line.same]
    if picture.fan:
        return lines[::-1]  # that of the run itself above those of its groups
    # dashes above what they may cover, and logged values above the plan
    return sorted(lines, key=lambda line: (line.dotted, not line.minor, line.rank))


def draw_curves(pen: Pen, picture: Picture, panel: Panel) -> list[Curve]:
    """Draw the curves of a panel; their paths on paper."""
    curves = []
    for line in drawn_lines(picture, panel.area):
        look = look_of(pen, picture, line)
        x, y = panel.across(line.x), panel.up(line.values)
        curve = _distinct(x, y, panel) if line.dotted else thinned(x, y, SLACK)
        curves.append(curve)
        if line.dotted:
            pen.items.append(dots(pen, *curve, look["color"], single=len(line.x) == 1))
        else:
            pen.items.append(Stroke(*curve, clip=panel.box if panel.area.y.log else None, **look))
        if line.joints:
            joints = np.array(line.joints)
            pen.items.append(dots(pen, panel.across(joints[:, 0]), panel.up(joints[:, 1]), look["color"]))
    return curves


def dots(pen: Pen, x: Floats, y: Floats, color: str, *, single: bool = False) -> Dots:
    """Dots that are a little wider than a curve; a `single` one among others is twice as wide."""
    return Dots(x, y, (4.4 if single else 2.2) * pen.type.line, color)


def _distinct(x: Floats, y: Floats, panel: Panel) -> Curve:
    """The points in a panel, of those that cover each other on paper only one."""
    inside = (y >= panel.box.bottom) & (y <= panel.box.top)
    places = np.stack([x[inside], y[inside]])
    _, first = np.unique(np.rint(places / APART), axis=1, return_index=True)
    kept_x, kept_y = places[:, np.sort(first)]
    return kept_x, kept_y


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
