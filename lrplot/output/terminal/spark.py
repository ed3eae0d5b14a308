"""One line per run."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.analysis.summary import summarize
from lrplot.chart.names import distinct
from lrplot.engine.extremes import columns
from lrplot.output.terminal.canvas import sparkline
from lrplot.output.terminal.look import Look
from lrplot.output.terminal.style import TRACK_COLORS, paint
from lrplot.output.text import pad, printable
from lrplot.runs.run import Run
from lrplot.wording import cells, cut, learning_rate


def format_spark(runs: Sequence[Run], look: Look) -> str:
    """One line per run: its name, its curve, its peak."""
    names = distinct([cut(printable(run.name), max(look.width // 3, 8)) for run in runs])
    peaks = [learning_rate(summarize(run.tracks["lr"].curve, run.steps).peak) for run in runs]
    name_width, peak_width = max(map(cells, names)), max(map(len, peaks))
    width = max(look.width - name_width - peak_width - len("    max "), 8)
    lines = []
    for run, name, peak in zip(runs, names, peaks, strict=True):
        line = sparkline(columns(run.tracks["lr"].curve, 0, run.steps, width), width, look.glyphs)
        line = paint(f"{line:<{width}}", TRACK_COLORS[0], look.color)
        lines.append(f"{pad(name, name_width)}  {line}  max {peak:>{peak_width}}".rstrip())
    return "\n".join(lines) + "\n"
