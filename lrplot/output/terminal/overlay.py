"""Several runs in one chart, and a table of their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.analysis.summary import summarize
from lrplot.chart.names import distinct
from lrplot.output.terminal.charts import (
    Chart,
    Line,
    Window,
    arrange,
    overlay_axis,
    paint_together,
    panel_title,
    peak_of,
)
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint
from lrplot.runs.run import Run
from lrplot.wording import cells, learning_rate

MOST_RUNS = 12  # in a chart
MOST_NAME = 12  # columns of a name that are always shown


def format_overlay(runs: Sequence[Run], windows: Sequence[Window], look: Look) -> str:
    """The learning rates of several runs in one chart, with the numbers of each run."""
    axis, scales = overlay_axis(runs, windows)
    names = distinct([look.text(run.name) for run in runs])
    lines = [
        Line.of(
            name,
            run.lr.curve,
            window.start,
            window.stop,
            scale,
            peak_of(run.lr.curve, run.steps) if look.normalize else 1.0,
        )
        for name, run, window, scale in zip(names, runs, windows, scales, strict=True)
    ]
    drawn, legend = arrange(lines, MOST_RUNS)
    chart = Chart(panel_title("lr", look), drawn, axis, (), legend)
    sections = [*paint_together([(chart, max(8, min(look.width // 6, 18)))], look), _table(runs, names, drawn, look)]
    others = [name for name, run in zip(names, runs, strict=True) if len(run.tracks) > 1]
    if others:
        remark = (
            f"only the learning rate is drawn: {', '.join(others)} {'has' if len(others) == 1 else 'have'} more tracks"
        )
        sections.append(wrap(remark.split(" "), look.width - 1, " "))
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _table(runs: Sequence[Run], names: Sequence[str], drawn: Sequence[Line], look: Look) -> list[str]:
    """Length, peak and last value of each run, with the keys of the chart."""
    keys = {line.name: line for line in drawn}
    rows: list[tuple[str, ...]] = [("", "run", "updates", "peak", "at", "last")]
    for run, name in zip(runs, names, strict=True):
        summary = summarize(run.lr.curve, run.steps)
        length, last = ("unknown", summary.end) if run.nominal else (f"{run.steps:,}", summary.last)
        place = run.timebase.place(summary.peak_step)
        numbers = (length, learning_rate(summary.peak), place, learning_rate(last))
        rows.append((keys[name].key if name in keys else "", name, *numbers))
    while len(rows[0]) > 3 and _width(rows) > look.width - MOST_NAME:  # in a narrow terminal, drop the last numbers
        rows = [row[:-1] for row in rows]
    room = max(look.width - _width(rows), 8)
    rows = [(row[0], look.cut(row[1], room), *row[2:]) for row in rows]
    head, *body = (f" {line}" for line in align(rows, right=range(2, len(rows[0]))))
    colors = [keys[name].color if name in keys else "" for name in names]
    return [
        paint(head, "dim", look.color),
        *(paint(line, color, look.color) for line, color in zip(body, colors, strict=True)),
    ]


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The columns that a table takes besides the names of its runs."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return 1 + sum(widths) - widths[1] + 2 * (len(widths) - 1)
