"""The page of a run: heading, charts, phases, groups, summary, findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lrplot.analysis.outline import OutlineRow, outline
from lrplot.analysis.summary import Summary, summarize
from lrplot.chart.names import distinct
from lrplot.chart.panels import constants, panels_of
from lrplot.curves.roles import Role
from lrplot.diagnostics import Diagnostic
from lrplot.engine.extremes import SAMPLED
from lrplot.output.data import derivation
from lrplot.output.terminal.charts import WIDEST, Chart, Line, Window, arrange, paint_together, panel_title, peak_of
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.findings import format_lines
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.phase_table import MOST_ROWS, format_phases
from lrplot.output.terminal.style import paint
from lrplot.output.terminal.time_axis import TimeAxis
from lrplot.runs.run import Run, group_of, parameter_of
from lrplot.wording import amount, cells, learning_rate, several, updates

MOST_GROUPS = 40
MOST_CURVES = 6  # of one run in a chart
MOST_TABLES = 4  # of phases of further tracks


def format_page(run: Run, look: Look, window: Window | None = None, findings: Sequence[Diagnostic] = ()) -> str:
    """The page of one run with its findings; its charts show the steps of a window."""
    rows = outline(run.lr.curve, run.steps)
    if run.nominal:  # a single update is no share of the run
        rows = [row for row in rows if row.stop - row.start > 1]
    summary = summarize(run.lr.curve, run.steps)
    charts = _charts(run, rows, window or Window(0, run.steps), look)
    sections = [
        _heading(run, look),
        *paint_together(charts, look),
        _derivation(run, look),
        [] if run.points else format_phases(rows, look, run.timebase),
        *([] if run.points else _further_phases(run, rows, look)),
        _group_table(run, charts[0][0], look),
        _summary_lines(run, rows, summary, look),
        format_lines(findings, look),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _heading(run: Run, look: Look) -> list[str]:
    length = "length unknown" if run.nominal else updates(run.steps)
    if run.points:  # the last of them need not be the run's last update
        length = several(len(run.points.steps), "row")
    elif run.timebase.unit != "steps" and not run.nominal:
        length += look.text(f" · {amount(float(run.timebase.amount))} {run.timebase.unit}")
    width = min(look.width, WIDEST)
    name = look.text(run.name)
    if cells(name) + len(length) + 2 <= width:
        lines = [paint(name, "bold", look.color) + " " * (width - cells(name) - len(length)) + length]
    else:
        lines = [paint(look.cut(name, width), "bold", look.color), f"{length:>{width}}"]
    if run.reading:
        read_as = look.text(f"read as {run.reading.description}")
        lines += [paint(line, "dim", look.color) for line in wrap(read_as.split(" "), look.width, " ")]
    if run.source:
        lines += [paint(line, "dim", look.color) for line in wrap(look.text(run.source).split(" "), look.width, " ")]
    return lines


def _charts(run: Run, rows: Sequence[OutlineRow], window: Window, look: Look) -> list[tuple[Chart, int]]:
    """A chart for each parameter that changes, with its most rows; that of the learning rate has marks at phases."""
    scale = float(run.timebase.amount) / run.steps
    axis = TimeAxis.of(window.start * scale, window.stop * scale, run.timebase.unit)
    length = window.stop - window.start
    marked = len(rows) <= MOST_ROWS and not run.points
    edges = [(row.start - window.start) / length for row in rows] if marked else []
    panels = panels_of(run)
    charts = []
    for panel in panels:
        main = panel.parameter == "lr"
        whole = peak_of(run.tracks[panel.parameter].curve, run.steps) if look.normalize and main else 1.0
        lines, legend = arrange(
            [
                Line.of(name, curve, window.start, window.stop, scale, whole)
                for name, curve in zip(_names(panel.curves, look), panel.curves.values(), strict=True)
            ],
            MOST_CURVES,
        )
        bare = main and len(panels) == 1 and not legend and not look.normalize
        title = "" if bare else panel_title(panel.parameter, look)
        rows_of_panel = max(8, min(look.width // 6, 18)) if main else 5
        charts.append((Chart(title, lines, axis, edges if main else (), legend), rows_of_panel))
    return charts


def _derivation(run: Run, look: Look) -> list[str]:
    lines = derivation(run)
    if lines and run.timebase.unit != "steps" and not run.nominal:
        lines.append(f"{amount(float(run.timebase.amount))} {run.timebase.unit} = {updates(run.steps)}")
    return [part for line in lines for part in wrap(look.text(line).split(" "), look.width - 1, " ")]


def _further_phases(run: Run, rows: Sequence[OutlineRow], look: Look) -> list[list[str]]:
    """The phases of every other track that changes, unless it is the run's own learning rate times a constant."""
    tables = []
    for name, track in run.tracks.items():
        if name == "lr":
            continue
        phases = outline(track.curve, run.steps)
        still = all(row.low == row.high == phases[0].low for row in phases)
        if not still and not (group_of(name) and parameter_of(name) == "lr" and _proportional(phases, rows)):
            tables.append(format_phases(phases, look, run.timebase, look.text(name)))
    left_out = len(tables) - MOST_TABLES
    return (
        tables if left_out <= 0 else [*tables[:MOST_TABLES], [f" and the phases of {several(left_out, 'track')} more"]]
    )


