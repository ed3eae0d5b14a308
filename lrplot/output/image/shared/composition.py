"""The composition of a picture on paper: every text and line at its place, no text over another.

All lengths are points. What does not fit is left out in this order: the second axis; the remarks and the flags of
narrow phases; the names of phases, and all but a row of the legend. A `Fault` if the curves themselves find no room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lrplot.chart.picture import Area, Picture
from lrplot.diagnostics import Fault
from lrplot.output.image.shared import legend, numbers, times
from lrplot.output.image.shared.lines import draw_curves
from lrplot.output.image.shared.numbers import draw_numbers
from lrplot.output.image.shared.panels import Panel, draw_frame, has_factor, panel_of
from lrplot.output.image.shared.pen import Measure, Pen, Type
from lrplot.output.image.shared.phases import draw_phases, is_narrow
from lrplot.output.image.shared.scene import ASCENT, Box, Item
from lrplot.output.image.shared.sheet import Theme
from lrplot.output.image.shared.times import draw_times
from lrplot.output.text import printable

LOWEST_PANEL, LOW_PANEL, NARROW_PANEL = 42.0, 20.0, 62.0  # the first panel, further ones, and every one
NARROW_SHEET, LOW_SHEET = 300.0, 170.0  # a smaller one has no second axis
WEIGHT = 2.6  # of the first panel's height, if that of others is 1
NO_OTHER_AXIS, NO_REMARKS, NO_NAMES = 1, 2, 3  # levels of detail


def compose(picture: Picture, box: Box, theme: Theme, measure: Measure) -> list[Item]:
    """A picture in a part of the paper; a `Fault` if the part is too small."""
    small = box.width < NARROW_SHEET or box.height < LOW_SHEET
    for detail in range(NO_OTHER_AXIS if small else 0, NO_NAMES + 1):
        for inside in (True, False):
            pen = Pen(box, theme, measure, Type.on(box))
            if _Composition(pen, picture, detail, inside).draw():
                return pen.items
    raise Fault(
        f"{box.width / 72:.3g}x{box.height / 72:.3g} inches are too few for this picture",
        field="size",
        help="give a larger size, such as 6.4x3.6",
        code="too-small",
    )


class _Composition:
    """One attempt, at a level of detail, and with the legend among the curves if it is short."""

    def __init__(self, pen: Pen, picture: Picture, detail: int, inside: bool) -> None:
        self.pen, self.picture, self.detail = pen, picture, detail
        lines = legend.lines_of(picture)
        self.inside = inside and 0 < len(lines) <= legend.INSIDE
        self.beside = len(lines) > legend.MOST_ABOVE and pen.box.width >= NARROW_SHEET
        self.entries = legend.entries_within(pen, lines, pen.box.width * (legend.COLUMN if self.beside else 1))
        self.units = [(picture.x, picture.x_label)]
        if picture.other and detail < NO_OTHER_AXIS:
            self.units.append((picture.other, picture.other_label))

    def draw(self) -> bool:
        """Draw everything; False if there is no room."""
        pen, picture = self.pen, self.picture
        panels = self._draw_frames(self._draw_top())
        if not panels:
            return False
        names, flags = self.detail < NO_NAMES, self.detail < NO_REMARKS
        draw_phases(pen, panels, picture.marks, named=names, flagged=flags)
        curves = [draw_curves(pen, picture, panel) for panel in panels]
        boxes = [draw_numbers(pen, picture, panel, paths) for panel, paths in zip(panels, curves, strict=True)]
        draw_times(pen, panels[-1].box, self.units)
        first = panels[0].box
        if self.beside:
            legend.draw_beside(pen, picture, self.entries, first.top, panels[-1].box.bottom)
        return not self.inside or legend.draw_inside(pen, picture, self.entries, first, curves[0], boxes[0])

    def _draw_top(self) -> float:
        """Everything above the panels but the names of phases, for which there is room; the height below it."""
        top, rows = self._draw_heading(), self._rows()
        if self.entries and not (self.inside or self.beside):
            top = legend.draw_above(self.pen, self.picture, self.entries, top, one_row=self.detail >= NO_NAMES)
        return top - (1.4 * rows + 0.3 if rows else 0.7) * self.pen.type.small

    def _draw_frames(self, top: float) -> list[Panel]:
        """The panels below a height with their frames; none if there is no room."""
        pen, type, (first, *others) = self.pen, self.pen.type, self.picture.areas
        named = False
        spans = self._heights(top, named)
        if spans and not all(map(self._fits_upright, others, spans[1:])):
            named = True
            spans = self._heights(top, named)
        panels = [
            panel_of(area, self.picture.x, Box(pen.box.left, bottom, pen.box.right, top), type)
            for area, (bottom, top) in zip(self.picture.areas, spans, strict=False)
        ]
        left, right = self._sides(panels) if panels else (0.0, 0.0)
        if right - left < NARROW_PANEL * max(type.scale, 1):
            return []
        panels = [replace(panel, box=replace(panel.box, left=left, right=right)) for panel in panels]
        for panel in panels:
            label, note = panel.area.label, panel.area.note
            upright = not named or panel.area is first
            above = [note] if upright else [label, note]
            draw_frame(pen, panel, label if upright else "", printable(": ".join(filter(None, above))))
        return panels

    def _sides(self, panels: Sequence[Panel]) -> tuple[float, float]:
        """The left and right edge of all panels, between their labels."""
        pen, type = self.pen, self.pen.type
        labels = [pen.width(label, type.tick) for panel in panels for _, label in panel.ticks]
        labels += [pen.width(panel.factor, type.small) for panel in panels]
        left = max(type.pad + 2.15 * type.tick + max(labels), times.left(pen, self.units))
        right = type.pad + max(times.right(pen, self.units), numbers.right(pen, self.picture))
        if self.beside:
            right += legend.width(pen, self.entries) + type.pad
        return pen.box.left + left, pen.box.right - right

    def _draw_heading(self) -> float:
        """Title and remarks; the height below them."""
        pen, type = self.pen, self.pen.type
        x, width = pen.box.left + type.pad, pen.box.width - 2 * type.pad
        y = pen.box.top - type.pad
        most = 3 if pen.box.height > LOW_SHEET else 2
        for line in pen.wrapped(printable(self.picture.title), type.title, width, most, bold=True):
            pen.write(line, x, y - ASCENT * type.title, type.title, bold=True)
            y -= 1.2 * type.title
        remarks = printable(" · ".join(self.picture.remarks)) if self.detail < NO_REMARKS else ""
        for line in pen.wrapped(remarks, type.small, width, 2):
            pen.write(line, x, y - (0.15 + ASCENT) * type.small, type.small, color=pen.theme.soft)
            y -= 1.35 * type.small
        return y

    def _rows(self) -> int:
        """Rows of small texts above the first panel: names of phases, two for flags, and a factor."""
        if not self.picture.marks or self.detail >= NO_NAMES:
            return int(has_factor(self.picture.areas[0]))
        x = self.picture.x
        share = (self.pen.box.width - 8 * self.pen.type.tick) / (x.high - x.low)
        narrow = [is_narrow(self.pen, mark, (mark.stop - mark.start) * share) for mark in self.picture.marks]
        return 2 if any(narrow) and self.detail < NO_REMARKS else 1

    def _heights(self, top: float, named: bool) -> list[tuple[float, float]]:
        """The bottom and top of each panel, with a row of text above some; none if a panel is too low."""
        pen, others = self.pen, self.picture.areas[1:]
        rows = [bool(area.note or named or has_factor(area)) for area in others]
        gaps = [0.8 * pen.type.tick + 1.4 * pen.type.small * row for row in rows]
        bottom = pen.box.bottom + times.height(pen, self.units)
        unit = (top - bottom - sum(gaps)) / (WEIGHT + len(others))
        if unit * WEIGHT < LOWEST_PANEL or (others and unit < LOW_PANEL):
            return []
        spans = [(top - unit * WEIGHT, top)]
        for gap in gaps:
            above = spans[-1][0] - gap
            spans.append((above - unit, above))
        return spans

    def _fits_upright(self, area: Area, span: tuple[float, float]) -> bool:
        """Whether the name of an area fits beside its panel."""
        return self.pen.width(area.label, self.pen.type.tick) <= span[1] - span[0] + 0.6 * self.pen.type.tick
