"""Colors of text, as ANSI codes."""

from __future__ import annotations

import re

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}
TRACK_COLORS = ("cyan", "yellow", "magenta", "green", "blue", "red")


def paint(text: str, style: str, color: bool) -> str:
    """The text in a style; unchanged if `color` is not set, or if the style is empty."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if color and text and style else text


def unpainted(text: str) -> str:
    """The text without ANSI codes."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