def _proportional(rows: Sequence[OutlineRow], others: Sequence[OutlineRow]) -> bool:
    """Whether phases have the same times and names, and values in one proportion."""
    if [(row.name, row.start, row.stop) for row in rows] != [(row.name, row.start, row.stop) for row in others]:
        return False
    pairs = [
        (a, b)
        for row, other in zip(rows, others, strict=True)
        for a, b in zip(_values(row), _values(other), strict=True)
    ]
    high, reference = max(pairs, key=lambda pair: abs(pair[1]))
    return all(abs(a * reference - b * high) <= 1e-9 * abs(reference * high) for a, b in pairs)


def _values(row: OutlineRow) -> tuple[float, ...]:
    return row.first, row.end, row.low, row.high


def _names(tracks: Iterable[str], look: Look) -> list[str]:
    """The names of groups as they are printed, each once; the run's own is `base`."""
    return distinct([look.text(group_of(track) or "base") for track in tracks])


def _group_table(run: Run, chart: Chart, look: Look) -> list[str]:
    """First, peak and last value of the base and of each group, with the keys of the chart."""
    tracks = {name: track for name, track in run.tracks.items() if parameter_of(name) == "lr"}
    if len(tracks) == 1:
        return []
    keys = {line.name: line for line in chart.lines if line.key}
    rows: list[tuple[str, ...]] = [("", "group", "first", "peak", "last")]
    names = _names(tracks, look)[: MOST_GROUPS + 1]
    for name, track in zip(names, tracks.values(), strict=False):
        summary = summarize(track.curve, run.steps)
        numbers = map(learning_rate, (summary.first, summary.peak, summary.last))
        rows.append((keys[name].key if name in keys else "", look.cut(name, min(30, look.width - 32)), *numbers))
    if not keys:
        rows = [row[1:] for row in rows]
    if max(map(cells, align(rows))) >= look.width:
        rows = [(*row[:-3], *row[-2:]) for row in rows]  # without the first value
    head, *lines = (f" {line}" for line in align(rows))
    painted = [
        paint(line, keys[name].color if name in keys else "", look.color)
        for line, name in zip(lines, names, strict=True)
    ]
    more = [f" {len(tracks) - 1 - MOST_GROUPS} more groups"] if len(tracks) - 1 > MOST_GROUPS else []
    return [paint(head, "dim", look.color), *painted, *more]


def _summary_lines(run: Run, rows: Sequence[OutlineRow], summary: Summary, look: Look) -> list[str]:
    dot = look.text(" · ")
    numbers, remarks, held = summary_texts(run, rows, summary)
    lines = wrap(numbers, look.width - 1, dot)
    lines += [line for remark in remarks for line in wrap(look.text(remark).split(" "), look.width - 1, " ")]
    return lines + wrap([look.text(text) for text in held], look.width - 1, dot)


def summary_texts(run: Run, rows: Sequence[OutlineRow], summary: Summary) -> tuple[list[str], list[str], list[str]]:
    """The numbers of a run, remarks on them, and the parameters that are constant."""
    place = run.timebase.place
    first = f"first {learning_rate(summary.first)}" if run.points else _first(summary)
    parts = [first, f"peak {learning_rate(summary.peak)} at {place(summary.peak_step)}"]
    if summary.low < min(summary.first, summary.last):
        parts.append(f"lowest {learning_rate(summary.low)} at {place(summary.low_step)}")
    parts.append(f"end {learning_rate(rows[-1].end)}" if run.nominal else f"last {learning_rate(summary.last)}")
    if summary.peak > 0 and not run.points:
        about = "about " if summary.mean_sampled else ""
        parts.append(f"mean / peak {about}{summary.mass:.3f}")
    remarks = [] if run.nominal or run.points else [_ending(run, rows), _sampled(summary)]
    held = [f"{name} {learning_rate(value)}" for name, value in constants(run)]
    return parts, list(filter(None, remarks)), held


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
