"""Charts as text, compared with charts drawn by hand."""

import numpy as np
import pytest

from lrplot.engine.extremes import Columns
from lrplot.output.terminal.canvas import Canvas, Frame, Trace, draw
from lrplot.output.terminal.glyphs import ASCII, BRAILLE
from lrplot.output.terminal.scale import Scale


def column(*values: float, low=None) -> Columns:
    array = np.array(values, dtype=float)
    return Columns(np.arange(len(values) + 1), array if low is None else np.array(low, float), array, array, array)


UP = Scale(0.0, 1.0, 2, 4, 0, 4, False, (0.0, 1.0, 2.0))
BOTH = Scale(0.0, 1.0, 2, 2, 2, 4, False, (-1.0, 0.0, 1.0))


def drawn(*series: Columns, scale=UP, glyphs=BRAILLE, color=False, edges=(), keys="", width=8):
    traces = [
        Trace(columns, key, style)
        for columns, key, style in zip(series, keys or [""] * len(series), ("cyan", "yellow"), strict=False)
    ]
    labels = {scale.row(tick): f"{tick:g}" for tick in scale.ticks}
    frame = Frame(labels, {0: "0", width - 1: "8"}, "steps", frozenset(edges))
    return draw(traces, scale, frame, Canvas(width, 6, glyphs, color))


def test_a_rising_line_starts_on_the_axis_and_ends_in_the_row_of_its_label():
    assert drawn(column(*np.linspace(0, 2, 16))) == [
        "     2 ┤      ⡠⠊",
        "       │    ⡠⠊",
        "     1 ┤  ⡠⠊",
        "       │⡠⠊",
        "     0 ┼┬──────┬",
        " steps  0      8",
    ]


def test_values_of_zero_lie_directly_above_the_axis_and_negative_ones_below_it():
    assert drawn(column(*[0] * 8, *[-0.01] * 8), scale=BOTH) == [
        "     1 ┤",
        "       │⣀⣀⣀⣀",
        "     0 ┤────────",
        "       │    ⠉⠉⠉⠉",
        "    -1 ┤",
        "       └┬──────┬",
        " steps  0      8",
    ]


def test_the_axis_stays_whole_under_a_curve_that_stays_at_zero():
    lines = drawn(column(*[0.0] * 16))
    assert lines[3:5] == ["       │⣀⣀⣀⣀⣀⣀⣀⣀", "     0 ┼┬──────┬"]


def test_a_spike_one_column_wide_is_a_line_to_its_neighbors():
    assert [line[8:] for line in drawn(column(*[0] * 6, 2, *[0] * 9))[:4]] == ["   ⣷", "   ⣿", "   ⣿", "⣀⣀⣀⢿⣀⣀⣀⣀"]


def test_ascii_square_wave_with_a_phase_edge():
    square = column(2, 2, 0, 0, 2, 2, 0, 0)
    scale = Scale(0.0, 1.0, 2, 4, 0, 3, False, (0.0, 1.0, 2.0))
    assert drawn(square, scale=scale, glyphs=ASCII, edges=(3,)) == [
        "     2 +''-:|'-",
        "       |  |:| |",
        "     1 +  |:| |",
        "       |  |.' |.",
        "     0 ++------+",
        " steps  0      8",
    ]


def test_a_column_spans_its_least_and_greatest_value():
    wide = Columns(np.arange(17), np.zeros(16), np.full(16, 2.0), np.zeros(16), np.full(16, 2.0))
    assert [line[8:] for line in drawn(wide)[:4]] == ["⣿" * 8] * 4


def test_neighboring_cells_of_a_curve_share_one_color_code():
    lines = drawn(column(*[2.0] * 16), column(*[1.0] * 16), color=True)
    assert lines[0] == "     2 ┤\x1b[36m⠉⠉⠉⠉⠉⠉⠉⠉\x1b[0m"
    assert lines[2] == "     1 ┤\x1b[33m⠉⠉⠉⠉⠉⠉⠉⠉\x1b[0m"
    assert lines[1] == "       │"


def test_keys_stand_on_their_curves_in_both_halves():
    lines = drawn(column(*[2.0] * 16), column(*[1.0] * 16), keys="ab")
    assert lines[0].count("a") == 2
    assert lines[2].count("b") == 2


def test_a_key_stands_where_the_curves_are_apart():
    together = column(*[1.0] * 8, *[2.0] * 8)
    lines = drawn(together, column(*[1.0] * 16), keys="ab")
    assert lines[0].count("a") == 1
    assert lines[2].index("b") >= 12


@pytest.mark.parametrize("glyphs", [BRAILLE, ASCII])
def test_values_that_cannot_be_drawn_leave_their_columns_empty(glyphs):
    scale = Scale(0.1, 1.0, 2, 4, 0, glyphs.rows, True, (0.1, 1.0, 10.0))
    values = column(*[0.0] * (4 * glyphs.columns), *[10.0] * (4 * glyphs.columns))
    lines = drawn(values, scale=scale, glyphs=glyphs)
    assert [line[8:12].strip() for line in lines[:4]] == [""] * 4
    assert lines[0][12:].strip()
