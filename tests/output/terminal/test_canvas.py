"""Charts as text, compared with charts drawn by hand."""

from fractions import Fraction

import numpy as np
import pytest

from lrplot.chart.axis import time_axis, value_axis
from lrplot.engine.extremes import Columns
from lrplot.output.terminal.canvas import Canvas, draw, sparkline
from lrplot.output.terminal.glyphs import ASCII, BRAILLE
from lrplot.runs.timebase import Rates, Timebase


def column(*values: float, low=None) -> Columns:
    array = np.array(values, dtype=float)
    return Columns(np.arange(len(values) + 1), array if low is None else np.array(low, float), array, array, array)


def drawn(*series: Columns, width=8, height=4, glyphs=BRAILLE, color=False, edges=(), log=False) -> str:
    y = value_axis(series, log, 3)
    x = time_axis(Timebase(8, "steps", Fraction(8), Rates()), 2)
    return "\n".join(draw(series, y, x, edges, Canvas(width, height, glyphs, color), 3))


def test_braille_diagonal():
    assert drawn(column(*range(16))).splitlines() == [
        "    │      ⡠⠊",
        " 10 ┤    ⡠⠊",
        "    │  ⡠⠊",
        "  0 ┼⡠⠊──┬──┬",
        "      8 steps",
    ]


def test_a_spike_one_column_wide_is_a_line_to_its_neighbours():
    assert drawn(column(0, 0, 0, 1, 0, 0, 0, 0)).splitlines() == [
        "1.0 ┤   ⡏⡆",
        "0.5 ┤   ⡇⡇",
        "    │   ⡇⡇",
        "  0 ┼⣀⣀⣀⠇⣇⣀⣀⣀",
        "      8 steps",
    ]


def test_ascii_square_wave_with_a_phase_edge():
    square = column(1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0)
    assert drawn(square, width=16, glyphs=ASCII, edges=(0.125,)).splitlines() == [
        "1.0 +''''-   |'''-",
        "0.5 +  : |   |   |",
        "    |  : |   |   |",
        "  0 ++---|...'---|...",
        "     0        8 steps",
    ]


def test_a_column_spans_its_least_and_greatest_value():
    wide = Columns(np.arange(17), np.zeros(16), np.ones(16), np.zeros(16), np.ones(16))
    assert [line[5:] for line in drawn(wide).splitlines()[:4]] == ["⣿" * 8] * 4


def test_neighboring_cells_of_a_track_share_one_color_code():
    lines = drawn(column(*[1.0] * 16), column(*[0.9] * 16), color=True).splitlines()
    assert lines[0] == "1.00 ┤\x1b[36m⠉⠉⠉⠉⠉⠉⠉⠉\x1b[0m"
    assert lines[3] == "0.90 ┼\x1b[33m⣀⣀⣀⣀⣀⣀⣀⣀\x1b[0m"
    assert lines[2] == "0.95 ┤"


def test_log_axis_leaves_zero_out():
    lines = drawn(column(*[0.0] * 8, *[10.0] * 4, *[0.1] * 4), log=True).splitlines()
    assert lines[:4] == [" 10 ┤    ⠉⠉⡆", "  1 ┤      ⡇", "    │      ⡇", "0.1 ┼┬───┬─⣇⣀"]


@pytest.mark.parametrize("glyphs", [BRAILLE, ASCII])
def test_sparkline_keeps_the_peak(glyphs):
    values = np.zeros(40)
    values[17] = 1.0
    line = sparkline(column(*values), 40, glyphs)
    assert line == glyphs.blocks[0] * 17 + glyphs.blocks[-1] + glyphs.blocks[0] * 22
    assert sparkline(column(1.0, 0.5), 40, BRAILLE) == "█▅"
