"""The page of a run: heading, charts, phases, groups, summary, findings."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.analysis.outline import OutlineRow, outline
from lrplot.analysis.summary import Summary, summarize
from lrplot.chart.axis import time_axis, value_axis
from lrplot.chart.panels import Panel, moves, panels_of
from lrplot.curves.roles import Role
from lrplot.diagnostics import Diagnostic
from lrplot.engine.extremes import SAMPLED, columns
from lrplot.output.terminal.canvas import Canvas, draw
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.findings import format_lines
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.phase_table import MOST_ROWS, format_phases
from lrplot.output.terminal.style import TRACK_COLORS, paint
from lrplot.output.text import printable
from lrplot.runs.run import Run
from lrplot.wording import amount, cells, cut, learning_rate, updates

MOST_GROUPS = 40


def format_page(run: Run, look: Look, findings: Sequence[Diagnostic] = ()) -> str:
    """The page of one run, with its findings."""
    rows = outline(run.tracks["lr"].curve, run.steps)
    summary = summarize(run.tracks["lr"].curve, run.steps)
    sections = [
        _heading(run, look),
        *_charts(run, rows, look),
        _derivation(run, look),
        format_phases(rows, look),
        _group_table(run, look),
        _summary_lines(run, rows, summary, look),
        format_lines(findings, look),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _heading(run: Run, look: Look) -> list[str]:
    length = updates(run.steps)
    if run.timebase.unit != "steps":
        length += f" · {amount(float(run.timebase.amount))} {run.timebase.unit}"
    name = cut(printable(run.name), max(look.width - len(length) - 2, 8))
    gap = " " * max(look.width - cells(name) - len(length), 2)
    lines = [paint(name, "bold", look.color) + gap + length]
    if run.source:
        lines += [paint(line, "dim", look.color) for line in wrap(printable(run.source).split(" "), look.width, " ")]
    return lines


def _charts(run: Run, rows: Sequence[OutlineRow], look: Look) -> list[list[str]]:
    """A chart for each parameter that changes; that of the learning rate has its groups and phases too."""
    edges = [row.start / run.steps for row in rows] if len(rows) <= MOST_ROWS else []
    return [_chart(run, panel, edges if panel.parameter == "lr" else [], look) for panel in panels_of(run)]


def _chart(run: Run, panel: Panel, edges: list[float], look: Look) -> list[str]:
    main = panel.parameter == "lr"
    height = max(8, min(look.width // 6, 18)) if main else 6
    # Labels determine the margin, and the margin the pixels: the axis is made from few columns first.
    rough = [columns(curve, 0, run.steps, 64) for curve in panel.curves.values()]
    y = value_axis(rough, look.log, max(3, height // 2))
    margin = max(map(len, y.labels)) + 1
    canvas = Canvas(max(look.width - margin - 2, 10), height, look.glyphs, look.color)
    tracks = [columns(curve, 0, run.steps, canvas.pixels) for curve in panel.curves.values()]
    x = time_axis(run.timebase, canvas.width // 12)
    lines = draw(tracks, y, x, edges, canvas, margin)
    return lines if main else [paint(panel.parameter, "bold", look.color), *lines]


def _derivation(run: Run, look: Look) -> list[str]:
    lines = list(run.timebase.rates.derivation)
    if lines:
        lines.append(f"{amount(float(run.timebase.amount))} {run.timebase.unit} = {updates(run.steps)}")
    return [part for line in lines for part in wrap(line.split(" "), look.width - 1, " ")]


def _group_table(run: Run, look: Look) -> list[str]:
    groups = [(key.partition("/")[2], track) for key, track in run.tracks.items() if key.startswith("lr/")]
    if not groups:
        return []
    rows: list[tuple[str, ...]] = [("group", "first", "peak", "last")]
    for name, track in groups[:MOST_GROUPS]:
        summary = summarize(track.curve, run.steps)
        numbers = map(learning_rate, (summary.first, summary.peak, summary.last))
        rows.append((cut(printable(name), 30), *numbers))
    head, *lines = (f" {line}" for line in align(rows))
    colors = [TRACK_COLORS[(i + 1) % len(TRACK_COLORS)] for i in range(len(lines))]
    painted = [paint(line, color, look.color) for line, color in zip(lines, colors, strict=True)]
    more = [f" … {len(groups) - MOST_GROUPS} more groups …"] if len(groups) > MOST_GROUPS else []
    return [paint(head, "dim", look.color), *painted, *more]


def _summary_lines(run: Run, rows: Sequence[OutlineRow], summary: Summary, look: Look) -> list[str]:
    parts = [f"peak {learning_rate(summary.peak)} at {summary.peak_step:,}"]
    if summary.low < min(summary.first, summary.last):
        parts.append(f"lowest {learning_rate(summary.low)} at {summary.low_step:,}")
    parts.append(f"last {learning_rate(summary.last)}")
    if summary.peak > 0:
        about = "about " if summary.mean_sampled else ""
        parts.append(f"mean / peak {about}{summary.mass:.3f}")
    lines = wrap([_first(summary), *parts], look.width - 1, " · ")
    remarks = [_ending(run, rows), _sampled(summary)]
    lines += [line for remark in remarks if remark for line in wrap(remark.split(" "), look.width - 1, " ")]
    constants = [
        f"{printable(name)} {learning_rate(float(track.curve.limit(1)))}"
        for name, track in run.tracks.items()
        if not name.startswith("lr") and not moves(Panel(name, {name: track.curve}), run.steps)
    ]
    return lines + wrap(constants, look.width - 1, " · ")


def _first(summary: Summary) -> str:
    if summary.first == 0 and summary.peak > 0:
        return "first update: 0, so it changes nothing"
    return f"first {learning_rate(summary.first)}"


def _ending(run: Run, rows: Sequence[OutlineRow]) -> str:
    """The convention by which the last anneal reaches its end value; empty if no anneal ends within the run."""
    anneals = [
        row
        for row in rows
        if row.reaches is not None and row.role is not Role.WARMUP and row.planned == row.stop - row.start
    ]
    if not anneals:
        return ""
    row = anneals[-1]
    assert row.reaches is not None
    end = learning_rate(row.reaches)
    if row.inclusive:
        return f"{row.name} reaches {end} at {row.stop - 1:,}, its last update (inclusive)"
    option = row.origin.field(Role.INCLUSIVE) if row.origin else ""
    value = row.low if row.reaches < row.first else row.high
    if value == row.reaches:
        return ""
    last = _unlike(end, value)
    if row.stop == run.steps:
        text = f"the last update has {last}; {end} itself would come one update later"
    else:
        text = f"the last update of {row.name} has {last}; {end} itself comes one update later"
    return text + (f" (`{option}: true` changes that)" if option else "")


def _unlike(text: str, value: float) -> str:
    """A value with as many digits as it takes to differ from a text."""
    texts = (learning_rate(value, digits) for digits in range(4, 18))
    return next((longer for longer in texts if longer != text), text)


def _sampled(summary: Summary) -> str:
    if not summary.sampled:
        return ""
    return f"the peak and the lowest value are those of a sample of {SAMPLED:,} updates"
