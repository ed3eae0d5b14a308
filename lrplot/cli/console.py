"""The only place that prints."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

import typer

# Typer has no public names for these parts of its own copy of Click.
from typer._click.exceptions import ClickException
from typer._click.globals import get_current_context

from lrplot.diagnostics import Diagnostic, SpecError
from lrplot.output.files import OutputError, whole_file
from lrplot.output.text import to_ascii

if TYPE_CHECKING:
    from lrplot.output.terminal.glyphs import Glyphs

NARROWEST, WIDEST, PIPED = 40, 200, 80
NO_LINKS = ("", "dumb", "linux")  # terminals that may print the address of a link; others ignore it or know links
QUIET = "lrplot.quiet"  # in the context of a command line: whether `--quiet` is set


class Console:
    """A stream, with its width, colors, links and characters."""

    def __init__(
        self, stream: TextIO | None = None, color: str = "auto", ascii: bool = False, width: int | None = None
    ) -> None:
        target = _open(stream or sys.stdout)
        if target is None:
            raise OutputError("cannot write to standard output: it is closed")
        self.stream = target
        self.terminal = self.stream.isatty()
        self.color = color == "always" or (color == "auto" and _wants_color(self.terminal))
        self.links = self.terminal and self.color and _terminal_name() not in NO_LINKS
        self.plain = ascii or not _is_unicode(self.stream)
        self.bounded = self.terminal or (stream is None and "COLUMNS" in os.environ)
        self._width = width

    @property
    def width(self) -> int:
        """Columns of text: those asked for, or of the terminal, at least 40 and at most 200; 80 in a pipe."""
        if self._width is not None:
            return self._width
        columns = shutil.get_terminal_size((PIPED, 24)).columns if self.bounded else PIPED
        return max(NARROWEST, min(columns, WIDEST))

    @property
    def glyphs(self) -> Glyphs:
        """The glyphs for charts: plain ASCII if the stream has no Unicode."""
        from lrplot.output.terminal.glyphs import ASCII, BRAILLE

        return ASCII if self.plain else BRAILLE

    def emit(self, text: str) -> None:
        """Print text for a reader, unless `--quiet` is set."""
        if not is_quiet():
            self.emit_data(text)

    def emit_data(self, text: str) -> None:
        """Print text that is data; end the program without an error if the pipe is closed."""
        # The name of a file may have bytes that are no text: they become `?`.
        encodable = to_ascii(text) if self.plain else text.encode("utf-8", "replace").decode("utf-8")
        self._write(lambda: self.stream.write(encodable))

    def emit_page(self, text: str) -> None:
        """Print a page: no line is wider than the width, also after its characters became ASCII."""
        self.emit(self.fitted(text))

    def emit_list(self, text: str, pager: bool = True) -> None:
        """Print a page that may be long: by the user's pager, if it is longer than the terminal."""
        fitted = self.fitted(text)
        lines = shutil.get_terminal_size().lines
        if pager and self.terminal and not is_quiet() and fitted.count("\n") >= lines:
            from lrplot.cli.pager import page  # only for a terminal

            if page(fitted, self.stream):
                return
        self.emit(fitted)

    def diagnostics(self, formatted: Callable[[int | None], str]) -> str:
        """Diagnostics, formatted for a width if one is known; in a pipe, their lines are left whole."""
        return self.fitted(formatted(self.width)) if self.bounded else formatted(None)

    def fitted(self, text: str) -> str:
        """A page without lines that are wider than the width."""
        from lrplot.output.terminal.fit import fit

        return fit(to_ascii(text) if self.plain else text, self.width)

    def emit_json(self, command: str, data: Mapping[str, object]) -> None:
        """Print the result of a command as one JSON object, in ASCII: the same in every locale."""
        from lrplot.output.objects import json_text

        self.emit_data(json_text(command, data))

    def emit_to(self, output: str, text: str) -> None:
        """Print text that is data, or write it into a file if `output` names one."""
        if output == "-":
            self.emit_data(text)
            return
        with whole_file(Path(output)) as file:
            file.write(text.encode("utf-8", "replace"))

    def emit_bytes(self, write: Callable[[IO[bytes]], None]) -> None:
        """Print the bytes that `write` writes into a file."""
        self._write(lambda: write(self.stream.buffer))

    def _write(self, write: Callable[[], object]) -> None:
        try:
            write()
            self.stream.flush()
        except BrokenPipeError:
            # Otherwise writing the buffer would fail again at exit.
            _discard(self.stream)
            raise typer.Exit(0) from None
        except OSError as error:
            _discard(self.stream)
            raise OutputError(f"cannot write to standard output: {error.strerror}") from None


def settle() -> None:
    """Flush the standard streams, or discard their buffers, so that the end of the program cannot fail."""
    for stream in filter(None, (_open(sys.stdout), _open(sys.stderr))):
        try:
            stream.flush()
        except OSError:
            _discard(stream)


def _discard(stream: TextIO) -> None:
    with suppress(OSError, ValueError):  # a stream without a file has no buffer to discard
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def is_quiet() -> bool:
    """Whether the command line has `--quiet`."""
    context = get_current_context(silent=True)
    return bool(context and context.meta.get(QUIET))


def report(error: Exception, color: str = "auto", ascii: bool = False, json: str = "") -> bool:
    """Print an error that the user or the system caused; False for an error of lrplot itself.

    It goes to standard error as text. If `json` names a command, it goes to standard output, as the JSON object of
    that command.
    """
    found = _diagnostics(error)
    if json and found:
        from lrplot.output.objects import diagnostics_data

        with suppress(OutputError, typer.Exit):  # standard output is closed
            Console().emit_json(json, {"diagnostics": diagnostics_data(found)})
        return True
    stream = _open(sys.stderr)
    console = Console(stream, color, ascii) if stream else None
    text = error_text(error, bool(console and console.color), None)
    if text is not None and console:
        with suppress(OutputError, typer.Exit):  # standard error is closed
            console.emit_data(console.diagnostics(lambda width: error_text(error, console.color, width) or ""))
    return text is not None


def error_text(error: Exception, color: bool, width: int | None) -> str | None:
    """An error that the user or the system caused as text; None for an error of lrplot itself."""
    if found := _diagnostics(error):
        from lrplot.output.terminal.diagnostics import format_diagnostics  # only for an error

        return format_diagnostics(found, color, width)
    # The help of a command without arguments.
    return f"{error.format_message()}\n" if isinstance(error, ClickException) else None


def _diagnostics(error: Exception) -> tuple[Diagnostic, ...]:
    """An error as diagnostics; empty if it is none of the user's or the system's."""
    match error:
        case SpecError():
            return error.diagnostics
        case OutputError():
            return (Diagnostic("unwritable", str(error)),)
        case OSError():
            return (Diagnostic("system", str(error)),)
        case MemoryError():
            return (Diagnostic("too-large", "there is not enough memory for this"),)
    return ()


def _open(stream: TextIO | None) -> TextIO | None:
    """A standard stream; it is None if it is closed, which its type does not say."""
    return stream


def _wants_color(terminal: bool) -> bool:
    """Whether the environment asks for color: `NO_COLOR` comes before `FORCE_COLOR`, and that before the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    return forced or (terminal and os.environ.get("TERM") != "dumb")


def _terminal_name() -> str:
    """The name of the terminal; empty if it is not known."""
    return os.environ.get("TERM") or ("windows" if "WT_SESSION" in os.environ else "")


def _is_unicode(stream: TextIO) -> bool:
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return encoding.startswith("utf")
