"""A page that is drawn again whenever a file that it is made of changes."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import NoReturn

from lrplot.cli.console import Console, error_text
from lrplot.cli.usage import placed
from lrplot.diagnostics import SpecError
from lrplot.output.unfinished import undone_by_signals
from lrplot.wording import cut, several

EVERY = 0.03  # seconds between two looks at the files
GRACE = 15  # looks for which a file may be empty or missing while it is written, or change at each of them
HOME, ERASE_LINE, ERASE_REST = "\x1b[H", "\x1b[K", "\x1b[J"  # what a terminal does on them
Status = tuple[int, ...] | None  # of a file: when it was written, its size, number and last change; None if absent
# Where modules are: importing them is no reading of a spec.
OWN = tuple(os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "platstdlib", "purelib", "platlib"))


class Reads:
    """The files and folders that are read while `recording` is set, with their status just before.

    Python calls the hook whenever it opens a file, so that no reader has to report its own. A file that is missing is
    among them.
    """

    def __init__(self) -> None:
        self.recording = False
        self.before: dict[str, Status] = {}
        sys.addaudithook(self._record)

    def _record(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.recording and event in ("open", "os.scandir", "os.listdir") and isinstance(arguments[0], str | bytes):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if not path.startswith(OWN):
                self.before.setdefault(path, status(path))


def status(path: str) -> Status:
    """The status of a file or a folder."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns  # some programs set the first


def watch(console: Console, draw: Callable[[], str], names: str) -> NoReturn:
    """Draw a page, and again when a file that it was made of or the size of the terminal changes, for ever.

    An error in a spec is drawn too, in place of the page. `names` are the files in words.
    """
    reads, drawn = Reads(), False
    console.emit("\n" * shutil.get_terminal_size().lines)  # what is on the screen can be scrolled back to
    with undone_by_signals(partial(console.emit, "\n")):
        while True:
            size = shutil.get_terminal_size()
            reads.before.clear()
            reads.recording = True
            page = _page(console, draw, first=not drawn)
            drawn = True
            reads.recording = False
            console.emit(on_screen(console.fitted(page), f"Ctrl-C ends watching {names}", size))
            wait_for_change(reads.before, size)


def _page(console: Console, draw: Callable[[], str], first: bool) -> str:
    try:
        return draw()
    except Exception as error:
        if first and not isinstance(error, SpecError):  # a bad option
            raise
        text = error_text(placed(error, sys.argv[1:]), console.color, console.width)
        if text is None:
            raise
        return text


def on_screen(page: str, note: str, size: os.terminal_size) -> str:
    """A page in place of what is on the screen, with a note below it; cut if the screen is too low for both."""
    lines = page.rstrip("\n").split("\n")
    left_out = len(lines) + 2 - size.lines
    if left_out > 0:
        kept = max(size.lines - 1, 1)
        note = f"{several(len(lines) - kept, 'more line')}; {note}" if lines[kept:] else note
        lines = lines[:kept]
    else:
        lines.append("")
    lines.append(cut(note, size.columns - 3))
    if os.environ.get("TERM") == "dumb":  # which cannot go back
        return "\n".join(lines) + "\n"
    return HOME + "\n".join(ERASE_LINE + line for line in lines) + ERASE_REST


def wait_for_change(before: Mapping[str, Status], size: os.terminal_size) -> None:
    """Return once a file has changed and is at rest, or goes on to change, or the terminal has another size."""
    last, looks = dict(before), 0
    while shutil.get_terminal_size() == size:
        time.sleep(EVERY)
        now = {path: status(path) for path in before}
        looks = 0 if now == before else looks + 1
        if looks >= GRACE or (looks and now == last and not _is_written(before, now)):
            return
        last = now


def _is_written(before: Mapping[str, Status], now: Mapping[str, Status]) -> bool:
    """Whether a file that had a content has none, as while it is written."""
    sizes = [(old[1] if old else 0, new[1] if (new := now[path]) else 0) for path, old in before.items()]
    return any(old and not new for old, new in sizes)
