"""Pictures of a terminal, as SVG that looks the same whatever fonts a browser has.

Each character of a text is placed in its cell. Dots, frames and bars are drawn, because fonts
differ most in the width of these characters. The picture brings its own dark ground, so that it is legible on
a light page and on a dark one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import name as character_name

from lrplot.wording import cells

COLUMNS = 100
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
    typed = "\n".join(f"\x1b[1m{line}\x1b[0m" for line in command.split("\n"))
    text = f"\x1b[2m$\x1b[0m {typed}\n{output}"
    rows = [row for line in text.rstrip("\n").split("\n") for row in _rows(_styled(line))]
    width, height = COLUMNS * WIDTH + 2 * MARGIN, len(rows) * HEIGHT + 2 * MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' role="img" font-family="{FONTS}" font-size="13">',
            f"<title>{escape(command)}</title>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{GROUND}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})">',
            *_elements(rows),
            "</g>",
            "</svg>",
            "",
        ]
    )


def _elements(rows: Sequence[Sequence[tuple[str, Style]]]) -> Iterator[str]:
    """Text row by row, then all that is drawn, a path for each style and kind of stroke."""
    paths: defaultdict[tuple[Style, str], list[str]] = defaultdict(list)
    for row, parts in enumerate(rows):
        column = 0
        for text, style in parts:
            for part in re.findall(r"[\u2500-\u259f\u2800-\u28ff]|(?:[^\u2500-\u259f\u2800-\u28ff ]| (?! ))+| ", text):
                x, y = column * WIDTH, row * HEIGHT
                column += cells(part)
                if drawn := _drawn(part, x, y):
                    stroke, path = drawn
                    paths[style, stroke].append(path)
                elif part.strip():
                    yield _text(part, x, y, style)
    for (style, stroke), lines in paths.items():
        yield f'<path {style.attributes("stroke")} fill="none" {stroke} d="{"".join(lines)}"/>'


def _text(part: str, x: int, y: int, style: Style) -> str:
    """Text without spaces at its ends, each character in its cell."""
    x += (len(part) - len(part.lstrip(" "))) * WIDTH
    text = part.strip(" ")
    places = " ".join(str(x + cells(text[:index]) * WIDTH) for index in range(len(text)))
    return f'<text x="{places}" y="{y + 12}" {style.attributes("fill")}>{escape(text, quote=False)}</text>'


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


def _rows(parts: Iterable[tuple[str, Style]]) -> Iterator[list[tuple[str, Style]]]:
    """The rows that a line takes on a terminal, which breaks it where its width ends."""
    row: list[tuple[str, Style]] = []
    left = COLUMNS
    for text, style in parts:
        rest = text
        while cells(rest) > left:
            yield [*row, (rest[:left], style)]
            row, rest, left = [], rest[left:], COLUMNS
        row.append((rest, style))
        left -= cells(rest)
    yield row
