"""Charts of curves that share a vertical scale: which are drawn, their keys, their axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lrplot.chart.units import length_of_step, shared_unit
from lrplot.curves.curve import Curve
from lrplot.curves.logged import Logged
from lrplot.curves.shapes import Floats
from lrplot.engine.extremes import Columns, columns
from lrplot.lazy import dataclass
from lrplot.output.terminal.canvas import FRAME, Canvas, Frame, Trace, draw
from lrplot.output.terminal.look import Look
from lrplot.output.terminal.scale import Scale, scale_of
from lrplot.output.terminal.style import TRACK_COLORS, paint
from lrplot.output.terminal.time_axis import TimeAxis
from lrplot.runs.run import Run
from lrplot.wording import cells

ROUGH = 64  # columns from which a scale is made
ALIKE = 1e-12  # of a value: curves with smaller differences are equal
WIDEST = 120  # columns of a chart
MOST_OVERHANG = 4
NAMED = 3  # most names of curves that equal another one
KEYS = "abcdefghijklmnopqrstuvwxyz"

Legend = Sequence[tuple[str, str]]  # texts with their styles


@dataclass(eq=False)
class Window:
    """The steps of a run that are drawn, from `start` up to `stop`."""

    start: int
    stop: int


@dataclass(eq=False)
class Line:
    """A curve from step `start` up to `stop`, divided by `whole`; `scale` is the length of a step on the axis.

    `rough` are its values in few columns. Among several curves it has a `key`, a character that marks it.
    """

    name: str
    curve: Curve
    start: int
    stop: int
    scale: float
    whole: float
    rough: Columns
    key: str = ""
    color: str = TRACK_COLORS[0]

    @classmethod
    def of(cls, name: str, curve: Curve, start: int, stop: int, scale: float = 1.0, whole: float = 1.0) -> Line:
        """A line whose values are known at few places."""
        return cls(name, curve, start, stop, scale, whole, _divided(columns(curve, start, stop, ROUGH), whole))

    @property
    def highest(self) -> float:
        """The greatest value."""
        return float(self.rough.highs.max())

    def pixels(self, axis: TimeAxis, count: int) -> Columns:
        """The values for each of `count` pixels of an axis; NaN where it is before or after the curve."""
        length = axis.high - axis.low
        first = round((self.start * self.scale - axis.low) / length * count)
        last = min(max(round((self.stop * self.scale - axis.low) / length * count), first + 1), count)
        first = min(first, last - 1)
        if isinstance(self.curve, Logged):
            return self._dots(self.curve, first, last, count)
        cut = _divided(columns(self.curve, self.start, self.stop, last - first), self.whole)
        index = np.arange(last - first) * len(cut.lows) // (last - first)

        def stretched(values: Floats) -> Floats:
            return np.concatenate([np.full(first, np.nan), values[index], np.full(count - last, np.nan)])

        lows, highs, firsts, lasts = map(stretched, (cut.lows, cut.highs, cut.firsts, cut.lasts))
        return Columns(cut.edges, lows, highs, firsts, lasts, cut.sampled)

    def _dots(self, curve: Logged, first: int, last: int, count: int) -> Columns:
        """The logged values in each of `count` pixels, of which those from `first` to `last` show the line."""
        shown = (curve.at >= self.start) & (curve.at < self.stop)
        values = curve.logged[shown] / self.whole
        pixels = first + ((curve.at[shown] - self.start) * (last - first) // (self.stop - self.start))
        lows, highs, firsts, lasts = (np.full(count, np.nan) for _ in range(4))
        np.fmin.at(lows, pixels, values)
        np.fmax.at(highs, pixels, values)
        lasts[pixels] = values
        firsts[pixels[::-1]] = values[::-1]
        return Columns(self.rough.edges, lows, highs, firsts, lasts)


def _divided(cut: Columns, whole: float) -> Columns:
    if whole == 1:
        return cut
    return Columns(cut.edges, cut.lows / whole, cut.highs / whole, cut.firsts / whole, cut.lasts / whole, cut.sampled)


@dataclass(eq=False)
class Chart:
    """Curves over a common axis, under a title (empty for none) and a legend; `edges` are shares of the axis."""

    title: str
    lines: Sequence[Line]
    axis: TimeAxis
    edges: Sequence[float] = ()
    legend: Legend = ()


def arrange(lines: Sequence[Line], most: int) -> tuple[list[Line], Legend]:
    """The lines to draw, with keys and colors, and a legend that names every line.

    Of equal lines the first is drawn. If there are more than `most`, these are the first one, and of the others
    the lowest, the middle and the highest.
    """
    if len(lines) == 1:
        return list(lines), ()
    same = [next((j for j in range(i) if _alike(lines[j].rough, line.rough)), i) for i, line in enumerate(lines)]
    drawn = [i for i, first in enumerate(same) if first == i]
    rest = len(drawn)
    if len(drawn) > most:
        others = sorted(drawn[1:], key=lambda i: lines[i].highest)
        drawn = sorted({drawn[0], others[0], others[len(others) // 2], others[-1]})
    rest -= len(drawn)
    keyed = {
        i: replace(
            lines[i],
            key=KEYS[place % len(KEYS)] if len(drawn) > 1 else "",
            color=TRACK_COLORS[place % len(TRACK_COLORS)],
        )
        for place, i in enumerate(drawn)
    }
    legend = [(f"{line.key} {line.name}".strip(), line.color) for line in keyed.values()]
    for i in drawn:
        equal = [lines[j].name for j, first in enumerate(same) if first == i != j]
        if equal:
            names = ", ".join(equal) if len(equal) <= NAMED else f"{len(equal)} more"
            legend.append((f"{names} = {lines[i].name}", keyed[i].color))
    if rest:
        legend.append((f"{rest} more between them are not drawn", "dim"))
    return list(keyed.values()), legend


def _alike(a: Columns, b: Columns) -> bool:
    """Whether two curves have the same values."""
    pairs = ((a.edges, b.edges), (a.lows, b.lows), (a.highs, b.highs), (a.firsts, b.firsts), (a.lasts, b.lasts))
    return all(x.shape == y.shape and np.allclose(x, y, rtol=ALIKE, atol=0.0) for x, y in pairs)


@dataclass(eq=False)
class Painter:
    """Draws charts on one scale, in `width` columns with a margin of `margin`."""

    scale: Scale
    width: int
    margin: int
    look: Look

    @classmethod
    def of(cls, charts: Sequence[Chart], rows: int, width: int, look: Look, log: bool) -> Painter:
        """A painter whose scale holds charts in at most `rows` rows, and whose margin holds their labels."""
        cuts = [line.rough for chart in charts for line in chart.lines]
        low, high = min(float(cut.lows.min()) for cut in cuts), max(float(cut.highs.max()) for cut in cuts)
        if log:
            positive = [part[part > 0] for cut in cuts for part in (cut.lows, cut.highs, cut.firsts, cut.lasts)]
            low = min((float(part.min()) for part in positive if len(part)), default=low)
        painter = cls(scale_of(low, high, log, rows, look.glyphs.rows), min(width, WIDEST), 0, look)
        labels = [len(text) + 1 for chart in charts for text in painter.labels(chart).values()]
        return replace(painter, margin=max([*labels, *(len(chart.axis.name) for chart in charts)]))

    def labels(self, chart: Chart) -> dict[int, str]:
        """The labels of rows: ticks, the highest value, the last one of a single line that does not touch the axis."""
        highest = max(line.highest for line in chart.lines)
        last = chart.lines[0].rough.lasts[-1:]
        alone = len(chart.lines) == 1 and self.scale.places(last)[0] not in (0, -1)
        return self.scale.labels([float(last[0]), highest] if alone else [highest])

    def paint(self, chart: Chart) -> list[str]:
        """A chart as text, its title and legend above."""
        axis, look = chart.axis, self.look
        overhang = min(axis.overhang, MOST_OVERHANG)
        canvas = Canvas(max(self.width - self.margin - FRAME - overhang, 10), self.margin, look.glyphs, look.color)
        edges = {min(int(edge * canvas.width), canvas.width - 1) for edge in chart.edges if 0 < edge < 1}
        frame = Frame(self.labels(chart), axis.labels(canvas.width), axis.name, frozenset(edges), overhang)
        traces = [Trace(line.pixels(axis, canvas.pixels), line.key, line.color) for line in chart.lines]
        return [*_heading(chart, self.width, look), *draw(traces, self.scale, frame, canvas)]


def _heading(chart: Chart, width: int, look: Look) -> list[str]:
    """The title, and the legend beside and below it."""
    lines: list[str] = []
    room = 0
    for text, style in [(chart.title, "bold"), *chart.legend]:
        part = look.cut(text, width)
        if not part:
            continue
        if cells(part) + 3 <= room:
            lines[-1] += "   " + paint(part, style, look.color)
            room -= cells(part) + 3
        else:
            lines.append(paint(part, style, look.color))
            room = width - cells(part)
    return lines


def paint_together(charts: Sequence[tuple[Chart, int]], look: Look) -> list[list[str]]:
    """Charts above each other, each with its most rows: they have one margin, so that their axes line up.

    Only the first may be logarithmic.
    """
    painters = [
        Painter.of([chart], rows, look.width, look, look.log and not i) for i, (chart, rows) in enumerate(charts)
    ]
    margin = max(painter.margin for painter in painters)
    return [replace(painter, margin=margin).paint(chart) for painter, (chart, _) in zip(painters, charts, strict=True)]


def panel_title(parameter: str, look: Look) -> str:
    """The title of a parameter's chart."""
    name = "learning rate" if parameter == "lr" else look.text(parameter)
    return f"{name} / peak" if look.normalize and parameter == "lr" else name


def peak_of(curve: Curve, steps: int) -> float:
    """The greatest absolute value in a run, of which the values are shares; 1 if there is none but 0."""
    cut = columns(curve, 0, steps, ROUGH)
    return max(abs(float(cut.highs.max())), abs(float(cut.lows.min()))) or 1.0


def overlay_axis(runs: Sequence[Run], windows: Sequence[Window]) -> tuple[TimeAxis, list[float]]:
    """The axis of several runs in their shared unit, see `shared_unit`, and the length of a step of each on it."""
    unit = shared_unit(runs)
    scales = [length_of_step(run, unit) for run in runs]
    parts = list(zip(windows, scales, strict=True))
    low, high = min(part.start * scale for part, scale in parts), max(part.stop * scale for part, scale in parts)
    return TimeAxis.of(low, high, unit), scales
