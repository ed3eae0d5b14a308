"""`lrplot` commands of a page, run in this process: what they print, in a pipe or on a terminal."""

from __future__ import annotations

import io
import os
import shlex
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from lrplot.cli.main import main
from maker.terminal import COLUMNS

_SURROUNDINGS = ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM")


class _Stream(io.TextIOWrapper):
    """A UTF-8 stream in memory; a terminal for those who ask if `terminal` is set."""

    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        """The text that was written."""
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode("utf-8")


def printed(command: str, folder: Path, *, terminal: bool = False, fails: bool = False) -> str:
    """The output of a command that starts with `lrplot`, run in `folder`: standard output, then standard error.

    `ValueError` if it refuses its spec or an option and is not meant to fail, or the other way round.
    """
    program, *words = shlex.split(command)
    if program != "lrplot":
        raise ValueError(f"only lrplot is run, not {command!r}")
    output, errors = _Stream(terminal), _Stream(terminal)
    code = 0
    with _environment(terminal), chdir(folder), redirect_stdout(output), redirect_stderr(errors):
        try:
            main([path for word in words for path in _expanded(word)])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    if (code == 2) != fails:
        raise ValueError(f"{command!r} exits with {code}:\n{output.text}{errors.text}")
    return output.text + errors.text


def _expanded(word: str) -> list[str]:
    """The files that a word such as `specs/*.yaml` stands for, as the shell expands it; else the word itself."""
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]


@contextmanager
def _environment(terminal: bool) -> Iterator[None]:
    """An environment without what changes the output; that of a terminal has its width."""
    kept = {name: os.environ.pop(name) for name in _SURROUNDINGS if name in os.environ}
    if terminal:
        os.environ["COLUMNS"] = str(COLUMNS)
    try:
        yield
    finally:
        os.environ.pop("COLUMNS", None)
        os.environ.update(kept)
