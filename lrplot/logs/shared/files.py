"""A log's file: its head, its bytes, and its text in blocks of whole lines."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.text.stdin import StandardInput, standard_input

HEAD = 1 << 16  # bytes that tell the format
LONG_HEAD = 1 << 22  # bytes that are searched if they do not, as after a long dump of settings
BLOCK = 1 << 20  # bytes that are read at once
LONGEST = 1 << 26  # characters of a line
MOST_LINES = 1 << 22  # before the one that a message shows
POINTER = b"version https://git-lfs.github.com/spec/"

_ENCODINGS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_COLORS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class LogFile:
    """A log that is open for reading.

    `source` is the file as its reader called it, `name` its stem. Text is decoded by its byte order mark or else as
    UTF-8, with a replacement for what is not; colours of terminals are left out.
    """

    def __init__(self, source: str, name: str, file: BinaryIO | StandardInput) -> None:
        self.source = source
        self.name = name
        self._file = file
        self._head = b""
        self._block = (1, "")  # the first line of the last block, and its text

    def close(self) -> None:
        """Close the file, unless it is standard input."""
        if not isinstance(self._file, StandardInput):
            self._file.close()

    def head(self, size: int = HEAD) -> bytes:
        """The first bytes, without moving on."""
        while len(self._head) < size and (more := self._read(size - len(self._head))):
            self._head += more
        return self._head[:size]

    def contents(self) -> Iterator[bytes]:
        """The bytes in blocks."""
        yield self.head()
        yield self._head[HEAD:]
        while more := self._read(BLOCK):
            yield more

    def blocks(self) -> Iterator[tuple[int, str, bool]]:
        """The text in blocks of whole lines that end with a line feed: the first one's number, the text, if it is torn.

        A block is torn if its last line has no end in the file.
        """
        line, parts, length = 1, [""], 0
        for text in self._texts():
            end = text.rfind("\n") + 1
            if not end:
                parts.append(text)
                length += len(text)
                if length > LONGEST:
                    self.refuse("too-large", f"line {line:,} is longer than 64 MiB", line)
                continue
            block = "".join([*parts, text[:end]])
            self._block = line, block
            yield line, block, False
            line += block.count("\n")
            parts, length = [text[end:]], len(text) - end
        if rest := "".join(parts):
            self._block = line, rest
            yield line, f"{rest}\n", True

    def head_text(self, size: int = HEAD) -> str:
        """The text of the head."""
        head = self.head(size)
        encoding, skipped = _encoding(head)
        return _plain(head[skipped:].decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n"))

    def refuse(
        self,
        code: str,
        message: str,
        line: int | None = None,
        text: str = "",
        help: str | None = None,
        marked: str = "",
    ) -> NoReturn:
        """Raise a `SpecError` about the file, at a line if that is known, or at the part `marked` of it.

        `text` is the line's; without it, it is looked for in the block that was read last.
        """
        raise SpecError(Diagnostic(code, message, self.span(line, text or self._line(line), marked), help))

    def span(self, line: int | None = None, text: str = "", marked: str = "") -> Span:
        """A place in the file: the whole file, one of its lines, counted from 1, or the only `marked` in that."""
        if line is None or line < 1:
            return Span(Source(self.source))
        if not text or line >= MOST_LINES:
            return Span(Source(self.source), line=line - 1)
        found = [*re.finditer(rf"(?<![\w.]){re.escape(marked)}(?![\w.])", text)] if marked else []
        start, stop = found[0].span() if len(found) == 1 else (0, len(text))
        return Span(Source(self.source, "\n" * (line - 1) + text), line=line - 1, column=start, end_column=stop)

    def _line(self, line: int | None) -> str:
        """The text of a line in the last block; empty if it is not there."""
        first, block = self._block
        if line is None or not first <= line <= first + block.count("\n"):
            return ""
        return block.split("\n")[line - first]

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise unreadable(self.source, error.strerror or str(error)) from None

    def _texts(self) -> Iterator[str]:
        """The decoded text in pieces, with line feeds as the only ends of lines, and no NUL."""
        encoding, skipped = _encoding(self.head())
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        held = ""  # a carriage return at the end of a piece, or the start of a colour
        for content in self.contents():
            text = held + decoder.decode(content[skipped:])
            skipped, held = 0, ""
            if text.endswith("\r"):
                text, held = text[:-1], "\r"
            elif "\x1b" in text[-16:]:
                cut = text.rindex("\x1b")
                text, held = text[:cut], text[cut:]
            yield _plain(_line_feeds(text))
        yield _plain(_line_feeds(held + decoder.decode(b"", final=True)))


def _encoding(head: bytes) -> tuple[str, int]:
    """The encoding of a text, and the length of its byte order mark."""
    return next(((name, len(mark)) for mark, name in _ENCODINGS if head.startswith(mark)), ("utf-8", 0))


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _plain(text: str) -> str:
    if "\x1b" in text:
        text = _COLORS.sub("", text)
    return text.replace("\0", "").replace("\ufeff", "") if "\0" in text or "\ufeff" in text else text


def open_log(place: str | os.PathLike[str]) -> LogFile:
    """Open a path, or `-` for standard input; `SpecError` if it cannot be read, or if it is empty."""
    source = os.fspath(place)
    if source == "-":
        stream = standard_input()
        if stream is None:
            raise unreadable("-", "standard input is closed")
        log = LogFile("<stdin>", "stdin", stream)
    else:
        try:
            if "\0" in source or not source:
                raise unreadable(source, "not a path")
            log = LogFile(source, Path(source).stem, open(source, "rb"))  # noqa: SIM115
        except UnicodeEncodeError:
            raise unreadable(source, "not a path") from None
        except OSError as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            raise unreadable(source, reason) from None
    try:
        head = log.head()
        if not head.strip():
            log.refuse("empty", "the log is empty")
        if head.startswith(POINTER):
            raise unreadable(source, "it is a Git LFS pointer, not the file itself", "run `git lfs pull`")
    except SpecError:
        log.close()
        raise
    return log


def unreadable(source: str, reason: str, help: str | None = None) -> SpecError:
    """The error about a file that cannot be read."""
    return SpecError(Diagnostic("unreadable", f"cannot read `{source}`: {reason}", None, help))
