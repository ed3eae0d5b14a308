"""Lines that are too wide: cut again, or wrapped between words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrplot.output.terminal.fit import fit
from lrplot.output.terminal.glyphs import ASCII, BRAILLE
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import unpainted
from lrplot.wording import cells


def test_lines_within_the_width_are_left_alone():
    assert fit("a  b\n\n   c d\n", 8) == "a  b\n\n   c d\n"


def test_a_wide_line_is_wrapped_with_more_indentation():
    assert fit("  one two three four", 12) == "  one two\n    three\n    four"


def test_a_line_that_was_cut_is_cut_again():
    assert fit("step -> the value falls by a fac...", 20) == "step -> the value..."
    assert fit("one two three…", 9) == "one two…"


def test_a_word_that_no_line_holds_is_divided():
    assert fit("ab 0123456789", 6) == "ab\n  0123\n  4567\n  89"


def test_color_codes_take_no_room():
    assert fit("\x1b[1mone\x1b[0m two", 7) == "\x1b[1mone\x1b[0m two"


@given(st.text(st.sampled_from("ab 学…")), st.integers(6, 20))
def test_no_line_is_wider_than_asked(text, width):
    assert all(cells(unpainted(line)) <= width for line in fit(text, width).split("\n"))


@given(st.lists(st.text(st.sampled_from("ab学"), min_size=1)), st.integers(5, 20))
def test_wrapped_parts_fit_and_keep_every_letter(parts, width):
    lines = wrap(parts, width, " ")
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(parts)


@pytest.mark.parametrize(
    ("glyphs", "text", "width", "expected"),
    [
        (BRAILLE, "encoder_block_23_attention", 26, "encoder_block_23_attention"),
        (BRAILLE, "encoder_block_23_attention", 15, "encoder…ttention"[:7] + "…" + "tention"),
        (ASCII, "Warmup–stable–decay", 12, "Warmu...ecay"),
        (ASCII, "0 → 1", 8, "0 -> 1"),
        (BRAILLE, "学習率学習率", 7, "学…率"),
        (BRAILLE, "a\x1bb", 9, "a\N{REPLACEMENT CHARACTER}b"),
    ],
)
def test_a_long_name_is_cut_in_the_middle(glyphs, text, width, expected):
    look = Look(80, glyphs)
    assert look.cut(text, width) == expected
    assert cells(look.cut(text, width)) <= width
