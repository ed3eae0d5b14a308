"""What `show` shows of a schedule: heading, charts, phases, groups, summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lrplot.analysis.phases import PhaseRow, phase_rows
from lrplot.analysis.summary import Summary, summarize
from lrplot.chart.axis import time_axis, value_axis
from lrplot.chart.numbers import amount, rate
from lrplot.engine.extremes import columns
from lrplot.output.glyphs import Glyphs
from lrplot.output.style import SERIES, paint
from lrplot.output.tables import align
from lrplot.output.terminal import Canvas, draw, sparkline
from lrplot.output.text import printable
from lrplot.schedules.combinators import phases_of
from lrplot.schedules.curve import Anneal, Curve, GeometricAnneal
from lrplot.schedules.run import Run

MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is drawn: columns of text, glyph set, colour, logarithmic values."""

    width: int
    glyphs: Glyphs
    colour: bool = False
    log: bool = False


def format_page(run: Run, look: Look) -> str:
    """The whole page for one run."""
    phases = phase_rows(run.tracks["lr"].curve, run.steps)
    summary = summarize(run.tracks["lr"].curve, run.steps)
    sections = [
        _heading(run, look),
        *_charts(run, phases, look),
        _derivation(run, look),
        _phase_table(phases, look),
        _group_table(run, look),
        _summary_lines(run, phases, summary, look),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _heading(run: Run, look: Look) -> list[str]:
    length = f"{run.steps:,} update{'s' if run.steps != 1 else ''}"
    if run.timebase.unit != "steps":
        length += f" · {amount(float(run.timebase.amount))} {run.timebase.unit}"
    name = printable(run.name)
    room = max(look.width - len(length) - 2, 8)
    if len(name) > room:
        name = name[: room - 1] + "…"
    gap = " " * max(look.width - len(name) - len(length), 2)
    lines = [paint(name, "bold", look.colour) + gap + length]
    if run.source:
        lines += [paint(line, "dim", look.colour) for line in _wrap(printable(run.source).split(" "), look.width, " ")]
    return lines


def _charts(run: Run, phases: Sequence[PhaseRow], look: Look) -> list[list[str]]:
    """One chart a parameter that changes; the learning rate's holds its groups too."""
    charts = []
    for name in dict.fromkeys(track.partition("/")[0] for track in run.tracks):
        curves = [track.curve for key, track in run.tracks.items() if key.partition("/")[0] == name]
        if name == "lr" or _moves(curves, run.steps):
            edges = [row.start / run.steps for row in phases] if name == "lr" and len(phases) <= MOST_ROWS else []
            charts.append(_chart(run, name, curves, edges, look))
    return charts


def _moves(curves: Sequence[Curve], steps: int) -> bool:
    cuts = [columns(curve, 0, steps, 16) for curve in curves]
    return any(float(cut.lows.min()) != float(cut.highs.max()) for cut in cuts)


def _chart(run: Run, name: str, curves: Sequence[Curve], edges: list[float], look: Look) -> list[str]:
    height = max(8, min(look.width // 6, 18)) if name == "lr" else 6
    # Labels decide the margin and the margin the pixels: measure with few columns first.
    rough = [columns(curve, 0, run.steps, 64) for curve in curves]
    y = value_axis(rough, look.log, max(3, height // 2))
    margin = max(map(len, y.labels)) + 1
    canvas = Canvas(max(look.width - margin - 2, 10), height, look.glyphs, look.colour)
    series = [columns(curve, 0, run.steps, canvas.pixels) for curve in curves]
    x = time_axis(run.timebase, canvas.width // 12)
    lines = draw(series, y, x, edges, canvas, margin)
    return lines if name == "lr" else [paint(name, "bold", look.colour), *lines]


def _derivation(run: Run, look: Look) -> list[str]:
    lines = list(run.timebase.rates.derivation)
    if lines:
        lines.append(f"{amount(float(run.timebase.amount))} {run.timebase.unit} = {run.steps:,} updates")
    return [line for each in lines for line in _wrap(each.split(" "), look.width - 1, " ")]


def _phase_table(phases: Sequence[PhaseRow], look: Look) -> list[str]:
    shown = list(phases)
    left_out = len(shown) - MOST_ROWS
    if left_out > 0:
        shown = [*shown[: MOST_ROWS - 3], *shown[-3:]]
    width = max(len(f"{row.stop - 1:,}") for row in shown)
    spans = [f"{row.start:>{width},} – {row.stop - 1:>{width},}" for row in shown]
    table = [("phase", "updates", "learning rate")]
    table += [(row.name, span, _course(row)) for row, span in zip(shown, spans, strict=True)]
    lines = align(table, gap=3)
    notes = [_note(row) for row in shown]
    if 1 + max(map(len, lines)) > look.width:  # too narrow for three columns: the last one goes below
        lines = align([row[:2] for row in table], gap=2)
        notes = [", ".join(filter(None, parts)) for parts in zip((row[2] for row in table[1:]), notes, strict=True)]
    head, *lines = (f" {line}" for line in lines)
    widest = max(map(len, lines))
    result = [paint(head, "dim", look.colour)]
    for line, note in zip(lines, notes, strict=True):
        result += _noted(line, note, widest, look)
    if left_out > 0:
        result.insert(MOST_ROWS - 2, f" … {left_out} more phases …")
    return result


def _noted(line: str, note: str, widest: int, look: Look) -> list[str]:
    """A table row with its note: beside it, or below where there is no room."""
    if not note:
        return [line]
    if widest + 3 + len(note) <= look.width:
        return [f"{line:<{widest}}   {paint(note, 'dim', look.colour)}"]
    return [line, *(paint(f"   {part}", "dim", look.colour) for part in _wrap(note.split(" "), look.width - 3, " "))]


def _course(row: PhaseRow) -> str:
    """What a phase does, from its first value to where it leads."""
    first, end = rate(row.first), rate(row.end)
    low, high = rate(row.low), rate(row.high)
    lowest, highest = min(row.first, row.end), max(row.first, row.end)
    if row.low < lowest - 1e-9 * abs(lowest) or row.high > highest + 1e-9 * abs(highest):
        return f"{first} → {end}, {low} … {high}"
    return first if first == end else f"{first} → {end}"


def _note(row: PhaseRow) -> str:
    updates = row.stop - row.start
    parts = [text if field == "for" else f"{field} {text}" for field, text in row.notes.items()]
    if row.planned > updates:
        parts.append(f"cut by the run's end after {updates:,} of {row.planned:,}")
    return ", ".join(parts)


def _group_table(run: Run, look: Look) -> list[str]:
    groups = [(key.partition("/")[2], track) for key, track in run.tracks.items() if key.startswith("lr/")]
    if not groups:
        return []
    rows = [("group", "first", "peak", "last")]
    for name, track in groups[:40]:
        cut = columns(track.curve, 0, run.steps, 64)
        rows.append(
            (printable(name)[:30], rate(float(cut.firsts[0])), rate(float(cut.highs.max())), rate(float(cut.lasts[-1])))
        )
    head, *lines = (f" {line}" for line in align(rows))
    coloured = [paint(line, SERIES[(i + 1) % len(SERIES)], look.colour) for i, line in enumerate(lines)]
    more = [f" … {len(groups) - 40} more groups …"] if len(groups) > 40 else []
    return [paint(head, "dim", look.colour), *coloured, *more]


def _summary_lines(run: Run, phases: Sequence[PhaseRow], summary: Summary, look: Look) -> list[str]:
    parts = [_first(summary), f"peak {rate(summary.peak)} at {summary.peak_step:,}"]
    if summary.low < min(summary.first, summary.last):
        parts.append(f"lowest {rate(summary.low)} at {summary.low_step:,}")
    parts.append(f"last {rate(summary.last)}")
    if summary.peak > 0:
        about = "about " if summary.mean_sampled else ""
        parts.append(f"mean {about}{summary.mean / summary.peak:.2f} of peak")
    lines = _wrap(parts, look.width - 1, " · ")
    if ending := _ending(run, summary):
        lines += _wrap(ending.split(" "), look.width - 1, " ")
    constants = [
        f"{printable(name)} {rate(float(track.curve.limit(1)))}"
        for name, track in run.tracks.items()
        if not name.startswith("lr") and not _moves([track.curve], run.steps)
    ]
    return lines + _wrap(constants, look.width - 1, " · ")


def _first(summary: Summary) -> str:
    if summary.first == 0 and summary.peak > 0:
        return "first 0 (update 0 changes nothing)"
    return f"first {rate(summary.first)}"


def _ending(run: Run, summary: Summary) -> str:
    """Which convention the last anneal follows, where it makes a difference."""
    anneal = _last_anneal(run.tracks["lr"].curve, run.steps)
    if anneal is None or anneal.last != summary.end or summary.peak == summary.low:
        return ""
    if anneal.inclusive:
        return f"ends inclusive: {rate(anneal.last)} is reached at the last update, {run.steps - 1:,}"
    return f"reaches {rate(anneal.last)} at {run.steps:,}, one update after the last (u = t/n)"


def _last_anneal(curve: Curve, steps: int) -> Anneal | GeometricAnneal | None:
    for _, stop, phase in phases_of(curve):
        if stop == steps and isinstance(phase.curve, Anneal | GeometricAnneal) and phase.curve.length:
            return phase.curve
    return None


def _wrap(parts: Sequence[str], width: int, separator: str) -> list[str]:
    """Parts joined by a separator into lines no wider than `width`, each indented by a blank."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(separator) + len(part) <= width:
            lines[-1] += separator + part
        else:
            lines.append(f" {part}")
    return lines


def format_spark(runs: Sequence[Run], look: Look) -> str:
    """One line a run: its name, its curve, its peak."""
    names = [printable(run.name)[: max(look.width // 3, 8)] for run in runs]
    peaks = [rate(summarize(run.tracks["lr"].curve, run.steps).peak) for run in runs]
    name_width, peak_width = max(map(len, names)), max(map(len, peaks))
    width = max(look.width - name_width - peak_width - len("    max "), 8)
    lines = []
    for run, name, peak in zip(runs, names, peaks, strict=True):
        line = sparkline(columns(run.tracks["lr"].curve, 0, run.steps, width), width, look.glyphs)
        line = paint(f"{line:<{width}}", SERIES[0], look.colour)
        lines.append(f"{name:<{name_width}}  {line}  max {peak:>{peak_width}}".rstrip())
    return "\n".join(lines) + "\n"


def page_data(run: Run) -> dict[str, Any]:
    """The page's numbers, for JSON."""
    timebase = run.timebase
    return {
        "name": run.name,
        "source": run.source,
        "steps": run.steps,
        "length": {"amount": float(timebase.amount), "unit": timebase.unit},
        "derivation": list(timebase.rates.derivation),
        "phases": [
            {
                "phase": row.name,
                "start": row.start,
                "stop": row.stop,
                "first": row.first,
                "end": row.end,
                "notes": dict(row.notes),
            }
            for row in phase_rows(run.tracks["lr"].curve, run.steps)
        ],
        "tracks": {name: _summary_data(summarize(track.curve, run.steps)) for name, track in run.tracks.items()},
    }


def _summary_data(summary: Summary) -> dict[str, Any]:
    names = ("first", "last", "end", "peak", "peak_step", "low", "low_step", "mean", "mean_sampled")
    return {name: getattr(summary, name) for name in names}
