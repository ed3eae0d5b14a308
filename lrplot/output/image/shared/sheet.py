"""Sheets of paper: their size, resolution and colors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lrplot.chart.picture import Picture
from lrplot.diagnostics import Fault

COLUMNS = 200  # in an inch of paper; curves are drawn through the extremes of each, whatever the resolution
MOST_DOTS = 10**8
# A ramp from dark to light that is even to the eye, also for the color-blind and in print (matplotlib's viridis).
_RAMP = (
    (68, 1, 84), (72, 40, 120), (62, 73, 137), (49, 104, 142), (38, 130, 142), (31, 158, 137), (53, 183, 121),
    (110, 206, 88), (181, 222, 43), (253, 231, 37),
)  # fmt: skip


@dataclass(frozen=True)
class Theme:
    """Colors of paper, ink, secondary text and faint lines, a palette for lines, and the ends of a ramp for many."""

    paper: str
    ink: str
    soft: str
    faint: str
    palette: tuple[str, ...]
    ramp: tuple[float, float]

    def along(self, share: float) -> str:
        """The color at a share of the ramp."""
        first, last = self.ramp
        place = (first + (last - first) * share) * (len(_RAMP) - 1)
        index = min(int(place), len(_RAMP) - 2)
        pairs = zip(_RAMP[index], _RAMP[index + 1], strict=True)
        return "#" + "".join(f"{round(a + (b - a) * (place - index)):02x}" for a, b in pairs)


# The colors of Okabe & Ito, distinct for the color-blind, without their yellow on white and their black on dark.
THEMES = {
    "light": Theme(
        "#ffffff",
        "#222222",
        "#666666",
        "#bbbbbb",
        ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444", "#7a5195"),
        (0.85, 0.0),
    ),
    "dark": Theme(
        "#14161a",
        "#e4e4e4",
        "#a4a8ae",
        "#54585f",
        ("#56b4e9", "#e69f00", "#2fc79b", "#e58fc0", "#f0e442", "#d55e00", "#dddddd", "#b39ddb"),
        (0.4, 1.0),
    ),
}
AUTO = "auto"  # the light theme, and the dark one for readers who prefer that
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (1.2, 1.6)), (0, (6, 2, 1.2, 2)), (0, (4, 1.5)), (0, (3, 1.5, 1, 1.5)))


@dataclass(frozen=True)
class Sheet:
    """The size of a picture in inches, its dots per inch and its theme; a height of None follows from its areas.

    The theme is one of `THEMES`, or `AUTO` in a format that has both.
    """

    width: float = 6.4
    height: float | None = None
    dpi: int = 200
    theme: str = "light"

    @property
    def pixels(self) -> int:
        """Columns across at which curves are drawn; they do not depend on the dots per inch."""
        return max(round(self.width * COLUMNS), COLUMNS)

    def height_for(self, picture: Picture) -> float:
        """The height in inches for a picture."""
        return self.height or self.width * (0.56 + 0.17 * (len(picture.areas) - 1))


def check_dots(width: float, height: float, dpi: int) -> None:
    """A `Fault` if a picture of dots would be larger than memory should hold."""
    dots = width * dpi * height * dpi
    if dots > MOST_DOTS:
        most = int((MOST_DOTS / (width * height)) ** 0.5)
        raise Fault(
            f"{width:g}x{height:g} inches at {dpi} dots per inch are {dots / 1e6:,.0f} million dots, "
            f"more than {MOST_DOTS / 1e6:,.0f} million",
            field="dpi",
            help=f"write `--dpi {most}`, or a .svg or .pdf file",
            code="too-large",
        )
