"""The phases of a track as a table."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.analysis.outline import OutlineRow
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint
from lrplot.runs.timebase import Timebase
from lrplot.wording import cells, learning_rate

MOST_ROWS = 12
LEARNING_RATE = "learning rate"


def format_phases(rows: Sequence[OutlineRow], look: Look, timebase: Timebase, track: str = LEARNING_RATE) -> list[str]:
    """One line per phase, or more if the width is short; if there are many, the first and the last of them."""
    shown = list(rows)
    left_out = len(shown) - MOST_ROWS
    if left_out > 0:
        shown = [*shown[: MOST_ROWS - 3], *shown[-3:]]
    table, remarks = phase_rows(shown, timebase, track)
    table = [tuple(map(look.text, cells)) for cells in table]
    lines = align(table, gap=3)
    notes = [look.text(remark) for remark in remarks]
    for kept in (2, 1):  # in a narrow terminal the last columns move to lines of their own
        if 1 + max(map(cells, lines)) <= look.width:
            break
        lines = align([row[:kept] for row in table], gap=2)
        notes = [", ".join(filter(None, parts)) for parts in zip((row[kept] for row in table[1:]), notes, strict=True)]
    head, *lines = (f" {line}" for line in lines)
    widest = max(map(cells, lines))
    result = [paint(head, "dim", look.color)]
    if track not in head and track != LEARNING_RATE:
        result.insert(0, paint(look.cut(f" {track}", look.width), "dim", look.color))
    for index, (line, note) in enumerate(zip(lines, notes, strict=True)):
        if left_out > 0 and index == MOST_ROWS - 3:
            result.append(look.text(f" … {left_out} more phases …"))
        result += _noted(line, note, widest, look)
    return result


def phase_rows(rows: Sequence[OutlineRow], timebase: Timebase, track: str) -> tuple[list[tuple[str, ...]], list[str]]:
    """The phases as a table of names, bounds and values, below a head; and a note for each of them."""
    within = 0 if timebase.is_nominal else 1  # the last update of a phase is one before the next one's first
    bounds = [(timebase.place(row.start), timebase.place(row.stop - within)) for row in rows]
    width = max(len(stop) for _, stop in bounds)
    table: list[tuple[str, ...]] = [("phase", "run" if timebase.is_nominal else "updates", track)]
    table += [
        (row.name, f"{start:>{width}} – {stop:>{width}}", _course(row))
        for row, (start, stop) in zip(rows, bounds, strict=True)
    ]
    return table, ["" if timebase.is_nominal else _note(row) for row in rows]


def _noted(line: str, note: str, widest: int, look: Look) -> list[str]:
    """A line with its note: beside it, or below if there is no room."""
    if not note:
        return [line]
    if widest + 3 + cells(note) <= look.width:
        return [f"{line}{' ' * (widest - cells(line))}   {paint(note, 'dim', look.color)}"]
    return [line, *(paint(f"   {part}", "dim", look.color) for part in wrap(note.split(" "), look.width - 3, " "))]


def _course(row: OutlineRow) -> str:
    """The values of a phase: its first and its end, and its extremes if they lie outside of these."""
    first, end = learning_rate(row.first), learning_rate(row.end)
    low, high = learning_rate(row.low), learning_rate(row.high)
    lowest, highest = min(row.first, row.end), max(row.first, row.end)
    course = first if first == end else f"{first} → {end}"
    if row.low < lowest - 1e-9 * abs(lowest) or row.high > highest + 1e-9 * abs(highest):
        return f"{course} (between {low} and {high})"
    return course


def _note(row: OutlineRow) -> str:
    length = row.stop - row.start
    parts = [text if field == "for" else f"{field} {text}" for field, text in row.notes.items()]
    if row.planned > length:
        parts.append(f"cut by the run's end after {length:,} of {row.planned:,}")
    return ", ".join(parts)
