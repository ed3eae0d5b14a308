"""Colour, where it is wanted: plain ANSI codes, or nothing."""

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
SERIES = ("cyan", "yellow", "magenta", "green", "blue", "red")


def paint(text: str, style: str, colour: bool) -> str:
    """The text in a style, if `colour` is on."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour and text else text


def unpainted(text: str) -> str:
    """The text without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
