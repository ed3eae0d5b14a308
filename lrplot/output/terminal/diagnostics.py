"""Diagnostics as text: the statement, the place with a caret, the cure."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.diagnostics import Diagnostic, Severity, Span
from lrplot.output.terminal.style import paint
from lrplot.output.text import printable
from lrplot.wording import cells

WINDOW = 100  # characters of a source line that are shown
COLORS: dict[Severity, str] = {"error": "red", "warning": "yellow", "note": "cyan"}


def format_diagnostics(diagnostics: Sequence[Diagnostic], color: bool) -> str:
    """All diagnostics, with a blank line between two."""
    return "\n\n".join(_format(diagnostic, color) for diagnostic in diagnostics) + "\n"


def format_head(diagnostic: Diagnostic, color: bool) -> str:
    """The severity and the code, in the color of the severity."""
    return paint(f"{diagnostic.severity}[{diagnostic.code}]", COLORS[diagnostic.severity], color)


def _format(diagnostic: Diagnostic, color: bool) -> str:
    lines = [f"{format_head(diagnostic, color)}: {printable(diagnostic.message)}"]
    if diagnostic.span:
        lines += _place(diagnostic.span, COLORS[diagnostic.severity], color)
    if diagnostic.help:
        lines.append(f"{paint('help', 'green', color)}: {printable(diagnostic.help)}")
    return "\n".join(lines)


def _place(span: Span, style: str, color: bool) -> list[str]:
    name = printable(span.source.name)
    if span.line is None:
        return [f" --> {name}" + (f" at `{printable(span.path)}`" if span.path else "")]
    number = str(span.line + 1)
    pad = " " * len(number)
    lines = [f"{pad}--> {name}:{number}:{span.column + 1}"]
    source = span.source.text.splitlines()
    if span.line < len(source):
        text, column, width = _window(source[span.line], span)
        bar = paint("|", "blue", color)
        caret = paint("^" * max(1, cells(text[column : column + width])), style, color)
        lines += [f"{pad} {bar}", f"{number} {bar} {text}".rstrip(), f"{pad} {bar} {' ' * cells(text[:column])}{caret}"]
    return lines


def _window(line: str, span: Span) -> tuple[str, int, int]:
    """The part of a line around a span, and the column and width of the span in that part."""
    skip = max(0, span.column - WINDOW // 2) if len(line) > WINDOW else 0
    text = printable(line[skip : skip + WINDOW].expandtabs(1))
    column = span.column - skip
    return text, column, max(1, min(span.end_column - span.column, len(text) - column))
