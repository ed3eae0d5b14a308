"""Pictures drawn by matplotlib, which only this file imports, and only to draw."""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

from lrplot.chart.picture import Picture
from lrplot.diagnostics import Fault
from lrplot.output.image.shared.composition import compose
from lrplot.output.image.shared.scene import Box, Dots, Item, Patch, Stroke, Text
from lrplot.output.image.shared.sheet import AUTO, THEMES, Sheet, Theme, check_dots
from lrplot.output.text import printable
from lrplot.output.writers import PictureFormat
from lrplot.wording import one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.transforms import Transform

FONT = "DejaVu Sans"  # matplotlib's own, the same everywhere
MOST_FALLBACKS = 3
PLAIN_WEIGHTS = (400, 500, "normal", "regular", "book", "medium")


def write_image(picture: Picture, sheet: Sheet, format: PictureFormat, file: IO[bytes]) -> str:
    """Draw a picture into a file, and return the letters for which there is no font.

    The same picture gives the same bytes. A `Fault` if the sheet is too small for it.
    """
    return write_grid([picture], sheet, format, file)


def write_grid(pictures: Sequence[Picture], sheet: Sheet, format: PictureFormat, file: IO[bytes]) -> str:
    """Draw pictures in rows and columns, otherwise like `write_image`."""
    if sheet.theme == AUTO and not format.adapts:
        help = f"write {one_of(f'--theme {name}' for name in THEMES)}, or a .svg file"
        raise Fault(f"a .{format.suffix} file has one theme, not `{AUTO}`", field="theme", help=help)
    across = min(len(pictures), 1 if len(pictures) == 1 else 2 if len(pictures) <= 4 else 3)
    down = -(-len(pictures) // across)
    height = sheet.height or max(sheet.height_for(picture) for picture in pictures) / across * down
    if format.dots:
        check_dots(sheet.width, height, sheet.dpi)
    cell_width, cell_height = 72 * sheet.width / across, 72 * height / down
    theme = THEMES["light" if sheet.theme == AUTO else sheet.theme]
    corners = [
        (index % across * cell_width, 72 * height - index // across * cell_height) for index in range(len(pictures))
    ]
    boxes = [Box(left, top - cell_height, left + cell_width, top) for left, top in corners]
    with _own_settings(theme):
        fonts = _Fonts("".join(map(_letters, pictures)), format.finds_fonts)

        def drawn(theme: Theme) -> list[Item]:
            parts = zip(pictures, boxes, strict=True)
            return [item for picture, box in parts for item in compose(picture, box, theme, fonts.width)]

        items = drawn(theme)
        content = _rendered(items, (sheet.width, height), sheet.dpi, fonts, format)
        dark = _colors(theme, items, drawn) if sheet.theme == AUTO else {}
    title = ", ".join(picture.title for picture in pictures if picture.title)
    file.write(format.finish(content, title, " ".join(picture.description for picture in pictures), dark))
    return "" if format.finds_fonts else fonts.missing


def _colors(light: Theme, items: Sequence[Item], drawn: Callable[[Theme], list[Item]]) -> dict[str, str]:
    """The dark color of each light one: that of the same item, drawn in the dark theme."""
    dark = THEMES["dark"]
    pairs = {item.color: other.color for item, other in zip(items, drawn(dark), strict=True)}
    return {light.paper: dark.paper, **pairs}


def draw_on(axes: Axes | None, picture: Picture) -> Axes:
    """Draw the learning rates of a picture on matplotlib's axes, in data coordinates; on the current ones if None.

    The look is the user's. Labels are set only on axes that have none.
    """
    if axes is None:
        from matplotlib import pyplot

        axes = pyplot.gca()
    area = picture.areas[0]
    for line in area.lines:
        group = len(area.lines) > 1 and line is not area.lines[0]
        label = printable(f"{picture.title}, {line.label}" if group else picture.title)
        axes.plot(line.x, line.values, label=f" {label}" if label.startswith("_") else label)
    if not axes.get_xlabel():
        axes.set_xlabel(picture.x_label)
    if not axes.get_ylabel():
        axes.set_ylabel(area.label)
    return axes


def _letters(picture: Picture) -> str:
    """The letters of all texts that a spec may have given."""
    texts = [picture.title, *picture.remarks, *(mark.name for mark in picture.marks)]
    for area in picture.areas:
        texts += [area.label, area.note, *(line.label for line in area.lines)]
    return printable("".join(texts))


@contextmanager
def _own_settings(theme: Theme) -> Iterator[None]:
    """Matplotlib's defaults and lrplot's settings, whatever the user's `matplotlibrc` says.

    A `Fault` if matplotlib cannot be imported, for example because that file is no text.
    """
    try:
        import matplotlib as mpl

        with _without_reference_texts():
            import matplotlib.figure
    except Exception as error:
        raise Fault(f"matplotlib cannot be imported: {error}", code="no-matplotlib") from error
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # the caller is told
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "figure.facecolor": theme.paper,
                "savefig.facecolor": theme.paper,
                "text.parse_math": False,
                "path.simplify": False,  # the paths are thinned already
                "pdf.fonttype": 42,  # TrueType: many publishers refuse Type 3
                "svg.fonttype": "none",
                "svg.hashsalt": "lrplot",
            }
        )
        yield


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


