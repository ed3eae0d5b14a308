"""A terminal in which a test runs `lrplot` as its user does."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from codecs import getincrementaldecoder
from pathlib import Path
from types import TracebackType
from typing import Self

from support import ROOT, default_signals

PATIENCE = 60  # seconds without any output, after which a test has failed


class Terminal:
    """A process whose standard streams are a pseudo-terminal of some columns and lines; `printed` is all it wrote."""

    def __init__(
        self, *arguments: object, folder: Path = ROOT, columns: int = 80, lines: int = 24, **environment: str
    ) -> None:
        self.printed = ""
        self._decoder = getincrementaldecoder("utf-8")()
        self._place = 0  # up to which it has been looked at
        self._own, other = pty.openpty()
        self.resize(columns, lines)
        names = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "LRPLOT_PAGER", "LESS")
        inherited = {name: value for name, value in os.environ.items() if name not in names}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lrplot", *map(str, arguments)],
            stdin=other,
            stdout=other,
            stderr=other,
            cwd=folder,
            env={**inherited, "TERM": "xterm", "PYTHONPATH": str(ROOT), **environment},
            start_new_session=True,
            preexec_fn=default_signals,
        )
        os.close(other)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._own)

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._own, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def until(self, text: str) -> str:
        """What is printed from the last such place up to the next `text`."""
        while (found := self.printed.find(text, self._place)) < 0:
            assert self._read(), f"{text!r} does not come after {self.printed[self._place :]!r}"
        part, self._place = self.printed[self._place : found], found + len(text)
        return part

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        return self.process.wait()

    def _read(self) -> bool:
        ready, _, _ = select.select([self._own], [], [], PATIENCE)
        assert ready, f"nothing more comes after {self.printed!r}"
        try:
            content = os.read(self._own, 1 << 16)
        except OSError:  # on Linux the end of a terminal is an error
            return False
        self.printed += self._decoder.decode(content)
        return bool(content)
