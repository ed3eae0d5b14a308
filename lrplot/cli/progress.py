"""Progress bars: only on a terminal, and only for long work."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from time import perf_counter
from typing import IO, TYPE_CHECKING, TextIO

from lrplot.cli.console import is_quiet
from lrplot.output.unfinished import undone_by_signals
from lrplot.output.writers import TableWriter

if TYPE_CHECKING:
    from rich.progress import Progress

    from lrplot.output.tables.shared.rows import Rows

AFTER = 1.0  # seconds of work before there is a bar
EVERY = 0.1  # seconds between two updates of the bar


def with_progress(writer: TableWriter, to_stdout: bool) -> TableWriter:
    """A writer that also shows its progress on standard error.

    It is the writer itself if standard error is no terminal, if the rows appear on the terminal, or with `--quiet`.
    """
    shown = _is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb" and not is_quiet()
    if not shown or (to_stdout and _is_terminal(sys.stdout)):
        return writer

    def write(rows: Rows, file: IO[bytes]) -> None:
        with Bar(len(rows)) as bar:
            writer(replace(rows, written=bar.advance), file)

    return write


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()  # a closed one is None


class Bar:
    """A bar for the share of `total` that is done; drawn after a second of work, and removed at its end."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self._due = perf_counter() + AFTER
        self._progress: Progress | None = None
        self._ending = ExitStack()

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        self._ending.close()

    def advance(self, count: int) -> None:
        """Add to the amount that is done."""
        self.done += count
        if perf_counter() >= self._due:
            self._draw()

    def _draw(self) -> None:
        progress = self._progress = self._progress or self._begin()
        progress.update(progress.task_ids[0], completed=self.done)
        progress.refresh()
        self._due = perf_counter() + EVERY

    def _begin(self) -> Progress:
        # Only if a bar is drawn: rich takes long to import.
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

        columns = BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
        progress = Progress(*columns, console=Console(file=sys.stderr), transient=True, auto_refresh=False)
        progress.add_task("", total=self.total, completed=self.done)
        self._ending.enter_context(progress)
        self._ending.enter_context(undone_by_signals(progress.stop))
        return progress