class _Fonts:
    """matplotlib's own font, and installed ones for letters that it does not have.

    `missing` are the letters that no font has. A format whose viewer finds the fonts needs none.
    """

    def __init__(self, letters: str, viewer_finds_fonts: bool) -> None:
        self.families = [FONT]
        self.missing = "".join(sorted(set(letters) - _charmap(_file_of(FONT)) - {" "}))
        if self.missing and not viewer_finds_fonts:
            self._find()
        self._widths: dict[tuple[str, bool], float] = {}

    def _find(self) -> None:
        """Add the installed fonts that have most of the missing letters."""
        covers = {family: set(self.missing) & letters for family, letters in _installed().items()}
        while self.missing and len(self.families) <= MOST_FALLBACKS:
            best = max(covers, key=lambda family: (len(covers[family] & set(self.missing)), family), default="")
            if not best or not covers[best] & set(self.missing):
                return
            self.families.append(best)
            self.missing = "".join(letter for letter in self.missing if letter not in covers[best])

    def properties(self, size: float, bold: bool) -> FontProperties:
        """The fonts at a size."""
        from matplotlib.font_manager import FontProperties

        return FontProperties(family=self.families, size=size, weight="bold" if bold else "normal")

    def width(self, text: str, size: float, bold: bool) -> float:
        """The width of a text in points."""
        from matplotlib.textpath import text_to_path

        if (text, bold) not in self._widths:
            width, _, _ = text_to_path.get_text_width_height_descent(text, self.properties(10, bold), False)
            self._widths[text, bold] = float(width) / 10
        return self._widths[text, bold] * size


def _file_of(family: str) -> str:
    from matplotlib import font_manager

    return str(font_manager.findfont(family))


def _charmap(path: str) -> set[str]:
    """The letters of a font that matplotlib can draw; empty if it cannot."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(path)
        font.set_size(10, 72)
        letters = set(map(chr, font.get_charmap()))
        font.set_text(next(iter(letters)))  # a font of bitmaps fails here
    except Exception:
        return set()
    return letters


def _installed() -> dict[str, set[str]]:
    """The letters of the upright fonts of plain weight that are installed, by family."""
    import matplotlib as mpl
    from matplotlib import font_manager

    manager = font_manager.fontManager
    listed = {entry.fname for entry in manager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - listed):  # newer than matplotlib's list
        with suppress(Exception):
            manager.addfont(path)
    own = mpl.get_data_path()
    entries = [
        entry
        for entry in sorted(manager.ttflist, key=lambda entry: entry.fname)
        if entry.style == "normal" and entry.weight in PLAIN_WEIGHTS and not entry.fname.startswith(own)
    ]
    return {entry.name: _charmap(entry.fname) for entry in entries}


def _rendered(
    items: Sequence[Item], size: tuple[float, float], dpi: int, fonts: _Fonts, format: PictureFormat
) -> bytes:
    """The items on one sheet, each above those before it, as the bytes of a file.

    They are collected in memory: an error of the system while matplotlib writes would hide its cause.
    """
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    figure = Figure(figsize=size, dpi=dpi)
    points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    for order, item in enumerate(items):
        _add(figure, item, points, order, fonts)
    options: Any = {"metadata": dict(format.metadata), **format.options}  # matplotlib types each option by name
    content = io.BytesIO()
    figure.savefig(content, format=format.suffix, **options)
    return content.getvalue()


def _add(figure: Figure, item: Item, points: Transform, order: int, fonts: _Fonts) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle
    from matplotlib.transforms import Bbox, TransformedBbox

    if isinstance(item, Text):
        font, turn = fonts.properties(item.size, item.bold), 90 if item.upright else 0
        text = figure.text(
            item.x, item.y, item.text, fontproperties=font, color=item.color, rotation=turn, zorder=order
        )
        text.set_transform(points)
        text.set_rotation_mode("anchor")
    elif isinstance(item, Patch):
        corner, width, height = (item.box.left, item.box.bottom), item.box.width, item.box.height
        look: Any = {"facecolor": item.color, "alpha": item.alpha, "linewidth": 0}
        figure.add_artist(Rectangle(corner, width, height, transform=points, zorder=order, **look))
    else:
        if isinstance(item, Dots):
            look = {"marker": "o", "markersize": item.size, "markeredgewidth": 0, "color": item.color}
            look["linestyle"] = "none"
        else:
            look = {"color": item.color, "linewidth": item.width, "linestyle": item.dash, "alpha": item.alpha}
        line = Line2D(item.x, item.y, transform=points, zorder=order, solid_joinstyle="round", **look)
        if isinstance(item, Stroke) and item.clip is not None:
            clip = item.clip
            line.set_clip_box(TransformedBbox(Bbox.from_extents(clip.left, clip.bottom, clip.right, clip.top), points))
        figure.add_artist(line)
