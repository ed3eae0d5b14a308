"""Long lists on a terminal, by the user's pager."""

from __future__ import annotations

import io
import signal
import sys

import pytest
from support import Run
from terminal import Terminal

from lrplot.cli.pager import page

NUMBERED = "sed s/^/page:/"


def printed(*arguments, lines=24, **environment):
    with Terminal(*arguments, lines=lines, **environment) as terminal:
        assert terminal.end() == 0
    return terminal.printed


@pytest.mark.parametrize("arguments", [["kinds"], ["formats"], ["presets"], ["kinds", "torch"]])
def test_a_list_longer_than_the_terminal_is_paged(arguments):
    paged = printed(*arguments, lines=10, PAGER=NUMBERED)
    assert all(line.startswith("page:") for line in paged.splitlines())
    assert paged.replace("page:", "") == printed(*arguments, "--no-pager", PAGER=NUMBERED)


def test_the_own_variable_comes_first():
    assert printed("kinds", PAGER="false", LRPLOT_PAGER=NUMBERED).startswith("page:")


def test_colors_are_kept_and_less_is_told_so():
    assert "page:\x1b[36m" in printed("kinds", PAGER=NUMBERED)
    assert "FRX" in printed("kinds", PAGER="cat >/dev/null; echo $LESS")
    assert "-i" in printed("kinds", PAGER="cat >/dev/null; echo $LESS", LESS="-i")


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["kinds", "cosine"], {}),
        (["kinds", "--no-pager"], {}),
        (["kinds", "--json"], {}),
        (["presets", "cosine"], {}),
        (["kinds"], {"TERM": "dumb"}),
        (["kinds"], {"LRPLOT_PAGER": ""}),
        (["kinds"], {"LRPLOT_PAGER": "cat"}),
    ],
    ids=["short", "option", "json", "a preset", "dumb", "empty", "cat"],
)
def test_what_is_short_or_data_or_not_wanted_is_not_paged(arguments, environment):
    assert "page:" not in printed(*arguments, **{"PAGER": NUMBERED, "lines": 60, **environment})


def test_a_pager_that_is_not_there_is_done_without():
    assert "details of one" in printed("kinds", PAGER="no-such-pager")


def test_a_pager_that_is_left_early_is_no_error():
    assert printed("kinds", PAGER="head -n 1").count("\n") == 1


@pytest.mark.parametrize(
    ("command", "shown", "text"),
    [("sed s/^/page:/", True, "page:a\npage:b\n"), ("no-such-pager", False, ""), ("cat", False, ""), ("", False, "")],
)
def test_a_pager_writes_where_the_list_would_be(monkeypatch, tmp_path, command, shown, text):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LRPLOT_PAGER", command)
    before = signal.getsignal(signal.SIGINT)
    with (tmp_path / "out").open("w", encoding="utf-8") as file:
        assert page("a\nb\n", file) is shown
    assert (tmp_path / "out").read_text() == text
    assert signal.getsignal(signal.SIGINT) is before


def test_a_stream_in_memory_is_not_paged(monkeypatch):
    monkeypatch.setenv("LRPLOT_PAGER", NUMBERED)
    assert not page("a\n", io.StringIO())


def test_without_a_variable_the_pager_is_less_if_there_is_one(monkeypatch, tmp_path):
    for name in ("LRPLOT_PAGER", "PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not page("a\n", sys.stdout)
    (tmp_path / "less").write_text("#!/bin/sh\n/bin/cat > found\n")
    (tmp_path / "less").chmod(0o755)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "out").open("w", encoding="utf-8") as file:
        assert page("a\n", file)
    assert (tmp_path / "found").read_text() == "a\n"


def test_a_pipe_is_not_paged(run: Run, monkeypatch):
    monkeypatch.setenv("PAGER", NUMBERED)
    monkeypatch.setenv("LINES", "10")
    assert "page:" not in run("kinds").out
