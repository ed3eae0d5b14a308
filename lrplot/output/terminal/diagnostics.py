"""Diagnostics as text: the statement, the place with a caret, the cure."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.diagnostics import Diagnostic, Span
from lrplot.output.terminal.style import paint
from lrplot.output.text import cells, printable

WINDOW = 100  # characters of a source line that are shown


def format_diagnostics(diagnostics: Sequence[Diagnostic], colour: bool) -> str:
    """All of them, a blank line between two."""
    return "\n\n".join(_format(each, colour) for each in diagnostics) + "\n"


def _format(diagnostic: Diagnostic, colour: bool) -> str:
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", "red", colour)
    lines = [f"{head}: {printable(diagnostic.message)}"]
    if diagnostic.span:
        lines += _place(diagnostic.span, colour)
    if diagnostic.help:
        lines.append(f"{paint('help', 'green', colour)}: {printable(diagnostic.help)}")
    return "\n".join(lines)


def _place(span: Span, colour: bool) -> list[str]:
    name = printable(span.source.name)
    if span.line is None:
        return [f" --> {name}" + (f" at `{printable(span.path)}`" if span.path else "")]
    number = str(span.line + 1)
    pad = " " * len(number)
    lines = [f"{pad}--> {name}:{number}:{span.column + 1}"]
    source = span.source.text.splitlines()
    if span.line < len(source):
        text, column, width = _window(source[span.line], span)
        bar = paint("|", "blue", colour)
        caret = paint("^" * max(1, cells(text[column : column + width])), "red", colour)
        lines += [f"{pad} {bar}", f"{number} {bar} {text}".rstrip(), f"{pad} {bar} {' ' * cells(text[:column])}{caret}"]
    return lines


def _window(line: str, span: Span) -> tuple[str, int, int]:
    """The part of a line around a span, with the span's column and width in it."""
    skip = max(0, span.column - WINDOW // 2) if len(line) > WINDOW else 0
    text = printable(line[skip : skip + WINDOW].expandtabs(1))
    column = span.column - skip
    return text, column, max(1, min(span.end_column - span.column, len(text) - column))
