"""Pictures of a terminal, as SVG that looks the same whatever fonts a browser has.

Text is stretched to the cells it takes. Dots, frames and bars are drawn, because fonts differ most
in the width of these characters. The picture brings its own dark ground, so that it is legible on
a light page and on a dark one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from unicodedata import name as character_name

from lrplot.wording import cells

WIDTH, HEIGHT, MARGIN = 8, 16, 14  # of a cell, and around the text, in pixels
GROUND, INK = "#15191f", "#d8dee6"
COLORS = {
    "31": "#ff7b72",
    "32": "#7ee787",
    "33": "#e3b341",
    "34": "#79c0ff",
    "35": "#d2a8ff",
    "36": "#56d4dd",
}
FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
_DOTS = ((2, 2), (2, 6), (2, 10), (6, 2), (6, 6), (6, 10), (2, 14), (6, 14))  # by the bits of a braille character
_ARMS = {"UP": "v-8", "DOWN": "v8", "LEFT": "h-4", "RIGHT": "h4"}
_BOTH = {"VERTICAL": ("UP", "DOWN"), "HORIZONTAL": ("LEFT", "RIGHT")}


@dataclass(frozen=True)
class Style:
    """How characters are painted, as ANSI codes set it."""

    color: str = INK
    bold: bool = False
    dim: bool = False

    def after(self, codes: str) -> Style:
        """The style after the codes of one escape sequence."""
        style = self
        for code in codes.split(";"):
            if code in COLORS:
                style = Style(COLORS[code], style.bold, style.dim)
            elif code in ("1", "2"):
                style = Style(style.color, style.bold or code == "1", style.dim or code == "2")
            else:
                style = Style()
        return style

    def attributes(self, paint: str) -> str:
        """The attributes of an element that is painted by its `fill` or its `stroke`."""
        weight = ' font-weight="bold"' if self.bold and paint == "fill" else ""
        return f'{paint}="{self.color}"{weight}' + (' opacity=".65"' if self.dim else "")


def terminal_view(command: str, output: str) -> str:
    """An SVG of a terminal in which a command was typed, with what it printed."""
    lines = [f"\x1b[2m$\x1b[0m \x1b[1m{command}\x1b[0m", *output.rstrip("\n").split("\n")]
    width = max(80, *(cells(_unpainted(line)) for line in lines)) * WIDTH + 2 * MARGIN
    height = len(lines) * HEIGHT + 2 * MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' role="img" font-family="{FONTS}" font-size="13">',
            f"<title>{escape(command)}</title>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})">',
            *_elements(lines),
            "</g>",
            "</svg>",
            "",
        ]
    )


def _elements(lines: list[str]) -> Iterator[str]:
    """Text by its lines, then all that is drawn, a path for each style and kind of stroke."""
    paths: defaultdict[tuple[Style, str], list[str]] = defaultdict(list)
    for row, line in enumerate(lines):
        column = 0
        for text, style in _styled(line):
            for part in re.findall(r"[\u2500-\u259f\u2800-\u28ff]|(?:[^\u2500-\u259f\u2800-\u28ff ]| (?! ))+| ", text):
                x, y, size = column * WIDTH, row * HEIGHT, cells(part)
                column += size
                if drawn := _drawn(part, x, y):
                    stroke, path = drawn
                    paths[style, stroke].append(path)
                elif part.strip():
                    yield _text(part, x, y, size, style)
    for (style, stroke), parts in paths.items():
        yield f'<path {style.attributes("stroke")} fill="none" {stroke} d="{"".join(parts)}"/>'


def _text(part: str, x: int, y: int, size: int, style: Style) -> str:
    """Text without spaces at its ends, as wide as its cells."""
    stripped = part.strip(" ")
    x += (len(part) - len(part.lstrip(" "))) * WIDTH
    length = (size - len(part) + len(stripped)) * WIDTH
    place = f'x="{x}" y="{y + 12}" textLength="{length}" lengthAdjust="spacingAndGlyphs"'
    return f"<text {place} {style.attributes('fill')}>{escape(stripped, quote=False)}</text>"


def _drawn(character: str, x: int, y: int) -> tuple[str, str] | None:
    """Stroke and path of a character that is drawn; None for text."""
    code = ord(character[0])
    if 0x2800 <= code <= 0x28FF:
        dots = (f"M{x + dx} {y + dy}h0" for bit, (dx, dy) in enumerate(_DOTS) if code >> bit & 1)
        return 'stroke-width="3" stroke-linecap="round"', "".join(dots)
    if 0x2581 <= code <= 0x2588:
        filled = 2 * (code - 0x2580)
        return f'stroke-width="{WIDTH}"', f"M{x + 4} {y + HEIGHT}v-{filled}"
    if 0x2500 <= code <= 0x257F:
        words = character_name(character).split()
        arms = [arm for word in words for arm in _BOTH.get(word, (word,)) if arm in _ARMS]
        dashes = ' stroke-dasharray="2"' if "DASH" in words else ""
        return f'stroke-width="1"{dashes}', "".join(f"M{x + 4} {y + 8}{_ARMS[arm]}" for arm in arms)
    return None


def _styled(line: str) -> Iterator[tuple[str, Style]]:
    """Parts of a line, each with the style that the codes before it set."""
    style = Style()
    text, *rest = re.split(r"\x1b\[([\d;]*)m", line)
    yield text, style
    for codes, part in zip(rest[::2], rest[1::2], strict=True):
        style = style.after(codes)
        yield part, style


def _unpainted(line: str) -> str:
    return "".join(text for text, _ in _styled(line))
