"""Widths of pages and diagnostics, with and without ASCII."""

import pytest
from support import Run

from lrplot.analysis.checks.rule import RULES
from lrplot.wording import cells

PAGES = [
    ("kinds",),
    ("kinds", "one_cycle"),
    ("kinds", "torch.OneCycleLR"),
    ("kinds", "torch"),
    ("presets",),
    ("check", "--explain", "all"),
    *(("check", "--explain", code) for code in RULES),
    ("check", "yolov5", "cosine", "one_cycle", "step"),
    ("check", "nosuch"),
]


@pytest.mark.parametrize("width", [40, 57, 80])
@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_pages_fit_the_width(run: Run, monkeypatch, page, width):
    monkeypatch.setenv("COLUMNS", str(width))
    assert max(map(cells, run(*page).out.splitlines())) <= width
    plain = run(*page, "--ascii").out
    assert plain.isascii()
    assert max(map(len, plain.splitlines())) <= width


def test_diagnostics_are_left_whole_in_a_pipe(run: Run):
    out = run("check", "nosuch").out
    assert out.splitlines()[0].startswith("error[")
    assert len(out.splitlines()[0]) == len(" ".join(out.splitlines()[0].split()))


def test_help_fits_a_narrow_terminal(run: Run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    for command in ((), ("show",), ("compare",), ("check",), ("kinds",)):
        assert max(map(len, run(*command, "--help").out.splitlines())) <= 50


def test_errors_are_ascii_on_demand(run: Run, spec):
    result = run("show", spec("steps: 10\nlr: 1\nschedule: {kind: cosine, to: '−5'}"), "--ascii")
    assert result.code == 2
    assert result.err.isascii()
