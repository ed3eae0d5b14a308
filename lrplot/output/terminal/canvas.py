"""Charts as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from lrplot.curves.shapes import Floats
from lrplot.engine.extremes import Columns
from lrplot.lazy import dataclass
from lrplot.output.terminal.glyphs import Dots, Glyphs
from lrplot.output.terminal.scale import Scale
from lrplot.output.terminal.style import paint
from lrplot.output.terminal.time_axis import label_line

Owners = NDArray[np.int16]
Cell = tuple[str, str]  # a character and its style; an empty style is none
FRAME = 2  # columns between the margin and the drawing: a space and the vertical axis


@dataclass(eq=False)
class Canvas:
    """The columns of a drawing and of the margin before it, its glyphs, and whether it has colors."""

    width: int
    margin: int
    glyphs: Glyphs
    color: bool

    @property
    def pixels(self) -> int:
        """Dots across the drawing."""
        return self.width * self.glyphs.columns


@dataclass(eq=False)
class Trace:
    """A curve as drawn: its values for each pixel, the character that marks it (empty for none), and its color."""

    columns: Columns
    key: str
    color: str


@dataclass(eq=False)
class Frame:
    """The surroundings of the curves: labels by their row, labels by the column of their tick, the name of the unit.

    `edges` are the columns at which phases begin. The last label may extend `overhang` columns past the drawing.
    """

    rows: Mapping[int, str]
    ticks: dict[int, str]
    unit: str
    edges: frozenset[int] = frozenset()
    overhang: int = 0


def draw(traces: Sequence[Trace], scale: Scale, frame: Frame, canvas: Canvas) -> list[str]:
    """The lines of a chart. The line of the scale has a row of its own, and so has the axis with its ticks below."""
    dots, owners, keys = _rasterize(traces, scale, canvas)
    glyphs = canvas.glyphs
    lines = []
    for row in range(scale.above + scale.below):
        if row == scale.above:  # the axis follows below
            lines.append(_row(row, _across(canvas, ()), frame, canvas, bottom=False))
        shown = row + (row >= scale.above)
        cells = [
            keys.get((row, column))
            or _cell(dots, owners, row, column, traces, glyphs)
            or ((glyphs.edge, "dim") if column in frame.edges else (" ", ""))
            for column in range(canvas.width)
        ]
        lines.append(_row(shown, cells, frame, canvas, bottom=False))
    bottom = scale.above + scale.below + bool(scale.below)
    lines.append(_row(bottom, _across(canvas, frame.ticks), frame, canvas, bottom=True))
    return [
        *lines,
        label_line(
            frame.ticks, frame.unit, canvas.margin + FRAME, canvas.margin + FRAME + canvas.width + frame.overhang
        ),
    ]


def _row(row: int, cells: Sequence[Cell], frame: Frame, canvas: Canvas, *, bottom: bool) -> str:
    label = frame.rows.get(row, "")
    glyphs = canvas.glyphs
    plain, labelled = (glyphs.corner, glyphs.corner_tick) if bottom else (glyphs.up, glyphs.tick_left)
    joint = labelled if label else plain
    return f"{label:>{canvas.margin}} {joint}{_painted(cells, canvas.color)}"


def _across(canvas: Canvas, ticks: Iterable[int]) -> list[Cell]:
    """A horizontal line, with ticks at some columns."""
    glyphs = canvas.glyphs
    cells = [(glyphs.across, "dim")] * canvas.width
    for column in ticks:
        cells[column] = (glyphs.tick_down, "dim")
    return cells


def _rasterize(
    traces: Sequence[Trace], scale: Scale, canvas: Canvas
) -> tuple[Dots, Owners, dict[tuple[int, int], Cell]]:
    """The dots that are set, the trace that owns each cell (the first to reach it, −1 for none), the cells of keys."""
    glyphs = canvas.glyphs
    height = scale.above + scale.below
    dots = np.zeros((height * glyphs.rows, canvas.pixels), dtype=np.bool_)
    owners = np.full((height, canvas.width), -1, dtype=np.int16)
    spans = [_spans(trace.columns, scale) for trace in traces]
    for index, (tops, bottoms) in enumerate(spans):
        track_dots = np.zeros_like(dots)
        for pixel in np.flatnonzero(tops <= bottoms).tolist():
            track_dots[int(tops[pixel]) : int(bottoms[pixel]) + 1, pixel] = True
        cells = track_dots.reshape(height, glyphs.rows, canvas.width, glyphs.columns).any(axis=(1, 3))
        owners[cells & (owners < 0)] = index
        dots |= track_dots
    return dots, owners, _keys(traces, spans, canvas)


def _spans(columns: Columns, scale: Scale) -> tuple[Floats, Floats]:
    """The first and last dot row (from the top) that each pixel covers; NaN if it covers none."""
    last = (scale.above + scale.below) * scale.dots - 1
    zero = scale.above * scale.dots - 1

    def rows(values: Floats) -> Floats:
        return np.clip(zero - scale.places(values), 0, last)

    tops, bottoms, firsts, lasts = map(rows, (columns.highs, columns.lows, columns.firsts, columns.lasts))
    bottoms = np.where(np.isnan(bottoms) & ~np.isnan(tops), last, bottoms)  # the curve leaves a logarithmic scale
    before = np.concatenate([[np.nan], lasts[:-1]])
    with np.errstate(invalid="ignore"):  # a jump from the pixel before is drawn as a line
        tops = np.where(firsts > before, np.minimum(tops, before + 1), tops)
        bottoms = np.where(firsts < before, np.maximum(bottoms, before - 1), bottoms)
    return tops, bottoms


def _keys(
    traces: Sequence[Trace], spans: Sequence[tuple[Floats, Floats]], canvas: Canvas
) -> dict[tuple[int, int], Cell]:
    """The cells in which the keys of traces stand: where each is far from the others, in both halves of the chart."""
    step = canvas.glyphs.columns
    middles = np.array([(tops[::step] + bottoms[::step]) / 2 for tops, bottoms in spans])
    heights = np.array([bottoms[::step] - tops[::step] for tops, bottoms in spans])
    half = (canvas.width + 1) // 2
    keys: dict[tuple[int, int], Cell] = {}
    for index, trace in enumerate(traces):
        if not trace.key:
            continue
        others = np.delete(middles, index, axis=0)
        away = np.abs(others - middles[index])
        room = np.where(np.isnan(away), np.inf, away).min(axis=0, initial=np.inf).clip(max=3 * canvas.glyphs.rows)
        room = np.where(np.isnan(middles[index]), -np.inf, room - heights[index])
        halves = [(0, room[:half]), (half, room[half:])]
        best_room = [float(part.max(initial=-np.inf)) for _, part in halves]
        for (start, part), own, other in zip(halves, best_room, best_room[::-1], strict=True):
            if not len(part) or (own < canvas.glyphs.rows and (other > own or (start and other == own))):
                continue  # the other half has a better place
            best = np.flatnonzero(part >= own - 0.5) + start
            best = best[np.isfinite(middles[index, best])]
            for column in best[np.abs(best - start - half // 2).argsort(kind="stable")].tolist():
                cell = (int(middles[index, column]) // canvas.glyphs.rows, column)
                if not any(cell[0] == row and abs(column - taken) < 2 for row, taken in keys):
                    keys[cell] = (trace.key, "bold")
                    break
    return keys


def _cell(dots: Dots, owners: Owners, row: int, column: int, traces: Sequence[Trace], glyphs: Glyphs) -> Cell | None:
    owner = int(owners[row, column])
    if owner < 0:
        return None
    top, left = row * glyphs.rows, column * glyphs.columns
    return glyphs.cell(dots[top : top + glyphs.rows, left : left + glyphs.columns]), traces[owner].color


def _painted(cells: Sequence[Cell], color: bool) -> str:
    """A row of cells, with one color code for neighbors of one style; no trailing spaces."""
    runs = [("".join(text for text, _ in run), style) for style, run in groupby(cells, key=itemgetter(1))]
    if runs and not runs[-1][1]:
        runs.pop()
    return "".join(paint(text, style, color) if style else text for text, style in runs)
