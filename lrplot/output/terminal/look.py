"""Settings that all pages share, and texts fitted to their width."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.lazy import dataclass
from lrplot.output.terminal.glyphs import Glyphs
from lrplot.output.text import printable, to_ascii
from lrplot.wording import cells


@dataclass(eq=False)
class Look:
    """The look of a page: columns of text, glyphs, color, logarithmic values, values as a share of the peak, links."""

    width: int
    glyphs: Glyphs
    color: bool = False
    log: bool = False
    normalize: bool = False
    links: bool = False

    def text(self, text: str) -> str:
        """A text in one line as it will be printed, so that its width is known."""
        return to_ascii(printable(text)) if self.glyphs.plain else printable(text)

    def cut(self, text: str, width: int) -> str:
        """Cut a text to a width, with an ellipsis in its middle if some is left out."""
        text = self.text(text)
        dots = "..." if self.glyphs.plain else "…"
        room = max(width - len(dots), 2)
        if cells(text) <= width:
            return text
        return _head(text, (room + 1) // 2) + dots + _head(text[::-1], room // 2)[::-1]


def _head(text: str, width: int) -> str:
    """The first characters of a text, as many as fit a width."""
    end = min(len(text), width)
    while cells(text[:end]) > width:
        end -= 1
    return text[:end]


def wrap(parts: Sequence[str], width: int, separator: str) -> list[str]:
    """Parts joined by a separator into lines no wider than `width`, each indented by a space.

    A part that is too wide for a line is divided.
    """
    lines: list[str] = []
    for part in parts:
        if lines and cells(lines[-1] + separator + part) <= width:
            lines[-1] += separator + part
            continue
        while cells(part) > width - 1:
            head = _head(part, width - 1)
            lines.append(f" {head}")
            part = part[len(head) :]
        lines.append(f" {part}")
    return lines
