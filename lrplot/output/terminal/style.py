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


def linked(text: str, url: str | None, links: bool) -> str:
    """The text as a link that a terminal opens (OSC 8); unchanged without an address, or if `links` is not set."""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if links and url else text


def unpainted(text: str) -> str:
    """The text without ANSI codes and links."""
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\", "", text)
