"""One line a run."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.analysis.summary import summarize
from lrplot.chart.names import distinct
from lrplot.chart.numbers import rate
from lrplot.engine.extremes import columns
from lrplot.output.terminal.canvas import sparkline
from lrplot.output.terminal.look import Look
from lrplot.output.terminal.style import SERIES, paint
from lrplot.output.text import cells, cut, pad, printable
from lrplot.runs.run import Run


def format_spark(runs: Sequence[Run], look: Look) -> str:
    """One line a run: its name, its curve, its peak."""
    names = distinct([cut(printable(run.name), max(look.width // 3, 8)) for run in runs])
    peaks = [rate(summarize(run.tracks["lr"].curve, run.steps).peak) for run in runs]
    name_width, peak_width = max(map(cells, names)), max(map(len, peaks))
    width = max(look.width - name_width - peak_width - len("    max "), 8)
    lines = []
    for run, name, peak in zip(runs, names, peaks, strict=True):
        line = sparkline(columns(run.tracks["lr"].curve, 0, run.steps, width), width, look.glyphs)
        line = paint(f"{line:<{width}}", SERIES[0], look.colour)
        lines.append(f"{pad(name, name_width)}  {line}  max {peak:>{peak_width}}".rstrip())
    return "\n".join(lines) + "\n"
