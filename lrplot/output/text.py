"""Text for a terminal: plain ASCII, without control characters, padded."""

from __future__ import annotations

from lrplot.wording import cells

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
        "β": "beta",
        "₁": "1",
        "₂": "2",
        "²": "^2",
        "ᵗ": "^t",
        "∞": "infinity",
        "←": "<-",
        "⌊": "floor(",
        "⌋": ")",
        "ᵢ": "i",
        "…": "...",
        "⚠": "!",
        "⏎": "\\n",
    }
)


def to_ascii(text: str) -> str:
    """The text in plain ASCII; a character without a counterpart becomes `?`."""
    return text.translate(_PLAIN).encode("ascii", "replace").decode("ascii")


def printable(text: str) -> str:
    """Text from a spec in one line, with control and direction characters replaced."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text with spaces up to `width` columns of a terminal."""
    spaces = " " * max(width - cells(text), 0)
    return spaces + text if right else text + spaces
