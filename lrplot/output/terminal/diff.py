"""Changes of a text as a unified diff."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff

from lrplot.output.terminal.style import paint
from lrplot.output.text import printable

COLORS = {"---": "bold", "+++": "bold", "@@": "cyan", "-": "red", "+": "green"}


def format_diff(name: str, before: str, after: str, color: bool, terminal: bool) -> str:
    """The changes of a file as `patch -p0` and `git apply -p0` read them; empty if there are none.

    In a terminal, control characters are replaced.
    """
    return "".join(_shown(line, color, terminal) for line in _lines(name, before, after))


def _lines(name: str, before: str, after: str) -> Iterator[str]:
    for line in unified_diff(_split(before), _split(after), name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _split(text: str) -> list[str]:
    """The lines of a text with their ends; a line feed ends a line, nothing else does."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _shown(line: str, color: bool, terminal: bool) -> str:
    if not terminal:
        return line
    text = printable(line.rstrip("\r\n"))
    return paint(text, next((COLORS[mark] for mark in COLORS if text.startswith(mark)), ""), color) + "\n"
