"""The phases of a run as a table."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.analysis.outline import OutlineRow
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint
from lrplot.wording import learning_rate

MOST_ROWS = 12


def format_phases(rows: Sequence[OutlineRow], look: Look) -> list[str]:
    """One line per phase, or two if the width is short; if there are many, the first and the last of them."""
    shown = list(rows)
    left_out = len(shown) - MOST_ROWS
    if left_out > 0:
        shown = [*shown[: MOST_ROWS - 3], *shown[-3:]]
    width = max(len(f"{row.stop - 1:,}") for row in shown)
    spans = [f"{row.start:>{width},} – {row.stop - 1:>{width},}" for row in shown]
    table = [("phase", "updates", "learning rate")]
    table += [(row.name, span, _course(row)) for row, span in zip(shown, spans, strict=True)]
    lines = align(table, gap=3)
    notes = [_note(row) for row in shown]
    if 1 + max(map(len, lines)) > look.width:  # too narrow for three columns: the last one moves to a second line
        lines = align([row[:2] for row in table], gap=2)
        notes = [", ".join(filter(None, parts)) for parts in zip((row[2] for row in table[1:]), notes, strict=True)]
    head, *lines = (f" {line}" for line in lines)
    widest = max(map(len, lines))
    result = [paint(head, "dim", look.color)]
    for index, (line, note) in enumerate(zip(lines, notes, strict=True)):
        if left_out > 0 and index == MOST_ROWS - 3:
            result.append(f" … {left_out} more phases …")
        result += _noted(line, note, widest, look)
    return result


def _noted(line: str, note: str, widest: int, look: Look) -> list[str]:
    """A line with its note: beside it, or below if there is no room."""
    if not note:
        return [line]
    if widest + 3 + len(note) <= look.width:
        return [f"{line:<{widest}}   {paint(note, 'dim', look.color)}"]
    return [line, *(paint(f"   {part}", "dim", look.color) for part in wrap(note.split(" "), look.width - 3, " "))]


def _course(row: OutlineRow) -> str:
    """The values of a phase: its first and its end, and its extremes if they lie outside of these."""
    first, end = learning_rate(row.first), learning_rate(row.end)
    low, high = learning_rate(row.low), learning_rate(row.high)
    lowest, highest = min(row.first, row.end), max(row.first, row.end)
    if row.low < lowest - 1e-9 * abs(lowest) or row.high > highest + 1e-9 * abs(highest):
        return f"{first} → {end}, {low} … {high}"
    return first if first == end else f"{first} → {end}"


def _note(row: OutlineRow) -> str:
    length = row.stop - row.start
    parts = [text if field == "for" else f"{field} {text}" for field, text in row.notes.items()]
    if row.planned > length:
        parts.append(f"cut by the run's end after {length:,} of {row.planned:,}")
    return ", ".join(parts)
