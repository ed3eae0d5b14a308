"""Diagnostics as text: their form, and control characters in specs."""

from __future__ import annotations

import re

import pytest

from lrplot import Diagnostic, Source, Span
from lrplot.output.terminal.diagnostics import format_diagnostics
from lrplot.wording import cells

CODES = re.compile(r"\x1b\[[0-9;]*m")
SMALL = Source("configs/small.yaml", "steps: 10_000\nlr: 3e-4\nschedule:\n  wamup: 500\n")
WAMUP = Diagnostic("unknown-field", "`cosine` has no field `wamup`", Span(SMALL, "", 3, 2, 7), "did you mean `warmup`?")
CONTRACT = """\
error[unknown-field]: `cosine` has no field `wamup`
 --> configs/small.yaml:4:3
  |
4 |   wamup: 500
  |   ^^^^^
help: did you mean `warmup`?
"""


def under(source, line, column, end):
    """The shown line and the text its carets are under."""
    span = Span(Source("a", source), "", line, column, end)
    shown, carets = format_diagnostics([Diagnostic("x", "y", span)], color=False).splitlines()[3:]
    start, stop = carets.index("^"), len(carets)
    assert set(carets[start:]) == {"^"}
    return shown, shown[start:stop]


def test_form_of_a_diagnostic():
    assert format_diagnostics([WAMUP], color=False) == CONTRACT


def test_a_blank_line_between_two():
    assert format_diagnostics([WAMUP, WAMUP], color=False) == f"{CONTRACT}\n{CONTRACT}"


@pytest.mark.parametrize(
    ("diagnostic", "expected"),
    [
        (Diagnostic("a-b", "no place"), "error[a-b]: no place\n"),
        (Diagnostic("a", "no place", help="cure"), "error[a]: no place\nhelp: cure\n"),
        (Diagnostic("a", "not so bad", severity="warning"), "warning[a]: not so bad\n"),
        (Diagnostic("a", "no line", Span(Source("<mapping>"))), "error[a]: no line\n --> <mapping>\n"),
        (
            Diagnostic("a", "path", Span(Source("<mapping>"), "schedule[0].to"), "cure"),
            "error[a]: path\n --> <mapping> at `schedule[0].to`\nhelp: cure\n",
        ),
        (Diagnostic("a", "no text", Span(Source("f"), "", 6)), "error[a]: no text\n --> f:7:1\n"),
        (
            Diagnostic("a", "no help", Span(Source("f", "lr: 1"), "", 0, 4, 5)),
            "error[a]: no help\n --> f:1:5\n  |\n1 | lr: 1\n  |     ^\n",
        ),
        (
            Diagnostic("a", "no width", Span(Source("f", "lr: "), "", 0, 4, 4)),
            "error[a]: no width\n --> f:1:5\n  |\n1 | lr:\n  |     ^\n",
        ),
        (
            Diagnostic("a", "empty line", Span(Source("f", "\nlr"), "", 0, 0, 1)),
            "error[a]: empty line\n --> f:1:1\n  |\n1 |\n  | ^\n",
        ),
    ],
)
def test_diagnostics_without_a_place_or_help(diagnostic, expected):
    assert format_diagnostics([diagnostic], color=False) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (9, "error[a]: b\n --> f:9:1\n  |\n9 | x9\n  | ^^\n"),
        (10, "error[a]: b\n  --> f:10:1\n   |\n10 | x10\n   | ^^\n"),
        (1000, "error[a]: b\n    --> f:1000:1\n     |\n1000 | x1000\n     | ^^\n"),
    ],
)
def test_the_bar_stands_clear_of_the_line_number(line, expected):
    source = Source("f", "".join(f"x{i}\n" for i in range(1, 1001)))
    assert format_diagnostics([Diagnostic("a", "b", Span(source, "", line - 1, 0, 2))], color=False) == expected


def test_color_adds_nothing_but_color():
    plain = format_diagnostics([WAMUP, Diagnostic("a", "b")], color=False)
    colored = format_diagnostics([WAMUP, Diagnostic("a", "b")], color=True)
    assert CODES.sub("", colored) == plain
    assert not CODES.search(plain)
    for token in ("error[unknown-field]", "^^^^^", "help"):
        assert re.search(rf"\x1b\[[0-9;]+m{re.escape(token)}\x1b\[0m", colored)


