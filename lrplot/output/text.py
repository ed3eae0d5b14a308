"""Text made fit for where it goes: plain ASCII, and safe for a terminal."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

_PLAIN = str.maketrans(
    {
        "→": "->",
        "↔": "<->",
        "·": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "×": "x",
        "÷": "/",
        "√": "sqrt ",
        "½": "1/2",
        "⁄": "/",
        "≥": ">=",
        "≤": "<=",
        "π": "pi",
        "γ": "gamma",
        "Σ": "sum",
        "Π": "product",
        "⌊": "floor(",
        "⌋": ")",
        "ᵢ": "i",
        "…": "...",
        "⚠": "!",
        "⏎": "\\n",
    }
)


def to_ascii(text: str) -> str:
    """The text in plain ASCII; what has no counterpart becomes `?`."""
    return text.translate(_PLAIN).encode("ascii", "replace").decode("ascii")


def printable(text: str) -> str:
    """Text from a spec made safe for a terminal: no control or direction characters, one line."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def cells(text: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
