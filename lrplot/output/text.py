"""Text made fit for where it goes: plain ASCII, and safe for a terminal."""

from __future__ import annotations

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
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # large, and most texts are ASCII

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text with blanks up to `width` columns of a terminal."""
    blanks = " " * max(width - cells(text), 0)
    return blanks + text if right else text + blanks


def cut(text: str, width: int) -> str:
    """As much of the text as fits `width` columns of a terminal, with an ellipsis where some is left out."""
    if cells(text) <= width:
        return text
    kept = ""
    for char in text:
        if cells(kept + char) > width - 1:
            break
        kept += char
    return kept.rstrip() + "…"
