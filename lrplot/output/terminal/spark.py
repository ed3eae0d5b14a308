"""One line per run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrplot.chart.axis import Scale
from lrplot.chart.names import distinct
from lrplot.engine.extremes import Columns, columns
from lrplot.output.terminal.charts import Window
from lrplot.output.terminal.glyphs import Glyphs
from lrplot.output.terminal.look import Look
from lrplot.output.terminal.style import TRACK_COLORS, paint
from lrplot.output.text import pad
from lrplot.runs.run import Run
from lrplot.wording import cells, learning_rate


def format_spark(runs: Sequence[Run], windows: Sequence[Window], look: Look, *, together: bool = False) -> str:
    """One line per run: its name, its curve, its peak; on one scale if `together` is set."""
    names = distinct([look.cut(run.name, max(look.width // 3, 8)) for run in runs])
    parts = [(run.lr.curve, window.start, window.stop) for run, window in zip(runs, windows, strict=True)]
    rough = [columns(*part, 64) for part in parts]
    peaks = [f"max {learning_rate(float(cut.highs.max()))}" for cut in rough]
    name_width, peak_width = max(map(cells, names)), max(map(len, peaks))
    width = max(look.width - name_width - peak_width - 4, 8)
    ranges = [(min(float(cut.lows.min()), 0.0), float(cut.highs.max())) for cut in rough]
    if together and not look.normalize:
        ranges = [(min(low for low, _ in ranges), max(high for _, high in ranges))] * len(ranges)
    lines = []
    for part, name, peak, (low, high) in zip(parts, names, peaks, ranges, strict=True):
        line = sparkline(columns(*part, width), width, low, high, look.glyphs)
        lines.append(f"{pad(name, name_width)}  {paint(f'{line:<{width}}', TRACK_COLORS[0], look.color)}  {peak}")
    return "\n".join(lines) + "\n"


def sparkline(cut: Columns, width: int, low: float, high: float, glyphs: Glyphs) -> str:
    """One line of text: each cell shows the greatest value of its columns, so that no peak is lost."""
    shares = Scale(low, high).places(cut.highs[:width]) if high > low else np.zeros(len(cut.highs[:width]))
    heights = np.rint(shares * (len(glyphs.blocks) - 1)).astype(int)
    return "".join(glyphs.blocks[height] for height in heights.clip(0, len(glyphs.blocks) - 1))
