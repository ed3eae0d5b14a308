"""The one place that prints."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, TextIO

import typer

from lrplot.diagnostics import NotFinite, SpecError
from lrplot.output.files import OutputError
from lrplot.output.text import printable, to_ascii

if TYPE_CHECKING:
    from lrplot.output.terminal.glyphs import Glyphs

NARROWEST, WIDEST, PIPED = 40, 200, 80


class Console:
    """A stream for a person or a pipe: its width, colour and character set."""

    def __init__(self, stream: TextIO | None = None, color: str = "auto", ascii: bool = False) -> None:
        found = _given(stream or sys.stdout)
        if found is None:
            raise OutputError("cannot write to standard output: it is closed")
        self.stream = found
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
        from lrplot.output.terminal.glyphs import ASCII, BRAILLE

        return ASCII if self.plain else BRAILLE

    def emit(self, text: str) -> None:
        """Print, quietly ending the program where nobody reads any more."""
        # A file's name need not be text: what is not becomes `?`.
        shown = to_ascii(text) if self.plain else text.encode("utf-8", "replace").decode("utf-8")
        self._write(lambda: self.stream.write(shown))

    def emit_json(self, data: object) -> None:
        """Print data as JSON; in ASCII, so that it reads the same in every locale and steers no terminal."""
        import json

        self.emit(json.dumps(data, indent=2) + "\n")

    def emit_bytes(self, write: Callable[[IO[bytes]], None]) -> None:
        """Let `write` put bytes on the stream."""
        self._write(lambda: write(self.stream.buffer))

    def _write(self, write: Callable[[], object]) -> None:
        try:
            write()
            self.stream.flush()
        except BrokenPipeError:
            # What Python still holds would fail again at exit.
            _forget(self.stream)
            raise typer.Exit(0) from None
        except OSError as error:
            _forget(self.stream)
            raise OutputError(f"cannot write to standard output: {error.strerror}") from None


def settle() -> None:
    """Write out what the standard streams still hold, or drop it, so that ending the program cannot fail."""
    for stream in filter(None, (_given(sys.stdout), _given(sys.stderr))):
        try:
            stream.flush()
        except OSError:
            _forget(stream)


def _forget(stream: TextIO) -> None:
    with suppress(OSError, ValueError):  # a stream that is no file has nothing to drop
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def report(error: Exception, color: str = "auto") -> bool:
    """Print what a user, or the system, did wrong; False for an error that is lrplot's own."""
    stream = _given(sys.stderr)
    console = Console(stream, color) if stream else None
    text = _told(error, bool(console and console.colour))
    if text is not None and console:
        with suppress(OutputError, typer.Exit):  # nobody listens
            console.emit(text)
    return text is not None


def _told(error: Exception, colour: bool) -> str | None:
    match error:
        case SpecError():
            from lrplot.output.terminal.diagnostics import format_diagnostics  # only where something is wrong

            return format_diagnostics(error.diagnostics, colour)
        case NotFinite():
            return f"error[not-finite]: the schedule is not finite at step {error.step:,}: {error.value}\n"
        case OutputError():
            return f"error[unwritable]: {printable(str(error))}\n"
        case OSError():
            return f"error[system]: {printable(str(error))}\n"
        case MemoryError():
            return "error[too-large]: there is not enough memory for this\n"
    return None


def _given(stream: TextIO | None) -> TextIO | None:
    """A standard stream, which is None where it is closed, though its type denies it."""
    return stream


def _no_colour() -> bool:
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def _speaks_unicode(stream: TextIO) -> bool:
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return encoding.startswith("utf")
