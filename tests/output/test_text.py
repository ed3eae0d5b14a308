"""Text for a terminal."""

import pytest

from lrplot.output.text import printable, to_ascii


@pytest.mark.parametrize(
    ("text", "plain"),
    [("0 → 1e-4 · n − 1", "0 -> 1e-4 - n - 1"), ("64 × 2 ÷ 3", "64 x 2 / 3"), ("Ω", "?"), ("plain", "plain")],
)
def test_to_ascii(text, plain):
    assert to_ascii(text) == plain


@pytest.mark.parametrize("text", ["\x1b[31mred", "two\nlines", "bell\x07", "\u202eright to left", "\x9b31m"])
def test_printable_disarms_control_characters(text):
    safe = printable(text)
    assert safe.isprintable()
    assert len(safe) == len(text)


def test_printable_leaves_names_alone():
    assert printable("Größe 1e-4 [bold] $x$ 模型") == "Größe 1e-4 [bold] $x$ 模型"
