"""Pages without lines that are too wide."""

from __future__ import annotations

import re

from lrplot.output.terminal.style import unpainted
from lrplot.wording import cells

_PLACE = re.compile(" *--> ")
_DOTS = ("…", "...")


def fit(text: str, width: int) -> str:
    """A page without lines wider than `width`: a line that was cut is cut again, others are wrapped between words.

    Continuation lines are indented by two more spaces. The place of a diagnostic stays whole, so that a terminal or an
    editor can open it.
    """
    return "\n".join(part for line in text.split("\n") for part in _fitted(line, width))


def _fitted(line: str, width: int) -> list[str]:
    if _width(line) <= width or _PLACE.match(line):
        return [line]
    dots = next((dots for dots in _DOTS if line.endswith(dots)), "")
    if dots:
        return [line[: _length(line, width - len(dots))].rstrip() + dots]
    indent = len(line) - len(line.lstrip(" "))
    hanging = " " * min(indent + 2, width // 2)
    lines: list[str] = []
    for word in line[indent:].split(" "):
        if lines and _width(lines[-1]) + 1 + _width(word) <= width:
            lines[-1] += f" {word}"
            continue
        start = hanging if lines else " " * indent
        while _width(word) > width - len(start):  # no line holds the word
            room = _length(word, width - len(start))
            lines.append(start + word[:room])
            word, start = word[room:], hanging
        lines.append(start + word)
    return lines


def _width(text: str) -> int:
    return cells(unpainted(text))


def _length(text: str, width: int) -> int:
    """The number of characters that fit a width."""
    count = min(len(text), width)
    while _width(text[:count]) > width:
        count -= 1
    while count < len(text) and _width(text[: count + 1]) <= width:
        count += 1
    return count
