"""The one place that prints."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, TextIO

import typer

from lrplot.diagnostics import NotFinite, SpecError
from lrplot.output.diagnostics import format_diagnostics
from lrplot.output.files import OutputError
from lrplot.output.text import to_ascii

if TYPE_CHECKING:
    from lrplot.output.glyphs import Glyphs

NARROWEST, WIDEST, PIPED = 40, 200, 80


class Console:
    """A stream for a person or a pipe: its width, colour and character set."""

    def __init__(self, stream: TextIO | None = None, color: str = "auto", ascii: bool = False) -> None:
        self.stream = stream or sys.stdout
        self.terminal = self.stream.isatty()
        self.colour = color == "always" or (color == "auto" and self.terminal and not _no_colour())
        self.plain = ascii or not _speaks_unicode(self.stream)

    @property
    def width(self) -> int:
        """Columns of text: the terminal's, within reason; 80 in a pipe."""
        columns = shutil.get_terminal_size((PIPED, 24)).columns if self.terminal or "COLUMNS" in os.environ else PIPED
        return max(NARROWEST, min(columns, WIDEST))

    @property
    def glyphs(self) -> Glyphs:
        """What charts can be drawn with here."""
        from lrplot.output.glyphs import ASCII, BRAILLE

        return ASCII if self.plain else BRAILLE

    def emit(self, text: str) -> None:
        """Print, quietly ending the program where nobody reads any more."""
        self._write(lambda: self.stream.write(to_ascii(text) if self.plain else text))

    def emit_bytes(self, write: Callable[[IO[bytes]], None]) -> None:
        """Let `write` put bytes on the stream."""
        self._write(lambda: write(self.stream.buffer))

    def _write(self, write: Callable[[], object]) -> None:
        try:
            write()
            self.stream.flush()
        except BrokenPipeError:
            # What Python still holds would fail again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
            raise typer.Exit(0) from None
        except OSError as error:
            raise OutputError(f"cannot write to standard output: {error.strerror}") from None


def report(error: Exception) -> str | None:
    """Print what a user did wrong; None for an error that is lrplot's own."""
    console = Console(sys.stderr)
    if isinstance(error, SpecError):
        text = format_diagnostics(error.diagnostics, console.colour)
    elif isinstance(error, NotFinite):
        text = f"error[not-finite]: the schedule is not finite at step {error.step:,}: {error.value}\n"
    elif isinstance(error, OutputError):
        text = f"error[unwritable]: {error}\n"
    else:
        return None
    console.emit(text)
    return text


def _no_colour() -> bool:
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def _speaks_unicode(stream: TextIO) -> bool:
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return encoding.startswith("utf")
