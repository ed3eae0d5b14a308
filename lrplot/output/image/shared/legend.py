"""Legends: which lines they name, in which order, and where they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrplot.chart.names import shortened
from lrplot.chart.picture import Line, Picture
from lrplot.lazy import dataclass
from lrplot.output.image.shared.lines import Curve, crosses, dots, look_of
from lrplot.output.image.shared.pen import Pen
from lrplot.output.image.shared.scene import ASCENT, Box, Patch
from lrplot.output.text import printable

LENGTHS = (40, 32, 24, 16, 8)  # letters of a label, as many as there is room for
COLUMN = 0.33  # of the sheet's width, for a legend beside the curves
INSIDE = 6  # most entries of a legend among the curves
MOST_ABOVE = 8  # entries of a legend above the curves, if there is room beside them
SHARE = 0.22  # of the sheet's height, for a legend above the curves
INSET = 5.0  # points between a legend among the curves and the edges
CLEAR = 4.0  # points between it and the curves


@dataclass(frozen=True)
class Entry:
    """A label, and the line whose look its sample has; None for the remark that more are left out."""

    label: str
    line: Line | None


def lines_of(picture: Picture) -> list[Line]:
    """The lines to name, if the first area has several: variants in their order, others from the top down."""
    lines = [line for line in picture.areas[0].lines if not line.minor]
    if len(lines) < 2:
        return []
    return sorted(lines, key=lambda line: line.rank if picture.ordered else -_mean(line))


def entries_within(pen: Pen, lines: Sequence[Line], room: float) -> list[Entry]:
    """The entries of some lines, with labels as long as a width has room for."""
    entries: list[Entry] = []
    for longest in LENGTHS if lines else ():
        entries = _entries(lines, longest)
        if width(pen, entries) <= room - 2 * pen.type.pad:
            break
    return entries


def _entries(lines: Sequence[Line], longest: int) -> list[Entry]:
    short = shortened([printable(line.label) for line in lines], longest)
    labels = dict(zip((line.label for line in lines), short, strict=True))
    looks = {line.label: line for line in lines}
    return [
        Entry(f"{labels[line.label]} (= {labels[line.same]})", looks[line.same])
        if line.same
        else Entry(labels[line.label], line)
        for line in lines
    ]


def _mean(line: Line) -> float:
    span = line.x[-1] - line.x[0]
    return float((np.diff(line.x) / span * (line.values[1:] / 2 + line.values[:-1] / 2)).sum())


def limited(entries: Sequence[Entry], most: int, *, spread: bool = False) -> list[Entry]:
    """The entries, or as many as leave a place for the number of the others: the first, or some of all if `spread`."""
    if len(entries) <= most:
        return list(entries)
    kept = max(most - 1, 0)
    last = len(entries) - 1
    places = [i * last // max(kept - 1, 1) for i in range(kept)] if spread else range(kept)
    return [*(entries[place] for place in places), Entry(f"… {len(entries) - kept} more", None)]


def _handle(pen: Pen) -> float:
    """The width of a sample: some of each dash."""
    return 16 * pen.type.line


def width(pen: Pen, entries: Sequence[Entry]) -> float:
    """The width of the widest entry."""
    labels = max(pen.width(entry.label, pen.type.small) for entry in entries)
    return _handle(pen) + 0.6 * pen.type.small + labels


def _draw(pen: Pen, picture: Picture, entry: Entry, x: float, y: float) -> None:
    """A sample and its label, whose baseline is at `y`."""
    small, handle = pen.type.small, _handle(pen)
    if entry.line is not None:
        look, middle = look_of(pen, picture, entry.line), y + 0.34 * small
        if entry.line.dotted:
            single = len(entry.line.x) == 1
            places = x + handle * (np.array([1 / 2]) if single else np.array([1 / 6, 1 / 2, 5 / 6]))
            pen.items.append(dots(pen, places, np.full(len(places), middle), look["color"], single=single))
        else:
            pen.rule(x, middle, x + handle, middle, **look)
    pen.write(entry.label, x + handle + 0.6 * small, y, small)


def draw_above(pen: Pen, picture: Picture, entries: Sequence[Entry], top: float, *, one_row: bool) -> float:
    """A legend in rows below a height, to be read row by row; the height below it."""
    small, box, pad = pen.type.small, pen.box, pen.type.pad
    column = width(pen, entries) + 1.6 * small
    across = max(int((box.width - 2 * pad + 1.6 * small) / column), 1)
    rows = 1 if one_row else max(int(SHARE * box.height / (1.35 * small)), 1)
    shown = limited(entries, across * rows, spread=picture.fan or picture.ordered)
    for index, entry in enumerate(shown):
        row = index // across
        y = top - 0.5 * small - (ASCENT + 1.35 * row) * small
        _draw(pen, picture, entry, box.left + pad + index % across * column, y)
    return top - 0.5 * small - 1.35 * -(-len(shown) // across) * small


def draw_beside(pen: Pen, picture: Picture, entries: Sequence[Entry], top: float, bottom: float) -> None:
    """A legend in a column at the right edge of the sheet."""
    step = 1.2 * pen.type.small
    x = pen.box.right - pen.type.pad - width(pen, entries)
    shown = limited(entries, max(int((top - bottom) / step), 1), spread=picture.fan or picture.ordered)
    for index, entry in enumerate(shown):
        _draw(pen, picture, entry, x, top - step * index - ASCENT * pen.type.small)


def draw_inside(
    pen: Pen, picture: Picture, entries: Sequence[Entry], panel: Box, curves: Sequence[Curve], boxes: Sequence[Box]
) -> bool:
    """A legend where a panel is free of curves and other boxes; False if there is no such place."""
    small = pen.type.small
    box = _free_place(width(pen, entries) + 1.2 * small, (1.35 * len(entries) + 0.8) * small, panel, curves, boxes)
    if box is None:
        return False
    pen.items.append(Patch(box, pen.theme.paper, 0.85))
    for index, entry in enumerate(entries):
        y = box.top - (0.6 + ASCENT + 1.35 * index) * small
        _draw(pen, picture, entry, box.left + 0.6 * small, y)
    return True


def _free_place(width: float, height: float, panel: Box, curves: Sequence[Curve], boxes: Sequence[Box]) -> Box | None:
    """A free place of a size near one of a panel's edges; None if there is none."""
    left, right = panel.left + INSET, panel.right - width
    bottom, top = panel.bottom + INSET, panel.top - height
    middle, center = (left + right) / 2, (bottom + top) / 2
    places = [
        (right, top), (right, center), (left, bottom), (right, bottom), (left, top), (middle, bottom), (middle, top),
    ]  # fmt: skip
    for x, y in places if left < right and bottom < top else ():
        roomy = Box(x - CLEAR, y - CLEAR, x + width + CLEAR, y + height + CLEAR)
        crossed = any(crosses(curve, roomy.left, roomy.bottom, roomy.right, roomy.top) for curve in curves)
        if not crossed and not any(map(roomy.meets, boxes)):
            return Box(x, y, x + width, y + height)
    return None
