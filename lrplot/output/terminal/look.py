"""Settings that all pages share, and the wrapping of their lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lrplot.output.terminal.glyphs import Glyphs
from lrplot.wording import cells


@dataclass(frozen=True)
class Look:
    """How a page is drawn: columns of text, glyphs, color, logarithmic values."""

    width: int
    glyphs: Glyphs
    color: bool = False
    log: bool = False


def wrap(parts: Sequence[str], width: int, separator: str) -> list[str]:
    """Parts joined by a separator into lines no wider than `width`, each indented by a space."""
    lines: list[str] = []
    for part in parts:
        if lines and cells(lines[-1] + separator + part) <= width:
            lines[-1] += separator + part
        else:
            lines.append(f" {part}")
    return lines
