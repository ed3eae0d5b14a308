"""Charts as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from lrplot.chart.axis import Axis
from lrplot.engine.extremes import Columns
from lrplot.output.terminal.glyphs import Dots, Glyphs
from lrplot.output.terminal.style import TRACK_COLORS, paint

Owners = NDArray[np.int8]
Cell = tuple[str, str]  # a character and its style; an empty style is none


@dataclass(frozen=True)
class Canvas:
    """The size of a chart in cells, its glyphs, and whether it has colors."""

    width: int
    height: int
    glyphs: Glyphs
    color: bool

    @property
    def pixels(self) -> int:
        """Dots across the drawing."""
        return self.width * self.glyphs.columns


def draw(tracks: Sequence[Columns], y: Axis, x: Axis, edges: Sequence[float], canvas: Canvas, margin: int) -> list[str]:
    """The lines of a chart: `tracks` over axis `x`, marks at `edges` (0 … 1), labels in `margin` cells."""
    dots, owners = _rasterize(tracks, y, canvas)
    labels = _label_rows(y, canvas.height)
    ticks = _tick_cells(x, canvas.width)
    marks = {min(int(edge * canvas.width), canvas.width - 1) for edge in edges if 0 < edge < 1}
    lines = []
    for row in range(canvas.height):
        bottom = row == canvas.height - 1
        cells = [
            _cell(dots, owners, row, column, canvas) or _empty(column, bottom, ticks, marks, canvas.glyphs)
            for column in range(canvas.width)
        ]
        label = labels.get(row, "")
        lines.append(f"{label:>{margin}} {_joint(bottom, bool(label), canvas.glyphs)}{_painted(cells, canvas.color)}")
    return [*lines, _label_line(ticks, canvas.width, margin + 2)]


def _rasterize(tracks: Sequence[Columns], y: Axis, canvas: Canvas) -> tuple[Dots, Owners]:
    """Which dots are set, and which track owns each cell (the first that reaches it, −1 for none)."""
    glyphs = canvas.glyphs
    dots = np.zeros((canvas.height * glyphs.rows, canvas.pixels), dtype=np.bool_)
    owners = np.full((canvas.height, canvas.width), -1, dtype=np.int8)
    for index, columns in enumerate(tracks):
        track_dots = np.zeros_like(dots)
        for pixel, (top, bottom) in enumerate(_spans(columns, y, canvas)):
            if top <= bottom:
                track_dots[top : bottom + 1, pixel] = True
        cells = track_dots.reshape(canvas.height, glyphs.rows, canvas.width, glyphs.columns).any(axis=(1, 3))
        owners[cells & (owners < 0)] = index % len(TRACK_COLORS)
        dots |= track_dots
    return dots, owners


def _spans(columns: Columns, y: Axis, canvas: Canvas) -> list[tuple[int, int]]:
    """The first and last dot row (from the top) that each pixel column covers."""
    rows = canvas.height * canvas.glyphs.rows
    lows, highs, firsts, lasts = (_dot_rows(values.tolist(), y, rows) for values in _stretched(columns, canvas.pixels))
    spans = []
    for i, (top, bottom) in enumerate(zip(highs, lows, strict=True)):
        # A jump from the previous column is drawn as a line.
        if i and top < rows and lasts[i - 1] < rows:
            top = min(top, max(lasts[i - 1] + 1, 0)) if firsts[i] > lasts[i - 1] else top
            bottom = max(bottom, lasts[i - 1] - 1) if firsts[i] < lasts[i - 1] else bottom
        spans.append((top, min(bottom, rows - 1)))
    return spans


def _stretched(columns: Columns, pixels: int) -> list[NDArray[np.float64]]:
    """The values of the columns for each pixel; with fewer columns than pixels, each value holds for several."""
    count = len(columns.lows)
    index = np.arange(pixels) * count // pixels
    return [values[index] for values in (columns.lows, columns.highs, columns.firsts, columns.lasts)]


def _dot_rows(values: Sequence[float], y: Axis, rows: int) -> list[int]:
    """Dot rows from the top; `rows` for NaN and for values below a logarithmic axis."""
    places = [y.place(value) for value in values]
    return [rows if place is None or place != place else rows - 1 - round(place * (rows - 1)) for place in places]


def _cell(dots: Dots, owners: Owners, row: int, column: int, canvas: Canvas) -> Cell | None:
    owner = int(owners[row, column])
    if owner < 0:
        return None
    glyphs = canvas.glyphs
    top, left = row * glyphs.rows, column * glyphs.columns
    return glyphs.cell(dots[top : top + glyphs.rows, left : left + glyphs.columns]), TRACK_COLORS[owner]


def _empty(column: int, bottom: bool, ticks: dict[int, str], marks: set[int], glyphs: Glyphs) -> Cell:
    if bottom:
        return glyphs.tick_down if column in ticks else glyphs.across, "dim"
    return (glyphs.edge, "dim") if column in marks else (" ", "")


def _painted(cells: Sequence[Cell], color: bool) -> str:
    """A row of cells, with one color code for neighbors of one style; no trailing spaces."""
    runs = [("".join(text for text, _ in run), style) for style, run in groupby(cells, key=itemgetter(1))]
    if runs and not runs[-1][1]:
        runs.pop()
    return "".join(paint(text, style, color) if style else text for text, style in runs)


def _joint(bottom: bool, labelled: bool, glyphs: Glyphs) -> str:
    if bottom:
        return glyphs.corner_tick if labelled else glyphs.corner
    return glyphs.tick_left if labelled else glyphs.up


def _label_rows(y: Axis, height: int) -> dict[int, str]:
    rows: dict[int, str] = {}
    for tick, label in zip(y.ticks, y.labels, strict=True):
        place = y.place(tick)
        if place is not None:
            rows.setdefault(height - 1 - round(place * (height - 1)), label)
    return rows


def _tick_cells(x: Axis, width: int) -> dict[int, str]:
    cells: dict[int, str] = {}
    for tick, label in zip(x.ticks, x.labels, strict=True):
        place = x.place(tick) or 0.0
        cells[min(int(place * width), width - 1)] = label
    return cells


def _label_line(ticks: dict[int, str], width: int, margin: int) -> str:
    """Labels centered under their ticks, without those that would touch a neighbor; the last one is always there."""
    line = [" "] * (margin + width)
    *others, (last_cell, last) = ticks.items()
    end = margin + width - max(len(last) - max(width - last_cell, 0), len(last))
    end = max(end, 0)
    line[end : end + len(last)] = last
    free = 0
    for cell, label in others:
        start = max(margin + cell - len(label) // 2, 0)
        if start >= free and start + len(label) < end:
            line[start : start + len(label)] = label
            free = start + len(label) + 1
    return "".join(line[: margin + width]).rstrip()


def sparkline(columns: Columns, width: int, glyphs: Glyphs) -> str:
    """One line of text: each cell shows the greatest value of its columns, so that no peak is lost."""
    count = len(columns.highs)
    highs = columns.highs[np.arange(min(width, count)) if count < width else np.arange(width)]
    low, high = min(float(columns.lows.min()), 0.0), float(columns.highs.max())
    scale = (high - low) or 1.0
    heights = np.rint((highs - low) / scale * (len(glyphs.blocks) - 1)).astype(int)
    return "".join(glyphs.blocks[height] for height in heights)
