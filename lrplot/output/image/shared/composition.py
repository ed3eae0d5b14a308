"""The composition of a picture on paper: every text and line at its place, none over another.

All lengths are points. What does not fit is left out in this order: the second axis, the remarks and the
names of phases, all but the first entries of the legend. A `Fault` if the curves themselves find no room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np

from lrplot.chart.axis import Scale, unit_ticks, value_ticks
from lrplot.chart.path import thinned
from lrplot.chart.picture import Area, Line, Mark, Picture
from lrplot.chart.ticks import factored_labels, log_labels, power_of_ten
from lrplot.curves.shapes import Floats
from lrplot.diagnostics import Fault
from lrplot.output.image.shared.legend import (
    INSIDE,
    MOST_ABOVE,
    SHORT,
    Entry,
    crosses,
    entries_of,
    free_corner,
    limited,
)
from lrplot.output.image.shared.scene import ASCENT, Box, Dot, Patch, Scene, Stroke, Text
from lrplot.output.image.shared.sheet import DASHES, Theme
from lrplot.output.text import printable
from lrplot.wording import amount, learning_rate

Measure = Callable[[str, float, bool], float]  # the width of a text of a size, bold or not

WIDTH, HEIGHT = 460.0, 258.0  # of the sheet on which texts have their nominal size
SLACK = 0.02  # between a curve and its path on paper
DETAILS = 4  # levels of detail, from everything to the curves alone
LOWEST_PANEL, LOW_PANEL, NARROW_PANEL = 42.0, 20.0, 62.0
NARROW_SHEET, LOW_SHEET = 300.0, 170.0  # a smaller one has no second axis
LABELLED = 4  # most lines with a label at their end
GAP = 0.65  # of a label's size, between an axis and the label below it
NEAR_ZERO = 0.02  # of the axis; a lower value needs no label beside that of zero


def compose(picture: Picture, box: Box, theme: Theme, measure: Measure) -> Scene:
    """A picture in a part of the paper; a `Fault` if the part is too small."""
    small = box.width < NARROW_SHEET or box.height < LOW_SHEET
    for detail in range(int(small), DETAILS):
        for beside in (True, False):
            composer = _Composer(picture, box, theme, measure, detail, beside)
            if composer.fits:
                return composer.scene()
    raise Fault(
        f"{box.width / 72:.3g}x{box.height / 72:.3g} inches are too few for this picture",
        field="size",
        help="give a larger size, such as 6.4x3.6",
        code="too-small",
    )


@dataclass(frozen=True)
class _Type:
    """Sizes of texts and lines."""

    scale: float

    @classmethod
    def on(cls, width: float, height: float) -> _Type:
        return cls(min(max(sqrt(min(width / WIDTH, height / HEIGHT)), 0.66), 4.0))

    @property
    def tick(self) -> float:
        return 9 * self.scale

    @property
    def small(self) -> float:
        return max(7.5 * self.scale, 5.5)

    @property
    def title(self) -> float:
        return 11 * self.scale

    @property
    def line(self) -> float:
        return max(1.6 * self.scale, 1.1)


@dataclass(frozen=True)
class _Panel:
    """The place of an area, its ticks with labels, and the shares of its height below and above its values."""

    area: Area
    box: Box
    ticks: tuple[tuple[float, str], ...]
    factor: str
    below: float
    above: float

    def height_of(self, values: Floats) -> Floats:
        places = np.nan_to_num(self.area.y.places(values), nan=-0.1)  # what is below a logarithmic axis falls out of it
        share = self.below + places * (1 - self.below - self.above)
        return np.asarray(self.box.bottom + share * self.box.height)


class _Composer:
    """One attempt at a composition, with a level of detail, and a legend among the curves or outside."""

    def __init__(self, picture: Picture, box: Box, theme: Theme, measure: Measure, detail: int, inside: bool) -> None:
        self.picture, self.box, self.theme, self.measure, self.detail = picture, box, theme, measure, detail
        self.type = _Type.on(box.width, box.height)
        self.pad = 8 * self.type.scale
        self.items: list[Text | Stroke | Dot | Patch] = []
        self.entries = entries_of(picture)
        self.inside = inside and 0 < len(self.entries) <= INSIDE
        self.beside = not self.inside and len(self.entries) > MOST_ABOVE and box.width >= NARROW_SHEET
        if self.beside:
            self.entries = entries_of(picture, SHORT)
        self.other = picture.other if detail == 0 else None
        self.named_above = False  # whether the names of the lower areas are above them, not beside their axes
        self.fits = self._place()

    def scene(self) -> Scene:
        return Scene(self.items)

    # -- text ------------------------------------------------------------------------------------------------------

    def width(self, text: str, size: float, bold: bool = False) -> float:
        return self.measure(text, size, bold)

    def text(
        self, text: str, x: float, y: float, size: float, *, align: float = 0.0, color: str = "", **look: Any
    ) -> Text:
        """A text whose baseline starts, ends (`align` 1) or has its middle (0.5) at a place."""
        width = self.width(text, size, look.get("bold", False))
        shift = align * width
        x, y = (x, y - shift) if look.get("upright") else (x - shift, y)
        return Text(text, x, y, size, width, color or self.theme.ink, **look)

    def wrapped(self, text: str, size: float, width: float, most: int, bold: bool = False) -> list[str]:
        """A text in at most `most` lines, the last one cut if more are needed."""
        lines: list[str] = []
        rest = text.strip()
        while rest:
            kept = self._that_fits(rest, size, width, bold)
            if len(kept) < len(rest):
                last = len(lines) == most - 1
                if last:
                    return [
                        *lines,
                        self._that_fits(rest, size, width - self.width("…", size, bold), bold).rstrip() + "…",
                    ]
                blank = kept.rfind(" ") if not rest[len(kept)].isspace() else len(kept)
                kept = kept[:blank] if blank > len(kept) / 3 else kept
            lines.append(kept.rstrip())
            rest = rest[len(kept) :].lstrip()
        return lines

    def _that_fits(self, text: str, size: float, width: float, bold: bool) -> str:
        if self.width(text, size, bold) <= width:
            return text
        low, high = 1, len(text)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.width(text[:middle], size, bold) <= width else (low, middle)
        return text[:low]

    # -- the plan --------------------------------------------------------------------------------------------------

    def _place(self) -> bool:
        """Place everything; False if there is no room."""
        type = self.type
        top = self._heading()
        if not (self.inside or self.beside):
            top = self._legend_above(top)
        bottom = self._foot()
        rows = self._header_rows()
        top -= rows * 1.4 * type.small + (0.3 * type.small if rows else 0.7 * type.small)
        boxes = self._heights(bottom, top)
        if boxes and not all(map(self._fits_upright, self.picture.areas[1:], boxes[1:])):
            self.named_above = True
            boxes = self._heights(bottom, top)
        if boxes is None:
            return False
        panels = [self._panel(area, *span) for area, span in zip(self.picture.areas, boxes, strict=True)]
        left = self._left(panels)
        right = self._right(panels)
        if right - left < NARROW_PANEL * max(type.scale, 1):
            return False
        panels = [replace(panel, box=Box(left, panel.box.bottom, right, panel.box.top)) for panel in panels]
        for panel in panels:
            self._frame(panel)
        self._marks(panels)
        curves = [self._curves(panel) for panel in panels]
        notes = [self._notes(panel, paths) for panel, paths in zip(panels, curves, strict=True)]
        self._time_axis(panels[-1].box)
        if self.beside:
            self._legend_beside(panels)
        return not self.inside or self._legend_inside(panels[0].box, curves[0], notes[0])

    def _heading(self) -> float:
        """Title and remarks; the height below them."""
        type, width = self.type, self.box.width - 2 * self.pad
        y = self.box.top - self.pad
        most = 3 if self.box.height > LOW_SHEET else 2
        for line in self.wrapped(printable(self.picture.title), type.title, width, most, bold=True):
            self.items.append(self.text(line, self.box.left + self.pad, y - ASCENT * type.title, type.title, bold=True))
            y -= 1.2 * type.title
        if self.detail < 2 and self.picture.remarks:
            remarks = printable(" · ".join(self.picture.remarks))
            for line in self.wrapped(remarks, type.small, width, 2):
                y -= 0.15 * type.small
                baseline = y - ASCENT * type.small
                self.items.append(
                    self.text(line, self.box.left + self.pad, baseline, type.small, color=self.theme.soft)
                )
                y -= 1.2 * type.small
        return y

    def _foot(self) -> float:
        """The height of the lowest axis: labels and the name of its unit below it, twice with a second unit."""
        rows = 2 if self.other else 1
        below = self.type.tick * (GAP + 1.25 * 2 if rows == 1 else GAP + 1.3 + GAP + 0.2 + 1.25)
        return self.box.bottom + self.pad * 0.7 + below

    def _header_rows(self) -> int:
        """Rows of small texts above the first panel: names of phases, and a factor."""
        if self.picture.marks and self.detail < 3:
            total = self.picture.x.high - self.picture.x.low
            guess = (self.box.width - 8 * self.type.tick) / total
            narrow = [mark for mark in self.picture.marks if (mark.stop - mark.start) * guess < self._named(mark)]
            return 2 if narrow and self.detail < 2 else 1
        return 1 if self._factored(self.picture.areas[0]) else 0

    def _named(self, mark: Mark) -> float:
        return self.width(printable(mark.name), self.type.small) + 0.8 * self.type.small

    def _factored(self, area: Area) -> bool:
        return not area.y.log and not 1e-2 <= max(abs(area.y.low), abs(area.y.high)) < 1e5

    def _heights(self, bottom: float, top: float) -> list[tuple[float, float]] | None:
        """The bottom and top of each panel; None if a panel is too low."""
        areas = self.picture.areas
        gaps = [
            0.8 * self.type.tick + 1.4 * self.type.small * bool(area.note or self.named_above or self._factored(area))
            for area in areas[1:]
        ]
        weights = [2.6, *[1.0] * (len(areas) - 1)]
        unit = (top - bottom - sum(gaps)) / sum(weights)
        if unit * weights[0] < LOWEST_PANEL or (gaps and unit < LOW_PANEL):
            return None
        spans = []
        for weight, gap in zip(weights, [*gaps, 0.0], strict=True):
            spans.append((top - unit * weight, top))
            top -= unit * weight + gap
        return spans

    def _panel(self, area: Area, bottom: float, top: float) -> _Panel:
        """An area between two heights, with as many ticks as find room."""
        height, type = top - bottom, self.type
        most = min(max(int(height / (2.2 * type.tick)), 2), 6)
        label = (1.5 * type.small + type.line) / height
        above = label if self._has_peak(height) else min(0.04, label)
        below = 0.0 if area.y.low == 0 or area.y.log else label if area.y.low < 0 else 0.06
        room = 1.1 * type.tick / (height * (1 - below - above))
        choices = [value_ticks(area.y, count) for count in range(most, most + 3)]
        roomy = [
            ticks for ticks in choices if len(ticks) > 1 and (np.diff(area.y.places(np.array(ticks))) > room).all()
        ]
        ticks = next((ticks for ticks in roomy if len(ticks) > 2), roomy[0] if roomy else [area.y.low, area.y.high])
        labels, exponent = log_labels(ticks), 0
        if not area.y.log or len(set(labels)) < len(labels):
            labels, exponent = factored_labels(ticks)
        factor = f"×{power_of_ten(exponent)}" if exponent else ""
        box = Box(self.box.left, bottom, self.box.right, top)
        return _Panel(area, box, tuple(zip(ticks, labels, strict=True)), factor, below, above)

    def _has_peak(self, height: float) -> bool:
        """Whether a panel is high enough for numbers among its curves."""
        return height > 4 * self.type.small

    def _fits_upright(self, area: Area, span: tuple[float, float]) -> bool:
        return self.width(area.label, self.type.tick) <= span[1] - span[0] + 0.6 * self.type.tick

    def _above(self, area: Area) -> str:
        """What stands above a panel: its name if that is not beside its axis, and its note."""
        name = area.label if self.named_above and area is not self.picture.areas[0] else ""
        return printable(": ".join(filter(None, (name, area.note))))

    def _left(self, panels: Sequence[_Panel]) -> float:
        """The left edge of all panels: their labels have one margin."""
        type = self.type
        labels = max(self.width(label, type.tick) for panel in panels for _, label in panel.ticks)
        factors = max(self.width(panel.factor, type.small) for panel in panels)
        left = self.pad + 1.5 * type.tick + max(labels, factors) + 0.65 * type.tick
        if self.other:
            units = (self._short(self.picture.x_label), self.picture.other_label)
            left = max(left, self.pad + max(self.width(unit, type.tick) for unit in units) + self._before_axis)
        return self.box.left + left

    @property
    def _before_axis(self) -> float:
        """Room left of the lowest axes for half of their first labels."""
        scales = [scale for scale in (self.picture.x, self.other) if scale]
        return max(self.width(amount(scale.low), self.type.tick) for scale in scales) / 2 + 0.8 * self.type.tick

    def _short(self, unit: str) -> str:
        return unit.removesuffix(" of the run")

    def _right(self, panels: Sequence[_Panel]) -> float:
        """The right edge of all panels, left of the labels of ends, half the last tick's label, and a legend."""
        type = self.type
        ends = [
            self.width(text, type.small) + 0.5 * type.small for panel in panels for _, text, _ in self._ends(panel.area)
        ]
        halves = [self.width(amount(scale.high), type.tick) / 2 for scale in (self.picture.x, self.other) if scale]
        margin = self.pad + max([*ends, *halves])
        if self.beside:
            margin += self._legend_width(self.entries) + self.pad
        return self.box.right - margin

    # -- frames and axes -------------------------------------------------------------------------------------------

    def _rule(self, x0: float, y0: float, x1: float, y1: float, **look: Any) -> None:
        look = {"color": self.theme.faint, "width": 0.8 * max(self.type.scale, 0.8), **look}
        self.items.append(Stroke(np.array([x0, x1]), np.array([y0, y1]), **look))

    def _frame(self, panel: _Panel) -> None:
        type, box = self.type, panel.box
        margin = box.left - 0.6 * type.tick
        for value, label in panel.ticks:
            y = float(panel.height_of(np.array([value]))[0])
            if y > box.bottom + 0.5:  # at its lower end the axis itself is the line
                self._rule(box.left, y, box.right, y, alpha=0.35, width=0.6)
            self._rule(box.left - 0.33 * type.tick, y, box.left, y)
            self.items.append(self.text(label, margin, y - 0.36 * type.tick, type.tick, align=1))
        self._rule(box.left, box.bottom, box.left, box.top)
        self._rule(box.left, box.bottom, box.right, box.bottom)
        if panel.area.y.low < 0 < panel.area.y.high:
            zero = float(panel.height_of(np.zeros(1))[0])
            self._rule(box.left, zero, box.right, zero)
        row = box.top + 0.55 * type.small
        if panel.factor:
            self.items.append(self.text(panel.factor, margin, row, type.small, align=1))
        if above := self._above(panel.area):
            (above,) = self.wrapped(above, type.small, box.width, 1)
            self.items.append(self.text(above, box.left, row, type.small, color=self.theme.soft))
        if not self.named_above or panel.area is self.picture.areas[0]:
            x, middle = self.box.left + self.pad + 0.8 * type.tick, (box.bottom + box.top) / 2
            self.items.append(self.text(panel.area.label, x, middle, type.tick, align=0.5, upright=True))

    def _x(self, box: Box, values: Floats) -> Floats:
        return np.asarray(box.left + self.picture.x.places(values) * box.width)

    def _time_axis(self, box: Box) -> None:
        """The axis below the lowest panel, and a second one if there is another unit."""
        type, picture = self.type, self.picture
        labels = box.bottom - (GAP + ASCENT) * type.tick
        self._time_ticks(picture.x, picture.x_label, box, box.bottom)
        if self.other is None:
            middle = (box.left + box.right) / 2
            self.items.append(self.text(picture.x_label, middle, labels - 1.3 * type.tick, type.tick, align=0.5))
            return
        rule = labels - 0.6 * type.tick
        self._rule(box.left, rule, box.right, rule)
        self._time_ticks(self.other, picture.other_label, box, rule)
        for name, y in ((self._short(picture.x_label), labels), (picture.other_label, rule - box.bottom + labels)):
            self.items.append(self.text(name, box.left - self._before_axis, y, type.tick, align=1))

    def _time_ticks(self, scale: Scale, unit: str, box: Box, y: float) -> None:
        """As many ticks below a line as have room for their labels."""
        type, parts = self.type, unit.startswith("fraction")
        labels: list[Text] = []
        places: list[float] = []
        for most in range(6, 0, -1):
            ticks = unit_ticks(scale.low, scale.high, most, parts=parts) if most > 1 else [scale.low, scale.high]
            places = (box.left + scale.places(np.array(ticks)) * box.width).tolist()
            baseline = y - (GAP + ASCENT) * type.tick
            labels = [
                self.text(amount(tick), x, baseline, type.tick, align=0.5)
                for tick, x in zip(ticks, places, strict=True)
            ]
            if all(a.x + a.width + 0.8 * type.tick <= b.x for a, b in pairwise(labels)):
                break
        for label, x in zip(labels, places, strict=True):
            self._rule(x, y, x, y - 0.33 * type.tick)
            self.items.append(label)

    # -- phases ----------------------------------------------------------------------------------------------------

    def _marks(self, panels: Sequence[_Panel]) -> None:
        """A dotted line where each phase begins, and its name above, with a bracket if it is narrow."""
        box = panels[0].box
        marks = self.picture.marks
        starts = self._x(box, np.array([mark.start for mark in marks])).tolist()
        stops = self._x(box, np.array([mark.stop for mark in marks])).tolist()
        for start in starts[1:]:
            for panel in panels:
                self._rule(start, panel.box.bottom, start, panel.box.top, dash=(0, (2, 3)))
        if self.detail >= 3:
            return
        taken: list[Box] = []
        narrow = []
        for mark, start, stop in zip(marks, starts, stops, strict=True):
            if stop - start >= self._named(mark):
                self._name(printable(mark.name), box, (start + stop) / 2, 0.5, 0, taken)
            else:
                narrow.append((mark, start, stop))
        for mark, start, stop in reversed(narrow) if self.detail < 2 else ():
            self._flag(mark, box, start, stop, taken)

    def _name(self, name: str, box: Box, x: float, align: float, row: int, taken: list[Box]) -> Text | None:
        """A name in a row above a panel, unless it would meet another one or leave the sheet."""
        small = self.type.small
        y = box.top + (0.55 + 1.3 * row) * small
        text = self.text(name, x, y, small, align=align, color=self.theme.soft)
        room = replace(text.box, left=text.x - 0.3 * small, right=text.x + text.width + 0.3 * small)
        if any(map(room.meets, taken)) or text.x < box.left or text.box.right > self.box.right - self.pad:
            return None
        taken.append(room)
        self.items.append(text)
        return text

    def _flag(self, mark: Mark, box: Box, start: float, stop: float, taken: list[Box]) -> None:
        """A bracket over a narrow phase, and a pole with its name and length; nothing if there is no room."""
        pole, small, name = (start + stop) / 2, self.type.small, printable(mark.name)
        for row in (0, 1):
            foot, head = box.top + 1.0, box.top + (0.55 + 1.3 * row + ASCENT) * small
            if any(map(Box(pole - 1, foot, pole + 1, head).meets, taken)):
                continue
            for text in (f"{name}, {mark.length}", name):
                if self._name(text, box, pole + 0.4 * small, 0, row, taken) or self._name(
                    text, box, pole - 0.4 * small, 1, row, taken
                ):
                    half = max(stop - start, 2.0) / 2
                    self._rule(pole - half, foot, pole + half, foot, color=self.theme.soft)
                    self._rule(pole, foot, pole, head, color=self.theme.soft)
                    taken.append(Box(pole - 1, foot, pole + 1, head))
                    return

    # -- curves ----------------------------------------------------------------------------------------------------

    def _drawn(self, area: Area) -> list[Line]:
        """The lines that are drawn, from the lowest up: one that has the values of another is not."""
        lines = [line for line in area.lines if not line.same]
        if self.picture.fan:
            return lines[::-1]  # that of the run itself above those of its groups
        return sorted(lines, key=lambda line: (not line.minor, line.rank))  # dashes above what they may cover

    def _curves(self, panel: _Panel) -> list[tuple[Floats, Floats]]:
        """Draw the curves of a panel; their paths on paper."""
        paths = []
        for line in self._drawn(panel.area):
            path = thinned(self._x(panel.box, line.x), panel.height_of(line.values), SLACK)
            paths.append(path)
            clip = panel.box if panel.area.y.log else None
            self.items.append(Stroke(*path, clip=clip, **self._look(line)))
            if line.joints:
                x, values = (np.array(part) for part in zip(*line.joints, strict=True))
                for place in zip(self._x(panel.box, x).tolist(), panel.height_of(values).tolist(), strict=True):
                    self.items.append(Dot(*place, 2.2 * self.type.line, self._look(line)["color"]))
        return paths

    def _look(self, line: Line) -> dict[str, Any]:
        """Color, dash and width of a line, the same in every area; distinct in grayscale too."""
        theme, picture, width = self.theme, self.picture, self.type.line
        if picture.fan or picture.ordered:
            if picture.fan and not line.rank:
                return {"color": theme.ink, "width": width}
            first = int(picture.fan)
            color = theme.along((line.rank - first) / max(picture.ranks - 1 - first, 1))
            return {"color": color, "width": 0.5 * width if line.minor else 0.75 * width if picture.fan else width}
        if line.rank < 0:
            return {"color": theme.ink, "width": width}
        count = len(theme.palette)
        dash = DASHES[(line.rank + line.rank // count) % len(DASHES)]  # other dashes if the colors repeat
        look = {"color": theme.palette[line.rank % count], "dash": dash, "width": width}
        return look | {"width": 0.5 * width, "alpha": 0.6} if line.minor else look

    # -- numbers ---------------------------------------------------------------------------------------------------

    def _ends(self, area: Area) -> Iterator[tuple[float, str, Line]]:
        """The last values that are labelled: those at the right edge, above zero, of a few lines."""
        lines = [line for line in self._drawn(area) if not line.minor]
        peak = max((float(line.values.max()) for line in lines), default=0.0)
        edge = self.picture.x.high - 0.01 * (self.picture.x.high - self.picture.x.low)
        for line in lines if len(lines) <= LABELLED else ():
            value = float(line.values[-1])
            place = area.y.place(value)
            alone = len(lines) == 1 and value == peak  # its label is that of the peak
            if (
                line.x[-1] >= edge
                and place is not None
                and not alone
                and (place > NEAR_ZERO or area.y.low or area.y.log)
            ):
                yield value, learning_rate(value), line

    def _notes(self, panel: _Panel, paths: Sequence[tuple[Floats, Floats]]) -> list[Box]:
        """Label the peak, the lowest value and the ends; the boxes of those among the curves."""
        small, box = self.type.small, panel.box
        lines = [line for line in self._drawn(panel.area) if not line.minor]
        placed: list[Box] = []
        for value, text, line in self._ends(panel.area):
            y = max(float(panel.height_of(np.array([value]))[0]) - 0.36 * small, box.bottom)
            color = self._look(line)["color"] if len(lines) > 1 else self.theme.soft
            label = self.text(text, box.right + 0.5 * small, y, small, color=color)
            if not any(map(label.box.meets, placed)):
                placed.append(label.box)
                self.items.append(label)
        if not self._has_peak(box.height):
            return []
        top = max(lines, key=lambda line: float(line.values.max()))
        low = min(lines, key=lambda line: float(line.values.min()))
        peak, floor = (
            self._at(panel, top, int(top.values.argmax()), 0.3 * small + 0.5 * self.type.line),
            self._at(panel, low, int(low.values.argmin()), -small - 0.5 * self.type.line),
        )
        boxes = [peak.box]
        self.items += [Patch(peak.box, self.theme.paper, 0.85), peak]
        known = {peak.text, *(text for _, text, _ in self._ends(panel.area))}
        place = panel.area.y.place(float(low.values.min()))
        shown = len(lines) == 1 and floor.text not in known and place is not None
        if shown and (place or 0) > NEAR_ZERO * (panel.area.y.low == 0) and self._is_free(floor.box, box, paths):
            boxes.append(floor.box)
            self.items += [Patch(floor.box, self.theme.paper, 0.85), floor]
        return boxes

    def _at(self, panel: _Panel, line: Line, index: int, shift: float) -> Text:
        """The value of a line at one of its corners, above or below it, within the panel."""
        x = float(self._x(panel.box, line.x[index : index + 1])[0])
        y = float(panel.height_of(line.values[index : index + 1])[0])
        text = self.text(learning_rate(float(line.values[index])), x, y + shift, self.type.small, align=0.5)
        return replace(text, x=max(min(text.x, panel.box.right - text.width), panel.box.left + 0.4 * self.type.small))

    def _is_free(self, box: Box, panel: Box, paths: Sequence[tuple[Floats, Floats]]) -> bool:
        return box.bottom > panel.bottom and not any(crosses(box, *path) for path in paths)

    # -- legend ----------------------------------------------------------------------------------------------------

    @property
    def _handle(self) -> float:
        """The width of a sample: some of each dash."""
        return 16 * self.type.line

    def _legend_width(self, entries: Sequence[Entry]) -> float:
        labels = max(self.width(entry.label, self.type.small) for entry in entries)
        return self._handle + 0.6 * self.type.small + labels

    def _entry(self, entry: Entry, x: float, y: float) -> None:
        """A sample and its label, whose baseline is at `y`."""
        small = self.type.small
        if entry.line is not None:
            self._rule(x, y + 0.34 * small, x + self._handle, y + 0.34 * small, **self._look(entry.line))
        self.items.append(self.text(entry.label, x + self._handle + 0.6 * small, y, small))

    def _legend_above(self, top: float) -> float:
        """A legend in rows below the title, to be read row by row; the height below it."""
        if not self.entries:
            return top
        small = self.type.small
        column = self._legend_width(self.entries) + 1.6 * small
        across = max(int((self.box.width - 2 * self.pad + 1.6 * small) / column), 1)
        rows = 1 if self.detail == DETAILS - 1 else max(int(0.22 * self.box.height / (1.35 * small)), 1)
        for index, entry in enumerate(limited(self.entries, across * rows)):
            row = index // across
            y = top - 0.5 * small - (ASCENT + 1.35 * row) * small
            self._entry(entry, self.box.left + self.pad + index % across * column, y)
        used = -(-min(len(self.entries), across * rows) // across)
        return top - 0.5 * small - 1.35 * used * small

    def _legend_beside(self, panels: Sequence[_Panel]) -> None:
        """A legend in a column right of all panels."""
        step = 1.2 * self.type.small
        top, bottom = panels[0].box.top, panels[-1].box.bottom
        x = self.box.right - self.pad - self._legend_width(self.entries)
        for index, entry in enumerate(limited(self.entries, max(int((top - bottom) / step), 1))):
            self._entry(entry, x, top - step * index - ASCENT * self.type.small)

    def _legend_inside(self, panel: Box, paths: Sequence[tuple[Floats, Floats]], notes: Sequence[Box]) -> bool:
        """A legend where the panel is free; False if there is no such place."""
        small = self.type.small
        width = self._legend_width(self.entries) + 1.2 * small
        height = (1.35 * len(self.entries) + 0.8) * small
        box = free_corner(width, height, panel, paths, notes)
        if box is None:
            return False
        self.items.append(Patch(box, self.theme.paper, 0.85))
        for index, entry in enumerate(self.entries):
            self._entry(entry, box.left + 0.6 * small, box.top - (0.6 + ASCENT + 1.35 * index) * small)
        return True
