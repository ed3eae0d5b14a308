"""Numbers among the curves: the peak, the lowest value, and the ends at the right edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lrplot.chart.picture import Area, Line, Picture
from lrplot.output.image.shared.lines import Curve, crosses, drawn_lines, look_of
from lrplot.output.image.shared.panels import Panel, has_numbers
from lrplot.output.image.shared.pen import Pen
from lrplot.output.image.shared.scene import Box, Patch, Text
from lrplot.wording import learning_rate

LABELLED = 4  # most lines with a label at their end
NEAR_ZERO = 0.02  # of the axis; a lower value needs no label beside that of zero
GAP = 0.5  # of a text's size, between a curve's end and its label


def right(pen: Pen, picture: Picture) -> float:
    """The width right of the panels for the labels of ends."""
    small = pen.type.small
    texts = {text for area in picture.areas for _, text, _ in _ends(picture, area)}
    return max((pen.width(text, small) + GAP * small for text in texts), default=0.0)


def _ends(picture: Picture, area: Area) -> Iterator[tuple[float, str, Line]]:
    """The last values that are labelled: those at the right edge, above zero, of a few lines."""
    lines = _main(picture, area)
    peak = max(float(line.values.max()) for line in lines)
    edge = picture.x.high - 0.01 * (picture.x.high - picture.x.low)
    for line in lines if len(lines) <= LABELLED else ():
        value = float(line.values[-1])
        place = area.y.place(value)
        if place is None or line.x[-1] < edge or (len(lines) == 1 and value == peak):  # the peak has its own label
            continue
        if place > NEAR_ZERO or area.y.low or area.y.log:
            yield value, learning_rate(value), line


def _main(picture: Picture, area: Area) -> list[Line]:
    lines = drawn_lines(picture, area)
    return [line for line in lines if not line.minor] or lines


def draw_numbers(pen: Pen, picture: Picture, panel: Panel, curves: Sequence[Curve]) -> list[Box]:
    """Label the ends, the peak and the lowest value of a panel; the boxes of those among the curves."""
    area, small = panel.area, pen.type.small
    lines, ends = _main(picture, area), list(_ends(picture, area))
    _draw_ends(pen, picture, panel, ends)
    if not has_numbers(panel.box.height, pen.type):
        return []
    top = max(lines, key=lambda line: float(line.values.max()))
    low = min(lines, key=lambda line: float(line.values.min()))
    peak = _at(pen, panel, top, int(top.values.argmax()), 0.3 * small + 0.5 * pen.type.line)
    floor = _at(pen, panel, low, int(low.values.argmin()), -small - 0.5 * pen.type.line)
    place = area.y.place(float(low.values.min()))
    known = {peak.text, *(text for _, text, _ in ends)}
    lowest = len(lines) == 1 and floor.text not in known and place is not None
    lowest = lowest and (place or 0.0) > NEAR_ZERO * (area.y.low == 0) and _is_free(floor.box, panel.box, curves)
    for label in [peak, floor] if lowest else [peak]:
        pen.items += [Patch(label.box, pen.theme.paper, 0.85), label]
    return [peak.box, floor.box] if lowest else [peak.box]


def _draw_ends(pen: Pen, picture: Picture, panel: Panel, ends: Sequence[tuple[float, str, Line]]) -> None:
    """Labels right of a panel in the colors of their lines, without those that would meet another one."""
    small = pen.type.small
    texts = [text for _, text, _ in ends]
    placed: list[Box] = []
    for value, text, line in ends:
        _, y = panel.point(panel.x.high, value)
        own = len(ends) > 1 and texts.count(text) == 1
        color = look_of(pen, picture, line)["color"] if own else pen.theme.soft
        y = max(y - 0.36 * small, panel.box.bottom)
        label = pen.text(text, panel.box.right + GAP * small, y, small, color=color)
        if not any(map(label.box.meets, placed)):
            placed.append(label.box)
            pen.items.append(label)


def _at(pen: Pen, panel: Panel, line: Line, index: int, shift: float) -> Text:
    """The value of a line at one of its corners, above or below it, within the panel."""
    small, value = pen.type.small, float(line.values[index])
    x, y = panel.point(float(line.x[index]), value)
    text = pen.text(learning_rate(value), x, y + shift, small, align=0.5)
    return replace(text, x=max(min(text.x, panel.box.right - text.width), panel.box.left + 0.4 * small))


def _is_free(box: Box, panel: Box, curves: Sequence[Curve]) -> bool:
    inside = box.bottom > panel.bottom
    return inside and not any(crosses(curve, box.left, box.bottom, box.right, box.top) for curve in curves)
