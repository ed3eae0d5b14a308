"""Diagnostics as text: the statement, the place with a caret, the cure."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.diagnostics import Diagnostic, Severity, Span
from lrplot.output.terminal.fit import fit
from lrplot.output.terminal.style import linked, paint
from lrplot.output.text import printable
from lrplot.wording import cells

WINDOW = 100  # characters of a source line that are shown
COLORS: dict[Severity, str] = {"error": "red", "warning": "yellow", "note": "cyan"}


def format_diagnostics(
    diagnostics: Sequence[Diagnostic], color: bool, width: int | None = None, *, links: bool = False
) -> str:
    """All diagnostics, with a blank line between two; in at most `width` columns, if it is given."""
    text = "\n\n".join(_format(diagnostic, color, width, links) for diagnostic in diagnostics) + "\n"
    return fit(text, width) if width else text


def format_head(diagnostic: Diagnostic, color: bool, links: bool = False) -> str:
    """The severity and the code, in the color of the severity; a rule's leads to its explanation."""
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", COLORS[diagnostic.severity], color)
    return linked(head, diagnostic.url, links)


def _format(diagnostic: Diagnostic, color: bool, width: int | None, links: bool) -> str:
    lines = [f"{format_head(diagnostic, color, links)}: {printable(diagnostic.message)}"]
    if diagnostic.span:
        lines += _place(diagnostic.span, COLORS[diagnostic.severity], color, width)
    if diagnostic.help:
        lines.append(f"{paint('help', 'green', color)}: {printable(diagnostic.help)}")
    return "\n".join(lines)


def _place(span: Span, style: str, color: bool, width: int | None) -> list[str]:
    where = printable(str(span))
    if span.line is None:
        return [f" --> {where}"]
    number = str(span.line + 1)
    pad = " " * len(number)
    lines = [f"{pad}--> {where}"]
    if span.source.text and span.line < len(span.source.lines):
        room = min(WINDOW, width - len(number) - 3) if width else WINDOW
        text, column, marked = _window(span.source.lines[span.line], span, room)
        bar = paint("|", "blue", color)
        caret = paint("^" * max(1, cells(text[column : column + marked])), style, color)
        lines += [f"{pad} {bar}", f"{number} {bar} {text}".rstrip(), f"{pad} {bar} {' ' * cells(text[:column])}{caret}"]
    return lines


def _window(line: str, span: Span, room: int) -> tuple[str, int, int]:
    """The part of a line around a span, and the column and width of the span in that part."""
    skip = max(0, span.column - room // 2) if cells(line) > room else 0
    while cells(line[skip : span.column]) > max(room // 2, 1) and cells(line) > room:
        skip += 1
    text = printable(line[skip : skip + room].expandtabs(1))
    while cells(text) > room:  # some characters take two columns
        text = text[:-1]
    column = span.column - skip
    return text, column, max(1, min(span.end_column - span.column, len(text) - column))
