"""Progress bars: only on a terminal, only for long work, removed at the end."""

import io
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from lrplot.cli import progress
from lrplot.cli.progress import with_progress
from lrplot.curves.curve import Flat
from lrplot.engine.evaluate import BLOCK
from lrplot.output.tables.shared.rows import Rows
from lrplot.output.unfinished import undo
from lrplot.output.writers import TABLES

ROWS = Rows({"lr": Flat(10 * BLOCK, 0.5)}, 0, 10 * BLOCK, 2)  # five blocks of them


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=stream, stdout=io.StringIO()))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "EVERY", 0.0)
    return stream


def written(writer):
    file = io.BytesIO()
    writer(ROWS, file)
    return file.getvalue()


@pytest.mark.parametrize("format", list(TABLES))
def test_progress_bar_does_not_change_the_output(format, terminal, monkeypatch):
    plain = written(TABLES[format])
    assert terminal.getvalue() == ""
    monkeypatch.setattr(progress, "AFTER", 0.0)
    assert written(with_progress(TABLES[format], False)) == plain
    shares = re.findall(r"(\d+)%", terminal.getvalue())
    assert shares[0] == ("10" if format == "npz" else "20")  # an archive has one array after the other
    assert {"20", "40", "60", "80", "100"} <= set(shares)


def test_progress_bar_is_removed_and_the_cursor_shown_again(terminal, monkeypatch):
    monkeypatch.setattr(progress, "AFTER", 0.0)

    def failing(rows, file):
        next(rows.blocks())
        blocks = rows.blocks()
        next(blocks), next(blocks)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(with_progress(failing, False))
    hidden, shown = "\x1b[?25l", "\x1b[?25h"
    assert terminal.getvalue().count(hidden) == 1
    assert shown in terminal.getvalue().partition(hidden)[2]
    assert terminal.getvalue().endswith("\x1b[2K")  # the line is cleared


def test_a_signal_shows_the_cursor_again(terminal, monkeypatch):
    monkeypatch.setattr(progress, "AFTER", 0.0)

    def ended(rows, file):
        blocks = rows.blocks()
        next(blocks), next(blocks)
        undo()
        assert "\x1b[?25h" in terminal.getvalue().partition("\x1b[?25l")[2]

    written(with_progress(ended, False))


def test_short_work_has_no_progress_bar(terminal):
    assert written(with_progress(TABLES["csv"], False)) == written(TABLES["csv"])
    assert terminal.getvalue() == ""


def test_no_progress_bar_without_a_terminal():
    writer = TABLES["csv"]
    assert with_progress(writer, False) is writer


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_no_progress_bar_if_rows_go_to_the_terminal_or_it_is_dumb(term, terminal, monkeypatch):
    monkeypatch.setenv("TERM", term)
    progress.sys.stdout = Terminal()
    assert with_progress(TABLES["csv"], True) is TABLES["csv"]
    assert (with_progress(TABLES["csv"], False) is TABLES["csv"]) == (term == "dumb")


def test_rich_is_imported_only_for_a_progress_bar():
    code = "import sys, lrplot.cli.progress; sys.exit(any(name.startswith('rich') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
