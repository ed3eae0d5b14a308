"""Diagnostics as text: the statement, the place with a caret, the cure."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.diagnostics import Diagnostic, Span
from lrplot.output.terminal.style import paint
from lrplot.output.text import printable
from lrplot.wording import cells

WINDOW = 100  # characters of a source line that are shown


def format_diagnostics(diagnostics: Sequence[Diagnostic], color: bool) -> str:
    """All diagnostics, with a blank line between two."""
    return "\n\n".join(_format(diagnostic, color) for diagnostic in diagnostics) + "\n"


def _format(diagnostic: Diagnostic, color: bool) -> str:
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", "red", color)
    lines = [f"{head}: {printable(diagnostic.message)}"]
    if diagnostic.span:
        lines += _place(diagnostic.span, color)
    if diagnostic.help:
        lines.append(f"{paint('help', 'green', color)}: {printable(diagnostic.help)}")
    return "\n".join(lines)


def _place(span: Span, color: bool) -> list[str]:
    name = printable(span.source.name)
    if span.line is None:
        return [f" --> {name}" + (f" at `{printable(span.path)}`" if span.path else "")]
    number = str(span.line + 1)
    pad = " " * len(number)
    lines = [f"{pad}--> {name}:{number}:{span.column + 1}"]
    if span.source.text and span.line < len(span.source.lines):
        text, column, width = _window(span.source.lines[span.line], span)
        bar = paint("|", "blue", color)
        caret = paint("^" * max(1, cells(text[column : column + width])), "red", color)
        lines += [f"{pad} {bar}", f"{number} {bar} {text}".rstrip(), f"{pad} {bar} {' ' * cells(text[:column])}{caret}"]
    return lines


def _window(line: str, span: Span) -> tuple[str, int, int]:
    """The part of a line around a span, and the column and width of the span in that part."""
    skip = max(0, span.column - WINDOW // 2) if len(line) > WINDOW else 0
    text = printable(line[skip : skip + WINDOW].expandtabs(1))
    column = span.column - skip
    return text, column, max(1, min(span.end_column - span.column, len(text) - column))
