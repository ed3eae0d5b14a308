"""The pen: texts of measured widths and rules, in sizes that follow from the sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from math import sqrt
from typing import Any

import numpy as np

from lrplot.lazy import dataclass
from lrplot.output.image.shared.scene import Box, Item, Stroke, Text
from lrplot.output.image.shared.sheet import Theme

Measure = Callable[[str, float, bool], float]  # the width of a text of a size, bold or not

WIDTH, HEIGHT = 460.0, 258.0  # of the sheet on which texts have their nominal size
LEAST, MOST = 0.66, 4.0  # of that size


@dataclass(frozen=True)
class Type:
    """Sizes of texts and lines: those of a common sheet times `scale`."""

    scale: float

    @classmethod
    def on(cls, box: Box) -> Type:
        """The sizes on a sheet: they grow with the square root of its length."""
        return cls(min(max(sqrt(min(box.width / WIDTH, box.height / HEIGHT)), LEAST), MOST))

    @property
    def tick(self) -> float:
        """The size of labels of axes."""
        return 9 * self.scale

    @property
    def small(self) -> float:
        """The size of remarks, names of phases and legends."""
        return max(7.5 * self.scale, 5.5)

    @property
    def title(self) -> float:
        """The size of the title."""
        return 11 * self.scale

    @property
    def line(self) -> float:
        """The width of a curve."""
        return max(1.6 * self.scale, 1.1)

    @property
    def pad(self) -> float:
        """The margin of the sheet."""
        return 8 * self.scale


@dataclass
class Pen:
    """Draws on a sheet, in the colors of a theme; `items` is what it has drawn."""

    box: Box
    theme: Theme
    measure: Measure
    type: Type
    items: list[Item] = field(default_factory=list)

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """The width of a text."""
        return self.measure(text, size, bold)

    def text(
        self, text: str, x: float, y: float, size: float, *, align: float = 0.0, color: str = "", **look: Any
    ) -> Text:
        """A text whose baseline starts, ends (`align` 1) or has its middle (0.5) at a place; it is not drawn yet."""
        width = self.width(text, size, look.get("bold", False))
        shift = align * width
        x, y = (x, y - shift) if look.get("upright") else (x - shift, y)
        return Text(text, x, y, size, width, color or self.theme.ink, **look)

    def write(self, text: str, x: float, y: float, size: float, **look: Any) -> None:
        """Draw such a text."""
        self.items.append(self.text(text, x, y, size, **look))

    def rule(self, x0: float, y0: float, x1: float, y1: float, **look: Any) -> None:
        """Draw a straight line; faint by default."""
        look = {"color": self.theme.faint, "width": 0.8 * max(self.type.scale, 0.8), **look}
        self.items.append(Stroke(np.array([x0, x1]), np.array([y0, y1]), **look))

    def wrapped(self, text: str, size: float, width: float, most: int, bold: bool = False) -> list[str]:
        """A text in at most `most` lines, the last one cut if more are needed."""
        lines: list[str] = []
        rest = text.strip()
        while rest:
            kept = self._that_fits(rest, size, width, bold)
            if len(kept) < len(rest):
                if len(lines) == most - 1:
                    cut = self._that_fits(rest, size, width - self.width("…", size, bold), bold)
                    return [*lines, cut.rstrip() + "…"]
                blank = len(kept) if rest[len(kept)].isspace() else kept.rfind(" ")
                kept = kept[:blank] if blank > len(kept) / 3 else kept
            lines.append(kept.rstrip())
            rest = rest[len(kept) :].lstrip()
        return lines

    def _that_fits(self, text: str, size: float, width: float, bold: bool) -> str:
        """The first letters of a text, at least one, that fit a width."""
        if self.width(text, size, bold) <= width:
            return text
        low, high = 1, len(text)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.width(text[:middle], size, bold) <= width else (low, middle)
        return text[:low]
