"""What `show` shows of a schedule: heading, charts, phases, groups, summary."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.analysis.outline import OutlineRow, outline
from lrplot.analysis.summary import Summary, summarize
from lrplot.chart.axis import time_axis, value_axis
from lrplot.chart.numbers import amount, rate
from lrplot.chart.panels import Panel, moves, panels_of
from lrplot.engine.extremes import columns
from lrplot.output.terminal.canvas import Canvas, draw
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.phase_table import MOST_ROWS, format_phases
from lrplot.output.terminal.style import SERIES, paint
from lrplot.output.text import cells, cut, printable
from lrplot.runs.run import Run


def format_page(run: Run, look: Look) -> str:
    """The whole page for one run."""
    phases = outline(run.tracks["lr"].curve, run.steps)
    summary = summarize(run.tracks["lr"].curve, run.steps)
    sections = [
        _heading(run, look),
        *_charts(run, phases, look),
        _derivation(run, look),
        format_phases(phases, look),
        _group_table(run, look),
        _summary_lines(run, phases, summary, look),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _heading(run: Run, look: Look) -> list[str]:
    length = f"{run.steps:,} update{'s' if run.steps != 1 else ''}"
    if run.timebase.unit != "steps":
        length += f" · {amount(float(run.timebase.amount))} {run.timebase.unit}"
    name = cut(printable(run.name), max(look.width - len(length) - 2, 8))
    gap = " " * max(look.width - cells(name) - len(length), 2)
    lines = [paint(name, "bold", look.colour) + gap + length]
    if run.source:
        lines += [paint(line, "dim", look.colour) for line in wrap(printable(run.source).split(" "), look.width, " ")]
    return lines


def _charts(run: Run, phases: Sequence[OutlineRow], look: Look) -> list[list[str]]:
    """One chart a parameter that changes; the learning rate's holds its groups and phases too."""
    edges = [row.start / run.steps for row in phases] if len(phases) <= MOST_ROWS else []
    return [_chart(run, panel, edges if panel.parameter == "lr" else [], look) for panel in panels_of(run)]


def _chart(run: Run, panel: Panel, edges: list[float], look: Look) -> list[str]:
    main = panel.parameter == "lr"
    height = max(8, min(look.width // 6, 18)) if main else 6
    # Labels decide the margin and the margin the pixels: measure with few columns first.
    rough = [columns(curve, 0, run.steps, 64) for curve in panel.curves.values()]
    y = value_axis(rough, look.log, max(3, height // 2))
    margin = max(map(len, y.labels)) + 1
    canvas = Canvas(max(look.width - margin - 2, 10), height, look.glyphs, look.colour)
    series = [columns(curve, 0, run.steps, canvas.pixels) for curve in panel.curves.values()]
    x = time_axis(run.timebase, canvas.width // 12)
    lines = draw(series, y, x, edges, canvas, margin)
    return lines if main else [paint(panel.parameter, "bold", look.colour), *lines]


def _derivation(run: Run, look: Look) -> list[str]:
    lines = list(run.timebase.rates.derivation)
    if lines:
        lines.append(f"{amount(float(run.timebase.amount))} {run.timebase.unit} = {run.steps:,} updates")
    return [line for each in lines for line in wrap(each.split(" "), look.width - 1, " ")]


def _group_table(run: Run, look: Look) -> list[str]:
    groups = [(key.partition("/")[2], track) for key, track in run.tracks.items() if key.startswith("lr/")]
    if not groups:
        return []
    rows: list[tuple[str, ...]] = [("group", "first", "peak", "last")]
    for name, track in groups[:40]:
        found = columns(track.curve, 0, run.steps, 64)
        numbers = (float(found.firsts[0]), float(found.highs.max()), float(found.lasts[-1]))
        rows.append((cut(printable(name), 30), *map(rate, numbers)))
    head, *lines = (f" {line}" for line in align(rows))
    coloured = [paint(line, SERIES[(i + 1) % len(SERIES)], look.colour) for i, line in enumerate(lines)]
    more = [f" … {len(groups) - 40} more groups …"] if len(groups) > 40 else []
    return [paint(head, "dim", look.colour), *coloured, *more]


def _summary_lines(run: Run, phases: Sequence[OutlineRow], summary: Summary, look: Look) -> list[str]:
    parts = [_first(summary), f"peak {rate(summary.peak)} at {summary.peak_step:,}"]
    if summary.low < min(summary.first, summary.last):
        parts.append(f"lowest {rate(summary.low)} at {summary.low_step:,}")
    parts.append(f"last {rate(summary.last)}")
    if summary.peak > 0:
        about = "about " if summary.mean_sampled else ""
        parts.append(f"mean {about}{summary.mean / summary.peak:.2f} of peak")
    lines = wrap(parts, look.width - 1, " · ")
    if ending := _ending(phases):
        lines += wrap(ending.split(" "), look.width - 1, " ")
    constants = [
        f"{printable(name)} {rate(float(track.curve.limit(1)))}"
        for name, track in run.tracks.items()
        if not name.startswith("lr") and not moves(Panel(name, {name: track.curve}), run.steps)
    ]
    return lines + wrap(constants, look.width - 1, " · ")


def _first(summary: Summary) -> str:
    if summary.first == 0 and summary.peak > 0:
        return "first 0 (update 0 changes nothing)"
    return f"first {rate(summary.first)}"


def _ending(phases: Sequence[OutlineRow]) -> str:
    """Which convention the last anneal follows."""
    anneals = [
        row
        for row in phases
        if row.reaches is not None and row.name != "warmup" and row.planned == row.stop - row.start
    ]
    if not anneals:
        return ""
    row = anneals[-1]
    assert row.reaches is not None
    if row.inclusive:
        return f"{row.name} reaches {rate(row.reaches)} at {row.stop - 1:,}, its last update (inclusive)"
    return f"{row.name} reaches {rate(row.reaches)} at {row.stop:,}, one update after its last (u = t/n)"
