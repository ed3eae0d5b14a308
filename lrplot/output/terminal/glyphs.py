"""Glyphs: the characters that charts consist of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lrplot.lazy import dataclass

Dots = NDArray[np.bool_]

_BRAILLE_BITS = np.array(
    [
        [0x01, 0x08],
        [0x02, 0x10],
        [0x04, 0x20],
        [0x40, 0x80],
    ]
)
_ASCII_CELLS = " .--'|'|"  # bottom third is bit 1, middle 2, top 4; top and bottom make a line


@dataclass(eq=False)
class Glyphs:
    """A set of characters: `cell` gives the character for the dots of a cell (rows × columns).

    `up` to `tick_down` are the parts of the frame, named by the direction of their lines.
    `blocks` are bars of increasing height. If `plain` is set, the texts around a drawing are ASCII too.
    """

    rows: int
    columns: int
    cell: Callable[[Dots], str]
    up: str
    tick_left: str
    corner: str
    corner_tick: str
    across: str
    tick_down: str
    edge: str
    blocks: str
    plain: bool = False


def _braille(dots: Dots) -> str:
    return chr(0x2800 + int(_BRAILLE_BITS[dots].sum())) if dots.any() else " "


def _ascii(dots: Dots) -> str:
    top, middle, bottom = dots[:, 0].tolist()
    return _ASCII_CELLS[4 * top + 2 * middle + bottom]


BRAILLE = Glyphs(4, 2, _braille, "│", "┤", "└", "┼", "─", "┬", "┊", "▁▂▃▄▅▆▇█")
ASCII = Glyphs(3, 1, _ascii, "|", "+", "+", "+", "-", "+", ":", "_.-=+*#@", plain=True)
