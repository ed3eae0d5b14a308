"""The phases of a run: dotted lines through the panels, and names above the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lrplot.chart.picture import Mark
from lrplot.output.image.shared.panels import Panel
from lrplot.output.image.shared.pen import Pen
from lrplot.output.image.shared.scene import ASCENT, Box
from lrplot.output.text import printable


def is_narrow(pen: Pen, mark: Mark, width: float) -> bool:
    """Whether a phase of a width on paper is too narrow for its name."""
    return width < pen.width(printable(mark.name), pen.type.small) + 0.8 * pen.type.small


def draw_phases(pen: Pen, panels: Sequence[Panel], marks: Sequence[Mark], *, named: bool, flagged: bool) -> None:
    """A dotted line where each phase begins, and its name above; a flag for a narrow one."""
    first = panels[0]
    starts = first.across(np.array([mark.start for mark in marks])).tolist()
    stops = first.across(np.array([mark.stop for mark in marks])).tolist()
    for start in starts[1:]:
        for panel in panels:
            pen.rule(start, panel.box.bottom, start, panel.box.top, dash=(0, (2, 3)))
    taken: list[Box] = []
    narrow = []
    for mark, start, stop in zip(marks, starts, stops, strict=True) if named else ():
        if is_narrow(pen, mark, stop - start):
            narrow.append((mark, start, stop))
        else:
            _write(pen, printable(mark.name), first.box, (start + stop) / 2, 0.5, 0, taken)
    for mark, start, stop in reversed(narrow) if flagged else ():
        _draw_flag(pen, mark, first.box, start, stop, taken)


def _write(pen: Pen, name: str, panel: Box, x: float, align: float, row: int, taken: list[Box]) -> bool:
    """A name in a row above a panel; False if it would meet another one or leave the sheet."""
    small = pen.type.small
    text = pen.text(name, x, panel.top + (0.55 + 1.3 * row) * small, small, align=align, color=pen.theme.soft)
    room = replace(text.box, left=text.x - 0.3 * small, right=text.x + text.width + 0.3 * small)
    if any(map(room.meets, taken)) or text.x < panel.left or text.box.right > pen.box.right - pen.type.pad:
        return False
    taken.append(room)
    pen.items.append(text)
    return True


def _draw_flag(pen: Pen, mark: Mark, panel: Box, start: float, stop: float, taken: list[Box]) -> None:
    """A bracket over a narrow phase, and a pole with its name and length; nothing if there is no room."""
    pole, small, name = (start + stop) / 2, pen.type.small, printable(mark.name)
    for row in (0, 1):
        foot, head = panel.top + 1.0, panel.top + (0.55 + 1.3 * row + ASCENT) * small
        if any(map(Box(pole - 1, foot, pole + 1, head).meets, taken)):
            continue
        for text in (f"{name}, {mark.length}", name):
            for side, align in ((0.4, 0.0), (-0.4, 1.0)):
                if _write(pen, text, panel, pole + side * small, align, row, taken):
                    half = max(stop - start, 2.0) / 2
                    pen.rule(pole - half, foot, pole + half, foot, color=pen.theme.soft)
                    pen.rule(pole, foot, pole, head, color=pen.theme.soft)
                    taken.append(Box(pole - 1, foot, pole + 1, head))
                    return