def test_every_line_ends_in_its_own_color():
    for line in format_diagnostics([WAMUP], color=True).splitlines():
        assert [code == "\x1b[0m" for code in CODES.findall(line)] == [False, True] * (len(CODES.findall(line)) // 2)


@pytest.mark.parametrize("column", [0, 1, 40, 49, 50, 51, 99, 100, 101, 150, 250, 5_000, 299_000])
@pytest.mark.parametrize("after", [0, 1, 60, 200, 1000])
def test_a_long_line_is_shown_in_part(column, after):
    shown, token = under("." * column + "token" + "-" * after, 0, column, column + 5)
    assert token == "token"
    assert len(shown) <= 110


def test_a_long_token_is_underlined_as_far_as_it_is_shown():
    shown, token = under(f"lr: {'9' * 5_000}", 0, 4, 5_004)
    assert shown.startswith("1 | lr: 999")
    assert set(token) == {"9"}
    assert 50 < len(token) <= 110


@pytest.mark.parametrize(
    ("text", "column", "end"),
    [
        ("\tlr:\ttrue", 5, 9),
        ("\t\t\ttrue", 3, 7),
        ("a\tb\ttrue\t# c", 4, 8),
        ("\t" * 200 + "true", 200, 204),
        ("é: true", 3, 7),
        ("a: 'ö', b: true", 11, 15),
        ("\x1b[31m: true", 7, 11),
        ("a\x00\x07\x7f\x9b\u202e\ufeff: true", 9, 13),
        ("a\u00a0b: true", 5, 9),
    ],
)
def test_the_caret_is_under_its_token_whatever_comes_before(text, column, end):
    shown, token = under(f"first: line\n{text}\n", 1, column, end)
    assert token == "true"
    assert shown.isprintable()


HARMFUL = [chr(i) for i in (*range(9), 11, 12, *range(14, 32), *range(127, 160))] + list(
    "\u200b\u202e\u2066\u2028\ufeff"
)


@pytest.mark.parametrize("harm", [*HARMFUL, "\n", "\r", "\t"], ids=lambda char: f"U+{ord(char):04X}")
def test_control_characters_are_replaced(harm):
    evil = f"a{harm}[31mb"
    span = Span(Source(evil, f"{evil.replace(harm, harm * 2)}: true"), evil, 0, 0, 1)
    for place in (None, span, Span(Source(evil), evil)):
        printed = format_diagnostics([Diagnostic("code", evil, place, evil)], color=False)
        assert printed.replace("\n", "").isprintable()
        assert printed.count("\n") == len(printed.splitlines()) <= 6
        assert printed.startswith("error[code]: a")


def test_a_place_past_the_end_of_the_text():
    for line, column in ((1, 0), (7, 3), (0, 80)):
        printed = format_diagnostics(
            [Diagnostic("a", "b", Span(Source("f", "lr: [1"), "", line, column, column))], False
        )
        assert printed.splitlines()[:2] == ["error[a]: b", f" --> f:{line + 1}:{column + 1}"]


@pytest.mark.parametrize("width", [40, 57, 80])
@pytest.mark.parametrize("letter", [".", "学"])
@pytest.mark.parametrize("column", [0, 10, 38, 200])
def test_a_narrow_terminal_shows_the_token_with_its_caret(width, letter, column):
    span = Span(Source("a.yaml", letter * column + "token" + letter * 100), "", 0, column, column + 5)
    message = "a message of many words that does not fit into one line of a narrow terminal at all"
    lines = format_diagnostics([Diagnostic("code", message, span, "help")], color=False, width=width).splitlines()
    assert max(map(cells, lines)) <= width
    (shown,) = (line for line in lines if line.startswith("1 | "))
    (carets,) = (line for line in lines if "^" in line)
    assert cells(shown[: shown.index("token")]) == carets.index("^")
    assert carets.count("^") == 5


def test_a_place_is_not_divided():
    source = Source("a/long/path/to/the/configs/of/a/project/train.yaml", "lr: 1\n")
    lines = format_diagnostics([Diagnostic("a", "b", Span(source, "", 0, 4, 5))], color=False, width=40).splitlines()
    assert lines[1] == " --> a/long/path/to/the/configs/of/a/project/train.yaml:1:5"
    assert max(map(len, [lines[0], *lines[2:]])) <= 40
