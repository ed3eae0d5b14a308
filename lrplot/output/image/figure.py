"""Pictures drawn by matplotlib, which only this file imports, and only to draw."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from lrplot.chart.axis import Axis
from lrplot.chart.picture import FAN, Area, Line, Mark, Picture
from lrplot.curves.shapes import Floats
from lrplot.output.text import printable
from lrplot.output.writers import PictureFormat
from lrplot.wording import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.lines import Line2D


@dataclass(frozen=True)
class Theme:
    """Colors of paper, ink and faint lines, a palette for lines, and the name of a color map for many groups."""

    paper: str
    ink: str
    faint: str
    palette: tuple[str, ...]
    fan: str


# The colors of Okabe & Ito, distinct for the color-blind, without their yellow on white and their black on dark.
THEMES = {
    "light": Theme(
        "white", "#222222", "#bbbbbb", ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"), "viridis_r"
    ),
    "dark": Theme(
        "#14161a", "#e4e4e4", "#54585f", ("#56b4e9", "#e69f00", "#2fc79b", "#e58fc0", "#f0e442", "#d55e00"), "viridis"
    ),
}
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (1.2, 1.6)), (0, (6, 2, 1.2, 2)), (0, (9, 3)), (0, (3, 1.5)))
MOST_LABELS = 24
LONGEST_LABEL = 32
LETTERS = 10.5  # of the title per inch


@dataclass(frozen=True)
class Sheet:
    """The size of a picture in inches, its dots per inch and its theme; a height of None follows from its areas."""

    width: float = 6.4
    height: float | None = None
    dpi: int = 200
    theme: str = "light"

    @property
    def pixels(self) -> int:
        """Dots across, the resolution at which curves are drawn."""
        return max(round(self.width * self.dpi), 200)

    def height_for(self, picture: Picture) -> float:
        """The height in inches for a picture."""
        return self.height or self.width * (0.56 + 0.17 * (len(picture.areas) - 1))


def write_image(picture: Picture, sheet: Sheet, format: PictureFormat, file: IO[bytes]) -> None:
    """Draw a picture into a file; the same picture gives the same bytes."""
    _write(
        lambda figure, theme: _draw(figure, picture, theme, sheet.width), sheet, sheet.height_for(picture), format, file
    )


def _write(
    draw: Callable[[Figure, Theme], None], sheet: Sheet, height: float, format: PictureFormat, file: IO[bytes]
) -> None:
    import matplotlib as mpl

    with _without_reference_texts():
        from matplotlib.figure import Figure

    theme = THEMES[sheet.theme]
    settings: Any = _settings(theme)  # matplotlib types each key by name
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # it is drawn as a box
        warnings.filterwarnings("ignore", message="constrained_layout not applied")  # the paper is very small
        figure = Figure(figsize=(sheet.width, height), dpi=sheet.dpi, layout="constrained")
        draw(figure, theme)
        options: Any = {"metadata": dict(format.metadata), **format.options}  # matplotlib types each option by name
        figure.savefig(file, format=format.suffix, **options)


@contextmanager
def _without_reference_texts() -> Iterator[None]:
    """Import matplotlib's artists without the docstrings that it generates for their setters, half of its import time.

    Nothing that is drawn depends on them. A matplotlib without these two functions is imported
    unchanged.
    """
    from matplotlib import artist

    replacements: list[tuple[Any, str, Any]] = [
        (artist, "kwdoc", lambda of: ""),
        (artist.Artist, "_update_set_signature_and_docstring", classmethod(lambda cls: None)),
    ]
    if "matplotlib.figure" in sys.modules:
        replacements = []
    with ExitStack() as after:
        for owner, name, stand_in in replacements:
            if name in vars(owner):
                after.callback(setattr, owner, name, vars(owner)[name])
                setattr(owner, name, stand_in)
        yield


def write_grid(pictures: Sequence[Picture], sheet: Sheet, format: PictureFormat, file: IO[bytes]) -> None:
    """Draw pictures in rows and columns, otherwise like `write_image`."""
    across = min(len(pictures), 2 if len(pictures) <= 4 else 3)
    down = -(-len(pictures) // across)
    height = max(sheet.height_for(picture) for picture in pictures) / across * down

    def draw(figure: Figure, theme: Theme) -> None:
        parts = figure.subfigures(down, across, squeeze=False).ravel()
        for part, picture in zip(parts, pictures, strict=False):
            _draw(part, picture, theme, figure.get_figwidth() / across)

    _write(draw, sheet, sheet.height or height, format, file)


def _settings(theme: Theme) -> dict[str, Any]:
    ink = dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), theme.ink)
    paper = dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), theme.paper)
    return {
        **ink,
        **paper,
        "axes.edgecolor": theme.faint,
        "axes.linewidth": 0.8,
        "font.family": ["DejaVu Sans"],
        "font.size": 9,
        "text.usetex": False,
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "lrplot",
        "xtick.major.size": 3,
        "ytick.major.size": 3,
    }


def _draw(figure: Figure | SubFigure, picture: Picture, theme: Theme, width: float) -> None:
    ratios = [2.6, *[1.0] * (len(picture.areas) - 1)]
    axes = figure.subplots(len(picture.areas), 1, sharex=True, squeeze=False, height_ratios=ratios)[:, 0]
    artists = [_draw_area(axis, area, picture, theme) for axis, area in zip(axes, picture.areas, strict=True)]
    _legend(figure, artists[0], picture)
    _x_axes(axes[-1], picture)
    if picture.title:
        beside = 1.9 if len(picture.areas[0].lines) > 1 else 0.4  # inches of the legend or the margin
        title = cut(printable(picture.title), round((width - beside) * LETTERS))
        axes[0].set_title(title, loc="left", fontsize=11, fontweight="bold", pad=18 if picture.marks else 8)


def _draw_area(axes: Axes, area: Area, picture: Picture, theme: Theme) -> list[tuple[Line, Line2D]]:
    first = area is picture.areas[0]
    _frame(axes, area.axis, theme)
    axes.set_ylabel("learning rate" if area.parameter == "lr" else area.parameter.replace("_", " "))
    _draw_marks(axes, picture.marks, picture.x.high, theme, named=first)
    artists = []
    for index, line in enumerate(area.lines):
        x, y = _path(line)
        # The first line is that of the run itself: it lies above those of its groups.
        (artist,) = axes.plot(x, y, zorder=3 - index / 1000, solid_joinstyle="round", **_style(line, picture, theme))
        artists.append((line, artist))
    return artists


def _frame(axes: Axes, axis: Axis, theme: Theme) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if axis.log:
        axes.set_yscale("log")
        axes.set_ylim(axis.low / 1.15, axis.high * 1.15)
        axes.minorticks_off()
    else:
        margin = 0.04 * (axis.high - axis.low)
        axes.set_ylim(axis.low - (margin if axis.low else margin / 3), axis.high + margin)
    axes.set_yticks(axis.ticks, labels=axis.labels)
    axes.grid(axis="y", color=theme.faint, alpha=0.35, linewidth=0.6)
    axes.set_axisbelow(True)


def _style(line: Line, picture: Picture, theme: Theme) -> dict[str, Any]:
    """Color, dash and width of a line, the same in every area; distinct in grayscale too.

    The groups of a fan are colored along a color map.
    """
    import matplotlib as mpl

    if picture.fan:
        if not line.rank:
            return {"color": theme.ink, "linestyle": "-", "linewidth": 1.6}
        share = line.rank / max(picture.ranks - 1, 1)
        return {"color": mpl.colormaps[theme.fan](0.1 + 0.8 * share), "linestyle": "-", "linewidth": 1.1}
    count = len(theme.palette)
    dash = DASHES[(line.rank + line.rank // count) % len(DASHES)]  # other dashes if the colors repeat
    style = {"color": theme.palette[line.rank % count], "linestyle": dash, "linewidth": 1.6}
    return style | {"linewidth": 0.8, "alpha": 0.6} if line.minor else style


def _path(line: Line) -> tuple[Floats, Floats]:
    """A line through the ends and extremes of every column; with a column per step, each value holds for its update."""
    edges, columns = line.columns.edges, line.columns
    if np.array_equal(np.diff(edges), np.ones(len(edges) - 1)):
        x = np.repeat(edges, 2)[1:-1]
        return np.asarray(x * line.scale), np.repeat(columns.firsts, 2)
    last = np.maximum(edges[1:] - 1, edges[:-1])
    middle = (edges[:-1] + last) / 2
    x = np.stack([edges[:-1], middle, middle, last], axis=1).ravel()
    rising = columns.firsts <= columns.lasts
    inner = np.where(rising, columns.lows, columns.highs), np.where(rising, columns.highs, columns.lows)
    return np.asarray(x * line.scale), np.asarray(np.stack([columns.firsts, *inner, columns.lasts], axis=1).ravel())


def _draw_marks(axes: Axes, marks: Sequence[Mark], total: float, theme: Theme, *, named: bool) -> None:
    for before, mark in pairwise(marks):
        axes.axvline(mark.start, color=theme.faint, linewidth=0.8, linestyle=(0, (2, 3)), zorder=1)
        assert before.stop == mark.start
    for mark in marks if named else ():
        if (mark.stop - mark.start) / total >= 0.012 * len(mark.name) + 0.02:
            axes.annotate(
                mark.name,
                ((mark.start + mark.stop) / 2, 1.0),
                (0, 2),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=7,
                color=theme.ink,
                alpha=0.65,
            )


def _legend(figure: Figure | SubFigure, artists: Sequence[tuple[Line, Line2D]], picture: Picture) -> None:
    """A legend outside the axes: beside them, or above if there is no title; from the highest line down."""
    from matplotlib.lines import Line2D

    pairs = sorted(
        (pair for pair in artists if not pair[0].minor), key=lambda pair: -float(pair[0].columns.highs.max())
    )
    if len(pairs) < 2:
        return
    entries = [(artist, cut(printable(line.label), LONGEST_LABEL)) for line, artist in pairs[:MOST_LABELS]]
    if len(pairs) > MOST_LABELS:
        entries.append((Line2D([], [], linestyle="none"), f"… {len(pairs) - MOST_LABELS} more"))
    above = not (picture.title or picture.fan)
    figure.legend(
        [artist for artist, _ in entries],
        [label for _, label in entries],
        loc="outside upper center" if above else "outside right upper",
        ncols=(2 if max(len(label) for _, label in entries) > LONGEST_LABEL / 2 else 3) if above else 1,
        frameon=False,
        fontsize=7 if len(entries) > FAN else 8,
        labelspacing=0.25,
        handlelength=2.2,
    )


def _x_axes(bottom: Axes, picture: Picture) -> None:
    bottom.set_xlim(0, picture.x.high)
    bottom.set_xticks(picture.x.ticks, labels=picture.x.labels)
    bottom.set_xlabel(picture.x_label)
    if picture.other is None:
        return
    ratio = picture.other.high / picture.x.high
    second = bottom.secondary_xaxis("bottom", functions=(partial(np.multiply, ratio), partial(np.multiply, 1 / ratio)))
    second.spines["bottom"].set_position(("outward", 34))
    second.spines["bottom"].set_visible(False)
    second.set_xticks(picture.other.ticks, labels=picture.other.labels)
    second.set_xlabel(picture.other_label)
