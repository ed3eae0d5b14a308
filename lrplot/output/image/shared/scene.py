"""Items of a picture: texts and strokes at places on paper, in points from its lower left corner."""

from __future__ import annotations

from typing import Any

from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

ASCENT, DESCENT = 0.76, 0.24  # of a text above and below its baseline, as shares of its size


@dataclass(frozen=True)
class Box:
    """A rectangle from (`left`, `bottom`) to (`right`, `top`)."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """The width in points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """The height in points."""
        return self.top - self.bottom

    def meets(self, other: Box) -> bool:
        """Whether two boxes have a point in common that is not on their edges."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


@dataclass(frozen=True)
class Text:
    """A line of text of a width, whose baseline starts at (`x`, `y`); an `upright` one runs from there upwards."""

    text: str
    x: float
    y: float
    size: float
    width: float
    color: str
    bold: bool = False
    upright: bool = False

    @property
    def box(self) -> Box:
        """The paper that the text takes."""
        up, down = ASCENT * self.size, DESCENT * self.size
        if self.upright:
            return Box(self.x - up, self.y, self.x + down, self.y + self.width)
        return Box(self.x, self.y - down, self.x + self.width, self.y + up)


@dataclass(frozen=True)
class Stroke:
    """A line through points; if `clip` is given, only what lies within it is drawn."""

    x: Floats
    y: Floats
    color: str
    width: float
    dash: Any = "-"
    alpha: float = 1.0
    clip: Box | None = None


@dataclass(frozen=True)
class Dots:
    """Filled circles."""

    x: Floats
    y: Floats
    size: float
    color: str


@dataclass(frozen=True)
class Patch:
    """A filled rectangle, drawn over all strokes before it."""

    box: Box
    color: str
    alpha: float


Item = Text | Stroke | Dots | Patch
